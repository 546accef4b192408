// The vectorised chi-squared variates: their law at small, large and huge degrees of freedom, and that a block is a function of its address.
import { describe, expect, test } from "vitest";
import { expectSameBits } from "../support/bits.js";
import { loadChainCore } from "../support/chain.js";
import { expectPlausible, incompleteGamma, kolmogorovP, normalCdf, normalTwoSided } from "../support/statistics.js";

const core = loadChainCore("release");
const { exports } = core;
const COUNT = 128;

/** `groups` arrays of variates from `blocks` blocks; group g has degrees - g degrees of freedom. */
function draw(degrees: number, blocks: number, groups = 1, seed = 1, from = 0): Float64Array[] {
  const key = core.f64(16);
  const generator = core.f64(16);
  const total = groups * COUNT;
  const out = core.f64(total);
  const room = core.f64(2 * total);
  exports.makeKey(key, seed, 0, 4);
  const draws = Array.from({ length: groups }, () => new Float64Array(blocks * COUNT));
  for (let block = 0; block < blocks; block++) {
    exports.fillChiSquares(key, BigInt(from + block), generator, degrees, groups, COUNT, out, room);
    const values = core.read(out, total);
    draws.forEach((group, g) => group.set(values.subarray(g * COUNT, (g + 1) * COUNT), block * COUNT));
  }
  for (const address of [room, out, generator, key]) exports.arenaFree(address);
  return draws;
}

/** P(chi^2 <= x); beyond 1e6 degrees by two terms of the Edgeworth series, good to 1 / degrees. */
function cdf(degrees: number): (x: number) => number {
  if (degrees < 1e6) return (x) => incompleteGamma(degrees / 2, x / 2)[0];
  return (x) => {
    const z = (x - degrees) / Math.sqrt(2 * degrees);
    return (
      normalCdf(z) - (Math.sqrt(8 / degrees) / 6) * (z * z - 1) * (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI))
    );
  };
}

/** p-values of mean, variance and the whole law. */
function pValues(sample: Float64Array, degrees: number): Record<string, number> {
  const n = sample.length;
  let first = 0;
  let second = 0;
  for (const x of sample) {
    const z = (x - degrees) / Math.sqrt(2 * degrees);
    first += z / n;
    second += (z * z) / n;
  }
  return {
    [`${degrees}: mean`]: normalTwoSided(first * Math.sqrt(n)),
    [`${degrees}: variance`]: normalTwoSided((second - 1) * Math.sqrt(n / (2 + 12 / degrees))),
    [`${degrees}: Kolmogorov`]: kolmogorovP(sample.slice(), cdf(degrees)),
  };
}

describe("chi-squared variates in blocks", () => {
  test("have their law at shapes 0.5 .. 5e8 (false-alarm rate 1e-6 over all)", () => {
    const all = [1, 2, 3, 4, 10, 1000, 1e9].map((degrees) => pValues(draw(degrees, 1000, 1, degrees)[0], degrees));
    expectPlausible(Object.assign({}, ...all));
  });

  test("1e20 degrees of freedom: mean and spread to what a double resolves", () => {
    const [sample] = draw(1e20, 300);
    const z = sample.map((x) => (x - 1e20) / Math.sqrt(2e20));
    const n = z.length;
    expectPlausible({
      mean: normalTwoSided(z.reduce((sum, x) => sum + x, 0) / Math.sqrt(n)),
      variance: normalTwoSided((z.reduce((sum, x) => sum + x * x, 0) / n - 1) * Math.sqrt(n / 2)),
    });
  });

  test("groups have one degree of freedom less each, down to 1, and are not correlated", () => {
    const groups = draw(4, 400, 4, 7);
    const p = groups.map((sample, g) => pValues(sample, 4 - g));
    groups.slice(1).forEach((sample, g) => {
      const n = sample.length;
      let sum = 0;
      for (let i = 0; i < n; i++)
        sum += ((sample[i] - (3 - g)) * (groups[g][i] - (4 - g))) / Math.sqrt(4 * (3 - g) * (4 - g));
      p.push({ [`groups ${g} and ${g + 1}`]: normalTwoSided(sum / Math.sqrt(n)) });
    });
    expectPlausible(Object.assign({}, ...p));
  });

  test("the law's test notices one degree of freedom too many", () => {
    expect(pValues(draw(10, 1000, 1, 10)[0], 11)["11: mean"]).toBeLessThan(1e-100);
  });

  test("a block does not depend on what was drawn before", () => {
    for (const degrees of [1, 3, 50]) {
      expectSameBits(
        draw(degrees, 5)[0].slice(3 * COUNT, 4 * COUNT),
        draw(degrees, 1, 1, 1, 3)[0],
        `${degrees} degrees`,
      );
    }
  });

  test("the acceptance bound: D (1 - e^h) <= 0.017 x^4 wherever v > 1/8, from shape 2 on; 1 - e^h <= 0.0331 x^4 for v > 0 from shape 1 on", () => {
    let tight = 0;
    let wide = 0;
    for (const shape of [1, 1.01, 1.1, 1.3, 1.6, 2, 2.05, 2.2, 2.5, 3, 4, 6, 10, 30, 100, 1e3, 1e4]) {
      const D = shape - 1 / 3;
      const c = 1 / Math.sqrt(9 * D);
      for (let x = -1 / c + 1e-3; x < 12; x += 1e-3) {
        if (Math.abs(x) < 0.05) continue; // rounding; h is -x^4 / (108 D) there
        const t = 1 + c * x;
        const h = (x * x) / 2 + D * (1 - t ** 3 + 3 * Math.log1p(c * x));
        const ratio = -Math.expm1(h) / x ** 4;
        wide = Math.max(wide, ratio);
        if (shape >= 2 && t > 0.5) tight = Math.max(tight, D * ratio);
      }
    }
    expect(tight).toBeLessThan(0.017);
    expect(tight).toBeCloseTo(0.0147, 4);
    expect(wide).toBeLessThan(0.0331);
  });
});
