/** States as users give them, checked; and the order parameters of weights. */
import { shown } from "./errors.js";
import { isList, rowsComplaint } from "./linalg/matrix.js";
import { checkKeys, checkNumber, invalid } from "./options.js";
import { problem as checkedProblem, checkState, type ProblemInput } from "./problem.js";
import type { State } from "./row.js";

/** Numbers as rows or flat row-major, typed or plain. */
export type Numbers = ArrayLike<number> | readonly ArrayLike<number>[];

/** A state as it may be given: matrices as rows or flat row-major; second layers default to ones; risks are ignored. */
export interface StateInput {
  readonly P: Numbers;
  readonly M: Numbers;
  readonly Q: Numbers;
  readonly a?: ArrayLike<number>;
  readonly aStar?: ArrayLike<number>;
  readonly risk?: number;
  readonly empiricalRisk?: number;
}

/** Flat row-major numbers, all finite; given as rows they have `columns` each (and are `rows`). */
function flatNumbers(name: string, values: unknown, rows: number | undefined, columns: number): Float64Array {
  const size =
    rows === undefined
      ? `rows of inputDimension = ${columns} numbers`
      : `${rows} x ${columns} = ${rows * columns} numbers`;
  const allowed = `${size}, finite, as rows or flat row-major`;
  if (!isList(values)) invalid(`${name} is ${shown(values)}; allowed: ${allowed}.`);
  const complaint = rowsComplaint(values, rows, columns);
  if (complaint) invalid(`${name} ${complaint}; allowed: ${allowed}.`);
  const list = Array.from(values).flatMap((row) => (isList(row) ? Array.from(row) : [row]));
  const bad = list.findIndex((value) => typeof value !== "number" || !Number.isFinite(value));
  if (bad >= 0) invalid(`${name} holds ${shown(list[bad])} at ${bad}; allowed: ${allowed}.`);
  if (list.length === 0 || list.length % columns !== 0 || (rows !== undefined && list.length !== rows * columns)) {
    invalid(`${name} has ${list.length} numbers; allowed: ${allowed}.`);
  }
  return Float64Array.from(list as number[]);
}

/** Shapes, finiteness and positivity of a state for a problem's widths. */
export function checkedState(input: ProblemInput, state: StateInput): Omit<State, "risk"> {
  const { studentWidth: p, teacherWidth: k } = checkedProblem(input);
  if (typeof state !== "object" || state === null) invalid(`A state is { P, M, Q, a, aStar }; given: ${shown(state)}.`);
  checkKeys("A state", state, ["P", "M", "Q", "a", "aStar", "risk", "empiricalRisk", "index", "time"], "part");
  const numbers = (name: keyof StateInput, rows: number, columns: number) =>
    flatNumbers(`state.${name}`, state[name], rows, columns);
  const layer = (name: "a" | "aStar", width: number) =>
    state[name] === undefined ? new Float64Array(width).fill(1) : numbers(name, 1, width);
  const [P, M, Q] = [numbers("P", k, k), numbers("M", p, k), numbers("Q", p, p)];
  checkState({ P, M, Q }, p, k, "state");
  return {
    P,
    M,
    Q,
    a: layer("a", p),
    aStar: layer("aStar", k),
  };
}

/**
 * Order parameters of weights: P = W* W*^T / d (k x k), M = W W*^T / d (p x k), Q = W W^T / d (p x p), row-major.
 *
 * @param weights W: p rows of d numbers, WStar: k rows of d, as rows or flat row-major
 * @throws SgdDynamicsError `invalid-argument` for sizes that are no multiple of d, and for numbers that are not finite
 * Cost: (p + k)^2 d multiplications.
 */
export function orderParameters(weights: {
  readonly W: Numbers;
  readonly WStar: Numbers;
  readonly inputDimension: number;
}): {
  P: Float64Array;
  M: Float64Array;
  Q: Float64Array;
} {
  checkKeys("orderParameters", weights, ["W", "WStar", "inputDimension"]);
  const d = checkNumber(
    "inputDimension",
    weights.inputDimension,
    "a whole number above 0",
    (n) => Number.isInteger(n) && n > 0,
  );
  const [W, WStar] = [flatNumbers("W", weights.W, undefined, d), flatNumbers("WStar", weights.WStar, undefined, d)];
  const product = (X: Float64Array, Y: Float64Array) => {
    const columns = Y.length / d;
    return Float64Array.from({ length: (X.length / d) * columns }, (_, at) => {
      const [x, y] = [Math.floor(at / columns) * d, (at % columns) * d];
      let sum = 0;
      for (let i = 0; i < d; i++) sum += X[x + i] * Y[y + i];
      return sum / d;
    });
  };
  return { P: product(WStar, WStar), M: product(W, WStar), Q: product(W, W) };
}
