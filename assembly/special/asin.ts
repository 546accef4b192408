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
/** The same for |x| <= 1/4: error 2^-58. */
const NEAR: usize = memory.data<f64>([
  0.16666666666666416, 0.0750000000012856, 0.04464285691653521, 0.030381963685554025, 0.02237125635509403, 0.017377333887099253,
  0.013580515266150976, 0.014709069239935427,
]);
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
function asinSmallPair(x: v128): v128 {
  return mulAdd(x, tail(f64x2.mul(x, x)), x);
}

/**
 * The sum of weight asin x over vectors by P, `top` 10, or NEAR, `top` 6. Four vectors at a time: the chains of dependent steps overlap, and
 * each coefficient is read once for all.
 */
// @ts-ignore: decorator
@inline
function sumOfFour(table: usize, top: i32, x: usize, end: usize, weights: usize): v128 {
  const zero = f64x2.splat(0);
  v128.store(end, zero); v128.store(end, zero, 16); v128.store(end, zero, 32);
  let sum = zero, sum2 = zero;
  for (; x < end; x += 64, weights += 64) {
    const x0 = v128.load(x), z0 = f64x2.mul(x0, x0), w0 = f64x2.mul(z0, z0);
    const x1 = v128.load(x, 16), z1 = f64x2.mul(x1, x1), w1 = f64x2.mul(z1, z1);
    const x2 = v128.load(x, 32), z2 = f64x2.mul(x2, x2), w2 = f64x2.mul(z2, z2);
    const x3 = v128.load(x, 48), z3 = f64x2.mul(x3, x3), w3 = f64x2.mul(z3, z3);
    let c = at(table, top), d = at(table, top - 2);
    let even0 = mulAdd(w0, c, d), even1 = mulAdd(w1, c, d), even2 = mulAdd(w2, c, d), even3 = mulAdd(w3, c, d);
    c = at(table, top + 1); d = at(table, top - 1);
    let odd0 = mulAdd(w0, c, d), odd1 = mulAdd(w1, c, d), odd2 = mulAdd(w2, c, d), odd3 = mulAdd(w3, c, d);
    if (top > 6) {
      c = at(table, 6); d = at(table, 7);
      even0 = mulAdd(w0, even0, c); even1 = mulAdd(w1, even1, c); even2 = mulAdd(w2, even2, c); even3 = mulAdd(w3, even3, c);
      odd0 = mulAdd(w0, odd0, d); odd1 = mulAdd(w1, odd1, d); odd2 = mulAdd(w2, odd2, d); odd3 = mulAdd(w3, odd3, d);
      c = at(table, 4); d = at(table, 5);
      even0 = mulAdd(w0, even0, c); even1 = mulAdd(w1, even1, c); even2 = mulAdd(w2, even2, c); even3 = mulAdd(w3, even3, c);
      odd0 = mulAdd(w0, odd0, d); odd1 = mulAdd(w1, odd1, d); odd2 = mulAdd(w2, odd2, d); odd3 = mulAdd(w3, odd3, d);
    }
    c = at(table, 2); d = at(table, 3);
    even0 = mulAdd(w0, even0, c); even1 = mulAdd(w1, even1, c); even2 = mulAdd(w2, even2, c); even3 = mulAdd(w3, even3, c);
    odd0 = mulAdd(w0, odd0, d); odd1 = mulAdd(w1, odd1, d); odd2 = mulAdd(w2, odd2, d); odd3 = mulAdd(w3, odd3, d);
    c = at(table, 0); d = at(table, 1);
    even0 = mulAdd(w0, even0, c); even1 = mulAdd(w1, even1, c); even2 = mulAdd(w2, even2, c); even3 = mulAdd(w3, even3, c);
    odd0 = mulAdd(w0, odd0, d); odd1 = mulAdd(w1, odd1, d); odd2 = mulAdd(w2, odd2, d); odd3 = mulAdd(w3, odd3, d);
    sum = f64x2.add(sum, f64x2.mul(v128.load(weights), mulAdd(x0, f64x2.mul(z0, mulAdd(z0, odd0, even0)), x0)));
    sum2 = f64x2.add(sum2, f64x2.mul(v128.load(weights, 16), mulAdd(x1, f64x2.mul(z1, mulAdd(z1, odd1, even1)), x1)));
    sum = f64x2.add(sum, f64x2.mul(v128.load(weights, 32), mulAdd(x2, f64x2.mul(z2, mulAdd(z2, odd2, even2)), x2)));
    sum2 = f64x2.add(sum2, f64x2.mul(v128.load(weights, 48), mulAdd(x3, f64x2.mul(z3, mulAdd(z3, odd3, even3)), x3)));
  }
  return f64x2.add(sum, sum2);
}

/**
 * The sum of weight asin x over vectors, all |x| <= 1/2.
 * @param x, end the arguments; up to three vectors of zeros are written behind them
 * @param weights as many, and up to three more that are finite
 */
export function sumOfSmallAsins(x: usize, end: usize, weights: usize): v128 {
  return sumOfFour(P, 10, x, end, weights);
}

function sumOfNearAsins(x: usize, end: usize, weights: usize): v128 {
  return sumOfFour(NEAR, 6, x, end, weights);
}

/**
 * The sum of weight asin x over vectors; arguments as `sumOfSmallAsins` takes them, of any size.
 * @param largest x^2, by which it chooses the shortest way: up to |x| = 1/4 two thirds of the steps
 */
export function sumOfAsins(x: usize, end: usize, weights: usize, largest: f64): v128 {
  if (largest <= 0.0625) return sumOfNearAsins(x, end, weights);
  if (largest <= 0.25) return sumOfSmallAsins(x, end, weights);
  let sum = f64x2.splat(0);
  for (; x < end; x += 16, weights += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(weights), asinBranchedPair(v128.load(x))));
  return sum;
}

/** All bits set in the lanes beyond 1/2 in size, for which `asinSmallPair` will not do. */
// @ts-ignore: decorator
@inline
function isLarge(x: v128): v128 {
  return f64x2.gt(f64x2.abs(x), at(HALF));
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
