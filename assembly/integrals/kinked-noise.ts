/**
 * The noise matrix of (leaky) ReLU students with teachers of another kind. With s' = alpha + beta sgn x, alpha, beta = (1 +- leak) / 2,
 *
 *   E[s'_i s'_j e^2] = alpha^2 R + alpha beta (S_i + S_j) + beta^2 S_ij,   R = E[e^2],  S_i = E[sgn(x_i) e^2],  S_ij = E[sgn(x_i x_j) e^2].
 *
 * S_i is a mixture of tilted risks (slopes.ts). For S_ij let y1, y2 be the orthonormal coordinates of (x_i, x_j) and (y, y') those turned by theta. x_i x_j has the
 * sign of their covariance but for a wedge of angles, which closes as the two get parallel, and over which
 *
 *   W = E[wedge e^2] = (2 pi)^(-1/2) int_wedge E[|y| E[e^2 | y, y' = 0]] dtheta,   S_ij = +-(R - 2 W):
 *
 * Gauss-Legendre rules in theta, and |y| = y^2 / |y| a mixture of tilts once more. So students at correlation 1 are as good as any. Where another student all but
 * lies in the plane of (y1, y2), its own kink makes one in theta, or nearly: there wedges are cut, and panels are halved until it no longer matters.
 */
import { atan2, sinCos } from "../special/trig";
import { leakOf } from "./expansion";
import { at, expandUnits, Work } from "./generic";
import { legendre } from "./quadrature";
import { rateAt, Slope, slopeRule, weightAt } from "./slopes";
import { linearRisk, quadraticRisk, risk, tilt } from "./tilted-risk";

const INVERSE_ROOT_2PI: f64 = 0.3989422804014327;
const HALF_PI: f64 = 1.5707963267948966;

/** Nodes of 1 / |x|, and those of the check; angles of a panel of a wedge, which is pi / 2 at most. */
const NODES: i32 = 10;
const MORE_NODES: i32 = 13;
const ANGLES: i32 = 8;
/** A panel is right where its halves change it by less than this part of R; how often panels are halved. A kink's error falls as 4^-depth. */
const ENOUGH: f64 = 1e-10;
const DEEPEST: i32 = 16;

const angles = memory.data(8 * 8, 16), beta = memory.data(8 * 8, 16), weights = memory.data(8 * 8, 16), point = memory.data(16, 16);
/** What halves changed in the panels of a wedge. */
const doubt = memory.data(8, 16);

/**
 * N_ij for every pair i <= j, the products of slopes in work.B.
 * @returns an estimate of the relative error: of every S_i by two rules, of wedges by their halves, and what the expansions leave out
 */
export function kinkedNoise(work: Work, O: usize, stride: usize, c: usize, Delta: f64, out: usize): f64 {
  const p = work.p, leak = changetype<Slope>(work.slope).leak, low = 0.5 * (1 - leak), high = 0.5 * (1 + leak), S = work.tails;
  const first = O + <usize>work.k * stride;
  tilt(work, O, stride, 0, 0, 0, 0);
  const R = risk(work, O, stride, c, first, first, 0, 0);
  for (let i = 0; i < p; i++) {
    const Si = single(work, O, stride, c, i, NODES);
    store<f64>(S + (<usize>i << 3), Si);
    // any of them may be close to another field, where the rule is slow
    if (R > 0 && low > 0) work.error = max(work.error, Math.abs(single(work, O, stride, c, i, MORE_NODES) - Si) / R);
  }
  // 1 / |y| at variance 1
  slopeRule(work.slope, 1, NODES, work.kinkRules);
  for (let i = 0; i < p; i++) {
    const Si = load<f64>(S + (<usize>i << 3));
    for (let j = i; j < p; j++, out += 8) {
      const Sij = i == j || low == 0 ? R : signs(work, O, stride, c, i, j, R);
      const sum = high * high * R + high * low * (Si + load<f64>(S + (<usize>j << 3))) + low * low * Sij;
      store<f64>(out, Delta * load<f64>(work.B + (<usize>(i * p + j) << 3)) + sum);
    }
  }
  return work.error;
}

/** S_i. */
function single(work: Work, O: usize, stride: usize, c: usize, i: i32, nodes: i32): f64 {
  const rule = work.kinkRules, low = 0.5 * (1 - changetype<Slope>(work.slope).leak), row = O + <usize>(work.k + i) * stride;
  if (low == 0) return 0;
  const even = slopeRule(work.slope, at(O, work.k + i, work.k + i, stride), nodes, rule) & 255;
  let sum = 0.0;
  for (let r = even; r < even + nodes; r++) {
    const a = 2 * rateAt(rule, r), norm = tilt(work, O, stride, i, i, a, 0);
    sum += weightAt(rule, r) * norm * linearRisk(work, O, stride, c, work.toI, row, row, a, 0);
  }
  return sum / low;
}

/** S_ij. */
function signs(work: Work, O: usize, stride: usize, c: usize, i: i32, j: i32, R: f64): f64 {
  const m = work.m, k = work.k, ii = at(O, k + i, k + i, stride), jj = at(O, k + j, k + j, stride), ij = at(O, k + i, k + j, stride);
  const vector = <usize>((m + 1) & ~1) << 3, y1 = work.kink, y2 = y1 + vector;
  // sgn 0 counts as independent
  if (!(ii > 0 && jj > 0)) return 0;
  const scale = 1 / Math.sqrt(ii), along = ij * scale, rest = Math.sqrt(max(0.0, jj - along * along)), scale2 = rest > 0 ? 1 / rest : 0;
  for (let u = 0; u < m; u++) {
    const one = at(O, k + i, u, stride) * scale, wide = Math.sqrt(at(O, u, u, stride) - one * one);
    // |cov| is below the standard deviation of what is left, which rounding does not know
    const two = (at(O, k + j, u, stride) - along * one) * scale2;
    store<f64>(y1 + (<usize>u << 3), one);
    store<f64>(y2 + (<usize>u << 3), wide > 0 ? max(-wide, min(wide, two)) : 0);
  }
  const psi = atan2(rest, along), isAcute = along >= 0;
  const W = isAcute ? wedge(work, O, stride, c, -HALF_PI, psi - HALF_PI, R) : wedge(work, O, stride, c, psi - HALF_PI, HALF_PI, R);
  return isAcute ? R - 2 * W : 2 * W - R;
}

/** W: from kink to kink of the fields that are nearly in the plane, each piece by panels. */
function wedge(work: Work, O: usize, stride: usize, c: usize, from: f64, to: f64, R: f64): f64 {
  let sum = 0.0;
  store<f64>(doubt, 0);
  while (from < to) {
    const next = nextKink(work, from, to);
    sum += refined(work, O, stride, c, from, next, panel(work, O, stride, c, from, next), R, DEEPEST);
    from = next;
  }
  if (R > 0) work.error = max(work.error, load<f64>(doubt) / R);
  return sum;
}

/** The first angle after `from` at which a field with a kink, in the plane but for a tenth of its variance, is uncorrelated with y; `to` where there is none. */
function nextKink(work: Work, from: f64, to: f64): f64 {
  const m = work.m, y1 = work.kink, y2 = y1 + (<usize>((m + 1) & ~1) << 3);
  const leak = leakOf(work.teacher), first = leak == leak ? 0 : work.k;
  for (let u = <usize>first << 3; u < <usize>m << 3; u += 8) {
    const one = load<f64>(y1 + u), two = load<f64>(y2 + u), variance = load<f64>(work.diagonal + u);
    if (!(variance - one * one - two * two < 0.1 * variance)) continue;
    const angle = two < 0 ? atan2(one, -two) : atan2(-one, two);
    // ends that rounding has moved are no panels
    if (angle > from + 1e-12 && angle < to - 1e-12) to = angle;
  }
  return to;
}

/** W of a panel whose rule gave `whole`, by halves as far as they change it. */
function refined(work: Work, O: usize, stride: usize, c: usize, from: f64, to: f64, whole: f64, R: f64, depth: i32): f64 {
  const middle = 0.5 * (from + to);
  const left = panel(work, O, stride, c, from, middle), right = panel(work, O, stride, c, middle, to);
  const apart = Math.abs(left + right - whole);
  if (depth == 0 || !(apart > ENOUGH * R)) {
    store<f64>(doubt, load<f64>(doubt) + apart);
    return left + right;
  }
  return refined(work, O, stride, c, from, middle, left, R, depth - 1) + refined(work, O, stride, c, middle, to, right, R, depth - 1);
}

/** W of a panel, by one rule. */
function panel(work: Work, O: usize, stride: usize, c: usize, from: f64, to: f64): f64 {
  const m = work.m, vector = <usize>((m + 1) & ~1) << 3, y1 = work.kink, y2 = y1 + vector, y = y2 + vector, across = y + vector;
  const rule = work.kinkRules, even = 1, low = 0.5 * (1 - changetype<Slope>(work.slope).leak);
  legendre(ANGLES, from, to, angles, beta, weights);
  let total = 0.0;
  for (let q: usize = 0; q < <usize>ANGLES << 3; q += 8) {
    sinCos(load<f64>(angles + q), point);
    const sin = load<f64>(point), cos = load<f64>(point, 8);
    for (let u: usize = 0; u < <usize>m << 3; u += 8) {
      const one = load<f64>(y1 + u), two = load<f64>(y2 + u);
      store<f64>(y + u, cos * one + sin * two);
      store<f64>(across + u, cos * two - sin * one);
      store<f64>(work.toJ + u, cos * two - sin * one);
    }
    let sum = 0.0;
    for (let r = even; r < even + NODES; r++) {
      const a = 2 * rateAt(rule, r), t = 1 / (1 + a);
      for (let u: usize = 0; u < <usize>m << 3; u += 8) {
        const one = load<f64>(y + u), two = load<f64>(across + u);
        store<f64>(work.toI + u, t * one);
        store<f64>(work.variances + u, max(0.0, load<f64>(work.diagonal + u) - a * t * one * one - two * two));
      }
      work.error = max(work.error, expandUnits(work, work.variances, true));
      sum += weightAt(rule, r) * Math.sqrt(t) * quadraticRisk(work, O, stride, c, y, across, a, 1, work.toI, work.toI, t);
    }
    total += load<f64>(weights + q) * sum;
  }
  return (INVERSE_ROOT_2PI * total) / low;
}
