/**
 * exp and expm1.
 *
 * exp x = 2^k e^r with k = round(x / ln 2), |r| <= ln(2)/2 (Cody & Waite 1980, "Software Manual for the Elementary
 * Functions"). r is kept as high - low: k LN2_HIGH is exact (42 bits times at most 11), and so is x - k LN2_HIGH; what the
 * low part adds is summed last, so that the rounding of r costs 2^-55 and not twice that.
 *
 * exp: at most 0.95 ulp measured. Overflow gives Infinity, underflow is gradual and ends in 0 (in the subnormal range
 * within 1 unit of 2^-1074), NaN gives NaN.
 */
import { at, both, first, mulAdd } from "./lanes";

/** q_0 .. q_9 of e^r = 1 + r + r^2 q(r): minimax, error 2^-56 of e^r (test/fixtures/make-special-coefficients.py). */
const Q: usize = memory.data<f64>([
  0.5000000000000004, 0.16666666666666685, 0.041666666666580046, 0.008333333333314309, 0.0013888888931656341,
  0.0001984126990389586, 2.4801504553884342e-5, 2.75572270557934e-6, 2.762644125632739e-7, 2.511477912472667e-8,
]);
/** 1 / ln 2. */
export const LOG2E: usize = memory.data<f64>([1.4426950408889634]);
/** ln 2 to 42 bits, and the rest. */
export const LN2: usize = memory.data<f64>([0.6931471805598903, 5.497923018708371e-14]);
/** Beyond these the result is 0 or Infinity whatever x is. */
export const RANGE: usize = memory.data<f64>([-746, 710]);
export const ONE: usize = memory.data<f64>([1]);
export const HALF: usize = memory.data<f64>([0.5]);
/**
 * 1.5 2^52 + 2046: adding 1.5 2^52 rounds to an integer and leaves it in the low bits of the sum. The 2046 more are two
 * biases of the exponent field: the low bits hold k + 2046, which is halved into the exponents of two factors of 2^k.
 */
export const ROUND: usize = memory.data<f64>([6755399441057790]);

/** e^(high - low) - 1 for |high - low| <= ln(2)/2. */
// @ts-ignore: decorator
@inline
export function reduced(high: v128, low: v128): v128 {
  const r = f64x2.sub(high, low);
  const z = f64x2.mul(r, r);
  // even and odd powers apart, to halve the chain of dependent steps
  let even = mulAdd(z, at(Q, 8), at(Q, 6));
  let odd = mulAdd(z, at(Q, 9), at(Q, 7));
  even = mulAdd(z, even, at(Q, 4));
  odd = mulAdd(z, odd, at(Q, 5));
  even = mulAdd(z, even, at(Q, 2));
  odd = mulAdd(z, odd, at(Q, 3));
  even = mulAdd(z, even, at(Q, 0));
  odd = mulAdd(z, odd, at(Q, 1));
  const q = mulAdd(r, odd, even);
  return f64x2.add(high, f64x2.sub(f64x2.mul(z, q), low));
}

/** y 2^k for t = k + ROUND. As two factors: k = 1024 and subnormal results need both; only the last product rounds. */
// @ts-ignore: decorator
@inline
export function scaled(y: v128, t: v128): v128 {
  const half = i64x2.shr_u(t, 1);
  const rest = i64x2.sub(t, half);
  return f64x2.mul(f64x2.mul(y, i64x2.shl(half, 52)), i64x2.shl(rest, 52));
}

/** e^x in both lanes. */
// @ts-ignore: decorator
@inline
export function expPair(x: v128): v128 {
  x = f64x2.pmax(f64x2.pmin(x, at(RANGE, 1)), at(RANGE, 0)); // the order of arguments lets NaN through
  const t = mulAdd(x, at(LOG2E), at(ROUND));
  const k = f64x2.sub(t, at(ROUND));
  return scaled(f64x2.add(at(ONE), reduced(f64x2.sub(x, f64x2.mul(k, at(LN2, 0))), f64x2.mul(k, at(LN2, 1)))), t);
}

/** e^x. */
export function exp(x: f64): f64 {
  return first(expPair(both(x)));
}

/** e^x - 1, relatively accurate near 0: at most 1.70 ulp measured. */
export function expm1(x: f64): f64 {
  if (x > 37) return exp(x) - 1;
  if (x < -40) return -1;
  if (x == 0) return x; // the sums below would lose the sign of -0
  const k = nearest(x * load<f64>(LOG2E));
  const p = first(reduced(both(x - k * load<f64>(LN2)), both(k * load<f64>(LN2, 8))));
  if (k == 0) return p;
  const scale = reinterpret<f64>((<i64>k + 1023) << 52);
  return (p + (1 - 1 / scale)) * scale;
}
