/** The Jacobian of a right-hand side: the problem's own, or forward differences, a column at a time where they take long. */
import { evaluate, Jacobian, Solver } from "./solver";

/** How many parts the Jacobian comes in: one, or F, its columns and dF/dt. */
export function jacobianParts(run: Solver): i32 {
  return run.jacobian == 0 ? <i32>run.active + 2 : 1;
}

/** Nanoseconds of a part, about. */
export function jacobianPartCost(run: Solver): f64 {
  return run.jacobian == 0 ? run.evaluationCost : run.evaluationCost + run.jacobianCost;
}

/** Does a part; after the last, `fresh` is F, `matrix` dF/dy over the numbers that move, `slope` dF/dt, all at (t, y). */
export function jacobianPart(run: Solver, part: i32): void {
  if (part == 0) run.jacobians += 1;
  if (run.jacobian == 0) {
    if (part == 0) evaluate(run, run.t, <usize>run.y, <usize>run.fresh);
    else if (part <= <i32>run.active) column(run, part - 1);
    else timeDerivative(run);
  } else {
    run.evaluations += 1;
    call_indirect<void>(
      <u32>run.jacobian, <usize>run.problem, run.t, <usize>run.y, <usize>run.fresh, <usize>run.matrix, <usize>run.rowBytes, <usize>run.slope);
  }
}

/** Steps of Hairer & Wanner's RODAS: the root of the rounding unit times the number, of small ones times 1e-5. */
// @ts-ignore: decorator
@inline
function increment(x: f64): f64 {
  return Math.sqrt(2.220446049250313e-16 * max(1e-5, Math.abs(x)));
}

function column(run: Solver, j: i32): void {
  const n = <i32>run.active;
  const fresh = <usize>run.fresh, y = <usize>run.y, stage = <usize>run.stage, shifted = <usize>run.trial;
  const old = load<f64>(y + (j << 3));
  const moved = old + increment(old);
  const scale = 1.0 / (moved - old);
  memory.copy(stage, y, <usize>run.vectorBytes);
  store<f64>(stage + (j << 3), moved);
  evaluate(run, run.t, stage, shifted);
  for (let i = 0, at = <usize>run.matrix + (<usize>j << 3); i < n; i++, at += <usize>run.rowBytes) {
    store<f64>(at, (load<f64>(shifted + (i << 3)) - load<f64>(fresh + (i << 3))) * scale);
  }
}

function timeDerivative(run: Solver): void {
  const fresh = <usize>run.fresh, shifted = <usize>run.trial, slope = <usize>run.slope;
  const later = run.t + increment(run.t);
  const scale = 1.0 / (later - run.t);
  evaluate(run, later, <usize>run.y, shifted);
  memory.fill(slope, 0, <usize>run.vectorBytes);
  for (let i = 0; i < <i32>run.active << 3; i += 8) {
    store<f64>(slope + i, (load<f64>(shifted + i) - load<f64>(fresh + i)) * scale);
  }
}
