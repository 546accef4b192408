/** The regions of Veiga et al. 2022 (THEORY B.5): what is left of SGD's drift when d, the width p ~ d^kappa and gamma ~ d^-delta grow together. */
import { SgdDynamicsError } from "../errors.js";
import { checkKeys, checkNumber, invalid } from "../options.js";
import type { Terms } from "../wasm/ode.js";

export type RegionName = "blue" | "green" | "orange" | "red";

/** A pair of exponents: p ~ d^kappa, gamma ~ d^-delta. */
export interface Exponents {
  readonly kappa: number;
  readonly delta: number;
}

export interface Region extends Exponents {
  /** "blue": kappa + delta = 0; "green": above 0; "orange": between -1/2 and 0; "red": at most -1/2. */
  readonly name: RegionName;
  /** kappa + delta, to twelve decimals: the learning rate of a unit is s = gamma / p ~ d^-sum. */
  readonly sum: number;
  /** A step is d^-(1 + theta) of the region's time: 0, sum, 2 sum; undefined in red. */
  readonly theta: number | undefined;
  /** The region's clock: d^samplesExponent steps of SGD (samples at batchSize 1) are one unit of time; undefined in red. */
  readonly samplesExponent: number | undefined;
  /** What the limiting ODE keeps of the drift: `terms` of `integrate`; undefined in red. */
  readonly terms: Terms | undefined;
  /** The distance of SGD from the drift at its own d falls as d^-finiteSizeExponent, (1 + theta) / 2 (B12); undefined in red. */
  readonly finiteSizeExponent: number | undefined;
  /** The drift at d differs from the limiting ODE by d^-biasExponent, |sum|; undefined in blue, where both are the same, and in red. */
  readonly biasExponent: number | undefined;
  /** The excess risk that label noise leaves falls as d^-riskExponent, sum (B13); undefined where the gradient is lost, in orange and red. */
  readonly riskExponent: number | undefined;
  /** One sentence: what is left, and in red why nothing is. */
  readonly meaning: string;
}

/** Units of the twelfth decimal. */
const UNITS = 1e12;
const LARGEST = 100;

/**
 * The region of a pair of exponents.
 *
 * Boundaries are decided in whole numbers: kappa + delta is rounded to a multiple of 1e-12 first. For decimals of up to twelve places that is their
 * exact sum (doubles of up to 100 are off by 2e-14 at most), and what their own arithmetic leaves, as in 0.1 + 0.2 - 0.3, counts as 0.
 *
 * @param kappa exponent of the width, from -100 to 100
 * @param delta exponent of the learning rate, from -100 to 100
 * @throws SgdDynamicsError `invalid-argument`
 * @example
 * region(0.1 + 0.2, -0.3).name; // "blue"
 */
export function region(kappa: number, delta: number): Region {
  for (const [name, value] of Object.entries({ kappa, delta }))
    checkNumber(name, value, `a number from -${LARGEST} to ${LARGEST}`, (x) => Math.abs(x) <= LARGEST);
  // the addition of 0 turns -0 into 0
  const units = Math.round((kappa + delta) * UNITS) + 0;
  const sum = units / UNITS;
  if (units <= -UNITS / 2) return { ...nothing, kappa, delta, sum, name: "red" };
  const [name, theta, terms, meaning] = kept(sum);
  return {
    name,
    kappa,
    delta,
    sum,
    theta,
    samplesExponent: 1 + theta,
    terms,
    finiteSizeExponent: (1 + theta) / 2,
    biasExponent: sum === 0 ? undefined : Math.abs(sum),
    riskExponent: sum < 0 ? undefined : sum,
    meaning,
  };
}

const nothing = {
  theta: undefined,
  samplesExponent: undefined,
  terms: undefined,
  finiteSizeExponent: undefined,
  biasExponent: undefined,
  riskExponent: undefined,
  meaning:
    "kappa + delta is at most -1/2: a step of SGD moves the order parameters by an amount that does not vanish as d grows, so no deterministic ODE describes them.",
} as const;

function kept(sum: number): [RegionName, number, Terms, string] {
  if (sum === 0) return ["blue", 0, "full", "The gradient and the noise of SGD both stay, on the clock nu / d."];
  if (sum > 0)
    return [
      "green",
      sum,
      "gradient-flow",
      "The gradient alone stays: the noise of SGD is smaller by d^-(kappa + delta).",
    ];
  return [
    "orange",
    2 * sum,
    "noise",
    "The noise of SGD alone stays and M is frozen: the gradient is smaller by d^-|kappa + delta|.",
  ];
}

/**
 * The region of an option, refused where it has no limit.
 * @throws SgdDynamicsError `invalid-argument`, `unsupported` in red
 */
export function regionWithLimit(given: unknown): Region {
  if (typeof given !== "object" || given === null) invalid("limit.region is { kappa, delta }, two numbers.");
  checkKeys("limit.region", given, ["kappa", "delta"]);
  const { kappa, delta } = given as Exponents;
  const found = region(kappa, delta);
  if (found.name === "red") {
    throw new SgdDynamicsError(
      "unsupported",
      `kappa = ${kappa} and delta = ${delta} have no limit. ${found.meaning} Allowed: kappa + delta above -1/2; simulate() and ensemble() run SGD there at any d.`,
    );
  }
  return found;
}
