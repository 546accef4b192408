/**
 * The parameter block of a chain, and how its work space is cut up. Who writes a problem's numbers writes `Chain`; what the kernels read in
 * every step lies in `Plan` as integers, because converting an f64 to an address costs as much as a rotation.
 */
import { chiCount } from "../random/chi-buffer";
import { multiplicityOf, varianceOf } from "./spectrum";

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
 *   lanes       1, or 4 replicas side by side (then batch = 1 and inputs are isotropic)
 *   spectrum, eigenspaces   spectrum.ts and how many pairs are there; eigenspaces = 0: isotropic inputs (otherwise sphere = 0)
 *   studentActivation, teacherActivation   codes (../activations.ts)
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
  sphere: f64; spectrum: f64; eigenspaces: f64; noise: f64; decay: f64; trainsSecond: f64; secondDecay: f64;
  rate: f64; secondRate: f64;
  inputKeys: f64; chiKeys: f64; work: f64;
  step: f64; alive: f64;
}

export const NAMES: string = "lanes d p k batch studentActivation teacherActivation studentScale teacherScale " +
  "sphere spectrum eigenspaces noise decay trainsSecond secondDecay rate secondRate inputKeys chiKeys work step alive";

/**
 * Coordinates in an eigenspace of the inputs' covariance, of dimension D; isotropic inputs have one eigenspace, of variance 1 and D = d.
 * n = columns + width orthonormal directions, k (or fewer, where D < k) for the teacher first.
 *
 *   D >= k + p: columns = k, width = p, nu = D - k - p >= 0 directions are left over
 *   D <  k + p: columns = D, width = 0: S holds all coordinates, nothing is left to rotate, and the chain is SGD itself
 */
@unmanaged
export class Space {
  columns: i32; width: i32; n: i32;
  /** Columns of the Bartlett factor. */
  orthogonal: i32;
  /** Bytes before it in a row of the state and of a sample. */
  offset: usize;
  bartlett: usize; chi: usize;
  nu: f64; variance: f64; root: f64;
}

/**
 * The work space; columns, width and chi are those of the only eigenspace.
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
 * Batches, and batches of 1 with a spectrum: the state is `rows` itself. In a row each eigenspace has n + orthogonal numbers, then zeros, one at
 * least, up to an even count.
 *
 *   rows     (k + p) x rowBytes, then a (p f64): [L* 0 | 0; S U | 0] of each eigenspace, row-major, padded with zeros
 *   samples  B x rowBytes: [z y | orthogonal part in Bartlett coordinates] of each
 *   gains    B x even(p); turned p x turnedBytes, and bartlett p x bartlettBytes of each eigenspace, only where B > p (chain-batch.ts)
 */
@unmanaged
export class Plan {
  lanes: i32; p: i32; k: i32; columns: i32; width: i32; batch: i32;
  /** Eigenspaces as given (0: isotropic inputs) and as they are here, one at least; whether the state is `rows`. */
  eigenspaces: i32; spaces: i32; inRows: i32; firstSpace: usize;
  studentActivation: i32; teacherActivation: i32;
  sphere: i32; trainsSecond: i32;
  /** Steps to a block, normals to a step and to a replica's block. */
  steps: i32; stepNormals: i32; blockNormals: i32;
  /** Rows of the Bartlett factors of the orthogonal parts; variates of one of their columns in a block. */
  bartlettRows: i32; chiStride: i32;
  compresses: i32;
  rowBytes: usize; rowsBytes: usize; bartlettBytes: usize; turnedBytes: usize;
  rate: usize; secondRate: usize;
  R: usize; U: usize; w: usize; f: usize;
  fields: usize; values: usize; slopes: usize; layers: usize; teacherBytes: usize;
  c1: usize; s1: usize; c2: usize; s2: usize; x: usize;
  rows: usize; samples: usize; zetas: usize; gains: usize; aStep: usize; turned: usize;
  generator: usize; normals: usize; chi: usize; chiRoom: usize;
  keep: f64;
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

// @ts-ignore: decorator
@inline
export function spaceOf(plan: Plan, index: i32): Space {
  return changetype<Space>(plan.firstSpace + <usize>index * offsetof<Space>());
}

/** Where eigenspaces are written whose sizes only are asked for. */
const scratch = memory.data(offsetof<Space>(), 8);

/** Fills a plan for work space at `base`; 0 only measures. Returns the bytes of it. */
export function lay(
  plan: Plan, base: f64, lanes: i32, d: f64, p: i32, k: i32, batch: i32, sphere: bool, spectrum: usize, eigenspaces: i32,
): f64 {
  plan.lanes = lanes; plan.p = p; plan.k = k; plan.batch = batch;
  plan.eigenspaces = eigenspaces;
  plan.spaces = max(1, eigenspaces);
  plan.inRows = batch > 1 || eigenspaces > 0 ? 1 : 0;
  plan.compresses = batch > 1 && batch > p && !sphere ? 1 : 0;
  plan.bartlettRows = plan.compresses ? p : batch;
  plan.bartlettBytes = padded(plan.bartlettRows);
  plan.steps = max(1, BLOCK / batch);
  plan.chiStride = even(plan.steps);
  next = base + 64 * Math.ceil(<f64>offsetof<Plan>() / 64);
  plan.generator = take(128);
  plan.firstSpace = take(<f64>plan.spaces * <f64>offsetof<Space>());
  plan.chiRoom = take(16.0 * chiCount(plan.bartlettRows, plan.chiStride));
  laySpaces(plan, base == 0, d, spectrum);
  plan.rowsBytes = <usize>(<f64>(k + p) * <f64>plan.rowBytes + 64 * Math.ceil(<f64>p / 8));
  plan.rows = take(<f64>lanes * <f64>plan.rowsBytes);

  const number = <f64>(8 * lanes), rows = <f64>(even(k) + even(p)), students = <f64>even(p);
  if (plan.inRows) {
    plan.samples = take(<f64>batch * <f64>plan.rowBytes);
    plan.zetas = take(8.0 * batch);
    plan.gains = take(8.0 * batch * students);
    plan.aStep = take(8.0 * students);
    plan.turnedBytes = padded(batch);
    if (plan.compresses) plan.turned = take(<f64>p * <f64>plan.turnedBytes);
  } else {
    const columns = plan.columns, width = plan.width;
    plan.R = take(rows * <f64>columns * number);
    plan.U = take(0.5 * <f64>(even(width) * (even(width) + 2)) * number);
    plan.w = take(students * number);
    plan.f = take(students * number);
    plan.c1 = take(students * number);
    plan.s1 = take(students * number);
    plan.c2 = take(students * number);
    plan.s2 = take(students * number);
    plan.x = take(2.0 * (columns + width + 4) * number);
  }
  plan.teacherBytes = lanes == 1 ? <usize>even(k) << 3 : <usize>k << 5;
  plan.fields = take(rows * number);
  plan.values = take(rows * number);
  plan.slopes = take(rows * number);
  plan.layers = take(rows * number);
  return next - base;
}

/** The eigenspaces, and what they add up to: the length of a row and the normals of a step. */
function laySpaces(plan: Plan, measures: bool, d: f64, spectrum: usize): void {
  const p = plan.p, k = plan.k, rows = plan.bartlettRows;
  let coordinates = 0.0, below = 0.0, columns = 0.0, most = 0;
  for (let s = 0; s < plan.spaces; s++) {
    const space = measures ? changetype<Space>(scratch) : spaceOf(plan, s);
    const D = plan.eigenspaces ? multiplicityOf(spectrum, s) : d;
    const rotates = D >= <f64>(k + p);
    space.variance = plan.eigenspaces ? varianceOf(spectrum, s) : 1.0;
    space.root = Math.sqrt(space.variance);
    space.columns = rotates ? k : <i32>D;
    space.width = rotates ? p : 0;
    space.n = space.columns + space.width;
    space.nu = D - <f64>space.n;
    space.orthogonal = <i32>Math.min(<f64>rows, space.nu);
    space.offset = <usize>(8 * columns);
    space.chi = take(8.0 * plan.lanes * chiCount(max(1, space.orthogonal), plan.chiStride));
    if (plan.compresses) space.bartlett = take(<f64>p * <f64>plan.bartlettBytes);
    coordinates += space.n;
    below += 0.5 * <f64>space.orthogonal * <f64>(space.orthogonal - 1) + <f64>space.orthogonal * <f64>(rows - space.orthogonal);
    columns += 2 * Math.ceil(0.5 * <f64>(space.n + space.orthogonal + 1));
    most = max(most, space.orthogonal);
    plan.columns = space.columns;
    plan.width = space.width;
    plan.chi = space.chi;
  }
  if (most == 0) plan.compresses = 0;
  plan.rowBytes = <usize>(64 * Math.ceil(columns / 8));
  const stepNormals = <f64>plan.batch * (coordinates + 1) + below;
  const blockNormals = Math.ceil(stepNormals * <f64>plan.steps / 4) * 4;
  plan.stepNormals = <i32>stepNormals;
  plan.blockNormals = <i32>blockNormals;
  plan.normals = take(<f64>plan.lanes * 8 * blockNormals + 64);
}
