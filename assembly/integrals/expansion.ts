/**
 * The Hermite expansion of an activation on a centred Gaussian field of standard deviation w, and the pair integrals made of it. With
 * h_n = He_n / sqrt(n!), orthonormal under N(0, 1),
 *
 *   s(w z) = sigma_0 + w sum_n kappa_n h_(n+1)(z),   kappa_n = E[s'(w z) h_n(z)] / sqrt(n + 1),   s'(w z) = sum_n sqrt(n + 1) kappa_n h_n(z),
 *
 * and for two fields with correlation rho = C / (w_a w_b) E[h_n h_m] = delta_nm rho^n (Mehler 1866), hence
 *
 *   I2 = sigma_0 sigma_0' + C sum_n kappa_n kappa_n' rho^n,   B = sum_n (n + 1) kappa_n kappa_n' rho^n.
 *
 * Made of s', nothing is divided by w: a variance 0 is a regular point. kappa_n falls as w^n for polynomials (and ends), as (v / (1 + v))^(n/2) for erf and
 * GELU, v = w^2, as exp(-b sqrt(n) / w) with poles at +-i b (tanh pi / 2, logistic and softplus pi), and as n^(-5/4) with a kink.
 *
 * An expansion lies in memory as [sigma_0, 0], then `terms` numbers kappa_0, kappa_2, .., then as many kappa_1, kappa_3, .. (`terms` is even): most
 * activations are even or odd but for their lowest terms.
 */
import { activate, ERF, kindOf, LEAKY_RELU, LINEAR, POLYNOMIAL, QUADRATIC, RELU } from "../activations";
import { expPair } from "../special/exp";

const INVERSE_ROOT_2PI: f64 = 0.3989422804014327;
const ROOT_TWO_OVER_PI: f64 = 0.7978845608028654;

/** Most terms of either parity. */
export const MAX_TERMS: i32 = 2048;

/** sqrt(n), 1 / sqrt(n). */
const roots = memory.data(16 * 4112, 16);
/** x = +-w z of four nodes z, s, s'. */
const x = memory.data(64, 16), s = memory.data(64, 16), ds = memory.data(64, 16);
/** Sums over the nodes of one grid, and of all: [sigma_0, 0], then (kappa_2n, kappa_(2n+1)). */
const sums = memory.data(16 + 16 * 2048, 16), total = memory.data(16 + 16 * 2048, 16);

/** Bytes of an expansion. */
// @ts-ignore: decorator
@inline
export function expansionBytes(terms: i32): usize {
  return 16 + (<usize>terms << 4);
}

// @ts-ignore: decorator
@inline
export function root(n: i32): f64 {
  return load<f64>(roots + (<usize>n << 4));
}

/** Fills the table of roots; again at will. */
function initialiseRoots(): void {
  for (let n = 1; n < 4112; n++) {
    const r = Math.sqrt(<f64>n);
    store<f64>(roots + (<usize>n << 4), r);
    store<f64>(roots + (<usize>n << 4), 1 / r, 8);
  }
}

/** The slope below 0 of an activation that is linear on either side of 0; NaN of another one. */
export function leakOf(code: i32): f64 {
  const kind = kindOf(code);
  return kind == RELU ? 0 : kind == LEAKY_RELU ? load<f64>(<usize>code, 8) : NaN;
}

/** How many b_n a polynomial activation sum b_n He_n has; 0 of another one. */
export function polynomialCount(code: i32): i32 {
  const kind = kindOf(code);
  return kind == LINEAR ? 2 : kind == QUADRATIC ? 3 : kind == POLYNOMIAL ? <i32>load<f64>(<usize>code, 8) : 0;
}

/** b_n of a polynomial activation, n below its count. */
export function polynomialTerm(code: i32, n: i32): f64 {
  if (kindOf(code) == POLYNOMIAL) return load<f64>(<usize>code + (<usize>n << 3), 16);
  return n == 1 ? (code == LINEAR ? 1 : 0) : code == QUADRATIC ? 1 : 0;
}

/**
 * Writes the expansion of an activation at standard deviation w; kappa_n to 1e-15 of the largest, rounding apart.
 * @param terms how many of either parity, even; the others up to `room` are made 0
 */
export function expand(code: i32, w: f64, terms: i32, room: i32, out: usize): void {
  if (load<f64>(roots, 16) == 0) initialiseRoots();
  const leak = leakOf(code), odd = out + 16 + (<usize>room << 3);
  memory.fill(out, 0, expansionBytes(room));
  if (leak == leak) kinked(leak, w, terms, out, odd);
  else if (polynomialCount(code) > 0) polynomial(code, w, terms, out, odd);
  else if (code == ERF) scaledErf(w, terms, out);
  else smooth(code, w, terms, out, odd);
}

/** s' = leak + (1 - leak) [x > 0]: E[[z > 0] h_n] = phi(0) h_(n-1)(0) / sqrt(n), whatever w. */
function kinked(leak: f64, w: f64, terms: i32, out: usize, odd: usize): void {
  store<f64>(out, (1 - leak) * w * INVERSE_ROOT_2PI);
  store<f64>(out, 0.5 * (1 + leak), 16);
  let h = (1 - leak) * INVERSE_ROOT_2PI; // h_(n-1)(0) / sqrt(n) runs over odd n
  for (let n = 1, to = odd; n < 2 * terms; n += 2, to += 8) {
    store<f64>(to, h / (root(n) * root(n + 1)));
    h *= -root(n) / root(n + 1);
  }
}

/** He_n(w z) = sum_j n! / (2^j j! (n - 2j)!) w^(n-2j) (w^2 - 1)^j He_(n-2j)(z). */
function polynomial(code: i32, w: f64, terms: i32, out: usize, odd: usize): void {
  const count = polynomialCount(code), excess = 0.5 * (w * w - 1);
  let power = 1.0, norm = 1.0; // w^m, sqrt((m + 1)!)
  for (let m = -1; m + 1 < count && m < 2 * terms; m++) {
    let sum = 0.0, factor = 1.0; // (n)! / j! ((w^2 - 1) / 2)^j with n = m + 1 + 2j
    for (let i = 2; i <= m + 1; i++) factor *= <f64>i;
    for (let n = m + 1, j = 1.0; n < count; n += 2, j += 1) {
      sum += polynomialTerm(code, n) * factor;
      factor *= (excess / j) * <f64>(n + 1) * <f64>(n + 2);
    }
    if (m < 0) {
      store<f64>(out, sum);
      continue;
    }
    norm *= root(max(m + 1, 1));
    store<f64>((m & 1 ? odd : out + 16) + (<usize>(m >> 1) << 3), (power * sum) / norm);
    power *= w;
  }
}

/** E[d^n/dx^n s'] = sqrt(2 / pi) (-1)^(n/2) (n - 1)!! (1 + w^2)^(-(n+1)/2), n even. */
function scaledErf(w: f64, terms: i32, out: usize): void {
  const v = w * w, ratio = v / (1 + v);
  let kappa = ROOT_TWO_OVER_PI / Math.sqrt(1 + v);
  for (let n = 0, to = out + 16; n < 2 * terms; n += 2, to += 8) {
    store<f64>(to, kappa);
    kappa *= (-ratio * <f64>(n + 1)) / (root(n + 2) * root(n + 3));
  }
}

/** Where phi(z) h_n(z) is below 1e-17 whatever n: it is bounded by e^(-z^2/4). */
const CUT: f64 = 12.6;

/**
 * The trapezoid rule on all of the line, which converges faster than any power (Goodwin 1949; Trefethen & Weideman 2014, SIAM Review 56): its error at step t
 * is exp(-2 pi b / (t w)) or, for entire functions, better; so it is squared by halving t, and half of the figures of two grids that agree are all of them of
 * both together.
 */
function smooth(code: i32, w: f64, terms: i32, out: usize, odd: usize): void {
  let step = 0.28 / max(w, 0.7);
  memory.fill(total, 0, expansionBytes(terms));
  addGrid(code, w, terms, 0, step);
  for (;;) {
    combine(terms);
    addGrid(code, w, terms, 0.5 * step, step);
    const apart = difference(terms);
    step *= 0.5;
    // the sums themselves are step times the integrals
    if (!(apart * step > 1e-8) || step < 0.004) break;
  }
  combine(terms);
  const scale = step * INVERSE_ROOT_2PI;
  store<f64>(out, scale * load<f64>(total));
  let to = out + 16;
  for (let n = 1; n < 2 * terms; n += 2, to += 8, odd += 8) {
    const pair = total + (<usize>n << 3) + 8;
    store<f64>(to, (scale * load<f64>(pair)) / root(n));
    store<f64>(odd, (scale * load<f64>(pair, 8)) / root(n + 1));
  }
}

/** total += sums. */
function combine(terms: i32): void {
  for (let b: usize = 0, end = expansionBytes(terms); b < end; b += 16) v128.store(total + b, f64x2.add(v128.load(total + b), v128.load(sums + b)));
}

/** max |total - sums|. */
function difference(terms: i32): f64 {
  let largest = f64x2.splat(0);
  for (let b: usize = 0, end = expansionBytes(terms); b < end; b += 16) {
    largest = f64x2.max(largest, f64x2.abs(f64x2.sub(v128.load(total + b), v128.load(sums + b))));
  }
  return max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
}

/** Writes to `sums` e^(-z^2/2) (s + s~), e^(-z^2/2) h_n(z) (s' +- s~') summed over z = from, from + step, .. < CUT, s~ being s(-w z); z = 0 counts half. */
function addGrid(code: i32, w: f64, terms: i32, from: f64, step: f64): void {
  memory.fill(sums, 0, expansionBytes(terms));
  const four = f64x2.splat(4 * step);
  let z = f64x2.replace_lane(f64x2.splat(from), 1, from + step), z2 = f64x2.add(z, f64x2.splat(2 * step));
  const scale = f64x2.splat(w), half = f64x2.splat(-0.5), one = f64x2.splat(1);
  let sigma = f64x2.splat(0);
  while (f64x2.extract_lane(z, 0) < CUT) {
    const u = f64x2.mul(z, scale), u2 = f64x2.mul(z2, scale);
    v128.store(x, u); v128.store(x, u2, 16);
    v128.store(x, f64x2.neg(u), 32); v128.store(x, f64x2.neg(u2), 48);
    activate(code, x, s, ds, 8);
    let weight = expPair(f64x2.mul(half, f64x2.mul(z, z)));
    const weight2 = expPair(f64x2.mul(half, f64x2.mul(z2, z2)));
    if (f64x2.extract_lane(z, 0) == 0) weight = f64x2.replace_lane(weight, 0, 0.5);
    sigma = f64x2.add(sigma, f64x2.mul(weight, f64x2.add(v128.load(s), v128.load(s, 32))));
    sigma = f64x2.add(sigma, f64x2.mul(weight2, f64x2.add(v128.load(s, 16), v128.load(s, 48))));
    const up = v128.load(ds), up2 = v128.load(ds, 16), down = v128.load(ds, 32), down2 = v128.load(ds, 48);
    const even = f64x2.mul(weight, f64x2.add(up, down)), even2 = f64x2.mul(weight2, f64x2.add(up2, down2));
    const odd = f64x2.mul(weight, f64x2.sub(up, down)), odd2 = f64x2.mul(weight2, f64x2.sub(up2, down2));
    // h_(n+1) = (z h_n - sqrt(n) h_(n-1)) / sqrt(n + 1), two orders at a time
    let a = one, a2 = one, b = f64x2.splat(0), b2 = b;
    for (let to = sums + 16, end = to + (<usize>terms << 4), n = roots; to < end; to += 16, n += 32) {
      const c = v128.load64_splat(n), d = v128.load64_splat(n, 24), e = v128.load64_splat(n, 16), f = v128.load64_splat(n, 40);
      b = f64x2.mul(f64x2.sub(f64x2.mul(z, a), f64x2.mul(c, b)), d);
      b2 = f64x2.mul(f64x2.sub(f64x2.mul(z2, a2), f64x2.mul(c, b2)), d);
      const p = f64x2.add(f64x2.mul(even, a), f64x2.mul(even2, a2)), q = f64x2.add(f64x2.mul(odd, b), f64x2.mul(odd2, b2));
      v128.store(to, f64x2.add(v128.load(to), f64x2.add(v128.shuffle<f64>(p, q, 0, 2), v128.shuffle<f64>(p, q, 1, 3))));
      a = f64x2.mul(f64x2.sub(f64x2.mul(z, b), f64x2.mul(e, a)), f);
      a2 = f64x2.mul(f64x2.sub(f64x2.mul(z2, b2), f64x2.mul(e, a2)), f);
    }
    z = f64x2.add(z, four);
    z2 = f64x2.add(z2, four);
  }
  store<f64>(sums, f64x2.extract_lane(sigma, 0) + f64x2.extract_lane(sigma, 1));
}

/** sum of a_k b_k r^(2k), k < count (even). */
// @ts-ignore: decorator
@inline
export function series(a: usize, b: usize, count: i32, r2: f64): f64 {
  const r4 = f64x2.splat(r2 * r2);
  let sum = f64x2.splat(0);
  for (let k = (<usize>count << 3) - 16; <isize>k >= 0; k -= 16) {
    sum = f64x2.add(f64x2.mul(sum, r4), f64x2.mul(v128.load(a + k), v128.load(b + k)));
  }
  return f64x2.extract_lane(sum, 0) + r2 * f64x2.extract_lane(sum, 1);
}

/** I2 of two fields with standard deviations w_a, w_b and covariance ab, from `terms` terms of both parities. */
export function expandedPair(a: usize, b: usize, terms: i32, wa: f64, wb: f64, ab: f64): f64 {
  const mean = load<f64>(a) * load<f64>(b), norm = wa * wb;
  if (!(norm > 0)) return mean;
  const rho = max(-1.0, min(1.0, ab / norm)), odd = <usize>terms << 3;
  return mean + ab * (series(a + 16, b + 16, terms, rho * rho) + rho * series(a + 16 + odd, b + 16 + odd, terms, rho * rho));
}
