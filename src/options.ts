/** Options shared by calls: seeds and saved times, checked. */
import { SgdDynamicsError, shown } from "./errors.js";
import { isList } from "./linalg/matrix.js";
import type { SimulationKernels } from "./wasm/core.js";

/** Which times to save: exactly these, or so many from 0 to `until`. */
export type Save =
  | { readonly times: ArrayLike<number> }
  | { readonly count: number; readonly spacing?: "log" | "linear" };

/** Decades that a log-spaced grid spans below `until`. */
const DECADES = 4;
const LN10 = 2.302585092994046;

export function invalid(sentence: string): never {
  throw new SgdDynamicsError("invalid-argument", sentence);
}

/** Unknown options are errors too: a misspelt one would silently do nothing. */
export function checkKeys(where: string, options: object, allowed: readonly string[], noun = "option"): void {
  if (typeof options !== "object" || options === null)
    invalid(`${where} takes an object of options; given: ${shown(options)}.`);
  const unknown = Object.keys(options).find((key) => !allowed.includes(key));
  if (unknown !== undefined) invalid(`${where} has no ${noun} ${shown(unknown)}; allowed: ${allowed.join(", ")}.`);
}

export function checkNumber(name: string, value: unknown, allowed: string, holds: (n: number) => boolean): number {
  if (typeof value !== "number" || !holds(value))
    invalid(`${name} ${value === undefined ? "is required" : `is ${shown(value)}`}; allowed: ${allowed}.`);
  return value;
}

export function checkOneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  if (!allowed.includes(value as T))
    invalid(`${name} is ${shown(value)}; allowed: ${allowed.map((a) => `"${a}"`).join(", ")}.`);
  return value as T;
}

export function checkSeed(name: string, seed: unknown): number {
  return checkNumber(name, seed, "a whole number from 0 to 2^53 - 1", (n) => Number.isSafeInteger(n) && n >= 0);
}

export function checkTime(name: string, time: unknown): number {
  return checkNumber(name, time, "a finite time t = nu / d, at least 0", (n) => Number.isFinite(n) && n >= 0);
}

/**
 * The saved times, increasing, within [0, until]. A log-spaced grid of n has 0, then n - 1 points from until / 10^4 to `until`,
 * in constant ratio.
 */
export function saveTimes(
  save: Save | undefined,
  until: number,
  { exp }: Pick<SimulationKernels, "exp">,
): Float64Array {
  const wanted = save ?? { count: 100, spacing: "log" };
  if (typeof wanted !== "object" || wanted === null || isList(wanted))
    invalid(`save is ${shown(wanted)}; allowed: { times } or { count, spacing: "log" | "linear" }.`);
  if ("times" in wanted) {
    checkKeys("save", wanted, ["times"]);
    return checkTimes(wanted.times, until);
  }
  checkKeys("save", wanted, ["count", "spacing"]);
  const count = checkNumber(
    "save.count",
    wanted.count,
    "a whole number from 2 to 1e6",
    (n) => Number.isInteger(n) && n >= 2 && n <= 1e6,
  );
  const spacing = checkOneOf("save.spacing", wanted.spacing ?? "log", ["log", "linear"]);
  return Float64Array.from({ length: count }, (_, i) => {
    if (i === 0) return 0;
    if (i === count - 1) return until;
    return spacing === "linear"
      ? (until * i) / (count - 1)
      : until * exp(-LN10 * DECADES * (1 - (i - 1) / (count - 2)));
  });
}

function checkTimes(times: unknown, until: number): Float64Array {
  if (!isList(times)) invalid(`save.times is ${shown(times)}; allowed: an array of times.`);
  const given = times;
  const list = Float64Array.from({ length: given.length }, (_, i) =>
    checkNumber(`save.times[${i}]`, given[i], `a number from 0 to until = ${until}`, (t) => t >= 0 && t <= until),
  );
  list.forEach((t, i) => {
    if (i > 0 && t < list[i - 1]) invalid(`save.times must not decrease; given: ${list[i - 1]} before ${t}.`);
  });
  return list;
}
