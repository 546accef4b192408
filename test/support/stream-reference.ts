// The streams of assembly/random/stream.ts, written again in BigInt from the papers: xoshiro256++ (Blackman & Vigna 2021), SplitMix64's output
// function (Stafford's variant 13), and the documented key and block arithmetic.

const wrap = (x: bigint) => BigInt.asUintN(64, x);
const rotl = (x: bigint, n: bigint) => wrap((x << n) | (x >> (64n - n)));

export function mix(z: bigint): bigint {
  const a = wrap((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  const b = wrap((a ^ (a >> 27n)) * 0x94d049bb133111ebn);
  return b ^ (b >> 31n);
}

/** Sixteen key words of (seed, stream, purpose). */
export function makeKey(seed: number, stream: number, purpose: number): bigint[] {
  const a = mix(wrap(BigInt(seed) + 0x243f6a8885a308d3n));
  const b = mix(wrap(16n * BigInt(stream) + BigInt(purpose) + 0x13198a2e03707344n));
  return Array.from({ length: 16 }, (_, i) =>
    wrap(mix(wrap(a + BigInt(i) * 0xd1342543de82ef95n)) + 3n * mix(wrap(b + BigInt(i) * 0xaf251af3b0f025b5n))),
  );
}

export class Xoshiro {
  constructor(readonly s: [bigint, bigint, bigint, bigint]) {}

  next(): bigint {
    const [s0, s1, s2, s3] = this.s;
    const word = wrap(rotl(wrap(s0 + s3), 23n) + s0);
    const x2 = s2 ^ s0;
    const x3 = s3 ^ s1;
    this.s[1] = s1 ^ x2;
    this.s[0] = s0 ^ x3;
    this.s[2] = x2 ^ wrap(s1 << 17n);
    this.s[3] = rotl(x3, 45n);
    return word;
  }

  /** Odd multiples of 2^-53 in (0, 1). */
  uniform(): number {
    return (Number(this.next() >> 12n) + 0.5) * 2 ** -52;
  }
}

const stateWord = (keyWord: bigint, block: bigint) => mix(wrap(keyWord + block * 0x9e3779b97f4a7c15n));

/**
 * The four generators of a block. In memory, state word j of generators (0, 1) is vector j and of (2, 3) vector 4 + j, so
 * generator g's word j comes from key word 8 floor(g / 2) + 2 j + g mod 2.
 */
export function generatorsOf(key: readonly bigint[], block: bigint): Xoshiro[] {
  return [0, 1, 2, 3].map((g) => {
    const word = (j: number) => stateWord(key[8 * (g >> 1) + 2 * j + (g & 1)], block);
    return new Xoshiro([word(0), word(1), word(2), word(3)]);
  });
}

/** The scalar generator that belongs to a block: the same addresses, 2^63 away. */
export function scalarOf(key: readonly bigint[], block: bigint): Xoshiro {
  const word = (j: number) => stateWord(key[j], block + 2n ** 63n);
  return new Xoshiro([word(0), word(1), word(2), word(3)]);
}

/** Words 0 .. count - 1 of a block: word n from generator n mod 4. */
export function wordsOf(key: readonly bigint[], block: bigint, count: number): bigint[] {
  const generators = generatorsOf(key, block);
  return Array.from({ length: count }, (_, n) => generators[n % 4].next());
}
