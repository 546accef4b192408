/**
 * Liu, Papailiopoulos & Achlioptas, "Bad global minima exist and SGD can reach them" (2020): a start from which SGD finds a global minimum that generalises badly, and
 * the recipes that do or do not undo it (THEORY.md H).
 */
import { checkKeys, checkNumber, invalid } from "../options.js";
import type { Augmentation } from "./changes.js";
import { randomLabels, replicate } from "./corrupt.js";
import { type Dataset, type DatasetInput, dataset } from "./dataset.js";
import { areFinite, type Network } from "./network.js";
import { accuracy as accuracyOf } from "./predict.js";
import { train } from "./train.js";
import type { TrainOptions } from "./train-options.js";
import type { Training } from "./training.js";

export interface AdversarialInitOptions
  extends Pick<TrainOptions, "learningRate" | "batchSize" | "epochs" | "evaluate" | "signal" | "onProgress"> {
  /** R: copies of each sample. The harm grows with it. */
  readonly copies: number;
  /** Values set to zero in each copy, other ones each time: a fraction of the features, or { count }. Default 0.1. */
  readonly zero?: number | { readonly count: number };
  /** Most passes over the copies. */
  readonly epochs: number;
  /** Share of the random labels at which they count as fitted, and training ends; default 0.999. */
  readonly accuracy?: number;
  /** Epochs between two looks at it; default 1. */
  readonly every?: number;
  /** Of zeroed values, labels and the order of samples. */
  readonly seed: number;
}

/** fitted: the random labels are; incomplete: the epochs ended before; diverged; aborted. */
export type AdversarialStatus = "fitted" | "incomplete" | "diverged" | "aborted";

export interface AdversarialInit {
  readonly status: AdversarialStatus;
  /** Where it is not fitted: what happened, and what to try. */
  readonly message?: string;
  /** The start; of a run that diverged, the network before that step. */
  readonly network: Network;
  /** Share of the random labels that it fits; NaN where a run that diverged lost its weights. */
  readonly accuracy: number;
  /** Square root of the sum of its squared weights, to compare with that of the network given. */
  readonly weightNorm: number;
  /** The copies with their random labels. */
  readonly data: Dataset;
  /** The run: its steps, losses, evaluations. */
  readonly training: Training;
}

/**
 * An adversarial start: copies of each sample with some values zeroed and a random label each, fitted by plain SGD (no momentum, L2 or augmentation). Training on the
 * true labels goes on from its network; true labels have no part in it. Costs copies x epochs passes over the data, most of what an experiment takes.
 *
 *     const net = await network({ inputs: 64, layers: [128, 128, 128, 10], start: "torch", seed: 1 });
 *     const start = await adversarialInit(digits, net, { copies: 5, learningRate: 0.1, batchSize: 32, epochs: 150, seed: 1 });
 *     const bad = await train(start.network, digits, { learningRate: 0.01, batchSize: 32, epochs: 100, seed: 1 });
 *
 * The network given stays as it is. What comes out is a function of (data, network, options), bit for bit the same on every engine.
 * @throws SgdDynamicsError `invalid-argument`, `invalid-data`, `out-of-memory`; runs that diverge or do not fit the labels resolve, with their status and a message
 */
export async function adversarialInit(
  data: Dataset | DatasetInput,
  network: Network,
  options: AdversarialInitOptions,
): Promise<AdversarialInit> {
  checkKeys(
    "adversarialInit",
    options,
    "copies zero learningRate batchSize epochs accuracy every seed evaluate signal onProgress".split(" "),
  );
  const { copies, zero = 0.1, accuracy: wanted = 0.999, every, seed, ...rest } = options;
  checkNumber("accuracy", wanted, "a share above 0, up to 1", (share) => share > 0 && share <= 1);
  if (options.epochs === undefined) invalid("adversarialInit needs epochs: the most passes over the copies.");
  // where the data does not tell its classes: as many as the network tells apart
  const samples = dataset(data, { classes: network?.classes });
  const confusing = randomLabels(replicate(samples, { copies, zero, seed }), seed);
  const stop = { accuracy: wanted, every };
  // of few samples chance may leave a class without
  const training = await train(network, confusing, { ...rest, seed, stop, emptyClasses: "accept" });
  const isLost = !training.network.layers.every(areFinite);
  const fitted = isLost ? Number.NaN : await accuracyOf(training.network, confusing);
  const status = statusOf(training, fitted >= wanted);
  const message = messageOf(status, training, fitted, wanted);
  return {
    status,
    ...(message === undefined ? {} : { message }),
    network: training.network,
    accuracy: fitted,
    weightNorm: training.network.weightNorm,
    data: confusing,
    training,
  };
}

function statusOf({ status }: Training, isFitted: boolean): AdversarialStatus {
  if (status === "diverged" || status === "aborted") return status;
  return isFitted ? "fitted" : "incomplete";
}

function messageOf(status: AdversarialStatus, { message, epochs }: Training, fitted: number, wanted: number) {
  if (status !== "incomplete") return message;
  const percent = (share: number) => `${Number((100 * share).toFixed(3))} %`;
  return `After ${Math.round(epochs)} epochs ${percent(fitted)} of the random labels are fitted, and ${percent(wanted)} were asked for; more epochs, a wider network or fewer copies may help, or a smaller learningRate if the loss rises.`;
}

export interface RecipesOptions {
  /** The augmentation that suits the data: for images `shift2d({ width, by: 4 })`, which is the paper's crop of images padded by 4. */
  readonly augment: Augmentation | readonly Augmentation[];
  /** Default 0.9, as in the paper. */
  readonly momentum?: number;
  /** Default 5e-4, as in the paper: of networks with millions of weights. Small ones need more (1e-3 to 2e-2). */
  readonly l2?: number;
}

/** Options of `train` that differ between recipes. */
export interface Recipe extends Pick<TrainOptions, "momentum" | "augment"> {
  readonly l2?: number;
}

/**
 * What each of the paper's recipes adds to plain SGD, as options of `train`: nothing (vanilla), momentum, L2, data augmentation, or all three. With all three a bad
 * start does no harm; with none it stays bad.
 *
 *     for (const [name, recipe] of Object.entries(recipes({ augment: shift2d({ width: 8 }) })))
 *       await train(start.network, digits, { learningRate: 0.02, batchSize: 32, epochs: 150, seed: 1, ...recipe });
 *
 * @throws SgdDynamicsError `invalid-argument` without augmentation; `train` checks the values
 */
export function recipes(
  options: RecipesOptions,
): Readonly<Record<"vanilla" | "momentum" | "l2" | "augmentation" | "all", Recipe>> {
  checkKeys("recipes", options, ["augment", "momentum", "l2"]);
  const { augment, momentum = 0.9, l2 = 5e-4 } = options;
  if (augment === undefined)
    invalid("recipes needs augment: an augmentation that suits the data, such as shift2d() for images.");
  return { vanilla: {}, momentum: { momentum }, l2: { l2 }, augmentation: { augment }, all: { momentum, l2, augment } };
}
