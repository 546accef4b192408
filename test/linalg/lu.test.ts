import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectSameBits } from "../support/bits.js";
import { type Core, loadCore } from "../support/core.js";

const core = loadCore("release");

/** Factors A (n x n) panel by panel and solves for b; undefined where it is singular. */
function solve({ exports, f64, read }: Core, A: number[][], b: number[]): Float64Array | undefined {
  const n = A.length;
  const even = n + (n % 2);
  const matrix = f64(A.flatMap((row) => (n % 2 ? [...row, 0] : row)));
  const right = f64(b);
  const pivots = f64(n);
  const packed = f64(Math.max(1, exports.luPackedBytes(n) / 8));
  for (let panel = 0; panel < exports.luPanels(n); panel++) {
    if (exports.luFactorPanel(matrix, n, 8 * even, pivots, packed, panel) === 0) return undefined;
  }
  exports.luSolve(matrix, n, 8 * even, pivots, right);
  return read(right, n);
}

/** Numbers in (-1, 1) that look random. */
function numbers(count: number, seed: number): number[] {
  let x = seed;
  return Array.from({ length: count }, () => {
    x = (x * 16807) % 2147483647;
    return (2 * x) / 2147483647 - 1;
  });
}

const matrixOf = (n: number, seed: number) => {
  const all = numbers(n * n, seed);
  return Array.from({ length: n }, (_, i) => all.slice(i * n, (i + 1) * n));
};

const largest = (x: number[]) => Math.max(...x.map(Math.abs));

// one panel (48 columns), the first beyond, tiles of four columns with every rest, several panels
describe.each([1, 2, 3, 4, 5, 17, 47, 48, 49, 50, 51, 52, 95, 96, 97, 131, 200])("LU of order %i", (n) => {
  it("solves with a small residual", () => {
    const A = matrixOf(n, n + 3);
    const b = numbers(n, n + 11);
    const x = solve(core, A, b)!;
    // backward stable: |A x - b| <= n growth eps |A| |x|, and the growth of random matrices is far below n
    const residual = A.map((row, i) => row.reduce((sum, a, j) => sum + a * x[j], -b[i]));
    expect(largest(residual)).toBeLessThan(4 * n * 2 ** -52 * n * largest([...x]));
  });

  it("has the same bits in the debug build", () => {
    const [A, b] = [matrixOf(n, 7), numbers(n, 5)];
    expectSameBits(solve(core, A, b)!, solve(loadCore("debug"), A, b)!);
  });
});

it("solves permutations exactly", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }).chain((n) => fc.shuffledSubarray([...Array(n).keys()], { minLength: n })),
      (order) => {
        const A = order.map((column) => order.map((_, j) => (j === column ? 1 : 0)));
        const x = solve(core, A, order)!;
        expect([...x]).toEqual(order.map((_, i) => i));
      },
    ),
    { numRuns: 50, seed: 1 },
  );
});

it.each([3, 60])("tells a singular matrix of order %i", (n) => {
  const A = matrixOf(n, 9);
  for (const row of A) row[n - 1] = 0;
  expect(solve(core, A, numbers(n, 4))).toBeUndefined();
  expect(
    solve(
      core,
      matrixOf(n, 9).map((row) => row.map((_, j) => (j === 1 ? Number.NaN : 1))),
      numbers(n, 4),
    ),
  ).toBeUndefined();
});
