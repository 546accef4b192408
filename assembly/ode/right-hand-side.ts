/**
 * The right-hand side of the order parameters' ODE (THEORY (B11)), at d -> infinity on the clock t = nu / d:
 *
 *   dM/dt = gamma h_T - kappa M,   dQ/dt = gamma (h_S + h_S^T) + (gamma^2 / B) N - 2 kappa Q,   da/dt = gamma_a n_s sig - kappa_a a
 */
import { writeOffsets } from "../integrals/erf-jacobian";
import { driftOf, Integrals, integralsAt, noiseOf, secondLayerOf } from "../integrals/families";
import { valueInPiece } from "../schedule";

/**
 * The parameter block of a problem: f64 numbers in the order of `odeFields`; addresses are numbers too.
 *
 * The state y is M (p x k, row-major), the upper triangle of Q by rows, a (p); without `trainsSecond` a stands still, and so it does, as M,
 * without `gradient`.
 *
 *   P, aStar              k x k, k
 *   integrals             work space of integrals/families.ts, ready
 *   O, c, h, sig, N       what it takes and gives; N with room for 3 more
 *   offsets, diagonal     work space of integrals/erf-jacobian.ts
 *   shared, work          the same
 */
@unmanaged
export class Ode {
  p: f64; k: f64; batch: f64; studentScale: f64; teacherScale: f64; Delta: f64; decay: f64; secondDecay: f64; trainsSecond: f64;
  gradient: f64; noise: f64; rate: f64; secondRate: f64; ratePiece: f64; secondPiece: f64;
  P: f64; aStar: f64; integrals: f64; O: f64; c: f64; h: f64; sig: f64; N: f64;
  offsets: f64; diagonal: f64; shared: f64; work: f64;
}

const NAMES = "p k batch studentScale teacherScale Delta decay secondDecay trainsSecond " +
  "gradient noise rate secondRate ratePiece secondPiece " +
  "P aStar integrals O c h sig N " +
  "offsets diagonal shared work";

/** Names of the numbers of `Ode`, in order, separated by spaces. */
export function odeFields(): string {
  return NAMES;
}

/** Prepares the work space of a parameter block; once, before the first evaluation. */
export function odePrepare(address: usize): void {
  const run = changetype<Ode>(address);
  writeOffsets(<usize>run.offsets, <i32>run.k, <i32>run.p);
}

// @ts-ignore: decorator
@inline
function setSymmetric(O: usize, stride: usize, i: i32, j: i32, value: f64): void {
  store<f64>(O + <usize>i * stride + (<usize>j << 3), value);
  store<f64>(O + <usize>j * stride + (<usize>i << 3), value);
}

/** Spreads the state over Omega and c. */
function unpack(run: Ode, y: usize, stride: usize): void {
  const p = <i32>run.p, k = <i32>run.k;
  const O = <usize>run.O, c = <usize>run.c, P = <usize>run.P;
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
}

/** dy = F(t, y), y and dy in the order of the state. The schedules' pieces are those of the block, so that a step never straddles one. */
export function rightHandSide(address: usize, t: f64, y: usize, dy: usize): void {
  const run = changetype<Ode>(address);
  const p = <i32>run.p, k = <i32>run.k;
  const stride = <usize>((p + k + 1) & ~1) << 3;
  const integrals = changetype<Integrals>(<usize>run.integrals);
  unpack(run, y, stride);
  integralsAt(integrals, <usize>run.O, stride, <usize>run.c);
  if (run.gradient != 0) {
    driftOf(integrals, <usize>run.h);
    if (run.trainsSecond != 0) secondLayerOf(integrals, <usize>run.sig);
  }
  if (run.noise != 0) noiseOf(integrals, run.Delta, <usize>run.N);
  const rate = valueInPiece(<usize>run.rate, <i32>run.ratePiece, t);
  const secondRate = run.trainsSecond != 0 ? valueInPiece(<usize>run.secondRate, <i32>run.secondPiece, t) : 0.0;
  assemble(run, y, dy, rate * run.studentScale, (rate * rate * run.studentScale * run.studentScale) / run.batch, secondRate * run.studentScale, run.decay, run.secondDecay);
}

/**
 * The sum of the parts after their integrals are known at y.
 * @param slope gamma n_s
 * @param variance gamma^2 n_s^2 / B
 * @param second gamma_a n_s
 */
export function assemble(run: Ode, y: usize, dy: usize, slope: f64, variance: f64, second: f64, decay: f64, secondDecay: f64): void {
  const p = <i32>run.p, k = <i32>run.k;
  const stride = <usize>((p + k + 1) & ~1) << 3;
  const h = <usize>run.h, N = <usize>run.N;
  const gradient = run.gradient != 0, noise = run.noise != 0;
  const a = y + (<usize>(p * k + (p * (p + 1)) / 2) << 3);
  for (let i = 0; i < p; i++) {
    const factor = slope * load<f64>(a + (i << 3));
    for (let r = 0; r < k; r++, y += 8, dy += 8) {
      store<f64>(dy, gradient ? factor * load<f64>(h + <usize>i * stride + (<usize>r << 3)) - decay * load<f64>(y) : 0.0);
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
          - 2.0 * decay * load<f64>(y);
      }
      if (noise) sum += variance * ai * aj * load<f64>(pair);
      store<f64>(dy, sum);
    }
  }
  if (gradient && run.trainsSecond != 0) {
    const sig = <usize>run.sig;
    for (let i = 0; i < p; i++, dy += 8) store<f64>(dy, second * load<f64>(sig + (i << 3)) - secondDecay * load<f64>(a + (i << 3)));
  } else {
    memory.fill(dy, 0, <usize>p << 3);
  }
}
