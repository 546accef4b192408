// A small battery for random words, each statistic as a two-sided p-value: Marsaglia's and Knuth's classics with L'Ecuyer & Simard's sizes.
// It is no substitute for dieharder (test/random/dieharder-feed.mjs); it finds a lost lane, a stuck bit, a key that repeats.
import { chiSquareP, countsP, normalTwoSided, poissonP } from "./statistics.js";

/** p-values by name; `words` are 64-bit, in order, a multiple of 2^15 of them. */
export function battery(words: BigUint64Array): Record<string, number> {
  const half = new Uint32Array(words.buffer, words.byteOffset, 2 * words.length);
  return {
    ...bits(half),
    "pairs of high bytes": pairsOfBytes(half, 1, 24),
    "pairs of low bytes": pairsOfBytes(half, 0, 0),
    "Hamming weights": weights(half),
    ...weightCorrelations(half),
    "birthday spacings, high": birthdays(half, (low, high) => high * 256 + (low >>> 24)),
    "birthday spacings, low": birthdays(half, (low, high) => (high & 255) * 2 ** 32 + low),
    "rank 32 x 32, high": ranks(
      half,
      32,
      (r) => half[2 * r + 1],
      () => 0,
    ),
    "rank 32 x 32, low": ranks(
      half,
      32,
      (r) => half[2 * r],
      () => 0,
    ),
    "rank 64 x 64": ranks(
      half,
      64,
      (r) => half[2 * r + 1],
      (r) => half[2 * r],
    ),
    "gaps, high": gaps(half, (i) => half[2 * i + 1] < 2 ** 28),
    "gaps, low": gaps(half, (i) => (half[2 * i] & 15) === 0),
    "runs up": runsUp(half),
  };
}

function popcount(x: number): number {
  let v = x - ((x >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const weightOf = (half: Uint32Array, i: number) => popcount(half[2 * i]) + popcount(half[2 * i + 1]);

/** Bytes at each of 8 places; ones in all and at each of 64 positions; changes along the bit string and from word to word at each position. */
function bits(half: Uint32Array): Record<string, number> {
  const n = half.length / 2;
  // histograms of bytes hold all counts of bits, at a fraction of the work
  const bytes = new Uint32Array(8 * 256);
  const changed = new Uint32Array(8 * 256);
  let along = 0;
  for (let i = 0; i < 2 * n; i++) {
    const x = half[i];
    const before = i >= 2 ? x ^ half[i - 2] : 0;
    const place = (i & 1) << 10;
    for (let b = 0; b < 4; b++) {
      bytes[place + (b << 8) + ((x >>> (8 * b)) & 255)]++;
      changed[place + (b << 8) + ((before >>> (8 * b)) & 255)]++;
    }
    along += popcount((x ^ (x >>> 1)) & 0x7fffffff) + (i > 0 ? (x & 1) ^ (half[i - 1] >>> 31) : 0);
  }
  const onesAt = (histogram: Uint32Array, bit: number) => {
    let sum = 0;
    for (let v = 0; v < 256; v++) if ((v >> (bit & 7)) & 1) sum += histogram[((bit >> 3) << 8) + v];
    return sum;
  };
  const binomial = (count: number, trials: number) => normalTwoSided((2 * count - trials) / Math.sqrt(trials));
  const p: Record<string, number> = { "runs of bits": binomial(along, 64 * n - 1) };
  let ones = 0;
  for (let b = 0; b < 64; b++) {
    ones += onesAt(bytes, b);
    p[`ones at bit ${b}`] = binomial(onesAt(bytes, b), n);
    p[`changes at bit ${b}`] = binomial(onesAt(changed, b), n - 1);
  }
  p.ones = binomial(ones, 64 * n);
  for (let b = 0; b < 8; b++) p[`byte ${b}`] = countsP(bytes.subarray(b << 8, (b + 1) << 8), () => n / 256);
  return p;
}

/** Serial test in two dimensions: pairs of a byte of word 2 i and of word 2 i + 1 on 2^16 cells. */
function pairsOfBytes(half: Uint32Array, part: 0 | 1, shift: number): number {
  const counts = new Float64Array(65536);
  for (let i = part; i < half.length; i += 4)
    counts[(((half[i] >>> shift) & 255) << 8) | ((half[i + 2] >>> shift) & 255)]++;
  return countsP(counts, () => half.length / 4 / 65536);
}

/** Numbers of ones in words, tails pooled. */
function weights(half: Uint32Array): number {
  const n = half.length / 2;
  const counts = new Float64Array(29);
  const expected = new Float64Array(29);
  const cell = (weight: number) => Math.min(28, Math.max(0, weight - 18));
  let probability = 2 ** -64;
  for (let w = 0; w <= 64; w++) {
    expected[cell(w)] += n * probability;
    probability *= (64 - w) / (w + 1);
  }
  for (let i = 0; i < n; i++) counts[cell(weightOf(half, i))]++;
  return countsP(counts, (i) => expected[i]);
}

/** Correlations of the numbers of ones of words 1, 2, 3, 4, 8 apart: mean 0, variance 1 / n (16^2 the product of variances). */
function weightCorrelations(half: Uint32Array): Record<string, number> {
  const n = half.length / 2;
  const centred = Float64Array.from({ length: n }, (_, i) => weightOf(half, i) - 32);
  return Object.fromEntries(
    [1, 2, 3, 4, 8].map((lag) => {
      let sum = 0;
      for (let i = lag; i < n; i++) sum += centred[i] * centred[i - lag];
      return [`weights ${lag} apart`, normalTwoSided(sum / (16 * Math.sqrt(n - lag)))];
    }),
  );
}

/**
 * Birthday spacings: 2^15 birthdays in a year of 2^40 days; the number of equal spacings is Poisson with mean n^3 / (4 k) = 8 up to corrections
 * that stay invisible in 32 repetitions (L'Ecuyer & Simard 2001: n <= k^(5/12) / N^(1/3)).
 */
function birthdays(half: Uint32Array, day: (low: number, high: number) => number): number {
  const n = 2 ** 15;
  const repetitions = half.length / 2 / n;
  let equal = 0;
  for (let r = 0; r < repetitions; r++) {
    const days = Float64Array.from({ length: n }, (_, i) =>
      day(half[2 * (r * n + i)], half[2 * (r * n + i) + 1]),
    ).sort();
    const spacings = days.map((d, i) => d - (i > 0 ? days[i - 1] : 0)).sort();
    for (let i = 1; i < n; i++) if (spacings[i] === spacings[i - 1]) equal++;
  }
  return poissonP(equal, (repetitions * n ** 3) / (4 * 2 ** 40));
}

/** Ranks over GF(2) of size x size matrices of rows (high(r), low(r)): full, one less, two less, fewer. */
function ranks(half: Uint32Array, size: 32 | 64, high: (r: number) => number, low: (r: number) => number): number {
  const matrices = Math.floor(half.length / 2 / size);
  const counts = new Float64Array(4);
  // a basis in echelon form: the row whose first one stands at a place
  const basisHigh = new Uint32Array(64);
  const basisLow = new Uint32Array(64);
  for (let m = 0; m < matrices; m++) {
    basisHigh.fill(0);
    basisLow.fill(0);
    let rank = 0;
    for (let r = m * size; r < (m + 1) * size; r++) {
      let x = high(r);
      let y = low(r);
      while ((x | y) !== 0) {
        const place = x !== 0 ? Math.clz32(x) : 32 + Math.clz32(y);
        if ((basisHigh[place] | basisLow[place]) === 0) {
          basisHigh[place] = x;
          basisLow[place] = y;
          rank++;
          break;
        }
        x ^= basisHigh[place];
        y ^= basisLow[place];
      }
    }
    counts[Math.min(3, size - rank)]++;
  }
  // P(rank = n - s) = 2^(-s^2) prod_(i > s) (1 - 2^-i) / prod_(i <= s) (1 - 2^-i), to 2^-32
  const limit = (s: number) => {
    let p = 2 ** -(s * s);
    for (let i = 1; i < 60; i++) p *= i > s ? 1 - 2 ** -i : 1 / (1 - 2 ** -i);
    return p;
  };
  const probabilities = [limit(0), limit(1), limit(2)];
  probabilities.push(1 - probabilities[0] - probabilities[1] - probabilities[2]);
  return countsP(counts, (s) => matrices * probabilities[s]);
}

/** Lengths of gaps between events of probability 1/16. */
function gaps(half: Uint32Array, event: (i: number) => boolean): number {
  const counts = new Float64Array(64);
  let gap = 0;
  let total = 0;
  for (let i = 0; i < half.length / 2; i++) {
    if (!event(i)) {
      gap++;
      continue;
    }
    counts[Math.min(63, gap)]++;
    total++;
    gap = 0;
  }
  return countsP(counts, (g) => total * (15 / 16) ** g * (g < 63 ? 1 / 16 : 1));
}

/** Lengths of ascending runs of high halves, each followed by one word that is thrown away, so that they are independent: P(length >= r) = 1 / r!. */
function runsUp(half: Uint32Array): number {
  const counts = new Float64Array(7);
  let total = 0;
  for (let i = 0; i < half.length / 2 - 20; i++) {
    let length = 1;
    while (half[2 * (i + 1) + 1] > half[2 * i + 1]) {
      length++;
      i++;
    }
    i++;
    counts[Math.min(7, length) - 1]++;
    total++;
  }
  const factorial = [1, 1, 2, 6, 24, 120, 720, 5040];
  let statistic = 0;
  for (let r = 1; r <= 7; r++) {
    const expected = total * (1 / factorial[r] - (r < 7 ? 1 / factorial[r + 1] : 0));
    statistic += (counts[r - 1] - expected) ** 2 / expected;
  }
  return chiSquareP(statistic, 6);
}
