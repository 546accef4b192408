/**
 * Mini-batches. Epoch e goes through the set in the order of permutation number e, Fisher & Yates' from the scalar generator at block e of the order's stream; step nu
 * takes B samples of it, from place (nu mod perEpoch) B on, and what is left of the set at the end of an epoch is not used in it. So a batch follows from its step.
 */
import { nextUniform, seekScalar } from "../random/stream";
import { augment } from "./augment";
import { eights, packRow, panelBytes } from "./panels";
import { Run } from "./run";

/** Makes the order of an epoch, in `order`. */
function shuffle(run: Run, epoch: f64): void {
  const n = <u32>run.n, order = <usize>run.order;
  for (let i: u32 = 0; i < n; i++) store<u32>(order + (<usize>i << 2), i);
  seekScalar(<usize>run.orderKey, <u64>epoch);
  for (let i = n - 1; i > 0; i--) {
    const here = order + (<usize>i << 2), there = order + (<usize>(nextUniform() * <f64>(i + 1)) << 2);
    const number = load<u32>(here);
    store<u32>(here, load<u32>(there));
    store<u32>(there, number);
  }
  run.pass = epoch;
}

/** Number within the set of sample b of the current step; `first` is that of `beginBatch`. */
// @ts-ignore: decorator
@inline
function numberOf(run: Run, first: u32, b: i32): u32 {
  return run.staged != 0 ? first + b : load<u32>(<usize>run.order + (<usize>(first + b) << 2));
}

/** Place in the order at which the current step begins. */
function beginBatch(run: Run): u32 {
  if (run.staged != 0) return <u32>run.place;
  const epoch = Math.floor(run.step / run.perEpoch);
  if (run.pass != epoch) shuffle(run, epoch);
  return <u32>((run.step - epoch * run.perEpoch) * run.batch);
}

/** Rows `first` .. of a set into the input's panels; rows up to the next multiple of 8 are set to zero. */
export function packInputs(x: usize, rowBytes: usize, count: i32, input: usize): void {
  const rows = eights(count), bytes = panelBytes(rows), columns = <i32>(rowBytes >> 2);
  for (let b = 0; b < count; b++, x += rowBytes) packRow(x, columns, input + (<usize>b << 5), bytes);
  clearRows(input, bytes, count, rows, columns);
}

function clearRows(input: usize, bytes: usize, count: i32, rows: i32, columns: i32): void {
  if (count == rows) return;
  for (let c = 0; c < columns; c += 8, input += bytes) memory.fill(input + (<usize>count << 5), 0, <usize>(rows - count) << 5);
}

/** Makes the changes of sample b of the current step at `row`. */
function changeSample(run: Run, b: i32, row: usize): void {
  const count = <i32>run.changeCount, block = <u64>run.step * <u64>run.batch + b;
  if (count > 0) augment(<usize>run.changes, count, <usize>run.changeKey, block, row, <i32>run.features, <usize>run.row + <usize>run.rowBytes);
}

/** The batch of the current step as the first layer's input, changed where that is asked for; labels and targets of its samples to `labels` and `targets`. */
export function packBatch(run: Run, labels: usize, targets: usize): void {
  const batch = <i32>run.batch, rows = eights(batch), bytes = panelBytes(rows), input = <usize>run.input;
  const rowBytes = <usize>run.rowBytes, columns = <i32>(rowBytes >> 2), first = beginBatch(run), changes = <i32>run.changeCount;
  const targetBytes = <usize>run.outputs << 2;
  for (let b = 0; b < batch; b++) {
    const number = <usize>numberOf(run, first, b);
    let x = <usize>run.x + number * rowBytes;
    if (changes > 0) {
      const row = <usize>run.row;
      memory.copy(row, x, rowBytes);
      changeSample(run, b, row);
      x = row;
    }
    packRow(x, columns, input + (<usize>b << 5), bytes);
    store<i32>(labels + (<usize>b << 2), load<i32>(<usize>run.labels + (number << 2)));
    if (targets != 0) memory.copy(targets + <usize>b * targetBytes, <usize>run.targets + number * targetBytes, targetBytes);
  }
  clearRows(input, bytes, batch, rows, columns);
  if (run.staged != 0) run.place += run.batch;
}

/** Copies the samples of the current step, changed where that is asked for, to x, labels and targets (0: without). */
export function classifierBatch(address: usize, x: usize, labels: usize, targets: usize): void {
  const run = changetype<Run>(address), rowBytes = <usize>run.rowBytes, first = beginBatch(run), targetBytes = <usize>run.outputs << 2;
  for (let b = 0, batch = <i32>run.batch; b < batch; b++) {
    const number = <usize>numberOf(run, first, b);
    const to = x + <usize>b * rowBytes;
    memory.copy(to, <usize>run.x + number * rowBytes, rowBytes);
    changeSample(run, b, to);
    store<i32>(labels + (<usize>b << 2), load<i32>(<usize>run.labels + (number << 2)));
    if (targets != 0) memory.copy(targets + <usize>b * targetBytes, <usize>run.targets + number * targetBytes, targetBytes);
  }
}
