// Small matrices of order parameters: eigenvalues, semidefinite factors, Gram matrices.
import fc from "fast-check";
import { expect, test } from "vitest";
import { choleskySemidefinite, gram, smallestEigenvalue } from "../../src/linalg/linear-algebra.js";
import { assembleOmega, splitOmega } from "../../src/omega.js";
import { isIndefinite } from "../../src/positivity.js";

const entry = fc.integer({ min: -4000, max: 4000 }).map((n) => n / 1000);
const rows = (m: number, columns: number) => fc.array(entry, { minLength: m * columns, maxLength: m * columns });
const shape = fc.record({ m: fc.integer({ min: 1, max: 8 }), columns: fc.integer({ min: 1, max: 9 }) });

/** H D H with a Householder reflection H: a symmetric matrix of known eigenvalues. */
function reflected(eigenvalues: number[], direction: number[]): Float64Array {
  const m = eigenvalues.length;
  const norm = direction.reduce((sum, x) => sum + x * x, 0);
  const H = (i: number, j: number) => (i === j ? 1 : 0) - (2 * direction[i] * direction[j]) / norm;
  return Float64Array.from({ length: m * m }, (_, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    return eigenvalues.reduce((sum, value, e) => sum + H(i, e) * value * H(e, j), 0);
  });
}

test("the smallest eigenvalue of matrices with known ones, to 1e-14 of the largest", () => {
  const cases = fc
    .integer({ min: 1, max: 9 })
    .chain((m) =>
      fc.tuple(
        fc.array(entry, { minLength: m, maxLength: m }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: m, maxLength: m }),
      ),
    );
  fc.assert(
    fc.property(cases, ([eigenvalues, direction]) => {
      const scale = Math.max(...eigenvalues.map(Math.abs), 1e-3);
      const got = smallestEigenvalue(reflected(eigenvalues, direction), eigenvalues.length);
      expect(Math.abs(got - Math.min(...eigenvalues))).toBeLessThan(1e-14 * scale);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("the Hilbert matrix of order 6: 1.08279948e-7", () => {
  const hilbert = Float64Array.from({ length: 36 }, (_, at) => 1 / (Math.floor(at / 6) + (at % 6) + 1));
  expect(smallestEigenvalue(hilbert, 6)).toBeCloseTo(1.0827994845655e-7, 15);
});

test("a Gram matrix is symmetric, and its semidefinite factor gives it back, full rank or not", () => {
  fc.assert(
    fc.property(
      shape.chain(({ m, columns }) =>
        fc.record({ m: fc.constant(m), columns: fc.constant(columns), R: rows(m, columns) }),
      ),
      ({ m, columns, R }) => {
        const A = gram(R, m, columns);
        const L = choleskySemidefinite(A, m);
        const trace = Array.from({ length: m }, (_, i) => A[i * m + i]).reduce((sum, x) => sum + x, 0);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < m; j++) {
            const direct = Array.from({ length: columns }, (_, c) => R[i * columns + c] * R[j * columns + c]).reduce(
              (sum, x) => sum + x,
              0,
            );
            expect(A[i * m + j]).toBeCloseTo(direct, 11);
            expect(A[i * m + j]).toBe(A[j * m + i]);
            if (j > i) expect(L[i * m + j]).toBe(0);
            let back = 0;
            for (let c = 0; c < m; c++) back += L[i * m + c] * L[j * m + c];
            // a pivot below 1e-14 of the trace is dropped, which moves entries by up to its square root times theirs: 1e-7 of the trace
            expect(Math.abs(back - A[i * m + j])).toBeLessThanOrEqual(2e-7 * trace);
          }
        }
      },
    ),
    { seed: 2, numRuns: 300 },
  );
});

test("well-conditioned factors are exact to rounding", () => {
  const A = reflected([0.5, 1, 2, 3], [1, 2, 3, 4]);
  const L = choleskySemidefinite(A, 4);
  gram(L, 4, 4).forEach((x, i) => expect(x).toBeCloseTo(A[i], 15));
});

test("Omega is put together and taken apart, teacher rows first", () => {
  const state = { P: [1, 2, 2, 3], M: [4, 5, 6, 7, 8, 9], Q: [10, 11, 12, 11, 13, 14, 12, 14, 15] };
  const omega = assembleOmega(state, 3, 2);
  expect([...omega]).toEqual([1, 2, 4, 6, 8, 2, 3, 5, 7, 9, 4, 5, 10, 11, 12, 6, 7, 11, 13, 14, 8, 9, 12, 14, 15]);
  const { P, M, Q } = splitOmega(omega, 3, 2);
  expect({ P: [...P], M: [...M], Q: [...Q] }).toEqual(state);
});

test("a state is indefinite when it leaves the cone by more than integration errors do", () => {
  const state = (q: number) => ({ P: [1], M: [1], Q: [q] });
  for (const q of [1, 1.5, 1 - 1e-9, 1 + 1e-9]) expect(isIndefinite(state(q), 1, 1)).toBe(false);
  for (const q of [0.99, 0, -1]) expect(isIndefinite(state(q), 1, 1)).toBe(true);
});
