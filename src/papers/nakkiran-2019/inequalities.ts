/** What every seed must show: the paper's claims as inequalities. */
import type { ClassificationRun } from "../../classify/index.js";
import { type Finding, within } from "../finding.js";
import { every } from "../seeds.js";

const first = (runs: readonly ClassificationRun[]) => runs.map(({ simple }) => simple[0]);

/** Claim 1 is more than two classifiers of these accuracies share anyway; and the network ends with more than what is left of L. */
function beyondNull(runs: readonly ClassificationRun[]): Finding[] {
  const all = first(runs);
  return [
    every(
      "μ/I(F;Y) at T₀ ÷ what independent errors give",
      all.map(({ phases }) => phases.ratio / phases.ratioNull),
      2.5,
      "at-least",
    ),
    every(
      "I(F;Y|L) at the end ÷ I(L;Y)",
      all.map(({ curve }) => curve.points[curve.points.length - 1].conditional / curve.simple),
      0.9,
      "at-least",
    ),
  ];
}

/** Claims 1 and 2 at their clearest. */
function firstLearnedAndKept(runs: readonly ClassificationRun[]): Finding[] {
  const all = first(runs).map(({ phases }) => phases);
  return [
    ...beyondNull(runs),
    every(
      "I(F;Y|L) at T₀",
      all.map(({ conditionalAtT0 }) => conditionalAtT0),
      0.025,
      "at-most",
    ),
    every(
      "range of μ ÷ I(L;Y), from I(F;Y) ≥ 1.5 I(L;Y) on",
      all.map(({ variation = Number.NaN }) => variation),
      0.2,
      "at-most",
    ),
  ];
}

/**
 * Simpler ones are left earlier, and explain less in the end; never is later than any step.
 * @param when the step at which a classifier is left behind
 */
export function leftInOrder(
  runs: readonly ClassificationRun[],
  names: string,
  when: "departure" | "departureForGood" = "departure",
): Finding[] {
  const departures = ({ simple }: ClassificationRun) =>
    simple.map(({ phases }) => phases[when] ?? Number.POSITIVE_INFINITY);
  const rises = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1]);
  const last = (run: ClassificationRun) => run.simple.map(({ curve }) => curve.points[curve.points.length - 1].mu);
  const steps = (run: ClassificationRun) =>
    last(run)
      .slice(1)
      .map((mu, i) => mu - last(run)[i]);
  return [
    within(
      `seeds, of ${runs.length}, that leave ${names} behind in this order`,
      runs.map(departures).filter(rises).length,
      runs.length,
      0,
    ),
    every(
      `growth of μ at the end from one of ${names} to the next, the least`,
      runs.map((run) => Math.min(...steps(run))),
      0,
      "at-least",
    ),
  ];
}

/** The network comes to know more than any of the simple classifiers: of their order it is the last. */
export function knowsMost(runs: readonly ClassificationRun[]): Finding {
  const margins = runs.map(({ simple }) =>
    Math.min(...simple.map(({ curve }) => curve.points[curve.points.length - 1].mutualInformation - curve.simple)),
  );
  return every("I(F;Y) at the end, beyond what the best of them knows", margins, 0, "at-least");
}

/** The control: nothing linear to learn, and yet it learns. */
function nothingToExplain(runs: readonly ClassificationRun[]): Finding[] {
  const all = first(runs);
  return [
    every(
      "largest |μ|",
      all.map(({ phases }) => phases.largest),
      0.03,
      "at-most",
    ),
    every(
      "I(F;Y) at the end",
      all.map(({ curve }) => curve.points[curve.points.length - 1].mutualInformation),
      0.7,
      "at-least",
    ),
  ];
}

/** By experiment. */
export const inequalities: Readonly<Record<string, (runs: readonly ClassificationRun[]) => Finding[]>> = {
  A1: firstLearnedAndKept,
  A2: beyondNull,
  A4: (runs) => leftInOrder(runs, "G₁, G₂, G₃"),
  A7: nothingToExplain,
};
