/** The drift of the ODE as a function of the numbers that move, for root finders: M, the upper triangle of Q, and a where it is trained. */
import { smallestEigenvalue } from "../linalg/linear-algebra.js";
import { assembleOmega } from "../omega.js";
import { hasKink, type Parameters } from "../parameters.js";
import { outsideTeachers, withinCovariances } from "../positivity.js";
import type { Activation } from "../problem-types.js";
import { packState, type State, unpackState } from "../row.js";
import type { Theory } from "./core.js";
import { OdeRun, type Terms } from "./ode.js";

/** A vector field with constant coefficients. */
export interface Field {
  readonly size: number;
  /** The field at y. */
  at(y: Float64Array): Float64Array;
  /** Whether y is a state: whether the eigenvalues of its Omega are above -slack times its trace. */
  isState(y: Float64Array, slack: number): boolean;
  /** The nearest state with the same M, or y itself where it is one. */
  stateNear?(y: Float64Array): Float64Array;
  /** dF/dy at y, size x size row-major, where it is known in closed form. */
  jacobian?(y: Float64Array): Float64Array;
  /** Of F, relative; rounding where it is left out. */
  readonly error?: number;
  /** Of a field that is known within the states alone. */
  readonly edge?: Edge | undefined;
}

/** The edge of the states, where students lie within the teachers' span or parallel to each other. */
export interface Edge {
  /** Whether the field is a series in the root of the distance there, or an analytic one in the distance. */
  readonly isKinked: boolean;
  /** From y, in its numbers. */
  distance(y: Float64Array): number;
  /** y so much farther from the edge. */
  inward(y: Float64Array, distance: number): Float64Array;
}

export class Drift implements Field {
  readonly size: number;
  readonly #run: OdeRun;
  readonly #full: Float64Array;
  readonly #P: Float64Array;
  readonly #aStar: Float64Array;
  readonly #shape: { readonly p: number; readonly k: number };
  readonly error: number | undefined;
  readonly edge: Edge | undefined;

  /** @param state P, aStar and, where the second layer is fixed, a are those of the field */
  constructor(core: Theory, parameters: Parameters, state: Omit<State, "risk">, terms: Terms) {
    const { p, k, trainsSecond } = parameters;
    const y = packState(state, p, k);
    this.#P = Float64Array.from(state.P);
    this.#aStar = Float64Array.from(state.aStar);
    this.#full = y;
    this.#shape = { p, k };
    this.#run = new OdeRun(core, parameters, { P: this.#P, aStar: this.#aStar, y, terms });
    this.size = trainsSecond ? y.length : y.length - p;
    const { error, isKinked, isEverywhere } = natureOf(parameters);
    this.error = error;
    if (!isEverywhere) {
      this.edge = { isKinked, distance: (at) => this.#distance(at), inward: (at, by) => this.#inward(at, by) };
    }
  }

  /** In closed form where that is known. */
  get jacobian(): ((y: Float64Array) => Float64Array) | undefined {
    // a noise term's own is without the second layer, which it does not move
    if (!this.#run.knowsJacobian || this.#run.moving !== this.size) return undefined;
    return (y) => {
      this.#full.set(y);
      return this.#run.jacobian(0, this.#full);
    };
  }

  at(y: Float64Array): Float64Array {
    this.#full.set(y);
    this.#run.moveTo(this.#full);
    return this.#run.derivative(0).subarray(0, this.size);
  }

  isState(y: Float64Array, slack: number): boolean {
    const { p, k } = this.#shape;
    const m = p + k;
    const omega = assembleOmega(this.stateOf(y), p, k);
    let trace = 0;
    for (let i = 0; i < m; i++) trace += omega[i * m + i];
    return omega.every(Number.isFinite) && smallestEigenvalue(omega, m) >= -slack * trace;
  }

  #distance(y: Float64Array): number {
    const { p, k } = this.#shape;
    const { M, Q } = this.stateOf(y);
    return Math.max(0, smallestEigenvalue(outsideTeachers(this.#P, M, Q, p, k), p));
  }

  #inward(y: Float64Array, distance: number): Float64Array {
    const { p, k } = this.#shape;
    const { M, Q, a } = this.stateOf(y);
    for (let i = 0; i < p; i++) Q[i * p + i] += distance;
    return packState({ M, Q, a }, p, k).subarray(0, this.size);
  }

  stateNear(y: Float64Array): Float64Array {
    if (this.isState(y, 1e-12)) return y;
    const { p, k } = this.#shape;
    const { M, Q, a } = this.stateOf(y);
    return packState({ M, Q: withinCovariances(this.#P, M, Q, p, k), a }, p, k).subarray(0, this.size);
  }

  /** y with variances that rounding has taken below zero at zero. */
  withoutNegatives(y: Float64Array): Float64Array {
    const { p, k } = this.#shape;
    const clean = y.slice();
    for (let i = 0, at = p * k; i < p; at += p - i, i++) if (clean[at] < 0 && clean[at] > -1e-12) clean[at] = 0;
    return clean;
  }

  /** The numbers that move. */
  numbersOf(state: Omit<State, "risk">): Float64Array {
    return packState(state, this.#shape.p, this.#shape.k).subarray(0, this.size);
  }

  stateOf(y: Float64Array): Omit<State, "risk"> {
    const full = this.#full.slice();
    full.set(y);
    return { P: this.#P, ...unpackState(full, 0, this.#shape.p, this.#shape.k), aStar: this.#aStar };
  }

  free(): void {
    this.#run.free();
  }
}

/** What differences have to know of the integrals: their accuracy, whether they have a kink, and whether they are formulas for every matrix. */
function natureOf({ studentActivation: student, teacherActivation: teacher }: Parameters) {
  const both = [student, teacher];
  const isPower = (s: Activation) => s === "linear" || s === "quadratic";
  const isPolynomial = (s: Activation) => isPower(s) || (typeof s === "object" && "hermite" in s);
  const isErf = both.every((s) => s === "erf");
  const isClosed = isErf || both.every(isPolynomial) || both.every((s) => hasKink(s) || s === "linear");
  return {
    error: isClosed ? undefined : 1e-10,
    isKinked: hasKink(student),
    isEverywhere: isErf || both.every(isPower),
  };
}
