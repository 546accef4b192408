/** A classification experiment as a plain object: what a file of `sgd-dynamics classify` holds, and what `runClassification` runs. */
import type { AdversarialInitOptions } from "../adversarial.js";
import type { Dataset, DatasetInput } from "../dataset.js";
import type { PerformanceOptions } from "../information/information.js";
import type { FitLinearOptions } from "../linear/fit-linear.js";
import type { NetworkOptions } from "../network.js";
import type { FileBytes } from "../readers/bytes.js";
import type { CsvOptions } from "../readers/csv.js";
import type { IdxDatasetOptions } from "../readers/idx.js";
import type { EvaluationTimes, LearningRate } from "../schedule.js";
import type { PolynomialTaskOptions, TeacherTaskOptions } from "../tasks/gaussian.js";
import type { BlobsTaskOptions, DiscTaskOptions } from "../tasks/plane.js";
import type { Loss } from "../train-options.js";

/** A file: its contents, or a name that `read` of the control knows. */
export type NamedFile = string | FileBytes;

/** Labels that make one class each, as [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]], which is "first-against-last" of ten; samples of others are left out. */
export type LabelGroups = readonly (readonly number[])[] | "first-against-last" | "even-against-odd";

/** What becomes of a data set's labels and samples. */
export interface SetOptions {
  /** Default: each label is a class. */
  readonly groups?: LabelGroups;
  /** Training samples to use: the first so many. */
  readonly train?: number;
}

/** Where training and test samples come from: drawn by the seed of a run, or a data set, the same for all seeds. */
export type ClassificationTask =
  | ({ readonly kind: "disc" } & Omit<DiscTaskOptions, "seed">)
  | ({ readonly kind: "linear+product" | "staircase" | "xor" } & Omit<
      PolynomialTaskOptions,
      "seed" | "polynomial" | "inputs"
    >)
  | ({ readonly kind: "polynomial" } & Omit<PolynomialTaskOptions, "seed">)
  | ({ readonly kind: "teacher" } & Omit<TeacherTaskOptions, "seed">)
  | ({ readonly kind: "blobs" } & Omit<BlobsTaskOptions, "seed">)
  | ({
      readonly kind: "idx";
      readonly files: {
        readonly trainImages: NamedFile;
        readonly trainLabels: NamedFile;
        readonly testImages: NamedFile;
        readonly testLabels: NamedFile;
      };
    } & IdxDatasetOptions &
      SetOptions)
  | ({
      readonly kind: "csv";
      readonly file: NamedFile;
      /** Test samples: a file of their own, or of `file` rows 0, every, 2 every, ... Default { every: 3 }. */
      readonly test?: { readonly file: NamedFile } | { readonly every: number };
    } & CsvOptions &
      SetOptions)
  | ({ readonly kind: "data"; readonly train: Dataset | DatasetInput; readonly test: Dataset | DatasetInput } & Pick<
      SetOptions,
      "groups"
    >);

/** A change of samples in training, by its name and options. */
export type AugmentationInput =
  | {
      readonly kind: "shift2d";
      readonly width: number;
      readonly height?: number;
      readonly channels?: number;
      readonly by?: number;
    }
  | { readonly kind: "gaussianNoise"; readonly standardDeviation: number }
  | { readonly kind: "zeroOut"; readonly count: number };

/** Options of `train` that can be written down. */
export interface ClassificationTraining {
  readonly learningRate: LearningRate;
  readonly batchSize: number;
  /** Either this or `steps`. */
  readonly epochs?: number;
  readonly steps?: number;
  readonly loss?: Loss;
  readonly momentum?: number;
  readonly l2?: number | { readonly weights?: number; readonly biases?: number };
  readonly augment?: AugmentationInput | readonly AugmentationInput[];
  readonly stop?: { readonly accuracy: number; readonly every?: number };
}

/** The network of an experiment, as `network` takes it. Default: two layers of 128 and one of as many outputs as there are classes; "relu", "he". */
export interface ClassificationNetwork extends Partial<Pick<NetworkOptions, "layers" | "activation" | "start">> {
  /** Whether samples are images, for convolutions: square ones of one channel (true), or of this shape. */
  readonly image?: boolean | Exclude<NetworkOptions["inputs"], number>;
}

/** A linear classifier on polynomial features, fitted to its minimum: options of `fitLinear`. */
export type SimpleFit = Pick<FitLinearOptions, "degree" | "l2" | "loss">;

/** A network that is simpler, trained to its end; its start and order of samples follow from the run's seed, and are its own. */
export interface SimpleNetwork {
  readonly name: string;
  readonly network?: ClassificationNetwork;
  readonly training: ClassificationTraining;
}

export type SimpleClassifier = SimpleFit | SimpleNetwork;

/** Random labels that are fitted first, so that SGD starts from there (Liu et al. 2020): options of `adversarialInit`. */
export interface AdversarialStart
  extends Pick<AdversarialInitOptions, "copies" | "zero" | "learningRate" | "epochs" | "accuracy" | "every"> {
  /** Default: that of the training. */
  readonly batchSize?: number;
}

export interface ClassificationExperiment {
  /** Names files, and the experiment on the command line. */
  readonly name?: string;
  readonly title?: string;
  /** What is to be seen, in a sentence or two. */
  readonly description?: string;
  readonly task: ClassificationTask;
  readonly network?: ClassificationNetwork;
  readonly training: ClassificationTraining;
  /** Where the training starts: default at the network's random weights. */
  readonly adversarial?: AdversarialStart;
  /** What the network is compared with. Default: one logistic or softmax regression, l2 1e-3. */
  readonly simple?: readonly SimpleClassifier[];
  /** When predictions on the test set are looked at. Default { count: 24 }: step 0 and 24 log-spaced steps. */
  readonly evaluations?: EvaluationTimes;
  /** How informations are estimated. */
  readonly information?: PerformanceOptions;
  /** How many (seeds 1, 2, ...) or which: of the task, the start, and the order of training. Default 1. */
  readonly seeds?: number | readonly number[];
}
