/** Monomials of degree 1 .. k with repetition, each from one of a degree less: x_i x_j x_k = (x_i x_j) x_k. */
import { checkNumber, invalid } from "../../options.js";

/** Most features of a fit: its curvature is a square matrix of them. */
const MOST = 5000;

/** For each monomial two numbers: the index of the one of a degree less (-1 for degree 1), and of the input it is multiplied by. */
export type MonomialPlan = Int32Array;

/** How many there are: binomial(inputs + degree, degree) - 1. */
export function monomialCount(inputs: number, degree: number): number {
  let count = 1;
  for (let k = 1; k <= degree; k++) count = Math.round((count * (inputs + k)) / k);
  return count - 1;
}

/** By degree, and within one in lexicographic order of the indices i <= j <= .. */
export function monomialPlan(inputs: number, degree: number): MonomialPlan {
  checkNumber("degree", degree, "a whole number from 1 to 12", (n) => Number.isInteger(n) && n >= 1 && n <= 12);
  const count = monomialCount(inputs, degree);
  if (count > MOST)
    invalid(
      `degree ${degree} of ${inputs} inputs makes ${count} monomials; allowed: up to ${MOST}. Take a smaller degree.`,
    );
  const plan = new Int32Array(2 * count);
  let [at, first] = [0, 0];
  for (let i = 0; i < inputs; i++, at++) plan.set([-1, i], 2 * at);
  for (let k = 2; k <= degree; k++) {
    const end = at;
    for (let parent = first; parent < end; parent++)
      for (let i = plan[2 * parent + 1]; i < inputs; i++, at++) plan.set([parent, i], 2 * at);
    first = end;
  }
  return plan;
}

/** The monomials of one sample, written to `row`. */
export function writeMonomials(x: ArrayLike<number>, offset: number, plan: MonomialPlan, row: Float64Array): void {
  for (let j = 0; 2 * j < plan.length; j++) {
    const [parent, factor] = [plan[2 * j], plan[2 * j + 1]];
    row[j] = parent < 0 ? x[offset + factor] : row[parent] * x[offset + factor];
  }
}
