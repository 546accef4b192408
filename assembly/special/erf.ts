/**
 * erf, and the activation s(x) = erf(x / sqrt 2) with its slope s'(x) = sqrt(2/pi) exp(-x^2/2).
 *
 * The nearest row (E, S) = (erf r, erf' r) of the table, r = j/128, and one Taylor step d = |x| - r, |d| <= 1/256:
 *
 *   erf |x| = E + S d g,  g = integral over t in (0, 1) of exp(a t - b t^2),  a = -2 r d, |a| <= 0.047,  b = d^2 <= 2^-16
 *   erf' x  = S exp(a - b)
 *
 * g - 1 = a (1/2 + a/6 + a^2/24 + a^3/120 + a^4/720) - b (1/3 + a/4 + a^2/10 + a^3/36) + b^2 (1/10 + a/12) - b^3/42: what is
 * left out is below 2^-60 of the result. b^3 is economised: on (0, B), B = 2^-16, it is 3/2 B b^2 - 9/16 B^2 b up to B^3/32
 * (Chebyshev), which changes 1/10 and 1/3 in late digits.
 *
 * |x| is cut at 5.996, where erf is 1 to 2^-55: larger arguments give exactly +-1, and slopes stay at erf'(5.996) < 3e-16.
 * erf: at most 1.82 ulp measured, everywhere. s: at most 2.11 ulp (x / sqrt 2 is rounded). s': 2.4e-16 absolutely.
 * NaN gives NaN. `initialiseErfTable` has to be called before.
 */
import { ERF_TABLE } from "./erf-table";
import { at, both, first, mulAdd, withSign } from "./lanes";

const CUT: usize = memory.data<f64>([5.996]);
/** 1.5 2^45: adding it rounds to a multiple of 1/128 and leaves j in the low bits. */
const NODE: usize = memory.data<f64>([52776558133248]);
const MINUS_TWO: usize = memory.data<f64>([-2]);
/** 1, 1/2!, .. 1/6!. */
const FACTORIAL: usize = memory.data<f64>([1, 1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0]);
/** Factors of -b. */
const G1: usize = memory.data<f64>([0.3333333333302151, 1.0 / 4.0, 1.0 / 10.0, 1.0 / 36.0]);
/** Factors of b^2. */
const G2: usize = memory.data<f64>([0.09999945504324777, 1.0 / 12.0]);
const SQRT_HALF: usize = memory.data<f64>([0.7071067811865476]);

/** Row j of the table: (E, S). The mask keeps a NaN's bits from reading outside of memory. */
// @ts-ignore: decorator
@inline
function row(j: i32): v128 {
  return v128.load(ERF_TABLE + ((j << 4) & 0x3ff0));
}

/** g - 1. */
// @ts-ignore: decorator
@inline
function stepFactor(a: v128, b: v128): v128 {
  let p = mulAdd(a, at(FACTORIAL, 5), at(FACTORIAL, 4));
  let q = mulAdd(a, at(G1, 3), at(G1, 2));
  const c = mulAdd(a, at(G2, 1), at(G2, 0));
  p = mulAdd(a, p, at(FACTORIAL, 3));
  q = mulAdd(a, q, at(G1, 1));
  p = mulAdd(a, p, at(FACTORIAL, 2));
  q = mulAdd(a, q, at(G1, 0));
  p = mulAdd(a, p, at(FACTORIAL, 1));
  return mulAdd(a, p, f64x2.mul(b, f64x2.sub(f64x2.mul(b, c), q)));
}

/** S e^v for |v| <= 0.047, v = a - b. */
// @ts-ignore: decorator
@inline
function slope(S: v128, v: v128): v128 {
  const w = f64x2.mul(v, v);
  let even = mulAdd(w, at(FACTORIAL, 4), at(FACTORIAL, 2));
  let odd = mulAdd(w, at(FACTORIAL, 5), at(FACTORIAL, 3));
  even = mulAdd(w, even, at(FACTORIAL, 0));
  odd = mulAdd(w, odd, at(FACTORIAL, 1));
  return mulAdd(S, f64x2.mul(v, mulAdd(v, odd, even)), S);
}

/** |x|, cut: the order of arguments lets NaN through. */
// @ts-ignore: decorator
@inline
function cut(x: v128): v128 {
  return f64x2.pmin(f64x2.abs(x), at(CUT));
}

/**
 * erf in both lanes, and erf' / sqrt 2 stored at `slopes` if it is wanted, which is a constant wherever this is expanded:
 * nothing is tested at run time.
 */
// @ts-ignore: decorator
@inline
function step(x: v128, slopes: usize, wanted: bool): v128 {
  const z = cut(x);
  const t = f64x2.add(z, at(NODE));
  const r = f64x2.sub(t, at(NODE));
  const d = f64x2.sub(z, r);
  const row0 = row(i32x4.extract_lane(t, 0));
  const row1 = row(i32x4.extract_lane(t, 2));
  const E = v128.shuffle<f64>(row0, row1, 0, 2);
  const S = v128.shuffle<f64>(row0, row1, 1, 3);

  const a = f64x2.mul(f64x2.mul(d, at(MINUS_TWO)), r);
  const b = f64x2.mul(d, d);
  if (wanted) v128.store(slopes, slope(f64x2.mul(S, at(SQRT_HALF)), f64x2.sub(a, b)));
  const linear = f64x2.mul(S, d);
  return withSign(f64x2.add(E, mulAdd(linear, stepFactor(a, b), linear)), x);
}

/** erf x in both lanes. */
// @ts-ignore: decorator
@inline
export function erfPair(x: v128): v128 {
  return step(x, 0, false);
}

/** erf x. */
export function erf(x: f64): f64 {
  return first(erfPair(both(x)));
}

/** s(x) = erf(x / sqrt 2) in both lanes. */
// @ts-ignore: decorator
@inline
export function scaledErfPair(x: v128): v128 {
  return step(f64x2.mul(x, at(SQRT_HALF)), 0, false);
}

/** s(x). */
export function scaledErf(x: f64): f64 {
  return erf(x * load<f64>(SQRT_HALF));
}

/** s(x) in both lanes, and s'(x) stored at `slopes` (16 bytes), from one look-up. s(x) has the bits of `scaledErfPair`. */
// @ts-ignore: decorator
@inline
export function scaledErfSlopePair(x: v128, slopes: usize): v128 {
  return step(f64x2.mul(x, at(SQRT_HALF)), slopes, true);
}

/** s'(x), with the bits of `scaledErfSlopePair`. */
export function scaledErfSlope(x: f64): f64 {
  const z = cut(both(x * load<f64>(SQRT_HALF)));
  const t = f64x2.add(z, at(NODE));
  const r = f64x2.sub(t, at(NODE));
  const d = f64x2.sub(z, r);
  const S = f64x2.mul(both(load<f64>(ERF_TABLE + ((i32x4.extract_lane(t, 0) << 4) & 0x3ff0), 8)), at(SQRT_HALF));
  return first(slope(S, f64x2.sub(f64x2.mul(f64x2.mul(d, at(MINUS_TWO)), r), f64x2.mul(d, d))));
}
