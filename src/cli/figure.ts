/** The figure of an experiment: theory as lines, simulation as dots. */
import { table } from "../formats/index.js";
import type { Problem, Trajectory } from "../index.js";
import type { Axis, Chart, Series } from "../plot/index.js";
import { columnNames, type Experiment } from "./experiment.js";
import { describe, symbolOf, valueText } from "./labels.js";
import { type Result, startDependsOnSeed } from "./runner.js";

/** About so many dots stand on a curve on paper: enough to judge it, and the line stays visible. */
const DOTS = 30;

/**
 * The chart of what an experiment came to; undefined where nothing can be drawn.
 * @param dotsWanted about how many stand on a curve
 */
export function figure({ file, points }: Experiment, results: readonly Result[], dotsWanted = DOTS): Chart | undefined {
  const { x, y } = file.plot;
  const paths = Object.keys(file.vary);
  const lines = results.flatMap((result, i) => {
    const twin = results.findIndex((other) => sameTheory(other.point.problem, result.point.problem));
    if (twin < i) return [];
    const shared = results.filter((other) => sameTheory(other.point.problem, result.point.problem)).length > 1;
    return series(result, "line", shared ? limitName(result) : result.point.label, file, dotsWanted);
  });
  const dots = results.flatMap((result) => series(result, "dots", result.point.label, file, dotsWanted));
  const all = [...lines, ...dots].filter((one) => drawable(one, x.scale, y.scale));
  if (all.length === 0) return undefined;
  return {
    title: file.plot.title ?? file.title ?? file.name,
    subtitle: `${file.simulate ? "One-pass SGD" : "The limit of one-pass SGD"}: ${describe(points[0].problem, paths)}`,
    caption: caption(file, results),
    x: axis(x, "t = ν/d"),
    y: axis(y, y.show === "risk" ? "excess risk ε" : y.show),
    series: all,
  };
}

function axis(
  { label, scale, domain }: { label?: string; scale: "log" | "linear"; domain?: number[] },
  usual: string,
): Axis {
  return { label: label ?? usual, scale, ...(domain ? { domain: [domain[0], domain[1]] as const } : {}) };
}

function caption(file: Experiment["file"], results: readonly Result[]): string {
  const { curves } = file.plot;
  const seeds = results[0].seeds.length;
  const whole = results.every(({ simulation }) =>
    [...simulation.values()].every(({ status }) => status === "completed"),
  );
  const theory = file.integrate ? "Lines: the ODE of the order parameters, d → ∞" : "";
  const from = results.some(({ point }) => startDependsOnSeed(point.problem))
    ? "from the start of each simulation"
    : "from the same start";
  const start = file.simulate && theory ? `, ${from}` : "";
  const averaged = curves === "mean" && seeds > 1;
  const over = averaged
    ? `, mean of ${whole ? `${seeds} seeds` : "the seeds that ended"}`
    : seeds === 1
      ? ""
      : curves === "first"
        ? ", the first seed"
        : `, each of ${seeds} seeds`;
  const bars =
    averaged && file.simulate ? `; bars: ± 1 standard error of the mean${theory ? " of simulation − ODE" : ""}` : "";
  const dots = file.simulate ? `Dots: simulation${over}${bars}` : "";
  return `${[theory && `${theory}${start}${file.simulate ? "" : over}`, dots].filter(Boolean).join(". ")}.`;
}

/** What is drawn of one problem's runs of one kind. */
function series(
  result: Result,
  kind: "line" | "dots",
  group: string,
  file: Experiment["file"],
  wanted: number,
): Series[] {
  const { curves, y } = file.plot;
  const runs = preferred([...(kind === "line" ? result.theory : result.simulation)]);
  const distinct = kind === "dots" || startDependsOnSeed(result.point.problem) ? runs : runs.slice(0, 1);
  if (!columnNames(result.point.problem).includes(y.show)) return [];
  const common = { label: kind === "line" ? "ODE" : "simulation", kind, ...(group ? { group } : {}) };
  if (curves === "mean" && distinct.length > 1)
    return [{ ...common, ...mean(result, new Map(distinct), y.show, kind === "dots" ? wanted : Infinity) }];
  return (curves === "each" ? distinct : distinct.slice(0, 1)).map(([, run]) => {
    const rows = thinned(run.length, kind === "dots" ? wanted : Infinity);
    const values = column(run, y.show);
    return { ...common, x: rows.map((i) => run.time[i]), y: rows.map((i) => values[i]) };
  });
}

/** The runs that went to their end, if there are any: a mean over all would end with the first that broke off. */
function preferred(runs: [number, Trajectory][]): [number, Trajectory][] {
  const whole = runs.filter(([, { status }]) => status === "completed");
  return whole.length > 0 ? whole : runs;
}

/**
 * Mean over runs at the times that all of them reached. Dots have error bars: the standard error of the mean of (simulation - theory), or of
 * the simulations where there is no theory.
 */
function mean({ theory }: Result, runs: ReadonlyMap<number, Trajectory>, show: string, wanted: number) {
  const shortest = [...runs.values()].reduce((least, run) => (run.length < least.length ? run : least));
  const rows = thinned(shortest.length, wanted);
  const n = runs.size;
  const values = [...runs].map(([seed, run]) => {
    const pair = theory.get(seed);
    const [own, other] = [column(run, show), pair && column(pair, show)];
    return rows.map((i) => ({ value: own[i], deviation: own[i] - (other?.[i] ?? 0) }));
  });
  const over = (f: (r: number, one: (typeof values)[0][0]) => number) =>
    rows.map((_, r) => values.reduce((sum, column) => sum + f(r, column[r]), 0));
  const x = rows.map((i) => shortest.time[i]);
  const y = over((_, { value }) => value / n);
  if (wanted === Infinity) return { x, y };
  const middle = over((_, { deviation }) => deviation / n);
  const errors = over((r, { deviation }) => (deviation - middle[r]) ** 2).map((sum) => Math.sqrt(sum / (n * (n - 1))));
  return { x, y, low: y.map((value, r) => value - errors[r]), high: y.map((value, r) => value + errors[r]) };
}

/** @throws SgdDynamicsError `invalid-argument` for a column that the run does not have */
function column(run: Trajectory, show: string): Float64Array {
  return table(run, { columns: [show] })[0].values;
}

/** About so many of the rows, the last among them. */
function thinned(length: number, wanted: number): number[] {
  const stride = Math.max(1, Math.round(length / wanted));
  return Array.from({ length }, (_, i) => i).filter((i) => (length - 1 - i) % stride === 0);
}

function drawable({ x, y }: Series, xScale: string, yScale: string): boolean {
  const shows = (value: number, scale: string) => Number.isFinite(value) && (scale === "linear" || value > 0);
  return Array.from(x).some((value, i) => shows(value, xScale) && shows(y[i], yScale));
}

/** Whether two problems have the same ODE: they differ in d only, and start alike. */
function sameTheory(one: Problem, other: Problem): boolean {
  if (one === other) return true;
  if (startDependsOnSeed(one) || startDependsOnSeed(other) || one.start.kind === "weights") return false;
  const text = ({ inputDimension: _, ...rest }: Problem) => JSON.stringify(rest);
  return text(one) === text(other);
}

/** The name of a curve that problems of several d share. */
function limitName({ point }: Result): string {
  const others = point.place
    .filter(({ path }) => path !== "inputDimension")
    .map(({ path, value }) => `${symbolOf(path)} = ${valueText(value)}`);
  return [...others, "d → ∞"].join(", ");
}
