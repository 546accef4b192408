/**
 * The right-hand side of the order parameters' ODE (THEORY (B11)) for erf, at d -> infinity on the clock t = nu / d:
 *
 *   dM/dt = gamma h_T - kappa M,   dQ/dt = gamma (h_S + h_S^T) + (gamma^2 / B) N - 2 kappa Q,   da/dt = gamma_a n_s sig - kappa_a a
 */
import { drift, noisePairs, secondLayerDrift, writePairs } from "../integrals/erf";
import { valueInPiece } from "../schedule";

/**
 * The parameter block of an integration: f64 numbers in the order of `ODE_FIELDS`; addresses are numbers too.
 *
 * The state y is M (p x k, row-major), the upper triangle of Q by rows, a (p): `n` numbers, of which the first `active` move.
 *
 *   P, aStar              k x k, k
 *   O, c, cc, h, sig      work space of integrals/erf.ts
 *   pairs, lanes, noise   the same
 *   y, trial, stage, k1   y and the stepper's vectors; k1 holds seven derivatives, `vectorBytes` apart
 *   saveTimes             `saveCount` f64, increasing; row i of rows, vectorBytes + 16 apart, receives [t, y] as time i is passed
 *   dense                 `denseRoom` records [t, h, r1..r5], one a step
 */
@unmanaged
export class Ode {
  p: f64; k: f64; batch: f64; studentScale: f64; teacherScale: f64; Delta: f64; decay: f64; secondDecay: f64; trainsSecond: f64;
  gradient: f64; noise: f64; rate: f64; secondRate: f64; ratePiece: f64; secondPiece: f64;
  P: f64; aStar: f64; O: f64; c: f64; cc: f64; h: f64; sig: f64; pairs: f64; lanes: f64; N: f64;
  n: f64; active: f64; y: f64; trial: f64; stage: f64; k1: f64; vectorBytes: f64;
  t: f64; step: f64; lastError: f64; wasRejected: f64; rtol: f64; atol: f64; accepted: f64; rejected: f64; evaluations: f64;
  saveTimes: f64; saveCount: f64; saved: f64; rows: f64;
  dense: f64; denseUsed: f64; denseRoom: f64;
}

const NAMES = "p k batch studentScale teacherScale Delta decay secondDecay trainsSecond " +
  "gradient noise rate secondRate ratePiece secondPiece " +
  "P aStar O c cc h sig pairs lanes N " +
  "n active y trial stage k1 vectorBytes " +
  "t step lastError wasRejected rtol atol accepted rejected evaluations " +
  "saveTimes saveCount saved rows " +
  "dense denseUsed denseRoom";

/** Names of the numbers of `Ode`, in order, separated by spaces. */
export function odeFields(): string {
  return NAMES;
}

/** Prepares the work space of a parameter block; once, before the first evaluation. */
export function odePrepare(address: usize): void {
  const run = changetype<Ode>(address);
  writePairs(<usize>run.pairs, <i32>run.p);
}

// @ts-ignore: decorator
@inline
function setSymmetric(O: usize, stride: usize, i: i32, j: i32, value: f64): void {
  store<f64>(O + <usize>i * stride + (<usize>j << 3), value);
  store<f64>(O + <usize>j * stride + (<usize>i << 3), value);
}

/** Spreads the state over Omega, c and the products of c. */
function unpack(run: Ode, y: usize, stride: usize): void {
  const p = <i32>run.p, k = <i32>run.k, m = p + k;
  const O = <usize>run.O, c = <usize>run.c, cc = <usize>run.cc, P = <usize>run.P;
  for (let r = 0; r < k; r++) {
    for (let s = 0; s < k; s++) store<f64>(O + <usize>r * stride + (<usize>s << 3), load<f64>(P + (<usize>(r * k + s) << 3)));
    store<f64>(c + (r << 3), run.teacherScale * load<f64>(<usize>run.aStar + (r << 3)));
  }
  for (let i = 0; i < p; i++) {
    for (let r = 0; r < k; r++, y += 8) setSymmetric(O, stride, k + i, r, load<f64>(y));
  }
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++, y += 8) setSymmetric(O, stride, k + i, k + j, load<f64>(y));
  }
  for (let i = 0; i < p; i++, y += 8) store<f64>(c + ((k + i) << 3), -run.studentScale * load<f64>(y));
  if (run.noise == 0) return;
  for (let u = 0; u < m; u++) {
    const cu = load<f64>(c + (u << 3)) * 0.6366197723675814;
    for (let v = 0; v < m; v++) {
      const product = cu * load<f64>(c + (v << 3));
      store<f64>(cc + (<usize>(u * m + v) << 3), u == v ? product : product + product);
    }
  }
}

/** dy = F(t, y), y and dy in the order of the state. The schedules' pieces are those of the block, so that a step never straddles one. */
export function rightHandSide(address: usize, t: f64, y: usize, dy: usize): void {
  const run = changetype<Ode>(address);
  const p = <i32>run.p, k = <i32>run.k;
  const stride = <usize>((p + k + 1) & ~1) << 3;
  const O = <usize>run.O, c = <usize>run.c, h = <usize>run.h, N = <usize>run.N;
  const ns = run.studentScale, kappa = run.decay;
  const gradient = run.gradient != 0, noise = run.noise != 0;
  const rate = valueInPiece(<usize>run.rate, <i32>run.ratePiece, t);
  run.evaluations += 1;
  unpack(run, y, stride);
  if (gradient) drift(O, stride, c, k, p, h);
  if (noise) noisePairs(O, stride, <usize>run.cc, k, p, run.Delta, <usize>run.pairs, <usize>run.lanes, N);

  const a = y + (<usize>(p * k + (p * (p + 1)) / 2) << 3);
  const variance = (rate * rate * ns * ns) / run.batch;
  const slope = rate * ns;
  for (let i = 0; i < p; i++) {
    const factor = slope * load<f64>(a + (i << 3));
    for (let r = 0; r < k; r++, y += 8, dy += 8) {
      store<f64>(dy, gradient ? factor * load<f64>(h + <usize>i * stride + (<usize>r << 3)) - kappa * load<f64>(y) : 0.0);
    }
  }
  let pair = N;
  for (let i = 0; i < p; i++) {
    const ai = load<f64>(a + (i << 3));
    for (let j = i; j < p; j++, y += 8, dy += 8, pair += 8) {
      const aj = load<f64>(a + (j << 3));
      let sum = 0.0;
      if (gradient) {
        sum = slope * (ai * load<f64>(h + <usize>i * stride + (<usize>(k + j) << 3)) + aj * load<f64>(h + <usize>j * stride + (<usize>(k + i) << 3)))
          - 2.0 * kappa * load<f64>(y);
      }
      if (noise) sum += variance * ai * aj * load<f64>(pair);
      store<f64>(dy, sum);
    }
  }
  if (gradient && run.trainsSecond != 0) {
    const secondRate = valueInPiece(<usize>run.secondRate, <i32>run.secondPiece, t) * ns;
    const sig = <usize>run.sig;
    secondLayerDrift(O, stride, c, k, p, sig);
    for (let i = 0; i < p; i++, dy += 8) {
      store<f64>(dy, secondRate * load<f64>(sig + (i << 3)) - run.secondDecay * load<f64>(a + (i << 3)));
    }
  } else {
    memory.fill(dy, 0, <usize>p << 3);
  }
}
