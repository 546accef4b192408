/**
 * tanh, logistic, softplus and GELU with their slopes. All are made of one exponential e = e^y, y <= 0, so that nothing overflows and nothing that is
 * small is a difference of large numbers; a = |x|:
 *
 *   tanh      y = -2a     sign(x) (1 - e) / (1 + e),      4 e / (1 + e)^2
 *   logistic  y = -a      1 / (1 + e) or e / (1 + e),     e / (1 + e)^2
 *   softplus  y = -a      max(x, 0) + log(1 + e),         the logistic function
 *   GELU      y = -a^2/2  max(x, 0) - a e F(a),           e (F(a) - a / sqrt(2 pi)) for x < 0, 1 - that for x > 0
 *
 * F(a) = e^(a^2/2) Phi(-a), Mills' ratio / sqrt(2 pi), is G(w) / (a + 1) with w = (a - c) / (a + c) and a polynomial G that hardly varies.
 *
 * Largest errors measured, in ulps, of values and slopes: tanh 2.95 and 4.22, logistic 2.65 and 4.02, softplus 1.88 and 2.65, GELU 4.54 (4.2 for
 * x < -0.8) and, absolutely, 3.1e-16 (3.4 ulps for x < -2; it is 0 at -0.75). What is subnormal is right to some units of 2^-1074. NaN gives NaN.
 */
import { HALF, LN2, LOG2E, ONE, RANGE, reduced, ROUND, scaled } from "./exp";
import { at, mulAdd, withSign } from "./lanes";
import { logNormalPair } from "./log";

export const TANH: i32 = 4;
export const LOGISTIC: i32 = 5;
export const SOFTPLUS: i32 = 6;
export const GELU: i32 = 7;

/** g_20, g_21, g_18, g_19, .. g_0, g_1: minimax for a <= 39, error 2^-54.8 (test/fixtures/make-special-coefficients.py). */
const G: usize = memory.data<f64>([
  -7.108476978865663e-9, -3.430476013768096e-9, 5.434015346777227e-8, 3.26081736413944e-8, -1.2954628594613486e-7,
  -2.731266414743957e-7, -2.6121569499902935e-6, 2.1942500068746962e-6, 5.213025666177068e-5, -1.2482940978751747e-5,
  -0.00036062109288491264, -3.839549105816555e-5, -0.005481853827633813, 0.0018758899032970183, -0.019078928015079863,
  0.011648229281986174, -0.01911141462619007, 0.02370124590825576, 0.03793572669801576, -0.0008124390120287598, 0.4555187952656109,
  -0.086892857763596,
]);
const G_BYTES: usize = 176;
/** c. */
const MIDDLE: usize = memory.data<f64>([5.71875]);
/** Beyond it e^(-a^2/2) is 0. */
const FAR: usize = memory.data<f64>([39]);
const INVERSE_ROOT_2PI: usize = memory.data<f64>([0.3989422804014327]);
/** The upper 26 bits of a mantissa, whose square is exact. */
const UPPER: usize = memory.data<i64>([-0x8000000]);

/**
 * s = the function of this kind of x, ds = its slope, two at a time up to `end` of x.
 * @param x, s, ds f64 arrays, 16-byte aligned
 */
export function sigmoids(kind: i32, x: usize, s: usize, ds: usize, end: usize): void {
  for (; x < end; x += 16, s += 16, ds += 16) {
    const v = v128.load(x), negative = f64x2.lt(v, f64x2.splat(0));
    // y = high - low; the order of arguments lets NaN through
    let a = f64x2.abs(v), high = f64x2.neg(a), low = f64x2.splat(0);
    if (kind == GELU) {
      a = f64x2.pmin(a, at(FAR));
      const upper = v128.and(a, at(UPPER));
      high = f64x2.mul(f64x2.mul(upper, upper), f64x2.neg(at(HALF)));
      low = f64x2.mul(f64x2.mul(f64x2.sub(a, upper), f64x2.add(a, upper)), at(HALF));
    } else {
      if (kind == TANH) high = f64x2.add(high, high);
      high = f64x2.pmax(high, at(RANGE));
    }
    const t = mulAdd(high, at(LOG2E), at(ROUND)), k = f64x2.sub(t, at(ROUND));
    const r = reduced(f64x2.sub(high, f64x2.mul(k, at(LN2, 0))), mulAdd(k, at(LN2, 1), low));
    const e = scaled(f64x2.add(at(ONE), r), t);
    if (kind == GELU) {
      const w = f64x2.div(f64x2.sub(a, at(MIDDLE)), f64x2.add(a, at(MIDDLE))), z = f64x2.mul(w, w);
      let even = at(G, 0), odd = at(G, 1);
      for (let c = G + 16; c < G + G_BYTES; c += 16) {
        even = mulAdd(z, even, v128.load64_splat(c));
        odd = mulAdd(z, odd, v128.load64_splat(c, 8));
      }
      const ratio = f64x2.div(mulAdd(w, odd, even), f64x2.add(a, at(ONE)));
      const below = f64x2.mul(e, f64x2.sub(ratio, f64x2.mul(a, at(INVERSE_ROOT_2PI))));
      v128.store(s, f64x2.sub(f64x2.max(v, f64x2.splat(0)), f64x2.mul(f64x2.mul(a, ratio), e)));
      v128.store(ds, v128.bitselect(below, f64x2.sub(at(ONE), below), negative));
      continue;
    }
    const u = f64x2.add(at(ONE), e), inverse = f64x2.div(at(ONE), u), slope = f64x2.div(e, f64x2.mul(u, u));
    if (kind == TANH) {
      // 1 - e = (1 - 2^k) - 2^k r
      const scale = scaled(at(ONE), t);
      v128.store(s, withSign(f64x2.mul(f64x2.sub(f64x2.sub(at(ONE), scale), f64x2.mul(scale, r)), inverse), v));
      v128.store(ds, f64x2.mul(f64x2.splat(4), slope));
      continue;
    }
    const logistic = v128.bitselect(f64x2.mul(e, inverse), inverse, negative);
    if (kind == LOGISTIC) {
      v128.store(s, logistic);
      v128.store(ds, slope);
    } else {
      // log(1 + e) is log u and what rounding took from u
      const lost = f64x2.mul(f64x2.sub(e, f64x2.sub(u, at(ONE))), inverse);
      v128.store(s, f64x2.add(f64x2.max(v, f64x2.splat(0)), f64x2.add(logNormalPair(u), lost)));
      v128.store(ds, logistic);
    }
  }
}
