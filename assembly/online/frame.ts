/**
 * Explicit weights from a factor of Omega_0: W = L F, where F is `rank` orthonormal rows of R^d, uniformly random for the seed.
 */
import { dot } from "../linalg/gram";
import { fillNormals } from "../random/normal";
import { seekBlock } from "../random/stream";

/**
 * @param key, generator stream of the frame; row i of F comes from block i
 * @param factor (rows x rank) f64, row-major: L
 * @param F work space, `rank` rows x rowBytes (+ 64 bytes)
 * @param W rows x rowBytes, written, f64 or (single) f32; padding zero
 */
export function realiseFrame(
  key: usize, generator: usize, factor: usize, rows: i32, rank: i32, d: i32, F: usize, fBytes: usize, W: usize, rowBytes: usize, single: i32,
): void {
  for (let i = 0; i < rank; i++) {
    const row = F + <usize>i * fBytes;
    seekBlock(generator, key, i);
    fillNormals(generator, key, i, row, (d + 3) & ~3);
    for (let at = row + (<usize>d << 3); at < row + fBytes; at += 8) store<f64>(at, 0);
    // twice is enough (Giraud, Langou & Rozloznik 2005)
    orthogonalise(F, fBytes, i);
    orthogonalise(F, fBytes, i);
    scaleRow(row, fBytes, 1.0 / Math.sqrt(dot<f64>(row, row, fBytes)));
  }
  for (let i = 0; i < rows; i++) {
    const to = W + <usize>i * rowBytes;
    const L = factor + (<usize>(i * rank) << 3);
    for (let c = 0; c < d; c++) {
      let sum = 0.0;
      for (let j = 0; j < rank; j++) sum += load<f64>(L + (j << 3)) * load<f64>(F + <usize>j * fBytes + (<usize>c << 3));
      if (single) store<f32>(to + (<usize>c << 2), <f32>sum);
      else store<f64>(to + (<usize>c << 3), sum);
    }
  }
}

/** Takes the parts along the first `i` rows out of row i. */
function orthogonalise(F: usize, fBytes: usize, i: i32): void {
  const row = F + <usize>i * fBytes;
  for (let j = 0; j < i; j++) {
    const other = F + <usize>j * fBytes;
    const overlap = f64x2.splat(dot<f64>(row, other, fBytes));
    for (let at: usize = 0; at < fBytes; at += 16) {
      v128.store(row + at, f64x2.sub(v128.load(row + at), f64x2.mul(overlap, v128.load(other + at))));
    }
  }
}

function scaleRow(row: usize, bytes: usize, scale: f64): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(row + at, f64x2.mul(f64x2.splat(scale), v128.load(row + at)));
}
