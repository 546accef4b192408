/**
 * A problem: a plain, frozen object that says everything about a run but its seed. `schema.ts` knows the fields one by one;
 * here are the rules between them.
 */
import { SgdDynamicsError, shown } from "./errors.js";
import { smallestEigenvalue } from "./linalg/linear-algebra.js";
import { isList, rowsComplaint } from "./linalg/matrix.js";
import { assembleOmega } from "./omega.js";
import { activationsOf, hasKink } from "./parameters.js";
import type { Problem, ProblemInput, Schedule } from "./problem-types.js";
import { fieldNames, firstComplaint, problemSchema } from "./schema.js";

export type { Problem, ProblemInput } from "./problem-types.js";

const accepted = new WeakSet<object>();

/**
 * Checks a problem and fills in the defaults.
 *
 * @param input `inputDimension` (d), `studentWidth` (p) and `teacherWidth` (k) are required
 * @returns the problem, frozen; the same object if it came from here
 * @throws SgdDynamicsError `invalid-problem` for a wrong type, range, shape or an unknown key, `not-positive-semidefinite` for a
 *   start whose Omega is no covariance
 * @example
 * const p = problem({ inputDimension: 1000, studentWidth: 4, teacherWidth: 2, noiseVariance: 0.01 });
 */
export function problem(input: ProblemInput): Problem {
  if (typeof input === "object" && input !== null && accepted.has(input)) return input as Problem;
  const result = problemSchema.safeParse(input);
  if (!result.success) throw complaintError(input, result.error.issues[0]);
  const checked = withBatch(result.data);
  checkSchedules(checked);
  checkSpectrum(checked);
  checkStart(checked);
  checkRows(input.start, checked);
  const frozen = deepFreeze(checked);
  accepted.add(frozen);
  return frozen;
}

/** Canonical text of a problem: its JSON, defaults included, in the schema's order of fields. */
export function canonicalText(p: Problem): string {
  return JSON.stringify(p);
}

function complaintError(input: unknown, issue: Parameters<typeof firstComplaint>[0]): SgdDynamicsError {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return new SgdDynamicsError(
      "invalid-problem",
      `A problem is an object with inputDimension, studentWidth and teacherWidth; given: ${shown(input)}.`,
    );
  }
  const { path, sentence, unknownKeys } = firstComplaint(issue);
  const where = ["problem", ...path].map(String).join(".");
  if (unknownKeys.length > 0) {
    const known =
      path.length === 0
        ? fieldNames
        : Object.keys((valueAt(input, path) ?? {}) as object).filter((key) => !unknownKeys.includes(key));
    const near = path.length === 0 ? closest(unknownKeys[0], fieldNames) : undefined;
    const hint = near ? `; did you mean ${near}?` : path.length === 0 ? `; the fields are ${known.join(", ")}.` : ".";
    return new SgdDynamicsError("invalid-problem", `${where} has the unknown key ${shown(unknownKeys[0])}${hint}`);
  }
  const given = valueAt(input, path);
  const bad = strangeElement(given);
  const verb = given === undefined ? "is required" : bad ? `holds ${shown(bad[0])}` : `is ${shown(given)}`;
  // the sentence has the texts that are allowed in quotes
  const texts = sentence.split('"').filter((_, i) => i % 2);
  const near = typeof given === "string" ? closest(given, texts) : undefined;
  const hint = near ? `; did you mean ${shown(near)}?` : ".";
  return new SgdDynamicsError("invalid-problem", `${where} ${verb}; allowed: ${sentence}${hint}`);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** The first element of an array, or of its rows, that is no finite number; in an array of its own, as it may be undefined. */
function strangeElement(value: unknown): [unknown] | undefined {
  if (!isList(value)) return undefined;
  for (const element of Array.from(value)) {
    const bad = isList(element)
      ? strangeElement(element)
      : Number.isFinite(element)
        ? undefined
        : ([element] as [unknown]);
    if (bad) return bad;
  }
  return undefined;
}

/** The known name that a given one is but for case and marks, or a part of, or a slip of one letter away from. */
function closest(given: string, known: readonly string[]): string | undefined {
  const simple = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, "");
  /** The text, and what is left of it without one letter. */
  const cuts = (text: string) => [text, ...Array.from(text, (_, i) => text.slice(0, i) + text.slice(i + 1))];
  return known.find((name) => {
    const [a, b] = [simple(given), simple(name)];
    const isPart = () => b.startsWith(a) || a.startsWith(b) || b.endsWith(a);
    return a === b || (a.length > 3 && (isPart() || cuts(a).some((cut) => cuts(b).includes(cut))));
  });
}

function fail(sentence: string): never {
  throw new SgdDynamicsError("invalid-problem", sentence);
}

function checkSchedules(p: Problem): void {
  checkSchedule("problem.learningRate", p.learningRate);
  if (p.secondLayer !== "fixed") checkSchedule("problem.secondLayer.learningRate", p.secondLayer.learningRate);
}

function checkSchedule(where: string, rate: number | Schedule): void {
  if (typeof rate === "number") return;
  const { times, values, interpolation } = rate;
  if (times.length === 0 || times.length !== values.length) {
    fail(`${where} has ${times.length} times and ${values.length} values; allowed: as many of each, at least one.`);
  }
  if (times.some((t, i) => t < 0 || (i > 0 && t <= times[i - 1])))
    fail(`${where}.times must be increasing and not negative; given: ${times.join(", ")}.`);
  const smallest = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  if (smallest < 0) fail(`${where}.values has ${smallest}; allowed: numbers of at least 0.`);
  if (interpolation === "log" && smallest === 0)
    fail(`${where}.values has 0, which "log" cannot reach; try "linear" or a small number.`);
}

/** Batches fit in a finite set; those of full-batch descent are the set. */
function withBatch(p: Problem): Problem {
  if (p.data === "online") return p;
  const { samples, order } = p.data;
  if (order === "full-batch" || order === "gradient-flow") {
    if (samples > 1e6) fail(`problem.data.samples is ${samples}; allowed with order "${order}": up to 1e6.`);
    if (p.batchSize !== 1 && p.batchSize !== samples)
      fail(
        `problem.batchSize is ${p.batchSize}; allowed with order "${order}": data.samples = ${samples}, or leave it out.`,
      );
    if (order === "gradient-flow" && hasKink(activationsOf(p).student))
      fail(
        `problem.data.order is "gradient-flow" and the student has a kink: on a finite set its gradient jumps wherever a sample crosses it, and the flow may slide along the jump; try order "full-batch".`,
      );
    return { ...p, batchSize: samples };
  }
  if (p.batchSize > samples) fail(`problem.batchSize is ${p.batchSize}; allowed: at most data.samples = ${samples}.`);
  return p;
}

function checkSpectrum({ inputs, inputDimension, start }: Problem): void {
  if (typeof inputs === "string") return;
  const sum = inputs.spectrum.reduce((total, { multiplicity }) => total + multiplicity, 0);
  if (sum !== inputDimension)
    fail(
      `The multiplicities of problem.inputs.spectrum add up to ${sum}; allowed: inputDimension = ${inputDimension}.`,
    );
  if (start.kind === "state") {
    fail(
      `problem.start.state does not say how weights lie in the eigenspaces of problem.inputs.spectrum; try a random start or { kind: "weights" }.`,
    );
  }
}

function checkLength(where: string, values: ArrayLike<number> | undefined, length: number, shape: string): void {
  if (values && values.length !== length) fail(`${where} has ${values.length} numbers; allowed: ${shape} = ${length}.`);
}

/** Matrices that came as rows must have the shape, not only the numbers. */
function checkRows(
  start: ProblemInput["start"],
  { studentWidth: p, teacherWidth: k, inputDimension: d }: Problem,
): void {
  if (typeof start !== "object") return;
  const check = (where: string, values: unknown, rows: number, columns: number) => {
    const complaint = rowsComplaint(values, rows, columns);
    if (complaint) fail(`problem.start.${where} ${complaint}; allowed: ${rows} rows of ${columns}, or flat row-major.`);
  };
  if (start.kind === "state") {
    check("state.P", start.state.P, k, k);
    check("state.M", start.state.M, p, k);
    check("state.Q", start.state.Q, p, p);
  } else if (start.kind === "weights") {
    check("W", start.W, p, d);
    check("WStar", start.WStar, k, d);
  }
}

function checkStart(p: Problem): void {
  const { start, studentWidth, teacherWidth, inputDimension } = p;
  const second = start.kind === "state" ? start.state : start;
  const at = start.kind === "state" ? "problem.start.state" : "problem.start";
  checkLength(`${at}.a`, second.a, studentWidth, "studentWidth");
  checkLength(`${at}.aStar`, second.aStar, teacherWidth, "teacherWidth");
  if ("teacher" in start && start.teacher === "orthonormal" && teacherWidth > inputDimension) {
    fail(
      `${teacherWidth} orthonormal teacher vectors do not fit in ${inputDimension} dimensions; try start.teacher "gaussian" or a smaller teacherWidth.`,
    );
  }
  if (start.kind === "informed" && studentWidth < teacherWidth) {
    fail(`An informed start needs studentWidth >= teacherWidth; given: ${studentWidth} and ${teacherWidth}.`);
  }
  if (start.kind === "denoising" && studentWidth < teacherWidth) {
    fail(`A denoising start needs studentWidth >= teacherWidth; given: ${studentWidth} and ${teacherWidth}.`);
  }
  if (start.kind === "weights") {
    checkLength("problem.start.W", start.W, studentWidth * inputDimension, "studentWidth x inputDimension");
    checkLength("problem.start.WStar", start.WStar, teacherWidth * inputDimension, "teacherWidth x inputDimension");
    if (![...start.W, ...start.WStar].every(Number.isFinite)) fail("problem.start weights must be finite numbers.");
  }
  if (start.kind === "state") checkState(start.state, studentWidth, teacherWidth);
}

/** Order parameters of this size count as diverged. */
const LARGEST = 1e12;

/** Shapes, finiteness, symmetry and positivity of order parameters; `where` names them in messages. */
export function checkState(
  state: { readonly P: ArrayLike<number>; readonly M: ArrayLike<number>; readonly Q: ArrayLike<number> },
  p: number,
  k: number,
  where = "problem.start.state",
): void {
  checkLength(`${where}.P`, state.P, k * k, "k x k");
  checkLength(`${where}.M`, state.M, p * k, "p x k");
  checkLength(`${where}.Q`, state.Q, p * p, "p x p");
  const omega = assembleOmega(state, p, k);
  const bad = omega.findIndex((value) => !(Math.abs(value) < LARGEST));
  if (bad >= 0) fail(`${where} holds ${omega[bad]}; allowed: finite numbers, below 1e12 in size.`);
  const m = p + k;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) {
      const [x, y] = [omega[i * m + j], omega[j * m + i]];
      if (Math.abs(x - y) > 1e-9 * (1 + Math.abs(x)))
        fail(`${where} is not symmetric: ${x} and ${y} at (${i}, ${j}) and (${j}, ${i}) of Omega, teacher rows first.`);
    }
  }
  let trace = 0;
  for (let i = 0; i < m; i++) trace += omega[i * m + i];
  const smallest = smallestEigenvalue(omega, m);
  if (smallest < -1e-9 * Math.max(trace, 1e-300)) {
    throw new SgdDynamicsError(
      "not-positive-semidefinite",
      `${where} is no covariance: the smallest eigenvalue of Omega = [[P, M^T], [M, Q]] is ${smallest.toPrecision(4)}; allowed: 0 up to rounding. ` +
        "Order parameters of weights come from orderParameters({ W, WStar, inputDimension }).",
    );
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
