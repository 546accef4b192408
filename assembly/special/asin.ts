/**
 * asin.
 *
 *   |x| <= 1/2:  asin x = x + x z P(z), z = x^2;
 *   |x| >  1/2:  asin |x| = pi/2 - 2 asin s, s = sqrt(z), z = (1 - |x|)/2 <= 1/4 (Cody & Waite 1980, ch. 10).
 *
 * At most 2.06 ulp measured. **Arguments beyond +-1 give +-pi/2**: the integrals' arguments are correlations, which rounding
 * can push over 1 by a unit; a caller for whom that would be an error tests it. NaN gives NaN.
 */
import { HALF, ONE } from "./exp";
import { at, both, first, mulAdd, withSign } from "./lanes";

/** P_0 .. P_11: minimax, error 2^-56 of asin (test/fixtures/make-special-coefficients.py). */
const P: usize = memory.data<f64>([
  0.16666666666665383, 0.07500000000343034, 0.04464285682346874, 0.03038195933217135, 0.022371753499406993,
  0.017359771445505667, 0.013884595577982096, 0.012173294662005528, 0.006510803882593522, 0.019573994225434682,
  -0.016294138338704602, 0.03195896107797094,
]);
const QUARTER: usize = memory.data<f64>([0.25]);
/** pi/2 and what it lacks. */
const HALF_PI: usize = memory.data<f64>([1.5707963267948966, 6.123233995736766e-17]);

/** z P(z); even and odd powers of z apart, to halve the chain of dependent steps. */
// @ts-ignore: decorator
@inline
function tail(z: v128): v128 {
  const w = f64x2.mul(z, z);
  let even = mulAdd(w, at(P, 10), at(P, 8));
  let odd = mulAdd(w, at(P, 11), at(P, 9));
  even = mulAdd(w, even, at(P, 6));
  odd = mulAdd(w, odd, at(P, 7));
  even = mulAdd(w, even, at(P, 4));
  odd = mulAdd(w, odd, at(P, 5));
  even = mulAdd(w, even, at(P, 2));
  odd = mulAdd(w, odd, at(P, 3));
  even = mulAdd(w, even, at(P, 0));
  odd = mulAdd(w, odd, at(P, 1));
  return f64x2.mul(z, mulAdd(z, odd, even));
}

/** asin x in both lanes, |x| <= 1/2 in both; there it has the bits of `asinPair`. */
// @ts-ignore: decorator
@inline
export function asinSmallPair(x: v128): v128 {
  return mulAdd(x, tail(f64x2.mul(x, x)), x);
}

/**
 * `asinSmallPair` of two vectors at once, written to `out` (32 bytes): each coefficient is read once for both, and the two chains of
 * dependent steps overlap.
 */
// @ts-ignore: decorator
@inline
export function asinSmallTwo(x: v128, y: v128, out: usize): void {
  const z = f64x2.mul(x, x), u = f64x2.mul(y, y);
  const w = f64x2.mul(z, z), v = f64x2.mul(u, u);
  let c = at(P, 10), d = at(P, 8);
  let even = mulAdd(w, c, d), evenY = mulAdd(v, c, d);
  c = at(P, 11); d = at(P, 9);
  let odd = mulAdd(w, c, d), oddY = mulAdd(v, c, d);
  c = at(P, 6); d = at(P, 7);
  even = mulAdd(w, even, c); evenY = mulAdd(v, evenY, c);
  odd = mulAdd(w, odd, d); oddY = mulAdd(v, oddY, d);
  c = at(P, 4); d = at(P, 5);
  even = mulAdd(w, even, c); evenY = mulAdd(v, evenY, c);
  odd = mulAdd(w, odd, d); oddY = mulAdd(v, oddY, d);
  c = at(P, 2); d = at(P, 3);
  even = mulAdd(w, even, c); evenY = mulAdd(v, evenY, c);
  odd = mulAdd(w, odd, d); oddY = mulAdd(v, oddY, d);
  c = at(P, 0); d = at(P, 1);
  even = mulAdd(w, even, c); evenY = mulAdd(v, evenY, c);
  odd = mulAdd(w, odd, d); oddY = mulAdd(v, oddY, d);
  v128.store(out, mulAdd(x, f64x2.mul(z, mulAdd(z, odd, even)), x));
  v128.store(out, mulAdd(y, f64x2.mul(u, mulAdd(u, oddY, evenY)), y), 16);
}

/** All bits set in the lanes beyond 1/2 in size, for which `asinSmallPair` will not do. */
// @ts-ignore: decorator
@inline
function isLarge(x: v128): v128 {
  return f64x2.gt(f64x2.abs(x), at(HALF));
}

/** Whether one of four numbers is beyond 1/2 in size; by their squares (exactly the same), which `asinSmallTwo` has anyway. */
// @ts-ignore: decorator
@inline
export function isOneLarge(x: v128, y: v128): bool {
  return v128.any_true(f64x2.gt(f64x2.pmax(f64x2.mul(x, x), f64x2.mul(y, y)), at(QUARTER)));
}

/** asin x in both lanes. */
// @ts-ignore: decorator
@inline
export function asinPair(x: v128): v128 {
  const large = isLarge(x);
  const zLarge = f64x2.mul(f64x2.sub(at(ONE), f64x2.pmin(at(ONE), f64x2.abs(x))), at(HALF));
  const p = tail(v128.bitselect(zLarge, f64x2.mul(x, x), large)); // a NaN is not large
  const s = f64x2.sqrt(zLarge);
  const twice = f64x2.add(s, s);
  // pi/2 - 2 s first (exact where it cancels most), then the small rest with the low part of pi/2
  const y = f64x2.sub(f64x2.sub(at(HALF_PI, 0), twice), f64x2.sub(f64x2.mul(twice, p), at(HALF_PI, 1)));
  return v128.bitselect(withSign(y, x), mulAdd(x, p, x), large);
}

/** asin x in both lanes with the bits of `asinPair`, faster where both |x| <= 1/2 is common. */
// @ts-ignore: decorator
@inline
export function asinBranchedPair(x: v128): v128 {
  return v128.any_true(isLarge(x)) ? asinPair(x) : asinSmallPair(x);
}

/** asin x. */
export function asin(x: f64): f64 {
  return first(asinPair(both(x)));
}
