/** The mean-field flow of two-layer networks: particles (a_i, u_i) on the population risk (THEORY F). */
import { SgdDynamicsError, shown } from "../errors.js";
import { integrate } from "../ode/integrate.js";
import { checkTheory } from "../ode/right-hand-side.js";
import { checkTheoryOptions, THEORY_OPTIONS, type TheoryOptions } from "../ode/run-options.js";
import { checkKeys, checkOneOf } from "../options.js";
import { paced, type RunControl } from "../pace.js";
import { type Parameters, parametersOf } from "../parameters.js";
import { problem as checkedProblem, type Problem, type ProblemInput } from "../problem.js";
import { isBounded } from "../saved-row.js";
import { startOf } from "../start.js";
import type { Status } from "../trajectory.js";
import type { Core } from "../wasm/core.js";
import { startDraws } from "../wasm/draws.js";
import { ParticleRun } from "../wasm/particles.js";
import { riskFunction } from "../wasm/risk.js";
import type { Advance } from "../wasm/solver.js";
import { MeanField, type Particles, type Representation } from "./result.js";
import { allCoordinates, orderParametersOf, reducedCoordinates } from "./start.js";

export interface MeanFieldOptions extends TheoryOptions {
  /** End on the mean-field clock, gamma n_s nu / d, as the saved times are; at least 0. */
  readonly until: number;
  /**
   * "particles" (default): all coordinates of u_i and the teachers, in min(d, p + k) dimensions. "order-parameters": M, Q and a, the same flow exactly, in
   * twice the time and, where d is large, half the memory. "reduced": the limit d, p -> infinity in a few numbers a particle (F3): coordinates in the span of the teachers and
   * the length of the rest, whose directions count as orthogonal; the distance of the others to it falls as 1 / p.
   */
  readonly representation?: Representation;
}

const OPTIONS = [...THEORY_OPTIONS, "representation"] as const;

/** Nanoseconds. */
const FIRST_CHUNK = 2e5;

/**
 * Follows particles (a_i, u_i), u = w / sqrt d, by the flow (F1): du_i/dt = -grad_u Psi, da_i/dt = -d_a Psi, which is -p times the gradient of the risk of p
 * particles, and for p -> infinity the mean-field limit. It is what SGD of the same problem does on the clock gamma n_s nu / d as its learning
 * rate gamma goes to 0: of the learning rates only the ratio gamma_a / gamma is left, of weight decays kappa / (gamma n_s), of label noise and batches nothing.
 *
 * @param input a problem with n_s = 1 / p (scaling "mean-field", or { student: 1 / p, teacher }), constant learning rates and isotropic inputs; F1 is both
 *   layers at one learning rate
 * @returns snapshots at the saved times; status "completed", "aborted", "diverged" or "step-limit"
 * @throws SgdDynamicsError for bad arguments
 * Cost of a right-hand side: (p + k)^2 (20 + dimensions / 2) nanoseconds about with erf and ReLU; 6 an explicit step.
 */
export async function meanField(core: Core, input: ProblemInput, options: MeanFieldOptions): Promise<MeanField> {
  const problem = checkedProblem(input);
  const settings = settingsOf(options, core);
  checkTheory(problem);
  const parameters = parametersOf(problem);
  const speeds = speedsOf(problem, parameters);
  if (settings.representation === "order-parameters") return followOrderParameters(core, problem, speeds, options);
  return followParticles(core, problem, parameters, speeds, settings, options);
}

/** Coefficients on the mean-field clock, and that clock per unit of t = nu / d. */
interface Speeds {
  readonly clock: number;
  readonly decay: number;
  readonly secondRate: number;
  readonly secondDecay: number;
}

async function followParticles(
  core: Core,
  problem: Problem,
  parameters: Parameters,
  { clock, ...speeds }: Speeds,
  settings: ReturnType<typeof settingsOf>,
  control: RunControl,
): Promise<MeanField> {
  const { p, k } = parameters;
  const { until, times, representation, seed, stream, onSave, ...solving } = settings;
  const isReduced = representation === "reduced";
  const start = startOf(problem, parameters, startDraws(core, seed, stream));
  const { dimensions, teacher, u, r } = (isReduced ? reducedCoordinates : allCoordinates)(start, parameters);
  const { aStar } = start;
  const y0 = Float64Array.from([...u, ...(r ?? []), ...start.a]);
  const flow = { dimensions, teacher, aStar, isReduced, ...speeds };
  const riskOf = await riskFunction(core, parameters);
  const run = new ParticleRun(await core.theory(), parameters, flow, {
    y: y0,
    times: times.filter((t) => t > 0),
    ...solving,
  });
  const snapshots: Particles[] = [];
  const reached: number[] = [];
  const risk: number[] = [];
  const unpack = (y: Float64Array): Particles => {
    const own = u.length + (isReduced ? p : 0);
    const particles = { dimensions, teacher, aStar, u: y.slice(0, u.length), a: y.slice(own) };
    return isReduced ? { ...particles, r: y.slice(u.length, own).map(Math.abs) } : particles;
  };
  let outcome: Advance = "interrupted";
  const zeros = times.filter((t) => t === 0).length;
  const takeRow = () => {
    const index = snapshots.length - zeros;
    const row = index < 0 ? undefined : run.row(index);
    const [time, y] = row ? [row[0], row.subarray(1)] : [0, y0];
    if (!isBounded(y)) {
      outcome = "diverged";
      return;
    }
    const particles = unpack(y);
    const state = { ...orderParametersOf(particles, p, k), a: particles.a.slice(), aStar: aStar.slice() };
    const eps = riskOf(state);
    onSave?.({ ...state, risk: eps, index: snapshots.length, time });
    snapshots.push(particles);
    reached.push(time);
    risk.push(eps);
  };
  const rowIsDue = () => outcome !== "diverged" && snapshots.length < zeros + run.saved;
  const isUnfinished = () => rowIsDue() || outcome === "interrupted";
  try {
    const { aborted } = await paced(
      (budget) => {
        if (rowIsDue()) {
          takeRow();
          return { done: 0, more: isUnfinished() };
        }
        const before = run.work;
        const done = () => run.work - before;
        while (outcome === "interrupted" && done() < budget && !rowIsDue())
          outcome = until > 0 ? run.advance(until, budget - done()) : "reached";
        return { done: done(), more: isUnfinished() };
      },
      control,
      () => ({ fraction: until > 0 ? run.time / until : 1, time: run.time }),
      FIRST_CHUNK,
    );
    const status: Status = aborted ? "aborted" : statusOf(outcome);
    if (status === "completed") control.onProgress?.({ fraction: 1, time: until });
    return new MeanField({
      problem,
      representation,
      status,
      message: messageOf(status, run.time, until),
      statistics: {
        representation,
        dimensions,
        solver: solving.solver,
        ...run.counts,
        ...tolerances(solving),
        seed,
        stream,
      },
      clock,
      time: Float64Array.from(reached),
      risk: Float64Array.from(risk),
      snapshots: { particles: snapshots },
    });
  } finally {
    run.free();
  }
}

/** (F1) in order parameters is (B11) without its noise at gamma n_s = 1. */
async function followOrderParameters(
  core: Core,
  problem: Problem,
  { clock, decay, secondRate, secondDecay }: Speeds,
  { representation = "order-parameters", ...options }: MeanFieldOptions,
): Promise<MeanField> {
  const p = problem.studentWidth;
  const trained = { learningRate: p * secondRate, weightDecay: secondDecay };
  const onItsClock = {
    ...problem,
    learningRate: p,
    weightDecay: decay,
    secondLayer: problem.secondLayer === "fixed" ? problem.secondLayer : trained,
  };
  const trajectory = await integrate(core, onItsClock, { ...options, terms: "gradient-flow", dense: false });
  const { status, message, statistics, time, risk } = trajectory;
  return new MeanField({
    problem,
    representation,
    status,
    message,
    statistics: { ...statistics, representation },
    clock,
    time,
    risk,
    snapshots: { trajectory },
  });
}

/** The problem's rates on the mean-field clock. */
function speedsOf(problem: Problem, { p, studentScale, decay, secondDecay }: Parameters): Speeds {
  const { learningRate, secondLayer } = problem;
  if (Math.abs(studentScale * p - 1) > 1e-9) {
    throw new SgdDynamicsError(
      "invalid-problem",
      `problem.scaling gives student units the factor ${studentScale}, and ${p} particles have 1 / ${p}; allowed: "mean-field", or { student: 1 / studentWidth, teacher }.`,
    );
  }
  const rate = (name: string, value: unknown, least: (x: number) => boolean, allowed: string) => {
    if (typeof value === "number" && least(value)) return value;
    throw new SgdDynamicsError(
      "invalid-problem",
      `problem.${name} is ${shown(value)}; allowed for meanField: ${allowed}, for its clock is gamma n_s nu / d.`,
    );
  };
  const gamma = rate("learningRate", learningRate, (x) => x > 0, "a number above 0, no schedule");
  const clock = gamma * studentScale;
  const second =
    secondLayer === "fixed" ? 0 : rate("secondLayer.learningRate", secondLayer.learningRate, () => true, "a number");
  return { clock, decay: decay / clock, secondRate: second / gamma, secondDecay: secondDecay / clock };
}

/** The options, checked, with their defaults. */
function settingsOf(options: MeanFieldOptions, core: Core) {
  checkKeys("meanField", options, OPTIONS);
  const representation = checkOneOf("representation", options.representation ?? "particles", [
    "particles",
    "order-parameters",
    "reduced",
  ]);
  return { ...checkTheoryOptions(options, core), representation };
}

function tolerances({ rtol, atol }: { rtol: number; atol: number }) {
  return { rtol, atol };
}

function statusOf(outcome: Advance): Status {
  if (outcome === "reached") return "completed";
  return outcome === "step-limit" ? "step-limit" : "diverged";
}

function messageOf(status: Status, time: number, until: number): string {
  const where = `at mean-field time ${time}`;
  if (status === "aborted") return `Aborted ${where} of ${until}.`;
  if (status === "diverged")
    return `Diverged ${where}: the particles left all bounds; try a start or a second layer of smaller size.`;
  if (status === "step-limit") return `Stopped ${where} of ${until}: maxSteps is used up; raise it or loosen rtol.`;
  return `Completed at mean-field time ${until}.`;
}
