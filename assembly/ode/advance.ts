/**
 * Integrates a problem by Dormand-Prince 5(4), by a Rosenbrock method, or by either as pays: explicit at first; implicit where stability
 * and not accuracy limits the explicit step for long; explicit again where the implicit steps are not longer than that is worth.
 */
import { dopri5Cost, dopri5Start, dopri5Step } from "./dopri5";
import { rodas5pCost, rodas5pStep } from "./rodas5p";
import { DOPRI5, INTERRUPTED, REACHED, RODAS5P, Solver, STEP_LIMIT } from "./solver";

/**
 * h times the spectral radius from which an explicit step counts as held back by stability. The limit is 3.3 on the real axis, but already
 * from 1.5 on the fast modes' share of the error estimate holds it well below what a damped method takes.
 */
const HELD_BACK: f64 = 1.5;
/** Steps in a row that count as a verdict: Hairer's 15 for stiffness, 6 against it. */
const STIFF: f64 = 15;
const EASY: f64 = 6;

/**
 * Begins a smooth piece of the run at (t, y); where `step` is 0, the first step is guessed.
 * @param jumps whether F may have jumped: an implicit step would go over all that follows, and be right at its end only
 */
export function solverStart(address: usize, jumps: bool): void {
  const run = changetype<Solver>(address);
  run.cost = rodas5pCost(run);
  run.implicitCost = run.cost / dopri5Cost(run);
  run.patience = 1;
  run.phase = 0;
  if (run.method == DOPRI5) {
    dopri5Start(run);
  } else if (jumps || run.step == 0) {
    run.step = 0;
    run.lastStep = 0;
    dopri5Start(run);
  }
}

/**
 * Advances to `tEnd` exactly, by work of about `budget` nanoseconds on a machine of 2024: whole explicit steps, whole implicit ones that
 * are short, parts of long ones. Results do not depend on the cuts. INTERRUPTED also when the dense records are full: take them
 * out, set `denseUsed` to 0 and call again.
 */
export function solverAdvance(address: usize, tEnd: f64, budget: f64): i32 {
  const run = changetype<Solver>(address);
  const enough = run.work + budget;
  while (run.t < tEnd) {
    if (run.work >= enough || run.denseUsed == run.denseRoom) return INTERRUPTED;
    if (run.phase == 0 && steps(run) >= run.stepLimit) return STEP_LIMIT;
    const t = run.t;
    const isExplicit = run.method == DOPRI5;
    const outcome = isExplicit ? dopri5Step(run, tEnd) : rodas5pStep(run, tEnd);
    if (outcome != INTERRUPTED) return outcome;
    if (run.t == t || run.switching == 0) continue;
    if (isExplicit) afterExplicit(run, run.t - t, tEnd);
    else afterImplicit(run, run.t - t);
  }
  return REACHED;
}

function steps(run: Solver): f64 {
  return run.dopri5Accepted + run.dopri5Rejected + run.rodas5pAccepted + run.rodas5pRejected;
}

/**
 * Counts steps held back (Hairer & Wanner IV.2), and what they reach on average. As many are waited for as some implicit steps cost, so
 * that a switch in vain at most doubles the work; none is made shortly before the end.
 */
function afterExplicit(run: Solver, h: f64, tEnd: f64): void {
  const reach = h * run.radius;
  if (reach > HELD_BACK) {
    run.stiff += 1;
    run.easy = 0;
    run.reach += (reach - run.reach) / run.stiff;
    const wait = max(STIFF, 5.0 * run.implicitCost);
    if (run.stiff >= wait * run.patience && tEnd - run.t > wait * h) change(run, RODAS5P);
  } else {
    run.easy += 1;
    if (run.easy >= EASY) run.stiff = 0;
  }
}

/** An implicit step must be longer than the explicit ones of the same cost; each return makes the next switch dearer. */
function afterImplicit(run: Solver, h: f64): void {
  if (h * run.radius > run.reach * run.implicitCost) {
    run.easy = 0;
    return;
  }
  run.easy += 1;
  if (run.easy < EASY) return;
  run.patience = min(1024.0, 2.0 * run.patience);
  change(run, DOPRI5);
}

function change(run: Solver, method: f64): void {
  run.method = method;
  run.switches += 1;
  run.stiff = 0;
  run.easy = 0;
  run.lastStep = 0;
  run.phase = 0;
  if (method != DOPRI5) return;
  if (run.radius > 0) run.step = min(run.step, run.reach / run.radius);
  run.lastError = 1e-4;
  dopri5Start(run);
}
