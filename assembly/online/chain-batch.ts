/**
 * One step of a chain on a batch of B samples (THEORY D.3): SGD in k + p + min(B, nu) explicit coordinates, then back to a lower-triangular U.
 *
 * The parts of the samples outside the span have a Wishart Gram matrix, so T (Bartlett: T_bb = chi(nu - b), normals below, min(B, nu) columns) are
 * their coordinates, and row b of `samples` is (z_b, y_b, T_b). The rows [S | U | 0] move by the batch's updates; an LQ factorisation by Householder
 * reflections takes [U | E] to a triangle, and the columns behind are zero again.
 *
 * Where B > p and inputs are Gaussian the B x B factor is not needed: with F^T = L_F O (p x B; O orthonormal rows) the Gram matrix of F^T T is
 * L_F W L_F^T with W Wishart in p dimensions, so E = L_F T with a p x p factor T. On the sphere a sample's own norm matters: B x B.
 */
import { matvec, rankOne } from "../linalg/rows";
import { scheduleAt } from "../schedule";
import { activateFields } from "./chain-activations";
import { SMALLEST } from "./chain-givens";
import { DIVERGED } from "./chain-pairs";
import { Chain, even, Plan } from "./chain-plan";

function weighted(c: usize, s: usize, n: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < n << 3; i += 8) sum += load<f64>(c + i) * load<f64>(s + i);
  return sum;
}

/** sum of x_j y_j over `bytes`, two at a time; may read one zero behind an odd end. */
function product(x: usize, y: usize, bytes: usize): f64 {
  let a = f64x2.splat(0), b = a;
  let at: usize = 0;
  for (; at + 16 < bytes; at += 32) {
    a = f64x2.add(a, f64x2.mul(v128.load(x + at), v128.load(y + at)));
    b = f64x2.add(b, f64x2.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
  }
  if (at < bytes) a = f64x2.add(a, f64x2.mul(v128.load(x + at), v128.load(y + at)));
  a = f64x2.add(a, b);
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}

/** y += factor x over `bytes`; may touch one number behind an odd end. */
function accumulate(y: usize, factor: f64, x: usize, bytes: usize): void {
  const f = f64x2.splat(factor);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(y + at, f64x2.add(v128.load(y + at), f64x2.mul(f, v128.load(x + at))));
  }
}

/**
 * A <- A H with orthogonal H such that row i is zero behind column i. Columns behind `columns` must be zero: one at least is there.
 * @param A rows x rowBytes, f64
 */
function lowerTriangular(A: usize, rowBytes: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows && i < columns; i++) {
    const v = A + <usize>i * rowBytes + (<usize>i << 3);
    const bytes = <usize>(columns - i) << 3;
    const square = product(v, v, bytes);
    const x = load<f64>(v);
    if (square > SMALLEST) {
      const norm = Math.sqrt(square);
      const diagonal = x < 0 ? norm : -norm;
      store<f64>(v, x - diagonal);
      const factor = -1.0 / (norm * (norm + Math.abs(x)));
      for (let r = i + 1; r < rows; r++) {
        const row = v + <usize>(r - i) * rowBytes;
        accumulate(row, factor * product(row, v, bytes), v, bytes);
      }
      store<f64>(v, diagonal);
    }
    memory.fill(v + 8, 0, bytes - 8);
  }
}

/** Puts numbers of a step in place: `normals` as documented in omega-chain.ts, chi-squared variates `chiBytes` apart. */
export function placeBatch(plan: Plan, normals: usize, chi: usize): void {
  const n = plan.columns + plan.width;
  for (let b = 0; b < plan.batch; b++) {
    memory.copy(plan.samples + <usize>b * plan.rowBytes, normals, <usize>n << 3);
    store<f64>(plan.zetas + (b << 3), load<f64>(normals + (<usize>n << 3)));
    normals += <usize>(n + 1) << 3;
  }
  const chiBytes = <usize>plan.chiStride << 3;
  for (let b = 0; b < plan.bartlettRows; b++) {
    const row = bartlettRow(plan, b), below = min(b, plan.bartlettColumns);
    memory.copy(row, normals, <usize>below << 3);
    if (b < plan.bartlettColumns) store<f64>(row + (b << 3), Math.sqrt(load<f64>(chi + <usize>b * chiBytes)));
    normals += <usize>below << 3;
  }
}

/** Row b of T: behind the sample's other coordinates, or in its own matrix. */
export function bartlettRow(plan: Plan, b: i32): usize {
  return plan.compresses ? plan.bartlett + <usize>b * plan.bartlettBytes
    : plan.samples + <usize>b * plan.rowBytes + (<usize>(plan.columns + plan.width) << 3);
}

/** A step on the samples in place; false, and nothing changed, if a residual left all bounds. */
export function stepBatch(run: Chain, plan: Plan): bool {
  const p = plan.p, k = plan.k, batch = plan.batch, bytes = plan.rowBytes;
  const n = plan.columns + plan.width, orthogonal = plan.bartlettColumns;
  const fields = plan.fields, values = plan.values, slopes = plan.slopes, student = <usize>k << 3;
  const a = plan.layers + plan.teacherBytes, aStep = plan.aStep;
  const studentRows = plan.rows + <usize>k * bytes;
  const t = run.step / run.d;
  const rate = scheduleAt(plan.rate, t) / (run.d * run.batch);
  memory.fill(aStep, 0, <usize>p << 3);
  for (let b = 0; b < batch; b++) {
    const x = plan.samples + <usize>b * bytes;
    if (plan.sphere) {
      const length = <usize>(n + orthogonal) << 3;
      const factor = Math.sqrt(run.d / product(x, x, length));
      for (let j: usize = 0; j < length; j += 8) store<f64>(x + j, factor * load<f64>(x + j));
    }
    matvec<f64>(plan.rows, bytes, x, fields, k + p);
    // activations work on pairs and want the student's fields aligned: copied behind an even number of the teacher's
    const aligned = <usize>even(k) << 3;
    memory.copy(fields + aligned, fields + student, <usize>p << 3);
    if (k & 1) store<f64>(fields + student, 0);
    activateFields(plan, even(k), p);
    const s = values + aligned, ds = slopes + aligned;
    const e = run.teacherScale * weighted(plan.layers, values, k) + run.noise * load<f64>(plan.zetas + (b << 3))
      - run.studentScale * weighted(a, s, p);
    if (!(Math.abs(e) < DIVERGED)) return false;
    const f = plan.gains + (<usize>(b * even(p)) << 3);
    const factor = rate * run.studentScale * e;
    for (let i = 0; i < p << 3; i += 8) {
      store<f64>(f + i, factor * load<f64>(a + i) * load<f64>(ds + i));
      store<f64>(aStep + i, load<f64>(aStep + i) + load<f64>(s + i) * e);
    }
  }
  for (let b = 0; b < batch; b++) {
    const f = plan.gains + (<usize>(b * even(p)) << 3);
    rankOne<f64>(studentRows, bytes, f, b == 0 ? plan.keep : 1.0, plan.samples + <usize>b * bytes, p);
  }
  if (plan.compresses && orthogonal > 0) addCompressed(plan, studentRows);
  if (plan.width > 0) lowerTriangular(studentRows + (<usize>plan.columns << 3), bytes, p, plan.width + orthogonal);
  if (plan.trainsSecond) {
    const scale = scheduleAt(plan.secondRate, t) * run.studentScale / (run.d * run.batch);
    const q = 1.0 - run.secondDecay / run.d;
    for (let i = 0; i < p << 3; i += 8) store<f64>(a + i, q * load<f64>(a + i) + scale * load<f64>(aStep + i));
  }
  return true;
}

/** E = L_F T into the columns behind U. */
function addCompressed(plan: Plan, studentRows: usize): void {
  const p = plan.p, batch = plan.batch, columns = plan.bartlettColumns;
  for (let i = 0; i < p; i++) {
    const row = plan.turned + <usize>i * plan.turnedBytes;
    for (let b = 0; b < batch; b++) store<f64>(row + (b << 3), load<f64>(plan.gains + (<usize>(b * even(p) + i) << 3)));
  }
  lowerTriangular(plan.turned, plan.turnedBytes, p, batch);
  for (let i = 0; i < p; i++) {
    const E = studentRows + <usize>i * plan.rowBytes + (<usize>(plan.columns + plan.width) << 3);
    const L = plan.turned + <usize>i * plan.turnedBytes;
    for (let c = 0; c <= i; c++) {
      accumulate(E, load<f64>(L + (c << 3)), plan.bartlett + <usize>c * plan.bartlettBytes, <usize>min(c + 1, columns) << 3);
    }
  }
}
