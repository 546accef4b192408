// Activations and their slopes, by name, on vectors of every length.
import { describe, expect, test } from "vitest";
import { createEngine } from "../../src/index.js";
import { expectSameBits } from "../support/bits.js";
import { type Core, loadCore } from "../support/core.js";
import { incompleteGamma } from "../support/statistics.js";

const targets = { release: loadCore("release"), debug: loadCore("debug") };
for (const core of Object.values(targets)) core.exports.initialise();

const x = Float64Array.of(0, -0, 1, -1, 0.3, -0.7, 2.5, -3.25, 1e-300, -1e-9, 5.5, -8, 40, -1e5, 1e-3, 0.9999, -2);

function activate(core: Core, code: number, fields: ArrayLike<number>): { s: Float64Array; ds: Float64Array } {
  const n = fields.length;
  const room = n + (n % 2);
  const [s, ds] = [core.f64(room + 2), core.f64(room + 2)];
  for (const at of [s, ds]) new Float64Array(core.memory.buffer, at, room + 2).fill(777);
  core.exports.activate(code, core.f64([...Array.from(fields), 0]), s, ds, n);
  for (const at of [s, ds]) expect([...core.read(at + 8 * room, 2)], "beyond the vector").toEqual([777, 777]);
  return { s: core.read(s, n), ds: core.read(ds, n) };
}

const erf = (z: number) => Math.sign(z) * incompleteGamma(0.5, (z * z) / 2)[0];
const definitions: [name: string, s: (z: number) => number, ds: (z: number) => number, tolerance: number][] = [
  // the reference's incomplete gamma is good to some 1e-15; s' beyond 8.5 is held at 3e-16
  ["erf", erf, (z) => Math.sqrt(2 / Math.PI) * Math.exp((-z * z) / 2), 3e-15],
  ["relu", (z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0), 0],
  ["linear", (z) => z, () => 1, 0],
  ["quadratic", (z) => z * z, (z) => 2 * z, 0],
];

describe.each(definitions)("%s", (name, s, ds, tolerance) => {
  const code = definitions.findIndex(([other]) => other === name);

  test("values and slopes", () => {
    const got = activate(targets.release, code, x);
    x.forEach((z, i) => {
      expect(Math.abs(got.s[i] - s(z))).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(got.ds[i] - ds(z))).toBeLessThanOrEqual(tolerance);
    });
  });

  test("each length up to 17 gives the same bits, in both builds", () => {
    const all = activate(targets.release, code, x);
    for (let n = 0; n <= x.length; n++) {
      for (const core of Object.values(targets)) {
        const part = activate(core, code, x.subarray(0, n));
        expectSameBits(part.s, all.s.subarray(0, n));
        expectSameBits(part.ds, all.ds.subarray(0, n));
      }
    }
  });

  test("the slope is the derivative", () => {
    const h = 2 ** -20;
    const z = Float64Array.of(-2.3, -1.1, -0.4, 0.2, 0.9, 1.7);
    const [above, below, here] = [z.map((v) => v + h), z.map((v) => v - h), z].map((v) =>
      activate(targets.release, code, v),
    );
    // central differences: h^2 / 6 of a third derivative below 1, and rounding 2^-52 / h
    here.ds.forEach((slope, i) => expect(Math.abs((above.s[i] - below.s[i]) / (2 * h) - slope)).toBeLessThan(2e-9));
  });

  test("NaN gives NaN or 0, never another number's value", () => {
    const { s: values } = activate(targets.release, code, [Number.NaN, 1]);
    expect(Number.isNaN(values[0]) || (name === "relu" && values[0] === 0)).toBe(true);
    expect(values[1]).toBe(activate(targets.release, code, [1]).s[0]);
  });
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
