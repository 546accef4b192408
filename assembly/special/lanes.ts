/**
 * Words shared by the functions of this folder: two doubles to a vector.
 *
 * Each function is written once, for a pair of doubles. Its scalar twin puts the argument in both lanes and reads lane 0,
 * so that the two agree bit for bit by construction (lanes are IEEE 754 binary64; nothing is fused).
 *
 * Constants lie in memory. V8 does not keep a vector constant in a register over a loop but builds it anew at each use, in
 * three instructions of 19 bytes; a broadcasting load is one (exp: 5.4 -> 3.4 ns), and 7 bytes of code instead of 18.
 */

/** Entry i of a table of doubles, in both lanes. */
// @ts-ignore: decorator
@inline
export function at(table: usize, i: i32 = 0): v128 {
  return v128.load64_splat(table + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
export function both(x: f64): v128 {
  return f64x2.splat(x);
}

// @ts-ignore: decorator
@inline
export function first(x: v128): f64 {
  return f64x2.extract_lane(x, 0);
}

/** x y + c, rounded twice: the step of Horner's scheme. */
// @ts-ignore: decorator
@inline
export function mulAdd(x: v128, y: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(x, y), c);
}

const SIGN: usize = memory.data<f64>([-0.0]);

/** x with the sign of `sign`, for x without a sign of its own. */
// @ts-ignore: decorator
@inline
export function withSign(x: v128, sign: v128): v128 {
  return v128.or(x, v128.and(sign, at(SIGN)));
}
