/** The experiments, as plain objects: data, a network, how random labels are fitted, and the recipes that are trained from both starts. */
import {
  type AdversarialInitOptions,
  type Box,
  blobsTask,
  type Dataset,
  type Recipe,
  recipes,
  shift2d,
  teacherTask,
} from "../../classify/index.js";
import { digits } from "../digits.js";
import type { PaperClassification } from "../paper.js";

export interface Samples {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Of a task in the plane: where it is drawn, and its rule. */
  readonly plane?: { readonly box: Box; readonly predict: (samples: Float32Array) => Int32Array };
}

/** Training on the true labels. */
export interface RecipeSpec extends Recipe {
  /** "vanilla SGD". */
  readonly title: string;
  readonly learningRate: number;
  readonly epochs: number;
  /** Instead of augmentation: so many fixed copies of each sample beside itself, with noise of this standard deviation. */
  readonly noisyCopies?: { readonly count: number; readonly noise: number };
  /** Ends when all training samples are right, asked every so many epochs. */
  readonly untilFitted?: number;
  /** Default: both. */
  readonly from?: readonly StartName[];
}

export type StartName = "rand" | "adv";

/** Settings of one experiment. */
export interface AdversarialExperiment {
  readonly name: string;
  readonly title: string;
  readonly samples: (seed: number) => Promise<Samples>;
  readonly layers: readonly number[];
  readonly batchSize: number;
  readonly pretraining: Pick<
    AdversarialInitOptions,
    "copies" | "zero" | "learningRate" | "epochs" | "accuracy" | "every"
  >;
  readonly recipes: Readonly<Record<string, RecipeSpec>>;
  /** Seconds of one seed, on one core. */
  readonly seconds: number;
}

const MOMENTUM = 0.9;

/** B1: two blobs, 25 samples each. */
export const toy: AdversarialExperiment = {
  name: "B1",
  title: "Two blobs in the plane",
  samples: async (seed) => {
    const { train, test, box, predict } = await blobsTask({ seed });
    return { train, test, plane: { box: box!, predict } };
  },
  layers: [100, 100, 1],
  batchSize: 10,
  pretraining: { copies: 1, zero: 0, learningRate: 0.1, epochs: 20_000, accuracy: 1, every: 200 },
  recipes: {
    vanilla: { title: "vanilla SGD", learningRate: 0.03, epochs: 1000 },
    l2: { title: "L2", learningRate: 0.1, l2: 0.01, epochs: 1000, from: ["adv"] },
    all: {
      title: "L2, momentum and augmentation",
      learningRate: 0.01,
      l2: 0.01,
      momentum: MOMENTUM,
      noisyCopies: { count: 2, noise: 0.1 },
      epochs: 1000,
      from: ["adv"],
    },
  },
  seconds: 5,
};

/** B2: handwritten digits. */
export const digitImages: AdversarialExperiment = {
  name: "B2",
  title: "Handwritten digits",
  samples: digits,
  layers: [128, 128, 128, 10],
  batchSize: 32,
  pretraining: { copies: 5, zero: { count: 6 }, learningRate: 0.1, epochs: 150 },
  recipes: {
    vanilla: { title: "vanilla SGD", learningRate: 0.01, epochs: 1000, untilFitted: 5 },
    momentum: { title: "momentum", learningRate: 0.01, momentum: MOMENTUM, epochs: 200, from: ["adv"] },
    l2: { title: "L2", learningRate: 0.1, l2: 5e-3, epochs: 150, from: ["adv"] },
    all: {
      title: "L2, momentum and augmentation",
      learningRate: 0.02,
      ...recipes({ momentum: MOMENTUM, l2: 1e-3, augment: shift2d({ width: 8, by: 1 }) }).all,
      epochs: 150,
    },
    fast: { title: "vanilla SGD, learning rate 0.2", learningRate: 0.2, epochs: 1000, untilFitted: 5 },
  },
  seconds: 20,
};

/** B3: the sign of a teacher of three erf units. */
export const teacherStudent: AdversarialExperiment = {
  name: "B3",
  title: "Sign of a teacher of three erf units, d = 30",
  samples: (seed) => teacherTask({ inputs: 30, units: 3, train: 1000, test: 20_000, seed }),
  layers: [128, 128, 2],
  batchSize: 20,
  pretraining: { copies: 4, zero: { count: 3 }, learningRate: 0.1, epochs: 400 },
  recipes: {
    vanilla: { title: "vanilla SGD", learningRate: 0.01, epochs: 1000, untilFitted: 5 },
    l2: { title: "L2", learningRate: 0.1, l2: 0.02, epochs: 150 },
  },
  seconds: 9,
};

/** The experiments as `sgd-dynamics classify` runs them: vanilla SGD from the adversarial start. */
export const classifications: readonly PaperClassification[] = [
  {
    name: "liu-2020-blobs",
    title: "Two blobs in the plane, after random labels",
    description:
      "Vanilla SGD goes on from a fit of random labels and separates the samples, but not all of the blobs; --adversarial 0 starts from random weights instead, --l2 0.01 --learning-rate 0.1 wins it back.",
    task: { kind: "blobs" },
    ...asFile(toy),
    seconds: 3,
  },
  {
    name: "liu-2020-digits",
    title: "Handwritten digits, after random labels",
    description:
      "Vanilla SGD fits all training images from a start that fits random labels, and loses a tenth of the test accuracy; --adversarial 0 starts from random weights instead.",
    task: { kind: "digits" },
    ...asFile(digitImages),
    // ten classes on 599 images: what chance gives is taken off
    information: { bias: { permutations: 20, seed: 1 } },
    seconds: 10,
  },
  {
    name: "liu-2020-teacher",
    title: "Sign of a teacher of three erf units, after random labels",
    description:
      "A student that was led astray by random labels stays a fifth worse with vanilla SGD; --l2 0.02 --learning-rate 0.1 wins it back, --adversarial 0 starts from random weights.",
    task: { kind: "teacher", inputs: 30, units: 3, train: 1000, test: 20_000 },
    ...asFile(teacherStudent),
    seconds: 6,
  },
];

function asFile({ layers, batchSize, pretraining, recipes: { vanilla } }: AdversarialExperiment) {
  const { learningRate, epochs, untilFitted } = vanilla;
  return {
    network: { layers, start: "torch" },
    training: {
      learningRate,
      batchSize,
      epochs,
      ...(untilFitted === undefined ? {} : { stop: { accuracy: 1, every: untilFitted } }),
    },
    adversarial: pretraining,
  } as const;
}
