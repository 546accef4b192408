/**
 * What the right-hand side's integrals cost, roughly (to a factor of two where weights are of order 1), in nanoseconds of one core: for the choice of a solver,
 * and to refuse widths whose exact noise would take hours. The constants are measured ones, from (p, k) = (2, 1) to (64, 8); assembly/integrals/ has the methods.
 */
import { hasKink, isErf, type Parameters } from "../parameters.js";
import type { Activation } from "../problem-types.js";
import type { Terms } from "../wasm/ode.js";

/** Number of coefficients of a polynomial activation; 0 of others. */
function polynomialCount(activation: Activation): number {
  if (activation === "linear") return 2;
  if (activation === "quadratic") return 3;
  return typeof activation === "object" && "hermite" in activation ? activation.hermite.length : 0;
}

/** Nodes of a student's slope at variances of order 1 (integrals/slopes.ts): N takes their square for a pair. */
function slopeNodes(activation: Activation): number {
  if (activation === "erf") return 1;
  if (hasKink(activation)) return 16;
  if (polynomialCount(activation) > 0) return polynomialCount(activation) > 2 ? 2 : 1;
  return activation === "logistic" ? 4 : 6.5;
}

/** N by integrals/erf.ts. */
function erfNoiseNanoseconds(p: number, k: number): number {
  const m = p + k;
  return 100 + ((p * (p + 1)) / 2) * (30 + 1.1 * m * m);
}

/** N by integrals/relu-noise.ts: the path integrals of four fields, two of them students, of which there are some p^2 m^2 / 4. */
function kinkedNoiseNanoseconds(p: number, k: number): number {
  const m = p + k;
  const sets = (n: number) => (n * (n - 1) * (n - 2) * (n - 3)) / 24;
  const fours = sets(m) - sets(k) - (p * k * (k - 1) * (k - 2)) / 6;
  return 300 + 20 * m * m + 370 * fours;
}

/** N by integrals/polynomial.ts. */
function polynomialNoiseNanoseconds(p: number, k: number, student: Activation, teacher: Activation): number {
  const m = p + k;
  const [count, other] = [polynomialCount(student), polynomialCount(teacher)];
  const orders = Math.max(count, other);
  if (orders <= 3) return 300 + 20 * m * m + 0.75 * m * m * m;
  const nodes = (count + orders) * (count / 2 + orders);
  return 300 + 0.5 * ((p * (p + 1)) / 2) * nodes * (m * orders * orders + (m * m * orders) / 2);
}

/** N by integrals/generic-noise.ts, to 1e-10; more where weights are wide: tanh at w = 10 takes five times as long. */
function genericNoiseNanoseconds(p: number, k: number, student: Activation, teacher: Activation): number {
  const m = p + k;
  const pairs = (p * (p + 1)) / 2;
  const count = polynomialCount(student);
  if (count > 3) {
    const d = count - 1;
    // the means of products of three, polynomial-student.ts
    const triples = pairs * k * (3 * d - 1) * ((p * d * d) / 2 + (d * d * d) / 3);
    return polynomialNoiseNanoseconds(p, 0, student, student) + 4 * triples;
  }
  const isClosed = (activation: Activation) => activation === "erf" || hasKink(activation);
  const pair = isClosed(student) && isClosed(teacher) ? 8 : 14;
  return 500 + pairs * slopeNodes(student) * slopeNodes(student) * (180 * m + pair * m * m);
}

/** h and sig by integrals/generic.ts or polynomial.ts. */
function driftNanoseconds(p: number, k: number): number {
  const m = p + k;
  return 300 + 100 * m + 35 * p * m + 0.4 * p * m * m;
}

/** N by integrals/quasi-random.ts. */
function quasiRandomNanoseconds(
  p: number,
  k: number,
  student: Activation,
  teacher: Activation,
  points: number,
): number {
  const m = p + k;
  const activate = (activation: Activation) =>
    hasKink(activation) || polynomialCount(activation) > 0
      ? 1.5
      : activation === "erf"
        ? 3
        : activation === "gelu"
          ? 12
          : 7;
  return points * (0.1 * (m * m + p * p) + p * activate(student) + k * activate(teacher));
}

/** A right-hand side. @param points of a quasi-random estimate of N, 0 for N itself */
export function rightHandSideNanoseconds(parameters: Parameters, terms: Terms, points: number): number {
  const { p, k } = parameters;
  const drift = isErf(parameters) ? 3 * p * (p + k) : driftNanoseconds(p, k);
  return (terms === "noise" ? 0 : drift) + (terms === "gradient-flow" ? 100 : noiseNanoseconds(parameters, points));
}

/** The flow of particles, rows of so many coordinates: assembly/mean-field/particles.ts. */
export function flowNanoseconds(parameters: Parameters, dimensions: number): number {
  const { p, k } = parameters;
  const m = p + k;
  const pairs = isErf(parameters) ? 20 * p * m : 300 + 100 * m + 35 * p * m;
  return 100 + pairs + 0.5 * m * m * dimensions;
}

function noiseNanoseconds({ p, k, ...parameters }: Parameters, points: number): number {
  const [student, teacher] = [parameters.studentActivation, parameters.teacherActivation];
  if (points > 0) return quasiRandomNanoseconds(p, k, student, teacher, points);
  if (student === "erf" && teacher === "erf") return erfNoiseNanoseconds(p, k);
  const isOf = (test: (activation: Activation) => boolean) => test(student) && test(teacher);
  if (isOf((activation) => polynomialCount(activation) > 0)) return polynomialNoiseNanoseconds(p, k, student, teacher);
  if (isOf((activation) => hasKink(activation) || activation === "linear")) return kinkedNoiseNanoseconds(p, k);
  return genericNoiseNanoseconds(p, k, student, teacher);
}

/** The closed Jacobian of erf, beyond the right-hand side itself. */
export function jacobianNanoseconds({ p, k }: Parameters, terms: Terms): number {
  const m = p + k;
  const pairs = terms === "gradient-flow" ? 0 : (p * (p + 1)) / 2;
  return pairs * (100 + 3.5 * m * m) + 8 * p * m * m;
}
