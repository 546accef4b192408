/**
 * A finite set of n samples: where it is stored, and in which order a simulation takes from it. Sample j = nu B + b of the run is
 *
 *   1 cyclic            number j mod n of the set
 *   2 reshuffled        number pi(j mod n), pi a permutation of its own for each pass floor(j / n); a batch may reach over the end of a pass
 *   3 with replacement  any of the n, each time
 *
 * Permutation number e is Fisher & Yates' from the scalar generator at block e of the order's stream, the draws of step nu are those of block nu:
 * both follow from their number, so that a run goes on from its step alone. A uniform number below m is floor(m u), u of 52 bits: no number is more likely
 * than another by more than m / 2^52.
 */
import { nextUniform, seekScalar } from "../random/stream";
import { Dense, inputBytes } from "./dense-run";
import { drawSample } from "./dense-samples";

const CYCLIC: f64 = 1;
const RESHUFFLED: f64 = 2;

function below(m: u32): u32 {
  return <u32>(nextUniform() * <f64>m);
}

/** The permutation of a pass. */
function shuffle(run: Dense, pass: u64): void {
  const n = <u32>run.n, order = <usize>run.permutation;
  for (let i: u32 = 0; i < n; i++) store<u32>(order + (<usize>i << 2), i);
  seekScalar(<usize>run.orderKey, pass);
  for (let i = n - 1; i > 0; i--) {
    const here = order + (<usize>i << 2), there = order + (<usize>below(i + 1) << 2);
    const number = load<u32>(here);
    store<u32>(here, load<u32>(there));
    store<u32>(there, number);
  }
  run.pass = <f64>pass;
}

/** Numbers of the samples of the current step, to `choices`. */
export function chooseBatch(run: Dense): void {
  const n = <u64>run.n, batch = <i32>run.batch, choices = <usize>run.choices;
  const isCyclic = run.order == CYCLIC;
  if (!isCyclic && run.order != RESHUFFLED) {
    seekScalar(<usize>run.orderKey, <u64>run.step);
    for (let b = 0; b < batch; b++) store<u32>(choices + (<usize>b << 2), below(<u32>n));
    return;
  }
  const first = <u64>run.step * batch;
  let pass = first / n, place = first - pass * n;
  for (let b = 0; b < batch; b++) {
    if (!isCyclic && run.pass != <f64>pass) shuffle(run, pass);
    const number = isCyclic ? <u32>place : load<u32>(<usize>run.permutation + (<usize>place << 2));
    store<u32>(choices + (<usize>b << 2), number);
    if (++place == n) {
      place = 0;
      pass++;
    }
  }
}

function storeSamples<T extends number>(run: Dense, first: i32, count: i32): void {
  const bytes = inputBytes(run);
  for (let i = first; i < first + count; i++) {
    const label = drawSample<T>(run, i, <usize>run.set + <usize>i * bytes);
    store<f64>(<usize>run.labels + (<usize>i << 3), label);
  }
}

/** Draws `count` samples of the set, from number `first` on, to where they are stored; the teacher's weights must be there. */
export function finiteSetStore(address: usize, first: i32, count: i32): void {
  const run = changetype<Dense>(address);
  if (run.single != 0) storeSamples<f32>(run, first, count);
  else storeSamples<f64>(run, first, count);
}
