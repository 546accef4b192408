import { describe, expect, it } from "vitest";
import {
  asymptoticRisk,
  excessRisk,
  type FixedPoint,
  fixedPoint,
  integrate,
  maximalLearningRate,
  type ProblemInput,
  rightHandSide,
  type State,
  simulate,
} from "../../src/index.js";
import { vectorFile } from "../ode/vectors.js";
import { expectError } from "../support/errors.js";
import { powerOf } from "../support/statistics.js";

const { misc } = vectorFile("theory");
const base = (K: number, M = K, more: Partial<ProblemInput> = {}): ProblemInput => ({
  inputDimension: 1e6,
  studentWidth: K,
  teacherWidth: M,
  ...more,
});
const eye = (K: number) => Array.from({ length: K * K }, (_, i) => (i % (K + 1) === 0 ? 1 : 0));
const distance = (x: State, y: State) =>
  Math.max(
    ...(["M", "Q", "a"] as const).map((name) => Math.max(...x[name].map((value, i) => Math.abs(value - y[name][i])))),
  );

/** Whatever was found is a zero of the drift (or says what is left of it), a covariance, and has its own risk. */
async function expectSound(problem: ProblemInput, found: FixedPoint): Promise<void> {
  const rhs = await rightHandSide(problem, found.state);
  const left = Math.max(...[...rhs.M, ...rhs.Q, ...rhs.a].map(Math.abs));
  expect(found.residual).toBe(left);
  if (!found.message.startsWith("No ")) expect(left).toBeLessThan(1e-14);
  // refuses states that are no covariance
  expect(await excessRisk(problem, found.state)).toBe(found.risk);
  expect(found.escapeRate > 0).toBe(!found.stable);
}

describe("plateaus (THEORY E.1)", () => {
  it.each(misc.plateau_eg as { K: number; eps: number }[])(
    "K = $K: the symmetric solution of the gradient flow, to 1e-9",
    async ({ K, eps }) => {
      const found = await fixedPoint(base(K), { near: "symmetric", terms: "gradient-flow" });
      // 13 digits in the file
      expect(Math.abs(found.risk - eps)).toBeLessThan(1e-14);
      for (const x of found.state.Q) expect(Math.abs(x - 1 / (2 * K - 1))).toBeLessThan(1e-9);
      for (const x of found.state.M) expect(Math.abs(x - 1 / Math.sqrt(K * (2 * K - 1)))).toBeLessThan(1e-9);
      // to first order nothing pulls the students together: K (K - 1) / 2 - 1 + ... directions stand still
      expect(found.status).toBe("degenerate");
      expect(found.stable).toBe(false);
      // and with noise at a small learning rate
      const noisy = await fixedPoint(base(K, K, { learningRate: 1e-4 }), { near: "symmetric" });
      expect(Math.abs(noisy.risk - eps)).toBeLessThan(1e-5);
    },
  );

  // E.1 gives four digits
  it.each([
    [2, 0.1, 0.01209],
    [2, 1, 0.02066],
    [3, 0.1, 0.02189],
  ])("K = %i, eta = %f: where the ODE waits, %f", async (K, learningRate, eps) => {
    const problem = base(K, K, { learningRate });
    const found = await fixedPoint(problem, { near: "symmetric" });
    await expectSound(problem, found);
    expect(found.status).toBe("isolated");
    expect(Math.abs(found.risk - eps)).toBeLessThan(1.1e-5);
    const state = { P: eye(K), M: new Array(K * K).fill(0), Q: eye(K).map((x, i) => x * (0.2 + (0.01 * i) / K)) };
    const until = 1e4 / learningRate;
    const run = await integrate(
      { ...problem, start: { kind: "state", state } },
      // symmetric states stay so to the bit: elimination, in implicit steps, has an order
      { until, save: { times: [until] }, rtol: 1e-10, dense: false, solver: "dopri5" },
    );
    expect(distance(run.state(0), found.state)).toBeLessThan(1e-4);
    expect(Math.abs(run.risk[0] - found.risk)).toBeLessThan(1e-8);
  });

  /** Times at which eps crosses 1e-3 from starts with smaller and smaller asymmetries: what three decades cost. */
  async function increments(problem: ProblemInput, until: number, start: (asymmetry: number) => object) {
    const crossing = async (asymmetry: number) => {
      const state = start(asymmetry) as State;
      const run = await integrate({ ...problem, start: { kind: "state", state } }, { until, rtol: 1e-9 });
      let [low, high] = [0, until];
      while (high - low > 1e-3) {
        const middle = (low + high) / 2;
        if (run.at(middle).risk > 1e-3) low = middle;
        else high = middle;
      }
      return low;
    };
    const times = await Promise.all([1e-6, 1e-9, 1e-12].map(crossing));
    return [times[1] - times[0], times[2] - times[1]];
  }
  const u = [0.9, 0.2, 0.5, 0.1, 0.7, 0.3, 0.4, 0.6, 0.8];

  it.each([
    [2, 1, 116.8],
    [2, 0.1, 1080],
    [3, 0.1, 1545],
  ])(
    "K = %i, eta = %f: three decades of asymmetry cost %f, as the escape rate has it",
    async (K, learningRate, time) => {
      const problem = base(K, K, { learningRate });
      const { escapeRate, state } = await fixedPoint(problem, { near: "symmetric" });
      const predicted = Math.log(1000) / escapeRate;
      // E.1's runs: at eta = 0.1 students still come to rest, at rates of 1e-4, when they leave
      const fromAfar = await increments(problem, 6 * time, (asymmetry) => ({
        P: eye(K),
        M: u.slice(0, K * K).map((x) => asymmetry * x),
        Q: eye(K).map((x, i) => x * (0.2 + (0.2 * (i % K)) / (K - 1))),
      }));
      expect(Math.abs(fromAfar[1] / time - 1)).toBeLessThan(0.02);
      expect(Math.abs(fromAfar[1] / fromAfar[0] - 1)).toBeLessThan(0.02);
      expect(Math.abs(fromAfar[1] / predicted - 1)).toBeLessThan(learningRate < 1 ? 0.03 : 0.001);
      // runs that begin on the plateau
      const fromThere = await increments(problem, 6 * time, (asymmetry) => ({
        ...state,
        M: state.M.map((x, i) => x + asymmetry * u[i]),
      }));
      for (const measured of fromThere) expect(Math.abs(measured / predicted - 1)).toBeLessThan(0.002);
    },
  );

  it("are where symmetric states come to rest, for other widths, noise and second layers too", async () => {
    for (const more of [
      { studentWidth: 4, teacherWidth: 2, learningRate: 0.5 },
      { studentWidth: 2, teacherWidth: 4, learningRate: 0.5 },
      { studentWidth: 3, teacherWidth: 3, learningRate: 0.1, noiseVariance: 1 },
      { studentWidth: 3, teacherWidth: 3, secondLayer: { learningRate: 0.2 } },
    ]) {
      const problem = { inputDimension: 1e6, ...more };
      const found = await fixedPoint(problem, { near: "symmetric" });
      await expectSound(problem, found);
      const { studentWidth: p, teacherWidth: k } = problem;
      const state = { P: eye(k), M: new Array(p * k).fill(0), Q: eye(p).map((x) => 0.3 * x) };
      const run = await integrate(
        { ...problem, start: { kind: "state", state } },
        { until: 3000, save: { times: [3000] }, rtol: 1e-10, dense: false },
      );
      expect(distance(run.state(0), found.state)).toBeLessThan(1e-2);
      expect(Math.abs(run.risk[0] / found.risk - 1)).toBeLessThan(1e-3);
    }
  });
});

describe("asymptotic errors (THEORY E.2)", () => {
  /** eps_inf 2 pi / (eta Delta) at Delta -> 0, by extrapolation. */
  async function coefficient(M: number, L: number, learningRate: number): Promise<number> {
    const at = async (noiseVariance: number) => {
      const { risk } = await fixedPoint(base(M + L, M, { learningRate, noiseVariance }), { near: "specialised" });
      return (risk * 2 * Math.PI) / (learningRate * noiseVariance);
    };
    return 2 * (await at(1e-5)) - (await at(2e-5));
  }

  type Entry = { M: number; L: number; eta: number; f: number };
  const listed = [
    { M: 2, L: 1, eta: 0.2, f: 2.517119 },
    { M: 2, L: 2, eta: 0.2, f: 3.970667 },
  ];
  it.each([...(misc.f_MLeta_erf_first_layer as Entry[]), ...listed])(
    "first layer: f($M, $L, $eta) = $f",
    async ({ M, L, eta, f }) => {
      // six decimals in the tables
      expect(Math.abs((await coefficient(M, L, eta)) - f)).toBeLessThan(2e-6);
    },
  );

  it("first layer: f(1, 0, eta) is (E3)", async () => {
    for (const eta of [0.05, 0.5, 2]) {
      const [r3, r5, r15] = [3, 5, 15].map(Math.sqrt);
      const f =
        (Math.PI * (5 * Math.PI - r15 * eta)) / (3 * r3 * eta ** 2 - 6 * r5 * Math.PI * eta + 5 * r3 * Math.PI ** 2);
      expect(Math.abs((await coefficient(1, 0, eta)) / f - 1)).toBeLessThan(1e-6);
    }
  });

  it("first layer: the ODE from a random start and simulations end there (E1c), growing with K", async () => {
    const risks: number[] = [];
    for (const K of [2, 3, 4, 5, 6]) {
      const problem = base(K, 2, { noiseVariance: 1e-4 });
      const found = await fixedPoint(problem, { near: "specialised" });
      await expectSound(problem, found);
      risks.push(found.risk);
      if (K > 3) continue;
      const run = await integrate(
        { ...problem, inputDimension: 784 },
        { until: 1e5, seed: 3, save: { times: [1e5] }, dense: false },
      );
      expect(Math.abs(run.risk[0] / found.risk - 1)).toBeLessThan(1e-3);
      // the exact chain at d = 1000, over the second half of its time
      const simulated = await simulate(
        { ...problem, inputDimension: 1000, start: { kind: "informed", a: new Array(K).fill(1) } },
        { until: 1e4, seed: 4, save: { count: 4000, spacing: "linear" } },
      );
      const late = simulated.risk.subarray(2000);
      expect(Math.abs(late.reduce((sum, risk) => sum + risk, 0) / late.length / found.risk - 1)).toBeLessThan(0.02);
      const f = [1.26351, 2.517119][K - 2];
      expect(Math.abs((found.risk * 2 * Math.PI) / (0.2 * 1e-4) / f - 1)).toBeLessThan(0.005);
    }
    risks.slice(1).forEach((risk, i) => expect(risk).toBeGreaterThan(risks[i]));
  });

  // E.2's table: eta = 0.05, sigma^2 = 1e-4; measured to two percent
  const both = { learningRate: 0.05, noiseVariance: 1e-4, secondLayer: { learningRate: 0.05 } };
  it("both layers, specialised: constant in K (E1f)", async () => {
    const points = [];
    for (const [K, eps] of [
      [2, 9.38e-7],
      [4, 9.41e-7],
      [8, 9.39e-7],
    ]) {
      const { risk } = await fixedPoint(base(K, 2, both), { near: "specialised" });
      expect(Math.abs(risk / eps - 1)).toBeLessThan(0.005);
      points.push({ x: K, y: risk, error: risk });
    }
    expect(Math.abs(powerOf(points).power)).toBeLessThan(0.03);
  });

  it("both layers, denoising: as 1 / K (E1e)", async () => {
    const points = [];
    for (const [K, eps] of [
      [2, 9.4e-7],
      [4, 4.66e-7],
      [6, 3.09e-7],
      [8, 2.35e-7],
    ]) {
      const problem = base(K, 2, both);
      const found = await fixedPoint(problem, { near: "denoising" });
      await expectSound(problem, found);
      expect(Math.abs(found.risk / eps - 1)).toBeLessThan(0.02);
      expect(found.status).toBe(K === 2 ? "isolated" : "degenerate");
      points.push({ x: K, y: found.risk, error: found.risk });
    }
    expect(Math.abs(powerOf(points).power + 1)).toBeLessThan(0.05);
  });
});

describe("asymptotic errors of other activations (THEORY E.2)", () => {
  // eta = 0.1, sigma^2 = 1e-4: chains at d = 1000, which are some percent above d -> infinity where K is large
  const relu = { activation: "relu" as const, learningRate: 0.1, noiseVariance: 1e-4 };

  it("ReLU, first layer: grows with K, and is where the ODE ends", async () => {
    const risks: number[] = [];
    for (const [K, eps] of [
      [2, 2.71e-6],
      [3, 4.25e-6],
      [4, 5.92e-6],
      [6, 9.7e-6],
      [8, 14.35e-6],
    ]) {
      const problem = base(K, 2, relu);
      const found = await fixedPoint(problem, { near: "specialised" });
      await expectSound(problem, found);
      expect(Math.abs(found.risk / eps - 1)).toBeLessThan(0.05);
      risks.push(found.risk);
      if (K > 3) continue;
      expect([found.status, found.stable]).toEqual(["isolated", true]);
      const start = { kind: "state" as const, state: { ...found.state, M: found.state.M.map((x) => 0.9999 * x) } };
      const run = await integrate({ ...problem, start }, { until: 5000, save: { times: [5000] }, rtol: 1e-8 });
      expect(Math.abs(run.risk[0] / found.risk - 1)).toBeLessThan(1e-3);
    }
    risks.slice(1).forEach((risk, i) => expect(risk).toBeGreaterThan(risks[i]));
    // eta sigma^2 K / 8 to first order
    const { risk } = await fixedPoint(base(3, 2, { ...relu, learningRate: 0.01 }), { near: "specialised" });
    expect(Math.abs(risk / ((0.01 * 1e-4 * 3) / 8) - 1)).toBeLessThan(0.015);
  });

  it("ReLU, both layers, denoising: as 1 / K (E1e), a slow drift", async () => {
    const points = [];
    for (const [K, eps] of [
      [2, 2.71e-6],
      [4, 1.31e-6],
      [8, 6.5e-7],
    ]) {
      const found = await fixedPoint(base(K, 2, { ...relu, secondLayer: { learningRate: 0.1 } }), {
        near: "denoising",
      });
      expect(Math.abs(found.risk / eps - 1)).toBeLessThan(0.025);
      expect(found.status).toBe("degenerate");
      points.push({ x: K, y: found.risk, error: found.risk });
    }
    expect(Math.abs(powerOf(points).power + 1)).toBeLessThan(0.05);
  });

  it("ReLU, both layers: a_i and w_i scale against each other, and label noise makes them drift", async () => {
    const secondLayer = { learningRate: 0.1 };
    const quiet = await fixedPoint(base(2, 2, { ...relu, noiseVariance: 0, secondLayer }), { near: "specialised" });
    expect([quiet.status, quiet.stable, quiet.nullDirections.length]).toEqual(["degenerate", true, 2]);
    // (dM, dQ, da) = (1, 2, -1) on each unit
    for (const { M, Q, a } of quiet.nullDirections) {
      for (let i = 0; i < 2; i++) {
        expect(Math.abs(M[3 * i] + a[i])).toBeLessThan(1e-6);
        expect(Math.abs(Q[3 * i] + 2 * a[i])).toBeLessThan(1e-6);
      }
      for (const x of [M[1], M[2], Q[1]]) expect(Math.abs(x)).toBeLessThan(1e-6);
    }
    // slow enough for rates that are constant over 1e4 time units
    const problem = base(2, 2, { ...relu, noiseVariance: 1e-5, secondLayer });
    const found = await fixedPoint(problem, { near: "specialised" });
    expect([found.status, found.nullDirections.length]).toEqual(["degenerate", 2]);
    expect(found.message).toMatch(/^No fixed point, but a slow drift/);
    const start = { kind: "state" as const, state: found.state };
    const until = 1e4;
    const run = await integrate({ ...problem, start }, { until, save: { times: [0, until] }, rtol: 1e-10 });
    const [from, to] = [run.state(0), run.state(1)];
    const moved = Math.max(...to.Q.map((x, i) => Math.abs(x - from.Q[i])));
    expect(moved).toBeGreaterThan(1e-5);
    for (const name of ["M", "Q", "a"] as const) {
      to[name].forEach((x, i) => {
        const rate = found.nullDirections.reduce((sum, direction, e) => sum + direction[name][i] * found.drift[e], 0);
        expect(Math.abs(x - from[name][i] - until * rate)).toBeLessThan(0.05 * moved);
      });
    }
  });

  it.each([
    ["linear", 0.1],
    ["quadratic", 0.01],
    ["tanh", 0.1],
    ["softplus", 0.1],
    ["gelu", 0.1],
    [{ kind: "leaky-relu", slope: 0.2 }, 0.1],
    [{ hermite: [0, 1, 0, 0.3] }, 0.03],
  ] as const)("%j: the specialised state is where the ODE ends, near (E2)", async (activation, learningRate) => {
    const problem = base(2, 2, { activation: activation as never, learningRate, noiseVariance: 1e-4 });
    const found = await fixedPoint(problem, { near: "specialised" });
    expect(found.stable).toBe(true);
    expect(found.residual).toBeLessThan(1e-13);
    const start = { kind: "state" as const, state: { P: eye(2), M: eye(2), Q: eye(2).map((x) => 1.0001 * x) } };
    const until = 30 / -found.eigenvalues.filter(({ re }) => re < -1e-8)[0].re;
    const run = await integrate({ ...problem, start }, { until, save: { times: [until] }, rtol: 1e-9, dense: false });
    expect(Math.abs(run.risk[0] / found.risk - 1)).toBeLessThan(1e-5);
    const first = await asymptoticRisk(problem, found.state);
    expect(Math.abs(found.risk / first - 1)).toBeLessThan(0.15);
    expect(found.risk).toBeGreaterThan(first * (1 - 1e-9));
  });
});

describe("eigenvalues at a fixed point", () => {
  it("are those of Biehl & Schwarze's equations (E1) at the solution of p = k = 1", async () => {
    // dR/dt and dQ/dt of (E1) expanded at R = Q = 1: at first order in r = R - 1, q = Q - 1
    const eta = 1.3;
    const { eigenvalues } = await fixedPoint(base(1, 1, { learningRate: eta }), { near: "specialised" });
    const fR = (R: number, Q: number) =>
      ((2 * eta) / Math.PI / (1 + Q)) * ((1 + Q - R * R) / Math.sqrt(2 * (1 + Q) - R * R) - R / Math.sqrt(1 + 2 * Q));
    const fQ = (R: number, Q: number) =>
      ((4 * eta) / Math.PI / (1 + Q)) * (R / Math.sqrt(2 * (1 + Q) - R * R) - Q / Math.sqrt(1 + 2 * Q)) +
      ((4 * eta * eta) / Math.PI ** 2 / Math.sqrt(1 + 2 * Q)) *
        (Math.asin(Q / (1 + 3 * Q)) +
          Math.asin((1 + 2 * (Q - R * R)) / (2 * (1 + 2 * Q - R * R))) -
          2 * Math.asin(R / Math.sqrt(2 * (1 + 2 * Q - R * R) * (1 + 3 * Q))));
    // central differences of order four: error h^4 = 1e-12, rounding 1e-16 / h
    const h = 1e-3;
    const slope = (f: (x: number) => number) => (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
    const [a, b, c, d] = [
      slope((x) => fR(1 + x, 1)),
      slope((x) => fR(1, 1 + x)),
      slope((x) => fQ(1 + x, 1)),
      slope((x) => fQ(1, 1 + x)),
    ];
    const root = Math.sqrt((a - d) ** 2 / 4 + b * c);
    [(a + d) / 2 + root, (a + d) / 2 - root].forEach((rate, i) => {
      expect(eigenvalues[i].im).toBe(0);
      expect(Math.abs(eigenvalues[i].re - rate)).toBeLessThan(1e-10);
    });
  });

  it("are the rates at which the ODE comes back", async () => {
    const problem = base(2, 2, { noiseVariance: 0.01, secondLayer: { learningRate: 0.1 }, weightDecay: 0.001 });
    const { state, eigenvalues, stable, status } = await fixedPoint(problem, { near: "specialised" });
    expect([status, stable]).toEqual(["isolated", true]);
    const start = { kind: "state" as const, state: { ...state, M: state.M.map((x) => x * 0.999) } };
    // late enough for the slowest rate alone, early enough for rounding
    const times = [6, 8].map((e) => -e / eigenvalues[0].re);
    const run = await integrate({ ...problem, start }, { until: times[1], save: { times }, rtol: 1e-13, atol: 1e-18 });
    const [first, second] = [0, 1].map((i) => distance(run.state(i), state));
    const rate = Math.log(second / first) / (times[1] - times[0]);
    expect(Math.abs(rate / eigenvalues[0].re - 1)).toBeLessThan(0.02);
  });

  it("are no numbers of permuted students", async () => {
    const problem = base(3, 2, { noiseVariance: 0.01, start: { kind: "random", teacher: "gaussian" } });
    const there = await fixedPoint(problem, { near: "specialised", seed: 8 });
    expect(there.status).toBe("isolated");
    await expectSound(problem, there);
    const { state } = there;
    const order = [2, 0, 1];
    const moved = {
      ...state,
      M: order.flatMap((i) => [...state.M.subarray(2 * i, 2 * i + 2)]),
      Q: order.flatMap((i) => order.map((j) => state.Q[3 * i + j])),
    };
    const again = await fixedPoint(problem, { near: moved });
    expect(Math.abs(again.risk - there.risk)).toBeLessThan(1e-15);
    again.eigenvalues.forEach(({ re, im }, i) => {
      expect(Math.abs(re - there.eigenvalues[i].re)).toBeLessThan(1e-11);
      expect(Math.abs(im - there.eigenvalues[i].im)).toBeLessThan(1e-11);
    });
  });
});

describe("manifolds of solutions", () => {
  it("two students too many: w and -w, three directions without residual", async () => {
    const problem = base(4, 2);
    const found = await fixedPoint(problem, { near: "specialised" });
    await expectSound(problem, found);
    expect([found.status, found.stable, found.escapeRate]).toEqual(["degenerate", true, 0]);
    expect(found.nullDirections.length).toBe(3);
    expect(found.eigenvalues.filter(({ re }) => Math.abs(re) < 1e-10).length).toBe(3);
    for (const [i, x] of found.nullDirections.entries()) {
      // along M_3r = -M_4r and Q_33 = Q_44 = -Q_34 alone
      expect(Math.abs(x.M[4] + x.M[6]) + Math.abs(x.M[5] + x.M[7])).toBeLessThan(1e-9);
      expect(Math.abs(x.Q[10] + x.Q[11]) + Math.abs(x.Q[15] + x.Q[11])).toBeLessThan(1e-9);
      expect(Math.max(...[0, 1, 2, 3].map((e) => Math.abs(x.M[e])))).toBeLessThan(1e-9);
      for (const [j, y] of found.nullDirections.entries()) {
        let product = x.M.reduce((sum, value, e) => sum + value * y.M[e], 0);
        for (let r = 0; r < 4; r++) for (let c = r; c < 4; c++) product += x.Q[4 * r + c] * y.Q[4 * r + c];
        expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-12);
      }
    }
  });

  it("with noise their common solution is left, slowly, at a rate that goes as the noise", async () => {
    const rateAt = async (noiseVariance: number) => {
      const found = await fixedPoint(base(4, 2, { noiseVariance }), { near: "specialised" });
      expect([found.status, found.stable, found.nullDirections.length]).toEqual(["degenerate", false, 3]);
      return found.escapeRate;
    };
    await rateAt(0.01);
    const ratio = (await rateAt(1e-4)) / (await rateAt(1e-5));
    expect(Math.abs(ratio / 10 - 1)).toBeLessThan(0.01);
  });

  it("is told of a run on it, with the drift that the ODE then has", async () => {
    const problem = base(4, 2, { noiseVariance: 1e-4 });
    const run = await integrate(problem, { until: 1e4, seed: 3, save: { times: [1e4] }, dense: false });
    const found = await fixedPoint(problem, { near: run.state(0) });
    expect(found.status).toBe("degenerate");
    expect(found.message).toMatch(/^No fixed point, but a slow drift/);
    await expectSound(problem, found);
    expect(distance(run.state(0), found.state)).toBeLessThan(0.05);
    // over a time in which it moves by parts in a thousand
    const until = 3000;
    const start = { kind: "state" as const, state: found.state };
    const later = await integrate({ ...problem, start }, { until, save: { times: [0, until] }, rtol: 1e-12 });
    const [from, to] = [later.state(0), later.state(1)];
    const moved = Math.max(...to.Q.map((x, i) => Math.abs(x - from.Q[i])));
    expect(moved).toBeGreaterThan(5e-4);
    for (const name of ["M", "Q"] as const) {
      to[name].forEach((x, i) => {
        const predicted = found.nullDirections.reduce(
          (sum, direction, e) => sum + direction[name][i] * found.drift[e],
          0,
        );
        expect(Math.abs(x - from[name][i] - until * predicted)).toBeLessThan(0.05 * moved);
      });
    }
  });

  it("both layers: weights of copies, and all of students without output", async () => {
    const both = { secondLayer: { learningRate: 0.2 } };
    const specialised = await fixedPoint(base(3, 1, both), { near: "specialised" });
    const denoising = await fixedPoint(base(3, 1, both), { near: "denoising" });
    for (const found of [specialised, denoising]) {
      expect(found.status).toBe("degenerate");
      expect(found.stable).toBe(true);
      await expectSound(base(3, 1, both), found);
    }
    // a_i alone: 1 + 1 + 1 = const leaves two; and w_i against w_j under it
    const shares = denoising.nullDirections.map(({ a }) => [...a]);
    for (const [x, y, z] of shares) expect(Math.abs(x + y + z)).toBeLessThan(1e-9);
  });
});

describe("fixedPoint", () => {
  it("says where there is none", async () => {
    const problem = base(3, 3, { learningRate: 3, noiseVariance: 0.01 });
    const found = await fixedPoint(problem, { near: "specialised" });
    expect(found.status).toBe("not-found");
    expect(found.message).toMatch(/no fixed point; try/);
    expect([found.eigenvalues, found.nullDirections, found.stable]).toEqual([[], [], false]);
    expect(Number.isFinite(found.residual)).toBe(true);
  });

  it("begins at a state, with that state's teacher and second layer", async () => {
    const problem = base(2, 1);
    const aStar = [3];
    const near = {
      P: [[1.5]],
      M: [[1.4], [1.4]],
      Q: [
        [1.5, 1.3],
        [1.3, 1.5],
      ],
      a: [1.5, 1.5],
      aStar,
    };
    const found = await fixedPoint(problem, { near });
    expect(found.risk).toBeLessThan(1e-14);
    expect([...found.state.P, ...found.state.a, ...found.state.aStar]).toEqual([1.5, 1.5, 1.5, 3]);
    for (const x of found.state.M) expect(Math.abs(x - 1.5)).toBeLessThan(1e-7);
  });

  it("is aborted where it begins, and tells its end", async () => {
    const control = new AbortController();
    control.abort();
    const { status, state } = await fixedPoint(base(2), { near: "specialised", signal: control.signal });
    expect(status).toBe("aborted");
    expect([...state.M]).toEqual(eye(2));
    const told: number[] = [];
    await fixedPoint(base(2), { near: "specialised", onProgress: ({ fraction }) => told.push(fraction) });
    expect(told).toEqual([1]);
  });

  it("leaves the event loop free", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await fixedPoint(base(12, 4, { noiseVariance: 0.01 }), { near: "specialised" });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it("refuses what it cannot do with a sentence", async () => {
    const call = (problem: Partial<ProblemInput>, options: object = {}) =>
      fixedPoint(base(2, 2, problem), { near: "symmetric", ...options } as never);
    await expectError(() => call({ inputs: { spectrum: [{ variance: 1, multiplicity: 1e6 }] } }), "unsupported");
    const schedule = { times: [0, 1], values: [1, 0.1] };
    await expectError(() => call({ learningRate: schedule }), "unsupported", /schedule/);
    await expectError(() => call({ secondLayer: { learningRate: schedule } }), "unsupported", /schedule/);
    await expectError(() => call({}, { near: "specialized" }), "invalid-argument", /"specialised", "denoising"/);
    await expectError(() => call({}, { near: undefined }), "invalid-argument", /near is undefined/);
    await expectError(() => call({}, { terms: "noise" }), "invalid-argument", /terms/);
    await expectError(() => call({}, { tolerance: 1 }), "invalid-argument", /no option "tolerance"/);
    const indefinite = { P: eye(2), M: [2, 0, 0, 2], Q: eye(2) };
    await expectError(() => call({}, { near: indefinite }), "not-positive-semidefinite");
  });
});

it("a start beyond all bounds is not found, as an integration from it diverges", async () => {
  const state = { P: eye(2), M: [0, 0, 0, 0], Q: eye(2) };
  expect((await fixedPoint(base(2), { near: { ...state, a: [1e200, 1] } })).status).toBe("not-found");
  await expect(fixedPoint(base(2), { near: { ...state, Q: eye(2).map((x) => 1e150 * x) } })).rejects.toThrow(
    "state holds 1e+150; allowed: finite numbers, below 1e12 in size.",
  );
});

it("refuses widths whose eigenvalues take hours, and hears an abort within wide systems", async () => {
  await expect(fixedPoint(base(200, 2), { near: "specialised" })).rejects.toThrow(
    /20500 unknowns, whose eigenvalues take about \d+ hours; allowed: up to 4000 unknowns\. Try .*steady-state/,
  );
  await expect(maximalLearningRate(base(200, 2))).rejects.toThrow(/20500 unknowns/);
  const found = await fixedPoint(base(48, 2), { near: "specialised", signal: AbortSignal.timeout(100) });
  expect(found.status).toBe("aborted");
});

it("without label noise a manifold of solutions stands still: rounding in its rates makes nothing unstable", async () => {
  const found = await fixedPoint(base(3, 1, { activation: "tanh" }), { near: "specialised" });
  expect(found).toMatchObject({ status: "degenerate", stable: true, escapeRate: 0 });
  expect(found.nullDirections.length).toBe(2);
});
