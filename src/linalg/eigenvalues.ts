/**
 * Eigenvalues of a real matrix: Householder reduction to Hessenberg form, then Francis's double-shift QR (Golub & Van Loan, "Matrix Computations",
 * 7.4-7.5; EISPACK's hqr, Martin, Peters & Wilkinson 1970). Exact operations and square roots only, so the same bits in every engine.
 */

export interface Complex {
  readonly re: number;
  readonly im: number;
}

const EPSILON = 2 ** -52;

/**
 * All eigenvalues, by decreasing real part, those of a conjugate pair with the positive imaginary part first. Yields after pieces of O(n^2) work,
 * some 4 n of them. Errors are about 1e-15 of the matrix's norm, times the condition of the eigenvalue.
 * @param matrix n x n, row-major
 * @throws Error where an eigenvalue takes more than 120 sweeps: such a matrix is not known
 */
export function* eigenvalues(matrix: ArrayLike<number>, n: number): Generator<void, Complex[]> {
  const H = Float64Array.from(matrix);
  yield* reduce(H, n);
  const values: Complex[] = [];
  let shifted = 0;
  for (let high = n - 1; high >= 0; ) {
    let deflated = 0;
    for (let sweep = 0; deflated === 0; sweep++) {
      const low = smallSubdiagonal(H, n, high);
      if (low === high) {
        values.push({ re: H[high * n + high] + shifted, im: 0 });
        deflated = 1;
      } else if (low === high - 1) {
        values.push(...pair(H, n, high, shifted));
        deflated = 2;
      } else {
        if (sweep === 120) throw new Error("the QR iteration does not converge");
        if (sweep % 10 === 9) shifted += exceptionalShift(H, n, high);
        francisSweep(H, n, low, high, sweep % 10 === 9);
        yield;
      }
    }
    high -= deflated;
  }
  return values.sort((x, y) => y.re - x.re || Math.abs(x.im) - Math.abs(y.im) || y.im - x.im);
}

/** Similarity by Householder reflections; zeros below the first subdiagonal. */
function* reduce(H: Float64Array, n: number): Generator<void, void> {
  const v = new Float64Array(n);
  for (let c = 0; c < n - 2; c++) {
    let largest = 0;
    for (let i = c + 1; i < n; i++) largest = Math.max(largest, Math.abs(H[i * n + c]));
    if (largest === 0) continue;
    let sum = 0;
    for (let i = c + 1; i < n; i++) {
      v[i] = H[i * n + c] / largest;
      sum += v[i] * v[i];
    }
    const alpha = v[c + 1] > 0 ? -Math.sqrt(sum) : Math.sqrt(sum);
    const beta = sum - alpha * v[c + 1];
    v[c + 1] -= alpha;
    for (let j = c; j < n; j++) {
      let dot = 0;
      for (let i = c + 1; i < n; i++) dot += v[i] * H[i * n + j];
      for (let i = c + 1; i < n; i++) H[i * n + j] -= (dot / beta) * v[i];
    }
    for (let i = 0; i < n; i++) {
      let dot = 0;
      for (let j = c + 1; j < n; j++) dot += v[j] * H[i * n + j];
      for (let j = c + 1; j < n; j++) H[i * n + j] -= (dot / beta) * v[j];
    }
    for (let i = c + 2; i < n; i++) H[i * n + c] = 0;
    yield;
  }
}

/** The last row up to `high` whose subdiagonal element is negligible beside its diagonal neighbours; sets it to 0. */
function smallSubdiagonal(H: Float64Array, n: number, high: number): number {
  for (let low = high; low > 0; low--) {
    const at = low * n + low;
    let scale = Math.abs(H[at - n - 1]) + Math.abs(H[at]);
    if (scale === 0) {
      for (let i = 0; i <= high; i++) for (let j = Math.max(0, i - 1); j <= high; j++) scale += Math.abs(H[i * n + j]);
    }
    if (Math.abs(H[at - 1]) <= EPSILON * scale) {
      H[at - 1] = 0;
      return low;
    }
  }
  return 0;
}

/** Eigenvalues of the trailing 2 x 2 block, the one nearer to its last element first where they are real. */
function pair(H: Float64Array, n: number, high: number, shifted: number): Complex[] {
  const at = high * n + high;
  const [x, y, w] = [H[at], H[at - n - 1], H[at - 1] * H[at - n]];
  const half = (y - x) / 2;
  const square = half * half + w;
  const root = Math.sqrt(Math.abs(square));
  if (square < 0) return [1, -1].map((sign) => ({ re: shifted + x + half, im: sign * root }));
  const z = half + (half >= 0 ? root : -root);
  return [shifted + x + z, shifted + (z !== 0 ? x - w / z : x + z)].map((re) => ({ re, im: 0 }));
}

/** Wilkinson's way out of cycles: shifts the active block by its last diagonal element; gives the shift. */
function exceptionalShift(H: Float64Array, n: number, high: number): number {
  const shift = H[high * n + high];
  for (let i = 0; i <= high; i++) H[i * n + i] -= shift;
  return shift;
}

/** One implicit double-shift sweep over rows and columns low..high. */
function francisSweep(H: Float64Array, n: number, low: number, high: number, isExceptional: boolean): void {
  const at = high * n + high;
  let [x, y, w] = [H[at], H[at - n - 1], H[at - 1] * H[at - n]];
  if (isExceptional) {
    const s = Math.abs(H[at - 1]) + Math.abs(H[at - n - 2]);
    x = y = 0.75 * s;
    w = -0.4375 * s * s;
  }
  // the sweep may start where two consecutive subdiagonals are small
  let first = high - 2;
  let [p, q, r] = [0, 0, 0];
  for (; ; first--) {
    const top = first * n + first;
    const [dx, dy] = [x - H[top], y - H[top]];
    p = (dx * dy - w) / H[top + n] + H[top + 1];
    q = H[top + n + 1] - H[top] - dx - dy;
    r = H[top + 2 * n + 1];
    const scale = Math.abs(p) + Math.abs(q) + Math.abs(r);
    [p, q, r] = [p / scale, q / scale, r / scale];
    if (first === low) break;
    const small = Math.abs(H[top - 1]) * (Math.abs(q) + Math.abs(r));
    const neighbours = Math.abs(H[top - n - 1]) + Math.abs(H[top]) + Math.abs(H[top + n + 1]);
    if (small <= EPSILON * Math.abs(p) * neighbours) break;
  }
  for (let i = first + 2; i <= high; i++) {
    H[i * n + i - 2] = 0;
    if (i > first + 2) H[i * n + i - 3] = 0;
  }
  for (let c = first; c < high; c++) {
    const isLast = c === high - 1;
    let scale = 1;
    if (c > first) {
      p = H[c * n + c - 1];
      q = H[(c + 1) * n + c - 1];
      r = isLast ? 0 : H[(c + 2) * n + c - 1];
      scale = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (scale === 0) continue;
      [p, q, r] = [p / scale, q / scale, r / scale];
    }
    const norm = Math.sqrt(p * p + q * q + r * r);
    const s = p < 0 ? -norm : norm;
    if (c > first) H[c * n + c - 1] = -s * scale;
    else if (low < first) H[c * n + c - 1] = -H[c * n + c - 1];
    p += s;
    const [vx, vy, vz] = [p / s, q / s, r / s];
    const [uy, uz] = [q / p, r / p];
    // eigenvalues alone: rows to the right of `high` and columns above `low` need not follow
    for (let j = c; j <= high; j++) {
      let sum = H[c * n + j] + uy * H[(c + 1) * n + j];
      if (!isLast) {
        sum += uz * H[(c + 2) * n + j];
        H[(c + 2) * n + j] -= sum * vz;
      }
      H[c * n + j] -= sum * vx;
      H[(c + 1) * n + j] -= sum * vy;
    }
    for (let i = low; i <= Math.min(high, c + 3); i++) {
      const row = i * n + c;
      let sum = vx * H[row] + vy * H[row + 1];
      if (!isLast) {
        sum += vz * H[row + 2];
        H[row + 2] -= sum * uz;
      }
      H[row] -= sum;
      H[row + 1] -= sum * uy;
    }
  }
}
