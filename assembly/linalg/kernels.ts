/** The row kernels by precision, as they are exported for tests and benches. */
import { addGram } from "./gram";
import { matvec, rankOne, updateThenMatvec } from "./rows";

export function matvecF64(W: usize, rowBytes: usize, x: usize, y: usize, rows: i32): void {
  matvec<f64>(W, rowBytes, x, y, rows);
}

export function matvecF32(W: usize, rowBytes: usize, x: usize, y: usize, rows: i32): void {
  matvec<f32>(W, rowBytes, x, y, rows);
}

export function rankOneF64(W: usize, rowBytes: usize, f: usize, q: f64, x: usize, rows: i32): void {
  rankOne<f64>(W, rowBytes, f, q, x, rows);
}

export function rankOneF32(W: usize, rowBytes: usize, f: usize, q: f64, x: usize, rows: i32): void {
  rankOne<f32>(W, rowBytes, f, q, x, rows);
}

export function updateThenMatvecF64(W: usize, rowBytes: usize, f: usize, q: f64, x: usize, z: usize, y: usize, rows: i32): void {
  updateThenMatvec<f64>(W, rowBytes, f, q, x, z, y, rows);
}

export function updateThenMatvecF32(W: usize, rowBytes: usize, f: usize, q: f64, x: usize, z: usize, y: usize, rows: i32): void {
  updateThenMatvec<f32>(W, rowBytes, f, q, x, z, y, rows);
}

export function gramF64(R: usize, rowBytes: usize, rows: i32, scale: f64, G: usize): void {
  memory.fill(G, 0, <usize>(rows * rows) << 3);
  addGram<f64>(R, rowBytes, rows, <i32>(rowBytes >> 3), scale, G);
}

export function gramF32(R: usize, rowBytes: usize, rows: i32, scale: f64, G: usize): void {
  memory.fill(G, 0, <usize>(rows * rows) << 3);
  addGram<f32>(R, rowBytes, rows, <i32>(rowBytes >> 2), scale, G);
}
