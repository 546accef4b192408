// Hermite coefficients of smooth activations against quadrature at 40 digits (test/fixtures/make-expansion.py), and Gauss rules against their moments.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codeOf } from "../support/activations.js";
import { loadCore } from "../support/core.js";

const core = loadCore("release");
const { exports: e, f64, read } = core;
interface Entry {
  activation: "tanh" | "logistic" | "softplus" | "gelu";
  w: number;
  sigma: string;
  n: number[];
  kappa: string[];
}
const fixture: Entry[] = JSON.parse(readFileSync(new URL("../fixtures/expansion.json", import.meta.url), "utf8"));

test.each(fixture.map((entry) => [entry.activation, entry.w, entry] as const))(
  "%s at w = %d: sigma_0 and kappa_n to 2e-15",
  (activation, w, entry) => {
    const terms = 64;
    const out = f64(2 + 2 * terms);
    e.expand(codeOf(core, activation), w, terms, terms, out);
    const values = read(out, 2 + 2 * terms);
    expect(Math.abs(values[0] - Number(entry.sigma))).toBeLessThanOrEqual(2e-15 * Math.max(1, Math.abs(values[0])));
    entry.n.forEach((n, q) => {
      const got = values[2 + (n % 2) * terms + (n >> 1)];
      expect(Math.abs(got - Number(entry.kappa[q])), `kappa_${n}`).toBeLessThanOrEqual(2e-15);
    });
  },
);

describe("Gauss rules integrate what they should", () => {
  test("Legendre, on [0, 1]: x^d to 2e-14 for d < 2 n", () => {
    for (const n of [1, 2, 5, 20, 40]) {
      const [nodes, beta, weights] = [f64(n), f64(n), f64(n)];
      e.legendre(n, 0, 1, nodes, beta, weights);
      const [x, v] = [read(nodes, n), read(weights, n)];
      for (let d = 0; d < 2 * n; d++) {
        const sum = x.reduce((total, node, i) => total + v[i] * node ** d, 0);
        expect(Math.abs(sum * (d + 1) - 1), `${n} nodes, x^${d}`).toBeLessThanOrEqual(2e-14 * Math.max(1, d / 4));
      }
    }
  });

  test("Hermite: normalised polynomials are orthonormal to 1e-13", () => {
    for (const n of [2, 7, 20, 29, 44]) {
      const [nodes, beta, weights] = [f64(n), f64(n), f64(n)];
      e.hermite(n, nodes, beta, weights);
      const [x, v] = [read(nodes, n), read(weights, n)];
      const h = Array.from(x, (z) => {
        const values = [1, z];
        for (let d = 1; d + 1 < n; d++) values.push((z * values[d] - Math.sqrt(d) * values[d - 1]) / Math.sqrt(d + 1));
        return values;
      });
      for (let a = 0; a < n; a++) {
        for (let b = 0; b <= a; b++) {
          const sum = h.reduce((total, values, i) => total + v[i] * values[a] * values[b], 0);
          expect(Math.abs(sum - (a === b ? 1 : 0)), `${n}: ${a}, ${b}`).toBeLessThanOrEqual(1e-13);
        }
      }
    }
  });
});

describe("slopes are the mixtures that they are taken for", () => {
  const slopes = {
    tanh: (x: number) => 1 / Math.cosh(x) ** 2,
    logistic: (x: number) => 1 / (2 + 2 * Math.cosh(x)),
    softplus: (x: number) => 1 / (1 + Math.exp(-x)),
  };
  test.each(Object.entries(slopes))(
    "%s, by twenty terms for variances of order 1, at |x| < 3 to 1e-9",
    (name, slope) => {
      const [record, rule] = [f64(256), f64(44)];
      e.describeSlope(codeOf(core, name as "tanh"), record);
      const counts = e.slopeRule(record, 1, 20, rule);
      const [even, odd] = [counts & 255, counts >> 8];
      const [rates, weights] = [read(rule, 22), read(rule + 176, 22)];
      for (const x of [-3, -1.3, -0.2, 0, 0.5, 2]) {
        let sum = 0;
        for (let r = 0; r < even + odd; r++) sum += weights[r] * Math.exp(-rates[r] * x * x) * (r < even ? 1 : x);
        expect(Math.abs(sum - slope(x)), `${x}`).toBeLessThanOrEqual(1e-9);
      }
    },
  );
});
