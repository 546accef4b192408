// Activations and their slopes, by name, on vectors of every length.
import { describe, expect, test } from "vitest";
import { type ActivationInput, createEngine } from "../../src/index.js";
import { codeOf, definitionOf } from "../support/activations.js";
import { expectSameBits } from "../support/bits.js";
import { type Core, loadCore } from "../support/core.js";

const targets = { release: loadCore("release"), debug: loadCore("debug") };
for (const core of Object.values(targets)) core.exports.initialise();

const x = Float64Array.of(0, -0, 1, -1, 0.3, -0.7, 2.5, -3.25, 1e-300, -1e-9, 5.5, -8, 40, -1e5, 1e-3, 0.9999, -2);

function activate(core: Core, activation: ActivationInput, fields: ArrayLike<number>) {
  const n = fields.length;
  const room = n + (n % 2);
  const [s, ds] = [core.f64(room + 2), core.f64(room + 2)];
  for (const at of [s, ds]) new Float64Array(core.memory.buffer, at, room + 2).fill(777);
  core.exports.activate(codeOf(core, activation), core.f64([...Array.from(fields), 0]), s, ds, n);
  for (const at of [s, ds]) expect([...core.read(at + 8 * room, 2)], "beyond the vector").toEqual([777, 777]);
  return { s: core.read(s, n), ds: core.read(ds, n) };
}

/** With the error of values of order 1: the references' incomplete gamma is good to some 1e-15, and the erf's slope beyond 8.5 is held at 3e-16. */
const cases: [activation: ActivationInput, tolerance: number][] = [
  ["erf", 3e-15],
  ["relu", 0],
  ["linear", 0],
  ["quadratic", 0],
  ["tanh", 1e-15],
  ["logistic", 1e-15],
  ["softplus", 1e-15],
  ["gelu", 3e-15],
  ["leaky-relu", 1e-16],
  [{ kind: "leaky-relu", slope: 0.3 }, 1e-16],
  [{ kind: "leaky-relu", slope: 0 }, 0],
  [{ kind: "leaky-relu", slope: 1 }, 0],
  [{ kind: "leaky-relu", slope: -1 }, 1e-16],
  [{ kind: "leaky-relu", slope: 1.7 }, 1e-15],
  [{ hermite: [0, 1] }, 0],
  [{ hermite: [1, 0, Math.SQRT2] }, 1e-15],
  [{ hermite: [0.3, -0.5, 0.2, 0.1] }, 1e-15],
];

describe.each(cases)("%j", (activation, tolerance) => {
  const { s, ds } = definitionOf(activation);

  test("values and slopes", () => {
    const got = activate(targets.release, activation, x);
    x.forEach((z, i) => {
      expect(Math.abs(got.s[i] - s(z)) / (1 + Math.abs(s(z)))).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(got.ds[i] - ds(z)) / (1 + Math.abs(ds(z)))).toBeLessThanOrEqual(tolerance);
    });
  });

  test("each length up to 17 gives the same bits, in both builds", () => {
    const all = activate(targets.release, activation, x);
    for (let n = 0; n <= x.length; n++) {
      for (const core of Object.values(targets)) {
        const part = activate(core, activation, x.subarray(0, n));
        expectSameBits(part.s, all.s.subarray(0, n));
        expectSameBits(part.ds, all.ds.subarray(0, n));
      }
    }
  });

  test("the slope is the derivative", () => {
    const h = 2 ** -20;
    const z = Float64Array.of(-2.3, -1.1, -0.4, 0.2, 0.9, 1.7);
    const [above, below, here] = [z.map((v) => v + h), z.map((v) => v - h), z].map((v) =>
      activate(targets.release, activation, v),
    );
    // central differences: h^2 / 6 of a third derivative below 1, and rounding 2^-52 / h
    here.ds.forEach((slope, i) => expect(Math.abs((above.s[i] - below.s[i]) / (2 * h) - slope)).toBeLessThan(2e-9));
  });

  test("NaN gives NaN or 0, never another number's value", () => {
    const { s: values } = activate(targets.release, activation, [Number.NaN, 1]);
    expect(Number.isNaN(values[0]) || (activation === "relu" && values[0] === 0)).toBe(true);
    expect(values[1]).toBe(activate(targets.release, activation, [1]).s[0]);
  });
});

describe("polynomials", () => {
  /** He_n(m / 16) 16^n, exactly. */
  function hermite(n: number, m: bigint): bigint {
    let [below, He] = [0n, 1n];
    for (let i = 0n; i < n; i++) [below, He] = [He, m * He - i * 256n * below];
    return He;
  }
  /** He_n(m / 16) / sqrt(n!), to 2^-52. */
  function normalised(n: number, m: bigint): number {
    let factorial = 1;
    for (let i = 2; i <= n; i++) factorial *= i;
    return n < 0 ? 0 : Number(hermite(n, m)) / 16 ** n / Math.sqrt(factorial);
  }

  test.each(Array.from({ length: 11 }, (_, n) => n))(
    "He_%i / sqrt(n!) to 4 units of 2^-52 of it and its neighbour",
    (n) => {
      const m = Array.from({ length: 257 }, (_, i) => BigInt(i - 128));
      const c = Array.from({ length: n + 1 }, (_, i) => (i === n ? 1 : 0));
      const { s, ds } = activate(
        targets.release,
        { hermite: c },
        m.map((v) => Number(v) / 16),
      );
      m.forEach((v, i) => {
        // two neighbours have no common zero
        const size = (k: number) => Math.abs(normalised(k, v)) + Math.abs(normalised(k - 1, v));
        expect(Math.abs(s[i] - normalised(n, v))).toBeLessThanOrEqual(4 * 2 ** -52 * size(n));
        const slope = Math.sqrt(n) * normalised(n - 1, v);
        expect(Math.abs(ds[i] - slope)).toBeLessThanOrEqual(4 * 2 ** -52 * Math.sqrt(n) * size(n - 1));
      });
    },
  );

  test("a series is the sum of its terms", () => {
    const c = [0.3, -1, 0.5, 0, 0.25, 0.1, -0.7, 0.2, 0.01, 0.3, -0.2];
    const z = x.filter((v) => Math.abs(v) < 9);
    const got = activate(targets.release, { hermite: c }, z);
    const terms = c.map((v, n) => activate(targets.release, { hermite: c.map((_, i) => (i === n ? v : 0)) }, z));
    z.forEach((_, i) => {
      const sum = (part: "s" | "ds") => terms.reduce((total, term) => total + term[part][i], 0);
      const size = (part: "s" | "ds") => terms.reduce((total, term) => total + Math.abs(term[part][i]), 1e-300);
      for (const part of ["s", "ds"] as const)
        expect(Math.abs(got[part][i] - sum(part)) / size(part)).toBeLessThan(1e-15);
    });
  });
});

test("a polynomial of degree 0 is constant", () => {
  const { s, ds } = activate(targets.release, { hermite: [0.7] }, x);
  for (const i of x.keys()) expect([s[i], ds[i]]).toEqual([0.7, 0]);
});

test("leaky ReLU of slope 1 is linear and of slope 0 ReLU", () => {
  const same = (a: ActivationInput, b: ActivationInput) => {
    const [one, other] = [activate(targets.release, a, x), activate(targets.release, b, x)];
    // + 0: a product with 0 keeps its sign
    expectSameBits(
      one.s.map((v) => v + 0),
      other.s.map((v) => v + 0),
    );
    expectSameBits(one.ds, other.ds);
  };
  same({ kind: "leaky-relu", slope: 1 }, "linear");
  same({ kind: "leaky-relu", slope: 0 }, "relu");
});

test("the names of problems are those of the core, in its order", async () => {
  const engine = await createEngine();
  const state = { P: [1], M: [0.5], Q: [1] };
  const risk = (activation: "erf" | "relu" | "linear" | "quadratic") =>
    engine.excessRisk({ inputDimension: 10, studentWidth: 1, teacherWidth: 1, activation }, state);
  // 1/2 (I2(1, 1) + I2(1, 1) - 2 I2(1, 1/2)) in closed form: (2/pi)(pi/6 - asin(1/4)), 1/2 (1 - 2 kappa_1(pi/3)), 1/2, 3 - 1.5
  expect(await risk("erf")).toBeCloseTo((2 / Math.PI) * (Math.PI / 6 - Math.asin(0.25)), 15);
  expect(await risk("relu")).toBeCloseTo(0.5 - (Math.sqrt(0.75) + 0.5 * (Math.PI - Math.PI / 3)) / (2 * Math.PI), 15);
  expect(await risk("linear")).toBeCloseTo(0.5, 15);
  expect(await risk("quadratic")).toBeCloseTo(1.5, 15);
});
