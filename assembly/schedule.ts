/**
 * A learning-rate schedule on the clock t = nu / d, as f64 numbers:
 *
 *   [0] n  [1] interpolation: 0 constant, 1 linear, 2 log  [2..2+n) times, increasing  [2+n..2+2n) values
 *
 * constant: the value of the last time <= t. linear: between the values. log: linear in log(value) between the values (geometric).
 * Before the first time and after the last one the value is that of the end.
 */
import { exp } from "./special/exp";
import { log } from "./special/log";

/** The piece that holds t: the last i with times[i] <= t, or -1 before the first time. */
export function schedulePiece(schedule: usize, t: f64): i32 {
  const n = <i32>load<f64>(schedule);
  let low = -1, high = n;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f64>(schedule + 16 + (middle << 3)) <= t) low = middle;
    else high = middle;
  }
  return low;
}

/** The value at t within a given piece; an integrator stays in one piece up to and including its end. */
export function valueInPiece(schedule: usize, piece: i32, t: f64): f64 {
  const n = <i32>load<f64>(schedule);
  const values = schedule + 16 + (<usize>n << 3);
  if (piece < 0) return load<f64>(values);
  const value = load<f64>(values + (piece << 3));
  const interpolation = load<f64>(schedule, 8);
  if (piece == n - 1 || interpolation == 0.0) return value;
  const start = load<f64>(schedule + 16 + (piece << 3)), end = load<f64>(schedule + 16 + (piece << 3), 8);
  const next = load<f64>(values + (piece << 3), 8);
  const s = (t - start) / (end - start);
  return interpolation == 1.0 ? value + s * (next - value) : exp((1.0 - s) * log(value) + s * log(next));
}

/** The derivative of the value within a given piece. */
export function slopeInPiece(schedule: usize, piece: i32, t: f64): f64 {
  const n = <i32>load<f64>(schedule);
  const interpolation = load<f64>(schedule, 8);
  if (piece < 0 || piece == n - 1 || interpolation == 0.0) return 0.0;
  const times = schedule + 16 + (piece << 3), values = times + (<usize>n << 3);
  const length = load<f64>(times, 8) - load<f64>(times);
  const value = load<f64>(values), next = load<f64>(values, 8);
  return interpolation == 1.0 ? (next - value) / length : (valueInPiece(schedule, piece, t) * (log(next) - log(value))) / length;
}

/** The value at t. */
export function scheduleAt(schedule: usize, t: f64): f64 {
  if (load<f64>(schedule) == 1.0) return load<f64>(schedule, 24);
  return valueInPiece(schedule, schedulePiece(schedule, t), t);
}
