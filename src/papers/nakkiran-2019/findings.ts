/** Some seeds of an experiment, held against the bands and the inequalities. */
import type { Finding } from "../finding.js";
import { type PaperControl, part } from "../paper.js";
import { heldAgainst } from "../seeds.js";
import { bands } from "./bands.js";
import type { ClassificationExperiment } from "./experiments.js";
import { inequalities } from "./inequalities.js";
import { metricsOf, type Run, runOf } from "./run.js";

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
function quantityOf(metric: string, { simple }: ClassificationExperiment): string {
  const [, name, index] = /^(.*?)([23]?)$/.exec(metric)!;
  return quantities[name](simple.length > 1 ? `G${"₁₂₃"[Number(index || 1) - 1]}` : "L");
}

/** Means of five seeds in their bands, the seed furthest off in its own, and the inequalities on every seed; with one seed, only what is told of single ones. */
export function findingsOf(experiment: ClassificationExperiment, runs: readonly Run[]): Finding[] {
  const held = heldAgainst(bands[experiment.name], runs.map(metricsOf), (metric) => quantityOf(metric, experiment));
  return [...held, ...(inequalities[experiment.name]?.(runs) ?? [])];
}

export async function measured(
  experiment: ClassificationExperiment,
  seeds: readonly number[],
  control: PaperControl,
): Promise<Finding[]> {
  const runs: Run[] = [];
  for (const [i, seed] of seeds.entries())
    runs.push(await runOf(experiment, seed, part(control, i / seeds.length, 1 / seeds.length)));
  return findingsOf(experiment, runs);
}
