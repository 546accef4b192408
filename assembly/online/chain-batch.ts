/**
 * One step of a chain on a batch of B samples (THEORY D.3): SGD in k + p + min(B, nu) explicit coordinates, then back to a lower-triangular U.
 *
 * The parts of the samples outside the span have a Wishart Gram matrix, so T (Bartlett: T_bb = chi(nu - b), normals below, min(B, nu) columns) are
 * their coordinates, and row b of `samples` is (z_b, y_b, T_b). The rows [S | U | 0] move by the batch's updates; an LQ factorisation by Householder
 * reflections takes [U | E] to a triangle, and the columns behind are zero again.
 *
 * Where B > p and inputs are Gaussian the B x B factor is not needed: with F^T = L_F O (p x B; O orthonormal rows) the Gram matrix of F^T T is
 * L_F W L_F^T with W Wishart in p dimensions, so E = L_F T with a p x p factor T. On the sphere a sample's own norm matters: B x B.
 *
 * With a spectrum (THEORY D.4) each eigenspace has all this for itself, S, U, z, y, T and nu, side by side in the rows: (z_b, y_b, T_b) times
 * sqrt lambda are a sample's coordinates there, fields are sums over eigenspaces, and the gains F, so L_F and O, are the same in all.
 */
import { matvec, rankOne } from "../linalg/rows";
import { scheduleAt } from "../schedule";
import { activateFields } from "./chain-activations";
import { SMALLEST } from "./chain-givens";
import { DIVERGED } from "./chain-pairs";
import { Chain, even, Plan, Space, spaceOf } from "./chain-plan";
import { scaleNumbers } from "./spectrum";

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

/** Row b of T: behind the sample's other coordinates, or in a matrix of its own. */
export function bartlettRow(plan: Plan, space: Space, b: i32): usize {
  return plan.compresses ? space.bartlett + <usize>b * plan.bartlettBytes
    : plan.samples + <usize>b * plan.rowBytes + space.offset + (<usize>space.n << 3);
}

/** Puts the numbers of step `place` of the block in place: see omega-chain.ts. */
export function placeBatch(plan: Plan, place: i32): void {
  let normals = plan.normals + (<usize>place * <usize>plan.stepNormals << 3);
  for (let b = 0; b < plan.batch; b++) {
    for (let s = 0; s < plan.spaces; s++) {
      const space = spaceOf(plan, s), bytes = <usize>space.n << 3;
      memory.copy(plan.samples + <usize>b * plan.rowBytes + space.offset, normals, bytes);
      normals += bytes;
    }
    store<f64>(plan.zetas + (b << 3), load<f64>(normals));
    normals += 8;
  }
  for (let s = 0; s < plan.spaces; s++) {
    const space = spaceOf(plan, s);
    const chi = space.chi + (<usize>place << 3), chiBytes = <usize>plan.chiStride << 3;
    for (let b = 0; b < plan.bartlettRows; b++) {
      const row = bartlettRow(plan, space, b), bytes = <usize>min(b, space.orthogonal) << 3;
      memory.copy(row, normals, bytes);
      if (b < space.orthogonal) store<f64>(row + bytes, Math.sqrt(load<f64>(chi + <usize>b * chiBytes)));
      normals += bytes;
    }
  }
}

/** Gives a sample its norm, or its variances. */
function scaleSample(run: Chain, plan: Plan, x: usize): void {
  if (plan.sphere) {
    const bytes = plan.rowBytes;
    scaleNumbers<f64>(x, Math.sqrt(run.d / product(x, x, bytes)), <i32>(bytes >> 3));
  } else if (plan.eigenspaces) {
    for (let s = 0; s < plan.spaces; s++) {
      const space = spaceOf(plan, s);
      scaleNumbers<f64>(x + space.offset, space.root, space.n + space.orthogonal);
    }
  }
}

/** A step on the samples in place; false, and nothing changed, if a residual left all bounds. */
export function stepBatch(run: Chain, plan: Plan): bool {
  const p = plan.p, k = plan.k, batch = plan.batch, bytes = plan.rowBytes;
  const fields = plan.fields, values = plan.values, slopes = plan.slopes, student = <usize>k << 3;
  const a = plan.layers + plan.teacherBytes, aStep = plan.aStep;
  const studentRows = plan.rows + <usize>k * bytes;
  const t = run.step / run.d;
  const rate = scheduleAt(plan.rate, t) / (run.d * run.batch);
  memory.fill(aStep, 0, <usize>p << 3);
  for (let b = 0; b < batch; b++) {
    const x = plan.samples + <usize>b * bytes;
    scaleSample(run, plan, x);
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
  if (plan.compresses) factorGains(plan);
  for (let s = 0; s < plan.spaces; s++) {
    const space = spaceOf(plan, s), rows = studentRows + space.offset;
    if (plan.compresses && space.orthogonal > 0) addCompressed(plan, space, rows);
    if (space.width > 0) lowerTriangular(rows + (<usize>space.columns << 3), bytes, p, space.width + space.orthogonal);
  }
  if (plan.trainsSecond) {
    const scale = scheduleAt(plan.secondRate, t) * run.studentScale / (run.d * run.batch);
    const q = 1.0 - run.secondDecay / run.d;
    for (let i = 0; i < p << 3; i += 8) store<f64>(a + i, q * load<f64>(a + i) + scale * load<f64>(aStep + i));
  }
  return true;
}

/** L_F. */
function factorGains(plan: Plan): void {
  const p = plan.p, batch = plan.batch;
  for (let i = 0; i < p; i++) {
    const row = plan.turned + <usize>i * plan.turnedBytes;
    for (let b = 0; b < batch; b++) store<f64>(row + (b << 3), load<f64>(plan.gains + (<usize>(b * even(p) + i) << 3)));
  }
  lowerTriangular(plan.turned, plan.turnedBytes, p, batch);
}

/** E = L_F T into the columns behind U. */
function addCompressed(plan: Plan, space: Space, rows: usize): void {
  for (let i = 0; i < plan.p; i++) {
    const E = rows + <usize>i * plan.rowBytes + (<usize>space.n << 3);
    const L = plan.turned + <usize>i * plan.turnedBytes;
    for (let c = 0; c <= i; c++) {
      accumulate(E, load<f64>(L + (c << 3)) * space.root, bartlettRow(plan, space, c), <usize>min(c + 1, space.orthogonal) << 3);
    }
  }
}
