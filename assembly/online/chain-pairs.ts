/**
 * Steps of one chain, two rows in the lanes. The order of additions, which chain-lanes.ts keeps for each of its replicas: a field is
 * (sum over columns of R_ic z_c) + w_i rho; a sum over neurons is that of the even ones plus that of the odd ones.
 */
import { scheduleAt } from "../schedule";
import { activateFields } from "./chain-activations";
import { firstSweepPairs, rotationsPairs, secondSweepPairs } from "./chain-givens";
import { Chain, even, Plan } from "./chain-plan";

/** A residual beyond this, or one that is not a number, ends a replica as diverged before the step moves it. */
export const DIVERGED: f64 = 1e12;

/** fields <- R z for pairs of rows. */
// @ts-ignore: decorator
@inline
function fieldsOf(R: usize, columns: i32, z: usize, fields: usize, end: usize): void {
  for (; fields < end; fields += 16) {
    let sum = f64x2.splat(0);
    for (let c = 0; c < columns; c++, R += 16) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(R), v128.load64_splat(z + (<usize>c << 3))));
    }
    v128.store(fields, sum);
  }
}

// @ts-ignore: decorator
@inline
function weighted(a: usize, s: usize, bytes: usize): f64 {
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(a + i), v128.load(s + i)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Writes the sample on the sphere of radius sqrt d to `plan.x`; returns its factor. `square` is |(y, r)|^2. */
function scaleToSphere(run: Chain, plan: Plan, z: usize, square: f64): f64 {
  const bytes = <usize>plan.columns << 3;
  for (let c: usize = 0; c < bytes; c += 8) {
    const v = load<f64>(z + c);
    square += v * v;
  }
  const factor = Math.sqrt(run.d / square);
  for (let c: usize = 0; c < bytes; c += 8) store<f64>(plan.x + c, factor * load<f64>(z + c));
  return factor;
}

/**
 * A step on one sample: columns f64 of z, width of y, zeta.
 * @param chiSquare r^2; not used where width = 0
 * @returns false if the residual left all bounds: Omega and a are then as before
 */
function stepPairs(run: Chain, plan: Plan, z: usize, chiSquare: f64): bool {
  const columns = plan.columns, width = plan.width;
  const y = z + (<usize>columns << 3), zeta = load<f64>(y + (<usize>width << 3));
  let square = 0.0, rho = 0.0;
  if (width > 0) {
    square = rotationsPairs(plan, y, chiSquare);
    rho = Math.sqrt(square);
    firstSweepPairs(plan);
  }
  if (plan.sphere) {
    rho *= scaleToSphere(run, plan, z, square);
    z = plan.x;
  }
  const fields = plan.fields, values = plan.values, slopes = plan.slopes;
  const teacherBytes = plan.teacherBytes, studentBytes = <usize>even(plan.p) << 3;
  const student = fields + teacherBytes;
  fieldsOf(plan.R, columns, z, fields, student + studentBytes);
  if (width > 0) {
    const length = f64x2.splat(rho);
    for (let i: usize = 0; i < studentBytes; i += 16) {
      v128.store(student + i, f64x2.add(v128.load(student + i), f64x2.mul(v128.load(plan.w + i), length)));
    }
  }
  activateFields(plan, <i32>(teacherBytes >> 3), <i32>(studentBytes >> 3));
  const a = plan.layers + teacherBytes, s = values + teacherBytes, ds = slopes + teacherBytes;
  const e = run.teacherScale * weighted(plan.layers, values, teacherBytes) + run.noise * zeta - run.studentScale * weighted(a, s, studentBytes);
  const alive = Math.abs(e) < DIVERGED;
  const t = run.step / run.d;
  const keep = alive ? plan.keep : 1.0;
  const f = plan.f;
  if (alive) {
    const factor = f64x2.splat(scheduleAt(plan.rate, t) / run.d * run.studentScale * e);
    for (let i: usize = 0; i < studentBytes; i += 16) {
      v128.store(f + i, f64x2.mul(f64x2.mul(factor, v128.load(a + i)), v128.load(ds + i)));
    }
    if (plan.trainsSecond) {
      const scale = f64x2.splat(scheduleAt(plan.secondRate, t) * run.studentScale / run.d), residual = f64x2.splat(e);
      const q = f64x2.splat(1.0 - run.secondDecay / run.d);
      for (let i: usize = 0; i < studentBytes; i += 16) {
        v128.store(a + i, f64x2.add(f64x2.mul(q, v128.load(a + i)), f64x2.mul(scale, f64x2.mul(v128.load(s + i), residual))));
      }
    }
  } else {
    memory.fill(f, 0, studentBytes);
  }
  // the first sweep has turned U already: the second one must follow, with f = 0 after a divergence
  const S = plan.R + <usize>columns * teacherBytes;
  if (keep != 1.0) {
    const q = f64x2.splat(keep);
    // S, U and w lie one behind the other
    for (let at = S, end = plan.w + studentBytes; at < end; at += 16) v128.store(at, f64x2.mul(q, v128.load(at)));
  }
  for (let i: usize = 0, row = S; i < studentBytes; i += 16) {
    const step = v128.load(f + i);
    for (let c = 0; c < columns; c++, row += 16) {
      v128.store(row, f64x2.add(v128.load(row), f64x2.mul(step, v128.load64_splat(z + (<usize>c << 3)))));
    }
  }
  if (width > 0) secondSweepPairs(plan, rho);
  return alive;
}

/**
 * Steps on samples in memory; returns how many were made, fewer after a divergence.
 * @param sample, chi of the first step: see `stepPairs`; the next ones `stepBytes` and 8 bytes apart
 */
export function advancePairs(run: Chain, plan: Plan, sample: usize, stepBytes: usize, chi: usize, count: i32): i32 {
  for (let i = 0; i < count; i++, sample += stepBytes, chi += 8) {
    if (!stepPairs(run, plan, sample, load<f64>(chi))) return i;
    run.step += 1;
  }
  return count;
}
