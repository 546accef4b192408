// The public list of `sgd-dynamics/classify`, nothing else.

export { SgdDynamicsError } from "../errors.js";
export {
  type AdversarialInit,
  type AdversarialInitOptions,
  type AdversarialStatus,
  adversarialInit,
  type Recipe,
  type RecipesOptions,
  recipes,
} from "./adversarial.js";
export {
  type BoundaryGrid,
  type Box,
  boundaryGrid,
  boundaryLength,
  disagreement,
  type PlaneClassifier,
} from "./boundary.js";
export { type Augmentation, type Change, type ChangeFunction, gaussianNoise, shift2d, zeroOut } from "./changes.js";
export { type ReplicateOptions, randomLabels, replicate } from "./corrupt.js";
export { type Dataset, type DatasetInput, dataset } from "./dataset.js";
export {
  type ClassificationNumbers,
  classificationNumbers,
  classificationSummary,
  type Spread,
} from "./experiment/numbers.js";
export {
  type ClassificationControl,
  type ClassificationProgress,
  type ClassificationResult,
  type ClassificationRun,
  runClassification,
  type SimpleComparison,
} from "./experiment/run.js";
export type { FileReader } from "./experiment/sets.js";
export { type Fitted, simpleName } from "./experiment/simple.js";
export type {
  AdversarialStart,
  AugmentationInput,
  ClassificationExperiment,
  ClassificationNetwork,
  ClassificationTask,
  ClassificationTraining,
  LabelGroups,
  NamedFile,
  SetOptions,
  SimpleClassifier,
  SimpleFit,
  SimpleNetwork,
} from "./experiment/types.js";
export type { CountTable, Labels } from "./information/cells.js";
export {
  type ComplexityCurve,
  type ComplexityInput,
  type ComplexityPhases,
  complexityCurve,
  complexityPhases,
  type PhaseOptions,
} from "./information/complexity.js";
export {
  conditionalMutualInformation,
  type Interval,
  mutualInformation,
  type PerformanceExplained,
  type PerformanceOptions,
  performanceExplained,
} from "./information/information.js";
export type { Triple } from "./information/measures.js";
export type { BiasCorrection, InformationOptions, IntervalMethod, Unit } from "./information/options.js";
export { type LinearClassifier, type LinearWeights, linearClassifier } from "./linear/classifier.js";
export {
  type FitLinearOptions,
  type FitProgress,
  type FitStatus,
  fitLinear,
  type LinearFit,
} from "./linear/fit-linear.js";
export {
  type Layer,
  type LayerActivation,
  type LayerInput,
  Network,
  type NetworkOptions,
  network,
  type Start,
} from "./network.js";
export { accuracy, logits, predict } from "./predict.js";
export { predictedClasses } from "./predicted-classes.js";
export type { FileBytes } from "./readers/bytes.js";
export { type CsvOptions, csvDataset } from "./readers/csv.js";
export { type IdxArray, type IdxDatasetOptions, idxDataset, readIdx } from "./readers/idx.js";
export type { Samples } from "./sample-list.js";
export type { EvaluationTimes, LearningRate } from "./schedule.js";
export { relabel, subset } from "./select.js";
export {
  type PolynomialTaskOptions,
  polynomialTask,
  type TeacherTaskOptions,
  type Term,
  teacherTask,
} from "./tasks/gaussian.js";
export {
  type OneHotOptions,
  type OneHotSamples,
  type OneHotSgdOptions,
  type OneHotStart,
  type OneHotTask,
  type OneHotWeights,
  oneHotTask,
} from "./tasks/one-hot.js";
export { type BlobsTaskOptions, blobsTask, type DiscTaskOptions, discTask } from "./tasks/plane.js";
export type { Task, TaskOptions } from "./tasks/task.js";
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
