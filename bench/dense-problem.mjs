/** The problem that every loop of bench/dense.mjs solves: an erf committee, first layer, little label noise. */

export const cases = [
  { p: 4, k: 2, d: 1000 },
  { p: 64, k: 8, d: 1000 },
  { p: 4, k: 2, d: 100_000 },
].map((sizes) => ({ ...sizes, gamma: 0.8 / sizes.p, Delta: 1e-4 }));

/** The same problem for the library. */
export const asProblem = ({ p, k, d, gamma, Delta }, start) => ({
  inputDimension: d,
  studentWidth: p,
  teacherWidth: k,
  learningRate: gamma,
  noiseVariance: Delta,
  start,
});

/**
 * Weights in unit-norm coordinates, row-major: orthonormal teachers (rows of a cosine transform), each student half a teacher and the rest
 * a direction of its own. So P = 1, M_ir = 1/2 where r = i mod k, Q_ij = 1/4 where i = j mod k, plus 3/4 on the diagonal.
 */
export function startWeights({ p, k, d }) {
  const basis = (row, column) => Math.sqrt(2 / d) * Math.cos((Math.PI * (row + 1) * (column + 0.5)) / d);
  const student = (i, column) => 0.5 * basis(i % k, column) + Math.sqrt(0.75) * basis(k + i, column);
  const fill = (rows, entry) => Float64Array.from({ length: rows * d }, (_, at) => entry(Math.floor(at / d), at % d));
  return { teacher: fill(k, basis), student: fill(p, student) };
}

/** The order parameters of `startWeights`. */
export function startState({ p, k }) {
  const matrix = (rows, columns, entry) =>
    Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => entry(i, j)));
  return {
    P: matrix(k, k, (r, s) => (r === s ? 1 : 0)),
    M: matrix(p, k, (i, r) => (i % k === r ? 0.5 : 0)),
    Q: matrix(p, p, (i, j) => (i % k === j % k ? 0.25 : 0) + (i === j ? 0.75 : 0)),
  };
}
