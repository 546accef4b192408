/** The result of following particles: risk, order parameters and, where they were followed, the particles themselves. */
import { SgdDynamicsError } from "../errors.js";
import type { Problem } from "../problem.js";
import { packState, rowLength, type State } from "../row.js";
import { type Statistics, type Status, Trajectory } from "../trajectory.js";
import { type Density, type DensityOptions, densityOf, type Quantity, valuesOf } from "./density.js";
import { type Coordinates, orderParametersOf } from "./start.js";

/** What was followed: see `MeanFieldOptions.representation`. */
export type Representation = "particles" | "order-parameters" | "reduced";

/** Particles at one time, row-major, u = w / sqrt d. */
export interface Particles extends Coordinates {
  /** p: second layer. */
  readonly a: Float64Array;
  /** k. */
  readonly aStar: Float64Array;
}

export interface MeanFieldParts {
  readonly problem: Problem;
  readonly representation: Representation;
  readonly status: Status;
  readonly message: string;
  readonly statistics: Statistics;
  readonly clock: number;
  readonly time: Float64Array;
  readonly risk: Float64Array;
  readonly snapshots: { readonly trajectory: Trajectory } | { readonly particles: readonly Particles[] };
}

export class MeanField {
  readonly problem: Problem;
  readonly representation: Representation;
  readonly status: Status;
  /** One sentence on the status. */
  readonly message: string;
  readonly statistics: Statistics;
  /** Mean-field time per unit of t = nu / d of the problem's SGD: gamma n_s. `simulate(problem, { until: time / clock })` runs beside. */
  readonly clock: number;
  /** Mean-field time, one a snapshot. */
  readonly time: Float64Array;
  /** Excess risk of each snapshot. */
  readonly risk: Float64Array;
  /** Number of snapshots. */
  readonly length: number;
  readonly #snapshots: MeanFieldParts["snapshots"];

  constructor(parts: MeanFieldParts) {
    this.problem = parts.problem;
    this.representation = parts.representation;
    this.status = parts.status;
    this.message = parts.message;
    this.statistics = parts.statistics;
    this.clock = parts.clock;
    this.time = parts.time;
    this.risk = parts.risk;
    this.length = parts.time.length;
    this.#snapshots = parts.snapshots;
  }

  /**
   * Order parameters of snapshot i; negative i count from the end. Of "reduced", Q_ij = m_i.m_j + delta_ij q_i.
   * @throws SgdDynamicsError `invalid-argument` outside the snapshots
   */
  state(i: number): State {
    const index = this.#indexOf(i);
    if ("trajectory" in this.#snapshots) return this.#snapshots.trajectory.state(index);
    const { studentWidth: p, teacherWidth: k } = this.problem;
    const snapshot = this.#snapshots.particles[index];
    const { a, aStar } = snapshot;
    return { ...orderParametersOf(snapshot, p, k), a: a.slice(), aStar: aStar.slice(), risk: this.risk[index] };
  }

  /**
   * The particles of snapshot i; negative i count from the end.
   * @throws SgdDynamicsError `invalid-argument` outside the snapshots, `unsupported` where order parameters were followed
   */
  particles(i: number): Particles {
    const index = this.#indexOf(i);
    if ("trajectory" in this.#snapshots) {
      throw new SgdDynamicsError(
        "unsupported",
        `Order parameters were followed, not particles; ask meanField for representation "particles" or "reduced".`,
      );
    }
    const { dimensions, teacher, u, r, a, aStar } = this.#snapshots.particles[index];
    const copies = { dimensions, teacher: teacher.slice(), u: u.slice(), a: a.slice(), aStar: aStar.slice() };
    return r ? { ...copies, r: r.slice() } : copies;
  }

  /** A number of each particle of snapshot i: see `Quantity`. */
  values(i: number, quantity: Quantity): Float64Array {
    return valuesOf(this.state(i), quantity);
  }

  /** The density of a quantity over the particles of snapshot i, as a histogram that integrates to 1. */
  density(i: number, quantity: Quantity, options?: DensityOptions): Density {
    return densityOf(this.values(i, quantity), options);
  }

  /** The snapshots as a trajectory of order parameters on the mean-field clock: what formats and figures read. */
  trajectory(): Trajectory {
    const { problem, status, message, statistics } = this;
    const { studentWidth: p, teacherWidth: k } = problem;
    const width = rowLength(problem);
    const rows = new Float64Array(this.length * width);
    let P = new Float64Array(k * k);
    let aStar = new Float64Array(k);
    for (let i = 0; i < this.length; i++) {
      const state = this.state(i);
      rows.set([this.time[i], this.risk[i]], i * width);
      rows.set(packState(state, p, k), i * width + 2);
      P = state.P.slice();
      aStar = state.aStar.slice();
    }
    return new Trajectory({ problem, P, aStar, rows, status, message, statistics, events: [] });
  }

  #indexOf(i: number): number {
    const index = i < 0 ? this.length + i : i;
    if (Number.isInteger(index) && index >= 0 && index < this.length) return index;
    throw new SgdDynamicsError(
      "invalid-argument",
      `There is no snapshot ${i}; allowed: whole numbers from ${-this.length} to ${this.length - 1}.`,
    );
  }
}
