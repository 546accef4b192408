/** Order parameters that rounding or a straight step has taken out of the cone of covariances: whether they are, and the nearest that are not. */
import { choleskySemidefinite } from "./linalg/linear-algebra.js";
import { leastSquares, rankOf, type SingularValues, singularValues } from "./linalg/singular-values.js";
import { assembleOmega, type OrderParameters } from "./omega.js";

/**
 * Q with Omega = [[P, M^T], [M, Q]] positive semi-definite: its part outside the teachers' span, S = Q - M P^+ M^T, loses its negative eigenvalues. By the
 * polar factor |S| that is (S + |S|) / 2, the nearest in the Frobenius norm.
 */
export function withinCovariances(
  P: Float64Array,
  M: Float64Array,
  Q: Float64Array,
  p: number,
  k: number,
): Float64Array {
  const outside = outsideTeachers(P, M, Q, p, k);
  const { values, right } = decomposed(outside, p);
  return outside.map((x, at) => {
    const [i, j] = [Math.floor(at / p), at % p];
    let size = 0;
    for (let s = 0; s < p; s++) size += values[s] * right[s * p + i] * right[s * p + j];
    return Q[at] - x + (x + size) / 2;
  });
}

/** S = Q - M P^+ M^T, p x p: the covariance of students outside the teachers' span. */
export function outsideTeachers(P: Float64Array, M: Float64Array, Q: Float64Array, p: number, k: number): Float64Array {
  const ofP = decomposed(P, k);
  const rank = rankOf(ofP, 1e-12);
  const outside = Q.slice();
  for (let i = 0; i < p; i++) {
    const solved = leastSquares(ofP, M.slice(i * k, (i + 1) * k), rank);
    for (let j = 0; j < p; j++) for (let r = 0; r < k; r++) outside[i * p + j] -= solved[r] * M[j * k + r];
  }
  return outside;
}

function decomposed(A: Float64Array, n: number): SingularValues {
  const work = singularValues(A, n);
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}

/** Whether Omega left the cone of covariances by more than integration errors do: LL^T of its semidefinite factor misses it. */
export function isIndefinite(state: OrderParameters, p: number, k: number): boolean {
  const m = p + k;
  const omega = assembleOmega(state, p, k);
  const L = choleskySemidefinite(omega, m);
  for (let i = 0; i < m; i++) {
    let sum = 0;
    for (let c = 0; c <= i; c++) sum += L[i * m + c] * L[i * m + c];
    if (Math.abs(sum - omega[i * m + i]) > 1e-4 * (1 + omega[i * m + i])) return true;
  }
  return false;
}
