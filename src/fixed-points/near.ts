/** Where a search for a fixed point begins: by name, for a teacher, or at a state of the caller's. */
import { splitOmega } from "../omega.js";
import { hasKink, type Parameters } from "../parameters.js";
import type { Problem } from "../problem.js";
import type { State } from "../row.js";
import { startOf } from "../start.js";
import type { Draws } from "../wasm/draws.js";
import type { RiskOf } from "../wasm/risk.js";

export type NearName = "specialised" | "denoising" | "symmetric";
export const NEAR_NAMES: readonly NearName[] = ["specialised", "denoising", "symmetric"];

/**
 * "specialised": student i is teacher i, the others are 0. "denoising": student i is teacher i mod k. A second layer that is trained is what makes
 * their residual 0; a fixed one is the start's. "symmetric": all students equal, the best such (the plateau at a small learning rate).
 */
export function namedState(
  name: NearName,
  problem: Problem,
  parameters: Parameters,
  draws: Draws,
  riskOf: RiskOf,
  terms: "full" | "gradient-flow",
): Omit<State, "risk"> {
  const { p, k, studentScale, teacherScale, trainsSecond } = parameters;
  const start = startOf(problem, parameters, draws);
  const { P } = splitOmega(start.omega, p, k);
  const { aStar } = start;
  if (name === "symmetric") return symmetricState(P, aStar, start.a, p, k, riskOf, terms === "full" ? 0.3 : 0);
  const teacherOf = (i: number) => (name === "denoising" ? i % k : i < k ? i : -1);
  const overlap = (r: number, s: number) => (r < 0 || s < 0 ? 0 : P[r * k + s]);
  const M = Float64Array.from({ length: p * k }, (_, at) => overlap(teacherOf(Math.floor(at / k)), at % k));
  const Q = Float64Array.from({ length: p * p }, (_, at) => overlap(teacherOf(Math.floor(at / p)), teacherOf(at % p)));
  // units without a teacher: label noise keeps them at a variance of some gamma Delta, and a kink makes 0 itself another place
  const idle = hasKink(parameters.studentActivation) ? parameters.rate[3] * parameters.Delta : 0;
  for (let i = 0; i < p; i++) if (Q[i * p + i] === 0) Q[i * p + i] = idle;
  const copies = (r: number) => (name === "denoising" ? Math.floor((p - 1 - r) / k) + 1 : 1);
  const solving = (i: number) => {
    const r = teacherOf(i);
    return r < 0 ? 0 : (aStar[r] * teacherScale) / studentScale / copies(r);
  };
  const a = trainsSecond ? start.a.map((_, i) => solving(i)) : start.a;
  return { P, M, Q, a, aStar };
}

/**
 * All students at c sum_r a*_r w*_r with the c of least risk, by golden sections: E.1's plateau for equal widths. Identical students stay identical for
 * ever, which is not what SGD meets: noise spreads them, by an amount that grows with the learning rate. So they are begun apart.
 */
function symmetricState(
  P: Float64Array,
  aStar: Float64Array,
  given: Float64Array,
  p: number,
  k: number,
  riskOf: RiskOf,
  spread: number,
): Omit<State, "risk"> {
  const direction = Float64Array.from({ length: k }, (_, r) => aStar.reduce((sum, a, s) => sum + P[r * k + s] * a, 0));
  const square = direction.reduce((sum, x, r) => sum + x * aStar[r], 0);
  const a = given.map(() => given.reduce((sum, x) => sum + x, 0) / p);
  const stateAt = (c: number) => ({
    P,
    M: Float64Array.from({ length: p * k }, (_, at) => c * direction[at % k]),
    Q: new Float64Array(p * p).fill(c * c * square),
    a: given.every((x) => x === given[0]) ? given : a,
    aStar,
  });
  const ratio = (Math.sqrt(5) - 1) / 2;
  const widest = 8 / Math.sqrt(Math.max(square, 1e-12));
  let [low, high] = [-widest, widest];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atLeft, atRight] = [riskOf(stateAt(left)), riskOf(stateAt(right))];
  for (let i = 0; i < 60; i++) {
    if (atLeft < atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - ratio * (high - low);
      atLeft = riskOf(stateAt(left));
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + ratio * (high - low);
      atRight = riskOf(stateAt(right));
    }
  }
  const state = stateAt((low + high) / 2);
  for (let i = 0; i < p; i++) state.Q[i * p + i] *= 1 + spread;
  return state;
}
