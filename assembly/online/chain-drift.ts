/**
 * For tests: how far the rotations of a chain drift. They keep Gram matrices only up to rounding; here M and Q are followed beside them by
 * the recursion (B1), (B2) itself,
 *
 *   M += f lam*^T,   Q += f lam^T + lam f^T + |x|^2 f f^T,
 *
 * in double-double arithmetic, with the chain's own f, fields and sample, so that all that can differ is what rotations and updates rounded away.
 */
import { productError, sumError } from "../special/double-double";
import { Chain, even, Plan } from "./chain-plan";
import { chainSteps } from "./omega-chain";

/** sum += a b + c, double-double at `sum`; c is high + low. */
// @ts-ignore: decorator
@inline
function addProduct(sum: usize, a: f64, b: f64, high: f64, low: f64): void {
  const product = a * b;
  const whole = product + high;
  const rest = sumError(product, high, whole) + productError(a, b, product) + low;
  const old = load<f64>(sum);
  const upper = old + whole;
  const lower = sumError(old, whole, upper) + rest + load<f64>(sum, 8);
  const next = upper + lower;
  store<f64>(sum, next);
  store<f64>(sum, lower - (next - upper), 8);
}

/**
 * Steps of one chain (B = 1, Gaussian inputs, no weight decay, d >= k + p), and of the sums beside it.
 * @param sums M (p x k), then Q (p x p), each number high, low
 * @returns steps made
 */
export function chainStepsWithSums(address: usize, steps: i32, sums: usize): i32 {
  const run = changetype<Chain>(address);
  const plan = changetype<Plan>(<usize>run.work);
  const p = plan.p, k = plan.k;
  const student = plan.fields + (<usize>even(k) << 3);
  for (let n = 0; n < steps; n++) {
    const place = <usize>(<i32>(<u64>run.step % <u64>plan.steps));
    if (chainSteps(address, 1) == 0) return n;
    const sample = plan.normals + place * (<usize>plan.stepNormals << 3);
    let square = load<f64>(plan.chi + (place << 3));
    for (let j = 0; j < plan.columns + plan.width; j++) {
      const x = load<f64>(sample + (<usize>j << 3));
      square += x * x;
    }
    let at = sums;
    for (let i = 0; i < p; i++) {
      const f = load<f64>(plan.f + (<usize>i << 3));
      for (let r = 0; r < k; r++, at += 16) addProduct(at, f, load<f64>(plan.fields + (<usize>r << 3)), 0, 0);
    }
    for (let i = 0; i < p; i++) {
      const f = load<f64>(plan.f + (<usize>i << 3)), lam = load<f64>(student + (<usize>i << 3));
      for (let j = 0; j < p; j++, at += 16) {
        const g = load<f64>(plan.f + (<usize>j << 3));
        const other = lam * g;
        addProduct(at, f, load<f64>(student + (<usize>j << 3)), other, productError(lam, g, other));
        addProduct(at, f * square, g, 0, 0);
      }
    }
  }
  return steps;
}
