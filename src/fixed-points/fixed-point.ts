/** Fixed points of the ODE of the order parameters: where SGD waits or ends, and how fast it leaves or comes back. */

import { SgdDynamicsError, shown } from "../errors.js";
import { type Complex, eigenvalues } from "../linalg/eigenvalues.js";
import { singularValues } from "../linalg/singular-values.js";
import { checkTheory } from "../ode/right-hand-side.js";
import { checkKeys, checkOneOf, checkSeed, invalid } from "../options.js";
import { checkControl, type RunControl } from "../pace.js";
import { type Parameters, parametersOf } from "../parameters.js";
import { problem as checkedProblem, type Problem, type ProblemInput } from "../problem.js";
import type { State } from "../row.js";
import { isBounded } from "../saved-row.js";
import { checkedState, type StateInput } from "../state.js";
import type { Core, Theory } from "../wasm/core.js";
import { startDraws } from "../wasm/draws.js";
import { Drift } from "../wasm/field.js";
import { type RiskOf, riskFunction } from "../wasm/risk.js";
import { coarseness, jacobianOf } from "./jacobian.js";
import { NEAR_NAMES, type NearName, namedState } from "./near.js";
import { largest, newton, relax } from "./newton.js";
import { type Direction, directionOf, driftAlong, type NullSpace, nullSpace } from "./null-space.js";
import { classesOf, Reduced } from "./symmetry.js";
import { worked } from "./work.js";

export interface FixedPointOptions extends RunControl {
  /**
   * Where to look. "specialised": students are the teachers, one each, and further ones 0. "denoising": student i is teacher i mod k. "symmetric": all
   * students equal (Saad & Solla's plateau). Teachers are the start's. Or a state, teacher and fixed second layer included.
   */
  readonly near: NearName | StateInput;
  /** Both parts of the drift (default), or the population gradient with weight decay alone. */
  readonly terms?: "full" | "gradient-flow";
  /** Seed of a start whose teachers are random; default 0. */
  readonly seed?: number;
}

export interface FixedPoint {
  /**
   * "isolated": a zero of the drift, alone among its neighbours. "degenerate": a point of a manifold of solutions, along which the drift is at most
   * what label noise makes of it. "not-found": neither came of the search. "aborted".
   */
  readonly status: "isolated" | "degenerate" | "not-found" | "aborted";
  /** One sentence on the status. */
  readonly message: string;
  /** The fixed point; of a search without one, where it ended. */
  readonly state: State;
  /** Excess risk there, without label noise. */
  readonly risk: number;
  /** Largest number of the drift that is left, on the clock t. */
  readonly residual: number;
  /** Of the Jacobian in M, the upper triangle of Q and a where it is trained: rates on the clock t, by decreasing real part. Empty without a fixed point. */
  readonly eigenvalues: readonly Complex[];
  /** Whether no deviation grows; those along a manifold of solutions may stand still. */
  readonly stable: boolean;
  /** The fastest growth, 0 where it is stable: a plateau is left after log(1 / asymmetry) / escapeRate. */
  readonly escapeRate: number;
  /** Orthonormal tangents of the manifold of solutions; none where it is isolated. */
  readonly nullDirections: readonly Direction[];
  /** The drift along each of them, per unit of time. */
  readonly drift: Float64Array;
}

/** What a search works on. */
export interface Search {
  readonly theory: Theory;
  readonly parameters: Parameters;
  readonly riskOf: RiskOf;
  readonly terms: "full" | "gradient-flow";
  readonly start: Omit<State, "risk">;
  /** What the start is a guess of; undefined for a state. */
  readonly near: NearName | undefined;
}

/** Rates below this part of the largest are rounding. */
const NOTHING = 1e-9;
/** Singular values below this part of the largest may belong to a slow manifold, where Newton's method alone leads nowhere or far away. */
const SLOW = 3e-3;
/** How far from a given state, in parts of its largest number, a fixed point is looked for first. */
const CLOSE = 0.1;
/** Those below this part are zero: differences make as much. */
const NULL = 1e-8;
/** The same without label noise, where Newton's method on a manifold gives half the digits. */
const QUIET_NULL = 1e-6;
/** How far a result may be from a covariance, in parts of the trace. */
const ROUNDING = 1e-9;
const OPTIONS = ["near", "terms", "seed", "signal", "onProgress"] as const;

/**
 * Finds a fixed point by Newton's method, among states with the start's symmetry under permutations of students and teachers; Omega stays a covariance.
 *
 * @param input a problem with constant learning rates
 * @returns the fixed point, its risk, stability and degeneracy; status "not-found" is a result, not an error
 * @throws SgdDynamicsError for bad arguments, `unsupported` for what the ODE does not know and for schedules
 * Cost: a few Jacobians (closed form for erf; else 16 right-hand sides an unknown, the symmetric states' in the search and all at its end), and 25 n^3
 *   operations for the eigenvalues of all n = p k + p (p + 1) / 2 (+ p) numbers: for erf some 5 ms at (p, k) = (4, 2), 1 to 2 s at (16, 4). Rates of
 *   other activations are right to some 1e-6 of the fastest, fixed points to rounding of the right-hand side.
 */
export async function fixedPoint(core: Core, input: ProblemInput, options: FixedPointOptions): Promise<FixedPoint> {
  checkKeys("fixedPoint", options, OPTIONS);
  const search = await searchOf(core, input, options);
  const { aborted, value } = await worked(fixedPointNear(search, search.start), options);
  if (!aborted) options.onProgress?.({ fraction: 1, time: 0 });
  return value ?? abortedAt(search);
}

/** The options that all searches share, checked. */
export async function searchOf(
  core: Core,
  input: ProblemInput,
  options: Pick<FixedPointOptions, "near" | "terms" | "seed"> & RunControl,
): Promise<Search> {
  checkControl(options);
  const problem = checkedProblem(input);
  const terms = checkOneOf("terms", options.terms ?? "full", ["full", "gradient-flow"]);
  const seed = checkSeed("seed", options.seed ?? 0);
  const { near } = options;
  const given = typeof near === "object" && near !== null ? checkedState(problem, near) : undefined;
  const name = given ? undefined : checkNear(near);
  checkTheory(problem);
  checkConstant(problem);
  const parameters = parametersOf(problem);
  checkUnknowns(parameters);
  const riskOf = await riskFunction(core, parameters);
  const start = given ?? namedState(name!, problem, parameters, startDraws(core, seed, 0), riskOf, terms);
  return { theory: await core.theory(), parameters, riskOf, terms, start, near: name };
}

function checkNear(near: unknown): NearName {
  const name = NEAR_NAMES.find((one) => one === near);
  if (name) return name;
  return invalid(
    `near is ${shown(near)}; allowed: ${NEAR_NAMES.map((one) => `"${one}"`).join(", ")}, or a state { P, M, Q, a, aStar }.`,
  );
}

/** Unknowns that Newton's method and the eigenvalues of the Jacobian take: n^2 numbers, some 25 n^3 operations. */
const MOST_UNKNOWNS = 4000;

/** Refuses widths that would take hours. */
export function checkUnknowns({ p, k, trainsSecond }: Parameters): void {
  const n = p * k + (p * (p + 1)) / 2 + (trainsSecond ? p : 0);
  if (n <= MOST_UNKNOWNS) return;
  throw new SgdDynamicsError(
    "unsupported",
    `studentWidth ${p} and teacherWidth ${k} make ${n} unknowns, whose eigenvalues take about ${((25e-9 * n * n * n) / 3600).toPrecision(2)} hours; allowed: up to ${MOST_UNKNOWNS} unknowns. Try a smaller studentWidth, or integrate() with the event "steady-state".`,
  );
}

/** Where rates change nothing stands still. */
export function checkConstant({ learningRate, secondLayer }: Problem): void {
  const rates = [learningRate, secondLayer === "fixed" ? 0 : secondLayer.learningRate];
  if (rates.some((rate) => typeof rate !== "number"))
    throw new SgdDynamicsError(
      "unsupported",
      "A schedule of learning rates has no fixed points; give the rate at which to look for one as a number.",
    );
}

/** The fixed point near a state, and all that is told of it. */
export function* fixedPointNear(search: Search, state: Omit<State, "risk">): Generator<void, FixedPoint> {
  const { theory, parameters, terms, near } = search;
  const { p, k } = parameters;
  const drift = new Drift(theory, parameters, state, terms);
  // without label noise solutions with zero residual stand exactly still: there a manifold of them shows
  const isNoisy = terms === "full" && parameters.Delta > 0;
  const quiet = isNoisy ? new Drift(theory, { ...parameters, Delta: 0 }, state, terms) : undefined;
  try {
    const { classes } = classesOf(state, p, k);
    const reduced = new Reduced(drift, classes);
    const start = reduced.reduce(drift.numbersOf(state));
    // products of such numbers are beyond what a number holds
    if (!isBounded(start) || !isBounded(state.a)) return notFound(search, drift, reduced.expand(start));
    // a plateau is where the flow of symmetric states comes to rest; identical students are another zero nearby
    const isPlateau = near === "symmetric" && terms === "full";
    const close = CLOSE * (1 + largest(start));
    let root = yield* newton(reduced, isPlateau ? yield* relax(reduced, start) : start, near ? undefined : close);
    if (!root.converged && near && !isPlateau) root = yield* newton(reduced, yield* relax(reduced, start));
    const slow = root.converged ? undefined : yield* slowPoint(reduced, start, close);
    if (!root.converged && !slow && !near) root = yield* newton(reduced, start);
    const y = drift.withoutNegatives(reduced.expand(slow ? slow.y : root.y));
    const isFound = root.converged && drift.isState(y, ROUNDING) && !(isPlateau && (yield* repels(reduced, root.y)));
    if (!isFound && !slow) return notFound(search, drift, y);
    // named solutions have no residual, so that without noise they stay where they are
    const quietStart = near && !isPlateau ? start : root.y;
    return yield* described(search, { drift, quiet: quiet && new Reduced(quiet, classes), quietStart }, y, slow?.cut);
  } finally {
    drift.free();
    quiet?.free();
  }
}

function* repels(field: Reduced, z: Float64Array): Generator<void, boolean> {
  const rates = yield* eigenvalues(yield* jacobianOf(field, z), field.size);
  return rates[0].re > 1e-6 * Math.max(...rates.map(({ re }) => Math.abs(re)));
}

/** The drift; where it has label noise the same without, among symmetric states, and where to begin with that. */
interface Fields {
  readonly drift: Drift;
  readonly quiet: Reduced<Drift> | undefined;
  readonly quietStart: Float64Array;
}

/**
 * A point where the drift is along slow directions alone: those below a gap in the singular values, `cut` in parts of the largest. Undefined where there
 * is none.
 */
function* slowPoint(
  field: Reduced,
  start: Float64Array,
  reach: number,
): Generator<void, { y: Float64Array; cut: number } | undefined> {
  const { values } = yield* singularValues(yield* jacobianOf(field, start), field.size);
  const gaps = Array.from(values.keys())
    .filter((i) => i > 0 && values[i] < SLOW * values[0])
    .map((i) => ({ flat: field.size - i, ratio: values[i] / values[i - 1], cut: Math.sqrt(values[i] * values[i - 1]) }))
    .sort((x, y) => x.ratio - y.ratio || x.flat - y.flat);
  for (const { flat, cut } of gaps.slice(0, 3)) {
    const { y, converged } = yield* newton(field, start, reach, flat);
    if (converged) return { y, cut: cut / values[0] };
  }
  return undefined;
}

/** Everything about a zero of the drift, or with a `cut` about a point of a slow manifold. */
function* described(search: Search, fields: Fields, y: Float64Array, cut?: number): Generator<void, FixedPoint> {
  const { p, k } = search.parameters;
  const { drift } = fields;
  const J = yield* jacobianOf(drift, y);
  const rates = yield* eigenvalues(J, drift.size);
  const fastest = rates.reduce((most, { re, im }) => Math.max(most, Math.abs(re), Math.abs(im)), 0);
  const space = cut !== undefined ? yield* nullSpace(J, drift.size, cut) : yield* manifoldAt(fields, J, rates);
  const growth = Math.max(...rates.map(({ re }) => re));
  // a manifold's own rates are zero: differences make of them what they make of double zeros
  const slack = !fields.quiet && space.vectors.length > 0 ? 10 : 1;
  const isStable = growth <= slack * NOTHING * coarseness(drift) * fastest;
  const F = drift.at(y);
  const along = driftAlong(space, F);
  const flat = space.vectors.length;
  const isSlow = cut !== undefined;
  if (isSlow && !isDrivenByNoise(fields, space, y, largest(along), SLOW * fastest)) return notFound(search, drift, y);
  return {
    status: flat > 0 ? "degenerate" : "isolated",
    message: messageOf(flat, isStable, growth, isSlow),
    ...stateAt(search, drift, y),
    residual: largest(F),
    eigenvalues: rates,
    stable: isStable,
    escapeRate: isStable ? 0 : growth,
    nullDirections: space.vectors.map((vector) => directionOf(vector, p, k)),
    drift: along,
  };
}

/**
 * Whether a slow drift is that of label noise along a manifold of solutions: without the noise the point all but stands still. Where a fold has just taken
 * a fixed point away the flow is slow too, but by a balance with the noise.
 */
function isDrivenByNoise({ quiet }: Fields, space: NullSpace, y: Float64Array, along: number, bound: number): boolean {
  if (!quiet || space.vectors.length === 0 || along > bound * (1 + largest(y))) return false;
  return largest(driftAlong(space, quiet.field.at(y))) <= 0.5 * along;
}

/**
 * The tangents of the manifold of solutions at a zero of the drift. Label noise makes its directions slow, some gamma Delta, so that the zero next to
 * it without noise tells which these are.
 */
function* manifoldAt(
  { drift, quiet, quietStart }: Fields,
  J: Float64Array,
  rates: readonly Complex[],
): Generator<void, NullSpace> {
  const sizes = rates.map(({ re, im }) => Math.max(Math.abs(re), Math.abs(im))).sort((x, y) => x - y);
  const isolated: NullSpace = { vectors: [], outside: (vector) => vector };
  if (sizes[0] > 0.1 * sizes[sizes.length - 1]) return isolated;
  const still = quiet && (yield* newton(quiet, quietStart));
  const coarse = coarseness(drift);
  const space =
    quiet && still?.converged
      ? yield* nullSpace(
          yield* jacobianOf(quiet.field, quiet.expand(still.y)),
          drift.size,
          QUIET_NULL * Math.sqrt(coarse),
        )
      : yield* nullSpace(J, drift.size, NULL * coarse);
  // units of little norm make a Jacobian with a kink far from normal, and singular values tell less than rates
  const flat = space.vectors.length;
  const others = sizes.slice(flat);
  const isQuick = flat > 0 && sizes[flat - 1] > SLOW * others[others.length >> 1];
  return drift.edge?.isKinked && isQuick ? isolated : space;
}

function stateAt({ riskOf }: Search, drift: Drift, y: Float64Array): { state: State; risk: number } {
  const state = drift.stateOf(y);
  const risk = riskOf(state);
  return { state: { ...state, risk }, risk };
}

function notFound(search: Search, drift: Drift, y: Float64Array): FixedPoint {
  return {
    ...nothing(search, drift, drift.stateNear(y)),
    status: "not-found",
    message:
      "Newton's method came to no fixed point; try a state nearer to one, a smaller learning rate, or follow one with continueFixedPoint().",
  };
}

/** An aborted search's result. */
function abortedAt(search: Search): FixedPoint {
  const drift = new Drift(search.theory, search.parameters, search.start, search.terms);
  try {
    return {
      ...nothing(search, drift, drift.numbersOf(search.start)),
      status: "aborted",
      message: "Aborted: the state is where the search began.",
    };
  } finally {
    drift.free();
  }
}

function nothing(search: Search, drift: Drift, y: Float64Array) {
  return {
    ...stateAt(search, drift, y),
    residual: largest(drift.at(y)),
    eigenvalues: [],
    stable: false,
    escapeRate: 0,
    nullDirections: [],
    drift: new Float64Array(0),
  };
}

function messageOf(flat: number, isStable: boolean, growth: number, isSlow: boolean): string {
  const fate = isStable
    ? "deviations from it die out"
    : `deviations from it grow by e in a time ${(1 / growth).toPrecision(3)}`;
  if (flat === 0) return `An isolated fixed point; ${fate}.`;
  const where = isSlow ? "No fixed point, but a slow drift along" : "A fixed point on";
  return `${where} a manifold of solutions with ${flat} dimension${flat > 1 ? "s" : ""}; ${fate}.`;
}
