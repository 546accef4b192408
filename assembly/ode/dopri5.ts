/**
 * Dormand & Prince's embedded pair of orders 5(4) (1980), with the PI step-size control and the dense output of order 4 of Hairer,
 * Norsett & Wanner, "Solving Ordinary Differential Equations I", II.4-II.6 (code DOPRI5); first-same-as-last.
 */
import { exp } from "../special/exp";
import { log } from "../special/log";
import {
  combine, DIVERGED, evaluate, INTERRUPTED, isBounded, isLast, isTooSmall, moveOn, newRecord, norm, Solver, STALLED,
} from "./solver";

/** Rows: a_21; a_31 a_32; ...; a_71..a_76 (= b); then e = b - b^, then d of the dense output, seven each. */
const TABLE: StaticArray<f64> = [
  1.0 / 5.0,
  3.0 / 40.0, 9.0 / 40.0,
  44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0,
  19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0,
  9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0,
  35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0,
  71.0 / 57600.0, 0.0, -71.0 / 16695.0, 71.0 / 1920.0, -17253.0 / 339200.0, 22.0 / 525.0, -1.0 / 40.0,
  -12715105075.0 / 11282082432.0, 0.0, 87487479700.0 / 32700410799.0, -10690763975.0 / 1880347072.0,
  701980252875.0 / 199316789632.0, -1453857185.0 / 822651844.0, 69997945.0 / 29380423.0,
];
const NODES: StaticArray<f64> = [1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0, 1.0];
const ERROR_ROW: i32 = 21;
const DENSE_ROW: i32 = 28;

// @ts-ignore: decorator
@inline
function weights(row: i32): usize {
  return changetype<usize>(TABLE) + (<usize>row << 3);
}

/** x^exponent for x >= 0. */
export function power(x: f64, exponent: f64): f64 {
  return x <= 0.0 ? 0.0 : exp(exponent * log(x));
}

/** Evaluates k1 at the current state and, where `step` is 0, guesses the first step of a method of order 5 (Hairer, Norsett & Wanner II.4). */
export function dopri5Start(run: Solver): void {
  const y = <usize>run.y, k1 = <usize>run.k1, k2 = k1 + <usize>run.vectorBytes, stage = <usize>run.stage;
  evaluate(run, run.t, y, k1);
  if (run.step > 0.0) return;
  const d0 = norm(run, y, y, y), d1 = norm(run, k1, y, y);
  const h0 = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : (0.01 * d0) / d1;
  for (let i: usize = 0; i < <usize>run.vectorBytes; i += 16) {
    v128.store(stage + i, f64x2.add(v128.load(y + i), f64x2.mul(f64x2.splat(h0), v128.load(k1 + i))));
  }
  evaluate(run, run.t + h0, stage, k2);
  for (let i: usize = 0; i < <usize>run.vectorBytes; i += 16) v128.store(stage + i, f64x2.sub(v128.load(k2 + i), v128.load(k1 + i)));
  const d2 = norm(run, stage, y, y) / h0;
  const steepest = max(d1, d2);
  const h1 = steepest <= 1e-15 ? max(1e-6, h0 * 1e-3) : power(0.01 / steepest, 0.2);
  run.step = min(100.0 * h0, h1);
  run.lastError = 1e-4;
}

/** r1..r5 of the step from y to `trial` (Hairer, Norsett & Wanner II.6), at `to`. */
function writeDense(run: Solver, h: f64, to: usize): void {
  const bytes = <usize>run.vectorBytes, y = <usize>run.y, z = <usize>run.trial, k1 = <usize>run.k1, k7 = k1 + 6 * bytes;
  const scale = f64x2.splat(h);
  combine(run, to + 4 * bytes, 0, h, weights(DENSE_ROW), 7);
  for (let i: usize = 0; i < bytes; i += 16) {
    const y0 = v128.load(y + i), r2 = f64x2.sub(v128.load(z + i), y0);
    const r3 = f64x2.sub(f64x2.mul(scale, v128.load(k1 + i)), r2);
    v128.store(to + i, y0);
    v128.store(to + bytes + i, r2);
    v128.store(to + 2 * bytes + i, r3);
    v128.store(to + 3 * bytes + i, f64x2.sub(f64x2.sub(r2, f64x2.mul(scale, v128.load(k7 + i))), r3));
  }
}

/**
 * The spectral radius of dF/dy as seen by the last two stages, both at t + h: |k7 - k6| / |y7 - y6| (Hairer & Wanner, "Solving Ordinary
 * Differential Equations II", IV.2). Beyond h radius = 3.3 the method is unstable.
 */
function radiusSeen(run: Solver): f64 {
  const bytes = <usize>run.vectorBytes, k6 = <usize>run.k1 + 5 * bytes, k7 = k6 + bytes;
  const y6 = <usize>run.stage, y7 = <usize>run.trial;
  const active = <i32>run.active;
  let rise = 0.0, way = 0.0;
  for (let i = 0; i < active << 3; i += 8) {
    const dk = load<f64>(k7 + i) - load<f64>(k6 + i), dy = load<f64>(y7 + i) - load<f64>(y6 + i);
    rise += dk * dk;
    way += dy * dy;
  }
  return way > 0.0 ? Math.sqrt(rise / way) : 0.0;
}

/** Nanoseconds of a step. */
export function dopri5Cost(run: Solver): f64 {
  return 6.0 * run.evaluationCost + 40.0 * run.n;
}

/** Tries a step towards `tEnd`; INTERRUPTED unless it is the last one possible. */
export function dopri5Step(run: Solver, tEnd: f64): i32 {
  const bytes = <usize>run.vectorBytes;
  const y = <usize>run.y, trial = <usize>run.trial, stage = <usize>run.stage, k1 = <usize>run.k1, errors = k1 + 7 * bytes;
  const last = isLast(run, tEnd);
  const h = last ? tEnd - run.t : run.step;
  const tNew = last ? tEnd : run.t + h;
  if (!last && isTooSmall(run, h)) return STALLED;
  run.work += dopri5Cost(run);

  for (let s = 1, row = 0; s < 7; row += s, s++) {
    const out = s == 6 ? trial : stage;
    combine(run, out, y, h, weights(row), s);
    evaluate(run, s >= 5 ? tNew : run.t + unchecked(NODES[s - 1]) * h, out, k1 + <usize>s * bytes);
  }
  combine(run, errors, 0, h, weights(ERROR_ROW), 7);
  const error = norm(run, errors, y, trial);
  if (!(error < Infinity)) {
    run.dopri5Rejected += 1;
    run.step = 0.1 * h;
    run.wasRejected = 1;
    return INTERRUPTED;
  }
  const raw = power(error, 0.2 - 0.75 * 0.04);
  if (error > 1.0) {
    run.dopri5Rejected += 1;
    run.step = h / min(5.0, raw / 0.9);
    run.wasRejected = 1;
    return INTERRUPTED;
  }
  let factor = min(5.0, max(0.1, raw / power(run.lastError, 0.04) / 0.9));
  if (run.wasRejected != 0) factor = max(1.0, factor);
  run.wasRejected = 0;
  run.lastError = max(error, 1e-4);
  run.dopri5Accepted += 1;
  if (!isBounded(run, trial)) return DIVERGED;
  if (run.switching != 0) run.radius = radiusSeen(run);
  const record = newRecord(run, h);
  writeDense(run, h, record);
  moveOn(run, record, h, tNew);
  memory.copy(k1, k1 + 6 * bytes, bytes);
  // a step cut at tEnd says little about the next one: keep the longer proposal
  run.step = last ? max(run.step, h / factor) : h / factor;
  return INTERRUPTED;
}
