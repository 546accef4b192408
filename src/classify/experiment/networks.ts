/** The networks of an experiment: their starts, and their training. */
import { shown } from "../../errors.js";
import { checkKeys, invalid } from "../../options.js";
import { type AdversarialInit, adversarialInit } from "../adversarial.js";
import { type Change, gaussianNoise, shift2d, zeroOut } from "../changes.js";
import type { Dataset } from "../dataset.js";
import { type Network, network } from "../network.js";
import { train } from "../train.js";
import type { TrainOptions } from "../train-options.js";
import type { Training } from "../training.js";
import type { AdversarialStart, AugmentationInput, ClassificationNetwork, ClassificationTraining } from "./types.js";

const TRAINING = "learningRate batchSize epochs steps loss momentum l2 augment stop".split(" ");

/** A start, and how it is trained. */
export interface Prepared {
  readonly start: Network;
  readonly training: ClassificationTraining;
  readonly seed: number;
  /** Multiplications that training takes, roughly: its share of a bar of progress. */
  readonly cost: number;
}

/** @param where of the experiment they are, for messages: "" or "simple[0]." */
export async function prepared(
  shape: ClassificationNetwork,
  training: ClassificationTraining,
  data: Dataset,
  seed: number,
  where = "",
): Promise<Prepared> {
  checkKeys(`${where}network`, shape, ["image", "layers", "activation", "start"], "field");
  checkKeys(`${where}training`, training, TRAINING, "field");
  const { image = false, ...options } = shape;
  const inputs = image === true ? { width: sideOf(data.features, where) } : image || data.features;
  const start = await network({ inputs, layers: [128, 128, data.classes], ...options, seed });
  const { epochs = 0, steps = 0, batchSize } = training;
  return { start, training, seed, cost: multiplications(start) * (epochs * data.y.length + steps * batchSize) };
}

const ADVERSARIAL = ["copies", "zero", "learningRate", "epochs", "accuracy", "every", "batchSize"];

/** Multiplications that fitting random labels takes at most. */
export function costOf({ copies, epochs }: AdversarialStart, { start }: Prepared, data: Dataset): number {
  return multiplications(start) * copies * epochs * data.y.length;
}

/** Fits random labels, from the random start. */
export function ledAstray(
  options: AdversarialStart,
  { start, training, seed }: Prepared,
  data: Dataset,
  signal: AbortSignal | undefined,
  onProgress: (fraction: number) => void,
): Promise<AdversarialInit> {
  checkKeys("adversarial", options, ADVERSARIAL, "field");
  return adversarialInit(data, start, {
    batchSize: training.batchSize,
    ...options,
    seed,
    signal,
    onProgress: ({ fraction }) => onProgress(fraction),
  });
}

function sideOf(features: number, where: string): number {
  const side = Math.round(Math.sqrt(features));
  if (side * side !== features)
    invalid(
      `${where}network.image is true, for square images of one channel, and samples have ${features} numbers; allowed: { width, height, channels } with that product.`,
    );
  return side;
}

/** Of a sample: a convolution uses its weights once for each pixel. */
function multiplications({ layers }: Network): number {
  return layers.reduce(
    (sum, { weights, biases, outputs }) => sum + (biases.length > 0 ? (weights.length * outputs) / biases.length : 0),
    0,
  );
}

export function trained(
  { start, training, seed }: Prepared,
  data: Dataset,
  evaluate: TrainOptions["evaluate"],
  signal: AbortSignal | undefined,
  onProgress: (fraction: number) => void,
): Promise<Training> {
  const { augment, ...options } = training;
  return train(start, data, {
    ...options,
    ...(augment === undefined ? {} : { augment: changesOf(augment) }),
    seed,
    evaluate,
    signal,
    onProgress: ({ fraction }) => onProgress(fraction),
  });
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
