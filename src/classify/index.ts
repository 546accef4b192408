// The public list of `sgd-dynamics/classify`, nothing else.

export { SgdDynamicsError } from "../errors.js";
export { type Augmentation, type Change, type ChangeFunction, gaussianNoise, shift2d, zeroOut } from "./changes.js";
export { type Dataset, type DatasetInput, dataset } from "./dataset.js";
export {
  type DenseLayer,
  type LayerActivation,
  type LayerInput,
  Network,
  type NetworkOptions,
  network,
  type Start,
} from "./network.js";
export { accuracy, logits, predict, type Samples } from "./predict.js";
export type { EvaluationTimes, LearningRate } from "./schedule.js";
export { train } from "./train.js";
export type {
  Evaluation,
  Loss,
  Sampler,
  Targets,
  TrainingData,
  TrainingState,
  TrainOptions,
} from "./train-options.js";
export type { Training, TrainingStatus } from "./training.js";
