/** An integration on its way: steps from stop to stop, rows as they are passed, dense records, events. */

import type { Chunk } from "../pace.js";
import { knots, type Parameters } from "../parameters.js";
import { isIndefinite } from "../positivity.js";
import type { Problem } from "../problem-types.js";
import { packState, type State, unpackState } from "../row.js";
import { RowWriter, type SavedRow } from "../saved-row.js";
import type { Status, TrajectoryEvent } from "../trajectory.js";
import type { Theory } from "../wasm/core.js";
import { OdeRun, type Terms } from "../wasm/ode.js";
import type { RiskOf } from "../wasm/risk.js";
import type { Advance, Solver } from "../wasm/solver.js";
import { type DenseOutput, eachRecord } from "./dense-output.js";
import { EventSearch, type Found } from "./event-search.js";
import type { Event, EventPoint } from "./events.js";

const DENSE_LIMIT = 2 ** 28;

/** What the options of an integration say, checked. */
export interface Settings {
  readonly until: number;
  /** To save, in order. */
  readonly times: Float64Array;
  readonly terms: Terms;
  readonly rtol: number;
  readonly atol: number;
  readonly maxSteps: number;
  readonly solver: Solver;
  readonly points: number;
  readonly keepDense: boolean;
  readonly events: readonly Event[];
  readonly onSave?: (row: SavedRow) => void;
}

type OrderParameters = Omit<State, "risk">;

export class IntegrationRun {
  readonly #settings: Settings;
  readonly #shape: { p: number; k: number };
  readonly #start: OrderParameters;
  readonly #y0: Float64Array;
  readonly #riskOf: RiskOf;
  readonly #run: OdeRun;
  readonly #writer: RowWriter;
  readonly #search: EventSearch;
  /** Times at which a formula changes, and the last. */
  readonly #stops: number[];
  readonly #records: Float64Array[] = [];
  #recordBytes = 0;
  #stop = 0;
  #outcome: Advance = "reached";
  /** A terminal event, after which nothing counts. */
  #terminal: Found | undefined;
  /** Set by a row that is no state any more. */
  #ended: { readonly status: Status; readonly time: number } | undefined;

  /** @param parameters the problem's, or those of a limit of it */
  constructor(
    theory: Theory,
    problem: Problem,
    parameters: Parameters,
    start: OrderParameters,
    riskOf: RiskOf,
    settings: Settings,
  ) {
    const { p, k } = parameters;
    const { until, times, events, onSave } = settings;
    this.#settings = settings;
    this.#shape = { p, k };
    this.#start = start;
    this.#y0 = packState(start, p, k);
    this.#riskOf = riskOf;
    // one more for a terminal event
    this.#writer = new RowWriter(
      times.length + (events.some(({ terminal }) => terminal) ? 1 : 0),
      problem,
      riskOf,
      onSave,
    );
    this.#stops = [...new Set([...knots(parameters.rate), ...knots(parameters.secondRate), until])]
      .filter((t) => t > 0 && t <= until)
      .sort((x, y) => x - y);
    this.#run = new OdeRun(theory, parameters, {
      ...start,
      ...settings,
      y: this.#y0,
      times: times.filter((t) => t > 0),
      // with events a step at a time: what is counted must not depend on the clock
      ...(events.length > 0 ? { records: 1 } : {}),
    });
    try {
      this.#search = new EventSearch(events, (time, y) => this.#pointAt(time, y));
      this.#terminal = this.#search.start(this.#y0);
      if (this.#canAdvance) this.#run.beginPiece();
    } catch (cause) {
      // a function of the caller's may throw
      this.free();
      throw cause;
    }
  }

  /** Takes a row that is due, or works for some `budget` nanoseconds, on a clock of estimates. */
  chunk(budget: number): Chunk {
    if (this.#rowIsDue) {
      this.#takeRow();
      return { done: 0, more: !this.#ended && this.#isUnfinished };
    }
    const before = this.#run.work;
    const done = () => this.#run.work - before;
    while (done() < budget && !this.#rowIsDue && this.#canAdvance) this.#advance(budget - done());
    return { done: done(), more: this.#isUnfinished };
  }

  /** After the last chunk: the row of a terminal event, unless its time is saved anyway. */
  finish(): void {
    if (!this.#terminal || this.#ended) return;
    const { rows, count } = this.#writer;
    const last = count > 0 ? rows[rows.length - rows.length / count] : -1;
    if (last !== this.#terminal.time) this.#take(this.#terminal.time, this.#terminal.y);
  }

  /** Where the run stands, or ended. */
  get time(): number {
    return this.#ended?.time ?? this.#terminal?.time ?? this.#run.time;
  }

  get status(): Status {
    if (this.#ended) return this.#ended.status;
    if (this.#terminal) return "event";
    if (this.#outcome === "step-limit") return "step-limit";
    return this.#isUnderWay ? "completed" : "diverged";
  }

  /** Whether no step was small enough. */
  get hasStalled(): boolean {
    return this.#outcome === "stalled";
  }

  /** The name of the event that ended the run. */
  get lastEvent(): string | undefined {
    return this.#terminal?.name;
  }

  get rows(): Float64Array {
    return this.#writer.rows;
  }

  get events(): readonly TrajectoryEvent[] {
    return this.#search.found;
  }

  get counts(): OdeRun["counts"] {
    return this.#run.counts;
  }

  /** What is between the steps, where it is kept. */
  get dense(): DenseOutput | undefined {
    if (!this.#keepsDense) return undefined;
    const records = new Float64Array(this.#recordBytes / 8);
    let at = 0;
    for (const part of this.#records) {
      records.set(part, at);
      at += part.length;
    }
    return { records, size: this.#y0.length, end: this.time };
  }

  free(): void {
    this.#run.free();
  }

  get #keepsDense(): boolean {
    return this.#settings.keepDense && this.#recordBytes < DENSE_LIMIT;
  }

  get #isUnderWay(): boolean {
    return this.#outcome === "reached" || this.#outcome === "interrupted";
  }

  get #canAdvance(): boolean {
    return !this.#terminal && this.#isUnderWay && this.#stop < this.#stops.length;
  }

  get #isUnfinished(): boolean {
    return this.#rowIsDue || this.#canAdvance;
  }

  /** Rows at t = 0 are due at once. */
  get #zeros(): number {
    const later = this.#settings.times.findIndex((t) => t > 0);
    return later < 0 ? this.#settings.times.length : later;
  }

  get #rowIsDue(): boolean {
    const { count } = this.#writer;
    if (count < this.#zeros) return true;
    if (count >= this.#zeros + this.#run.saved) return false;
    return !this.#terminal || this.#settings.times[count] <= this.#terminal.time;
  }

  #takeRow(): void {
    const index = this.#writer.count - this.#zeros;
    if (index < 0) {
      this.#take(0, this.#y0);
      return;
    }
    const row = this.#run.row(index);
    this.#take(row[0], row.subarray(1));
  }

  /** Saves a row; ends the run where it is no state any more. */
  #take(t: number, y: Float64Array): void {
    const { p, k } = this.#shape;
    const state = this.#stateOf(y);
    if (!this.#writer.add(t, state)) this.#ended = { status: "diverged", time: t };
    else if (isIndefinite(state, p, k)) this.#ended = { status: "indefinite", time: t };
  }

  #advance(budget: number): void {
    this.#outcome = this.#run.advance(this.#stops[this.#stop], budget);
    this.#takeRecords();
    if (this.#outcome !== "reached") return;
    this.#stop++;
    if (this.#canAdvance) this.#run.beginPiece();
  }

  #takeRecords(): void {
    const { events } = this.#settings;
    if (events.length === 0 && !this.#keepsDense) {
      this.#run.dropDense();
      return;
    }
    const records = this.#run.drainDense();
    this.#recordBytes += records.byteLength;
    if (this.#keepsDense) this.#records.push(records);
    else this.#records.length = 0;
    if (events.length === 0) return;
    // at most one
    for (const record of eachRecord(records, this.#y0.length)) {
      this.#terminal = this.#search.step(record, this.#run.time);
    }
  }

  #stateOf(y: Float64Array): OrderParameters {
    const { P, aStar } = this.#start;
    return { P, ...unpackState(y, 0, this.#shape.p, this.#shape.k), aStar };
  }

  /** Risk and derivative are computed when asked for. */
  #pointAt(time: number, y: Float64Array): EventPoint {
    const state = this.#stateOf(y);
    const riskOf = this.#riskOf;
    const run = this.#run;
    const { p, k } = this.#shape;
    let risk: number | undefined;
    return {
      time,
      y,
      state: {
        ...state,
        get risk() {
          risk ??= riskOf(state);
          return risk;
        },
      },
      get derivative() {
        return unpackState(run.derivativeAt(time, y), 0, p, k);
      },
    };
  }
}
