/** Exponents: straight lines through measured points in double logarithms. */

/** A power of d that was fitted. */
export interface Exponent {
  readonly value: number;
  /** From the points' own errors, or their scatter about the line where that is larger. */
  readonly standardError: number;
}

/** One point: natural logarithms, and the standard error of y. */
export interface LogPoint {
  readonly x: number;
  readonly y: number;
  readonly error: number;
}

/** Least relative error of a measured point: below it, corrections to the power are larger than noise. */
const FLOOR = 0.01;

/** The slope of the weighted least-squares line; undefined for fewer than two abscissae. */
export function slope(points: readonly LogPoint[]): Exponent | undefined {
  const usable = points.filter(({ x, y, error }) => [x, y, error].every(Number.isFinite));
  const weights = usable.map(({ error }) => 1 / (error * error + FLOOR * FLOOR));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = (values: readonly number[]) => values.reduce((sum, v, i) => sum + weights[i] * v, 0) / total;
  const centre = { x: mean(usable.map(({ x }) => x)), y: mean(usable.map(({ y }) => y)) };
  let [square, product] = [0, 0];
  for (const [i, { x, y }] of usable.entries()) {
    square += weights[i] * (x - centre.x) * (x - centre.x);
    product += weights[i] * (x - centre.x) * (y - centre.y);
  }
  if (usable.length < 2 || !(square > 0)) return undefined;
  const value = product / square;
  let chiSquared = 0;
  for (const [i, { x, y }] of usable.entries()) {
    const residual = y - centre.y - value * (x - centre.x);
    chiSquared += weights[i] * residual * residual;
  }
  const scatter = usable.length > 2 ? chiSquared / (usable.length - 2) : 1;
  return { value, standardError: Math.sqrt(Math.max(1, scatter) / square) };
}

/** Mean and standard error. */
export function meanOf(values: ArrayLike<number>): { mean: number; error: number } {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let square = 0;
  for (let i = 0; i < n; i++) square += (values[i] - mean) * (values[i] - mean);
  return { mean, error: Math.sqrt(square / (n - 1) / n) };
}

/** Two measurements of one number, by their errors. */
export function combined(one: Exponent | undefined, other: Exponent | undefined): Exponent | undefined {
  if (!one || !other) return one ?? other;
  const [u, v] = [1 / (one.standardError * one.standardError), 1 / (other.standardError * other.standardError)];
  return { value: (u * one.value + v * other.value) / (u + v), standardError: 1 / Math.sqrt(u + v) };
}
