/**
 * Streams of random words, addressable by (seed, stream, purpose, block).
 *
 * Four xoshiro256++ generators (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators") run side by
 * side, two to a vector; word n of a block comes from generator n mod 4. Every block starts from its own state: the 16 state
 * words of block b are mix(key_i + b G), each a SplitMix64 sequence (Steele, Lea & Flood 2014), so that any block is
 * reached at the cost of 16 mixes and equals nothing but a function of its address.
 *
 *   key   16 x u64: one a state word; made once for (seed, stream, purpose)
 *   state 8 x v128: s0 s1 s2 s3 of generators 0|1, then of generators 2|3
 */

export const KEY_BYTES: usize = 128;

/** Odd multiplier of the block number: 2^64 / golden ratio. */
const GAMMA: u64 = 0x9e3779b97f4a7c15;
/** Blocks of the scalar repair generator lie 2^63 away from all blocks of inputs. */
const REPAIR: u64 = 0x8000000000000000;

/** SplitMix64's output function (Stafford's variant 13): a bijection of 64 bits. */
// @ts-ignore: decorator
@inline
export function mix(z: u64): u64 {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/**
 * Makes the key of (seed, stream, purpose).
 * @param key 16 words, written
 * @param seed, stream integers in [0, 2^53)
 * @param purpose 0..15: what the numbers are for, so that no two uses share numbers
 */
export function makeKey(key: usize, seed: f64, stream: f64, purpose: i32): void {
  const a = mix(<u64>seed + 0x243f6a8885a308d3);
  const b = mix(((<u64>stream << 4) | <u64>purpose) + 0x13198a2e03707344);
  for (let i: u64 = 0; i < 16; i++) {
    store<u64>(key + <usize>(i << 3), mix(a + i * 0xd1342543de82ef95) + 3 * mix(b + i * 0xaf251af3b0f025b5));
  }
}

/** State at the start of a block. */
export function seekBlock(state: usize, key: usize, block: u64): void {
  const at = block * GAMMA;
  for (let i: usize = 0; i < 128; i += 32) {
    store<u64>(state + i, mix(load<u64>(key + i) + at));
    store<u64>(state + i, mix(load<u64>(key + i, 8) + at), 8);
    store<u64>(state + i, mix(load<u64>(key + i, 16) + at), 16);
    store<u64>(state + i, mix(load<u64>(key + i, 24) + at), 24);
  }
}

// @ts-ignore: decorator
@inline
export function rotl2(x: v128, n: i32): v128 {
  return v128.or(i64x2.shl(x, n), i64x2.shr_u(x, 64 - n));
}

/** Writes `count` words (a multiple of 4) of the block in order. */
export function fillWords(state: usize, out: usize, count: i32): void {
  let a0 = v128.load(state), a1 = v128.load(state, 16), a2 = v128.load(state, 32), a3 = v128.load(state, 48);
  let b0 = v128.load(state, 64), b1 = v128.load(state, 80), b2 = v128.load(state, 96), b3 = v128.load(state, 112);
  const end = out + (<usize>count << 3);
  for (; out < end; out += 32) {
    v128.store(out, i64x2.add(rotl2(i64x2.add(a0, a3), 23), a0));
    v128.store(out, i64x2.add(rotl2(i64x2.add(b0, b3), 23), b0), 16);
    const t = i64x2.shl(a1, 17), u = i64x2.shl(b1, 17);
    a2 = v128.xor(a2, a0); b2 = v128.xor(b2, b0);
    a3 = v128.xor(a3, a1); b3 = v128.xor(b3, b1);
    a1 = v128.xor(a1, a2); b1 = v128.xor(b1, b2);
    a0 = v128.xor(a0, a3); b0 = v128.xor(b0, b3);
    a2 = v128.xor(a2, t); b2 = v128.xor(b2, u);
    a3 = rotl2(a3, 45); b3 = rotl2(b3, 45);
  }
  v128.store(state, a0); v128.store(state, a1, 16); v128.store(state, a2, 32); v128.store(state, a3, 48);
  v128.store(state, b0, 64); v128.store(state, b1, 80); v128.store(state, b2, 96); v128.store(state, b3, 112);
}

// --- the scalar generator: slow paths of the samplers, and small draws -----------------------------------------------

let r0: u64 = 0, r1: u64 = 0, r2: u64 = 0, r3: u64 = 0;

/** Puts the scalar generator at the start of the repair block that belongs to `block`. */
export function seekScalar(key: usize, block: u64): void {
  const at = (block + REPAIR) * GAMMA;
  r0 = mix(load<u64>(key) + at);
  r1 = mix(load<u64>(key, 8) + at);
  r2 = mix(load<u64>(key, 16) + at);
  r3 = mix(load<u64>(key, 24) + at);
}

/** Next word of the scalar generator (xoshiro256++). */
// @ts-ignore: decorator
@inline
export function nextWord(): u64 {
  const word = rotl<u64>(r0 + r3, 23) + r0;
  const t = r1 << 17;
  r2 ^= r0;
  r3 ^= r1;
  r1 ^= r2;
  r0 ^= r3;
  r2 ^= t;
  r3 = rotl<u64>(r3, 45);
  return word;
}

/** Uniform in (0, 1): odd multiples of 2^-53. */
// @ts-ignore: decorator
@inline
export function nextUniform(): f64 {
  return (<f64>(nextWord() >> 12) + 0.5) * (1.0 / 4503599627370496.0);
}
