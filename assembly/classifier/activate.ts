/**
 * Activations of f32 fields in place, and their slopes. ReLU needs none: it is part of the product, its slope 1 where the output is positive (0 at 0).
 * erf(z / sqrt 2) and tanh are computed in f64 and rounded: 0.5 ulp of f32 and 1e-8 of that more.
 */
import { sigmoids, TANH } from "../special/sigmoids";
import { scaledErfSlopePair } from "../special/erf";
import { panelBytes } from "./panels";

/** Codes, in the order of `activations` of src/classify/network.ts. */
export const LINEAR: i32 = 0;
export const RELU: i32 = 1;
export const ERF: i32 = 2;
export const TANGENT: i32 = 3;

/** Fields, values and slopes of a block, f64. */
const BLOCK: i32 = 64;
const wide: usize = memory.data(64 * 8, 16);
const values: usize = memory.data(64 * 8, 16);
const slopesOf: usize = memory.data(64 * 8, 16);

/** s of `count` fields at z, a multiple of 8, in place; slopes to `slopes`. */
function activateRow(kind: i32, z: usize, slopes: usize, count: i32): void {
  for (let first = 0; first < count; first += BLOCK) {
    const n = min(BLOCK, count - first), end = wide + (<usize>n << 3);
    for (let at = wide, from = z; at < end; at += 16, from += 8) v128.store(at, f64x2.promote_low_f32x4(v128.load64_zero(from)));
    if (kind == TANGENT) {
      sigmoids(TANH, wide, values, slopesOf, end);
    } else {
      for (let i: usize = 0; i < <usize>n << 3; i += 16) v128.store(values + i, scaledErfSlopePair(v128.load(wide + i), slopesOf + i));
    }
    for (let i: usize = 0; i < <usize>n << 3; i += 16, z += 8, slopes += 8) {
      v128.store64_lane(z, f32x4.demote_f64x2_zero(v128.load(values + i)), 0);
      v128.store64_lane(slopes, f32x4.demote_f64x2_zero(v128.load(slopesOf + i)), 0);
    }
  }
}

/** s of rows x columns fields in panels, in place; slopes laid out as they are. */
export function activateLayer(kind: i32, z: usize, slopes: usize, rows: i32, columns: i32): void {
  if (kind != ERF && kind != TANGENT) return;
  const bytes = panelBytes(rows);
  for (let c = 0; c < columns; c += 8, z += bytes, slopes += bytes) activateRow(kind, z, slopes, rows << 3);
}
