/**
 * sin and cos together, and atan2; scalar.
 *
 * sinCos: x = n pi/2 + (r + low), with pi/2 in parts of 36, 36 and 53 bits (Cody & Waite 1980): the products of n <= 2^17
 * with the first two are exact, and so is the first difference. Polynomials and the use of `low` as published in fdlibm
 * (Sun Microsystems 1993, k_sin.c, k_cos.c). At most 0.78 ulp measured on |x| <= 2^17, the doubles closest to multiples of
 * pi/2 included. Beyond 2^17 both are NaN rather than slowly wrong.
 *
 * atan2: at most 2.23 ulp measured.
 */

const TWO_OVER_PI: f64 = 0.6366197723675814;
const HALF_PI_1: f64 = 1.5707963267923333;
const HALF_PI_2: f64 = 2.5633441515839558e-12;
const HALF_PI_3: f64 = 1.0562999066987428e-23;
const QUARTER_PI: f64 = 0.7853981633974483;

/** sin(r + low), |r| <= pi/4. */
// @ts-ignore: decorator
@inline
function sinReduced(r: f64, low: f64): f64 {
  const z = r * r;
  const v = z * r;
  const p =
    8.33333333332248946124e-3 +
    z * (-1.98412698298579493134e-4 + z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  return r - (z * (0.5 * low - v * p) - low - v * -1.66666666666666324348e-1);
}

/** cos(r + low), |r| <= pi/4. */
// @ts-ignore: decorator
@inline
function cosReduced(r: f64, low: f64): f64 {
  const z = r * r;
  const p =
    z *
    (4.16666666666666019037e-2 +
      z *
        (-1.38888888888741095749e-3 +
          z * (2.48015872894767294178e-5 + z * (-2.75573143513906633035e-7 + z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11)))));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * p - r * low)); // 1 - w - half is what rounding took from w
}

/** Stores sin x at `out` and cos x at `out + 8`. */
export function sinCos(x: f64, out: usize): void {
  let n = 0;
  let r = x, low: f64 = 0;
  if (!(abs(x) <= QUARTER_PI)) {
    if (!(abs(x) <= 131072)) {
      store<f64>(out, NaN);
      store<f64>(out, NaN, 8);
      return;
    }
    const k = nearest(x * TWO_OVER_PI);
    n = <i32>k;
    const y = x - k * HALF_PI_1;
    const w = k * HALF_PI_2;
    // y - w is exact where |y| < |w| (both are multiples of 2^-72, below 2^-19), so this difference's error is exact too
    const d = y - w;
    const rest = y - d - w - k * HALF_PI_3;
    r = d + rest;
    low = d - r + rest;
  }
  const s = sinReduced(r, low), c = cosReduced(r, low);
  const sine = n & 1 ? c : s, cosine = n & 1 ? s : c;
  store<f64>(out, n & 2 ? -sine : sine);
  store<f64>(out, (n + 1) & 2 ? -cosine : cosine, 8);
}

/**
 * The angle of the point (x, y) in [-pi, pi], with IEEE 754's conventions at zeros and infinities.
 *
 * With a <= b the two sizes in order, atan(a/b) is that of t = a/b up to tan(pi/8), else pi/4 + atan t, t = (a - b)/(a + b);
 * atan t = t + t z P(z), z = t^2, P minimax of degree 10 (error below 2^-58; make-special-coefficients.py).
 */
export function atan2(y: f64, x: f64): f64 {
  if (x != x || y != y) return NaN;
  let a = abs(y), b = abs(x);
  const steep = a > b;
  if (steep) {
    const c = a;
    a = b;
    b = c;
  }
  if (b == Infinity) {
    a = a == Infinity ? 1 : 0;
    b = 1;
  }
  if (b > 4.49423283715579e307) {
    // a + b must not overflow
    a *= 0.25;
    b *= 0.25;
  }
  const far = a > b * 0.41421356237309503;
  const t = b == 0 ? 0 : (far ? a - b : a) / (far ? a + b : b);
  const z = t * t;
  let p = 0.03807825744149518 + z * -0.017922208267538316;
  p = -0.05039843210307653 + z * p;
  p = 0.05848008494542862 + z * p;
  p = -0.06663120346627997 + z * p;
  p = 0.07692061636668435 + z * p;
  p = -0.09090897836658421 + z * p;
  p = 0.11111110786156575 + z * p;
  p = -0.14285714280249184 + z * p;
  p = 0.1999999999995409 + z * p;
  p = -0.333333333333332 + z * p;
  let angle = t + t * (z * p);
  // low parts of pi/4, pi/2 and pi go with the smaller summand
  if (far) angle = QUARTER_PI + (angle + 3.061616997868383e-17);
  const back = reinterpret<i64>(x) < 0; // -0 too
  if (steep) {
    const turned = 1.5707963267948966;
    angle = back ? turned + (angle + 6.123233995736766e-17) : turned - (angle - 6.123233995736766e-17);
  } else if (back) {
    angle = 3.141592653589793 - (angle - 1.2246467991473532e-16);
  }
  return copysign(angle, y);
}
