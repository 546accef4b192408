// Two samples of one size: do they come from one law?
import { chiSquareP, logGamma } from "./statistics.js";

/** Values to 9 decimals: an atom of a law is then one number, whatever the rounding on the way to it (THEORY D.5). */
export function rounded(sample: Float64Array): Float64Array {
  return sample.map((x) => Math.round(x * 1e9) / 1e9);
}

/**
 * p-value of the Kolmogorov-Smirnov distance of two samples of n values. Exact for continuous laws (Gnedenko & Korolyuk 1951):
 * P(n D >= c) = 2 sum_j (-1)^(j - 1) C(2n, n - jc) / C(2n, n); ties make the true one smaller.
 */
export function twoSampleKolmogorovP(first: Float64Array, second: Float64Array): number {
  const n = first.length;
  if (second.length !== n) throw new RangeError(`samples of ${n} and ${second.length} values; they must have one size`);
  const x = first.slice().sort();
  const y = second.slice().sort();
  let c = 0;
  for (let i = 0, j = 0; i < n && j < n; ) {
    const value = Math.min(x[i], y[j]);
    while (i < n && x[i] <= value) i++;
    while (j < n && y[j] <= value) j++;
    c = Math.max(c, Math.abs(i - j));
  }
  if (c === 0) return 1;
  let sum = 0;
  for (let j = 1; j * c <= n; j++) {
    const logRatio = 2 * logGamma(n + 1) - logGamma(n - j * c + 1) - logGamma(n + j * c + 1);
    if (logRatio < -740) break;
    sum += (j % 2 ? 2 : -2) * Math.exp(logRatio);
  }
  return Math.min(1, Math.max(0, sum));
}

/**
 * p-value of all entries together, whatever their correlations: Hotelling's T^2 of two bounded scores of each entry, x / sqrt(1 + x^2) for its place
 * and 1 / (1 + x^2) for its spread (x in standard deviations of both samples together). Means of bounded scores are normal, and scores that are
 * combinations of others are left out, so T^2 is chi-squared with as many degrees of freedom as scores are left. Two-sided: samples that are too alike
 * are not independent.
 * @param x, y a sample of each entry
 */
export function sameLawP(x: readonly Float64Array[], y: readonly Float64Array[]): number {
  const n = x[0].length;
  const scores = x.flatMap((xs, i) => scoresOf(xs, y[i]));
  // Gram-Schmidt with pivots, on covariances: `left` is what is left of a score's variance when those before it are known
  const left = scores.map(() => 1);
  const rest = scores.map((u) => difference(u, n));
  const factor: number[][] = scores.map(() => []);
  let statistic = 0;
  for (let rank = 0; ; rank++) {
    const pivot = left.indexOf(Math.max(...left));
    if (!(left[pivot] > 1e-4)) return chiSquareP(statistic * (n / 2), rank);
    const root = Math.sqrt(left[pivot]);
    const z = rest[pivot] / root;
    statistic += z * z;
    const row = factor[pivot].slice();
    scores.forEach((u, i) => {
      if (left[i] <= 1e-4) return;
      let covariance = inner(u, scores[pivot]);
      for (let c = 0; c < rank; c++) covariance -= factor[i][c] * row[c];
      const f = covariance / root;
      factor[i].push(f);
      left[i] -= f * f;
      rest[i] -= f * z;
    });
    left[pivot] = 0;
  }
}

/** Scores of both samples one after the other, mean 0 and variance 1; none of an entry that does not vary. */
function scoresOf(x: Float64Array, y: Float64Array): Float64Array[] {
  const values = new Float64Array(2 * x.length);
  values.set(x);
  values.set(y, x.length);
  const both = standardised(values);
  if (!both) return [];
  return [both.map((v) => v / Math.sqrt(1 + v * v)), both.map((v) => 1 / (1 + v * v))].flatMap(
    (score) => standardised(score) ?? [],
  );
}

function standardised(values: Float64Array): Float64Array | undefined {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  const centred = values.map((v) => v - mean);
  const deviation = Math.sqrt(inner(centred, centred));
  return deviation > 1e-9 ? centred.map((v) => v / deviation) : undefined;
}

/** Mean of products. */
function inner(u: Float64Array, v: Float64Array): number {
  let even = 0;
  let odd = 0;
  for (let i = 0; i < u.length; i += 2) {
    even += u[i] * v[i];
    odd += u[i + 1] * v[i + 1];
  }
  return (even + odd) / u.length;
}

/** Mean of the first n less that of the others. */
function difference(u: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += u[i] - u[n + i];
  return sum / n;
}
