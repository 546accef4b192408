/**
 * Rodas5P (Steinebach, BIT Numerical Mathematics 63, 2023): a Rosenbrock method of orders 5(4) with eight stages and dense output of order
 * 4, L-stable and stiffly accurate. In the form of Hairer & Wanner, "Solving Ordinary Differential Equations II", IV.7, with
 * W = I / (h gamma) - dF/dy:
 *
 *   W u_i = F(t + c_i h, y + sum_j a_ij u_j) + sum_j (C_ij / h) u_j + h d_i dF/dt,   j < i <= 8.
 *
 * The last stage starts from the embedded solution, and adds to it what makes the solution and is the error estimate.
 */
import { luFactorPanel, luPanelCost, luPanels, luSolve } from "../linalg/lu";
import { power } from "./dopri5";
import { jacobianPart, jacobianPartCost, jacobianParts } from "./jacobian";
import { fastest, growing, longestStep, MOST_ROUNDS, ROUND } from "./modes";
import {
  combine, DIVERGED, evaluate, INTERRUPTED, isBounded, isLast, isTooSmall, moveOn, NEEDS_ROOM, newRecord, norm, Solver, STALLED,
} from "./solver";

const STAGES: i32 = 8;
const GAMMA: f64 = 0.21193756319429014;
const C: StaticArray<f64> = [0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1, 1, 1];
const D: StaticArray<f64> = [0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0, 0, 0];
/** Rows 2 to 8 of a, below the diagonal. */
const A: StaticArray<f64> = [
  3.0,
  2.849394379747939, 0.45842242204463923,
  -6.954028509809101, 2.489845061869568, -10.358996098473584,
  2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641,
  -7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946,
  -7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1.0,
  -7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1.0, 1.0,
];
/** Rows 2 to 8 of C, below the diagonal. */
const COUPLING: StaticArray<f64> = [
  -14.155112264123755,
  -17.97296035885952, -2.859693295451294,
  147.12150275711716, -1.41221402718213, 71.68940251302358,
  165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306,
  24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471,
  30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623, -28.087943162872662,
  37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002, -54.66780262877968, -9.48861652309627,
];
/** Dense output: s (y1 + (1 - s) (q1 + s (q2 + s q3))) + (1 - s) y0, q_i = sum_j DENSE_ij u_j. */
const DENSE: StaticArray<f64> = [
  25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204,
  0.524948541321073, 1.1241088310450404, 0.4272876194431874, -0.17202221070155493,
  -9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796,
  20.176138334709044, 15.98066361424651, -6.789040303419874, -6.710236069923372,
  11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643,
  -52.072871366152654, -59.78993625266729, -0.15582684282751913, 4.883087185713722,
];

/** Nanoseconds of a step. */
export function rodas5pCost(run: Solver): f64 {
  const panels = luPanels(<i32>run.active);
  let sum = jacobianParts(run) * jacobianPartCost(run) + 2.0 * solutionCost(run) + STAGES * stageCost(run) + ROUND * solutionCost(run);
  for (let panel = 0; panel < panels; panel++) sum += luPanelCost(<i32>run.active, panel);
  return sum;
}

function stageCost(run: Solver): f64 {
  return run.evaluationCost + 10.0 * run.n + solutionCost(run);
}

function solutionCost(run: Solver): f64 {
  return run.active * run.active;
}

/** Nanoseconds up to which a step is done at once; a longer one is done in parts. */
const WHOLE: f64 = 1e6;

/** Does a part of a step towards `tEnd`; INTERRUPTED unless that is the last possible. */
export function rodas5pStep(run: Solver, tEnd: f64): i32 {
  if (run.matrix == 0) return NEEDS_ROOM;
  const n = <i32>run.active;
  const last = isLast(run, tEnd);
  const h = last ? tEnd - run.t : run.step;
  const tNew = last ? tEnd : run.t + h;
  if (!last && isTooSmall(run, h)) return STALLED;
  const shift = 1.0 / (h * GAMMA);
  const parts = jacobianParts(run), panels = luPanels(n);
  const isWhole = run.cost < WHOLE;
  do {
    let part = <i32>run.phase;
    run.phase += 1;
    if (part < parts) {
      run.work += jacobianPartCost(run);
      jacobianPart(run, part);
      if (part == parts - 1) makeMatrix(run, shift);
    } else if ((part -= parts) < panels) {
      run.work += luPanelCost(n, part);
      if (!luFactorPanel(<usize>run.matrix, n, <usize>run.rowBytes, <usize>run.pivots, <usize>run.panel, part)) {
        reject(run, 0.5 * h);
        return INTERRUPTED;
      }
      if (part == panels - 1) run.factorisations += 1;
    } else if ((part -= panels) < MOST_ROUNDS) {
      run.work += ROUND * solutionCost(run);
      if (!growing(run, shift, h, part)) continue;
      if (h > 2.0 * longestStep(run)) {
        reject(run, longestStep(run));
        return INTERRUPTED;
      }
      run.phase = parts + panels + MOST_ROUNDS;
    } else {
      part -= MOST_ROUNDS;
      run.work += stageCost(run);
      solveStage(run, part, h, tNew);
      if (part == STAGES - 1) return finish(run, h, tNew, last);
    }
  } while (isWhole);
  return INTERRUPTED;
}

/** Matrix = shift I - dF/dy from dF/dy. */
function makeMatrix(run: Solver, shift: f64): void {
  const n = <i32>run.active;
  const rowBytes = <usize>run.rowBytes;
  run.work += 2.0 * solutionCost(run);
  if (run.switching != 0) fastest(run);
  const zero = f64x2.splat(0);
  for (let i = 0, row = <usize>run.matrix; i < n; i++, row += rowBytes) {
    for (let b: usize = 0; b < rowBytes; b += 16) v128.store(row + b, f64x2.sub(zero, v128.load(row + b)));
    store<f64>(row + (i << 3), shift + load<f64>(row + (i << 3)));
  }
}

// @ts-ignore: decorator
@inline
function rowOf(table: StaticArray<f64>, stage: i32): usize {
  return changetype<usize>(table) + (<usize>((stage * (stage - 1)) / 2) << 3);
}

function solveStage(run: Solver, stage: i32, h: f64, tNew: f64): void {
  const bytes = <usize>run.vectorBytes, slope = <usize>run.slope;
  const u = <usize>run.k1 + <usize>stage * bytes, argument = stage == STAGES - 1 ? <usize>run.trial : <usize>run.stage;
  let F = <usize>run.fresh;
  if (stage > 0) {
    const c = unchecked(C[stage]);
    combine(run, argument, <usize>run.y, 1.0, rowOf(A, stage), stage);
    evaluate(run, c == 1.0 ? tNew : run.t + c * h, argument, u);
    F = u;
  }
  // u may be F: each number is read before it is written
  combine(run, u, F, 1.0 / h, rowOf(COUPLING, stage), stage);
  const d = f64x2.splat(h * unchecked(D[stage]));
  for (let i: usize = 0; i < bytes; i += 16) v128.store(u + i, f64x2.add(v128.load(u + i), f64x2.mul(d, v128.load(slope + i))));
  luSolve(<usize>run.matrix, <i32>run.active, <usize>run.rowBytes, <usize>run.pivots, u);
  if (stage < STAGES - 1) return;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(argument + i, f64x2.add(v128.load(argument + i), v128.load(u + i)));
}

function reject(run: Solver, step: f64): void {
  run.rodas5pRejected += 1;
  run.wasRejected = 1;
  run.step = step;
  run.phase = 0;
}

/** Accepts the step or not, with Gustafsson's predictive control (Hairer & Wanner IV.8). */
function finish(run: Solver, h: f64, tNew: f64, last: bool): i32 {
  const bytes = <usize>run.vectorBytes, trial = <usize>run.trial;
  const error = norm(run, <usize>run.k1 + <usize>(STAGES - 1) * bytes, <usize>run.y, trial);
  if (!(error < Infinity)) {
    reject(run, 0.1 * h);
    return INTERRUPTED;
  }
  let factor = max(1.0 / 6.0, min(5.0, power(error, 0.2) / 0.9));
  if (error > 1.0) {
    reject(run, h / factor);
    return INTERRUPTED;
  }
  run.rodas5pAccepted += 1;
  run.phase = 0;
  if (!isBounded(run, trial)) return DIVERGED;
  if (run.lastStep > 0.0) {
    const predicted = ((run.lastStep / h) * power((error * error) / run.lastError, 0.2)) / 0.9;
    factor = max(factor, max(1.0 / 6.0, min(5.0, predicted)));
  }
  if (run.wasRejected != 0) factor = max(1.0, factor);
  run.wasRejected = 0;
  run.lastStep = h;
  run.lastError = max(error, 0.01);
  const record = newRecord(run, h);
  writeDense(run, record);
  moveOn(run, record, h, tNew);
  // a step cut at tEnd says little about the next one: keep the longer proposal
  run.step = min(longestStep(run), last ? max(run.step, h / factor) : h / factor);
  return INTERRUPTED;
}

/** The dense output as r1..r5. */
function writeDense(run: Solver, to: usize): void {
  const bytes = <usize>run.vectorBytes, y = <usize>run.y, z = <usize>run.trial;
  const table = changetype<usize>(DENSE), row: usize = 8 * STAGES;
  combine(run, to + 2 * bytes, 0, 1.0, table, STAGES);
  combine(run, to + 3 * bytes, 0, 1.0, table + row, STAGES);
  combine(run, to + 4 * bytes, 0, 1.0, table + 2 * row, STAGES);
  const zero = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const y0 = v128.load(y + i), q3 = v128.load(to + 4 * bytes + i);
    v128.store(to + i, y0);
    v128.store(to + bytes + i, f64x2.sub(v128.load(z + i), y0));
    v128.store(to + 3 * bytes + i, f64x2.add(v128.load(to + 3 * bytes + i), q3));
    v128.store(to + 4 * bytes + i, f64x2.sub(zero, q3));
  }
}
