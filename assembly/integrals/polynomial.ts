/**
 * The right-hand side's building blocks for polynomial activations s = sum_n b_n He_n, student's and teacher's equal or not, all exactly: h (B8), sig (B7) and the
 * noise matrix N (B6), each without the factors n_s a_i of the student units.
 *
 * Of a polynomial on a field of variance v all is in D_n = E[s^(n)] = sum_j b_(n+2j) (n + 2j)! / (2^j j!) (v - 1)^j, and Mehler's sums are finite:
 *
 *   I2 = sum_n D_n D'_n C^n / n!,   B = sum_n D_(n+1) D'_(n+1) C^n / n!,   A = sum_n D_(n+2) D'_n C^n / n!.
 *
 * N up to degree 2, where e = gamma + b.x + x.D x is a quadratic form and s' = alpha + beta x: with mu = E[e], H = E[grad grad e^2] = 2 b b^T + 8 D Omega D + 4 mu D,
 *
 *   N = alpha^2 E + alpha beta (g 1^T + 1 g^T) + beta^2 (Omega E + Omega H Omega),   g = E[x e^2] = 2 Omega (mu b + 2 D Omega b),
 *   E = E[e^2] + Delta = mu^2 + b.Omega b + 2 tr(D Omega D Omega) + Delta,   O(m^3) for all entries; (C9) is b = 0.
 *
 * Above: given x_i and x_j, sum_l c_l s_l has Mehler's sums once more, around the means of the other fields, and the Gauss-Hermite rules for x_i and the rest of
 * x_j are exact. With K the larger degree and d the student's that is p^2/2 pairs x (d + K)(d/2 + K) nodes x (m K^2/2 + m^2 K/2) multiplications, the cheapest exact
 * way known here: tensor rules on four fields have (d + K)^4 nodes for each of p^2 m^2 / 4 quadruples, diagrams of Wick's theorem are fewer than
 * those but more than K^4 / 10 each.
 */
import { addScaled } from "../linalg/add-scaled";
import { polynomialCount, polynomialTerm } from "./expansion";
import { accumulate, differenceRule, scaleCovariance } from "./noise-scaling";
import { hermite } from "./quadrature";

/** Most coefficients b_n. */
const MAX_COUNT: i32 = 16;

/** The work space: this record, then what it points to. */
@unmanaged
class Work {
  p: i32; k: i32; m: i32; student: i32; teacher: i32; studentCount: i32; teacherCount: i32; orders: i32;
  n1: i32; n2: i32;
  z1: usize; w1: usize; z2: usize; w2: usize;
  /** D_n of each unit, MAX_COUNT to a unit; the slope's own at v = 0. */
  D: usize; slope: usize;
  /** First and second direction of each unit, c, and vectors of the matrix form. */
  first: usize; second: usize; vector: usize; other: usize;
  /** c_l c_m C_lm^n / n! for n = 1.., and S^(n) of each unit at two nodes. */
  G: usize; S: usize;
  /** tau Omega, N there, and the nodes of tau: for `polynomialNoiseScaling`. */
  scaled: usize; N: usize; taus: usize;
}
const HEAD: usize = 128;

const scratch = memory.data(128, 16);

// @ts-ignore: decorator
@inline
function at(O: usize, row: i32, column: i32, stride: usize): f64 {
  return load<f64>(O + <usize>row * stride + (<usize>column << 3));
}

function lay(base: usize, work: Work, p: i32, k: i32, studentCount: i32, teacherCount: i32): usize {
  const m = p + k, vector = <usize>((m + 1) & ~1) << 3, orders = max(studentCount, teacherCount);
  work.p = p; work.k = k; work.m = m;
  work.studentCount = studentCount; work.teacherCount = teacherCount; work.orders = orders;
  // degrees of the integrand: 2 (d - 1) + 2 K in z1, d - 1 + 2 K in z2; the second count is made even, for lanes
  work.n1 = max(1, studentCount + orders - 2);
  work.n2 = ((studentCount + 2 * orders - 2) >> 1) + 1 & ~1;
  let to = base + HEAD;
  work.z1 = to; to += 256;
  work.w1 = to; to += 256;
  work.z2 = to; to += 256;
  work.w2 = to; to += 256;
  work.slope = to; to += MAX_COUNT << 3;
  work.D = to; to += <usize>m * (MAX_COUNT << 3);
  work.first = to; to += vector;
  work.second = to; to += vector;
  work.vector = to; to += vector;
  work.other = to; to += vector;
  work.G = to; to += <usize>max(orders, 2) * <usize>m * vector;
  work.S = to; to += <usize>(orders + 1) * <usize>m << 4;
  work.scaled = to; to += <usize>m * vector;
  work.N = to; to += <usize>((p * (p + 1)) / 2 + 1 & ~1) << 3;
  work.taus = to; to += 256;
  return to - base;
}

/** Bytes of work space. */
export function polynomialBytes(p: i32, k: i32, student: i32, teacher: i32): f64 {
  return <f64>lay(0, changetype<Work>(scratch), p, k, polynomialCount(student), polynomialCount(teacher));
}

/**
 * Readies a work space; once before anything else.
 * @param address polynomialBytes(..) bytes, aligned to 16
 * @param student, teacher linear, quadratic or Hermite, at most MAX_COUNT coefficients
 */
export function polynomialPrepare(address: usize, p: i32, k: i32, student: i32, teacher: i32): void {
  const work = changetype<Work>(address);
  lay(address, work, p, k, polynomialCount(student), polynomialCount(teacher));
  work.student = student;
  work.teacher = teacher;
  memory.fill(work.slope, 0, MAX_COUNT << 3);
  derivatives(student, 0, work.slope);
  hermite(work.n1, work.z1, work.S, work.w1);
  hermite(work.n2, work.z2, work.S, work.w2);
}

/** D_n = E[s^(n)], n < count, at variance v. */
export function derivatives(code: i32, v: f64, out: usize): void {
  const count = polynomialCount(code), half = 0.5 * (v - 1);
  let factorial = 1.0;
  for (let n = 0; n < count; n++) {
    if (n > 1) factorial *= <f64>n;
    let sum = 0.0, factor = factorial;
    for (let i = n, j = 1; i < count; i += 2, j++) {
      sum += polynomialTerm(code, i) * factor;
      factor *= (half * <f64>((i + 1) * (i + 2))) / <f64>j;
    }
    store<f64>(out + (<usize>n << 3), sum);
  }
}

// @ts-ignore: decorator
@inline
function unit(work: Work, l: i32): usize {
  return work.D + <usize>l * (MAX_COUNT << 3);
}

// @ts-ignore: decorator
@inline
function countOf(work: Work, l: i32): i32 {
  return l < work.k ? work.teacherCount : work.studentCount;
}

/** D_n of all units. */
function expandAll(work: Work, O: usize, stride: usize): void {
  for (let l = 0; l < work.m; l++) derivatives(l < work.k ? work.teacher : work.student, at(O, l, l, stride), unit(work, l));
}

/** sum_n D_(n+q) D'_(n+r) C^n / n!. */
function mehler(a: usize, countA: i32, q: i32, b: usize, countB: i32, r: i32, C: f64): f64 {
  let sum = 0.0;
  for (let n = min(countA - q, countB - r) - 1; n >= 0; n--) {
    sum = (sum * C) / <f64>(n + 1) + load<f64>(a + (<usize>(n + q) << 3)) * load<f64>(b + (<usize>(n + r) << 3));
  }
  return sum;
}

/** (B8). @param h p rows of `stride` bytes, written: E[g_i lam_beta] / (n_s a_i), teacher columns first */
export function polynomialDrift(address: usize, O: usize, stride: usize, c: usize, h: usize): void {
  const work = changetype<Work>(address), k = work.k, m = work.m, count = work.studentCount;
  expandAll(work, O, stride);
  for (let i = k; i < m; i++, h += stride) {
    memory.fill(h, 0, stride);
    let own = 0.0;
    for (let l = 0; l < m; l++) {
      const cl = load<f64>(c + (<usize>l << 3)), C = at(O, i, l, stride);
      own += cl * mehler(unit(work, i), count, 2, unit(work, l), countOf(work, l), 0, C);
      addScaled(h, cl * mehler(unit(work, i), count, 1, unit(work, l), countOf(work, l), 1, C), O + <usize>l * stride, stride);
    }
    addScaled(h, own, O + <usize>i * stride, stride);
  }
}

/** (B8) as a linear map of the rows, h = L Omega. @param L p rows of `stride` bytes, written: B_il c_l, and (A c)_i more at l = k + i */
export function polynomialCoefficients(address: usize, O: usize, stride: usize, c: usize, L: usize): void {
  const work = changetype<Work>(address), k = work.k, m = work.m, count = work.studentCount;
  expandAll(work, O, stride);
  for (let i = k; i < m; i++, L += stride) {
    let own = 0.0;
    for (let l = 0; l < m; l++) {
      const cl = load<f64>(c + (<usize>l << 3)), C = at(O, i, l, stride);
      own += cl * mehler(unit(work, i), count, 2, unit(work, l), countOf(work, l), 0, C);
      store<f64>(L + (<usize>l << 3), cl * mehler(unit(work, i), count, 1, unit(work, l), countOf(work, l), 1, C));
    }
    store<f64>(L + (<usize>i << 3), load<f64>(L + (<usize>i << 3)) + own);
  }
}

/** (B7): sig_i = sum_l c_l I2(i, l), p f64. */
export function polynomialSecondLayerDrift(address: usize, O: usize, stride: usize, c: usize, sig: usize): void {
  const work = changetype<Work>(address), k = work.k, m = work.m;
  expandAll(work, O, stride);
  for (let i = k; i < m; i++, sig += 8) {
    let sum = 0.0;
    for (let l = 0; l < m; l++) {
      sum += load<f64>(c + (<usize>l << 3)) * mehler(unit(work, i), work.studentCount, 0, unit(work, l), countOf(work, l), 0, at(O, i, l, stride));
    }
    store<f64>(sig, sum);
  }
}

/** E[s'_i s'_j] for every pair i <= j of students, in the order of erf.ts's `writePairs`; the mean curvature of label noise. */
export function polynomialSlopeProducts(address: usize, O: usize, stride: usize, out: usize): void {
  const work = changetype<Work>(address), m = work.m, count = work.studentCount;
  expandAll(work, O, stride);
  for (let i = work.k; i < m; i++) {
    for (let j = i; j < m; j++, out += 8) store<f64>(out, mehler(unit(work, i), count, 1, unit(work, j), count, 1, at(O, i, j, stride)));
  }
}

/** N_ij / (n_s^2 a_i a_j) for every pair i <= j, one f64 a pair in the order of erf.ts's `writePairs`. */
export function polynomialNoise(address: usize, O: usize, stride: usize, c: usize, Delta: f64, out: usize): void {
  const work = changetype<Work>(address), p = work.p, k = work.k;
  expandAll(work, O, stride);
  if (work.orders <= 3) return matrixForm(work, O, stride, c, Delta, out);
  // before the conditional variances take the place of the variances
  let to = out;
  for (let i = k; i < k + p; i++) {
    for (let j = i; j < k + p; j++, to += 8) {
      store<f64>(to, Delta * mehler(unit(work, i), work.studentCount, 1, unit(work, j), work.studentCount, 1, at(O, i, j, stride)));
    }
  }
  for (let i = k; i < k + p; i++) {
    for (let j = i; j < k + p; j++, out += 8) store<f64>(out, load<f64>(out) + givenTwo(work, O, stride, c, i, j));
  }
}

/**
 * dN(tau Omega) / dtau at tau = 1 of every pair, in the same order, exact but for rounding. Costs (d + K) / 2 pairs of N.
 */
export function polynomialNoiseScaling(address: usize, O: usize, stride: usize, c: usize, Delta: f64, out: usize): void {
  const work = changetype<Work>(address), count = (work.p * (work.p + 1)) >> 1;
  const degree = max(1, work.studentCount + work.orders - 3), n = (degree + 1) >> 1;
  differenceRule(n, min(0.5, 3 / <f64>degree), work.taus);
  memory.fill(out, 0, <usize>count << 3);
  for (let j = 0; j < 2 * n; j++) {
    const node = work.taus + (<usize>(j >> 1) << 3), t = j & 1 ? -load<f64>(node) : load<f64>(node), weight = load<f64>(node + (<usize>n << 3));
    scaleCovariance(O, stride, work.m, 1 + t, work.scaled);
    polynomialNoise(address, work.scaled, stride, c, Delta, work.N);
    accumulate(out, j & 1 ? -weight : weight, work.N, count);
  }
}

/** b_n of a unit, 0 beyond its count. */
// @ts-ignore: decorator
@inline
function term(code: i32, n: i32): f64 {
  return n < polynomialCount(code) ? polynomialTerm(code, n) : 0;
}

/** Degree 2: He_2 = x^2 - 1. */
function matrixForm(work: Work, O: usize, stride: usize, c: usize, Delta: f64, out: usize): void {
  const m = work.m, k = work.k, p = work.p, linear = work.first, square = work.second, Ob = work.vector, g = work.other, Y = work.G;
  const alpha = term(work.student, 1), beta = 2 * term(work.student, 2);
  let mu = 0.0;
  for (let l = 0; l < m; l++) {
    const code = l < k ? work.teacher : work.student, cl = load<f64>(c + (<usize>l << 3)), b2 = cl * term(code, 2);
    store<f64>(linear + (<usize>l << 3), cl * term(code, 1));
    store<f64>(square + (<usize>l << 3), b2);
    mu += cl * term(code, 0) + b2 * (at(O, l, l, stride) - 1);
  }
  // Y = Omega_S D Omega, p x m; traces over all rows
  let trace = 0.0, variance = 0.0;
  for (let u = 0; u < m; u++) {
    let sum = 0.0, squares = 0.0;
    for (let v = 0; v < m; v++) {
      const o = at(O, u, v, stride);
      sum += o * load<f64>(linear + (<usize>v << 3));
      squares += o * o * load<f64>(square + (<usize>v << 3));
    }
    store<f64>(Ob + (<usize>u << 3), sum);
    variance += load<f64>(linear + (<usize>u << 3)) * sum;
    trace += load<f64>(square + (<usize>u << 3)) * squares;
  }
  const E = mu * mu + variance + 2 * trace + Delta;
  for (let i = 0; i < p; i++) {
    const row = Y + <usize>i * stride;
    memory.fill(row, 0, stride);
    let sum = 0.0;
    for (let v = 0; v < m; v++) {
      const factor = at(O, k + i, v, stride) * load<f64>(square + (<usize>v << 3));
      sum += factor * load<f64>(Ob + (<usize>v << 3));
      addScaled(row, factor, O + <usize>v * stride, stride);
    }
    store<f64>(g + (<usize>i << 3), 2 * (mu * load<f64>(Ob + (<usize>(k + i) << 3)) + 2 * sum));
  }
  for (let i = 0; i < p; i++) {
    const row = Y + <usize>i * stride;
    for (let j = i; j < p; j++, out += 8) {
      // Omega D Omega D Omega
      let twice = 0.0;
      for (let v = 0; v < m; v++) twice += load<f64>(row + (<usize>v << 3)) * load<f64>(square + (<usize>v << 3)) * at(O, k + j, v, stride);
      const OHO = 2 * load<f64>(Ob + (<usize>(k + i) << 3)) * load<f64>(Ob + (<usize>(k + j) << 3)) + 8 * twice
        + 4 * mu * load<f64>(row + (<usize>(k + j) << 3));
      const first = load<f64>(g + (<usize>i << 3)) + load<f64>(g + (<usize>j << 3));
      store<f64>(out, alpha * alpha * E + alpha * beta * first + beta * beta * (at(O, k + i, k + j, stride) * E + OHO));
    }
  }
}

/** E[s'_i s'_j e^2] by the rules for x_i = sqrt(O_ii) z1 and x_j = L_1 z1 + L_2 z2. */
function givenTwo(work: Work, O: usize, stride: usize, c: usize, i: i32, j: i32): f64 {
  const m = work.m, orders = work.orders, first = work.first, second = work.second;
  const ii = at(O, i, i, stride), scale = ii > 0 ? 1 / Math.sqrt(ii) : 0, along = at(O, i, j, stride) * scale;
  const rest = i == j ? 0 : at(O, j, j, stride) - along * along, scale2 = rest > 1e-15 * at(O, j, j, stride) ? 1 / Math.sqrt(rest) : 0;
  for (let l = 0; l < m; l++) {
    const l1 = at(O, i, l, stride) * scale, l2 = (at(O, j, l, stride) - along * l1) * scale2;
    store<f64>(first + (<usize>l << 3), l1);
    store<f64>(second + (<usize>l << 3), l2);
    derivatives(l < work.k ? work.teacher : work.student, max(0.0, at(O, l, l, stride) - l1 * l1 - l2 * l2), unit(work, l));
  }
  // G_n = c_l c_m C^n / n!, twice off the diagonal
  const vector = <usize>((m + 1) & ~1) << 3, matrix = <usize>m * vector;
  for (let u = 0; u < m; u++) {
    const u1 = load<f64>(first + (<usize>u << 3)), u2 = load<f64>(second + (<usize>u << 3)), cu = load<f64>(c + (<usize>u << 3));
    for (let v = 0; v <= u; v++) {
      const C = at(O, u, v, stride) - u1 * load<f64>(first + (<usize>v << 3)) - u2 * load<f64>(second + (<usize>v << 3));
      let g = cu * load<f64>(c + (<usize>v << 3)) * (u == v ? 1 : 2);
      for (let n = 1; n < orders; n++) {
        g *= C / <f64>n;
        store<f64>(work.G + <usize>(n - 1) * matrix + <usize>u * vector + (<usize>v << 3), g);
      }
    }
  }
  const n2 = scale2 > 0 ? work.n2 : 2;
  let total = f64x2.splat(0);
  for (let q = 0; q < work.n1; q++) {
    const z1 = load<f64>(work.z1 + (<usize>q << 3)), x = f64x2.splat(ii * scale * z1);
    let row = f64x2.splat(0);
    const slopeI = slopeAt(work, x);
    for (let r = 0; r < n2; r += 2) {
      // without a second direction one node of weight 1
      const z2 = scale2 > 0 ? v128.load(work.z2 + (<usize>r << 3)) : f64x2.splat(0);
      const w2 = scale2 > 0 ? v128.load(work.w2 + (<usize>r << 3)) : f64x2.splat(0.5);
      const y = f64x2.add(f64x2.splat(along * z1), f64x2.mul(f64x2.splat(rest * scale2), z2));
      row = f64x2.add(row, f64x2.mul(f64x2.mul(w2, slopeAt(work, y)), square(work, c, z1, z2, vector, matrix)));
    }
    total = f64x2.add(total, f64x2.mul(f64x2.mul(f64x2.splat(load<f64>(work.w1 + (<usize>q << 3))), slopeI), row));
  }
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}

/** s'(x). */
function slopeAt(work: Work, x: v128): v128 {
  let sum = f64x2.splat(0);
  for (let n = work.studentCount - 1; n > 0; n--) {
    sum = f64x2.add(f64x2.div(f64x2.mul(sum, x), f64x2.splat(<f64>n)), v128.load64_splat(work.slope + (<usize>n << 3)));
  }
  return sum;
}

/** E[e^2 | z1, z2], two z2 at a time. */
function square(work: Work, c: usize, z1: f64, z2: v128, vector: usize, matrix: usize): v128 {
  const m = work.m, orders = work.orders, S = work.S;
  let mean = f64x2.splat(0);
  for (let l = 0; l < m; l++) {
    const count = countOf(work, l), D = unit(work, l);
    const u = f64x2.add(f64x2.splat(z1 * load<f64>(work.first + (<usize>l << 3))), f64x2.mul(v128.load64_splat(work.second + (<usize>l << 3)), z2));
    // S^(n)(u) = sum_k D_(n+k) u^k / k!
    for (let n = 0; n < orders; n++) {
      let sum = f64x2.splat(0);
      for (let k = count - 1 - n; k >= 0; k--) {
        sum = f64x2.add(f64x2.mul(f64x2.mul(sum, u), f64x2.splat(1.0 / <f64>(k + 1))), v128.load64_splat(D + (<usize>(n + k) << 3)));
      }
      v128.store(S + (<usize>(n * m + l) << 4), sum);
    }
    mean = f64x2.add(mean, f64x2.mul(v128.load64_splat(c + (<usize>l << 3)), v128.load(S + (<usize>l << 4))));
  }
  let sum = f64x2.mul(mean, mean);
  for (let n = 1; n < orders; n++) {
    const values = S + (<usize>(n * m) << 4), G = work.G + <usize>(n - 1) * matrix;
    for (let u = 0; u < m; u++) {
      let row = f64x2.splat(0);
      for (let v = 0; v <= u; v++) {
        row = f64x2.add(row, f64x2.mul(v128.load64_splat(G + <usize>u * vector + (<usize>v << 3)), v128.load(values + (<usize>v << 4))));
      }
      sum = f64x2.add(sum, f64x2.mul(row, v128.load(values + (<usize>u << 4))));
    }
  }
  return sum;
}
