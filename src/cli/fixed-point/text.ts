/** A fixed point as a person reads it. */
import type { Complex, Direction, FixedPoint, Problem, State } from "../../index.js";
import { type TableColumn, terminalTable, toASCII } from "../../plot/index.js";
import { type Layout, numberText, wrapped } from "../labels.js";

/** What else is known of it. */
export interface Extras {
  /** The risk that label noise leaves to first order in the learning rate; "finite-d" of linear networks. */
  readonly asymptotic?: { readonly ode: number; readonly finite?: number };
  /** Largest learning rate at which the specialised solution is stable. */
  readonly maximalRate?: number;
}

/** Rates and drifts below it are rounding. */
const NOTHING = 1e-13;
const MOST_RATES = 6;
const MOST_DIRECTIONS = 8;

/** The blocks of a fixed point's report: facts, rates, order parameters, the manifold. */
export function fixedPointBlocks(point: FixedPoint, problem: Problem, extras: Extras, layout: Layout): string[] {
  const isFound = point.eigenvalues.length > 0;
  return [
    facts(point, problem, extras, layout),
    ...(isFound ? [rates(point.eigenvalues, layout)] : []),
    orderParameters(point.state, layout),
    ...(point.nullDirections.length > 0 ? [manifold(point, problem, layout)] : []),
  ];
}

function facts(point: FixedPoint, { inputDimension: d, noiseVariance }: Problem, extras: Extras, layout: Layout) {
  const { asymptotic, maximalRate } = extras;
  const isFound = point.eigenvalues.length > 0;
  const lines: [string, string][] = [
    ["status", isFound ? `${point.status}, ${point.stable ? "stable" : "unstable"}` : point.status],
    ["excess risk ε", digits(point.risk)],
    ...pair(noiseVariance > 0, "population risk", digits(point.risk + noiseVariance / 2)),
    ...(asymptotic ? [asymptoticText(asymptotic, d)] : []),
    ["residual drift", point.residual.toExponential(1)],
    ...pair(
      isFound && !point.stable,
      "escape rate",
      `${digits(point.escapeRate)} (by e in t = ${digits(1 / point.escapeRate, 3)})`,
    ),
    ...pair(
      maximalRate !== undefined,
      "largest stable γ",
      maximalRate === undefined ? "" : `${rateText(maximalRate)} (specialised, without label noise)`,
    ),
  ];
  return named(lines, layout);
}

function pair(isThere: boolean, name: string, text: string): [string, string][] {
  return isThere ? [[name, text]] : [];
}

/** Linear networks are least mean squares, whose stationary risk is known at every rate. */
function asymptoticText({ ode, finite }: NonNullable<Extras["asymptotic"]>, d: number): [string, string] {
  return finite === undefined
    ? ["ε to first order in γ", digits(ode)]
    : ["ε of least mean squares", `${digits(ode)}, at d = ${numberText(d)} ${digits(finite)}`];
}

export function rateText(rate: number): string {
  return rate === Number.POSITIVE_INFINITY ? "every rate" : String(Number(rate.toPrecision(10)));
}

/** Names and what they are, below each other. */
export function named(lines: readonly (readonly [string, string])[], { ascii }: Layout): string {
  const width = Math.max(...lines.map(([name]) => Array.from(text(name, ascii)).length));
  return lines.map(([name, value]) => ` ${text(name, ascii).padEnd(width)}  ${text(value, ascii)}`).join("\n");
}

function text(of: string, ascii: boolean | undefined): string {
  return ascii ? toASCII(of) : of;
}

/** Six digits that say something. */
function digits(value: number, count = 6): string {
  return numberText(Number(value.toPrecision(count)));
}

function table(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly TableColumn[],
  { ascii }: Layout,
): string {
  const made = terminalTable(rows, columns, { ascii });
  return ascii ? toASCII(made) : made;
}

/** The rates that decide: the largest real parts. */
function rates(eigenvalues: readonly Complex[], layout: Layout): string {
  const few = eigenvalues.slice(0, MOST_RATES);
  // pairs that are double rates but for rounding are no pairs
  const fastest = Math.max(...eigenvalues.map(({ re, im }) => Math.hypot(re, im)));
  const rows = few.map(({ re, im }) => {
    const isZero = Math.abs(re) < NOTHING * fastest;
    return {
      re: isZero ? 0 : re,
      im: Math.abs(im) > 1e-9 * Math.hypot(re, im) ? im : undefined,
      time: isZero ? undefined : 1 / Math.abs(re),
    };
  });
  const complex = rows.some(({ im }) => im !== undefined);
  const count = eigenvalues.length > few.length ? `, ${few.length} of ${eigenvalues.length}` : "";
  return [
    wrapped(`Eigenvalues of the Jacobian, per unit of t${count}:`, layout),
    table(
      rows,
      [
        { key: "re", title: complex ? "real part" : "rate", digits: 5 },
        ...(complex ? [{ key: "im", title: "imaginary", digits: 5 }] : []),
        { key: "time", title: "time", digits: 3 },
      ],
      layout,
    ),
  ].join("\n\n");
}

/** M, Q and a, a row a student. */
function orderParameters({ P, M, Q, a, aStar }: State, layout: Layout): string {
  const [p, k] = [a.length, aStar.length];
  const cell = (values: Float64Array) => (at: number) => Number(values[at].toFixed(6)) + 0;
  const [m, q, second] = [cell(M), cell(Q), cell(a)];
  const name = (letter: string, i: number) => `${letter}_i${i + 1}`;
  const columns = [
    { key: "i", title: "i" },
    ...Array.from({ length: k }, (_, r) => ({ key: `M${r}`, title: name("M", r) })),
    ...Array.from({ length: p }, (_, j) => ({ key: `Q${j}`, title: name("Q", j) })),
    { key: "a", title: "a_i" },
  ].map((column) => (column.key === "i" ? column : { ...column, format: plain, align: "right" as const }));
  const rows = Array.from({ length: p }, (_, i) => ({
    i: i + 1,
    ...Object.fromEntries(Array.from({ length: k }, (_, r) => [`M${r}`, m(i * k + r)])),
    ...Object.fromEntries(Array.from({ length: p }, (_, j) => [`Q${j}`, q(i * p + j)])),
    a: second(i),
  }));
  const isOrthonormal = P.every((value, at) => value === (at % (k + 1) === 0 ? 1 : 0));
  const made = table(rows, columns, layout);
  const isWide = p > 20 || made.split("\n").some((line) => line.length > layout.width);
  const teachers = isOrthonormal ? "orthonormal teachers" : "teachers as in --json";
  return isWide
    ? wrapped("The order parameters are too many for this width: see --json or --out.", layout)
    : `${wrapped(`Order parameters, a row for each student (${teachers}):`, layout)}\n\n${made}`;
}

function plain(value: unknown): string {
  return (value as number).toFixed(5).replace(/^-(?=[0.]*$)/, "");
}

/** The directions in which nothing decides, and how fast noise moves along them. */
function manifold({ nullDirections, drift }: FixedPoint, { teacherWidth: k }: Problem, layout: Layout): string {
  const shown = nullDirections.slice(0, MOST_DIRECTIONS);
  const count = nullDirections.length > shown.length ? ` (${shown.length} of ${nullDirections.length})` : "";
  const rows = shown.map((direction, i) => ({
    n: i + 1,
    drift: Math.abs(drift[i]) < NOTHING ? 0 : drift[i],
    parts: partsText(direction, k),
  }));
  const columns = [
    { key: "n", title: "" },
    { key: "drift", digits: 3 },
    { key: "parts", title: "largest parts" },
  ];
  return [
    wrapped(`Directions along the manifold of solutions${count}, and the drift along each:`, layout),
    table(rows, columns, layout),
  ].join("\n\n");
}

/** "+0.71 Q_33 −0.50 M_31". */
function partsText({ M, Q, a }: Direction, k: number): string {
  const p = a.length;
  const wide = p > 9 || k > 9 ? "," : "";
  const cells = [
    ...Array.from(M, (value, at) => ({ value, name: `M_${Math.floor(at / k) + 1}${wide}${(at % k) + 1}` })),
    ...Array.from(Q, (value, at) => ({ value, i: Math.floor(at / p), j: at % p }))
      .filter(({ i, j }) => i <= j)
      .map(({ value, i, j }) => ({ value, name: `Q_${i + 1}${wide}${j + 1}` })),
    ...Array.from(a, (value, i) => ({ value, name: `a_${i + 1}` })),
  ];
  const largest = cells.sort((x, y) => Math.abs(y.value) - Math.abs(x.value)).slice(0, 4);
  return largest
    .filter(({ value }) => Math.abs(value) >= 0.05)
    .map(({ value, name }) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)} ${name}`)
    .join(" ");
}
