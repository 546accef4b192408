/** What the tasks have in common: a rule, training and test samples, label noise. */
import { checkKeys, checkNumber, checkSeed } from "../../options.js";
import type { ClassifyCore } from "../../wasm/classify/core.js";
import { taskDraws } from "../../wasm/classify/draws.js";
import type { Box } from "../boundary.js";
import type { Dataset } from "../dataset.js";
import { type Samples, sampleList } from "../sample-list.js";

/** Two classes with a known rule. */
export interface Task {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Labels without noise: of any samples, rows or flat. Also what `boundaryGrid` and `disagreement` compare with. */
  predict(samples: Samples): Int32Array;
  /** With two inputs, where to draw. */
  readonly box?: Box;
}

export interface TaskOptions {
  /** All randomness of the task: its rule, inputs and noise. */
  readonly seed: number;
  /** Training samples. */
  readonly train?: number;
  /** Test samples; default 20,000. */
  readonly test?: number;
  /** Probability that a label is flipped, of training and test samples. */
  readonly noise?: number;
}

export const taskKeys = ["seed", "train", "test", "noise"] as const;

/** Parts of a task's streams; frozen: part of every result. */
export const parts = {
  rule: 0,
  trainInputs: 1,
  testInputs: 2,
  trainNoise: 3,
  testNoise: 4,
  indices: 5,
  start: 6,
} as const;

export const checkCount = (name: string, value: unknown, least = 1, most = 1e8): number =>
  checkNumber(
    name,
    value,
    `a whole number from ${least} to ${most}`,
    (n) => Number.isInteger(n) && n >= least && n <= most,
  );

/** What a kind of task is made of. */
export interface TaskParts {
  readonly features: number;
  readonly box?: Box;
  /** count x features inputs of a part of the streams. */
  readonly inputs: (part: number, count: number) => Float32Array;
  /** Clean labels of n x features inputs. */
  readonly rule: (x: Float32Array) => Int32Array;
}

export interface CheckedTaskOptions {
  readonly seed: number;
  readonly train: number;
  readonly test: number;
  readonly noise: number;
}

export function checkedTaskOptions(
  name: string,
  options: TaskOptions,
  more: readonly string[],
  defaults: { readonly train: number; readonly noise?: number },
): CheckedTaskOptions {
  checkKeys(name, options, [...taskKeys, ...more]);
  return {
    seed: checkSeed("seed", options.seed),
    train: checkCount("train", options.train ?? defaults.train),
    test: checkCount("test", options.test ?? 20_000),
    noise: checkNumber(
      "noise",
      options.noise ?? defaults.noise ?? 0,
      "a probability up to 1/2",
      (p) => p >= 0 && p <= 0.5,
    ),
  };
}

/** A task of its parts. Labels are those of the inputs as stored, in f32. */
export function taskOf(
  core: ClassifyCore,
  options: CheckedTaskOptions,
  { features, box, inputs, rule }: TaskParts,
): Task {
  const { seed, noise } = options;
  const samples = (count: number, inputPart: number, noisePart: number): Dataset => {
    const x = inputs(inputPart, count);
    const y = rule(x);
    if (noise > 0) {
      const u = taskDraws(core, seed, noisePart).uniforms(count);
      for (let i = 0; i < count; i++) if (u[i] < noise) y[i] = 1 - y[i];
    }
    return { features, x, y, classes: 2 };
  };
  return {
    train: samples(options.train, parts.trainInputs, parts.trainNoise),
    test: samples(options.test, parts.testInputs, parts.testNoise),
    predict: (given) => rule(sampleList(given, features).x),
    ...(box ? { box } : {}),
  };
}
