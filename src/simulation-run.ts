/**
 * A simulation on its way: one replica, or four whose chains run in lanes, from a start or a snapshot to the last step. What is in here
 * needs nothing but numbers, so that workers run it too.
 */
import { stepNanoseconds } from "./cost.js";
import { SgdDynamicsError } from "./errors.js";
import { splitOmega } from "./omega.js";
import { breather, type Progress, paced, type RunControl } from "./pace.js";
import { type Parameters, parametersOf } from "./parameters.js";
import type { Problem } from "./problem-types.js";
import { isBounded, RowWriter, type SavedRow } from "./saved-row.js";
import { type Start, startOf } from "./start.js";
import type { Status } from "./trajectory.js";
import { ChainRun, LANES } from "./wasm/chain.js";
import type { Core } from "./wasm/core.js";
import { startDraws } from "./wasm/draws.js";
import { hasElementaryRisk, riskFunction } from "./wasm/risk.js";
import { type Address, MOST_STEPS, type Precision, type Simulation } from "./wasm/simulation.js";

/** A first chunk; the clock decides about the next ones. */
const FIRST_NS = 2e6;

/** How SGD is simulated: the exact chain of order parameters, or explicit weights. */
export type Method = "chain" | "dense";

/** What to simulate; plain data. */
export interface Assignment {
  readonly problem: Problem;
  readonly method: Method;
  readonly precision: Precision;
  readonly seed: number;
  /** Steps after which rows are saved, in order. */
  readonly stops: Float64Array;
  /** The last step. */
  readonly total: number;
}

/** What one replica came to. */
export interface Outcome {
  readonly stream: number;
  readonly status: Status;
  /** Steps made, those before a snapshot included. */
  readonly step: number;
  /** Rows as a trajectory has them. */
  readonly rows: Float64Array;
  readonly P: Float64Array;
  readonly aStar: Float64Array;
  /** What a snapshot holds; empty where the weights were not laid out yet. */
  readonly state: Uint8Array;
}

/** How many replicas of a problem run side by side. */
export function lanesOf({ problem, method }: Pick<Assignment, "problem" | "method">): number {
  return method === "chain" && problem.batchSize === 1 && parametersOf(problem).isIsotropic ? LANES : 1;
}

/** The parts of the core that an assignment needs besides that for chains. */
export function partsFor({ problem, method }: Pick<Assignment, "problem" | "method">): ("dense" | "theory")[] {
  const hasTheory = !hasElementaryRisk(parametersOf(problem));
  return [...(method === "dense" ? ["dense" as const] : []), ...(hasTheory ? ["theory" as const] : [])];
}

/** One replica of a run. */
class Replica {
  readonly stream: number;
  readonly start: Start;
  readonly writer: RowWriter;
  readonly P: Float64Array;
  readonly #shape: { p: number; k: number };
  #ended: { status: Status; step: number; state: Uint8Array } | undefined;

  constructor(stream: number, start: Start, shape: { p: number; k: number }, writer: RowWriter) {
    this.stream = stream;
    this.start = start;
    this.writer = writer;
    this.P = splitOmega(start.omega, shape.p, shape.k).P;
    this.#shape = shape;
  }

  get isLive(): boolean {
    return !this.#ended;
  }

  /** Saves a row; false where the state has left all bounds. */
  add(
    time: number,
    { omega, a }: { omega: Float64Array; a: Float64Array },
    empirical: { readonly empiricalRisk?: number },
  ): boolean {
    const { M, Q } = splitOmega(omega, this.#shape.p, this.#shape.k);
    return this.writer.add(time, { P: this.P, M, Q, a: a.slice(), aStar: this.start.aStar, ...empirical });
  }

  end(status: Status, step: number, state: Uint8Array): void {
    this.#ended ??= { status, step, state };
  }

  get outcome(): Outcome {
    const { stream, P, start, writer } = this;
    return { stream, ...this.#ended!, rows: writer.rows, P, aStar: start.aStar };
  }
}

/**
 * Simulates replicas `streams` of the assignment's seed: one, or up to `lanesOf` it.
 * @param from where a snapshot of the one replica stands
 * @throws SgdDynamicsError `out-of-memory`; `snapshot-mismatch` for a state of another size
 */
export async function runSimulation(
  core: Core,
  { problem, method, precision, seed, stops, total }: Assignment,
  streams: readonly number[],
  control: RunControl & { readonly onSave?: (row: SavedRow) => void },
  from?: { readonly step: number; readonly state: Uint8Array },
): Promise<Outcome[]> {
  const parameters = parametersOf(problem);
  const { d } = parameters;
  const first = from?.step ?? 0;
  const riskOf = await riskFunction(core, parameters);
  const replicas = streams.map(
    (stream) =>
      new Replica(
        stream,
        startOf(problem, parameters, startDraws(core, seed, stream)),
        parameters,
        new RowWriter(stops.length, problem, riskOf, control.onSave),
      ),
  );
  const { aStar } = replicas[0].start;
  const addresses = streams.map((stream) => ({ seed, stream }));
  const run: Simulation =
    method === "chain"
      ? new ChainRun(core, parameters, aStar, addresses)
      : await denseRun(core, parameters, aStar, addresses[0], precision);
  let laying: Generator<void> | undefined;
  let saving: Generator<void> | undefined;
  try {
    // an empty state stands for a run whose weights are not laid out yet
    const isFresh = !from || from.state.length === 0;
    if (!isFresh && !run.restore(from.state)) throw wrongSize();
    const hasSet = parameters.set !== undefined;
    if (isFresh || hasSet) laying = run.begin(isFresh ? replicas.map(({ start }) => start) : undefined);
    let saved = 0;
    const isDue = () => saved < stops.length && stops[saved] === run.stepsDone;
    const stateOf = (lane: number) => (laying ? (from?.state ?? new Uint8Array(0)) : run.save(lane));
    const live = () => replicas.some(({ isLive }) => isLive);
    const isUnfinished = () => live() && (isDue() || run.stepsDone < total);
    const eachLive = (visit: (replica: Replica, lane: number) => void) => {
      for (const [lane, replica] of replicas.entries()) if (replica.isLive) visit(replica, lane);
    };
    const diverge = (replica: Replica, lane: number, step: number) => replica.end("diverged", step, stateOf(lane));
    /** A part of the saving of the rows that are due: the empirical risk takes a while. */
    const saveRows = () => {
      saving ??= rowsSaved();
      if (saving.next().done) saving = undefined;
    };
    function* rowsSaved(): Generator<void> {
      const empirical = hasSet ? { empiricalRisk: yield* run.empiricalRisk!() } : {};
      eachLive((replica, lane) => {
        const current = isFresh && run.stepsDone === 0 ? replica.start : run.orderParameters(lane);
        if (!replica.add(run.stepsDone / d, current, empirical)) diverge(replica, lane, run.stepsDone);
      });
      saved++;
    }
    const advance = (size: number) => {
      const next = saved < stops.length ? stops[saved] : total;
      const wanted = Math.min(size, next - run.stepsDone, MOST_STEPS);
      const done = run.steps(wanted);
      eachLive((replica, lane) => {
        const made = run.made(lane);
        // every step looks at the residual; that of erf stays small, so the end looks at the weights too
        const isLost = done < wanted || made < run.stepsDone;
        if (isLost || (made === total && !isSound(run.orderParameters(lane)))) diverge(replica, lane, made);
      });
      return done;
    };
    const progress = (): Progress => ({
      fraction: total > first ? (run.stepsDone - first) / (total - first) : 1,
      time: run.stepsDone / d,
    });
    // the empirical risk of a start is one of weights: it waits for them
    const canSave = () => isDue() && !(laying && hasSet);
    if (canSave()) saveRows();
    const { aborted } = await paced(
      (size) => {
        if (!isUnfinished()) return { done: 0, more: false };
        let done = 0;
        if (canSave()) saveRows();
        else if (laying) {
          if (laying.next().done) laying = undefined;
        } else done = advance(size);
        return { done, more: isUnfinished() };
      },
      control,
      progress,
      Math.max(1, Math.round(FIRST_NS / (streams.length * stepNanoseconds(parameters, method)))),
    );
    // what goes on from a snapshot has the rows after it only
    while (live() && canSave()) saveRows();
    eachLive((replica, lane) => replica.end(aborted ? "aborted" : "completed", run.stepsDone, stateOf(lane)));
    return replicas.map(({ outcome }) => outcome);
  } finally {
    // gives back the room of a start that an abort left half laid out
    laying?.return(undefined);
    run.free();
  }
}

/** Any number of replicas, those that fit side by side and then the next; what an abort kept from beginning is absent. */
export async function runReplicas(
  core: Core,
  assignment: Assignment,
  streams: readonly number[],
  { signal, onProgress }: RunControl,
): Promise<Outcome[]> {
  const lanes = lanesOf(assignment);
  const outcomes: Outcome[] = [];
  const othersRun = breather();
  for (let from = 0; from < streams.length && !(from > 0 && signal?.aborted); from += lanes) {
    const tell = ({ fraction, time }: Progress) =>
      onProgress?.({ fraction: (from + fraction * Math.min(lanes, streams.length - from)) / streams.length, time });
    const control = { signal, onProgress: onProgress && tell };
    outcomes.push(...(await runSimulation(core, assignment, streams.slice(from, from + lanes), control)));
    await othersRun();
  }
  return outcomes;
}

/** Loaded when it is first asked for: most simulations are chains. */
async function denseRun(
  core: Core,
  parameters: Parameters,
  aStar: Float64Array,
  address: Address,
  precision: Precision,
): Promise<Simulation> {
  if (parameters.set?.order === "gradient-flow") {
    const { FlowRun } = await import("./wasm/flow.js");
    return new FlowRun(await core.dense(), parameters, aStar, address);
  }
  const { DenseRun } = await import("./wasm/dense.js");
  return new DenseRun(await core.dense(), parameters, aStar, address, precision);
}

function isSound({ omega, a }: { omega: Float64Array; a: Float64Array }): boolean {
  return isBounded(omega) && isBounded(a);
}

function wrongSize(): SgdDynamicsError {
  return new SgdDynamicsError(
    "snapshot-mismatch",
    "The snapshot has another size than this problem's state; give the snapshot of a trajectory of this problem.",
  );
}
