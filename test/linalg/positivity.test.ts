import { expect, it } from "vitest";
import { smallestEigenvalue } from "../../src/linalg/linear-algebra.js";
import { assembleOmega } from "../../src/omega.js";
import { withinCovariances } from "../../src/positivity.js";

const numbers = (...values: number[]) => Float64Array.from(values);

it("leaves covariances alone, singular ones and singular teachers too", () => {
  const M = numbers(0.5, 0.5, -0.2, 0.3);
  const Q = numbers(1, 0.1, 0.1, 0.9);
  withinCovariances(numbers(1, 0.2, 0.2, 1.5), M, Q, 2, 2).forEach((x, i) =>
    expect(Math.abs(x - Q[i])).toBeLessThan(1e-15),
  );
  // one teacher twice, students within its span
  const same = withinCovariances(numbers(2, 2, 2, 2), numbers(1, 1, 3, 3), numbers(0.5, 1.5, 1.5, 4.5), 2, 2);
  [0.5, 1.5, 1.5, 4.5].forEach((x, i) => expect(Math.abs(same[i] - x)).toBeLessThan(1e-14));
});

it("takes away what is negative outside the teachers' span, and no more", () => {
  // outside the teacher: diag(1, -0.3) turned by 45 degrees
  const M = numbers(0.6, -0.8);
  const outside = numbers(0.35, 0.65, 0.65, 0.35);
  const Q = outside.map((x, i) => x + M[i >> 1] * M[i & 1]);
  const P = numbers(1);
  const got = withinCovariances(P, M, Q, 2, 1);
  got.forEach((x, i) => expect(Math.abs(x - (0.5 + M[i >> 1] * M[i & 1]))).toBeLessThan(1e-15));
  expect(smallestEigenvalue(assembleOmega({ P, M, Q: got }, 2, 1), 3)).toBeGreaterThan(-1e-15);
});
