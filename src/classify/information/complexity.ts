/** Learning in the order of complexity: the curves t -> I(F_t;Y), mu_t, I(F_t;Y|L), and what Nakkiran et al. (2019) claim of them. */

import { shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";
import { checkKeys, checkNumber, invalid } from "../../options.js";
import type { Labels } from "./cells.js";
import {
  mutualInformation,
  type PerformanceExplained,
  type PerformanceOptions,
  performanceExplained,
} from "./information.js";
import type { Unit } from "./options.js";

/** What is measured: predictions of the network at evaluated steps, and of one simple classifier, on one test set. */
export interface ComplexityInput {
  /** Evaluated steps, increasing. */
  readonly steps: ArrayLike<number>;
  /** F_t, one array of predictions a step. */
  readonly predictions: readonly Labels[];
  /** Y. */
  readonly labels: Labels;
  /** L. */
  readonly simple: Labels;
}

export interface ComplexityCurve {
  readonly steps: readonly number[];
  readonly points: readonly PerformanceExplained[];
  /** I(L;Y): all that the simple classifier can explain. */
  readonly simple: number;
  readonly unit: Unit;
}

/**
 * `performanceExplained` along training. Options as there; I(L;Y) is corrected for bias alike. The cost is that of one call a step.
 * @throws SgdDynamicsError `invalid-argument`, `invalid-data`
 */
export function complexityCurve(input: ComplexityInput, options: PerformanceOptions = {}): ComplexityCurve {
  checkKeys("complexityCurve", input, ["steps", "predictions", "labels", "simple"], "field");
  const { steps, predictions, labels, simple } = input;
  if (!isList(steps) || !isList(predictions) || steps.length !== predictions.length || steps.length === 0)
    invalid(
      `complexityCurve was given steps ${shown(steps)} and predictions ${shown(predictions)}; allowed: one array of predictions for each of at least one step.`,
    );
  const given = Array.from(steps);
  for (const [i, step] of given.entries()) {
    if (!(step >= 0) || (i > 0 && !(step > given[i - 1])))
      invalid(`steps[${i}] is ${shown(step)}; allowed: numbers at least 0 that increase.`);
  }
  const { unit = "bits", bias } = options;
  return {
    steps: given,
    points: predictions.map((F) => performanceExplained(F, labels, simple, options)),
    simple: mutualInformation(simple, labels, { unit, bias }),
    unit,
  };
}

export interface PhaseOptions {
  /** T0 is the first step with I(F;Y) at least this share of I(L;Y); default 0.9. */
  readonly reach?: number;
  /** The network leaves L behind at the first step with I(F;Y|L) above this; default 0.05 (bits, or the curve's unit). */
  readonly departure?: number;
}

/** The two claims in numbers. A number beside its null says how much of it two unrelated classifiers of these accuracies would show. */
export interface ComplexityPhases {
  /** First evaluated step with I(F;Y) >= reach I(L;Y); the last step where none is. */
  readonly T0: number;
  /** Index of T0 among the steps. */
  readonly index: number;
  /** Whether I(F;Y) came that far. */
  readonly reached: boolean;
  /** mu / I(F;Y) at T0: near 1 where all early progress is L's (claim 1). */
  readonly ratio: number;
  /** muNull / I(F;Y) at T0. */
  readonly ratioNull: number;
  /** mu at the end / I(L;Y): near 1 where L is kept (claim 2). */
  readonly retention: number;
  readonly retentionNull: number;
  /** I(F;Y|L) at T0. */
  readonly conditionalAtT0: number;
  /** First step at which I(F;Y|L) exceeds the departure; undefined where it never does. */
  readonly departure: number | undefined;
  /**
   * First step from which on I(F;Y|L) stays above the departure; undefined where it ends below. Later than `departure` where a network that was, for a while, right and wrong on
   * other samples than L comes back to it.
   */
  readonly departureForGood: number | undefined;
  /** (largest - smallest mu) / I(L;Y) from the first step with I(F;Y) >= 1.5 I(L;Y) on: how flat mu stays; undefined where no step has it. */
  readonly variation: number | undefined;
  /** Largest |mu|. */
  readonly largest: number;
}

/**
 * T0, and what of L is in the network then and at the end, with what chance alone would show: Claims 1 and 2 of Nakkiran et al. (2019).
 *
 *     const { T0, ratio, ratioNull, retention } = complexityPhases(curve);
 *
 * An L that knows next to nothing of Y, I(L;Y) within its error of 0, has no T0 to speak of: numbers divided by I(L;Y) are then noise, and not finite where it is 0.
 * @throws SgdDynamicsError `invalid-argument`
 */
export function complexityPhases(curve: ComplexityCurve, options: PhaseOptions = {}): ComplexityPhases {
  checkKeys("complexityPhases", options, ["reach", "departure"]);
  const reach = checkNumber("reach", options.reach ?? 0.9, "a number above 0 and up to 1", (n) => n > 0 && n <= 1);
  const departure = checkNumber("departure", options.departure ?? 0.05, "a number above 0", (n) => n > 0);
  if (typeof curve !== "object" || curve === null || !isList(curve.points) || curve.points.length === 0)
    invalid(`complexityPhases was given ${shown(curve)}; allowed: what complexityCurve gives.`);
  const { steps, points, simple } = curve;
  const last = points.length - 1;
  const found = points.findIndex((point) => point.mutualInformation >= reach * simple);
  const index = found < 0 ? last : found;
  const start = points[index];
  const end = points[last];
  const left = points.findIndex((point) => point.conditional > departure);
  const together = points.findLastIndex((point) => !(point.conditional > departure));
  const beyond = points.findIndex((point) => point.mutualInformation >= 1.5 * simple);
  const late = beyond < 0 ? [] : points.slice(beyond).map(({ mu }) => mu);
  return {
    T0: steps[index],
    index,
    reached: found >= 0,
    ratio: start.mu / start.mutualInformation,
    ratioNull: start.muNull / start.mutualInformation,
    retention: end.mu / simple,
    retentionNull: end.muNull / simple,
    conditionalAtT0: start.conditional,
    departure: left < 0 ? undefined : steps[left],
    departureForGood: steps[together + 1],
    variation: beyond < 0 ? undefined : (Math.max(...late) - Math.min(...late)) / simple,
    largest: points.reduce((most, { mu }) => Math.max(most, Math.abs(mu)), 0),
  };
}
