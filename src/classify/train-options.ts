/** What a training is asked for, checked. */
import { SgdDynamicsError, shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkKeys, checkNumber, checkOneOf, checkSeed, invalid } from "../options.js";
import { checkControl } from "../pace.js";
import { losses } from "../wasm/classify/layers.js";
import { type Augmentation, type ChangeFunction, checkedChanges } from "./changes.js";
import { checkedSamples, type Dataset, type DatasetInput, dataset, emptyClass } from "./dataset.js";
import type { Network } from "./network.js";
import type { EvaluationTimes, LearningRate } from "./schedule.js";

/** softmax cross-entropy over as many outputs as classes; logistic loss of one output; (1/2) sum of squares. Means over a batch. */
export type Loss = (typeof losses)[number];

/** Fresh samples for every step: one pass over as much data as there is. */
export interface Sampler {
  /** `count` samples for a step: a function of the step, if runs are to repeat. */
  readonly sample: (
    count: number,
    step: number,
  ) => Pick<DatasetInput, "x" | "y"> | Promise<Pick<DatasetInput, "x" | "y">>;
}

/** Samples with targets, for the squared loss. */
export interface Targets {
  readonly x: DatasetInput["x"];
  /** n x outputs, row-major. */
  readonly targets: ArrayLike<number>;
}

export type TrainingData = Dataset | DatasetInput | Targets | Sampler;

/** Predictions of a network on the way. */
export interface Evaluation {
  readonly step: number;
  /** Not a whole number within an epoch; NaN with a sampler. */
  readonly epoch: number;
  /** Of each set. */
  readonly predictions: Readonly<Record<string, Int32Array>>;
  readonly accuracy: Readonly<Record<string, number>>;
  /** Mean losses. */
  readonly loss: Readonly<Record<string, number>>;
}

/** Where a run is. */
export interface TrainingState {
  readonly step: number;
  readonly epoch: number;
  /** Mean loss of the batches since the last epoch's end; NaN before the first step. */
  readonly loss: number;
}

export interface TrainOptions {
  readonly learningRate: LearningRate;
  readonly batchSize: number;
  /** Passes over the set; what does not fill a batch at the end of one is not used in it. Either this or `steps`. */
  readonly epochs?: number;
  readonly steps?: number;
  /** Of the order of samples and of augmentation. */
  readonly seed: number;
  /** Default: logistic with one output, squared with targets, else softmax. */
  readonly loss?: Loss;
  /** m of v = m v + g, w -= learningRate v. Default 0. */
  readonly momentum?: number;
  /** Adds l2 w to the gradient, of all weights but not of biases; or for each. Default 0. */
  readonly l2?: number | { readonly weights?: number; readonly biases?: number };
  readonly augment?: Augmentation | readonly Augmentation[];
  /**
   * Ends the run when the share of the training set (without augmentation) that is right reaches `accuracy`, or when `when` says so; asked every so many epochs (default 1).
   * The run waits for a promise.
   */
  readonly stop?: {
    readonly accuracy?: number;
    readonly every?: number;
    readonly when?: (state: TrainingState & { readonly accuracy: number }) => boolean | Promise<boolean>;
  };
  /** A class of the network without a training sample is an error, unless "accept" says that it is meant. */
  readonly emptyClasses?: "refuse" | "accept";
  /** Predictions on some sets along the way. */
  readonly evaluate?: {
    readonly sets?: Readonly<Record<string, Dataset | DatasetInput>>;
    /** Default { count: 24 }. */
    readonly at?: EvaluationTimes;
    /**
     * Called with each evaluation and a function that gives the network as it is then; what it returns true for ends the run. The run waits for a promise:
     *
     *     onEvaluation: async (_, network) => { grids.push(await boundaryGrid(network(), box)); }
     */
    readonly onEvaluation?: (evaluation: Evaluation, network: () => Network) => unknown;
  };
  /** A snapshot of another run, to go on from: its network, step and momentum, bit for bit as if unbroken. */
  readonly from?: Uint8Array;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingState & { readonly fraction: number }) => void;
}

/** Data in one form. */
export type Data =
  | { readonly kind: "set"; readonly set: Dataset; readonly targets: Float32Array | undefined }
  | { readonly kind: "sampler"; readonly sample: Sampler["sample"] };

export interface Checked {
  readonly data: Data;
  readonly batch: number;
  /** Undefined with a sampler. */
  readonly perEpoch: number | undefined;
  readonly total: number;
  /** Steps to a key of a schedule. */
  readonly unit: number;
  readonly loss: Loss;
  readonly seed: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly biasDecay: number;
  readonly records: Float64Array;
  readonly functions: readonly ChangeFunction[];
}

const KEYS =
  "learningRate batchSize epochs steps seed loss momentum l2 augment stop emptyClasses evaluate from signal onProgress".split(
    " ",
  );
const atLeast0 = (name: string, value: unknown) =>
  checkNumber(name, value, "a number at least 0", (n) => n >= 0 && n < 1e30);
const count = (name: string, value: unknown, most = 2 ** 53) =>
  checkNumber(name, value, "a whole number from 1", (n) => Number.isInteger(n) && n >= 1 && n < most);

export function checkedTraining(network: Network, given: TrainingData, options: TrainOptions): Checked {
  checkKeys("train", options, KEYS);
  checkControl(options as object);
  const emptyClasses = checkOneOf("emptyClasses", options.emptyClasses ?? "refuse", ["refuse", "accept"]);
  const data = checkedData(network, given, emptyClasses === "refuse");
  const batch = count("batchSize", options.batchSize, 1e6);
  const perEpoch = data.kind === "set" ? Math.floor(data.set.y.length / batch) : undefined;
  if (perEpoch === 0)
    invalid(
      `batchSize is ${batch} and there are ${(data as { set: Dataset }).set.y.length} samples; allowed: at most as many.`,
    );
  const { epochs, steps } = options;
  if ((epochs === undefined) === (steps === undefined)) invalid("train needs either epochs or steps.");
  if (epochs !== undefined && perEpoch === undefined) invalid("A sampler has no epochs; give steps.");
  const { weights, biases } = decaysOf(options.l2 ?? 0);
  const { records, functions } = checkedChanges(options.augment, network.inputs);
  return {
    data,
    batch,
    perEpoch,
    total: steps === undefined ? count("epochs", epochs) * perEpoch! : count("steps", steps),
    unit: steps === undefined ? perEpoch! : 1,
    loss: checkedLoss(network, options.loss, data),
    seed: checkSeed("seed", options.seed),
    momentum: checkNumber("momentum", options.momentum ?? 0, "a number from 0, below 1", (m) => m >= 0 && m < 1),
    weightDecay: weights,
    biasDecay: biases,
    records,
    functions,
  };
}

function decaysOf(given: unknown): { weights: number; biases: number } {
  if (typeof given !== "object") return { weights: atLeast0("l2", given), biases: 0 };
  checkKeys("l2", given as object, ["weights", "biases"], "field");
  const { weights = 0, biases = 0 } = given as { weights?: unknown; biases?: unknown };
  return { weights: atLeast0("l2.weights", weights), biases: atLeast0("l2.biases", biases) };
}

function checkedLoss(network: Network, given: Loss | undefined, data: Data): Loss {
  const hasTargets = data.kind === "set" && data.targets !== undefined;
  const loss = checkOneOf(
    "loss",
    given ?? (hasTargets ? "squared" : network.outputs === 1 ? "logistic" : "softmax"),
    losses,
  );
  if (hasTargets && loss !== "squared") invalid(`loss is "${loss}"; with targets it can only be "squared".`);
  if (loss === "softmax" && network.outputs === 1)
    invalid(`loss is "softmax" and the network has one output, whose softmax is 1; allowed: "logistic" or "squared".`);
  if (loss === "logistic" && network.outputs !== 1)
    invalid(`loss is "logistic" and the network has ${network.outputs} outputs; allowed: one, or "softmax".`);
  return loss;
}

function checkedData(network: Network, given: TrainingData, everyClass: boolean): Data {
  if (typeof given !== "object" || given === null)
    invalid(`The data is ${shown(given)}; allowed: { x, y }, { x, targets } or { sample }.`);
  if ("sample" in given) {
    checkKeys("The sampler", given, ["sample", "features", "classes"], "field");
    if (typeof given.sample !== "function") invalid(`sample is ${shown(given.sample)}; allowed: a function.`);
    return { kind: "sampler", sample: given.sample };
  }
  if (!("targets" in given))
    return { kind: "set", set: labelled(network, "data", given, everyClass), targets: undefined };
  const { x, count: n } = checkedSamples("data.x", given.x, network.inputs);
  const list: unknown = given.targets;
  if (!isList(list) || list.length !== n * network.outputs || !Array.from(list).every(Number.isFinite))
    throw new SgdDynamicsError(
      "invalid-data",
      `data.targets is ${shown(list)}; allowed: ${n} x ${network.outputs} finite numbers, one for each output of each sample.`,
    );
  const set = { features: network.inputs, x, y: new Int32Array(n), classes: network.classes };
  return { kind: "set", set, targets: Float32Array.from(list as ArrayLike<number>) };
}

/** A labelled set that fits the network. */
export function labelled(network: Network, name: string, given: Dataset | DatasetInput, everyClass = false): Dataset {
  const set = dataset(given, { name, features: network.inputs, classes: network.classes });
  if (set.classes > network.classes)
    throw new SgdDynamicsError(
      "invalid-data",
      `${name} has ${set.classes} classes and the network tells ${network.classes} apart; give its last layer ${set.classes} outputs.`,
    );
  const empty = everyClass ? emptyClass(set.y, network.classes) : -1;
  if (empty >= 0)
    throw new SgdDynamicsError(
      "invalid-data",
      `${name}.y has no label ${empty} among its ${set.y.length}, and the network tells ${network.classes} classes apart; give samples of that class, a network with fewer outputs, or emptyClasses: "accept".`,
    );
  return set;
}
