/**
 * The result of a run: rows of (time, risk, order parameters), and what is needed to read between them or to go on. It owns plain typed
 * arrays, never WebAssembly memory, and packs into one transferable buffer.
 */
import { type Kind, pack, unpack } from "./container.js";
import { SgdDynamicsError } from "./errors.js";
import { problem as checkedProblem, type Problem } from "./problem.js";
import { rowLength, type State, unpackState } from "./row.js";

export type Status = "completed" | "event" | "aborted" | "diverged" | "step-limit" | "indefinite";

/** Numbers about how the result came about. */
export type Statistics = Readonly<Record<string, number | string | boolean>>;

export interface TrajectoryParts {
  readonly problem: Problem;
  readonly P: Float64Array;
  readonly aStar: Float64Array;
  readonly rows: Float64Array;
  readonly status: Status;
  readonly message: string;
  readonly statistics: Statistics;
  readonly events: readonly TrajectoryEvent[];
  readonly snapshot?: Uint8Array;
  /** The state at a time between the rows, where dense output is kept; undefined outside the run. */
  readonly between?: (t: number) => State | undefined;
}

/** An event of an integration; the state is `at(time)` where dense output is kept. */
export interface TrajectoryEvent {
  readonly name: string;
  readonly time: number;
  /** Excess risk at that time. */
  readonly risk: number;
}

const trajectories: Kind = {
  magic: 0x54444753,
  version: 1,
  name: "trajectory",
  from: "what Trajectory.toBuffer() wrote",
}; // "SGDT"

type Header = Pick<TrajectoryParts, "problem" | "status" | "message" | "statistics" | "events"> & {
  /** Lengths of P, aStar and rows. */
  readonly sizes: readonly number[];
};

export class Trajectory {
  readonly problem: Problem;
  /** How the run ended. */
  readonly status: Status;
  /** One sentence on the status. */
  readonly message: string;
  readonly statistics: Statistics;
  readonly events: readonly TrajectoryEvent[];
  /** Continue with `simulate(problem, { from: snapshot, until })`; simulations only. */
  readonly snapshot: Uint8Array | undefined;
  /** Times t = nu / d, one a row. */
  readonly time: Float64Array;
  /** Excess risk eps at each time, without label noise. */
  readonly risk: Float64Array;
  /**
   * Of a finite training set: half the mean square residual on it at each time, label noise included. It is that of one draw of the set, and not an
   * average; the population risk to hold it against is `populationRisk`.
   */
  readonly empiricalRisk: Float64Array | undefined;
  /** Number of rows. */
  readonly length: number;
  readonly #parts: TrajectoryParts;

  constructor(parts: TrajectoryParts) {
    const { problem } = parts;
    const width = rowLength(problem);
    const column = (at: number) => Float64Array.from({ length: this.length }, (_, i) => parts.rows[i * width + at]);
    this.#parts = parts;
    this.problem = problem;
    this.status = parts.status;
    this.message = parts.message;
    this.statistics = parts.statistics;
    this.events = parts.events;
    this.snapshot = parts.snapshot;
    this.length = parts.rows.length / width;
    this.time = column(0);
    this.risk = column(1);
    this.empiricalRisk = problem.data === "online" ? undefined : column(width - 1);
  }

  /** Population risk R = eps + Delta / 2 at each time: what a test set with label noise measures. */
  get populationRisk(): Float64Array {
    return this.risk.map((risk) => risk + this.problem.noiseVariance / 2);
  }

  /**
   * Order parameters of row i; negative i count from the end.
   * @throws SgdDynamicsError `invalid-argument` outside the rows
   */
  state(i: number): State {
    const index = i < 0 ? this.length + i : i;
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new SgdDynamicsError(
        "invalid-argument",
        `There is no row ${i}; allowed: whole numbers from ${-this.length} to ${this.length - 1}.`,
      );
    }
    const { studentWidth: p, teacherWidth: k } = this.problem;
    const { rows, P, aStar } = this.#parts;
    return {
      P: P.slice(),
      ...unpackState(rows, index * rowLength(this.problem) + 2, p, k),
      aStar: aStar.slice(),
      risk: this.risk[index],
      ...(this.empiricalRisk && { empiricalRisk: this.empiricalRisk[index] }),
    };
  }

  /**
   * Order parameters at time t: of an integration by its dense output (order 4, about the run's tolerance) anywhere in its range, of a simulation at
   * saved times only.
   * @throws SgdDynamicsError `invalid-argument` where there is nothing at t
   */
  at(t: number): State {
    const saved = this.time.indexOf(t);
    if (saved >= 0) return this.state(saved);
    const state = this.#parts.between?.(t);
    if (!state) throw new SgdDynamicsError("invalid-argument", this.#nothingAt(t));
    return state;
  }

  #nothingAt(t: number): string {
    const range = this.length > 0 ? `from ${this.time[0]} to ${this.time[this.length - 1]}` : "none";
    if (this.#parts.between) return `There is nothing at t = ${t}; allowed: times of the run, ${range}.`;
    return `There is no row at t = ${t} and this result has no dense output; name the time in save.times.`;
  }

  /** Rows, snapshot and problem in one buffer: transferable, storable, read back by `Trajectory.from`. Dense output stays behind. */
  toBuffer(): ArrayBuffer {
    const { problem, P, aStar, rows, status, message, statistics, events, snapshot } = this.#parts;
    const sizes = [P.length, aStar.length, rows.length];
    const header: Header = { problem, status, message, statistics, events, sizes };
    return pack(trajectories, header, P, aStar, rows, ...(snapshot ? [snapshot] : [])).buffer;
  }

  /**
   * Reads a buffer of `toBuffer`. Rows, states and snapshot are those of the original bit for bit; `at` answers at saved times.
   * @throws SgdDynamicsError `snapshot-mismatch` for other bytes or another version
   */
  static from(buffer: ArrayBuffer | Uint8Array): Trajectory {
    const { header, payload } = unpack(trajectories, buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : buffer);
    const { sizes, problem, ...rest } = header as Header;
    let at = 0;
    const [P, aStar, rows] = sizes.map((length) => {
      const part = new Float64Array(payload.buffer, at, length).slice();
      at += part.byteLength;
      return part;
    });
    const snapshot = payload.length > at ? payload.slice(at) : undefined;
    return new Trajectory({ ...rest, problem: checkedProblem(problem), P, aStar, rows, snapshot });
  }
}
