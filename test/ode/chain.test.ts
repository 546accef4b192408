// The ODE's integrals against the exact chain: nothing is shared between the two but the activations themselves.
import { describe, expect, it } from "vitest";
import { ensemble, integrate, type ProblemInput } from "../../src/index.js";

/** Of every family of integrals, equal and unequal. */
const activations: NonNullable<ProblemInput["activation"]>[] = [
  "erf",
  "relu",
  "linear",
  "quadratic",
  "tanh",
  "logistic",
  "softplus",
  "gelu",
  { kind: "leaky-relu", slope: 0.2 },
  { hermite: [0.1, 0.8, 0.3, 0.2] },
  { student: "erf", teacher: "relu" },
  { student: "relu", teacher: "tanh" },
  { student: "tanh", teacher: "quadratic" },
  { student: { hermite: [0, 0.7, 0, 0.3] }, teacher: "erf" },
];
const REPLICAS = 24;

const problemOf = (activation: ProblemInput["activation"], batchSize: number): ProblemInput => ({
  inputDimension: 1e6,
  studentWidth: 3,
  teacherWidth: 2,
  activation,
  learningRate: 0.4,
  weightDecay: 0.1,
  secondLayer: { learningRate: 0.3, weightDecay: 0.05 },
  noiseVariance: 0.2,
  batchSize,
  start: {
    kind: "state",
    state: {
      P: [1, 0.2, 0.2, 1.1],
      M: [0.4, 0.1, -0.2, 0.3, 0.1, -0.3],
      Q: [0.9, 0.2, -0.1, 0.2, 1, 0.3, -0.1, 0.3, 0.8],
      a: [0.8, -0.6, 0.5],
      aStar: [1, 0.7],
    },
  },
});

// Deviations are of order 1 / sqrt(d R), the bias of order 1 / d: nothing beside them. With 23 degrees of freedom one of 15 numbers is beyond 4 standard
// errors with probability 6e-4: an alarm in 420 numbers that are right has probability 0.21 at a seed, and seeds are fixed.
describe.each(activations.map((activation) => ({ activation })))("$activation at d = 1e6", ({ activation }) => {
  it.each([
    { batchSize: 1, until: 0.3 },
    { batchSize: 4, until: 0.05 },
  ])("B = $batchSize: 24 chains end where the ODE does", async ({ batchSize, until }) => {
    const problem = problemOf(activation, batchSize);
    const times = { times: [until] };
    const theory = (await integrate(problem, { until, save: times, rtol: 1e-9 })).state(-1);
    const runs = await ensemble(problem, { until, save: times, replicas: REPLICAS, seed: 11, method: "chain" });
    const [mean, error] = [runs.mean.state(-1), runs.standardError.state(-1)];
    for (const name of ["M", "Q", "a"] as const) {
      theory[name].forEach((expected, i) => {
        expect(Math.abs(mean[name][i] - expected)).toBeLessThan(4 * error[name][i] + 1e-6);
      });
    }
  });
});
