/** Zeros of smooth fields near a start: damped Newton, and where that fails a relaxation along the field first. */

import { elimination } from "../linalg/linear-solve.js";
import { inRange, leastSquares, rankOf, singularValues } from "../linalg/singular-values.js";
import type { Field } from "../wasm/field.js";
import { coarseness, jacobianOf, roughJacobianOf } from "./jacobian.js";
import { across, beyond } from "./null-space.js";

export interface Root {
  readonly y: Float64Array;
  /** Whether the steps came down to rounding. */
  readonly converged: boolean;
}

/** Singular values below this part of the largest are those of a singular matrix: differences and rounding make as much. */
const SINGULAR = 1e-9;
/** Straight steps along the edge of the covariances, which is curved, leave them a little: they go back. */
const SLACK = 1e-3;
const ITERATIONS = 60;
const RELAXATIONS = 300;
/** How far one step of a relaxation may go. */
const LITTLE = 0.05;

/**
 * Newton's method, steps halved until the field falls, states stay states and `reach` is kept. Where the Jacobian is singular a step is the
 * shortest that makes the rest of the linear model smallest.
 * @param reach how far numbers may go from the start
 * @param flat how many of the smallest singular directions are left alone: the field need not vanish along them
 */
export function* newton(field: Field, start: Float64Array, reach = farFrom(start), flat = 0): Generator<void, Root> {
  const n = field.size;
  let y = start;
  let F = field.at(y);
  // a Jacobian that is not exact brings a part of the way at each step
  const slowest = coarseness(field) > 1 ? 0.9 : 0.25;
  let last = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const J = yield* jacobianOf(field, y);
    const { step, seen } = yield* stepOf(J, F, n, flat, coarseness(field));
    const size = largest(step);
    // quadratic convergence has come to an end: what is left is rounding
    if (!(size > 1e-15 * (1 + largest(y))) || (size < 1e-8 && size > last * slowest))
      return { y, converged: size < 1e-8 };
    const before = norm(seen(F));
    let accepted = false;
    for (let part = 1; part > 1e-4 && !accepted; part /= 2) {
      const straight = y.map((value, i) => value + part * step[i]);
      if (!isNear(straight, start, reach) || !field.isState(straight, SLACK)) continue;
      const trial = field.stateNear?.(straight) ?? straight;
      const next = field.at(trial);
      const falls = norm(seen(next)) <= (1 - part / 4) * before;
      if (falls || size < 1e-8) [y, F, accepted] = [trial, next, true];
    }
    if (!accepted) return { y, converged: size < 1e-8 };
    last = size;
    yield;
  }
  return { y, converged: false };
}

/** A Newton step, and the part of the field that it is to make zero. */
function* stepOf(J: Float64Array, F: Float64Array, n: number, flat: number, coarse: number) {
  if (flat === 0) {
    const wanted = F.map((x) => -x);
    const { x: step, rank, decomposition } = yield* shortest(J, wanted, n, coarse);
    return { step, seen: (values: Float64Array) => (decomposition ? inRange(decomposition, values, rank) : values) };
  }
  const decomposition = yield* singularValues(J, n);
  const rank = Math.min(n - flat, rankOf(decomposition, SINGULAR * coarse));
  // what is left is to be a motion along the flat directions: in the span of the right vectors, not of the left ones
  const space = beyond(decomposition, rank);
  const seen = (values: Float64Array) => across(space, values);
  const wanted = seen(F).map((x) => -x);
  return { step: leastSquares(decomposition, wanted, rank), seen };
}

/**
 * A x = b by elimination; where A is singular the shortest x that makes A x - b smallest.
 * @param coarse `coarseness` of what A is made of
 */
export function* shortest(A: Float64Array, b: Float64Array, n: number, coarse = 1) {
  const x = yield* elimination(A, b, n, 1e-11 * coarse);
  if (x) return { x, rank: n, decomposition: undefined };
  const decomposition = yield* singularValues(A, n);
  const rank = rankOf(decomposition, SINGULAR * coarse);
  return { x: leastSquares(decomposition, b, rank), rank, decomposition };
}

/**
 * Implicit Euler steps along the field, as long as the state changes little in each (pseudo-transient continuation: Kelley & Keyes 1998): goes where the
 * flow comes to rest. The result is for `newton` to finish.
 */
export function* relax(field: Field, start: Float64Array): Generator<void, Float64Array> {
  const n = field.size;
  const reach = farFrom(start);
  let y = start;
  let F = field.at(y);
  let time = LITTLE / Math.max(largest(F), 1e-300);
  for (let i = 0; i < RELAXATIONS; i++) {
    const J = yield* roughJacobianOf(field, y);
    let change = 0;
    let trial: Float64Array | undefined;
    for (let tries = 0; !trial && tries < 20; tries++, time /= 4) {
      const A = J.map((value, at) => (at % (n + 1) === 0 ? 1 / time : 0) - value);
      const step = yield* elimination(A, F, n);
      change = step ? largest(step) : Number.POSITIVE_INFINITY;
      const moved = change < 4 * LITTLE ? y.map((value, e) => value + step![e]) : undefined;
      if (moved && isNear(moved, start, reach) && field.isState(moved, SLACK)) trial = moved;
    }
    if (!trial || change < 1e-10) return y;
    // a rejected try shortened the next one too
    time *= change < LITTLE ? 16 : 4;
    y = trial;
    F = field.at(y);
    yield;
  }
  return y;
}

/** Beyond this no search is near its start any more. */
function farFrom(start: Float64Array): number {
  return 4 * (1 + largest(start));
}

function isNear(y: Float64Array, start: Float64Array, reach: number): boolean {
  return y.every((value, i) => Math.abs(value - start[i]) <= reach);
}

export function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
