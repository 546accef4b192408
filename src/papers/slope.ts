/** Exponents of power laws. */

import { logarithm } from "../logarithm.js";

export { logarithm };

const LN2 = 0.6931471805599453;

/** The least-squares slope of log y against log x. */
export function exponentOf(x: readonly number[], y: readonly number[]): number {
  const [u, v] = [x.map(logarithm), y.map(logarithm)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [cx, cy] = [mean(u), mean(v)];
  const product = u.reduce((sum, ui, i) => sum + (ui - cx) * (v[i] - cy), 0);
  return product / u.reduce((sum, ui) => sum + (ui - cx) * (ui - cx), 0);
}

/** e^x, to some 1e-15 of it, by halvings and a series. */
export function exponential(x: number): number {
  if (!(x > -745)) return x <= -745 ? 0 : Number.NaN;
  if (x > 709.78) return Number.POSITIVE_INFINITY;
  const power = Math.round(x / LN2);
  const rest = x - power * LN2;
  let sum = 1;
  for (let n = 18; n >= 1; n--) sum = 1 + (sum * rest) / n;
  // powers of two are exact, and the largest is one that a double holds
  for (let i = 0; i < Math.abs(power); i++) sum = power > 0 ? sum * 2 : sum / 2;
  return sum;
}

/** x^y for x > 0; exactly 1 for y = 0, and exactly x for y = 1. */
export function powerOf(x: number, y: number): number {
  if (y === 0) return 1;
  return y === 1 ? x : exponential(y * logarithm(x));
}

/** The standard error of that slope, where the y have independent relative errors. */
export function exponentError(x: readonly number[], relativeErrors: readonly number[]): number {
  const u = x.map(logarithm);
  const centre = u.reduce((sum, value) => sum + value, 0) / u.length;
  const spread = u.reduce((sum, ui) => sum + (ui - centre) * (ui - centre), 0);
  return Math.sqrt(u.reduce((sum, ui, i) => sum + ((ui - centre) * relativeErrors[i]) ** 2, 0)) / spread;
}
