// Chi and gamma variates: Marsaglia & Tsang's very numbers from a sampler written again, and the law at shapes from 1/4 to 5e19.
import { describe, expect, test } from "vitest";
import {
  expectPlausible,
  incompleteGamma,
  kolmogorovP,
  meanP,
  normalCdf,
  normalTwoSided,
} from "../support/statistics.js";
import { makeKey, scalarOf } from "../support/stream-reference.js";
import { loadStreams } from "../support/streams.js";
import { gammaOf, makeZiggurat } from "../support/ziggurat.js";

const { stream } = loadStreams();
const ziggurat = makeZiggurat(1024);
const degrees = (nu: number, count: number) => new Float64Array(count).fill(nu);

/** digamma(x) by recurrence and its asymptotic series, 1e-13. */
function digamma(x: number): number {
  if (x < 20) return digamma(x + 1) - 1 / x;
  const z = 1 / (x * x);
  return Math.log(x) - 0.5 / x - z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z / 240)));
}

/** trigamma(x), 1e-13. */
function trigamma(x: number): number {
  if (x < 20) return trigamma(x + 1) + 1 / (x * x);
  const z = 1 / (x * x);
  return (1 + 0.5 / x + z * (1 / 6 - z * (1 / 30 - z * (1 / 42 - z / 30)))) / x;
}

test("equal to the sampler in BigInt, shapes in turn", () => {
  const shapes = [0.25, 0.5, 1, 1.5, 5, 497, 5e8];
  const nu = Float64Array.from({ length: 3500 }, (_, i) => 2 * shapes[i % shapes.length]);
  const scalar = scalarOf(makeKey(9, 2, 1), 4n);
  const got = stream(9, 2, 1).chi(4, nu);
  let worst = 0;
  nu.forEach((v, i) => {
    worst = Math.max(worst, Math.abs(got[i] / Math.sqrt(2 * gammaOf(v / 2, ziggurat, scalar)) - 1));
  });
  // normals agree to 2e-11; a boost's power U^(1/shape) is worth 1e-14
  expect(worst).toBeLessThan(3e-11);
});

test("0 degrees of freedom and fewer give 0", () => {
  expect([...stream(1).chi(0, [0, -0, -1])]).toEqual([0, 0, 0]);
});

test("a variate is positive and finite at every shape", () => {
  const nu = Float64Array.from({ length: 20000 }, (_, i) => 10 ** (-1.5 + (22 * i) / 20000));
  const chi = stream(2).chi(0, nu);
  expect(chi.every((x) => x > 0 && Number.isFinite(x))).toBe(true);
});

describe.each([0.5, 1, 1.5, 5, 497])("Gamma(%f), 5e5 draws", (shape) => {
  const draw = () =>
    stream(20, 0, 1)
      .chi(Math.round(shape * 2), degrees(2 * shape, 5e5))
      .map((chi) => (chi * chi) / 2);

  test("moments 1 to 3 and those of the logarithm (1e-6)", () => {
    const draws = draw();
    const n = draws.length;
    const sums = new Float64Array(4);
    let logs = 0;
    let squares = 0;
    for (const g of draws) {
      // scaled by the mean, so that powers stay small
      let power = 1;
      for (let r = 1; r <= 3; r++) sums[r] += power *= g / shape;
      const log = Math.log(g) - digamma(shape);
      logs += log;
      squares += log * log;
    }
    /** E[(g / a)^r] */
    const moment = (r: number) => {
      let product = 1;
      for (let i = 0; i < r; i++) product *= (shape + i) / shape;
      return product;
    };
    const p: Record<string, number> = {};
    for (let r = 1; r <= 3; r++) {
      p[`moment ${r}`] = normalTwoSided((sums[r] / n - moment(r)) / Math.sqrt((moment(2 * r) - moment(r) ** 2) / n));
    }
    p["mean of logarithms"] = normalTwoSided(logs / Math.sqrt(n * trigamma(shape)));
    // the fourth cumulant of log g is psi'''(a), from differences of trigamma
    const h = 1e-3 * shape;
    const psi3 = (trigamma(shape + h) - 2 * trigamma(shape) + trigamma(shape - h)) / (h * h);
    const variance = psi3 + 2 * trigamma(shape) ** 2;
    p["variance of logarithms"] = normalTwoSided((squares / n - trigamma(shape)) / Math.sqrt(variance / n));
    expectPlausible(p);
  });

  test("Kolmogorov-Smirnov against the incomplete gamma function on 1e5 (1e-6)", () => {
    const draws = draw().slice(0, 1e5);
    expectPlausible({ ks: kolmogorovP(draws, (x) => incompleteGamma(shape, x)[0]) });
  });
});

describe.each([1e9, 1e20])("chi with %f degrees of freedom, 2e5 draws", (nu) => {
  // mean sqrt(nu - 1/2) (1 + O(nu^-2)), variance 1/2 - 1/(8 nu), skewness 1/sqrt(8 nu) < 2e-5: a normal law up to 1e-6 of probability.
  // At 1e20 the result's own grain (2e-6) and that of 1 + c x (3e-6) are far below the resolution of 2e5 draws.
  const draw = () => {
    const centre = Math.sqrt(nu - 0.5);
    return stream(30, 0, 1)
      .chi(1, degrees(nu, 2e5))
      .map((chi) => (chi - centre) * Math.SQRT2);
  };

  test("mean, variance and law (1e-6)", () => {
    const z = draw();
    expectPlausible({
      mean: meanP(z, 0),
      variance: normalTwoSided((z.reduce((sum, x) => sum + x * x, 0) / z.length - 1) / Math.sqrt(2 / z.length)),
      ks: kolmogorovP(z, normalCdf),
    });
  });
});

test("no correlation between successive variates, nor with normals of the same block under another purpose (1e-6)", () => {
  const n = 2e5;
  const chi = stream(40, 0, 1)
    .chi(0, degrees(1e9, n))
    .map((x) => (x - Math.sqrt(1e9 - 0.5)) * Math.SQRT2);
  const normals = stream(40, 0, 0).scalarNormals(0, n);
  let own = 0;
  let other = 0;
  for (let i = 1; i < n; i++) {
    own += chi[i] * chi[i - 1];
    other += chi[i] * normals[i];
  }
  expectPlausible({ own: normalTwoSided(own / Math.sqrt(n)), other: normalTwoSided(other / Math.sqrt(n)) });
});
