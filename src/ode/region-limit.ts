/** The limiting ODE of a region of exponents: what of the drift is left on the region's clock, and at which rate (THEORY B.5). */
import { SgdDynamicsError } from "../errors.js";
import { invalid } from "../options.js";
import type { Parameters } from "../parameters.js";
import { type Region, regionWithLimit } from "../phase-diagram/region.js";
import type { Problem } from "../problem.js";
import type { SimulationKernels } from "../wasm/core.js";
import type { Terms } from "../wasm/ode.js";

/** A limit's ODE, as an integration takes it. */
export interface RegionLimit {
  readonly parameters: Parameters;
  readonly terms: Terms;
  /** What the result's statistics say of it. */
  readonly statistics: { readonly limit: string; readonly region: string; readonly samplesExponent: number };
}

/**
 * With p = c d^kappa at the problem's d and gamma = gamma_0 d^-delta, a unit moves by s = gamma / p = (gamma_0 / c) d^-(kappa + delta) a step, so that on the region's clock
 * the ODE of that width has the learning rate gamma_0 d^kappa = gamma_0 p / c: gamma_0 itself for fixed widths.
 *
 * @param given the option `limit.region`
 * @throws SgdDynamicsError `unsupported` in red, and for what has no place on the region's clock
 */
export function regionLimit(
  given: unknown,
  asked: Terms | undefined,
  problem: Problem,
  parameters: Parameters,
  { exp, log }: SimulationKernels,
): RegionLimit {
  const region = regionWithLimit(given);
  if (asked !== undefined) {
    invalid(
      `terms is "${asked}" and limit is a region; allowed: one of them. The ${region.name} region keeps "${region.terms}".`,
    );
  }
  checkProblem(region, problem, parameters);
  const { d } = parameters;
  const scale = region.kappa === 0 ? 1 : exp(region.kappa * log(d));
  return {
    parameters: { ...parameters, rate: scaled(parameters.rate, scale) },
    terms: region.terms!,
    statistics: { limit: "region", region: region.name, samplesExponent: region.samplesExponent! },
  };
}

function checkProblem(
  { name, kappa }: Region,
  problem: Problem,
  { p, studentScale, decay, trainsSecond }: Parameters,
): void {
  const unsupported = (sentence: string) => {
    throw new SgdDynamicsError("unsupported", sentence);
  };
  if (kappa !== 0 && Math.abs(studentScale * p - 1) > 1e-12) {
    unsupported(
      `limit.region has kappa = ${kappa}, a width that grows, and problem.scaling is not 1/p for the student; allowed: scaling "mean-field", or kappa 0.`,
    );
  }
  if (name === "blue") return;
  if (decay > 0) {
    unsupported(
      `problem.weightDecay is ${decay}, which does not scale with the learning rate and has no place on the clock of the ${name} region; allowed: 0, or a blue region.`,
    );
  }
  if (trainsSecond) {
    unsupported(
      `problem.secondLayer is trained, which the regions do not scale; allowed outside blue: "fixed" (${JSON.stringify(problem.secondLayer)} is given).`,
    );
  }
}

/** A schedule with its values multiplied. */
function scaled(schedule: Float64Array, factor: number): Float64Array {
  const [count] = schedule;
  return schedule.map((value, i) => (i >= 2 + count ? factor * value : value));
}
