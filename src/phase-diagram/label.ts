/** Which region a measured kappa + delta is in, and how sure that is. */
import type { SimulationKernels } from "../wasm/core.js";
import type { Exponent } from "./fit.js";
import type { RegionName } from "./region.js";

export interface Label {
  readonly name: RegionName;
  /** The probability of that region. */
  readonly confidence: number;
  /** Those of all. */
  readonly probabilities: Readonly<Record<RegionName, number>>;
}

/** Points of the integral over a region. */
const POINTS = 400;

/**
 * Probabilities given a normal measurement of kappa + delta, where each region was as likely as the others before, and every value in one as likely as the others in
 * it: blue is 0, orange (-1/2, 0), green (0, 2), red (-3/2, -1/2]. What the measurement cannot tell from 0 is blue.
 */
export function labelOf(measured: Exponent, { exp }: SimulationKernels): Label {
  const density = (sum: number) => {
    const z = (sum - measured.value) / measured.standardError;
    return exp(-z * z * 0.5);
  };
  /** The mean of the density over a stretch; only the part around the measurement counts. */
  const over = (from: number, to: number) => {
    const low = Math.max(from, measured.value - 8 * measured.standardError);
    const high = Math.min(to, measured.value + 8 * measured.standardError);
    if (high <= low) return 0;
    const h = (high - low) / POINTS;
    let sum = 0;
    for (let i = 0; i < POINTS; i++) sum += density(low + (i + 0.5) * h);
    return (sum * h) / (to - from);
  };
  const weights: Record<RegionName, number> = {
    blue: density(0),
    green: over(0, 2),
    orange: over(-0.5, 0),
    red: over(-1.5, -0.5),
  };
  const names = Object.keys(weights) as RegionName[];
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  const probabilities = Object.fromEntries(
    names.map((name) => [name, total > 0 ? weights[name] / total : 0]),
  ) as Label["probabilities"];
  const name = names.reduce((best, one) => (weights[one] > weights[best] ? one : best));
  return { name, confidence: probabilities[name], probabilities };
}
