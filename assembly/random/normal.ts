/**
 * Standard normals by the ziggurat (Marsaglia & Tsang 2000, "The ziggurat method for generating random variables"), in the
 * variant of Doornik (2005): the layer comes from bits that the abscissa does not use.
 *
 * The vector loop takes every draw as accepted and queues the misses (0.4 % in f64); they are mended after each chunk of 1024 by
 * the scalar generator of the block. So the loop has no call and no rejection, and the value at index n of a block is a
 * function of the block's address alone, never of what was drawn elsewhere.
 *
 *   f64: 1024 layers from bits 0..9 of a word, abscissa from bits 12..63
 *   f32:  512 layers from bits 0..8 of a half word, abscissa from bits 9..31
 *
 * Layer i has the abscissa x_i (x_0 = v / f(r), x_1 = r, .., x_N = 0) and the record
 *   (2 x_i, x_{i+1} / (2 x_i)):  x = u * first, accepted at once if |u| < second, u in [-1/2, 1/2).
 */
import { exp } from "../special/exp";
import { log } from "../special/log";
import { nextUniform, nextWord, rotl2, seekScalar } from "./stream";

const LAYERS: i32 = 1024;
const LAYERS32: i32 = 512;
const CHUNK: i32 = 1024;
// r and v as printed by test/fixtures/make-ziggurat.py
const R: f64 = 4.038849846109504522714423;
const V: f64 = 0.001226324646353088072885371;
const R32: f64 = 3.852046150368391248117898;
const V32: f64 = 0.002456766351541355733732757;

const records = memory.data(1024 * 16, 16);
const heights = memory.data(1025 * 8, 16);
const records32 = memory.data(512 * 8, 16);
const heights32 = memory.data(513 * 8, 16);
/** Misses of one chunk: (index as i32, word) as 16 bytes each. */
const queue = memory.data(1024 * 16, 16);

/** 1 (its bits) and 1.5; the same in f32, and the mask of a layer's offset. Loaded once a call: V8 builds a constant vector anew at every use. */
const CONSTANTS: usize = memory.data<f64>([1.0, 1.5]);
const CONSTANTS32: usize = memory.data<u32>([0x3f800000, 0x3fc00000, 511 << 3]);

/** Fills the tables of both ziggurats; once an instance, before the first draw. */
export function initialiseNormals(): void {
  fillTables(records, heights, LAYERS, R, V, false);
  fillTables(records32, heights32, LAYERS32, R32, V32, true);
}

function fillTables(table: usize, height: usize, layers: i32, r: f64, v: f64, single: bool): void {
  let f = exp(-0.5 * r * r);
  let x = v / f;
  store<f64>(height, 0.0);
  for (let i = 0; i < layers; i++) {
    let next: f64;
    if (i == 0) {
      next = r;
    } else {
      f = i == layers - 1 ? 1.0 : f + v / x;
      next = i == layers - 1 ? 0.0 : Math.sqrt(-2.0 * log(f));
    }
    store<f64>(height + ((i + 1) << 3), f);
    if (single) {
      store<f32>(table + (i << 3), <f32>(2.0 * x));
      store<f32>(table + (i << 3), <f32>(0.5 * next / x), 4);
    } else {
      store<f64>(table + (i << 4), 2.0 * x);
      store<f64>(table + (i << 4), 0.5 * next / x, 8);
    }
    x = next;
  }
}

/** Resolves a draw from layer `i` at abscissa `x` that was not accepted at once; NaN asks for a fresh draw. */
function resolve(i: i32, x: f64, height: usize, r: f64): f64 {
  if (i == 0) {
    // tail beyond r (Marsaglia 1964)
    let a: f64, b: f64;
    do {
      a = -log(nextUniform()) / r;
      b = -log(nextUniform());
    } while (b + b < a * a);
    return x < 0.0 ? -(r + a) : r + a;
  }
  const low = load<f64>(height + (i << 3)), high = load<f64>(height + (i << 3), 8);
  return low + nextUniform() * (high - low) < exp(-0.5 * x * x) ? x : NaN;
}

/** One normal from the scalar generator. */
export function nextNormal(): f64 {
  while (true) {
    const word = nextWord();
    const u = reinterpret<f64>((word >> 12) | 0x3ff0000000000000) - 1.5;
    const i = <i32>(word & 1023);
    const x = u * load<f64>(records + (i << 4));
    if (Math.abs(u) < load<f64>(records + (i << 4), 8)) return x;
    const mended = resolve(i, x, heights, R);
    if (mended == mended) return mended;
  }
}

// @ts-ignore: decorator
@inline
function abscissa(word: v128, one: v128, centre: v128): v128 {
  return f64x2.sub(v128.or(i64x2.shr_u(word, 12), one), centre);
}

// @ts-ignore: decorator
@inline
function record(word: v128, lane: u8): v128 {
  return v128.load((<usize>(lane == 0 ? i64x2.extract_lane(word, 0) : i64x2.extract_lane(word, 1)) & 1023) << 4, records);
}

// @ts-ignore: decorator
@inline
function enqueue(entry: usize, miss: bool, word: u64, index: i32): usize {
  store<u64>(entry, word);
  store<i32>(entry, index, 8);
  return entry + (miss ? 16 : 0);
}

/**
 * Fills `out` with `count` normals of one block, f64.
 * @param state generator state at the start of the block (`seekBlock`); advanced
 * @param key, block address of the same block, for its repairs
 * @param count a multiple of 4
 */
export function fillNormals(state: usize, key: usize, block: u64, out: usize, count: i32): void {
  let a0 = v128.load(state), a1 = v128.load(state, 16), a2 = v128.load(state, 32), a3 = v128.load(state, 48);
  let b0 = v128.load(state, 64), b1 = v128.load(state, 80), b2 = v128.load(state, 96), b3 = v128.load(state, 112);
  const one = v128.load64_splat(CONSTANTS), centre = v128.load64_splat(CONSTANTS, 8);
  let seeded = false;
  for (let start = 0; start < count; start += CHUNK) {
    const base = out + (<usize>start << 3);
    const n = min(CHUNK, count - start);
    let entry = queue;
    for (let i = 0; i < n; i += 4) {
      const wa = i64x2.add(rotl2(i64x2.add(a0, a3), 23), a0);
      const wb = i64x2.add(rotl2(i64x2.add(b0, b3), 23), b0);
      const t = i64x2.shl(a1, 17), v = i64x2.shl(b1, 17);
      a2 = v128.xor(a2, a0); b2 = v128.xor(b2, b0);
      a3 = v128.xor(a3, a1); b3 = v128.xor(b3, b1);
      a1 = v128.xor(a1, a2); b1 = v128.xor(b1, b2);
      a0 = v128.xor(a0, a3); b0 = v128.xor(b0, b3);
      a2 = v128.xor(a2, t); b2 = v128.xor(b2, v);
      a3 = rotl2(a3, 45); b3 = rotl2(b3, 45);

      const to = base + (<usize>i << 3);
      const ua = abscissa(wa, one, centre), ub = abscissa(wb, one, centre);
      let r0 = record(wa, 0), r1 = record(wa, 1);
      v128.store(to, f64x2.mul(ua, v128.shuffle<u64>(r0, r1, 0, 2)));
      const missA = f64x2.ge(f64x2.abs(ua), v128.shuffle<u64>(r0, r1, 1, 3));
      r0 = record(wb, 0); r1 = record(wb, 1);
      v128.store(to, f64x2.mul(ub, v128.shuffle<u64>(r0, r1, 0, 2)), 16);
      const missB = f64x2.ge(f64x2.abs(ub), v128.shuffle<u64>(r0, r1, 1, 3));
      if (v128.any_true(v128.or(missA, missB))) {
        const a = i64x2.bitmask(missA), b = i64x2.bitmask(missB);
        entry = enqueue(entry, (a & 1) != 0, i64x2.extract_lane(wa, 0), i);
        entry = enqueue(entry, (a & 2) != 0, i64x2.extract_lane(wa, 1), i + 1);
        entry = enqueue(entry, (b & 1) != 0, i64x2.extract_lane(wb, 0), i + 2);
        entry = enqueue(entry, (b & 2) != 0, i64x2.extract_lane(wb, 1), i + 3);
      }
    }
    if (entry != queue && !seeded) {
      seekScalar(key, block);
      seeded = true;
    }
    for (let at = queue; at < entry; at += 16) {
      const word = load<u64>(at);
      const i = <i32>(word & 1023);
      const u = reinterpret<f64>((word >> 12) | 0x3ff0000000000000) - 1.5;
      const x = resolve(i, u * load<f64>(records + (i << 4)), heights, R);
      store<f64>(base + (<usize>load<i32>(at, 8) << 3), x == x ? x : nextNormal());
    }
  }
  v128.store(state, a0); v128.store(state, a1, 16); v128.store(state, a2, 32); v128.store(state, a3, 48);
  v128.store(state, b0, 64); v128.store(state, b1, 80); v128.store(state, b2, 96); v128.store(state, b3, 112);
}

// --- f32 -------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function abscissa32(word: v128, one: v128, centre: v128): v128 {
  return f32x4.sub(v128.or(i32x4.shr_u(word, 9), one), centre);
}

// @ts-ignore: decorator
@inline
function laneOf(offset: v128, lane: u8): usize {
  return <usize>(lane == 0 ? i32x4.extract_lane(offset, 0) : lane == 1 ? i32x4.extract_lane(offset, 1)
    : lane == 2 ? i32x4.extract_lane(offset, 2) : i32x4.extract_lane(offset, 3));
}

/** Four normals from a vector of words into `to`; returns the mask of the misses. */
// @ts-ignore: decorator
@inline
function four(word: v128, to: usize, one: v128, centre: v128, mask: v128): i32 {
  const u = abscissa32(word, one, centre);
  const offset = v128.and(i32x4.shl(word, 3), mask);
  let low = v128.load64_zero(laneOf(offset, 0), records32), high = v128.load64_zero(laneOf(offset, 2), records32);
  low = v128.load_lane<u64>(laneOf(offset, 1), low, 1, records32);
  high = v128.load_lane<u64>(laneOf(offset, 3), high, 1, records32);
  v128.store(to, f32x4.mul(u, v128.shuffle<u32>(low, high, 0, 2, 4, 6)));
  return i32x4.bitmask(f32x4.ge(f32x4.abs(u), v128.shuffle<u32>(low, high, 1, 3, 5, 7)));
}

function enqueueFour(entry: usize, mask: i32, word: v128, index: i32): usize {
  entry = enqueue(entry, (mask & 1) != 0, <u32>i32x4.extract_lane(word, 0), index);
  entry = enqueue(entry, (mask & 2) != 0, <u32>i32x4.extract_lane(word, 1), index + 1);
  entry = enqueue(entry, (mask & 4) != 0, <u32>i32x4.extract_lane(word, 2), index + 2);
  return enqueue(entry, (mask & 8) != 0, <u32>i32x4.extract_lane(word, 3), index + 3);
}

/** `fillNormals` in f32; `count` is a multiple of 8. Repairs are made in f64 and rounded. */
export function fillNormals32(state: usize, key: usize, block: u64, out: usize, count: i32): void {
  let a0 = v128.load(state), a1 = v128.load(state, 16), a2 = v128.load(state, 32), a3 = v128.load(state, 48);
  let b0 = v128.load(state, 64), b1 = v128.load(state, 80), b2 = v128.load(state, 96), b3 = v128.load(state, 112);
  const one = v128.load32_splat(CONSTANTS32), centre = v128.load32_splat(CONSTANTS32, 4), mask = v128.load32_splat(CONSTANTS32, 8);
  let seeded = false;
  for (let start = 0; start < count; start += CHUNK) {
    const base = out + (<usize>start << 2);
    const n = min(CHUNK, count - start);
    let entry = queue;
    for (let i = 0; i < n; i += 8) {
      const wa = i64x2.add(rotl2(i64x2.add(a0, a3), 23), a0);
      const wb = i64x2.add(rotl2(i64x2.add(b0, b3), 23), b0);
      const t = i64x2.shl(a1, 17), v = i64x2.shl(b1, 17);
      a2 = v128.xor(a2, a0); b2 = v128.xor(b2, b0);
      a3 = v128.xor(a3, a1); b3 = v128.xor(b3, b1);
      a1 = v128.xor(a1, a2); b1 = v128.xor(b1, b2);
      a0 = v128.xor(a0, a3); b0 = v128.xor(b0, b3);
      a2 = v128.xor(a2, t); b2 = v128.xor(b2, v);
      a3 = rotl2(a3, 45); b3 = rotl2(b3, 45);

      const to = base + (<usize>i << 2);
      const missA = four(wa, to, one, centre, mask), missB = four(wb, to + 16, one, centre, mask);
      if (missA | missB) {
        entry = enqueueFour(entry, missA, wa, i);
        entry = enqueueFour(entry, missB, wb, i + 4);
      }
    }
    if (entry != queue && !seeded) {
      seekScalar(key, block);
      seeded = true;
    }
    for (let at = queue; at < entry; at += 16) {
      const word = load<u32>(at);
      const i = <i32>(word & 511);
      const u = <f64>(reinterpret<f32>((word >> 9) | 0x3f800000) - <f32>1.5);
      const x = resolve(i, u * <f64>load<f32>(records32 + (i << 3)), heights32, R32);
      store<f32>(base + (<usize>load<i32>(at, 8) << 2), <f32>(x == x ? x : nextNormal()));
    }
  }
  v128.store(state, a0); v128.store(state, a1, 16); v128.store(state, a2, 32); v128.store(state, a3, 48);
  v128.store(state, b0, 64); v128.store(state, b1, 80); v128.store(state, b2, 96); v128.store(state, b3, 112);
}
