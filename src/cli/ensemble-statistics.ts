/** What is shown and written of an ensemble: mean, standard error and quantiles, each as curves, under one set of names. */
import { arrays, type Column, type NpyArray, type NpzEntry, table } from "../formats/index.js";
import type { Curves, Ensemble, State } from "../index.js";

/** An ensemble with its statistics. */
export interface Band {
  readonly ensemble: Ensemble;
  readonly quantiles: readonly number[];
  readonly mean: Curves;
  readonly standardError: Curves;
  /** All by name: "mean", "standardError", "q10", "q90". */
  readonly statistics: ReadonlyMap<string, Curves>;
  /** One of its quantiles. */
  of(q: number): Curves;
}

/** @param quantiles from 0 to 1, increasing */
export function bandOf(ensemble: Ensemble, quantiles: readonly number[]): Band {
  const [mean, standardError] = [remembered(ensemble.mean), remembered(ensemble.standardError)];
  const statistics = new Map([
    ["mean", mean],
    ["standardError", standardError],
    ...quantiles.map((q) => [quantileName(q), remembered(ensemble.quantile(q))] as const),
  ]);
  return { ensemble, quantiles, mean, standardError, statistics, of: (q) => statistics.get(quantileName(q))! };
}

/** Curves whose states are computed once: figure, table, files and hash all read them. */
function remembered(curves: Curves): Curves {
  const { problem, length, time, risk, empiricalRisk } = curves;
  const states: State[] = [];
  const state = (i: number): State => {
    const row = i < 0 ? length + i : i;
    states[row] ??= curves.state(row);
    return states[row];
  };
  return { problem, length, time, risk, empiricalRisk, state };
}

/** "10", "2.5". */
export function percent(q: number): string {
  return String(Number((100 * q).toPrecision(12)));
}

/** "q10". */
function quantileName(q: number): string {
  return `q${percent(q)}`;
}

/** Pairs of quantiles with as much left out on either side, the outermost first; a middle one is in none. */
export function pairsOf(quantiles: readonly number[]): (readonly [number, number])[] {
  const n = quantiles.length;
  return Array.from({ length: Math.floor(n / 2) }, (_, i) => [quantiles[i], quantiles[n - 1 - i]] as const);
}

/** "10–90 %", "5–95 % and 25–75 %"; empty for a single quantile. */
export function bandText(quantiles: readonly number[]): string {
  return pairsOf(quantiles)
    .map(([low, high]) => `${percent(low)}–${percent(high)} %`)
    .join(" and ");
}

/** What the replicas are: "chains", or "dense runs". */
export function replicasText(ensemble: Pick<Ensemble, "statistics">): string {
  return ensemble.statistics.method === "dense" ? "dense runs" : "chains";
}

/** `time`, `replicas` that each row is of, then for each quantity its statistics: `risk_mean`, `risk_standardError`, `risk_q10`, ... */
export function bandColumns({ ensemble, statistics }: Band): Column[] {
  const each = [...statistics].map(([name, curves]) =>
    table(curves)
      .slice(1)
      .map((column) => ({ name: `${column.name}_${name}`, values: column.values })),
  );
  return [
    { name: "time", values: ensemble.time },
    { name: "replicas", values: ensemble.counts },
    ...each[0].flatMap((_, c) => each.map((columns) => columns[c])),
  ];
}

/** Arrays of n rows: `replicas` (n), `risk_mean` (n), `M_mean` (n, p, k), ...; NaN in rows that the ensemble did not reach. */
export function bandArrays(
  { ensemble, statistics }: Band,
  { prefix = "", rows = ensemble.length } = {},
): Record<string, NpzEntry> {
  const each = [...statistics].flatMap(([name, curves]) => {
    const { risk, empiricalRisk, M, Q, a } = arrays(curves);
    return Object.entries({ risk, ...(empiricalRisk && { empiricalRisk }), M, Q, a }).map(([of, array]) => [
      `${prefix}${of}_${name}`,
      padded(array, rows),
    ]);
  });
  const replicas = new Float64Array(rows);
  replicas.set(ensemble.counts);
  return { [`${prefix}replicas`]: replicas, ...Object.fromEntries(each) };
}

/** An array with rows of NaN behind its own. */
function padded({ data, shape: [, ...inner] }: NpyArray, rows: number): NpyArray {
  const all = new Float64Array(inner.reduce((product, one) => product * one, rows)).fill(Number.NaN);
  all.set(data as Float64Array);
  return { data: all, shape: [rows, ...inner] };
}

/** How many replicas lie below a value of the risk at row i. (The j-th of n in order is the quantile j / (n - 1).) */
export function replicasBelow({ ensemble }: Band, i: number, risk: number): number {
  const n = ensemble.counts[i];
  let [from, to] = [0, n];
  while (from < to) {
    const middle = (from + to) >> 1;
    // of row i alone: `risk` would be of all rows
    if (ensemble.quantile(n > 1 ? middle / (n - 1) : 0).state(i).risk < risk) from = middle + 1;
    else to = middle;
  }
  return from;
}
