/** Square systems of linear equations. */

/**
 * x with A x = b (n x n, row-major) by elimination with partial pivoting; undefined where a pivot is below `singular` times the largest: then A is as
 * good as singular. Yields after each column, which takes n^2 operations.
 */
export function* elimination(
  A: ArrayLike<number>,
  b: ArrayLike<number>,
  n: number,
  singular = 1e-11,
): Generator<void, Float64Array | undefined> {
  const U = Float64Array.from(A);
  const x = Float64Array.from(b);
  let largest = 0;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let i = c + 1; i < n; i++) if (Math.abs(U[i * n + c]) > Math.abs(U[pivot * n + c])) pivot = i;
    const size = Math.abs(U[pivot * n + c]);
    largest = Math.max(largest, size);
    if (!(size > singular * largest)) return undefined;
    if (pivot !== c) {
      [x[c], x[pivot]] = [x[pivot], x[c]];
      for (let j = c; j < n; j++) [U[c * n + j], U[pivot * n + j]] = [U[pivot * n + j], U[c * n + j]];
    }
    for (let i = c + 1; i < n; i++) {
      const factor = U[i * n + c] / U[c * n + c];
      if (factor === 0) continue;
      for (let j = c + 1; j < n; j++) U[i * n + j] -= factor * U[c * n + j];
      x[i] -= factor * x[c];
    }
    yield;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= U[i * n + j] * x[j];
    x[i] /= U[i * n + i];
  }
  return x;
}

/** `elimination` of a small system, at once. */
export function solveLinear(...system: Parameters<typeof elimination>): Float64Array | undefined {
  const work = elimination(...system);
  let piece = work.next();
  while (!piece.done) piece = work.next();
  return piece.value;
}
