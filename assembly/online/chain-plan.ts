/**
 * The parameter block of a chain, and how its work space is cut up. Who writes a problem's numbers writes `Chain`; what the kernels read in
 * every step lies in `Plan` as integers, because converting an f64 to an address costs as much as a rotation.
 */
import { chiCount } from "../random/chi-buffer";

/** Replicas that run side by side: two vectors a variable. */
export const LANES: i32 = 4;

/**
 * Samples that one block of numbers lasts (at least one step). Part of the specification: it tells which number is which. Measured: 32 costs 2-10 %
 * more than 128, 64 about 1-3 %.
 */
const BLOCK: i32 = 128;

/**
 * A chain, or four: f64 numbers in the order of `NAMES`; addresses are numbers too.
 *
 *   lanes       1, or 4 replicas side by side (then batch = 1)
 *   rate, secondRate   schedules (../schedule.ts)
 *   inputKeys, chiKeys lanes keys of 128 bytes (../random/stream.ts): normals, and chi-squared variates
 *   work        chainBytes(..) bytes, zeroed, aligned to 64
 *   step        steps made; set before `chainLoad`
 *   alive       bit l: replica l has not diverged; set by `chainLoad`
 */
@unmanaged
export class Chain {
  lanes: f64; d: f64; p: f64; k: f64; batch: f64;
  studentActivation: f64; teacherActivation: f64; studentScale: f64; teacherScale: f64;
  sphere: f64; noise: f64; decay: f64; trainsSecond: f64; secondDecay: f64;
  rate: f64; secondRate: f64;
  inputKeys: f64; chiKeys: f64; work: f64;
  step: f64; alive: f64;
}

export const NAMES: string = "lanes d p k batch studentActivation teacherActivation studentScale teacherScale " +
  "sphere noise decay trainsSecond secondDecay rate secondRate inputKeys chiKeys work step alive";

/**
 * The work space. Coordinates: n = columns + width orthonormal directions of input space, k (or fewer, where d < k) for the teacher first.
 *
 *   d >= k + p: columns = k, width = p, nu = d - k - p >= 0 directions are left over
 *   d <  k + p: columns = d, width = 0: S holds all coordinates, nothing is left to rotate, and the chain is SGD itself
 *
 * One chain, pairs of rows (i even: rows i, i + 1 in the two lanes; rows of teacher and student each padded to an even number with zeros):
 *
 *   R        [L*; S]   pair x columns x 16 bytes
 *   U        pair r has columns 0 .. 2r + 1: 16 bytes each, r (r + 1) before it; the diagonal block's upper element is +0
 *   fields   teacher, then student, f64; likewise values, slopes, layers = [a*; a]
 *   w, f, c1, s1, c2, s2   a student row or column, f64
 *   x        z on the sphere; with four chains two samples (chain-lanes.ts)
 *
 * Four chains: every number is 32 bytes (replicas 0 1 | 2 3). R is (k + p) x columns; row i of U has i + 1 columns, i (i + 1) / 2 before it;
 * only the student is padded. `rows`: see below, one a replica, holds the state of those that ended.
 *
 * Batches: the state is `rows` itself.
 *
 *   rows     (k + p) x rowBytes, then a (p f64): [L* 0; S U], row-major, padded with zeros
 *   samples  B x rowBytes: [z y | orthogonal part in Bartlett coordinates]
 *   gains    B x even(p); bartlett p x bartlettBytes and turned p x turnedBytes only where B > p (chain-batch.ts)
 */
@unmanaged
export class Plan {
  lanes: i32; p: i32; k: i32; columns: i32; width: i32; batch: i32;
  studentActivation: i32; teacherActivation: i32;
  sphere: i32; trainsSecond: i32;
  /** Steps to a block, normals to a step and to a replica's block. */
  steps: i32; stepNormals: i32; blockNormals: i32;
  /** Bartlett factor of the orthogonal parts: rows x columns; variates of one column in a block. */
  bartlettRows: i32; bartlettColumns: i32; chiStride: i32;
  compresses: i32;
  rowBytes: usize; rowsBytes: usize; bartlettBytes: usize; turnedBytes: usize;
  rate: usize; secondRate: usize;
  R: usize; U: usize; w: usize; f: usize;
  fields: usize; values: usize; slopes: usize; layers: usize; teacherBytes: usize;
  c1: usize; s1: usize; c2: usize; s2: usize; x: usize;
  rows: usize; samples: usize; zetas: usize; gains: usize; aStep: usize; bartlett: usize; turned: usize;
  generator: usize; normals: usize; chi: usize; chiRoom: usize;
  nu: f64; keep: f64;
  /** Block whose numbers are in the buffers, or -1; steps each replica has made. */
  filled: f64; made0: f64; made1: f64; made2: f64; made3: f64;
}

// @ts-ignore: decorator
@inline
export function even(n: i32): i32 {
  return (n + 1) & ~1;
}

/** Hands out addresses; f64, so that a size beyond memory is told and not wrapped. */
let next: f64 = 0;

function take(bytes: f64): usize {
  const address = next;
  next += Math.ceil(bytes / 64) * 64;
  return <usize>address;
}

function padded(columns: f64): usize {
  return <usize>(Math.ceil((columns + 2) / 8) * 64);
}

/** Fills a plan for work space at `base`; returns the bytes of it. */
export function lay(plan: Plan, base: f64, lanes: i32, d: f64, p: i32, k: i32, batch: i32, sphere: bool): f64 {
  const m = k + p;
  const rotates = d >= <f64>m;
  const columns = rotates ? k : <i32>d;
  const width = rotates ? p : 0;
  const n = columns + width;
  const nu = d - <f64>n;
  plan.lanes = lanes; plan.p = p; plan.k = k; plan.columns = columns; plan.width = width; plan.batch = batch;
  plan.nu = nu;
  plan.compresses = batch > 1 && batch > p && !sphere ? 1 : 0;
  plan.bartlettRows = plan.compresses ? p : batch;
  plan.bartlettColumns = <i32>Math.min(<f64>plan.bartlettRows, nu);
  plan.steps = max(1, BLOCK / batch);
  const below = batch > 1 ? 0.5 * <f64>plan.bartlettColumns * <f64>(plan.bartlettColumns - 1)
    + <f64>plan.bartlettColumns * <f64>(plan.bartlettRows - plan.bartlettColumns) : 0.0;
  const stepNormals = <f64>batch * <f64>(n + 1) + below;
  const blockNormals = Math.ceil(stepNormals * <f64>plan.steps / 4) * 4;
  plan.stepNormals = <i32>stepNormals;
  plan.blockNormals = <i32>blockNormals;
  plan.chiStride = even(plan.steps);
  plan.rowBytes = padded(<f64>n + (batch > 1 ? <f64>plan.bartlettColumns : 0));
  plan.bartlettBytes = padded(plan.bartlettColumns);
  plan.turnedBytes = padded(batch);

  const number = <f64>(8 * lanes), rows = <f64>(even(k) + even(p)), students = <f64>even(p);
  next = base + 64 * Math.ceil(<f64>offsetof<Plan>() / 64);
  plan.generator = take(128);
  plan.rowsBytes = <usize>(<f64>m * <f64>plan.rowBytes + 64 * Math.ceil(<f64>p / 8));
  plan.rows = take(<f64>lanes * <f64>plan.rowsBytes);
  if (batch == 1) {
    plan.R = take(rows * <f64>columns * number);
    plan.U = take(0.5 * <f64>(even(width) * (even(width) + 2)) * number);
    plan.w = take(students * number);
    plan.f = take(students * number);
    plan.c1 = take(students * number);
    plan.s1 = take(students * number);
    plan.c2 = take(students * number);
    plan.s2 = take(students * number);
    plan.x = take(2.0 * (n + 4) * number);
  } else {
    plan.samples = take(<f64>batch * <f64>plan.rowBytes);
    plan.zetas = take(8.0 * batch);
    plan.gains = take(8.0 * batch * students);
    plan.aStep = take(8.0 * students);
    if (plan.compresses) {
      plan.bartlett = take(<f64>p * <f64>plan.bartlettBytes);
      plan.turned = take(<f64>p * <f64>plan.turnedBytes);
    }
  }
  plan.teacherBytes = lanes == 1 ? <usize>even(k) << 3 : <usize>k << 5;
  plan.fields = take(rows * number);
  plan.values = take(rows * number);
  plan.slopes = take(rows * number);
  plan.layers = take(rows * number);
  plan.normals = take(<f64>lanes * 8 * blockNormals + 64);
  const chis = batch > 1 ? chiCount(plan.bartlettColumns, plan.chiStride) : chiCount(1, plan.chiStride);
  plan.chi = take(8.0 * lanes * chis);
  plan.chiRoom = take(16.0 * chis);
  return next - base;
}
