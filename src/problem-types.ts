/** The types of a problem. `schema.ts` is held to them by the compiler. */

/**
 * s(x) is erf(x / sqrt 2) for "erf"; max(x, 0), slope 0 at 0, for "relu"; x for "linear"; x^2 for "quadratic"; 1 / (1 + e^-x) for "logistic";
 * log(1 + e^x) for "softplus"; x Phi(x) for "gelu"; and "leaky-relu" is that of slope 0.01.
 */
export type ActivationName =
  | "erf"
  | "relu"
  | "linear"
  | "quadratic"
  | "leaky-relu"
  | "tanh"
  | "logistic"
  | "softplus"
  | "gelu";

/** x for x > 0, slope x below; the slope is 0.01 where it is left out. */
interface LeakyInput {
  kind: "leaky-relu";
  slope?: number;
}

/** A name, or what has parameters. */
export type ActivationInput =
  | ActivationName
  | LeakyInput
  /**
   * s(x) = sum of c_n He_n(x) / sqrt(n!): coefficients of the Hermite polynomials that are orthonormal under N(0, 1), from c_0 on, up to c_10; not all 0.
   * He_2 = x^2 - 1, so x^2 is [1, 0, sqrt 2].
   */
  | { hermite: VectorInput };

export type Activation =
  | Exclude<ActivationName, "leaky-relu">
  | { kind: "leaky-relu"; slope: number }
  | { hermite: number[] };

/** A learning rate as a function of t = nu / d. Before the first time and after the last the value is that of the end. */
export interface ScheduleInput {
  /** Increasing, at least 0. */
  times: VectorInput;
  /** At least 0 (above 0 for "log"), one a time. */
  values: VectorInput;
  /** "constant" (default): the value of the last time <= t; "linear": between values; "log": linear in the logarithm of the values. */
  interpolation?: "constant" | "linear" | "log";
}

export interface Schedule {
  times: number[];
  values: number[];
  interpolation: "constant" | "linear" | "log";
}

/** A matrix as rows or flat row-major. */
export type MatrixInput = readonly (readonly number[])[] | readonly Float64Array[] | VectorInput;

export type VectorInput = readonly number[] | Float64Array;

interface SecondLayerInput {
  /** Student's second layer, p numbers; default ones (for solutions: what makes the residual zero). */
  a?: VectorInput;
  /** Teacher's second layer, k numbers; default ones. */
  aStar?: VectorInput;
}

interface SecondLayer {
  a?: number[];
  aStar?: number[];
}

/** Order parameters to start from; rows of W and W* divided by sqrt d have these inner products. */
export interface StateStartInput extends SecondLayerInput {
  P: MatrixInput;
  M: MatrixInput;
  Q: MatrixInput;
  /** Dropped: what a trajectory's state or saved row has besides. */
  risk?: unknown;
  empiricalRisk?: unknown;
  index?: unknown;
  time?: unknown;
}

/** Where a run starts. A bare name stands for `{ kind: name }`. */
export type StartInput =
  | "random"
  | "informed"
  | "denoising"
  /** Student rows N(0, scale^2); teacher rows orthonormal (P = I, default) or N(0, 1). */
  | ({ kind: "random"; teacher?: "orthonormal" | "gaussian"; scale?: number } & SecondLayerInput)
  /** The first k students are the teachers, the others 0; plus perturbation N(0, 1). */
  | ({ kind: "informed"; teacher?: "orthonormal" | "gaussian"; perturbation?: number } & SecondLayerInput)
  /** Student i is teacher i mod k, copies sharing its weight; plus perturbation N(0, 1). */
  | ({ kind: "denoising"; teacher?: "orthonormal" | "gaussian"; perturbation?: number } & SecondLayerInput)
  | { kind: "state"; state: StateStartInput }
  /** Explicit weights, W p x d and WStar k x d, rows of squared norm about d. */
  | ({ kind: "weights"; W: MatrixInput; WStar: MatrixInput } & SecondLayerInput);

export type Start =
  | ({ kind: "random"; teacher: "orthonormal" | "gaussian"; scale: number } & SecondLayer)
  | ({ kind: "informed" | "denoising"; teacher: "orthonormal" | "gaussian"; perturbation: number } & SecondLayer)
  | { kind: "state"; state: { P: number[]; M: number[]; Q: number[] } & SecondLayer }
  | ({ kind: "weights"; W: number[]; WStar: number[] } & SecondLayer);

/** Eigenvalues of the inputs' covariance: variances of at least 0, whole multiplicities of at least 1. */
export interface Spectrum {
  spectrum: { variance: number; multiplicity: number }[];
}

/**
 * In which order SGD takes from a finite set of n samples. "reshuffle" (default): a new random order each pass; "cyclic": the same in each;
 * "replace": any of the n, each time; "full-batch": all n in each step, which is gradient descent (batchSize = n); "gradient-flow": its limit of small
 * learning rates, on the clock t = nu / d (students without a kink).
 */
export type SampleOrder = "reshuffle" | "cyclic" | "replace" | "full-batch" | "gradient-flow";

/** A finite training set: n samples, from 1 to 1e8. */
export interface FiniteSet {
  samples: number;
  order: SampleOrder;
}

/** What a problem may be given as. The widths are required. */
export interface ProblemInput {
  /** d: a whole number from 1 to 1e20. */
  inputDimension: number;
  /** p: a whole number from 1 to 4096. */
  studentWidth: number;
  /** k: a whole number from 1 to 4096. */
  teacherWidth: number;
  /** Default "erf". */
  activation?: ActivationInput | { student: ActivationInput; teacher: ActivationInput };
  /** (n_s, n_t): "committee" (1, 1; default), "mean-field" (1/p, 1/k), or numbers above 0. */
  scaling?: "committee" | "mean-field" | { student: number; teacher: number };
  /** gamma (Goldt's eta), at least 0, or a schedule; default 0.2. */
  learningRate?: number | ScheduleInput;
  /** "fixed" (default), or trained with gamma_a on the clock 1/d and decay kappa_a. */
  secondLayer?: "fixed" | { learningRate: number | ScheduleInput; weightDecay?: number };
  /** kappa_w: w <- (1 - kappa/d) w a step, not multiplied by the learning rate; default 0. */
  weightDecay?: number;
  /** Delta = sigma^2 of the label noise; default 0. */
  noiseVariance?: number;
  /** B: samples a step; default 1. */
  batchSize?: number;
  /**
   * x ~ N(0, I_d) (default), uniform on the sphere |x|^2 = d, or Gaussian with eigenspaces of given variances, coordinates in the order of the
   * list, multiplicities d in all. Order parameters are then covariances of the fields: P = W* C W*^T / d and so on. Simulation only.
   */
  inputs?: "gaussian" | "sphere" | Spectrum;
  /**
   * "online" (default): every sample is a fresh one. `{ samples, order }`: n samples, inputs and noisy labels, drawn once, and many passes over
   * them; dense simulation only.
   */
  data?: "online" | { samples: number; order?: SampleOrder };
  /** Default "random". */
  start?: StartInput;
}

/** A complete problem: every field present, checked and frozen. It may be given wherever a `ProblemInput` may. */
export interface Problem {
  readonly inputDimension: number;
  readonly studentWidth: number;
  readonly teacherWidth: number;
  readonly activation: Activation | { student: Activation; teacher: Activation };
  readonly scaling: "committee" | "mean-field" | { student: number; teacher: number };
  readonly learningRate: number | Schedule;
  readonly secondLayer: "fixed" | { learningRate: number | Schedule; weightDecay: number };
  readonly weightDecay: number;
  readonly noiseVariance: number;
  readonly batchSize: number;
  readonly inputs: "gaussian" | "sphere" | Spectrum;
  readonly data: "online" | FiniteSet;
  readonly start: Start;
}
