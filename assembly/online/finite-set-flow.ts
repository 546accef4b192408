/**
 * The gradient flow of the empirical risk of a finite set, the limit of full-batch gradient descent at small learning rates: on the clock t = nu / d,
 *
 *   du_i/dt = (gamma / n) sum_mu g_i^mu x^mu - kappa u_i,     da_i/dt = (gamma_a / n) n_s sum_mu s(lam_i^mu) e^mu - kappa_a a_i
 *
 * with g, e, lam as in dense.ts. It is integrated by Dormand-Prince 5(4) (ode/dopri5.ts) in steps of its own; what is asked for between them comes from the
 * dense output. A state y is p rows x rowBytes of u, then a.
 */
import { rankOne, matvec } from "../linalg/rows";
import { dopri5Start, dopri5Step } from "../ode/dopri5";
import { INTERRUPTED, RightHandSide, Solver } from "../ode/solver";
import { valueInPiece } from "../schedule";
import { residual } from "./dense";
import { Dense, even } from "./dense-run";
import { fetchSample } from "./dense-samples";

function rightHandSide(problem: usize, t: f64, y: usize, dy: usize): void {
  const run = changetype<Dense>(problem);
  const p = <i32>run.p, k = <i32>run.k, n = <u64>run.n, bytes = <usize>run.rowBytes;
  const student = even(k) << 3, fields = <usize>run.fields + student, values = <usize>run.values + student, slopes = <usize>run.slopes + student;
  const f = <usize>run.pending, end = <usize>p * bytes;
  const a = y + end, da = dy + end;
  const scale = (valueInPiece(<usize>run.rate, <i32>run.ratePiece, t) * run.studentScale) / run.n;
  const trainsSecond = run.trainsSecond != 0;
  memory.fill(dy, 0, end + (<usize>even(p) << 3));
  for (let index: u64 = 0; index < n; index++) {
    const x = fetchSample<f64>(run, index);
    matvec<f64>(y, bytes, x, fields, p);
    const e = residual(run, a);
    for (let i = 0; i < p << 3; i += 8) store<f64>(f + i, scale * e * load<f64>(a + i) * load<f64>(slopes + i));
    rankOne<f64>(dy, bytes, f, 1.0, x, p);
    if (trainsSecond) for (let i = 0; i < p << 3; i += 8) store<f64>(da + i, load<f64>(da + i) + load<f64>(values + i) * e);
  }
  if (run.decay != 0) {
    const kappa = f64x2.splat(run.decay);
    for (let i: usize = 0; i < end; i += 16) v128.store(dy + i, f64x2.sub(v128.load(dy + i), f64x2.mul(kappa, v128.load(y + i))));
  }
  if (trainsSecond) {
    const secondScale = (valueInPiece(<usize>run.secondRate, <i32>run.secondPiece, t) * run.studentScale) / run.n;
    for (let i = 0; i < p << 3; i += 8) store<f64>(da + i, secondScale * load<f64>(da + i) - run.secondDecay * load<f64>(a + i));
  }
}

const RIGHT_HAND_SIDE: RightHandSide = rightHandSide;

/** Begins a piece between jumps of the schedules at (t, y), with the step that is proposed, or a guess where that is 0. */
export function flowStart(address: usize): void {
  const solver = changetype<Solver>(address);
  solver.rightHandSide = RIGHT_HAND_SIDE.index;
  dopri5Start(solver);
}

/** Makes a step of the integrator's own, at most to `tEnd`: INTERRUPTED where all is well; its record is the one in `dense`. Cost: 6 gradients of the set a try. */
export function flowStep(address: usize, tEnd: f64): i32 {
  const solver = changetype<Solver>(address);
  solver.denseUsed = 0;
  let outcome = INTERRUPTED;
  while (solver.denseUsed == 0 && outcome == INTERRUPTED) outcome = dopri5Step(solver, tEnd);
  return outcome;
}

/** The weights and the second layer of `dense` become those of the flow at time t of the last step, or at its end. */
export function flowTo(address: usize, dense: usize, t: f64): void {
  const solver = changetype<Solver>(address), run = changetype<Dense>(dense);
  const U = <usize>run.weights + <usize>run.k * <usize>run.rowBytes, end = <usize>run.p * <usize>run.rowBytes;
  const bytes = <usize>solver.vectorBytes, record = <usize>solver.dense;
  const isWithin = solver.denseUsed != 0 && t < solver.t;
  const s = isWithin ? (t - load<f64>(record)) / load<f64>(record, 8) : 1.0, rest = 1.0 - s;
  for (let i: usize = 0; i < end + (<usize>run.p << 3); i += 8) {
    const from = record + 16 + i;
    const inner = load<f64>(from + 3 * bytes) + rest * load<f64>(from + 4 * bytes);
    const within = load<f64>(from) + s * (load<f64>(from + bytes) + rest * (load<f64>(from + 2 * bytes) + s * inner));
    store<f64>(i < end ? U + i : <usize>run.a + (i - end), isWithin ? within : load<f64>(<usize>solver.y + i));
  }
}
