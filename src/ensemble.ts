/** Many replicas of a simulation, and what they have in common. */
import { measureNanoseconds, stepNanoseconds } from "./cost.js";
import { Ensemble } from "./ensemble-result.js";
import { SgdDynamicsError, shown } from "./errors.js";
import { checkKeys, checkNumber, invalid, type Save } from "./options.js";
import { checkControl, type RunControl } from "./pace.js";
import { parametersOf } from "./parameters.js";
import type { ProblemInput } from "./problem.js";
import { rowLength } from "./row.js";
import { assignmentOf, trajectoryOf } from "./simulate.js";
import { type Assignment, lanesOf, type Outcome } from "./simulation-run.js";
import type { Status } from "./trajectory.js";
import type { Core } from "./wasm/core.js";
import type { Precision } from "./wasm/simulation.js";
import { WorkerPool } from "./workers/pool.js";
import { parallelism, type WebWorker } from "./workers/port.js";

export interface EnsembleOptions extends RunControl {
  /** End time t = nu / d: round(until d) steps of each replica. */
  readonly until: number;
  /** Default 100; at most 1e6, of 2 KB each and more. */
  readonly replicas?: number;
  /** As in `simulate`. */
  readonly save?: Save;
  /** A whole number in [0, 2^53); default 0. Replica r is `simulate(problem, { seed, stream: r })`, bit for bit. */
  readonly seed?: number;
  /** As in `simulate`. */
  readonly method?: "auto" | "chain" | "dense";
  /** As in `simulate`. */
  readonly precision?: Precision;
  /** Keep every trajectory, with its snapshot; default false. */
  readonly keep?: boolean;
  /** Threads that simulate: 1 is this one; default as many as there are cores, where the work is worth it. The numbers do not depend on it. */
  readonly workers?: number;
  /**
   * Makes a worker from `sgd-dynamics/worker`, for pages whose Content-Security-Policy has no `worker-src blob:`; without it, and
   * where it gives none, their ensembles run in the page's own thread.
   */
  readonly createWorker?: () => WebWorker;
}

export { WorkerPool };

const OPTIONS = [
  "until",
  "replicas",
  "save",
  "seed",
  "method",
  "precision",
  "keep",
  "workers",
  "createWorker",
  "signal",
  "onProgress",
] as const;
const LARGEST = 2 ** 30;
const MOST_WORKERS = 16;
/** Work that is worth a worker, and that is worth an order to one. */
const WORTH_NS = 1e8;
const GROUP_NS = 4e7;

/**
 * Simulates replicas of a problem: starts, samples and noise are independent from replica to replica.
 *
 * @param input any problem
 * @returns means, standard errors, quantiles and covariances of the risk and every order parameter at the saved times; status "completed",
 *   "diverged" (if a replica did) or "aborted"
 * @throws SgdDynamicsError for bad arguments, `out-of-memory` for more than 1 GiB of saved rows
 * Cost: isotropic chains with B = 1 run four to the lanes of a core: 0.07 microseconds a step and replica at (p, k) = (4, 2), and some 50 a start; others one
 *   by one. Memory: 2 + p k + p (p + 3) / 2 numbers
 *   a replica and saved time.
 */
export async function ensemble(
  core: Core,
  pool: WorkerPool,
  input: ProblemInput,
  options: EnsembleOptions,
): Promise<Ensemble> {
  const { assignment, until, count, outcomes } = await replicasOf(core, pool, input, options);
  const { problem, method, precision, seed, stops } = assignment;
  const status = statusOf(outcomes, count);
  return new Ensemble({
    problem,
    time: stops.map((step) => step / problem.inputDimension),
    outcomes,
    status,
    message: messageOf(status, outcomes, count, until),
    statistics: { method, precision, seed, replicas: count, steps: outcomes.reduce((sum, { step }) => sum + step, 0) },
    trajectories: options.keep
      ? outcomes.map((outcome) => trajectoryOf(core, assignment, outcome, 0, until))
      : undefined,
  });
}

/** What each replica of an ensemble came to, those that an abort kept from beginning left out. */
export async function replicasOf(
  core: Core,
  pool: WorkerPool,
  input: ProblemInput,
  options: EnsembleOptions,
): Promise<{ assignment: Assignment; until: number; count: number; outcomes: Outcome[] }> {
  checkKeys("ensemble", options, OPTIONS);
  checkControl(options);
  const count = checkNumber(
    "replicas",
    options.replicas ?? 100,
    "a whole number from 1 to 1e6",
    (n) => Number.isInteger(n) && n >= 1 && n <= 1e6,
  );
  const { keep = false } = options;
  if (typeof keep !== "boolean") invalid(`keep is ${shown(keep)}; allowed: true or false.`);
  checkCreateWorker(options.createWorker);
  const { until, assignment } = assignmentOf(core, input, options);
  const workers = workersOf(options.workers, assignment, count);
  checkRows(assignment, count);

  const groups = groupsOf(assignment, count, workers);
  const { signal, onProgress } = options;
  const tell = progressOf(groups, until, onProgress);
  const work = { assignment, keepsState: keep, groups, signal, onFraction: tell };
  const outcomes = (await pool.simulate(work, workers, options.createWorker)).flatMap((group) => group ?? []);
  return { assignment, until, count, outcomes };
}

export function checkCreateWorker(createWorker: unknown): void {
  if (createWorker !== undefined && typeof createWorker !== "function")
    invalid(`createWorker is ${shown(createWorker)}; allowed: a function that gives a Worker.`);
}

/** Nanoseconds of a replica. */
export function costOf(assignment: Assignment): number {
  const { problem, method, total, stops } = assignment;
  const parameters = parametersOf(problem);
  const m = parameters.p + parameters.k;
  const starting = 5e4 + 0.5 * m ** 2 * m;
  const saving = 5e3 + 30 * m ** 2 + 0.2 * m ** 2 * m + measureNanoseconds(parameters);
  return starting + saving * stops.length + total * stepNanoseconds(parameters, method, lanesOf(assignment) > 1);
}

/** Pieces of work: whole lanes, long enough that telling a worker costs nothing, and several a worker, so that they end together. */
function groupsOf(assignment: Assignment, replicas: number, workers: number): number[][] {
  const lanes = lanesOf(assignment);
  const worth = Math.round(GROUP_NS / (lanes * costOf(assignment)));
  const size = lanes * Math.max(1, Math.min(worth, Math.floor(replicas / (lanes * 8 * workers))));
  return Array.from({ length: Math.ceil(replicas / size) }, (_, g) =>
    Array.from({ length: Math.min(size, replicas - g * size) }, (_, i) => g * size + i),
  );
}

/** Threads as given, or as many as there are cores. */
export function threadsOf(given: unknown): number {
  const allowed = `a whole number from 1 to ${MOST_WORKERS}`;
  if (given !== undefined)
    return checkNumber("workers", given, allowed, (n) => Number.isInteger(n) && n >= 1 && n <= MOST_WORKERS);
  return Math.min(parallelism(), MOST_WORKERS);
}

function workersOf(given: unknown, assignment: Assignment, replicas: number): number {
  const threads = threadsOf(given);
  if (given !== undefined) return threads;
  return Math.max(1, Math.min(threads, Math.floor((replicas * costOf(assignment)) / WORTH_NS)));
}

function checkRows({ problem, stops }: Assignment, replicas: number): void {
  const bytes = 8 * replicas * stops.length * rowLength(problem);
  if (bytes > LARGEST) {
    throw new SgdDynamicsError(
      "out-of-memory",
      `${replicas} replicas with ${stops.length} saved rows are ${(bytes / 2 ** 30).toFixed(1)} GiB; allowed: up to 1 GiB. Save fewer times, or run fewer replicas.`,
    );
  }
}

/** The part done of all, from the parts done of each. It never falls: a group that a broken worker left is begun again. */
function progressOf(groups: readonly (readonly number[])[], until: number, onProgress: RunControl["onProgress"]) {
  const parts = new Float64Array(groups.length);
  const replicas = groups.reduce((sum, group) => sum + group.length, 0);
  let done = 0;
  let whole = 0;
  return (group: number, part: number) => {
    const gained = Math.max(0, part - parts[group]);
    if (gained > 0 && part === 1) whole++;
    done += gained * groups[group].length;
    parts[group] += gained;
    const fraction = whole === groups.length ? 1 : Math.min(done / replicas, 1);
    onProgress?.({ fraction, time: fraction * until });
  };
}

function statusOf(outcomes: readonly Outcome[], count: number): Status {
  if (outcomes.length < count || outcomes.some(({ status }) => status === "aborted")) return "aborted";
  return outcomes.some(({ status }) => status === "diverged") ? "diverged" : "completed";
}

function messageOf(status: Status, outcomes: readonly Outcome[], count: number, until: number): string {
  const having = (wanted: Status) => outcomes.filter((outcome) => outcome.status === wanted).length;
  if (status === "aborted") return `Aborted: ${having("completed")} of ${count} replicas reached t = ${until}.`;
  if (having("diverged") === count)
    return `All ${count} replicas diverged: their weights or residuals left all bounds; try a smaller learning rate or weight decay.`;
  if (status === "diverged")
    return `${having("diverged")} of ${count} replicas diverged: their weights or residuals left all bounds. Later rows are of the others only (see counts), which may be biased; try a smaller learning rate or weight decay.`;
  return `Completed: ${count} replicas to t = ${until}.`;
}
