/** Starts of a cell's runs, and what is read off their saved rows [t, risk, M, Q's upper triangle, a]. */
import type { ProblemInput } from "../problem-types.js";
import type { Alike } from "./alike.js";

export const START: Alike = [0, 1, 0];

/** Units of norm 1 without overlap with each other or the teacher, as random ones are in infinitely many dimensions. */
export function startOf(p: number): ProblemInput["start"] {
  const Q = Float64Array.from({ length: p * p }, (_, at) => (at % (p + 1) === 0 ? 1 : 0));
  return { kind: "state", state: { P: [1], M: new Float64Array(p), Q } };
}

/** The distance of a saved row [t, risk, M, Q's upper triangle, a] from units alike: the largest entry's, and the root of their mean square. */
export function distances(row: Float64Array, p: number, [m, q, r]: Alike): [largest: number, square: number] {
  let [largest, square, at] = [0, 0, 2];
  const add = (difference: number) => {
    largest = Math.max(largest, Math.abs(difference));
    square += difference * difference;
  };
  for (let i = 0; i < p; i++) add(row[at++] - m);
  for (let i = 0; i < p; i++) for (let j = i; j < p; j++) add(row[at++] - (i === j ? q : r));
  return [largest, Math.sqrt(square / (at - 2))];
}

/** Means over units of M_i and Q_ii. */
export function unitMeans(row: Float64Array, p: number): [m: number, q: number] {
  let [m, q] = [0, 0];
  for (let i = 0; i < p; i++) m += row[2 + i] / p;
  for (let i = 0, at = 2 + p; i < p; at += p - i, i++) q += row[at] / p;
  return [m, q];
}

/** Risks of the rows of a replica, and their mean. */
export function risksOf(rows: Float64Array, count: number): { all: number[]; mean: number } {
  const width = rows.length / count;
  const all = Array.from({ length: count }, (_, i) => rows[i * width + 1]);
  return { all, mean: all.reduce((sum, value) => sum + value, 0) / count };
}

/** The step at which the risk first passes `excess`, straight between rows; NaN where it does not, or did before the first. */
export function crossingStep(risks: readonly number[], stops: readonly number[], excess: number): number {
  const after = risks.findIndex((risk) => risk <= excess);
  if (after < 1) return Number.NaN;
  const part = (risks[after - 1] - excess) / (risks[after - 1] - risks[after]);
  return stops[after - 1] + part * (stops[after] - stops[after - 1]);
}
