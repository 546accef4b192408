/**
 * Gamma and chi variates from the scalar generator, by Marsaglia & Tsang (2000), "A simple method for generating gamma
 * variables", ACM TOMS 26: exact for every shape, a normal and a uniform a try, over 95 % accepted at once.
 */
import { exp } from "../special/exp";
import { log } from "../special/log";
import { nextNormal } from "./normal";
import { nextUniform, seekScalar } from "./stream";

/** Gamma(shape, 1), shape > 0 up to 1e20 and beyond; shape < 1 by the boost U^(1/shape) of Gamma(shape + 1). */
export function nextGamma(shape: f64): f64 {
  if (shape < 1.0) {
    const boosted = nextGamma(shape + 1.0);
    return boosted * exp(log(nextUniform()) / shape);
  }
  const d = shape - 1.0 / 3.0;
  const c = 1.0 / Math.sqrt(9.0 * d);
  while (true) {
    const x = nextNormal();
    const t = 1.0 + c * x;
    if (t <= 0.0) continue;
    const v = t * t * t;
    const u = nextUniform();
    const x2 = x * x;
    if (u < 1.0 - 0.0331 * x2 * x2) return d * v;
    if (log(u) < 0.5 * x2 + d * (1.0 - v + log(v))) return d * v;
  }
}

/** chi with `degrees` of freedom (any real >= 0; 0 gives 0): the norm of a standard normal vector of that dimension. */
function nextChi(degrees: f64): f64 {
  return degrees <= 0.0 ? 0.0 : Math.sqrt(2.0 * nextGamma(0.5 * degrees));
}

/** Writes `count` normals of the scalar generator at `block` of `key`; small draws such as starts. */
export function fillScalarNormals(key: usize, block: u64, out: usize, count: i32): void {
  seekScalar(key, block);
  for (let i = 0; i < count; i++) store<f64>(out + (i << 3), nextNormal());
}

/** Writes `count` uniforms in (0, 1) of the scalar generator at `block` of `key`. */
export function fillScalarUniforms(key: usize, block: u64, out: usize, count: i32): void {
  seekScalar(key, block);
  for (let i = 0; i < count; i++) store<f64>(out + (i << 3), nextUniform());
}

/** Writes one chi variate for each of `count` degrees of freedom at `degrees`. */
export function fillChi(key: usize, block: u64, degrees: usize, out: usize, count: i32): void {
  seekScalar(key, block);
  for (let i = 0; i < count; i++) store<f64>(out + (i << 3), nextChi(load<f64>(degrees + (i << 3))));
}
