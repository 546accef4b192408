/** The natural logarithm where no core is at hand: the host's own differs between engines in the last bits. */

const LN2 = 0.6931471805599453;

/** log x, to 1e-15 for x > 0: the same bits everywhere. -Infinity at 0, NaN below. */
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
