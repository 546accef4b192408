/**
 * A small seeded generator for what is synchronous and needs no core: permutations, bootstrap draws, copies and their labels.
 * xoshiro128++ (Blackman & Vigna 2021), its state from the seed by the finaliser of MurmurHash3 (Appleby 2008). 32-bit
 * integers alone, so the same draws everywhere.
 */
export interface SmallRandom {
  /** The next 32 bits. */
  word(): number;
  /** A whole number from 0 to below `bound` <= 2^32, without bias. */
  below(bound: number): number;
  /** Uniform in (0, 1): odd multiples of 2^-33. */
  uniform(): number;
}

const rotl = (x: number, k: number) => (x << k) | (x >>> (32 - k));

/** @param seed in [0, 2^53) @param use what the numbers are for, so that no two uses of a seed share numbers */
export function smallRandom(seed: number, use: number): SmallRandom {
  let at = (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b) ^ Math.imul(use + 1, 0xc2b2ae35);
  const mixed = () => {
    at = (at + 0x9e3779b9) | 0;
    let z = at;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let [a, b, c, d] = [mixed(), mixed(), mixed(), mixed()];
  const word = () => {
    const result = (rotl((a + d) | 0, 7) + a) | 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
    return result >>> 0;
  };
  return {
    word,
    below(bound) {
      if (bound <= 1) return 0;
      const shift = Math.clz32(bound - 1);
      for (;;) {
        const candidate = word() >>> shift;
        if (candidate < bound) return candidate;
      }
    },
    uniform: () => (word() + 0.5) / 2 ** 32,
  };
}

/** What seeds are used for; frozen: part of every result. */
export const uses = { permutations: 0, bootstrap: 1, labels: 2, zeros: 3, weights: 4, order: 5 } as const;

/** Shuffles the first `length` entries from `start` (Fisher & Yates). */
export function shuffle(values: Int32Array, start: number, length: number, random: SmallRandom): void {
  for (let i = length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = values[start + i];
    values[start + i] = values[start + j];
    values[start + j] = kept;
  }
}
