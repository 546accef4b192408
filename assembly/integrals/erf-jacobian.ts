/**
 * Derivatives of the erf building blocks of erf.ts by the covariance Omega and the coefficients c, as rows of a Jacobian: each function adds
 * factor * d(block) / d(state) to a row whose numbers are in the order of the state (M, the upper triangle of Q by rows, a).
 *
 * All rest on Price's theorem, dE[f] / dOmega_uv = E[d^2 f / dx_u dx_v] (half of it on the diagonal):
 *
 *   dI2(u, v) = B_uv dO_uv - B_uv O_uv / 2 (dO_uu / (1 + O_uu) + dO_vv / (1 + O_vv))
 *
 *   offsets  m x m i32: byte offset in a row of the number that O_uv is, -1 for the teacher's own overlaps
 *   O, c     as in erf.ts, c with a zero behind where m is odd
 */
import { asinPair } from "../special/asin";

const TWO_OVER_PI: f64 = 0.6366197723675814;

// @ts-ignore: decorator
@inline
function at(O: usize, row: i32, column: i32, stride: usize): f64 {
  return load<f64>(O + <usize>row * stride + (<usize>column << 3));
}

// @ts-ignore: decorator
@inline
function add(row: usize, offset: i32, value: f64): void {
  if (offset >= 0) store<f64>(row + <usize>offset, load<f64>(row + <usize>offset) + value);
}

// @ts-ignore: decorator
@inline
function offsetOf(offsets: usize, m: i32, u: i32, v: i32): i32 {
  return load<i32>(offsets + (<usize>(u * m + v) << 2));
}

function setOffset(offsets: usize, m: i32, u: i32, v: i32, value: i32): void {
  store<i32>(offsets + (<usize>(u * m + v) << 2), value);
  store<i32>(offsets + (<usize>(v * m + u) << 2), value);
}

/** Writes `offsets`. */
export function writeOffsets(offsets: usize, k: i32, p: i32): void {
  const m = k + p;
  for (let r = 0; r < k; r++) for (let s = 0; s < k; s++) setOffset(offsets, m, r, s, -1);
  let next = 0;
  for (let i = 0; i < p; i++) for (let r = 0; r < k; r++, next += 8) setOffset(offsets, m, k + i, r, next);
  for (let i = 0; i < p; i++) for (let j = i; j < p; j++, next += 8) setOffset(offsets, m, k + i, k + j, next);
}

/**
 * What the derivatives of all h_i. share, i a field: for each l
 *
 *   bc = B_il c_l,   q = bc / det,   det = (1 + O_ii) (1 + O_ll) - O_il^2.
 *
 * @param shared 2 m f64, written: bc, then q
 */
export function shareDrift(O: usize, stride: usize, c: usize, m: i32, i: i32, shared: usize): void {
  const A = 1.0 + at(O, i, i, stride);
  for (let l = 0; l < m; l++, shared += 8) {
    const X = at(O, i, l, stride);
    const det = A * (1.0 + at(O, l, l, stride)) - X * X;
    const bc = (TWO_OVER_PI / Math.sqrt(det)) * load<f64>(c + (l << 3));
    store<f64>(shared, bc);
    store<f64>(shared + (<usize>m << 3), bc / det);
  }
}

/**
 * Derivative of h_i,beta / (n_s a_i) = sum_l bc_l T_l, T_l = O_l,beta - O_il O_i,beta / (1 + O_ii), i and beta fields:
 *
 *   bc_l dT_l - q_l / 2 ((1 + O_ii) dO_ll + (1 + O_ll) dO_ii - 2 O_il dO_il) T_l + B_il T_l dc_l
 *
 * @param second byte offset of a in the row, -1 where a does not move; dc_{k+j} = -studentScale da_j
 */
export function addDrift(
  O: usize, stride: usize, k: i32, m: i32, i: i32, beta: i32, shared: usize, c: usize, offsets: usize,
  factor: f64, second: i32, studentScale: f64, row: usize,
): void {
  const A = 1.0 + at(O, i, i, stride);
  const inverse = 1.0 / A;
  const ib = at(O, i, beta, stride) * inverse;
  let ownRow = 0.0, ownDiagonal = 0.0;
  for (let l = 0; l < m; l++) {
    const bc = factor * load<f64>(shared + (<usize>l << 3)), q = factor * load<f64>(shared + (<usize>(m + l) << 3));
    const X = at(O, i, l, stride);
    const T = at(O, l, beta, stride) - X * ib;
    const half = 0.5 * q * T;
    add(row, offsetOf(offsets, m, l, beta), bc);
    add(row, offsetOf(offsets, m, i, l), q * T * X - bc * ib);
    add(row, offsetOf(offsets, m, l, l), -half * A);
    ownRow -= bc * X * inverse;
    ownDiagonal += bc * X * ib * inverse - half * (1.0 + at(O, l, l, stride));
    if (second >= 0 && l >= k) {
      // from the determinant, since c_l may be 0
      const det = A * (1.0 + at(O, l, l, stride)) - X * X;
      add(row, second + ((l - k) << 3), (-studentScale * factor * T * TWO_OVER_PI) / Math.sqrt(det));
    }
  }
  add(row, offsetOf(offsets, m, i, beta), ownRow);
  add(row, offsetOf(offsets, m, i, i), ownDiagonal);
}

/** Derivative of sig_i = sum_l c_l I2(i, l), i a field. */
export function addSecondLayer(
  O: usize, stride: usize, k: i32, m: i32, i: i32, c: usize, offsets: usize, factor: f64, second: i32, studentScale: f64, row: usize,
): void {
  const A = 1.0 + at(O, i, i, stride);
  for (let l = 0; l < m; l++) {
    const X = at(O, i, l, stride), other = 1.0 + at(O, l, l, stride);
    const both = A * other;
    const B = (factor * TWO_OVER_PI * load<f64>(c + (l << 3))) / Math.sqrt(both - X * X);
    add(row, offsetOf(offsets, m, i, l), B);
    add(row, offsetOf(offsets, m, i, i), (-0.5 * B * X) / A);
    add(row, offsetOf(offsets, m, l, l), (-0.5 * B * X) / other);
    if (l >= k) {
      const angle = f64x2.extract_lane(asinPair(f64x2.splat(X / Math.sqrt(both))), 0);
      add(row, second + ((l - k) << 3), -studentScale * factor * TWO_OVER_PI * angle);
    }
  }
}

/**
 * Derivative of N_ij / (n_s^2 a_i a_j) = B [2 eps(T) + Delta], i and j fields, T = Omega - O_i alpha^T - O_j beta^T the covariance (C6),
 * alpha and beta the two rows of K^-1 O_S. With E = (c_u c_v B_uv) at T and D_u = -sum_v E_uv T_uv / (1 + T_uu),
 *
 *   d(2 eps) = <G, dT> = <H, dO>,   G = E + diag D,   dT = L dO L^T,   L = 1 - alpha e_i^T - beta e_j^T,   H = L^T G L:
 *
 * G itself but in rows and columns i and j, which lose V_a = G alpha and V_b = G beta; then there is dB. i = j is no special case.
 *
 * **Writes** the row's numbers for M and Q, adds to those of a.
 *
 * @param value N_ij / (n_s^2 a_i a_j)
 * @param diagonal 1 + O_uu, m f64 with a 1 behind where m is odd
 * @param work even(m) (m + 6) f64: alpha, beta, V_a, V_b, 1 + T_uu, 1 / sqrt(1 + T_uu), then G
 */
export function writeNoise(
  O: usize, stride: usize, k: i32, m: i32, i: i32, j: i32, value: f64, c: usize, diagonal: usize, offsets: usize,
  factor: f64, second: i32, studentScale: f64, work: usize, row: usize,
): void {
  const alpha = work, beta = alpha + stride, Va = beta + stride, Vb = Va + stride, plus = Vb + stride, w = plus + stride, G = w + stride;
  const Oi = O + <usize>i * stride, Oj = O + <usize>j * stride;
  const A = 1.0 + at(O, i, i, stride), B = 1.0 + at(O, j, j, stride), X = at(O, i, j, stride);
  const inverse = 1.0 / (A * B - X * X);
  const scale = (factor * TWO_OVER_PI) * Math.sqrt(inverse);

  const one = f64x2.splat(1);
  const a1 = f64x2.splat(B * inverse), a2 = f64x2.splat(X * inverse), b1 = f64x2.splat(A * inverse);
  for (let v: usize = 0; v < stride; v += 16) {
    const oi = v128.load(Oi + v), oj = v128.load(Oj + v);
    const a = f64x2.sub(f64x2.mul(a1, oi), f64x2.mul(a2, oj)), b = f64x2.sub(f64x2.mul(b1, oj), f64x2.mul(a2, oi));
    const t = f64x2.sub(f64x2.sub(v128.load(diagonal + v), f64x2.mul(a, oi)), f64x2.mul(b, oj));
    v128.store(alpha + v, a);
    v128.store(beta + v, b);
    v128.store(plus + v, t);
    if (second >= 0) v128.store(w + v, f64x2.div(one, f64x2.sqrt(t)));
  }

  const twoOverPi = f64x2.splat(TWO_OVER_PI);
  let saa = 0.0, sab = 0.0, sbb = 0.0;
  for (let u = 0, Ou = O, to = G; u < m; u++, Ou += stride, to += stride) {
    const at = <usize>u << 3;
    const au = v128.load64_splat(alpha + at), bu = v128.load64_splat(beta + at), tu = v128.load64_splat(plus + at);
    const cu = f64x2.mul(twoOverPi, v128.load64_splat(c + at));
    let trace = f64x2.splat(0), va = trace, vb = trace;
    for (let v: usize = 0; v < stride; v += 16) {
      const T = f64x2.sub(f64x2.sub(v128.load(Ou + v), f64x2.mul(au, v128.load(Oi + v))), f64x2.mul(bu, v128.load(Oj + v)));
      const det = f64x2.sub(f64x2.mul(tu, v128.load(plus + v)), f64x2.mul(T, T));
      const E = f64x2.div(f64x2.mul(cu, v128.load(c + v)), f64x2.sqrt(det));
      v128.store(to + v, E);
      trace = f64x2.add(trace, f64x2.mul(E, T));
      va = f64x2.add(va, f64x2.mul(E, v128.load(alpha + v)));
      vb = f64x2.add(vb, f64x2.mul(E, v128.load(beta + v)));
    }
    const D = -(f64x2.extract_lane(trace, 0) + f64x2.extract_lane(trace, 1)) / load<f64>(plus + at);
    const a = load<f64>(alpha + at), b = load<f64>(beta + at);
    const sumA = f64x2.extract_lane(va, 0) + f64x2.extract_lane(va, 1) + D * a;
    const sumB = f64x2.extract_lane(vb, 0) + f64x2.extract_lane(vb, 1) + D * b;
    store<f64>(to + at, load<f64>(to + at) + D);
    store<f64>(Va + at, sumA);
    store<f64>(Vb + at, sumB);
    saa += a * sumA;
    sab += a * sumB;
    sbb += b * sumB;
    if (second >= 0 && u >= k) {
      const wu = v128.load64_splat(w + at);
      let sum = f64x2.splat(0);
      for (let v: usize = 0; v < stride; v += 16) {
        const T = f64x2.sub(f64x2.sub(v128.load(Ou + v), f64x2.mul(au, v128.load(Oi + v))), f64x2.mul(bu, v128.load(Oj + v)));
        sum = f64x2.add(sum, f64x2.mul(v128.load(c + v), asinPair(f64x2.mul(f64x2.mul(T, wu), v128.load(w + v)))));
      }
      add(row, second + ((u - k) << 3), -2.0 * studentScale * scale * TWO_OVER_PI * (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
    }
  }

  const twice = 2.0 * scale;
  let to = row;
  for (let u = k, from = G + <usize>k * stride; u < m; u++, from += stride) {
    for (let r = 0; r < k; r++, to += 8) store<f64>(to, twice * load<f64>(from + (<usize>r << 3)));
  }
  for (let u = k, from = G + <usize>k * stride; u < m; u++, from += stride) {
    store<f64>(to, scale * load<f64>(from + (<usize>u << 3)));
    to += 8;
    for (let v = u + 1; v < m; v++, to += 8) store<f64>(to, twice * load<f64>(from + (<usize>v << 3)));
  }
  for (let v = 0; v < m; v++) {
    add(row, offsetOf(offsets, m, i, v), -twice * load<f64>(Va + (<usize>v << 3)));
    add(row, offsetOf(offsets, m, j, v), -twice * load<f64>(Vb + (<usize>v << 3)));
  }
  const own = factor * value * inverse;
  add(row, offsetOf(offsets, m, i, i), scale * saa - 0.5 * own * B);
  add(row, offsetOf(offsets, m, i, j), twice * sab + own * X);
  add(row, offsetOf(offsets, m, j, j), scale * sbb - 0.5 * own * A);
}
