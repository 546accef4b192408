/** Options of the information measures, checked once. */

import { shown } from "../../errors.js";
import { checkKeys, checkNumber, checkOneOf, checkSeed, invalid } from "../../options.js";

/** "bits" (default) or "nats". */
export type Unit = "bits" | "nats";

/**
 * What is taken off the plug-in estimates, whose bias is upwards: nothing (default); Miller's and Madow's first-order term; or the
 * mean of so many permutations of F, within strata of L for the conditional information.
 */
export type BiasCorrection = "none" | "miller-madow" | { readonly permutations: number; readonly seed: number };

export interface InformationOptions {
  readonly unit?: Unit;
  readonly bias?: BiasCorrection;
}

export const informationKeys = ["unit", "bias"] as const;

const LN2 = 0.6931471805599453;

/** Nats in a unit. */
export function natsIn(unit: unknown): number {
  return checkOneOf("unit", unit ?? "bits", ["bits", "nats"]) === "bits" ? LN2 : 1;
}

const positive = (name: string, value: unknown, most: number) =>
  checkNumber(name, value, `a whole number from 1 to ${most}`, (n) => Number.isInteger(n) && n >= 1 && n <= most);

export function checkedBias(bias: unknown): BiasCorrection {
  if (bias === undefined || bias === "none") return "none";
  if (bias === "miller-madow") return bias;
  if (typeof bias !== "object" || bias === null)
    invalid(`bias is ${shown(bias)}; allowed: "none", "miller-madow" or { permutations, seed }.`);
  checkKeys("bias", bias, ["permutations", "seed"]);
  const { permutations, seed } = bias as Record<string, unknown>;
  return { permutations: positive("bias.permutations", permutations, 1e5), seed: checkSeed("bias.seed", seed) };
}

/** How intervals are made: "delta" (default), or from so many tables drawn with replacement. */
export type IntervalMethod = "delta" | { readonly bootstrap: number; readonly seed: number };

export function checkedIntervals(method: unknown): IntervalMethod {
  if (method === undefined || method === "delta") return "delta";
  if (typeof method !== "object" || method === null)
    invalid(`intervals is ${shown(method)}; allowed: "delta" or { bootstrap: replicates, seed }.`);
  checkKeys("intervals", method, ["bootstrap", "seed"]);
  const { bootstrap, seed } = method as Record<string, unknown>;
  const replicates = positive("intervals.bootstrap", bootstrap, 1e6);
  if (replicates < 20) invalid(`intervals.bootstrap is ${replicates}; allowed: at least 20 replicates, better 1000.`);
  return { bootstrap: replicates, seed: checkSeed("intervals.seed", seed) };
}

export function checkedLevel(level: unknown): number {
  return checkNumber("level", level ?? 0.95, "a number from 0.5 to 0.9999", (n) => n >= 0.5 && n <= 0.9999);
}
