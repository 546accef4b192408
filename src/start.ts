/**
 * Where a run starts: rows of [W*; W] / sqrt d in an orthonormal frame of each eigenspace of the inputs, and the covariance Omega_0 of their
 * fields. Random rows come from Bartlett factors (THEORY D.3), so no start needs a d-dimensional object; theory and simulation of one seed share it.
 */
import { SgdDynamicsError } from "./errors.js";
import { choleskySemidefinite, gram } from "./linalg/linear-algebra.js";
import { assembleOmega } from "./omega.js";
import type { Eigenspace, Parameters } from "./parameters.js";
import type { Problem } from "./problem.js";
import type { Draws } from "./wasm/draws.js";

/** The part of a start in one eigenspace of the inputs' covariance. */
export interface StartBlock extends Eigenspace {
  /** k + p rows, teacher first, `rank` columns, row-major: the rows in some orthonormal frame of the eigenspace. */
  readonly factor: Float64Array;
  readonly rank: number;
}

export interface Start {
  /** One a eigenspace: one in all for isotropic inputs. */
  readonly blocks: readonly StartBlock[];
  /** Covariance of the fields, (k + p) x (k + p), row-major. */
  readonly omega: Float64Array;
  readonly a: Float64Array;
  readonly aStar: Float64Array;
  /** Explicit weights in unit-norm coordinates, [W*; W] / sqrt d, (k + p) x d: only where the problem gives them. */
  readonly weights?: Float64Array;
}

export function startOf(problem: Problem, parameters: Parameters, draws: Draws): Start {
  const { start } = problem;
  const { d, p, k, eigenspaces } = parameters;
  const m = p + k;
  if (start.kind === "state") {
    const omega = assembleOmega(start.state, p, k);
    const [space] = eigenspaces;
    return {
      blocks: [{ ...space, ...withoutZeroColumns(choleskySemidefinite(omega, m), m, d) }],
      omega,
      ...secondLayer(start.state, parameters, "random"),
    };
  }
  if (start.kind === "weights") {
    const scale = 1 / Math.sqrt(d);
    const weights = Float64Array.from([...start.WStar, ...start.W], (w) => w * scale);
    return { ...factorsOf(weights, m, d, eigenspaces), weights, ...secondLayer(start, parameters, "random") };
  }
  const random = eigenspaces.map(({ dimension }) => bartlett(m, Math.min(m, dimension), dimension, d, draws));
  const teacher = start.teacher === "orthonormal" ? orthonormalRows(random, eigenspaces, k, m) : random;
  const blocks = eigenspaces.map((space, b) => {
    const rank = Math.min(m, space.dimension);
    const factor = new Float64Array(m * rank);
    const row = (of: Float64Array, i: number) => of.subarray(i * rank, (i + 1) * rank);
    for (let r = 0; r < k; r++) row(factor, r).set(row(teacher[b], r));
    for (let i = 0; i < p; i++) {
      const copied = start.kind === "denoising" ? i % k : start.kind === "informed" && i < k ? i : -1;
      const scale = start.kind === "random" ? start.scale : start.perturbation;
      const target = row(factor, k + i);
      if (copied >= 0) target.set(row(factor, copied));
      row(random[b], k + i).forEach((value, column) => {
        target[column] += scale * value;
      });
    }
    return { ...space, factor, rank };
  });
  const omega = new Float64Array(m * m);
  for (const { variance, factor, rank } of blocks) accumulate(omega, variance, gram(factor, m, rank, true));
  return { blocks, omega, ...secondLayer(start, parameters, start.kind) };
}

function accumulate(sum: Float64Array, factor: number, values: Float64Array): void {
  values.forEach((value, at) => {
    sum[at] += factor * value;
  });
}

/** Factors of weights in each eigenspace, whose columns follow each other, and the covariance of their fields. */
function factorsOf(
  weights: Float64Array,
  m: number,
  d: number,
  eigenspaces: readonly Eigenspace[],
): Pick<Start, "blocks" | "omega"> {
  const omega = new Float64Array(m * m);
  let from = 0;
  const blocks = eigenspaces.map((space) => {
    const { dimension, variance } = space;
    const part = new Float64Array(m * dimension);
    for (let i = 0; i < m; i++) part.set(weights.subarray(i * d + from, i * d + from + dimension), i * dimension);
    from += dimension;
    const products = gram(part, m, dimension);
    accumulate(omega, variance, products);
    return { ...space, ...withoutZeroColumns(choleskySemidefinite(products, m), m, dimension) };
  });
  return { blocks, omega };
}

/**
 * The first k rows made orthonormal in all d dimensions: L^-1 G where G G^T = L L^T, which is uniform among orthonormal rows. In one eigenspace, whose
 * G is L itself, they are the first k directions.
 */
function orthonormalRows(
  random: readonly Float64Array[],
  eigenspaces: readonly Eigenspace[],
  k: number,
  m: number,
): Float64Array[] {
  const ranks = eigenspaces.map(({ dimension }) => Math.min(m, dimension));
  const [rank] = ranks;
  if (random.length === 1) {
    const rows = new Float64Array(k * rank);
    for (let r = 0; r < k; r++) rows[r * rank + r] = 1;
    return [rows];
  }
  const total = new Float64Array(k * k);
  for (const [b, factor] of random.entries()) accumulate(total, 1, gram(factor, k, ranks[b], true));
  const L = choleskySemidefinite(total, k);
  return random.map((factor, b) => {
    const rows = factor.slice(0, k * ranks[b]);
    for (let r = 0; r < k; r++) {
      for (let c = 0; c < ranks[b]; c++) {
        let sum = rows[r * ranks[b] + c];
        for (let s = 0; s < r; s++) sum -= L[r * k + s] * rows[s * ranks[b] + c];
        rows[r * ranks[b] + c] = sum / L[r * k + r];
      }
    }
    return rows;
  });
}

/**
 * The lower-trapezoidal factor of m rows of `dimension` independent N(0, 1/d) entries: normals below the diagonal, chi(dimension - i) on it. A row's
 * numbers do not depend on m.
 */
function bartlett(m: number, rank: number, dimension: number, d: number, draws: Draws): Float64Array {
  const scale = 1 / Math.sqrt(d);
  const below = draws.normals((m * (m - 1)) / 2);
  const diagonal = draws.chi(Array.from({ length: rank }, (_, i) => dimension - i));
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

/**
 * The factor of a state without the columns that are zero. What is left must fit in d dimensions; columns beyond that which are rounding errors
 * go too.
 */
function withoutZeroColumns(L: Float64Array, m: number, d: number): { factor: Float64Array; rank: number } {
  const square = (j: number) => {
    let sum = 0;
    for (let i = j; i < m; i++) sum += L[i * m + j] * L[i * m + j];
    return sum;
  };
  let trace = 0;
  const columns: { j: number; size: number }[] = [];
  for (let j = 0; j < m; j++) {
    const size = square(j);
    trace += size;
    if (size > 0) columns.push({ j, size });
  }
  const largest = columns.sort((x, y) => y.size - x.size).filter(({ size }, n) => n < d || size > 1e-9 * trace);
  if (largest.length > d) {
    throw new SgdDynamicsError(
      "invalid-problem",
      `These order parameters need ${largest.length} dimensions and inputDimension is ${d}; allowed: at least their rank.`,
    );
  }
  const kept = largest.map(({ j }) => j).sort((x, y) => x - y);
  const rank = Math.max(1, kept.length);
  const factor = new Float64Array(m * rank);
  kept.forEach((j, column) => {
    for (let i = 0; i < m; i++) factor[i * rank + column] = L[i * m + j];
  });
  return { factor, rank };
}
