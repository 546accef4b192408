/** runClassification: an experiment from its task to the curves of increasing complexity, seed by seed. */
import { shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";
import { checkKeys, checkNumber, checkSeed, invalid } from "../../options.js";
import { checkControl } from "../../pace.js";
import type { AdversarialInit } from "../adversarial.js";
import {
  type ComplexityCurve,
  type ComplexityPhases,
  complexityCurve,
  complexityPhases,
} from "../information/complexity.js";
import { areFinite } from "../network.js";
import { accuracy } from "../predict.js";
import type { Training, TrainingStatus } from "../training.js";
import { costOf, ledAstray, prepared, trained } from "./networks.js";
import { type FileReader, isDrawn, type Sets, setsOf } from "./sets.js";
import { type Fitted, SimpleFits } from "./simple.js";
import type { ClassificationExperiment } from "./types.js";

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
  /** The simple classifiers come before the network, and random labels before the true ones. */
  readonly stage: "fitting" | "random-labels" | "training";
}

/** The network beside one simple classifier. */
export interface SimpleComparison extends Fitted {
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
  /** The start, where random labels were fitted first. */
  readonly adversarial?: AdversarialInit;
  /** Of the test samples. */
  readonly labels: Int32Array;
  /** Share of the training set that is right at the end; NaN where the weights are no longer numbers. */
  readonly trainAccuracy: number;
  readonly simple: readonly SimpleComparison[];
}

export interface ClassificationResult {
  /** "completed" only where every seed ran to its end or was stopped by its rule. */
  readonly status: Exclude<TrainingStatus, "stopped" | "failed">;
  /** In the order of the seeds; one that was aborted before its first evaluation is left out. */
  readonly runs: readonly ClassificationRun[];
}

const KEYS =
  "$schema name title description task network training adversarial simple evaluations information seeds".split(" ");

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
  const { task } = experiment;
  const seeds = seedsOf(experiment.seeds);
  const fits = new SimpleFits(experiment.simple, isDrawn(task));
  const runs: ClassificationRun[] = [];
  let shared: Sets | undefined;
  for (const [i, seed] of seeds.entries()) {
    const tell = (stage: ClassificationProgress["stage"], part: number) =>
      control.onProgress?.({ fraction: (i + part) / seeds.length, seed, stage });
    tell("fitting", 0);
    const sets = shared ?? (await setsOf(task, seed, control.read));
    if (!isDrawn(task)) shared = sets;
    const run = await runSeed(experiment, seed, sets, fits, control, tell);
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

/** One seed; undefined where it was aborted before the network's first evaluation. */
async function runSeed(
  experiment: ClassificationExperiment,
  seed: number,
  sets: Sets,
  fits: SimpleFits,
  { signal }: ClassificationControl,
  tell: (stage: ClassificationProgress["stage"], part: number) => void,
): Promise<ClassificationRun | undefined> {
  const main = await prepared(experiment.network ?? {}, experiment.training, sets.train, seed);
  const simpler = await fits.prepare(sets.train, seed);
  const { adversarial } = experiment;
  const astray = adversarial === undefined ? 0 : costOf(adversarial, main, sets.train);
  const all = simpler.reduce((sum, each) => sum + (each?.cost ?? 0), main.cost + astray);
  let done = 0;
  const fitted: Fitted[] = [];
  for (const [i, network] of simpler.entries()) {
    const share = (network?.cost ?? 0) / all;
    const one = await fits.fit(i, network, sets, signal, (part) => tell("fitting", done + part * share));
    if (one === undefined) return undefined;
    fitted.push(one);
    done += share;
  }
  const bad =
    adversarial &&
    (await ledAstray(adversarial, main, sets.train, signal, (part) =>
      tell("random-labels", done + (part * astray) / all),
    ));
  if (bad?.status === "aborted") return undefined;
  done += astray / all;
  const evaluate = { sets: { test: sets.test }, at: experiment.evaluations };
  const from = bad?.network.layers.every(areFinite) ? { ...main, start: bad.network } : main;
  const training = await trained(from, sets.train, evaluate, signal, (part) =>
    tell("training", done + part * (1 - done)),
  );
  const { evaluations } = training;
  if (evaluations.length === 0) return undefined;
  const steps = evaluations.map(({ step }) => step);
  const predictions = evaluations.map((each) => each.predictions.test);
  const simple = fitted.map((one) => {
    const input = { steps, predictions, labels: sets.test.y, simple: one.predictions };
    const curve = complexityCurve(input, experiment.information);
    return { ...one, curve, phases: complexityPhases(curve) };
  });
  return {
    seed,
    ...outcomeOf(training, fitted, bad),
    training,
    ...(bad ? { adversarial: bad } : {}),
    labels: sets.test.y,
    trainAccuracy: training.network.layers.every(areFinite) ? await accuracy(training.network, sets.train) : Number.NaN,
    simple,
  };
}

/** How the training ended, or one before it that diverged. */
function outcomeOf(
  training: Training,
  fitted: readonly Fitted[],
  adversarial: AdversarialInit | undefined,
): { status: TrainingStatus; message?: string } {
  const before = [
    ...fitted.map(({ name, training }) => ({ name, training })),
    { name: "random labels", training: adversarial?.training },
  ];
  const bad = before.find((one) => one.training?.status === "diverged");
  const { status, message } = bad?.training ?? training;
  return { status, ...(message === undefined ? {} : { message: bad ? `${bad.name}: ${message}` : message }) };
}
