// The estimate of N from points: against exact noise matrices, its error bar, and that it moves smoothly.
import { describe, expect, test } from "vitest";
import type { ActivationInput } from "../../src/index.js";
import { codeOf } from "../support/activations.js";
import { loadCore } from "../support/core.js";
import { partsBy } from "../support/parts.js";
import { loadStreams } from "../support/streams.js";

const core = loadCore("release");
const { exports: e, memory, read } = core;
const normals = loadStreams().stream(31, 7);
let block = 0;

interface State {
  omega: number[][];
  c: number[];
}

/** A random covariance of m fields: rows of 2 m normals. */
function draw(m: number, k: number): State {
  const all = normals.normals(block++, 4 * Math.ceil((2 * m * m + m) / 4));
  const row = (i: number) => Array.from({ length: 2 * m }, (_, j) => all[2 * m * i + j]);
  const rows = Array.from({ length: m }, (_, i) => row(i));
  const omega = rows.map((u) => rows.map((v) => u.reduce((sum, x, i) => sum + (x * v[i]) / (2 * m), 0)));
  return { omega, c: Array.from({ length: m }, (_, i) => all[2 * m * m + i] * (i < k ? 1 : -1)) };
}

function estimator(student: ActivationInput, teacher: ActivationInput, p: number, k: number, points: number) {
  const m = p + k;
  const even = m + (m % 2);
  const work = e.arenaAllocate(e.quasiRandomBytes(p, k, points));
  e.quasiRandomPrepare(work, p, k, codeOf(core, student), codeOf(core, teacher), points);
  const pairs = (p * (p + 1)) / 2;
  const [O, weights, out] = [m * even, even, pairs].map((n) => core.f64(n));
  return ({ omega, c }: State, Delta = 0) => {
    const rows = new Float64Array(memory.buffer, O, m * even).fill(0);
    omega.forEach((row, i) => {
      rows.set(row, i * even);
    });
    new Float64Array(memory.buffer, weights, m).set(c);
    const error = e.quasiRandomNoise(work, O, 8 * even, weights, Delta, out);
    return { N: [...read(out, pairs)], error };
  };
}

const CUBIC: ActivationInput = { hermite: [0.1, 0.2, 0.3, 0.1] };
const families = [
  ["erf", "erf", "generic"],
  ["tanh", "gelu", "generic"],
  ["linear", "quadratic", "polynomial"],
  [CUBIC, CUBIC, "polynomial"],
] as const;

describe.each(families.map(([s, t, family]) => [JSON.stringify(s), JSON.stringify(t), s, t, family] as const))(
  "student %s of %s",
  (_, __, student, teacher, family) => {
    test("one student: the error is t-distributed with 7 degrees of freedom", () => {
      // |t| > 12 has probability 6.4e-6, so one of 20 has 1.3e-4 whatever their dependence; |t| < 0.01 in half of them does not happen by chance either
      const sizes: number[] = [];
      for (let turn = 0; turn < 20; turn++) {
        const k = 1 + (turn % 5);
        const state = draw(1 + k, k);
        const { N, error } = estimator(student, teacher, 1, k, 2048)(state, 0.1);
        const exact = partsBy(core, family, { student, teacher, omega: state.omega, k, c: state.c, Delta: 0.1 }).N[0];
        sizes.push(Math.abs(N[0] - exact) / (error * N[0]));
      }
      sizes.sort((a, b) => a - b);
      expect(sizes[19]).toBeLessThan(12);
      expect(sizes[10]).toBeGreaterThan(0.05);
    });

    test("more points, less error: 256 times as many, a tenth of it at most, at p = 3, k = 2", () => {
      const state = draw(5, 2);
      const exact = partsBy(core, family, { student, teacher, omega: state.omega, k: 2, c: state.c, Delta: 0.1 }).N;
      const scale = Math.max(...exact.map(Math.abs));
      const [few, many] = [128, 32768].map((points) => estimator(student, teacher, 3, 2, points)(state, 0.1));
      const off = ({ N }: { N: number[] }) => Math.max(...N.map((v, q) => Math.abs(v - exact[q]))) / scale;
      expect(many.error).toBeLessThan(few.error / 10);
      expect(off(many)).toBeLessThan(12 * many.error);
    });
  },
);

test("a function of the state: the same bits again, and smooth", () => {
  const noise = estimator("tanh", "tanh", 6, 2, 512);
  const state = draw(8, 2);
  const first = noise(state).N;
  expect(noise(state).N).toEqual(first);
  // second differences fall as the square of the step
  const direction = draw(8, 2).omega;
  const along = (t: number) =>
    noise({ omega: state.omega.map((row, i) => row.map((v, j) => v + t * direction[i][j])), c: state.c }).N;
  const second = (t: number) => {
    const [up, down] = [along(t), along(-t)];
    return Math.max(...first.map((v, q) => Math.abs(up[q] - 2 * v + down[q])));
  };
  const ratio = second(2e-3) / second(1e-3);
  expect(ratio).toBeGreaterThan(3.9);
  expect(ratio).toBeLessThan(4.1);
});

test("singular covariances: equal students have equal entries, and one of variance 0 is no trouble", () => {
  const { omega, c } = draw(5, 2);
  const from = [0, 1, 2, 2, 3];
  const twice = { omega: from.map((i) => from.map((j) => omega[i][j])), c };
  const { N } = estimator("tanh", "relu", 3, 2, 256)(twice);
  // pairs 00 01 02 11 12 22
  expect(N[1]).toBe(N[0]);
  expect(N[3]).toBe(N[0]);
  expect(N[4]).toBe(N[2]);
  const still = { omega: omega.map((row, i) => row.map((v, j) => (i === 3 || j === 3 ? 0 : v))), c };
  expect(estimator("tanh", "relu", 3, 2, 256)(still).N.every(Number.isFinite)).toBe(true);
});

test("x = ReLU(x) - ReLU(-x): the points cannot tell", () => {
  const { omega, c } = draw(4, 2);
  const from = [0, 0, 1, 2, 3];
  const sign = [1, -1, 1, 1, 1];
  const bent = {
    omega: from.map((i, u) => from.map((j, v) => omega[i][j] * sign[u] * sign[v])),
    c: from.map((i, u) => c[i] * sign[u]),
  };
  // a teacher of two ReLU and one that is off: c_1 = 0
  bent.c[2] = 0;
  const { N, error } = estimator("erf", "relu", 2, 3, 8192)(bent);
  const exact = partsBy(core, "generic", {
    student: "erf",
    teacher: "linear",
    omega,
    k: 2,
    c: [c[0], 0, c[2], c[3]],
  }).N;
  N.forEach((v, q) => {
    expect(Math.abs(v - exact[q]) / Math.sqrt(exact[0] * exact[2])).toBeLessThan(12 * error);
  });
});
