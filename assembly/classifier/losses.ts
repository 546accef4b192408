/**
 * Losses of the last layer's fields z: their sum over the samples of a batch, and dLoss/dz for the mean. Computed in f64 and rounded.
 *
 *   softmax    log sum_k e^(z_k) - z_y                       p_k - [k = y],  p = e^z / sum
 *   logistic   log(1 + e^(-t)), t = z for y = 1, -z for 0    -+ 1 / (1 + e^t)
 *   squared    sum_k (z_k - t_k)^2 / 2                       z_k - t_k
 *
 * Targets t of the squared loss are given, or follow from labels: 1 for the label and 0 for the others; with one output 1 and -1 for labels 1 and 0.
 */
import { exp, expPair } from "../special/exp";
import { log, log1p } from "../special/log";
import { panelBytes } from "./panels";

export const SOFTMAX: i32 = 0;
export const LOGISTIC: i32 = 1;
export const SQUARED: i32 = 2;

/** Address of z_k of a sample, `z` being that of z_0. */
// @ts-ignore: decorator
@inline
function fieldAt(z: usize, bytes: usize, k: i32): usize {
  return z + bytes * (k >> 3) + (<usize>(k & 7) << 2);
}

/** Loss of a sample with label y; its gradient, times `scale`, to d. */
function softmax(z: usize, d: usize, bytes: usize, outputs: i32, y: i32, scale: f64): f64 {
  let largest = load<f32>(z);
  for (let k = 1; k < outputs; k++) largest = max(largest, load<f32>(fieldAt(z, bytes, k)));
  let sum = 0.0;
  for (let k = 0; k < outputs; k += 2) {
    const at = fieldAt(z, bytes, k);
    const e = expPair(f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(at)), f64x2.splat(largest)));
    // kept as f32: the ratios below are rounded to that anyway
    v128.store64_lane(fieldAt(d, bytes, k), f32x4.demote_f64x2_zero(e), 0);
    sum += f64x2.extract_lane(e, 0);
    if (k + 1 < outputs) sum += f64x2.extract_lane(e, 1);
  }
  const factor = scale / sum;
  for (let k = 0; k < outputs; k++) {
    const at = fieldAt(d, bytes, k);
    store<f32>(at, <f32>(factor * <f64>load<f32>(at) - (k == y ? scale : 0.0)));
  }
  if ((outputs & 1) != 0) store<f32>(fieldAt(d, bytes, outputs), 0);
  return log(sum) + (<f64>largest - <f64>load<f32>(fieldAt(z, bytes, y)));
}

function logistic(z: usize, d: usize, y: i32, scale: f64): f64 {
  const sign = y != 0 ? 1.0 : -1.0, t = sign * <f64>load<f32>(z), e = exp(-abs(t));
  store<f32>(d, <f32>(-sign * scale * (t > 0 ? e : 1.0) / (1.0 + e)));
  return log1p(e) + (t < 0 ? -t : t == t ? 0.0 : t);
}

function squared(z: usize, d: usize, bytes: usize, outputs: i32, y: i32, targets: usize, scale: f64): f64 {
  let sum = 0.0;
  for (let k = 0; k < outputs; k++) {
    let t = k == y ? 1.0 : 0.0;
    if (targets != 0) t = <f64>load<f32>(targets + (<usize>k << 2));
    else if (outputs == 1) t = y != 0 ? 1.0 : -1.0;
    const e = <f64>load<f32>(fieldAt(z, bytes, k)) - t;
    store<f32>(fieldAt(d, bytes, k), <f32>(scale * e));
    sum += e * e;
  }
  return 0.5 * sum;
}

/**
 * Mean loss of `count` samples; the gradient to `delta`, 0 where units or samples are added for the panels' sake.
 * @param Z, delta rows x outputs in panels
 * @param labels i32, targets f32 count x outputs or 0
 */
export function lossOf(kind: i32, Z: usize, delta: usize, rows: i32, count: i32, outputs: i32, labels: usize, targets: usize): f64 {
  const bytes = panelBytes(rows), scale = 1.0 / <f64>count;
  memory.fill(delta, 0, bytes * ((outputs + 7) >> 3));
  let sum = 0.0;
  for (let b = 0; b < count; b++, Z += 32, delta += 32, labels += 4) {
    const y = load<i32>(labels);
    if (kind == SOFTMAX) {
      sum += softmax(Z, delta, bytes, outputs, y, scale);
    } else if (kind == LOGISTIC) {
      sum += logistic(Z, delta, y, scale);
    } else {
      sum += squared(Z, delta, bytes, outputs, y, targets, scale);
      if (targets != 0) targets += <usize>outputs << 2;
    }
  }
  return sum * scale;
}
