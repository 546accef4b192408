// The measurements of src/papers/mean-field.ts where they are fast; claims run them at full size.
import { describe, expect, it } from "vitest";
import {
  crossover,
  fluctuations,
  globalConvergence,
  stepSizes,
  widthConvergence,
} from "../../src/papers/mean-field.js";
import { exponentOf, logarithm } from "../../src/papers/slope.js";

it("logarithms and exponents", () => {
  for (const x of [1e-300, 1e-9, 0.3, 0.71, 1, 1.4142, 2, 9.99, 1e17])
    expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThan(2e-15 * Math.max(1, Math.abs(Math.log(x))));
  expect([0, -1, Number.NaN, Number.POSITIVE_INFINITY].map(logarithm)).toEqual(
    [0, -1, Number.NaN, Number.POSITIVE_INFINITY].map(Math.log),
  );
  expect(exponentOf([1, 2, 4, 8], [3, 3 / 2, 3 / 4, 3 / 8])).toBeCloseTo(-1, 14);
});

describe("the mean-field limit", () => {
  it("comes near as 1 / p", async () => {
    const { exponent, gap } = await widthConvergence({ widths: [10, 20, 40, 80], until: 2 });
    expect(Math.abs(exponent + 1)).toBeLessThan(0.1);
    // the last doubling is nearer to 2 than the first
    expect(Math.abs(gap[2] / gap[3] - 2)).toBeLessThan(Math.abs(gap[0] / gap[1] - 2));
  });

  it("is reached from starts with enough units of each sign, p >= 6, and from few with p = 3", async () => {
    const [few] = (await globalConvergence({ widths: [3], signs: "random" })).risks;
    expect(few.filter((risks) => risks[1] > 1e-3).length).toBeGreaterThanOrEqual(3);
    for (const seeds of (await globalConvergence({ widths: [6, 12] })).risks) {
      for (const [early, late] of seeds) {
        expect(early).toBeLessThan(2e-4);
        expect(late).toBeLessThan(1e-5);
      }
    }
  });

  it("has fluctuations of order p^-1/2", async () => {
    const { overlapExponent, riskExponent } = await fluctuations({ widths: [8, 16, 32, 64], replicas: 400 });
    // standard error of an exponent: (2 * 400)^-1/2 / (log 2 sqrt 5) = 0.023; corrections of order 1 / p besides. Chance of failure below 1e-3
    expect(Math.abs(overlapExponent + 0.5)).toBeLessThan(0.1);
    expect(Math.abs(riskExponent + 0.5)).toBeLessThan(0.1);
  });

  it("is what SGD with small steps follows: bias of order s, distance of order s^1/2 or less", async () => {
    const { bias, standardError, biasExponent, distanceExponent } = await stepSizes({ steps: [0.8, 0.4, 0.2, 0.1] });
    expect(Math.abs(biasExponent - 1)).toBeLessThan(0.15);
    expect(distanceExponent).toBeGreaterThan(0.45);
    expect(bias[3]).toBeLessThan(bias[0] / 4 + 4 * standardError[3]);
  });

  it("crosses over from steps to widths: excess risk = A s + B / p", async () => {
    const { step, width, misfit } = await crossover({ widths: [8, 16, 24], steps: [0.1, 0.05] });
    expect(step).toBeGreaterThan(0);
    expect(width).toBeGreaterThan(0);
    // next orders: 1 / p^2 beside 1 / p at p = 8, s / p beside s
    expect(misfit).toBeLessThan(0.05);
  });
});
