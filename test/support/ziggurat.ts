// The ziggurat and gamma samplers written again from the papers, with tables made the other way round.

import { normalTwoSided } from "./statistics.js";
import type { Xoshiro } from "./stream-reference.js";

const f = (x: number) => Math.exp(-0.5 * x * x);

export interface Ziggurat {
  /** x[0] = v / f(r) (the base as a rectangle), x[1] = r, .., x[layers] = 0. */
  readonly x: Float64Array;
  readonly v: number;
  readonly r: number;
}

/**
 * Layers of equal area v, from the top down: x_i (f(x_{i+1}) - f(x_i)) = v by Newton's method, and v such that the base has area v too.
 * The core goes from r up, with a v from 50-digit arithmetic.
 */
export function makeZiggurat(layers: number): Ziggurat {
  const x = new Float64Array(layers + 1);
  const descend = (v: number) => {
    x[layers] = 0;
    for (let i = layers - 1; i >= 1; i--) {
      const top = f(x[i + 1]);
      // 1 - f(x) without cancellation, for the cap
      const depth = (at: number) => (i === layers - 1 ? -Math.expm1(-0.5 * at * at) : top - f(at));
      let at = i === layers - 1 ? Math.cbrt(2 * v) : x[i + 1] + v / (x[i + 1] * x[i + 1] * top);
      for (let n = 0; n < 60; n++) {
        const step = (at * depth(at) - v) / (depth(at) + at * at * f(at));
        at -= step;
        if (Math.abs(step) < 1e-16 * at) break;
      }
      x[i] = at;
      if (!(at < 20)) return Number.NEGATIVE_INFINITY;
    }
    // what the base has beyond v: less and less as v grows
    return x[1] * f(x[1]) + Math.sqrt(2 * Math.PI) * 0.5 * normalTwoSided(x[1]) - v;
  };
  let low = 0.5 / layers;
  let high = 2 / layers;
  for (let n = 0; n < 70; n++) {
    const middle = (low + high) / 2;
    if (descend(middle) > 0) low = middle;
    else high = middle;
  }
  descend(low);
  x[0] = low / f(x[1]);
  return { x, v: low, r: x[1] };
}

/** Layer and abscissa of a draw: `bits` of the word below choose the layer, those from `from` up the abscissa in [-1/2, 1/2). */
function split(word: bigint, bits: number, from: number, width: number): { layer: number; u: number } {
  return { layer: Number(BigInt.asUintN(bits, word)), u: Number(word >> BigInt(from)) * 2 ** (from - width) - 0.5 };
}

/** A draw that was not accepted at once; undefined asks for a fresh one. */
function resolve({ x, r }: Ziggurat, layer: number, at: number, scalar: Xoshiro): number | undefined {
  if (layer === 0) {
    for (;;) {
      const a = -Math.log(scalar.uniform()) / r;
      const b = -Math.log(scalar.uniform());
      if (2 * b >= a * a) return at < 0 ? -(r + a) : r + a;
    }
  }
  const low = f(x[layer]);
  const high = layer + 1 === x.length - 1 ? 1 : f(x[layer + 1]);
  return low + scalar.uniform() * (high - low) < f(at) ? at : undefined;
}

/** One normal of the scalar generator (1024 layers). */
export function scalarNormal(ziggurat: Ziggurat, scalar: Xoshiro): number {
  for (;;) {
    const { layer, u } = split(scalar.next(), 10, 12, 64);
    const at = u * 2 * ziggurat.x[layer];
    if (Math.abs(at) < ziggurat.x[layer + 1]) return at;
    const mended = resolve(ziggurat, layer, at, scalar);
    if (mended !== undefined) return mended;
  }
}

/** The normals of a block of words, f64: rejected ones are mended by the block's scalar generator, in order. */
export function normalsOf(words: readonly bigint[], ziggurat: Ziggurat, scalar: Xoshiro): number[] {
  return words.map((word) => {
    const { layer, u } = split(word, 10, 12, 64);
    const at = u * 2 * ziggurat.x[layer];
    if (Math.abs(at) < ziggurat.x[layer + 1]) return at;
    return resolve(ziggurat, layer, at, scalar) ?? scalarNormal(ziggurat, scalar);
  });
}

/** The same in f32: two draws a word, low half first; repairs as in f64, rounded. */
export function normals32Of(words: readonly bigint[], ziggurat: Ziggurat, wide: Ziggurat, scalar: Xoshiro): number[] {
  const halves = words.flatMap((word) => [BigInt.asUintN(32, word), word >> 32n]);
  return halves.map((word) => {
    const { layer, u } = split(word, 9, 9, 32);
    const at = u * Math.fround(2 * ziggurat.x[layer]);
    if (Math.abs(u) < Math.fround(ziggurat.x[layer + 1] / (2 * ziggurat.x[layer]))) return Math.fround(at);
    return Math.fround(resolve(ziggurat, layer, at, scalar) ?? scalarNormal(wide, scalar));
  });
}

/** Gamma(shape, 1) by Marsaglia & Tsang (2000). */
export function gammaOf(shape: number, ziggurat: Ziggurat, scalar: Xoshiro): number {
  if (shape < 1) {
    const boosted = gammaOf(shape + 1, ziggurat, scalar);
    return boosted * scalar.uniform() ** (1 / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / (3 * Math.sqrt(d));
  for (;;) {
    const x = scalarNormal(ziggurat, scalar);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = scalar.uniform();
    if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
