/** Starts of a chosen asymmetry, and when they leave the plateau. */
import { fixedPoint, integrate, type ProblemInput } from "../../index.js";
import type { PaperControl } from "../paper.js";

/** K students of K orthonormal teachers, first layer, no label noise. */
export function committee(K: number, eta: number, inputDimension = 1e6): ProblemInput {
  return { inputDimension, studentWidth: K, teacherWidth: K, activation: "erf", learningRate: eta };
}

/** Nine numbers in (0, 1), no two of a student or a teacher alike. */
const SPREAD = [0.9, 0.2, 0.5, 0.1, 0.7, 0.3, 0.4, 0.6, 0.8];

/** Risk below which the plateau has been left. */
export const LEFT = 1e-3;

/** Q = diag(0.2 ... 0.4), R_in = asymmetry u_in, u_in from 0.1 to 0.9 (THEORY E.1); K = 2 or 3. */
export function nearlySymmetric(K: number, eta: number, asymmetry: number): ProblemInput {
  const identity = Float64Array.from({ length: K * K }, (_, at) => (at % (K + 1) === 0 ? 1 : 0));
  const state = {
    P: identity,
    M: Float64Array.from(identity, (_, at) => asymmetry * SPREAD[at]),
    Q: identity.map((one, at) => one * (0.2 + (0.2 * Math.floor(at / K)) / (K - 1))),
  };
  return { ...committee(K, eta), start: { kind: "state", state } };
}

/** The symmetric fixed point with overlaps that are `asymmetry` u_in larger. */
export async function offThePlateau(K: number, eta: number, asymmetry: number): Promise<ProblemInput> {
  const { state } = await fixedPoint(committee(K, eta), { near: "symmetric" });
  const M = state.M.map((x, at) => x + asymmetry * SPREAD[at]);
  return { ...committee(K, eta), start: { kind: "state", state: { P: state.P, M, Q: state.Q } } };
}

/** When the risk of the theory falls below `LEFT`. */
export async function escapeTime(problem: ProblemInput, { signal }: PaperControl): Promise<number> {
  const { events } = await integrate(problem, {
    until: 1e5,
    save: { times: [0] },
    rtol: 1e-10,
    events: [{ name: "left", risk: LEFT, terminal: true }],
    signal,
  });
  return events.length > 0 ? events[0].time : Number.NaN;
}

export async function escapeTimes(
  K: number,
  eta: number,
  asymmetries: readonly number[],
  control: PaperControl,
): Promise<number[]> {
  const times: number[] = [];
  for (const [i, asymmetry] of asymmetries.entries()) {
    times.push(await escapeTime(nearlySymmetric(K, eta, asymmetry), control));
    control.onProgress?.((i + 1) / asymmetries.length);
  }
  return times;
}
