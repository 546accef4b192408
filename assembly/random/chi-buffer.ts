/**
 * Many chi-squared variates at once, by Marsaglia & Tsang (2000), "A simple method for generating gamma variables", ACM TOMS 26.
 *
 * With shape = degrees / 2 >= 1, D = shape - 1/3, x normal and v = (1 + x / (3 sqrt D))^3, D v is accepted with probability
 * e^h, h = x^2/2 + D (1 - v + log v). The vector loop accepts where a uniform u exceeds kappa x^4 >= 1 - e^h, and queues the rest for the
 * logarithm. The paper's bound is kappa = 0.0331 for every shape >= 1 and v > 0; h falls as x^4 / (108 D), so from shape 2 on
 * kappa = 0.017 / D holds too where v > 1/8 (the largest D (1 - e^h) / x^4 is .0147, at shape 2): one draw in 20 D goes to the queue, not one
 * in ten. Shapes below 1 are those of shape + 1 times U^(1 / shape).
 *
 * Block n of a key takes blocks 2n (normals) and 2n + 1 (uniforms; repairs and U from its scalar generator) of the stream.
 */
import { exp } from "../special/exp";
import { at, both, mulAdd } from "../special/lanes";
import { log } from "../special/log";
import { nextGamma } from "./gamma";
import { fillNormals } from "./normal";
import { fillWords, nextUniform, seekBlock, seekScalar } from "./stream";

/** 1 and its bits; 1 - 2^-53: what turns 52 bits and the exponent of 1 into an odd multiple of 2^-53; 1/2. */
const CONSTANTS: usize = memory.data<f64>([1.0, 0.9999999999999999, 0.5]);

/** Numbers that `fillChiSquares` draws for so many groups of so many variates. */
export function chiCount(groups: i32, count: i32): i32 {
  return (groups * count + 3) & ~3;
}

/**
 * Writes `groups` x `count` variates: row g has degrees - g > 0 degrees of freedom.
 * @param generator room for a state of `stream.ts`
 * @param count even
 * @param out chiCount(groups, count) f64, 16-byte aligned
 * @param room twice as many
 */
export function fillChiSquares(key: usize, block: u64, generator: usize, degrees: f64, groups: i32, count: i32, out: usize, room: usize): void {
  const total = chiCount(groups, count);
  seekBlock(generator, key, 2 * block);
  fillNormals(generator, key, 2 * block, out, total);
  seekBlock(generator, key, 2 * block + 1);
  fillWords(generator, room, total);
  seekScalar(key, 2 * block + 1);
  for (let g = 0; g < groups; g++) {
    const from = <usize>(g * count) << 3;
    fillGroup(degrees - <f64>g, out + from, room + from, room + (<usize>total << 3), count);
  }
}

function fillGroup(degrees: f64, out: usize, words: usize, queue: usize, count: i32): void {
  const boosted = degrees < 2.0;
  const shape = boosted ? 0.5 * degrees + 1.0 : 0.5 * degrees;
  const D = shape - 1.0 / 3.0;
  const c = 1.0 / Math.sqrt(9.0 * D);
  const slope = both(c), scale = both(2.0 * D), bound = both(shape >= 2.0 ? 0.017 / D : 0.0331);
  let entry = queue;
  for (let i = 0; i < count << 3; i += 16) {
    const x = v128.load(out + i);
    const t = mulAdd(slope, x, at(CONSTANTS, 0));
    const v = f64x2.mul(f64x2.mul(t, t), t);
    const u = f64x2.sub(v128.or(i64x2.shr_u(v128.load(words + i), 12), at(CONSTANTS, 0)), at(CONSTANTS, 1));
    const x2 = f64x2.mul(x, x);
    const accepted = v128.and(f64x2.gt(u, f64x2.mul(bound, f64x2.mul(x2, x2))), f64x2.gt(t, at(CONSTANTS, 2)));
    // what is not accepted stays x
    v128.store(out + i, v128.bitselect(f64x2.mul(scale, v), x, accepted));
    if (!i64x2.all_true(accepted)) {
      const mask = i64x2.bitmask(accepted);
      store<i32>(entry, i);
      entry += mask & 1 ? 0 : 4;
      store<i32>(entry, i + 8);
      entry += mask & 2 ? 0 : 4;
    }
  }
  for (let item = queue; item < entry; item += 4) {
    const i = load<i32>(item);
    const x = load<f64>(out + i);
    const u = reinterpret<f64>((load<u64>(words + i) >> 12) | 0x3ff0000000000000) - load<f64>(CONSTANTS, 8);
    const t = 1.0 + c * x;
    const v = t * t * t;
    const accepted = t > 0.0 && log(1.0 - u) < 0.5 * x * x + D * (1.0 - v + log(v));
    store<f64>(out + i, accepted ? 2.0 * D * v : 2.0 * nextGamma(shape));
  }
  if (!boosted) return;
  for (let i = 0; i < count << 3; i += 8) store<f64>(out + i, load<f64>(out + i) * exp(log(nextUniform()) * 2.0 / degrees));
}
