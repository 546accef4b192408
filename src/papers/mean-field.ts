/**
 * Measurements of the mean-field limit (THEORY F): Mei, Montanari & Nguyen, "A mean field view of the landscape of two-layer neural networks" (2018); Chizat & Bach,
 * "On the global convergence of gradient descent for over-parameterized models using optimal transport" (2018); Sirignano & Spiliopoulos, "Mean field
 * analysis of neural networks: a central limit theorem" (2020); Arnaboldi, Stephan, Krzakala & Loureiro, "From high-dimensional & mean-field dynamics to
 * dimensionless ODEs" (2023). Each function runs and says what it found; none knows what it should find.
 */
import {
  ensemble,
  integrate,
  meanField,
  type Problem,
  type ProblemInput,
  problem,
  type RunControl,
  type State,
} from "../index.js";
import { exponentOf } from "./slope.js";

type Control = Pick<RunControl, "signal">;

/** Order parameters as a start takes them. */
type StartState = Pick<State, "P" | "M" | "Q"> & { readonly a: number[]; readonly aStar: number[] };

/** Both layers at one rate: the flow (F1). */
const both = { learningRate: 1, secondLayer: { learningRate: 1 } } as const;

/**
 * p particles whose parts in the span of k orthonormal teachers are N(0, 1 / 4) a coordinate, and the others orthogonal to each other with length 1: where the
 * dimension-free flow (F3) and the p-particle flow start alike. The parts are those of `types` particles, over and over, so that the density of all
 * multiples of `types` is one.
 */
async function orthogonalStart(p: number, k: number, types: number, seed: number): Promise<StartState> {
  const narrow = { inputDimension: 4, studentWidth: types, teacherWidth: k };
  const { P, M: drawn } = (await integrate(narrow, { until: 0, save: { times: [0] }, seed })).state(0);
  const M = Float64Array.from({ length: p * k }, (_, at) => drawn[at % (types * k)]);
  const Q = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      for (let r = 0; r < k; r++) Q[i * p + j] += M[i * k + r] * M[j * k + r];
    }
    Q[i * p + i] += 1;
  }
  return { P, M, Q, a: new Array(p).fill(1), aStar: new Array(k).fill(1) };
}

/** What `widthConvergence` finds. */
export interface WidthConvergence {
  readonly widths: readonly number[];
  /** Excess risk at the end of the p-particle flow, and of (F3) from the same start. */
  readonly full: readonly number[];
  readonly reduced: readonly number[];
  /** |full - reduced|, and its exponent in p. */
  readonly gap: readonly number[];
  readonly exponent: number;
}

/**
 * The flow of p particles against its dimension-free limit (F3), erf and k = 2, first layer. The exponent is that of p -> infinity once p is some ten times the
 * time. Widths are multiples of the first, and their densities the same.
 * Cost: a few seconds at p = 200, half a minute at p = 400: (p + k)^3 / 2 nanoseconds a right-hand side.
 */
export async function widthConvergence(
  options: { readonly widths?: readonly number[]; readonly until?: number; readonly seed?: number } & Control = {},
): Promise<WidthConvergence> {
  const { widths = [50, 100, 200], until = 20, seed = 1, signal } = options;
  const k = 2;
  const types = widths[0];
  const full: number[] = [];
  const reduced: number[] = [];
  for (const p of widths) {
    const state = await orthogonalStart(p, k, types, seed);
    const set: ProblemInput = {
      inputDimension: p + k,
      studentWidth: p,
      teacherWidth: k,
      scaling: "mean-field",
      start: { kind: "state", state },
    };
    const end = { until, save: { times: [until] }, signal };
    full.push((await meanField(set, end)).risk[0]);
    reduced.push((await meanField(set, { ...end, representation: "reduced" })).risk[0]);
  }
  const gap = full.map((risk, i) => Math.abs(risk - reduced[i]));
  return { widths, full, reduced, gap, exponent: exponentOf([...widths], gap) };
}

/** What `globalConvergence` finds. */
export interface GlobalConvergence {
  readonly widths: readonly number[];
  readonly times: readonly number[];
  /** risks[i][s][t]: of width i and seed s at time t. */
  readonly risks: readonly (readonly (readonly number[])[])[];
}

/** Of the second layer a_i = +-1 at the start: drawn for each particle, or as many of each (one more + of odd numbers). */
export type Signs = "random" | "balanced";

/**
 * ReLU particles (a_i, u_i), a two-homogeneous network, d = 5, against k = 3 orthonormal teacher rows with a* = (1, 1, -1) and n_t = 1; students start from random
 * unit-norm rows and signs a_i. The flow keeps a_i^2 - |u_i|^2 = 0, so that no a_i changes its sign: a start without two units of + and one of -
 * cannot reach the teacher, whatever the rows. That is so for 5 of 8 random signs of p = 3 and for 1 of 8 of p = 6.
 */
export async function globalConvergence(
  options: {
    readonly widths?: readonly number[];
    readonly seeds?: number;
    readonly times?: readonly number[];
    readonly signs?: Signs;
  } & Control = {},
): Promise<GlobalConvergence> {
  const { widths = [3, 6, 12, 25, 50, 100], seeds = 6, times = [200, 2000], signs = "balanced", signal } = options;
  const until = times[times.length - 1];
  const risks: number[][][] = [];
  for (const p of widths) {
    const own: number[][] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const set = await signedUnitRows(p, signs, seed);
      const run = await meanField(set, { until, save: { times: [...times] }, signal, rtol: 1e-7 });
      own.push(Array.from(run.risk));
    }
    risks.push(own);
  }
  return { widths, times, risks };
}

/** The problem of `globalConvergence`. */
export async function signedUnitRows(p: number, signs: Signs, seed: number): Promise<Problem> {
  const k = 3;
  const shape = { inputDimension: 5, studentWidth: p, teacherWidth: k };
  const { P, M, Q } = (await integrate(shape, { until: 0, save: { times: [0] }, seed })).state(0);
  // in one dimension an overlap has the sign of a normal number
  const line = { inputDimension: 1, studentWidth: p, teacherWidth: 1 };
  const random = (await integrate(line, { until: 0, save: { times: [0] }, seed, stream: 1 })).state(0).M;
  const size = Array.from({ length: p }, (_, i) => Math.sqrt(Q[i * p + i]));
  const state = {
    P,
    M: M.map((x, at) => x / size[Math.floor(at / k)]),
    Q: Q.map((x, at) => x / (size[Math.floor(at / p)] * size[at % p])),
    a: Array.from(random, (x, i) => ((signs === "balanced" ? i % 2 === 1 : x < 0) ? -1 : 1)),
    aStar: [1, 1, -1],
  };
  return problem({
    ...shape,
    activation: "relu",
    scaling: { student: 1 / p, teacher: 1 },
    start: { kind: "state", state },
    ...both,
  });
}

/** What `stepSizes` finds. */
export interface StepSizes {
  /** s = gamma n_s, the mean-field time of d steps. */
  readonly steps: readonly number[];
  /** Largest distance over the saved times of the mean risk of SGD to the risk of the flow, and largest standard error of that mean. */
  readonly bias: readonly number[];
  readonly standardError: readonly number[];
  /** Mean over replicas of the largest distance over the saved times of one run. */
  readonly distance: readonly number[];
  /** Exponents in s. */
  readonly biasExponent: number;
  readonly distanceExponent: number;
}

/** One-pass SGD of p particles from one start, with smaller and smaller steps, beside the flow (Mei et al.): erf, k = 2, d = 30, first layer. */
export async function stepSizes(
  options: {
    readonly steps?: readonly number[];
    readonly studentWidth?: number;
    readonly replicas?: number;
    readonly until?: number;
    readonly seed?: number;
  } & Control = {},
): Promise<StepSizes> {
  const {
    steps = [0.8, 0.4, 0.2, 0.1, 0.05],
    studentWidth: p = 20,
    replicas = 100,
    until = 4,
    seed = 1,
    signal,
  } = options;
  const k = 2;
  const d = 30;
  const state = await orthogonalStart(p, k, p, seed);
  const times = [1, 2, 3, 4].map((part) => (part * until) / 4);
  const bias: number[] = [];
  const standardError: number[] = [];
  const distance: number[] = [];
  for (const s of steps) {
    const set: ProblemInput = {
      inputDimension: d,
      studentWidth: p,
      teacherWidth: k,
      scaling: "mean-field",
      learningRate: s * p,
      start: { kind: "state", state },
    };
    const flow = await meanField(set, { until, save: { times }, signal });
    const many = await ensemble(set, {
      until: until / s,
      save: { times: times.map((t) => t / s) },
      seed,
      replicas,
      keep: true,
      signal,
    });
    const most = (value: (i: number) => number) => times.reduce((so, _, i) => Math.max(so, Math.abs(value(i))), 0);
    bias.push(most((i) => many.mean.risk[i] - flow.risk[i]));
    standardError.push(most((i) => many.standardError.risk[i]));
    const each = many.trajectories!.map(({ risk }) => most((i) => risk[i] - flow.risk[i]));
    distance.push(each.reduce((sum, x) => sum + x, 0) / each.length);
  }
  return {
    steps,
    bias,
    standardError,
    distance,
    biasExponent: exponentOf([...steps], bias),
    distanceExponent: exponentOf([...steps], distance),
  };
}

/** What `fluctuations` finds. */
export interface Fluctuations {
  readonly widths: readonly number[];
  /** Standard deviations over replicas of (1 / p) sum_i a_i u_i.u*_1 and of the risk, and their exponents in p. */
  readonly overlap: readonly number[];
  readonly risk: readonly number[];
  readonly overlapExponent: number;
  readonly riskExponent: number;
}

/**
 * Fluctuations of SGD around the mean-field limit (Sirignano & Spiliopoulos): particles start independently, their steps are of order 1 / p. erf, k = 1, d = 10,
 * both layers, steps of 0.1 / p. The relative standard error of a standard deviation is (2 replicas)^(-1/2).
 */
export async function fluctuations(
  options: {
    readonly widths?: readonly number[];
    readonly replicas?: number;
    readonly until?: number;
    readonly seed?: number;
  } & Control = {},
): Promise<Fluctuations> {
  const { widths = [8, 16, 32, 64, 128], replicas = 400, until = 1, seed = 1, signal } = options;
  const d = 10;
  const overlap: number[] = [];
  const risk: number[] = [];
  for (const p of widths) {
    // gamma n_s / d = 0.1 / p
    const learningRate = 0.1 * d;
    const set: ProblemInput = {
      inputDimension: d,
      studentWidth: p,
      teacherWidth: 1,
      scaling: "mean-field",
      learningRate,
      secondLayer: { learningRate },
    };
    const end = (until * p) / learningRate;
    const many = await ensemble(set, { until: end, save: { times: [end] }, seed, replicas, keep: true, signal });
    const values = many.trajectories!.map((trajectory) => {
      const { M, a } = trajectory.state(0);
      return M.reduce((sum, m, i) => sum + a[i] * m, 0) / p;
    });
    overlap.push(standardDeviation(values));
    risk.push(many.standardDeviation.risk[0]);
  }
  return {
    widths,
    overlap,
    risk,
    overlapExponent: exponentOf([...widths], overlap),
    riskExponent: exponentOf([...widths], risk),
  };
}

/** What `crossover` finds. */
export interface Crossover {
  readonly widths: readonly number[];
  readonly steps: readonly number[];
  /** excess[i][j]: risk of the ODE (B11) at width i and step j over that of the limit p -> infinity, s -> 0. */
  readonly excess: readonly (readonly number[])[];
  /** excess = step * s + width / p, by least squares of the relative errors, and the largest relative error of that. */
  readonly step: number;
  readonly width: number;
  readonly misfit: number;
  /** The risk of the limit. */
  readonly limit: number;
}

/**
 * Between the two limits (Arnaboldi et al.): at d -> infinity with finite steps s = gamma n_s and p particles the risk follows (B11), whose noise is of order s; with
 * s -> 0 it is the flow of p particles, and with p -> infinity besides the mean-field limit. The width p = width / (step s) is where one effect
 * takes over from the other: fewer particles are a high-dimensional few-unit network, more are mean field with noisy steps. erf, k = 2, first layer; widths are
 * multiples of the first, and their densities at the start the same, so that the limit is approached without sampling errors.
 */
export async function crossover(
  options: {
    readonly widths?: readonly number[];
    readonly steps?: readonly number[];
    readonly until?: number;
    /** A multiple of the first width, from which, and twice it, the limit is extrapolated. */
    readonly limitWidth?: number;
    readonly seed?: number;
  } & Control = {},
): Promise<Crossover> {
  const {
    widths = [8, 16, 24, 32],
    steps = [0.1, 0.05, 0.025],
    until = 2,
    limitWidth = 64,
    seed = 1,
    signal,
  } = options;
  const k = 2;
  const setOf = async (p: number, s: number): Promise<ProblemInput> => ({
    inputDimension: p + k,
    studentWidth: p,
    teacherWidth: k,
    scaling: "mean-field",
    learningRate: s * p,
    start: { kind: "state", state: await orthogonalStart(p, k, widths[0], seed) },
  });
  const flow = async (p: number) => {
    const run = await meanField(await setOf(p, 1), {
      until,
      save: { times: [until] },
      signal,
    });
    return run.risk[0];
  };
  // R(p) = limit + width / p + O(1 / p^2): twice the width takes the 1 / p away
  const limit = 2 * (await flow(2 * limitWidth)) - (await flow(limitWidth));
  const excess: number[][] = [];
  for (const p of widths) {
    const own: number[] = [];
    for (const s of steps) {
      const run = await integrate(await setOf(p, s), { until: until / s, save: { times: [until / s] }, signal });
      own.push(run.risk[0] - limit);
    }
    excess.push(own);
  }
  const points = widths.flatMap((p, i) => steps.map((s, j) => ({ x: s / excess[i][j], y: 1 / p / excess[i][j] })));
  const sum = (value: (point: { x: number; y: number }) => number) =>
    points.reduce((so, point) => so + value(point), 0);
  const [xx, xy, yy] = [sum(({ x }) => x * x), sum(({ x, y }) => x * y), sum(({ y }) => y * y)];
  const [x1, y1] = [sum(({ x }) => x), sum(({ y }) => y)];
  const determinant = xx * yy - xy * xy;
  const [step, width] = [(x1 * yy - y1 * xy) / determinant, (xx * y1 - xy * x1) / determinant];
  const misfit = points.reduce((most, { x, y }) => Math.max(most, Math.abs(step * x + width * y - 1)), 0);
  return { widths, steps, excess, step, width, misfit, limit };
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (values.length - 1));
}
