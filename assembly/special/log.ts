/**
 * log and log1p.
 *
 * x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt 2. With s = f / (2 + f),
 *   log(1 + f) = 2 artanh s = f - f^2/2 + s (f^2/2 + R(s^2)),
 * R and its coefficients as published in fdlibm (Sun Microsystems 1993, e_log.c; error of R below 2^-58), the range
 * of f as in FreeBSD's and musl's versions of it.
 *
 * log: at most 0.83 ulp measured, subnormal arguments included. log 0 = -Infinity, negative and NaN arguments give NaN.
 */
import { HALF, LN2, ONE } from "./exp";
import { at, both, first, mulAdd } from "./lanes";

/** fdlibm's Lg1 .. Lg7: R(z) = Lg1 z + .. + Lg7 z^7. */
const LG: usize = memory.data<f64>([
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
]);
/** Smallest normal and largest finite number. */
const RANGE: usize = memory.data<f64>([2.2250738585072014e-308, 1.7976931348623157e308]);
const TWO: usize = memory.data<f64>([2]);
/** 2^52: an integer below 2^52 in the low bits of its mantissa makes 2^52 + integer; and that with the exponent's bias. */
const INTEGER: usize = memory.data<f64>([4503599627370496, 4503599627371519]);
/** The upper word of sqrt(1/2), below which 1 + f goes to the next k; 1 less that; the mantissa. */
const ROOT_HALF: usize = memory.data<i64>([0x3fe6a09e00000000, 0x3ff0000000000000 - 0x3fe6a09e00000000, 0x000fffffffffffff]);

/** log x - (bias - 2^52 - 1023) ln 2 of positive normal numbers. */
// @ts-ignore: decorator
@inline
function logNormal(x: v128, bias: v128): v128 {
  const shifted = i64x2.add(x, at(ROOT_HALF, 1));
  const k = f64x2.sub(v128.or(i64x2.shr_u(shifted, 52), at(INTEGER, 0)), bias);
  const f = f64x2.sub(i64x2.add(v128.and(shifted, at(ROOT_HALF, 2)), at(ROOT_HALF, 0)), at(ONE));
  const s = f64x2.div(f, f64x2.add(f, at(TWO)));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let even = mulAdd(w, at(LG, 5), at(LG, 3));
  let odd = mulAdd(w, at(LG, 6), at(LG, 4));
  even = mulAdd(w, even, at(LG, 1));
  odd = mulAdd(w, odd, at(LG, 2));
  odd = mulAdd(w, odd, at(LG, 0));
  const R = mulAdd(w, even, f64x2.mul(z, odd));
  const half = f64x2.mul(f64x2.mul(f, f), at(HALF));
  // smallest terms first: k LN2_HIGH and f are exact, and only the last two sums round at the size of the result
  const tail = mulAdd(s, f64x2.add(half, R), f64x2.mul(k, at(LN2, 1)));
  return f64x2.sub(f64x2.mul(k, at(LN2, 0)), f64x2.sub(f64x2.sub(half, tail), f));
}

/** log x of positive normal numbers in both lanes. */
// @ts-ignore: decorator
@inline
export function logNormalPair(x: v128): v128 {
  return logNormal(x, at(INTEGER, 1));
}

/** log x in both lanes. */
// @ts-ignore: decorator
@inline
export function logPair(x: v128): v128 {
  if (i64x2.all_true(v128.and(f64x2.ge(x, at(RANGE, 0)), f64x2.le(x, at(RANGE, 1))))) return logNormalPair(x);
  return f64x2.replace_lane(both(log(first(x))), 1, log(f64x2.extract_lane(x, 1)));
}

/** log x. */
export function log(x: f64): f64 {
  let bias = load<f64>(INTEGER, 8);
  if (!(x >= load<f64>(RANGE, 0) && x <= load<f64>(RANGE, 8))) {
    if (x == 0) return -Infinity;
    if (x < 0) return NaN;
    if (!(x < 1)) return x; // Infinity, NaN
    x *= 18014398509481984; // 2^54 makes subnormal numbers normal
    bias += 54;
  }
  return first(logNormal(both(x), both(bias)));
}

/**
 * log(1 + x), relatively accurate near 0: at most 1.44 ulp measured. log u of the rounded u = 1 + x is put right by
 * (1 + x - u) / u, as in fdlibm's s_log1p.c.
 */
export function log1p(x: f64): f64 {
  if (abs(x) < 5.551115123125783e-17) return x; // 2^-54; also keeps -0
  const u = 1 + x;
  const y = log(u);
  if (!(u > 0 && u < Infinity)) return y;
  const lost = abs(x) < 1 ? x - (u - 1) : 1 - (u - x);
  return y + lost / u;
}
