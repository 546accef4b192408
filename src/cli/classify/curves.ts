/** Curves of runs with several seeds: means and standard deviations at the steps that all of them reached. */
import type { ClassificationRun, PerformanceExplained } from "../../classify/index.js";

/** What is drawn and listed at each evaluated step. */
export type Quantity = "mutualInformation" | "mu" | "muNull" | "conditional" | "accuracy";

export interface Averaged {
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  /** Of the values of all runs at a step. */
  readonly mean: Readonly<Record<Quantity, readonly number[]>>;
  /** n - 1 in the denominator; NaN with one run. */
  readonly deviation: Readonly<Record<Quantity, readonly number[]>>;
}

const QUANTITIES: readonly Quantity[] = ["mutualInformation", "mu", "muNull", "conditional", "accuracy"];

/** @param index which of the simple classifiers */
export function averaged(runs: readonly ClassificationRun[], index: number): Averaged {
  // runs that a rule stopped end at steps of their own
  const isShared = (step: number, i: number) => runs.every(({ training }) => training.evaluations[i]?.step === step);
  const first = runs[0].training.evaluations;
  const own = first.findIndex(({ step }, i) => !isShared(step, i));
  const evaluations = own < 0 ? first : first.slice(0, own);
  const at = (run: ClassificationRun, i: number, quantity: Quantity): number =>
    quantity === "accuracy"
      ? run.training.evaluations[i].accuracy.test
      : (run.simple[index].curve.points[i] as PerformanceExplained)[quantity];
  const over = (of: (values: readonly number[]) => number) =>
    Object.fromEntries(
      QUANTITIES.map((quantity) => [quantity, evaluations.map((_, i) => of(runs.map((run) => at(run, i, quantity))))]),
    ) as Record<Quantity, number[]>;
  return {
    steps: evaluations.map(({ step }) => step),
    epochs: evaluations.map(({ epoch }) => epoch),
    mean: over(meanOf),
    deviation: over(deviationOf),
  };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
