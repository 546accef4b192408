/** What a figure draws of an experiment's results. */
import { table } from "../../formats/index.js";
import type { Problem, Trajectory } from "../../index.js";
import type { Series } from "../../plot/index.js";
import { bandText, pairsOf, replicasText } from "../ensemble-statistics.js";
import { fieldText } from "../labels.js";
import { startDependsOnSeed } from "../start.js";
import { theoryOf } from "../theory.js";
import { columnNames } from "./experiment.js";
import type { Result } from "./runner.js";

/** What one plot shows. */
export interface Wanted {
  /** "risk", or an order parameter. */
  readonly show: string;
  readonly x: { readonly scale: "log" | "linear"; readonly domain?: readonly number[] };
  /** Which of several seeds. */
  readonly curves: "mean" | "first" | "each";
  /** About how many dots stand on a curve. */
  readonly dots: number;
  /** Whether the means of ensembles are drawn. */
  readonly means: boolean;
}

/** Lines, bands with their means, dots. */
export function seriesOf(results: readonly Result[], wanted: Wanted): Series[] {
  const having = results.filter(({ point }) => columnNames(point.problem).includes(wanted.show));
  const label = simulationLabel(results);
  return [
    ...having.flatMap((result, i) => {
      const alike = having.filter((other) => sameTheory(other, result));
      if (having.indexOf(alike[0]) < i) return [];
      return theoryLines(result, alike.length > 1 ? limitName(result) : result.point.label, wanted);
    }),
    ...having.flatMap((result) => bands(result, wanted)),
    ...having.flatMap((result) => simulationDots(result, label, wanted)),
  ];
}

/** Whether a plot on such axes shows a point of it. */
export function drawable({ x, y }: Series, xScale: string, yScale: string): boolean {
  const shows = (value: number, scale: string) => Number.isFinite(value) && (scale === "linear" || value > 0);
  return Array.from(x).some((value, i) => shows(value, xScale) && shows(y[i], yScale));
}

function theoryLines(result: Result, group: string, { show, curves }: Wanted): Series[] {
  const runs = preferred([...result.theory]);
  const distinct = startDependsOnSeed(result.point.problem) ? runs : runs.slice(0, 1);
  const common = { label: theoryOf(result), kind: "line" as const, ...grouped(group) };
  if (curves === "mean" && distinct.length > 1) return [{ ...common, ...mean(new Map(distinct), show) }];
  return chosen(distinct, curves).map((run) => ({ ...common, x: run.time, y: column(run, show) }));
}

function simulationDots(result: Result, label: string, { show, x, curves, dots }: Wanted): Series[] {
  const runs = preferred([...result.simulation]);
  const common = { label, kind: "dots" as const, ...grouped(result.point.label) };
  const all =
    curves === "mean" && runs.length > 1
      ? [meanWithErrors(result, new Map(runs), show)]
      : chosen(runs, curves).map((run) => ({ x: run.time, y: column(run, show) }));
  return all.map((one) => ({ ...common, ...thinned(one, x, dots) }));
}

/** Dashes share the label of their band, and so an entry of the key. */
function bands({ point, band }: Result, { show, means }: Wanted): Series[] {
  if (!band || band.mean.length === 0) return [];
  const { ensemble, quantiles, mean, of } = band;
  const label = `${bandText(quantiles)}${means ? " and mean" : ""} of ${ensemble.replicas} ${replicasText(ensemble)}`;
  const common = { label, ...grouped(point.label), x: mean.time, y: column(mean, show) };
  return [
    ...pairsOf(quantiles).map(([low, high]) => ({
      ...common,
      kind: "band" as const,
      low: column(of(low), show),
      high: column(of(high), show),
    })),
    ...(means ? [{ ...common, kind: "line" as const, dashed: true }] : []),
  ];
}

function grouped(group: string): { readonly group?: string } {
  return group ? { group } : {};
}

function simulationLabel(results: readonly Result[]): string {
  const methods = results.flatMap(({ simulation }) =>
    [...simulation.values()].map(({ statistics }) => statistics.method),
  );
  return methods.length > 0 && methods.every((method) => method === "dense") ? "dense simulation" : "simulation";
}

function chosen(runs: readonly (readonly [number, Trajectory])[], curves: "mean" | "first" | "each"): Trajectory[] {
  return (curves === "each" ? runs : runs.slice(0, 1)).map(([, run]) => run);
}

/** The runs that went to their end, if there are any: a mean over all would end with the first that broke off. */
function preferred(runs: [number, Trajectory][]): [number, Trajectory][] {
  const whole = runs.filter(([, { status }]) => status === "completed");
  return whole.length > 0 ? whole : runs;
}

/** Mean over runs at the times that all of them reached. */
function mean(runs: ReadonlyMap<number, Trajectory>, show: string) {
  const shortest = [...runs.values()].reduce((least, run) => (run.length < least.length ? run : least));
  const columns = [...runs.values()].map((run) => column(run, show));
  const y = shortest.time.map((_, i) => columns.reduce((sum, values) => sum + values[i], 0) / columns.length);
  return { x: shortest.time, y };
}

/** With error bars: the standard error of the mean of (simulation - theory), or of the simulations where there is no theory. */
function meanWithErrors({ theory }: Result, runs: ReadonlyMap<number, Trajectory>, show: string) {
  const { x, y } = mean(runs, show);
  const n = runs.size;
  const deviations = [...runs].map(([seed, run]) => {
    const [own, pair] = [column(run, show), theory.get(seed)];
    const other = pair && column(pair, show);
    return x.map((_, i) => own[i] - (other?.[i] ?? 0));
  });
  const errors = x.map((_, i) => {
    const middle = deviations.reduce((sum, values) => sum + values[i], 0) / n;
    return Math.sqrt(deviations.reduce((sum, values) => sum + (values[i] - middle) ** 2, 0) / (n * (n - 1)));
  });
  return { x, y, low: y.map((value, i) => value - errors[i]), high: y.map((value, i) => value + errors[i]) };
}

/** @throws SgdDynamicsError `invalid-argument` for a column that the run does not have */
function column(run: Parameters<typeof table>[0], show: string): Float64Array {
  return table(run, { columns: [show] })[0].values;
}

interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly low?: Float64Array;
  readonly high?: Float64Array;
}

/** About so many of the points that the axis shows, evenly along it, the last among them. */
function thinned(points: Points, { scale, domain }: Wanted["x"], wanted: number): Points {
  const at = (x: number) => (scale === "log" ? Math.log10(x) : x);
  const [from, to] = domain ?? [0, Number.POSITIVE_INFINITY];
  const shown = Array.from(points.x.keys()).filter((i) => {
    const x = points.x[i];
    return x >= from && x <= to && (scale === "linear" || x > 0);
  });
  const places = shown.map((i) => at(points.x[i]));
  // a little less, so that rows in even steps do not fall short by rounding
  const step = (0.999 * (places[places.length - 1] - places[0])) / wanted;
  let last = Number.POSITIVE_INFINITY;
  const kept = new Set<number>();
  for (let n = shown.length - 1; n >= 0; n--) {
    if (last - places[n] < step) continue;
    kept.add(shown[n]);
    last = places[n];
  }
  const pick = (values: Float64Array) => values.filter((_, i) => kept.has(i));
  const { x, y, low, high } = points;
  return { x: pick(x), y: pick(y), ...(low && high ? { low: pick(low), high: pick(high) } : {}) };
}

/** Whether two problems have the same ODE: they differ in d only, and start alike. */
function sameTheory(result: Result, another: Result): boolean {
  if (result === another) return true;
  const [one, other] = [result.point.problem, another.point.problem];
  if (theoryOf(result) !== "ODE") return false;
  // where widths grow, the rate on a region's clock is d's
  if ([...result.theory.values()].some(({ statistics }) => statistics.limit === "region")) return false;
  if (startDependsOnSeed(one) || startDependsOnSeed(other) || one.start.kind === "weights") return false;
  const text = ({ inputDimension: _, ...rest }: Problem) => JSON.stringify(rest);
  return text(one) === text(other);
}

/** The name of a curve that problems of several d share. */
function limitName({ point }: Result): string {
  const others = point.place
    .filter(({ path }) => path !== "inputDimension")
    .map(({ path, value }) => fieldText(path, value));
  return [...others, "d → ∞"].join(", ");
}
