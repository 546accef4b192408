/**
 * One-pass SGD of the two-layer student on inputs of any dimension, exactly in law, without the inputs: the Markov chain of the order
 * parameters in square-root form (THEORY D). A step costs O(p (p + k)) whatever d is, up to 1e20.
 *
 * The rows [W*; W] / sqrt d in an orthonormal basis "teacher first, then students" are [L* 0; S U]; a sample is its coordinates z, y in that basis
 * and the norm r of the rest, r^2 ~ chi^2(nu), nu = d - k - p. In these coordinates a step is that of dense.ts:
 *
 *   lam* = L* z,  lam = S z + U y,  e and g as (A9)-(A10),  [S U 0] <- (1 - kappa/d) [S U 0] + (gamma/d) g (z, y, r)^T,
 *
 * after which rotations make U lower-triangular again and the last column zero: chain-givens.ts. Layouts of the same step, the same bits:
 * chain-pairs.ts for one chain, chain-lanes.ts for four. Batches, and inputs with a spectrum: chain-batch.ts. Small d (d < k + p): chain-plan.ts.
 *
 * Numbers of step nu. With B samples a step a block lasts T = max(1, floor(128 / B)) steps; step nu is step s = nu mod T of block n = floor(nu / T).
 *   inputKeys, block n       normals, those of step s from s N on (N to a step): for each sample z (columns) and y (width) of each eigenspace, and
 *                            zeta; then, for B > 1, of each eigenspace the rows of the Bartlett factor below the diagonal
 *   chiKeys, block n R + e   of eigenspace e of R (isotropic inputs: 0 of 1), chi-buffer.ts: min(B or p, nu) groups of T variates (an even number),
 *                            group b with nu - b degrees of freedom
 * They depend on a replica's keys only, and a run may stop and go on after any step.
 */
import { addGram } from "../linalg/gram";
import { chiCount, fillChiSquares } from "../random/chi-buffer";
import { fillNormals } from "../random/normal";
import { KEY_BYTES, seekBlock } from "../random/stream";
import { bartlettRow, placeBatch, stepBatch } from "./chain-batch";
import { advanceLanes } from "./chain-lanes";
import { advancePairs } from "./chain-pairs";
import { Chain, even, lay, LANES, NAMES, Plan, spaceOf } from "./chain-plan";

const scratch = memory.data(offsetof<Plan>(), 8);

/** Names of the numbers of `Chain`, in order, separated by spaces. */
export function chainFields(): string {
  return NAMES;
}

/** Bytes of work space for a chain of these numbers: see `Chain`. */
export function chainBytes(lanes: i32, d: f64, p: i32, k: i32, batch: i32, sphere: i32, spectrum: usize, eigenspaces: i32): f64 {
  return lay(changetype<Plan>(scratch), 0, lanes, d, p, k, batch, sphere != 0, spectrum, eigenspaces);
}

// @ts-ignore: decorator
@inline
function planOf(run: Chain): Plan {
  return changetype<Plan>(<usize>run.work);
}

/** Reads the block's numbers; once before anything else, and again after a change of any of them but `step` and `alive`. */
export function chainPrepare(address: usize): void {
  const run = changetype<Chain>(address);
  const plan = planOf(run);
  lay(
    plan, run.work, <i32>run.lanes, run.d, <i32>run.p, <i32>run.k, <i32>run.batch, run.sphere != 0, <usize>run.spectrum, <i32>run.eigenspaces,
  );
  plan.studentActivation = <i32><u32>run.studentActivation;
  plan.teacherActivation = <i32><u32>run.teacherActivation;
  plan.sphere = <i32>run.sphere;
  plan.trainsSecond = <i32>run.trainsSecond;
  plan.rate = <usize>run.rate;
  plan.secondRate = <usize>run.secondRate;
  plan.keep = 1.0 - run.decay / run.d;
  plan.filled = -1;
}

// --- where a number of the state is ------------------------------------------------------------------------------------

/** Element (row, column) of R; rows of the student from `k` on. */
function elementOfR(plan: Plan, lane: i32, row: i32, column: i32): usize {
  if (plan.lanes == LANES) return plan.R + (<usize>(row * plan.columns + column) << 5) + (<usize>lane << 3);
  if (row >= plan.k) row += even(plan.k) - plan.k;
  return plan.R + (<usize>((row >> 1) * plan.columns + column) << 4) + (<usize>(row & 1) << 3);
}

function elementOfU(plan: Plan, lane: i32, row: i32, column: i32): usize {
  if (plan.lanes == LANES) return plan.U + (<usize>(((row * (row + 1)) >> 1) + column) << 5) + (<usize>lane << 3);
  const pair = row >> 1;
  return plan.U + (<usize>(pair * (pair + 1) + column) << 4) + (<usize>(row & 1) << 3);
}

function elementOfLayers(plan: Plan, lane: i32, neuron: i32): usize {
  const from = neuron < plan.k ? plan.layers : plan.layers + plan.teacherBytes;
  const i = <usize>(neuron < plan.k ? neuron : neuron - plan.k);
  return plan.lanes == LANES ? from + (i << 5) + (<usize>lane << 3) : from + (i << 3);
}

/** A replica's rows as a matrix, and its a behind them. */
function copyRows(plan: Plan, lane: i32): usize {
  const rows = plan.rows + <usize>lane * plan.rowsBytes;
  const k = plan.k, m = k + plan.p;
  const a = rows + <usize>m * plan.rowBytes;
  for (let i = k; i < m; i++) store<f64>(a + (<usize>(i - k) << 3), load<f64>(elementOfLayers(plan, lane, i)));
  if (plan.inRows) return rows;
  for (let i = 0; i < m; i++) {
    const row = rows + <usize>i * plan.rowBytes;
    for (let c = 0; c < plan.columns; c++) store<f64>(row + (<usize>c << 3), load<f64>(elementOfR(plan, lane, i, c)));
    if (i < k || plan.width == 0) continue;
    const u = row + (<usize>plan.columns << 3);
    for (let j = 0; j <= i - k; j++) store<f64>(u + (<usize>j << 3), load<f64>(elementOfU(plan, lane, i - k, j)));
  }
  return rows;
}

/** The same at any time: those of a replica that diverged were copied then. */
function rowsOf(run: Chain, plan: Plan, lane: i32): usize {
  const ended = plan.lanes == LANES && !(<i32>run.alive & (1 << lane));
  return ended ? plan.rows + <usize>lane * plan.rowsBytes : copyRows(plan, lane);
}

// @ts-ignore: decorator
@inline
function setMade(plan: Plan, lane: i32, step: f64): void {
  store<f64>(changetype<usize>(plan) + (<usize>lane << 3), step, offsetof<Plan>("made0"));
}

// --- what TypeScript calls ---------------------------------------------------------------------------------------------

/**
 * Gives a replica its state and marks it alive; its numbers go on from `step`.
 * @param factor (k + p) x rank f64, row-major, teacher rows first, rank <= n: [L* 0; S U] or its first columns. For d >= k + p lower-trapezoidal:
 *   zero in row i behind column i. With a spectrum that of each eigenspace in turn, rank = n = min(k + p, its dimension): rows of [W*; W] / sqrt d in
 *   a basis of the eigenspace, whose variance is not in them
 * @param a, aStar p and k f64
 */
export function chainLoad(address: usize, lane: i32, factor: usize, rank: i32, a: usize, aStar: usize): void {
  const run = changetype<Chain>(address);
  const plan = planOf(run);
  const p = plan.p, k = plan.k, m = k + p;
  const rows = plan.rows + <usize>lane * plan.rowsBytes;
  memory.fill(rows, 0, plan.rowsBytes);
  for (let s = 0; s < plan.spaces; s++) {
    const space = spaceOf(plan, s), bytes = <usize>(plan.eigenspaces ? space.n : rank) << 3;
    for (let i = 0; i < m; i++, factor += bytes) memory.copy(rows + <usize>i * plan.rowBytes + space.offset, factor, bytes);
  }
  memory.copy(rows + <usize>m * plan.rowBytes, a, <usize>p << 3);
  for (let i = 0; i < m; i++) store<f64>(elementOfLayers(plan, lane, i), load<f64>(i < k ? aStar + (<usize>i << 3) : a + (<usize>(i - k) << 3)));
  if (!plan.inRows) {
    for (let i = 0; i < m; i++) {
      const row = rows + <usize>i * plan.rowBytes;
      for (let c = 0; c < plan.columns; c++) store<f64>(elementOfR(plan, lane, i, c), load<f64>(row + (<usize>c << 3)));
      if (i < k || plan.width == 0) continue;
      const u = row + (<usize>plan.columns << 3);
      for (let j = 0; j <= i - k; j++) store<f64>(elementOfU(plan, lane, i - k, j), load<f64>(u + (<usize>j << 3)));
    }
  }
  run.alive = <f64>(<i32>run.alive | (1 << lane));
  setMade(plan, lane, run.step);
  plan.filled = -1;
}

/** Writes a replica's factor, of rank n = min(k + p, d), and its a: what `chainLoad` takes. */
export function chainSave(address: usize, lane: i32, factor: usize, a: usize): void {
  const run = changetype<Chain>(address);
  const plan = planOf(run);
  const rows = rowsOf(run, plan, lane), m = plan.k + plan.p;
  for (let s = 0; s < plan.spaces; s++) {
    const space = spaceOf(plan, s), bytes = <usize>space.n << 3;
    for (let i = 0; i < m; i++, factor += bytes) memory.copy(factor, rows + <usize>i * plan.rowBytes + space.offset, bytes);
  }
  memory.copy(a, rows + <usize>m * plan.rowBytes, <usize>plan.p << 3);
}

/** Writes a replica's Omega = [[P, M^T], [M, Q]], the covariance of its fields, (k + p)^2 f64, row-major. */
export function chainOrderParameters(address: usize, lane: i32, omega: usize): void {
  const run = changetype<Chain>(address);
  const plan = planOf(run);
  const rows = rowsOf(run, plan, lane), m = plan.k + plan.p;
  memory.fill(omega, 0, <usize>(m * m) << 3);
  for (let s = 0; s < plan.spaces; s++) {
    const space = spaceOf(plan, s);
    addGram<f64>(rows + space.offset, plan.rowBytes, m, space.n, space.variance, omega);
  }
}

/** Steps a replica has made, those before `chainLoad` included; it stands still after a divergence. */
export function chainMade(address: usize, lane: i32): f64 {
  const plan = planOf(changetype<Chain>(address));
  return load<f64>(changetype<usize>(plan) + (<usize>lane << 3), offsetof<Plan>("made0"));
}

/** Fills the buffers with the block that holds the current step, if they do not have it; returns the step's place in it. */
function openBlock(run: Chain, plan: Plan): i32 {
  const step = <u64>run.step, block = step / plan.steps;
  const place = <i32>(step - block * plan.steps);
  if (<f64>block == plan.filled) return place;
  for (let lane = 0; lane < plan.lanes; lane++) {
    const key = <usize>run.inputKeys + <usize>lane * KEY_BYTES;
    seekBlock(plan.generator, key, block);
    fillNormals(plan.generator, key, block, plan.normals + (<usize>(lane * plan.blockNormals) << 3), plan.blockNormals);
    const chiKey = <usize>run.chiKeys + <usize>lane * KEY_BYTES;
    for (let s = 0; s < plan.spaces; s++) {
      const space = spaceOf(plan, s), groups = space.orthogonal;
      const to = space.chi + (<usize>(lane * chiCount(groups, plan.chiStride)) << 3);
      if (groups > 0) fillChiSquares(chiKey, block * plan.spaces + s, plan.generator, space.nu, groups, plan.chiStride, to, plan.chiRoom);
    }
  }
  plan.filled = <f64>block;
  return place;
}

/** Steps of one chain from the buffers; returns how many were made. */
function advanceOne(run: Chain, plan: Plan, place: i32, count: i32): i32 {
  let made = 0;
  if (plan.inRows) {
    for (; made < count; made++) {
      placeBatch(plan, place + made);
      if (!stepBatch(run, plan)) break;
      run.step += 1;
    }
  } else {
    const stepBytes = <usize>plan.stepNormals << 3;
    made = advancePairs(run, plan, plan.normals + <usize>place * stepBytes, stepBytes, plan.chi + (<usize>place << 3), count);
  }
  if (made < count) run.alive = 0;
  setMade(plan, 0, run.step);
  return made;
}

/** Steps of four chains from the buffers; returns how many were made: fewer when the last replica has diverged. */
function advanceFour(run: Chain, plan: Plan, place: i32, count: i32): i32 {
  const bytes = <usize>plan.blockNormals << 3, stepBytes = <usize>plan.stepNormals << 3;
  const chiBytes = <usize>chiCount(1, plan.chiStride) << 3;
  let made = 0;
  while (made < count && run.alive != 0) {
    const before = <i32>run.alive;
    const from = plan.normals + <usize>(place + made) * stepBytes, chi = plan.chi + (<usize>(place + made) << 3);
    made += advanceLanes(run, plan, from, bytes, stepBytes, chi, chiBytes, count - made);
    const ended = before & ~<i32>run.alive;
    if (ended == 0) break;
    for (let lane = 0; lane < LANES; lane++) {
      if (!(ended & (1 << lane))) continue;
      copyRows(plan, lane);
      setMade(plan, lane, run.step);
    }
    if (run.alive == 0) break;
    made++;
    run.step += 1;
  }
  for (let lane = 0; lane < LANES; lane++) if (<i32>run.alive & (1 << lane)) setMade(plan, lane, run.step);
  return made;
}

/** Makes `steps` steps; returns how many were made: fewer when no replica is left that has not diverged. */
export function chainSteps(address: usize, steps: i32): i32 {
  const run = changetype<Chain>(address);
  const plan = planOf(run);
  let done = 0;
  while (done < steps && run.alive != 0) {
    const place = openBlock(run, plan);
    const count = min(steps - done, plan.steps - place);
    done += plan.lanes == LANES ? advanceFour(run, plan, place, count) : advanceOne(run, plan, place, count);
  }
  return done;
}

/**
 * One step of one chain on given samples, for tests: 1 if it was made. With a spectrum z, y and the factor of each eigenspace in turn.
 * @param z, y B x columns and B x width f64
 * @param orthogonal lower-triangular factor of the orthogonal parts' Gram matrix, (B or p) x min(B or p, nu) f64, row-major; for B = 1 it is r
 * @param zeta B f64
 */
export function chainStepGiven(address: usize, z: usize, y: usize, orthogonal: usize, zeta: usize): i32 {
  const run = changetype<Chain>(address);
  const plan = planOf(run);
  let made: bool;
  if (plan.inRows) {
    memory.copy(plan.zetas, zeta, <usize>plan.batch << 3);
    for (let s = 0; s < plan.spaces; s++) {
      const space = spaceOf(plan, s);
      const zBytes = <usize>space.columns << 3, yBytes = <usize>space.width << 3, rBytes = <usize>space.orthogonal << 3;
      for (let b = 0; b < plan.batch; b++, z += zBytes, y += yBytes) {
        const x = plan.samples + <usize>b * plan.rowBytes + space.offset;
        memory.copy(x, z, zBytes);
        memory.copy(x + zBytes, y, yBytes);
      }
      for (let b = 0; b < plan.bartlettRows; b++, orthogonal += rBytes) memory.copy(bartlettRow(plan, space, b), orthogonal, rBytes);
    }
    made = stepBatch(run, plan);
    if (made) run.step += 1;
  } else {
    const r = load<f64>(orthogonal);
    const bytes = <usize>plan.columns << 3, end = bytes + (<usize>plan.width << 3);
    memory.copy(plan.normals, z, bytes);
    memory.copy(plan.normals + bytes, y, end - bytes);
    store<f64>(plan.normals + end, load<f64>(zeta));
    store<f64>(plan.chi, r * r);
    plan.filled = -1;
    made = advancePairs(run, plan, plan.normals, 0, plan.chi, 1) == 1;
  }
  if (!made) run.alive = 0;
  return made ? 1 : 0;
}
