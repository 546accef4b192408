/**
 * The functions of this folder over arrays: for tests, benches and callers with many arguments.
 *
 * x, y, .. are addresses of n doubles, of any alignment; an output may be its input. Pairs go through SIMD, an odd last
 * element through the scalar twin, with the same bits.
 */
import { asin, asinBranchedPair } from "./asin";
import { erf, erfPair, scaledErf, scaledErfSlope, scaledErfSlopePair } from "./erf";
import { exp, expPair } from "./exp";
import { log, logPair } from "./log";
import { atan2, sinCos } from "./trig";

/** End of the pairs, in bytes. */
// @ts-ignore: decorator
@inline
function pairs(n: i32): usize {
  return <usize>(n >> 1) << 4;
}

/** y = e^x. */
export function expArray(x: usize, y: usize, n: i32): void {
  const end = pairs(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(y + i, expPair(v128.load(x + i)));
  if (n & 1) store<f64>(y + end, exp(load<f64>(x + end)));
}

/** y = log x. */
export function logArray(x: usize, y: usize, n: i32): void {
  const end = pairs(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(y + i, logPair(v128.load(x + i)));
  if (n & 1) store<f64>(y + end, log(load<f64>(x + end)));
}

/** y = erf x. */
export function erfArray(x: usize, y: usize, n: i32): void {
  const end = pairs(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(y + i, erfPair(v128.load(x + i)));
  if (n & 1) store<f64>(y + end, erf(load<f64>(x + end)));
}

/** s = erf(x / sqrt 2) and ds = s', from one look-up. */
export function scaledErfArray(x: usize, s: usize, ds: usize, n: i32): void {
  const end = pairs(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(s + i, scaledErfSlopePair(v128.load(x + i), ds + i));
  if (n & 1) {
    const last = load<f64>(x + end);
    store<f64>(s + end, scaledErf(last));
    store<f64>(ds + end, scaledErfSlope(last));
  }
}

/** y = asin x. */
export function asinArray(x: usize, y: usize, n: i32): void {
  const end = pairs(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(y + i, asinBranchedPair(v128.load(x + i)));
  if (n & 1) store<f64>(y + end, asin(load<f64>(x + end)));
}

/** y = sin x, cos x interleaved: 2 n doubles; not in place. */
export function sinCosArray(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i++) sinCos(load<f64>(x + (<usize>i << 3)), y + (<usize>i << 4));
}

/** angle = atan2(y, x). */
export function atan2Array(y: usize, x: usize, angle: usize, n: i32): void {
  const end = <usize>n << 3;
  for (let i: usize = 0; i < end; i += 8) store<f64>(angle + i, atan2(load<f64>(y + i), load<f64>(x + i)));
}
