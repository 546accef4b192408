/**
 * The noise matrix of a polynomial student of any degree d whose teacher is no polynomial. With e = e_S + e_T, student and teacher,
 *
 *   E[s'_i s'_j e^2] = E[s'_i s'_j e_S^2] + 2 sum_m c_m E[s'_i s'_j e_S t_m] + sum_lm c_l c_m E[s'_i s'_j t_l t_m].
 *
 * The first part is polynomial.ts's. In the second t_m = t(w_m z) meets a polynomial: its Hermite terms of degree above 3d - 2 are orthogonal to that, and the
 * others are exact on the Gauss-Hermite rule with 3d - 1 nodes,
 *
 *   E[t_m F] = sum_q omega_q E[F | z = z_q],   omega_q = w_q sum_(n <= 3d - 2) E[t_m h_n] h_n(z_q);
 *
 * in the third so does t_l t_m, in two variables y1 = x_l / w_l and y2, the rest of x_m, with terms of degrees up to 2d - 2. What is left are means of products of
 * two and of three polynomials of Gaussian fields with means: with V_i^(n) = E[s_i^(n) | nodes] and conditional covariances C
 *
 *   E[s'_i s'_j s_l | z_q] = sum V_i^(1+a+b) V_j^(1+a+g) V_l^(b+g) C_ij^a C_il^b C_jl^g / (a! b! g!).
 *
 * The weights (teacher-weights.ts) depend on P alone, which stands still along a trajectory, so they are kept, for 16 different P.
 *
 * Cost: p^2/2 pairs x k teachers x (3d - 1) nodes x p x d^2/2 multiplications; the first evaluation with a P takes milliseconds more.
 */
import { polynomialCount } from "./expansion";
import { derivatives, polynomialBytes, polynomialNoise, polynomialPrepare } from "./polynomial";
import { hermite } from "./quadrature";
import { crossWeights, sine, squareWeights } from "./teacher-weights";

/** Matrices P whose weights are kept. */
const SLOTS: i32 = 16;
/** Bytes of one unit's derivatives. */
const UNIT: usize = 16 * 8;

/** The work space: this record, then what it points to. */
@unmanaged
class Mixed {
  p: i32; k: i32; student: i32; teacher: i32; count: i32; next: i32;
  /** Gauss-Hermite rules of 3d - 1 and 2d - 1 nodes: nodes, then weights. */
  crossNodes: i32; squareNodes: i32; cross: usize; square: usize;
  /** Slots: P, the weights of the teachers, those of their pairs, and the error. */
  slots: usize; slotBytes: usize;
  /** First and second direction of the students, D_n and V^(n) of each, C_il^b / b!. */
  first: usize; second: usize; D: usize; V: usize; powers: usize; A: usize;
  own: usize;
}
const HEAD: usize = 96;

const scratch = memory.data(96, 16);

function lay(base: usize, work: Mixed, p: i32, k: i32, count: i32): usize {
  work.p = p; work.k = k; work.count = count;
  work.crossNodes = 3 * count - 4;
  work.squareNodes = 2 * count - 3;
  const vector = <usize>p << 3;
  let to = base + HEAD;
  work.cross = to; to += <usize>work.crossNodes << 4;
  work.square = to; to += <usize>work.squareNodes << 4;
  work.first = to; to += vector;
  work.second = to; to += vector;
  work.D = to; to += <usize>p * UNIT;
  work.V = to; to += <usize>p * UNIT;
  work.powers = to; to += <usize>(p * p) * UNIT;
  work.A = to; to += UNIT * 16;
  work.slotBytes = <usize>(k * k + k * work.crossNodes + ((k * (k + 1)) >> 1) * work.squareNodes * work.squareNodes + 1) << 3;
  work.slots = to; to += work.slotBytes * SLOTS;
  work.own = (to + 15) & ~15;
  return work.own - base;
}

/** Bytes of work space; 0 where the student is no polynomial of degree 3 or more. */
export function mixedBytes(p: i32, k: i32, student: i32): usize {
  const count = polynomialCount(student);
  return count > 3 ? lay(0, changetype<Mixed>(scratch), p, k, count) + <usize>polynomialBytes(p, 0, student, student) : 0;
}

/** Readies a work space, aligned to 16. */
export function mixedPrepare(address: usize, p: i32, k: i32, student: i32, teacher: i32): void {
  const work = changetype<Mixed>(address), count = polynomialCount(student);
  if (count <= 3) return;
  lay(address, work, p, k, count);
  work.student = student;
  work.teacher = teacher;
  work.next = 0;
  hermite(work.crossNodes, work.cross, work.V, work.cross + (<usize>work.crossNodes << 3));
  hermite(work.squareNodes, work.square, work.V, work.square + (<usize>work.squareNodes << 3));
  // no variance is NaN
  for (let slot = 0; slot < SLOTS; slot++) store<f64>(work.slots + <usize>slot * work.slotBytes, NaN);
  polynomialPrepare(work.own, p, 0, student, student);
}

/**
 * N_ij / (n_s^2 a_i a_j) for every pair i <= j, in the order of erf.ts's `writePairs`.
 * @returns the error of the weights, relative to the sizes E[s'_i s'_j t_l t_m] may have
 */
export function mixedNoise(address: usize, O: usize, stride: usize, c: usize, Delta: f64, out: usize): f64 {
  const work = changetype<Mixed>(address), k = work.k;
  polynomialNoise(work.own, O + <usize>k * stride + (<usize>k << 3), stride, c + (<usize>k << 3), Delta, out);
  const slot = slotOf(work, O, stride), weights = slot + (<usize>(k * k) << 3);
  for (let m = 0; m < k; m++) addCross(work, O, stride, c, m, weights + (<usize>(m * work.crossNodes) << 3), out);
  let pair = weights + (<usize>(k * work.crossNodes) << 3);
  const step = <usize>(work.squareNodes * work.squareNodes) << 3;
  for (let l = 0; l < k; l++) {
    for (let m = l; m < k; m++, pair += step) addSquare(work, O, stride, c, l, m, pair, out);
  }
  return load<f64>(pair);
}

// @ts-ignore: decorator
@inline
function at(O: usize, row: i32, column: i32, stride: usize): f64 {
  return load<f64>(O + <usize>row * stride + (<usize>column << 3));
}

/** The slot with P's weights. */
function slotOf(work: Mixed, O: usize, stride: usize): usize {
  const k = work.k, row = <usize>k << 3;
  for (let s = 0; s < SLOTS; s++) {
    const slot = work.slots + <usize>s * work.slotBytes;
    let same = true;
    for (let r = 0; r < k && same; r++) same = memory.compare(slot + <usize>r * row, O + <usize>r * stride, row) == 0;
    if (same) return slot;
  }
  const slot = work.slots + <usize>work.next * work.slotBytes;
  work.next = (work.next + 1) % SLOTS;
  for (let r = 0; r < k; r++) memory.copy(slot + <usize>r * row, O + <usize>r * stride, row);
  let to = slot + <usize>k * row;
  for (let m = 0; m < k; m++, to += <usize>work.crossNodes << 3) crossWeights(work.teacher, work.crossNodes, work.cross, Math.sqrt(at(O, m, m, stride)), to);
  let error = 1e-15;
  for (let l = 0; l < k; l++) {
    for (let m = l; m < k; m++, to += <usize>(work.squareNodes * work.squareNodes) << 3) {
      error = max(error, squareWeights(work.teacher, work.squareNodes, work.square, at(O, l, l, stride), at(O, m, m, stride), at(O, l, m, stride), to));
    }
  }
  store<f64>(to, error);
  return slot;
}

/** V^(n) of all students from their D_n, around the means first z + second y. */
function condition(work: Mixed, z: f64, y: f64): void {
  const count = work.count;
  for (let i = 0; i < work.p; i++) {
    const D = work.D + <usize>i * UNIT, V = work.V + <usize>i * UNIT;
    const mean = load<f64>(work.first + (<usize>i << 3)) * z + load<f64>(work.second + (<usize>i << 3)) * y;
    for (let n = 0; n < count; n++) {
      let sum = 0.0;
      for (let q = count - 1 - n; q >= 0; q--) sum = (sum * mean) / <f64>(q + 1) + load<f64>(D + (<usize>(n + q) << 3));
      store<f64>(V + (<usize>n << 3), sum);
    }
  }
}

/** out += 2 c_m E[s'_i s'_j e_S t_m]. */
function addCross(work: Mixed, O: usize, stride: usize, c: usize, m: i32, weights: usize, out: usize): void {
  const p = work.p, k = work.k, count = work.count, variance = at(O, m, m, stride), scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  for (let i = 0; i < p; i++) {
    const r = at(O, k + i, m, stride) * scale;
    store<f64>(work.first + (<usize>i << 3), r);
    store<f64>(work.second + (<usize>i << 3), 0);
    derivatives(work.student, max(0.0, at(O, k + i, k + i, stride) - r * r), work.D + <usize>i * UNIT);
  }
  for (let i = 0; i < p; i++) {
    for (let l = 0; l < p; l++) {
      const C = at(O, k + i, k + l, stride) - load<f64>(work.first + (<usize>i << 3)) * load<f64>(work.first + (<usize>l << 3));
      let power = 1.0;
      for (let b = 0, to = work.powers + <usize>(i * p + l) * UNIT; b < count; b++, to += 8) {
        store<f64>(to, power);
        power *= C / <f64>(b + 1);
      }
    }
  }
  const cm = 2 * load<f64>(c + (<usize>m << 3)), students = c + (<usize>k << 3);
  for (let q = 0; q < work.crossNodes; q++) {
    condition(work, load<f64>(work.cross + (<usize>q << 3)), 0);
    const weight = cm * load<f64>(weights + (<usize>q << 3));
    let to = out;
    for (let i = 0; i < p; i++) {
      for (let j = i; j < p; j++, to += 8) {
        bySlopes(work, i, j);
        let sum = 0.0;
        for (let l = 0; l < p; l++) sum += load<f64>(students + (<usize>l << 3)) * triple(work, i, j, l);
        store<f64>(to, load<f64>(to) + weight * sum);
      }
    }
  }
}

/** A_bg = sum_a V_i^(1+a+b) V_j^(1+a+g) C_ij^a / a!, b, g < d. */
function bySlopes(work: Mixed, i: i32, j: i32): void {
  const degree = work.count - 1, C = work.powers + <usize>(i * work.p + j) * UNIT;
  const Vi = work.V + <usize>i * UNIT, Vj = work.V + <usize>j * UNIT;
  for (let b = 0; b < degree; b++) {
    for (let g = 0; g < degree; g++) {
      let sum = 0.0;
      for (let a = min(degree - b, degree - g) - 1; a >= 0; a--) {
        sum += load<f64>(Vi + (<usize>(1 + a + b) << 3)) * load<f64>(Vj + (<usize>(1 + a + g) << 3)) * load<f64>(C + (<usize>a << 3));
      }
      store<f64>(work.A + <usize>b * UNIT + (<usize>g << 3), sum);
    }
  }
}

/** sum_bg A_bg V_l^(b+g) C_il^b C_jl^g / (b! g!). */
function triple(work: Mixed, i: i32, j: i32, l: i32): f64 {
  const degree = work.count - 1, p = work.p;
  const Ci = work.powers + <usize>(i * p + l) * UNIT, Cj = work.powers + <usize>(j * p + l) * UNIT, V = work.V + <usize>l * UNIT;
  let sum = 0.0;
  for (let b = 0; b < degree; b++) {
    const A = work.A + <usize>b * UNIT;
    let row = 0.0;
    for (let g = min(degree - 1, degree - b); g >= 0; g--) {
      row += load<f64>(A + (<usize>g << 3)) * load<f64>(V + (<usize>(b + g) << 3)) * load<f64>(Cj + (<usize>g << 3));
    }
    sum += row * load<f64>(Ci + (<usize>b << 3));
  }
  return sum;
}

/** out += c_l c_m E[s'_i s'_j t_l t_m], twice off the diagonal. */
function addSquare(work: Mixed, O: usize, stride: usize, c: usize, l: i32, m: i32, weights: usize, out: usize): void {
  const p = work.p, k = work.k, n = work.squareNodes, degree = work.count - 1;
  const ll = at(O, l, l, stride), mm = at(O, m, m, stride), lm = at(O, l, m, stride);
  const scale = ll > 0 ? 1 / Math.sqrt(ll) : 0, along = lm * scale, rest = mm > 0 ? Math.sqrt(mm) * sine(ll, mm, lm) : 0;
  const scale2 = rest > 0 ? 1 / rest : 0;
  for (let i = 0; i < p; i++) {
    const r = at(O, k + i, l, stride) * scale, r2 = (at(O, k + i, m, stride) - along * r) * scale2;
    store<f64>(work.first + (<usize>i << 3), r);
    store<f64>(work.second + (<usize>i << 3), r2);
    derivatives(work.student, max(0.0, at(O, k + i, k + i, stride) - r * r - r2 * r2), work.D + <usize>i * UNIT);
  }
  const product = load<f64>(c + (<usize>l << 3)) * load<f64>(c + (<usize>m << 3)) * (l == m ? 1 : 2);
  for (let q = 0; q < n; q++) {
    for (let r = 0; r < n; r++, weights += 8) {
      condition(work, load<f64>(work.square + (<usize>q << 3)), load<f64>(work.square + (<usize>r << 3)));
      const weight = product * load<f64>(weights);
      let to = out;
      for (let i = 0; i < p; i++) {
        const Vi = work.V + <usize>i * UNIT, i1 = load<f64>(work.first + (<usize>i << 3)), i2 = load<f64>(work.second + (<usize>i << 3));
        for (let j = i; j < p; j++, to += 8) {
          const C = at(O, k + i, k + j, stride) - i1 * load<f64>(work.first + (<usize>j << 3)) - i2 * load<f64>(work.second + (<usize>j << 3));
          const Vj = work.V + <usize>j * UNIT;
          let sum = 0.0;
          for (let a = degree - 1; a >= 0; a--) {
            sum = (sum * C) / <f64>(a + 1) + load<f64>(Vi + (<usize>(1 + a) << 3)) * load<f64>(Vj + (<usize>(1 + a) << 3));
          }
          store<f64>(to, load<f64>(to) + weight * sum);
        }
      }
    }
  }
}
