/** Null spaces of Jacobians: the tangents of manifolds of solutions, and the drift along them. */
import { solveLinear } from "../linalg/linear-solve.js";
import { inRange, rankOf, type SingularValues, singularValues } from "../linalg/singular-values.js";
import { unpackState } from "../row.js";

/** A deviation of a state. As vectors of M, the upper triangle of Q and a, directions are orthonormal. */
export interface Direction {
  /** p x k, p x p and p. */
  readonly M: Float64Array;
  readonly Q: Float64Array;
  readonly a: Float64Array;
}

export interface NullSpace {
  /** Orthonormal x with J x = 0. */
  readonly vectors: readonly Float64Array[];
  /** What is left of a vector without its part in the range of J. */
  outside(vector: Float64Array): Float64Array;
}

/** Directions whose singular values are below `cut` times the largest. */
export function* nullSpace(J: Float64Array, n: number, cut: number): Generator<void, NullSpace> {
  const decomposition = yield* singularValues(J, n);
  return beyond(decomposition, rankOf(decomposition, cut));
}

/** The directions beyond the first `rank` singular values. */
export function beyond(decomposition: SingularValues, rank: number): NullSpace {
  const { n, right } = decomposition;
  return {
    vectors: Array.from({ length: n - rank }, (_, i) => right.slice((rank + i) * n, (rank + i + 1) * n)),
    outside(vector) {
      const inside = inRange(decomposition, vector, rank);
      return vector.map((x, i) => x - inside[i]);
    },
  };
}

/**
 * Coefficients c of the drift along the null vectors R: its spectral projection, F = R c + J w, where null space and range make up the whole; the
 * orthogonal one where they do not.
 */
export function driftAlong({ vectors, outside }: NullSpace, F: Float64Array): Float64Array {
  const product = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const flat = vectors.length;
  const apart = vectors.map(outside);
  const facing = Float64Array.from({ length: flat * flat }, (_, at) =>
    product(apart[Math.floor(at / flat)], apart[at % flat]),
  );
  const onto = apart.map((x) => product(x, F));
  return solveLinear(facing, onto, flat, 1e-12) ?? Float64Array.from(vectors, (x) => product(x, F));
}

/** F without its drift along the null vectors. */
export function across(space: NullSpace, F: Float64Array): Float64Array {
  const along = driftAlong(space, F);
  return F.map((x, i) => x - space.vectors.reduce((sum, vector, e) => sum + along[e] * vector[i], 0));
}

/** A vector of the numbers that move as a deviation of a state. */
export function directionOf(vector: Float64Array, p: number, k: number): Direction {
  const full = new Float64Array(p * k + (p * (p + 1)) / 2 + p);
  full.set(vector);
  return unpackState(full, 0, p, k);
}
