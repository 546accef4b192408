import { describe, expect, it } from "vitest";
import { driftAlong, nullSpace } from "../../src/fixed-points/null-space.js";
import { solveLinear } from "../../src/linalg/linear-solve.js";
import { inRange, leastSquares, rankOf, singularValues } from "../../src/linalg/singular-values.js";
import { finished } from "../support/generators.js";

const of = (rows: readonly (readonly number[])[]) => finished(singularValues(rows.flat(), rows.length));
const hilbert = (n: number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => 1 / (i + j + 1)));
const product = (A: readonly (readonly number[])[], x: ArrayLike<number>) =>
  A.map((row) => row.reduce((sum, a, j) => sum + a * x[j], 0));

describe("singularValues", () => {
  it("of Hilbert's matrix are its eigenvalues", () => {
    // Hilbert's matrix of order 3: roots of 2160 x^3 - 3312 x^2 + 381 x - 1 (Cramer's rule by hand; 16 digits by mpmath)
    const { values } = of(hilbert(3));
    [1.4083189271236539, 0.12232706585390584, 0.0026873403557735292].forEach((x, i) =>
      expect(Math.abs(values[i] - x)).toBeLessThan(1e-15),
    );
  });

  it("put the matrix together again", () => {
    const A = hilbert(7).map((row, i) => row.map((x, j) => x * (i - j) + (i === j ? 0.1 * i : 0)));
    const { values, left, right, n } = of(A);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let orthogonal = 0;
        for (let s = 0; s < n; s++) {
          sum += left[s * n + i] * values[s] * right[s * n + j];
          orthogonal += right[s * n + i] * right[s * n + j];
        }
        expect(Math.abs(sum - A[i][j])).toBeLessThan(1e-14);
        expect(Math.abs(orthogonal - (i === j ? 1 : 0))).toBeLessThan(1e-14);
      }
    }
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
  });

  it("tell the rank, and the shortest least-squares solution", () => {
    // rank 2: row 3 = row 1 + row 2
    const A = [
      [1, 2, 3],
      [0, 1, -1],
      [1, 3, 2],
    ];
    const decomposition = of(A);
    expect(rankOf(decomposition, 1e-12)).toBe(2);
    const x = leastSquares(decomposition, Float64Array.of(6, 0, 6), 2);
    product(A, x).forEach((value, i) => expect(Math.abs(value - [6, 0, 6][i])).toBeLessThan(1e-14));
    // across the null vector (-5, 1, 1)
    expect(Math.abs(-5 * x[0] + x[1] + x[2])).toBeLessThan(1e-14);
    const outside = inRange(decomposition, Float64Array.of(1, 1, -1), 2);
    outside.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-15));
  });
});

describe("nullSpace", () => {
  it("gives tangents, and the drift along them by the spectral projection", () => {
    // J = (1, -1; 0, 0): range (1, 0), null vector (1, 1) / sqrt 2; F = (3, 2) = c (1, 1) / sqrt 2 + (1, 0)
    const space = finished(nullSpace(Float64Array.of(1, -1, 0, 0), 2, 1e-9));
    const [vector] = space.vectors;
    expect(space.vectors.length).toBe(1);
    const sign = Math.sign(vector[0]);
    vector.forEach((x) => expect(Math.abs(x * sign - Math.SQRT1_2)).toBeLessThan(1e-15));
    expect(Math.abs(driftAlong(space, Float64Array.of(3, 2))[0] * sign - 2 * Math.SQRT2)).toBeLessThan(1e-14);
    expect(finished(nullSpace(Float64Array.of(1, -1, 0, 1), 2, 1e-9)).vectors).toEqual([]);
  });
});

describe("solveLinear", () => {
  it("solves by pivoting, and says where a matrix is singular", () => {
    const A = [
      [0, 2, 1],
      [1e-9, 1, 3],
      [4, -1, 2],
    ];
    const x = solveLinear(A.flat(), product(A, [1, -2, 3]), 3) as Float64Array;
    x.forEach((value, i) => expect(Math.abs(value - [1, -2, 3][i])).toBeLessThan(1e-14));
    expect(solveLinear([1, 2, 2, 4], [1, 1], 2)).toBeUndefined();
    expect(solveLinear([0], [1], 1)).toBeUndefined();
    expect(solveLinear([Number.NaN], [1], 1)).toBeUndefined();
  });
});
