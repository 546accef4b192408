/**
 * Samples of the dense simulations: block nu of the input stream is d normals (with a spectrum an input is these times sqrt lambda; on the sphere
 * they are scaled to it), then zeta, and its label is y = n_t a*.s(lam*) + sqrt(Delta) zeta. A finite set is blocks 0 to n - 1.
 */
import { activate } from "../activations";
import { dot } from "../linalg/gram";
import { matvec } from "../linalg/rows";
import { fillNormals, fillNormals32 } from "../random/normal";
import { seekBlock } from "../random/stream";
import { Dense, inputBytes } from "./dense-run";
import { multiplicityOf, scaleNumbers, varianceOf } from "./spectrum";

/** Input number `block` of the stream into `x`, which has room for `inputBytes`; returns zeta. */
function draw(run: Dense, block: u64, x: usize): f64 {
  const key = <usize>run.inputKey, generator = <usize>run.generator;
  const d = <i32>run.d;
  seekBlock(generator, key, block);
  const end = x + inputBytes(run);
  let zeta: f64;
  if (run.single != 0) {
    fillNormals32(generator, key, block, x, (d + 8) & ~7);
    zeta = load<f32>(x + (<usize>d << 2));
    for (let at = x + (<usize>d << 2); at < end; at += 4) store<f32>(at, 0);
  } else {
    fillNormals(generator, key, block, x, (d + 4) & ~3);
    zeta = load<f64>(x + (<usize>d << 3));
    for (let at = x + (<usize>d << 3); at < end; at += 8) store<f64>(at, 0);
  }
  if (run.sphere != 0) scaleToSphere(run, x);
  if (run.eigenspaces != 0) scaleToSpectrum(run, x);
  return zeta;
}

/** x <- x sqrt(d) / |x|: uniform on the sphere |x|^2 = d. */
function scaleToSphere(run: Dense, x: usize): void {
  const bytes = <usize>run.rowBytes;
  if (run.single != 0) scaleNumbers<f32>(x, Math.sqrt(run.d / dot<f32>(x, x, bytes)), <i32>(bytes >> 2));
  else scaleNumbers<f64>(x, Math.sqrt(run.d / dot<f64>(x, x, bytes)), <i32>(bytes >> 3));
}

/** Each eigenspace gets its variance. */
function scaleToSpectrum(run: Dense, x: usize): void {
  const spectrum = <usize>run.spectrum, spaces = <i32>run.eigenspaces;
  for (let s = 0; s < spaces; s++) {
    const count = <i32>multiplicityOf(spectrum, s), root = Math.sqrt(varianceOf(spectrum, s));
    if (run.single != 0) scaleNumbers<f32>(x, root, count);
    else scaleNumbers<f64>(x, root, count);
    x += run.single != 0 ? <usize>count << 2 : <usize>count << 3;
  }
}

export function weighted(c: usize, s: usize, n: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += load<f64>(c + (i << 3)) * load<f64>(s + (i << 3));
  return sum;
}

/** Draws sample number `block` of the stream into `x`; returns its label. */
export function drawSample<T extends number>(run: Dense, block: u64, x: usize): f64 {
  const k = <i32>run.k;
  const fields = <usize>run.fields, values = <usize>run.values;
  const zeta = draw(run, block, x);
  matvec<T>(<usize>run.weights, <usize>run.rowBytes, x, fields, k);
  activate(<i32><u32>run.teacherActivation, fields, values, <usize>run.slopes, k);
  return run.teacherScale * weighted(<usize>run.aStar, values, k) + run.noise * zeta;
}

/**
 * Fetches sample number `index`: its label goes to `run.label`. Where a set is stored the input stays there; otherwise it is drawn into the ring's
 * next place, which is not given away.
 * @returns address of the input
 */
// @ts-ignore: decorator
@inline
export function fetchSample<T extends number>(run: Dense, index: u64): usize {
  const bytes = inputBytes(run);
  if (run.set != 0) {
    run.label = load<f64>(<usize>run.labels + (<usize>index << 3));
    return <usize>run.set + <usize>index * bytes;
  }
  const x = <usize>run.samples + <usize>run.ring * bytes;
  run.label = drawSample<T>(run, index, x);
  return x;
}
