/**
 * The two sweeps of Givens rotations that add f v^T to the lower-triangular U and make it lower-triangular again (THEORY D.2), row by row, for one
 * chain (two rows in the lanes) and for four (four replicas in two vectors). Both perform the same operations in the same order on every
 * number, so a replica has the same bits in either.
 *
 * v = (y, r), r^2 = chi^2. The first rotations turn v onto the first coordinate and do not depend on the state:
 *
 *   q = r^2;  j = p-1 .. 0:  q += y_j^2,  n_j = sqrt q,  c1_j = y_j (1/n_j),  s1_j = n_{j+1} (1/n_j)         n_p = r,  rho = n_0
 *
 * First sweep, row i, from b = 0; what b ends as, w_i, is the row's component along v, so that w_i rho is its part of the field:
 *
 *   j = i .. 0:  x = U_ij,  U_ij = c1_j b - s1_j x,  b = c1_j x + s1_j b
 *
 * Second sweep, row i, from t = w_i + f_i rho (w and U times 1 - kappa/d before), removes the superdiagonal:
 *
 *   j = 0 .. :  x = U_ij,  U_ij = c2_j t + s2_j x,  t = c2_j x - s2_j t        up to the row's own pair of columns, i and i + 1, i even
 *
 * and c2_i = t / n, s2_i = U_ii / n, n = sqrt(U_ii^2 + t^2), then the same in row i + 1 with the t that column i leaves. Row after row these square
 * roots and divisions wait for each other; as numerators over a common denominator those of two rows do not (x, t of row i; x' = U_i+1,i, t', x'' =
 * U_i+1,i+1 of the other):
 *
 *   N = x^2 + t^2,  T = t x' - x t',  M = x''^2 N + T^2
 *   c2_i = t / sqrt N,  s2_i = x / sqrt N,  U_ii = sqrt N
 *   c2_i+1 = T / sqrt M,  s2_i+1 = x'' sqrt N / sqrt M,  U_i+1,i+1 = sqrt M / sqrt N
 *
 * Where N <= 1e-290 the rotation is the identity: t, x, N become 1, 0, 1 and U_ii = t. Where M <= 1e-290 it is too: c2 = 1, s2 = 0,
 * U_i+1,i+1 = T / sqrt N. Below that, squares lose digits, and a rotation that is none would spoil the rows below; so a part of a student
 * outside the span of what comes before it counts as zero below some 1e-72. r^2 is at least 1e-290 for the same reason (only r = 0, where nu = 0, is
 * moved).
 */
import { at } from "../special/lanes";
import { Plan } from "./chain-plan";

export const SMALLEST: f64 = 1e-290;
/** SMALLEST and 1, in memory: see ../special/lanes.ts. */
export const CONSTANTS: usize = memory.data<f64>([1e-290, 1.0]);

// @ts-ignore: decorator
@inline
function sumOfProducts(a: v128, x: v128, b: v128, y: v128): v128 {
  return f64x2.add(f64x2.mul(a, x), f64x2.mul(b, y));
}

// @ts-ignore: decorator
@inline
function differenceOfProducts(a: v128, x: v128, b: v128, y: v128): v128 {
  return f64x2.sub(f64x2.mul(a, x), f64x2.mul(b, y));
}

// --- one chain ---------------------------------------------------------------------------------------------------------

/** c1 and s1; returns rho^2. Two norms at a time, none by way of memory. */
export function rotationsPairs(plan: Plan, y: usize, chiSquare: f64): f64 {
  const c1 = plan.c1, s1 = plan.s1;
  let q = Math.max(chiSquare, SMALLEST);
  let rho = Math.sqrt(q);
  let j = <usize>plan.width << 3;
  if (plan.width & 1) {
    // column p is the padding's
    j -= 8;
    const v = load<f64>(y + j);
    q += v * v;
    const n = Math.sqrt(q);
    const inverse = 1.0 / n;
    v128.store(c1 + j, f64x2.replace_lane(f64x2.splat(0), 0, v * inverse));
    v128.store(s1 + j, f64x2.replace_lane(f64x2.splat(0), 0, rho * inverse));
    rho = n;
  }
  let above = f64x2.splat(rho);
  while (j > 0) {
    j -= 16;
    const v = v128.load(y + j);
    const square = f64x2.mul(v, v);
    const q1 = q + f64x2.extract_lane(square, 1);
    q = q1 + f64x2.extract_lane(square, 0);
    const n = f64x2.sqrt(f64x2.replace_lane(f64x2.splat(q), 1, q1));
    const inverse = f64x2.div(at(CONSTANTS, 1), n);
    v128.store(c1 + j, f64x2.mul(v, inverse));
    v128.store(s1 + j, f64x2.mul(v128.shuffle<f64>(n, above, 1, 2), inverse));
    above = n;
  }
  return q;
}

/** Columns `from` down to `to` of a pair of rows; b goes in and out. */
// @ts-ignore: decorator
@inline
function firstColumns(row: usize, c1: usize, s1: usize, from: i32, to: i32, b: v128): v128 {
  for (let j = from; j >= to; j--) {
    const at = <usize>j << 4;
    const c = v128.load64_splat(c1 + (<usize>j << 3)), s = v128.load64_splat(s1 + (<usize>j << 3));
    const x = v128.load(row + at);
    v128.store(row + at, differenceOfProducts(c, b, s, x));
    b = sumOfProducts(c, x, s, b);
  }
  return b;
}

/** Columns `from` up to `to` (not included) of a pair of rows; t goes in and out. */
// @ts-ignore: decorator
@inline
function secondColumns(row: usize, c2: usize, s2: usize, from: i32, to: i32, t: v128): v128 {
  for (let j = from; j < to; j++) {
    const at = <usize>j << 4;
    const c = v128.load64_splat(c2 + (<usize>j << 3)), s = v128.load64_splat(s2 + (<usize>j << 3));
    const x = v128.load(row + at);
    v128.store(row + at, sumOfProducts(c, t, s, x));
    t = differenceOfProducts(c, x, s, t);
  }
  return t;
}

/** The 2 x 2 block on the diagonal of rows i, i + 1, t of theirs: see above. Not inlined: five copies were 1.3 KB and no faster. */
function diagonalBlock(block: usize, c2: usize, s2: usize, rows: v128): void {
  let x = load<f64>(block), t = f64x2.extract_lane(rows, 0);
  const lower = load<f64>(block, 8), last = load<f64>(block, 24), u = f64x2.extract_lane(rows, 1);
  let N = x * x + t * t;
  const turns = N > SMALLEST, kept = t;
  if (!turns) {
    t = 1.0;
    x = 0.0;
    N = 1.0;
  }
  const T = t * lower - x * u;
  const M = last * last * N + T * T;
  const roots = f64x2.sqrt(f64x2.replace_lane(f64x2.splat(N), 1, M));
  const inverse = f64x2.div(at(CONSTANTS, 1), roots);
  const rootN = f64x2.extract_lane(roots, 0), inverseN = f64x2.extract_lane(inverse, 0), inverseM = f64x2.extract_lane(inverse, 1);
  const c = t * inverseN, s = x * inverseN;
  v128.store(block, f64x2.replace_lane(f64x2.splat(turns ? rootN : kept), 1, c * u + s * lower));
  store<f64>(c2, c);
  store<f64>(s2, s);
  if (M > SMALLEST) {
    v128.store(block, f64x2.replace_lane(f64x2.splat(0), 1, f64x2.extract_lane(roots, 1) * inverseN), 16);
    store<f64>(c2, T * inverseM, 8);
    store<f64>(s2, last * rootN * inverseM, 8);
  } else {
    v128.store(block, f64x2.replace_lane(f64x2.splat(0), 1, T * inverseN), 16);
    store<f64>(c2, 1.0, 8);
    store<f64>(s2, 0.0, 8);
  }
}

/** First sweep, four pairs of rows from pair r on. */
// @ts-ignore: decorator
@inline
function firstOfFour(plan: Plan, r: i32): void {
  const c1 = plan.c1, s1 = plan.s1, zero = f64x2.splat(0);
  const row0 = plan.U + (<usize>(r * (r + 1)) << 4), row1 = row0 + (<usize>(2 * r + 2) << 4);
  const row2 = row1 + (<usize>(2 * r + 4) << 4), row3 = row2 + (<usize>(2 * r + 6) << 4);
  const column = 2 * r;
  let b0 = firstColumns(row0, c1, s1, column + 1, column, zero);
  let b1 = firstColumns(row1, c1, s1, column + 3, column, zero);
  let b2 = firstColumns(row2, c1, s1, column + 5, column, zero);
  let b3 = firstColumns(row3, c1, s1, column + 7, column, zero);
  for (let j = <usize>column << 3; j > 0;) {
    j -= 8;
    const at = j << 1;
    const c = v128.load64_splat(c1 + j), s = v128.load64_splat(s1 + j);
    let x = v128.load(row0 + at);
    v128.store(row0 + at, differenceOfProducts(c, b0, s, x));
    b0 = sumOfProducts(c, x, s, b0);
    x = v128.load(row1 + at);
    v128.store(row1 + at, differenceOfProducts(c, b1, s, x));
    b1 = sumOfProducts(c, x, s, b1);
    x = v128.load(row2 + at);
    v128.store(row2 + at, differenceOfProducts(c, b2, s, x));
    b2 = sumOfProducts(c, x, s, b2);
    x = v128.load(row3 + at);
    v128.store(row3 + at, differenceOfProducts(c, b3, s, x));
    b3 = sumOfProducts(c, x, s, b3);
  }
  const to = plan.w + (<usize>r << 4);
  v128.store(to, b0);
  v128.store(to, b1, 16);
  v128.store(to, b2, 32);
  v128.store(to, b3, 48);
}

/** Second sweep, four pairs of rows from pair r on. */
// @ts-ignore: decorator
@inline
function secondOfFour(plan: Plan, r: i32, rho: v128): void {
  const c2 = plan.c2, s2 = plan.s2;
  const row0 = plan.U + (<usize>(r * (r + 1)) << 4), row1 = row0 + (<usize>(2 * r + 2) << 4);
  const row2 = row1 + (<usize>(2 * r + 4) << 4), row3 = row2 + (<usize>(2 * r + 6) << 4);
  const column = 2 * r, w = plan.w + (<usize>r << 4), f = plan.f + (<usize>r << 4);
  let t0 = f64x2.add(v128.load(w), f64x2.mul(v128.load(f), rho));
  let t1 = f64x2.add(v128.load(w, 16), f64x2.mul(v128.load(f, 16), rho));
  let t2 = f64x2.add(v128.load(w, 32), f64x2.mul(v128.load(f, 32), rho));
  let t3 = f64x2.add(v128.load(w, 48), f64x2.mul(v128.load(f, 48), rho));
  for (let j: usize = 0; j < <usize>column << 3; j += 8) {
    const at = j << 1;
    const c = v128.load64_splat(c2 + j), s = v128.load64_splat(s2 + j);
    let x = v128.load(row0 + at);
    v128.store(row0 + at, sumOfProducts(c, t0, s, x));
    t0 = differenceOfProducts(c, x, s, t0);
    x = v128.load(row1 + at);
    v128.store(row1 + at, sumOfProducts(c, t1, s, x));
    t1 = differenceOfProducts(c, x, s, t1);
    x = v128.load(row2 + at);
    v128.store(row2 + at, sumOfProducts(c, t2, s, x));
    t2 = differenceOfProducts(c, x, s, t2);
    x = v128.load(row3 + at);
    v128.store(row3 + at, sumOfProducts(c, t3, s, x));
    t3 = differenceOfProducts(c, x, s, t3);
  }
  const block = <usize>column << 4, to = <usize>column << 3;
  diagonalBlock(row0 + block, c2 + to, s2 + to, t0);
  t1 = secondColumns(row1, c2, s2, column, column + 2, t1);
  diagonalBlock(row1 + block + 32, c2 + to + 16, s2 + to + 16, t1);
  t2 = secondColumns(row2, c2, s2, column, column + 4, t2);
  diagonalBlock(row2 + block + 64, c2 + to + 32, s2 + to + 32, t2);
  t3 = secondColumns(row3, c2, s2, column, column + 6, t3);
  diagonalBlock(row3 + block + 96, c2 + to + 48, s2 + to + 48, t3);
}

/** First sweep, one pair of rows. */
// @ts-ignore: decorator
@inline
function firstOfPair(plan: Plan, r: i32): void {
  const row = plan.U + (<usize>(r * (r + 1)) << 4);
  v128.store(plan.w + (<usize>r << 4), firstColumns(row, plan.c1, plan.s1, 2 * r + 1, 0, f64x2.splat(0)));
}

/** Second sweep, one pair of rows. */
// @ts-ignore: decorator
@inline
function secondOfPair(plan: Plan, r: i32, rho: v128): void {
  const c2 = plan.c2, s2 = plan.s2, from = <usize>r << 4;
  const row = plan.U + (<usize>(r * (r + 1)) << 4);
  const t = f64x2.add(v128.load(plan.w + from), f64x2.mul(v128.load(plan.f + from), rho));
  diagonalBlock(row + (<usize>r << 5), c2 + from, s2 + from, secondColumns(row, c2, s2, 0, 2 * r, t));
}

/** From the rotations of a sample to w, U turned. */
export function firstSweepPairs(plan: Plan): void {
  const pairs = (plan.p + 1) >> 1;
  let r = 0;
  for (; r + 4 <= pairs; r += 4) firstOfFour(plan, r);
  for (; r < pairs; r++) firstOfPair(plan, r);
}

/** From w, f to U lower-triangular; rho is that of the sample. */
export function secondSweepPairs(plan: Plan, rho: f64): void {
  const pairs = (plan.p + 1) >> 1, length = f64x2.splat(rho);
  let r = 0;
  for (; r + 4 <= pairs; r += 4) secondOfFour(plan, r, length);
  for (; r < pairs; r++) secondOfPair(plan, r, length);
}

// --- four chains -------------------------------------------------------------------------------------------------------

/** First sweep of rows i and i + 1. */
// @ts-ignore: decorator
@inline
function firstOfRows(plan: Plan, i: i32, row0: usize, row1: usize): void {
  const c1 = plan.c1, s1 = plan.s1, zero = f64x2.splat(0);
  let j = <usize>(i + 1) << 5;
  let c = v128.load(c1 + j), s = v128.load(s1 + j), x = v128.load(row1 + j);
  v128.store(row1 + j, differenceOfProducts(c, zero, s, x));
  let b1 = sumOfProducts(c, x, s, zero);
  c = v128.load(c1 + j, 16); s = v128.load(s1 + j, 16); x = v128.load(row1 + j, 16);
  v128.store(row1 + j, differenceOfProducts(c, zero, s, x), 16);
  let d1 = sumOfProducts(c, x, s, zero);
  let b0 = zero, d0 = zero;
  while (j > 0) {
    j -= 32;
    c = v128.load(c1 + j); s = v128.load(s1 + j);
    x = v128.load(row0 + j);
    v128.store(row0 + j, differenceOfProducts(c, b0, s, x));
    b0 = sumOfProducts(c, x, s, b0);
    x = v128.load(row1 + j);
    v128.store(row1 + j, differenceOfProducts(c, b1, s, x));
    b1 = sumOfProducts(c, x, s, b1);
    c = v128.load(c1 + j, 16); s = v128.load(s1 + j, 16);
    x = v128.load(row0 + j, 16);
    v128.store(row0 + j, differenceOfProducts(c, d0, s, x), 16);
    d0 = sumOfProducts(c, x, s, d0);
    x = v128.load(row1 + j, 16);
    v128.store(row1 + j, differenceOfProducts(c, d1, s, x), 16);
    d1 = sumOfProducts(c, x, s, d1);
  }
  const w = plan.w + (<usize>i << 5);
  v128.store(w, b0);
  v128.store(w, d0, 16);
  v128.store(w, b1, 32);
  v128.store(w, d1, 48);
}

/**
 * The 2 x 2 block on the diagonal: `element` U_ii, `lower` U_i+1,i with U_i+1,i+1 behind it, t and u of the two rows. Where both rotations turn, as
 * they do but for singular states, nothing is selected; elsewhere `guardedDiagonal` gives lanes that turn the same bits.
 */
// @ts-ignore: decorator
@inline
function diagonalLanes(element: usize, lower: usize, c2: usize, s2: usize, t: v128, u: v128): void {
  const x = v128.load(element), below = v128.load(lower), last = v128.load(lower, 32), smallest = at(CONSTANTS, 0);
  const N = f64x2.add(f64x2.mul(x, x), f64x2.mul(t, t));
  const T = differenceOfProducts(t, below, x, u);
  const M = f64x2.add(f64x2.mul(f64x2.mul(last, last), N), f64x2.mul(T, T));
  if (i64x2.bitmask(v128.and(f64x2.gt(N, smallest), f64x2.gt(M, smallest))) != 3) {
    guardedDiagonal(element, lower, c2, s2, t, u);
    return;
  }
  const one = at(CONSTANTS, 1);
  const rootN = f64x2.sqrt(N), rootM = f64x2.sqrt(M);
  const inverseN = f64x2.div(one, rootN), inverseM = f64x2.div(one, rootM);
  const c = f64x2.mul(t, inverseN), s = f64x2.mul(x, inverseN);
  v128.store(element, rootN);
  v128.store(c2, c);
  v128.store(s2, s);
  v128.store(lower, sumOfProducts(c, u, s, below));
  v128.store(c2, f64x2.mul(T, inverseM), 32);
  v128.store(s2, f64x2.mul(f64x2.mul(last, rootN), inverseM), 32);
  v128.store(lower, f64x2.mul(rootM, inverseN), 32);
}

function guardedDiagonal(element: usize, lower: usize, c2: usize, s2: usize, t: v128, u: v128): void {
  const one = at(CONSTANTS, 1);
  let x = v128.load(element);
  let N = f64x2.add(f64x2.mul(x, x), f64x2.mul(t, t));
  let turns = f64x2.gt(N, at(CONSTANTS, 0));
  N = v128.bitselect(N, one, turns);
  const rootN = f64x2.sqrt(N);
  v128.store(element, v128.bitselect(rootN, t, turns));
  t = v128.bitselect(t, one, turns);
  x = v128.and(x, turns);
  const below = v128.load(lower), last = v128.load(lower, 32);
  const T = differenceOfProducts(t, below, x, u);
  const M = f64x2.add(f64x2.mul(f64x2.mul(last, last), N), f64x2.mul(T, T));
  turns = f64x2.gt(M, at(CONSTANTS, 0));
  const rootM = f64x2.sqrt(M);
  const inverseN = f64x2.div(one, rootN), inverseM = f64x2.div(one, rootM);
  const c = f64x2.mul(t, inverseN), s = f64x2.mul(x, inverseN);
  v128.store(c2, c);
  v128.store(s2, s);
  v128.store(lower, sumOfProducts(c, u, s, below));
  v128.store(c2, v128.bitselect(f64x2.mul(T, inverseM), one, turns), 32);
  v128.store(s2, v128.and(f64x2.mul(f64x2.mul(last, rootN), inverseM), turns), 32);
  v128.store(lower, f64x2.mul(v128.bitselect(rootM, T, turns), inverseN), 32);
}

/** Second sweep of rows i and i + 1. */
// @ts-ignore: decorator
@inline
function secondOfRows(plan: Plan, i: i32, row0: usize, row1: usize, rho: usize): void {
  const c2 = plan.c2, s2 = plan.s2;
  const from = <usize>i << 5;
  const w = plan.w + from, f = plan.f + from;
  let c = v128.load(rho), s = v128.load(rho, 16);
  let b0 = f64x2.add(v128.load(w), f64x2.mul(v128.load(f), c));
  let d0 = f64x2.add(v128.load(w, 16), f64x2.mul(v128.load(f, 16), s));
  let b1 = f64x2.add(v128.load(w, 32), f64x2.mul(v128.load(f, 32), c));
  let d1 = f64x2.add(v128.load(w, 48), f64x2.mul(v128.load(f, 48), s));
  for (let j: usize = 0; j < from; j += 32) {
    c = v128.load(c2 + j); s = v128.load(s2 + j);
    let x = v128.load(row0 + j);
    v128.store(row0 + j, sumOfProducts(c, b0, s, x));
    b0 = differenceOfProducts(c, x, s, b0);
    x = v128.load(row1 + j);
    v128.store(row1 + j, sumOfProducts(c, b1, s, x));
    b1 = differenceOfProducts(c, x, s, b1);
    c = v128.load(c2 + j, 16); s = v128.load(s2 + j, 16);
    x = v128.load(row0 + j, 16);
    v128.store(row0 + j, sumOfProducts(c, d0, s, x), 16);
    d0 = differenceOfProducts(c, x, s, d0);
    x = v128.load(row1 + j, 16);
    v128.store(row1 + j, sumOfProducts(c, d1, s, x), 16);
    d1 = differenceOfProducts(c, x, s, d1);
  }
  for (let half: usize = 0; half < 32; half += 16) {
    diagonalLanes(row0 + from + half, row1 + from + half, c2 + from + half, s2 + from + half, b0, b1);
    b0 = d0;
    b1 = d1;
  }
}

/** From the rotations of a sample to w, U turned. */
export function firstSweepLanes(plan: Plan): void {
  let row0 = plan.U;
  for (let i = 0; i < plan.p; i += 2) {
    const row1 = row0 + (<usize>(i + 1) << 5);
    firstOfRows(plan, i, row0, row1);
    row0 = row1 + (<usize>(i + 2) << 5);
  }
}

/** From w, f and rho (an address: 32 bytes) to U lower-triangular. */
export function secondSweepLanes(plan: Plan, rho: usize): void {
  let row0 = plan.U;
  for (let i = 0; i < plan.p; i += 2) {
    const row1 = row0 + (<usize>(i + 1) << 5);
    secondOfRows(plan, i, row0, row1, rho);
    row0 = row1 + (<usize>(i + 2) << 5);
  }
}
