/**
 * Expansions (expansion.ts) of many units at many variances: between nodes in w, because a right-hand side asks for thousands of them.
 *
 * A table holds an activation's expansions at 10 Chebyshev nodes of each of 40 intervals in w, eight to each octave of 1 + w up to w = 31; sigma_0 and kappa_n
 * are interpolated to 1e-13. Intervals are filled as they are first asked for, a millisecond each, tens of them at w = 10. Of each is known how many terms leave out a share of
 * 1e-13 of the variance of s ("half": enough for a pair of which both do so, by Cauchy-Schwarz) and of 1e-26 ("full": enough with any other field).
 */
import { activate, ERF } from "../activations";
import { exp } from "../special/exp";
import { sinCos } from "../special/trig";
import { expand, leakOf } from "./expansion";

const TERMS: i32 = 2048;
const NODES: i32 = 10;
const ROWS: i32 = 40;
/** Five cache lines beyond a multiple of 4096, where lines of all nodes would meet. */
const NODE_BYTES: usize = 16 * 2048 + 320;
const ROW_BYTES: usize = 64 + 10 * (16 * 2048 + 320);
export const TABLE_BYTES: usize = 40 * (64 + 10 * (16 * 2048 + 320));
const TOLERANCE: f64 = 1e-13;
const INVERSE_ROOT_2PI: f64 = 0.3989422804014327;

/** Counts of terms of a row, even numbers; `left` is the share of the variance of s behind the last of them. */
@unmanaged
class Row {
  left: f64;
  halfEven: i32; fullEven: i32; halfOdd: i32; fullOdd: i32;
  isFilled: i32; reserved: i32;
}

/** Bytes from one of a unit's arrays to the next; no multiple of 4096 either. */
export const ARRAY: usize = 8 * (2048 + 8);

/**
 * A unit at its standard deviation w: sigma_0, after `measureSlope` E[s'^2] and E[z^2 s'^2], and in `arrays`, six times `ARRAY` bytes,
 * kappa_n, (n + 1) kappa_n and sqrt((n + 2)(n + 3)) kappa_(n+2), for even n and for odd n each.
 */
@unmanaged
export class Unit {
  mean: f64; variance: f64; w: f64; inverse: f64; square: f64; weighted: f64;
  arrays: usize; row: usize;
  halfEven: i32; fullEven: i32; halfOdd: i32; fullOdd: i32;
  /** erf or with a kink: their I2 are elementary. */
  isElementary: i32; hasKink: i32;
}
/** Bytes of the record, and with the arrays behind it. */
export const UNIT_HEAD: usize = 80;
export const UNIT_BYTES: usize = 80 + 6 * 8 * (2048 + 8);

/** Nodes in (-1, 1), and 1 / product of the distances to the others. */
const nodes = memory.data(80, 16), factors = memory.data(80, 16), weights = memory.data(96, 16), point = memory.data(16, 16);
/** n + 1 and sqrt((n + 2)(n + 3)), even n and odd n each. */
const slopeFactors = memory.data(4 * 8 * 2056, 16);

function initialise(): void {
  for (let i = 0; i < NODES; i++) {
    sinCos((<f64>(2 * i + 1) * 3.141592653589793) / <f64>(2 * NODES), point);
    store<f64>(nodes + (i << 3), load<f64>(point, 8));
  }
  for (let i = 0; i < NODES; i++) {
    let product = 1.0;
    for (let j = 0; j < NODES; j++) if (j != i) product *= load<f64>(nodes + (i << 3)) - load<f64>(nodes + (j << 3));
    store<f64>(factors + (i << 3), 1 / product);
  }
  for (let k = 0; k < TERMS; k++) {
    const to = slopeFactors + (<usize>k << 3), n = 2 * k;
    store<f64>(to, <f64>(n + 1));
    store<f64>(to, <f64>(n + 2), ARRAY);
    store<f64>(to, Math.sqrt(<f64>((n + 2) * (n + 3))), 2 * ARRAY);
    store<f64>(to, Math.sqrt(<f64>((n + 3) * (n + 4))), 3 * ARRAY);
  }
}

/** Readies a table and the record of a kind of units: what does not depend on w. A kink's kappa do not, so it has no table (0). */
export function describeUnit(address: usize, code: i32, table: usize): void {
  if (load<f64>(factors) == 0) initialise();
  const unit = changetype<Unit>(address), leak = leakOf(code);
  unit.hasKink = leak == leak ? 1 : 0;
  unit.isElementary = unit.hasKink || code == ERF ? 1 : 0;
  unit.arrays = address + UNIT_HEAD;
  unit.row = table;
  if (!unit.hasKink) {
    for (let row = 0; row < ROWS; row++) changetype<Row>(table + <usize>row * ROW_BYTES).isFilled = 0;
    return;
  }
  // sigma_0 is proportional to w
  const scratch = unit.arrays + 2 * ARRAY;
  expand(code, 1, TERMS, TERMS, scratch);
  unit.mean = load<f64>(scratch);
  unit.halfEven = unit.fullEven = 2;
  unit.halfOdd = unit.fullOdd = TERMS;
  memory.copy(unit.arrays, scratch + 16, TERMS << 3);
  memory.copy(unit.arrays + ARRAY, scratch + 16 + (TERMS << 3), TERMS << 3);
  derive(unit);
}

/** Fills (n + 1) kappa_n and sqrt((n + 2)(n + 3)) kappa_(n+2), as far as kappa_n goes. */
function derive(unit: Unit): void {
  const arrays = unit.arrays;
  for (let parity: usize = 0; parity < 2; parity++) {
    const from = arrays + parity * ARRAY, count = <usize>(parity ? unit.fullOdd : unit.fullEven) << 3, by = slopeFactors + parity * ARRAY;
    for (let b: usize = 0; b < count; b += 16) v128.store(from + b, f64x2.mul(v128.load(from + b), v128.load(by + b)), 2 * ARRAY);
    if (count == 0) continue;
    // the arrays do not overlap, and kappa ends with a 0
    for (let b: usize = 0; b < count - 8; b += 8) {
      store<f64>(from + b, load<f64>(from + b, 8) * load<f64>(by + b, 2 * ARRAY), 4 * ARRAY);
    }
    store<f64>(from + count - 8, 0, 4 * ARRAY);
  }
}

/** The row of the table that holds w. */
// @ts-ignore: decorator
@inline
function rowOf(w: f64): i32 {
  // exponent and three bits of the mantissa of 1 + w
  return min(ROWS - 1, <i32>((reinterpret<u64>(1 + w) >> 49) - 8184));
}

/** Fills a row of the table. */
function fill(row: usize, index: i32, code: i32): void {
  const octave = reinterpret<f64>(<u64>((index >> 3) + 1023) << 52), width = 0.125 * octave;
  const from = octave * (1 + 0.125 * <f64>(index & 7)) - 1;
  const top = from + width, terms = min(TERMS, 24 + (<i32>min(240 * top * top, 2000) & ~1));
  for (let i = 0; i < NODES; i++) {
    const w = from + width * (0.5 + 0.5 * load<f64>(nodes + (i << 3)));
    expand(code, w, terms, TERMS, row + 64 + <usize>i * NODE_BYTES);
  }
  // the first node has the largest w
  const record = changetype<Row>(row), expansion = row + 64, even = expansion + 16, odd = even + (TERMS << 3);
  const w = from + width * (0.5 + 0.5 * load<f64>(nodes)), v = w * w;
  // of the variance of s: means may cancel
  let mass = 0.0;
  for (let k: usize = 0; k < 8 * TERMS; k += 8) {
    const a = load<f64>(even + k), b = load<f64>(odd + k);
    mass += v * (a * a + b * b);
  }
  record.halfEven = countTo(even, v, TOLERANCE * mass);
  record.halfOdd = countTo(odd, v, TOLERANCE * mass);
  record.fullEven = countTo(even, v, TOLERANCE * TOLERANCE * mass);
  record.fullOdd = countTo(odd, v, TOLERANCE * TOLERANCE * mass);
  record.left = mass > 0 ? (v * (behind(even) + behind(odd))) / mass : 0;
  record.isFilled = 1;
}

const x = memory.data(32, 16), s = memory.data(32, 16), ds = memory.data(32, 16);

/**
 * E[s'(w z)^2], E[z^2 s'(w z)^2] of a unit without a kink, to rounding: the trapezoid rule, whose error is exp(-2 pi b / (step w)) with poles at +-i b, b = pi / 2 the
 * least of them.
 */
export function measureSlope(unit: Unit, code: i32): void {
  const w = unit.w, step = 0.2 / max(w, 0.7);
  let square = 0.0, weighted = 0.0;
  for (let n = 0, last = <i32>(10 / step); n <= last; n++) {
    const z = step * <f64>n;
    store<f64>(x, w * z);
    store<f64>(x, -w * z, 8);
    activate(code, x, s, ds, 2);
    const right = load<f64>(ds), left = load<f64>(ds, 8);
    const term = (n == 0 ? 0.5 : 1.0) * exp(-0.5 * z * z) * (right * right + left * left);
    square += term;
    weighted += z * z * term;
  }
  unit.square = step * INVERSE_ROOT_2PI * square;
  unit.weighted = step * INVERSE_ROOT_2PI * weighted;
}

/** How many numbers, an even count, leave a sum of squares of at most `rest` / v behind. */
function countTo(values: usize, v: f64, rest: f64): i32 {
  let count = TERMS, sum = 0.0;
  while (count > 0) {
    const a = load<f64>(values + (<usize>count << 3) - 8), b = load<f64>(values + (<usize>count << 3) - 16);
    sum += v * (a * a + b * b);
    if (sum > rest) break;
    count -= 2;
  }
  return count;
}

/** The sum of squares behind the last number, by the ratio of the last two stretches. */
function behind(values: usize): f64 {
  let last = 0.0, before = 0.0;
  for (let b = values + 7 * TERMS; b < values + 8 * TERMS; b += 8) last += load<f64>(b) * load<f64>(b);
  for (let b = values + 6 * TERMS; b < values + 7 * TERMS; b += 8) before += load<f64>(b) * load<f64>(b);
  return last < before ? (2 * last * last) / (before - last) : last;
}

/** Takes a unit to variance v: its w, row and counts. */
export function locate(address: usize, code: i32, table: usize, v: f64): void {
  const unit = changetype<Unit>(address), w = Math.sqrt(max(v, 0.0));
  unit.variance = max(v, 0.0);
  unit.w = w;
  unit.inverse = w > 1e-150 ? 1 / w : 0;
  if (unit.hasKink) return;
  const index = rowOf(w), row = table + <usize>index * ROW_BYTES, record = changetype<Row>(row);
  if (!record.isFilled) fill(row, index, code);
  unit.row = row;
  unit.halfEven = record.halfEven;
  unit.fullEven = record.fullEven;
  unit.halfOdd = record.halfOdd;
  unit.fullOdd = record.fullOdd;
}

/** The share of the variance of s that the terms of a located unit leave out; 1 beyond the table. */
export function leftOut(address: usize): f64 {
  const unit = changetype<Unit>(address);
  return unit.hasKink ? 0 : unit.w > 31 ? 1 : changetype<Row>(unit.row).left;
}

/**
 * Interpolates sigma_0 and kappa_n of a located unit.
 * @param even, odd how many terms others can use; a unit has at most its full count
 * @param isDerived whether the other four arrays are wanted
 * @param kind the record of `describeUnit`
 */
export function read(address: usize, even: i32, odd: i32, isDerived: bool, kind: usize): void {
  const unit = changetype<Unit>(address);
  if (unit.hasKink) {
    unit.mean = unit.w * changetype<Unit>(kind).mean;
    return;
  }
  // Lagrange's basis at t
  const y = 1 + unit.w, bits = reinterpret<u64>(y), start = reinterpret<f64>((bits >> 49) << 49);
  const t = ((y - start) * 16) / reinterpret<f64>((bits >> 52) << 52) - 1;
  let product = 1.0;
  for (let i: usize = 0; i < 80; i += 8) {
    store<f64>(weights + i, product * load<f64>(factors + i));
    product *= t - load<f64>(nodes + i);
  }
  product = 1;
  for (let i: usize = 72; <isize>i >= 0; i -= 8) {
    store<f64>(weights + i, product * load<f64>(weights + i));
    product *= t - load<f64>(nodes + i);
  }
  const row = unit.row + 64;
  let mean = 0.0;
  for (let i: usize = 0; i < 10; i++) mean += load<f64>(weights + (i << 3)) * load<f64>(row + i * NODE_BYTES);
  unit.mean = mean;
  unit.fullEven = min(unit.fullEven, even);
  unit.fullOdd = min(unit.fullOdd, odd);
  interpolate(row + 16, unit.arrays, unit.fullEven);
  interpolate(row + 16 + (TERMS << 3), unit.arrays + ARRAY, unit.fullOdd);
  if (isDerived) derive(unit);
}

function interpolate(from: usize, to: usize, count: i32): void {
  const end = from + (<usize>count << 3);
  const w0 = v128.load64_splat(weights), w1 = v128.load64_splat(weights, 8), w2 = v128.load64_splat(weights, 16), w3 = v128.load64_splat(weights, 24);
  const w4 = v128.load64_splat(weights, 32), w5 = v128.load64_splat(weights, 40), w6 = v128.load64_splat(weights, 48), w7 = v128.load64_splat(weights, 56);
  const w8 = v128.load64_splat(weights, 64), w9 = v128.load64_splat(weights, 72);
  for (; from < end; from += 16, to += 16) {
    let a = f64x2.add(f64x2.mul(w0, v128.load(from)), f64x2.mul(w1, v128.load(from, NODE_BYTES)));
    let b = f64x2.add(f64x2.mul(w2, v128.load(from, 2 * NODE_BYTES)), f64x2.mul(w3, v128.load(from, 3 * NODE_BYTES)));
    a = f64x2.add(a, f64x2.mul(w4, v128.load(from, 4 * NODE_BYTES)));
    b = f64x2.add(b, f64x2.mul(w5, v128.load(from, 5 * NODE_BYTES)));
    a = f64x2.add(a, f64x2.mul(w6, v128.load(from, 6 * NODE_BYTES)));
    b = f64x2.add(b, f64x2.mul(w7, v128.load(from, 7 * NODE_BYTES)));
    a = f64x2.add(a, f64x2.mul(w8, v128.load(from, 8 * NODE_BYTES)));
    b = f64x2.add(b, f64x2.mul(w9, v128.load(from, 9 * NODE_BYTES)));
    v128.store(to, f64x2.add(a, b));
  }
}
