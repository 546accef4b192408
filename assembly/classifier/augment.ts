/**
 * What is done to a sample each time it is used: a list of changes, made in order. Sample b of step nu draws from block nu B + b of the stream.
 *
 *   kind 0  shift2d        height, width, channels, by: a shift by whole pixels, uniform in -by .. by both ways; zeros come in
 *   kind 1  gaussianNoise  sd
 *   kind 2  zeroOut        count: as many numbers of the sample, chosen without replacement, are set to zero
 *
 * A record is five f64: kind, and its numbers in the order above. Images are rows of pixels of channels.
 */
import { nextNormal } from "../random/normal";
import { nextUniform, seekScalar } from "../random/stream";

const SHIFT: i32 = 0;
const NOISE: i32 = 1;
export const RECORD_BYTES: usize = 40;

/** A whole number from -by to by. */
function offset(by: i32): i32 {
  return <i32>(nextUniform() * <f64>(2 * by + 1)) - by;
}

/** Moves an image within itself, by way of `work`. */
function shift(row: usize, height: i32, width: i32, channels: i32, by: i32, work: usize): void {
  const dx = offset(by), dy = offset(by);
  const pixel = <usize>channels << 2, line = <usize>width * pixel, size = <usize>height * line;
  memory.copy(work, row, size);
  memory.fill(row, 0, size);
  const kept = width - abs(dx);
  if (kept <= 0) return;
  for (let r = max(0, dy); r < min(height, height + dy); r++) {
    memory.copy(row + <usize>r * line + <usize>max(0, dx) * pixel, work + <usize>(r - dy) * line + <usize>max(0, -dx) * pixel, <usize>kept * pixel);
  }
}

/** Zeros at `count` of n places: each place is taken with the probability that what is left to take has among what is left. */
function zeroOut(row: usize, n: i32, count: i32): void {
  for (let i = 0, left = count; i < n && left > 0; i++) {
    if (nextUniform() * <f64>(n - i) >= <f64>left) continue;
    store<f32>(row + (<usize>i << 2), 0);
    left--;
  }
}

/** Changes `features` numbers at `row`. @param work room for as many */
export function augment(records: usize, count: i32, key: usize, block: u64, row: usize, features: i32, work: usize): void {
  seekScalar(key, block);
  for (const end = records + <usize>count * RECORD_BYTES; records < end; records += RECORD_BYTES) {
    const kind = <i32>load<f64>(records), first = load<f64>(records, 8);
    if (kind == SHIFT) {
      shift(row, <i32>first, <i32>load<f64>(records, 16), <i32>load<f64>(records, 24), <i32>load<f64>(records, 32), work);
    } else if (kind == NOISE) {
      for (let at = row, last = row + (<usize>features << 2); at < last; at += 4) store<f32>(at, <f32>(<f64>load<f32>(at) + first * nextNormal()));
    } else {
      zeroOut(row, features, <i32>first);
    }
  }
}
