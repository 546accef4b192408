// What statistical tests are made of: p-values of statistics, and the one place where they are judged.
import { expect } from "vitest";

/** log Gamma(x), x > 0: Lanczos, g = 7, n = 9 (Godfrey); 1e-14 relative. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  let sum = c[0];
  for (let i = 1; i < 9; i++) sum += c[i] / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised incomplete gammas [P(a, x), Q(a, x)], each to 1e-12 of itself for moderate a: series below a + 1, continued fraction above. */
export function incompleteGamma(a: number, x: number): [lower: number, upper: number] {
  if (x <= 0) return [0, 1];
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = a + 1; term > sum * 1e-17; n++) {
      term *= x / n;
      sum += term;
    }
    return [sum * front, 1 - sum * front];
  }
  // modified Lentz
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 1e6; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return [1 - front * h, front * h];
}

/** P(|X| > |z|) for a standard normal X; accurate to its last digits in the tail. */
export function normalTwoSided(z: number): number {
  return incompleteGamma(0.5, (z * z) / 2)[1];
}

/** Phi(x). */
export function normalCdf(x: number): number {
  return x < 0 ? 0.5 * normalTwoSided(x) : 1 - 0.5 * normalTwoSided(x);
}

/** Phi^{-1}(u), 0 < u < 1, by bisection. */
export function normalQuantile(u: number): number {
  let low = -40;
  let high = 40;
  while (high - low > 1e-14 * (1 + Math.abs(low))) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < u) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Two-sided p-value of a chi-square statistic: too even a histogram is as suspicious as too uneven a one. */
export function chiSquareP(statistic: number, degrees: number): number {
  return Math.min(1, 2 * Math.min(...incompleteGamma(degrees / 2, statistic / 2)));
}

/** Two-sided p-value of counts against expectations that sum to as much (one degree of freedom less than cells). */
export function countsP(counts: ArrayLike<number>, expected: (cell: number) => number): number {
  let statistic = 0;
  for (let i = 0; i < counts.length; i++) statistic += (counts[i] - expected(i)) ** 2 / expected(i);
  return chiSquareP(statistic, counts.length - 1);
}

/** Exact two-sided p-value of a count whose law is Poisson. */
export function poissonP(count: number, mean: number): number {
  const [atLeast] = count > 0 ? incompleteGamma(count, mean) : [1];
  const [, atMost] = incompleteGamma(count + 1, mean);
  return Math.min(1, 2 * Math.min(atLeast, atMost));
}

/** p-value of the Kolmogorov-Smirnov statistic of values (sorted in place) against a distribution function. */
export function kolmogorovP(values: Float64Array, cdf: (x: number) => number): number {
  values.sort();
  const n = values.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const u = cdf(values[i]);
    distance = Math.max(distance, u - i / n, (i + 1) / n - u);
  }
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let j = 1; j < 100; j++) sum += (j % 2 ? 2 : -2) * Math.exp(-2 * (j * lambda) ** 2);
  return Math.min(1, Math.max(0, sum));
}

/** Mean of a sample and the standard error of it. */
export function meanAndError(sample: ArrayLike<number>): { mean: number; error: number } {
  const n = sample.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += sample[i] / n;
  let square = 0;
  for (let i = 0; i < n; i++) square += (sample[i] - mean) ** 2;
  return { mean, error: Math.sqrt(square / (n - 1) / n) };
}

/** p-value of a sample's mean against its exact value, by the normal law of means. */
export function meanP(sample: ArrayLike<number>, exact: number): number {
  const { mean, error } = meanAndError(sample);
  return normalTwoSided((mean - exact) / error);
}

/** P(|T| > |t|) for Student's T with `degrees` degrees of freedom: t = sqrt(nu) tan theta makes it an integral of cos^(nu - 1). */
export function studentTwoSided(t: number, degrees: number): number {
  const steps = 4000;
  const from = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const width = (Math.PI / 2 - from) / steps;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += Math.cos(from + (i + 0.5) * width) ** (degrees - 1);
  const constant = Math.exp(logGamma((degrees + 1) / 2) - logGamma(degrees / 2)) / Math.sqrt(Math.PI);
  return Math.min(1, 2 * constant * sum * width);
}

/** p-value of two means with standard errors, each of n samples (Welch's test with the smaller number of degrees of freedom). */
export function twoMeansP(x: { mean: number; error: number }, y: { mean: number; error: number }, n: number): number {
  return studentTwoSided((x.mean - y.mean) / Math.sqrt(x.error ** 2 + y.error ** 2), n - 1);
}

/** The power s of a law y ~ x^s and its standard error, from points with standard errors small against y: weighted least squares of logarithms. */
export function powerOf(points: readonly { x: number; y: number; error: number }[]): { power: number; error: number } {
  const weights = points.map(({ y, error }) => (y / error) ** 2);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = (values: number[]) => values.reduce((sum, v, i) => sum + weights[i] * v, 0) / total;
  const x = points.map((point) => Math.log(point.x));
  const y = points.map((point) => Math.log(point.y));
  const centre = mean(x);
  const spread = mean(x.map((v) => (v - centre) ** 2));
  return {
    power: mean(x.map((v, i) => (v - centre) * y[i])) / spread,
    error: 1 / Math.sqrt(total * spread),
  };
}

/** The rate at which a correct program would fail one test over all seeds; the seeds of tests are fixed, so that they pass for ever or never. */
export const FALSE_ALARM = 1e-6;

/** Judges a test's p-values together: the smallest of n must not lie below rate / n (Bonferroni). */
export function expectPlausible(pValues: Record<string, number>, rate = FALSE_ALARM): void {
  const names = Object.keys(pValues);
  expect(names.length).toBeGreaterThan(0);
  const improbable = names.filter((name) => !(pValues[name] >= rate / names.length));
  expect(
    improbable.map((name) => `${name}: p = ${pValues[name].toExponential(2)}`),
    `improbable among ${names.length} p-values`,
  ).toEqual([]);
}
