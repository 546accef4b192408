// region(): which part of the (kappa, delta) plane, its clock, and the limiting ODE of integrate().
import { describe, expect, it } from "vitest";
import { ensemble, integrate, type ProblemInput, region } from "../../src/index.js";
import { veigaProblem } from "../ode/vectors.js";
import { expectError } from "../support/errors.js";

describe("region", () => {
  it.each([
    [0, 0, "blue", 0, 1],
    [0, 0.5, "green", 0.5, 1.5],
    [0, 0.25, "green", 0.25, 1.25],
    [0, -0.375, "orange", -0.75, 0.25],
    [0, -0.25, "orange", -0.5, 0.5],
    [0.3, 0.2, "green", 0.5, 1.5],
    [0.5, -0.75, "orange", -0.5, 0.5],
  ] as const)("(%s, %s) is %s with theta %s and d^%s steps a unit of time", (kappa, delta, name, theta, exponent) => {
    const found = region(kappa, delta);
    expect(found).toMatchObject({ name, theta, samplesExponent: exponent, finiteSizeExponent: exponent / 2 });
  });

  it("decides boundaries exactly for decimals, what their own arithmetic leaves included", () => {
    expect(region(0.1 + 0.2, -0.3).name).toBe("blue");
    expect(region(0.1 + 0.2 - 0.3, 0).name).toBe("blue");
    expect(region(0.3 - 0.1 - 0.2, 0).name).toBe("blue");
    expect(region(0.1, -0.6).name).toBe("red");
    expect(region(0.3 - 0.1, 0.1 - 0.8).name).toBe("red");
    expect(region(1e-12, 0).name).toBe("green");
    expect(region(0, -1e-12).name).toBe("orange");
    expect(region(0, -0.499999999999).name).toBe("orange");
    expect(region(0, -0.5).name).toBe("red");
    expect(region(0, -0.500000000001).name).toBe("red");
    expect(region(-0, 0).sum).toBe(0);
  });

  it.each([100, 1000, 1e6])("agrees with whole numbers on a grid of 1/%s", (n) => {
    for (let i = 0; i <= 60; i++) {
      for (let j = -80; j <= 110; j++) {
        const sum = i + j;
        const name = sum === 0 ? "blue" : sum > 0 ? "green" : 2 * sum > -n ? "orange" : "red";
        expect(region(i / n, j / n).name).toBe(name);
      }
    }
  });

  it("says what the limiting ODE keeps, and nothing in red", () => {
    expect(["blue", "green", "orange"]).toEqual([region(0, 0), region(0, 1), region(0, -0.1)].map(({ name }) => name));
    expect([region(0, 0), region(0, 1), region(0, -0.1)].map(({ terms }) => terms)).toEqual([
      "full",
      "gradient-flow",
      "noise",
    ]);
    const red = region(0.1, -0.7);
    expect(red).toMatchObject({ name: "red", theta: undefined, terms: undefined, samplesExponent: undefined });
    expect(red.meaning).toMatch(/does not vanish/);
  });

  it.each([Number.NaN, 101, "0"])("refuses %s", async (bad) => {
    await expectError(async () => region(bad as number, 0), "invalid-argument", /kappa/);
    await expectError(async () => region(0, bad as number), "invalid-argument", /delta/);
  });
});

describe("P1 and P2 through the public region limit, independent integrations to 1e-12", () => {
  it.each([
    ["P1_blue_kappa0_delta0", 0, "blue"],
    ["P2_green_kappa0_delta0.5", 0.5, "green"],
  ] as const)("%s, to 1e-8", async (name, delta, colour) => {
    const { problem, rows } = veigaProblem(name);
    const until = rows[rows.length - 1].t;
    const times = rows.map(({ t }) => t);
    const limit = { region: { kappa: 0, delta } };
    const run = await integrate(problem, { until, save: { times }, rtol: 1e-10, limit });
    expect(run.statistics).toMatchObject({ limit: "region", region: colour });
    rows.forEach((row, i) => {
      const { M, Q, risk } = run.state(i);
      expect(Math.abs(risk - row.eg)).toBeLessThan(1e-8);
      row.M.flat().forEach((x, n) => expect(Math.abs(M[n] - x)).toBeLessThan(1e-8));
      row.Q.flat().forEach((x, n) => expect(Math.abs(Q[n] - x)).toBeLessThan(1e-8));
    });
  });
});

const P = [[1]];
const state = { P, M: [[0.2], [-0.1]], Q: [1, 0.1, 0.1, 0.8] };
const base: ProblemInput = {
  inputDimension: 1e4,
  studentWidth: 2,
  teacherWidth: 1,
  scaling: "mean-field",
  learningRate: 2,
  noiseVariance: 0.1,
  start: { kind: "state", state },
};

describe("the limiting ODE", () => {
  it("is the noise alone in orange, with M frozen", async () => {
    const limit = { region: { kappa: 0, delta: -0.3 } };
    const options = { until: 1, save: { times: [0.5, 1] }, dense: false };
    const run = await integrate(base, { ...options, limit });
    const noise = await integrate(base, { ...options, terms: "noise" });
    expect(run.state(1)).toEqual(noise.state(1));
    expect([...run.state(1).M]).toEqual([0.2, -0.1]);
  });

  it("has the learning rate gamma_0 p / c where widths grow, so that SGD at d is on the region's clock", async () => {
    // kappa + delta = 1/2 at d = 6^4: s = gamma_0 d^kappa / p d^-1/2, 6^6 steps a unit of time
    const [kappa, delta, d] = [0.25, 0.25, 1296];
    const wide: ProblemInput = {
      ...base,
      inputDimension: d,
      studentWidth: 20,
      start: { kind: "denoising", perturbation: 0.5 },
    };
    const options = { until: 1, save: { times: [1] }, seed: 5 };
    const limit = await integrate(wide, { ...options, limit: { region: { kappa, delta } } });
    const flow = await integrate({ ...wide, learningRate: 2 * 6 }, { ...options, terms: "gradient-flow" });
    flow.state(0).Q.forEach((q, i) => expect(Math.abs(limit.state(0).Q[i] - q)).toBeLessThan(1e-12));
    // nu / d^(3/2) = 1 at t = nu / d = 36
    const run = await ensemble(
      { ...wide, learningRate: 2 / 6 },
      { until: 36, replicas: 16, save: { times: [36] }, seed: 5 },
    );
    // what the limit leaves out is of order d^-1/2 = 0.03; a wrong clock is off by factors of d^(1/4) = 6
    expect(Math.abs(run.mean.risk[0] / limit.risk[0] - 1)).toBeLessThan(0.1);
  });
});

describe("what has no limit is refused", () => {
  const at = (problem: ProblemInput, region: object, more = {}) =>
    integrate(problem, { until: 1, limit: { region: region as never }, ...more });
  it("red, with the reason", () =>
    expectError(() => at(base, { kappa: 0.1, delta: -0.6 }), "unsupported", /no limit.*does not vanish/));
  it("terms besides a region", () =>
    expectError(() => at(base, { kappa: 0, delta: 1 }, { terms: "full" }), "invalid-argument", /one of them/));
  it("weight decay and trained second layers outside blue", async () => {
    await expectError(() => at({ ...base, weightDecay: 0.1 }, { kappa: 0, delta: 1 }), "unsupported", /weightDecay/);
    await expectError(
      () => at({ ...base, secondLayer: { learningRate: 0.1 } }, { kappa: 0, delta: -0.1 }),
      "unsupported",
      /secondLayer/,
    );
  });
  it("growing widths that are not scaled by 1/p", () =>
    expectError(() => at({ ...base, scaling: "committee" }, { kappa: 0.1, delta: 1 }), "unsupported", /mean-field/));
  it("unknown keys and other values", async () => {
    await expectError(() => at(base, { kappa: 0, delta: 1, d: 3 }), "invalid-argument", /limit.region/);
    await expectError(() => integrate(base, { until: 1, limit: "red" as never }), "invalid-argument", /limit is "red"/);
    await expectError(() => integrate(base, { until: 1, limit: {} as never }), "invalid-argument", /limit.region/);
  });
});
