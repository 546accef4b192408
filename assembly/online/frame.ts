/**
 * Explicit weights from a factor: W = L F, where F is `rank` orthonormal rows of R^d, uniformly random for the seed.
 */
import { addScaled } from "../linalg/add-scaled";
import { dot } from "../linalg/gram";
import { fillNormals } from "../random/normal";
import { seekBlock } from "../random/stream";

/**
 * Row i of F, orthonormal to the rows before it; it comes from a block of the frame's stream.
 * @param F rows x fBytes (+ 64 bytes behind the last), f64; padding zero
 */
export function frameRow(key: usize, generator: usize, F: usize, fBytes: usize, d: i32, i: i32, block: i32): void {
  const row = F + <usize>i * fBytes;
  seekBlock(generator, key, block);
  fillNormals(generator, key, block, row, (d + 3) & ~3);
  for (let at = row + (<usize>d << 3); at < row + fBytes; at += 8) store<f64>(at, 0);
  // twice is enough (Giraud, Langou & Rozloznik 2005)
  orthogonalise(F, fBytes, i);
  orthogonalise(F, fBytes, i);
  scaleRow(row, fBytes, 1.0 / Math.sqrt(dot<f64>(row, row, fBytes)));
}

/**
 * One row of W = L F.
 * @param L the factor's row, `rank` f64; zeros cost nothing
 * @param sum work space, fBytes
 * @param W the row to write: d elements, f64 or (single) f32
 */
export function frameWeights(L: usize, rank: i32, F: usize, fBytes: usize, sum: usize, W: usize, d: i32, single: i32): void {
  memory.fill(sum, 0, fBytes);
  for (let j = 0; j < rank; j++) {
    const weight = load<f64>(L + (j << 3));
    if (weight != 0.0) addScaled(sum, weight, F + <usize>j * fBytes, fBytes);
  }
  if (!single) {
    memory.copy(W, sum, <usize>d << 3);
    return;
  }
  for (let c = 0; c < d; c++) store<f32>(W + (<usize>c << 2), <f32>load<f64>(sum + (<usize>c << 3)));
}

/** Takes the parts along the first `i` rows out of row i. */
function orthogonalise(F: usize, fBytes: usize, i: i32): void {
  const row = F + <usize>i * fBytes;
  for (let j = 0; j < i; j++) {
    const other = F + <usize>j * fBytes;
    addScaled(row, -dot<f64>(row, other, fBytes), other, fBytes);
  }
}

function scaleRow(row: usize, bytes: usize, scale: f64): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(row + at, f64x2.mul(f64x2.splat(scale), v128.load(row + at)));
}
