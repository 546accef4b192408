/** runClassification: an experiment from its task to the curves of increasing complexity, seed by seed. */
import { shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";
import { checkKeys, checkNumber, checkSeed, invalid } from "../../options.js";
import { checkControl } from "../../pace.js";
import { type Change, gaussianNoise, shift2d, zeroOut } from "../changes.js";
import {
  type ComplexityCurve,
  type ComplexityPhases,
  complexityCurve,
  complexityPhases,
} from "../information/complexity.js";
import { fitLinear, type LinearFit } from "../linear/fit-linear.js";
import { network } from "../network.js";
import { accuracy, shareRight } from "../predict.js";
import { train } from "../train.js";
import type { Training, TrainingStatus } from "../training.js";
import { type FileReader, isDrawn, type Sets, setsOf } from "./sets.js";
import type { AugmentationInput, ClassificationExperiment, SimpleClassifier } from "./types.js";

export interface ClassificationControl {
  /** Contents of the files that the task names; not needed where it has them itself. */
  readonly read?: FileReader;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ClassificationProgress) => void;
}

export interface ClassificationProgress {
  /** Part done of all seeds, 0 to 1. */
  readonly fraction: number;
  readonly seed: number;
  /** The simple classifiers come before the network. */
  readonly stage: "fitting" | "training";
}

/** The network beside one simple classifier. */
export interface SimpleComparison {
  /** "linear", "degree 2", ... */
  readonly name: string;
  readonly options: SimpleClassifier;
  readonly fit: LinearFit;
  /** Its predictions on the test set. */
  readonly predictions: Int32Array;
  /** Share of them that is right. */
  readonly accuracy: number;
  readonly curve: ComplexityCurve;
  readonly phases: ComplexityPhases;
}

/** An experiment with one seed. */
export interface ClassificationRun {
  readonly seed: number;
  /** As the training ended; what came before is there. */
  readonly status: TrainingStatus;
  readonly message?: string;
  readonly training: Training;
  /** Of the test samples. */
  readonly labels: Int32Array;
  /** Share of the training set that is right at the end. */
  readonly trainAccuracy: number;
  readonly simple: readonly SimpleComparison[];
}

export interface ClassificationResult {
  /** "completed" only where every seed ran to its end or was stopped by its rule. */
  readonly status: Exclude<TrainingStatus, "stopped">;
  /** In the order of the seeds; one that was aborted before its first evaluation is left out. */
  readonly runs: readonly ClassificationRun[];
}

const KEYS = "$schema name title description task network training simple evaluations information seeds".split(" ");
const TRAINING = "learningRate batchSize epochs steps loss momentum l2 augment stop".split(" ");

/**
 * Runs an experiment: draws or reads the samples, fits the simple classifiers, trains the network, and measures along the way how much of its performance each of them
 * explains. Everything follows from the experiment: the same on every engine.
 *
 *     const { runs } = await runClassification({
 *       task: { kind: "disc" },
 *       training: { learningRate: 0.05, batchSize: 32, epochs: 400 },
 *     });
 *     runs[0].simple[0].phases;    // T0, ratio and retention with their nulls
 *
 * @throws SgdDynamicsError `invalid-argument`, `invalid-data`, `malformed-data`, `out-of-memory`; a training that diverges or is aborted resolves with what it came to
 */
export async function runClassification(
  experiment: ClassificationExperiment,
  control: ClassificationControl = {},
): Promise<ClassificationResult> {
  checkKeys("The experiment", experiment, KEYS, "field");
  checkKeys("runClassification", control, ["read", "signal", "onProgress"]);
  checkControl(control as object);
  checkKeys("training", experiment.training, TRAINING, "field");
  const { task, simple = [{ l2: 1e-3 }] } = experiment;
  if (!isList(simple) || simple.length === 0)
    invalid(`simple is ${shown(simple)}; allowed: a list of at least one { degree, l2, loss }.`);
  const seeds = seedsOf(experiment.seeds);
  const runs: ClassificationRun[] = [];
  let shared: Prepared | undefined;
  for (const [i, seed] of seeds.entries()) {
    const tell = (stage: ClassificationProgress["stage"], part: number) =>
      control.onProgress?.({ fraction: (i + part) / seeds.length, seed, stage });
    tell("fitting", 0);
    const prepared = shared ?? (await prepare(experiment, seed, control, () => tell("fitting", 0)));
    if (prepared === undefined) break;
    if (!isDrawn(task)) shared = prepared;
    const run = await runSeed(experiment, seed, prepared, control.signal, (part) => tell("training", part));
    if (run) runs.push(run);
    if (control.signal?.aborted) break;
  }
  const all = runs.map(({ status }) => status);
  const status = all.includes("diverged")
    ? "diverged"
    : runs.length < seeds.length || all.includes("aborted")
      ? "aborted"
      : "completed";
  return { status, runs };
}

/** The seeds of an experiment: as listed, or 1 to a count. */
export function seedsOf(given: ClassificationExperiment["seeds"] = 1): number[] {
  if (typeof given === "number") {
    const count = checkNumber(
      "seeds",
      given,
      "a whole number from 1 to 10000",
      (n) => Number.isInteger(n) && n >= 1 && n <= 1e4,
    );
    return Array.from({ length: count }, (_, i) => i + 1);
  }
  if (!isList(given) || given.length === 0 || new Set(Array.from(given)).size < given.length)
    invalid(`seeds is ${shown(given)}; allowed: how many, or a list of different whole numbers.`);
  return Array.from(given, (seed, i) => checkSeed(`seeds[${i}]`, seed));
}

/** Samples, and the simple classifiers fitted to them. */
interface Prepared extends Sets {
  readonly fitted: readonly Omit<SimpleComparison, "curve" | "phases">[];
}

/** Undefined where it was aborted. */
async function prepare(
  { task, simple = [{ l2: 1e-3 }] }: ClassificationExperiment,
  seed: number,
  { read, signal }: ClassificationControl,
  onProgress: () => void,
): Promise<Prepared | undefined> {
  const sets = await setsOf(task, seed, read);
  const fitted: Prepared["fitted"][number][] = [];
  for (const [i, options] of simple.entries()) {
    checkKeys(`simple[${i}]`, options, ["degree", "l2", "loss"], "field");
    const fit = await fitLinear(sets.train, { ...options, signal, onProgress });
    if (fit.status === "aborted" || signal?.aborted) return undefined;
    const predictions = fit.predict(sets.test.x);
    fitted.push({ name: nameOf(options), options, fit, predictions, accuracy: shareRight(predictions, sets.test.y) });
  }
  return { train: sets.train, test: sets.test, fitted };
}

function nameOf({ degree = 1 }: SimpleClassifier): string {
  return degree === 1 ? "linear" : `degree ${degree}`;
}

async function runSeed(
  experiment: ClassificationExperiment,
  seed: number,
  { train: trainSet, test, fitted }: Prepared,
  signal: AbortSignal | undefined,
  onProgress: (fraction: number) => void,
): Promise<ClassificationRun | undefined> {
  const { augment, ...options } = experiment.training;
  const { image = false, ...shape } = experiment.network ?? {};
  checkKeys("network", experiment.network ?? {}, ["image", "layers", "activation", "start"], "field");
  const inputs = image === true ? { width: Math.sqrt(trainSet.features) } : image || trainSet.features;
  const start = await network({ inputs, layers: [128, 128, trainSet.classes], ...shape, seed });
  const training = await train(start, trainSet, {
    ...options,
    ...(augment === undefined ? {} : { augment: changesOf(augment) }),
    seed,
    evaluate: { sets: { test }, at: experiment.evaluations },
    signal,
    onProgress: ({ fraction }) => onProgress(fraction),
  });
  const { status, message, evaluations } = training;
  if (evaluations.length === 0) return undefined;
  const steps = evaluations.map(({ step }) => step);
  const predictions = evaluations.map((each) => each.predictions.test);
  const simple = fitted.map((one) => {
    const input = { steps, predictions, labels: test.y, simple: one.predictions };
    const curve = complexityCurve(input, experiment.information);
    return { ...one, curve, phases: complexityPhases(curve) };
  });
  const trainAccuracy = await accuracy(training.network, trainSet);
  return {
    seed,
    status,
    ...(message === undefined ? {} : { message }),
    training,
    labels: test.y,
    trainAccuracy,
    simple,
  };
}

function changesOf(given: AugmentationInput | readonly AugmentationInput[]): Change[] {
  const list = (Array.isArray(given) ? given : [given]) as readonly AugmentationInput[];
  return list.map((one, i) => {
    switch (one?.kind) {
      case "shift2d": {
        const { kind: _, ...options } = one;
        return shift2d(options);
      }
      case "gaussianNoise": {
        const { kind: _, ...options } = one;
        return gaussianNoise(options);
      }
      case "zeroOut": {
        const { kind: _, ...options } = one;
        return zeroOut(options);
      }
      default:
        return invalid(
          `training.augment[${i}] is ${shown(one)}; allowed: { kind: "shift2d", width, .. }, { kind: "gaussianNoise", standardDeviation } or { kind: "zeroOut", count }.`,
        );
    }
  });
}
