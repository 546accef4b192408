/**
 * The activation s(x) = erf(x / sqrt 2) with its slope s'(x) = sqrt(2/pi) exp(-x^2/2), and erf itself.
 *
 * The nearest row (E, S) = (s(r), s'(r)) of the table, r = j/128, and one Taylor step from there. With d = r - |x|, |d| <= 1/256,
 *
 *   s'(x) = S e^u,  s|x| = E - S d g,  g = integral over t in (0, 1) of exp(u t + c t (1 - t)),  u = d (|x| + r) / 2,  c = d^2 / 2
 *
 *   e^u = 1 + u + u F,  g = 1 + F + c (1/6 + u/12 + u^2/40 + c/60),  F = (e^u - 1 - u) / u = u (1/2 + u/6 + u^2/24 + u^3/120)
 *
 * so that slope and value share F. 1/24 is economised: 0.041666766 in its place makes up for u^4/720 where that matters (|u| < 0.012: beyond, S is
 * small). What is left out is below 0.11 2^-53 of s, and 0.15 2^-53 of s' absolutely. In the code v = 2 u and b = 2 c: halves go into factors.
 *
 * |x| is cut at 8.48, where s is 1 to 2^-55: larger arguments give exactly +-1, and slopes stay at s'(8.48) < 2e-16.
 * s, erf: at most 1.66 ulp measured, everywhere. s': 1.3e-16 absolutely.
 * NaN gives NaN. `initialiseErfTable` has to be called before.
 *
 * Measured: a constant less, or an operation, is faster; a shorter chain is not.
 */
import { ERF_TABLE } from "./erf-table";
import { at, both, first, mulAdd } from "./lanes";

const CUT: usize = memory.data<f64>([8.48]);
/** 1.5 2^45: adding it rounds to a multiple of 1/128 and leaves j in the low bits. */
const NODE: usize = memory.data<f64>([52776558133248]);
/** Factors of v, v^2, .. in F. */
const F: usize = memory.data<f64>([1.0 / 4.0, 1.0 / 24.0, 0.041666766 / 8.0, 1.0 / 1920.0]);
/** Factors of b, b v, b v^2, b^2 in g. */
const G: usize = memory.data<f64>([1.0 / 12.0, 1.0 / 48.0, 1.0 / 320.0, 1.0 / 240.0]);
const HALF: usize = memory.data<f64>([0.5]);

/** Row j of the table: (E, S). The mask keeps a NaN's bits from reading outside of memory. */
// @ts-ignore: decorator
@inline
function row(j: i32): v128 {
  return v128.load((j << 4) & 0x7ff0, ERF_TABLE);
}

/** min(x, limit): the order of arguments lets NaN through. */
// @ts-ignore: decorator
@inline
function cut(x: v128, limit: usize): v128 {
  return f64x2.pmin(x, at(limit));
}

/**
 * s of `size` >= 0 with the sign bits of `sign`, and s' stored at `slopes` if it is wanted, which is a constant wherever this is expanded: nothing is
 * tested at run time. Likewise `exact`, with which the argument is size + low, and `tangent` (-s' 0 times it) is better known than the product here.
 */
// @ts-ignore: decorator
@inline
function step(size: v128, sign: v128, slopes: usize, wanted: bool, exact: bool, low: v128, tangent: v128): v128 {
  const node = at(NODE);
  const t = f64x2.add(size, node);
  const row0 = row(i32x4.extract_lane(t, 0));
  const row1 = row(i32x4.extract_lane(t, 2));
  const r = f64x2.sub(t, node);
  let d = f64x2.sub(r, size);
  let rest = low;
  if (exact) {
    const rounded = f64x2.sub(d, low);
    rest = f64x2.sub(f64x2.sub(d, rounded), low);
    d = rounded;
  }
  const v = f64x2.mul(d, f64x2.add(size, r));
  const b = f64x2.mul(d, d);
  const w = f64x2.mul(v, v);
  const f = f64x2.mul(v, f64x2.add(mulAdd(v, at(F, 1), at(F, 0)), f64x2.mul(w, mulAdd(v, at(F, 3), at(F, 2)))));
  const S = v128.shuffle<f64>(row0, row1, 1, 3);
  if (wanted) {
    const u = f64x2.mul(f64x2.mul(S, at(HALF)), v);
    v128.store(slopes, f64x2.add(S, mulAdd(u, f, u)));
  }
  const g = mulAdd(b, mulAdd(b, at(G, 3), mulAdd(w, at(G, 2), mulAdd(v, at(G, 1), at(G, 0)))), f);
  let linear = f64x2.mul(S, d);
  let correction = f64x2.mul(linear, g);
  if (exact) {
    const around0 = f64x2.eq(r, f64x2.splat(0));
    linear = v128.bitselect(tangent, linear, around0);
    correction = f64x2.add(f64x2.mul(linear, g), v128.andnot(f64x2.mul(S, rest), around0));
  }
  return v128.or(f64x2.sub(v128.shuffle<f64>(row0, row1, 0, 2), f64x2.add(correction, linear)), sign);
}

/** s(x) in both lanes, and s'(x) stored at `slopes` if it is wanted. */
// @ts-ignore: decorator
@inline
function scaled(x: v128, slopes: usize, wanted: bool): v128 {
  const size = f64x2.abs(x);
  // the sign without a constant
  return step(cut(size, CUT), v128.xor(x, size), slopes, wanted, false, x, x);
}

/** s(x) = erf(x / sqrt 2) in both lanes. */
// @ts-ignore: decorator
@inline
export function scaledErfPair(x: v128): v128 {
  return scaled(x, 0, false);
}

/** s(x). */
export function scaledErf(x: f64): f64 {
  return first(scaledErfPair(both(x)));
}

/** s(x) in both lanes, and s'(x) stored at `slopes` (16 bytes), from one look-up. s(x) has the bits of `scaledErfPair`. */
// @ts-ignore: decorator
@inline
export function scaledErfSlopePair(x: v128, slopes: usize): v128 {
  return scaled(x, slopes, true);
}

const slopeRoom: usize = memory.data(16, 16);

/** s'(x), with the bits of `scaledErfSlopePair`. */
export function scaledErfSlope(x: f64): f64 {
  scaledErfSlopePair(both(x), slopeRoom);
  return load<f64>(slopeRoom);
}

// --- erf: s at sqrt 2 x to more than a double's digits ---------------------------------------------------------------------

const ERF_CUT: usize = memory.data<f64>([5.996]);
/** sqrt 2; rounded to 26 bits, and the rest. The first 26 bits of a double. -2/sqrt(pi). */
const SQRT2: usize = memory.data<f64>([1.4142135623730951, 1.4142135679721832, -5.599088178737374e-9]);
const UPPER: usize = memory.data<u64>([0xfffffffff8000000]);
const TANGENT: usize = memory.data<f64>([-1.1283791670955126]);

/** erf x in both lanes. */
// @ts-ignore: decorator
@inline
export function erfPair(x: v128): v128 {
  const size = f64x2.abs(x);
  const z = cut(size, ERF_CUT);
  const y = f64x2.mul(z, at(SQRT2));
  const upper = v128.and(z, at(UPPER)), lower = f64x2.sub(z, upper);
  const head = f64x2.add(f64x2.sub(f64x2.mul(upper, at(SQRT2, 1)), y), f64x2.mul(lower, at(SQRT2, 1)));
  return step(y, v128.xor(x, size), 0, false, true, mulAdd(z, at(SQRT2, 2), head), f64x2.mul(z, at(TANGENT)));
}

/** erf x. */
export function erf(x: f64): f64 {
  return first(erfPair(both(x)));
}
