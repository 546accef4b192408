/**
 * I2(a, b) = E[s_a(x_a) s_b(x_b)] for centred Gaussian fields, each with an elementary activation (erf, ReLU, linear, quadratic, leaky ReLU) of its own,
 * and the excess risk made of it. Equal activations: (C1), (C8), (C12). Unequal ones by Stein's lemma; an odd with an even function gives 0. Leaky ReLU is
 * a combination of linear and ReLU. Other activations: expanded-risk.ts, which simulations load only where a problem has them.
 */
import { ERF, LEAKY_RELU, LINEAR, QUADRATIC, RELU, kindOf } from "../activations";
import { asin } from "../special/asin";
import { leakOf } from "./expansion";

const TWO_OVER_PI: f64 = 0.6366197723675814;
const SQRT_TWO_OVER_PI: f64 = 0.7978845608028654;
const PI: f64 = 3.141592653589793;

/** (C12): the degree-1 arc-cosine kernel, with the angle from the better-conditioned of its sine and cosine. */
function reluPair(aa: f64, bb: f64, ab: f64): f64 {
  const root = Math.sqrt(max(aa * bb - ab * ab, 0.0));
  const norm = Math.sqrt(root * root + ab * ab);
  if (norm == 0.0) return 0.0;
  let angle: f64;
  if (root <= Math.abs(ab)) {
    const small = asin(root / norm);
    angle = ab > 0.0 ? small : PI - small;
  } else {
    angle = 0.5 * PI - asin(ab / norm);
  }
  return (root + ab * (PI - angle)) / (2.0 * PI);
}

/** Whether integrals of an activation with others of the kind are elementary. */
export function isElementary(code: i32): bool {
  return <u32>code <= <u32>QUADRATIC || kindOf(code) == LEAKY_RELU;
}

/**
 * I2 of fields with variances aa, bb and covariance ab, elementary activations by code.
 * Relative accuracy 1e-15 of the larger terms; a variance 0 is a regular point.
 */
export function pairIntegral(codeA: i32, codeB: i32, aa: f64, bb: f64, ab: f64): f64 {
  if (<u32>codeA > <u32>codeB) return pairIntegral(codeB, codeA, bb, aa, ab);
  if (<u32>codeB > <u32>QUADRATIC) {
    // s_b = leak x + (1 - leak) max(x, 0), and so is s_a if it leaks
    const leak = leakOf(codeB);
    return leak * pairIntegral(codeA, LINEAR, aa, bb, ab) + (1 - leak) * pairIntegral(codeA, RELU, aa, bb, ab);
  }
  if (codeA == ERF) {
    if (codeB == ERF) return TWO_OVER_PI * asin(min(1.0, max(-1.0, ab / Math.sqrt((1.0 + aa) * (1.0 + bb)))));
    // E[s(x) y+] = C_xy / sqrt(2 pi (1 + C_xx)); E[s(x) y] is twice that
    if (codeB == RELU) return (0.5 * SQRT_TWO_OVER_PI * ab) / Math.sqrt(1.0 + aa);
    return codeB == LINEAR ? (SQRT_TWO_OVER_PI * ab) / Math.sqrt(1.0 + aa) : 0.0;
  }
  if (codeA == RELU) {
    if (codeB == RELU) return reluPair(aa, bb, ab);
    if (codeB == LINEAR) return 0.5 * ab;
    // E[x+ y^2] = (C_yy + C_xy^2 / C_xx) sqrt(C_xx / (2 pi))
    return aa > 0.0 ? 0.5 * SQRT_TWO_OVER_PI * Math.sqrt(aa) * (bb + (ab * ab) / aa) : 0.0;
  }
  if (codeA == LINEAR) return codeB == LINEAR ? ab : 0.0;
  return codeA == QUADRATIC ? aa * bb + 2.0 * ab * ab : 0.0;
}

/**
 * Excess risk eps = 1/2 sum c_alpha c_beta I2(alpha, beta) (A13) of elementary activations, floored at 0 (its rounding floor is 1e-16 (sum |c|)^2).
 * @param omega m x m f64, teacher rows first
 * @param c m f64: (n_t a*, -n_s a)
 */
export function excessRisk(omega: usize, c: usize, k: i32, p: i32, teacher: i32, student: i32): f64 {
  const m = k + p;
  let sum = 0.0;
  for (let i = 0; i < m; i++) {
    const codeI = i < k ? teacher : student;
    const ci = load<f64>(c + (i << 3)), ii = load<f64>(omega + (<usize>(i * m + i) << 3));
    let row = 0.5 * ci * pairIntegral(codeI, codeI, ii, ii, ii);
    for (let j = 0; j < i; j++) {
      const jj = load<f64>(omega + (<usize>(j * m + j) << 3)), ij = load<f64>(omega + (<usize>(i * m + j) << 3));
      row += load<f64>(c + (j << 3)) * pairIntegral(codeI, j < k ? teacher : student, ii, jj, ij);
    }
    sum += ci * row;
  }
  return max(sum, 0.0);
}
