// The random orthonormal frame of a start: orthonormal, uniformly distributed, and the weights in it have the Gram matrix of their factor.
import { describe, expect, test } from "vitest";
import { loadCore } from "../support/core.js";
import { expectPlausible, meanP } from "../support/statistics.js";

const targets = { release: loadCore("release"), debug: loadCore("debug") };
for (const core of Object.values(targets)) core.exports.initialise();

/** Rows of W = L F as explicit vectors. */
function realise(target: keyof typeof targets, seed: number, L: number[][], d: number, single = false): number[][] {
  const core = targets[target];
  const { exports, memory } = core;
  const [rows, rank] = [L.length, L[0].length];
  const fBytes = Math.ceil((8 * d) / 64) * 64;
  const rowBytes = Math.ceil((d * (single ? 4 : 8)) / 64) * 64;
  const [key, generator, factor] = [core.f64(16), core.f64(16), core.f64(L.flat())];
  const [F, W] = [core.f64((rank * fBytes) / 8 + 8), core.f64((rows * rowBytes) / 8)];
  exports.makeKey(key, seed, 0, 2);
  const sum = core.f64(fBytes / 8);
  for (let i = 0; i < rank; i++) exports.frameRow(key, generator, F, fBytes, d, i, i);
  for (let i = 0; i < rows; i++) {
    exports.frameWeights(factor + 8 * i * rank, rank, F, fBytes, sum, W + i * rowBytes, d, single ? 1 : 0);
  }
  const all = Array.from({ length: rows }, (_, i) => {
    const View = single ? Float32Array : Float64Array;
    const row = Array.from(new View(memory.buffer, W + i * rowBytes, rowBytes / (single ? 4 : 8)));
    expect(
      row.slice(d).every((x) => x === 0),
      "padding",
    ).toBe(true);
    return row.slice(0, d);
  });
  for (const block of [key, generator, factor, F, W, sum]) exports.arenaFree(block);
  return all;
}

const identity = (rank: number) =>
  Array.from({ length: rank }, (_, i) => Array.from({ length: rank }, (_, j) => (i === j ? 1 : 0)));
const dot = (u: number[], v: number[]) => u.reduce((sum, x, i) => sum + x * v[i], 0);

describe.each([
  [1, 1],
  [3, 3],
  [3, 4],
  [5, 5],
  [6, 37],
  [20, 20],
  [12, 64],
  [7, 1000],
])("%d rows in %d dimensions", (rank, d) => {
  test("orthonormal to 1e-15 a pair", () => {
    const F = realise("release", 3, identity(rank), d);
    F.forEach((u, i) => {
      // each entry of a row is rounded: |u|^2 = 1 up to a few 2^-53, whatever d
      F.forEach((v, j) =>
        expect(Math.abs(dot(u, v) - (i === j ? 1 : 0))).toBeLessThan(1e-15 * Math.max(1, Math.sqrt(d) / 8)),
      );
    });
  });

  test("the debug build gives the same bits", () => {
    expect(realise("debug", 4, identity(rank), d)).toEqual(realise("release", 4, identity(rank), d));
  });
});

test("W W^T = L L^T, in f64 and f32", () => {
  const L = [
    [1, 0, 0],
    [0.3, 0.8, 0],
    [-0.2, 0.5, 1.4],
    [0.1, 0, -0.6],
    [0, 0, 0],
  ];
  for (const [single, tolerance] of [
    [false, 2e-15],
    [true, 1e-6],
  ] as const) {
    const W = realise("release", 5, L, 101, single);
    L.forEach((u, i) => L.forEach((v, j) => expect(Math.abs(dot(W[i], W[j]) - dot(u, v))).toBeLessThan(tolerance)));
  }
});

test("uniform: moments of the frame's entries over 20000 seeds are those of the Haar measure (1e-6)", () => {
  const [rank, d, count] = [3, 5, 20000];
  const observe = ([u, v, w]: number[][]) => ({
    "first of row 1": u[0],
    "last of row 3": w[4],
    square: d * v[2] ** 2,
    // E[u_j^4] = 3 / (d (d + 2)), E[u_1^2 u_2^2] = 1 / (d (d + 2)), E[u_1 v_1 u_2 v_2] = -1 / ((d - 1) d (d + 2)),
    // E[u_1^2 v_1^2] = 1 / (d (d + 2)), E[u_1^2 v_2^2] = (d + 1) / ((d - 1) d (d + 2))
    "fourth power": (d * (d + 2) * w[1] ** 4) / 3,
    "squares in a row": d * (d + 2) * u[0] ** 2 * u[1] ** 2,
    "squares in a column": d * (d + 2) * u[0] ** 2 * v[0] ** 2,
    "squares aslant": (((d - 1) * d * (d + 2)) / (d + 1)) * v[0] ** 2 * w[1] ** 2,
    "a square of four": -(d - 1) * d * (d + 2) * u[3] * w[3] * u[4] * w[4],
  });
  const exact: Record<string, number> = { "first of row 1": 0, "last of row 3": 0 };
  const samples: Record<string, Float64Array> = {};
  for (let seed = 0; seed < count; seed++) {
    for (const [name, value] of Object.entries(observe(realise("release", seed, identity(rank), d)))) {
      samples[name] ??= new Float64Array(count);
      samples[name][seed] = value;
    }
  }
  expectPlausible(
    Object.fromEntries(Object.entries(samples).map(([name, sample]) => [name, meanP(sample, exact[name] ?? 1)])),
  );
});
