/** Exponents of power laws. */

const LN2 = 0.6931471805599453;

/** log x, to 1e-15 for x > 0; the host's own differs between engines. -Infinity at 0, NaN below. */
export function logarithm(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let power = 0;
  let rest = x;
  for (; rest > Math.SQRT2; rest /= 2) power++;
  for (; rest < Math.SQRT1_2; rest *= 2) power--;
  // 2 artanh((x - 1) / (x + 1)), |argument| < 0.172
  const z = (rest - 1) / (rest + 1);
  let sum = 0;
  for (let n = 19; n >= 1; n -= 2) sum = sum * z * z + 1 / n;
  return power * LN2 + 2 * z * sum;
}

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
