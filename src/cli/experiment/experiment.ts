/** An experiment: its file read, its axes multiplied out into problems. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { table } from "../../formats/index.js";
import { problem as checkedProblem, type Problem, type ProblemInput, SgdDynamicsError, shown } from "../../index.js";
import { type PaperExperiment, papers } from "../../papers/index.js";
import { fieldNames } from "../../schema.js";
import { readObject } from "../files.js";
import { fieldText } from "../labels.js";
import { bad } from "../schema-parts.js";
import { startDependsOnSeed } from "../start.js";
import { limitRegion } from "../theory.js";
import { checkExperiment, type ExperimentFile } from "./schema.js";

/** The experiment that `run` without a name runs. */
export const DEFAULT_EXPERIMENT = "goldt-2019-first-layer";

/** Most problems of one experiment: beyond, a sweep is what is wanted. */
const MOST_POINTS = 1000;

/** One problem of an experiment. */
export interface Point {
  readonly problem: Problem;
  /** Where it lies on each axis: path of the field and its value. */
  readonly place: readonly { readonly path: string; readonly value: unknown }[];
  /** "p = 4"; empty where nothing varies. */
  readonly label: string;
}

export interface Experiment {
  readonly file: ExperimentFile;
  readonly points: readonly Point[];
}

/** Names of the papers' experiments. */
export function shippedExperiments(): string[] {
  return papers.flatMap(({ experiments }) => experiments.map(({ name }) => name));
}

/**
 * Reads an experiment by the path of its file, or by name one of the papers.
 * @throws SgdDynamicsError `unreadable-file`, `invalid-experiment`
 */
export async function readExperiment(given: string): Promise<Experiment> {
  const isName = /^[\w.-]+$/.test(given) && !given.endsWith(".json") && !existsSync(given);
  return isName
    ? parseExperiment(shippedExperiment(given), given)
    : parseExperiment(await readObject(given), basename(given));
}

/**
 * An experiment of the papers, as its file would hold it.
 * @throws SgdDynamicsError `unreadable-file`
 */
export function shippedExperiment(name: string): PaperExperiment {
  const found = papers.flatMap(({ experiments }) => experiments).find((one) => one.name === name);
  if (found) return found;
  throw new SgdDynamicsError(
    "unreadable-file",
    `There is no experiment ${shown(name)}; those of the papers are ${shippedExperiments().join(", ")}, and your own is named by its path.`,
  );
}

/** An experiment from its JSON value; `where` names it in messages. */
export function parseExperiment(value: unknown, where: string): Experiment {
  const file = checkExperiment(value, where);
  const points = expand(file, where);
  checkShown("plot.y.show", file.plot.y.show, points, where);
  file.plot.panels?.forEach(({ y }, i) => {
    if (y.show !== undefined) checkShown(`plot.panels[${i}].y.show`, y.show, points, where);
  });
  checkCurves(file, points, where);
  return { file, points };
}

/** A mean over seeds lies beside a band around the first of them, and says nothing about it. */
function checkCurves(file: ExperimentFile, points: readonly Point[], where: string): void {
  const seeds = seedsOf(file).length;
  const apart = points.some(({ problem }) => startDependsOnSeed(problem));
  if (!file.ensemble || file.ensemble.start === "own" || file.plot.curves !== "mean" || seeds === 1 || !apart) return;
  bad(
    where,
    `plot.curves is "mean" over ${seeds} seeds and the ensemble starts with the first of them; allowed: "first" or "each", or ensemble.start "own"`,
  );
}

/** The seeds of an experiment: as listed, or 1 to a count. */
export function seedsOf({ integrate, simulate }: Pick<ExperimentFile, "integrate" | "simulate">): number[] {
  const own = typeof integrate === "object" ? integrate.seeds : undefined;
  const asked = (simulate ? simulate.seeds : own) ?? 1;
  return typeof asked === "number" ? Array.from({ length: asked }, (_, i) => i + 1) : [...asked];
}

/** What the figure shows must be a column of some problem's table. */
function checkShown(name: string, show: string, points: readonly Point[], where: string): void {
  if (points.some(({ problem }) => columnNames(problem).includes(show))) return;
  bad(
    where,
    `${name} is ${shown(show)}; allowed: "risk", "M_i_r", "Q_i_j" with i <= j, or "a_i", with i, j from 1 to studentWidth and r from 1 to teacherWidth`,
  );
}

/** Names of the columns that a problem's trajectories have. */
export function columnNames(problem: Problem): string[] {
  const none = {
    length: 0,
    time: new Float64Array(),
    risk: new Float64Array(),
    problem,
    state: () => bad("table", "there are no rows"),
  };
  return table(none).map(({ name }) => name);
}

/** Every combination of the axes' values, the last axis fastest. */
function expand(file: ExperimentFile, where: string): Point[] {
  const axes = Object.entries(file.vary);
  const unknown = axes.find(([path]) => !fieldNames.includes(path.split(".")[0]));
  if (unknown) bad(where, `vary.${unknown[0]} is no field of a problem; the fields are ${fieldNames.join(", ")}`);
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  if (count > MOST_POINTS) bad(where, `vary makes ${count} problems; allowed: up to ${MOST_POINTS}`);
  return Array.from({ length: count }, (_, n) => {
    let rest = n;
    const places = axes.toReversed().map(([path, values]) => {
      const index = rest % values.length;
      rest = Math.floor(rest / values.length);
      return { path, index, value: values[index] };
    });
    const made = point(file.problem, places.reverse(), where);
    if (!limitRegion(file) && file.until * made.problem.inputDimension < 0.5)
      bad(
        where,
        `until = ${file.until} is less than one step of SGD at inputDimension ${made.problem.inputDimension}; allowed: at least 1 / inputDimension`,
      );
    return made;
  });
}

type Place = Point["place"][number] & { readonly index: number };

function point(base: object, places: readonly Place[], where: string): Point {
  const label = places.map(({ path, value }) => fieldText(path, value)).join(", ");
  const input = places.reduce((one, place) => withField(one, place, where), base);
  try {
    return {
      problem: checkedProblem(input as ProblemInput),
      place: places.map(({ path, value }) => ({ path, value })),
      label,
    };
  } catch (cause) {
    throw cause instanceof SgdDynamicsError ? placed(cause, places, label, where) : cause;
  }
}

/** A copy with one field set, nested ones through their dots. */
function withField(base: object, { path, value }: Place, where: string): object {
  const keys = path.split(".");
  const copy: Record<string, unknown> = structuredClone(base) as Record<string, unknown>;
  // start: "random" stands for start: { kind: "random" }, which it is by default
  if (keys[0] === "start" && keys.length > 1 && typeof (copy.start ?? "random") === "string")
    copy.start = { kind: copy.start ?? "random" };
  let at = copy;
  for (const [i, key] of keys.slice(0, -1).entries()) {
    at[key] ??= {};
    if (typeof at[key] !== "object" || at[key] === null) {
      bad(
        where,
        `vary.${path} goes into problem.${keys.slice(0, i + 1).join(".")}, which is ${shown(at[key])}; write that as an object with its other fields`,
      );
    }
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1)!] = value;
  return copy;
}

/** An error of a problem, said of the place in the file that it comes from. */
function placed(error: SgdDynamicsError, places: readonly Place[], label: string, where: string): SgdDynamicsError {
  const { message } = error;
  const culprit = places.find(
    ({ path }) => message.startsWith(`problem.${path}`) && /^[\s.]/.test(message.slice(`problem.${path}`.length)),
  );
  const sentence = culprit
    ? `vary.${culprit.path}[${culprit.index}]${message.slice(`problem.${culprit.path}`.length)}`
    : label && !/^problem\.\w+ is required/.test(message)
      ? `at ${label}: ${message}`
      : message;
  return new SgdDynamicsError("invalid-experiment", `${where}: ${sentence}`, { cause: error });
}
