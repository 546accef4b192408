/**
 * Steps of four chains, replicas 0 1 in the lanes of one vector and 2 3 in those of another: 32 bytes a number. Each replica gets the bits
 * that chain-pairs.ts would give it alone.
 *
 * A replica that diverges makes its last step with f = 0 (Omega and a stay as they were), is copied to its `rows`, and from then on turns its U
 * in place without effect on the others.
 */
import { ERF } from "../activations";
import { scheduleAt } from "../schedule";
import { scaledErfSlopePair } from "../special/erf";
import { at } from "../special/lanes";
import { activateStudent, activateTeacher } from "./chain-activations";
import { CONSTANTS, firstSweepLanes, secondSweepLanes } from "./chain-givens";
import { DIVERGED } from "./chain-pairs";
import { Chain, Plan } from "./chain-plan";

/** Masks of the lanes of two replicas, by two bits. */
const MASKS: usize = memory.data<i64>([0, 0, -1, 0, 0, -1, -1, -1], 16);
/** The weighted sums of the teacher and of the student. */
const SUMS: usize = memory.data(64, 16);

/**
 * The numbers of a step into lanes, at `to`: z (columns), y (width), zeta, r^2, and room for one more, 32 bytes each.
 * @param from those of replica 0; those of the others `bytes` apart
 * @param chi its r^2; those of the others `chiBytes` apart
 */
// @ts-ignore: decorator
@inline
function gather(plan: Plan, to: usize, from: usize, bytes: usize, chi: usize, chiBytes: usize): void {
  const from1 = from + bytes, from2 = from1 + bytes, from3 = from2 + bytes;
  const n = <usize>(plan.columns + plan.width);
  const end = to + (n + 1 << 5);
  for (let j: usize = 0; to < end; j += 16, to += 64) {
    const x0 = v128.load(from + j), x1 = v128.load(from1 + j), x2 = v128.load(from2 + j), x3 = v128.load(from3 + j);
    v128.store(to, v128.shuffle<f64>(x0, x1, 0, 2));
    v128.store(to, v128.shuffle<f64>(x2, x3, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(x0, x1, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(x2, x3, 1, 3), 48);
  }
  v128.store(end, f64x2.replace_lane(v128.load64_splat(chi), 1, load<f64>(chi + chiBytes)));
  chi += 2 * chiBytes;
  v128.store(end, f64x2.replace_lane(v128.load64_splat(chi), 1, load<f64>(chi + chiBytes)), 16);
}

/** fields <- R z, two rows at a time: behind an odd number lies one more, of zeros. */
function fieldsOf(R: usize, columns: i32, z: usize, fields: usize, rows: i32): void {
  const rowBytes = <usize>columns << 5;
  for (let i = 0; i < rows; i += 2, fields += 64, R += 2 * rowBytes) {
    let a0 = f64x2.splat(0), b0 = a0, a1 = a0, b1 = a0;
    for (let c: usize = 0; c < rowBytes; c += 32) {
      const x = v128.load(z + c), y = v128.load(z + c, 16);
      const row1 = R + rowBytes + c;
      a0 = f64x2.add(a0, f64x2.mul(v128.load(R + c), x));
      b0 = f64x2.add(b0, f64x2.mul(v128.load(R + c, 16), y));
      a1 = f64x2.add(a1, f64x2.mul(v128.load(row1), x));
      b1 = f64x2.add(b1, f64x2.mul(v128.load(row1, 16), y));
    }
    v128.store(fields, a0);
    v128.store(fields, b0, 16);
    v128.store(fields, a1, 32);
    v128.store(fields, b1, 48);
  }
}

/** Sum of a_i s_i over the even neurons plus that over the odd ones, to `sum`. */
// @ts-ignore: decorator
@inline
function weighted(a: usize, s: usize, bytes: usize, sum: usize): void {
  let even0 = f64x2.splat(0), even1 = even0, odd0 = even0, odd1 = even0;
  let i: usize = 0;
  for (; i + 32 < bytes; i += 64) {
    even0 = f64x2.add(even0, f64x2.mul(v128.load(a + i), v128.load(s + i)));
    even1 = f64x2.add(even1, f64x2.mul(v128.load(a + i, 16), v128.load(s + i, 16)));
    odd0 = f64x2.add(odd0, f64x2.mul(v128.load(a + i, 32), v128.load(s + i, 32)));
    odd1 = f64x2.add(odd1, f64x2.mul(v128.load(a + i, 48), v128.load(s + i, 48)));
  }
  if (i < bytes) {
    even0 = f64x2.add(even0, f64x2.mul(v128.load(a + i), v128.load(s + i)));
    even1 = f64x2.add(even1, f64x2.mul(v128.load(a + i, 16), v128.load(s + i, 16)));
  }
  v128.store(sum, f64x2.add(even0, odd0));
  v128.store(sum, f64x2.add(even1, odd1), 16);
}

/** e of two replicas from the weighted sums. */
// @ts-ignore: decorator
@inline
function residual(run: Chain, zeta: usize, half: usize): v128 {
  const target = f64x2.mul(f64x2.splat(run.teacherScale), v128.load(SUMS + half));
  const output = f64x2.mul(f64x2.splat(run.studentScale), v128.load(SUMS + half, 32));
  return f64x2.sub(f64x2.add(target, f64x2.mul(f64x2.splat(run.noise), v128.load(zeta + half))), output);
}

/** Scales z and rho of a sample to the sphere. */
function scaleToSphere(run: Chain, plan: Plan, sample: usize): void {
  const bytes = <usize>plan.columns << 5;
  const norms = sample + (<usize>(plan.columns + plan.width + 1) << 5);
  for (let half: usize = 0; half < 32; half += 16) {
    const x = sample + half;
    let square = v128.load(norms + half, 32);
    for (let c: usize = 0; c < bytes; c += 32) {
      const v = v128.load(x + c);
      square = f64x2.add(square, f64x2.mul(v, v));
    }
    const factor = f64x2.sqrt(f64x2.div(f64x2.splat(run.d), square));
    for (let c: usize = 0; c < bytes; c += 32) v128.store(x + c, f64x2.mul(factor, v128.load(x + c)));
    v128.store(norms + half, f64x2.mul(v128.load(norms + half), factor));
  }
}

/** f, and S + f z^T, two rows at a time (the last of an odd number is padding). */
// @ts-ignore: decorator
@inline
function moveFirst(plan: Plan, z: usize, factor0: v128, factor1: v128, on0: v128, on1: v128): void {
  const teacherBytes = plan.teacherBytes, bytes = <usize>plan.p << 5, rowBytes = <usize>plan.columns << 5;
  const f = plan.f, a = plan.layers + teacherBytes, ds = plan.slopes + teacherBytes;
  let row = plan.R + <usize>plan.k * rowBytes;
  for (let i: usize = 0; i < bytes; i += 64) {
    const f0 = v128.and(f64x2.mul(f64x2.mul(factor0, v128.load(a + i)), v128.load(ds + i)), on0);
    const f1 = v128.and(f64x2.mul(f64x2.mul(factor1, v128.load(a + i, 16)), v128.load(ds + i, 16)), on1);
    const f2 = v128.and(f64x2.mul(f64x2.mul(factor0, v128.load(a + i, 32)), v128.load(ds + i, 32)), on0);
    const f3 = v128.and(f64x2.mul(f64x2.mul(factor1, v128.load(a + i, 48)), v128.load(ds + i, 48)), on1);
    v128.store(f + i, f0);
    v128.store(f + i, f1, 16);
    v128.store(f + i, f2, 32);
    v128.store(f + i, f3, 48);
    for (let c: usize = 0; c < rowBytes; c += 32, row += 32) {
      const x = v128.load(z + c), y = v128.load(z + c, 16), next = row + rowBytes;
      v128.store(row, f64x2.add(v128.load(row), f64x2.mul(f0, x)));
      v128.store(row, f64x2.add(v128.load(row, 16), f64x2.mul(f1, y)), 16);
      v128.store(next, f64x2.add(v128.load(next), f64x2.mul(f2, x)));
      v128.store(next, f64x2.add(v128.load(next, 16), f64x2.mul(f3, y)), 16);
    }
    row += rowBytes;
  }
}

/** The second layer; `on` marks the replicas that are alive. */
function moveSecond(run: Chain, plan: Plan, t: f64, e0: v128, e1: v128, on0: v128, on1: v128): void {
  const teacherBytes = plan.teacherBytes, bytes = <usize>plan.p << 5;
  const a = plan.layers + teacherBytes, s = plan.values + teacherBytes;
  const scale = f64x2.splat(scheduleAt(plan.secondRate, t) * run.studentScale / run.d);
  const q = f64x2.splat(1.0 - run.secondDecay / run.d);
  for (let i: usize = 0; i < bytes; i += 32) {
    let old = v128.load(a + i);
    v128.store(a + i, v128.bitselect(f64x2.add(f64x2.mul(q, old), f64x2.mul(scale, f64x2.mul(v128.load(s + i), e0))), old, on0));
    old = v128.load(a + i, 16);
    v128.store(a + i, v128.bitselect(f64x2.add(f64x2.mul(q, old), f64x2.mul(scale, f64x2.mul(v128.load(s + i, 16), e1))), old, on1), 16);
  }
}

/**
 * c1, s1 of a sample of four replicas, and meanwhile, with `activates`, the student's erf and its slopes: one is bound by the unit for square roots
 * and divisions, the other by products and sums, and side by side they cost little more than the second alone.
 * @param y width numbers, then zeta, r^2 (which becomes rho) and room for rho^2
 */
function rotations(plan: Plan, y: usize, activates: bool): void {
  const width = <usize>plan.width << 5;
  for (let half: usize = 0; half < 32; half += 16) {
    const end = y + width + half;
    let q = f64x2.max(v128.load(end, 32), at(CONSTANTS, 0));
    let rho = f64x2.sqrt(q);
    const c1 = plan.c1 + half, s1 = plan.s1 + half, v = y + half, student = plan.teacherBytes + half;
    const x = plan.fields + student, s = plan.values + student, ds = plan.slopes + student;
    for (let j = width; j > 0;) {
      j -= 32;
      const u = v128.load(v + j);
      q = f64x2.add(q, f64x2.mul(u, u));
      const n = f64x2.sqrt(q);
      const inverse = f64x2.div(at(CONSTANTS, 1), n);
      v128.store(c1 + j, f64x2.mul(u, inverse));
      v128.store(s1 + j, f64x2.mul(rho, inverse));
      rho = n;
      if (activates) v128.store(s + j, scaledErfSlopePair(v128.load(x + j), ds + j));
    }
    v128.store(end, rho, 32);
    v128.store(end, q, 64);
  }
}

/**
 * A step on the sample at `z` (see `gather`) whose rotations are done.
 * @param next the next sample, whose rotations are done meanwhile, or 0
 * @param alive bits of the replicas that take part
 * @returns the bits of those whose residual stayed within bounds
 */
function stepLanes(run: Chain, plan: Plan, z: usize, next: usize, alive: i32): i32 {
  const columns = plan.columns, width = plan.width, p = plan.p, k = plan.k;
  const zeta = z + (<usize>(columns + width) << 5), rho = zeta + 32;
  const t = run.step / run.d;
  const rate = scheduleAt(plan.rate, t) / run.d * run.studentScale;
  if (width > 0) firstSweepLanes(plan);
  if (plan.sphere) scaleToSphere(run, plan, z);
  const fields = plan.fields, student = fields + plan.teacherBytes, studentBytes = <usize>p << 5;
  fieldsOf(plan.R, columns, z, fields, k + p);
  if (width > 0) {
    const rho0 = v128.load(rho), rho1 = v128.load(rho, 16);
    for (let i: usize = 0; i < studentBytes; i += 32) {
      const to = student + i, w = plan.w + i;
      v128.store(to, f64x2.add(v128.load(to), f64x2.mul(v128.load(w), rho0)));
      v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(v128.load(w, 16), rho1)), 16);
    }
  }
  activateTeacher(plan, k << 2);
  const isErf = plan.studentActivation == ERF && next != 0 && width > 0;
  if (!isErf) activateStudent(plan, k << 2, p << 2);
  if (next != 0 && width > 0) rotations(plan, next + (<usize>columns << 5), isErf);
  weighted(plan.layers, plan.values, plan.teacherBytes, SUMS);
  weighted(plan.layers + plan.teacherBytes, plan.values + plan.teacherBytes, studentBytes, SUMS + 32);
  const e0 = residual(run, zeta, 0), e1 = residual(run, zeta, 16);
  const bound = f64x2.splat(DIVERGED);
  const on0 = v128.and(f64x2.lt(f64x2.abs(e0), bound), v128.load(MASKS + (<usize>(alive & 3) << 4)));
  const on1 = v128.and(f64x2.lt(f64x2.abs(e1), bound), v128.load(MASKS + (<usize>(alive >> 2) << 4)));
  const still = i64x2.bitmask(on0) | (i64x2.bitmask(on1) << 2);
  if (plan.keep != 1.0) {
    const one = f64x2.splat(1.0), keep = f64x2.splat(plan.keep);
    const q0 = v128.bitselect(keep, one, on0), q1 = v128.bitselect(keep, one, on1);
    // S, U and w lie one behind the other
    for (let at = plan.R + (<usize>(k * columns) << 5), end = plan.w + studentBytes; at < end; at += 32) {
      v128.store(at, f64x2.mul(q0, v128.load(at)));
      v128.store(at, f64x2.mul(q1, v128.load(at, 16)), 16);
    }
  }
  const factor = f64x2.splat(rate);
  moveFirst(plan, z, f64x2.mul(factor, e0), f64x2.mul(factor, e1), on0, on1);
  if (plan.trainsSecond) moveSecond(run, plan, t, e0, e1, on0, on1);
  if (width > 0) secondSweepLanes(plan, rho);
  return still;
}

/**
 * Steps on samples in memory until `count` are made or a replica diverges.
 * @param from, bytes, chi, chiBytes of the first step: see `gather`; the next ones `stepBytes` and 8 bytes apart
 * @returns how many steps all replicas of `run.alive` made; if fewer than `count`, the next one was made by those that are still in `run.alive`
 */
export function advanceLanes(run: Chain, plan: Plan, from: usize, bytes: usize, stepBytes: usize, chi: usize, chiBytes: usize, count: i32): i32 {
  const alive = <i32>run.alive;
  let sample = plan.x, next = sample + (<usize>(plan.columns + plan.width + 4) << 5);
  for (let i = -1; i < count; i++) {
    const more = i + 1 < count;
    if (more) gather(plan, next, from, bytes, chi, chiBytes);
    from += stepBytes;
    chi += 8;
    if (i < 0) {
      if (plan.width > 0) rotations(plan, next + (<usize>plan.columns << 5), false);
    } else {
      const still = stepLanes(run, plan, sample, more ? next : 0, alive);
      if (still != alive) {
        run.alive = <f64>still;
        return i;
      }
      run.step += 1;
    }
    const used = sample;
    sample = next;
    next = used;
  }
  return count;
}
