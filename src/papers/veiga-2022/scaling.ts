/** Measurements of how SGD scales with d at given exponents (THEORY B.5). Each function runs and says what it found; none knows what it should find. */
import { type Exponents, ensemble, integrate, type ProblemInput, region, type State } from "../../index.js";
import { type PaperControl, runControl } from "../paper.js";
import { powerOf } from "../slope.js";

/** A mean over replicas, and its standard error. */
export interface Mean {
  readonly mean: number;
  readonly error: number;
}

export function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const square = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  return { mean, error: Math.sqrt(square / (values.length - 1) / values.length) };
}

/** The problem of a pair of exponents at one d, and d^theta: a unit of the region's clock is that long on the clock nu / d. */
export interface Scaled {
  readonly problem: ProblemInput;
  /** The same with gamma_0, as the region's limit takes it. */
  readonly limitProblem: ProblemInput;
  readonly unit: number;
  readonly p: number;
}

export interface Scaling extends Exponents {
  /** c: p = round(c d^kappa); gamma takes up what the rounding leaves, so that gamma / p = (gamma_0 / c) d^-(kappa + delta). */
  readonly widthFactor?: number;
  readonly teacherWidth?: number;
  /** gamma_0. */
  readonly learningRate?: number;
  readonly noiseVariance?: number;
  /** Default: units of norm 1 without overlap with each other or the teacher, as random ones are in infinitely many dimensions. */
  readonly start?: ProblemInput["start"];
}

export function scaledTo(d: number, scaling: Scaling): Scaled {
  const { kappa, delta, widthFactor = 2, teacherWidth: k = 1, learningRate = 2, noiseVariance = 1e-3 } = scaling;
  const width = widthFactor * powerOf(d, kappa);
  const p = Math.round(width);
  const common = {
    inputDimension: d,
    studentWidth: p,
    teacherWidth: k,
    scaling: "mean-field" as const,
    noiseVariance,
    start: scaling.start ?? apart(p, k),
  };
  return {
    problem: { ...common, learningRate: learningRate * powerOf(d, -delta) * (p / width) },
    limitProblem: { ...common, learningRate: learningRate * (p / width) },
    unit: powerOf(d, region(kappa, delta).theta ?? 0),
    p,
  };
}

function apart(p: number, k: number): ProblemInput["start"] {
  const identity = (n: number) => Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  return { kind: "state", state: { P: identity(k), M: new Float64Array(p * k), Q: identity(p) } };
}

/** The largest difference of an order parameter, and the root of their mean square (each Q_ij once). */
function distance(one: State, other: State, p: number): [largest: number, square: number] {
  let [largest, square, count] = [0, 0, 0];
  const add = (difference: number) => {
    largest = Math.max(largest, Math.abs(difference));
    square += difference * difference;
    count++;
  };
  one.M.forEach((m, i) => add(m - other.M[i]));
  for (let i = 0; i < p; i++) for (let j = i; j < p; j++) add(one.Q[i * p + j] - other.Q[i * p + j]);
  return [largest, Math.sqrt(square / count)];
}

/** SGD at one d against theory, at t = 1 of the region's clock. */
export interface Distance {
  readonly d: number;
  readonly p: number;
  /** Largest entries' distances: from the ODE with the drift at d, from the region's limit. */
  readonly full: Mean;
  readonly limit: Mean;
  /** Root mean square over entries of the first. */
  readonly square: Mean;
  /** Largest entry's distance of both ODEs. */
  readonly bias: number;
}

/** `Distance` at each d, by exact chains. Cost: replicas x d^(1 + theta) steps. */
export async function distances(
  scaling: Scaling,
  dimensions: readonly number[],
  replicas: number,
  control: PaperControl = {},
): Promise<Distance[]> {
  const found: Distance[] = [];
  const costs = dimensions.map((d) => d * scaledTo(d, scaling).unit);
  const whole = costs.reduce((sum, cost) => sum + cost, 0);
  let done = 0;
  for (const [i, d] of dimensions.entries()) {
    const { problem, limitProblem, unit, p } = scaledTo(d, scaling);
    // the time that a whole number of steps is
    const time = Math.round(d * unit) / d;
    const end = (until: number) => ({ until, save: { times: [until] }, dense: false, rtol: 1e-9 });
    const drift = (await integrate(problem, end(time))).state(0);
    const limits = { limit: { region: { kappa: scaling.kappa, delta: scaling.delta } } };
    const limit = (await integrate(limitProblem, { ...end(time / unit), ...limits })).state(0);
    const runs = await ensemble(problem, {
      until: time,
      save: { times: [time] },
      replicas,
      seed: 1,
      keep: true,
      method: "chain",
      ...runControl(control, done / whole, costs[i] / whole),
    });
    done += costs[i];
    const ends = runs.trajectories!.filter(({ length }) => length > 0).map((run) => run.state(0));
    const away = ends.map((state) => distance(state, drift, p));
    found.push({
      d,
      p,
      full: meanOf(away.map(([largest]) => largest)),
      square: meanOf(away.map(([, square]) => square)),
      limit: meanOf(ends.map((state) => distance(state, limit, p)[0])),
      bias: distance(drift, limit, p)[0],
    });
  }
  return found;
}

/** E[s'^2] of erf units of norm 1, J2_ii of (B13). */
const SLOPE_SQUARE = 2 / Math.PI / Math.sqrt(3);

/** (B13): the excess risk that label noise keeps up at units of norm 1, to first order in gamma / p. */
export function floorLaw(d: number, scaling: Scaling): number {
  const { problem, p } = scaledTo(d, scaling);
  return (((problem.learningRate as number) / p) * (problem.noiseVariance as number) * SLOPE_SQUARE) / 4;
}

/** The excess risk that label noise keeps up at the solution, p = k, at each d. */
export interface Floor {
  readonly d: number;
  readonly risk: Mean;
  /** (B13) there. */
  readonly law: number;
}

/** Rows from which the floor is a mean, and when they begin and end, in times in which a unit alone relaxes. */
const FLOOR = { rows: 9, from: 3, until: 7 };

/**
 * Long runs from the solution (informed), half of them without perturbation and half with twice the stationary one, gamma Delta / 2 of variance a weight. Slow directions
 * (units that stand in for each other, 7 times slower than a unit alone for p = k = 2) relax linearly, from below and above alike, and drop out of the mean of both.
 * Cost: replicas x some 20 p^2 d / gamma steps.
 */
export async function floors(
  scaling: Scaling,
  dimensions: readonly number[],
  replicasAt: (d: number) => number,
  control: PaperControl = {},
): Promise<Floor[]> {
  const found: Floor[] = [];
  const costs = dimensions.map((d) => (replicasAt(d) * d) / (scaledTo(d, scaling).problem.learningRate as number));
  const whole = 2 * costs.reduce((sum, cost) => sum + cost, 0);
  let done = 0;
  for (const [i, d] of dimensions.entries()) {
    const { problem, p } = scaledTo(d, scaling);
    const [gamma, Delta] = [problem.learningRate as number, problem.noiseVariance as number];
    // a unit's error decays at the rate gamma n_s^2 E[s'^2], and its square twice as fast
    const rate = (2 * gamma * SLOPE_SQUARE) / (p * p);
    const step = (FLOOR.until - FLOOR.from) / (FLOOR.rows - 1);
    const times = Array.from({ length: FLOOR.rows }, (_, n) => (FLOOR.from + step * n) / rate);
    const halves: Mean[] = [];
    for (const [half, perturbation] of [0, Math.sqrt(gamma * Delta)].entries()) {
      const runs = await ensemble(
        { ...problem, start: { kind: "informed", perturbation } },
        {
          until: times[times.length - 1],
          save: { times },
          replicas: Math.ceil(replicasAt(d) / 2),
          seed: 1 + half,
          keep: true,
          method: "chain",
          ...runControl(control, done / whole, costs[i] / whole),
        },
      );
      done += costs[i];
      halves.push(meanOf(runs.trajectories!.map(({ risk }) => meanOf(Array.from(risk)).mean)));
    }
    const [below, above] = halves;
    const error = Math.sqrt(below.error * below.error + above.error * above.error) / 2;
    found.push({ d, risk: { mean: (below.mean + above.mean) / 2, error }, law: floorLaw(d, scaling) });
  }
  return found;
}

/** Steps of SGD to an excess risk. */
export interface Crossing {
  readonly d: number;
  readonly steps: Mean;
}

const CROSSING_ROWS = 24;

/** Steps after which one-pass SGD first has the excess risk `excess`, straight between rows, at each d. */
export async function samplesTo(
  excess: number,
  scaling: Scaling,
  dimensions: readonly number[],
  replicas: number,
  control: PaperControl = {},
): Promise<Crossing[]> {
  const found: Crossing[] = [];
  for (const [i, d] of dimensions.entries()) {
    const { problem, unit } = scaledTo(d, scaling);
    // when theory is there, to know where to look
    const theory = await integrate(problem, {
      until: 1000 * unit,
      events: [{ risk: excess, terminal: true }],
      dense: false,
    });
    const expected = theory.events[0].time;
    const times = Array.from({ length: CROSSING_ROWS }, (_, n) => expected * (0.4 + (1.2 * n) / (CROSSING_ROWS - 1)));
    const runs = await ensemble(problem, {
      until: times[times.length - 1],
      save: { times },
      replicas,
      seed: 1,
      keep: true,
      method: "chain",
      ...runControl(control, i / dimensions.length, 1 / dimensions.length),
    });
    const steps = runs.trajectories!.map(({ time, risk }) => {
      const after = risk.findIndex((value) => value <= excess);
      if (after < 1) return Number.NaN;
      const share = (risk[after - 1] - excess) / (risk[after - 1] - risk[after]);
      return d * (time[after - 1] + share * (time[after] - time[after - 1]));
    });
    found.push({ d, steps: meanOf(steps) });
  }
  return found;
}
