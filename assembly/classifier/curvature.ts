/**
 * The curvature X^T X of the features, its Cholesky factor, and solutions with it: what makes a convex fit quick.
 *
 * H is `stride` x `stride` f64 row-major, stride a multiple of 4; only its lower triangle (in whole tiles of 4 x 4) means something.
 */

/** Rows that are packed at a time. */
export const PANEL: i32 = 64;

/**
 * H += X^T X over rows `first` .. `first + count - 1`, count <= 64.
 * Packed, a panel is one strip for every four columns: [strip][row][4], so that a tile of H reads two strips in order. Eight accumulators hold the tile.
 * @param packed room for 64 x stride f64
 */
export function curvatureAdd(X: usize, stride: i32, first: i32, count: i32, packed: usize, H: usize): void {
  const bytes = <usize>stride << 3, strip = <usize>count << 5;
  const strips = stride >> 2;
  for (let r = 0; r < count; r++) {
    const row = X + <usize>(first + r) * bytes;
    for (let s = 0; s < strips; s++) {
      const to = packed + <usize>s * strip + (<usize>r << 5);
      v128.store(to, v128.load(row + (<usize>s << 5)));
      v128.store(to, v128.load(row + (<usize>s << 5), 16), 16);
    }
  }
  for (let i = 0; i < strips; i++) {
    for (let j = 0; j <= i; j++) tile(packed + <usize>i * strip, packed + <usize>j * strip, strip, H + <usize>(i << 2) * bytes + (<usize>j << 5), bytes);
  }
}

/** H's tile += sum over rows of a (column) times b (row). */
function tile(a: usize, b: usize, strip: usize, H: usize, bytes: usize): void {
  let c00 = v128.load(H), c01 = v128.load(H, 16);
  let c10 = v128.load(H + bytes), c11 = v128.load(H + bytes, 16);
  let c20 = v128.load(H + 2 * bytes), c21 = v128.load(H + 2 * bytes, 16);
  let c30 = v128.load(H + 3 * bytes), c31 = v128.load(H + 3 * bytes, 16);
  for (let at: usize = 0; at < strip; at += 32) {
    const b0 = v128.load(b + at), b1 = v128.load(b + at, 16);
    let x = v128.load64_splat(a + at);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load64_splat(a + at, 8);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load64_splat(a + at, 16);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load64_splat(a + at, 24);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
  }
  v128.store(H, c00); v128.store(H, c01, 16);
  v128.store(H + bytes, c10); v128.store(H + bytes, c11, 16);
  v128.store(H + 2 * bytes, c20); v128.store(H + 2 * bytes, c21, 16);
  v128.store(H + 3 * bytes, c30); v128.store(H + 3 * bytes, c31, 16);
}

/** x . y over the first n elements. */
function dot(x: usize, y: usize, n: i32): f64 {
  let a = f64x2.splat(0), b = a;
  const end = <usize>(n & ~3) << 3;
  let at: usize = 0;
  for (; at < end; at += 32) {
    a = f64x2.add(a, f64x2.mul(v128.load(x + at), v128.load(y + at)));
    b = f64x2.add(b, f64x2.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
  }
  const s = f64x2.add(a, b);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (const last = <usize>n << 3; at < last; at += 8) sum += load<f64>(x + at) * load<f64>(y + at);
  return sum;
}

/** Rows `first` .. `first + count - 1` of the Cholesky factor of H, in its place; rows before are factored. H must be positive definite. */
export function curvatureFactor(H: usize, stride: i32, first: i32, count: i32): void {
  const bytes = <usize>stride << 3;
  for (let i = first; i < first + count; i++) {
    const row = H + <usize>i * bytes;
    for (let j = 0; j < i; j++) {
      const other = H + <usize>j * bytes;
      const to = row + (<usize>j << 3);
      store<f64>(to, (load<f64>(to) - dot(row, other, j)) / load<f64>(other + (<usize>j << 3)));
    }
    const diagonal = row + (<usize>i << 3);
    store<f64>(diagonal, Math.sqrt(load<f64>(diagonal) - dot(row, row, i)));
  }
}

/** v <- (L L^T)^-1 v for the factor L. */
export function curvatureSolve(L: usize, stride: i32, v: usize): void {
  const bytes = <usize>stride << 3;
  for (let i = 0; i < stride; i++) {
    const row = L + <usize>i * bytes, at = v + (<usize>i << 3);
    store<f64>(at, (load<f64>(at) - dot(row, v, i)) / load<f64>(row + (<usize>i << 3)));
  }
  for (let i = stride - 1; i >= 0; i--) {
    const row = L + <usize>i * bytes, at = v + (<usize>i << 3);
    const x = load<f64>(at) / load<f64>(row + (<usize>i << 3));
    store<f64>(at, x);
    for (let b: usize = 0, end = <usize>i << 3; b < end; b += 8) store<f64>(v + b, load<f64>(v + b) - x * load<f64>(row + b));
  }
}
