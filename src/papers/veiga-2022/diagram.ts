/** The phase diagram as runs see it, cell by cell, beside theory's. */
import { type Cell, type Measurement, phaseDiagram } from "../../index.js";
import { atLeast, atMost, type Finding, within } from "../finding.js";
import { type PaperControl, runControl } from "../paper.js";

const GRID = {
  kappa: [0, 0.15, 0.3, 0.45, 0.6],
  delta: [-0.75, -0.3125, 0.125, 0.5625, 1],
  /** How near kappa + delta may come to 0 or -1/2 where a label counts. */
  margin: 0.05,
};

/** NaN, which holds nothing, where there are none. */
function largest(values: readonly number[]): number {
  return values.length > 0 ? Math.max(...values) : Number.NaN;
}

export async function measuredDiagram(control: PaperControl): Promise<Finding[]> {
  const { kappa, delta, margin } = GRID;
  const { cells } = await phaseDiagram({ kappa, delta, stepsPerCell: 1e7, ...runControl(control) });
  const clear = cells.filter(({ theory: { sum } }) => Math.abs(sum) > margin && Math.abs(sum + 0.5) > margin);
  const labelled = clear.filter(({ label }) => label !== undefined);
  const right = labelled.filter(({ label, theory }) => label!.name === theory.name);
  const of = (name: "finiteSize" | "risk" | "samples", counts: (cell: Cell) => boolean) =>
    cells.filter((cell) => counts(cell) && cell[name].status === "measured").map((cell) => cell[name]);
  // in units of the band: what corrections to the power at the d of the budget are, and what chance is
  const worst = (measurements: readonly Measurement[]) =>
    largest(
      measurements.map(
        ({ exponent, expected, standardError }) => Math.abs(exponent! - expected!) / (0.05 + 2 * standardError!),
      ),
    );
  const sums = labelled.map(({ sum, theory }) => Math.abs(sum!.value - theory.sum));
  const inOrange = cells.filter(
    ({ theory, finiteSize }) => theory.name === "orange" && finiteSize.status === "measured",
  );
  const between = inOrange.filter(({ theory, finiteSize: { exponent, expected, standardError } }) => {
    const error = 0.02 + 2 * standardError!;
    return exponent! > expected! - error && exponent! < expected! - theory.sum + error;
  });
  const band = "in units of 0.05 + 2 standard errors";
  return [
    atLeast("cells that are measured, of 25", cells.filter(({ status }) => status === "measured").length, 22),
    within(
      "cells away from boundaries whose label is theory's, of those with one",
      right.length,
      Math.max(1, labelled.length),
      0,
    ),
    atMost("largest error of a measured κ + δ there", largest(sums), 0.03),
    atMost(
      `largest error of a finite-size exponent ${band}, green and blue`,
      worst(of("finiteSize", ({ theory: { sum } }) => sum >= 0)),
      1,
    ),
    within(
      "orange cells whose finite-size exponent is between theory's, 1/2 + κ + δ, and the 1/2 of a step's part that is linear in γ",
      between.length,
      Math.max(1, inOrange.length),
      0,
    ),
    atMost(`largest error of an exponent of R∞ − Δ/2 ${band}`, worst(of("risk", () => true)), 1),
    atMost(`largest error of an exponent of the samples ${band}`, worst(of("samples", () => true)), 1),
  ];
}
