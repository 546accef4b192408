/**
 * Errors of one rounded operation, exactly, without a fused multiply-add: the bricks of double-double arithmetic, in which a
 * number is the unevaluated sum of two doubles (Dekker 1971, "A floating-point technique for extending the available
 * precision"; Knuth, TAOCP 2, 4.2.2).
 */

/** a + b - s exactly, s = fl(a + b) (Knuth's two-sum). */
// @ts-ignore: decorator
@inline
export function sumError(a: f64, b: f64, s: f64): f64 {
  const c = s - a;
  return a - (s - c) + (b - c);
}

/** a + b - s exactly, s = fl(a + b), for |a| >= |b| (Dekker). */
// @ts-ignore: decorator
@inline
export function smallSumError(a: f64, b: f64, s: f64): f64 {
  return b - (s - a);
}

/** The upper 26 bits of a (Veltkamp's splitting); |a| below 2^996. */
// @ts-ignore: decorator
@inline
function upper(a: f64): f64 {
  const c = 134217729 * a;
  return c - (c - a);
}

/** a b - p exactly, p = fl(a b) (Dekker's product), for a product that does not underflow. */
// @ts-ignore: decorator
@inline
export function productError(a: f64, b: f64, p: f64): f64 {
  const a1 = upper(a), a2 = a - a1;
  const b1 = upper(b), b2 = b - b1;
  return a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2;
}
