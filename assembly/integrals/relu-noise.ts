/**
 * The noise matrix of leaky ReLU, N_ij / (n_s^2 a_i a_j) = E[s'(x_i) s'(x_j) e^2] + Delta E[s'(x_i) s'(x_j)] (B6), slopes and table as
 * in `relu`.
 *
 * With unit fields z = x / r and s = alpha x + beta |x| the residual is e = L + A, L = sum l_u z_u odd, A = sum w_u |z_u| even, where
 * l_u = c_u alpha_u r_u and w_u = c_u beta_u r_u. What is odd under z -> -z drops out (alpha, beta: the student's; sg = sgn):
 *
 *   N_ij = alpha^2 E[L^2 + A^2 + Delta] + 2 alpha beta E[(sg_i + sg_j) L A] + beta^2 E[sg_i sg_j (L^2 + A^2 + Delta)]        (R5)
 *
 * Stein's lemma leaves elementary functions of pairs, with lambda_u = sum_v rho_uv l_v = E[L z_u] and S = sqrt(1 - rho^2):
 *
 *   E[L^2] = sum l_u lambda_u,   E[|z_u| |z_v|] = (2/pi) (S_uv + rho_uv asin rho_uv)
 *   E[sg_i L |z_u|]    = (2/pi) (lambda_i S_iu + lambda_u asin rho_iu)                                                     (R6)
 *   E[sg_i sg_j Y Z]   = (2/pi) (E[YZ] asin rho_ij + K_ij(Y, Z) / S_ij),   Y, Z = L or z_u,
 *     K_ij(Y, Z) = y_i z_j + y_j z_i - rho_ij (y_i z_i + y_j z_j),   y_i = E[Y z_i]                                         (R7)
 *
 * Repeated indices are among these, since sg_i |z_i| = z_i and |z_u|^2 = z_u^2; four different fields are the matter of `relu-fours`.
 *
 * Errors are some 1e-16 of (sum |c_u| r_u)^2 at every covariance (also singular ones; fields parallel to a teacher or to each other), and
 * for students i, j close to parallel 1e-16 / S_ij of it, S_ij >= 1e-8: as much as the rounding of Omega itself moves N_ij.
 */
import { FOUR_BYTES } from "./orthant";
import { asinRow, rhoRow, sineRow } from "./relu";
import { addFours } from "./relu-fours";
import { even, odd, overSine } from "./relu-pairs";

const TWO_OVER_PI: f64 = 0.6366197723675814;

/** Bytes of the work space for m fields: l, w, lambda, (R6) summed over w; a block of `orthant`. */
export function noiseBytes(m: i32): usize {
  return (<usize>m << 5) + FOUR_BYTES;
}

// @ts-ignore: decorator
@inline
function at(row: usize, i: i32): f64 {
  return load<f64>(row + (<usize>i << 3));
}

/**
 * N_ij / (n_s^2 a_i a_j) for the pairs i <= j. Costs one path integral for each set of four fields with two students or more.
 * @param table of Omega, filled by `tabulate`; `stride` its bytes a row
 * @param work `noiseBytes(m)`
 * @param out p (p + 1) / 2 f64: the upper triangle by rows
 */
export function noisePairs(
  stride: usize, c: usize, k: i32, p: i32, teacherSlope: f64, studentSlope: f64, Delta: f64, table: usize, work: usize, out: usize,
): void {
  const m = k + p;
  const alpha = odd(studentSlope), beta = even(studentSlope);
  const bytes = <usize>m << 3;
  const l = work, w = l + bytes, lambda = w + bytes, cross = lambda + bytes, block = cross + bytes;
  for (let u = 0; u < m; u++) {
    const slope = u < k ? teacherSlope : studentSlope;
    const size = at(c, u) * at(table, u);
    store<f64>(l + (<usize>u << 3), odd(slope) * size);
    store<f64>(w + (<usize>u << 3), even(slope) * size);
  }
  let linear = Delta, total = 0.0;
  for (let u = 0; u < m; u++) {
    const rho = rhoRow(table, stride, u), angles = asinRow(table, stride, m, u), sines = sineRow(table, stride, m, u);
    let sum = 0.0, kernel = 0.0;
    for (let v = 0; v < m; v++) {
      sum += at(rho, v) * at(l, v);
      kernel += at(w, v) * (at(sines, v) + at(rho, v) * at(angles, v));
    }
    store<f64>(lambda + (<usize>u << 3), sum);
    linear += at(l, u) * sum;
    total += TWO_OVER_PI * at(w, u) * kernel;
  }
  total += linear;
  for (let i = k; i < m; i++) {
    const angles = asinRow(table, stride, m, i), sines = sineRow(table, stride, m, i);
    const own = at(lambda, i);
    let sum = 0.0;
    for (let u = 0; u < m; u++) sum += at(w, u) * (own * at(sines, u) + at(lambda, u) * at(angles, u));
    store<f64>(cross + (<usize>i << 3), TWO_OVER_PI * sum);
  }

  memory.fill(out, 0, <usize>((p * (p + 1)) / 2) << 3);
  if (beta != 0.0) addFours(table, stride, k, p, teacherSlope == 1.0 ? k : 0, w, block, out);
  let to = out;
  for (let i = k; i < m; i++) {
    store<f64>(to, (alpha * alpha + beta * beta) * total + 4.0 * alpha * beta * at(cross, i));
    to += 8;
    for (let j = i + 1; j < m; j++, to += 8) {
      let value = alpha * alpha * total + 2.0 * alpha * beta * (at(cross, i) + at(cross, j));
      if (beta != 0.0) value += beta * beta * TWO_OVER_PI * (twoSigns(table, stride, m, i, j, linear, lambda, w) + load<f64>(to));
      store<f64>(to, value);
    }
  }
}

/** E[sg_i sg_j (L^2 + Delta + A^2)] over 2 / pi, i != j, without the products in A^2 of two other different fields. */
function twoSigns(table: usize, stride: usize, m: i32, i: i32, j: i32, linear: f64, lambda: usize, w: usize): f64 {
  const rhoI = rhoRow(table, stride, i), rhoJ = rhoRow(table, stride, j);
  const asinI = asinRow(table, stride, m, i), asinJ = asinRow(table, stride, m, j);
  const sineI = sineRow(table, stride, m, i), sineJ = sineRow(table, stride, m, j);
  const rho = at(rhoI, j), angle = at(asinI, j);
  let sum = linear * angle + overSine(rho, at(lambda, i), at(lambda, j), at(lambda, i), at(lambda, j));
  let withI = 0.0, withJ = 0.0;
  for (let u = 0; u < m; u++) {
    const wu = at(w, u), ui = at(rhoI, u), uj = at(rhoJ, u);
    sum += wu * wu * (angle + overSine(rho, ui, uj, ui, uj));
    if (u != i) withI += wu * (rho * at(sineJ, u) + ui * at(asinJ, u));
    if (u != i && u != j) withJ += wu * (rho * at(sineI, u) + uj * at(asinI, u));
  }
  return sum + 2.0 * (at(w, i) * withI + at(w, j) * withJ);
}

/**
 * (R3): E[s'(x_i) s'(x_j)] for the pairs i <= j of students, in the order of `noisePairs`. As e^2 is homogeneous without label noise, and
 * slopes do not change with the scale, dN/dtau = N - Delta B at N(tau Omega) (B10).
 */
export function slopeProducts(stride: usize, k: i32, p: i32, studentSlope: f64, table: usize, out: usize): void {
  const m = k + p;
  const alpha = odd(studentSlope), beta = even(studentSlope);
  for (let i = k; i < m; i++) {
    const angles = asinRow(table, stride, m, i);
    for (let j = i; j < m; j++, out += 8) store<f64>(out, alpha * alpha + beta * beta * (i == j ? 1.0 : TWO_OVER_PI * at(angles, j)));
  }
}
