/** One-pass SGD of the two-layer student at finite input dimension, as the exact Omega chain or on explicit weights. */

import { mismatch } from "./container.js";
import { stepNanoseconds } from "./cost.js";
import { SgdDynamicsError } from "./errors.js";
import { checkKeys, checkOneOf, checkSeed, checkTime, invalid, type Save, saveTimes } from "./options.js";
import { checkControl, type RunControl } from "./pace.js";
import { type Parameters, parametersOf } from "./parameters.js";
import { canonicalText, problem as checkedProblem, type ProblemInput } from "./problem.js";
import type { FiniteSet } from "./problem-types.js";
import type { SavedRow } from "./saved-row.js";
import { type Assignment, type Method, type Outcome, runSimulation } from "./simulation-run.js";
import { packSnapshot, type SnapshotHeader, unpackSnapshot } from "./snapshot.js";
import { type Status, Trajectory } from "./trajectory.js";
import type { Core } from "./wasm/core.js";
import type { Precision } from "./wasm/simulation.js";

export interface SimulateOptions extends RunControl {
  /** End time t = nu / d: round(until d) steps in all, also with `from`. */
  readonly until: number;
  /** Default: 100 log-spaced times and 0. A row is saved after step round(t d); its `time` is that step over d. */
  readonly save?: Save;
  /** A whole number in [0, 2^53); default 0. */
  readonly seed?: number;
  /** Replica of the seed; default 0. */
  readonly stream?: number;
  /**
   * "chain": the exact Omega chain, the same law as SGD on explicit inputs at a cost that does not depend on d. "dense": explicit weights.
   * Both start from the same Omega and are exact; their random numbers differ. "auto" (default) takes the cheaper one, and the result's
   * statistics say which.
   */
  readonly method?: "auto" | Method;
  /** Of weights and inputs; default "f64". "f32" is dense. */
  readonly precision?: Precision;
  /** A trajectory's snapshot to go on from, bit for bit as if unbroken; rows up to it are not saved again. */
  readonly from?: Uint8Array;
  /** Called with each saved row as it comes. */
  readonly onSave?: (row: SavedRow) => void;
}

const OPTIONS = [
  "until",
  "save",
  "seed",
  "stream",
  "method",
  "precision",
  "from",
  "onSave",
  "signal",
  "onProgress",
] as const;

/**
 * Simulates one-pass SGD.
 *
 * @param input any problem
 * @returns rows at the saved times, the end's snapshot; status "completed", "aborted" or "diverged"
 * @throws SgdDynamicsError for bad arguments, `out-of-memory` for weights beyond WebAssembly's memory, `snapshot-mismatch` for a snapshot of
 *   another problem or core
 * Cost a step: chain O((p + k)^2 B), 0.12 microseconds at (p, k) = (4, 2) and B = 1 whatever d is; times the eigenspaces of a spectrum; on the sphere
 *   O((p + k) B^2) for batches. Dense: d normals and (2 m + 2 p) d flops a
 *   sample, 3 microseconds at d = 1000, and (m + B + 1) d numbers of memory, m d more while the start is laid out.
 */
export async function simulate(core: Core, input: ProblemInput, options: SimulateOptions): Promise<Trajectory> {
  checkKeys("simulate", options, OPTIONS);
  checkControl(options);
  const text = canonicalText(checkedProblem(input));
  const resumed = options.from === undefined ? undefined : unpackSnapshot(options.from, text, core.identity);
  const { until, assignment: whole } = assignmentOf(core, input, options, resumed?.header);
  const stream = checkSeed("stream", options.stream ?? resumed?.header.stream ?? 0);
  const { problem, total } = whole;
  const d = problem.inputDimension;
  if (resumed) checkSame(resumed.header, { ...whole, stream });
  const first = resumed?.header.step ?? 0;
  if (first > total)
    invalid(`The snapshot stands at t = ${first / d}, after until = ${until}; allowed: a later until.`);
  // a run on a finite set has no row before its weights are laid out
  const isEmpty = problem.data !== "online" && resumed?.state.length === 0;
  const assignment = resumed && !isEmpty ? { ...whole, stops: whole.stops.filter((step) => step > first) } : whole;
  const from = resumed && { step: first, state: resumed.state };
  const [run] = await runSimulation(core, assignment, [stream], options, from);
  if (run.status === "completed") options.onProgress?.({ fraction: 1, time: total / d });
  return trajectoryOf(core, assignment, run, first, until);
}

/** What a call asks to be simulated, checked; what it leaves open is as in the snapshot. */
export function assignmentOf(
  core: Core,
  input: ProblemInput,
  options: Pick<SimulateOptions, "until" | "save" | "seed" | "method" | "precision">,
  snapshot?: SnapshotHeader,
): { until: number; assignment: Assignment } {
  const problem = checkedProblem(input);
  const until = checkTime("until", options.until);
  const asked = checkOneOf("method", options.method ?? "auto", ["auto", "chain", "dense"]);
  const precision = checkOneOf("precision", options.precision ?? snapshot?.precision ?? "f64", ["f64", "f32"]);
  const seed = checkSeed("seed", options.seed ?? snapshot?.seed ?? 0);
  const parameters = parametersOf(problem);
  const { d, p, k } = parameters;
  const method = asked !== "auto" ? asked : (snapshot?.method ?? cheaperMethod(parameters, precision));
  if (parameters.set) checkSet(method, precision, parameters.set);
  if (method === "chain" && precision === "f32" && !snapshot)
    invalid(`precision is "f32" and method "chain"; allowed: the chain in "f64", or method "dense".`);
  if (method === "dense" && d * (p + k) > 2 ** 31) throw tooLarge(parameters);
  const total = Math.round(until * d);
  if (total > Number.MAX_SAFE_INTEGER)
    invalid(`until = ${until} at inputDimension ${d} is ${total} steps; allowed: up to 2^53.`);
  const stops = saveTimes(options.save, until, core.kernels).map((t) => Math.round(t * d));
  return { until, assignment: { problem, method, precision, seed, stops, total } };
}

/** The trajectory of a replica. */
export function trajectoryOf(
  core: Core,
  { problem, method, precision, seed }: Assignment,
  { stream, status, step, rows, P, aStar, state }: Outcome,
  first: number,
  until: number,
): Trajectory {
  const header = { method, precision, seed, stream, step, core: core.identity, problem: canonicalText(problem) };
  return new Trajectory({
    problem,
    P,
    aStar,
    rows,
    status,
    message: messageOf(status, step / problem.inputDimension, until),
    statistics: { method, precision, steps: step - first, seed, stream },
    events: [],
    snapshot: packSnapshot(header, state),
  });
}

/** Both are exact in law; single precision is dense. */
function cheaperMethod(parameters: Parameters, precision: Precision): Method {
  if (precision === "f32" || parameters.set) return "dense";
  return stepNanoseconds(parameters, "chain") < stepNanoseconds(parameters, "dense") ? "chain" : "dense";
}

type Resumable = Record<"method" | "precision" | "seed" | "stream", number | string>;

function checkSame(header: Resumable, given: Resumable): void {
  for (const name of ["method", "precision", "seed", "stream"] as const) {
    if (header[name] !== given[name])
      throw mismatch(`The snapshot has ${name} ${header[name]} and the call ${given[name]}; leave ${name} out`);
  }
}

/** A finite set needs explicit weights. */
function checkSet(method: Method, precision: Precision, { order }: FiniteSet): void {
  if (method === "chain") {
    throw new SgdDynamicsError(
      "unsupported",
      'Samples of a finite set recur, and the weights depend on them: the order parameters are no Markov chain; try method "dense" (or "auto").',
    );
  }
  if (order === "gradient-flow" && precision === "f32")
    invalid(`precision is "f32" and data.order "gradient-flow"; allowed: "f64", or order "full-batch".`);
}

function tooLarge({ d, p, k, set }: Parameters): SgdDynamicsError {
  return new SgdDynamicsError(
    "out-of-memory",
    `Explicit weights at d = ${d} need ${(((p + k) * d * 8) / 2 ** 30).toFixed(1)} GiB and WebAssembly gives about 1; try ${set ? "a smaller one" : 'method "chain", which needs none of it'}.`,
  );
}

function messageOf(status: Status, reached: number, until: number): string {
  if (status === "aborted")
    return `Aborted at t = ${reached} of ${until}; go on with simulate(problem, { from: trajectory.snapshot, until }).`;
  if (status === "diverged")
    return `Diverged at t = ${reached}: the weights or the residual left all bounds; try a smaller learning rate or weight decay.`;
  return `Completed at t = ${reached}.`;
}
