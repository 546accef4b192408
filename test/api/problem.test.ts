// A problem is checked once, completed with defaults and frozen; whatever is wrong with it is said in a sentence.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ProblemInput, problem } from "../../src/index.js";
import { expectError } from "../support/errors.js";

const ok: ProblemInput = { inputDimension: 100, studentWidth: 2, teacherWidth: 2 };
const covariance = {
  P: [
    [1, 0],
    [0, 1],
  ],
  M: [
    [0, 0],
    [0, 0],
  ],
  Q: [
    [1, 0],
    [0, 1],
  ],
};

describe("a valid problem", () => {
  test("has the defaults of DESIGN", () => {
    expect(problem(ok)).toEqual({
      inputDimension: 100,
      studentWidth: 2,
      teacherWidth: 2,
      activation: "erf",
      scaling: "committee",
      learningRate: 0.2,
      secondLayer: "fixed",
      weightDecay: 0,
      noiseVariance: 0,
      batchSize: 1,
      inputs: "gaussian",
      data: "online",
      start: { kind: "random", teacher: "orthonormal", scale: 1 },
    });
  });

  test("is frozen through and through, and given back as it is", () => {
    const p = problem({
      ...ok,
      learningRate: { times: [0, 1], values: [1, 2] },
      start: { kind: "state", state: covariance },
    });
    const everything = (value: unknown): unknown[] =>
      typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(everything)] : [];
    expect(everything(p).every(Object.isFrozen)).toBe(true);
    expect(problem(p)).toBe(p);
  });

  test("leaves what it was given as it was", () => {
    const values = [1, 2];
    const start = { kind: "random" as const, a: [1, 2] };
    const input = { ...ok, learningRate: { times: [0, 1], values }, start };
    const before = structuredClone(input);
    const p = problem(input);
    expect(input).toEqual(before);
    values[0] = 5;
    start.a[0] = 9;
    expect(p.learningRate).toEqual({ times: [0, 1], values: [1, 2], interpolation: "constant" });
    expect(p.start).toMatchObject({ a: [1, 2] });
  });

  test("survives JSON: what comes back is the same problem", () => {
    const p = problem({
      ...ok,
      activation: { student: "relu", teacher: "erf" },
      secondLayer: { learningRate: 1 },
      start: { kind: "informed", perturbation: 0.1 },
    });
    expect(problem(JSON.parse(JSON.stringify(p)))).toEqual(p);
  });

  test("writes activations as they were given, but for typed arrays and the leaky ReLU's slope", () => {
    const text = (activation: ProblemInput["activation"]) => JSON.stringify(problem({ ...ok, activation }).activation);
    expect(text("erf")).toBe('"erf"');
    expect(text("gelu")).toBe('"gelu"');
    expect(text({ student: "relu", teacher: "erf" })).toBe('{"student":"relu","teacher":"erf"}');
    expect(text("leaky-relu")).toBe('{"kind":"leaky-relu","slope":0.01}');
    expect(text({ kind: "leaky-relu" })).toBe('{"kind":"leaky-relu","slope":0.01}');
    expect(text({ student: { kind: "leaky-relu", slope: 0 }, teacher: { hermite: Float64Array.of(0, 1, 0.5) } })).toBe(
      '{"student":{"kind":"leaky-relu","slope":0},"teacher":{"hermite":[0,1,0.5]}}',
    );
    const given = problem({ ...ok, activation: { hermite: [0, 1, 0] } });
    expect(problem(JSON.parse(JSON.stringify(given)))).toEqual(given);
    expect(Object.isFrozen((given.activation as { hermite: number[] }).hermite)).toBe(true);
  });

  test.each(["random", "informed", "denoising"] as const)("takes the bare start %j for { kind }", (kind) => {
    expect(problem({ ...ok, start: kind })).toEqual(problem({ ...ok, start: { kind } }));
  });

  test("takes matrices as rows, flat, typed or not", () => {
    const flat = problem({
      ...ok,
      start: { kind: "state", state: { P: [1, 0, 0, 1], M: new Float64Array(4), Q: new Float64Array([1, 0, 0, 1]) } },
    });
    const rows = problem({
      ...ok,
      start: { kind: "state", state: { ...covariance, M: [new Float64Array(2), new Float64Array(2)] } },
    });
    expect(flat).toEqual(rows);
  });

  test("takes the ends of every range", () => {
    const p = { inputDimension: 1, studentWidth: 1, teacherWidth: 1, weightDecay: 0, noiseVariance: 0, batchSize: 1 };
    expect(problem(p)).toMatchObject(p);
    const q = { inputDimension: 1e20, studentWidth: 4096, teacherWidth: 4096, batchSize: 1e6, learningRate: 0 };
    expect(problem(q)).toMatchObject(q);
  });
});

describe("a start that is no covariance", () => {
  test.each([
    [
      "an overlap beyond both norms",
      {
        ...covariance,
        M: [
          [1, 0],
          [0, 2],
        ],
      },
      "-1.000",
    ],
    [
      "a negative norm",
      {
        ...covariance,
        Q: [
          [1, 0],
          [0, -1],
        ],
      },
      "-1.000",
    ],
    [
      "students nearer than they can be",
      {
        ...covariance,
        Q: [
          [1, 1.001],
          [1.001, 1],
        ],
      },
      "-0.001",
    ],
  ])("%s is not-positive-semidefinite, with its smallest eigenvalue", async (_, state, eigenvalue) => {
    const action = () => problem({ ...ok, start: { kind: "state", state } });
    await expectError(action, "not-positive-semidefinite", "problem.start.state", eigenvalue, "orderParameters");
  });

  test("is accepted within rounding: singular states, and states of weights", () => {
    const ones = [
      [1, 1],
      [1, 1],
    ];
    expect(() => problem({ ...ok, start: { kind: "state", state: { P: ones, M: ones, Q: ones } } })).not.toThrow();
    expect(() =>
      problem({
        ...ok,
        start: {
          kind: "state",
          state: {
            P: ones,
            M: ones,
            Q: [
              [1, 1],
              [1, 1 - 1e-12],
            ],
          },
        },
      }),
    ).not.toThrow();
    const zeros = [
      [0, 0],
      [0, 0],
    ];
    expect(() => problem({ ...ok, start: { kind: "state", state: { P: zeros, M: zeros, Q: zeros } } })).not.toThrow();
  });
});

test("any Gram matrix is a state, and its eigenvalue made negative is not (300 examples)", () => {
  const entry = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 250);
  const shape = fc.record({ p: fc.integer({ min: 1, max: 4 }), k: fc.integer({ min: 1, max: 3 }) });
  const cases = shape.chain(({ p, k }) =>
    fc.record({
      p: fc.constant(p),
      k: fc.constant(k),
      rows: fc.array(fc.array(entry, { minLength: 3, maxLength: 3 }), { minLength: p + k, maxLength: p + k }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ p, k, rows }) => {
      const dot = (u: number[], v: number[]) => u.reduce((sum, x, i) => sum + x * v[i], 0);
      const block = (X: number[][], Y: number[][]) => X.map((u) => Y.map((v) => dot(u, v)));
      const [T, S] = [rows.slice(0, k), rows.slice(k)];
      const base = { inputDimension: 50, studentWidth: p, teacherWidth: k };
      const state = { P: block(T, T), M: block(S, T), Q: block(S, S) };
      problem({ ...base, start: { kind: "state", state } });
      const trace = [...state.P, ...state.Q].reduce((sum, row, i) => sum + row[i < k ? i : i - k], 0);
      const Q = state.Q.map((row, i) => row.map((x, j) => (i === j && i === p - 1 ? -1e-6 * (1 + trace) : x)));
      expect(() => problem({ ...base, start: { kind: "state", state: { ...state, Q } } })).toThrow(/eigenvalue/);
    }),
    { numRuns: 300, seed: 1 },
  );
});
