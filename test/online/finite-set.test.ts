// Finite training sets: the recursion in plain loops with the same draws, exact cases, and the laws of the orders.
import { describe, expect, test } from "vitest";
import { type ProblemInput, problem, type SampleOrder, simulate } from "../../src/index.js";
import { definitionOf } from "../support/activations.js";
import { expectSameBits } from "../support/bits.js";
import { type Network, orderParametersOf, type Sample, sgdStep } from "../support/dense-reference.js";
import { replicas } from "../support/replicas.js";
import { numbersOf } from "../support/runs.js";
import { countsP, expectPlausible, meanP } from "../support/statistics.js";
import { makeKey, scalarOf } from "../support/stream-reference.js";
import { loadStreams } from "../support/streams.js";

const { stream } = loadStreams();
/** Purposes in the address of a stream. */
const [INPUTS, ORDER] = [0, 5];

/** Samples of a set as the core draws them. */
function setOf(n: number, d: number, seed: number, replica: number, single: boolean): Sample[] {
  const draws = stream(seed, replica, INPUTS);
  return Array.from({ length: n }, (_, i) => {
    const count = Math.ceil((d + 1) / 8) * 8;
    const row = Float64Array.from(single ? draws.normals32(i, count) : draws.normals(i, count));
    return { x: row.slice(0, d), zeta: row[d] };
  });
}

/** Fisher & Yates from the scalar generator of a block, as assembly/online/finite-set.ts says. */
function permutation(n: number, pass: number, seed: number, replica: number): number[] {
  const generator = scalarOf(makeKey(seed, replica, ORDER), BigInt(pass));
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(generator.uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Numbers of the samples of step nu. */
function choices(order: SampleOrder, n: number, B: number, nu: number, seed: number, replica: number): number[] {
  const places = Array.from({ length: B }, (_, b) => nu * B + b);
  if (order === "replace") {
    const generator = scalarOf(makeKey(seed, replica, ORDER), BigInt(nu));
    return places.map(() => Math.floor(generator.uniform() * n));
  }
  if (order !== "reshuffle") return places.map((place) => place % n);
  return places.map((place) => permutation(n, Math.floor(place / n), seed, replica)[place % n]);
}

/** Some weights of norm about sqrt d. */
function network(d: number, p: number, k: number): Network {
  const draws = stream(4321, 0, 9).normals(0, 4096);
  let next = 0;
  const rows = (count: number) => Array.from({ length: count }, () => Array.from({ length: d }, () => draws[next++]));
  return {
    W: rows(p),
    WStar: rows(k),
    a: Array.from({ length: p }, (_, i) => (i % 2 ? -0.8 : 1.1) - 0.1 * i),
    aStar: Array.from({ length: k }, (_, r) => 1 - 0.4 * r),
  };
}

const dot = (u: ArrayLike<number>, v: ArrayLike<number>) => Array.from(u).reduce((sum, x, j) => sum + x * v[j], 0);

describe("the recursion in plain loops with the same draws", () => {
  const [d, p, k, n, Delta, steps] = [21, 3, 2, 11, 0.1, 60];
  const sigma = Math.sqrt(Delta);
  const common = {
    inputDimension: d,
    studentWidth: p,
    teacherWidth: k,
    learningRate: 0.7,
    secondLayer: { learningRate: 0.3, weightDecay: 0.1 },
    weightDecay: 0.2,
    noiseVariance: Delta,
  } as const;
  const rules = { ns: 1, nt: 1, gamma: () => 0.7, gammaA: () => 0.3, kappa: 0.2, kappaA: 0.1, Delta };
  const [seed, replica] = [31, 2];

  // 11 samples in batches of 3: batches reach over the ends of passes
  test.each([
    ["reshuffle", 1, "erf", "f64"],
    ["reshuffle", 3, "erf", "f64"],
    ["cyclic", 3, "relu", "f64"],
    ["replace", 2, "tanh", "f64"],
    ["full-batch", 11, "erf", "f64"],
    ["reshuffle", 3, "erf", "f32"],
    ["full-batch", 11, "relu", "f32"],
  ] as const)("%s, batches of %i, %s, %s", async (order, B, activation, precision) => {
    const { W, WStar, a, aStar } = network(d, p, k);
    const run = await simulate(
      {
        ...common,
        activation,
        batchSize: order === "full-batch" ? 1 : B,
        data: { samples: n, order },
        start: { kind: "weights", W, WStar, a, aStar },
      },
      {
        until: steps / d,
        save: { times: Array.from({ length: steps + 1 }, (_, nu) => nu / d) },
        seed,
        stream: replica,
        precision,
      },
    );
    expect([run.status, run.length, run.statistics.method]).toEqual(["completed", steps + 1, "dense"]);
    const set = setOf(n, d, seed, replica, precision === "f32");
    const { s } = definitionOf(activation);
    const net: Network = { W: W.map((w) => [...w]), WStar, a: [...a], aStar };
    const errors = [0];
    for (let nu = 0; nu <= steps; nu++) {
      const { M, Q } = orderParametersOf(net);
      const loss = set.reduce((sum, { x, zeta }) => {
        const output = (rows: number[][], c: number[]) =>
          rows.reduce((total, w, i) => total + c[i] * s(dot(w, x) / Math.sqrt(d)), 0);
        return sum + (output(WStar, aStar) + sigma * zeta - output(net.W, net.a)) ** 2;
      }, 0);
      const state = run.state(nu);
      const got = [...state.M, ...state.Q, ...state.a, state.empiricalRisk!];
      [...M, ...Q, ...net.a, loss / (2 * n)].forEach((value, i) => {
        errors.push(Math.abs(got[i] - value));
      });
      const batch = choices(order, n, B, nu, seed, replica).map((i) => set[i]);
      sgdStep(net, { ...rules, student: activation, teacher: activation }, nu, batch);
    }
    // as test/online/dense.test.ts has it, for 60 steps
    expect(Math.max(...errors)).toBeLessThan(precision === "f64" ? 1e-12 : 4e-5);
    expect(run.empiricalRisk![steps]).toBeLessThan(0.7 * run.empiricalRisk![0]);
  });

  test("the second and later passes differ from the first where they are reshuffled", () => {
    const passes = [0, 1, 2].map((pass) => permutation(n, pass, seed, replica).join());
    expect(new Set(passes).size).toBe(3);
  });
});

describe("a set that does not end", () => {
  const base: ProblemInput = {
    inputDimension: 200,
    studentWidth: 3,
    teacherWidth: 2,
    noiseVariance: 0.1,
    batchSize: 2,
    secondLayer: { learningRate: 0.1 },
  };
  const options = { until: 1, save: { times: [0, 1] }, seed: 3, stream: 1, method: "dense" } as const;

  // 400 samples are stored; 2e5 would take 334 MB and are drawn anew
  test.each([
    [400, "f64"],
    [200_000, "f64"],
    [400, "f32"],
  ] as const)("is one-pass SGD bit for bit in the order of the draws: n = %i, %s", async (samples, precision) => {
    const online = await simulate(base, { ...options, precision });
    const run = await simulate({ ...base, data: { samples, order: "cyclic" } }, { ...options, precision });
    expectSameBits(
      [...run.risk, ...run.state(1).M, ...run.state(1).Q, ...run.state(1).a],
      [...online.risk, ...online.state(1).M, ...online.state(1).Q, ...online.state(1).a],
    );
    // what is not learnt yet is not fitted: the empirical risk of a large set is the population risk, its standard error sqrt(2 / n) of it about (6 of them)
    if (samples > 1e5) {
      run.empiricalRisk!.forEach((risk, i) => {
        expect(Math.abs(risk / run.populationRisk[i] - 1)).toBeLessThan(6 * Math.sqrt(2 / samples));
      });
    }
  });

  test("its first pass has the law of one-pass SGD in random order too, linear, d = 20, 30 steps (1e-6)", async () => {
    // THEORY E.0
    const [d, steps, eta, Delta] = [20, 30, 0.6, 0.5];
    const factor = 1 - (2 * eta) / d + (eta ** 2 * (d + 2)) / d ** 2;
    const limit = (eta * Delta) / (2 - (eta * (d + 2)) / d);
    const [distance] = await replicas(
      simulate,
      problem({
        inputDimension: d,
        studentWidth: 1,
        teacherWidth: 1,
        activation: "linear",
        learningRate: eta,
        noiseVariance: Delta,
        data: { samples: 40 },
        start: { kind: "state", state: { P: [1], M: [0.3], Q: [0.8] } },
      }),
      { steps, seed: 5, count: 4000 },
      ({ P, M, Q }) => [P[0] - 2 * M[0] + Q[0]],
    );
    expectPlausible({ distance: meanP(distance, limit + (1.2 - limit) * factor ** steps) });
  });
});

test("one sample, linear: the residual shrinks by 1 - eta |x|^2 / d a step, in every order", async () => {
  const [d, eta, steps] = [12, 0.4, 40];
  const { W, WStar } = network(d, 1, 1);
  const [{ x, zeta }] = setOf(1, d, 8, 0, false);
  const e = (dot(WStar[0], x) - dot(W[0], x)) / Math.sqrt(d) + Math.sqrt(0.3) * zeta;
  for (const order of ["reshuffle", "cyclic", "replace", "full-batch"] as const) {
    const run = await simulate(
      {
        inputDimension: d,
        studentWidth: 1,
        teacherWidth: 1,
        activation: "linear",
        learningRate: eta,
        noiseVariance: 0.3,
        data: { samples: 1, order },
        start: { kind: "weights", W, WStar },
      },
      { until: steps / d, save: { times: [0, 1 / d, steps / d] }, seed: 8 },
    );
    [0, 1, steps].forEach((nu, i) => {
      const left = e * (1 - (eta * dot(x, x)) / d) ** nu;
      expect(Math.abs(run.empiricalRisk![i] - left ** 2 / 2)).toBeLessThan(1e-13 * e ** 2);
    });
  }
});

describe("the laws of the orders (1e-6 each)", () => {
  test("a permutation of four is any of the 24, whatever the one before was", () => {
    const name = (pass: number) => permutation(4, pass, 77, 0).join("");
    const passes = Array.from({ length: 24_000 }, (_, pass) => name(pass));
    const places = [...new Set(passes)].sort();
    expect(places.length).toBe(24);
    const counts = new Float64Array(24);
    const pairs = new Float64Array(24);
    passes.forEach((each, i) => {
      const place = places.indexOf(each);
      counts[place]++;
      if (i > 0) pairs[(24 + place - places.indexOf(passes[i - 1])) % 24]++;
    });
    expectPlausible({
      counts: countsP(counts, () => passes.length / 24),
      pairs: countsP(pairs, () => (passes.length - 1) / 24),
    });
  });

  test("with replacement each of seven is as likely, and so each pair of neighbours", () => {
    const drawn = Array.from({ length: 4000 }, (_, nu) => choices("replace", 7, 5, nu, 78, 0)).flat();
    const counts = new Float64Array(7);
    const pairs = new Float64Array(49);
    drawn.forEach((i, at) => {
      counts[i]++;
      if (at > 0) pairs[7 * drawn[at - 1] + i]++;
    });
    expectPlausible({
      counts: countsP(counts, () => drawn.length / 7),
      pairs: countsP(pairs, () => (drawn.length - 1) / 49),
    });
  });
});

test("the set is the seed's and the replica's; a longer set begins as a shorter one", async () => {
  const base: ProblemInput = { inputDimension: 30, studentWidth: 2, teacherWidth: 1, noiseVariance: 0.2 };
  const riskOf = async (samples: number, order: SampleOrder, stream = 0) =>
    (await simulate({ ...base, data: { samples, order } }, { until: 0, save: { times: [0] }, seed: 4, stream }))
      .empiricalRisk![0];
  const ten = await riskOf(10, "cyclic");
  expect(await riskOf(10, "reshuffle")).toBe(ten);
  expect(await riskOf(10, "gradient-flow")).toBe(ten);
  expect(await riskOf(10, "cyclic", 1)).not.toBe(ten);
  // sums of squares: those of the first ten, and of one more
  const [nine, one] = [9 * (await riskOf(9, "cyclic")), 10 * ten];
  expect(one).toBeGreaterThan(nine);
  const again = await simulate(
    { ...base, data: { samples: 10 } },
    { until: 2, save: { times: [0, 1, 2] }, seed: 4, method: "dense" },
  );
  expect(numbersOf(again).length).toBe(again.length * (3 + 1 + 2 + 4 + 2 + 1));
});
