/** Where the ticks of an axis stand and what they say; the same for paper and terminal. */

export interface Ticks {
  /** Ticks with a label, ascending. */
  readonly major: readonly { readonly value: number; readonly label: string }[];
  /** Short ticks between them. */
  readonly minor: readonly number[];
}

/**
 * Ticks of a log axis: powers of ten, with 2..9 times them as minor ticks; over many decades every n-th power is labelled and
 * the others are minor; over less than two decades 1, 2, 5 times powers of ten are labelled too, and all digits where those are fewer than three.
 *
 * @param domain both ends, positive. @param most the greatest number of labels that has room.
 */
export function logTicks([low, high]: readonly [number, number], most = 8): Ticks {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const decades = last - first + 1;
  const inside = (value: number): boolean => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  if (high / low < 100) {
    const fine = fineLogTicks(low, high, inside, most);
    if (decades < 2 || fine.major.length <= most) return fine;
  }
  const step = Math.ceil(decades / Math.max(2, most));
  const major: { value: number; label: string }[] = [];
  const minor: number[] = [];
  for (let k = first - 1; k <= last; k++) {
    const power = powerOfTen(k);
    const labelled = modulo(k, step) === 0;
    if (k >= first && labelled) major.push({ value: power, label: `10${superscript(k)}` });
    if (k >= first && !labelled) minor.push(power);
    if (step === 1) for (let m = 2; m <= 9; m++) if (inside(m * power)) minor.push(m * power);
  }
  return { major, minor };
}

/** Ticks of a linear axis at 1, 2 or 5 times a power of ten apart, with fifths (of 1 and 5) or halves (of 2) between. */
export function linearTicks([low, high]: readonly [number, number], most = 8): Ticks {
  const raw = (high - low) / Math.max(1, most);
  const exponent = Math.floor(Math.log10(raw));
  const unit = powerOfTen(exponent);
  const factor = [1, 2, 5, 10].find((f) => f * unit >= raw * (1 - 1e-9)) ?? 10;
  const step = factor * unit;
  const parts = factor === 2 ? 2 : 5;
  const place = factor === 10 ? exponent + 1 : exponent;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const shift = largest >= 1e5 || largest < 1e-3 ? Math.floor(Math.log10(largest)) : 0;
  const major: { value: number; label: string }[] = [];
  const minor: number[] = [];
  const from = Math.ceil((low * parts) / step - 1e-9);
  const to = Math.floor((high * parts) / step + 1e-9);
  for (let i = from; i <= to; i++) {
    const value = (i * step) / parts;
    if (i % parts !== 0) minor.push(value);
    else major.push({ value, label: shift ? scaled(value, shift, place) : plain(value, Math.max(0, -place)) });
  }
  return { major, minor };
}

/** The exponent as Unicode superscripts: superscript(-3) = "⁻³". */
export function superscript(k: number): string {
  return String(k).replace(/[-\d]/g, (char) => (char === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(char)]));
}

function fineLogTicks(low: number, high: number, inside: (value: number) => boolean, most: number): Ticks {
  if (high / low < 3) {
    const { major, minor } = linearTicks([low, high], Math.min(most, 6));
    return { major: major.filter(({ value }) => value > 0), minor: minor.filter((value) => value > 0) };
  }
  const all: { value: number; m: number; k: number }[] = [];
  for (let k = Math.floor(Math.log10(low)) - 1; k <= Math.ceil(Math.log10(high)); k++)
    for (let m = 1; m <= 9; m++) if (inside(m * powerOfTen(k))) all.push({ value: m * powerOfTen(k), m, k });
  const isRound = ({ m }: { m: number }): boolean => m === 1 || m === 2 || m === 5;
  // between 2 and 9 a reader wants to see 3, 4, 6 and 8 as well; digits take half the room
  const few = all.filter(isRound).length < 3 && all.length <= 2 * most && all.every(({ k }) => Math.abs(k) <= 2);
  const major: { value: number; label: string }[] = [];
  const minor: number[] = [];
  for (const { value, m, k } of all) {
    if (!few && !isRound({ m })) minor.push(value);
    else if (m === 1 && Math.abs(k) > 2) major.push({ value, label: `10${superscript(k)}` });
    else major.push({ value, label: Math.abs(k) > 2 ? `${m}×10${superscript(k)}` : plain(value, Math.max(0, -k)) });
  }
  return { major, minor };
}

/** 10^k as the nearest double: the decimal literal is exact where repeated multiplication is not. */
function powerOfTen(k: number): number {
  return Number(`1e${k}`);
}

function plain(value: number, decimals: number): string {
  return (value === 0 ? "0" : value.toFixed(decimals)).replace("-", "−");
}

/** A multiple of 10^place as a mantissa times 10^shift. */
function scaled(value: number, shift: number, place: number): string {
  if (value === 0) return "0";
  const mantissa = (value / powerOfTen(shift)).toFixed(Math.max(0, shift - place));
  return `${mantissa.replace("-", "−")}×10${superscript(shift)}`;
}

function modulo(k: number, n: number): number {
  return ((k % n) + n) % n;
}
