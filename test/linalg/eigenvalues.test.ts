import { describe, expect, it } from "vitest";
import { type Complex, eigenvalues } from "../../src/linalg/eigenvalues.js";
import { finished } from "../support/generators.js";

const of = (rows: readonly (readonly number[])[]) => finished(eigenvalues(rows.flat(), rows.length));
const matrix = (n: number, entry: (i: number, j: number) => number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
const real = (values: readonly number[]): Complex[] => values.map((re) => ({ re, im: 0 }));

/** Each value has one of its own within the distance. */
function expectNear(got: readonly Complex[], wanted: readonly Complex[], distance: number): void {
  expect(got.length).toBe(wanted.length);
  const left = [...wanted];
  for (const { re, im } of got) {
    const distances = left.map((value) => Math.sqrt((value.re - re) ** 2 + (value.im - im) ** 2));
    const nearest = distances.indexOf(Math.min(...distances));
    expect(distances[nearest], `${re} + ${im} i`).toBeLessThan(distance);
    left.splice(nearest, 1);
  }
}

/** Pseudo-random numbers in (-1/2, 1/2), the same everywhere. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

/** H A H for the reflection H = I - 2 v v^T / v^T v: the same eigenvalues. */
function reflected(A: number[][], v: readonly number[]): number[][] {
  const square = v.reduce((sum, x) => sum + x * x, 0);
  const left = A.map((_, i) =>
    A.map((_, j) => A[i][j] - (2 * v[i] * v.reduce((sum, x, l) => sum + x * A[l][j], 0)) / square),
  );
  return left.map((row) => row.map((x, j) => x - (2 * v[j] * row.reduce((sum, y, l) => sum + y * v[l], 0)) / square));
}

describe("eigenvalues", () => {
  it("are the diagonal of a triangular matrix, and nothing of an empty one", () => {
    expect(of([])).toEqual([]);
    expect(of([[-3]])).toEqual(real([-3]));
    expect(of(matrix(5, () => 0))).toEqual(real([0, 0, 0, 0, 0]));
    expect(of(matrix(6, (i, j) => (j >= i ? i + 1 + (j - i) * 0.3 : 0)))).toEqual(real([6, 5, 4, 3, 2, 1]));
  });

  it("are sorted by real part, pairs with the positive imaginary part first", () => {
    const blocks = [
      [1, -2, 0, 0, 0],
      [2, 1, 0, 0, 0],
      [0, 0, 3, 0, 0],
      [0, 0, 0, 1, -5],
      [0, 0, 0, 5, 1],
    ];
    expect(of(blocks)).toEqual([
      { re: 3, im: 0 },
      { re: 1, im: 2 },
      { re: 1, im: -2 },
      { re: 1, im: 5 },
      { re: 1, im: -5 },
    ]);
  });

  it("of a cyclic shift are the roots of unity", () => {
    const n = 24;
    const roots = Array.from({ length: n }, (_, i) => ({
      re: Math.cos((2 * Math.PI * i) / n),
      im: Math.sin((2 * Math.PI * i) / n),
    }));
    // a normal matrix: no eigenvalue is worse than the rounding, some n units
    expectNear(of(matrix(n, (i, j) => (j === (i + 1) % n ? 1 : 0))), roots, 24 * 2 ** -52);
  });

  it("of Clement's matrix are whole numbers", () => {
    const n = 20;
    const clement = matrix(n, (i, j) => (j === i + 1 ? j : j === i - 1 ? n - j - 1 : 0));
    // condition numbers of its eigenvalues reach 1e3 here
    expectNear(of(clement), real(Array.from({ length: n }, (_, i) => n - 1 - 2 * i)), 1e-10);
  });

  it("of Frank's matrix are pairs of reciprocals", () => {
    const n = 8;
    const values = of(matrix(n, (i, j) => (j >= i - 1 ? n - Math.max(i, j) : 0)));
    expect(values.every(({ im }) => im === 0)).toBe(true);
    // the small ones have condition numbers about 1e4
    for (let i = 0; i < n / 2; i++) expect(Math.abs(values[i].re * values[n - 1 - i].re - 1)).toBeLessThan(1e-10);
  });

  it("of a companion matrix are the roots of its polynomial", () => {
    // (x - 1)(x - 2)(x - 3)(x - 4)(x^2 + 1) = x^6 - 10 x^5 + 36 x^4 - 60 x^3 + 59 x^2 - 50 x + 24
    const [first, ...rest] = [[10, -36, 60, -59, 50, -24], ...matrix(5, (i, j) => (i === j ? 1 : 0))];
    const companion = [first, ...rest.map((row) => [...row, 0])];
    expectNear(of(companion), [...real([4, 3, 2, 1]), { re: 0, im: 1 }, { re: 0, im: -1 }], 1e-11);
  });

  it("of a Jordan block are found to the cube root of the rounding", () => {
    const next = numbers(5);
    let jordan: number[][] = matrix(3, (i, j) => (i === j ? 2 : j === i + 1 ? 1 : 0));
    for (let i = 0; i < 3; i++) jordan = reflected(jordan, [next(), next(), next()]);
    expectNear(of(jordan), real([2, 2, 2]), 1e-4);
  });

  it.each([40, 200])("of a hidden block-triangular matrix of %i rows are those of its blocks", (n) => {
    const next = numbers(n);
    // blocks [[a, b], [-b, a]] with eigenvalues a +- b i, random numbers above them
    const wanted: Complex[] = [];
    let A: number[][] = matrix(n, (i, j) => (j > i ? next() / Math.sqrt(n) : 0));
    for (let i = 0; i < n; i += 2) {
      const [a, b] = [4 * next(), 4 * next()];
      A[i][i] = A[i + 1][i + 1] = a;
      A[i][i + 1] = b;
      A[i + 1][i] = -b;
      wanted.push({ re: a, im: b }, { re: a, im: -b });
    }
    for (let i = 0; i < 3; i++) A = reflected(A, Array.from({ length: n }, next));
    // rounding 1e-16 n times the condition of eigenvalues, up to 1e3 at these densities
    expectNear(of(A), wanted, n * 1e-12);
  });
});
