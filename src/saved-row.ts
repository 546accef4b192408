/** Rows of a run as they are saved: packed for the trajectory, and told to `onSave`. */
import { SgdDynamicsError } from "./errors.js";
import type { Problem } from "./problem-types.js";
import { packState, rowLength, type State } from "./row.js";
import type { RiskOf } from "./wasm/risk.js";

/** What `onSave` is told. */
export interface SavedRow extends State {
  readonly index: number;
  readonly time: number;
}

const LARGEST = 2 ** 30;
/** Order parameters beyond this are noise in f64; the steppers' own bound. */
const BOUND = 1e12;

/** Whether all numbers are finite and within the bound of a run that has not diverged. */
export function isBounded(numbers: Float64Array): boolean {
  return numbers.every((x) => Math.abs(x) < BOUND);
}

export class RowWriter {
  readonly #rows: Float64Array;
  readonly #width: number;
  readonly #problem: Problem;
  readonly #riskOf: RiskOf;
  readonly #onSave: ((row: SavedRow) => void) | undefined;
  #count = 0;

  constructor(capacity: number, problem: Problem, riskOf: RiskOf, onSave?: (row: SavedRow) => void) {
    this.#problem = problem;
    this.#width = rowLength(problem);
    const bytes = 8 * capacity * this.#width;
    if (bytes > LARGEST) {
      throw new SgdDynamicsError(
        "out-of-memory",
        `${capacity} saved rows of ${this.#width} numbers are ${(bytes / 2 ** 30).toFixed(1)} GiB; allowed: up to 1 GiB. Save fewer times.`,
      );
    }
    this.#rows = new Float64Array(capacity * this.#width);
    this.#riskOf = riskOf;
    this.#onSave = onSave;
  }

  get count(): number {
    return this.#count;
  }

  /** Rows written so far, as `TrajectoryParts.rows`. */
  get rows(): Float64Array {
    return this.#rows.subarray(0, this.#count * this.#width);
  }

  /**
   * Adds a row; false, and no row, where the state has left all bounds: then the run has diverged. The empirical risk is there where the problem's
   * training set is finite.
   */
  add(time: number, state: Omit<State, "risk">): boolean {
    if (![state.M, state.Q, state.a].every(isBounded)) return false;
    const risk = this.#riskOf(state);
    const at = this.#count * this.#width;
    this.#rows.set([time, risk], at);
    this.#rows.set(packState(state, this.#problem.studentWidth, this.#problem.teacherWidth), at + 2);
    if (state.empiricalRisk !== undefined) this.#rows[at + this.#width - 1] = state.empiricalRisk;
    const index = this.#count++;
    this.#onSave?.({ ...state, P: state.P.slice(), aStar: state.aStar.slice(), risk, index, time });
    return true;
  }
}
