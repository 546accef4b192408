/**
 * A branch of solutions of F(z, v) = 0 along a parameter v: pseudo-arclength continuation, tangent predictor and Newton corrector (Keller 1977; Allgower &
 * Georg, "Numerical Continuation Methods"). It goes up to the first fold, where the branch turns back.
 */

import { singularValues } from "../linalg/singular-values.js";
import type { Field } from "../wasm/field.js";
import { jacobianOf, slopeOf } from "./jacobian.js";
import { largest, shortest } from "./newton.js";

/** A field for each value of the parameter, all of one size. */
export type Family = <T>(v: number, use: (field: Field) => T) => T;

/** A point of the branch: z, then v over `unit`. */
type Point = Float64Array;

/**
 * How a branch ended. "fold": it turns back. "pitchfork": it turns back into its mirror image, where it meets a branch of higher symmetry. "edge": it leaves
 * the states, where it meets another branch. "unbounded": it goes to infinity. "lost": no step was small enough.
 */
export type EndKind = "completed" | "fold" | "pitchfork" | "edge" | "unbounded" | "lost";

export interface End {
  readonly kind: EndKind;
  readonly v: number;
  readonly z: Float64Array;
}

/** A step's end. */
interface Moved {
  readonly at: Point;
  readonly tangent: Float64Array;
  readonly isEasy: boolean;
}

/** Lengths of steps, of numbers of order one. */
const FIRST = 0.02;
const LONGEST = 0.2;
const SMALLEST = 1e-7;
const CORRECTIONS = 8;
/** A branch beyond this many times its start, or with more steps, does not come back. */
const FAR = 1e3;
const MOST = 2000;
/** States up to rounding. */
const SLACK = 1e-8;

/** A branch; `unit` is what a change of v counts as 1 beside changes of z. */
export class Branch {
  readonly #family: Family;
  readonly #unit: number;
  readonly #n: number;

  constructor(family: Family, size: number, unit: number) {
    this.#family = family;
    this.#n = size;
    this.#unit = unit;
  }

  /**
   * From z at values[0] through the other values, monotone.
   * @param visit told of each value reached and its z
   */
  *follow(
    start: Float64Array,
    values: ArrayLike<number>,
    visit: (v: number, z: Float64Array) => Generator<void, void>,
  ): Generator<void, End> {
    const sign = values[values.length - 1] >= values[0] ? 1 : -1;
    const bound = FAR * (1 + largest(start));
    let at = this.#point(start, values[0]);
    let tangent = yield* this.#tangent(at, this.#forward(sign));
    let step = FIRST;
    const ended = (kind: EndKind, where = at) => ({ kind, ...this.#split(where) });
    for (let next = 1, tries = 0; next < values.length; tries++, yield) {
      if (largest(at) > bound) return ended("unbounded");
      if (step < SMALLEST || tries > MOST) return ended("lost");
      // a step that would pass the next value ends there
      const direct = (values[next] / this.#unit - at[this.#n]) / tangent[this.#n];
      const reaches = direct >= 0 && direct <= step;
      const length = reaches ? direct : step;
      const target = reaches ? values[next] / this.#unit : undefined;
      const moved = yield* this.#step(at, tangent, length, target);
      if (!moved) {
        step = length / 2;
        continue;
      }
      if (!this.#isState(moved.at))
        return ended("edge", yield* this.#last(at, tangent, length, (point) => this.#isState(point.at)));
      if (moved.tangent[this.#n] * sign < 0) {
        const turn = yield* this.#last(at, tangent, length, (point) => point.tangent[this.#n] * sign > 0);
        return ended((yield* this.#isMirrored(turn, at)) ? "pitchfork" : "fold", turn);
      }
      ({ at, tangent } = moved);
      if (reaches) yield* visit(values[next++], this.#split(at).z);
      step = Math.min(LONGEST * (1 + largest(at)), Math.max(step, length) * (moved.isEasy ? 1.5 : 1));
    }
    return ended("completed");
  }

  /**
   * One step along the tangent and back to the branch, across it or, with a target, at that v; undefined where it is too long: the corrector fails, goes
   * far, or comes to a branch of another direction.
   */
  *#step(at: Point, tangent: Float64Array, length: number, target?: number): Generator<void, Moved | undefined> {
    const n = this.#n;
    const predicted = at.map((x, i) => x + length * tangent[i]);
    if (target !== undefined) predicted[n] = target;
    const corrected = yield* this.#correct(predicted, target === undefined ? tangent : this.#forward(1));
    if (!corrected) return undefined;
    const away = largest(corrected.at.map((x, i) => x - predicted[i]));
    if (away > 0.5 * length + 1e-12) return undefined;
    const turned = yield* this.#tangent(corrected.at, tangent);
    const cosine = turned.reduce((sum, x, i) => sum + x * tangent[i], 0);
    return cosine < 0.8 ? undefined : { at: corrected.at, tangent: turned, isEasy: corrected.iterations <= 4 };
  }

  /** The last point of the branch where something holds, within `length` of `at`: steps, halved where it does not hold any more. At a turn v is
   * stationary, so that its error is of second order. */
  *#last(at: Point, tangent: Float64Array, length: number, holds: (point: Moved) => boolean): Generator<void, Point> {
    let [point, direction] = [at, tangent];
    for (let step = length / 2; step > 1e-9; ) {
      const moved = yield* this.#step(point, direction, step);
      if (moved && holds(moved)) [point, direction] = [moved.at, moved.tangent];
      else step /= 2;
    }
    return point;
  }

  /**
   * Whether F_v is in the range of F_z at a turn, which at a fold it is not: its part outside, along the left null vector, then vanishes on the way there
   * from a point before.
   */
  *#isMirrored(turn: Point, before: Point): Generator<void, boolean> {
    const n = this.#n;
    const A = yield* this.#bordered(turn, this.#forward(1));
    const transposed = Float64Array.from({ length: n * n }, (_, e) => A[(e % n) * (n + 1) + Math.floor(e / n)]);
    const { right } = yield* singularValues(transposed, n);
    const outside = (at: Point) => Math.abs(this.#slope(at).reduce((sum, x, i) => sum + x * right[(n - 1) * n + i], 0));
    return outside(turn) < 1e-2 * outside(before);
  }

  #isState(at: Point): boolean {
    const { z, v } = this.#split(at);
    return this.#family(v, (field) => field.isState(z, SLACK));
  }

  /** The zero of F in the plane through a point, across `normal`. */
  *#correct(predicted: Point, normal: Float64Array): Generator<void, { at: Point; iterations: number } | undefined> {
    const n = this.#n;
    let at = predicted;
    let last = Number.POSITIVE_INFINITY;
    for (let iterations = 1; iterations <= CORRECTIONS; iterations++) {
      const { z, v } = this.#split(at);
      const F = this.#family(v, (field) => field.at(z));
      const rest = normal.reduce((sum, x, i) => sum + x * (at[i] - predicted[i]), 0);
      const wanted = Float64Array.from({ length: n + 1 }, (_, i) => -(i < n ? F[i] : rest));
      const { x: step } = yield* shortest(yield* this.#bordered(at, normal), wanted, n + 1);
      at = at.map((x, i) => x + step[i]);
      const size = largest(step) / (1 + largest(at));
      if (size < 1e-13 || (size < 1e-8 && size > last / 4)) return { at, iterations };
      if (!(size < 2 * last)) return undefined;
      last = size;
    }
    return last < 1e-8 ? { at, iterations: CORRECTIONS } : undefined;
  }

  /** The unit tangent on the side of `towards`. */
  *#tangent(at: Point, towards: Float64Array): Generator<void, Float64Array> {
    const n = this.#n;
    const wanted = new Float64Array(n + 1);
    wanted[n] = 1;
    const { x } = yield* shortest(yield* this.#bordered(at, towards), wanted, n + 1);
    const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    return x.map((value) => value / length);
  }

  /** [F_z F_v] above a row. */
  *#bordered(at: Point, row: Float64Array): Generator<void, Float64Array> {
    const n = this.#n;
    const { z, v } = this.#split(at);
    const J = this.#family(v, (field) => finished(jacobianOf(field, z)));
    yield;
    const slope = this.#slope(at);
    const A = new Float64Array((n + 1) * (n + 1));
    for (let i = 0; i < n; i++) {
      A.set(J.subarray(i * n, (i + 1) * n), i * (n + 1));
      A[i * (n + 1) + n] = slope[i];
    }
    A.set(row, n * (n + 1));
    return A;
  }

  /** F_v. */
  #slope(at: Point): Float64Array {
    const { z, v } = this.#split(at);
    return slopeOf((x) => this.#family(x * this.#unit, (field) => field.at(z)), v / this.#unit);
  }

  #forward(sign: number): Float64Array {
    const direction = new Float64Array(this.#n + 1);
    direction[this.#n] = sign;
    return direction;
  }

  #point(z: Float64Array, v: number): Point {
    return Float64Array.of(...z, v / this.#unit);
  }

  #split(at: Point): { z: Float64Array; v: number } {
    return { z: at.slice(0, this.#n), v: at[this.#n] * this.#unit };
  }
}

function finished<T>(work: Generator<void, T>): T {
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}
