/**
 * Where a run starts: rows of [W*; W] / sqrt d in an orthonormal frame (`factor`, rows x rank), and their Gram matrix Omega_0. Random rows come
 * from the Bartlett factor (THEORY D.3), so no start needs a d-dimensional object; theory and simulation of one seed share it.
 */
import { SgdDynamicsError } from "./errors.js";
import { choleskySemidefinite, gram } from "./linear-algebra.js";
import { assembleOmega } from "./omega.js";
import type { Parameters } from "./parameters.js";
import type { Problem } from "./problem.js";
import type { Draws } from "./wasm/draws.js";

export interface Start {
  /** k + p rows, teacher first, `rank` columns, row-major: the rows in some orthonormal frame. */
  readonly factor: Float64Array;
  readonly rank: number;
  /** (k + p) x (k + p), row-major. */
  readonly omega: Float64Array;
  readonly a: Float64Array;
  readonly aStar: Float64Array;
  /** Explicit weights in unit-norm coordinates, [W*; W] / sqrt d, (k + p) x d: only where the problem gives them. */
  readonly weights?: Float64Array;
}

export function startOf(problem: Problem, parameters: Parameters, draws: Draws): Start {
  const { start } = problem;
  const { d, p, k } = parameters;
  const m = p + k;
  if (start.kind === "state") {
    const omega = assembleOmega(start.state, p, k);
    return {
      ...withoutZeroColumns(choleskySemidefinite(omega, m), m, d),
      omega,
      ...secondLayer(start.state, parameters, "random"),
    };
  }
  if (start.kind === "weights") {
    const scale = 1 / Math.sqrt(d);
    const weights = Float64Array.from([...start.WStar, ...start.W], (w) => w * scale);
    const omega = gram(weights, m, d);
    return {
      ...withoutZeroColumns(choleskySemidefinite(omega, m), m, d),
      omega,
      weights,
      ...secondLayer(start, parameters, "random"),
    };
  }
  const rank = Math.min(m, d);
  const random = bartlett(m, rank, d, draws);
  const factor = new Float64Array(m * rank);
  const row = (i: number) => factor.subarray(i * rank, (i + 1) * rank);
  const randomRow = (i: number) => random.subarray(i * rank, (i + 1) * rank);
  for (let r = 0; r < k; r++) {
    if (start.teacher === "orthonormal") factor[r * rank + r] = 1;
    else row(r).set(randomRow(r));
  }
  for (let i = 0; i < p; i++) {
    const copied = start.kind === "denoising" ? i % k : start.kind === "informed" && i < k ? i : -1;
    const scale = start.kind === "random" ? start.scale : start.perturbation;
    const target = row(k + i);
    if (copied >= 0) target.set(row(copied));
    randomRow(k + i).forEach((value, column) => {
      target[column] += scale * value;
    });
  }
  return { factor, rank, omega: gram(factor, m, rank), ...secondLayer(start, parameters, start.kind) };
}

/**
 * The lower-trapezoidal factor of m rows of d independent N(0, 1/d) entries: normals below the diagonal, chi(d - i) on it. A row's
 * numbers do not depend on m.
 */
function bartlett(m: number, rank: number, d: number, draws: Draws): Float64Array {
  const scale = 1 / Math.sqrt(d);
  const below = draws.normals((m * (m - 1)) / 2);
  const diagonal = draws.chi(Array.from({ length: rank }, (_, i) => d - i));
  const factor = new Float64Array(m * rank);
  for (let i = 0, next = 0; i < m; i++) {
    for (let j = 0; j < i; j++, next++) if (j < rank) factor[i * rank + j] = below[next] * scale;
    if (i < rank) factor[i * rank + i] = diagonal[i] * scale;
  }
  return factor;
}

/** Second-layer weights as given, or: ones; for solutions, what makes the residual zero. */
function secondLayer(
  given: { a?: readonly number[]; aStar?: readonly number[] },
  { p, k, studentScale, teacherScale }: Parameters,
  kind: "random" | "informed" | "denoising",
): { a: Float64Array; aStar: Float64Array } {
  const aStar = Float64Array.from(given.aStar ?? new Array(k).fill(1));
  if (given.a) return { a: Float64Array.from(given.a), aStar };
  const ratio = teacherScale / studentScale;
  const a = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    if (kind === "random") a[i] = 1;
    else if (kind === "informed") a[i] = i < k ? aStar[i] * ratio : 0;
    else a[i] = (aStar[i % k] * ratio) / (Math.floor((p - 1 - (i % k)) / k) + 1);
  }
  return { a, aStar };
}

/** The factor of a state without the columns that are zero; they must fit in d dimensions. */
function withoutZeroColumns(L: Float64Array, m: number, d: number): { factor: Float64Array; rank: number } {
  const kept = Array.from({ length: m }, (_, j) => j).filter((j) => L[j * m + j] !== 0);
  const rank = Math.max(1, kept.length);
  if (rank > d) {
    throw new SgdDynamicsError(
      "invalid-problem",
      `These order parameters need ${rank} dimensions and inputDimension is ${d}; allowed: at least their rank.`,
    );
  }
  const factor = new Float64Array(m * rank);
  kept.forEach((j, column) => {
    for (let i = 0; i < m; i++) factor[i * rank + column] = L[i * m + j];
  });
  return { factor, rank };
}
