/** The bricks of `double-double`, two lanes at a time; the same operations in the same order. */

const SPLIT: usize = memory.data<f64>([134217729]);

/** a + b - s exactly, s = fl(a + b) (Knuth's two-sum). */
// @ts-ignore: decorator
@inline
export function sumErrorPair(a: v128, b: v128, s: v128): v128 {
  const c = f64x2.sub(s, a);
  return f64x2.add(f64x2.sub(a, f64x2.sub(s, c)), f64x2.sub(b, c));
}

/** a + b - s exactly, s = fl(a + b), for |a| >= |b| (Dekker). */
// @ts-ignore: decorator
@inline
export function smallSumErrorPair(a: v128, b: v128, s: v128): v128 {
  return f64x2.sub(b, f64x2.sub(s, a));
}

/** The upper 26 bits (Veltkamp's splitting). */
// @ts-ignore: decorator
@inline
function upper(a: v128): v128 {
  const c = f64x2.mul(v128.load64_splat(SPLIT), a);
  return f64x2.sub(c, f64x2.sub(c, a));
}

/** a b - p exactly, p = fl(a b) (Dekker's product), for a product that does not underflow. */
// @ts-ignore: decorator
@inline
export function productErrorPair(a: v128, b: v128, p: v128): v128 {
  const a1 = upper(a), a2 = f64x2.sub(a, a1);
  const b1 = upper(b), b2 = f64x2.sub(b, b1);
  const high = f64x2.add(f64x2.add(f64x2.sub(f64x2.mul(a1, b1), p), f64x2.mul(a1, b2)), f64x2.mul(a2, b1));
  return f64x2.add(high, f64x2.mul(a2, b2));
}
