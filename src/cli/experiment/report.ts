/** Simulation against theory: each seed's simulation against the ODE from the same start, in standard errors. */
import { type TableColumn, terminalTable, toASCII } from "../../plot/index.js";
import { type Layout, numberText, symbolOf, valueText, wrapped } from "../labels.js";
import type { TheoryName } from "../theory.js";
import type { Result } from "./runner.js";

/** One problem at one time. */
export interface Comparison {
  readonly place: Result["point"]["place"];
  readonly time: number;
  /** Seeds that have both. */
  readonly seeds: number;
  /** Excess risk of the ODE and of the simulation, means over those seeds. */
  readonly theory: number;
  readonly simulation: number;
  /** Mean over seeds of (simulation - theory). */
  readonly difference: number;
  /** Its standard error; absent for one seed. */
  readonly standardError?: number;
  /** difference / standardError. */
  readonly z?: number;
}

/** The comparison at the reported times, problem by problem; times that no pair reached are left out. */
export function compare(results: readonly Result[]): Comparison[] {
  return results.flatMap((result) => result.times.reported.flatMap((time) => comparisonAt(result, time) ?? []));
}

function comparisonAt({ point, seeds, theory, simulation }: Result, time: number): Comparison | undefined {
  const pairs = seeds.flatMap((seed) => {
    const [x, y] = [theory.get(seed), simulation.get(seed)].map((run) => run?.risk[run.time.indexOf(time)]);
    return x === undefined || y === undefined ? [] : [{ theory: x, simulation: y, difference: y - x }];
  });
  const n = pairs.length;
  if (n === 0) return undefined;
  const mean = (name: keyof (typeof pairs)[0]) => pairs.reduce((sum, pair) => sum + pair[name], 0) / n;
  const difference = mean("difference");
  const common = {
    place: point.place,
    time,
    seeds: n,
    theory: mean("theory"),
    simulation: mean("simulation"),
    difference,
  };
  if (n === 1) return common;
  const variance = pairs.reduce((sum, pair) => sum + (pair.difference - difference) ** 2, 0) / (n - 1);
  const standardError = Math.sqrt(variance / n);
  return standardError > 0 ? { ...common, standardError, z: difference / standardError } : { ...common, standardError };
}

/** The table of a comparison, and what to think of its last column. */
export function comparisonText(rows: readonly Comparison[], layout: Layout, name: TheoryName = "ODE"): string {
  const axes = rows[0].place.map(({ path }) => ({ key: path, title: symbolOf(path) }));
  const style = riskStyle(rows.flatMap(({ theory, simulation }) => [theory, simulation]));
  const table = terminalTable(
    placeCells(rows),
    [
      ...axes,
      TIME,
      { key: "theory", title: name, ...style },
      { key: "simulation", ...style },
      { key: "difference", digits: 2 },
      { key: "standardError", title: "std. error", digits: 2 },
      { key: "z", title: "z", format: zText, align: "right" },
    ],
    layout,
  );
  const title = wrapped("Excess risk ε, simulation against theory", layout);
  return `${title}\n\n${layout.ascii ? toASCII(table) : table}\n\n${wrapped(explanation(rows, name), layout)}`;
}

/** Rows with their place as cells, told where it changes. */
export function placeCells<T extends { readonly place: Comparison["place"] }>(
  rows: readonly T[],
): (T & Record<string, unknown>)[] {
  return rows.map((row, i) => {
    const fresh = i === 0 || rows[i - 1].place !== row.place;
    const cell = (value: unknown) => (typeof value === "object" ? valueText(value) : value);
    return {
      ...row,
      ...Object.fromEntries(row.place.map(({ path, value }) => [path, fresh ? cell(value) : undefined])),
    };
  });
}

export const TIME: TableColumn = {
  key: "time",
  title: "t",
  format: (t) => numberText(Number((t as number).toPrecision(4))),
  align: "right",
};

/** Risks below 10 and not tiny are written with four digits and their points below each other; others as the table thinks best. */
export function riskStyle(risks: readonly number[]): Partial<TableColumn> {
  const plain = risks.every((risk) => risk >= 1e-5 && risk < 9.999);
  return plain ? { format: (risk) => (risk as number | undefined)?.toPrecision(4) ?? "", align: "left" } : {};
}

export function zText(z: unknown): string {
  return typeof z === "number" ? z.toFixed(1) : "";
}

/** Student's t: half of the interval that holds 95 % of the draws, for 1, 2, ... degrees of freedom (Abramowitz & Stegun, table 26.10). */
const T95 = [
  12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086,
];

/** |z| of n seeds stays below it in 95 of 100 cases; beyond the table by 1.96 + 2.4 / (n - 1), right to 0.01. */
const usual = (n: number): number => T95[n - 2] ?? 1.96 + 2.4 / (n - 1);

export function explanation(rows: readonly Comparison[], name: TheoryName = "ODE"): string {
  const n = Math.max(...rows.map(({ seeds }) => seeds));
  if (n === 1) return "One seed has no standard error; ask for several in simulate.seeds.";
  const judged = rows.filter(({ z }) => z !== undefined);
  const within = judged.filter(({ z, seeds }) => Math.abs(z!) <= usual(seeds)).length;
  return (
    `z: mean over ${n} seeds of (simulation − ${name} from the same start), in its standard errors. |z| ≤ ${usual(n).toFixed(2)} in ${within} of ` +
    `${judged.length} rows; Student's t with ${n - 1} degree${n === 2 ? "" : "s"} of freedom has 95 % there. At finite d a bias of order 1/d ` +
    "comes on top of fluctuations of order 1/√d, and rows of one run are correlated."
  );
}
