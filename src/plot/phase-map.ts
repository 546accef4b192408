/** A measured phase diagram as a heat map. */

import type { Cell, Measurement } from "../phase-diagram/cell-types.js";
import type { PhaseDiagram } from "../phase-diagram/phase-diagram.js";
import type { RegionName } from "../phase-diagram/region.js";
import type { HeatMap, HeatPanel } from "./heat-map.js";
import { OKABE_ITO } from "./palette.js";
import { superscript } from "./ticks.js";

const [BLUE, VERMILION, GREEN, , ORANGE] = OKABE_ITO;
const REGIONS: { name: RegionName; colour: string }[] = [
  { name: "blue", colour: BLUE },
  { name: "green", colour: GREEN },
  { name: "orange", colour: ORANGE },
  { name: "red", colour: VERMILION },
];

/**
 * Four panels over (kappa, delta): the region that each cell's runs are in (paler where that is less sure), and the fitted powers of d of finite-size errors, of the excess risk that
 * label noise leaves, and of the samples to a given excess. Full lines are theory's boundaries, kappa + delta = 0 and -1/2; dashed ones those of the measured kappa + delta.
 * Cells without measurement are hatched in theory's colour.
 *
 * @param diagram what `phaseDiagram` gives, or its JSON; every cell is needed
 */
export function phaseDiagramMap(diagram: PhaseDiagram): HeatMap {
  const { kappa, delta, cells, settings } = diagram;
  const field = (numberOf: (cell: Cell) => number | undefined) =>
    Float64Array.from({ length: kappa.length * delta.length }, (_, n) =>
      cells[n] ? (numberOf(cells[n]) ?? Number.NaN) : Number.NaN,
    );
  const power = (title: string, of: (cell: Cell) => Measurement): HeatPanel => ({
    title,
    scaleLabel: "e",
    values: field((cell) => (of(cell).status === "measured" ? of(cell).exponent : undefined)),
    theory: field((cell) => (of(cell).status === "unmeasured" ? of(cell).expected : undefined)),
  });
  const index = (name: RegionName) => REGIONS.findIndex((one) => one.name === name);
  const sums = field((cell) => cell.sum?.value);
  const boundary = (level: number): [number, number][] => [
    [-1, level + 1],
    [2, level - 2],
  ];
  const { widthFactor, learningRate, noiseVariance, excess, stepsPerCell } = settings;
  return {
    title: "Phase diagram of one-pass SGD, measured",
    subtitle: `k = 1, p = round(${widthFactor} d^{κ}), γ = ${learningRate} d^{−δ}, Δ = ${noiseVariance}, erf, scaled by 1/p`,
    caption:
      `Each cell: SGD by the exact chain at up to seven d, the largest that ${countText(stepsPerCell)} steps allow. Region: the one that holds the measured κ + δ, from how fast the two parts of SGD's mean drift fall with d; paler where it is less sure. ` +
      `Finite-size error: root mean square distance from the ODE with the drift at each d (in red, where there is none, the throw of one step); in orange near blue, e lies between theory's 1/2 + κ + δ and 1/2, that of a step's part linear in γ. Samples: steps to an excess risk of ${excess}.`,
    x: { label: "κ   (width p ~ d^{κ})", values: kappa },
    y: { label: "δ   (learning rate γ ~ d^{−δ})", values: delta },
    panels: [
      {
        title: "region",
        values: field((cell) => cell.label && index(cell.label.name)),
        theory: field((cell) => index(cell.theory.name)),
        confidence: field((cell) => cell.label?.confidence ?? 0),
        classes: REGIONS.map(({ name, colour }, value) => ({ value, label: name, colour })),
      },
      power("finite-size error ~ d^{−e}", (cell) => cell.finiteSize),
      power("excess risk R_{∞} − Δ/2 ~ d^{−e}", (cell) => cell.risk),
      power("samples to a given excess risk ~ d^{e}", (cell) => cell.samples),
    ],
    lines: [
      { label: "theory: κ + δ = 0 and −1/2", points: boundary(0) },
      { label: "theory: κ + δ = 0 and −1/2", points: boundary(-0.5) },
      { label: "measured κ + δ = 0 and −1/2", isoline: { values: sums, level: 0 }, dashed: true },
      { label: "measured κ + δ = 0 and −1/2", isoline: { values: sums, level: -0.5 }, dashed: true },
    ],
  };
}

/** "2×10⁷". */
function countText(count: number): string {
  const [digits, power] = count.toExponential().split("e+");
  return digits === "1" ? `10${superscript(Number(power))}` : `${digits}×10${superscript(Number(power))}`;
}
