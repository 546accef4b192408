/**
 * Nodes of int_0^1 f(t) dt for the path integrals of `orthant`: f is even, analytic but on the real axis beyond 1 / kappa, kappa < 1,
 * and has an integrable singularity there.
 *
 *   t = tanh(y) / tanh(Y),  tanh Y >= kappa
 *
 * carries the two cuts to Im y = +-pi/2 wherever on them the singularities lie, so that Gauss-Legendre rules on [-Y, Y] with 2 n nodes
 * err by rho^(-4n), rho = q + sqrt(1 + q^2), q = pi / (2 Y), *uniformly*, also where several singularities come close to 1 together
 * (nearly parallel or coplanar fields). f being even, n values do. A class is one Y; f decays like e^-y, so the panels behind the
 * first grow.
 *
 *   class   0    1    2    3    4    5    6    7    8    9   10
 *   n       4    6    8   12   16   24   32   48   64   80   96
 */
import { exp, expm1 } from "../special/exp";
import { legendre } from "./quadrature";

const CLASSES: i32 = 11;
/** Y of the classes: rho^(-4n) below 1e-15 up to class 6, then one more panel of 16 nodes each. */
const ENDS: usize = memory.data<f64>([0.36, 0.78, 1.2, 2, 2.75, 4.25, 5.7, 8.6, 11.8, 15.2, 19]);
const ONE_PANEL: i32 = 7;
const COUNTS: usize = memory.data<i32>([4, 6, 8, 12, 16, 24, 32]);
/** A class in 16 bytes: 1 - tanh(Y)^2 as f64, address of the first record and of the end as u32. */
const TABLE: usize = memory.data(176, 16);
/** Two nodes in 48 bytes: s = t^2, 1 - s, weight. */
const RECORDS: usize = memory.data(9360, 16);
/** A rule of up to 64 nodes. */
const NODES: usize = memory.data(512, 16), BETA: usize = memory.data(512, 16), WEIGHTS: usize = memory.data(512, 16);

// @ts-ignore: decorator
@inline
function recordOf(index: i32): usize {
  return RECORDS + <usize>(index >> 1) * 48 + (<usize>(index & 1) << 3);
}

/** Writes the nodes y > 0 of the rule of n nodes on [from, to]; returns the index behind them. */
function writePanel(index: i32, n: i32, from: f64, to: f64, end: f64): i32 {
  legendre(n, from, to, NODES, BETA, WEIGHTS);
  const E1 = exp(-2.0 * end), tau = (1.0 - E1) / (1.0 + E1);
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    const y = load<f64>(NODES + i), E = exp(-2.0 * y);
    if (y < 0.0) continue;
    const t = -expm1(-2.0 * y) / ((1.0 + E) * tau);
    // 1 - t^2 = (sech^2 y - sech^2 Y) / tau^2
    const root = (1.0 + E) * (1.0 - E1);
    const record = recordOf(index++);
    store<f64>(record, t * t);
    store<f64>(record, (-4.0 * E * expm1(-2.0 * (end - y)) * (1.0 - E * E1)) / (root * root), 16);
    store<f64>(record, (load<f64>(WEIGHTS + i) * 4.0 * E) / ((1.0 + E) * (1.0 + E) * tau), 32);
  }
  return index;
}

/** Fills the table, unless it is; before any path integral. Takes a millisecond. */
export function initialisePathNodes(): void {
  if (load<f64>(TABLE) != 0.0) return;
  let index = 0;
  for (let which = 0; which < CLASSES; which++) {
    const entry = TABLE + (which << 4), end = load<f64>(ENDS + (which << 3)), E1 = exp(-2.0 * end);
    store<f64>(entry, (4.0 * E1) / ((1.0 + E1) * (1.0 + E1)));
    store<u32>(entry, <u32>recordOf(index), 8);
    const first = min(which, ONE_PANEL - 1), firstEnd = load<f64>(ENDS + (first << 3));
    index = writePanel(index, 2 * load<i32>(COUNTS + (first << 2)), -firstEnd, firstEnd, end);
    for (let panel = ONE_PANEL; panel <= which; panel++) {
      index = writePanel(index, 16, load<f64>(ENDS + ((panel - 1) << 3)), load<f64>(ENDS + (panel << 3)), end);
    }
    store<u32>(entry, <u32>recordOf(index), 12);
  }
}

/** Address of the entry of the smallest class for 1 - kappa^2 = `gap`; the last one for what is smaller still. */
// @ts-ignore: decorator
@inline
export function pathClass(gap: f64): usize {
  let entry = TABLE;
  for (const last = TABLE + ((CLASSES - 1) << 4); entry < last && load<f64>(entry) > gap; ) entry += 16;
  return entry;
}
