// The parts of leaky ReLU's right-hand side at a covariance, from the bare core.
import type { Core } from "./core.js";
import { loadStreams } from "./streams.js";

export interface Fields {
  /** Covariance of all fields, teacher rows first. */
  Omega: number[][];
  k: number;
  c: number[];
  teacher?: number;
  student?: number;
  Delta?: number;
}

export interface Parts {
  /** p x p, both triangles. */
  N: number[][];
  /** E[s' s'] of students, p x p. */
  B: number[][];
  h: number[][];
  sig: number[];
}

/** Evaluates the parts in room for up to `largest` fields. */
export function reluParts(core: Core, largest = 12): (fields: Fields) => Parts {
  const { exports, memory } = core;
  exports.initialisePathNodes();
  const [O, c, h, sig, N, B] = [largest ** 2, largest, largest ** 2, largest, largest ** 2, largest ** 2].map((n) =>
    core.f64(n + largest),
  );
  const table = exports.arenaAllocate(exports.reluTableBytes(largest));
  const work = exports.arenaAllocate(exports.reluNoiseBytes(largest));
  return ({ Omega, k, c: weights, teacher = 0, student = 0, Delta = 0 }) => {
    const m = Omega.length;
    const p = m - k;
    const even = m + (m % 2);
    if (m > largest) throw new RangeError(`${m} fields; room for ${largest}`);
    const rows = new Float64Array(memory.buffer, O, m * even).fill(0);
    Omega.forEach((row, i) => rows.set(row, i * even));
    new Float64Array(memory.buffer, c, m).set(weights);
    exports.reluTabulate(O, 8 * even, m, table);
    exports.reluDrift(O, 8 * even, c, k, p, teacher, student, table, h);
    exports.reluSecondLayerDrift(O, 8 * even, c, k, p, teacher, student, table, sig);
    exports.reluNoisePairs(8 * even, c, k, p, teacher, student, Delta, table, work, N);
    exports.reluSlopeProducts(8 * even, k, p, student, table, B);
    const drift = core.read(h, p * even);
    const students = Array.from({ length: p }, (_, i) => i);
    const symmetric = (address: number) => {
      const upper = core.read(address, (p * (p + 1)) / 2);
      const entry = (i: number, j: number) => upper[(i * (2 * p - i - 1)) / 2 + j];
      return students.map((i) => students.map((j) => entry(Math.min(i, j), Math.max(i, j))));
    };
    return {
      N: symmetric(N),
      B: symmetric(B),
      h: students.map((i) => [...drift.subarray(i * even, i * even + m)]),
      sig: [...core.read(sig, p)],
    };
  };
}

/** (sum |c| r)^2, which bounds E[e^2] of a noiseless residual e: the scale of N's terms. */
export function scaleOf({ Omega, c, Delta = 0 }: Fields): number {
  return c.reduce((sum, value, i) => sum + Math.abs(value) * Math.sqrt(Omega[i][i]), 0) ** 2 + Delta;
}

export function gram(vectors: number[][]): number[][] {
  return vectors.map((u) => vectors.map((v) => u.reduce((sum, x, i) => sum + x * v[i], 0)));
}

/** sin of the angle of two fields; 1 where one is zero. */
export function sine(Omega: number[][], i: number, j: number): number {
  if (Omega[i][i] * Omega[j][j] === 0) return 1;
  const rho = Omega[i][j] / Math.sqrt(Omega[i][i] * Omega[j][j]);
  return Math.sqrt(Math.max(0, (1 - rho) * (1 + rho)));
}

/**
 * What rounding leaves of N_ij in units of `scaleOf`. Correlations are known to 7e-16 (half an ulp each from three entries of Omega, two
 * roots, two quotients and a product), N_ij moves by less than (2 / pi) / S_ij of the scale with rho_ij and by less than the scale with
 * all else; sums of some 100 terms.
 */
export function rounding(Omega: number[][], i: number, j: number): number {
  return i === j ? 1e-15 : 1e-15 + 5e-16 / Math.max(1e-8, sine(Omega, i, j));
}

export const ones = (n: number) => new Array<number>(n).fill(1);
export const combine = (a: number[], t: number, b: number[]) => a.map((x, i) => x + t * b[i]);

/** Normals of a seed, new ones with each call. */
export function drawing(seed: number) {
  const stream = loadStreams().stream(seed, 4);
  let block = 0;
  const normals = (count: number) => stream.normals(block++, 4 * Math.ceil(count / 4)).slice();
  /** So many vectors, `scales` of their components. */
  const draw = (count: number, scales: number[]): number[][] => {
    const d = scales.length;
    const all = normals(count * d);
    return Array.from({ length: count }, (_, i) => scales.map((s, j) => s * all[i * d + j]));
  };
  return { normals, draw };
}
