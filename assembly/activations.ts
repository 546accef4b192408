/**
 * Activations s and slopes s' on vectors of fields, by code. A code below `KINDS` is a kind that needs no parameters; another one is the address
 * of a descriptor, f64 numbers with the kind in front:
 *
 *   0 erf         erf(x / sqrt 2)
 *   1 ReLU        max(x, 0), slope 0 at 0
 *   2 linear      x
 *   3 quadratic   x^2
 *   4 tanh, 5 logistic, 6 softplus, 7 GELU   special/sigmoids.ts
 *   8 leaky ReLU  slope x + (1 - slope) max(x, 0), slope `slope` at 0       [8, slope]
 *   9 polynomial  sum over n < count of b_n He_n(x), He_n monic             [9, count, b_0, b_1, ..], count >= 1
 *
 * A vector of fields has an even length in memory; the last element of an odd one is ignored.
 */
import { scaledErfSlopePair } from "./special/erf";
import { mulAdd } from "./special/lanes";
import { sigmoids } from "./special/sigmoids";

export { GELU, LOGISTIC, SOFTPLUS, TANH } from "./special/sigmoids";

export const ERF: i32 = 0;
export const RELU: i32 = 1;
export const LINEAR: i32 = 2;
export const QUADRATIC: i32 = 3;
export const LEAKY_RELU: i32 = 8;
export const POLYNOMIAL: i32 = 9;
const KINDS: u32 = 10;

/** The kind behind a code. */
export function kindOf(code: i32): i32 {
  return <u32>code < KINDS ? code : <i32>load<f64>(code);
}

/**
 * s[i] = s(x[i]), ds[i] = s'(x[i]) for i < n; two at a time, so reads and writes up to the next even index.
 * @param x, s, ds f64 arrays, 16-byte aligned
 */
export function activate(code: i32, x: usize, s: usize, ds: usize, n: i32): void {
  const end = x + (<usize>n << 3);
  if (<u32>code > <u32>QUADRATIC) {
    const kind = kindOf(code);
    if (kind < LEAKY_RELU) sigmoids(kind, x, s, ds, end);
    else if (kind == LEAKY_RELU) activateLeaky(<usize>code, x, s, ds, end);
    else activatePolynomial(<usize>code, x, s, ds, end);
    return;
  }
  for (; x < end; x += 16, s += 16, ds += 16) {
    const v = v128.load(x);
    if (code == ERF) {
      v128.store(s, scaledErfSlopePair(v, ds));
    } else if (code == RELU) {
      const positive = f64x2.gt(v, f64x2.splat(0));
      v128.store(s, v128.and(v, positive));
      v128.store(ds, v128.and(f64x2.splat(1), positive));
    } else if (code == LINEAR) {
      v128.store(s, v);
      v128.store(ds, f64x2.splat(1));
    } else {
      v128.store(s, f64x2.mul(v, v));
      v128.store(ds, f64x2.add(v, v));
    }
  }
}

function activateLeaky(descriptor: usize, x: usize, s: usize, ds: usize, end: usize): void {
  const one = f64x2.splat(1), slope = v128.load64_splat(descriptor, 8);
  for (; x < end; x += 16, s += 16, ds += 16) {
    const v = v128.load(x);
    const factor = v128.bitselect(one, slope, f64x2.gt(v, f64x2.splat(0)));
    v128.store(s, f64x2.mul(v, factor));
    v128.store(ds, factor);
  }
}

/**
 * By He_(n+1) = x He_n - n He_(n-1) and He_n' = n He_(n-1): a term is right to 2^-50 (|h_n| + |h_(n-1)|), h_n = He_n / sqrt(n!), for n <= 10, where
 * powers of x would cancel.
 */
function activatePolynomial(descriptor: usize, x: usize, s: usize, ds: usize, end: usize): void {
  const last = descriptor + (<usize>load<f64>(descriptor, 8) << 3);
  for (; x < end; x += 16, s += 16, ds += 16) {
    const v = v128.load(x);
    let n = f64x2.splat(0), below = n, He = f64x2.splat(1), value = n, slope = n;
    for (let b = descriptor; b < last; b += 8) {
      const factor = v128.load64_splat(b, 16), derivative = f64x2.mul(n, below);
      value = mulAdd(factor, He, value);
      slope = mulAdd(factor, derivative, slope);
      below = He;
      He = f64x2.sub(f64x2.mul(v, He), derivative);
      n = f64x2.add(n, f64x2.splat(1));
    }
    v128.store(s, value);
    v128.store(ds, slope);
  }
}
