// Where a run starts: one Omega_0 for theory and simulation, the law of random starts, and what each kind promises.
import { describe, expect, test } from "vitest";
import {
  integrate,
  orderParameters,
  type ProblemInput,
  problem,
  type State,
  simulate,
  Trajectory,
} from "../../src/index.js";
import { expectError } from "../support/errors.js";

const at0 = { until: 0, save: { times: [0] } };
const ofTheory = async (input: ProblemInput, seed: number, stream = 0) =>
  (await integrate(input, { ...at0, seed, stream })).state(0);
const ofSimulation = async (input: ProblemInput, seed: number, stream = 0, precision: "f64" | "f32" = "f64") =>
  (await simulate(input, { ...at0, seed, stream, precision })).state(0);

const names = ["P", "M", "Q", "a", "aStar"] as const;
function distance(x: State, y: State): number {
  let worst = Math.abs(x.risk - y.risk);
  for (const name of names) {
    x[name].forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - y[name][i]));
    });
  }
  return worst;
}

const base = { inputDimension: 100, studentWidth: 5, teacherWidth: 2 };
const weights = (rows: number, d: number, shift: number) =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: d }, (_, j) => Math.sin(1 + i + shift + 3 * j) * 1.4));
const starts: Record<string, ProblemInput> = {
  random: base,
  "random, Gaussian teacher": { ...base, start: { kind: "random", teacher: "gaussian", scale: 0.3 } },
  "random, scale 0": { ...base, start: { kind: "random", scale: 0 } },
  "random, second layers given": { ...base, start: { kind: "random", a: [1, -1, 0.5, 0, 2], aStar: [3, -2] } },
  "random, d smaller than the number of rows": {
    ...base,
    inputDimension: 4,
    start: { kind: "random", teacher: "gaussian" },
  },
  "random, d = 1": { inputDimension: 1, studentWidth: 3, teacherWidth: 1 },
  informed: { ...base, start: "informed" },
  "informed, perturbed": { ...base, start: { kind: "informed", teacher: "gaussian", perturbation: 0.2 } },
  denoising: { ...base, scaling: "mean-field", start: "denoising" },
  "denoising, perturbed": { ...base, start: { kind: "denoising", perturbation: 1e-3, aStar: [1, -2] } },
  state: {
    ...base,
    studentWidth: 2,
    start: {
      kind: "state",
      state: {
        P: [
          [1, 0.2],
          [0.2, 1.5],
        ],
        M: [
          [0.3, -0.1],
          [0.2, 0.4],
        ],
        Q: [
          [0.8, 0.15],
          [0.15, 1.1],
        ],
        a: [0.7, -1.2],
        aStar: [1, -0.5],
      },
    },
  },
  "state, singular": {
    ...base,
    studentWidth: 2,
    start: {
      kind: "state",
      state: {
        P: [
          [1, 0],
          [0, 1],
        ],
        M: [
          [1, 0],
          [1, 0],
        ],
        Q: [
          [1, 1],
          [1, 1],
        ],
      },
    },
  },
  "state, zero": {
    ...base,
    studentWidth: 1,
    teacherWidth: 1,
    start: { kind: "state", state: { P: [[0]], M: [[0]], Q: [[0]] } },
  },
  weights: { ...base, inputDimension: 11, start: { kind: "weights", W: weights(5, 11, 0), WStar: weights(2, 11, 7) } },
};

describe.each(Object.keys(starts))("start %s", (name) => {
  const input = starts[name];

  test("is the same for theory and for simulation, to 1e-13", async () => {
    for (const [seed, stream] of [
      [0, 0],
      [1, 0],
      [1, 5],
      [2 ** 53 - 1, 2 ** 53 - 1],
    ]) {
      // inner products of order 5 at most, in a frame that is orthonormal to 1e-15
      expect(distance(await ofTheory(input, seed, stream), await ofSimulation(input, seed, stream))).toBeLessThan(
        1e-13,
      );
    }
  });

  test("is the same in f32, to its precision", async () => {
    expect(distance(await ofTheory(input, 3), await ofSimulation(input, 3, 0, "f32"))).toBeLessThan(3e-6);
  });

  test("is a function of seed and stream, and depends on them only if it is random", async () => {
    const same = await ofTheory(input, 4, 2);
    expect(distance(same, await ofTheory(input, 4, 2))).toBe(0);
    const random = /random(?!, scale 0)|perturbed/.test(name);
    for (const [seed, stream] of [
      [5, 2],
      [4, 3],
    ])
      expect(distance(same, await ofTheory(input, seed, stream)) > 1e-9).toBe(random);
  });

  test("is a covariance: symmetric, with P and Q positive and M within their bounds", async () => {
    const { P, M, Q } = await ofTheory(input, 6);
    const [p, k] = [input.studentWidth, input.teacherWidth];
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) expect(Q[i * p + j]).toBe(Q[j * p + i]);
      for (let r = 0; r < k; r++)
        expect(Math.abs(M[i * k + r])).toBeLessThanOrEqual(
          Math.sqrt(Q[i * p + i] * P[r * k + r]) * (1 + 1e-14) + 1e-15,
        );
    }
  });
});

describe("what each kind promises", () => {
  const activations = ["erf", "relu", "linear", "quadratic"] as const;
  const scalings = ["committee", "mean-field", { student: 0.3, teacher: 2 }] as const;
  const solutions = activations.flatMap((activation) =>
    scalings.flatMap((scaling) => (["informed", "denoising"] as const).map((kind) => ({ activation, scaling, kind }))),
  );

  test.each(solutions)("$kind is a solution: $activation, $scaling", async ({ activation, scaling, kind }) => {
    const input: ProblemInput = {
      inputDimension: 30,
      studentWidth: 5,
      teacherWidth: 2,
      activation,
      scaling,
      start: { kind, teacher: "gaussian", aStar: [1.5, -0.5] },
    };
    const run = await simulate(input, { until: 1, save: { times: [0, 1] }, seed: 3 });
    // a difference of numbers of order (2 n_t sum |a*|)^2 = 64, as large as 3 Q^2 = 20 times that for x^2
    expect(run.risk[0]).toBeLessThan(1e-12);
    // noiseless SGD stays there, up to what rounding of weights does: a residual of 1e-15 squared
    expect(run.risk[1]).toBeLessThan(1e-12);
    expect(run.status).toBe("completed");
  });

  test("informed: the first students are the teachers, the others 0", async () => {
    const { P, M, Q, a } = await ofTheory(starts.informed, 1);
    expect([...P]).toEqual([1, 0, 0, 1]);
    expect([...M]).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect([...Q]).toEqual(Array.from({ length: 25 }, (_, at) => (at === 0 || at === 6 ? 1 : 0)));
    expect([...a]).toEqual([1, 1, 0, 0, 0]);
  });

  test("denoising: student i is teacher i mod k, copies share its weight", async () => {
    const { M, a } = await ofTheory(starts.denoising, 1);
    expect([...M]).toEqual([1, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
    // n_t / n_s = 5/2, three copies of the first and two of the second
    [5 / 6, 5 / 4, 5 / 6, 5 / 4, 5 / 6].forEach((value, i) => expect(a[i]).toBeCloseTo(value, 15));
  });

  test("orthonormal teachers have P = I exactly, Gaussian ones have not", async () => {
    expect([...(await ofTheory(starts.random, 9)).P]).toEqual([1, 0, 0, 1]);
    const { P } = await ofTheory(starts["random, Gaussian teacher"], 9);
    expect(P[0]).not.toBe(1);
    expect(P[1]).not.toBe(0);
    expect(Math.abs(P[0] - 1)).toBeLessThan(1);
  });

  test("scale multiplies students: M by it, Q by its square", async () => {
    const unit = await ofTheory(base, 10);
    const scaled = await ofTheory({ ...base, start: { kind: "random", scale: 0.25 } }, 10);
    expect([...scaled.M]).toEqual(Array.from(unit.M, (x) => x / 4));
    expect([...scaled.Q]).toEqual(Array.from(unit.Q, (x) => x / 16));
  });

  test("a perturbation adds scale times the random student", async () => {
    const [informed, perturbed, random] = await Promise.all([
      ofTheory({ ...base, start: "informed" }, 11),
      ofTheory({ ...base, start: { kind: "informed", perturbation: 0.5 } }, 11),
      ofTheory(base, 11),
    ]);
    perturbed.M.forEach((x, i) => expect(x).toBeCloseTo(informed.M[i] + 0.5 * random.M[i], 14));
    // Q = (T + R / 2)(T + R / 2)^T, T R^T from M of the random start
    const T = (i: number) => (i < 2 ? i : undefined);
    const cross = (i: number, j: number) => (T(i) === undefined ? 0 : random.M[j * 2 + i]);
    perturbed.Q.forEach((x, at) => {
      const [i, j] = [Math.floor(at / 5), at % 5];
      expect(x).toBeCloseTo(informed.Q[at] + 0.5 * (cross(i, j) + cross(j, i)) + 0.25 * random.Q[at], 14);
    });
  });

  test("a state start gives that very state", async () => {
    const { P, M, Q, a, aStar } = await ofTheory(starts.state, 12);
    expect([...P, ...M, ...Q, ...a, ...aStar]).toEqual([
      1, 0.2, 0.2, 1.5, 0.3, -0.1, 0.2, 0.4, 0.8, 0.15, 0.15, 1.1, 0.7, -1.2, 1, -0.5,
    ]);
  });

  test("a state that needs more dimensions than there are is refused", async () => {
    const input = { ...starts.state, inputDimension: 3 };
    await expectError(() => ofSimulation(input, 0), "invalid-problem", "4 dimensions", "inputDimension is 3");
    await expectError(() => ofTheory(input, 0), "invalid-problem", "4 dimensions", "inputDimension is 3");
  });

  test("a trajectory's state can be given, risk and all", async () => {
    const state = await ofSimulation(base, 13);
    const again = await ofTheory({ ...base, start: { kind: "state", state } }, 99);
    expect(distance(state, again)).toBeLessThan(1e-15);
  });

  test("weights have the order parameters of orderParameters(), and simulate() starts from those very weights", async () => {
    const input = starts.weights;
    const [W, WStar] = [weights(5, 11, 0), weights(2, 11, 7)];
    const { P, M, Q } = orderParameters({ W, WStar, inputDimension: 11 });
    const state = await ofSimulation(input, 1);
    [...P, ...M, ...Q].forEach((x, i) => expect([...state.P, ...state.M, ...state.Q][i]).toBeCloseTo(x, 13));
  });
});

describe("the random start of a seed", () => {
  test("a row's numbers do not depend on how many rows there are: p = 2 is part of p = 7, bit for bit", async () => {
    for (const teacher of ["orthonormal", "gaussian"] as const) {
      const start = { kind: "random" as const, teacher };
      const narrow = await ofTheory({ inputDimension: 50, studentWidth: 2, teacherWidth: 3, start }, 21);
      const wide = await ofTheory({ inputDimension: 50, studentWidth: 7, teacherWidth: 3, start }, 21);
      expect(wide.P).toEqual(narrow.P);
      expect(wide.M.subarray(0, 6)).toEqual(narrow.M);
      expect([0, 1, 7, 8].map((at) => wide.Q[at])).toEqual([...narrow.Q]);
    }
  });

  test("does not depend on learning rates, noise, batches, inputs or activations", async () => {
    const first = await ofSimulation(base, 22);
    const other: ProblemInput = {
      ...base,
      learningRate: 3,
      noiseVariance: 1,
      batchSize: 4,
      inputs: "sphere",
      activation: "relu",
      secondLayer: { learningRate: 1 },
      weightDecay: 1,
    };
    const second = await ofSimulation(other, 22);
    for (const name of names) expect(second[name]).toEqual(first[name]);
  });

  test("needs no d-dimensional object: at d = 1e20 it is the limit up to 1e-10", async () => {
    const { P, M, Q } = await ofTheory(
      { inputDimension: 1e20, studentWidth: 3, teacherWidth: 2, start: { kind: "random", teacher: "gaussian" } },
      23,
    );
    const limit = (values: Float64Array, columns: number, diagonal: number) =>
      values.forEach((x, at) =>
        expect(Math.abs(x - (Math.floor(at / columns) === at % columns ? diagonal : 0))).toBeLessThan(6e-10),
      );
    limit(P, 2, 1);
    limit(Q, 3, 1);
    limit(M, 3, 0);
  });
});

describe("matrices as rows have the shape, not only the numbers", () => {
  const P = [
    [1, 0],
    [0, 1],
  ];
  const Q = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const given = (M: number[][], W = P) => ({
    inputDimension: 50,
    studentWidth: 3,
    teacherWidth: 2,
    start: { kind: "state" as const, state: { P: W, M, Q } },
  });

  test("a transposed M is refused", () => {
    expect(() =>
      problem(
        given([
          [0.1, 0.2, 0.3],
          [0, 0, 0],
        ]),
      ),
    ).toThrow(/M has 2 rows of 3 numbers; allowed: 3 rows of 2/);
  });

  test("ragged rows are refused", () => {
    expect(() =>
      problem(
        given(
          [
            [0, 0],
            [0, 0],
            [0, 0],
          ],
          [[1, 0, 0], [1]],
        ),
      ),
    ).toThrow(/P has rows of 3 and 1 numbers/);
  });
});

describe("a snapshot or trajectory read by Node as a Buffer", () => {
  test("is as good as the bytes it came from, wherever it lies in Node's pool", async () => {
    const p = { inputDimension: 50, studentWidth: 3, teacherWidth: 2 };
    const run = await simulate(p, { until: 2, seed: 3 });
    const whole = await simulate(p, { until: 4, seed: 3, save: { times: [4] } });
    const rest = await simulate(p, { from: Buffer.from(run.snapshot!), until: 4, save: { times: [4] } });
    expect(rest.state(0)).toEqual(whole.state(0));
    expect(Trajectory.from(Buffer.from(run.toBuffer())).state(-1)).toEqual(run.state(-1));
  });
});

test("a state of rank d in fewer dimensions than rows starts, though rounding gives it a rank beyond", async () => {
  for (let seed = 0; seed < 200; seed++) {
    const p = { inputDimension: 3, studentWidth: 4, teacherWidth: 2 } as const;
    const begin = await simulate(p, { until: 0, save: { times: [0] }, seed });
    const state = begin.state(0);
    const again = await simulate(
      { ...p, learningRate: 0, start: { kind: "state", state } },
      { until: 1, save: { times: [1] } },
    );
    again.state(0).Q.forEach((value, i) => {
      expect(value).toBeCloseTo(state.Q[i], 9);
    });
  }
});
