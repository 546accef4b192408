// The gradient flow on a finite set: linear regression in closed form, a plain integrator, and full-batch descent as its learning rate falls.
import { describe, expect, test } from "vitest";
import { type ProblemInput, simulate } from "../../src/index.js";
import { definitionOf } from "../support/activations.js";
import { expectError } from "../support/errors.js";
import { loadStreams } from "../support/streams.js";

const { stream } = loadStreams();
const dot = (u: ArrayLike<number>, v: ArrayLike<number>) => Array.from(u).reduce((sum, x, j) => sum + x * v[j], 0);

/** Samples of a set: see finite-set.test.ts. */
function setOf(n: number, d: number, seed: number): { x: Float64Array; zeta: number }[] {
  const draws = stream(seed, 0, 0);
  return Array.from({ length: n }, (_, i) => {
    const row = draws.normals(i, Math.ceil((d + 1) / 4) * 4).slice();
    return { x: row.slice(0, d), zeta: row[d] };
  });
}

/** Unit-norm rows, about. */
function rows(count: number, d: number, block: number): number[][] {
  const draws = stream(99, 0, 9).normals(block, 1024);
  return Array.from({ length: count }, (_, i) => Array.from({ length: d }, (_, j) => draws[i * d + j] / Math.sqrt(d)));
}

const weights = (U: number[][]) => U.map((u) => u.map((v) => v * Math.sqrt(u.length)));

/** exp(A) v by Taylor's series, A in 2^s parts. */
function exponential(A: number[][], v: number[]): number[] {
  const size = Math.max(...A.map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0)));
  const parts = 2 ** Math.max(0, Math.ceil(Math.log2(size)) + 2);
  let out = v;
  for (let part = 0; part < parts; part++) {
    let term = out;
    const sum = [...out];
    for (let k = 1; k < 24; k++) {
      const last = term;
      term = A.map((row) => dot(row, last) / parts / k);
      term.forEach((x, i) => {
        sum[i] += x;
      });
    }
    out = sum;
  }
  return out;
}

describe("linear regression: du/dt = gamma (b - A u) - kappa u, A = sum x x^T / n, b = sum y x / n", () => {
  const [d, Delta, seed] = [10, 0.5, 12];
  const [[u0], [uStar]] = [rows(1, d, 0), rows(1, d, 1)];
  const times = [0, 0.3, 2, 10, 40];

  /** u at each time, by the matrix exponential of the flow of (u, 1). */
  function exact(n: number, tau: (t: number) => number, kappa: number): { u: number[]; risk: number }[] {
    const set = setOf(n, d, seed).map(({ x, zeta }) => ({ x, y: dot(uStar, x) + Math.sqrt(Delta) * zeta }));
    const A = Array.from({ length: d }, (_, i) =>
      Array.from({ length: d }, (_, j) => set.reduce((sum, { x }) => sum + (x[i] * x[j]) / n, 0)),
    );
    const b = Array.from({ length: d }, (_, i) => set.reduce((sum, { x, y }) => sum + (x[i] * y) / n, 0));
    return times.map((t) => {
      const generator = A.map((row, i) => [
        ...row.map((value, j) => -value * tau(t) - (i === j ? kappa * t : 0)),
        b[i] * tau(t),
      ]);
      generator.push(new Array(d + 1).fill(0));
      const u = exponential(generator, [...u0, 1]).slice(0, d);
      return { u, risk: set.reduce((sum, { x, y }) => sum + (y - dot(u, x)) ** 2, 0) / (2 * n) };
    });
  }

  test.each([
    ["more samples than unknowns", 25, 0],
    ["fewer: the flow interpolates, and stays where the samples do not look", 6, 0],
    ["weight decay", 25, 0.3],
  ])("%s, to 1e-8", async (_, n, kappa) => {
    const run = await simulate(
      {
        inputDimension: d,
        studentWidth: 1,
        teacherWidth: 1,
        activation: "linear",
        learningRate: 0.8,
        weightDecay: kappa,
        noiseVariance: Delta,
        data: { samples: n, order: "gradient-flow" },
        start: { kind: "weights", W: weights([u0]), WStar: weights([uStar]) },
      },
      { until: 40, save: { times }, seed },
    );
    expect(run.status).toBe("completed");
    exact(n, (t) => 0.8 * t, kappa).forEach(({ u, risk }, i) => {
      const { M, Q, risk: excess } = run.state(i);
      const difference = u.map((value, j) => value - uStar[j]);
      const errors = [M[0] - dot(u, uStar), Q[0] - dot(u, u), excess - dot(difference, difference) / 2];
      for (const error of [...errors, run.empiricalRisk![i] - risk]) expect(Math.abs(error)).toBeLessThan(1e-8);
    });
    if (n < d) {
      expect(run.empiricalRisk![4]).toBeLessThan(1e-4);
      expect(run.risk[4]).toBeGreaterThan(0.1);
    }
  });

  test.each(["constant", "linear"] as const)(
    "a schedule: what counts is the integral of gamma (%s), to 1e-8",
    async (interpolation) => {
      const learningRate = { times: [1, 3.5], values: [0.8, 0.2], interpolation };
      const run = await simulate(
        {
          inputDimension: d,
          studentWidth: 1,
          teacherWidth: 1,
          activation: "linear",
          learningRate,
          noiseVariance: Delta,
          data: { samples: 25, order: "gradient-flow" },
          start: { kind: "weights", W: weights([u0]), WStar: weights([uStar]) },
        },
        { until: 40, save: { times }, seed },
      );
      const tau = (t: number) => {
        const [early, middle, late] = [Math.min(t, 1), Math.min(Math.max(t - 1, 0), 2.5), Math.max(t - 3.5, 0)];
        const between = interpolation === "constant" ? 0.8 * middle : 0.8 * middle - (0.6 / 2.5) * (middle ** 2 / 2);
        return 0.8 * early + between + 0.2 * late;
      };
      exact(25, tau, 0).forEach(({ u, risk }, i) => {
        expect(Math.abs(run.state(i).Q[0] - dot(u, u))).toBeLessThan(1e-8);
        expect(Math.abs(run.empiricalRisk![i] - risk)).toBeLessThan(1e-8);
      });
    },
  );
});

const nonlinear: ProblemInput = {
  inputDimension: 10,
  studentWidth: 3,
  teacherWidth: 2,
  scaling: { student: 0.5, teacher: 1 },
  learningRate: 1.2,
  secondLayer: { learningRate: 0.4, weightDecay: 0.05 },
  weightDecay: 0.02,
  noiseVariance: 0.2,
};

test.each(["erf", "tanh"] as const)(
  "%s, both layers with decays: a plain Runge-Kutta integrator, to 1e-8",
  async (activation) => {
    const [d, p, n, ns, seed] = [10, 3, 15, 0.5, 6];
    const [U0, UStar] = [rows(p, d, 2), rows(2, d, 3)];
    const { s, ds } = definitionOf(activation);
    const set = setOf(n, d, seed).map(({ x, zeta }) => ({
      x,
      y: UStar.reduce((sum, u) => sum + s(dot(u, x)), 0) + Math.sqrt(0.2) * zeta,
    }));
    // y: U, then a
    const F = (state: number[]): number[] => {
      const [U, a] = [Array.from({ length: p }, (_, i) => state.slice(i * d, (i + 1) * d)), state.slice(p * d)];
      const out = state.map((value, i) => -(i < p * d ? 0.02 : 0.05) * value);
      for (const { x, y } of set) {
        const fields = U.map((u) => dot(u, x));
        const e = y - ns * fields.reduce((sum, l, i) => sum + a[i] * s(l), 0);
        fields.forEach((l, i) => {
          for (let j = 0; j < d; j++) out[i * d + j] += (1.2 / n) * ns * a[i] * ds(l) * e * x[j];
          out[p * d + i] += (0.4 / n) * ns * s(l) * e;
        });
      }
      return out;
    };
    let state = [...U0.flat(), 1, 1, 1];
    const plus = (y: number[], h: number, k: number[]) => y.map((value, i) => value + h * k[i]);
    // fourth order, h = 0.02: some 1e-10
    for (let step = 0; step < 300; step++) {
      const h = 0.02;
      const k1 = F(state);
      const k2 = F(plus(state, h / 2, k1));
      const k3 = F(plus(state, h / 2, k2));
      const k4 = F(plus(state, h, k3));
      state = state.map((value, i) => value + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]));
    }
    const run = await simulate(
      {
        ...nonlinear,
        activation,
        data: { samples: n, order: "gradient-flow" },
        start: { kind: "weights", W: weights(U0), WStar: weights(UStar) },
      },
      { until: 6, save: { times: [6] }, seed },
    );
    const { Q, a } = run.state(0);
    const U = Array.from({ length: p }, (_, i) => state.slice(i * d, (i + 1) * d));
    const Q0 = U.flatMap((u) => U.map((v) => dot(u, v)));
    [...Q0, ...state.slice(p * d)].forEach((value, i) => {
      expect(Math.abs([...Q, ...a][i] - value)).toBeLessThan(1e-8);
    });
  },
);

test("full-batch descent comes to the flow at first order in the learning rate", async () => {
  const at = async (order: "full-batch" | "gradient-flow", rate: number) => {
    const run = await simulate(
      { ...nonlinear, secondLayer: "fixed", weightDecay: 0, learningRate: rate, data: { samples: 15, order } },
      // the flow knows gamma t only
      { until: 4 / rate, save: { times: [4 / rate] }, seed: 2 },
    );
    return run.empiricalRisk![0];
  };
  const flow = await at("gradient-flow", 1);
  expect(await at("gradient-flow", 0.25)).toBeCloseTo(flow, 8);
  const errors = await Promise.all([0.4, 0.2, 0.1, 0.05].map(async (rate) => (await at("full-batch", rate)) - flow));
  for (let i = 1; i < errors.length; i++)
    expect(Math.abs(errors[i - 1] / errors[i] - 2)).toBeLessThan(0.15 / 2 ** (i - 1));
});

test("what has no flow is refused with the reason", async () => {
  const flow = { samples: 10, order: "gradient-flow" } as const;
  await expectError(
    () => simulate({ ...nonlinear, activation: "relu", data: flow }, { until: 1 }),
    "invalid-problem",
    "kink",
    "full-batch",
  );
  await expectError(
    () => simulate({ ...nonlinear, data: flow }, { until: 1, precision: "f32" }),
    "invalid-argument",
    "gradient-flow",
  );
});
