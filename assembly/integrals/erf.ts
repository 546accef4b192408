/**
 * The erf right-hand side's building blocks at a covariance Omega (teacher rows first): h = E[g lam^T], sig = E[s(lam) e] and the noise
 * matrix N = E[g g^T], each without the factors n_s a_i of the student units, which the caller applies.
 *
 *   O  m rows of even(m) f64: Omega, padded to whole vectors; `stride` is the bytes of a row
 *   c  m f64: (n_t a*, -n_s a)
 *
 * h costs p m square roots (B8). N is the risk at a tilted covariance (C6)-(C7): p (p + 1) / 2 pairs x m (m + 1) / 2 arc sines, two
 * pairs in the lanes of a vector. Where 1 + Q is large and students are nearly parallel (C6) cancels: at Q ~ 900 errors reach 1e-9.
 */
import { addScaled } from "../linalg/add-scaled";
import { asin, sumOfAsins, sumOfSmallAsins } from "../special/asin";

const TWO_OVER_PI: f64 = 0.6366197723675814;

// @ts-ignore: decorator
@inline
function at(O: usize, row: i32, column: i32, stride: usize): f64 {
  return load<f64>(O + <usize>row * stride + (<usize>column << 3));
}

/**
 * (B8): h_i = (sum_l A_il c_l) Omega_i + sum_l B_il c_l Omega_l.
 * @param h p rows of even(m) f64, written: E[g_i lam_beta] / (n_s a_i), teacher columns first
 */
export function drift(O: usize, stride: usize, c: usize, k: i32, p: i32, h: usize): void {
  const m = k + p;
  for (let i = 0; i < p; i++) {
    const row = O + <usize>(k + i) * stride;
    const to = h + <usize>i * stride;
    const A = 1.0 + at(O, k + i, k + i, stride);
    memory.fill(to, 0, stride);
    let own = 0.0;
    let l = 0;
    // two roots at a time
    for (; l + 2 <= m; l += 2) {
      const X = v128.load(row + (<usize>l << 3));
      const other = f64x2.add(f64x2.splat(1), two(at(O, l, l, stride), at(O, l + 1, l + 1, stride)));
      const det = f64x2.sub(f64x2.mul(f64x2.splat(A), other), f64x2.mul(X, X));
      const B = f64x2.mul(f64x2.div(f64x2.splat(TWO_OVER_PI), f64x2.sqrt(det)), v128.load(c + (<usize>l << 3)));
      const B0 = f64x2.extract_lane(B, 0), B1 = f64x2.extract_lane(B, 1);
      own -= f64x2.extract_lane(X, 0) * B0;
      own -= f64x2.extract_lane(X, 1) * B1;
      addScaledTwo(to, B0, B1, O + <usize>l * stride, stride);
    }
    if (l < m) {
      const X = at(O, k + i, l, stride);
      const B = (TWO_OVER_PI / Math.sqrt(A * (1.0 + at(O, l, l, stride)) - X * X)) * load<f64>(c + (l << 3));
      own -= X * B;
      addScaled(to, B, O + <usize>l * stride, stride);
    }
    addScaled(to, own / A, row, stride);
  }
}

/**
 * (B8) as a linear map of the rows, h = L Omega: L_il = B_il c_l, and (A c)_i more at l = k + i.
 * @param L p rows of even(m) f64, written
 */
export function coefficients(O: usize, stride: usize, c: usize, k: i32, p: i32, L: usize): void {
  const m = k + p;
  for (let i = k; i < m; i++, L += stride) {
    const A = 1.0 + at(O, i, i, stride);
    let own = 0.0;
    for (let l = 0; l < m; l++) {
      const X = at(O, i, l, stride);
      const B = (TWO_OVER_PI / Math.sqrt(A * (1.0 + at(O, l, l, stride)) - X * X)) * load<f64>(c + (<usize>l << 3));
      own -= X * B;
      store<f64>(L + (<usize>l << 3), B);
    }
    store<f64>(L + (<usize>i << 3), load<f64>(L + (<usize>i << 3)) + own / A);
  }
}

/** Two rows, one behind the other, in one pass. */
// @ts-ignore: decorator
@inline
function addScaledTwo(to: usize, factor: f64, next: f64, from: usize, bytes: usize): void {
  const scale = f64x2.splat(factor), scale2 = f64x2.splat(next);
  for (let b: usize = 0; b < bytes; b += 16) {
    const sum = f64x2.add(v128.load(to + b), f64x2.mul(scale, v128.load(from + b)));
    v128.store(to + b, f64x2.add(sum, f64x2.mul(scale2, v128.load(from + bytes + b))));
  }
}

/** (B7): sig_i = sum_l c_l I2(i, l), p f64. */
export function secondLayerDrift(O: usize, stride: usize, c: usize, k: i32, p: i32, sig: usize): void {
  const m = k + p;
  for (let i = 0; i < p; i++) {
    const A = 1.0 + at(O, k + i, k + i, stride);
    let sum = 0.0;
    for (let l = 0; l < m; l++) {
      const x = at(O, k + i, l, stride) / Math.sqrt(A * (1.0 + at(O, l, l, stride)));
      sum += load<f64>(c + (l << 3)) * asin(min(1.0, max(-1.0, x)));
    }
    store<f64>(sig + (i << 3), TWO_OVER_PI * sum);
  }
}

/** Writes the pairs (i, j), i <= j, as two i32 each; an odd number of them is filled up with the last pair. */
export function writePairs(pairs: usize, p: i32): void {
  let to = pairs;
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++, to += 8) {
      store<i32>(to, i);
      store<i32>(to, j, 4);
    }
  }
  store<u64>(to, load<u64>(to - 8));
}

/**
 * Vectors of arguments that are gathered, to whole rows, before their arc sines are taken: so one look at the largest is enough for many, and
 * 4 KB stay in the first cache.
 */
const GATHERED: usize = 256;
const SQRT_HALF: f64 = 0.7071067811865476;
const HALF_PI: f64 = 1.5707963267948966;

/** Bytes of the weights of `noisePairs`, for m = k + p. */
export function weightBytes(m: i32): usize {
  return (<usize>(m * (m + 1)) << 3) + 48;
}

/** Bytes of the work space of `noisePairs`. */
export function noiseBytes(m: i32): usize {
  return <usize>m * 96 + ((GATHERED + <usize>m + 6) << 4);
}

/**
 * (C6)-(C7): N_ij / (n_s^2 a_i a_j) = B(i, j) [2 eps(Omega^(ij)) + Delta] for every pair i <= j.
 * @param cc weightBytes(m) bytes: (2 / pi) c_u^2, then (4 / pi) c_u c_v for u < v by rows, each in both lanes; 48 bytes of zeros
 * @param pairs list of `writePairs`
 * @param lanes work space, noiseBytes(m) bytes: w, w O_i, w O_j, w alpha, w beta of row u; the diagonal's weights; arguments
 * @param out one f64 a pair in the order of the list, room for one more
 */
export function noisePairs(
  O: usize, stride: usize, cc: usize, k: i32, p: i32, Delta: f64, pairs: usize, lanes: usize, out: usize,
): void {
  const m = k + p;
  const groups = ((p * (p + 1)) / 2 + 1) >> 1;
  const one = f64x2.splat(1), half = f64x2.splat(0.5);
  const own = lanes + <usize>m * 80, x = own + (<usize>(m + 3) << 4), full = x + (GATHERED << 4);
  for (let g = 0; g < groups; g++, pairs += 16, out += 16) {
    const i0 = <usize>(k + load<i32>(pairs)) << 3, j0 = <usize>(k + load<i32>(pairs, 4)) << 3;
    const i1 = <usize>(k + load<i32>(pairs, 8)) << 3, j1 = <usize>(k + load<i32>(pairs, 12)) << 3;
    const rowI0 = O + (i0 >> 3) * stride, rowJ0 = O + (j0 >> 3) * stride, rowI1 = O + (i1 >> 3) * stride, rowJ1 = O + (j1 >> 3) * stride;
    // A = 1 + O_ii, B = 1 + O_jj, X = O_ij; i = j is no special case
    const A = f64x2.add(one, gather(rowI0 + i0, rowI1 + i1));
    const B = f64x2.add(one, gather(rowJ0 + j0, rowJ1 + j1));
    const X = gather(rowI0 + j0, rowI1 + j1);
    const det = f64x2.sub(f64x2.mul(A, B), f64x2.mul(X, X));
    const inverse = f64x2.div(one, det);
    let sum = f64x2.splat(0);

    let row = lanes, weights = cc, to = x, diagonal = O;
    for (let u: usize = 0; row < own; u += 8, row += 80, weights += 16, to += 16, diagonal += stride + 8) {
      const Oi = gather(rowI0 + u, rowI1 + u);
      const Oj = gather(rowJ0 + u, rowJ1 + u);
      const alpha = f64x2.mul(f64x2.sub(f64x2.mul(B, Oi), f64x2.mul(X, Oj)), inverse);
      const beta = f64x2.mul(f64x2.sub(f64x2.mul(A, Oj), f64x2.mul(X, Oi)), inverse);
      const tilted = f64x2.sub(f64x2.sub(v128.load64_splat(diagonal), f64x2.mul(alpha, Oi)), f64x2.mul(beta, Oj));
      const w = f64x2.div(one, f64x2.sqrt(f64x2.add(one, tilted)));
      v128.store(row, w);
      v128.store(row, f64x2.mul(w, Oi), 16);
      v128.store(row, f64x2.mul(w, Oj), 32);
      v128.store(row, f64x2.mul(w, alpha), 48);
      v128.store(row, f64x2.mul(w, beta), 64);
      // the diagonal: y = 1 - w^2, near 1/2 where norms are near 1. Above, asin y = pi / 2 - 2 asin sqrt((1 - y) / 2), a root that w has
      const y = f64x2.mul(tilted, f64x2.mul(w, w));
      const large = f64x2.gt(y, half);
      const weight = v128.load(weights);
      v128.store(to, v128.bitselect(f64x2.mul(w, f64x2.splat(SQRT_HALF)), y, large));
      v128.store(own + (to - x), v128.bitselect(f64x2.mul(weight, f64x2.splat(-2)), weight, large));
      sum = f64x2.add(sum, v128.and(f64x2.mul(weight, f64x2.splat(HALF_PI)), large));
    }
    sum = f64x2.add(sum, sumOfSmallAsins(x, to, own));

    to = x;
    let largest = f64x2.splat(0);
    const last = own - 80;
    diagonal = O;
    for (row = lanes; row < last; row += 80, diagonal += stride + 8) {
      const w = v128.load(row), alpha = v128.load(row, 48), beta = v128.load(row, 64);
      let entry = diagonal + 8;
      for (let other = row + 80; other < own; other += 80, entry += 8, to += 16) {
        const y = f64x2.sub(
          f64x2.sub(
            f64x2.mul(v128.load64_splat(entry), f64x2.mul(w, v128.load(other))),
            f64x2.mul(alpha, v128.load(other, 16))),
          f64x2.mul(beta, v128.load(other, 32)));
        v128.store(to, y);
        largest = f64x2.pmax(largest, f64x2.mul(y, y));
      }
      if (to < full && row + 80 < last) continue;
      sum = f64x2.add(sum, sumOfAsins(x, to, weights, max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1))));
      weights += to - x;
      to = x;
      largest = f64x2.splat(0);
    }
    const noise = f64x2.splat(Delta), scale = f64x2.splat(TWO_OVER_PI);
    v128.store(out, f64x2.mul(f64x2.div(scale, f64x2.sqrt(det)), f64x2.add(sum, noise)));
  }
}

/** Two numbers of memory. */
// @ts-ignore: decorator
@inline
function gather(first: usize, second: usize): v128 {
  return v128.load_lane<f64>(second, v128.load_zero<f64>(first), 1);
}

// @ts-ignore: decorator
@inline
function two(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}
