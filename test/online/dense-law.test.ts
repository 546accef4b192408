// Dense SGD in law: exact finite-d laws of the linear perceptron, exact mean steps, and another program's simulations.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ProblemInput, problem, simulate } from "../../src/index.js";
import type { TheoryState } from "../ode/vectors.js";
import { replicas } from "../support/replicas.js";
import { expectPlausible, meanAndError, meanP, twoMeansP } from "../support/statistics.js";

const vectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/vectors/${name}.json`, import.meta.url), "utf8"));

describe("linear perceptron at d = 20 after 30 steps, 30000 replicas (1e-6 each)", () => {
  // THEORY E.0, with batches: |delta'|^2 of delta' = delta + eta / (d B) sum_b e_b x_b, e = -delta.x + sqrt(Delta) zeta, in expectation.
  // E[(delta.x)^2 |x|^2] is (d + 2) D for Gaussian inputs and d D on the sphere; two samples of a batch share only E[e x] = -delta.
  const [d, steps, eta, Delta] = [20, 30, 0.6, 0.5];
  const start = { kind: "state", state: { P: [1], M: [0.3], Q: [0.8] } } as const;

  function meanSquare(batch: number, sphere: boolean): number {
    let D = 1 - 2 * 0.3 + 0.8;
    const square = sphere ? d : d + 2;
    for (let nu = 0; nu < steps; nu++) {
      const noise = (eta ** 2 / d ** 2 / batch) * (square * D + d * Delta);
      D = D * (1 - (2 * eta) / d) + noise + (1 - 1 / batch) * (eta / d) ** 2 * D;
    }
    return D;
  }

  test("the recursion gives the number of THEORY E.0's formula", () => {
    // D_{nu+1} = D_nu (1 - 2 eta/d + eta^2 (d+2)/d^2) + eta^2 Delta/d, solved
    const factor = 1 - (2 * eta) / d + (eta ** 2 * (d + 2)) / d ** 2;
    const limit = (eta * Delta) / (2 - (eta * (d + 2)) / d);
    expect(meanSquare(1, false)).toBeCloseTo(limit + (1.2 - limit) * factor ** steps, 13);
  });

  test.each([
    { batchSize: 1, inputs: "gaussian", precision: "f64" },
    { batchSize: 1, inputs: "gaussian", precision: "f32" },
    { batchSize: 4, inputs: "gaussian", precision: "f64" },
    { batchSize: 1, inputs: "sphere", precision: "f64" },
    { batchSize: 3, inputs: "sphere", precision: "f32" },
  ] as const)("batch $batchSize, $inputs, $precision", async ({ batchSize, inputs, precision }) => {
    const p = problem({
      inputDimension: d,
      studentWidth: 1,
      teacherWidth: 1,
      activation: "linear",
      learningRate: eta,
      noiseVariance: Delta,
      batchSize,
      inputs,
      start,
    });
    const exact = meanSquare(batchSize, inputs === "sphere");
    const [distance, risk] = await replicas(
      simulate,
      p,
      { steps, seed: 5, count: 30000, precision },
      ({ P, M, Q, risk }) => [P[0] - 2 * M[0] + Q[0], risk],
    );
    expectPlausible({
      distance: meanP(distance, exact),
      "twice the risk": meanP(
        risk.map((r) => 2 * r),
        exact,
      ),
    });
    // the test can tell Gaussian inputs from the sphere, and so the finite-d law from the limit of large d: they differ by 2/d in eta^2
    expect(Math.abs(exact - meanSquare(batchSize, inputs !== "sphere"))).toBeGreaterThan(
      5 * meanAndError(distance).error,
    );
  });
});

describe("the exact mean of one step at finite d, (B9)-(B10), from a given state (1e-6 each)", () => {
  interface MeanStep {
    state: TheoryState;
    d: number;
    gamma: number;
    gamma_a: number;
    kappa_w: number;
    kappa_a: number;
    act: string;
    B: number;
    E_M_new: number[][];
    E_Q_new: number[][];
    E_a_new: number[];
  }
  const steps: MeanStep[] = vectors("theory").mean_step;

  test.each(steps)("$act, d = $d, B = $B, 30000 replicas", async (step) => {
    const { state, d, gamma, gamma_a, kappa_w, kappa_a, act, B } = step;
    const activation = { erf: "erf", relu: "relu", quad: "quadratic" }[act] as "erf";
    const p = problem({
      inputDimension: d,
      studentWidth: state.M.length,
      teacherWidth: state.T.length,
      activation,
      scaling: { student: state.ns, teacher: state.nt },
      learningRate: gamma,
      weightDecay: kappa_w,
      noiseVariance: state.Delta,
      batchSize: B,
      secondLayer: gamma_a > 0 ? { learningRate: gamma_a, weightDecay: kappa_a } : "fixed",
      start: { kind: "state", state: { P: state.T, M: state.M, Q: state.Q, a: state.a, aStar: state.at } },
    });
    const exact = [...step.E_M_new.flat(), ...step.E_Q_new.flat(), ...(gamma_a > 0 ? step.E_a_new : [])];
    const samples = await replicas(simulate, p, { steps: 1, seed: 8, count: 30000 }, ({ M, Q, a }) => [
      ...M,
      ...Q,
      ...(gamma_a > 0 ? a : []),
    ]);
    expect(samples.length).toBe(exact.length);
    expectPlausible(Object.fromEntries(samples.map((sample, i) => [`entry ${i}`, meanP(sample, exact[i])])));
  });
});

describe("the stationary excess risk of linear students, eta Delta K / (4 - 2 eta K (d + 2) / d) (1e-6 each)", () => {
  interface LinearExcess {
    K: number;
    eta: number;
    Delta: number;
    d: number | null;
    eps: number;
  }
  const known: LinearExcess[] = vectors("theory").misc.linear_excess;

  // the start decays as exp(-(2 eta K - (eta K)^2) t): below 1e-9 at t = 30
  test.each(known.filter(({ d }) => d !== null))("K = $K, eta = $eta, d = $d", async ({ K, eta, Delta, d, eps }) => {
    const p = problem({
      inputDimension: d!,
      studentWidth: K,
      teacherWidth: 2,
      activation: "linear",
      learningRate: eta,
      noiseVariance: Delta,
    });
    const [risk] = await replicas(
      simulate,
      p,
      { steps: 30 * d!, seed: 1, count: d === 20 ? 8000 : 1500 },
      ({ risk }) => [risk],
    );
    expectPlausible({ risk: meanP(risk, eps) });
    expect(meanAndError(risk).error).toBeLessThan(0.02 * eps);
  });
});

test("the risk of nn2pp's 24 simulations, erf, N = 500, K = 4, M = 2 (S1), against 24 seeds of ours (1e-6)", async () => {
  const S1 = vectors("S1_erf_K4M2_first_noise_N500");
  const d = S1.N;
  const steps: number[] = S1.t.map((t: number) => Math.round(t * d));
  const p = problem({
    inputDimension: d,
    studentWidth: S1.K,
    teacherWidth: S1.M,
    learningRate: 0.2,
    noiseVariance: 0.01,
    start: { kind: "random", teacher: "gaussian" },
  });
  const until = steps[steps.length - 1] / d;
  const ours: Float64Array[] = steps.map(() => new Float64Array(24));
  for (let seed = 1; seed <= 24; seed++) {
    const { status, time, risk } = await simulate(p, {
      until,
      save: { times: steps.map((nu) => nu / d) },
      seed,
      method: "dense",
    });
    expect(status).toBe("completed");
    expect(Array.from(time, (t) => Math.round(t * d))).toEqual(steps);
    risk.forEach((value, i) => {
      ours[i][seed - 1] = value;
    });
  }
  const pValues = steps.map((nu, i) => {
    const theirs = { mean: S1.eg_sim_mean[i], error: S1.eg_sim_se[i] };
    return [`t = ${nu / d}`, twoMeansP(meanAndError(ours[i]), theirs, 24)] as const;
  });
  expectPlausible(Object.fromEntries(pValues));
  // the spread over seeds too: logarithms of ratios of variances of 24 have standard deviation sqrt(4 / 23) for normal samples, 1e-6 / 11 at 5.6 of them
  steps.forEach((_, i) => {
    const ratio = (meanAndError(ours[i]).error / S1.eg_sim_se[i]) ** 2;
    expect(Math.abs(Math.log(ratio))).toBeLessThan(5.6 * Math.sqrt(4 / 23));
  });
});

test("f32 and f64 runs of a problem have the same mean (1e-6) though they draw different inputs", async () => {
  const p = problem({
    inputDimension: 100,
    studentWidth: 3,
    teacherWidth: 2,
    learningRate: 0.5,
    noiseVariance: 0.02,
    start: { kind: "random", teacher: "gaussian" },
  });
  const count = 400;
  const risks = async (precision: "f64" | "f32") => {
    const [risk] = await replicas(simulate, p, { steps: 1000, seed: 3, count, precision }, ({ risk }) => [risk]);
    return risk;
  };
  const [wide, narrow] = [await risks("f64"), await risks("f32")];
  expect(narrow[0]).not.toBe(wide[0]);
  expectPlausible({ means: twoMeansP(meanAndError(wide), meanAndError(narrow), count) });
});

describe("a learning rate that diverges", () => {
  const unstable: ProblemInput = {
    inputDimension: 20,
    studentWidth: 1,
    teacherWidth: 1,
    activation: "linear",
    learningRate: 6,
    noiseVariance: 0.1,
  };

  test.each(["f64", "f32"] as const)("ends the run as diverged and keeps what was computed, %s", async (precision) => {
    const times = Array.from({ length: 101 }, (_, i) => i);
    const run = await simulate(unstable, { until: 100, save: { times }, seed: 1, method: "dense", precision });
    expect(run.status).toBe("diverged");
    expect(run.message).toMatch(/^Diverged at t = [\d.]+: .*learning rate/);
    expect(run.length).toBeGreaterThan(1);
    expect(run.length).toBeLessThan(101);
    expect([...run.time]).toEqual(times.slice(0, run.length));
    for (let i = 0; i < run.length; i++) {
      const { M, Q, risk } = run.state(i);
      expect([...M, ...Q, risk].every(Number.isFinite)).toBe(true);
    }
    // the steps that were made are those of the unbroken path: the same rows as a run that ends before
    const before = await simulate(unstable, {
      until: run.length - 1,
      save: { times: times.slice(0, run.length) },
      seed: 1,
      method: "dense",
      precision,
    });
    expect(before.status).toBe("completed");
    expect(before.risk).toEqual(run.risk);
  });
});
