/** One seed of an experiment: both starts, and each recipe from them. */
import {
  type AdversarialInit,
  accuracy,
  adversarialInit,
  boundaryGrid,
  boundaryLength,
  type Dataset,
  disagreement,
  type Network,
  network,
  replicate,
  type Training,
  type TrainOptions,
  train,
} from "../../classify/index.js";
import { type PaperControl, part, runControl } from "../paper.js";
import type { AdversarialExperiment, RecipeSpec, Samples, StartName } from "./experiments.js";

/** Random weights, and the same after random labels were fitted. */
export interface Starts {
  readonly samples: Samples;
  readonly rand: Network;
  readonly adv: Network;
  readonly confused: AdversarialInit;
  /** Of the adversarial start on the test set. */
  readonly testAccuracy: number;
}

/** What a recipe comes to. */
export interface Outcome {
  readonly network: Network;
  readonly training: Training;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
}

export interface Run {
  readonly starts: Starts;
  /** "adv_vanilla". */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** The numbers of the experiments' table. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Of the time that an experiment takes, the part of random labels. */
const PRETRAINING = 0.6;

export async function startsOf(
  experiment: AdversarialExperiment,
  seed: number,
  control: PaperControl,
  evaluate?: (samples: Samples) => TrainOptions["evaluate"],
): Promise<Starts> {
  const { layers, pretraining, batchSize } = experiment;
  const samples = await experiment.samples(seed);
  const rand = await network({ inputs: samples.train.features, layers, start: "torch", seed });
  const options = { ...pretraining, batchSize, seed, evaluate: evaluate?.(samples), ...runControl(control) };
  const confused = await adversarialInit(samples.train, rand, options);
  const adv = confused.network;
  return { samples, rand, adv, confused, testAccuracy: await accuracy(adv, samples.test) };
}

/** Trains on the true labels. */
export async function outcomeOf(
  start: Network,
  { train: data, test }: Samples,
  recipe: RecipeSpec,
  options: { readonly seed: number; readonly batchSize: number; readonly evaluate?: TrainOptions["evaluate"] },
  control: PaperControl = {},
): Promise<Outcome> {
  const { learningRate, epochs, momentum, l2, augment, untilFitted } = recipe;
  const training = await train(start, augmented(data, recipe, options.seed), {
    learningRate,
    epochs,
    momentum,
    l2,
    augment,
    ...(untilFitted === undefined ? {} : { stop: { accuracy: 1, every: untilFitted } }),
    ...options,
    ...runControl(control),
  });
  return {
    network: training.network,
    training,
    trainAccuracy: await accuracy(training.network, data),
    testAccuracy: await accuracy(training.network, test),
  };
}

function augmented(data: Dataset, { noisyCopies }: RecipeSpec, seed: number): Dataset {
  if (!noisyCopies) return data;
  return replicate(data, { copies: 1 + noisyCopies.count, noise: noisyCopies.noise, original: true, seed });
}

/** One seed: of the data, of the network's start, of labels and of the order of samples. */
export async function runOf(experiment: AdversarialExperiment, seed: number, control: PaperControl): Promise<Run> {
  const starts = await startsOf(experiment, seed, part(control, 0, PRETRAINING));
  const outcomes: Record<string, Outcome> = {};
  const pieces = Object.entries(experiment.recipes).flatMap(([name, recipe]) =>
    (recipe.from ?? (["rand", "adv"] as const)).map((from: StartName) => ({ name, recipe, from })),
  );
  for (const [i, { name, recipe, from }] of pieces.entries()) {
    const share = (1 - PRETRAINING) / pieces.length;
    const own = part(control, PRETRAINING + i * share, share);
    const options = { seed, batchSize: experiment.batchSize };
    outcomes[`${from}_${name}`] = await outcomeOf(starts[from], starts.samples, recipe, options, own);
  }
  return { starts, outcomes, metrics: await metricsOf(starts, outcomes) };
}

async function metricsOf(
  { samples, confused, testAccuracy }: Starts,
  outcomes: Run["outcomes"],
): Promise<Record<string, number>> {
  const metrics: Record<string, number> = { norm: confused.weightNorm, chance: testAccuracy };
  for (const [name, outcome] of Object.entries(outcomes)) {
    metrics[name] = outcome.testAccuracy;
    if (!samples.plane) continue;
    const { box, predict } = samples.plane;
    const grid = await boundaryGrid(outcome.network, box);
    metrics[`${name}_test`] = outcome.testAccuracy;
    metrics[`${name}_dis`] = disagreement(grid, await boundaryGrid(predict, box));
    metrics[`${name}_bnd`] = boundaryLength(grid);
  }
  for (const name of Object.keys(outcomes).filter((key) => key.startsWith("adv_"))) {
    const recipe = name.slice("adv_".length);
    const random = outcomes[`rand_${recipe}`];
    if (random) metrics[`gap_${recipe}`] = random.testAccuracy - outcomes[name].testAccuracy;
  }
  return metrics;
}
