// Inputs with a spectrum: checked, refused where theory has nothing to say, and started and simulated as explicit weights are.
import { describe, expect, test } from "vitest";
import { ensemble, integrate, type ProblemInput, problem, rightHandSide, simulate } from "../../src/index.js";
import { expectSameBits } from "../support/bits.js";
import { expectError } from "../support/errors.js";
import { expectSameRun, numbersOf } from "../support/runs.js";
import { expectPlausible, normalTwoSided } from "../support/statistics.js";

const spectrum = [
  { variance: 2, multiplicity: 9 },
  { variance: 0.5, multiplicity: 30 },
  { variance: 0, multiplicity: 1 },
];
const d = 40;
const base: ProblemInput = { inputDimension: d, studentWidth: 3, teacherWidth: 2, inputs: { spectrum } };
const varianceOf = (j: number) => (j < 9 ? 2 : j < 39 ? 0.5 : 0);

describe("what is refused", () => {
  test.each<[string, unknown, RegExp]>([
    ["no eigenspace", { spectrum: [] }, /at least one/],
    [
      "a negative variance",
      { spectrum: [{ variance: -1, multiplicity: d }] },
      /spectrum.*variance is -1; allowed: .*at least 0/,
    ],
    [
      "a broken multiplicity",
      { spectrum: [{ variance: 1, multiplicity: 39.5 }] },
      /multiplicity is 39.5; allowed: a whole number/,
    ],
    [
      "multiplicities that do not add up",
      { spectrum: [{ variance: 1, multiplicity: 39 }] },
      /add up to 39; allowed: inputDimension = 40/,
    ],
    ["an unknown key", { spectrum, mean: 0 }, /mean/],
  ])("%s", async (_, inputs, sentence) => {
    await expectError(async () => problem({ ...base, inputs } as ProblemInput), "invalid-problem", sentence);
  });

  test("a start that is a state, which does not say how weights lie in the eigenspaces", async () => {
    const state = { P: [[1]], M: [[0]], Q: [[1]] };
    const start = { ...base, studentWidth: 1, teacherWidth: 1, start: { kind: "state", state } } as const;
    await expectError(async () => problem(start), "invalid-problem", /eigenspaces/, /"weights"/);
  });

  test("integration, with the reason", async () => {
    await expectError(
      () => integrate(base, { until: 1 }),
      "unsupported",
      /closed for isotropic inputs only/,
      /simulate/,
    );
    const zeros = { P: [1, 0, 0, 1], M: new Float64Array(6), Q: new Float64Array(9) };
    await expectError(() => rightHandSide(base, zeros), "unsupported", /spectrum/);
  });
});

describe("starts", () => {
  const still: ProblemInput = { ...base, learningRate: 0 };
  const options = { until: 1 / d, save: { times: [0, 1 / d] }, seed: 5 };
  const starts: ProblemInput["start"][] = [
    "random",
    { kind: "random", teacher: "gaussian", scale: 2 },
    { kind: "informed", perturbation: 0.1 },
    { kind: "denoising", perturbation: 0.2 },
  ];

  test.each(starts)("%j: the chain and explicit weights have the Omega that the start has", async (start) => {
    for (const method of ["chain", "dense"] as const) {
      const run = await simulate({ ...still, start }, { ...options, method });
      const [before, after] = [run.state(0), run.state(1)];
      for (const part of ["M", "Q"] as const)
        before[part].forEach((value, i) => {
          expect(after[part][i]).toBeCloseTo(value, 12);
        });
    }
    const of = async (method: "chain" | "dense") =>
      numbersOf(await simulate({ ...still, start }, { ...options, until: 0, save: { times: [0] }, method }));
    expectSameBits(await of("chain"), await of("dense"));
  });

  test("given weights: Omega = W C W^T / d", async () => {
    const row = (i: number) => Array.from({ length: d }, (_, j) => Math.sin(1 + i * 7.3 + j * (1 + i)));
    const [WStar, W] = [[0, 1].map(row), [2, 3, 4].map(row)];
    const product = (x: number[], y: number[]) =>
      x.reduce((sum, value, j) => sum + varianceOf(j) * value * y[j], 0) / d;
    for (const method of ["chain", "dense"] as const) {
      const run = await simulate({ ...still, start: { kind: "weights", W, WStar } }, { ...options, method });
      for (const i of [0, 1]) {
        const { P, M, Q } = run.state(i);
        WStar.forEach((x, r) => WStar.forEach((y, s) => expect(P[2 * r + s]).toBeCloseTo(product(x, y), 12)));
        W.forEach((x, j) => WStar.forEach((y, r) => expect(M[2 * j + r]).toBeCloseTo(product(x, y), 12)));
        W.forEach((x, j) => W.forEach((y, l) => expect(Q[3 * j + l]).toBeCloseTo(product(x, y), 12)));
      }
    }
  });

  test("orthonormal teachers: P = I where all variances are 1", async () => {
    const ones = [9, 1, 30].map((multiplicity) => ({ variance: 1, multiplicity }));
    const run = await simulate({ ...base, inputs: { spectrum: ones } }, { until: 0, save: { times: [0] }, seed: 3 });
    run.state(0).P.forEach((value, i) => {
      expect(value).toBeCloseTo(i === 0 || i === 3 ? 1 : 0, 13);
    });
  });

  // false-alarm rate 1e-6 in all
  test("random rows have the law of explicit Gaussian ones", async () => {
    const replicas = 4000;
    const many = await ensemble(base, { until: 0, save: { times: [0] }, replicas, seed: 2, workers: 1 });
    const trace = spectrum.reduce((sum, { variance, multiplicity }) => sum + variance * multiplicity, 0) / d;
    const squares = spectrum.reduce((sum, { variance, multiplicity }) => sum + variance ** 2 * multiplicity, 0) / d;
    const { Q, P } = many.mean.state(0);
    // Q_11 = sum lambda_b chi^2(d_b) / d; each teacher's direction is uniform
    const z = (Q[0] - trace) / Math.sqrt((2 * squares) / d / replicas);
    const fourth = spectrum.reduce((sum, { variance, multiplicity }) => sum + variance ** 4 * multiplicity, 0) / d;
    const kurtosis = 3 + (12 * fourth) / squares ** 2 / d;
    const zVariance =
      (many.standardDeviation.state(0).Q[0] ** 2 / ((2 * squares) / d) - 1) / Math.sqrt((kurtosis - 1) / replicas);
    const zP = (P[0] - trace) / many.standardError.state(0).P[0];
    expectPlausible({
      "mean of Q": normalTwoSided(z),
      "variance of Q": normalTwoSided(zVariance),
      "mean of P": normalTwoSided(zP),
    });
  });
});

test.each(["chain", "dense"] as const)(
  "%s: goes on from a snapshot bit for bit; replicas are those of an ensemble",
  async (method) => {
    const p: ProblemInput = { ...base, noiseVariance: 0.1, batchSize: 2, secondLayer: { learningRate: 0.1 } };
    const options = { until: 4, save: { times: [0, 1.3, 4] }, seed: 9, method };
    const whole = await simulate(p, { ...options, stream: 2 });
    const first = await simulate(p, { ...options, stream: 2, until: 1.3, save: { times: [0, 1.3] } });
    const rest = await simulate(p, { until: 4, save: { times: [0, 1.3, 4] }, from: first.snapshot });
    expectSameBits(numbersOf(first, rest), numbersOf(whole));
    const many = await ensemble(p, { ...options, replicas: 3, keep: true });
    expectSameRun(many.trajectories![2], whole);
  },
);

test("auto takes the chain where eigenspaces are few, explicit weights where they are many", async () => {
  const wide = { inputDimension: 2000, studentWidth: 3, teacherWidth: 2 };
  const few = await simulate(
    { ...wide, inputs: { spectrum: [1, 2].map((variance) => ({ variance, multiplicity: 1000 })) } },
    { until: 0 },
  );
  const each = Array.from({ length: 2000 }, (_, j) => ({ variance: 1 / (1 + j), multiplicity: 1 }));
  const many = await simulate({ ...wide, inputs: { spectrum: each } }, { until: 0 });
  expect([few.statistics.method, many.statistics.method]).toEqual(["chain", "dense"]);
});
