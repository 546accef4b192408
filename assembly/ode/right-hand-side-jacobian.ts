/** The Jacobian of the order parameters' right-hand side for erf: rows as in (B11) from the derivatives of h, N and sig. */
import { addDrift, addSecondLayer, shareDrift, writeNoise } from "../integrals/erf-jacobian";
import { slopeInPiece, valueInPiece } from "../schedule";
import { assemble, Ode, rightHandSide } from "./right-hand-side";

// @ts-ignore: decorator
@inline
function addAt(row: usize, index: i32, value: f64): void {
  store<f64>(row + (<usize>index << 3), load<f64>(row + (<usize>index << 3)) + value);
}

/** F, dF/dy and dF/dt at (t, y), as `Jacobian` of solver.ts; about as long as two right-hand sides. */
export function rightHandSideJacobian(address: usize, t: f64, y: usize, dy: usize, J: usize, rowBytes: usize, dt: usize): void {
  const run = changetype<Ode>(address);
  rightHandSide(address, t, y, dy);
  const rate = valueInPiece(<usize>run.rate, <i32>run.ratePiece, t), secondRate = valueInPiece(<usize>run.secondRate, <i32>run.secondPiece, t);
  const ns = run.studentScale;
  const variance = (rate * rate * ns * ns) / run.batch;
  timeDerivative(run, t, y, dt, rate);
  const p = <i32>run.p, k = <i32>run.k;
  const count = p * k + (p * (p + 1)) / 2;
  const moves = run.trainsSecond != 0 && run.gradient != 0;
  const rows = moves ? count + p : count;
  memory.fill(J, 0, <usize>rows * rowBytes);
  const a = y + (<usize>count << 3);
  const second = moves ? count << 3 : -1;
  if (run.noise != 0) noiseRows(run, a, variance, second, J + <usize>(p * k) * rowBytes, rowBytes);
  if (run.gradient != 0) driftRows(run, a, rate * ns, second, J, rowBytes);
  if (moves) secondRows(run, secondRate * ns, second, J + <usize>count * rowBytes, rowBytes);
}

/** dF/dt: the rates are all that depends on t, and F is linear in gamma, gamma^2 and gamma_a. */
function timeDerivative(run: Ode, t: f64, y: usize, dt: usize, rate: f64): void {
  const slope = slopeInPiece(<usize>run.rate, <i32>run.ratePiece, t), secondSlope = slopeInPiece(<usize>run.secondRate, <i32>run.secondPiece, t);
  const ns = run.studentScale;
  assemble(run, y, dt, slope * ns, (2.0 * rate * slope * ns * ns) / run.batch, secondSlope * ns, 0.0, 0.0);
}

/** Of dQ_ij: variance a_i a_j N_ij. */
function noiseRows(run: Ode, a: usize, variance: f64, second: i32, J: usize, rowBytes: usize): void {
  const p = <i32>run.p, k = <i32>run.k, m = p + k;
  const stride = <usize>((m + 1) & ~1) << 3;
  const O = <usize>run.O, diagonal = <usize>run.diagonal, c = <usize>run.c;
  for (let u = 0; u < m; u++) store<f64>(diagonal + (u << 3), 1.0 + load<f64>(O + <usize>u * stride + (<usize>u << 3)));
  if ((m & 1) != 0) store<f64>(diagonal + (m << 3), 1.0);
  let pair = <usize>run.N;
  for (let i = 0; i < p; i++) {
    const ai = load<f64>(a + (i << 3));
    for (let j = i; j < p; j++, pair += 8, J += rowBytes) {
      const aj = load<f64>(a + (j << 3)), value = load<f64>(pair);
      writeNoise(
        O, stride, k, m, k + i, k + j, value, c, diagonal, <usize>run.offsets,
        variance * ai * aj, second, run.studentScale, <usize>run.work, J);
      if (second >= 0) {
        addAt(J + second, i, variance * aj * value);
        addAt(J + second, j, variance * ai * value);
      }
    }
  }
}

/** Of dM_ir: slope a_i h_ir - decay M_ir; of dQ_ij: slope (a_i h_ij + a_j h_ji) - 2 decay Q_ij. */
function driftRows(run: Ode, a: usize, slope: f64, second: i32, J: usize, rowBytes: usize): void {
  const p = <i32>run.p, k = <i32>run.k, m = p + k;
  const stride = <usize>((m + 1) & ~1) << 3;
  const O = <usize>run.O, c = <usize>run.c, h = <usize>run.h, offsets = <usize>run.offsets, shared = <usize>run.shared;
  for (let i = 0; i < p; i++) {
    const ai = load<f64>(a + (i << 3));
    shareDrift(O, stride, c, m, k + i, shared);
    for (let beta = 0; beta < m; beta++) {
      const at = load<i32>(offsets + (<usize>((k + i) * m + beta) << 2)) >> 3;
      const row = J + <usize>at * rowBytes;
      // h_ii is in dQ_ii twice
      const times = beta == k + i ? 2.0 * slope : slope;
      addDrift(O, stride, k, m, k + i, beta, shared, c, offsets, times * ai, second, run.studentScale, row);
      if (second >= 0) addAt(row + second, i, times * load<f64>(h + <usize>i * stride + (<usize>beta << 3)));
      if (beta < k) addAt(row, at, -run.decay);
      else if (beta >= k + i) addAt(row, at, -2.0 * run.decay);
    }
  }
}

/** Of da_i: second sig_i - secondDecay a_i. */
function secondRows(run: Ode, rate: f64, second: i32, J: usize, rowBytes: usize): void {
  const p = <i32>run.p, k = <i32>run.k, m = p + k;
  const stride = <usize>((m + 1) & ~1) << 3;
  for (let i = 0; i < p; i++, J += rowBytes) {
    addSecondLayer(<usize>run.O, stride, k, m, k + i, <usize>run.c, <usize>run.offsets, rate, second, run.studentScale, J);
    addAt(J + second, i, -run.secondDecay);
  }
}
