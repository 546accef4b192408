/** What an experiment comes to, in a few numbers: of a run, and over seeds. */
import { shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";
import { invalid } from "../../options.js";
import type { ClassificationRun } from "./run.js";

/** Of a run beside one simple classifier; informations in the unit of the curve. */
export interface ClassificationNumbers {
  /** I(L;Y). */
  readonly simpleInformation: number;
  readonly simpleAccuracy: number;
  /** First evaluated step with I(F;Y) >= 0.9 I(L;Y). */
  readonly T0: number;
  /** mu / I(F;Y) there, and what independent errors would show. */
  readonly ratio: number;
  readonly ratioNull: number;
  /** mu at the end / I(L;Y), and what independent errors would show. */
  readonly retention: number;
  readonly retentionNull: number;
  /** I(F;Y), mu, I(F;Y|L) at the last evaluation. */
  readonly information: number;
  readonly mu: number;
  readonly conditional: number;
  /** Largest |mu|. */
  readonly largestMu: number;
  /** On the test set at the last evaluation. */
  readonly accuracy: number;
  /** On the training set at the end. */
  readonly trainAccuracy: number;
}

/** @param index which of the simple classifiers; default the first */
export function classificationNumbers(run: ClassificationRun, index = 0): ClassificationNumbers {
  const simple = run?.simple?.[index];
  if (simple === undefined)
    invalid(
      `classificationNumbers was given ${shown(run)} and index ${shown(index)}; allowed: a run of runClassification, and the number of one of its simple classifiers from 0.`,
    );
  const { curve, phases, accuracy } = simple;
  const last = curve.points[curve.points.length - 1];
  return {
    simpleInformation: curve.simple,
    simpleAccuracy: accuracy,
    T0: phases.T0,
    ratio: phases.ratio,
    ratioNull: phases.ratioNull,
    retention: phases.retention,
    retentionNull: phases.retentionNull,
    information: last.mutualInformation,
    mu: last.mu,
    conditional: last.conditional,
    largestMu: phases.largest,
    accuracy: run.training.evaluations[run.training.evaluations.length - 1].accuracy.test,
    trainAccuracy: run.trainAccuracy,
  };
}

/** Mean of some values and their standard deviation (n - 1), which one value has not. */
export interface Spread {
  readonly mean: number;
  readonly standardDeviation: number | undefined;
}

/** Means and standard deviations over runs. */
export function classificationSummary(
  runs: readonly ClassificationRun[],
  index = 0,
): Readonly<Record<keyof ClassificationNumbers, Spread>> {
  if (!isList(runs) || runs.length === 0)
    invalid(`classificationSummary was given ${shown(runs)}; allowed: at least one run of runClassification.`);
  const all = runs.map((run) => classificationNumbers(run, index));
  const names = Object.keys(all[0]) as (keyof ClassificationNumbers)[];
  return Object.fromEntries(names.map((name) => [name, spreadOf(all.map((one) => one[name]))])) as Record<
    keyof ClassificationNumbers,
    Spread
  >;
}

function spreadOf(values: readonly number[]): Spread {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, standardDeviation: n > 1 ? Math.sqrt(squares / (n - 1)) : undefined };
}
