/** Measures of shuffled and of resampled tables. Both depend on the table and the seed alone, not on the order of samples. */

import { invalid } from "../../options.js";
import { type SmallRandom, shuffle, smallRandom, uses } from "../random.js";
import { type Cells, withCounts } from "./cells.js";
import { plugIn, type Triple, triple } from "./measures.js";

/** Cells of a table of all classes. */
const LARGEST = 2 ** 25;

/**
 * Means of the plug-in informations over permutations that take all dependence away: for I(F;Y) F is permuted among all samples, for
 * I(F;Y|L) within each stratum of L. What they come to is bias. (THEORY.md G: with ten classes Miller-Madow leaves .086 of .091 bits
 * of it, this .0006.)
 */
export function permutationNull(cells: Cells, permutations: number, seed: number): Triple {
  const everywhere = {
    ...cells,
    l: new Int32Array(cells.l.length),
    sizes: [cells.sizes[0], cells.sizes[1], 1],
  } as Cells;
  const random = smallRandom(seed, uses.permutations);
  const within = meanConditional(cells, permutations, random);
  return triple(meanConditional(everywhere, permutations, random), within);
}

/** The mean of I(F;Y|L) over permutations of F within strata. */
function meanConditional(cells: Cells, permutations: number, random: SmallRandom): number {
  const { f, y, l, count, sizes } = cells;
  const [kF, kY] = sizes;
  // samples in the order of their strata
  const order = Int32Array.from(f.keys()).sort((i, j) => l[i] - l[j] || i - j);
  const [F, Y, L] = [f, y, l].map((codes) => {
    const samples = new Int32Array(cells.n);
    let at = 0;
    for (const i of order) {
      samples.fill(codes[i], at, at + count[i]);
      at += count[i];
    }
    return samples;
  });
  const { cells: all, indexOf } = crossed(cells);
  const counts = new Float64Array(all.f.length);
  let sum = 0;
  for (let p = 0; p < permutations; p++) {
    for (let start = 0; start < F.length; ) {
      let end = start + 1;
      while (end < F.length && L[end] === L[start]) end++;
      shuffle(F, start, end - start, random);
      start = end;
    }
    counts.fill(0);
    for (let i = 0; i < F.length; i++) counts[indexOf[(L[i] * kY + Y[i]) * kF + F[i]]]++;
    sum += plugIn(withCounts(all, counts)).conditional;
  }
  return sum / permutations;
}

/** All cells that a permutation within strata can fill, and where each (l, y, f) is among them. */
function crossed({ f, y, l, count, sizes: [kF, kY, kL], n }: Cells): { cells: Cells; indexOf: Int32Array } {
  const present = { FL: new Uint8Array(kF * kL), YL: new Uint8Array(kY * kL) };
  for (let i = 0; i < count.length; i++) {
    present.FL[f[i] * kL + l[i]] = 1;
    present.YL[y[i] * kL + l[i]] = 1;
  }
  if (kF * kY * kL > LARGEST)
    invalid(`Permutations take a table of ${kF} x ${kY} x ${kL} cells; allowed: up to 2^25. Use bias "miller-madow".`);
  const indexOf = new Int32Array(kF * kY * kL).fill(-1);
  const [inF, inY, inL]: number[][] = [[], [], []];
  for (let c = 0; c < kL; c++) {
    for (let b = 0; b < kY; b++) {
      if (!present.YL[b * kL + c]) continue;
      for (let a = 0; a < kF; a++) {
        if (!present.FL[a * kL + c]) continue;
        indexOf[(c * kY + b) * kF + a] = inF.length;
        inF.push(a);
        inY.push(b);
        inL.push(c);
      }
    }
  }
  const codes = (values: number[]) => Int32Array.from(values);
  const cells: Cells = {
    f: codes(inF),
    y: codes(inY),
    l: codes(inL),
    count: new Float64Array(inF.length),
    sizes: [kF, kY, kL],
    n,
  };
  return { cells, indexOf };
}

/** The plug-in triples of `replicates` tables, each of n samples drawn from this one with replacement. */
export function bootstrap(cells: Cells, replicates: number, seed: number): Triple[] {
  const { count, n } = cells;
  const random = smallRandom(seed, uses.bootstrap);
  // the cell of every sample: a draw is one look-up
  const cellOf = new Int32Array(n);
  let at = 0;
  for (let i = 0; i < count.length; i++) {
    cellOf.fill(i, at, at + count[i]);
    at += count[i];
  }
  return Array.from({ length: replicates }, () => {
    const drawn = new Float64Array(count.length);
    for (let i = 0; i < n; i++) drawn[cellOf[random.below(n)]]++;
    return plugIn(withCounts(cells, drawn));
  });
}
