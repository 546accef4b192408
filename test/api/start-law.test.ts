// The law of random starts: Bartlett factors give Wishart matrices, for more and for fewer dimensions than rows.
import { beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine, type ProblemInput, problem, type State } from "../../src/index.js";
import { expectPlausible, kolmogorovP, meanP, normalCdf } from "../support/statistics.js";

const at0 = { until: 0, save: { times: [0] } };

describe("the law of random starts is Wishart's, 8000 replicas (1e-6 each)", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine();
  });
  const count = 8000;

  async function sample(input: ProblemInput, observe: (state: State) => number[]): Promise<Float64Array[]> {
    const checked = problem(input);
    const rows: number[][] = [];
    for (let stream = 0; stream < count; stream++)
      rows.push(observe((await engine.integrate(checked, { ...at0, seed: 31, stream })).state(0)));
    return rows[0].map((_, i) => Float64Array.from(rows, (row) => row[i]));
  }

  function determinant(A: number[][]): number {
    let product = 1;
    for (let j = 0; j < A.length; j++) {
      product *= A[j][j];
      for (let i = j + 1; i < A.length; i++) {
        const factor = A[i][j] / A[j][j];
        for (let c = j; c < A.length; c++) A[i][c] -= factor * A[j][c];
      }
    }
    return product;
  }

  test.each([4, 7, 30])("Gaussian teacher, 2 + 2 rows in %d dimensions", async (d) => {
    const input: ProblemInput = {
      inputDimension: d,
      studentWidth: 2,
      teacherWidth: 2,
      start: { kind: "random", teacher: "gaussian" },
    };
    const samples = await sample(input, ({ P, M, Q }) => {
      const omega = [
        [P[0], P[1], M[0], M[2]],
        [P[2], P[3], M[1], M[3]],
        [M[0], M[1], Q[0], Q[1]],
        [M[2], M[3], Q[2], Q[3]],
      ];
      const diagonal = omega.map((row, i) => row[i]);
      const beside = [P[1], M[0], M[1], M[2], M[3], Q[1]];
      const squares = [...diagonal.map((x) => (x - 1) ** 2), ...beside.map((x) => x * x)];
      // E[W_12 W_23 W_31] = d / d^3; determinant: prod (d - i) / d
      return [...diagonal, ...beside, ...squares, P[1] * M[0] * M[1], M[2] * Q[1] * M[0], determinant(omega)];
    });
    const exact = [
      ...new Array(4).fill(1),
      ...new Array(6).fill(0),
      ...new Array(4).fill(2 / d),
      ...new Array(6).fill(1 / d),
      d ** -2,
      d ** -2,
    ];
    let product = 1;
    for (let i = 0; i < 4; i++) product *= (d - i) / d;
    expectPlausible(
      Object.fromEntries([...exact, product].map((value, i) => [`number ${i}`, meanP(samples[i], value)])),
    );
  });

  test("more rows than dimensions: rank d, still Wishart's moments", async () => {
    const d = 2;
    const input: ProblemInput = {
      inputDimension: d,
      studentWidth: 3,
      teacherWidth: 1,
      start: { kind: "random", teacher: "gaussian" },
    };
    const samples = await sample(input, ({ P, M, Q }) => [
      P[0],
      Q[0],
      Q[4],
      Q[8],
      M[0] * M[1] * Q[1],
      Q[1] * Q[5] * Q[2],
      Q[5] ** 2,
      (Q[8] - 1) ** 2,
      // every 3 x 3 minor vanishes
      determinant([
        [Q[0], Q[1], Q[2]],
        [Q[3], Q[4], Q[5]],
        [Q[6], Q[7], Q[8]],
      ]),
    ]);
    const exact = [1, 1, 1, 1, d ** -2, d ** -2, 1 / d, 2 / d];
    expectPlausible(Object.fromEntries(exact.map((value, i) => [`number ${i}`, meanP(samples[i], value)])));
    expect(samples[8].every((minor) => Math.abs(minor) < 1e-9)).toBe(true);
  });

  test("orthonormal teacher: overlaps N(0, 1/d), norms chi^2 with d degrees of freedom over d", async () => {
    const d = 9;
    const samples = await sample({ inputDimension: d, studentWidth: 2, teacherWidth: 3 }, ({ M, Q }) => [
      ...M,
      Q[0],
      Q[3],
      Q[1] ** 2,
    ]);
    const p: Record<string, number> = {};
    for (let i = 0; i < 6; i++) p[`overlap ${i}`] = kolmogorovP(samples[i], (x) => normalCdf(x * Math.sqrt(d)));
    p["norm 0"] = meanP(
      samples[6].map((q) => (q - 1) ** 2),
      2 / d,
    );
    p["norm 1"] = meanP(
      samples[7].map((q) => (q - 1) ** 2),
      2 / d,
    );
    p["between students"] = meanP(samples[8], 1 / d);
    expectPlausible(p);
  });
});
