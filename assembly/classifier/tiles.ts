/**
 * The three products of a layer, tile by tile of 4 x 8 in registers, on matrices in panels (panels.ts). B samples, I inputs, O outputs:
 *
 *   forward   Z = X W + b         rows of X,  panels of W,    sums over inputs
 *   backward  dX = dZ W^T         rows of W,  panels of dZ^T, sums over outputs; comes out transposed
 *   descend   dW = X^T dZ         columns of X, panels of dZ, sums over samples; goes into the weights as it is
 *
 * Each sum is made in order, one product after the other, rounded to f32 after each operation: so results depend on nothing but the operands.
 *
 * V8 brings the loads of a straight piece of code before its arithmetic, so that two unrolled steps need more registers than there are; hence the exits in the middle of
 * the loops, which keep the steps apart (25 -> 41 GFLOP/s, and 53 in C on the same processor).
 */
import { panelBytes, storeTransposed } from "./panels";

/** What becomes of a tile of sums: a constant wherever `tile` is expanded. */
const FORWARD: i32 = 0;
const FORWARD_RELU: i32 = 1;
const BACKWARD: i32 = 2;
const BACKWARD_RELU: i32 = 3;
const BACKWARD_SLOPE: i32 = 4;

/** c + x v, rounded twice. */
// @ts-ignore: decorator
@inline
function addProduct(c: v128, x: v128, v: v128): v128 {
  return f32x4.add(c, f32x4.mul(x, v));
}

/**
 * sum over k of A_rk B_kc for four rows r and eight columns c.
 * @param a row r, column k of A is at a + 32 r + (k / 8) aBytes + 4 (k mod 8)
 * @param b row k of B is at b + 32 k
 * @param end b + 32 k of the last k, and 32: a multiple of 8 rows
 * @param out forward: where row 0 of the tile goes; backward: where column 0 goes, being a row of the result
 * @param extra forward: eight biases; backward: activations or slopes, laid out as `out` is
 */
// @ts-ignore: decorator
@inline
function tile(mode: i32, a: usize, aBytes: usize, b: usize, end: usize, out: usize, extra: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  if (mode <= FORWARD_RELU) {
    c00 = v128.load(extra), c01 = v128.load(extra, 16);
    c10 = c00, c20 = c00, c30 = c00;
    c11 = c01, c21 = c01, c31 = c01;
  }
  for (; b < end; a += aBytes - 32) {
    const stop = b + 256;
    while (true) {
      const v0 = v128.load(b), v1 = v128.load(b, 16);
      let x = v128.load32_splat(a);
      c00 = addProduct(c00, x, v0), c01 = addProduct(c01, x, v1);
      x = v128.load32_splat(a, 32);
      c10 = addProduct(c10, x, v0), c11 = addProduct(c11, x, v1);
      x = v128.load32_splat(a, 64);
      c20 = addProduct(c20, x, v0), c21 = addProduct(c21, x, v1);
      x = v128.load32_splat(a, 96);
      c30 = addProduct(c30, x, v0), c31 = addProduct(c31, x, v1);
      a += 4, b += 32;
      if (b == stop) break;
      const w0 = v128.load(b), w1 = v128.load(b, 16);
      x = v128.load32_splat(a);
      c00 = addProduct(c00, x, w0), c01 = addProduct(c01, x, w1);
      x = v128.load32_splat(a, 32);
      c10 = addProduct(c10, x, w0), c11 = addProduct(c11, x, w1);
      x = v128.load32_splat(a, 64);
      c20 = addProduct(c20, x, w0), c21 = addProduct(c21, x, w1);
      x = v128.load32_splat(a, 96);
      c30 = addProduct(c30, x, w0), c31 = addProduct(c31, x, w1);
      a += 4, b += 32;
      if (b == stop) break;
    }
  }
  if (mode >= BACKWARD) {
    storeTransposed(c00, c10, c20, c30, out, 32);
    storeTransposed(c01, c11, c21, c31, out + 128, 32);
    if (mode == BACKWARD) return;
    const zero = f32x4.splat(0);
    for (let r: usize = 0; r < 256; r += 32) {
      const slope = v128.load(extra + r), gradient = v128.load(out + r);
      v128.store(out + r, mode == BACKWARD_RELU ? v128.and(gradient, f32x4.gt(slope, zero)) : f32x4.mul(gradient, slope));
    }
    return;
  }
  if (mode == FORWARD_RELU) {
    // the order of arguments lets NaN through
    const zero = f32x4.splat(0);
    c00 = f32x4.pmax(c00, zero), c01 = f32x4.pmax(c01, zero), c10 = f32x4.pmax(c10, zero), c11 = f32x4.pmax(c11, zero);
    c20 = f32x4.pmax(c20, zero), c21 = f32x4.pmax(c21, zero), c30 = f32x4.pmax(c30, zero), c31 = f32x4.pmax(c31, zero);
  }
  v128.store(out, c00), v128.store(out, c01, 16), v128.store(out, c10, 32), v128.store(out, c11, 48);
  v128.store(out, c20, 64), v128.store(out, c21, 80), v128.store(out, c30, 96), v128.store(out, c31, 112);
}

/** Eight outputs of all samples. */
function forwardPanel(X: usize, xBytes: usize, W: usize, wEnd: usize, biases: usize, Z: usize, rows: i32): void {
  for (let r = 0; r < rows; r += 4, X += 128, Z += 128) tile(FORWARD, X, xBytes, W, wEnd, Z, biases);
}

function forwardReluPanel(X: usize, xBytes: usize, W: usize, wEnd: usize, biases: usize, Z: usize, rows: i32): void {
  for (let r = 0; r < rows; r += 4, X += 128, Z += 128) tile(FORWARD_RELU, X, xBytes, W, wEnd, Z, biases);
}

/**
 * Z = X W + b, or its positive part.
 * @param X rows x inputs, Z rows x outputs, W inputs x outputs, in panels; biases outputs
 * @param rows, inputs, outputs multiples of 8
 */
export function forward(X: usize, W: usize, biases: usize, Z: usize, rows: i32, inputs: i32, outputs: i32, relu: bool): void {
  const bytes = panelBytes(rows), wBytes = panelBytes(inputs), wLength = <usize>inputs << 5;
  for (let o = 0; o < outputs; o += 8, W += wBytes, Z += bytes, biases += 32) {
    if (relu) forwardReluPanel(X, bytes, W, W + wLength, biases, Z, rows);
    else forwardPanel(X, bytes, W, W + wLength, biases, Z, rows);
  }
}

/** What multiplies the gradient of a layer's inputs, they being outputs of the layer below: nothing, whether they are positive, or their slopes. */
export const PLAIN: i32 = 0;
export const POSITIVE: i32 = 1;
export const SLOPES: i32 = 2;

/** Four inputs of all samples. */
function backwardRows(mode: i32, W: usize, wBytes: usize, dZT: usize, tBytes: usize, length: usize, dX: usize, extra: usize, rows: i32): void {
  for (let r = 0; r < rows; r += 8, dZT += tBytes, dX += 256, extra += 256) {
    if (mode == POSITIVE) tile(BACKWARD_RELU, W, wBytes, dZT, dZT + length, dX, extra);
    else if (mode == SLOPES) tile(BACKWARD_SLOPE, W, wBytes, dZT, dZT + length, dX, extra);
    else tile(BACKWARD, W, wBytes, dZT, dZT + length, dX, extra);
  }
}

/**
 * dX = dZ W^T, times what `mode` says of `extra`.
 * @param dZT outputs x rows; dX and extra rows x inputs; in panels
 */
export function backward(mode: i32, dZT: usize, W: usize, dX: usize, extra: usize, rows: i32, inputs: i32, outputs: i32): void {
  const bytes = panelBytes(rows), wBytes = panelBytes(inputs), tBytes = panelBytes(outputs);
  for (let i = 0; i < inputs; i += 8, W += 256, dX += bytes, extra += bytes) {
    backwardRows(mode, W, wBytes, dZT, tBytes, <usize>outputs << 5, dX, extra, rows);
    backwardRows(mode, W + 128, wBytes, dZT, tBytes, <usize>outputs << 5, dX + 16, extra + 16, rows);
  }
}

/** w <- w - rate v, v = momentum v + g + decay w, without v where there is no momentum (velocity = 0). */
// @ts-ignore: decorator
@inline
export function descendVector(w: usize, velocity: usize, offset: usize, g: v128, rate: v128, momentum: v128, decay: v128): void {
  const old = v128.load(w + offset);
  let v = f32x4.add(g, f32x4.mul(decay, old));
  if (velocity != 0) {
    v = f32x4.add(f32x4.mul(momentum, v128.load(velocity + offset)), v);
    v128.store(velocity + offset, v);
  }
  v128.store(w + offset, f32x4.sub(old, f32x4.mul(rate, v)));
}

/** Four inputs' weights to eight outputs. `x` has those inputs at 32 k, `d` the outputs' gradients, for the samples k. */
// @ts-ignore: decorator
@inline
function descendTile(x: usize, d: usize, end: usize, w: usize, velocity: usize, rate: f32, momentum: f32, decay: f32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  while (true) {
    const v0 = v128.load(d), v1 = v128.load(d, 16);
    let s = v128.load32_splat(x);
    c00 = addProduct(c00, s, v0), c01 = addProduct(c01, s, v1);
    s = v128.load32_splat(x, 4);
    c10 = addProduct(c10, s, v0), c11 = addProduct(c11, s, v1);
    s = v128.load32_splat(x, 8);
    c20 = addProduct(c20, s, v0), c21 = addProduct(c21, s, v1);
    s = v128.load32_splat(x, 12);
    c30 = addProduct(c30, s, v0), c31 = addProduct(c31, s, v1);
    x += 32, d += 32;
    if (d == end) break;
    const w0 = v128.load(d), w1 = v128.load(d, 16);
    s = v128.load32_splat(x);
    c00 = addProduct(c00, s, w0), c01 = addProduct(c01, s, w1);
    s = v128.load32_splat(x, 4);
    c10 = addProduct(c10, s, w0), c11 = addProduct(c11, s, w1);
    s = v128.load32_splat(x, 8);
    c20 = addProduct(c20, s, w0), c21 = addProduct(c21, s, w1);
    s = v128.load32_splat(x, 12);
    c30 = addProduct(c30, s, w0), c31 = addProduct(c31, s, w1);
    x += 32, d += 32;
    if (d == end) break;
  }
  const r = f32x4.splat(rate), m = f32x4.splat(momentum), l = f32x4.splat(decay);
  descendVector(w, velocity, 0, c00, r, m, l), descendVector(w, velocity, 16, c01, r, m, l);
  descendVector(w, velocity, 32, c10, r, m, l), descendVector(w, velocity, 48, c11, r, m, l);
  descendVector(w, velocity, 64, c20, r, m, l), descendVector(w, velocity, 80, c21, r, m, l);
  descendVector(w, velocity, 96, c30, r, m, l), descendVector(w, velocity, 112, c31, r, m, l);
}

function descendPanel(X: usize, xBytes: usize, dZ: usize, end: usize, W: usize, velocity: usize, inputs: i32, rate: f32, momentum: f32, decay: f32): void {
  const step: usize = velocity == 0 ? 0 : 256;
  for (let i = 0; i < inputs; i += 8, X += xBytes, W += 256, velocity += step) {
    descendTile(X, dZ, end, W, velocity, rate, momentum, decay);
    descendTile(X + 16, dZ, end, W + 128, velocity == 0 ? 0 : velocity + 128, rate, momentum, decay);
  }
}

/**
 * A step of descent along dW = X^T dZ + decay W: v = momentum v + dW, W <- W - rate v; without momentum (velocity = 0) v = dW.
 * @param X rows x inputs, dZ rows x outputs, W and velocity inputs x outputs, in panels; rows, inputs and outputs multiples of 8
 */
export function descend(
  X: usize, dZ: usize, W: usize, velocity: usize, rows: i32, inputs: i32, outputs: i32, rate: f32, momentum: f32, decay: f32,
): void {
  const bytes = panelBytes(rows), wBytes = panelBytes(inputs), length = <usize>rows << 5;
  for (let o = 0; o < outputs; o += 8, dZ += bytes, W += wBytes) {
    descendPanel(X, bytes, dZ, dZ + length, W, velocity, inputs, rate, momentum, decay);
    if (velocity != 0) velocity += wBytes;
  }
}

/** The same for the biases, whose gradient is the sum of the rows of dZ. */
export function descendBiases(dZ: usize, biases: usize, velocity: usize, rows: i32, outputs: i32, rate: f32, momentum: f32, decay: f32): void {
  const bytes = panelBytes(rows), r = f32x4.splat(rate), m = f32x4.splat(momentum), l = f32x4.splat(decay);
  for (let o = 0; o < outputs; o += 8, dZ += bytes, biases += 32) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
    for (let at = dZ, end = dZ + (<usize>rows << 5); at < end; at += 32) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
    }
    descendVector(biases, velocity, 0, s0, r, m, l);
    descendVector(biases, velocity, 16, s1, r, m, l);
    if (velocity != 0) velocity += 32;
  }
}
