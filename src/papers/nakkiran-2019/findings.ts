/** Some seeds of an experiment, held against the bands and the inequalities. */
import type { ClassificationRun } from "../../classify/index.js";
import type { Finding } from "../finding.js";
import type { PaperClassification, PaperControl } from "../paper.js";
import { heldAgainst } from "../seeds.js";
import { bands } from "./bands.js";
import { type RowName, rows } from "./experiments.js";
import { inequalities, knowsMost, leftInOrder } from "./inequalities.js";
import { metricsOf, runsOf } from "./run.js";

/** What metrics are called, for a simple classifier's name. */
const quantities: Readonly<Record<string, (simple: string) => string>> = {
  I_L: (L) => `I(${L};Y)`,
  accL: (L) => `accuracy of ${L}`,
  T0: () => "T₀",
  ratioT0: (L) => `μ/I(F;Y) at T₀ of ${L}`,
  ret: (L) => `μ/I(${L};Y) at the end`,
  I_end: () => "I(F;Y) at the end",
  C_end: (L) => `I(F;Y|${L}) at the end`,
  acc_end: () => "accuracy at the end",
  tr_end: () => "training accuracy at the end",
  maxmu: () => "largest |μ|",
};

/** "I_L2" is of the second of several simple classifiers. */
function quantityOf(metric: string, simple: number): string {
  const [, name, index] = /^(.*?)([23]?)$/.exec(metric)!;
  return quantities[name](simple > 1 ? `G${"₁₂₃"[Number(index || 1) - 1]}` : "L");
}

/** Means of five seeds in their bands, the seed furthest off in its own, and the inequalities on every seed; with one seed, only what is told of single ones. */
export function findingsOf(row: RowName, runs: readonly ClassificationRun[]): Finding[] {
  const held = heldAgainst(bands[row], runs.map(metricsOf), (metric) => quantityOf(metric, runs[0].simple.length));
  return [...held, ...(inequalities[row]?.(runs) ?? [])];
}

export async function measured(row: RowName, seeds: readonly number[], control: PaperControl): Promise<Finding[]> {
  return findingsOf(row, await runsOf(rows[row], seeds, control));
}

/**
 * Departures are those for good: within its first steps a convolutional network goes from one guess to the next, and is then for some steps right on samples that CNN₂ and
 * CNN₄ are wrong on, which it forgets again.
 * @param isDeepest whether the network comes to know more than CNN₆: with so few digits it does not
 */
export async function convolutionsMeasured(
  experiment: PaperClassification,
  seeds: readonly number[],
  control: PaperControl,
  isDeepest = false,
): Promise<Finding[]> {
  const runs = await runsOf(experiment, seeds, control);
  const names = runs[0].simple.map(({ name }) => name).join(", ");
  return [...leftInOrder(runs, names, "departureForGood"), ...(isDeepest ? [knowsMost(runs)] : [])];
}
