import { describe, expect, it } from "vitest";
import {
  excessRisk,
  integrate,
  type MeanFieldOptions,
  meanField,
  orderParameters,
  type ProblemInput,
  type Representation,
} from "../../src/index.js";
import { errorOf } from "../support/errors.js";

const largest = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  Array.from(x).reduce((most, value, i) => Math.max(most, Math.abs(value - y[i])), 0);

/** Both layers, F1: one learning rate for both. */
const both = { learningRate: 1, secondLayer: { learningRate: 1 } } as const;

describe("particles and order parameters are one flow", () => {
  const cases: { name: string; problem: ProblemInput; until: number }[] = [
    {
      name: "erf, d = 12",
      problem: { inputDimension: 12, studentWidth: 6, teacherWidth: 2, scaling: "mean-field", ...both },
      until: 5,
    },
    {
      name: "ReLU, d = 12, teacher not averaged",
      problem: {
        inputDimension: 12,
        studentWidth: 5,
        teacherWidth: 3,
        activation: "relu",
        scaling: { student: 1 / 5, teacher: 1 },
        start: { kind: "random", teacher: "gaussian", aStar: [1, 1, -1], a: [1, -1, 1, -1, 1] },
        ...both,
      },
      until: 5,
    },
    {
      name: "more particles than dimensions",
      problem: {
        inputDimension: 3,
        studentWidth: 9,
        teacherWidth: 2,
        activation: "relu",
        scaling: "mean-field",
        ...both,
      },
      until: 5,
    },
    {
      name: "tanh, first layer alone, with decay",
      problem: {
        inputDimension: 7,
        studentWidth: 4,
        teacherWidth: 1,
        activation: "tanh",
        scaling: "mean-field",
        learningRate: 2,
        weightDecay: 0.05,
      },
      until: 4,
    },
    {
      name: "cubic student, ReLU teacher, second layer slower and with decay",
      problem: {
        inputDimension: 9,
        studentWidth: 4,
        teacherWidth: 2,
        activation: { student: { hermite: [0, 1, 0.3, 0.1] }, teacher: "relu" },
        scaling: "mean-field",
        learningRate: 0.5,
        secondLayer: { learningRate: 0.1, weightDecay: 0.02 },
      },
      until: 2,
    },
    {
      name: "quadratic",
      problem: {
        inputDimension: 10,
        studentWidth: 4,
        teacherWidth: 2,
        activation: "quadratic",
        scaling: "mean-field",
        ...both,
      },
      until: 1,
    },
  ];
  // THEORY F: 4e-12 at T = 5 of separate programs
  it("to rounding", async () => {
    for (const activation of ["erf", "relu"] as const) {
      const problem: ProblemInput = { ...cases[0].problem, activation };
      const options: MeanFieldOptions = { until: 5, save: { times: [5] }, rtol: 1e-13 };
      const x = (await meanField(problem, options)).state(0);
      const y = (await meanField(problem, { ...options, representation: "order-parameters" })).state(0);
      for (const part of ["M", "Q", "a"] as const) expect(largest(x[part], y[part])).toBeLessThan(4e-12);
    }
  });

  for (const { name, problem, until } of cases) {
    it(name, async () => {
      const options: MeanFieldOptions = { until, save: { count: 5, spacing: "linear" }, seed: 3, rtol: 1e-11 };
      const particles = await meanField(problem, options);
      const orders = await meanField(problem, { ...options, representation: "order-parameters" });
      expect(particles.status).toBe("completed");
      expect(particles.time).toEqual(orders.time);
      // both to rtol 1e-11 a step; global errors are some ten times larger, times the growth of the flow
      for (let i = 0; i < 5; i++) {
        const [x, y] = [particles.state(i), orders.state(i)];
        for (const part of ["P", "M", "Q", "a"] as const) expect(largest(x[part], y[part])).toBeLessThan(2e-9);
        expect(Math.abs(x.risk - y.risk)).toBeLessThan(1e-9);
      }
      expect(particles.risk[4]).toBeLessThan(particles.risk[0]);
    });
  }
});

describe("closed forms", () => {
  const representations: Representation[] = ["particles", "order-parameters", "reduced"];

  it.each(representations)("one linear unit: u - u* = (u_0 - u*) e^-t, %s", async (representation) => {
    const problem: ProblemInput = {
      inputDimension: 9,
      studentWidth: 1,
      teacherWidth: 1,
      activation: "linear",
      scaling: "mean-field",
    };
    const { time, risk, length } = await meanField(problem, { until: 6, seed: 5, rtol: 1e-10, representation });
    expect(length).toBe(100);
    // P, M and Q of order 1 to some ten times rtol
    time.forEach((t, i) => expect(Math.abs(risk[i] - risk[0] * Math.exp(-2 * t))).toBeLessThan(2e-9));
  });

  // du_i/dt = u* - mean u, the same for all: the mean relaxes as e^-t and differences stay
  it("many linear units", async () => {
    const problem: ProblemInput = {
      inputDimension: 6,
      studentWidth: 8,
      teacherWidth: 1,
      activation: "linear",
      scaling: "mean-field",
    };
    const run = await meanField(problem, { until: 3, save: { times: [0, 3] }, rtol: 1e-11 });
    const [first, last] = [run.particles(0), run.particles(1)];
    const { dimensions, teacher } = first;
    for (let c = 0; c < dimensions; c++) {
      const column = (u: Float64Array) => Array.from({ length: 8 }, (_, i) => u[i * dimensions + c]);
      const mean = column(first.u).reduce((sum, x) => sum + x, 0) / 8;
      const moved = (teacher[c] - mean) * (1 - Math.exp(-3));
      column(first.u).forEach((x, i) => expect(column(last.u)[i]).toBeCloseTo(x + moved, 9));
    }
  });

  // (F3) of linear units: dm_i/dt = e - mean m, dq_i/dt = -(2 / p) q_i
  it("many linear units, reduced", async () => {
    const p = 8;
    const problem: ProblemInput = {
      inputDimension: 50,
      studentWidth: p,
      teacherWidth: 1,
      activation: "linear",
      scaling: "mean-field",
    };
    const run = await meanField(problem, { until: 3, save: { times: [0, 3] }, rtol: 1e-11, representation: "reduced" });
    const [first, last] = [run.particles(0), run.particles(1)];
    expect(first.dimensions).toBe(1);
    const mean = first.u.reduce((sum, m) => sum + m, 0) / p;
    for (let i = 0; i < p; i++) {
      expect(last.u[i]).toBeCloseTo(first.u[i] + (first.teacher[0] - mean) * (1 - Math.exp(-3)), 9);
      expect(last.r![i]).toBeCloseTo(first.r![i] * Math.exp(-3 / p), 9);
    }
  });

  // two-homogeneous units keep a_i^2 - |u_i|^2
  it.each(representations)("conservation laws of ReLU units, %s", async (representation) => {
    const p = 7;
    const problem: ProblemInput = {
      inputDimension: 15,
      studentWidth: p,
      teacherWidth: 2,
      activation: "relu",
      scaling: "mean-field",
      start: { kind: "random", a: [1, -1, 0.5, 2, -0.3, 1, 0] },
      ...both,
    };
    const run = await meanField(problem, { until: 50, save: { count: 10 }, rtol: 1e-10, representation });
    const invariants = (i: number) => run.values(i, "a").map((a, j) => a * a - run.values(i, "norm")[j] ** 2);
    for (let i = 1; i < 10; i++) {
      expect(largest(invariants(i), invariants(0))).toBeLessThan(1e-7);
      expect(run.risk[i]).toBeLessThan(run.risk[i - 1]);
    }
  });

  it("one particle: the reduced flow is the whole one", async () => {
    const problem: ProblemInput = {
      inputDimension: 20,
      studentWidth: 1,
      teacherWidth: 3,
      activation: "gelu",
      scaling: "mean-field",
      start: { kind: "random", teacher: "gaussian" },
      ...both,
    };
    const [whole, reduced] = await Promise.all(
      (["particles", "reduced"] as const).map((representation) =>
        meanField(problem, { until: 10, rtol: 1e-10, seed: 2, representation }),
      ),
    );
    expect(reduced.particles(0).dimensions).toBe(3);
    expect(largest(whole.risk, reduced.risk)).toBeLessThan(1e-8);
    expect(largest(whole.state(-1).P, reduced.state(-1).P)).toBeLessThan(1e-12);
  });
});

describe("the flow is -p times the gradient of the risk", () => {
  it.each(["erf", "relu", "tanh"] as const)("%s", async (activation) => {
    const [d, p, k] = [4, 3, 2];
    const problem: ProblemInput = {
      inputDimension: d,
      studentWidth: p,
      teacherWidth: k,
      activation,
      scaling: "mean-field",
      start: {
        kind: "weights",
        W: [0.5, -1.2, 2, 0.3, 1.1, 0.4, -0.7, 1.5, -2, 0.6, 0.9, -0.2],
        WStar: [2, 0, 0.5, 0, 0, 1.5, 0, -1],
        a: [0.7, -1.1, 1.4],
      },
      ...both,
    };
    const h = 1e-3;
    const run = await meanField(problem, { until: 2 * h, save: { times: [0, h, 2 * h] }, rtol: 1e-13, atol: 1e-16 });
    const at = [0, 1, 2].map((i) => run.particles(i));
    expect(largest(at[0].u.slice(0, 4), [0.25, -0.6, 1, 0.15])).toBeLessThan(1e-15);
    const riskOf = async (u: Float64Array, a: Float64Array) => {
      const rows = { W: u.map((x) => 2 * x), WStar: at[0].teacher.map((x) => 2 * x), inputDimension: d };
      return excessRisk(problem, { ...orderParameters(rows), a, aStar: at[0].aStar });
    };
    for (const part of ["u", "a"] as const) {
      for (let i = 0; i < at[1][part].length; i++) {
        const moved = (step: number) => {
          const [u, a] = [at[1].u.slice(), at[1].a.slice()];
          (part === "u" ? u : a)[i] += step;
          return riskOf(u, a);
        };
        const e = 1e-4;
        const gradient = ((await moved(e)) - (await moved(-e))) / (2 * e);
        // both central differences: errors of order h^2 and e^2 times third derivatives of order 1 and 10
        expect((at[2][part][i] - at[0][part][i]) / (2 * h)).toBeCloseTo(-p * gradient, 5);
      }
    }
  });

  it("is what SGD does as its learning rate goes to 0, on the clock gamma n_s t", async () => {
    const problem: ProblemInput = {
      inputDimension: 30,
      studentWidth: 4,
      teacherWidth: 2,
      scaling: "mean-field",
      learningRate: 1e-6,
      secondLayer: { learningRate: 3e-6, weightDecay: 2e-8 },
      weightDecay: 1e-7,
      noiseVariance: 0.1,
    };
    for (const representation of ["particles", "order-parameters"] as const) {
      const flow = await meanField(problem, { until: 4, save: { times: [1, 4] }, representation });
      expect(flow.clock).toBeCloseTo(2.5e-7, 15);
      const times = Array.from(flow.time, (t) => t / flow.clock);
      const { risk } = await integrate(problem, { until: times[1], save: { times } });
      // the noise is of relative size gamma n_s
      expect(largest(flow.risk, risk)).toBeLessThan(1e-6);
    }
  });
});

describe("results", () => {
  const problem: ProblemInput = {
    inputDimension: 10,
    studentWidth: 40,
    teacherWidth: 2,
    scaling: "mean-field",
    ...both,
  };

  it("densities integrate to one and hold every particle", async () => {
    const run = await meanField(problem, { until: 1, save: { times: [0, 1] } });
    const { edges, density } = run.density(1, { overlap: 1 }, { bins: 9 });
    const values = run.values(1, { overlap: 1 });
    expect(edges).toHaveLength(10);
    expect(density.reduce((sum, x, b) => sum + x * (edges[b + 1] - edges[b]), 0)).toBeCloseTo(1, 12);
    for (let b = 0; b < 9; b++) {
      const count = values.filter((x) => x >= edges[b] && (x < edges[b + 1] || b === 8)).length;
      expect(density[b] * (edges[b + 1] - edges[b]) * 40).toBeCloseTo(count, 9);
    }
    const cosines = run.values(1, { cosine: 0 });
    const { M, Q } = run.state(1);
    cosines.forEach((x, i) => expect(x).toBeCloseTo(M[2 * i] / Math.sqrt(Q[i * 40 + i]), 12));
    // all weights are 1 at the start
    expect(run.density(0, "a", { bins: 1, range: [0.5, 1.5] }).density[0]).toBeCloseTo(1, 12);
    expect(run.values(0, "mass")).toEqual(run.values(0, "norm"));
  });

  it("as a trajectory", async () => {
    for (const representation of ["particles", "order-parameters", "reduced"] as const) {
      const run = await meanField(problem, { until: 1, save: { count: 4 }, representation });
      const trajectory = run.trajectory();
      expect(trajectory.time).toEqual(run.time);
      expect(trajectory.risk).toEqual(run.risk);
      expect(trajectory.state(2)).toEqual(run.state(2));
    }
  });

  it("tells snapshots as they come, and progress", async () => {
    const told: number[] = [];
    let fraction = 0;
    const run = await meanField(problem, {
      until: 2,
      save: { count: 5, spacing: "linear" },
      onSave: ({ time, risk, index }) => told.push(index, time, risk),
      onProgress: (progress) => {
        fraction = progress.fraction;
      },
    });
    expect(told).toEqual(Array.from(run.time).flatMap((time, i) => [i, time, run.risk[i]]));
    expect(fraction).toBe(1);
  });

  it("ends early where it is asked to", async () => {
    const controller = new AbortController();
    const onSave = ({ index }: { index: number }) => {
      if (index === 2) controller.abort();
    };
    const run = await meanField(problem, {
      until: 1e6,
      save: { times: [0, 0.1, 0.2, 1e6] },
      signal: controller.signal,
      onSave,
    });
    expect(run.status).toBe("aborted");
    expect(Array.from(run.time)).toEqual([0, 0.1, 0.2]);
    const short = await meanField(problem, { until: 100, save: { times: [0, 100] }, maxSteps: 3 });
    expect(short.status).toBe("step-limit");
    expect(short.length).toBe(1);
  });

  it("until = 0 is the start", async () => {
    const run = await meanField(problem, { until: 0, save: { times: [0] }, seed: 4 });
    const start = await integrate(problem, { until: 0, save: { times: [0] }, seed: 4 });
    expect(largest(run.state(0).Q, start.state(0).Q)).toBeLessThan(1e-14);
    expect(run.status).toBe("completed");
  });
});

describe("errors", () => {
  const problem: ProblemInput = { inputDimension: 10, studentWidth: 4, teacherWidth: 2, scaling: "mean-field" };

  it.each([
    [{ ...problem, scaling: "committee" }, "1 / 4"],
    [{ ...problem, learningRate: { times: [0, 1], values: [1, 0.5] } }, "no schedule"],
    [{ ...problem, learningRate: 0 }, "above 0"],
    [{ ...problem, secondLayer: { learningRate: { times: [0, 1], values: [1, 0.5] } } }, "secondLayer.learningRate"],
  ] as [ProblemInput, string][])("problems without a mean-field clock", async (bad, text) => {
    const error = await errorOf(() => meanField(bad, { until: 1 }));
    expect(error.code).toBe("invalid-problem");
    expect(error.message).toContain(text);
  });

  it("options, quantities and snapshots", async () => {
    const bad = async (options: object) =>
      (await errorOf(() => meanField(problem, options as MeanFieldOptions))).message;
    expect(await bad({ until: 1, events: [] })).toContain("meanField has no option");
    expect(await bad({})).toContain("until is required");
    expect(await bad({ until: 1, representation: "weights" })).toContain("representation");
    const spectrum = { ...problem, inputs: { spectrum: [{ variance: 1, multiplicity: 10 }] } };
    expect((await errorOf(() => meanField(spectrum, { until: 1 }))).code).toBe("unsupported");
    const run = await meanField(problem, { until: 1, representation: "order-parameters" });
    expect(() => run.particles(0)).toThrow("Order parameters were followed");
    expect(() => run.state(100)).toThrow("There is no snapshot 100");
    expect(() => run.values(0, { overlap: 2 })).toThrow("a teacher unit, 0 to 1");
    expect(() => run.density(0, "a", { range: [1, 0] })).toThrow("range is");
  });
});
