/** Results as files, each in the format of its extension. */
import { extname, join } from "node:path";
import { arrays, type Column, type NpzEntry, tables, toCSV, toJSON, toNPZ } from "../formats/index.js";
import { SgdDynamicsError, shown, type Trajectory } from "../index.js";
import { type Chart, renderPNG, renderSVG, type SVGOptions } from "../plot/index.js";
import { bandArrays } from "./ensemble-statistics.js";
import { curvesOf, type LabelledCurves } from "./experiment/record.js";
import type { Result } from "./experiment/runner.js";
import type { ExperimentFile } from "./experiment/schema.js";
import { writeWhole } from "./files.js";
import { theoryKey } from "./theory.js";

export const FORMATS = ["csv", "npz", "json", "svg", "png"] as const;
export type Format = (typeof FORMATS)[number];

/** What a result offers to each format. */
export interface Content {
  readonly columns: () => readonly Column[];
  readonly arrays: () => Readonly<Record<string, NpzEntry>>;
  readonly json: () => unknown;
  /** Absent where there is nothing to draw. */
  readonly chart: Chart | undefined;
  /** The SVG of a figure that is no chart. */
  readonly figure?: () => Promise<string>;
}

/**
 * The format that a file's extension names.
 * @throws SgdDynamicsError `invalid-argument`
 */
export function formatOf(path: string): Format {
  const extension = extname(path).slice(1).toLowerCase();
  const format = FORMATS.find((one) => one === extension);
  if (!format)
    throw new SgdDynamicsError(
      "invalid-argument",
      `--out ${shown(path)} has no extension of a format; allowed: ${FORMATS.map((one) => `.${one}`).join(", ")}.`,
    );
  return format;
}

/**
 * Writes files one after the other.
 * @returns those written, and a sentence for each that could not be made: PNG without its optional package, a figure without a point to draw
 * @throws SgdDynamicsError `unwritable-output`
 */
export async function writeFiles(
  paths: readonly string[],
  content: Content,
): Promise<{ written: string[]; skipped: string[] }> {
  const written: string[] = [];
  const skipped: string[] = [];
  let svg: Promise<string> | undefined;
  const drawn = () => {
    svg ??= content.figure?.() ?? renderSVG(content.chart!, sizeOf(content.chart!));
    return svg;
  };
  const bytes: Record<Format, () => Promise<string | Uint8Array>> = {
    csv: async () => toCSV(content.columns()),
    npz: async () => toNPZ(content.arrays()),
    json: async () => toJSON(content.json()),
    svg: drawn,
    png: async () => renderPNG(await drawn(), { systemFonts: false }),
  };
  for (const path of paths) {
    const format = formatOf(path);
    if (!content.chart && !content.figure && (format === "svg" || format === "png")) {
      skipped.push(`${path} is not written: there is no point to draw.`);
      continue;
    }
    try {
      await writeWhole(path, await bytes[format]());
      written.push(path);
    } catch (error) {
      if (!(error instanceof SgdDynamicsError) || error.code !== "missing-dependency") throw error;
      skipped.push(`${path} is not written. ${error.message}`);
    }
  }
  return { written, skipped };
}

/** Panels as large as a page has room for two of. */
function sizeOf({ panels }: Chart): SVGOptions {
  if (!panels || panels.length === 1) return {};
  const columns = Math.min(panels.length, 2);
  return { columns, width: 450 * columns, height: 140 + 330 * Math.ceil(panels.length / columns) };
}

/** The paths of an experiment's files; the record last, so that where it is, all are. */
export function experimentPaths(folder: string, name: string, formats: readonly Format[]): string[] {
  return [...formats.filter((format) => format !== "json"), "json"].map((format) => join(folder, `${name}.${format}`));
}

/**
 * Every row of every run under each other: a column for each axis, the method ("ode" or "mean_map", "simulation", "ensemble_mean", "ensemble_q10", ...),
 * the seed, then time, risk and order parameters.
 */
export function experimentColumns(results: readonly Result[]): Column[] {
  const all = curvesOf(results);
  const [labels, ...columns] = tables(all.map(({ curves }, i) => ({ label: String(i), trajectory: curves })));
  const of = (f: (one: LabelledCurves) => unknown) =>
    (labels.values as readonly string[]).map((label) => f(all[Number(label)]));
  const column = (name: string, values: readonly unknown[]): Column =>
    values.every((value) => typeof value === "number")
      ? { name, values: Float64Array.from(values) }
      : { name, values: values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))) };
  const axes = results[0].point.place.map(({ path }, axis) =>
    column(
      path,
      of(({ result }) => result.point.place[axis].value),
    ),
  );
  return [
    ...axes,
    column(
      "method",
      of(({ method }) => method),
    ),
    column(
      "seed",
      of(({ seed }) => seed),
    ),
    ...columns,
  ];
}

/**
 * Arrays of an experiment: for each problem `time` (n), `seeds` (s), for each method `ode_risk` (s, n), `ode_M` (s, n, p, k), ..., and of an
 * ensemble `ensemble_replicas` (n), `ensemble_risk_mean` (n), `ensemble_M_q10` (n, p, k), ..., with NaN where a run ended early. Names begin
 * with the problem's place, as in `studentWidth4_ode_risk`. `experiment` is the text of the file that repeats the run; equal runs give equal
 * bytes.
 */
export function experimentArrays(
  results: readonly Result[],
  { record: _, ...experiment }: ExperimentFile,
): Record<string, NpzEntry> {
  const named = results.map((result, i) => {
    const place = result.point.place
      .map(
        ({ path, value }) =>
          `${path.split(".").at(-1)}${typeof value === "object" ? i : String(value).replaceAll(/[/\\]/g, "-")}_`,
      )
      .join("");
    return Object.entries(pointArrays(result)).map(([name, entry]) => [place + name, entry] as const);
  });
  return { ...Object.fromEntries(named.flat()), experiment: JSON.stringify(experiment) };
}

function pointArrays(result: Result): Record<string, NpzEntry> {
  const { times, theory, simulation, band, seeds } = result;
  return {
    time: Float64Array.from(times.saved),
    seeds: Float64Array.from(seeds),
    ...stacked(`${theoryKey(result)}_`, theory, times.saved.length),
    ...stacked("simulation_", simulation, times.saved.length),
    ...(band ? bandArrays(band, { prefix: "ensemble_", rows: times.saved.length }) : {}),
  };
}

/** The arrays of several runs along a new first axis. */
function stacked(prefix: string, runs: ReadonlyMap<number, Trajectory>, n: number): Record<string, NpzEntry> {
  const each = [...runs.values()].map((run) => arrays(run));
  if (each.length === 0) return {};
  const names = ["risk", "M", "Q", "a"];
  return Object.fromEntries(
    names.map((name) => {
      const [, ...inner] = each[0][name].shape;
      const size = n * inner.reduce((product, one) => product * one, 1);
      const data = new Float64Array(each.length * size).fill(Number.NaN);
      each.forEach((one, i) => {
        data.set(one[name].data as Float64Array, i * size);
      });
      return [prefix + name, { data, shape: [each.length, n, ...inner] }];
    }),
  );
}
