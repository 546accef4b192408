/**
 * A state as a row of numbers:
 *
 *   [time, risk, M (p x k), Q's upper triangle by rows, a (p)]
 *
 * and, where the training set is finite, the empirical risk at its end.
 */
import type { Problem } from "./problem-types.js";

/** Order parameters at one time; matrices row-major. */
export interface State {
  /** k x k: W* W*^T / d. */
  readonly P: Float64Array;
  /** p x k: W W*^T / d. */
  readonly M: Float64Array;
  /** p x p: W W^T / d. */
  readonly Q: Float64Array;
  /** p: second layer. */
  readonly a: Float64Array;
  /** k: the teacher's second layer. */
  readonly aStar: Float64Array;
  /** Excess risk, without label noise. */
  readonly risk: number;
  /** Half the mean square residual on the training set, label noise included; where that is finite. */
  readonly empiricalRisk?: number;
}

/** Numbers of a row of (time, risk, state). */
function stateLength(p: number, k: number): number {
  return 2 + p * k + (p * (p + 1)) / 2 + p;
}

/** Numbers of a row. */
export function rowLength({ studentWidth, teacherWidth, data }: Problem): number {
  return stateLength(studentWidth, teacherWidth) + (data === "online" ? 0 : 1);
}

/** The state in a row's layout, without time and risk: M, Q's upper triangle, a. */
export function unpackState(
  values: ArrayLike<number>,
  offset: number,
  p: number,
  k: number,
): Pick<State, "M" | "Q" | "a"> {
  const M = new Float64Array(p * k);
  const Q = new Float64Array(p * p);
  const a = new Float64Array(p);
  let at = offset;
  for (let i = 0; i < p * k; i++) M[i] = values[at++];
  for (let i = 0; i < p; i++) for (let j = i; j < p; j++) Q[i * p + j] = Q[j * p + i] = values[at++];
  for (let i = 0; i < p; i++) a[i] = values[at++];
  return { M, Q, a };
}

/** The inverse of `unpackState`. */
export function packState(
  state: { M: ArrayLike<number>; Q: ArrayLike<number>; a: ArrayLike<number> },
  p: number,
  k: number,
): Float64Array {
  const packed = new Float64Array(stateLength(p, k) - 2);
  let at = 0;
  for (let i = 0; i < p * k; i++) packed[at++] = state.M[i];
  for (let i = 0; i < p; i++) for (let j = i; j < p; j++) packed[at++] = state.Q[i * p + j];
  for (let i = 0; i < p; i++) packed[at++] = state.a[i];
  return packed;
}
