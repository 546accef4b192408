/**
 * The integrals of a right-hand side at a covariance Omega, each without the factors n_s a_i of the student units, by the family that the activations belong to:
 *
 *   erf         both erf                                     erf.ts, erf-scaling.ts
 *   kinked      ReLU and leaky ReLU, beside linear too       relu.ts, relu-noise.ts
 *   polynomial  linear, quadratic, Hermite polynomials       polynomial.ts
 *   generic     all other pairs of student and teacher       generic.ts, generic-noise.ts
 *
 * For wide students N may be a mean over quasi-random points instead (quasi-random.ts). A work space begins with the record `Integrals`; what families need lies behind it.
 */
import { ERF, kindOf, LEAKY_RELU, LINEAR, RELU } from "../activations";
import {
  coefficients as erfCoefficients, drift as erfDrift, noiseBytes as erfNoiseBytes, noisePairs as erfNoise, secondLayerDrift as erfSecondLayer, weightBytes, writePairs,
} from "./erf";
import { noiseScaling as erfScaling } from "./erf-scaling";
import { leakOf, polynomialCount } from "./expansion";
import { genericBytes, genericCoefficients, genericDrift, genericPrepare, genericSecondLayerDrift } from "./generic";
import { genericNoise, genericNoiseScaling } from "./generic-noise";
import {
  polynomialBytes, polynomialCoefficients, polynomialDrift, polynomialNoise, polynomialNoiseScaling, polynomialPrepare, polynomialSecondLayerDrift,
} from "./polynomial";
import { quasiRandomBytes, quasiRandomNoise, quasiRandomPrepare } from "./quasi-random";
import { coefficients as kinkedCoefficients, drift as kinkedDrift, secondLayerDrift as kinkedSecondLayer, tableBytes, tabulate } from "./relu";
import { noiseBytes, noisePairs as kinkedNoise, slopeProducts as kinkedSlopeProducts } from "./relu-noise";

const ERF_FAMILY: i32 = 0;
const KINKED: i32 = 1;
const POLYNOMIAL: i32 = 2;
const GENERIC: i32 = 3;

const TWO_OVER_PI: f64 = 0.6366197723675814;

@unmanaged
export class Integrals {
  family: i32; p: i32; k: i32; student: i32; teacher: i32;
  /** Of a quasi-random estimate of N; 0 for N itself. */
  points: i32;
  /** Slopes below 0 of the kinked family. */
  studentSlope: f64; teacherSlope: f64;
  /** The largest relative error that integrals told of so far. */
  error: f64;
  /** Set by `integralsAt`. */
  O: usize; stride: usize; c: usize;
  /** The family's own. */
  space: usize; pairs: usize; products: usize; quasi: usize;
}
const HEAD: usize = 128;

function isKinked(code: i32): bool {
  const kind = kindOf(code);
  return kind == RELU || kind == LEAKY_RELU;
}

function slopeOf(code: i32): f64 {
  return code == LINEAR ? 1 : leakOf(code);
}

function familyOf(student: i32, teacher: i32): i32 {
  if (student == ERF && teacher == ERF) return ERF_FAMILY;
  if (polynomialCount(student) > 0 && polynomialCount(teacher) > 0) return POLYNOMIAL;
  if ((isKinked(student) || student == LINEAR) && (isKinked(teacher) || teacher == LINEAR)) return KINKED;
  return GENERIC;
}

// @ts-ignore: decorator
@inline
function up(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

function spaceBytes(family: i32, p: i32, k: i32, student: i32, teacher: i32): usize {
  const m = p + k;
  if (family == ERF_FAMILY) return erfNoiseBytes(m);
  if (family == KINKED) return up(tableBytes(m)) + noiseBytes(m);
  if (family == POLYNOMIAL) return <usize>polynomialBytes(p, k, student, teacher);
  return <usize>genericBytes(p, k, student, teacher);
}

/** Bytes of a work space. @param student, teacher codes of activations */
export function integralsBytes(p: i32, k: i32, student: i32, teacher: i32, points: i32): f64 {
  const m = p + k, pairs = (p * (p + 1)) / 2 + 3;
  return <f64>(HEAD + up(<usize>pairs << 3) + up(weightBytes(m)) + up(spaceBytes(familyOf(student, teacher), p, k, student, teacher)))
    + (points > 0 ? quasiRandomBytes(p, k, points) : 0);
}

/**
 * Readies a work space; once before anything else.
 * @param address integralsBytes(..) bytes, aligned to 64
 */
export function integralsPrepare(address: usize, p: i32, k: i32, student: i32, teacher: i32, points: i32): void {
  const run = changetype<Integrals>(address), m = p + k, family = familyOf(student, teacher);
  run.family = family;
  run.p = p;
  run.k = k;
  run.student = student;
  run.teacher = teacher;
  run.points = points;
  run.error = 0;
  run.pairs = address + HEAD;
  run.products = run.pairs + up(<usize>((p * (p + 1)) / 2 + 3) << 3);
  run.space = run.products + up(weightBytes(m));
  run.quasi = run.space + up(spaceBytes(family, p, k, student, teacher));
  if (points > 0) quasiRandomPrepare(run.quasi, p, k, student, teacher, points);
  if (family == ERF_FAMILY) {
    writePairs(run.pairs, p);
  } else if (family == KINKED) {
    run.studentSlope = slopeOf(student);
    run.teacherSlope = slopeOf(teacher);
  } else if (family == POLYNOMIAL) {
    polynomialPrepare(run.space, p, k, student, teacher);
  } else {
    genericPrepare(run.space, p, k, student, teacher, TOLERANCE);
  }
}

/** Of the noise matrix by quadrature, relative. */
const TOLERANCE: f64 = 1e-10;

/**
 * Takes a work space to a covariance; before the functions below.
 * @param O m rows of `stride` bytes, even(m) f64 each: Omega, teacher rows first
 * @param c m f64, one more behind: (n_t a*, -n_s a)
 */
export function integralsAt(run: Integrals, O: usize, stride: usize, c: usize): void {
  run.O = O;
  run.stride = stride;
  run.c = c;
  if (run.family == KINKED) tabulate(O, stride, run.p + run.k, run.space);
}

/** (B8). @param h p rows of even(m) f64, written: E[g_i lam_beta] / (n_s a_i), teacher columns first */
export function driftOf(run: Integrals, h: usize): void {
  const O = run.O, stride = run.stride, c = run.c, k = run.k, p = run.p, space = run.space;
  if (run.family == ERF_FAMILY) erfDrift(O, stride, c, k, p, h);
  else if (run.family == KINKED) kinkedDrift(O, stride, c, k, p, run.teacherSlope, run.studentSlope, space, h);
  else if (run.family == POLYNOMIAL) polynomialDrift(space, O, stride, c, h);
  else run.error = max(run.error, genericDrift(space, O, stride, c, h));
}

/**
 * (B8) as a linear map of the rows of fields: h = L Omega, and so the population gradient of the rows U themselves is -n_s a_i (L U)_i.
 * @param L p rows of even(m) f64, written: L_il = B_il c_l, and (A c)_i more at l = k + i
 */
export function coefficientsOf(run: Integrals, L: usize): void {
  const O = run.O, stride = run.stride, c = run.c, k = run.k, p = run.p, space = run.space;
  if (run.family == ERF_FAMILY) erfCoefficients(O, stride, c, k, p, L);
  else if (run.family == KINKED) kinkedCoefficients(stride, c, k, p, run.teacherSlope, run.studentSlope, space, L);
  else if (run.family == POLYNOMIAL) polynomialCoefficients(space, O, stride, c, L);
  else run.error = max(run.error, genericCoefficients(space, O, stride, c, L));
}

/** (B7): sig_i = sum_l c_l I2(i, l), p f64. */
export function secondLayerOf(run: Integrals, sig: usize): void {
  const O = run.O, stride = run.stride, c = run.c, k = run.k, p = run.p, space = run.space;
  if (run.family == ERF_FAMILY) erfSecondLayer(O, stride, c, k, p, sig);
  else if (run.family == KINKED) kinkedSecondLayer(O, stride, c, k, p, run.teacherSlope, run.studentSlope, space, sig);
  else if (run.family == POLYNOMIAL) polynomialSecondLayerDrift(space, O, stride, c, sig);
  else run.error = max(run.error, genericSecondLayerDrift(space, O, stride, c, sig));
}

/** (B6): N_ij / (n_s^2 a_i a_j) for the pairs i <= j. @param out p (p + 1) / 2 f64 by rows, room for 3 more */
export function noiseOf(run: Integrals, Delta: f64, out: usize): void {
  const O = run.O, stride = run.stride, c = run.c, k = run.k, p = run.p, space = run.space;
  if (run.points > 0) {
    run.error = max(run.error, quasiRandomNoise(run.quasi, O, stride, c, Delta, out));
  } else if (run.family == ERF_FAMILY) {
    writeProducts(run);
    erfNoise(O, stride, run.products, k, p, Delta, run.pairs, space, out);
  } else if (run.family == KINKED) {
    const m = p + k;
    kinkedNoise(stride, c, k, p, run.teacherSlope, run.studentSlope, Delta, space, space + up(tableBytes(m)), out);
  } else if (run.family == POLYNOMIAL) {
    polynomialNoise(space, O, stride, c, Delta, out);
  } else {
    run.error = max(run.error, genericNoise(space, O, stride, c, Delta, out));
  }
}

/** (2 / pi) c_u^2, then (4 / pi) c_u c_v for u < v, in both lanes each. */
function writeProducts(run: Integrals): void {
  const c = run.c, m = run.p + run.k;
  let own = run.products, to = own + (<usize>m << 4);
  for (let u = 0; u < m; u++, own += 16) {
    const cu = load<f64>(c + (u << 3)), scale = cu * TWO_OVER_PI, twice = scale + scale;
    v128.store(own, f64x2.splat(scale * cu));
    for (let v = u + 1; v < m; v++, to += 16) v128.store(to, f64x2.splat(twice * load<f64>(c + (v << 3))));
  }
  memory.fill(to, 0, 48);
}

/**
 * dN(tau Omega) / dtau at tau = 1 (B10), as `noiseOf` has N.
 * @param N what `noiseOf` gave
 */
export function noiseScalingOf(run: Integrals, Delta: f64, N: usize, out: usize): void {
  const k = run.k, p = run.p, space = run.space;
  if (run.family == ERF_FAMILY) {
    erfScaling(run.O, run.stride, run.products, k, p, run.pairs, N, space, out);
  } else if (run.family == KINKED) {
    // e^2 is homogeneous but for label noise, and slopes do not change with the scale
    kinkedSlopeProducts(run.stride, k, p, run.studentSlope, space, out);
    const end = out + (<usize>((p * (p + 1)) / 2) << 3);
    for (; out < end; out += 8, N += 8) store<f64>(out, load<f64>(N) - Delta * load<f64>(out));
  } else if (run.family == POLYNOMIAL) {
    polynomialNoiseScaling(space, run.O, run.stride, run.c, Delta, out);
  } else {
    genericNoiseScaling(space, run.O, run.stride, run.c, Delta, out);
  }
}

/** The largest relative error that was told so far: 0 of closed forms, an estimate of quadrature, a standard error of points. */
export function integralsError(address: usize): f64 {
  return changetype<Integrals>(address).error;
}

/** Whether N has a closed form, rather than a quadrature. */
export function integralsAreClosed(address: usize): i32 {
  return changetype<Integrals>(address).family != GENERIC ? 1 : 0;
}
