/**
 * Dormand & Prince's embedded pair of orders 5(4) (1980), with the PI step-size control and the dense output of order 4 of Hairer,
 * Norsett & Wanner, "Solving Ordinary Differential Equations I", II.4-II.6 (code DOPRI5); first-same-as-last.
 */
import { exp } from "../special/exp";
import { log } from "../special/log";
import { Ode, rightHandSide } from "./right-hand-side";

const REACHED: i32 = 0;
const INTERRUPTED: i32 = 1;
const DIVERGED: i32 = 2;

/** A state beyond this has diverged: f64 order parameters are noise long before. */
const BOUND: f64 = 1e12;
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

function power(x: f64, exponent: f64): f64 {
  return x <= 0.0 ? 0.0 : exp(exponent * log(x));
}

/** out = base + h sum_j TABLE[row + j] k_j over `count` derivatives; base 0 means the zero vector. */
function combine(run: Ode, out: usize, base: usize, h: f64, row: i32, count: i32): void {
  const bytes = <usize>run.vectorBytes, k1 = <usize>run.k1;
  const scale = f64x2.splat(h);
  const weights = changetype<usize>(TABLE) + (<usize>row << 3);
  for (let i: usize = 0; i < bytes; i += 16) {
    let sum = f64x2.splat(0);
    let from = k1 + i;
    for (let j = 0; j < count; j++, from += bytes) {
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(weights + (<usize>j << 3)), v128.load(from)));
    }
    sum = f64x2.mul(scale, sum);
    v128.store(out + i, base != 0 ? f64x2.add(v128.load(base + i), sum) : sum);
  }
}

/** Root mean square of v / (atol + rtol max(|y|, |z|)) over the numbers that move. */
function norm(run: Ode, v: usize, y: usize, z: usize): f64 {
  const active = <i32>run.active;
  let sum = 0.0;
  for (let i = 0; i < active << 3; i += 8) {
    const scale = run.atol + run.rtol * max(Math.abs(load<f64>(y + i)), Math.abs(load<f64>(z + i)));
    const ratio = load<f64>(v + i) / scale;
    sum += ratio * ratio;
  }
  return Math.sqrt(sum / <f64>active);
}

/** Evaluates k1 at the current state and, where `step` is 0, guesses the first step (Hairer, Norsett & Wanner II.4). */
export function dopri5Start(address: usize): void {
  const run = changetype<Ode>(address);
  const y = <usize>run.y, k1 = <usize>run.k1, k2 = k1 + <usize>run.vectorBytes, stage = <usize>run.stage;
  rightHandSide(address, run.t, y, k1);
  if (run.step > 0.0) return;
  const d0 = norm(run, y, y, y), d1 = norm(run, k1, y, y);
  const h0 = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : (0.01 * d0) / d1;
  for (let i: usize = 0; i < <usize>run.vectorBytes; i += 16) {
    v128.store(stage + i, f64x2.add(v128.load(y + i), f64x2.mul(f64x2.splat(h0), v128.load(k1 + i))));
  }
  rightHandSide(address, run.t + h0, stage, k2);
  for (let i: usize = 0; i < <usize>run.vectorBytes; i += 16) v128.store(stage + i, f64x2.sub(v128.load(k2 + i), v128.load(k1 + i)));
  const d2 = norm(run, stage, y, y) / h0;
  const steepest = max(d1, d2);
  const h1 = steepest <= 1e-15 ? max(1e-6, h0 * 1e-3) : power(0.01 / steepest, 0.2);
  run.step = min(100.0 * h0, h1);
  run.lastError = 1e-4;
}

/** Whether all of the state is finite and within bounds. */
function isBounded(run: Ode, y: usize): bool {
  const n = <i32>run.n;
  for (let i = 0; i < n << 3; i += 8) {
    if (!(Math.abs(load<f64>(y + i)) < BOUND)) return false;
  }
  return true;
}

/** r1..r5 of the step from y to `trial` (Hairer, Norsett & Wanner II.6), at `to`. */
function writeDense(run: Ode, h: f64, to: usize): void {
  const bytes = <usize>run.vectorBytes, y = <usize>run.y, z = <usize>run.trial, k1 = <usize>run.k1, k7 = k1 + 6 * bytes;
  const scale = f64x2.splat(h);
  combine(run, to + 4 * bytes, 0, h, DENSE_ROW, 7);
  for (let i: usize = 0; i < bytes; i += 16) {
    const y0 = v128.load(y + i), r2 = f64x2.sub(v128.load(z + i), y0);
    const r3 = f64x2.sub(f64x2.mul(scale, v128.load(k1 + i)), r2);
    v128.store(to + i, y0);
    v128.store(to + bytes + i, r2);
    v128.store(to + 2 * bytes + i, r3);
    v128.store(to + 3 * bytes + i, f64x2.sub(f64x2.sub(r2, f64x2.mul(scale, v128.load(k7 + i))), r3));
  }
}

/** Rows [t, y] for the requested times in (t, t + h]; from the record of the step, and y itself at its end. */
function writeRows(run: Ode, record: usize, h: f64, tNew: f64): void {
  const bytes = <usize>run.vectorBytes, n = <usize>run.n << 3;
  while (run.saved < run.saveCount) {
    const time = load<f64>(<usize>run.saveTimes + (<usize>run.saved << 3));
    if (time > tNew) return;
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
}

/**
 * Advances to `tEnd` exactly, in at most `attempts` steps. Interrupted also when the dense records are full: take them
 * out, set `denseUsed` to 0 and call again.
 */
export function dopri5Advance(address: usize, tEnd: f64, attempts: i32): i32 {
  const run = changetype<Ode>(address);
  const bytes = <usize>run.vectorBytes;
  const y = <usize>run.y, trial = <usize>run.trial, stage = <usize>run.stage, k1 = <usize>run.k1;
  for (let attempt = 0; run.t < tEnd; attempt++) {
    if (attempt == attempts || run.denseUsed == run.denseRoom) return INTERRUPTED;
    let h = run.step;
    const last = run.t + 1.01 * h >= tEnd;
    if (last) h = tEnd - run.t;
    const tNew = last ? tEnd : run.t + h;
    if (!(h > 1e-15 * Math.abs(run.t)) || h < 1e-300) return DIVERGED;

    for (let s = 1, row = 0; s < 7; row += s, s++) {
      const out = s == 6 ? trial : stage;
      combine(run, out, y, h, row, s);
      rightHandSide(address, s >= 5 ? tNew : run.t + unchecked(NODES[s - 1]) * h, out, k1 + <usize>s * bytes);
    }
    combine(run, stage, 0, h, ERROR_ROW, 7);
    const error = norm(run, stage, y, trial);
    if (!(error < Infinity)) {
      run.rejected += 1;
      run.step = 0.1 * h;
      run.wasRejected = 1;
      continue;
    }
    const raw = power(error, 0.2 - 0.75 * 0.04);
    if (error > 1.0) {
      run.rejected += 1;
      run.step = h / min(5.0, raw / 0.9);
      run.wasRejected = 1;
      continue;
    }
    let factor = min(5.0, max(0.1, raw / power(run.lastError, 0.04) / 0.9));
    if (run.wasRejected != 0) factor = max(1.0, factor);
    run.wasRejected = 0;
    run.lastError = max(error, 1e-4);
    run.accepted += 1;
    if (!isBounded(run, trial)) return DIVERGED;
    const record = <usize>run.dense + <usize>run.denseUsed * (16 + 5 * bytes);
    store<f64>(record, run.t);
    store<f64>(record, h, 8);
    writeDense(run, h, record + 16);
    writeRows(run, record + 16, h, tNew);
    run.denseUsed += 1;
    memory.copy(y, trial, bytes);
    memory.copy(k1, k1 + 6 * bytes, bytes);
    run.t = tNew;
    // a step cut at tEnd says little about the next one: keep the longer proposal
    run.step = last ? max(run.step, h / factor) : h / factor;
  }
  return REACHED;
}
