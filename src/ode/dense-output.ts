/**
 * What an integrator knows between its steps: records [t, h, r1..r5], one a step, with
 *
 *   y(t + s h) = r1 + s (r2 + (1 - s) (r3 + s (r4 + (1 - s) r5))),   0 <= s <= 1
 *
 * (Hairer, Norsett & Wanner II.6; the form holds every method's interpolant up to degree 4).
 */

export interface DenseOutput {
  readonly records: Float64Array;
  /** Numbers of a state. */
  readonly size: number;
  /** Time up to which the records hold; a run that ended at an event ended within a step. */
  readonly end: number;
}

/** Numbers of a record of states of `size` numbers. */
function recordLength(size: number): number {
  return 2 + 5 * size;
}

/** The records one after the other. */
export function* eachRecord(records: Float64Array, size: number): Generator<Float64Array> {
  const length = recordLength(size);
  for (let at = 0; at < records.length; at += length) yield records.subarray(at, at + length);
}

/** Offset of the last record whose step contains t, or -1. */
function findRecord({ records, size, end }: DenseOutput, t: number): number {
  const length = recordLength(size);
  let low = -1;
  let high = records.length / length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (records[middle * length] <= t) low = middle;
    else high = middle;
  }
  if (low < 0 || t > end) return -1;
  return t <= records[low * length] + records[low * length + 1] * (1 + 1e-12) ? low * length : -1;
}

/** The state at the part s of a record's step, the record at an offset. */
export function stateWithin(records: Float64Array, size: number, record: number, s: number): Float64Array {
  const rest = 1 - s;
  return Float64Array.from({ length: size }, (_, i) => {
    const at = record + 2 + i;
    const inner = records[at + 3 * size] + rest * records[at + 4 * size];
    return records[at] + s * (records[at + size] + rest * (records[at + 2 * size] + s * inner));
  });
}

/** The state at time t, or undefined where no record has it. */
export function stateAt(dense: DenseOutput, t: number): Float64Array | undefined {
  const { records, size } = dense;
  const record = findRecord(dense, t);
  return record < 0 ? undefined : stateWithin(records, size, record, (t - records[record]) / records[record + 1]);
}
