/**
 * L-BFGS (Nocedal 1980; Nocedal & Wright 2006, algorithm 7.4) for smooth convex functions, started from a given inverse curvature instead of a
 * multiple of the identity. With the curvature at the start, the first step is Newton's.
 */

export interface Point {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly status: "converged" | "step-limit" | "stopped";
}

export interface MinimiseOptions<P extends Point> {
  /** A gradient of a smaller Euclidean norm ends it. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Approximate inverse curvature applied to a vector. */
  readonly precondition: (vector: Float64Array) => Float64Array;
  /** Called with every accepted point; true ends it. */
  readonly stop: (point: P, iteration: number, gradientNorm: number) => boolean;
}

/** Pairs of steps and gradient differences that are kept. */
const MEMORY = 40;
/** Sufficient decrease. */
const ARMIJO = 1e-4;
/** A relative rise of the value that rounding explains. */
const ROUNDING = 1e-14;
const HALVINGS = 40;

export const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

export async function minimise<P extends Point>(
  evaluate: (x: Float64Array) => Promise<P>,
  start: Float64Array,
  { tolerance, maxIterations, precondition, stop }: MinimiseOptions<P>,
): Promise<Minimum> {
  let x = start;
  let point = await evaluate(x);
  const pairs: Pair[] = [];
  let iterations = 0;
  for (;;) {
    const gradientNorm = Math.sqrt(dot(point.gradient, point.gradient));
    const result = { x, value: point.value, gradientNorm, iterations };
    if (stop(point, iterations, gradientNorm)) return { ...result, status: "stopped" };
    if (gradientNorm < tolerance) return { ...result, status: "converged" };
    if (iterations === maxIterations || !Number.isFinite(gradientNorm)) return { ...result, status: "step-limit" };
    let direction = descent(point.gradient, pairs, precondition);
    let slope = dot(direction, point.gradient);
    if (!(slope < 0)) {
      pairs.length = 0;
      direction = descent(point.gradient, pairs, precondition);
      slope = dot(direction, point.gradient);
    }
    const { value } = point;
    let next: { x: Float64Array; point: P } | undefined;
    for (let t = 1, h = 0; h < HALVINGS; h++) {
      const candidate = x.map((xi, i) => xi + t * direction[i]);
      const there = await evaluate(candidate);
      if (there.value <= value + ARMIJO * t * slope + ROUNDING * Math.abs(value)) {
        next = { x: candidate, point: there };
        break;
      }
      // the parabola through both values and the slope, within sensible bounds
      const parabola = (-slope * t * t) / (2 * (there.value - value - slope * t));
      t = Math.min(Math.max(Number.isFinite(parabola) ? parabola : 0, 0.1 * t), 0.5 * t);
    }
    if (!next) return { ...result, status: "step-limit" };
    remember(
      pairs,
      next.x.map((xi, i) => xi - x[i]),
      next.point.gradient.map((gi, i) => gi - point.gradient[i]),
    );
    x = next.x;
    point = next.point;
    iterations++;
  }
}

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** s . y */
  readonly product: number;
}

function remember(pairs: Pair[], s: Float64Array, y: Float64Array): void {
  const product = dot(s, y);
  if (!(product > 1e-16 * dot(y, y))) return;
  pairs.push({ s, y, product });
  if (pairs.length > MEMORY) pairs.shift();
}

/** Minus the inverse curvature times the gradient: the two loops. */
function descent(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: (vector: Float64Array) => Float64Array,
): Float64Array {
  const q = gradient.map((g) => -g);
  const alpha = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, product } = pairs[i];
    alpha[i] = dot(s, q) / product;
    for (let j = 0; j < q.length; j++) q[j] -= alpha[i] * y[j];
  }
  const r = precondition(q);
  const last = pairs.at(-1);
  if (last) {
    const scale = last.product / dot(last.y, precondition(last.y));
    for (let j = 0; j < r.length; j++) r[j] *= scale;
  }
  for (let i = 0; i < pairs.length; i++) {
    const { s, y, product } = pairs[i];
    const beta = alpha[i] - dot(y, r) / product;
    for (let j = 0; j < r.length; j++) r[j] += beta * s[j];
  }
  return r;
}
