/**
 * Two eigenvalues of the Jacobian J along an implicit integration, each followed by iterations in every step from the last step's vector.
 *
 * The fastest, by the power method: h times its size says whether explicit steps would do.
 *
 * The most growing, by inverse iteration with the factors of W = 1 / (h gamma) - J: an implicit method multiplies what grows like e^z,
 * z = h lambda > 0, by a rational function R(z), which damps it from some z on. The error estimate does not see that while what grows is
 * below the tolerance, as an asymmetry on a plateau is (its logarithm sets when the plateau ends), so the step is bound while the state
 * as a whole moves slower than that. For Rodas5P |log R(z) / z - 1| = 3.6e-5 z^5.3 up to z = 1.
 */
import { luSolve } from "../linalg/lu";
import { power } from "./dopri5";
import { Solver } from "./solver";

/** Iterations a round; as many rounds a step as it takes, up to these. */
export const ROUND: i32 = 4;
export const MOST_ROUNDS: i32 = 60;

function size(v: usize, n: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < n << 3; i += 8) sum += load<f64>(v + i) * load<f64>(v + i);
  return Math.sqrt(sum);
}

/** Size with weights, one over the sizes of the state's numbers: where those differ much, J is far from normal without. */
function weightedSize(v: usize, weights: usize, n: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < n << 3; i += 8) {
    const x = load<f64>(v + i) * load<f64>(weights + i);
    sum += x * x;
  }
  return Math.sqrt(sum);
}

/** Sets `radius`, by J in `matrix`. The first vector is the difference of the last explicit stages, mostly fast. */
export function fastest(run: Solver): void {
  const n = <i32>run.active;
  const bytes = <usize>run.vectorBytes, rowBytes = <usize>run.rowBytes, v = <usize>run.fast, w = <usize>run.stage;
  let length = size(v, n);
  if (length == 0) {
    const k6 = <usize>run.k1 + 5 * bytes;
    for (let i = 0; i < n << 3; i += 8) store<f64>(v + i, load<f64>(k6 + bytes + i) - load<f64>(k6 + i));
    length = size(v, n);
  }
  for (let i = 0, row = <usize>run.matrix; i < n; i++, row += rowBytes) {
    let sum = 0.0;
    for (let j = 0; j < n << 3; j += 8) sum += load<f64>(row + j) * load<f64>(v + j);
    store<f64>(w + (i << 3), sum);
  }
  const image = size(w, n);
  if (!(length > 0 && image > 0)) return;
  run.radius = image / length;
  for (let i = 0; i < n << 3; i += 8) store<f64>(v + i, load<f64>(w + i) / image);
}

/**
 * Round `round` of iterations towards the eigenvalue nearest to `shift`, by the factors of W = shift - J in `matrix`: with w = W^-1 v,
 * J w = shift w - v, whose Rayleigh quotient r and residual on it are known. Sets `growth` to the eigenvalue, or to 0 where nothing that
 * grows bounds a step h: it is too slow, or the state itself moves as fast, which the error estimate sees.
 *
 * Where J is far from normal, r may be large with no eigenvalue near, and a small residual; then dr/dt = -r^2 on the clock t = rounds ROUND / shift.
 * So r must stand still.
 * @returns whether that is known; if not, another round may tell. After `MOST_ROUNDS` the step is left to the error estimate
 */
export function growing(run: Solver, shift: f64, h: f64, round: i32): bool {
  const n = <i32>run.active;
  const v = <usize>run.slow, w = <usize>run.stage, y = <usize>run.y, weights = <usize>run.trial;
  const least = run.atol / run.rtol;
  for (let i = 0; i < n << 3; i += 8) store<f64>(weights + i, 1.0 / (Math.abs(load<f64>(y + i)) + least));
  run.growth = 0;
  if (round == 0) stir(v, weights, n);
  let value = 0.0, residual = 0.0;
  for (let i = 0; i < ROUND; i++) {
    memory.copy(w, v, <usize>n << 3);
    luSolve(<usize>run.matrix, n, <usize>run.rowBytes, <usize>run.pivots, w);
    const length = weightedSize(w, weights, n);
    if (!(length > 0 && length < Infinity)) return true;
    const inverse = 1.0 / length;
    // of v and w / length, both of size 1
    let cosine = 0.0, sine = 0.0;
    for (let i = 0; i < n << 3; i += 8) {
      const weight = load<f64>(weights + i), unit = load<f64>(w + i) * inverse;
      store<f64>(w + i, unit);
      cosine += weight * load<f64>(v + i) * (weight * unit);
    }
    for (let i = 0; i < n << 3; i += 8) {
      const unit = load<f64>(w + i), rest = load<f64>(weights + i) * (load<f64>(v + i) - cosine * unit);
      sine += rest * rest;
      store<f64>(v + i, unit);
    }
    value = shift - cosine * inverse;
    residual = Math.sqrt(sine) * inverse;
  }
  // what grows may grow so fast
  const bound = value + residual;
  if (bound * h <= reachOf(run)) return true;
  if (weightedSize(<usize>run.fresh, weights, n) >= 0.1 * bound * weightedSize(y, weights, n)) return true;
  const drift = Math.abs(value - run.candidate);
  run.candidate = value;
  if (round == 0 || !(residual < 0.1 * value) || drift > (0.25 * ROUND * value * value) / shift) return false;
  run.growth = value;
  return true;
}

/**
 * A vector of size 1 again with something of every direction in it, so that a mode that begins to grow is found: Lehmer's generator, since
 * numbers with a rule of their own (equal differences, say) have nothing of the modes of symmetric states.
 */
function stir(v: usize, weights: usize, n: i32): void {
  let state: i64 = 1;
  const amount = size(v, n) > 0 ? 0.01 / Math.sqrt(<f64>n) : 1.0;
  for (let i = 0; i < n << 3; i += 8) {
    state = (state * 48271) % 2147483647;
    const x = <f64>state / 2147483647.0 - 0.5;
    store<f64>(v + i, load<f64>(v + i) + (amount * x) / load<f64>(weights + i));
  }
  const inverse = 1.0 / weightedSize(v, weights, n);
  for (let i = 0; i < n << 3; i += 8) store<f64>(v + i, load<f64>(v + i) * inverse);
}

/** h lambda at which the relative error of what grows, in its logarithm, is about the relative tolerance. */
// @ts-ignore: decorator
@inline
function reachOf(run: Solver): f64 {
  return min(1.0, power(3e4 * run.rtol, 0.2));
}

/** The longest step that what grows allows. */
export function longestStep(run: Solver): f64 {
  return run.growth > 0.0 ? reachOf(run) / run.growth : Infinity;
}
