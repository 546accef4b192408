// Ensembles of chains: means against another program's simulations, and against the ODE as d grows.
import { describe, expect, test } from "vitest";
import { integrate, type ProblemInput, type Trajectory } from "../../src/index.js";
import { gram } from "../../src/linalg/linear-algebra.js";
import { assembleOmega, splitOmega } from "../../src/omega.js";
import { vectorFile } from "../ode/vectors.js";
import { codeOf } from "../support/activations.js";
import { type Begin, loadChainCore, type Settings } from "../support/chain.js";
import { chains, type Path } from "../support/ensemble.js";
import { expectPlausible, meanAndError, powerOf, twoMeansP } from "../support/statistics.js";

const core = loadChainCore("release");

/** The ODE of a chain. */
function odeOf({ settings, start, steps }: Path & { start: Begin }, rtol: number): Promise<Trajectory> {
  const { d, p, k, gamma, gammaA, Delta } = settings;
  const { factor, a, aStar } = start;
  const problem: ProblemInput = {
    inputDimension: d,
    studentWidth: p,
    teacherWidth: k,
    learningRate: gamma as number,
    secondLayer: gammaA === undefined ? "fixed" : { learningRate: gammaA as number },
    noiseVariance: Delta,
    start: { kind: "state", state: { ...splitOmega(gram(factor.flat(), p + k, factor[0].length), p, k), a, aStar } },
  };
  const times = steps.map((nu) => nu / d);
  return integrate(problem, { until: times[times.length - 1], save: { times }, rtol, dense: false });
}

/** A random start, N(0, 1) entries for teacher and students: the Bartlett factor of m rows. */
function gaussianRows(seed: number, stream: number, m: number, d: number): number[][] {
  const { exports } = core;
  const count = m * m + m;
  const room = core.f64(16 + 2 * count);
  const [normals, degrees] = [room + 128, room + 128 + 8 * m * m];
  new Float64Array(core.memory.buffer, degrees, m).set(Array.from({ length: m }, (_, i) => d - i));
  exports.makeKey(room, seed, stream, 1);
  exports.fillScalarNormals(room, 0n, normals, m * m);
  exports.fillChi(room, 1n, degrees, degrees + 8 * m, m);
  const values = core.read(normals, m * m + 2 * m);
  exports.arenaFree(room);
  const at = (i: number, j: number) => (j > i ? 0 : j < i ? values[i * m + j] : values[m * m + m + i]) / Math.sqrt(d);
  return Array.from({ length: m }, (_, i) => Array.from({ length: m }, (_, j) => at(i, j)));
}

test("the risk of nn2pp's 24 simulations, erf, N = 500, K = 4, M = 2 (S1), and its distance from each run's ODE: means (1e-6)", async () => {
  const S1 = vectorFile("S1_erf_K4M2_first_noise_N500");
  const settings: Settings = { d: S1.N, p: S1.K, k: S1.M, gamma: 0.2, Delta: 0.01 };
  const { d, p, k } = settings;
  const steps: number[] = S1.t.map((t: number) => Math.round(t * d));
  const ones = (n: number) => new Array<number>(n).fill(1);
  // their 24 make most of the error; a sixth of the variance for ours is enough
  const count = 160;
  const starts = Array.from({ length: count }, (_, r) => ({
    factor: gaussianRows(17, r, p + k, d),
    a: ones(p),
    aStar: ones(k),
  }));
  const erf = codeOf(core, "erf");
  const c = core.f64([...ones(k), ...ones(p).map((a) => -a)]);
  const omega = core.f64((p + k) ** 2);
  const risk = steps.map(() => new Float64Array(count));
  chains(core, { settings, start: (r) => starts[r], steps }, { seed: 17, count }, (r, i, numbers) => {
    new Float64Array(core.memory.buffer, omega, (p + k) ** 2).set(numbers.subarray(0, (p + k) ** 2));
    risk[i][r] = core.exports.excessRisk(omega, c, k, p, erf, erf);
  });
  const distance = steps.map((_, i) => risk[i].slice());
  for (const [r, start] of starts.entries()) {
    const ode = await odeOf({ settings, start, steps }, 1e-8);
    ode.risk.forEach((value, i) => {
      distance[i][r] -= value;
    });
  }
  // a Welch test has at least the smaller sample's degrees of freedom: 23
  const against = (ours: Float64Array, mean: number, error: number) =>
    twoMeansP(meanAndError(ours), { mean, error }, 24);
  const pValues: Record<string, number> = {};
  steps.forEach((nu, i) => {
    pValues[`risk at t = ${nu / d}`] = against(risk[i], S1.eg_sim_mean[i], S1.eg_sim_se[i]);
    if (nu > 0) pValues[`distance at t = ${nu / d}`] = against(distance[i], S1.diff_mean[i], S1.diff_se[i]);
  });
  expectPlausible(pValues);
});

describe("from one Omega_0, as d grows", () => {
  // tolerances are 5 standard errors of the fit, beside what higher orders bend: 1e-6 each

  test("the largest distance from the ODE falls as d^-1/2: d = 1e2 .. 1e6, both layers, noise", async () => {
    const factor = [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0.3, 0.1, 0.8, 0],
      [-0.2, 0.2, 0.3, 0.7],
    ];
    const start: Begin = { factor, a: [1, 0.8], aStar: [1, 1] };
    const counts = { 1e2: 4000, 1e3: 1000, 1e4: 320, 1e5: 128, 1e6: 32 };
    const points = [];
    for (const [text, count] of Object.entries(counts)) {
      const d = Number(text);
      const settings: Settings = { d, p: 2, k: 2, gamma: 1, gammaA: 0.5, Delta: 0.1 };
      const path = { settings, start, steps: [0.25, 0.5, 0.75, 1].map((t) => t * d) };
      const ode = await odeOf(path, 1e-10);
      const omegas = path.steps.map((_, i) => assembleOmega(ode.state(i), 2, 2));
      const largest = new Float64Array(count);
      chains(core, path, { seed: 23, count }, (r, i, numbers) => {
        omegas[i].forEach((value, j) => {
          largest[r] = Math.max(largest[r], Math.abs(numbers[j] - value));
        });
      });
      const { mean, error } = meanAndError(largest);
      points.push({ x: d, y: mean, error });
    }
    const { power, error } = powerOf(points);
    expect(error).toBeLessThan(0.01);
    expect(Math.abs(power + 0.5)).toBeLessThan(0.05);
  });

  test("the distance of the mean of Q from the ODE falls as d^-1: d = 50 .. 800", async () => {
    // a large rate, a student near zero and few steps make it more than 1 / sqrt d of the spread; at d = 50 the term in d^-2 is a tenth of it
    const start: Begin = {
      factor: [
        [1, 0],
        [0, 0.01],
      ],
      a: [1],
      aStar: [1],
    };
    const counts = { 50: 4e5, 100: 4e5, 200: 3e5, 400: 2e5, 800: 2e5 };
    const points = [];
    for (const [text, count] of Object.entries(counts)) {
      const d = Number(text);
      const path = { settings: { d, p: 1, k: 1, gamma: 4 }, start, steps: [d / 5] };
      const ode = (await odeOf(path, 1e-12)).state(0).Q[0];
      const Q = new Float64Array(count);
      chains(core, path, { seed: 29, count }, (r, _i, numbers) => {
        Q[r] = numbers[3];
      });
      const { mean, error } = meanAndError(Q);
      points.push({ x: d, y: mean - ode, error });
    }
    const { power, error } = powerOf(points);
    expect(error).toBeLessThan(0.013);
    expect(Math.abs(power + 1)).toBeLessThan(0.1);
  });
});
