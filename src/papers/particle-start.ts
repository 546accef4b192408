/** Starts of particles, shared by the papers on the mean-field limit. */
import { integrate, type ProblemInput, type State } from "../index.js";

/** Order parameters as a start takes them. */
export type StartState = Pick<State, "P" | "M" | "Q"> & { readonly a: number[]; readonly aStar: number[] };

/** How particles start beside their teachers. */
export interface ParticleStart {
  /** p and k. */
  readonly studentWidth: number;
  readonly teacherWidth: number;
  /** Distinct particles, repeated over and over: all multiples of it have one density. Default: p, all distinct. */
  readonly types?: number;
  readonly seed: number;
  /** p x p overlaps of the parts outside the teachers' span; default: the identity. */
  readonly outside?: Float64Array;
}

/**
 * p particles whose parts in the span of k orthonormal teachers are N(0, 1 / 4) a coordinate, and the others orthogonal to each other with length 1, unless their overlaps are
 * given: where the dimension-free flow (F3) and the p-particle flow start alike. All a_i and a*_r are 1.
 */
export async function particleStart(start: ParticleStart): Promise<StartState> {
  const { studentWidth: p, teacherWidth: k, types = p, seed, outside } = start;
  // in 4 dimensions an overlap of unit rows has the standard deviation 1 / 2
  const narrow = { inputDimension: 4, studentWidth: types, teacherWidth: k };
  const { P, M: drawn } = await drawnStart(narrow, seed);
  const M = Float64Array.from({ length: p * k }, (_, at) => drawn[at % (types * k)]);
  const Q = outside?.slice() ?? identity(p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      for (let r = 0; r < k; r++) Q[i * p + j] += M[i * k + r] * M[j * k + r];
    }
  }
  return { P, M, Q, a: new Array(p).fill(1), aStar: new Array(k).fill(1) };
}

/** The start of a problem and a seed. */
export async function drawnStart(problem: ProblemInput, seed: number, stream = 0): Promise<State> {
  return (await integrate(problem, { until: 0, save: { times: [0] }, seed, stream })).state(0);
}

function identity(p: number): Float64Array {
  return Float64Array.from({ length: p * p }, (_, at) => (Math.floor(at / p) === at % p ? 1 : 0));
}
