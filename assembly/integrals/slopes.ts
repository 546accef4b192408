/**
 * Slopes of activations as mixtures of Gaussians: what makes the noise matrix N a sum of risks at tilted covariances.
 *
 *   s'(x) = sum_r w_r exp(-lambda_r x^2) + x sum_r w~_r exp(-lambda~_r x^2)     ("even" and "odd" terms)
 *
 *   erf         sqrt(2/pi) exp(-x^2/2)             linear     1 (lambda = 0)
 *   tanh        1/cosh^2 x = (2/sqrt pi) int_0^inf (-theta'(q) q) exp(-q^2 x^2) dq
 *   logistic    1/4 of tanh' at x/2
 *   softplus    1/2 + x T(x/2)/4,  T(y) = tanh(y)/y = (2/sqrt pi) int_0^inf theta(q) exp(-q^2 y^2) dq
 *   GELU        1/2 + x [phi(x) + int_0^1 exp(-q^2 x^2/2) dq / sqrt(2 pi)]
 *   ReLU        (1 + l)/2 + (1 - l)/2 x / |x|,     1/|x| = (2/sqrt pi) int_0^inf exp(-q^2 x^2) dq,  l the slope below 0
 *   degree 2    b_1 + 2 b_2 x (lambda = 0)
 *
 * theta(q) = 1 + 2 sum_k (-1)^k exp(-k^2/q^2) = 2 sqrt(pi) q sum_k exp(-pi^2 q^2 (k - 1/2)^2), k = 1, 2, ..: the partial fractions of tanh under
 * 1/(x^2 + c^2) = int exp(-t (x^2 + c^2)) dt. (That the logistic law is a mixture of normal ones: Andrews & Mallows 1974.)
 *
 * The integrals are made sums for a field of variance v by the Gauss rule in the variable phi^2, tan^2 phi = 2 lambda v, of the measure times cos phi (even) or
 * cos^3 phi (odd): that is what the tilt does to the norm, and the rest, the tilted risk, is analytic in phi^2. Five nodes leave 1e-10 at v = 1.
 */
import { GELU, kindOf, LOGISTIC, SOFTPLUS, TANH } from "../activations";
import { exp } from "../special/exp";
import { atan2, sinCos } from "../special/trig";
import { leakOf, polynomialCount, polynomialTerm } from "./expansion";
import { gaussRule, legendre } from "./quadrature";

const INVERSE_ROOT_2PI: f64 = 0.3989422804014327;
const ROOT_TWO_OVER_PI: f64 = 0.7978845608028654;
const TWO_OVER_ROOT_PI: f64 = 1.1283791670955126;
const HALF_PI: f64 = 1.5707963267948966;
const PI: f64 = 3.141592653589793;

/** Nodes that stand for a measure, at most. */
const DENSE: i32 = 64;
/** Most nodes of a rule. */
export const MAX_NODES: i32 = 20;
/** Room of a rule: its nodes, and two terms that are always there. */
const TERMS: i32 = 22;
/** A rule in memory: TERMS f64 lambda, then as many weights. */
export const RULE_BYTES: usize = 16 * 22;

/** What the measure is over. */
const NONE: i32 = 0;
const EVEN: i32 = 1;
const ODD: i32 = 2;
const ANGLES: i32 = 3;

/** A slope: terms that are always there, and the measure of the rest; behind it room for DENSE nodes (lambda or phi) and as many weights. */
@unmanaged
export class Slope {
  form: i32; count: i32; hasEven: i32; hasOdd: i32;
  isKnown: f64;
  even: f64; evenRate: f64; odd: f64;
  /** The slope below 0 of one with a kink; NaN of others. */
  leak: f64;
}
const NODES: usize = 64;
const WEIGHTS: usize = 64 + 8 * 64;
export const SLOPE_BYTES: usize = 64 + 2 * 8 * 64;

const beta = memory.data(8 * 64, 16), before = memory.data(8 * 64, 16), now = memory.data(8 * 64, 16);
const variable = memory.data(8 * 64, 16), weight = memory.data(8 * 64, 16), point = memory.data(16, 16);

/** theta(q), or -q theta'(q). */
function theta(q: f64, derivative: bool): f64 {
  const q2 = q * q;
  let sum = 0.0;
  if (q < 1) {
    for (let k = 7; k > 0; k--) {
      const a = <f64>(k * k) / q2, e = k & 1 ? -exp(-a) : exp(-a);
      sum += derivative ? -4 * a * e : 2 * e;
    }
    return derivative ? sum : 1 + sum;
  }
  for (let k = 4; k > 0; k--) {
    const c = PI * (<f64>k - 0.5), a = c * c * q2, e = exp(-a);
    sum += derivative ? (2 * a - 1) * e : e;
  }
  return PI * TWO_OVER_ROOT_PI * q * sum;
}

/** Writes the slope of an activation at `slope`, SLOPE_BYTES; `isKnown` is 0 where it is no such mixture (polynomials of degree 3 and more). */
export function describeSlope(code: i32, address: usize): void {
  const slope = changetype<Slope>(address), kind = kindOf(code), nodes = address + NODES, weights = address + WEIGHTS;
  memory.fill(address, 0, SLOPE_BYTES);
  slope.leak = leakOf(code);
  slope.isKnown = 1;
  slope.count = 40;
  const count = polynomialCount(code);
  if (slope.leak == slope.leak) {
    slope.form = ANGLES;
    slope.hasEven = 1;
    slope.even = 0.5 * (1 + slope.leak);
    legendre(slope.count, 0, HALF_PI, nodes, beta, weights);
    for (let b = weights; b < weights + (<usize>slope.count << 3); b += 8) store<f64>(b, load<f64>(b) * 0.5 * (1 - slope.leak) * ROOT_TWO_OVER_PI);
  } else if (count > 0) {
    slope.isKnown = count <= 3 ? 1 : 0;
    slope.even = count > 1 ? polynomialTerm(code, 1) : 0;
    slope.odd = count > 2 ? 2 * polynomialTerm(code, 2) : 0;
    slope.hasEven = slope.even != 0 ? 1 : 0;
    slope.hasOdd = slope.odd != 0 ? 1 : 0;
  } else if (kind == TANH || kind == LOGISTIC) {
    // the trapezoid rule in log q; outside of it -q theta' is below 1e-17
    const from = -1.9, step = (1.42 - from) / <f64>(slope.count - 1), scale = kind == TANH ? 1.0 : 0.25;
    slope.form = EVEN;
    for (let d = 0; d < slope.count; d++) {
      const q = exp(from + step * <f64>d);
      store<f64>(nodes + (d << 3), scale * q * q);
      store<f64>(weights + (d << 3), scale * TWO_OVER_ROOT_PI * step * q * theta(q, true));
    }
  } else if (kind == SOFTPLUS) {
    slope.form = ODD;
    slope.hasEven = 1;
    slope.even = 0.5;
    // q = 4 t^2 thins the nodes out where theta goes from 1 to 0
    slope.count = 64;
    legendre(slope.count, 0, 1, nodes, beta, weights);
    for (let d = 0; d < slope.count; d++) {
      const t = load<f64>(nodes + (d << 3)), q = 4 * t * t;
      store<f64>(nodes + (d << 3), 0.25 * q * q);
      store<f64>(weights + (d << 3), load<f64>(weights + (d << 3)) * 2 * t * TWO_OVER_ROOT_PI * theta(q, false));
    }
  } else if (kind == GELU) {
    slope.form = ODD;
    slope.hasEven = 1;
    slope.even = 0.5;
    const last = slope.count - 1;
    legendre(last, 0, 1, nodes, beta, weights);
    store<f64>(nodes + (last << 3), 1);
    store<f64>(weights + (last << 3), 1);
    for (let d = 0; d < slope.count; d++) {
      const q = load<f64>(nodes + (d << 3));
      store<f64>(nodes + (d << 3), 0.5 * q * q);
      store<f64>(weights + (d << 3), INVERSE_ROOT_2PI * load<f64>(weights + (d << 3)));
    }
  } else {
    // erf
    slope.hasEven = 1;
    slope.even = ROOT_TWO_OVER_PI;
    slope.evenRate = 0.5;
  }
}

/**
 * Writes the terms of a slope for a field of variance v, `n` for the measure if it has one: even terms, then odd ones.
 * @param rule RULE_BYTES
 * @returns number of even terms + 256 x number of odd ones
 */
export function slopeRule(address: usize, v: f64, n: i32, rule: usize): i32 {
  const slope = changetype<Slope>(address);
  let even = 0, odd = 0;
  if (slope.hasEven) even = push(rule, even, slope.evenRate, slope.even);
  if (slope.form != NONE) {
    // any rule will do for smaller variances
    v = max(v, 1e-6);
    const nodes = rule + (<usize>even << 3), weights = nodes + 8 * TERMS, scale = slope.form == ANGLES ? 1 / Math.sqrt(v) : 1.0;
    angularRule(address, v, n, nodes, weights);
    for (let b: usize = 0; b < <usize>n << 3; b += 8) {
      sinCos(Math.sqrt(load<f64>(nodes + b)), point);
      const cosine = load<f64>(point, 8), tangent = load<f64>(point) / cosine;
      store<f64>(nodes + b, (0.5 * tangent * tangent) / v);
      store<f64>(weights + b, (scale * load<f64>(weights + b)) / (slope.form == EVEN ? cosine : cosine * cosine * cosine));
    }
    if (slope.form == EVEN) even += n;
    else odd += n;
  }
  if (slope.hasOdd) odd = push(rule, even + odd, 0, slope.odd) - even;
  return even | (odd << 8);
}

function push(rule: usize, at: i32, rate: f64, value: f64): i32 {
  store<f64>(rule + (<usize>at << 3), rate);
  store<f64>(rule + (<usize>at << 3), value, 8 * TERMS);
  return at + 1;
}

/** The Gauss rule in phi^2 of the measure times cos phi or cos^3 phi: the recurrence by Stieltjes' procedure. */
function angularRule(address: usize, v: f64, n: i32, nodes: usize, weights: usize): void {
  const form = changetype<Slope>(address).form, end = <usize>changetype<Slope>(address).count << 3;
  let mass = 0.0;
  for (let b: usize = 0; b < end; b += 8) {
    const node = load<f64>(address + b, NODES), t2 = 2 * node * v;
    let phi = node, w = load<f64>(address + b, WEIGHTS);
    if (form == ANGLES) {
      sinCos(phi, point);
      w *= load<f64>(point, 8);
    } else {
      phi = atan2(Math.sqrt(t2), 1);
      w /= Math.sqrt(1 + t2);
      if (form == ODD) w /= 1 + t2;
    }
    store<f64>(variable + b, phi * phi);
    store<f64>(weight + b, w);
    store<f64>(before + b, 0);
    mass += w;
  }
  const first = 1 / Math.sqrt(mass);
  for (let b: usize = 0; b < end; b += 8) store<f64>(now + b, first);
  let size = 0.0;
  for (let j = 0; j < n; j++) {
    let sum = f64x2.splat(0);
    for (let b: usize = 0; b < end; b += 16) {
      const p = v128.load(now + b);
      sum = f64x2.add(sum, f64x2.mul(f64x2.mul(p, p), f64x2.mul(v128.load(weight + b), v128.load(variable + b))));
    }
    const alpha = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    sum = f64x2.splat(0);
    for (let b: usize = 0; b < end; b += 16) {
      const p = v128.load(now + b);
      const r = f64x2.sub(f64x2.mul(f64x2.sub(v128.load(variable + b), f64x2.splat(alpha)), p), f64x2.mul(f64x2.splat(size), v128.load(before + b)));
      sum = f64x2.add(sum, f64x2.mul(f64x2.mul(r, r), v128.load(weight + b)));
      v128.store(before + b, p);
      v128.store(now + b, r);
    }
    size = Math.sqrt(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    for (let b: usize = 0; b < end; b += 16) v128.store(now + b, f64x2.mul(v128.load(now + b), f64x2.splat(1 / size)));
    store<f64>(nodes + (<usize>j << 3), alpha);
    store<f64>(beta + (<usize>j << 3), size);
  }
  gaussRule(n, nodes, beta, weights, mass);
}

// @ts-ignore: decorator
@inline
export function rateAt(rule: usize, r: i32): f64 {
  return load<f64>(rule + (<usize>r << 3));
}

// @ts-ignore: decorator
@inline
export function weightAt(rule: usize, r: i32): f64 {
  return load<f64>(rule + (<usize>r << 3) + (RULE_BYTES >> 1));
}
