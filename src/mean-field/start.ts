/** Where particles start: their coordinates, from the start of a seed. */
import type { Parameters } from "../parameters.js";
import type { Start } from "../start.js";

/** Rows u = w / sqrt d in an orthonormal frame; row-major. */
export interface Coordinates {
  readonly dimensions: number;
  /** k rows. */
  readonly teacher: Float64Array;
  /** p rows. */
  readonly u: Float64Array;
  /** |perp_i| of each particle, where its part outside `dimensions` is kept as a length alone. */
  readonly r?: Float64Array;
}

/**
 * All coordinates that the flow moves in: weights as they were given, else an orthonormal frame of the span of the rows, at most p + k of d dimensions, the
 * teachers' directions first. The flow never leaves the span.
 */
export function allCoordinates({ blocks, weights }: Start, { d, k }: Parameters): Coordinates {
  const [{ factor, rank }] = blocks;
  const rows = weights ?? factor;
  const dimensions = weights ? d : rank;
  return { dimensions, teacher: rows.slice(0, k * dimensions), u: rows.slice(k * dimensions) };
}

/** Coordinates in the span of the teachers, and the length of what is outside: what (F3) starts from. */
export function reducedCoordinates({ blocks }: Start, { p, k }: Parameters): Coordinates {
  const [{ factor, rank }] = blocks;
  // the factor is lower trapezoidal: teachers have zeros beyond their span
  let dimensions = Math.min(k, rank);
  const isUnused = (column: number) =>
    Array.from({ length: k }, (_, r) => factor[r * rank + column]).every((x) => x === 0);
  while (dimensions > 1 && isUnused(dimensions - 1)) dimensions--;
  const rows = (from: number, count: number) =>
    Float64Array.from(
      { length: count * dimensions },
      (_, at) => factor[(from + Math.floor(at / dimensions)) * rank + (at % dimensions)],
    );
  const r = Float64Array.from({ length: p }, (_, i) => {
    let sum = 0;
    for (let c = dimensions; c < rank; c++) sum += factor[(k + i) * rank + c] * factor[(k + i) * rank + c];
    return Math.sqrt(sum);
  });
  return { dimensions, teacher: rows(0, k), u: rows(k, p), r };
}

/** Order parameters of particles: P, M, Q. */
export function orderParametersOf({ dimensions, teacher, u, r }: Coordinates, p: number, k: number) {
  const product = (X: Float64Array, i: number, Y: Float64Array, j: number) => {
    let sum = 0;
    for (let c = 0; c < dimensions; c++) sum += X[i * dimensions + c] * Y[j * dimensions + c];
    return sum;
  };
  const matrix = (X: Float64Array, rows: number, Y: Float64Array, columns: number) =>
    Float64Array.from({ length: rows * columns }, (_, at) => product(X, Math.floor(at / columns), Y, at % columns));
  const Q = matrix(u, p, u, p);
  if (r) for (let i = 0; i < p; i++) Q[i * p + i] += r[i] * r[i];
  return { P: matrix(teacher, k, teacher, k), M: matrix(u, p, teacher, k), Q };
}
