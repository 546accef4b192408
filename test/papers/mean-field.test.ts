// The measurements of the mean-field papers where they are fast; their claims run them at full size.
import { describe, expect, it } from "vitest";
import { integrate, meanField } from "../../src/index.js";
import { crossover } from "../../src/papers/arnaboldi-2023/crossover.js";
import { dimensionEffect } from "../../src/papers/arnaboldi-2023/dimension.js";
import { geometric, linear } from "../../src/papers/grid.js";
import { massDensity } from "../../src/papers/mean-field-2018/density.js";
import { fluctuations } from "../../src/papers/mean-field-2018/fluctuations.js";
import { globalConvergence, reluParticles } from "../../src/papers/mean-field-2018/global-convergence.js";
import { levelDifference } from "../../src/papers/mean-field-2018/levels.js";
import { stepSizes } from "../../src/papers/mean-field-2018/small-steps.js";
import { widthConvergence } from "../../src/papers/mean-field-2018/width.js";
import { particleStart } from "../../src/papers/particle-start.js";
import { shared } from "../../src/papers/shares.js";
import { exponentError, exponentOf, logarithm } from "../../src/papers/slope.js";

it("logarithms and exponents", () => {
  for (const x of [1e-300, 1e-9, 0.3, 0.71, 1, 1.4142, 2, 9.99, 1e17])
    expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThan(2e-15 * Math.max(1, Math.abs(Math.log(x))));
  expect([0, -1, Number.NaN, Number.POSITIVE_INFINITY].map(logarithm)).toEqual(
    [0, -1, Number.NaN, Number.POSITIVE_INFINITY].map(Math.log),
  );
  expect(exponentOf([1, 2, 4, 8], [3, 3 / 2, 3 / 4, 3 / 8])).toBeCloseTo(-1, 14);
  // of two points: (e1^2 + e2^2)^(1/2) / log(x2 / x1)
  expect(exponentError([2, 6], [0.03, 0.04])).toBeCloseTo(0.05 / Math.log(3), 14);
});

it("grids", () => {
  expect(geometric(3, 2, 4)).toEqual([3, 6, 12, 24]);
  expect(linear(1, 2, 5)).toEqual([1, 1.25, 1.5, 1.75, 2]);
});

it("progress of pieces is that of the whole, in parts of their costs", () => {
  const told: number[] = [];
  const [first, second] = shared({ onProgress: (fraction) => told.push(fraction) }, [3, 1]);
  for (const fraction of [0.5, 1]) first.onProgress?.(fraction);
  for (const fraction of [0, 1]) second.onProgress?.(fraction);
  expect(told).toEqual([0.375, 0.75, 0.75, 1]);
});

it("particles start with the overlaps that (F3) needs", async () => {
  const { P, M, Q } = await particleStart({ studentWidth: 6, teacherWidth: 2, types: 3, seed: 4 });
  expect(Array.from(P)).toEqual([1, 0, 0, 1]);
  expect(M.slice(6)).toEqual(M.slice(0, 6));
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      const inside = M[2 * i] * M[2 * j] + M[2 * i + 1] * M[2 * j + 1];
      expect(Q[6 * i + j]).toBeCloseTo(inside + (i === j ? 1 : 0), 14);
    }
  }
});

describe("the mean-field limit", () => {
  it("comes near as 1 / p", async () => {
    const { exponent, gap } = await widthConvergence({ widths: [10, 20, 40, 80], until: 2 });
    expect(Math.abs(exponent + 1)).toBeLessThan(0.1);
    // the last doubling is nearer to 2 than the first
    expect(Math.abs(gap[2] / gap[3] - 2)).toBeLessThan(Math.abs(gap[0] / gap[1] - 2));
  });

  it("is one flow, as particles and as order parameters", async () => {
    for (const activation of ["erf", "relu"] as const)
      expect(await levelDifference(activation, { seeds: 1 })).toBeLessThan(4e-12);
  });

  it("is reached from starts with units of each sign, p >= 6, and by few of p = 3", async () => {
    const few = await globalConvergence({ width: 3 });
    expect(few.filter(({ risks }) => risks[1] > 1e-3).length).toBeGreaterThanOrEqual(3);
    for (const rows of ["orthonormal", "random"] as const) {
      // what cannot be reached is not
      for (const { isAble, risks } of await globalConvergence({ width: 3, rows }))
        if (!isAble) expect(risks[1]).toBeGreaterThan(1e-3);
    }
    for (const width of [6, 12]) {
      for (const { risks } of await globalConvergence({ width, ableOnly: true })) {
        expect(risks[0]).toBeLessThan(2e-4);
        expect(risks[1]).toBeLessThan(1e-5);
      }
    }
  });

  it("keeps a^2 - |u|^2 of two-homogeneous units, which start with length 1 and signs", async () => {
    const { problem, isAble } = await reluParticles(7, 3, "random");
    const { a, Q, P } = (await integrate(problem, { until: 0, save: { times: [0] } })).state(0);
    const positive = a.filter((x) => x === 1).length;
    expect(positive + a.filter((x) => x === -1).length).toBe(7);
    expect(isAble).toBe(positive >= 2 && positive <= 6);
    for (let i = 0; i < 7; i++) expect(Q[8 * i]).toBeCloseTo(1, 14);
    for (let r = 0; r < 3; r++) expect(P[4 * r]).toBeCloseTo(1, 14);
    const end = (await meanField(problem, { until: 5, save: { times: [5] }, rtol: 1e-10 })).state(0);
    for (let i = 0; i < 7; i++) expect(end.a[i] ** 2 - end.Q[8 * i]).toBeCloseTo(0, 7);
  });

  it("has densities of mass that integrate to 1", async () => {
    const { problem } = await reluParticles(12, 1);
    const run = await meanField(problem, { until: 20, save: { times: [1, 20] } });
    const density = massDensity([run], 1, 0);
    const bins = density.length / 2;
    for (const column of [density.slice(0, bins), density.slice(bins)])
      expect(column.reduce((sum, x) => sum + (x * 2) / bins, 0)).toBeCloseTo(1, 12);
  });

  it("has fluctuations of order p^-1/2", async () => {
    const { widths, overlap, risk, start } = await fluctuations({ widths: [8, 16, 32, 64], replicas: 400 });
    // standard error of an exponent: (2 * 400)^-1/2 / (log 2 sqrt 5) = 0.023; corrections of order 1 / p besides. Chance of failure below 1e-3
    expect(Math.abs(exponentOf([...widths], overlap) + 0.5)).toBeLessThan(0.1);
    expect(Math.abs(exponentOf([...widths], risk) + 0.5)).toBeLessThan(0.1);
    // overlaps at the start: variance 1 / (p d); four standard errors
    start.forEach((x, i) => expect(Math.abs(x * Math.sqrt(10 * widths[i]) - 1)).toBeLessThan(4 / Math.sqrt(800)));
  });

  it("is what SGD with small steps follows: bias of order s, distance of order s^1/2 or less", async () => {
    const { bias, biasError, biasExponent, distanceExponent } = await stepSizes({
      steps: [0.8, 0.4, 0.2, 0.1],
      replicas: 100,
    });
    // four standard errors, and the next order at s = 0.8
    expect(Math.abs(biasExponent[0] - 1)).toBeLessThan(0.1 + 4 * biasExponent[1]);
    expect(distanceExponent[0]).toBeGreaterThan(0.45);
    expect(bias[3]).toBeLessThan(bias[0] / 4 + 4 * biasError[3]);
  });

  it("crosses over from steps to widths: excess risk = A s + B / p", async () => {
    const { step, width, misfit } = await crossover({ widths: [8, 16, 24], steps: [0.1, 0.05] });
    expect(step).toBeGreaterThan(0);
    expect(width).toBeGreaterThan(0);
    // next orders: 1 / p^2 beside 1 / p at p = 8, s / p beside s
    expect(misfit).toBeLessThan(0.05);
  });

  it("knows of the dimension by its start alone: order d^-1/2", async () => {
    const { dimensions, rootMeanSquare } = await dimensionEffect({ width: 10, seeds: 20, until: 2 });
    // standard error of the exponent: 40^-1/2 / (log-spread 2.7) = 0.06; four of them
    expect(Math.abs(exponentOf([...dimensions], rootMeanSquare) + 0.5)).toBeLessThan(0.24);
  });
});
