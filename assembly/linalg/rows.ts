/**
 * The dense row kernels of one-pass SGD, in f64 and f32: y = W x, W += f x^T, and both in one pass over W.
 *
 *   W  rows x stride, row-major; stride = columns padded to 64 bytes, padding zero
 *   x  stride elements, padding zero; all rows and vectors are 16-byte aligned
 *   y  rows x f64 (also in f32: the sum of a row is rounded to f32, then widened)
 *   f  rows x f64 (rounded to the precision of W before use)
 *
 * The order of additions is part of the specification. With L lanes to a vector, column j of a row goes to accumulator
 * floor(j / L) mod 2, lane j mod L; the two accumulators are added, then the lanes: (l0 + l1), and in f32 (l0 + l1) + (l2 + l3).
 * Every kernel here keeps it, whatever its blocking, so "fused" equals "rank-one, then matvec" bit for bit.
 */

// @ts-ignore: decorator
@inline
function sumLanes<T extends number>(a: v128, b: v128): f64 {
  const s = v128.add<T>(a, b);
  if (sizeof<T>() == 8) return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  return <f64>((f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1)) + (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3)));
}

/**
 * y = W x, two rows at a time with running pointers: V8 11.3 spills the accumulators of a wider shape and adds up every base anew,
 * which makes four rows at a time 1.5 times slower.
 */
export function matvec<T extends number>(W: usize, rowBytes: usize, x: usize, y: usize, rows: i32): void {
  let i = 0;
  for (; i + 2 <= rows; i += 2) {
    let w = W + <usize>i * rowBytes;
    const end = w + rowBytes;
    let a0 = v128.splat<T>(<T>0), a1 = a0, b0 = a0, b1 = a0;
    for (let v = end, z = x; w < end; w += 32, v += 32, z += 32) {
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      a0 = v128.add<T>(a0, v128.mul<T>(v128.load(w), z0));
      a1 = v128.add<T>(a1, v128.mul<T>(v128.load(w, 16), z1));
      b0 = v128.add<T>(b0, v128.mul<T>(v128.load(v), z0));
      b1 = v128.add<T>(b1, v128.mul<T>(v128.load(v, 16), z1));
    }
    store<f64>(y + (<usize>i << 3), sumLanes<T>(a0, a1));
    store<f64>(y + (<usize>i << 3), sumLanes<T>(b0, b1), 8);
  }
  if (i < rows) {
    let w = W + <usize>i * rowBytes;
    const end = w + rowBytes;
    let a0 = v128.splat<T>(<T>0), a1 = a0;
    for (let z = x; w < end; w += 32, z += 32) {
      a0 = v128.add<T>(a0, v128.mul<T>(v128.load(w), v128.load(z)));
      a1 = v128.add<T>(a1, v128.mul<T>(v128.load(w, 16), v128.load(z, 16)));
    }
    store<f64>(y + (<usize>i << 3), sumLanes<T>(a0, a1));
  }
}

/** One element step of the update: q w + f x; without decay q = 1 and the product is exact, so it is left out. */
// @ts-ignore: decorator
@inline
function moved<T extends number>(w: v128, f: v128, x: v128, q: v128, decays: bool): v128 {
  return v128.add<T>(decays ? v128.mul<T>(w, q) : w, v128.mul<T>(f, x));
}

/** W <- q W + f x^T, and y = W z with the new W, in one pass over W. */
// @ts-ignore: decorator
@inline
function fusedLoop<T extends number>(W: usize, rowBytes: usize, f: usize, q: v128, decays: bool, x: usize, z: usize, y: usize, rows: i32): void {
  let i = 0;
  for (; i + 2 <= rows; i += 2) {
    let w = W + <usize>i * rowBytes;
    const end = w + rowBytes;
    const f0 = v128.splat<T>(<T>load<f64>(f + (<usize>i << 3))), f1 = v128.splat<T>(<T>load<f64>(f + (<usize>i << 3), 8));
    let a0 = v128.splat<T>(<T>0), a1 = a0, b0 = a0, b1 = a0;
    for (let v = end, s = x, t = z; w < end; w += 32, v += 32, s += 32, t += 32) {
      const x0 = v128.load(s), x1 = v128.load(s, 16), z0 = v128.load(t), z1 = v128.load(t, 16);
      let u = moved<T>(v128.load(w), f0, x0, q, decays);
      v128.store(w, u);
      a0 = v128.add<T>(a0, v128.mul<T>(u, z0));
      u = moved<T>(v128.load(w, 16), f0, x1, q, decays);
      v128.store(w, u, 16);
      a1 = v128.add<T>(a1, v128.mul<T>(u, z1));
      u = moved<T>(v128.load(v), f1, x0, q, decays);
      v128.store(v, u);
      b0 = v128.add<T>(b0, v128.mul<T>(u, z0));
      u = moved<T>(v128.load(v, 16), f1, x1, q, decays);
      v128.store(v, u, 16);
      b1 = v128.add<T>(b1, v128.mul<T>(u, z1));
    }
    store<f64>(y + (<usize>i << 3), sumLanes<T>(a0, a1));
    store<f64>(y + (<usize>i << 3), sumLanes<T>(b0, b1), 8);
  }
  if (i < rows) {
    let w = W + <usize>i * rowBytes;
    const end = w + rowBytes;
    const f0 = v128.splat<T>(<T>load<f64>(f + (<usize>i << 3)));
    let a0 = v128.splat<T>(<T>0), a1 = a0;
    for (let s = x, t = z; w < end; w += 32, s += 32, t += 32) {
      let u = moved<T>(v128.load(w), f0, v128.load(s), q, decays);
      v128.store(w, u);
      a0 = v128.add<T>(a0, v128.mul<T>(u, v128.load(t)));
      u = moved<T>(v128.load(w, 16), f0, v128.load(s, 16), q, decays);
      v128.store(w, u, 16);
      a1 = v128.add<T>(a1, v128.mul<T>(u, v128.load(t, 16)));
    }
    store<f64>(y + (<usize>i << 3), sumLanes<T>(a0, a1));
  }
}

/** W <- q W + f x^T, then y = W z, fused: the whole of a step's work on the weights. */
export function updateThenMatvec<T extends number>(W: usize, rowBytes: usize, f: usize, q: f64, x: usize, z: usize, y: usize, rows: i32): void {
  const scale = v128.splat<T>(<T>q);
  if (q == 1.0) fusedLoop<T>(W, rowBytes, f, scale, false, x, z, y, rows);
  else fusedLoop<T>(W, rowBytes, f, scale, true, x, z, y, rows);
}

/** W <- q W + f x^T. */
export function rankOne<T extends number>(W: usize, rowBytes: usize, f: usize, q: f64, x: usize, rows: i32): void {
  const scale = v128.splat<T>(<T>q);
  const decays = q != 1.0;
  let i = 0;
  for (; i + 2 <= rows; i += 2) {
    const w = W + <usize>i * rowBytes;
    const v = w + rowBytes;
    const f0 = v128.splat<T>(<T>load<f64>(f + (<usize>i << 3))), f1 = v128.splat<T>(<T>load<f64>(f + (<usize>i << 3), 8));
    if (decays) {
      for (let at: usize = 0; at < rowBytes; at += 16) {
        const x0 = v128.load(x + at);
        v128.store(w + at, moved<T>(v128.load(w + at), f0, x0, scale, true));
        v128.store(v + at, moved<T>(v128.load(v + at), f1, x0, scale, true));
      }
    } else {
      for (let at: usize = 0; at < rowBytes; at += 32) {
        const x0 = v128.load(x + at), x1 = v128.load(x + at, 16);
        v128.store(w + at, moved<T>(v128.load(w + at), f0, x0, scale, false));
        v128.store(w + at, moved<T>(v128.load(w + at, 16), f0, x1, scale, false), 16);
        v128.store(v + at, moved<T>(v128.load(v + at), f1, x0, scale, false));
        v128.store(v + at, moved<T>(v128.load(v + at, 16), f1, x1, scale, false), 16);
      }
    }
  }
  if (i < rows) {
    const w = W + <usize>i * rowBytes;
    const f0 = v128.splat<T>(<T>load<f64>(f + (<usize>i << 3)));
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(w + at, moved<T>(v128.load(w + at), f0, v128.load(x + at), scale, true));
    }
  }
}
