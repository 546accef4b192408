/**
 * Activations s and slopes s' on vectors of fields, by code: 0 erf (s(x) = erf(x / sqrt 2)), 1 ReLU, 2 linear, 3 quadratic (x^2).
 * At 0 the slope of ReLU is 0. A vector of fields has an even length in memory; the last element of an odd one is ignored.
 */
import { scaledErfSlopePair } from "./special/erf";

export const ERF: i32 = 0;
export const RELU: i32 = 1;
export const LINEAR: i32 = 2;
export const QUADRATIC: i32 = 3;

/**
 * s[i] = s(x[i]), ds[i] = s'(x[i]) for i < n; two at a time, so reads and writes up to the next even index.
 * @param x, s, ds f64 arrays, 16-byte aligned
 */
export function activate(code: i32, x: usize, s: usize, ds: usize, n: i32): void {
  const end = x + (<usize>n << 3);
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
