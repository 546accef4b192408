/** What SGD leaves at a solution: the excess risk of label noise, and the learning rate above which the solution does not hold. */

import { SgdDynamicsError } from "../errors.js";
import { eigenvalues } from "../linalg/eigenvalues.js";
import { checkOnline, checkTheory } from "../ode/right-hand-side.js";
import { checkKeys, checkOneOf, checkSeed, invalid } from "../options.js";
import { checkControl, type RunControl } from "../pace.js";
import { type Parameters, parametersOf } from "../parameters.js";
import { problem as checkedProblem, type Problem, type ProblemInput } from "../problem.js";
import type { State } from "../row.js";
import type { Core, Theory } from "../wasm/core.js";
import { startDraws } from "../wasm/draws.js";
import { Drift } from "../wasm/field.js";
import { slopeSquares } from "../wasm/integrals.js";
import { riskFunction } from "../wasm/risk.js";
import { checkConstant, checkUnknowns } from "./fixed-point.js";
import { jacobianOf } from "./jacobian.js";
import { namedState } from "./near.js";
import { classesOf, Reduced } from "./symmetry.js";
import { worked } from "./work.js";

export interface AsymptoticOptions {
  /** "ode" (default): d -> infinity. "finite-d": at the problem's d; of a linear network whose first layer alone is trained. */
  readonly limit?: "ode" | "finite-d";
}

/**
 * The excess risk that constant learning rates leave at a perfect solution with label noise, eps ~ (gamma Delta / (4 B)) n_s^2 sum_i a_i^2 J2_ii, to first
 * order in the learning rate: the stationary risk of least mean squares with the Hessian's trace (THEORY (E2)). Of a linear network whose first
 * layer alone is trained it is exact at every rate, and infinite where SGD diverges.
 *
 * @param state a solution, or a state on the way along a manifold of them: norms and second layer are what counts. That it has (all but) no residual is
 *   the caller's to know, excessRisk(state) tells: a tanh student of an erf teacher has no such state, and keeps more risk than this
 * @throws SgdDynamicsError `unsupported` for schedules, weight decay (which leaves no perfect solution) and anisotropic inputs
 * Cost: some hundred slopes a student, none for erf and ReLU.
 */
export async function asymptoticRisk(
  core: Core,
  input: ProblemInput,
  state: Omit<State, "risk">,
  options: AsymptoticOptions = {},
): Promise<number> {
  checkKeys("asymptoticRisk", options, ["limit"]);
  const limit = checkOneOf("limit", options.limit ?? "ode", ["ode", "finite-d"]);
  const problem = checkedProblem(input);
  checkConstant(problem);
  checkOnline(problem);
  checkSolvable(problem);
  const parameters = parametersOf(problem);
  const { p, studentScale: ns, studentActivation, teacherActivation, trainsSecond, Delta, batch } = parameters;
  const gamma = problem.learningRate as number;
  const variances = Array.from({ length: p }, (_, i) => state.Q[i * p + i]);
  const trace = slopeSquares(await core.theory(), parameters, variances).reduce(
    (sum, slope, i) => sum + (ns * state.a[i]) ** 2 * slope,
    0,
  );
  const isLinear = studentActivation === "linear" && teacherActivation === "linear" && !trainsSecond;
  if (isLinear) return linearRisk(gamma * trace, parameters, limit);
  if (limit === "finite-d") {
    throw new SgdDynamicsError(
      "unsupported",
      `The risk at finite d is known of linear networks with a fixed second layer; try limit "ode", or simulate().`,
    );
  }
  return (gamma * Delta * trace) / (4 * batch);
}

/**
 * v = sum_i n_s a_i w_i makes least mean squares with the rate eta = gamma sum_i (n_s a_i)^2, whose mean square deviation from the teacher obeys, with
 * E[(sum_b x x^T / (B d))^2] for the two moments of the inputs,
 *
 *   D' = D (1 - 2 eta / d + (eta / d)^2 (1 - 1 / B + (d + 2) / B)) + eta^2 Delta / (B d),     eps = D / 2.
 */
function linearRisk(eta: number, { d, batch, sphere, Delta }: Parameters, limit: "ode" | "finite-d"): number {
  const fourth = sphere ? d : d + 2;
  const shrink = limit === "ode" ? eta / batch : (eta / d) * (1 - 1 / batch + fourth / batch);
  return shrink < 2 ? (0.5 * eta * Delta) / batch / (2 - shrink) : Number.POSITIVE_INFINITY;
}

function checkSolvable(problem: Problem): void {
  if (problem.weightDecay > 0 || (problem.secondLayer !== "fixed" && problem.secondLayer.weightDecay > 0)) {
    throw new SgdDynamicsError(
      "unsupported",
      "With weight decay no solution has zero residual, which this needs; fixedPoint() finds where the two balance.",
    );
  }
  if (typeof problem.inputs !== "string") {
    throw new SgdDynamicsError(
      "unsupported",
      "The asymptotic risk is known for isotropic inputs; with a spectrum use simulate().",
    );
  }
}

export interface MaximalLearningRateOptions extends RunControl {
  /** Seed of a start whose teachers are random; default 0. */
  readonly seed?: number;
}

/**
 * The learning rate gamma above which the specialised solution (students are the teachers, one each) of the noiseless problem is unstable: there the
 * largest eigenvalue of the ODE's Jacobian crosses zero. The problem's own learning rate and label noise do not count; batch size and the
 * rate of a trained second layer do.
 *
 * @param input a problem; teachers are the start's, orthonormal unless it says otherwise
 * @returns gamma, relative error about 1e-9 (1e-6 for ReLU and quadratures); Infinity where every rate is stable, NaN where it was aborted
 * @throws SgdDynamicsError `unsupported` where students that are the teachers are no solution: too few of them, or other second layers
 * Cost: some hundred eigenvalue problems with as many unknowns as symmetry leaves, 4 for p = k: milliseconds.
 * Source: Saad & Solla 1995; THEORY E.1.
 */
export async function maximalLearningRate(
  core: Core,
  input: ProblemInput,
  options: MaximalLearningRateOptions = {},
): Promise<number> {
  checkKeys("maximalLearningRate", options, ["seed", "signal", "onProgress"]);
  checkControl(options);
  const seed = checkSeed("seed", options.seed ?? 0);
  const problem = checkedProblem(input);
  checkTheory(problem);
  checkSolvable(problem);
  if (problem.secondLayer !== "fixed" && typeof problem.secondLayer.learningRate !== "number")
    invalid("problem.secondLayer.learningRate is a schedule; allowed: a number.");
  const parameters = { ...parametersOf(problem), Delta: 0, rate: Float64Array.of(1, 0, 0, 1) };
  checkUnknowns(parameters);
  const riskOf = await riskFunction(core, parameters);
  const state = namedState("specialised", problem, parameters, startDraws(core, seed, 0), riskOf, "full");
  const risk = riskOf(state);
  if (!(risk < 1e-12)) {
    throw new SgdDynamicsError(
      "unsupported",
      `Students that are the teachers leave the risk ${risk.toPrecision(3)}; allowed: problems they solve, studentWidth >= teacherWidth and n_s a_i = n_t a*_i.`,
    );
  }
  const { value } = await worked(crossing(await core.theory(), parameters, state), options);
  return value ?? Number.NaN;
}

/** Relative accuracy of the differences in Jacobians: eigenvalues as small are those of manifolds of solutions. */
const NOTHING = 1e-10;

/**
 * gamma where the largest eigenvalue of gamma G + gamma^2 N crosses zero, G the gradient's Jacobian and N the noise's at gamma = 1 (rows of a
 * stand for themselves). Among symmetric deviations: the linear flow takes covariances of weights to covariances, so that one of its fastest is an
 * average over the symmetries (Krein & Rutman).
 */
function* crossing(theory: Theory, parameters: Parameters, state: Omit<State, "risk">): Generator<void, number> {
  const { p, k } = parameters;
  const { classes } = classesOf(state, p, k);
  const jacobian = function* (terms: "gradient-flow" | "noise") {
    const drift = new Drift(theory, parameters, state, terms);
    try {
      const reduced = new Reduced(drift, classes);
      return { J: yield* jacobianOf(reduced, reduced.reduce(drift.numbersOf(state))), n: reduced.size };
    } finally {
      drift.free();
    }
  };
  const { J: G, n } = yield* jacobian("gradient-flow");
  const { J: N } = yield* jacobian("noise");
  // classes of a come last
  const first = parameters.trainsSecond ? classes[classes.length - p] : n;
  const isUnstable = function* (gamma: number) {
    const J = G.map((g, at) => (at < first * n ? gamma * g + gamma * gamma * N[at] : g));
    const rates = yield* eigenvalues(J, n);
    const fastest = rates.reduce((most, { re, im }) => Math.max(most, Math.abs(re), Math.abs(im)), 0);
    return rates[0].re > NOTHING * fastest;
  };
  let [low, high] = [1, 1];
  for (let i = 0; i < 60 && (yield* isUnstable(low)); i++) [low, high] = [low / 2, low];
  if (yield* isUnstable(low)) return 0;
  for (let i = 0; i < 60 && !(yield* isUnstable(high)); i++) [low, high] = [high, high * 2];
  if (!(yield* isUnstable(high))) return Number.POSITIVE_INFINITY;
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (yield* isUnstable(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
