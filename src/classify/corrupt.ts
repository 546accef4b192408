/** What Liu et al. (2020) spoil data with: random labels, and copies with parts zeroed. */

import { shown } from "../errors.js";
import { checkKeys, checkNumber, checkSeed, invalid } from "../options.js";
import { type Dataset, dataset } from "./dataset.js";
import { normalQuantile } from "./information/quantile.js";
import { smallRandom, uses } from "./random.js";

/**
 * The same samples (not copied), each with an independent label uniform over the classes: some are right by chance.
 * @throws SgdDynamicsError `invalid-argument`, `invalid-data`
 */
export function randomLabels(data: Dataset, seed: number): Dataset {
  const checked = dataset(data);
  const random = smallRandom(checkSeed("seed", seed), uses.labels);
  return { ...checked, y: checked.y.map(() => random.below(checked.classes)) };
}

export interface ReplicateOptions {
  /** Copies of each sample. */
  readonly copies: number;
  /** Values set to zero in each copy, other ones each time: a fraction of the features (below 1; rounded to a whole number of them), or { count }. Default 0. */
  readonly zero?: number | { readonly count: number };
  /** Standard deviation of Gaussian noise on each value of each copy, before zeroing; default 0. */
  readonly noise?: number;
  /** Whether the first copy is the sample itself, untouched; default false. */
  readonly original?: boolean;
  readonly seed: number;
}

/**
 * Copies of every sample, spoilt independently, with its label: all first copies in the order of the samples, then all second ones. Takes copies times the data's memory.
 *
 *     const confusing = randomLabels(replicate(train, { copies: 5, zero: 0.1, seed: 1 }), 1);
 *
 * @throws SgdDynamicsError `invalid-argument`, `invalid-data`
 */
export function replicate(data: Dataset, options: ReplicateOptions): Dataset {
  checkKeys("replicate", options, ["copies", "zero", "noise", "original", "seed"]);
  const { features, x, y, classes } = dataset(data);
  const n = y.length;
  const copies = checkNumber(
    "copies",
    options.copies,
    "a whole number from 1 to 10,000",
    (c) => Number.isInteger(c) && c >= 1 && c <= 10_000,
  );
  const zeros = zeroCount(options.zero ?? 0, features);
  const noise = checkNumber(
    "noise",
    options.noise ?? 0,
    "a finite number at least 0",
    (s) => s >= 0 && s < Number.POSITIVE_INFINITY,
  );
  if (typeof (options.original ?? false) !== "boolean")
    invalid(`original is ${shown(options.original)}; allowed: true or false.`);
  const random = smallRandom(checkSeed("seed", options.seed), uses.zeros);
  const spoilt = new Float32Array(copies * x.length);
  const order = Int32Array.from({ length: features }, (_, i) => i);
  for (let copy = 0; copy < copies; copy++) {
    const start = copy * x.length;
    spoilt.set(x, start);
    if (copy === 0 && options.original) continue;
    for (let i = 0; i < n; i++) {
      const at = start + i * features;
      if (noise > 0) for (let j = 0; j < features; j++) spoilt[at + j] += noise * normalQuantile(random.uniform());
      // the first of a shuffle: distinct places
      for (let z = 0; z < zeros; z++) {
        const other = z + random.below(features - z);
        const place = order[other];
        order[other] = order[z];
        order[z] = place;
        spoilt[at + place] = 0;
      }
    }
  }
  const labels = new Int32Array(copies * n);
  for (let copy = 0; copy < copies; copy++) labels.set(y, copy * n);
  return { features, x: spoilt, y: labels, classes };
}

function zeroCount(zero: unknown, features: number): number {
  if (typeof zero === "object" && zero !== null) {
    checkKeys("zero", zero, ["count"]);
    return checkNumber(
      "zero.count",
      (zero as { count: unknown }).count,
      `a whole number from 0 to ${features}`,
      (c) => Number.isInteger(c) && c >= 0 && c <= features,
    );
  }
  return Math.round(
    features * checkNumber("zero", zero, "a fraction from 0 to below 1, or { count }", (f) => f >= 0 && f < 1),
  );
}
