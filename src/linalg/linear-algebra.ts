/** Small dense linear algebra on order parameters: exact operations and square roots only, so the same bits in every engine. */

/**
 * Smallest eigenvalue of a symmetric matrix (m x m, row-major) by cyclic Jacobi rotations; O(m^3) a sweep, some six sweeps.
 * Accurate to about 1e-15 of the largest.
 */
export function smallestEigenvalue(matrix: ArrayLike<number>, m: number): number {
  const A = Float64Array.from(matrix);
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < m; i++) {
      diagonal += A[i * m + i] * A[i * m + i];
      for (let j = 0; j < i; j++) off += A[i * m + j] * A[i * m + j];
    }
    if (off <= 1e-32 * diagonal) break;
    for (let i = 1; i < m; i++) for (let j = 0; j < i; j++) rotate(A, m, j, i);
  }
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < m; i++) smallest = Math.min(smallest, A[i * m + i]);
  return smallest;
}

/** One Jacobi rotation that makes A[i][j] zero (Golub & Van Loan, 8.5). */
function rotate(A: Float64Array, m: number, i: number, j: number): void {
  const apq = A[i * m + j];
  if (apq === 0) return;
  const theta = (A[j * m + j] - A[i * m + i]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let r = 0; r < m; r++) {
    const [x, y] = [A[r * m + i], A[r * m + j]];
    A[r * m + i] = c * x - s * y;
    A[r * m + j] = s * x + c * y;
  }
  for (let r = 0; r < m; r++) {
    const [x, y] = [A[i * m + r], A[j * m + r]];
    A[i * m + r] = c * x - s * y;
    A[j * m + r] = s * x + c * y;
  }
}

/**
 * Lower-triangular L with L L^T = A (m x m, row-major, positive semi-definite). A pivot below 1e-14 of its own diagonal element counts as 0 and
 * its column is 0, which is right for a semi-definite matrix.
 */
export function choleskySemidefinite(A: ArrayLike<number>, m: number): Float64Array {
  const L = new Float64Array(m * m);
  for (let j = 0; j < m; j++) {
    let pivot = A[j * m + j];
    for (let c = 0; c < j; c++) pivot -= L[j * m + c] * L[j * m + c];
    if (pivot <= 1e-14 * A[j * m + j]) continue;
    const root = Math.sqrt(pivot);
    L[j * m + j] = root;
    for (let i = j + 1; i < m; i++) {
      let sum = A[i * m + j];
      for (let c = 0; c < j; c++) sum -= L[i * m + c] * L[j * m + c];
      L[i * m + j] = sum / root;
    }
  }
  return L;
}

/** R R^T of `rows` rows of `columns` numbers, row-major; of a lower-trapezoidal R only what is not zero is added, with the same bits. */
export function gram(R: ArrayLike<number>, rows: number, columns: number, isLower = false): Float64Array {
  const G = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      const end = isLower ? Math.min(j + 1, columns) : columns;
      for (let c = 0; c < end; c++) sum += R[i * columns + c] * R[j * columns + c];
      G[i * rows + j] = G[j * rows + i] = sum;
    }
  }
  return G;
}
