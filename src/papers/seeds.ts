/** Some seeds of an experiment, held against bands of a reference program and against bounds that every seed must keep. */
import { atLeast, atMost, type Finding, within } from "./finding.js";

/** Lowest and highest mean of five seeds, lowest and highest single seed: mean ± 4 sd √(1/5 + 1/n) and ± 5 sd of n seeds of the reference program. */
export type Band = readonly [meanLow: number, meanHigh: number, low: number, high: number];

/** By number. */
export type Bands = Readonly<Record<string, Band>>;

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Means in their bands, and the seed furthest off in its own; of one seed, only the latter. */
export function heldAgainst(
  bands: Bands,
  seeds: readonly Readonly<Record<string, number>>[],
  quantityOf: (metric: string) => string,
): Finding[] {
  return Object.entries(bands).flatMap(([metric, [meanLow, meanHigh, low, high]]) => {
    const quantity = quantityOf(metric);
    const values = seeds.map((metrics) => metrics[metric]);
    const middle = (low + high) / 2;
    const worst = values.reduce((most, value) => (Math.abs(value - middle) > Math.abs(most - middle) ? value : most));
    if (values.length === 1) return [inBand(quantity, worst, low, high)];
    return [
      inBand(`${quantity}, mean of ${values.length} seeds`, mean(values), meanLow, meanHigh),
      inBand(`${quantity}, the seed furthest off`, worst, low, high),
    ];
  });
}

function inBand(quantity: string, measured: number, low: number, high: number): Finding {
  // bands are told to some digits: what rounding adds to their halves is no part of them
  return within(quantity, measured, (low + high) / 2, (high - low) / 2 + 1e-12);
}

/** Holds a number of every seed against a bound: the worst of them is told. */
export function every(
  quantity: string,
  values: readonly number[],
  bound: number,
  side: "at-least" | "at-most",
): Finding {
  const [hold, worst, word] =
    side === "at-least"
      ? ([atLeast, Math.min(...values), "smallest"] as const)
      : ([atMost, Math.max(...values), "largest"] as const);
  return hold(values.length > 1 ? `${quantity}, ${word} of ${values.length} seeds` : quantity, worst, bound);
}
