/** A trajectory as tensors, the natural form for NumPy: one array for each order parameter, time first. */

import type { NpyArray } from "./npy.js";
import type { TrajectoryLike } from "./table.js";

/**
 * Arrays of one trajectory of n rows: `time` (n), `risk` (n), `empiricalRisk` (n) where the training set is finite, `M` (n, p, k), `Q` (n, p, p), `a` (n, p), and the teacher's
 * `P` (k, k) and `aStar` (k), which do not change and are absent when n = 0. Hand them to `toNPZ`.
 *
 * @param prefix put before each name, for several runs in one file: `{ ...arrays(run1, "p2_"), ...arrays(run2, "p3_") }`.
 */
export function arrays(trajectory: TrajectoryLike, prefix = ""): Record<string, NpyArray> {
  const n = trajectory.length;
  const { studentWidth: p, teacherWidth: k } = trajectory.problem;
  const M = new Float64Array(n * p * k);
  const Q = new Float64Array(n * p * p);
  const a = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    const state = trajectory.state(i);
    M.set(state.M, i * p * k);
    Q.set(state.Q, i * p * p);
    a.set(state.a, i * p);
  }
  const named: Record<string, NpyArray> = {
    time: { data: trajectory.time.slice(), shape: [n] },
    risk: { data: trajectory.risk.slice(), shape: [n] },
    ...(trajectory.empiricalRisk && { empiricalRisk: { data: trajectory.empiricalRisk.slice(), shape: [n] } }),
    M: { data: M, shape: [n, p, k] },
    Q: { data: Q, shape: [n, p, p] },
    a: { data: a, shape: [n, p] },
  };
  if (n > 0) {
    const { P, aStar } = trajectory.state(0);
    named.P = { data: P.slice(), shape: [k, k] };
    named.aStar = { data: aStar.slice(), shape: [k] };
  }
  return Object.fromEntries(Object.entries(named).map(([name, array]) => [prefix + name, array]));
}
