/**
 * What every method of integration shares: the parameter block of a run, the call of its right-hand side, linear combinations of stages,
 * the error norm, saved rows and dense records.
 */

/** The function at a table index that gives F: (problem, t, y, dy). */
export type RightHandSide = (problem: usize, t: f64, y: usize, dy: usize) => void;
/**
 * The function at a table index that gives F and its derivatives: (problem, t, y, dy, J, rowBytes, dt). J receives `active` rows of
 * dF_i / dy_j over the active y, rowBytes apart; dt receives the partial derivative dF / dt.
 */
export type Jacobian = (problem: usize, t: f64, y: usize, dy: usize, J: usize, rowBytes: usize, dt: usize) => void;

export const DOPRI5: f64 = 0;
export const RODAS5P: f64 = 1;

export const REACHED: i32 = 0;
export const INTERRUPTED: i32 = 1;
export const DIVERGED: i32 = 2;
/** No step is small enough. */
export const STALLED: i32 = 3;
export const STEP_LIMIT: i32 = 4;
/** An implicit step needs `matrix`, `pivots`, `panel`, `fresh`, `slope`, `fast` and `slow`; give them, or set `switching` to 0, and call again. */
export const NEEDS_ROOM: i32 = 5;

/** A state beyond this has diverged: f64 order parameters are noise long before. */
const BOUND: f64 = 1e12;

/**
 * The parameter block of a run: f64 numbers in the order of `solverFields`; addresses and table indices are numbers too.
 *
 *   problem                 address that the problem's functions are given; `jacobian` 0: by differences
 *   y, trial, stage, k1     vectors of `n` numbers, `vectorBytes` each, of which the first `active` move; k1 holds eight
 *   method, switching       0 Dormand-Prince, 1 Rodas5P; whether to change between them
 *   evaluationCost, ...     nanoseconds of F and, beyond it, of its own Jacobian, about; cost: of an implicit step; implicitCost: in explicit ones
 *   matrix, rowBytes        `active` rows, rowBytes apart (at least active numbers, even): Jacobian, then factors of an implicit step
 *   pivots, panel           i32 `active`; work space of linalg/lu.ts
 *   fresh, slope            vectors: F and dF/dt at (t, y)
 *   fast, slow              vectors of modes.ts, 0 at first; radius, growth, candidate: their eigenvalues
 *   phase, work             where an implicit step is; what was done, in nanoseconds
 *   saveTimes               `saveCount` f64, increasing; row i of rows, vectorBytes + 16 apart, receives [t, y] as time i is passed
 *   dense                   `denseRoom` records [t, h, r1..r5], one a step
 */
@unmanaged
export class Solver {
  rightHandSide: f64; jacobian: f64; problem: f64; n: f64; active: f64; vectorBytes: f64;
  t: f64; y: f64; trial: f64; stage: f64; k1: f64;
  rtol: f64; atol: f64; step: f64; lastStep: f64; lastError: f64; wasRejected: f64; stepLimit: f64;
  method: f64; switching: f64; evaluationCost: f64; jacobianCost: f64; cost: f64; implicitCost: f64;
  radius: f64; growth: f64; candidate: f64; reach: f64; stiff: f64; easy: f64; patience: f64;
  matrix: f64; rowBytes: f64; pivots: f64; panel: f64; fresh: f64; slope: f64; fast: f64; slow: f64; phase: f64; work: f64;
  dopri5Accepted: f64; dopri5Rejected: f64; rodas5pAccepted: f64; rodas5pRejected: f64;
  evaluations: f64; jacobians: f64; factorisations: f64; switches: f64;
  saveTimes: f64; saveCount: f64; saved: f64; rows: f64;
  dense: f64; denseUsed: f64; denseRoom: f64;
}

const NAMES = "rightHandSide jacobian problem n active vectorBytes " +
  "t y trial stage k1 " +
  "rtol atol step lastStep lastError wasRejected stepLimit " +
  "method switching evaluationCost jacobianCost cost implicitCost radius growth candidate reach stiff easy patience " +
  "matrix rowBytes pivots panel fresh slope fast slow phase work " +
  "dopri5Accepted dopri5Rejected rodas5pAccepted rodas5pRejected " +
  "evaluations jacobians factorisations switches " +
  "saveTimes saveCount saved rows " +
  "dense denseUsed denseRoom";

/** Names of the numbers of `Solver`, in order, separated by spaces. */
export function solverFields(): string {
  return NAMES;
}

/** dy = F(t, y). */
// @ts-ignore: decorator
@inline
export function evaluate(run: Solver, t: f64, y: usize, dy: usize): void {
  run.evaluations += 1;
  call_indirect<void>(<u32>run.rightHandSide, <usize>run.problem, t, y, dy);
}

/** out = base + scale sum_j weights[j] k_j over the first `count` stages; base 0 means the zero vector. */
export function combine(run: Solver, out: usize, base: usize, scale: f64, weights: usize, count: i32): void {
  const bytes = <usize>run.vectorBytes, k1 = <usize>run.k1;
  const factor = f64x2.splat(scale);
  for (let i: usize = 0; i < bytes; i += 16) {
    let sum = f64x2.splat(0);
    let from = k1 + i;
    for (let j = 0; j < count; j++, from += bytes) {
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(weights + (<usize>j << 3)), v128.load(from)));
    }
    sum = f64x2.mul(factor, sum);
    v128.store(out + i, base != 0 ? f64x2.add(v128.load(base + i), sum) : sum);
  }
}

/** Root mean square of v / (atol + rtol max(|y|, |z|)) over the numbers that move. */
export function norm(run: Solver, v: usize, y: usize, z: usize): f64 {
  const active = <i32>run.active;
  let sum = 0.0;
  for (let i = 0; i < active << 3; i += 8) {
    const scale = run.atol + run.rtol * max(Math.abs(load<f64>(y + i)), Math.abs(load<f64>(z + i)));
    const ratio = load<f64>(v + i) / scale;
    sum += ratio * ratio;
  }
  return Math.sqrt(sum / <f64>active);
}

/** The end of the step of length `run.step` from t: `tEnd` itself where the step comes near it. */
// @ts-ignore: decorator
@inline
export function isLast(run: Solver, tEnd: f64): bool {
  return run.t + 1.01 * run.step >= tEnd;
}

/** Whether a step goes nowhere; not of a last one, which may be as short as knots are close. */
// @ts-ignore: decorator
@inline
export function isTooSmall(run: Solver, h: f64): bool {
  return !(h > 1e-15 * Math.abs(run.t)) || h < 1e-300;
}

/** Whether all of the state is finite and within bounds. */
export function isBounded(run: Solver, y: usize): bool {
  const n = <i32>run.n;
  for (let i = 0; i < n << 3; i += 8) {
    if (!(Math.abs(load<f64>(y + i)) < BOUND)) return false;
  }
  return true;
}

/** Where the dense record of the next accepted step goes, its [t, h] written. */
export function newRecord(run: Solver, h: f64): usize {
  const record = <usize>run.dense + <usize>run.denseUsed * (16 + 5 * <usize>run.vectorBytes);
  run.denseUsed += 1;
  store<f64>(record, run.t);
  store<f64>(record, h, 8);
  return record + 16;
}

/**
 * Moves on to (tNew, trial), with rows [t, y] for the requested times in between: from the step's record
 *
 *   y(t + s h) = r1 + s (r2 + (1 - s) (r3 + s (r4 + (1 - s) r5))),
 *
 * and y itself at its end.
 */
export function moveOn(run: Solver, record: usize, h: f64, tNew: f64): void {
  const bytes = <usize>run.vectorBytes, n = <usize>run.n << 3;
  while (run.saved < run.saveCount) {
    const time = load<f64>(<usize>run.saveTimes + (<usize>run.saved << 3));
    if (time > tNew) break;
    const row = <usize>run.rows + <usize>run.saved * (bytes + 16);
    store<f64>(row, time);
    if (time == tNew) {
      memory.copy(row + 8, <usize>run.trial, n);
    } else {
      const s = (time - run.t) / h, rest = 1.0 - s;
      for (let i: usize = 0; i < n; i += 8) {
        const from = record + i;
        const inner = load<f64>(from + 3 * bytes) + rest * load<f64>(from + 4 * bytes);
        store<f64>(row + 8 + i, load<f64>(from) + s * (load<f64>(from + bytes) + rest * (load<f64>(from + 2 * bytes) + s * inner)));
      }
    }
    run.saved += 1;
  }
  memory.copy(<usize>run.y, <usize>run.trial, bytes);
  run.t = tNew;
}
