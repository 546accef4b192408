/** Decision boundaries in the plane: labels on a grid, how long their borders are, where two classifiers differ. */
import { SgdDynamicsError, shown } from "../errors.js";
import { checkKeys, checkNumber, invalid } from "../options.js";
import { checkedLabels } from "./dataset.js";
import type { Labels } from "./information/cells.js";
import { Network } from "./network.js";
import { predict } from "./predict.js";

/** A rectangle of the plane. */
export interface Box {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** What can be drawn: a network, anything with `predict`, or a function of n x 2 inputs, flat. It may take its time. */
export type PlaneClassifier =
  | Network
  | { predict(samples: Float32Array): Labels | Promise<Labels> }
  | ((samples: Float32Array) => Labels | Promise<Labels>);

export interface BoundaryGrid {
  /** n x n labels: row j is at y_j from the lower edge up, column i at x_i. */
  readonly labels: Int32Array;
  /** Points on a side, the edges included. */
  readonly n: number;
  readonly box: Box;
}

/**
 * Labels on an n x n grid over a box (default 200), edges included. Costs one call of the classifier with n^2 samples; float32 as all samples.
 *
 *     const grid = await boundaryGrid(network, task.box);
 *     boundaryLength(grid);
 *
 * @throws SgdDynamicsError `invalid-argument` (a box that is none, n outside 2 to 4000, what cannot predict), `invalid-data` (labels that are none, or too few)
 */
export async function boundaryGrid(classifier: PlaneClassifier, box: Box, n = 200): Promise<BoundaryGrid> {
  checkNumber(
    "n",
    n,
    "a whole number from 2 to 4000",
    (value) => Number.isInteger(value) && value >= 2 && value <= 4000,
  );
  checkKeys("box", box, ["x", "y"], "side");
  for (const side of ["x", "y"] as const) {
    const [low, high] = box[side] ?? [];
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
      invalid(`box.${side} is ${shown(box[side])}; allowed: two finite numbers, the lower first.`);
  }
  const at = ([low, high]: readonly [number, number], i: number) => low + ((high - low) * i) / (n - 1);
  const samples = new Float32Array(2 * n * n);
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) samples.set([at(box.x, i), at(box.y, j)], 2 * (j * n + i));
  const labelsOf = predictorOf(classifier);
  if (typeof labelsOf !== "function")
    invalid(`classifier is ${shown(classifier)}; allowed: something with predict(samples), or a function of samples.`);
  const labels = checkedLabels("the classifier's labels", await labelsOf(samples));
  if (labels.length !== n * n)
    throw new SgdDynamicsError(
      "invalid-data",
      `The classifier gave ${labels.length} labels for ${n * n} samples; allowed: one each.`,
    );
  return { labels, n, box };
}

function predictorOf(classifier: PlaneClassifier) {
  if (classifier instanceof Network) return (samples: Float32Array) => predict(classifier, samples);
  return typeof classifier === "function" ? classifier : classifier?.predict?.bind(classifier);
}

/** Neighbours on the grid with different labels, over n: 1 for a straight border along an axis from one side to the opposite one, 0 without a border, about 2n at most. O(n^2). */
export function boundaryLength({ labels, n }: BoundaryGrid): number {
  let changes = 0;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      if (i + 1 < n && labels[j * n + i] !== labels[j * n + i + 1]) changes++;
      if (j + 1 < n && labels[j * n + i] !== labels[(j + 1) * n + i]) changes++;
    }
  }
  return changes / n;
}

/**
 * The share of places where two grids, or two lists of labels, differ: from 0 to 1. Of grids over the same box, the share of its area.
 * @throws SgdDynamicsError `invalid-argument` for other numbers of labels
 */
export function disagreement(one: BoundaryGrid | Labels, other: BoundaryGrid | Labels): number {
  const [a, b] = [one, other].map((each) => ("labels" in each ? each.labels : each));
  if (a.length !== b.length || a.length === 0)
    invalid(`disagreement was given ${a.length} and ${b.length} labels; allowed: as many, of the same places.`);
  let differ = 0;
  for (let i = 0; i < a.length; i++) if (Number(a[i]) !== Number(b[i])) differ++;
  return differ / a.length;
}
