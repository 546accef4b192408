import { describe, expect, it } from "vitest";
import { jacobianOf, slopeOf } from "../../src/fixed-points/jacobian.js";
import { newton, relax } from "../../src/fixed-points/newton.js";
import { classesOf, Reduced } from "../../src/fixed-points/symmetry.js";
import { fieldOf } from "../support/field.js";
import { finished } from "../support/generators.js";

const near = (got: ArrayLike<number>, wanted: readonly number[], distance: number) =>
  wanted.forEach((x, i) => expect(Math.abs(got[i] - x), `number ${i}`).toBeLessThan(distance));

describe("Jacobians by differences", () => {
  it("have thirteen digits where the field is analytic within a unit", () => {
    const field = fieldOf(2, ([x, y]) => [Math.asin(x / (1.5 + y)), x * x * y]);
    const [x, y] = [0.3, 0.5];
    const root = Math.sqrt((1.5 + y) ** 2 - x * x);
    const J = finished(jacobianOf(field, Float64Array.of(x, y)));
    near(J, [1 / root, -x / (1.5 + y) / root, 2 * x * y, x * x], 1e-13);
  });

  it("are the field's own where it has them, and those of symmetric states their means", () => {
    const J = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const field = fieldOf(3, (y) => [...y], { jacobian: () => Float64Array.from(J) });
    expect([...finished(jacobianOf(field, new Float64Array(3)))]).toEqual(J);
    const reduced = new Reduced(field, Int32Array.of(0, 1, 0));
    // rows 0 and 2 averaged, columns 0 and 2 added
    expect([...finished(jacobianOf(reduced, Float64Array.of(1, 2)))]).toEqual([
      (1 + 3 + 7 + 9) / 2,
      (2 + 8) / 2,
      10,
      5,
    ]);
    const plain = new Reduced(
      fieldOf(3, ([a, b, c]) => [a + 2 * c, b * b, 2 * a + c]),
      Int32Array.of(0, 1, 0),
    );
    expect([...plain.at(Float64Array.of(1, 3))]).toEqual([3, 9]);
    near(finished(jacobianOf(plain, Float64Array.of(1, 3))), [3, 0, 0, 6], 1e-12);
  });

  it("are exact for polynomials up to degree eight, at large numbers too", () => {
    near(
      slopeOf((x) => Float64Array.of(x ** 8, x ** 3), 2),
      [8 * 2 ** 7, 12],
      1e-10,
    );
    near(
      slopeOf((x) => Float64Array.of(x * x), 1e6),
      [2e6],
      1e-4,
    );
  });
});

describe("newton", () => {
  it("finds a zero to rounding", () => {
    const field = fieldOf(2, ([x, y]) => [x * x + y * y - 4, x - y]);
    const { y, converged } = finished(newton(field, Float64Array.of(2, 1)));
    expect(converged).toBe(true);
    near(y, [Math.SQRT2, Math.SQRT2], 1e-15);
  });

  it("halves steps that go beyond, and those that leave the states", () => {
    // full steps diverge from |x| > 1.39
    const steep = fieldOf(1, ([x]) => [Math.atan(x)]);
    near(finished(newton(steep, Float64Array.of(3))).y, [0], 1e-15);
    let lowest = Infinity;
    const root = fieldOf(1, ([x]) => [1 - 0.5 / x], {
      isState: ([x]) => {
        lowest = Math.min(lowest, x);
        return x > 0.1;
      },
    });
    const { y, converged } = finished(newton(root, Float64Array.of(1.2)));
    expect(converged).toBe(true);
    near(y, [0.5], 1e-13);
    expect(lowest).toBeLessThan(0);
  });

  it("says where there is no zero near", () => {
    expect(
      finished(
        newton(
          fieldOf(1, ([x]) => [1 + x * x]),
          Float64Array.of(0.3),
        ),
      ).converged,
    ).toBe(false);
    expect(
      finished(
        newton(
          fieldOf(1, ([x]) => [x - 100]),
          Float64Array.of(0),
        ),
      ).converged,
    ).toBe(false);
  });

  it("goes the shortest way to a manifold of zeros", () => {
    const circle = fieldOf(2, ([x, y]) => [x * (x * x + y * y - 1), y * (x * x + y * y - 1)]);
    const { y, converged } = finished(newton(circle, Float64Array.of(1.2, 0.9)));
    expect(converged).toBe(true);
    near(y, [0.8, 0.6], 1e-8);
  });

  it("leaves slow directions alone where it is told to: weights of the two layers that noise drives along their rescaling", () => {
    // w a = 1 attracts; noise drives w up along the hyperbola, as in a two-layer ReLU student
    const drift = 1e-5;
    const hyperbola = fieldOf(2, ([w, a]) => [a * (1 - w * a) + drift, w * (1 - w * a)]);
    expect(finished(newton(hyperbola, Float64Array.of(1.1, 1))).converged).toBe(false);
    const { y, converged } = finished(newton(hyperbola, Float64Array.of(1.1, 1), undefined, 1));
    expect(converged).toBe(true);
    const [w, a] = y;
    // across the hyperbola, along (a, w), nothing is left
    const F = hyperbola.at(y);
    expect(Math.abs(a * F[0] + w * F[1])).toBeLessThan(1e-9);
    expect(Math.abs(w * a - 1)).toBeLessThan(1e-5);
    expect(Math.abs(w - 1.05)).toBeLessThan(0.02);
  });
});

describe("relax", () => {
  it("goes where the flow rests, not to the nearest zero", () => {
    // zeros at 0, which repels, and 1
    const logistic = fieldOf(1, ([x]) => [x * (1 - x)]);
    const rested = finished(relax(logistic, Float64Array.of(0.05)));
    near(rested, [1], 1e-6);
  });

  it("follows slow flows to their end", () => {
    const stiff = fieldOf(2, ([x, y]) => [1e-6 * (1 - x), 100 * (x * x - y)]);
    near(finished(relax(stiff, Float64Array.of(0, 1))), [1, 1], 1e-6);
  });
});

describe("symmetry", () => {
  const eye = (n: number) => Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  const state = (M: number[], Q: number[], P: number[], more: { a?: number[]; aStar?: number[] } = {}) => ({
    P: Float64Array.from(P),
    M: Float64Array.from(M),
    Q: Float64Array.from(Q),
    a: Float64Array.from(more.a ?? new Array(Math.sqrt(Q.length)).fill(1)),
    aStar: Float64Array.from(more.aStar ?? new Array(Math.sqrt(P.length)).fill(1)),
  });

  it("leaves E.2's seven numbers and the second layers of the specialised solution with further students", () => {
    // p = 4, k = 2: R same, R other, R extra; Q diagonal, Q off, Q extra-teacher, extra-special, extra-extra of two
    const M = [1, 0, 0, 1, 0, 0, 0, 0];
    const Q = eye(4).map((x, i) => (i < 8 ? x : 0));
    expect(classesOf(state(M, Q, eye(2)), 4, 2).count).toBe(3 + 5 + 2);
    // with one further student extra-extra is one number
    expect(classesOf(state([1, 0, 0, 1, 0, 0], [1, 0, 0, 0, 1, 0, 0, 0, 0], eye(2)), 3, 2).count).toBe(7 + 2);
  });

  it("leaves three numbers and one second layer of equal students, two of copies", () => {
    const equal = state(new Array(6).fill(0.3), [1, 0.2, 0.2, 0.2, 1, 0.2, 0.2, 0.2, 1], eye(2));
    expect(classesOf(equal, 3, 2).count).toBe(4);
    const copies = state([1, 0, 0, 1, 1, 0, 0, 1], [1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1], eye(2));
    // R same, R other; Q diagonal, copy, other; a
    expect(classesOf(copies, 4, 2).count).toBe(6);
  });

  it("is none of teachers that differ", () => {
    const M = [1, 0, 0, 1];
    expect(classesOf(state(M, eye(2), eye(2)), 2, 2).count).toBe(2 + 2 + 1);
    expect(classesOf(state(M, eye(2), eye(2), { aStar: [1, 2] }), 2, 2).count).toBe(4 + 3 + 2);
    expect(classesOf(state(M, eye(2), eye(2), { a: [1, 2] }), 2, 2).count).toBe(4 + 3 + 2);
    expect(classesOf(state(M, eye(2), [1, 0.1, 0.1, 1.2]), 2, 2).count).toBe(4 + 3 + 2);
  });
});
