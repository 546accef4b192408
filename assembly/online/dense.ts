/**
 * One-pass SGD of the two-layer student on explicit weights, in f64 or f32.
 *
 * In unit-norm coordinates (u = w / sqrt d) a step is, with fields lam* = U* x, lam = U x (THEORY A.1, (A9)-(A12)):
 *
 *   e   = n_t a*.s(lam*) + sqrt(Delta) zeta - n_s a.s(lam),      g_i = n_s a_i s'(lam_i) e
 *   u_i <- (1 - kappa/d) u_i + (gamma / d) g_i x,                a_i <- (1 - kappa_a/d) a_i + (gamma_a / d) n_s s(lam_i) e
 *
 * over a batch of B samples with the old U and a, each sample's part divided by B. Sample b of step nu is block nu B + b of the input
 * stream: d normals (with a spectrum an input is these times sqrt lambda), then zeta. The last update of a step waits and is fused with the
 * first matvec of the next.
 */
import { activate } from "../activations";
import { matvec, rankOne, updateThenMatvec } from "../linalg/rows";
import { addGram, dot } from "../linalg/gram";
import { fillNormals, fillNormals32 } from "../random/normal";
import { seekBlock } from "../random/stream";
import { scheduleAt } from "../schedule";
import { multiplicityOf, scaleNumbers, varianceOf } from "./spectrum";

/** A residual beyond this, or one that is not a number, ends the run as diverged before it touches the weights. */
const DIVERGED: f64 = 1e12;

/**
 * The parameter block of a run: f64 numbers in the order of `DENSE_FIELDS`; addresses are numbers too.
 *
 *   spectrum, eigenspaces   spectrum.ts and how many pairs are there; eigenspaces = 0: isotropic inputs (otherwise sphere = 0)
 *   studentActivation, teacherActivation   codes (../activations.ts)
 *   weights  (k + p) rows x rowBytes, teacher first, unit-norm coordinates
 *   samples  (B + 1) rows x rowBytes: a ring of inputs
 *   fields, values, slopes   even(k) + even(p) f64 each: teacher, then student
 *   pending  B x even(p) f64: f_i of the samples whose update waits
 *   a, aStar, aStep   p, k, p f64
 */
@unmanaged
export class Dense {
  single: f64; rowBytes: f64; d: f64; p: f64; k: f64; batch: f64;
  studentActivation: f64; teacherActivation: f64; studentScale: f64; teacherScale: f64;
  sphere: f64; spectrum: f64; eigenspaces: f64; noise: f64; decay: f64; trainsSecond: f64; secondDecay: f64;
  rate: f64; secondRate: f64;
  weights: f64; samples: f64; fields: f64; values: f64; slopes: f64; pending: f64; a: f64; aStar: f64; aStep: f64;
  inputKey: f64; generator: f64;
  step: f64; ring: f64; waiting: f64;
}

const NAMES = "single rowBytes d p k batch studentActivation teacherActivation studentScale teacherScale " +
  "sphere spectrum eigenspaces noise decay trainsSecond secondDecay rate secondRate " +
  "weights samples fields values slopes pending a aStar aStep inputKey generator step ring waiting";

/** Names of the numbers of `Dense`, in order, separated by spaces. */
export function denseFields(): string {
  return NAMES;
}

function even(n: i32): i32 {
  return (n + 1) & ~1;
}

/** Input b of the current step into ring slot `x`; returns zeta. */
function drawSample(run: Dense, block: u64, x: usize): f64 {
  const key = <usize>run.inputKey, generator = <usize>run.generator;
  const d = <i32>run.d;
  seekBlock(generator, key, block);
  const end = x + <usize>run.rowBytes + 64;
  let zeta: f64;
  if (run.single != 0) {
    fillNormals32(generator, key, block, x, (d + 8) & ~7);
    zeta = load<f32>(x + (<usize>d << 2));
    for (let at = x + (<usize>d << 2); at < end; at += 4) store<f32>(at, 0);
  } else {
    fillNormals(generator, key, block, x, (d + 4) & ~3);
    zeta = load<f64>(x + (<usize>d << 3));
    for (let at = x + (<usize>d << 3); at < end; at += 8) store<f64>(at, 0);
  }
  if (run.sphere != 0) scaleToSphere(run, x);
  if (run.eigenspaces != 0) scaleToSpectrum(run, x);
  return zeta;
}

/** x <- x sqrt(d) / |x|: uniform on the sphere |x|^2 = d. */
function scaleToSphere(run: Dense, x: usize): void {
  const bytes = <usize>run.rowBytes;
  if (run.single != 0) scaleNumbers<f32>(x, Math.sqrt(run.d / dot<f32>(x, x, bytes)), <i32>(bytes >> 2));
  else scaleNumbers<f64>(x, Math.sqrt(run.d / dot<f64>(x, x, bytes)), <i32>(bytes >> 3));
}

/** Each eigenspace gets its variance. */
function scaleToSpectrum(run: Dense, x: usize): void {
  const spectrum = <usize>run.spectrum, spaces = <i32>run.eigenspaces;
  for (let s = 0; s < spaces; s++) {
    const count = <i32>multiplicityOf(spectrum, s), root = Math.sqrt(varianceOf(spectrum, s));
    if (run.single != 0) scaleNumbers<f32>(x, root, count);
    else scaleNumbers<f64>(x, root, count);
    x += run.single != 0 ? <usize>count << 2 : <usize>count << 3;
  }
}

/** Address of the ring slot of the sample drawn `back` samples before the next one. */
// @ts-ignore: decorator
@inline
function slot(run: Dense, back: i32): usize {
  const size = <i32>run.batch + 1;
  let index = <i32>run.ring - back;
  if (index < 0) index += size;
  return <usize>run.samples + <usize>index * (<usize>run.rowBytes + 64);
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
    rankOne<T>(U, <usize>run.rowBytes, f, b == first ? q : 1.0, slot(run, waiting - b), p);
  }
}

/** Brings the weights up to date; the run goes on bit for bit as if this had not been called. */
export function denseFlush(address: usize): void {
  const run = changetype<Dense>(address);
  if (run.single != 0) applyWaiting<f32>(run, 0);
  else applyWaiting<f64>(run, 0);
  run.waiting = 0;
}

/** Fields of the sample in `x`; settles the waiting updates on the way. */
function computeFields<T extends number>(run: Dense, x: usize): void {
  const p = <i32>run.p, k = <i32>run.k, bytes = <usize>run.rowBytes;
  const W = <usize>run.weights, fields = <usize>run.fields;
  const student = fields + (even(k) << 3);
  const U = W + <usize>k * bytes;
  matvec<T>(W, bytes, x, fields, k);
  const waiting = <i32>run.waiting;
  if (waiting > 0) {
    applyWaiting<T>(run, 1);
    const f = <usize>run.pending + (<usize>(waiting - 1) * even(p) << 3);
    updateThenMatvec<T>(U, bytes, f, waiting == 1 ? weightDecay(run) : 1.0, slot(run, 1), x, student, p);
    run.waiting = 0;
  } else {
    matvec<T>(U, bytes, x, student, p);
  }
}

function weighted(c: usize, s: usize, n: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += load<f64>(c + (i << 3)) * load<f64>(s + (i << 3));
  return sum;
}

/** One batch; false if the residual left all bounds (then nothing of this step was applied). */
function step<T extends number>(run: Dense): bool {
  const p = <i32>run.p, k = <i32>run.k, batch = <i32>run.batch;
  const values = <usize>run.values, slopes = <usize>run.slopes, fields = <usize>run.fields;
  const student = even(k) << 3;
  const a = <usize>run.a, aStep = <usize>run.aStep;
  const t = run.step / run.d;
  const rate = scheduleAt(<usize>run.rate, t) / (run.d * run.batch);
  const trainsSecond = run.trainsSecond != 0;
  if (trainsSecond) memory.fill(aStep, 0, <usize>p << 3);
  for (let b = 0; b < batch; b++) {
    const x = slot(run, 0);
    const zeta = drawSample(run, <u64>run.step * batch + b, x);
    computeFields<T>(run, x);
    activate(<i32><u32>run.teacherActivation, fields, values, slopes, k);
    activate(<i32><u32>run.studentActivation, fields + student, values + student, slopes + student, p);
    const e = run.teacherScale * weighted(<usize>run.aStar, values, k) + run.noise * zeta
      - run.studentScale * weighted(a, values + student, p);
    if (!(Math.abs(e) < DIVERGED)) return false;
    const f = <usize>run.pending + (<usize>b * even(p) << 3);
    const factor = rate * run.studentScale * e;
    for (let i = 0; i < p << 3; i += 8) store<f64>(f + i, factor * load<f64>(a + i) * load<f64>(slopes + student + i));
    if (trainsSecond) {
      for (let i = 0; i < p << 3; i += 8) store<f64>(aStep + i, load<f64>(aStep + i) + load<f64>(values + student + i) * e);
    }
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
