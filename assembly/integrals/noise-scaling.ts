/**
 * dN(tau Omega) / dtau at tau = 1, which the mean of a step at finite d needs (THEORY (B10)), by differences: with tau = 1 +- t_j, t_j the positive Chebyshev nodes
 * of 2n on [-reach, reach],
 *
 *   sum_j [N(1 + t_j) - N(1 - t_j)] w_j,   w_j = prod_(i != j) t_i^2 / (t_i^2 - t_j^2) / (2 t_j),
 *
 * is exact for polynomials in tau of degree up to 2n. N of polynomial activations is one, of degree d - 1 + K; any other N is analytic in Re tau > 0, as a mean over
 * N(0, tau Omega), so the error falls as (reach / 2)^(2n).
 */
import { sinCos } from "../special/trig";

const point = memory.data(16, 16);

/** Writes t_1, .., t_n, then w_1, .., w_n. */
export function differenceRule(n: i32, reach: f64, out: usize): void {
  for (let j = 0; j < n; j++) {
    sinCos((<f64>(2 * j + 1) * 3.141592653589793) / <f64>(4 * n), point);
    store<f64>(out + (<usize>j << 3), reach * load<f64>(point, 8));
  }
  for (let j = 0; j < n; j++) {
    const t = load<f64>(out + (<usize>j << 3));
    let weight = 0.5 / t;
    for (let i = 0; i < n; i++) {
      const other = load<f64>(out + (<usize>i << 3));
      if (i != j) weight *= (other * other) / ((other - t) * (other + t));
    }
    store<f64>(out + (<usize>(n + j) << 3), weight);
  }
}

/** to = tau Omega, m rows. */
export function scaleCovariance(O: usize, stride: usize, m: i32, tau: f64, to: usize): void {
  const scale = f64x2.splat(tau);
  for (let b: usize = 0, end = <usize>m * stride; b < end; b += 16) v128.store(to + b, f64x2.mul(scale, v128.load(O + b)));
}

/** to += factor from. */
export function accumulate(to: usize, factor: f64, from: usize, count: i32): void {
  for (let b: usize = 0, end = <usize>count << 3; b < end; b += 8) store<f64>(to + b, load<f64>(to + b) + factor * load<f64>(from + b));
}
