// The chain against dense SGD on explicit d-dimensional inputs that have the chain's own coordinates in a random orthonormal frame.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { choleskySemidefinite } from "../../src/linalg/linear-algebra.js";
import {
  type Begin,
  Chain,
  ChainReference,
  loadChainCore,
  numbersOf,
  type Settings,
  shapeOf,
  someState,
} from "../support/chain.js";
import { sgdStep } from "../support/dense-reference.js";
import {
  combination,
  expectDenseSgd,
  expectOmega,
  networkOf,
  orthonormal,
  randomVectors,
  rulesOf,
} from "../support/explicit.js";

const core = loadChainCore("release");
const { exports } = core;

const onSphere = (x: Float64Array, { sphere, d }: Settings) => {
  if (!sphere) return x;
  const factor = Math.sqrt(d / x.reduce((sum, v) => sum + v * v, 0));
  return x.map((v) => factor * v);
};

const both: Partial<Settings> = {
  ns: 0.7,
  nt: 0.9,
  Delta: 0.05,
  gamma: [2, 1, 0, 3, 0.8, 0.2],
  gammaA: 0.3,
  kappa: 0.2,
  kappaA: 0.1,
};

describe("200 steps of batch 1 equal dense SGD to 1e-12", () => {
  const cases: Record<string, Settings> = {
    erf: { d: 40, p: 3, k: 2, Delta: 0.1 },
    "erf, both layers, decays, schedule": { d: 30, p: 4, k: 3, ...both },
    relu: { d: 37, p: 5, k: 2, student: "relu", ...both },
    linear: { d: 50, p: 2, k: 2, student: "linear", ...both },
    quadratic: { d: 45, p: 3, k: 1, student: "quadratic", gamma: 0.03, gammaA: 0.01, Delta: 0.1, kappa: 0.1 },
    "a relu student of an erf teacher": { d: 33, p: 4, k: 2, student: "relu", teacher: "erf", ...both },
    tanh: { d: 35, p: 4, k: 2, student: "tanh", ...both },
    "logistic of softplus": { d: 31, p: 3, k: 2, student: "logistic", teacher: "softplus", ...both },
    "softplus of a leaky ReLU": {
      ...{ d: 36, p: 5, k: 3, student: "softplus", teacher: { kind: "leaky-relu", slope: 0.2 }, ...both },
      gamma: 0.3,
    },
    "GELU on the sphere": { d: 34, p: 3, k: 2, student: "gelu", sphere: true, ...both },
    "leaky ReLU": { d: 33, p: 4, k: 3, student: "leaky-relu", ...both },
    "a polynomial of a GELU": {
      ...{ d: 42, p: 3, k: 1, student: { hermite: [0.1, 0.8, -0.1, 0.05] }, teacher: "gelu", ...both },
      ...{ gamma: 0.1, gammaA: 0.05 },
    },
    "erf on the sphere": { d: 30, p: 3, k: 2, sphere: true, ...both },
    "relu on the sphere, nu = 1": { d: 7, p: 4, k: 2, student: "relu", sphere: true, ...both },
    "nu = 0": { d: 6, p: 4, k: 2, ...both },
    "wider: p = 17": { d: 50, p: 17, k: 3, ...both, ns: 0.3 },
  };
  test.each(Object.keys(cases))("%s", (name) => {
    const settings = cases[name];
    const start = someState(core, settings, 100);
    followOne(settings, start, 200);
  });

  const singular: Record<string, (start: Begin) => Begin> = {
    "identical students": ({ factor, ...layers }) => ({
      factor: [factor[0], factor[1], factor[2], factor[2], factor[4]],
      ...layers,
    }),
    "zero students": ({ factor, ...layers }) => ({
      factor: [factor[0], factor[1], ...[2, 3, 4].map(() => new Array(5).fill(0))],
      ...layers,
    }),
    "students of the teacher": ({ factor, ...layers }) => ({
      factor: [factor[0], factor[1], factor[1], factor[0], factor[1]],
      ...layers,
    }),
    "a teacher of rank 1": ({ factor, ...layers }) => ({
      factor: [factor[0], factor[0], ...factor.slice(2)],
      ...layers,
    }),
  };
  test.each(Object.keys(singular))("%s", (name) => {
    const settings: Settings = { d: 30, p: 3, k: 2, ...both };
    const start = singular[name](someState(core, settings, 7));
    if (name !== "zero students") start.a[1] = start.a[0];
    followOne(settings, start, 200);
  });

  /** The frame turns as the reference turns the state, which the kernel's equals bit for bit (omega-chain.test.ts). */
  function followOne(settings: Settings, start: Begin, steps: number): void {
    const { d } = settings;
    const { n } = shapeOf(settings);
    const address = { seed: 12, stream: 3 };
    const frame = orthonormal(randomVectors(core, 5, Math.min(n + 1, d), d));
    if (frame.length === n) frame.push(new Float64Array(d)); // nu = 0
    const network = networkOf(start, frame, settings);
    const chain = new Chain(core, settings, [address]).load(0, start);
    const reference = new ChainReference(core, settings, start);
    const numbers = numbersOf(core, settings, address);
    const rules = rulesOf(core, settings);
    for (let nu = 0; nu < steps; nu++) {
      const now = numbers(nu);
      // a new direction for the part of the sample outside of the span
      if (d > n) [frame[n]] = orthonormal(randomVectors(core, 1000 + nu, 1, d), frame.slice(0, n));
      const x = combination([...now.z[0], ...now.y[0], Math.sqrt(now.chi[0] ?? 0)], frame, d);
      sgdStep(network, rules, nu, [{ x: onSphere(x, settings), zeta: now.zeta[0] }]);
      reference.step(now, frame);
      expect(chain.steps(1)).toBe(1);
      expectOmega(chain, network, 1e-12, nu);
    }
  }
});

describe("200 steps with d < k + p equal dense SGD to 1e-12", () => {
  const cases: Record<string, Settings> = {
    "d = 4, p + k = 5": { d: 4, p: 3, k: 2, ...both },
    "d = 4, p + k = 5, relu on the sphere": { d: 4, p: 3, k: 2, student: "relu", sphere: true, ...both },
    "d = 4, p + k = 5, batches of 3": { d: 4, p: 3, k: 2, batch: 3, ...both },
    "d = 4, p + k = 5, batches of 7 on the sphere": { d: 4, p: 3, k: 2, batch: 7, sphere: true, ...both },
    "d < k": { d: 2, p: 3, k: 4, ...both },
    "d = 1, batches of 2": { d: 1, p: 2, k: 1, batch: 2, ...both },
  };
  test.each(Object.keys(cases))("%s", (name) => {
    const settings = cases[name];
    const { d } = settings;
    const address = { seed: 1, stream: 8 };
    const start = someState(core, settings, 31);
    const frame = orthonormal(randomVectors(core, 6, d, d));
    const network = networkOf(start, frame, settings);
    const chain = new Chain(core, settings, [address]).load(0, start);
    const numbers = numbersOf(core, settings, address);
    for (let nu = 0; nu < 200; nu++) {
      const now = numbers(nu);
      const samples = now.z.map((z, b) => ({ x: onSphere(combination(z, frame, d), settings), zeta: now.zeta[b] }));
      sgdStep(network, rulesOf(core, settings), nu, samples);
      expect(chain.steps(1)).toBe(1);
      expectOmega(chain, network, 1e-12, nu);
    }
  });
});

describe("200 steps of batches equal dense SGD to 1e-12", () => {
  const cases: Record<string, Settings> = {
    "3 of erf": { d: 40, p: 4, k: 2, batch: 3, ...both },
    "3 of erf, p = 2: compressed": { d: 40, p: 2, k: 2, batch: 3, ...both },
    "3 of tanh": { d: 30, p: 3, k: 3, batch: 3, student: "tanh", ...both },
    "3 of a polynomial of a softplus": {
      ...{ d: 40, p: 3, k: 1, batch: 3, student: { hermite: [0.1, 0.8, -0.1, 0.05] }, teacher: "softplus", ...both },
      ...{ gamma: 0.1, gammaA: 0.05 },
    },
    "3 of relu": { d: 30, p: 3, k: 3, batch: 3, student: "relu", ...both },
    "2 of linear, nu = 1": { d: 6, p: 3, k: 2, batch: 2, student: "linear", ...both },
    "4 of quadratic": { d: 35, p: 5, k: 1, batch: 4, student: "quadratic", gamma: 0.03, Delta: 0.1 },
    "10 of erf, compressed": { d: 45, p: 3, k: 2, batch: 10, ...both },
    "40 of relu, compressed": { d: 50, p: 5, k: 1, batch: 40, student: "relu", ...both },
    "10 of erf, compressed, nu = 2 < p": { d: 7, p: 3, k: 2, batch: 10, ...both },
    "10 of erf, nu = 0": { d: 5, p: 3, k: 2, batch: 10, ...both },
    "3 on the sphere": { d: 30, p: 4, k: 2, batch: 3, sphere: true, ...both },
    "10 on the sphere, B > p: not compressed": { d: 35, p: 3, k: 2, batch: 10, sphere: true, ...both },
    "10 on the sphere, nu = 4 < B": { d: 9, p: 3, k: 2, batch: 10, sphere: true, ...both },
  };
  test.each(Object.keys(cases))("%s", (name) =>
    expectDenseSgd(core, cases[name], someState(core, cases[name], 32), 200),
  );

  test("identical and zero students", () => {
    const settings: Settings = { d: 30, p: 4, k: 2, batch: 3, ...both };
    const start = someState(core, settings, 33);
    start.factor[3] = start.factor[2];
    start.a[1] = start.a[0];
    start.factor[5] = new Array(6).fill(0);
    expectDenseSgd(core, settings, start, 200);
  });
});

describe("deterministic steps of vectors/theory.json", () => {
  const { chain_step: steps } = JSON.parse(
    readFileSync(new URL("../fixtures/vectors/theory.json", import.meta.url), "utf8"),
  );
  const each = [0, 1, 2].flatMap((index) => [false, true].map((inRows) => ({ index, inRows })));

  test.each(each)("chain_step $index, to 1e-12, one eigenspace: $inRows", ({ index, inRows }) => {
    const { state, ...step } = steps[index];
    const p: number = state.Q.length;
    const k: number = state.T.length;
    const m = p + k;
    const Omega = Array.from({ length: m * m }, (_, at) => {
      const [i, j] = [Math.floor(at / m), at % m];
      if (i < k) return j < k ? state.T[i][j] : state.M[j - k][i];
      return j < k ? state.M[i - k][j] : state.Q[i - k][j - k];
    });
    const L = choleskySemidefinite(Omega, m);
    const settings: Settings = {
      d: step.d,
      p,
      k,
      batch: step.z.length,
      student: step.act,
      ns: state.ns,
      nt: state.nt,
      Delta: state.Delta,
      gamma: step.gamma,
      gammaA: step.gamma_a,
      kappa: step.kappa_w,
      kappaA: step.kappa_a,
      spectrum: inRows ? [{ variance: 1, multiplicity: step.d }] : undefined,
    };
    const factor = Array.from({ length: m }, (_, i) => Array.from(L.slice(i * m, (i + 1) * m)));
    const chain = new Chain(core, settings, [{ seed: 0, stream: 0 }]).load(0, { factor, a: state.a, aStar: state.at });
    const given = [step.z, step.y, step.bartlett, step.zeta].map((values: number[][]) => core.f64(values.flat()));
    expect(exports.chainStepGiven(chain.run, ...given)).toBe(1);
    expect(chain.get("step")).toBe(1);
    const after = chain.omega();
    let worst = 0;
    for (let i = 0; i < p; i++) {
      for (let r = 0; r < k; r++) worst = Math.max(worst, Math.abs(after[(k + i) * m + r] - step.M_new[i][r]));
      for (let j = 0; j < p; j++) worst = Math.max(worst, Math.abs(after[(k + i) * m + k + j] - step.Q_new[i][j]));
      worst = Math.max(worst, Math.abs(chain.save().a[i] - step.a_new[i]));
    }
    expect(worst).toBeLessThan(1e-12);
  });
});
