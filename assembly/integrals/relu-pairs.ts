/**
 * Leaky ReLU s(x) = mu x + (1 - mu) max(x, 0) in its odd and even parts, and what two fields give.
 *
 *   s(x) = alpha x + beta |x|,   s'(x) = alpha + beta sgn x,   alpha = (1 + mu) / 2,  beta = (1 - mu) / 2                   (R1)
 *
 * mu = 0 is ReLU, mu = 1 linear. Under x -> -x half of every product's terms drop out, and what is left has the elementary forms of
 * ReLU's integrals without their orthants: with rho the correlation, S = sqrt(1 - rho^2), sizes r_a = sqrt(C_aa),
 *
 *   I2 = alpha alpha' C_ab + beta beta' (2 / pi) r_a r_b (S + rho asin rho)        (C12) at mu = 0                          (R2)
 *   B  = alpha alpha' + beta beta' (2 / pi) asin rho                              (C11)                                    (R3)
 *   A  = E[s''(x_a) s(x_b)] = beta beta' (2 / pi) S r_b / r_a                     (C13)                                    (R4)
 *
 * A field of variance 0 has rho = 0: its sign is that of an independent coin, and its delta term is dropped (THEORY C.6).
 */
import { asin } from "../special/asin";

const TWO_OVER_PI: f64 = 0.6366197723675814;

// @ts-ignore: decorator
@inline
export function odd(slope: f64): f64 {
  return 0.5 * (1.0 + slope);
}

// @ts-ignore: decorator
@inline
export function even(slope: f64): f64 {
  return 0.5 * (1.0 - slope);
}

/** Correlation of fields with covariance ab and 1 / r of each (0 for a field that is 0). */
// @ts-ignore: decorator
@inline
export function correlation(ab: f64, inverseA: f64, inverseB: f64): f64 {
  return max(-1.0, min(1.0, ab * inverseA * inverseB));
}

// @ts-ignore: decorator
@inline
export function inverseOrZero(r: f64): f64 {
  return r > 0.0 ? 1.0 / r : 0.0;
}

/** 1 - rho^2; the factors are exact where it is small. */
// @ts-ignore: decorator
@inline
export function squaredSine(rho: f64): f64 {
  return (1.0 - rho) * (1.0 + rho);
}

/** (R2): E[s_a(x_a) s_b(x_b)] of fields with variances aa, bb, covariance ab. */
export function leakyI2(slopeA: f64, slopeB: f64, aa: f64, bb: f64, ab: f64): f64 {
  const ra = Math.sqrt(aa), rb = Math.sqrt(bb);
  const rho = correlation(ab, inverseOrZero(ra), inverseOrZero(rb));
  const kernel = ra * rb * (Math.sqrt(squaredSine(rho)) + rho * asin(rho));
  return odd(slopeA) * odd(slopeB) * ab + even(slopeA) * even(slopeB) * TWO_OVER_PI * kernel;
}

/** K_ab(Y, Z) of (R7) from y_a, y_b, z_a, z_b, without cancellation where |rho| is close to 1. */
// @ts-ignore: decorator
@inline
export function K(rho: f64, ya: f64, yb: f64, za: f64, zb: f64): f64 {
  const sign = copysign<f64>(1.0, rho);
  return (ya * zb + yb * za) * (1.0 - Math.abs(rho)) - rho * (ya - sign * yb) * (za - sign * zb);
}

/** K_ab / S_ab; its limit 0 where S_ab is 0. */
// @ts-ignore: decorator
@inline
export function overSine(rho: f64, ya: f64, yb: f64, za: f64, zb: f64): f64 {
  const square = squaredSine(rho);
  return square > 0.0 ? K(rho, ya, yb, za, zb) / Math.sqrt(square) : 0.0;
}
