// The parts of the right-hand side at a covariance by a family of integrals, from the bare core.
import type { ActivationInput } from "../../src/index.js";
import { codeOf } from "./activations.js";
import type { Core } from "./core.js";

export interface Problem {
  student: ActivationInput;
  teacher: ActivationInput;
  /** Covariance of all fields, teacher rows first. */
  omega: number[][];
  k: number;
  c: number[];
  Delta?: number;
}

export interface Values {
  /** Pairs i <= j. */
  N: number[];
  /** What N's own estimate says of its relative error; 0 of exact ones. */
  error: number;
  /** dN(tau Omega) / dtau. */
  scaling: number[];
  slopeProducts: number[];
  h: number[][];
  sig: number[];
}

export type Family = "generic" | "polynomial";

/** All parts by one family. Memory is given back. */
export function partsBy(core: Core, family: Family, problem: Problem, tolerance = 1e-10, withScaling = false): Values {
  const { student, teacher, omega, k, c: weights, Delta = 0 } = problem;
  const { exports: e, memory, read } = core;
  const m = omega.length;
  const p = m - k;
  const even = m + (m % 2);
  const blocks: number[] = [];
  const reserve = (bytes: number) => {
    const block = e.arenaAllocate(bytes + 128);
    blocks.push(block);
    return Math.ceil(block / 64) * 64;
  };
  const same = JSON.stringify(student) === JSON.stringify(teacher);
  const s = codeOf(core, student);
  const t = same ? s : codeOf(core, teacher);
  const work = reserve(e[`${family}Bytes`](p, k, s, t));
  e[`${family}Prepare`](work, p, k, s, t, tolerance);
  const pairs = (p * (p + 1)) / 2;
  const [O, c, out, scaling, products, h, sig] = [m * even, even, pairs, pairs, pairs, p * even, p].map((n) =>
    reserve(8 * n),
  );
  const rows = new Float64Array(memory.buffer, O, m * even).fill(0);
  omega.forEach((row, i) => {
    rows.set(row, i * even);
  });
  new Float64Array(memory.buffer, c, even).fill(0).set(weights);
  const stride = 8 * even;
  const error = e[`${family}Noise`](work, O, stride, c, Delta, out) ?? 0;
  if (withScaling) e[`${family}NoiseScaling`](work, O, stride, c, Delta, scaling);
  e[`${family}SlopeProducts`](work, O, stride, products);
  e[`${family}Drift`](work, O, stride, c, h);
  e[`${family}SecondLayerDrift`](work, O, stride, c, sig);
  const drift = read(h, p * even);
  const values = {
    N: [...read(out, pairs)],
    error,
    scaling: [...read(scaling, pairs)],
    slopeProducts: [...read(products, pairs)],
    h: Array.from({ length: p }, (_, i) => [...drift.subarray(i * even, i * even + m)]),
    sig: [...read(sig, p)],
  };
  for (const block of blocks) e.arenaFree(block);
  return values;
}

/** Omega of P, M, Q as the vectors name them. */
export function omegaOf({ T, M, Q }: { T: number[][]; M: number[][]; Q: number[][] }): number[][] {
  return [...T.map((row, r) => [...row, ...M.map((line) => line[r])]), ...M.map((row, i) => [...row, ...Q[i]])];
}

/** Largest difference over the largest of the reference. */
export function apart(got: number[], reference: number[]): number {
  const size = Math.max(...reference.map(Math.abs));
  const largest = Math.max(...got.map((x, i) => Math.abs(x - reference[i])));
  return Number.isNaN(largest) || got.length !== reference.length ? Infinity : largest / (size || 1);
}
