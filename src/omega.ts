/** Omega = [[P, M^T], [M, Q]]: the order parameters as one covariance of fields, teacher rows first (THEORY (A8)). */

export interface OrderParameters {
  readonly P: ArrayLike<number>;
  readonly M: ArrayLike<number>;
  readonly Q: ArrayLike<number>;
}

/** Omega, (k + p) x (k + p), row-major. */
export function assembleOmega(state: OrderParameters, p: number, k: number): Float64Array {
  const m = p + k;
  const omega = new Float64Array(m * m);
  for (let r = 0; r < k; r++) for (let s = 0; s < k; s++) omega[r * m + s] = state.P[r * k + s];
  for (let i = 0; i < p; i++) {
    for (let r = 0; r < k; r++) omega[(k + i) * m + r] = omega[r * m + k + i] = state.M[i * k + r];
    for (let j = 0; j < p; j++) omega[(k + i) * m + k + j] = state.Q[i * p + j];
  }
  return omega;
}

/** P, M, Q of an Omega with teacher rows first. */
export function splitOmega(
  omega: Float64Array,
  p: number,
  k: number,
): { P: Float64Array; M: Float64Array; Q: Float64Array } {
  const m = p + k;
  const block = (row: number, column: number, rows: number, columns: number) => {
    const values = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      const from = (row + i) * m + column;
      values.set(omega.subarray(from, from + columns), i * columns);
    }
    return values;
  };
  return { P: block(0, 0, k, k), M: block(k, 0, p, k), Q: block(k, k, p, p) };
}
