/** How the noise matrix N of the right-hand side is found (THEORY C.5). */
import { SgdDynamicsError, shown } from "../errors.js";
import { checkKeys, invalid } from "../options.js";
import type { Parameters } from "../parameters.js";
import type { Terms } from "../wasm/ode.js";
import { rightHandSideNanoseconds } from "./integrals-cost.js";

/**
 * "exact": closed forms, or quadrature with error control. "quasi-random": N as a mean over 4096 fixed points, or as many as are given, with an error bar:
 * for wide students, whose exact N costs too much. Points follow the state, so that the estimate is as smooth as the slopes s' are; with kinks it has small
 * jumps, and tolerances much below its error make short steps.
 */
export type NoiseInput = "exact" | "quasi-random" | { readonly points: number };

const POINTS = 4096;
const [FEWEST, MOST] = [128, 1048576];

/** Points of the estimate, a multiple of 128; 0 for none. */
export function pointsOf(noise: NoiseInput | undefined): number {
  if (noise === undefined || noise === "exact") return 0;
  if (noise === "quasi-random") return POINTS;
  const isObject = typeof noise === "object" && noise !== null;
  if (isObject) checkKeys("noise", noise, ["points"], "key");
  const points = isObject ? noise.points : undefined;
  if (typeof points === "number" && Number.isInteger(points) && points >= FEWEST && points <= MOST)
    return FEWEST * Math.ceil(points / FEWEST);
  return invalid(
    `noise is ${shown(noise)}; allowed: "exact", "quasi-random" or { points }, a whole number from ${FEWEST} to ${MOST}.`,
  );
}

/** Right-hand sides of an integration to late times, and how long they may take unasked. */
const EVALUATIONS = 1000;
const HOUR = 3.6e12;

/** Refuses a width whose exact noise would take hours, unless it is asked for by name. */
export function checkCost(parameters: Parameters, terms: Terms, noise: NoiseInput | undefined): void {
  if (noise !== undefined) return;
  const exact = rightHandSideNanoseconds(parameters, terms, 0);
  if (exact * EVALUATIONS <= HOUR) return;
  const estimate = rightHandSideNanoseconds(parameters, terms, POINTS);
  throw new SgdDynamicsError(
    "unsupported",
    `The exact noise matrix at studentWidth ${parameters.p} takes about ${seconds(exact)} s, and ${EVALUATIONS} of them ${seconds((exact * EVALUATIONS) / 3600)} hours. Try noise: "quasi-random" (about ${seconds(estimate)} s each, with an error bar in the statistics), terms: "gradient-flow" (no noise), or a smaller studentWidth; noise: "exact" goes on all the same.`,
  );
}

function seconds(nanoseconds: number): string {
  return String(Number((nanoseconds / 1e9).toPrecision(2)));
}
