/** Risks at tilted covariances: what a term of a slope (or of two) makes of E[e^2]; see generic.ts. */
import { root } from "./expansion";
import { at, correlation, covariance, expandUnits, found, moments, unitAt, Work } from "./generic";
import { Slope } from "./slopes";
import { ARRAY, Unit } from "./units";

/**
 * Tilts by exp(-a x_i^2/2 - b x_j^2/2): writes the rows i and j of the new covariance and its diagonal, expands the units there.
 * @returns the norm
 */
export function tilt(work: Work, O: usize, stride: usize, i: i32, j: i32, a: f64, b: f64): f64 {
  i += work.k;
  j += work.k;
  const rowI = O + <usize>i * stride, rowJ = O + <usize>j * stride;
  const A = 1 + a * at(O, i, i, stride), B = 1 + b * at(O, j, j, stride), X = at(O, i, j, stride);
  const det = A * B - a * b * X * X, inverse = 1 / det;
  const ii = f64x2.splat(B * inverse), ij = f64x2.splat(-b * X * inverse), ji = f64x2.splat(-a * X * inverse), jj = f64x2.splat(A * inverse);
  const va = f64x2.splat(a), vb = f64x2.splat(b);
  for (let t: usize = 0; t < <usize>work.m << 3; t += 16) {
    const x = v128.load(rowI + t), y = v128.load(rowJ + t);
    const toI = f64x2.add(f64x2.mul(ii, x), f64x2.mul(ij, y)), toJ = f64x2.add(f64x2.mul(ji, x), f64x2.mul(jj, y));
    v128.store(work.toI + t, toI);
    v128.store(work.toJ + t, toJ);
    v128.store(work.variances + t, f64x2.sub(
      f64x2.sub(v128.load(work.diagonal + t), f64x2.mul(va, f64x2.mul(toI, x))), f64x2.mul(vb, f64x2.mul(toJ, y))));
  }
  const slope = changetype<Slope>(work.slope);
  work.error = max(work.error, expandUnits(work, work.variances, slope.hasOdd != 0 || slope.form > 1));
  return 1 / Math.sqrt(det);
}

/** Row u of the tilted covariance Omega - a toI rowI^T - b toJ rowJ^T, up to column u. */
// @ts-ignore: decorator
@inline
function fillRow(work: Work, O: usize, stride: usize, u: i32, rowI: usize, rowJ: usize, a: f64, b: f64): void {
  const row = O + <usize>u * stride;
  const x = f64x2.splat(a * load<f64>(work.toI + (<usize>u << 3))), y = f64x2.splat(b * load<f64>(work.toJ + (<usize>u << 3)));
  for (let t: usize = 0; t <= <usize>u << 3; t += 16) {
    v128.store(work.row + t, f64x2.sub(f64x2.sub(v128.load(row + t), f64x2.mul(x, v128.load(rowI + t))), f64x2.mul(y, v128.load(rowJ + t))));
  }
}

/** E'[e^2]. */
export function risk(work: Work, O: usize, stride: usize, c: usize, rowI: usize, rowJ: usize, a: f64, b: f64): f64 {
  const m = work.m, k = work.k;
  let mean = 0.0, sum = 0.0;
  for (let u = 0; u < m; u++) {
    fillRow(work, O, stride, u, rowI, rowJ, a, b);
    const unit = unitAt(work, u), code = u < k ? work.teacher : work.student, cu = load<f64>(c + (<usize>u << 3));
    mean += cu * unit.mean;
    let row = 0.5 * cu * covariance(work, unit, unit, code, code, load<f64>(work.row + (<usize>u << 3)));
    for (let v = 0; v < u; v++) {
      row += load<f64>(c + (<usize>v << 3))
        * covariance(work, unit, unitAt(work, v), code, v < k ? work.teacher : work.student, load<f64>(work.row + (<usize>v << 3)));
    }
    sum += cu * row;
  }
  return mean * mean + 2 * sum;
}

/** E'[x_i x_j e^2] with `first` and `second` the tilted covariances with x_i and x_j, `tilted` that of the two. */
export function quadraticRisk(
  work: Work, O: usize, stride: usize, c: usize, rowI: usize, rowJ: usize, a: f64, b: f64, first: usize, second: usize, tilted: f64,
): f64 {
  const m = work.m, k = work.k;
  let mean = 0.0, squares = 0.0, sum = 0.0;
  for (let u = 0; u < m; u++) {
    fillRow(work, O, stride, u, rowI, rowJ, a, b);
    const unit = unitAt(work, u), code = u < k ? work.teacher : work.student, cu = load<f64>(c + (<usize>u << 3));
    const iu = load<f64>(first + (<usize>u << 3)), ju = load<f64>(second + (<usize>u << 3));
    mean += cu * unit.mean;
    let square = 0.0, row = 0.0;
    for (let v = 0; v < u; v++) {
      moments(unit, unitAt(work, v), code, v < k ? work.teacher : work.student, load<f64>(work.row + (<usize>v << 3)));
      const cv = load<f64>(c + (<usize>v << 3)), iv = load<f64>(first + (<usize>v << 3)), jv = load<f64>(second + (<usize>v << 3));
      square += cv * load<f64>(found);
      row += cv * ((iu * jv + iv * ju) * load<f64>(found, 8) + iu * ju * load<f64>(found, 16) + iv * jv * load<f64>(found, 24));
    }
    moments(unit, unit, code, code, load<f64>(work.row + (<usize>u << 3)));
    squares += cu * (2 * square + cu * load<f64>(found));
    sum += cu * (row + cu * iu * ju * (load<f64>(found, 8) + load<f64>(found, 16)));
  }
  return tilted * (mean * mean + squares) + 2 * sum;
}

/** E'[x_i e^2] with `to` the tilted covariances with x_i. */
export function linearRisk(work: Work, O: usize, stride: usize, c: usize, to: usize, rowI: usize, rowJ: usize, a: f64, b: f64): f64 {
  const m = work.m;
  let mean = 0.0, slopes = 0.0, sum = 0.0;
  for (let u = 0; u < m; u++) {
    fillRow(work, O, stride, u, rowI, rowJ, a, b);
    const unit = unitAt(work, u), cu = load<f64>(c + (<usize>u << 3)), xu = load<f64>(to + (<usize>u << 3));
    mean += cu * unit.mean;
    // E[s'] = kappa_0
    slopes += cu * xu * (unit.fullEven > 0 ? load<f64>(unit.arrays) : 0);
    for (let v = 0; v <= u; v++) {
      const other = unitAt(work, v), C = load<f64>(work.row + (<usize>v << 3));
      const cv = load<f64>(c + (<usize>v << 3)), xv = load<f64>(to + (<usize>v << 3));
      sum += cu * cv * C * (xu * unit.inverse * cross(unit, other, C) + (u == v ? 0 : xv * other.inverse * cross(other, unit, C)));
    }
  }
  return 2 * (slopes * mean + sum);
}

/** sum sqrt(n + 2) kappa_(n+1) kappa'_n rho^n: D(u, v) is C / w_u times this, and the means' product. */
function cross(u: Unit, v: Unit, C: f64): f64 {
  const rho = max(-1.0, min(1.0, C * u.inverse * v.inverse)), r2 = rho * rho;
  let even = 0.0, odd = 0.0;
  for (let n = min(u.fullOdd, v.fullEven) - 1; n >= 0; n--) {
    even = even * r2 + root(2 * n + 2) * load<f64>(u.arrays + (<usize>n << 3), ARRAY) * load<f64>(v.arrays + (<usize>n << 3));
  }
  for (let n = min(u.fullEven - 1, v.fullOdd) - 1; n >= 0; n--) {
    odd = odd * r2 + root(2 * n + 3) * load<f64>(u.arrays + (<usize>n << 3), 8) * load<f64>(v.arrays + (<usize>n << 3), ARRAY);
  }
  return even + rho * odd;
}
