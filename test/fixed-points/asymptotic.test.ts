import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  asymptoticRisk,
  fixedPoint,
  integrate,
  maximalLearningRate,
  type ProblemInput,
  simulate,
} from "../../src/index.js";
import { vectorFile } from "../ode/vectors.js";
import { expectError } from "../support/errors.js";

const { misc } = vectorFile("theory");
const base: ProblemInput = { inputDimension: 1000, studentWidth: 2, teacherWidth: 2, noiseVariance: 1e-4 };
const eye = (K: number) => Array.from({ length: K * K }, (_, i) => (i % (K + 1) === 0 ? 1 : 0));
/** Students that are teachers 0, 1, ..., cyclically. */
const copies = (p: number, k: number, a: number[]) => ({
  P: eye(k),
  M: Array.from({ length: p * k }, (_, at) => (Math.floor(at / k) % k === at % k ? 1 : 0)),
  Q: Array.from({ length: p * p }, (_, at) => ((at % p) % k === Math.floor(at / p) % k ? 1 : 0)),
  a,
});

describe("asymptoticRisk", () => {
  type Linear = { K: number; eta: number; Delta: number; d: number | null; eps: number };
  it.each(misc.linear_excess as Linear[])(
    "linear, exact: K = $K, eta = $eta, Delta = $Delta, d = $d",
    async ({ K, eta, Delta, d, eps }) => {
      const problem: ProblemInput = {
        inputDimension: d ?? 1e6,
        studentWidth: K,
        teacherWidth: K,
        activation: "linear",
        learningRate: eta,
        noiseVariance: Delta,
      };
      const risk = await asymptoticRisk(problem, copies(K, K, new Array(K).fill(1)), {
        limit: d === null ? "ode" : "finite-d",
      });
      // 13 digits in the file
      expect(Math.abs(risk / eps - 1)).toBeLessThan(1e-12);
    },
  );

  it("linear at finite d is where simulations end (E1d), with batches and on the sphere too", async () => {
    for (const more of [{}, { batchSize: 3, learningRate: 0.3 }, { inputs: "sphere" as const }]) {
      const problem: ProblemInput = {
        inputDimension: 20,
        studentWidth: 5,
        teacherWidth: 5,
        activation: "linear",
        learningRate: 0.1,
        noiseVariance: 0.01,
        start: "informed",
        ...more,
      };
      const expected = await asymptoticRisk(problem, copies(5, 5, [1, 1, 1, 1, 1]), { limit: "finite-d" });
      const until = 20_000;
      const run = await simulate(problem, { until, seed: 2, save: { count: 20_000, spacing: "linear" } });
      const risks = run.risk.subarray(100);
      const mean = risks.reduce((sum, risk) => sum + risk, 0) / risks.length;
      // means of 100 stretches of 200 time units, a hundred times the memory 1 / (2 eta K): independent
      const stretches = Array.from({ length: 99 }, (_, i) => {
        const part = risks.subarray(200 * i, 200 * (i + 1));
        return part.reduce((sum, risk) => sum + risk, 0) / part.length;
      });
      const error = Math.sqrt(stretches.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / 99;
      // false-alarm rate 1e-6 a problem
      expect(Math.abs(mean - expected) / error).toBeLessThan(4.9);
      expect(Math.abs(mean / expected - 1)).toBeLessThan(0.01);
    }
  }, 60_000);

  it("is infinite where linear SGD diverges", async () => {
    const problem: ProblemInput = { ...base, activation: "linear", learningRate: 0.999, studentWidth: 2 };
    const state = copies(2, 2, [1, 1]);
    expect(Number.isFinite(await asymptoticRisk(problem, state))).toBe(true);
    expect(await asymptoticRisk({ ...problem, learningRate: 1 }, state)).toBe(Infinity);
    expect(await asymptoticRisk(problem, state, { limit: "finite-d" })).toBe(Infinity);
  });

  it("is E.2's table", async () => {
    const at = (problem: Partial<ProblemInput>, state: object) =>
      asymptoticRisk({ ...base, ...problem } as ProblemInput, state as never);
    const near = (risk: number, expected: number) => expect(Math.abs(risk / expected - 1)).toBeLessThan(1e-12);
    const [eta, sigma2] = [0.05, 1e-4];
    // erf, first layer: (eta sigma^2 / 2 pi)(M / sqrt 3 + L)
    const first = { P: eye(2), M: [1, 0, 0, 1, 0, 0], Q: [1, 0, 0, 0, 1, 0, 0, 0, 0] };
    near(
      await at({ studentWidth: 3, learningRate: eta }, first),
      ((eta * sigma2) / (2 * Math.PI)) * (2 / Math.sqrt(3) + 1),
    );
    // both layers, denoising: (eta sigma^2 / (2 pi sqrt 3)) M^2 / K
    const second = { secondLayer: { learningRate: eta }, learningRate: eta };
    const denoising = copies(6, 2, new Array(6).fill(1 / 3));
    near(
      await at({ studentWidth: 6, ...second }, denoising),
      (((eta * sigma2) / (2 * Math.PI * Math.sqrt(3))) * 4) / 6,
    );
    // ReLU, first layer: eta sigma^2 K / 8; x^2: J2 = 4 q; linear with a trained second layer: J2 = 1
    near(
      await at({ activation: "relu", learningRate: eta, studentWidth: 4 }, copies(4, 2, [1, 1, 1, 1])),
      (eta * sigma2 * 4) / 8,
    );
    near(await at({ activation: "quadratic", learningRate: eta }, copies(2, 2, [1, 2])), ((eta * sigma2) / 4) * 4 * 5);
    near(await at({ activation: "linear", ...second }, copies(2, 2, [1, 2])), ((eta * sigma2) / 4) * 5);
    // Veiga et al.: (B13), and batches
    const scaling = { studentWidth: 4, scaling: "mean-field" as const, batchSize: 5, learningRate: eta };
    near(await at(scaling, copies(4, 2, [1, 1, 1, 1])), ((eta * sigma2 * (2 / Math.PI / Math.sqrt(3))) / 16 / 20) * 4);
  });

  type Slope = { activation: ProblemInput["activation"]; variance: number; value: string };
  const slopes: Slope[] = JSON.parse(readFileSync(new URL("../fixtures/slope-square.json", import.meta.url), "utf8"));
  it("has the Hessian's trace of every activation, 40-digit quadrature", async () => {
    const leaky: Slope[] = [0, 0.3].map((variance) => {
      return { activation: { kind: "leaky-relu", slope: 0.2 }, variance, value: "0.52" };
    });
    for (const { activation, variance, value } of [...slopes, ...leaky]) {
      const problem: ProblemInput = {
        ...base,
        studentWidth: 1,
        teacherWidth: 1,
        activation: { student: activation as never, teacher: "erf" },
        learningRate: 4,
        noiseVariance: 1,
      };
      const risk = await asymptoticRisk(problem, { P: [1], M: [0], Q: [variance], a: [1] });
      const label = `${JSON.stringify(activation)} at ${variance}`;
      expect(Math.abs(risk - Number(value)), label).toBeLessThan(2e-14 * Number(value) + 1e-300);
    }
  });

  it("is the limit of fixed points as the learning rate goes to zero", async () => {
    const excess = [];
    for (const learningRate of [0.02, 0.01]) {
      const problem = { ...base, studentWidth: 3, noiseVariance: 1e-6, learningRate };
      const { risk, state } = await fixedPoint(problem, { near: "specialised" });
      excess.push(risk / (await asymptoticRisk(problem, state)) - 1);
    }
    // first order in the learning rate
    expect(excess[1]).toBeGreaterThan(0);
    expect(excess[1]).toBeLessThan(0.02);
    expect(Math.abs(excess[0] / excess[1] - 2)).toBeLessThan(0.1);
  });

  it("refuses what has no solution, or none that is known", async () => {
    const state = copies(2, 2, [1, 1]);
    const call = (problem: Partial<ProblemInput>, options?: object) =>
      asymptoticRisk({ ...base, ...problem }, state, options as never);
    await expectError(() => call({ weightDecay: 0.1 }), "unsupported", /weight decay.*fixedPoint/i);
    await expectError(() => call({ learningRate: { times: [0], values: [1] } }), "unsupported", /schedule/);
    await expectError(() => call({}, { limit: "finite-d" }), "unsupported", /linear/);
    await expectError(() => call({}, { limit: "infinite" }), "invalid-argument", /limit/);
    const spectrum = [{ variance: 2, multiplicity: 1000 }];
    await expectError(() => call({ inputs: { spectrum } }), "unsupported", /isotropic/);
  });
});

describe("maximalLearningRate (THEORY E.1)", () => {
  const perceptron = (K: number): ProblemInput => ({ inputDimension: 1e6, studentWidth: K, teacherWidth: K });

  it.each(misc.eta_max as { K: number; val: number }[])("K = $K: $val", async ({ K, val }) => {
    expect(Math.abs((await maximalLearningRate(perceptron(K))) - val)).toBeLessThan(1e-8);
  });

  it("of one unit is sqrt(15) pi / 3", async () => {
    expect(Math.abs((await maximalLearningRate(perceptron(1))) - (Math.sqrt(15) * Math.PI) / 3)).toBeLessThan(1e-9);
  });

  /**
   * One unit at w* + v: |v|^2 changes by -2 eta E[s'^2] + eta^2 E[s'^4], v across w*. Linear networks of K units are one with the rate
   * K eta. Two of ReLU: 3 - sqrt 3 is the zero of their determinant.
   */
  it.each([
    ["linear", 1, 2, 1e-9],
    ["linear", 2, 1, 1e-9],
    ["quadratic", 1, 1 / 6, 1e-9],
    ["relu", 1, 2, 1e-6],
    ["relu", 2, 3 - Math.sqrt(3), 1e-6],
    [{ kind: "leaky-relu", slope: 0.3 }, 1, (2 * (1 + 0.3 ** 2)) / (1 + 0.3 ** 4), 1e-6],
    [{ hermite: [0, 1] }, 1, 2, 1e-8],
  ] as const)("%j, K = %i: %f", async (activation, K, expected, error) => {
    const most = await maximalLearningRate({ ...perceptron(K), activation: activation as never });
    expect(Math.abs(most / expected - 1)).toBeLessThan(error);
  });

  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  it.each([
    ["tanh", (x: number) => 1 - Math.tanh(x) ** 2],
    ["logistic", (x: number) => logistic(x) * logistic(-x)],
    ["softplus", logistic],
    [{ hermite: [0, 1, 0, 0.3] }, (x: number) => 1 + (0.3 / Math.sqrt(6)) * (3 * x * x - 3)],
  ] as const)("%j, K = 1: 2 E[s'^2] / E[s'^4] by the trapezoid rule", async (activation, slope) => {
    const moment = (n: number) => {
      let sum = 0;
      for (let z = -15; z <= 15; z += 0.1) sum += slope(z) ** n * Math.exp((-z * z) / 2);
      return sum;
    };
    const most = await maximalLearningRate({ ...perceptron(1), activation: activation as never });
    expect(Math.abs((most * moment(4)) / (2 * moment(2)) - 1)).toBeLessThan(1e-6);
  });

  it("of tanh: runs from nearby converge below, and leave above", async () => {
    const problem = { ...perceptron(1), activation: "tanh" as const };
    const most = await maximalLearningRate(problem);
    const state = { P: [1], M: [0.999], Q: [0.9985] };
    const run = async (learningRate: number) =>
      integrate(
        { ...problem, learningRate, start: { kind: "state", state } },
        { until: 300, save: { times: [0, 300] }, dense: false },
      );
    const [below, above] = [await run(0.98 * most), await run(1.02 * most)];
    expect(below.risk[1]).toBeLessThan(0.1 * below.risk[0]);
    expect(above.risk[1]).toBeGreaterThan(2 * above.risk[0]);
  });

  it.each([1, 2])("K = %i: runs from nearby converge below, and leave above", async (K) => {
    const most = await maximalLearningRate(perceptron(K));
    const state = { P: eye(K), M: eye(K), Q: eye(K).map((x) => x * 1.001) };
    const run = async (learningRate: number) =>
      integrate(
        { ...perceptron(K), learningRate, start: { kind: "state", state } },
        { until: 2000, save: { times: [0, 2000] }, dense: false },
      );
    const [below, above] = [await run(0.98 * most), await run(1.02 * most)];
    expect(below.risk[1]).toBeLessThan(1e-6 * below.risk[0]);
    expect(above.risk[1]).toBeGreaterThan(10 * above.risk[0]);
    for (const [factor, stable] of [
      [0.98, true],
      [1.02, false],
    ] as const) {
      const found = await fixedPoint({ ...perceptron(K), learningRate: factor * most }, { near: "specialised" });
      expect(found.stable).toBe(stable);
    }
  });

  it("crosses among all deviations where it crosses among symmetric ones", async () => {
    for (const problem of [
      perceptron(3),
      { ...perceptron(4), teacherWidth: 2 },
      { ...perceptron(2), secondLayer: { learningRate: 0.3 } },
      { ...perceptron(3), start: { kind: "random", teacher: "gaussian" } },
    ] as ProblemInput[]) {
      const most = await maximalLearningRate(problem);
      const growth = async (learningRate: number) => {
        const { stable } = await fixedPoint({ ...problem, learningRate }, { near: "specialised" });
        return stable;
      };
      expect([await growth(most * (1 - 1e-6)), await growth(most * (1 + 1e-6))]).toEqual([true, false]);
    }
  });

  it("grows with the batch, and does not depend on the problem's own rate and noise", async () => {
    const one = await maximalLearningRate(perceptron(2));
    const batches = await maximalLearningRate({ ...perceptron(2), batchSize: 4 });
    expect(Math.abs(batches / one - 4)).toBeLessThan(1e-8);
    expect(await maximalLearningRate({ ...perceptron(2), learningRate: 7, noiseVariance: 3 })).toBe(one);
  });

  it("refuses problems that students as teachers do not solve", async () => {
    await expectError(
      () => maximalLearningRate({ ...base, studentWidth: 1 }),
      "unsupported",
      /risk 0\.1.*studentWidth/,
    );
    await expectError(() => maximalLearningRate({ ...base, studentWidth: 4, scaling: "mean-field" }), "unsupported");
    await expectError(() => maximalLearningRate({ ...base, weightDecay: 1 }), "unsupported", /weight decay/);
    await expectError(
      () => maximalLearningRate({ ...base, activation: "relu", studentWidth: 1 }),
      "unsupported",
      /risk/,
    );
    await expectError(() => maximalLearningRate(base, { rate: 1 } as never), "invalid-argument", /"rate"/);
  });
});
