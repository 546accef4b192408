/**
 * The right-hand side's building blocks at a covariance Omega (teacher rows first) for leaky ReLU s(x) = mu x + (1 - mu) max(x, 0),
 * student and teacher with a slope mu each (0 ReLU, 1 linear): h = E[g lam^T] and sig = E[s(lam) e], each without the factors n_s a_i
 * of the student units, which the caller applies; the noise matrix is in `relu-noise`.
 *
 *   O      m rows of even(m) f64: Omega, padded to whole vectors; `stride` is the bytes of a row
 *   c      m f64: (n_t a*, -n_s a)
 *   table  `tableBytes(m)`, 16-byte aligned: what pairs of fields give, filled by `tabulate` once for all parts of an evaluation
 *
 * The forms are those of `relu-pairs`. A table is rows of `stride` bytes:
 *
 *   row 0          sizes r = sqrt(O_ii)
 *   row 1          1 / r, or 0
 *   m rows         correlations rho, 1 on the diagonal
 *   m rows         asin rho
 *   m rows         S = sqrt(1 - rho^2)
 */
import { addScaled } from "../linalg/add-scaled";
import { asinPair } from "../special/asin";
import { correlation, even, inverseOrZero, odd } from "./relu-pairs";

const TWO_OVER_PI: f64 = 0.6366197723675814;

/** Bytes of a table of m fields. */
export function tableBytes(m: i32): usize {
  return (<usize>((m + 1) & ~1) << 3) * <usize>(3 * m + 2);
}

/** Addresses of a table's rows. */
// @ts-ignore: decorator
@inline
export function rhoRow(table: usize, stride: usize, row: i32): usize {
  return table + <usize>(2 + row) * stride;
}
// @ts-ignore: decorator
@inline
export function asinRow(table: usize, stride: usize, m: i32, row: i32): usize {
  return table + <usize>(2 + m + row) * stride;
}
// @ts-ignore: decorator
@inline
export function sineRow(table: usize, stride: usize, m: i32, row: i32): usize {
  return table + <usize>(2 + m + m + row) * stride;
}

/** Fills the table of Omega. */
export function tabulate(O: usize, stride: usize, m: i32, table: usize): void {
  for (let i = 0; i < m; i++) {
    const r = Math.sqrt(max(0.0, load<f64>(O + <usize>i * stride + (<usize>i << 3))));
    store<f64>(table + (<usize>i << 3), r);
    store<f64>(table + stride + (<usize>i << 3), inverseOrZero(r));
  }
  for (let i = 0; i < m; i++) {
    const rho = rhoRow(table, stride, i);
    const inverse = load<f64>(table + stride + (<usize>i << 3));
    for (let j = 0; j < i; j++) {
      const value = correlation(load<f64>(O + <usize>i * stride + (<usize>j << 3)), inverse, load<f64>(table + stride + (<usize>j << 3)));
      store<f64>(rho + (<usize>j << 3), value);
      store<f64>(rhoRow(table, stride, j) + (<usize>i << 3), value);
    }
    store<f64>(rho + (<usize>i << 3), 1.0);
    if (m & 1) store<f64>(rho + (<usize>m << 3), 0.0);
  }
  const begin = rhoRow(table, stride, 0), bytes = <usize>m * stride, one = f64x2.splat(1);
  for (let at = begin; at < begin + bytes; at += 16) {
    const rho = v128.load(at);
    v128.store(at + bytes, asinPair(rho));
    v128.store(at + 2 * bytes, f64x2.sqrt(f64x2.mul(f64x2.sub(one, rho), f64x2.add(one, rho))));
  }
}

/**
 * (B8): h_i = (sum_l A_il c_l) Omega_i + sum_l B_il c_l Omega_l.
 * @param h p rows of even(m) f64, written: E[g_i lam_beta] / (n_s a_i), teacher columns first
 */
export function drift(
  O: usize, stride: usize, c: usize, k: i32, p: i32, teacherSlope: f64, studentSlope: f64, table: usize, h: usize,
): void {
  const m = k + p;
  const alpha = odd(studentSlope), beta = TWO_OVER_PI * even(studentSlope);
  for (let i = k; i < m; i++, h += stride) {
    const angles = asinRow(table, stride, m, i), sines = sineRow(table, stride, m, i);
    memory.fill(h, 0, stride);
    let own = 0.0;
    for (let l = 0; l < m; l++) {
      const slope = l < k ? teacherSlope : studentSlope;
      const cl = load<f64>(c + (<usize>l << 3));
      const scale = cl * beta * even(slope);
      own += scale * load<f64>(sines + (<usize>l << 3)) * load<f64>(table + (<usize>l << 3));
      addScaled(h, cl * alpha * odd(slope) + scale * load<f64>(angles + (<usize>l << 3)), O + <usize>l * stride, stride);
    }
    addScaled(h, own * load<f64>(table + stride + (<usize>i << 3)), O + <usize>i * stride, stride);
  }
}

/**
 * (B8) as a linear map of the rows, h = L Omega: L_il = B_il c_l, and (A c)_i more at l = k + i.
 * @param L p rows of even(m) f64, written
 */
export function coefficients(stride: usize, c: usize, k: i32, p: i32, teacherSlope: f64, studentSlope: f64, table: usize, L: usize): void {
  const m = k + p;
  const alpha = odd(studentSlope), beta = TWO_OVER_PI * even(studentSlope);
  for (let i = k; i < m; i++, L += stride) {
    const angles = asinRow(table, stride, m, i), sines = sineRow(table, stride, m, i);
    let own = 0.0;
    for (let l = 0; l < m; l++) {
      const slope = l < k ? teacherSlope : studentSlope;
      const cl = load<f64>(c + (<usize>l << 3));
      const scale = cl * beta * even(slope);
      own += scale * load<f64>(sines + (<usize>l << 3)) * load<f64>(table + (<usize>l << 3));
      store<f64>(L + (<usize>l << 3), cl * alpha * odd(slope) + scale * load<f64>(angles + (<usize>l << 3)));
    }
    store<f64>(L + (<usize>i << 3), load<f64>(L + (<usize>i << 3)) + own * load<f64>(table + stride + (<usize>i << 3)));
  }
}

/** (B7): sig_i = sum_l c_l I2(i, l), p f64. */
export function secondLayerDrift(
  O: usize, stride: usize, c: usize, k: i32, p: i32, teacherSlope: f64, studentSlope: f64, table: usize, sig: usize,
): void {
  const m = k + p;
  const alpha = odd(studentSlope), beta = TWO_OVER_PI * even(studentSlope);
  for (let i = k; i < m; i++, sig += 8) {
    const rho = rhoRow(table, stride, i), angles = asinRow(table, stride, m, i), sines = sineRow(table, stride, m, i);
    const size = load<f64>(table + (<usize>i << 3));
    let sum = 0.0;
    for (let l = 0; l < m; l++) {
      const b = <usize>l << 3;
      const slope = l < k ? teacherSlope : studentSlope;
      const kernel = load<f64>(sines + b) + load<f64>(rho + b) * load<f64>(angles + b);
      const value = alpha * odd(slope) * load<f64>(O + <usize>i * stride + b) + beta * even(slope) * size * load<f64>(table + b) * kernel;
      sum += load<f64>(c + b) * value;
    }
    store<f64>(sig, sum);
  }
}
