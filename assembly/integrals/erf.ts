/**
 * The erf right-hand side's building blocks at a covariance Omega (teacher rows first): h = E[g lam^T], sig = E[s(lam) e] and the noise
 * matrix N = E[g g^T], each without the factors n_s a_i of the student units, which the caller applies.
 *
 *   O  m rows of even(m) f64: Omega, padded to whole vectors; `stride` is the bytes of a row
 *   c  m f64: (n_t a*, -n_s a)
 *
 * h costs p m square roots (B8). N is the risk at a tilted covariance (C6)-(C7): p (p + 1) / 2 pairs x m (m + 1) / 2 arc sines, four
 * pairs in the lanes of two vectors. Where 1 + Q is large and students are nearly parallel (C6) cancels: at Q ~ 900 errors reach 1e-9.
 */
import { addScaled } from "../linalg/add-scaled";
import { asin, asinPair, asinSmallTwo, isOneLarge } from "../special/asin";

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

/** Writes the pairs (i, j), i <= j, as two i32 each, filled up to a multiple of four with the last pair. */
export function writePairs(pairs: usize, p: i32): void {
  let to = pairs;
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++, to += 8) {
      store<i32>(to, i);
      store<i32>(to, j, 4);
    }
  }
  const count = (p * (p + 1)) / 2;
  for (let n = count; n < ((count + 3) & ~3); n++, to += 8) store<u64>(to, load<u64>(to - 8));
}

/**
 * (C6)-(C7): N_ij / (n_s^2 a_i a_j) = B(i, j) [2 eps(Omega^(ij)) + Delta] for every pair i <= j.
 * @param cc m x m f64: (2 / pi) c_u c_v on the diagonal, twice that beside it
 * @param pairs list of `writePairs`
 * @param lanes work space, m x 192 bytes: w, w O_i, w O_j, w alpha, w beta of row u, two vectors each; then the arguments of a row
 * @param out one f64 a pair in the order of the list, room for 3 more
 */
export function noisePairs(
  O: usize, stride: usize, cc: usize, k: i32, p: i32, Delta: f64, pairs: usize, lanes: usize, out: usize,
): void {
  const m = k + p;
  const groups = ((p * (p + 1)) / 2 + 3) >> 2;
  const one = f64x2.splat(1);
  for (let g = 0; g < groups; g++, pairs += 32, out += 32) {
    const i0 = k + load<i32>(pairs), j0 = k + load<i32>(pairs, 4), i1 = k + load<i32>(pairs, 8), j1 = k + load<i32>(pairs, 12);
    const i2 = k + load<i32>(pairs, 16), j2 = k + load<i32>(pairs, 20), i3 = k + load<i32>(pairs, 24), j3 = k + load<i32>(pairs, 28);
    // A = 1 + O_ii, B = 1 + O_jj, X = O_ij; i = j is no special case
    const A = f64x2.add(one, two(at(O, i0, i0, stride), at(O, i1, i1, stride)));
    const A2 = f64x2.add(one, two(at(O, i2, i2, stride), at(O, i3, i3, stride)));
    const B = f64x2.add(one, two(at(O, j0, j0, stride), at(O, j1, j1, stride)));
    const B2 = f64x2.add(one, two(at(O, j2, j2, stride), at(O, j3, j3, stride)));
    const X = two(at(O, i0, j0, stride), at(O, i1, j1, stride));
    const X2 = two(at(O, i2, j2, stride), at(O, i3, j3, stride));
    const det = f64x2.sub(f64x2.mul(A, B), f64x2.mul(X, X));
    const det2 = f64x2.sub(f64x2.mul(A2, B2), f64x2.mul(X2, X2));
    const inverse = f64x2.div(one, det), inverse2 = f64x2.div(one, det2);
    let sum = f64x2.splat(0), sum2 = sum;

    let to = lanes;
    for (let u = 0; u < m; u++, to += 160) {
      const Oi = two(at(O, i0, u, stride), at(O, i1, u, stride)), Oi2 = two(at(O, i2, u, stride), at(O, i3, u, stride));
      const Oj = two(at(O, j0, u, stride), at(O, j1, u, stride)), Oj2 = two(at(O, j2, u, stride), at(O, j3, u, stride));
      const alpha = f64x2.mul(f64x2.sub(f64x2.mul(B, Oi), f64x2.mul(X, Oj)), inverse);
      const alpha2 = f64x2.mul(f64x2.sub(f64x2.mul(B2, Oi2), f64x2.mul(X2, Oj2)), inverse2);
      const beta = f64x2.mul(f64x2.sub(f64x2.mul(A, Oj), f64x2.mul(X, Oi)), inverse);
      const beta2 = f64x2.mul(f64x2.sub(f64x2.mul(A2, Oj2), f64x2.mul(X2, Oi2)), inverse2);
      const uu = v128.load64_splat(O + <usize>u * stride + (<usize>u << 3));
      const tilted = f64x2.sub(f64x2.sub(uu, f64x2.mul(alpha, Oi)), f64x2.mul(beta, Oj));
      const tilted2 = f64x2.sub(f64x2.sub(uu, f64x2.mul(alpha2, Oi2)), f64x2.mul(beta2, Oj2));
      const w = f64x2.div(one, f64x2.sqrt(f64x2.add(one, tilted))), w2 = f64x2.div(one, f64x2.sqrt(f64x2.add(one, tilted2)));
      v128.store(to, w); v128.store(to, w2, 16);
      v128.store(to, f64x2.mul(w, Oi), 32); v128.store(to, f64x2.mul(w2, Oi2), 48);
      v128.store(to, f64x2.mul(w, Oj), 64); v128.store(to, f64x2.mul(w2, Oj2), 80);
      v128.store(to, f64x2.mul(w, alpha), 96); v128.store(to, f64x2.mul(w2, alpha2), 112);
      v128.store(to, f64x2.mul(w, beta), 128); v128.store(to, f64x2.mul(w2, beta2), 144);
    }

    let row = lanes;
    const x = lanes + <usize>m * 160;
    for (let u = 0; u < m; u++, row += 160) {
      const w = v128.load(row), w2 = v128.load(row, 16);
      const alpha = v128.load(row, 96), alpha2 = v128.load(row, 112), beta = v128.load(row, 128), beta2 = v128.load(row, 144);
      // arguments first, arc sines after: the registers do not hold both
      let to = x;
      let entry = O + <usize>u * stride + (<usize>u << 3);
      for (let other = row; other < x; other += 160, entry += 8, to += 32) {
        const o = v128.load64_splat(entry);
        v128.store(to, f64x2.sub(
          f64x2.sub(f64x2.mul(o, f64x2.mul(w, v128.load(other))), f64x2.mul(alpha, v128.load(other, 32))),
          f64x2.mul(beta, v128.load(other, 64))));
        v128.store(to, f64x2.sub(
          f64x2.sub(f64x2.mul(o, f64x2.mul(w2, v128.load(other, 16))), f64x2.mul(alpha2, v128.load(other, 48))),
          f64x2.mul(beta2, v128.load(other, 80))), 16);
      }
      let weights = cc + (<usize>(u * m + u) << 3);
      for (let from = x; from < to; from += 32, weights += 8) {
        const y = v128.load(from), y2 = v128.load(from, 16);
        // mostly all |y| <= 1/2; there the polynomial alone has the bits of the whole arc sine
        if (isOneLarge(y, y2)) {
          v128.store(from, asinPair(y));
          v128.store(from, asinPair(y2), 16);
        } else {
          asinSmallTwo(y, y2, from);
        }
        const weight = v128.load64_splat(weights);
        sum = f64x2.add(sum, f64x2.mul(weight, v128.load(from)));
        sum2 = f64x2.add(sum2, f64x2.mul(weight, v128.load(from, 16)));
      }
    }
    const noise = f64x2.splat(Delta), scale = f64x2.splat(TWO_OVER_PI);
    v128.store(out, f64x2.mul(f64x2.div(scale, f64x2.sqrt(det)), f64x2.add(sum, noise)));
    v128.store(out, f64x2.mul(f64x2.div(scale, f64x2.sqrt(det2)), f64x2.add(sum2, noise)), 16);
  }
}

// @ts-ignore: decorator
@inline
function two(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}
