/**
 * atan2 in the right half-plane, two lanes at a time.
 *
 * With a <= b the sizes of y and x in order, atan(a / b) is that of t = a / b up to tan(pi/8), else pi/4 + atan t,
 * t = (a - b) / (a + b); atan t = t + t z P(z), z = t^2, with the polynomial of `trig`.
 */
import { at, mulAdd, withSign } from "./lanes";

/** P_0 .. P_10: minimax, error below 2^-58 (test/fixtures/make-special-coefficients.py). */
const P: usize = memory.data<f64>([
  -0.333333333333332, 0.1999999999995409, -0.14285714280249184, 0.11111110786156575, -0.09090897836658421,
  0.07692061636668435, -0.06663120346627997, 0.05848008494542862, -0.05039843210307653, 0.03807825744149518,
  -0.017922208267538316,
]);
const TAN_EIGHTH: usize = memory.data<f64>([0.41421356237309503]);
/** pi/4, pi/2 and what they lack. */
const ANGLES: usize = memory.data<f64>([0.7853981633974483, 1.5707963267948966, 3.061616997868383e-17, 6.123233995736766e-17]);

/** z P(z); even and odd powers of z apart, to halve the chain of dependent steps. */
// @ts-ignore: decorator
@inline
function tail(z: v128): v128 {
  const w = f64x2.mul(z, z);
  let even = mulAdd(w, at(P, 10), at(P, 8));
  let odd = mulAdd(w, at(P, 9), at(P, 7));
  even = mulAdd(w, even, at(P, 6));
  odd = mulAdd(w, odd, at(P, 5));
  even = mulAdd(w, even, at(P, 4));
  odd = mulAdd(w, odd, at(P, 3));
  even = mulAdd(w, even, at(P, 2));
  odd = mulAdd(w, odd, at(P, 1));
  even = mulAdd(w, even, at(P, 0));
  return f64x2.mul(z, mulAdd(z, odd, even));
}

/**
 * The angle of (x, y), x >= 0, in [-pi/2, pi/2], in both lanes: at most 2.36 ulp measured. 0 at the origin; finite arguments whose sum
 * does not overflow.
 */
// @ts-ignore: decorator
@inline
export function atan2RightPair(y: v128, x: v128): v128 {
  const size = f64x2.abs(y);
  const a = f64x2.pmin(size, x), b = f64x2.pmax(x, size);
  const steep = f64x2.gt(size, x);
  const far = f64x2.gt(a, f64x2.mul(b, at(TAN_EIGHTH)));
  const above = f64x2.sub(a, v128.and(b, far));
  const below = f64x2.add(b, v128.and(a, far));
  // 0 / 0 only at the origin
  let t = v128.and(f64x2.div(above, below), f64x2.ne(b, f64x2.splat(0)));
  t = v128.bitselect(f64x2.neg(t), t, steep);
  const base = v128.bitselect(at(ANGLES, 0), v128.and(at(ANGLES, 1), steep), far);
  const low = v128.bitselect(at(ANGLES, 2), v128.and(at(ANGLES, 3), steep), far);
  const angle = mulAdd(t, tail(f64x2.mul(t, t)), t);
  return withSign(f64x2.add(base, f64x2.add(angle, low)), y);
}

/** `atan2RightPair` over arrays of n doubles, n even: for tests and benches. */
export function atan2RightArray(y: usize, x: usize, angle: usize, n: i32): void {
  const end = <usize>n << 3;
  for (let i: usize = 0; i < end; i += 16) v128.store(angle + i, atan2RightPair(v128.load(y + i), v128.load(x + i)));
}
