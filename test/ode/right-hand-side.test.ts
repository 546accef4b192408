import { describe, expect, it } from "vitest";
import { excessRisk, type ProblemInput, rightHandSide } from "../../src/index.js";
import { activationOf, type TheoryState, theoryProblem, vectorFile } from "./vectors.js";

type RhsEntry = TheoryState & {
  act: keyof typeof activationOf;
  eps_g: number;
  h: number[][];
  N: number[][];
  s: number[];
};
const entries = vectorFile("theory").rhs as RhsEntry[];
const problemOf = (entry: RhsEntry, more: Partial<ProblemInput> = {}) =>
  theoryProblem(entry, { activation: activationOf[entry.act], ...more });

/** 13 digits in the file, so 1e-12 relative to the largest of a matrix. */
function expectClose(actual: ArrayLike<number>, expected: number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i] - value)).toBeLessThan(1e-12 * scale);
  });
}

const stateOf = (entry: TheoryState) => ({
  P: entry.T.flat(),
  M: entry.M.flat(),
  Q: entry.Q.flat(),
  a: entry.a,
  aStar: entry.at,
});

describe.each(entries.map((entry) => ({ act: entry.act, width: entry.a.length, entry })))(
  "right-hand side of $act at width $width against 30-digit values",
  ({ entry }) => {
    const { h, N, a, ns } = entry;
    const k = entry.T.length;
    const gamma = 0.7;

    it("splits into the population gradient (B8) and the noise (C7)", async () => {
      const problem = problemOf(entry, { learningRate: gamma, secondLayer: { learningRate: 0.3 } });
      const { gradient, noise, M, Q, a: da } = await rightHandSide(problem, stateOf(entry));
      expectClose(
        gradient.M,
        h.flatMap((row) => row.slice(0, k).map((x) => gamma * x)),
      );
      expectClose(
        gradient.Q,
        h.flatMap((row, i) => a.map((_, j) => gamma * (row[k + j] + h[j][k + i]))),
      );
      expectClose(
        noise.Q,
        N.flat().map((x) => gamma * gamma * x),
      );
      expectClose(
        da,
        entry.s.map((s) => 0.3 * ns * s),
      );
      expect([...M]).toEqual([...gradient.M]);
      expect([...Q]).toEqual([...gradient.Q].map((q, i) => q + noise.Q[i]));
    });

    it("divides the noise by the batch size and takes decay from the gradient, twice for Q", async () => {
      const plain = await rightHandSide(problemOf(entry, { learningRate: gamma }), stateOf(entry));
      const other = await rightHandSide(
        problemOf(entry, { learningRate: gamma, batchSize: 4, weightDecay: 0.25 }),
        stateOf(entry),
      );
      expectClose(
        other.noise.Q,
        [...plain.noise.Q].map((x) => x / 4),
      );
      expectClose(
        other.M,
        [...plain.M].map((x, i) => x - 0.25 * entry.M.flat()[i]),
      );
      expectClose(
        other.gradient.Q,
        [...plain.gradient.Q].map((x, i) => x - 0.5 * entry.Q.flat()[i]),
      );
    });

    it("gives the excess risk (A13)", async () => {
      expect(Math.abs((await excessRisk(problemOf(entry), stateOf(entry))) / entry.eps_g - 1)).toBeLessThan(1e-12);
    });
  },
);

describe("right-hand side by other routes", () => {
  it("is Biehl & Schwarze's closed form (E1) at p = k = 1", async () => {
    const [eta, Delta] = [0.8, 0.3];
    for (const [R, Q] of [
      [0.3, 0.5],
      [-0.2, 1.7],
      [0.9, 0.95],
    ]) {
      const dR =
        ((2 * eta) / Math.PI / (1 + Q)) * ((1 + Q - R * R) / Math.sqrt(2 * (1 + Q) - R * R) - R / Math.sqrt(1 + 2 * Q));
      const dQ =
        ((4 * eta) / Math.PI / (1 + Q)) * (R / Math.sqrt(2 * (1 + Q) - R * R) - Q / Math.sqrt(1 + 2 * Q)) +
        ((4 * eta * eta) / Math.PI ** 2 / Math.sqrt(1 + 2 * Q)) *
          (Math.asin(Q / (1 + 3 * Q)) +
            Math.asin((1 + 2 * (Q - R * R)) / (2 * (1 + 2 * Q - R * R))) -
            2 * Math.asin(R / Math.sqrt(2 * (1 + 2 * Q - R * R) * (1 + 3 * Q)))) +
        (2 * eta * eta * Delta) / Math.PI / Math.sqrt(1 + 2 * Q);
      const problem = {
        inputDimension: 100,
        studentWidth: 1,
        teacherWidth: 1,
        learningRate: eta,
        noiseVariance: Delta,
      } as const;
      const rhs = await rightHandSide(problem, { P: [1], M: [R], Q: [Q] });
      expect(rhs.M[0]).toBeCloseTo(dR, 14);
      expect(rhs.Q[0]).toBeCloseTo(dQ, 14);
    }
  });

  it("has the plateaus of Saad & Solla as fixed points of the gradient", async () => {
    const { misc } = vectorFile("theory");
    for (const { K, eps } of misc.plateau_eg as { K: number; eps: number }[]) {
      const state = {
        P: Array.from({ length: K * K }, (_, i) => (i % (K + 1) === 0 ? 1 : 0)),
        M: new Array(K * K).fill(1 / Math.sqrt(K * (2 * K - 1))),
        Q: new Array(K * K).fill(1 / (2 * K - 1)),
      };
      const problem = { inputDimension: 100, studentWidth: K, teacherWidth: K };
      const { gradient } = await rightHandSide(problem, state);
      for (const x of [...gradient.M, ...gradient.Q]) expect(Math.abs(x)).toBeLessThan(2e-16 * K);
      // the file's 13 digits; eps is a difference of O(K) numbers
      expect(Math.abs((await excessRisk(problem, state)) - eps)).toBeLessThan(2e-15 * K);
    }
  });

  it("follows a permutation of the students", async () => {
    const entry = entries.find(({ act, a }) => act === "erf" && a.length === 3) as RhsEntry;
    const order = [2, 0, 1];
    const rhs = await rightHandSide(problemOf(entry), stateOf(entry));
    const moved = {
      ...stateOf(entry),
      M: order.flatMap((i) => entry.M[i]),
      Q: order.flatMap((i) => order.map((j) => entry.Q[i][j])),
      a: order.map((i) => entry.a[i]),
    };
    const there = await rightHandSide(problemOf(entry), moved);
    order.forEach((i, row) => {
      order.forEach((j, column) => {
        expect(Math.abs(there.Q[row * 3 + column] - rhs.Q[i * 3 + j])).toBeLessThan(1e-16);
      });
    });
  });
});
