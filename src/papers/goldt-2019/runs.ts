/** Runs and sums that the paper's claims and figures share. */
import { ensemble, type ProblemInput, type State } from "../../index.js";
import { type PaperControl, part, runControl } from "../paper.js";

/** A mean with its standard error. */
export interface Average {
  readonly mean: number;
  readonly standardError: number;
}

/** Of independent values. */
export function averageOf(values: ArrayLike<number>): Average {
  const n = values.length;
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / n;
  const square = all.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  return { mean, standardError: Math.sqrt(square / (n - 1) / n) };
}

/** Rows of a time average. */
const ROWS = 200;

/** Excess risk of chains, averaged over the times from `from` to `until`; the error is that between replicas. */
export async function lateRisk(
  problem: ProblemInput,
  options: { readonly from: number; readonly until: number; readonly replicas?: number; readonly seed?: number },
  control: PaperControl,
): Promise<Average> {
  const { from, until, replicas = 4, seed = 1 } = options;
  const times = Array.from({ length: ROWS }, (_, i) => from + ((until - from) * (i + 1)) / ROWS);
  const many = await ensemble(problem, {
    until,
    replicas,
    seed,
    method: "chain",
    save: { times },
    keep: true,
    ...runControl(control),
  });
  return averageOf(many.trajectories!.map(({ risk }) => averageOf(risk).mean));
}

/** Work on each item in turn, with an equal share of the progress. */
export async function inTurn<Item, Result>(
  control: PaperControl,
  items: readonly Item[],
  work: (item: Item, control: PaperControl) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [i, item] of items.entries())
    results.push(await work(item, part(control, i / items.length, 1 / items.length)));
  control.onProgress?.(1);
  return results;
}

/** What saved rows have: a trajectory, or statistics of an ensemble. */
interface Rows {
  readonly length: number;
  state(i: number): Pick<State, "M" | "Q">;
}

/** The largest difference between entries of M and Q, over all rows. */
export function distance(one: Rows, other: Rows): number {
  let most = 0;
  for (let i = 0; i < one.length; i++) {
    const [x, y] = [one.state(i), other.state(i)];
    for (const name of ["M", "Q"] as const)
      for (const [at, value] of x[name].entries()) most = Math.max(most, Math.abs(value - y[name][at]));
  }
  return most;
}

/** Ones. */
export const ones = (n: number): number[] => new Array(n).fill(1);

/** A text in which "η = 0.2" stays in one line. */
export const tied = (text: string): string => text.replaceAll(" = ", "\u00a0=\u00a0");
