// Dense SGD step by step: the same inputs, drawn through the raw kernels, given to plain loops of (A2)-(A12).
import { describe, expect, test } from "vitest";
import { type ProblemInput, simulate } from "../../src/index.js";
import { type Network, orderParametersOf, type Rules, type Sample, sgdStep } from "../support/dense-reference.js";
import { loadStreams } from "../support/streams.js";

const { stream } = loadStreams();
const STEPS = 50;
/** Purpose of inputs in the address of a stream. */
const INPUTS = 0;

interface Case {
  name: string;
  problem: Omit<ProblemInput, "start">;
  rules: Omit<Rules, "student" | "teacher" | "ns" | "nt">;
}

const linearRamp = (t: number) => (t < 0.5 ? 0.4 : t > 1.5 ? 0.1 : 0.4 - 0.3 * (t - 0.5));
const logRamp = (t: number) => (t > 2 ? 0.05 : 0.5 * 0.1 ** (t / 2));
const stairs = (t: number) => (t < 1 ? 0.3 : t < 1.75 ? 0.15 : 0.6);

const cases: Case[] = [
  {
    name: "erf",
    problem: { inputDimension: 37, studentWidth: 3, teacherWidth: 2, learningRate: 0.9, noiseVariance: 0.04 },
    rules: { gamma: () => 0.9, Delta: 0.04 },
  },
  {
    name: "erf, batches of 3, both layers, decays, log schedule",
    problem: {
      inputDimension: 20,
      studentWidth: 4,
      teacherWidth: 3,
      scaling: "mean-field",
      batchSize: 3,
      learningRate: { times: [0, 2], values: [0.5, 0.05], interpolation: "log" },
      secondLayer: {
        learningRate: { times: [0.5, 1.5], values: [0.4, 0.1], interpolation: "linear" },
        weightDecay: 0.3,
      },
      weightDecay: 0.2,
      noiseVariance: 0.1,
    },
    rules: { gamma: logRamp, gammaA: linearRamp, kappa: 0.2, kappaA: 0.3, Delta: 0.1 },
  },
  {
    name: "erf, one student, one teacher, d a multiple of a line",
    problem: { inputDimension: 16, studentWidth: 1, teacherWidth: 1, learningRate: 1.5, noiseVariance: 1 },
    rules: { gamma: () => 1.5, Delta: 1 },
  },
  {
    name: "erf, d = 1",
    problem: {
      inputDimension: 1,
      studentWidth: 2,
      teacherWidth: 1,
      learningRate: 0.3,
      noiseVariance: 0.5,
      weightDecay: 0.1,
    },
    rules: { gamma: () => 0.3, Delta: 0.5, kappa: 0.1 },
  },
  {
    name: "relu, second layer, stairs",
    problem: {
      inputDimension: 25,
      studentWidth: 5,
      teacherWidth: 1,
      activation: "relu",
      scaling: { student: 0.5, teacher: 2 },
      learningRate: { times: [0, 1, 1.75], values: [0.3, 0.15, 0.6] },
      secondLayer: { learningRate: 0.2 },
      noiseVariance: 0.01,
    },
    rules: { gamma: stairs, gammaA: () => 0.2, Delta: 0.01 },
  },
  {
    name: "relu, batches of 3 on the sphere",
    problem: {
      inputDimension: 24,
      studentWidth: 2,
      teacherWidth: 4,
      activation: "relu",
      learningRate: 0.5,
      batchSize: 3,
      inputs: "sphere",
    },
    rules: { gamma: () => 0.5 },
  },
  {
    name: "linear on the sphere, weight decay",
    problem: {
      inputDimension: 30,
      studentWidth: 2,
      teacherWidth: 2,
      activation: "linear",
      learningRate: 0.4,
      inputs: "sphere",
      weightDecay: 0.5,
      noiseVariance: 0.2,
    },
    rules: { gamma: () => 0.4, kappa: 0.5, Delta: 0.2 },
  },
  {
    name: "linear, batches of 3, decay, second layer",
    problem: {
      inputDimension: 19,
      studentWidth: 3,
      teacherWidth: 2,
      activation: "linear",
      learningRate: 0.3,
      batchSize: 3,
      secondLayer: { learningRate: 0.1, weightDecay: 0.4 },
      weightDecay: 0.1,
    },
    rules: { gamma: () => 0.3, gammaA: () => 0.1, kappa: 0.1, kappaA: 0.4 },
  },
  {
    name: "quadratic",
    problem: {
      inputDimension: 40,
      studentWidth: 3,
      teacherWidth: 2,
      activation: "quadratic",
      scaling: "mean-field",
      learningRate: 0.05,
      noiseVariance: 0.3,
    },
    rules: { gamma: () => 0.05, Delta: 0.3 },
  },
  {
    name: "quadratic, batches of 3, second layer",
    problem: {
      inputDimension: 33,
      studentWidth: 2,
      teacherWidth: 1,
      activation: "quadratic",
      learningRate: 0.05,
      batchSize: 3,
      secondLayer: { learningRate: 0.02, weightDecay: 0.1 },
      weightDecay: 0.3,
    },
    rules: { gamma: () => 0.05, gammaA: () => 0.02, kappa: 0.3, kappaA: 0.1 },
  },
  {
    name: "a relu student of an erf teacher, batches of 3 on the sphere, second layer",
    problem: {
      inputDimension: 21,
      studentWidth: 4,
      teacherWidth: 3,
      activation: { student: "relu", teacher: "erf" },
      learningRate: 0.4,
      batchSize: 3,
      inputs: "sphere",
      secondLayer: { learningRate: 0.3, weightDecay: 0.2 },
      noiseVariance: 0.05,
    },
    rules: { gamma: () => 0.4, gammaA: () => 0.3, kappaA: 0.2, Delta: 0.05 },
  },
  {
    name: "tanh, second layer, decay",
    problem: {
      inputDimension: 31,
      studentWidth: 4,
      teacherWidth: 2,
      activation: "tanh",
      learningRate: 0.9,
      secondLayer: { learningRate: 0.3 },
      weightDecay: 0.2,
      noiseVariance: 0.1,
    },
    rules: { gamma: () => 0.9, gammaA: () => 0.3, kappa: 0.2, Delta: 0.1 },
  },
  {
    name: "logistic, second layer, batches of 3",
    problem: {
      inputDimension: 18,
      studentWidth: 3,
      teacherWidth: 3,
      activation: "logistic",
      learningRate: 2,
      batchSize: 3,
      secondLayer: { learningRate: 0.3 },
    },
    rules: { gamma: () => 2, gammaA: () => 0.3 },
  },
  {
    name: "softplus of GELU",
    problem: {
      inputDimension: 23,
      studentWidth: 5,
      teacherWidth: 3,
      activation: { student: "softplus", teacher: "gelu" },
      learningRate: 0.2,
      noiseVariance: 0.1,
    },
    rules: { gamma: () => 0.2, Delta: 0.1 },
  },
  {
    name: "GELU on the sphere, second layer, decay",
    problem: {
      inputDimension: 40,
      studentWidth: 3,
      teacherWidth: 2,
      activation: "gelu",
      learningRate: 0.4,
      inputs: "sphere",
      secondLayer: { learningRate: 0.2 },
      weightDecay: 0.1,
    },
    rules: { gamma: () => 0.4, gammaA: () => 0.2, kappa: 0.1 },
  },
  {
    name: "leaky ReLU of another slope, batches of 3",
    problem: {
      inputDimension: 24,
      studentWidth: 3,
      teacherWidth: 1,
      activation: { student: "leaky-relu", teacher: { kind: "leaky-relu", slope: 0.4 } },
      learningRate: 0.5,
      batchSize: 3,
      noiseVariance: 0.05,
    },
    rules: { gamma: () => 0.5, Delta: 0.05 },
  },
  {
    name: "a polynomial of tanh, second layer",
    problem: {
      inputDimension: 50,
      studentWidth: 3,
      teacherWidth: 2,
      activation: { student: { hermite: [0.2, 1, -0.1, 0.05] }, teacher: "tanh" },
      learningRate: 0.1,
      secondLayer: { learningRate: 0.05 },
      noiseVariance: 0.1,
    },
    rules: { gamma: () => 0.1, gammaA: () => 0.05, Delta: 0.1 },
  },
  {
    name: "polynomials of both",
    problem: {
      inputDimension: 50,
      studentWidth: 2,
      teacherWidth: 1,
      activation: {
        student: { hermite: [0, 0.5, 0, 0.1, 0] },
        teacher: { hermite: [0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.02] },
      },
      scaling: { student: 0.5, teacher: 0.5 },
      learningRate: 0.1,
    },
    rules: { gamma: () => 0.1 },
  },
  {
    name: "a linear student of a quadratic teacher",
    problem: {
      inputDimension: 22,
      studentWidth: 3,
      teacherWidth: 1,
      activation: { student: "linear", teacher: "quadratic" },
      learningRate: 0.2,
    },
    rules: { gamma: () => 0.2 },
  },
];

/** Inputs of step nu as the core draws them, from the addresses that assembly/online/dense.ts documents. */
function batchOf(nu: number, problem: Case["problem"], seed: number, replica: number, single: boolean): Sample[] {
  const { inputDimension: d, batchSize: B = 1, inputs } = problem;
  const draws = stream(seed, replica, INPUTS);
  return Array.from({ length: B }, (_, b) => {
    const count = Math.ceil((d + 1) / 8) * 8;
    const row = Float64Array.from(single ? draws.normals32(nu * B + b, count) : draws.normals(nu * B + b, count));
    const x = row.slice(0, d);
    const norm = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));
    return { x: inputs === "sphere" ? x.map((v) => (v * Math.sqrt(d)) / norm) : x, zeta: row[d] };
  });
}

/** Some weights of norm about sqrt d, and second layers. */
function network({ inputDimension: d, studentWidth: p, teacherWidth: k }: Case["problem"]): Network {
  const draws = stream(4321, 0, 9).normals(0, 8192);
  let next = 0;
  const rows = (count: number) => Array.from({ length: count }, () => Array.from({ length: d }, () => draws[next++]));
  return {
    W: rows(p),
    WStar: rows(k),
    a: Array.from({ length: p }, (_, i) => (i % 2 ? -0.8 : 1.1) - 0.1 * i),
    aStar: Array.from({ length: k }, (_, r) => 1 - 0.4 * r),
  };
}

function largest(got: ArrayLike<number>, want: readonly number[]): number {
  expect(got.length).toBe(want.length);
  return want.reduce((worst, value, i) => Math.max(worst, Math.abs(got[i] - value)), 0);
}

async function expectEqualPaths({ problem, rules }: Case, precision: "f64" | "f32", tolerance: number): Promise<void> {
  const { inputDimension: d, studentWidth: p, teacherWidth: k, activation = "erf", scaling = "committee" } = problem;
  const [seed, replica] = [17, 3];
  const { W, WStar, a, aStar } = network(problem);
  const run = await simulate(
    { ...problem, start: { kind: "weights", W, WStar, a, aStar } },
    {
      until: STEPS / d,
      save: { times: Array.from({ length: STEPS + 1 }, (_, nu) => nu / d) },
      seed,
      stream: replica,
      method: "dense",
      precision,
    },
  );
  expect(run.status).toBe("completed");
  expect(run.length).toBe(STEPS + 1);

  const scales =
    scaling === "committee"
      ? { student: 1, teacher: 1 }
      : scaling === "mean-field"
        ? { student: 1 / p, teacher: 1 / k }
        : scaling;
  const { student, teacher } =
    typeof activation === "object" && "student" in activation
      ? activation
      : { student: activation, teacher: activation };
  const all: Rules = { ...rules, student, teacher, ns: scales.student, nt: scales.teacher };
  const net: Network = { W: W.map((w) => [...w]), WStar, a: [...a], aStar };
  let error = 0;
  for (let nu = 0; nu <= STEPS; nu++) {
    const { P, M, Q } = orderParametersOf(net);
    const state = run.state(nu);
    error = Math.max(error, largest(state.P, P), largest(state.M, M), largest(state.Q, Q), largest(state.a, net.a));
    expect([...state.aStar]).toEqual(aStar);
    expect(run.time[nu]).toBe(nu / d);
    sgdStep(net, all, nu, batchOf(nu, problem, seed, replica, precision === "f32"));
  }
  expect(error).toBeLessThan(tolerance);
  // the path is a path: a step that does nothing would pass too
  expect(largest(run.state(STEPS).Q, [...run.state(0).Q])).toBeGreaterThan(0.01);
}

describe.each(cases)("$name", (each) => {
  // order parameters of order 1 to 4, sums of 40 products, 50 steps with factors below 2: some hundred units of 2^-53 each
  test("f64: 50 steps to 1e-12", () => expectEqualPaths(each, "f64", 1e-12));

  // the reference keeps f64 on the same f32 inputs: 50 steps x 2^-24 x 10
  test("f32: 50 steps to 3e-5", () => expectEqualPaths(each, "f32", 3e-5));
});
