/**
 * LU factors of a square matrix in place, with partial pivoting: right-looking, by panels of columns, so that a large one can be factored
 * in pieces (Golub & Van Loan, "Matrix Computations", 3.4).
 *
 *   A       n rows, rowBytes apart (a multiple of 16, at least 8 n): L below the diagonal, U above it, on it 1 / U. An odd n has one
 *           column more, 0
 *   pivots  n i32: row i was exchanged with row pivots[i] >= i
 *   packed  work space of PANEL x even(n) f64: the panel's rows of U beyond it, in tiles of four columns
 */

/** Columns a panel. */
const PANEL: i32 = 48;

/** How many panels a matrix of n columns has. */
export function luPanels(n: i32): i32 {
  return (n + PANEL - 1) / PANEL;
}

/** Bytes of `packed`. */
export function luPackedBytes(n: i32): i32 {
  return n <= PANEL ? 0 : 8 * PANEL * ((n + 3) & ~3);
}

/** Nanoseconds of a panel, as measured: the product beyond it, and the elimination in it. */
export function luPanelCost(n: i32, panel: i32): f64 {
  const rest = <f64>(n - panel * PANEL);
  const width = min(rest, <f64>PANEL);
  return (0.12 * rest + 0.15 * width) * width * rest;
}

/** Eliminates the columns of a panel; panels in order. False where the matrix is singular. */
export function luFactorPanel(A: usize, n: i32, rowBytes: usize, pivots: usize, packed: usize, panel: i32): bool {
  const from = panel * PANEL;
  const to = min(from + PANEL, n);
  // columns up to here take part in the panel's own elimination: a whole number of vectors
  const even = (to + 1) & ~1;
  for (let k = from; k < to; k++) {
    const rowK = A + <usize>k * rowBytes;
    const pivot = pivotRow(A, n, rowBytes, k);
    store<i32>(pivots + (k << 2), pivot);
    if (pivot != k) exchange(rowK, A + <usize>pivot * rowBytes, rowBytes);
    const diagonal = load<f64>(rowK + (k << 3));
    if (!(Math.abs(diagonal) > 0)) return false;
    const inverse = 1.0 / diagonal;
    store<f64>(rowK + (k << 3), inverse);
    const first = k + 1;
    for (let i = first, row = rowK + rowBytes; i < n; i++, row += rowBytes) {
      const factor = load<f64>(row + (k << 3)) * inverse;
      store<f64>(row + (k << 3), factor);
      if (factor != 0) subtract(row, rowK, factor, first, even);
    }
  }
  if (to < n) {
    for (let k = from; k < to; k++) {
      const rowK = A + <usize>k * rowBytes;
      for (let j = from; j < k; j++) {
        const factor = load<f64>(rowK + (j << 3));
        if (factor != 0) subtract(rowK, A + <usize>j * rowBytes, factor, to, (n + 1) & ~1);
      }
    }
    update(A, n, rowBytes, packed, from, to);
  }
  return true;
}

/** The row from k on whose number in column k is largest. */
// @ts-ignore: decorator
@inline
function pivotRow(A: usize, n: i32, rowBytes: usize, k: i32): i32 {
  let best = k;
  let at = A + <usize>k * rowBytes + (<usize>k << 3);
  let largest = Math.abs(load<f64>(at));
  for (let i = k + 1; i < n; i++) {
    at += rowBytes;
    const size = Math.abs(load<f64>(at));
    if (size > largest) {
      largest = size;
      best = i;
    }
  }
  return best;
}

function exchange(x: usize, y: usize, bytes: usize): void {
  for (let b: usize = 0; b < bytes; b += 16) {
    const held = v128.load(x + b);
    v128.store(x + b, v128.load(y + b));
    v128.store(y + b, held);
  }
}

/** row -= factor * other over the columns [from, to); to is even. */
// @ts-ignore: decorator
@inline
function subtract(row: usize, other: usize, factor: f64, from: i32, to: i32): void {
  if ((from & 1) != 0) {
    const at = <usize>from << 3;
    store<f64>(row + at, load<f64>(row + at) - factor * load<f64>(other + at));
    from += 1;
  }
  const splat = f64x2.splat(factor);
  for (let at = <usize>from << 3; at < <usize>to << 3; at += 16) {
    v128.store(row + at, f64x2.sub(v128.load(row + at), f64x2.mul(splat, v128.load(other + at))));
  }
}

/** A_22 -= L_21 U_12 beyond a panel that ends before the last column (so `to` is a multiple of four). */
function update(A: usize, n: i32, rowBytes: usize, packed: usize, from: i32, to: i32): void {
  const depth = to - from;
  const columns = (n + 1) & ~1;
  const tileBytes = <usize>depth << 5;
  // rows of U in tiles of four columns; the last tile may have two
  for (let j = to, tile = packed; j < columns; j += 4, tile += tileBytes) {
    let row = A + <usize>from * rowBytes + (<usize>j << 3);
    for (let k: usize = 0; k < tileBytes; k += 32, row += rowBytes) {
      v128.store(tile + k, v128.load(row));
      if (j + 4 <= columns) v128.store(tile + k, v128.load(row, 16), 16);
    }
  }
  let i = to;
  for (; i + 4 <= n; i += 4) {
    const L = A + <usize>i * rowBytes + (<usize>from << 3);
    let C = A + <usize>i * rowBytes + (<usize>to << 3);
    let tile = packed;
    let j = to;
    for (; j + 4 <= columns; j += 4, tile += tileBytes, C += 32) fourByFour(L, rowBytes, tile, tileBytes, C);
    if (j < columns) for (let r = 0; r < 4; r++) oneByTwo(L + <usize>r * rowBytes, tile, tileBytes, C + <usize>r * rowBytes);
  }
  for (; i < n; i++) {
    const L = A + <usize>i * rowBytes + (<usize>from << 3);
    let C = A + <usize>i * rowBytes + (<usize>to << 3);
    let tile = packed;
    let j = to;
    for (; j + 4 <= columns; j += 4, tile += tileBytes, C += 32) {
      oneByTwo(L, tile, tileBytes, C);
      oneByTwo(L, tile + 16, tileBytes, C + 16);
    }
    if (j < columns) oneByTwo(L, tile, tileBytes, C);
  }
}

// @ts-ignore: decorator
@inline
function fourByFour(L: usize, rowBytes: usize, tile: usize, tileBytes: usize, C: usize): void {
  const L1 = L + rowBytes, L2 = L1 + rowBytes, L3 = L2 + rowBytes;
  const C1 = C + rowBytes, C2 = C1 + rowBytes, C3 = C2 + rowBytes;
  let a = v128.load(C), b = v128.load(C, 16), c = v128.load(C1), d = v128.load(C1, 16);
  let e = v128.load(C2), f = v128.load(C2, 16), g = v128.load(C3), h = v128.load(C3, 16);
  for (let k: usize = 0, at: usize = 0; k < tileBytes; k += 32, at += 8) {
    const u = v128.load(tile + k), v = v128.load(tile + k, 16);
    let l = v128.load64_splat(L + at);
    a = f64x2.sub(a, f64x2.mul(l, u));
    b = f64x2.sub(b, f64x2.mul(l, v));
    l = v128.load64_splat(L1 + at);
    c = f64x2.sub(c, f64x2.mul(l, u));
    d = f64x2.sub(d, f64x2.mul(l, v));
    l = v128.load64_splat(L2 + at);
    e = f64x2.sub(e, f64x2.mul(l, u));
    f = f64x2.sub(f, f64x2.mul(l, v));
    l = v128.load64_splat(L3 + at);
    g = f64x2.sub(g, f64x2.mul(l, u));
    h = f64x2.sub(h, f64x2.mul(l, v));
  }
  v128.store(C, a); v128.store(C, b, 16);
  v128.store(C1, c); v128.store(C1, d, 16);
  v128.store(C2, e); v128.store(C2, f, 16);
  v128.store(C3, g); v128.store(C3, h, 16);
}

// @ts-ignore: decorator
@inline
function oneByTwo(L: usize, tile: usize, tileBytes: usize, C: usize): void {
  let a = v128.load(C);
  for (let k: usize = 0, at: usize = 0; k < tileBytes; k += 32, at += 8) {
    a = f64x2.sub(a, f64x2.mul(v128.load64_splat(L + at), v128.load(tile + k)));
  }
  v128.store(C, a);
}

/** b := A^-1 b by the factors; b is n f64. */
export function luSolve(A: usize, n: i32, rowBytes: usize, pivots: usize, b: usize): void {
  for (let i = 0; i < n; i++) {
    const other = load<i32>(pivots + (i << 2));
    if (other == i) continue;
    const held = load<f64>(b + (i << 3));
    store<f64>(b + (i << 3), load<f64>(b + (other << 3)));
    store<f64>(b + (other << 3), held);
  }
  for (let i = 1, row = A + rowBytes; i < n; i++, row += rowBytes) {
    store<f64>(b + (i << 3), load<f64>(b + (i << 3)) - product(row, b, 0, i));
  }
  for (let i = n - 1, row = A + <usize>(n - 1) * rowBytes; i >= 0; i--, row -= rowBytes) {
    store<f64>(b + (i << 3), (load<f64>(b + (i << 3)) - product(row, b, i + 1, n)) * load<f64>(row + (i << 3)));
  }
}

/** sum_j x_j y_j over [from, to): a first odd one, pairs in turn into two vectors, the rest. */
// @ts-ignore: decorator
@inline
function product(x: usize, y: usize, from: i32, to: i32): f64 {
  let sum = 0.0;
  let at = <usize>from << 3;
  const end = <usize>to << 3;
  if ((from & 1) != 0 && from < to) {
    sum = load<f64>(x + at) * load<f64>(y + at);
    at += 8;
  }
  let s = f64x2.splat(0), t = s;
  for (; at + 32 <= end; at += 32) {
    s = f64x2.add(s, f64x2.mul(v128.load(x + at), v128.load(y + at)));
    t = f64x2.add(t, f64x2.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
  }
  s = f64x2.add(s, t);
  sum += f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; at < end; at += 8) sum += load<f64>(x + at) * load<f64>(y + at);
  return sum;
}
