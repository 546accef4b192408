/**
 * What convex fits of linear classifiers take from the core: rows of features, loss and gradient over rows.
 *
 *   X   n rows of `stride` f64: D features (monomials, then the constant 1), zeros up to the next multiple of 4; 16-byte aligned
 *   W   K rows of `stride` f64: weights of each output, the bias where X has its 1; zeros beyond D
 *   G   as W: sums over rows of residual * row
 *   state   2 f64: the sum of losses, the least margin; running over calls, so that chunks do not show
 *
 * Rows go four at a time from row 0 on: calls must start at multiples of four. A dot product is that of `fours` below, whatever n is.
 */
import { exp } from "../special/exp";
import { log, log1p } from "../special/log";

export const LOGISTIC: i32 = 0;
export const SOFTMAX: i32 = 1;
export const SQUARED: i32 = 2;

/**
 * Rows of monomials: row[j] = row[parent_j] x[factor_j], row[-1] = 1, and a last one that is the constant.
 * @param x f32, count x features, densely; what is written are rows `first` .. `first + count - 1` of X
 * @param plan D - 1 pairs of i32 (parent or -1, factor)
 */
export function linearFeatures(x: usize, features: i32, plan: usize, D: i32, X: usize, stride: i32, first: i32, count: i32): void {
  for (let r = 0; r < count; r++) {
    const from = x + (<usize>(r * features) << 2);
    const row = X + <usize>(first + r) * (<usize>stride << 3);
    for (let j = 0; j < D - 1; j++) {
      const parent = load<i32>(plan + (<usize>j << 3));
      const value = <f64>load<f32>(from + (<usize>load<i32>(plan + (<usize>j << 3), 4) << 2));
      store<f64>(row + (<usize>j << 3), parent < 0 ? value : load<f64>(row + (<usize>parent << 3)) * value);
    }
    store<f64>(row + (<usize>(D - 1) << 3), 1);
    for (let j = D; j < stride; j++) store<f64>(row + (<usize>j << 3), 0);
  }
}

// @ts-ignore: decorator
@inline
function total(a: v128, b: v128): f64 {
  const s = f64x2.add(a, b);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** z[r K] = w . row r for the four rows from x on. */
function fourDots(w: usize, x: usize, bytes: usize, z: usize, step: usize): void {
  const x1 = x + bytes, x2 = x1 + bytes, x3 = x2 + bytes;
  let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (let at: usize = 0; at < bytes; at += 32) {
    const u = v128.load(w + at), v = v128.load(w + at, 16);
    a0 = f64x2.add(a0, f64x2.mul(u, v128.load(x + at)));
    b0 = f64x2.add(b0, f64x2.mul(v, v128.load(x + at, 16)));
    a1 = f64x2.add(a1, f64x2.mul(u, v128.load(x1 + at)));
    b1 = f64x2.add(b1, f64x2.mul(v, v128.load(x1 + at, 16)));
    a2 = f64x2.add(a2, f64x2.mul(u, v128.load(x2 + at)));
    b2 = f64x2.add(b2, f64x2.mul(v, v128.load(x2 + at, 16)));
    a3 = f64x2.add(a3, f64x2.mul(u, v128.load(x3 + at)));
    b3 = f64x2.add(b3, f64x2.mul(v, v128.load(x3 + at, 16)));
  }
  store<f64>(z, total(a0, b0));
  store<f64>(z + step, total(a1, b1));
  store<f64>(z + 2 * step, total(a2, b2));
  store<f64>(z + 3 * step, total(a3, b3));
}

/** z = w . row, with the bits of `fourDots`. */
function oneDot(w: usize, x: usize, bytes: usize, z: usize): void {
  let a = f64x2.splat(0), b = a;
  for (let at: usize = 0; at < bytes; at += 32) {
    a = f64x2.add(a, f64x2.mul(v128.load(w + at), v128.load(x + at)));
    b = f64x2.add(b, f64x2.mul(v128.load(w + at, 16), v128.load(x + at, 16)));
  }
  store<f64>(z, total(a, b));
}

/** g += the four residuals times their rows. */
function addFour(g: usize, x: usize, bytes: usize, z: usize, step: usize): void {
  const x1 = x + bytes, x2 = x1 + bytes, x3 = x2 + bytes;
  const r0 = v128.load64_splat(z), r1 = v128.load64_splat(z + step), r2 = v128.load64_splat(z + 2 * step), r3 = v128.load64_splat(z + 3 * step);
  for (let at: usize = 0; at < bytes; at += 16) {
    const low = f64x2.add(f64x2.mul(r0, v128.load(x + at)), f64x2.mul(r1, v128.load(x1 + at)));
    const high = f64x2.add(f64x2.mul(r2, v128.load(x2 + at)), f64x2.mul(r3, v128.load(x3 + at)));
    v128.store(g + at, f64x2.add(v128.load(g + at), f64x2.add(low, high)));
  }
}

function addOne(g: usize, x: usize, bytes: usize, z: usize): void {
  const r = v128.load64_splat(z);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(g + at, f64x2.add(v128.load(g + at), f64x2.mul(r, v128.load(x + at))));
}

/** The K fields of a row become its residuals d loss / d field; its loss and margin go into the state. */
function residuals(loss: i32, z: usize, K: i32, target: usize, state: usize): void {
  let value: f64 = 0, margin: f64 = Infinity;
  if (loss == LOGISTIC) {
    const field = load<f64>(z);
    const one = load<f64>(target) > 0;
    margin = one ? field : -field;
    const e = exp(-abs(field));
    value = max(-margin, 0) + log1p(e);
    const p = field >= 0 ? 1 / (1 + e) : e / (1 + e);
    store<f64>(z, one ? p - 1 : p);
  } else if (loss == SOFTMAX) {
    const label = <i32>load<f64>(target);
    let top: f64 = -Infinity, other: f64 = -Infinity;
    for (let k = 0; k < K; k++) {
      const field = load<f64>(z + (<usize>k << 3));
      top = max(top, field);
      if (k != label) other = max(other, field);
    }
    const own = load<f64>(z + (<usize>label << 3));
    margin = own - other;
    let sum: f64 = 0;
    for (let k = 0; k < K; k++) {
      const e = exp(load<f64>(z + (<usize>k << 3)) - top);
      store<f64>(z + (<usize>k << 3), e);
      sum += e;
    }
    value = log(sum) + top - own;
    for (let k = 0; k < K; k++) store<f64>(z + (<usize>k << 3), load<f64>(z + (<usize>k << 3)) / sum - (k == label ? 1.0 : 0.0));
  } else {
    for (let k = 0; k < K; k++) {
      const r = load<f64>(z + (<usize>k << 3)) - load<f64>(target + (<usize>k << 3));
      value += 0.5 * r * r;
      store<f64>(z + (<usize>k << 3), r);
    }
  }
  store<f64>(state, load<f64>(state) + value);
  store<f64>(state, min(load<f64>(state, 8), margin), 8);
}

/**
 * Adds losses and gradients of rows `first` .. `first + count - 1`.
 * @param targets n x (K with the squared loss, otherwise 1) f64: 0 or 1 with the logistic loss, the class with softmax, the K targets with the squared loss
 * @param z room for 4 K f64
 */
export function linearGradient(
  loss: i32, X: usize, stride: i32, targets: usize, W: usize, K: i32, G: usize, state: usize, z: usize, first: i32, count: i32,
): void {
  const bytes = <usize>stride << 3, step = <usize>K << 3, targetBytes = loss == SQUARED ? step : 8;
  const end = first + count;
  let r = first;
  for (; r + 4 <= end; r += 4) {
    const x = X + <usize>r * bytes;
    for (let k = 0; k < K; k++) fourDots(W + <usize>k * bytes, x, bytes, z + (<usize>k << 3), step);
    for (let i = 0; i < 4; i++) residuals(loss, z + <usize>i * step, K, targets + <usize>(r + i) * targetBytes, state);
    for (let k = 0; k < K; k++) addFour(G + <usize>k * bytes, x, bytes, z + (<usize>k << 3), step);
  }
  for (; r < end; r++) {
    const x = X + <usize>r * bytes;
    for (let k = 0; k < K; k++) oneDot(W + <usize>k * bytes, x, bytes, z + (<usize>k << 3));
    residuals(loss, z, K, targets + <usize>r * targetBytes, state);
    for (let k = 0; k < K; k++) addOne(G + <usize>k * bytes, x, bytes, z + (<usize>k << 3));
  }
}
