/** Singular values and vectors, and what they are for here: least-squares solutions of singular systems, and null spaces. */

export interface SingularValues {
  readonly n: number;
  /** Decreasing. */
  readonly values: Float64Array;
  /** Right and left singular vectors, one a row, row-major; left ones of values that are 0 are zero. */
  readonly right: Float64Array;
  readonly left: Float64Array;
}

/**
 * A = U S V^T of a square matrix by one-sided Jacobi rotations (Hestenes 1958; Golub & Van Loan, 8.6.3), accurate to
 * 1e-13 of the largest. Exact operations and square roots only. Yields after pieces of O(n^2) work; some eight sweeps of n.
 * @param matrix n x n, row-major
 */
export function* singularValues(matrix: ArrayLike<number>, n: number): Generator<void, SingularValues> {
  // columns of A as rows, which rotate into U S; V the same way
  const B = new Float64Array(n * n);
  const V = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) B[j * n + i] = matrix[i * n + j];
    V[i * n + i] = 1;
  }
  // columns as small as rounding need not be orthogonal among themselves
  const nothing = 1e-28 * dot(B, 0, B, 0, n * n);
  for (let sweep = 0, rotated = true; rotated && sweep < 40; sweep++) {
    rotated = false;
    for (let i = 0; i < n - 1; i++) {
      for (let j = i + 1; j < n; j++) rotated = orthogonalise(B, V, n, i, j, nothing) || rotated;
      yield;
    }
  }
  const norms = Float64Array.from({ length: n }, (_, i) => Math.sqrt(dot(B, i * n, B, i * n, n)));
  const order = Array.from(norms.keys()).sort((i, j) => norms[j] - norms[i] || i - j);
  const [right, left] = [new Float64Array(n * n), new Float64Array(n * n)];
  order.forEach((from, to) => {
    right.set(V.subarray(from * n, (from + 1) * n), to * n);
    if (norms[from] > 0) for (let i = 0; i < n; i++) left[to * n + i] = B[from * n + i] / norms[from];
  });
  return { n, values: Float64Array.from(order, (i) => norms[i]), right, left };
}

/** Rotates rows i and j of B, and of V with them, so that they are orthogonal; false where they were. */
function orthogonalise(B: Float64Array, V: Float64Array, n: number, i: number, j: number, nothing: number): boolean {
  const [x, y] = [i * n, j * n];
  const [alpha, beta, gamma] = [dot(B, x, B, x, n), dot(B, y, B, y, n), dot(B, x, B, y, n)];
  if (Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta) || Math.max(alpha, beta) <= nothing) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  for (const M of [B, V]) {
    for (let e = 0; e < n; e++) {
      const [u, v] = [M[x + e], M[y + e]];
      M[x + e] = c * u - s * v;
      M[y + e] = s * u + c * v;
    }
  }
  return true;
}

function dot(X: Float64Array, x: number, Y: Float64Array, y: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += X[x + i] * Y[y + i];
  return sum;
}

/** How many singular values exceed `cut` times the largest. */
export function rankOf({ values }: SingularValues, cut: number): number {
  const bound = cut * values[0];
  const first = values.findIndex((value) => !(value > bound));
  return first < 0 ? values.length : first;
}

/** The shortest x that makes A x - b smallest, with the first `rank` singular values alone. */
export function leastSquares({ n, values, right, left }: SingularValues, b: Float64Array, rank: number): Float64Array {
  const x = new Float64Array(n);
  for (let s = 0; s < rank; s++) {
    const factor = dot(left, s * n, b, 0, n) / values[s];
    for (let i = 0; i < n; i++) x[i] += factor * right[s * n + i];
  }
  return x;
}

/** The part of b within the range of the first `rank` left singular vectors. */
export function inRange({ n, left }: SingularValues, b: Float64Array, rank: number): Float64Array {
  const x = new Float64Array(n);
  for (let s = 0; s < rank; s++) {
    const factor = dot(left, s * n, b, 0, n);
    for (let i = 0; i < n; i++) x[i] += factor * left[s * n + i];
  }
  return x;
}
