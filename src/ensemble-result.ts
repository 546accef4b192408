/** The result of an ensemble: the rows of its replicas, and their statistics at each saved time. */
import { checkNumber, invalid } from "./options.js";
import type { Problem } from "./problem.js";
import { rowLength, type State, unpackState } from "./row.js";
import type { Outcome } from "./simulation-run.js";
import type { Statistics, Status, Trajectory } from "./trajectory.js";

/** One statistic as curves: what a trajectory has of times, risks and states, so that formats and plots take it as one. */
export interface Curves {
  readonly problem: Problem;
  /** Number of rows. */
  readonly length: number;
  /** Times t = nu / d. */
  readonly time: Float64Array;
  /** Of the excess risk at each time. */
  readonly risk: Float64Array;
  /** Of the empirical risk at each time, where the training set is finite. */
  readonly empiricalRisk?: Float64Array | undefined;
  /** Of each order parameter at row i; negative i count from the end. */
  state(i: number): State;
}

/** A covariance matrix over replicas. */
export interface Covariance {
  /** "risk", then M_i_r row by row, Q_i_j for i <= j, a_i, indices from 1; "empiricalRisk" where the training set is finite. */
  readonly names: readonly string[];
  /** names x names, row-major; normalised by n - 1. */
  readonly values: Float64Array;
}

export interface EnsembleParts {
  readonly problem: Problem;
  readonly time: Float64Array;
  readonly outcomes: readonly Outcome[];
  readonly status: Status;
  readonly message: string;
  readonly statistics: Statistics;
  readonly trajectories?: readonly Trajectory[];
}

export class Ensemble {
  readonly problem: Problem;
  /** "completed"; "diverged" if a replica did; "aborted". */
  readonly status: Status;
  /** One sentence on the status. */
  readonly message: string;
  readonly statistics: Statistics;
  /** Times t = nu / d, one a row. */
  readonly time: Float64Array;
  /** Number of rows. */
  readonly length: number;
  /** Replicas that have row i: fewer where some diverged or were aborted. Statistics are over these. */
  readonly counts: Float64Array;
  /** Every replica, as `simulate(problem, { seed, stream: r })` gives it; where `keep` was asked for. */
  readonly trajectories: readonly Trajectory[] | undefined;
  readonly #outcomes: readonly Outcome[];
  readonly #width: number;

  constructor(parts: EnsembleParts) {
    const { problem, outcomes } = parts;
    const width = rowLength(problem);
    const lengths = outcomes.map(({ rows }) => rows.length / width);
    this.problem = problem;
    this.status = parts.status;
    this.message = parts.message;
    this.statistics = parts.statistics;
    this.trajectories = parts.trajectories;
    this.length = lengths.reduce((most, length) => Math.max(most, length), 0);
    this.time = parts.time.slice(0, this.length);
    this.counts = Float64Array.from({ length: this.length }, (_, i) => lengths.filter((n) => n > i).length);
    this.#outcomes = outcomes;
    this.#width = width;
  }

  /** Number of replicas that began: fewer than asked for (`statistics.replicas`) after an abort. */
  get replicas(): number {
    return this.#outcomes.length;
  }

  /** Means over replicas. */
  get mean(): Curves {
    return this.#curves(mean);
  }

  /** Standard deviations over replicas, normalised by n - 1; NaN for one replica. */
  get standardDeviation(): Curves {
    return this.#curves((values) => Math.sqrt(variance(values)));
  }

  /** Standard errors of the means. */
  get standardError(): Curves {
    return this.#curves((values) => Math.sqrt(variance(values) / values.length));
  }

  /**
   * Quantiles over replicas, linear between order statistics (type 7 of Hyndman & Fan 1996), each quantity by itself.
   * @param q from 0 to 1
   * @throws SgdDynamicsError `invalid-argument`
   */
  quantile(q: number): Curves {
    checkNumber("q", q, "a number from 0 to 1", (n) => n >= 0 && n <= 1);
    return this.#curves((values) => quantileOf(values, q));
  }

  /**
   * Covariances over replicas at row i, of the risk and all order parameters.
   * Cost: replicas x names^2.
   * @throws SgdDynamicsError `invalid-argument` outside the rows
   */
  covariance(i: number): Covariance {
    const row = this.#row(i);
    const names = namesOf(this.problem);
    const n = names.length;
    const columns = names.map((_, c) => {
      const values = this.#column(row, c);
      const centre = mean(values);
      return values.map((x) => x - centre);
    });
    const count = this.counts[row];
    const values = new Float64Array(n * n);
    for (let x = 0; x < n; x++) {
      for (let y = 0; y <= x; y++) {
        const sum = columns[x].reduce((total, value, r) => total + value * columns[y][r], 0);
        values[x * n + y] = values[y * n + x] = sum / (count - 1);
      }
    }
    return { names, values };
  }

  #row(i: number): number {
    const row = i < 0 ? this.length + i : i;
    if (this.length === 0) invalid("This ensemble has no rows: none was asked for, or it ended before the first.");
    if (!Number.isInteger(row) || row < 0 || row >= this.length)
      invalid(`There is no row ${i}; allowed: whole numbers from ${-this.length} to ${this.length - 1}.`);
    return row;
  }

  /** One number of row i, of every replica that has it: 0 the risk, then the state's. */
  #column(row: number, number: number): Float64Array {
    const at = row * this.#width + 1 + number;
    const values = new Float64Array(this.counts[row]);
    let n = 0;
    for (const { rows } of this.#outcomes) if (at < rows.length) values[n++] = rows[at];
    return values;
  }

  /** Curves of a statistic, computed when they are asked for. */
  #curves(statistic: (values: Float64Array) => number): Curves {
    const { problem, length, time } = this;
    const { studentWidth: p, teacherWidth: k } = problem;
    const hasSet = problem.data !== "online";
    const last = this.#width - 2;
    const risks = (number: number) => Float64Array.from({ length }, (_, i) => statistic(this.#column(i, number)));
    const stateOf = (i: number): State => {
      const row = this.#row(i);
      const numbers = Float64Array.from({ length: this.#width - 1 }, (_, c) => statistic(this.#column(row, c)));
      const ofTeacher = (part: "P" | "aStar") => {
        const present = this.#outcomes.filter(({ rows }) => rows.length > row * this.#width);
        return present[0][part].map((_, j) => statistic(Float64Array.from(present, (outcome) => outcome[part][j])));
      };
      const state = {
        P: ofTeacher("P"),
        ...unpackState(numbers, 1, p, k),
        aStar: ofTeacher("aStar"),
        risk: numbers[0],
      };
      return hasSet ? { ...state, empiricalRisk: numbers[last] } : state;
    };
    let risk: Float64Array | undefined;
    let empiricalRisk: Float64Array | undefined;
    return {
      problem,
      length,
      time,
      get risk() {
        risk ??= risks(0);
        return risk;
      },
      get empiricalRisk() {
        if (hasSet) empiricalRisk ??= risks(last);
        return empiricalRisk;
      },
      state: stateOf,
    };
  }
}

function namesOf({ studentWidth: p, teacherWidth: k, data }: Problem): string[] {
  const names = ["risk"];
  for (let i = 1; i <= p; i++) for (let r = 1; r <= k; r++) names.push(`M_${i}_${r}`);
  for (let i = 1; i <= p; i++) for (let j = i; j <= p; j++) names.push(`Q_${i}_${j}`);
  for (let i = 1; i <= p; i++) names.push(`a_${i}`);
  if (data !== "online") names.push("empiricalRisk");
  return names;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function variance(values: Float64Array): number {
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - centre) * (value - centre);
  return sum / (values.length - 1);
}

function quantileOf(values: Float64Array, q: number): number {
  const sorted = values.slice().sort();
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
