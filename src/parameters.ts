/** A problem as the numbers that kernels take. */
import type { Activation, FiniteSet, Problem, Schedule } from "./problem-types.js";

/** An eigenspace of the inputs' covariance. */
export interface Eigenspace {
  readonly variance: number;
  readonly dimension: number;
}

export interface Parameters {
  readonly d: number;
  readonly p: number;
  readonly k: number;
  /** n_s and n_t. */
  readonly studentScale: number;
  readonly teacherScale: number;
  readonly studentActivation: Activation;
  readonly teacherActivation: Activation;
  /** Learning rates as `assembly/schedule.ts` lays them out. */
  readonly rate: Float64Array;
  readonly secondRate: Float64Array;
  readonly trainsSecond: boolean;
  readonly decay: number;
  readonly secondDecay: number;
  readonly Delta: number;
  readonly batch: number;
  readonly sphere: boolean;
  /** Whether the law of the inputs is the same in all directions, so that Omega alone is a Markov chain. */
  readonly isIsotropic: boolean;
  /** Of the inputs, in order; one with variance 1 where they are isotropic. */
  readonly eigenspaces: readonly Eigenspace[];
  /** The training set, where it is finite. */
  readonly set: FiniteSet | undefined;
}

export function parametersOf(problem: Problem): Parameters {
  const { scaling, secondLayer, studentWidth: p, teacherWidth: k } = problem;
  const scales =
    scaling === "committee"
      ? { student: 1, teacher: 1 }
      : scaling === "mean-field"
        ? { student: 1 / p, teacher: 1 / k }
        : scaling;
  const activations = activationsOf(problem);
  const second = secondLayer === "fixed" ? { learningRate: 0, weightDecay: 0 } : secondLayer;
  return {
    d: problem.inputDimension,
    p,
    k,
    studentScale: scales.student,
    teacherScale: scales.teacher,
    studentActivation: activations.student,
    teacherActivation: activations.teacher,
    rate: scheduleNumbers(problem.learningRate),
    secondRate: scheduleNumbers(second.learningRate),
    trainsSecond: secondLayer !== "fixed",
    decay: problem.weightDecay,
    secondDecay: second.weightDecay,
    Delta: problem.noiseVariance,
    batch: problem.batchSize,
    sphere: problem.inputs === "sphere",
    isIsotropic: typeof problem.inputs === "string",
    eigenspaces: eigenspacesOf(problem),
    set: problem.data === "online" ? undefined : problem.data,
  };
}

/** That of the student and that of the teacher. */
export function activationsOf({ activation }: Problem): { student: Activation; teacher: Activation } {
  const isPair = typeof activation === "object" && "student" in activation;
  return isPair ? activation : { student: activation, teacher: activation };
}

/** Whether an activation has a slope of its own on each side of 0. */
export function hasKink(activation: Activation): boolean {
  return activation === "relu" || (typeof activation === "object" && "kind" in activation);
}

/** Whether student and teacher are erf networks: what has closed forms for all of the theory. */
export function isErf({ studentActivation, teacherActivation }: Parameters): boolean {
  return studentActivation === "erf" && teacherActivation === "erf";
}

function eigenspacesOf({ inputs, inputDimension }: Problem): Eigenspace[] {
  if (typeof inputs === "string") return [{ variance: 1, dimension: inputDimension }];
  return inputs.spectrum.map(({ variance, multiplicity }) => ({ variance, dimension: multiplicity }));
}

/** As the kernels take them: pairs [variance, dimension], none where inputs are isotropic. */
export function spectrumOf({ isIsotropic, eigenspaces }: Parameters): Float64Array {
  if (isIsotropic) return new Float64Array(0);
  return Float64Array.from(eigenspaces.flatMap(({ variance, dimension }) => [variance, dimension]));
}

function scheduleNumbers(rate: number | Schedule): Float64Array {
  if (typeof rate === "number") return Float64Array.of(1, 0, 0, rate);
  const code = { constant: 0, linear: 1, log: 2 }[rate.interpolation];
  return Float64Array.from([[rate.times.length, code], rate.times, rate.values].flat());
}

/** Times at which a schedule's formula changes; an integrator steps exactly onto them. */
export function knots(schedule: Float64Array): number[] {
  return schedule[0] === 1 ? [] : Array.from(schedule.subarray(2, 2 + schedule[0]));
}
