/** J2_ii = E[s'(x)^2] of one field: what makes the Hessian's trace at a solution (THEORY (E2)). */
import { activate, ERF, kindOf } from "../activations";
import { exp } from "../special/exp";
import { leakOf } from "./expansion";

const INVERSE_ROOT_2PI: f64 = 0.3989422804014327;
const TWO_OVER_PI: f64 = 0.6366197723675814;
/** Beyond 16 standard deviations polynomials of degree 10 have nothing left. */
const REACH: f64 = 16;
const MOST: f64 = 1048576;
const x = memory.data(16, 16), s = memory.data(16, 16), ds = memory.data(16, 16);

/**
 * E[s'(x)^2] for x ~ N(0, v), relative error 1e-14. Closed forms of erf and of slopes with a kink; else the trapezoid rule, whose error for s' analytic in a
 * strip of half-width b about the real line is exp(-2 pi b / (h sqrt v)) (Trefethen & Weideman 2014): b >= pi / 2, so that a fifth of a unit of x, or of a
 * standard deviation, is enough; exact for polynomials.
 * @param code an activation
 */
export function slopeSquare(code: i32, v: f64): f64 {
  if (kindOf(code) == ERF) return TWO_OVER_PI / Math.sqrt(1 + 2 * v);
  const leak = leakOf(code);
  if (leak == leak) return 0.5 * (1 + leak * leak);
  const w = Math.sqrt(v), count = min(MOST, Math.ceil(REACH * 5 * max(1.0, w))), h = REACH / count;
  let sum = 0.0;
  for (let n = count; n > 0; n--) {
    const z = h * n;
    store<f64>(x, w * z);
    store<f64>(x, -w * z, 8);
    activate(code, x, s, ds, 2);
    const right = load<f64>(ds), left = load<f64>(ds, 8);
    sum += exp(-0.5 * z * z) * (right * right + left * left);
  }
  store<f64>(x, 0);
  store<f64>(x, 0, 8);
  activate(code, x, s, ds, 2);
  return h * INVERSE_ROOT_2PI * (sum + load<f64>(ds) * load<f64>(ds));
}
