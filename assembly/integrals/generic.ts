/**
 * The right-hand side's building blocks for activations of any kind, student and teacher equal or not: h (B8), sig (B7) and the noise matrix N (B6), each
 * without the factors n_s a_i of the student units. Where there are closed forms (erf.ts, relu.ts, polynomial.ts) those are faster.
 *
 * h and sig are pair integrals by Hermite expansions (expansion.ts, units.ts). For N the slope is a mixture of Gaussians (slopes.ts), and a Gaussian factor only
 * changes the covariance, as in (C6)-(C7): with K^{-1} = diag(1 / 2 lambda_i, 1 / 2 lambda_j) + Omega_{ij,ij}
 *
 *   E[exp(-lambda_i x_i^2 - lambda_j x_j^2) F] = norm E'[F],   norm = det(1 + diag(2 lambda_i, 2 lambda_j) Omega_{ij,ij})^{-1/2},
 *   Omega' = Omega - Omega_{:,ij} K Omega_{ij,:},
 *
 * so that N_ij is a sum over the terms of both slopes of risks at tilted covariances, and where a term carries the factor x, by Stein's lemma, with e = sum_l c_l s_l,
 *
 *   E'[x_j e^2] = 2 sum_lm c_l c_m Omega'_jl D'(l, m),   D(l, m) = E[s'_l s_m],
 *   E'[x_i x_j e^2] = Omega'_ij E'[e^2] + 2 sum_lm c_l c_m Omega'_il [Omega'_jl A'(l, m) + Omega'_jm B'(l, m)].
 *
 * Cost of N: p^2/2 pairs x (nodes of a slope)^2 x (m expansions + m^2/2 pair integrals); erf, linear and quadratic slopes have one node, the others 3 to 8 at
 * variances of order 1, enough for a given tolerance of E[s'_i^2], which is known exactly. Students with a kink go by kinked-noise.ts, polynomials of degree 3 and more,
 * whose slopes are no such mixtures, by polynomial-student.ts.
 */
import { addScaled } from "../linalg/add-scaled";
import { atan2 } from "../special/trig";
import { leakOf, series } from "./expansion";
import { pairIntegral } from "./pair";
import { mixedBytes, mixedPrepare } from "./polynomial-student";
import { describeSlope, RULE_BYTES, Slope, SLOPE_BYTES } from "./slopes";
import { ARRAY, describeUnit, leftOut, locate, measureSlope, read, TABLE_BYTES, Unit, UNIT_BYTES, UNIT_HEAD } from "./units";

const PI: f64 = 3.141592653589793;
const ROOT_2: f64 = 1.4142135623730951;

/** The work space: this record, then what it points to. */
@unmanaged
export class Work {
  p: i32; k: i32; m: i32; student: i32; teacher: i32; reserved: i32;
  tolerance: f64; error: f64;
  slope: usize; rules: usize; counts: usize; orders: usize;
  studentKind: usize; teacherKind: usize; studentTable: usize; teacherTable: usize; units: usize;
  diagonal: usize; variances: usize; toI: usize; toJ: usize; row: usize; B: usize; tails: usize;
  /** Of polynomial-student.ts; and tau Omega, N there and the nodes of tau, for `genericNoiseScaling`. */
  mixed: usize; scaled: usize; N: usize; taus: usize;
  /** Of kinked-noise.ts: vectors over the units, and rules. */
  kink: usize; kinkRules: usize;
}
const HEAD: usize = 128;

// @ts-ignore: decorator
@inline
export function at(O: usize, row: i32, column: i32, stride: usize): f64 {
  return load<f64>(O + <usize>row * stride + (<usize>column << 3));
}

// @ts-ignore: decorator
@inline
export function unitAt(work: Work, i: i32): Unit {
  return changetype<Unit>(work.units + <usize>i * UNIT_BYTES);
}

function lay(base: usize, work: Work, p: i32, k: i32, student: i32, same: bool): usize {
  const m = p + k, vector = <usize>((m + 1) & ~1) << 3;
  let to = base + HEAD;
  work.slope = to; to += SLOPE_BYTES;
  work.studentKind = to; to += UNIT_BYTES;
  work.teacherKind = to; to += UNIT_BYTES;
  work.units = to; to += <usize>m * UNIT_BYTES;
  work.rules = to; to += <usize>p * RULE_BYTES;
  work.diagonal = to; to += vector;
  work.variances = to; to += vector;
  work.toI = to; to += vector;
  work.toJ = to; to += vector;
  work.row = to; to += vector;
  work.tails = to; to += vector;
  work.B = to; to += (<usize>(p * p + 1) & ~1) << 3;
  work.counts = to; to += <usize>((p + 3) & ~3) << 2;
  work.orders = to; to += <usize>((p + 3) & ~3) << 2;
  to = (to + 15) & ~15;
  work.scaled = to; to += <usize>m * vector;
  work.N = to; to += (<usize>(p * p + 1) & ~1) << 3;
  work.taus = to; to += 256;
  work.kink = to; to += 5 * vector;
  work.kinkRules = to; to += 2 * RULE_BYTES;
  work.mixed = to; to += mixedBytes(p, k, student);
  to = (to + 63) & ~63;
  work.studentTable = to; to += TABLE_BYTES;
  work.teacherTable = same ? work.studentTable : to;
  return to + (same ? 0 : TABLE_BYTES) - base;
}

const scratch = memory.data(128, 16);

/** Bytes of work space. */
export function genericBytes(p: i32, k: i32, student: i32, teacher: i32): f64 {
  return <f64>lay(0, changetype<Work>(scratch), p, k, student, student == teacher);
}

/**
 * Readies a work space; once before anything else.
 * @param address genericBytes(p, k, student, teacher) bytes, aligned to 64
 * @param tolerance of N, relative; 1e-10 is a good one
 */
export function genericPrepare(address: usize, p: i32, k: i32, student: i32, teacher: i32, tolerance: f64): void {
  const work = changetype<Work>(address), same = student == teacher;
  lay(address, work, p, k, student, same);
  work.p = p;
  work.k = k;
  work.m = p + k;
  work.student = student;
  work.teacher = teacher;
  work.tolerance = tolerance;
  describeSlope(student, work.slope);
  mixedPrepare(work.mixed, p, k, student, teacher);
  describeUnit(work.studentKind, student, work.studentTable);
  describeUnit(work.teacherKind, teacher, work.teacherTable);
  for (let i = 0; i < work.m; i++) {
    const unit = unitAt(work, i), kind = i < k ? work.teacherKind : work.studentKind;
    memory.copy(changetype<usize>(unit), kind, UNIT_HEAD);
    if (!unit.hasKink) unit.arrays = changetype<usize>(unit) + UNIT_HEAD;
  }
  for (let i = 0; i < p; i++) store<i32>(work.orders + (<usize>i << 2), 3);
}

/** Whether the student's slope is a mixture of Gaussians; that of polynomials of degree 3 and more is not, and their noise goes by polynomial-student.ts. */
export function genericKnowsSlope(address: usize): i32 {
  return changetype<Slope>(changetype<Work>(address).slope).isKnown != 0 ? 1 : 0;
}

/** Expands all units at the given variances; returns the largest share left out. */
export function expandUnits(work: Work, variances: usize, isDerived: bool): f64 {
  const m = work.m, k = work.k;
  let even = 0, odd = 0, left = 0.0;
  for (let i = 0; i < m; i++) {
    const unit = unitAt(work, i), address = changetype<usize>(unit);
    locate(address, i < k ? work.teacher : work.student, i < k ? work.teacherTable : work.studentTable, load<f64>(variances + (<usize>i << 3)));
    even = max(even, unit.halfEven);
    odd = max(odd, unit.halfOdd);
    left = max(left, leftOut(address));
  }
  for (let i = 0; i < m; i++) read(changetype<usize>(unitAt(work, i)), even, odd, isDerived, i < k ? work.teacherKind : work.studentKind);
  return left;
}

/** Terms of a pair for which r^2k need not go below 1e-14. */
// @ts-ignore: decorator
@inline
export function terms(halfU: i32, fullU: i32, halfV: i32, fullV: i32, r2: f64): i32 {
  const count = min(max(halfU, halfV), min(fullU, fullV));
  return r2 < 0.03 ? min(count, 10) : r2 < 0.2 ? min(count, 20) : count;
}

// @ts-ignore: decorator
@inline
export function correlation(u: Unit, v: Unit, C: f64): f64 {
  return max(-1.0, min(1.0, C * u.inverse * v.inverse));
}

/** E[s_u s_v] - E[s_u] E[s_v]. */
// @ts-ignore: decorator
@inline
export function covariance(work: Work, u: Unit, v: Unit, uCode: i32, vCode: i32, C: f64): f64 {
  if (u.isElementary & v.isElementary) return pairIntegral(uCode, vCode, u.variance, v.variance, C) - u.mean * v.mean;
  const rho = correlation(u, v, C), r2 = rho * rho;
  const even = terms(u.halfEven, u.fullEven, v.halfEven, v.fullEven, r2), odd = terms(u.halfOdd, u.fullOdd, v.halfOdd, v.fullOdd, r2);
  return C * (series(u.arrays, v.arrays, even, r2) + rho * series(u.arrays + ARRAY, v.arrays + ARRAY, odd, r2));
}

/** What `moments` finds: cov(s_u, s_v), B(u, v), A(u, v), A(v, u). */
export const found = memory.data(32, 16);

/** cov(s_u, s_v), B(u, v), A(u, v), A(v, u); isDerived of both units. */
export function moments(u: Unit, v: Unit, uCode: i32, vCode: i32, C: f64): void {
  if (u.hasKink & v.hasKink) return kinkedMoments(u, v, uCode, vCode, C);
  const rho = correlation(u, v, C), r2 = rho * rho, r4 = f64x2.splat(r2 * r2);
  const a = u.arrays, b = v.arrays;
  let product = f64x2.splat(0), slopes = product, curveU = product, curveV = product;
  for (let k = (<usize>terms(u.halfEven, u.fullEven, v.halfEven, v.fullEven, r2) << 3) - 16; <isize>k >= 0; k -= 16) {
    const x = v128.load(a + k), y = v128.load(b + k);
    product = f64x2.add(f64x2.mul(product, r4), f64x2.mul(x, y));
    slopes = f64x2.add(f64x2.mul(slopes, r4), f64x2.mul(v128.load(a + k, 2 * ARRAY), y));
    curveU = f64x2.add(f64x2.mul(curveU, r4), f64x2.mul(v128.load(a + k, 4 * ARRAY), y));
    curveV = f64x2.add(f64x2.mul(curveV, r4), f64x2.mul(x, v128.load(b + k, 4 * ARRAY)));
  }
  let S = folded(product, r2), B = folded(slopes, r2), AU = folded(curveU, r2), AV = folded(curveV, r2);
  product = f64x2.splat(0); slopes = product; curveU = product; curveV = product;
  for (let k = (<usize>terms(u.halfOdd, u.fullOdd, v.halfOdd, v.fullOdd, r2) << 3) - 16; <isize>k >= 0; k -= 16) {
    const x = v128.load(a + k, ARRAY), y = v128.load(b + k, ARRAY);
    product = f64x2.add(f64x2.mul(product, r4), f64x2.mul(x, y));
    slopes = f64x2.add(f64x2.mul(slopes, r4), f64x2.mul(v128.load(a + k, 3 * ARRAY), y));
    curveU = f64x2.add(f64x2.mul(curveU, r4), f64x2.mul(v128.load(a + k, 5 * ARRAY), y));
    curveV = f64x2.add(f64x2.mul(curveV, r4), f64x2.mul(x, v128.load(b + k, 5 * ARRAY)));
  }
  S += rho * folded(product, r2);
  B += rho * folded(slopes, r2);
  AU += rho * folded(curveU, r2);
  AV += rho * folded(curveV, r2);
  store<f64>(found, C * S);
  store<f64>(found, B, 8);
  // E[s''] = sqrt(2) kappa_1 / w
  store<f64>(found, u.inverse * (ROOT_2 * load<f64>(a, ARRAY) * v.mean + C * u.inverse * AU), 16);
  store<f64>(found, v.inverse * (ROOT_2 * load<f64>(b, ARRAY) * u.mean + C * v.inverse * AV), 24);
}

// @ts-ignore: decorator
@inline
function folded(sum: v128, r2: f64): f64 {
  return f64x2.extract_lane(sum, 0) + r2 * f64x2.extract_lane(sum, 1);
}

/** (C10)-(C13), and their combinations for leaks. */
function kinkedMoments(u: Unit, v: Unit, uCode: i32, vCode: i32, C: f64): void {
  const a = leakOf(uCode), b = leakOf(vCode), bent = (1 - a) * (1 - b), half = 0.5 * (a * (1 - b) + b * (1 - a));
  const uu = u.variance, vv = v.variance, edge = Math.sqrt(max(uu * vv - C * C, 0.0));
  // P(both > 0); a variance 0 counts as an independent field
  const both = edge == 0 && C == 0 ? 0.25 : 0.5 - atan2(edge, C) / (2 * PI);
  store<f64>(found, (a * b + half) * C + bent * (edge / (2 * PI) + C * both) - u.mean * v.mean);
  store<f64>(found, a * b + half + bent * both, 8);
  store<f64>(found, (bent * edge * u.inverse * u.inverse) / (2 * PI), 16);
  store<f64>(found, (bent * edge * v.inverse * v.inverse) / (2 * PI), 24);
}

export function setDiagonal(work: Work, O: usize, stride: usize): void {
  for (let i = 0; i < work.m; i++) store<f64>(work.diagonal + (<usize>i << 3), at(O, i, i, stride));
}

/**
 * (B8): h_i = (sum_l A_il c_l) Omega_i + sum_l B_il c_l Omega_l.
 * @param h p rows of `stride` bytes, written: E[g_i lam_beta] / (n_s a_i)
 * @returns the largest share of the variance of any s_l that its terms leave out: 1e-26 but for wide weights (tanh beyond w = 6, 1 beyond w = 31)
 */
export function genericDrift(address: usize, O: usize, stride: usize, c: usize, h: usize): f64 {
  const work = changetype<Work>(address), k = work.k, m = work.m;
  setDiagonal(work, O, stride);
  const left = expandUnits(work, work.diagonal, true);
  for (let i = k; i < m; i++, h += stride) {
    const row = O + <usize>i * stride;
    memory.fill(h, 0, stride);
    let own = 0.0;
    for (let l = 0; l < m; l++) {
      moments(unitAt(work, i), unitAt(work, l), work.student, l < k ? work.teacher : work.student, load<f64>(row + (<usize>l << 3)));
      const cl = load<f64>(c + (<usize>l << 3));
      own += cl * load<f64>(found, 16);
      addScaled(h, cl * load<f64>(found, 8), O + <usize>l * stride, stride);
    }
    addScaled(h, own, row, stride);
  }
  return left;
}

/**
 * (B8) as a linear map of the rows, h = L Omega. Returns what `genericDrift` does.
 * @param L p rows of `stride` bytes, written: B_il c_l, and (A c)_i more at l = k + i
 */
export function genericCoefficients(address: usize, O: usize, stride: usize, c: usize, L: usize): f64 {
  const work = changetype<Work>(address), k = work.k, m = work.m;
  setDiagonal(work, O, stride);
  const left = expandUnits(work, work.diagonal, true);
  for (let i = k; i < m; i++, L += stride) {
    let own = 0.0;
    for (let l = 0; l < m; l++) {
      moments(unitAt(work, i), unitAt(work, l), work.student, l < k ? work.teacher : work.student, at(O, i, l, stride));
      const cl = load<f64>(c + (<usize>l << 3));
      own += cl * load<f64>(found, 16);
      store<f64>(L + (<usize>l << 3), cl * load<f64>(found, 8));
    }
    store<f64>(L + (<usize>i << 3), load<f64>(L + (<usize>i << 3)) + own);
  }
  return left;
}

/** (B7): sig_i = sum_l c_l I2(i, l), p f64. Returns what `genericDrift` does. */
export function genericSecondLayerDrift(address: usize, O: usize, stride: usize, c: usize, sig: usize): f64 {
  const work = changetype<Work>(address), k = work.k, m = work.m;
  setDiagonal(work, O, stride);
  const left = expandUnits(work, work.diagonal, false);
  for (let i = k; i < m; i++, sig += 8) {
    const u = unitAt(work, i);
    let sum = 0.0;
    for (let l = 0; l < m; l++) {
      const v = unitAt(work, l), code = l < k ? work.teacher : work.student;
      sum += load<f64>(c + (<usize>l << 3)) * (u.mean * v.mean + covariance(work, u, v, work.student, code, at(O, i, l, stride)));
    }
    store<f64>(sig, sum);
  }
  return left;
}

/** E[s'_i s'_j] for all pairs i <= j of students, in that order; the mean curvature of label noise. */
export function genericSlopeProducts(address: usize, O: usize, stride: usize, out: usize): void {
  const work = changetype<Work>(address), k = work.k, m = work.m;
  setDiagonal(work, O, stride);
  expandUnits(work, work.diagonal, true);
  for (let i = k; i < m; i++) {
    for (let j = i; j < m; j++, out += 8) {
      store<f64>(out, slopeProduct(work, i, j, at(O, i, j, stride)));
    }
  }
}

/** E[s'_i s'_j] of two students, units i <= j; measures the slope of one with itself. */
export function slopeProduct(work: Work, i: i32, j: i32, C: f64): f64 {
  const u = unitAt(work, i);
  if (i == j && u.hasKink) {
    const leak = leakOf(work.student);
    return 0.5 * (1 + leak * leak);
  }
  if (i == j) {
    measureSlope(u, work.student);
    return u.square;
  }
  moments(u, unitAt(work, j), work.student, work.student, C);
  return load<f64>(found, 8);
}
