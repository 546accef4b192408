/** Fixed points along a parameter: the values, the table, the figure, the columns of files. */
import { arrays, type Column, type NpzEntry, table } from "../../formats/index.js";
import type { BranchPoint, ContinuedParameter, FixedPoint, FixedPointBranch, Problem } from "../../index.js";
import { SgdDynamicsError } from "../../index.js";
import { type Chart, type Series, terminalTable, toASCII } from "../../plot/index.js";
import { describe, type Layout, numberText, symbolOf } from "../labels.js";

const ROWS = 14;
const DEFAULT_POINTS = 41;
/** Risks of solutions, but for rounding. */
const NO_RISK = 1e-14;

export interface BranchFlags {
  readonly from?: number;
  readonly to?: number;
  readonly points?: number;
  readonly spacing?: "log" | "linear";
}

/** Names of the parameters as flags have them. */
export const PARAMETERS: Readonly<Record<string, ContinuedParameter>> = {
  "learning-rate": "learningRate",
  "noise-variance": "noiseVariance",
  "weight-decay": "weightDecay",
};

/**
 * The values that `--from`, `--to`, `--points` and `--spacing` ask for, from the problem's own on unless told.
 * @throws SgdDynamicsError `invalid-argument`
 */
export function valuesOf(problem: Problem, parameter: ContinuedParameter, flags: BranchFlags): number[] {
  const own = problem[parameter];
  const { to, points: n = DEFAULT_POINTS, spacing = "linear" } = flags;
  const from = flags.from ?? (typeof own === "number" ? own : undefined);
  if (to === undefined) invalid("--along needs --to, the last value of the parameter.");
  if (from === undefined) invalid(`The problem has a schedule of ${parameter}; say with --from where to begin.`);
  if (from === to) invalid(`--from and --to are both ${from}; allowed: two values.`);
  if (n < 2 || n > 100_000) invalid(`--points is ${n}; allowed: a whole number from 2 to 100000.`);
  if (spacing === "log" && !(from > 0 && to > 0))
    invalid(`--spacing log from ${from} to ${to}; allowed: values above 0.`);
  return Array.from({ length: n }, (_, i) => {
    if (i === 0) return from;
    if (i === n - 1) return to;
    const part = i / (n - 1);
    return Number((spacing === "log" ? from * (to / from) ** part : from + (to - from) * part).toPrecision(12));
  });
}

function invalid(sentence: string): never {
  throw new SgdDynamicsError("invalid-argument", sentence);
}

/** Whether a point of a branch is one. */
function isFound({ eigenvalues }: FixedPoint): boolean {
  return eigenvalues.length > 0;
}

/** Some of the points, those beside a change of stability among them. */
export function branchTable({ points, parameter, end }: FixedPointBranch, layout: Layout): string {
  const every = Math.max(1, Math.ceil((points.length - 1) / (ROWS - 1)));
  const changes = (i: number) =>
    [i - 1, i + 1].some((j) => points[j] && isFound(points[j]) && points[j].stable !== points[i].stable);
  const kept = points.filter((_, i) => i % every === 0 || i === points.length - 1 || changes(i));
  const rows = kept.map((point) => ({
    value: point.value,
    risk: isFound(point) ? (point.risk < NO_RISK ? 0 : point.risk) : undefined,
    rate: point.eigenvalues[0]?.re,
    fate: isFound(point) ? (point.stable ? "stable" : "unstable") : point.status,
    status: point.status === "degenerate" ? `degenerate, ${point.nullDirections.length} flat` : "",
  }));
  const ending = end ? [{ value: end.value, risk: end.risk, rate: undefined, fate: "ends", status: "" }] : [];
  const made = terminalTable(
    [...rows, ...ending],
    [
      { key: "value", title: symbolOf(parameter), format: (value) => short(value as number, 6), align: "right" },
      { key: "risk", title: "excess risk", digits: 5 },
      { key: "rate", title: "largest rate", digits: 4 },
      { key: "fate", title: "" },
      ...(rows.some(({ status }) => status) ? [{ key: "status", title: "" }] : []),
    ],
    layout,
  );
  return layout.ascii ? toASCII(made) : made;
}

function short(value: number, digits: number): string {
  return numberText(Number(value.toPrecision(digits)));
}

/**
 * The risk along the parameter, or where it is zero all the way the largest rate; solid where it is stable and dashed where not. Undefined where there
 * is nothing to draw.
 */
export function branchChart(
  branch: FixedPointBranch,
  problem: Problem,
  { title, near, spacing = "linear" }: { title: string; near: string; spacing?: "log" | "linear" },
): Chart | undefined {
  const { points, parameter, end, status } = branch;
  const found = points.filter(isFound);
  const isSolution = found.every(({ risk }) => risk < NO_RISK);
  const places = [
    ...found.map(({ value, risk, stable, eigenvalues }) => ({
      value,
      stable,
      y: isSolution ? eigenvalues[0].re : risk,
    })),
    // stability does not change between the last point and the end
    ...(end && found.length > 0 && !isSolution
      ? [{ value: end.value, stable: found[found.length - 1].stable, y: end.risk }]
      : []),
  ];
  const isLog = !isSolution && places.every(({ y }) => y >= NO_RISK);
  if (places.length < 2) return undefined;
  const x = places.map(({ value }) => value);
  const curve = (stable: boolean): Series[] => {
    // a segment is solid where both its ends are stable
    const shows = (i: number, j: number) => places[j] && (places[i].stable && places[j].stable) === stable;
    const y = places.map((place, i) => (shows(i, i + 1) || shows(i, i - 1) ? place.y : Number.NaN));
    const common = { label: stable ? "stable" : "unstable", kind: "line" as const, group: near };
    return y.every(Number.isNaN) ? [] : [{ ...common, x, y, ...(stable ? {} : { dashed: true }) }];
  };
  const series = [...curve(true), ...curve(false)];
  return {
    title,
    subtitle: describe(problem, [parameter, "start"]),
    x: { label: `${NAMES[parameter]} ${symbolOf(parameter)}`, scale: spacing },
    y: { label: isSolution ? "largest eigenvalue (excess risk 0)" : "excess risk ε", scale: isLog ? "log" : "linear" },
    series,
    ...(end ? { rules: [{ x: end.value, label: `${status} at ${short(end.value, 6)}` }] } : {}),
    names: "none",
  };
}

const NAMES: Readonly<Record<ContinuedParameter, string>> = {
  learningRate: "learning rate",
  noiseVariance: "label noise",
  weightDecay: "weight decay",
};

/** A row for each point: the parameter, risk and stability, then the order parameters. */
export function pointColumns(points: readonly BranchPoint[], parameter: string, problem: Problem): Column[] {
  const numbers = (name: string, of: (point: BranchPoint) => number) => ({
    name,
    values: Float64Array.from(points, of),
  });
  const [, ...states] = table(rowsOf(points, problem));
  return [
    numbers(parameter, ({ value }) => value),
    { name: "status", values: points.map(({ status }) => status) },
    numbers("stable", ({ stable }) => (stable ? 1 : 0)),
    numbers("rate_re", ({ eigenvalues }) => eigenvalues[0]?.re ?? Number.NaN),
    numbers("rate_im", ({ eigenvalues }) => eigenvalues[0]?.im ?? Number.NaN),
    numbers("escapeRate", ({ escapeRate }) => escapeRate),
    ...states,
  ];
}

/** The same as arrays, with all eigenvalues: (points, rates, real and imaginary part). */
export function pointArrays(
  points: readonly BranchPoint[],
  parameter: string,
  problem: Problem,
): Record<string, NpzEntry> {
  const { time: _, ...states } = arrays(rowsOf(points, problem));
  const most = Math.max(...points.map(({ eigenvalues }) => eigenvalues.length));
  const rates = new Float64Array(points.length * most * 2).fill(Number.NaN);
  points.forEach(({ eigenvalues }, n) => {
    eigenvalues.forEach(({ re, im }, i) => {
      rates.set([re, im], 2 * (n * most + i));
    });
  });
  return {
    [parameter]: Float64Array.from(points, ({ value }) => value),
    stable: Float64Array.from(points, ({ stable }) => (stable ? 1 : 0)),
    eigenvalues: { data: rates, shape: [points.length, most, 2] },
    ...states,
    problem: JSON.stringify(problem),
  };
}

/** Points as rows of a trajectory, the parameter for its time. */
function rowsOf(points: readonly BranchPoint[], problem: Problem) {
  return {
    length: points.length,
    time: Float64Array.from(points, ({ value }) => value),
    risk: Float64Array.from(points, ({ risk }) => risk),
    problem,
    state: (i: number) => points[i].state,
  };
}
