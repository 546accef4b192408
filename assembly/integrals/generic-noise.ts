/** The noise matrix for activations of any kind: see generic.ts. */
import { series } from "./expansion";
import { at, correlation, expandUnits, setDiagonal, slopeProduct, unitAt, Work } from "./generic";
import { kinkedNoise } from "./kinked-noise";
import { accumulate, differenceRule, scaleCovariance } from "./noise-scaling";
import { mixedNoise } from "./polynomial-student";
import { MAX_NODES, rateAt, RULE_BYTES, Slope, slopeRule, weightAt } from "./slopes";
import { linearRisk, quadraticRisk, risk, tilt } from "./tilted-risk";
import { ARRAY, Unit } from "./units";

/**
 * N_ij / (n_s^2 a_i a_j) for every pair i <= j, one f64 a pair in the order of erf.ts's `writePairs`.
 * @returns an estimate of the relative error: what the rules of the slopes make of E[s'_i s'_j], and what the expansions leave out
 */
export function genericNoise(address: usize, O: usize, stride: usize, c: usize, Delta: f64, out: usize): f64 {
  const work = changetype<Work>(address), p = work.p, k = work.k;
  if (changetype<Slope>(work.slope).isKnown == 0) return mixedNoise(work.mixed, O, stride, c, Delta, out);
  setDiagonal(work, O, stride);
  work.error = expandUnits(work, work.diagonal, true);
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) {
      store<f64>(work.B + (<usize>(i * p + j) << 3), slopeProduct(work, k + i, k + j, at(O, k + i, k + j, stride)));
    }
  }
  if (changetype<Slope>(work.slope).leak == changetype<Slope>(work.slope).leak) return kinkedNoise(work, O, stride, c, Delta, out);
  for (let i = 0; i < p; i++) {
    store<f64>(work.tails + (<usize>i << 3), tailOf(unitAt(work, k + i)));
    makeRule(work, i, at(O, k + i, k + i, stride));
  }
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++, out += 8) {
      store<f64>(out, Delta * load<f64>(work.B + (<usize>(i * p + j) << 3)) + pairNoise(work, O, stride, c, i, j));
    }
  }
  return work.error;
}

/** Pairs of nodes and their reach: (reach / 2)^(2n) = 1e-10. */
const PAIRS: i32 = 6;
const REACH: f64 = 0.3;

/**
 * dN(tau Omega) / dtau at tau = 1 of every pair, in the same order, at the cost of 12 N; to 1e-9 of N and 10 times the error of N.
 * @returns an estimate of the relative error of N
 */
export function genericNoiseScaling(address: usize, O: usize, stride: usize, c: usize, Delta: f64, out: usize): f64 {
  const work = changetype<Work>(address), count = (work.p * (work.p + 1)) >> 1;
  differenceRule(PAIRS, REACH, work.taus);
  memory.fill(out, 0, <usize>count << 3);
  let error = 0.0;
  for (let j = 0; j < 2 * PAIRS; j++) {
    const node = work.taus + (<usize>(j >> 1) << 3), t = j & 1 ? -load<f64>(node) : load<f64>(node), weight = load<f64>(node + 8 * PAIRS);
    scaleCovariance(O, stride, work.m, 1 + t, work.scaled);
    error = max(error, genericNoise(address, work.scaled, stride, c, Delta, work.N));
    accumulate(out, j & 1 ? -weight : weight, work.N, count);
  }
  return error;
}

// @ts-ignore: decorator
@inline
function ruleAt(work: Work, i: i32): usize {
  return work.rules + <usize>i * RULE_BYTES;
}

/** What E[s'^2] has behind the terms that two such units are given: E[s'_i s'_j] lacks at most the mean of theirs, times rho to their number. */
function tailOf(unit: Unit): f64 {
  if (unit.hasKink) return 0;
  const arrays = unit.arrays, even = min(unit.halfEven, unit.fullEven), odd = min(unit.halfOdd, unit.fullOdd);
  return max(0.0, unit.square - series(arrays, arrays + 2 * ARRAY, even, 1) - series(arrays + ARRAY, arrays + 3 * ARRAY, odd, 1));
}

/** The same for two units. */
function tailOfPair(work: Work, i: i32, j: i32, C: f64): f64 {
  const tail = Math.sqrt(load<f64>(work.tails + (<usize>i << 3)) * load<f64>(work.tails + (<usize>j << 3)));
  if (!(tail > 0)) return 0;
  const u = unitAt(work, work.k + i), v = unitAt(work, work.k + j), rho = correlation(u, v, C);
  let power = 1.0, base = rho * rho;
  for (let n = min(min(max(u.halfEven, v.halfEven), min(u.fullEven, v.fullEven)), min(max(u.halfOdd, v.halfOdd), min(u.fullOdd, v.fullOdd))); n > 0; n >>= 1) {
    if (n & 1) power *= base;
    base *= base;
  }
  return tail * power;
}

/** How much larger than those of E[s'_i^2] the errors of N may be, of an even slope and of others: e^2 weighs the tails of x_i more. */
const SAFETY_EVEN: f64 = 50;
const SAFETY: f64 = 5;

/** The terms of student i's slope: as few nodes as give E[s'_i^2] and E[x_i^2 s'_i^2] to the tolerance, from those of the last call on. */
function makeRule(work: Work, i: i32, v: f64): void {
  const slope = changetype<Slope>(work.slope), order = work.orders + (<usize>i << 2), rule = ruleAt(work, i);
  if (slope.form == 0) {
    store<i32>(work.counts + (<usize>i << 2), slopeRule(work.slope, v, 0, rule));
    return;
  }
  const unit = unitAt(work, work.k + i), square = unit.square, weighted = unit.weighted;
  const safety = slope.hasOdd != 0 || slope.form > 1 ? SAFETY : SAFETY_EVEN;
  for (let n = load<i32>(order); ; n++) {
    const counts = slopeRule(work.slope, v, n, rule);
    squaresByRule(rule, counts, v);
    const apart = safety * max(Math.abs(load<f64>(exact) / square - 1), Math.abs(load<f64>(exact, 8) / weighted - 1));
    if (apart > work.tolerance && n < MAX_NODES) continue;
    work.error = max(work.error, apart);
    store<i32>(work.counts + (<usize>i << 2), counts);
    // one node less gives away a factor of 20 and more
    store<i32>(order, apart < 1e-3 * work.tolerance && n > 2 ? n - 1 : n);
    return;
  }
}

/** What the next one finds: E[s'^2], E[z^2 s'^2]. */
const exact = memory.data(16, 16);

/** By the terms of a slope. */
function squaresByRule(rule: usize, counts: i32, v: f64): void {
  const even = counts & 255, count = even + (counts >> 8);
  let square = 0.0, weighted = 0.0;
  for (let r = 0; r < count; r++) {
    for (let q = 0; q < count; q++) {
      if ((r < even) != (q < even)) continue;
      const scale = 1 / (1 + 2 * (rateAt(rule, r) + rateAt(rule, q)) * v);
      const term = weightAt(rule, r) * weightAt(rule, q) * Math.sqrt(scale) * (r < even ? 1 : v * scale);
      square += term;
      weighted += (r < even ? 1 : 3) * scale * term;
    }
  }
  store<f64>(exact, square);
  store<f64>(exact, weighted, 8);
}

/** E[s'_i s'_j e^2], without label noise. */
function pairNoise(work: Work, O: usize, stride: usize, c: usize, i: i32, j: i32): f64 {
  const isSame = i == j;
  const ruleI = ruleAt(work, i), ruleJ = ruleAt(work, j);
  const countsI = load<i32>(work.counts + (<usize>i << 2)), countsJ = load<i32>(work.counts + (<usize>j << 2));
  const evenI = countsI & 255, evenJ = countsJ & 255, nI = evenI + (countsI >> 8), nJ = evenJ + (countsJ >> 8);
  const X = at(O, work.k + i, work.k + j, stride), rowI = O + <usize>(work.k + i) * stride, rowJ = O + <usize>(work.k + j) * stride;
  let sum = 0.0, product = 0.0;
  for (let r = 0; r < nI; r++) {
    const a = 2 * rateAt(ruleI, r), wI = weightAt(ruleI, r);
    for (let q = isSame ? r : 0; q < nJ; q++) {
      const b = 2 * rateAt(ruleJ, q), norm = (isSame && q > r ? 2 : 1) * wI * weightAt(ruleJ, q) * tilt(work, O, stride, i, j, a, b);
      if (r < evenI && q < evenJ) {
        product += norm;
        sum += norm * risk(work, O, stride, c, rowI, rowJ, a, b);
      } else if (r >= evenI && q >= evenJ) {
        const tilted = load<f64>(work.toI + (<usize>(work.k + j) << 3));
        product += norm * tilted;
        sum += norm * quadraticRisk(work, O, stride, c, rowI, rowJ, a, b, work.toI, work.toJ, tilted);
      } else {
        sum += norm * linearRisk(work, O, stride, c, r < evenI ? work.toJ : work.toI, rowI, rowJ, a, b);
      }
    }
  }
  const B = work.B, row = work.p, known = load<f64>(B + (<usize>(i * row + j) << 3));
  const size = Math.sqrt(load<f64>(B + (<usize>(i * row + i) << 3)) * load<f64>(B + (<usize>(j * row + j) << 3)));
  if (size > 0 && !isSame) work.error = max(work.error, (Math.abs(product - known) - tailOfPair(work, i, j, X)) / size);
  return sum;
}
