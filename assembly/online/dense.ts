/**
 * SGD of the two-layer student on explicit weights, in f64 or f32: one pass over fresh samples, or many passes over a finite set.
 *
 * In unit-norm coordinates (u = w / sqrt d) a step is, with fields lam* = U* x, lam = U x (THEORY A.1, (A9)-(A12)):
 *
 *   e   = n_t a*.s(lam*) + sqrt(Delta) zeta - n_s a.s(lam),      g_i = n_s a_i s'(lam_i) e
 *   u_i <- (1 - kappa/d) u_i + (gamma / d) g_i x,                a_i <- (1 - kappa_a/d) a_i + (gamma_a / d) n_s s(lam_i) e
 *
 * over a batch of B samples with the old U and a, each sample's part divided by B. Sample b of step nu is number nu B + b of the input
 * stream (dense-samples.ts), or what the order of a finite set has there (finite-set.ts). The last update of a step waits and is fused with the
 * first matvec of the next.
 */
import { activate } from "../activations";
import { addGram } from "../linalg/gram";
import { matvec, rankOne, updateThenMatvec } from "../linalg/rows";
import { scheduleAt } from "../schedule";
import { Dense, even } from "./dense-run";
import { fetchSample, weighted } from "./dense-samples";
import { chooseBatch } from "./finite-set";
import { multiplicityOf, varianceOf } from "./spectrum";

/** A residual beyond this, or one that is not a number, ends the run as diverged before it touches the weights. */
const DIVERGED: f64 = 1e12;

/** Address of the input of the sample b whose update waits. */
// @ts-ignore: decorator
@inline
function inputOf(run: Dense, b: i32): usize {
  return load<u32>(<usize>run.inputs + (<usize>b << 2));
}

// @ts-ignore: decorator
@inline
function weightDecay(run: Dense): f64 {
  return 1.0 - run.decay / run.d;
}

/** Applies all waiting updates but the last `keep` ones (0 or 1). The decay belongs to the first of a batch. */
function applyWaiting<T extends number>(run: Dense, keep: i32): void {
  const p = <i32>run.p, waiting = <i32>run.waiting;
  const U = <usize>run.weights + <usize>run.k * <usize>run.rowBytes;
  const q = weightDecay(run);
  const first = waiting == <i32>run.batch ? 0 : -1;
  for (let b = 0; b < waiting - keep; b++) {
    const f = <usize>run.pending + (<usize>b * even(p) << 3);
    rankOne<T>(U, <usize>run.rowBytes, f, b == first ? q : 1.0, inputOf(run, b), p);
  }
}

/** Brings the weights up to date; the run goes on bit for bit as if this had not been called. */
export function denseFlush(address: usize): void {
  const run = changetype<Dense>(address);
  if (run.single != 0) applyWaiting<f32>(run, 0);
  else applyWaiting<f64>(run, 0);
  run.waiting = 0;
}

/** Student's fields of the sample in `x`; settles the waiting updates on the way. */
function computeFields<T extends number>(run: Dense, x: usize): void {
  const p = <i32>run.p, bytes = <usize>run.rowBytes;
  const student = <usize>run.fields + (even(<i32>run.k) << 3);
  const U = <usize>run.weights + <usize>run.k * bytes;
  const waiting = <i32>run.waiting;
  if (waiting > 0) {
    applyWaiting<T>(run, 1);
    const f = <usize>run.pending + (<usize>(waiting - 1) * even(p) << 3);
    updateThenMatvec<T>(U, bytes, f, waiting == 1 ? weightDecay(run) : 1.0, inputOf(run, waiting - 1), x, student, p);
    run.waiting = 0;
  } else {
    matvec<T>(U, bytes, x, student, p);
  }
}

/** Activations and their slopes at the student's fields; returns the residual with the second layer `a`. */
// @ts-ignore: decorator
@inline
export function residual(run: Dense, a: usize): f64 {
  const p = <i32>run.p, student = even(<i32>run.k) << 3;
  const values = <usize>run.values + student;
  activate(<i32><u32>run.studentActivation, <usize>run.fields + student, values, <usize>run.slopes + student, p);
  return run.label - run.studentScale * weighted(a, values, p);
}

/** One batch; false if the residual left all bounds (then nothing of this step was applied). */
function step<T extends number>(run: Dense): bool {
  const p = <i32>run.p, k = <i32>run.k, batch = <i32>run.batch;
  const values = <usize>run.values, slopes = <usize>run.slopes;
  const student = even(k) << 3;
  const a = <usize>run.a, aStep = <usize>run.aStep;
  const t = run.step / run.d;
  const rate = scheduleAt(<usize>run.rate, t) / (run.d * run.batch);
  const trainsSecond = run.trainsSecond != 0;
  if (trainsSecond) memory.fill(aStep, 0, <usize>p << 3);
  const choices = <usize>run.choices, isFinite = run.order != 0;
  if (isFinite) chooseBatch(run);
  for (let b = 0; b < batch; b++) {
    const x = fetchSample<T>(run, isFinite ? load<u32>(choices + (<usize>b << 2)) : <u64>run.step * batch + b);
    computeFields<T>(run, x);
    const e = residual(run, a);
    if (!(Math.abs(e) < DIVERGED)) return false;
    const f = <usize>run.pending + (<usize>b * even(p) << 3);
    const factor = rate * run.studentScale * e;
    for (let i = 0; i < p << 3; i += 8) store<f64>(f + i, factor * load<f64>(a + i) * load<f64>(slopes + student + i));
    if (trainsSecond) {
      for (let i = 0; i < p << 3; i += 8) store<f64>(aStep + i, load<f64>(aStep + i) + load<f64>(values + student + i) * e);
    }
    store<u32>(<usize>run.inputs + (<usize>b << 2), x);
    run.ring = run.ring + 1 > run.batch ? 0 : run.ring + 1;
    // with a batch the samples of this step must all see the old weights: nothing may be settled before the last of them
    if (b + 1 == batch) run.waiting = batch;
  }
  if (trainsSecond) {
    const scale = scheduleAt(<usize>run.secondRate, t) * run.studentScale / (run.d * run.batch);
    const q = 1.0 - run.secondDecay / run.d;
    for (let i = 0; i < p << 3; i += 8) store<f64>(a + i, q * load<f64>(a + i) + scale * load<f64>(aStep + i));
  }
  run.step += 1;
  return true;
}

/** Runs `steps` steps; returns how many were made: fewer when the run diverged. */
export function denseSteps(address: usize, steps: i32): i32 {
  const run = changetype<Dense>(address);
  const single = run.single != 0;
  for (let i = 0; i < steps; i++) {
    if (!(single ? step<f32>(run) : step<f64>(run))) return i;
  }
  return steps;
}

function writeOmega<T extends number>(run: Dense, omega: usize): void {
  const rows = <i32>(run.k + run.p), spectrum = <usize>run.spectrum, isotropic = run.eigenspaces == 0;
  memory.fill(omega, 0, <usize>(rows * rows) << 3);
  let W = <usize>run.weights;
  for (let s = 0, spaces = max(1, <i32>run.eigenspaces); s < spaces; s++) {
    const count = isotropic ? <i32>run.d : <i32>multiplicityOf(spectrum, s);
    addGram<T>(W, <usize>run.rowBytes, rows, count, isotropic ? 1.0 : varianceOf(spectrum, s), omega);
    W += <usize>count * sizeof<T>();
  }
}

/**
 * Writes Omega = [[P, M^T], [M, Q]], the covariance of the fields of the current weights ((k + p)^2 f64, row-major); settles the waiting updates.
 */
export function denseOrderParameters(address: usize, omega: usize): void {
  denseFlush(address);
  const run = changetype<Dense>(address);
  if (run.single != 0) writeOmega<f32>(run, omega);
  else writeOmega<f64>(run, omega);
}

function addLoss<T extends number>(run: Dense, first: i32, count: i32): void {
  for (let i = 0; i < count; i++) {
    computeFields<T>(run, fetchSample<T>(run, first + i));
    const e = residual(run, <usize>run.a);
    run.loss += e * e;
  }
}

/**
 * Adds the squared residuals of `count` samples of the set, from number `first` on, to `loss`, which starts anew at first = 0: after all n the empirical
 * risk is loss / (2 n). Settles the waiting updates. Cost: 2 p d flops a sample, and its draw where the set is not stored.
 */
export function denseLoss(address: usize, first: i32, count: i32): void {
  denseFlush(address);
  const run = changetype<Dense>(address);
  if (first == 0) run.loss = 0;
  if (run.single != 0) addLoss<f32>(run, first, count);
  else addLoss<f64>(run, first, count);
}
