// Runs of many kinds, and what it means that two are the same.
import { expect } from "vitest";
import type { ProblemInput, Trajectory } from "../../src/index.js";
import { expectSameBits } from "./bits.js";

/** Problems that between them use every part of a step. */
export const problems: Record<string, ProblemInput> = {
  "first layer": { inputDimension: 50, studentWidth: 4, teacherWidth: 2, noiseVariance: 0.01 },
  everything: {
    inputDimension: 37,
    studentWidth: 3,
    teacherWidth: 5,
    activation: { student: "relu", teacher: "erf" },
    scaling: "mean-field",
    batchSize: 3,
    inputs: "sphere",
    learningRate: { times: [0, 2, 5], values: [0.9, 0.3, 0.1], interpolation: "log" },
    secondLayer: { learningRate: 0.2, weightDecay: 0.1 },
    weightDecay: 0.05,
    noiseVariance: 0.1,
    start: { kind: "random", teacher: "gaussian", scale: 0.5 },
  },
  "quadratic, both layers": {
    inputDimension: 16,
    studentWidth: 2,
    teacherWidth: 1,
    activation: "quadratic",
    learningRate: 0.05,
    secondLayer: { learningRate: 0.02 },
    batchSize: 2,
  },
};

/** Finite training sets, between them in every order. */
export const finiteSets: Record<string, ProblemInput> = {
  "a set reshuffled": { ...problems["first layer"], data: { samples: 70 } },
  "a cyclic set": { ...problems.everything, data: { samples: 20, order: "cyclic" } },
  "a set with replacement": { ...problems["quadratic, both layers"], data: { samples: 9, order: "replace" } },
  "full batches": { ...problems["first layer"], data: { samples: 30, order: "full-batch" } },
  "gradient flow": {
    ...problems.everything,
    activation: "erf",
    batchSize: 1,
    learningRate: { times: [0, 2, 5], values: [0.9, 0.3, 0.1] },
    data: { samples: 25, order: "gradient-flow" },
  },
};
Object.assign(problems, finiteSets);

/** Ways to simulate. */
export const ways = [
  { method: "chain", precision: "f64" },
  { method: "dense", precision: "f64" },
  { method: "dense", precision: "f32" },
] as const;

/** Each problem in each way. */
export const cases = Object.keys(problems).flatMap((name) =>
  ways
    .filter(({ method }) => !(name in finiteSets) || method === "dense")
    .filter(({ precision }) => name !== "gradient flow" || precision === "f64")
    .map((way) => ({ name, ...way })),
);

/** The rows of runs put together, each as its numbers. */
export function numbersOf(...runs: Trajectory[]): number[] {
  return runs.flatMap((run) =>
    Array.from({ length: run.length }, (_, i) => {
      const { P, M, Q, a, aStar, risk, empiricalRisk } = run.state(i);
      return [
        run.time[i],
        risk,
        ...(empiricalRisk === undefined ? [] : [empiricalRisk]),
        ...P,
        ...M,
        ...Q,
        ...a,
        ...aStar,
      ];
    }).flat(),
  );
}

/** Status, rows and snapshot, bit for bit. */
export function expectSameRun(got: Trajectory, want: Trajectory): void {
  expect(got.status).toBe(want.status);
  expectSameBits(numbersOf(got), numbersOf(want), "numbers of the run");
  expect(got.snapshot).toEqual(want.snapshot);
}
