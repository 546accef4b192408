/**
 * Gram matrices of rows: the Omega reductions. Products and sums are f64 also for f32 rows (a product of two f32 is exact in f64).
 * Order of additions as in rows.ts with two lanes: accumulator floor(j / 2) mod 2, lane j mod 2.
 */

// @ts-ignore: decorator
@inline
function sum(a: v128, b: v128): f64 {
  const s = f64x2.add(a, b);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** The inner product of two rows of `rowBytes` bytes (a multiple of 64). */
export function dot<T extends number>(x: usize, y: usize, rowBytes: usize): f64 {
  let a = f64x2.splat(0), b = a;
  if (sizeof<T>() == 8) {
    for (let at: usize = 0; at < rowBytes; at += 32) {
      a = f64x2.add(a, f64x2.mul(v128.load(x + at), v128.load(y + at)));
      b = f64x2.add(b, f64x2.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
    }
  } else {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const u = v128.load(x + at), v = v128.load(y + at);
      a = f64x2.add(a, f64x2.mul(f64x2.promote_low_f32x4(u), f64x2.promote_low_f32x4(v)));
      b = f64x2.add(b, f64x2.mul(
        f64x2.promote_low_f32x4(v128.shuffle<u64>(u, u, 1, 0)), f64x2.promote_low_f32x4(v128.shuffle<u64>(v, v, 1, 0))));
    }
  }
  return sum(a, b);
}

/**
 * G = scale * R R^T, rows x rows, f64, both triangles.
 * @param R rows x rowBytes, padded as in rows.ts
 */
export function gram<T extends number>(R: usize, rowBytes: usize, rows: i32, scale: f64, G: usize): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      const g = scale * dot<T>(R + <usize>i * rowBytes, R + <usize>j * rowBytes, rowBytes);
      store<f64>(G + (<usize>(i * rows + j) << 3), g);
      store<f64>(G + (<usize>(j * rows + i) << 3), g);
    }
  }
}
