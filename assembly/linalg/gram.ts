/**
 * Gram matrices of rows: the Omega reductions. Products and sums are f64 also for f32 rows (a product of two f32 is exact in f64).
 * Order of additions as in rows.ts with two lanes: accumulator floor(j / 2) mod 2, lane j mod 2.
 */

/** Two elements as f64. */
// @ts-ignore: decorator
@inline
function pair<T extends number>(x: usize): v128 {
  return sizeof<T>() == 8 ? v128.load(x) : f64x2.promote_low_f32x4(v128.load64_zero(x));
}

/** An element as f64, and 0. */
// @ts-ignore: decorator
@inline
function single<T extends number>(x: usize): v128 {
  return sizeof<T>() == 8 ? v128.load64_zero(x) : f64x2.promote_low_f32x4(v128.load32_zero(x));
}

/** The inner product of two rows of so many bytes. */
export function dot<T extends number>(x: usize, y: usize, bytes: usize): f64 {
  const two = 2 * sizeof<T>(), four = 4 * sizeof<T>();
  let a = f64x2.splat(0), b = a;
  let at: usize = 0;
  for (; at + four <= bytes; at += four) {
    a = f64x2.add(a, f64x2.mul(pair<T>(x + at), pair<T>(y + at)));
    b = f64x2.add(b, f64x2.mul(pair<T>(x + at + two), pair<T>(y + at + two)));
  }
  if (at + two <= bytes) {
    const next = b;
    b = f64x2.add(a, f64x2.mul(pair<T>(x + at), pair<T>(y + at)));
    a = next;
    at += two;
  }
  if (at < bytes) a = f64x2.add(a, f64x2.mul(single<T>(x + at), single<T>(y + at)));
  const s = f64x2.add(a, b);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** G <- G + scale * R R^T over the first `columns` columns, rows x rows, f64, both triangles; from G = 0, and with several scales a weighted one. */
export function addGram<T extends number>(R: usize, rowBytes: usize, rows: i32, columns: i32, scale: f64, G: usize): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      const to = G + (<usize>(i * rows + j) << 3);
      const g = load<f64>(to) + scale * dot<T>(R + <usize>i * rowBytes, R + <usize>j * rowBytes, <usize>columns * sizeof<T>());
      store<f64>(to, g);
      store<f64>(G + (<usize>(j * rows + i) << 3), g);
    }
  }
}
