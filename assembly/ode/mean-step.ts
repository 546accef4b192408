/**
 * The exact mean of one step of SGD at finite d for isotropic Gaussian inputs (THEORY (B9)-(B10)), iterated. With q = 1 - kappa / d:
 *
 *   M' = q M + (gamma / d) h_T
 *   Q' = q^2 Q + q (gamma / d) (h_S + h_S^T) + (gamma^2 / (B d)) (N + (2 / d) dN/dtau) + (1 - 1 / B) (gamma^2 / d^2) h Omega^+ h^T
 *   a' = (1 - kappa_a / d) a + (gamma_a n_s / d) sig
 *
 * h lies in the range of Omega = L L^T, so that h Omega^+ h^T = Z Z^T where Z L^T = h; a pivot of L that rounding alone makes counts as 0.
 */
import { Integrals, noiseScalingOf } from "../integrals/families";
import { factorCovariance } from "../linalg/covariance-factor";
import { schedulePiece, valueInPiece } from "../schedule";
import { Ode, rightHandSide } from "./right-hand-side";

const BOUND: f64 = 1e12;

/** Bytes of the work space of `meanSteps`. */
export function meanStepBytes(p: i32, k: i32): i32 {
  const m = p + k, n = p * k + (p * (p + 1)) / 2 + p;
  return 8 * (n + 1 + (p * (p + 1)) / 2 + 4 + m * m + p * m) + 48;
}

/** Z, p x m: z L^T = h row by row, over the columns of L that are not zero. */
function solve(h: usize, stride: usize, L: usize, m: i32, p: i32, Z: usize): void {
  const row = <usize>m << 3;
  for (let i = 0; i < p; i++, h += stride, Z += row) {
    for (let j = 0; j < m; j++) {
      const Lj = L + <usize>j * row;
      const root = load<f64>(Lj + (j << 3));
      let sum = load<f64>(h + (j << 3));
      for (let c = 0; c < j; c++) sum -= load<f64>(Z + (c << 3)) * load<f64>(Lj + (c << 3));
      store<f64>(Z + (j << 3), root > 0.0 ? sum / root : 0.0);
    }
  }
}

/**
 * Replaces y by its mean after `steps` steps, each taken at the mean of the one before. Rates are those at t = step / d.
 * @param address parameter block of `Ode`, with both parts of the drift
 * @param first number of the first step
 * @param y n f64 as `Ode` has them
 * @param work 16-byte aligned work space of `meanStepBytes`
 * @returns steps made; fewer where the state left all bounds
 */
export function meanSteps(address: usize, d: f64, first: f64, steps: i32, y: usize, work: usize): i32 {
  const run = changetype<Ode>(address);
  const p = <i32>run.p, k = <i32>run.k, m = p + k;
  const stride = <usize>((m + 1) & ~1) << 3;
  const n = p * k + (p * (p + 1)) / 2 + p;
  const dy = work;
  const scaling = dy + ((<usize>(n + 1) << 3) & ~15);
  const L = scaling + ((<usize>((p * (p + 1)) / 2 + 4) << 3) & ~15);
  const Z = L + (<usize>(m * m) << 3);
  const h = <usize>run.h, a = y + (<usize>(n - p) << 3);
  const ns = run.studentScale, B = run.batch;
  const q = 1.0 - run.decay / d;
  for (let step = 0; step < steps; step++) {
    const t = (first + <f64>step) / d;
    run.ratePiece = <f64>schedulePiece(<usize>run.rate, t);
    run.secondPiece = <f64>schedulePiece(<usize>run.secondRate, t);
    const rate = valueInPiece(<usize>run.rate, <i32>run.ratePiece, t);
    // leaves h, N and, where a is trained, sig
    rightHandSide(address, t, y, dy);
    noiseScalingOf(changetype<Integrals>(<usize>run.integrals), run.Delta, <usize>run.N, scaling);
    if (B > 1.0) {
      factorCovariance(<usize>run.O, stride, m, L);
      solve(h, stride, L, m, p, Z);
    }
    const slope = (rate * ns) / d;
    const variance = (rate * rate * ns * ns) / (B * d);
    const across = slope * slope * (1.0 - 1.0 / B);
    let to = y;
    for (let i = 0; i < p; i++) {
      const ai = load<f64>(a + (i << 3));
      for (let r = 0; r < k; r++, to += 8) {
        store<f64>(to, q * load<f64>(to) + slope * ai * load<f64>(h + <usize>i * stride + (r << 3)));
      }
    }
    let noise = <usize>run.N, grown = scaling;
    for (let i = 0; i < p; i++) {
      const ai = load<f64>(a + (i << 3));
      for (let j = i; j < p; j++, to += 8, noise += 8, grown += 8) {
        const aj = load<f64>(a + (j << 3));
        let sum = q * q * load<f64>(to)
          + q * slope * (ai * load<f64>(h + <usize>i * stride + (<usize>(k + j) << 3)) + aj * load<f64>(h + <usize>j * stride + (<usize>(k + i) << 3)))
          + variance * ai * aj * (load<f64>(noise) + (2.0 / d) * load<f64>(grown));
        if (B > 1.0) {
          let product = 0.0;
          for (let c = 0; c < m; c++) product += load<f64>(Z + (<usize>(i * m + c) << 3)) * load<f64>(Z + (<usize>(j * m + c) << 3));
          sum += across * ai * aj * product;
        }
        store<f64>(to, sum);
      }
    }
    if (run.trainsSecond != 0) {
      const secondRate = (valueInPiece(<usize>run.secondRate, <i32>run.secondPiece, t) * ns) / d;
      for (let i = 0; i < p; i++, to += 8) {
        store<f64>(to, (1.0 - run.secondDecay / d) * load<f64>(to) + secondRate * load<f64>(<usize>run.sig + (i << 3)));
      }
    }
    for (let i = 0; i < n << 3; i += 8) {
      if (!(Math.abs(load<f64>(y + i)) < BOUND)) return step;
    }
  }
  return steps;
}
