/** The parameter block of a simulation on explicit weights, and where its parts are. */

/**
 * The parameter block of a run: f64 numbers in the order of `DENSE_FIELDS`; addresses are numbers too.
 *
 *   spectrum, eigenspaces   spectrum.ts and how many pairs are there; eigenspaces = 0: isotropic inputs (otherwise sphere = 0)
 *   studentActivation, teacherActivation   codes (../activations.ts)
 *   weights  (k + p) rows x rowBytes, teacher first, unit-norm coordinates
 *   samples  (B + 1) rows x (rowBytes + 64): a ring of inputs
 *   fields, values, slopes   even(k) + even(p) f64 each: teacher, then student
 *   pending  B x even(p) f64: f_i of the samples whose update waits
 *   inputs   u32 addresses of the inputs of the samples whose update waits
 *   a, aStar, aStep   p, k, p f64
 *   label    of the sample that was fetched last
 *
 * and of a finite set of n samples (finite-set.ts), 0 without one:
 *
 *   order    1 cyclic, 2 reshuffled, 3 with replacement
 *   set      n rows x (rowBytes + 64) of inputs; labels: n f64; set = 0: samples are drawn anew, the same, each time
 *   choices  u32: the samples of the current step
 *   permutation  u32 n: the order of pass number `pass` (-1: none yet)
 *   loss     sum of squared residuals over the set, as far as it is added up
 *   ratePiece, secondPiece   of the schedules, for the flow (finite-set-flow.ts)
 */
@unmanaged
export class Dense {
  single: f64; rowBytes: f64; d: f64; p: f64; k: f64; batch: f64;
  studentActivation: f64; teacherActivation: f64; studentScale: f64; teacherScale: f64;
  sphere: f64; spectrum: f64; eigenspaces: f64; noise: f64; decay: f64; trainsSecond: f64; secondDecay: f64;
  rate: f64; secondRate: f64;
  weights: f64; samples: f64; fields: f64; values: f64; slopes: f64; pending: f64; a: f64; aStar: f64; aStep: f64;
  inputKey: f64; generator: f64;
  step: f64; ring: f64; waiting: f64; inputs: f64; label: f64;
  n: f64; order: f64; set: f64; labels: f64; choices: f64; permutation: f64; pass: f64; orderKey: f64; loss: f64;
  ratePiece: f64; secondPiece: f64;
}

const NAMES = "single rowBytes d p k batch studentActivation teacherActivation studentScale teacherScale " +
  "sphere spectrum eigenspaces noise decay trainsSecond secondDecay rate secondRate " +
  "weights samples fields values slopes pending a aStar aStep inputKey generator step ring waiting inputs label " +
  "n order set labels choices permutation pass orderKey loss ratePiece secondPiece";

/** Names of the numbers of `Dense`, in order, separated by spaces. */
export function denseFields(): string {
  return NAMES;
}

export function even(n: i32): i32 {
  return (n + 1) & ~1;
}

/** Bytes from one input to the next: draws come in fours and eights and may write beyond the row. */
// @ts-ignore: decorator
@inline
export function inputBytes(run: Dense): usize {
  return <usize>run.rowBytes + 64;
}
