/** One-pass SGD of the two-layer student at finite input dimension, as the exact Omega chain or on explicit weights. */

import { mismatch } from "./container.js";
import { SgdDynamicsError } from "./errors.js";
import { splitOmega } from "./omega.js";
import { checkKeys, checkOneOf, checkSeed, checkTime, invalid, type Save, saveTimes } from "./options.js";
import { checkControl, paced, type RunControl } from "./pace.js";
import { type Parameters, parametersOf } from "./parameters.js";
import { canonicalText, problem as checkedProblem, type ProblemInput } from "./problem.js";
import { isBounded, RowWriter, type SavedRow } from "./saved-row.js";
import { type Method, packSnapshot, unpackSnapshot } from "./snapshot.js";
import { startOf } from "./start.js";
import { type Status, Trajectory } from "./trajectory.js";
import { ChainRun } from "./wasm/chain.js";
import type { Core } from "./wasm/core.js";
import { DenseRun, type Precision } from "./wasm/dense.js";
import { startDraws } from "./wasm/draws.js";
import { riskFunction } from "./wasm/risk.js";
import { MOST_STEPS, type Simulation } from "./wasm/simulation.js";

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
 * Cost a step: chain O((p + k)^2 + p^2 B), 0.12 microseconds at (p, k) = (4, 2) and B = 1 whatever d is. Dense: d normals and (2 m + 2 p) d flops a
 *   sample, 3 microseconds at d = 1000, and (m + B + 1) d numbers of memory, m d more while the start is laid out.
 */
export async function simulate(core: Core, input: ProblemInput, options: SimulateOptions): Promise<Trajectory> {
  const problem = checkedProblem(input);
  checkKeys("simulate", options, OPTIONS);
  checkControl(options);
  const until = checkTime("until", options.until);
  const asked = checkOneOf("method", options.method ?? "auto", ["auto", "chain", "dense"]);
  const text = canonicalText(problem);
  const resumed = options.from === undefined ? undefined : unpackSnapshot(options.from, text, core.identity);
  const precision = checkOneOf("precision", options.precision ?? resumed?.header.precision ?? "f64", ["f64", "f32"]);
  const seed = checkSeed("seed", options.seed ?? resumed?.header.seed ?? 0);
  const stream = checkSeed("stream", options.stream ?? resumed?.header.stream ?? 0);
  const parameters = parametersOf(problem);
  const { d, p, k } = parameters;
  const method = asked !== "auto" ? asked : (resumed?.header.method ?? cheaperMethod(parameters, precision));
  if (resumed) checkSame(resumed.header, { method, precision, seed, stream });
  if (method === "chain" && precision === "f32")
    invalid(`precision is "f32" and method "chain"; allowed: the chain in "f64", or method "dense".`);
  if (method === "dense" && d * (p + k) > 2 ** 31) throw tooLarge(d, p, k);
  const total = Math.round(until * d);
  if (total > Number.MAX_SAFE_INTEGER)
    invalid(`until = ${until} at inputDimension ${d} is ${total} steps; allowed: up to 2^53.`);
  const first = resumed?.header.step ?? 0;
  if (first > total)
    invalid(`The snapshot stands at t = ${first / d}, after until = ${until}; allowed: a later until.`);

  const start = startOf(problem, parameters, startDraws(core, seed, stream));
  const { P } = splitOmega(start.omega, p, k);
  const riskOf = riskFunction(core, parameters);
  const stops = Float64Array.from(saveTimes(options.save, until, core.kernels), (t) => Math.round(t * d)).filter(
    (step) => !resumed || step > first,
  );
  const writer = new RowWriter(stops.length, parameters, riskOf, options.onSave);
  const address = { seed, stream };
  const run: Simulation =
    method === "chain"
      ? new ChainRun(core, parameters, start.aStar, address)
      : new DenseRun(core, parameters, start.aStar, address, precision);
  let laying: Generator<void> | undefined;
  try {
    let status: Status = "completed";
    // an empty state stands for a run whose weights are not laid out yet
    const isFresh = !resumed || resumed.state.length === 0;
    if (!isFresh && !run.restore(resumed.state))
      throw mismatch("The snapshot has another size than this problem's state");
    if (isFresh) laying = run.begin(start);
    const isDue = () => writer.count < stops.length && stops[writer.count] === run.stepsDone;
    const current = () => (isFresh && run.stepsDone === 0 ? start : run.orderParameters());
    const saveRow = () => {
      const { omega, a } = current();
      const { M, Q } = splitOmega(omega, p, k);
      if (!writer.add(run.stepsDone / d, { P, M, Q, a: a.slice(), aStar: start.aStar })) status = "diverged";
    };
    const isUnfinished = () => status === "completed" && (isDue() || run.stepsDone < total);
    if (isDue()) saveRow();
    const { aborted } = await paced(
      (size) => {
        if (!isUnfinished()) return { done: 0, more: false };
        if (isDue()) saveRow();
        else if (laying) {
          if (laying.next().done) laying = undefined;
        } else {
          const next = writer.count < stops.length ? stops[writer.count] : total;
          const wanted = Math.min(size, next - run.stepsDone, MOST_STEPS);
          const done = run.steps(wanted);
          // every step looks at the residual; that of erf stays small, so the end looks at the weights too
          if (done < wanted || (run.stepsDone === total && !isSound(run.orderParameters()))) status = "diverged";
          return { done, more: isUnfinished() };
        }
        return { done: 0, more: isUnfinished() };
      },
      options,
      () => ({ fraction: total > first ? (run.stepsDone - first) / (total - first) : 1, time: run.stepsDone / d }),
      Math.max(1, Math.round(2e6 / ((method === "chain" ? p + k : d) * (p + k) * problem.batchSize))),
    );
    if (aborted) status = "aborted";
    if (status === "completed") options.onProgress?.({ fraction: 1, time: total / d });
    const step = run.stepsDone;
    const header = { method, precision, seed, stream, step, core: core.identity, problem: text } as const;
    return new Trajectory({
      problem,
      P,
      aStar: start.aStar,
      rows: writer.rows,
      status,
      message: messageOf(status, step / d, until),
      statistics: { method, precision, steps: step - first, seed, stream },
      events: [],
      snapshot: packSnapshot(header, laying ? new Uint8Array(0) : run.save()),
    });
  } finally {
    // gives back the room of a start that an abort left half laid out
    laying?.return(undefined);
    run.free();
  }
}

function isSound({ omega, a }: { omega: Float64Array; a: Float64Array }): boolean {
  return isBounded(omega) && isBounded(a);
}

/** A chain step is the cheaper one from some d = 3 (p + k) on: at d = 1000 twenty times. */
function cheaperMethod({ d, p, k }: Parameters, precision: Precision): Method {
  return precision === "f32" || d < 3 * (p + k) ? "dense" : "chain";
}

type Resumable = Record<"method" | "precision" | "seed" | "stream", number | string>;

function checkSame(header: Resumable, given: Resumable): void {
  for (const name of ["method", "precision", "seed", "stream"] as const) {
    if (header[name] !== given[name])
      throw mismatch(`The snapshot has ${name} ${header[name]} and the call ${given[name]}; leave ${name} out`);
  }
}

function tooLarge(d: number, p: number, k: number): SgdDynamicsError {
  return new SgdDynamicsError(
    "out-of-memory",
    `Explicit weights at d = ${d} need ${(((p + k) * d * 8) / 2 ** 30).toFixed(1)} GiB and WebAssembly gives about 1; try method "chain", which needs none of it.`,
  );
}

function messageOf(status: Status, reached: number, until: number): string {
  if (status === "aborted")
    return `Aborted at t = ${reached} of ${until}; go on with simulate(problem, { from: trajectory.snapshot, until }).`;
  if (status === "diverged")
    return `Diverged at t = ${reached}: the weights or the residual left all bounds; try a smaller learning rate or weight decay.`;
  return `Completed at t = ${reached}.`;
}
