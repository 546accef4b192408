// ensemble(): replica r is simulate({ seed, stream: r }) bit for bit, whoever its neighbours are and whichever thread it runs on; and its
// statistics are those of the replicas.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Ensemble } from "../../src/ensemble-result.js";
import {
  type Curves,
  createEngine,
  type EnsembleOptions,
  ensemble,
  type ProblemInput,
  problem as problemOf,
  simulate,
  type Trajectory,
} from "../../src/index.js";
import { expectSameBits } from "../support/bits.js";
import { expectError } from "../support/errors.js";
import { cases, expectSameRun, numbersOf, problems } from "../support/runs.js";
import { expectPlausible, incompleteGamma, kolmogorovP, normalTwoSided } from "../support/statistics.js";
import { type Threads, watchThreads } from "../support/threads.js";

const simple = problems["first layer"];
const times = [0, 0.3, 1, 2.5, 4];
const base: EnsembleOptions = { until: 4, save: { times }, seed: 7, keep: true };

/** All that an ensemble says of its numbers. */
function numbersOfEnsemble(run: Ensemble): number[] {
  const curves = (c: Curves) => [
    ...c.risk,
    ...Array.from({ length: c.length }, (_, i) => {
      const { P, M, Q, a, aStar, risk } = c.state(i);
      return [risk, ...P, ...M, ...Q, ...a, ...aStar];
    }).flat(),
  ];
  const { mean, standardError, standardDeviation, time, counts } = run;
  return [...time, ...counts, ...[mean, standardError, standardDeviation, run.quantile(0.3)].flatMap(curves)];
}

describe("replicas are those of simulate", () => {
  const more: Record<string, ProblemInput> = {
    ...problems,
    "small d": { inputDimension: 3, studentWidth: 3, teacherWidth: 2, noiseVariance: 0.1 },
    "d = 1": { inputDimension: 1, studentWidth: 2, teacherWidth: 1, learningRate: 0.1 },
    "both layers, gaussian teacher": {
      inputDimension: 29,
      studentWidth: 3,
      teacherWidth: 2,
      activation: "relu",
      weightDecay: 0.02,
      secondLayer: { learningRate: 0.1, weightDecay: 0.01 },
      learningRate: { times: [0, 2], values: [0.5, 0.1], interpolation: "linear" },
      start: { kind: "random", teacher: "gaussian", scale: 0.5 },
    },
    sphere: { inputDimension: 31, studentWidth: 4, teacherWidth: 3, inputs: "sphere", noiseVariance: 0.1 },
    spectrum: {
      inputDimension: 40,
      studentWidth: 3,
      teacherWidth: 2,
      inputs: {
        spectrum: [
          { variance: 2, multiplicity: 2 },
          { variance: 0.5, multiplicity: 38 },
        ],
      },
    },
    "sphere, small d": { inputDimension: 2, studentWidth: 2, teacherWidth: 2, inputs: "sphere" },
  };
  const all = [
    ...cases,
    ...Object.keys(more)
      .filter((name) => !(name in problems))
      .map((name) => ({ name, method: "chain", precision: "f64" }) as const),
  ];

  describe.each(all)("$name, $method $precision", ({ name, method, precision }) => {
    const problem = more[name];
    const options = { ...base, method, precision };
    let alone: Trajectory[];
    beforeAll(async () => {
      const { keep: _, ...one } = options;
      alone = [];
      for (let stream = 0; stream < 9; stream++) alone.push(await simulate(problem, { ...one, stream }));
    });

    test.each([1, 2, 3, 4, 5, 9])("%i of them, rows and snapshots", async (replicas) => {
      const run = await ensemble(problem, { ...options, replicas, workers: 1 });
      expect(run).toMatchObject({ status: "completed", replicas, length: times.length });
      expect(run.trajectories!.length).toBe(replicas);
      run.trajectories!.forEach((replica, stream) => {
        expectSameRun(replica, alone[stream]);
        expect(replica.statistics).toEqual(alone[stream].statistics);
        expect(replica.message).toBe(alone[stream].message);
      });
    });

    test("on two and three threads", async () => {
      for (const [workers, replicas] of [
        [2, 9],
        [3, 9],
        [3, 5],
      ]) {
        const run = await ensemble(problem, { ...options, replicas, workers });
        run.trajectories!.forEach((replica, stream) => expectSameRun(replica, alone[stream]));
      }
    });
  });

  test("d = 1e20", async () => {
    const problem: ProblemInput = { ...more.sphere, inputDimension: 1e20 };
    const options = { until: 1e-17, save: { times: [1e-18, 1e-17] }, seed: 3 };
    const run = await ensemble(problem, { ...options, replicas: 5, keep: true, workers: 2 });
    for (const [stream, replica] of run.trajectories!.entries())
      expectSameRun(replica, await simulate(problem, { ...options, stream }));
  });

  test("on the threads' own cores: those of an engine of the caller's too", async () => {
    const { readFileSync } = await import("node:fs");
    const engine = await createEngine({ wasm: readFileSync(new URL("../../build/release.wasm", import.meta.url)) });
    const options = { ...base, replicas: 8 };
    const here = await ensemble(simple, { ...options, workers: 1 });
    const there = await engine.ensemble(simple, { ...options, workers: 2 });
    engine.dispose();
    there.trajectories!.forEach((replica, r) => expectSameRun(replica, here.trajectories![r]));
    await expectError(() => engine.ensemble(simple, options), "disposed");
  });

  test("snapshots go on with simulate as if unbroken", async () => {
    for (const [problem, method] of [
      [simple, "chain"],
      [simple, "dense"],
      [problems.everything, "chain"],
    ] as const) {
      for (const workers of [1, 2]) {
        const early = { ...base, method, until: 2.5, save: { times: times.slice(0, 4) } };
        const { trajectories } = await ensemble(problem, { ...early, replicas: 6, workers });
        for (const stream of [0, 3, 5]) {
          const first = trajectories![stream];
          const rest = await simulate(problem, { until: 4, save: { times }, from: first.snapshot });
          const whole = await simulate(problem, { until: 4, save: { times }, seed: 7, stream, method });
          expectSameBits(numbersOf(first, rest), numbersOf(whole));
          expect(rest.snapshot).toEqual(whole.snapshot);
        }
      }
    }
  });

  test("the seed is 0 and the replicas 100 unless given; auto is the method that simulate takes", async () => {
    const run = await ensemble(simple, { until: 0.5, save: { times: [0.5] } });
    expect(run).toMatchObject({ replicas: 100, status: "completed", trajectories: undefined });
    expect(run.message).toBe("Completed: 100 replicas to t = 0.5.");
    expect(run.statistics).toEqual({ method: "chain", precision: "f64", seed: 0, replicas: 100, steps: 2500 });
    const given = await ensemble(simple, { until: 0.5, save: { times: [0.5] }, seed: 0, replicas: 100, workers: 2 });
    expectSameBits(numbersOfEnsemble(given), numbersOfEnsemble(run));
    expect(given.statistics).toEqual(run.statistics);
    for (const inputDimension of [2, 1000]) {
      const p = { ...simple, inputDimension, studentWidth: 30 };
      const { method } = (await simulate(p, { until: 0 })).statistics;
      expect((await ensemble(p, { until: 0, replicas: 4 })).statistics.method).toBe(method);
    }
  });

  test("what is kept and where it runs does not change the statistics", async () => {
    for (const problem of [simple, problems.everything]) {
      const options = { ...base, replicas: 10, keep: false };
      const want = numbersOfEnsemble(await ensemble(problem, { ...options, workers: 1 }));
      for (const change of [{ keep: true }, { workers: 2 }, { workers: 2, keep: true }, { workers: 16 }])
        expectSameBits(numbersOfEnsemble(await ensemble(problem, { ...options, workers: 1, ...change })), want);
    }
  });

  test("nothing is saved where nothing is asked for", async () => {
    const run = await ensemble(simple, { ...base, save: { times: [] }, replicas: 5, workers: 1 });
    expect(run.length).toBe(0);
    expect(run.mean.risk.length).toBe(0);
    const alone = await simulate(simple, { until: 4, save: { times: [] }, seed: 7, stream: 4 });
    expect(run.trajectories![4].snapshot).toEqual(alone.snapshot);
  });

  test("no step is made where until is 0, and a time may be saved twice", async () => {
    const run = await ensemble(simple, { until: 0, save: { times: [0, 0] }, replicas: 3, workers: 1, seed: 7 });
    expect([...run.time]).toEqual([0, 0]);
    expect(run.mean.state(0)).toEqual(run.mean.state(1));
    expect(run.statistics.steps).toBe(0);
  });
});

describe("threads", () => {
  let threads: Threads;
  beforeAll(() => {
    threads = watchThreads();
  });
  afterAll(() => threads.unwatch());

  test("groups of four replicas go to the threads that are free, and all work is done there", async () => {
    const engine = await createEngine();
    const here = await ensemble(simple, { ...base, replicas: 21, workers: 1 });
    for (const [workers, replicas, groups] of [
      [2, 21, 6],
      [3, 21, 6],
      [3, 8, 2],
      [2, 4, 0],
    ]) {
      const before = threads.answers.filter((kind) => kind === "outcomes").length;
      const run = await engine.ensemble(simple, { ...base, replicas, workers });
      expect(threads.answers.filter((kind) => kind === "outcomes").length - before).toBe(groups);
      run.trajectories!.forEach((replica, r) => expectSameRun(replica, here.trajectories![r]));
    }
    expect(threads.all.length).toBe(3);
    engine.dispose();
  });

  test.each([
    ["chain", "f64"],
    ["dense", "f64"],
    ["dense", "f32"],
  ] as const)("one replica a group where there are no lanes: batches and weights, %s %s", async (method, precision) => {
    const engine = await createEngine();
    const before = threads.answers.filter((kind) => kind === "outcomes").length;
    await engine.ensemble(problems.everything, { ...base, method, precision, replicas: 3, workers: 2 });
    expect(threads.answers.filter((kind) => kind === "outcomes").length - before).toBe(3);
    engine.dispose();
  });

  test("ensembles and simulations side by side on one engine do not disturb each other", async () => {
    const engine = await createEngine();
    const other: ProblemInput = { ...problems.everything, inputDimension: 60 };
    const apart = [
      await ensemble(simple, { ...base, replicas: 12, workers: 1 }),
      await ensemble(other, { ...base, seed: 8, replicas: 6, workers: 1 }),
      await ensemble(simple, { ...base, seed: 9, replicas: 7, workers: 1 }),
    ];
    for (let round = 0; round < 2; round++) {
      const [one, two, three, alone] = await Promise.all([
        engine.ensemble(simple, { ...base, replicas: 12, workers: 2 }),
        engine.ensemble(other, { ...base, seed: 8, replicas: 6, workers: 3 }),
        engine.ensemble(simple, { ...base, seed: 9, replicas: 7, workers: 1 }),
        engine.simulate(simple, { until: 4, save: { times }, seed: 7, stream: 11 }),
      ]);
      for (const [i, run] of [one, two, three].entries()) {
        run.trajectories!.forEach((replica, r) => expectSameRun(replica, apart[i].trajectories![r]));
      }
      expectSameRun(alone, apart[0].trajectories![11]);
    }
    engine.dispose();
  });

  test("small ensembles start none unless told to", async () => {
    const before = threads.all.length;
    await ensemble(simple, { until: 1, replicas: 20, save: { times: [1] } });
    expect(threads.all.length).toBe(before);
  });
});

/** An ensemble with these excess risks at its only row, p = k = 1. */
function ensembleOfRisks(risks: readonly number[]): Ensemble {
  return new Ensemble({
    problem: problemOf({ inputDimension: 1, studentWidth: 1, teacherWidth: 1 }),
    time: Float64Array.of(0),
    outcomes: risks.map((risk, stream) => ({
      stream,
      status: "completed",
      step: 0,
      rows: Float64Array.of(0, risk, 0, 1, 1),
      P: Float64Array.of(1),
      aStar: Float64Array.of(1),
      state: new Uint8Array(0),
    })),
    status: "completed",
    message: "",
    statistics: {},
  });
}

describe("statistics", async () => {
  const problem: ProblemInput = {
    inputDimension: 20,
    studentWidth: 3,
    teacherWidth: 2,
    secondLayer: { learningRate: 0.1 },
    start: { kind: "random", teacher: "gaussian" },
  };
  const run = await ensemble(problem, { ...base, replicas: 23, workers: 1 });
  const n = 23;
  const states = (row: number) => run.trajectories!.map((replica) => replica.state(row));
  const parts = ["P", "M", "Q", "a", "aStar"] as const;
  /** A quantity of row i over replicas, and what a curve has for it. */
  function* quantities(row: number): Generator<{ name: string; values: number[]; of: (c: Curves) => number }> {
    yield { name: "risk", values: states(row).map(({ risk }) => risk), of: (c) => c.risk[row] };
    yield { name: "state's risk", values: states(row).map(({ risk }) => risk), of: (c) => c.state(row).risk };
    for (const part of parts)
      for (let j = 0; j < states(row)[0][part].length; j++)
        yield {
          name: `${part}[${j}]`,
          values: states(row).map((state) => state[part][j]),
          of: (c) => c.state(row)[part][j],
        };
  }
  // sums of n numbers in any order agree to n eps of the sum of magnitudes
  const close = (got: number, want: number, magnitude: number, name: string) =>
    expect(Math.abs(got - want), `${name}: ${got} for ${want}`).toBeLessThanOrEqual(n * 2 ** -50 * magnitude);
  /** Sum over pairs of (x_i - x_j)(y_i - y_j) / (n (n - 1)): the covariance without a mean. */
  const covariance = (x: readonly number[], y: readonly number[]) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) for (let j = 0; j < i; j++) sum += (x[i] - x[j]) * (y[i] - y[j]);
    return sum / (x.length * (x.length - 1));
  };
  const largest = (x: readonly number[]) => Math.max(...x.map(Math.abs));

  test("mean, standard deviation and standard error of every number, at every row", () => {
    const { mean, standardDeviation, standardError } = run;
    for (let row = 0; row < times.length; row++) {
      for (const { name, values, of } of quantities(row)) {
        const size = largest(values);
        close(of(mean), values.reduceRight((sum, x) => sum + x, 0) / n, size, `mean of ${name}`);
        // the squares, where cancellation costs no more
        close(of(standardDeviation) ** 2, covariance(values, values), size * size, `variance of ${name}`);
        close(of(standardError), of(standardDeviation) / Math.sqrt(n), of(standardDeviation), `error of ${name}`);
      }
    }
  });

  test("Q is symmetric; times, lengths and counts are told", () => {
    const { Q } = run.quantile(0.8).state(2);
    expect([Q[1], Q[2], Q[5]]).toEqual([Q[3], Q[6], Q[7]]);
    expect([...run.time]).toEqual(times);
    expect([...run.counts]).toEqual(times.map(() => n));
    for (const curves of [run.mean, run.quantile(0)]) {
      expect(curves).toMatchObject({ length: times.length, problem: run.problem });
      expect([...curves.time]).toEqual(times);
    }
  });

  test("negative rows count from the end; others are errors", async () => {
    expect(run.mean.state(-1)).toEqual(run.mean.state(4));
    expect(run.covariance(-5)).toEqual(run.covariance(0));
    for (const row of [5, -6, 0.5, Number.NaN, "1" as unknown as number]) {
      await expectError(() => run.mean.state(row), "invalid-argument", `no row ${row}`, "from -5 to 4");
      await expectError(() => run.covariance(row), "invalid-argument", `no row ${row}`);
    }
  });

  test("the ends of the quantiles are the least and the greatest", () => {
    for (const { values, of } of quantities(3)) {
      expect(of(run.quantile(0))).toBe(Math.min(...values));
      expect(of(run.quantile(1))).toBe(Math.max(...values));
      expect(of(run.quantile(0.5))).toBe(values.sort((x, y) => x - y)[11]);
    }
  });

  test.each<[string, number[], [q: number, value: number][]]>([
    ["Excel's page on PERCENTILE.INC", [1, 3, 2, 4], [[0.3, 1.9]]],
    ["numpy.quantile's page", [10, 7, 4, 3, 2, 1], [[0.5, 3.5]]],
    [
      "polars.Expr.quantile's page, linear",
      [0, 1, 2, 3, 4, 5],
      [
        [0.3, 1.5],
        [0.25, 1.25],
        [0.75, 3.75],
      ],
    ],
    [
      "numpy.quantile 2.4.6 and R's type 7",
      [6, 47, 49, 15, 42, 41, 7, 39, 43, 40, 36],
      [
        [0.25, 25.5],
        [0.5, 40],
        [0.75, 42.5],
      ],
    ],
    [
      "one replica",
      [3],
      [
        [0, 3],
        [0.4, 3],
        [1, 3],
      ],
    ],
  ])("quantiles of %s", (_, risks, expected) => {
    const curves = ensembleOfRisks(risks);
    for (const [q, value] of expected) expect(curves.quantile(q).risk[0]).toBeCloseTo(value, 14);
  });

  test("quantiles outside [0, 1] are errors", async () => {
    for (const q of [-0.1, 1.1, Number.NaN, undefined, "0.5"])
      await expectError(() => run.quantile(q as number), "invalid-argument", /^q /, "from 0 to 1");
  });

  test("covariances of the risk and all order parameters, by name", () => {
    const { names, values } = run.covariance(2);
    expect(names).toEqual(
      ["risk", "M_1_1", "M_1_2", "M_2_1", "M_2_2", "M_3_1", "M_3_2"].concat(
        ["Q_1_1", "Q_1_2", "Q_1_3", "Q_2_2", "Q_2_3", "Q_3_3"],
        ["a_1", "a_2", "a_3"],
      ),
    );
    const columns = states(2).map(({ risk, M, Q, a }) => [risk, ...M, Q[0], Q[1], Q[2], Q[4], Q[5], Q[8], ...a]);
    const column = (c: number) => columns.map((row) => row[c]);
    for (let x = 0; x < names.length; x++) {
      for (let y = 0; y < names.length; y++) {
        const got = values[x * names.length + y];
        expect(got).toBe(values[y * names.length + x]);
        const magnitude = largest(column(x)) * largest(column(y));
        close(got, covariance(column(x), column(y)), magnitude, `${names[x]}, ${names[y]}`);
      }
    }
  });

  test("one replica has no spread", async () => {
    const one = await ensemble(problem, { ...base, replicas: 1 });
    expect(one.mean.state(3)).toEqual(one.trajectories![0].state(3));
    expect(one.standardDeviation.risk).toEqual(new Float64Array(5).fill(Number.NaN));
    expect(one.covariance(1).values.every(Number.isNaN)).toBe(true);
  });

  test("P varies where teachers are random and nowhere else", async () => {
    const { P } = run.standardDeviation.state(0);
    expect(Math.min(...P)).toBeGreaterThan(0.01);
    expect(run.standardDeviation.state(4).P).toEqual(P);
    const fixed = await ensemble({ ...problem, start: "random" }, { ...base, replicas: 5 });
    expect([...fixed.mean.state(0).P]).toEqual([1, 0, 0, 1]);
    expect([...fixed.standardDeviation.state(0).P]).toEqual([0, 0, 0, 0]);
  });

  test("what is given away can be written on", () => {
    const before = numbersOfEnsemble(run);
    const { mean } = run;
    mean.risk.fill(7);
    mean.state(0).Q.fill(7);
    run.covariance(0).values.fill(7);
    run.trajectories![0].risk.fill(7);
    run.trajectories![0].state(0).P.fill(7);
    expectSameBits(numbersOfEnsemble(run), before);
  });

  test("200 000 replicas", () => {
    const many = ensembleOfRisks(Array.from({ length: 200_000 }, (_, i) => i));
    expect([...many.counts]).toEqual([200_000]);
    expect(many.quantile(1).risk[0]).toBe(199_999);
  });
});

describe("replicas that diverge", () => {
  const quadratic = { inputDimension: 20, studentWidth: 2, teacherWidth: 1, activation: "quadratic" } as const;
  const rows = [0, 0.5, 1, 2, 3, 4];
  test.each([
    { name: "in lanes", problem: { ...quadratic, learningRate: 0.2 }, method: "chain" },
    { name: "by themselves", problem: { ...quadratic, learningRate: 0.25, batchSize: 2 }, method: "chain" },
    { name: "on weights", problem: { ...quadratic, learningRate: 0.2 }, method: "dense" },
  ] as const)("$name: the others go on", async ({ problem, method }) => {
    const options = { until: 4, save: { times: rows }, seed: 0, method };
    for (const workers of [1, 2]) {
      const told: number[] = [];
      const onProgress = ({ fraction }: { fraction: number }) => told.push(fraction);
      const run = await ensemble(problem, { ...options, replicas: 40, keep: true, workers, onProgress });
      expect(told.at(-1)).toBe(1);
      const diverged = run.trajectories!.filter(({ status }) => status === "diverged").length;
      // both kinds, and among the ten groups of lanes some that have both
      expect(diverged).toBeGreaterThan(3);
      expect(diverged).toBeLessThan(37);
      expect(run.status).toBe("diverged");
      expect(run.message).toMatch(new RegExp(`^${diverged} of 40 replicas diverged: .*try a smaller learning rate`));
      for (const [stream, replica] of run.trajectories!.entries())
        expectSameRun(replica, await simulate(problem, { ...options, stream }));
      const lengths = run.trajectories!.map(({ length }) => length);
      expect([...run.counts]).toEqual(rows.map((_, i) => lengths.filter((length) => length > i).length));
      expect(run.counts[5]).toBeLessThan(40);
      const left = run.trajectories!.filter(({ length }) => length > 5).map(({ risk }) => risk[5]);
      expect(run.mean.risk[5]).toBeCloseTo(left.reduce((sum, x) => sum + x, 0) / left.length, 12);
      expect(run.statistics.steps).toBe(run.trajectories!.reduce((sum, t) => sum + (t.statistics.steps as number), 0));
    }
  });

  test("all of them", async () => {
    const problem = { ...quadratic, learningRate: 3 };
    const run = await ensemble(problem, { until: 4, save: { times: rows }, replicas: 6, workers: 1 });
    expect(run.status).toBe("diverged");
    expect(run.message).toMatch(/^All 6 replicas diverged/);
    expect(run.length).toBeLessThan(6);
    expect(run.counts.length).toBe(run.length);
    expect(run.time.length).toBe(run.length);
    expect(Math.min(...run.counts)).toBeGreaterThan(0);
  });
});

describe("laws", () => {
  const N = 4000;

  // |w|^2 / d of w ~ N(0, I_d) is chi^2_d / d: mean 1, variance 2 / d, fourth central moment 12 (d + 4) / d^3
  test.each([1, 2, 20])(
    "random starts at d = %i: Q_11 is chi^2_d / d, and M_11 normal with variance 1 / d",
    async (d) => {
      const run = await ensemble(
        { inputDimension: d, studentWidth: 2, teacherWidth: 1 },
        { until: 0, save: { times: [0] }, replicas: N, seed: 1, keep: true, workers: 1 },
      );
      const { names, values } = run.covariance(0);
      const covariance = (x: string, y: string) => values[names.indexOf(x) * names.length + names.indexOf(y)];
      const { Q, M } = run.mean.state(0);
      const variance = 2 / d;
      const fourth = (12 * (d + 4)) / d ** 3;
      const column = (x: (state: { M: Float64Array; Q: Float64Array }) => number) =>
        Float64Array.from(run.trajectories!, (replica) => x(replica.state(0)));
      expectPlausible({
        "mean of Q_11": normalTwoSided((Q[0] - 1) / Math.sqrt(variance / N)),
        "variance of Q_11": normalTwoSided(
          (covariance("Q_1_1", "Q_1_1") - variance) / Math.sqrt((fourth - variance ** 2) / N),
        ),
        "law of Q_11": kolmogorovP(
          column((state) => state.Q[0]),
          (x) => incompleteGamma(d / 2, (d * x) / 2)[0],
        ),
        "mean of M_11": normalTwoSided(M[0] / Math.sqrt(1 / d / N)),
        "variance of M_11": normalTwoSided((covariance("M_1_1", "M_1_1") * d - 1) / Math.sqrt(2 / N)),
        // E[M_11^2 M_21^2] = 1 / d^2
        "M_11 with M_21": normalTwoSided(covariance("M_1_1", "M_2_1") * d * Math.sqrt(N)),
        // M^2 (Q - 1)^2 with M = z_1 / sqrt d and Q = |z|^2 / d
        "M_11 with Q_11": normalTwoSided(covariance("M_1_1", "Q_1_1") / Math.sqrt((2 * d + 8) / d ** 3 / N)),
      });
    },
  );

  // One linear student of one linear teacher, e = (w* - w).x / sqrt d + sqrt(Delta) zeta, w' = w + (gamma / sqrt d) e x, and E[x x^T] = I:
  //   E[M'] = M + (gamma / d) (1 - M),  so that  E[1 - M_nu] = (1 - gamma / d)^nu  from E[M_0] = 0;
  //   D = |w - w*|^2 / d:  E[D'] = (1 - 2 gamma / d + gamma^2 (d + 2) / d^2) D + gamma^2 Delta / d  (on the sphere d in place of d + 2),
  // from E[D_0] = 2, and the excess risk is D / 2.
  test.each([
    { inputs: "gaussian", method: "chain" },
    { inputs: "sphere", method: "chain" },
    { inputs: "gaussian", method: "dense" },
  ] as const)("linear learning, $inputs inputs, $method: exact means at every step", async ({ inputs, method }) => {
    const [d, gamma, Delta] = [12, 0.6, 0.2];
    const steps = [0, 1, 2, 5, 12, 24, 48];
    const run = await ensemble(
      {
        inputDimension: d,
        studentWidth: 1,
        teacherWidth: 1,
        activation: "linear",
        learningRate: gamma,
        noiseVariance: Delta,
        inputs,
      },
      { until: 4, save: { times: steps.map((nu) => nu / d) }, replicas: N, seed: 2, method, workers: 2 },
    );
    const { mean, standardError } = run;
    const fourth = inputs === "sphere" ? d : d + 2;
    const factor = 1 - (2 * gamma) / d + (gamma * gamma * fourth) / (d * d);
    const rest = (gamma * gamma * Delta) / d;
    const p: Record<string, number> = {};
    steps.forEach((nu, i) => {
      const z = (got: number, want: number, error: number) => normalTwoSided((got - want) / error);
      p[`M, step ${nu}`] = z(mean.state(i).M[0], 1 - (1 - gamma / d) ** nu, standardError.state(i).M[0]);
      const D = 2 * factor ** nu + (rest * (1 - factor ** nu)) / (1 - factor);
      p[`risk, step ${nu}`] = z(mean.risk[i], D / 2, standardError.risk[i]);
    });
    expectPlausible(p);
  });
});

describe("progress and aborts", () => {
  const long: ProblemInput = { inputDimension: 1000, studentWidth: 4, teacherWidth: 2 };
  const listening = () => {
    const told: { fraction: number; time: number }[] = [];
    return { told, onProgress: (progress: { fraction: number; time: number }) => void told.push(progress) };
  };

  test.each([1, 2])("onProgress goes up to 1 and ends there, %i thread(s)", async (workers) => {
    const { told, onProgress } = listening();
    const options = { until: 300, replicas: 10, save: { times: [] }, workers };
    expect((await ensemble(long, { ...options, onProgress })).status).toBe("completed");
    // three groups, each told at its end, and on the way where that is long
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told.at(-1)).toEqual({ fraction: 1, time: 300 });
    told.forEach(({ fraction, time }, i) => {
      expect(fraction).toBeGreaterThanOrEqual(i > 0 ? told[i - 1].fraction : 0);
      expect(fraction).toBeLessThanOrEqual(1);
      expect(time / 300).toBeCloseTo(fraction, 12);
    });
    expect(told.filter(({ fraction }) => fraction === 1).length).toBe(1);
  });

  test.each([1, 2])("aborted before: nothing begins, %i thread(s)", async (workers) => {
    const { told, onProgress } = listening();
    const threads = watchThreads();
    const run = await ensemble(long, {
      until: 1e9,
      replicas: 8,
      workers,
      keep: true,
      signal: AbortSignal.abort(),
      onProgress,
    });
    threads.unwatch();
    expect(run).toMatchObject({ status: "aborted", replicas: 0, length: 0, trajectories: [] });
    expect(run.message).toBe("Aborted: 0 of 8 replicas reached t = 1000000000.");
    expect(run.mean.risk.length).toBe(0);
    expect(told).toEqual([]);
    expect(threads.all).toEqual([]);
  });

  test.each([1, 2])("aborted on the way: what was computed is there and goes on, %i thread(s)", async (workers) => {
    const saved = Array.from({ length: 101 }, (_, i) => 10 * i);
    const controller = new AbortController();
    const run = await ensemble(long, {
      until: 1000,
      save: { times: saved },
      seed: 5,
      replicas: 21,
      keep: true,
      workers,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(run.status).toBe("aborted");
    expect(run.message).toBe("Aborted: 0 of 21 replicas reached t = 1000.");
    // groups that had begun: one a thread
    expect(run.replicas).toBe(4 * workers);
    expect(run.length).toBeGreaterThan(0);
    expect(run.length).toBeLessThan(saved.length);
    for (const stream of [0, run.replicas - 1]) {
      const first = run.trajectories![stream];
      expect(first.status).toBe("aborted");
      const rest = await simulate(long, { until: 1000, save: { times: saved }, from: first.snapshot });
      const whole = await simulate(long, { until: 1000, save: { times: saved }, seed: 5, stream });
      expectSameBits(numbersOf(first, rest), numbersOf(whole));
      expect(rest.snapshot).toEqual(whole.snapshot);
    }
    const later = await ensemble(simple, { ...base, replicas: 8, workers });
    expect(later.status).toBe("completed");
    expectSameRun(later.trajectories![7], await simulate(simple, { until: 4, save: { times }, seed: 7, stream: 7 }));
  });

  test.each([1, 2])("an aborted call is never told that it is whole, %i thread(s)", async (workers) => {
    const controller = new AbortController();
    const { told, onProgress } = listening();
    const run = await ensemble(long, {
      until: 1e9,
      replicas: 4 * workers,
      workers,
      signal: controller.signal,
      onProgress: (progress) => {
        onProgress(progress);
        controller.abort();
      },
    });
    expect(run).toMatchObject({ status: "aborted", replicas: 4 * workers });
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(({ fraction }) => fraction < 1)).toBe(true);
  });

  test.each([1, 2])("an abort from outside is heard within a few chunks, %i thread(s)", async (workers) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const before = performance.now();
    const run = await ensemble(long, { until: 1e9, replicas: 100, workers, signal: controller.signal });
    expect(run.status).toBe("aborted");
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test("an abort while threads start, and at every moment after", async () => {
    for (const delay of [0, 5, 20, 40, 60]) {
      const engine = await createEngine();
      const controller = new AbortController();
      setTimeout(() => controller.abort(), delay);
      const run = await engine.ensemble(long, { until: 1e9, replicas: 8, workers: 2, signal: controller.signal });
      expect(run.status).toBe("aborted");
      const again = await engine.ensemble(simple, { ...base, replicas: 8, workers: 2 });
      expect(again.status).toBe("completed");
      engine.dispose();
    }
  });

  test("short replicas leave the event loop free too", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const before = performance.now();
    await ensemble(simple, { until: 1, save: { times: [1] }, replicas: 6000, workers: 1 });
    const took = performance.now() - before;
    clearInterval(timer);
    // as in simulate: chunks aim at 8 ms, and a loaded machine makes them longer
    expect(turns).toBeGreaterThan(took / 50);
  });

  test("an abort is heard between short replicas", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const options = { until: 1, save: { times: [1] }, replicas: 200_000, workers: 1 };
    const run = await ensemble(simple, { ...options, signal: controller.signal });
    expect(run.status).toBe("aborted");
    expect(run.replicas).toBeGreaterThan(0);
    expect(run.replicas).toBeLessThan(200_000);
    const done = run.message.match(/^Aborted: (\d+) of 200000 replicas reached t = 1\.$/);
    expect(Number(done?.[1])).toBe(run.counts[0]);
  });

  test("aborted after: nothing happens", async () => {
    const controller = new AbortController();
    const run = await ensemble(simple, { ...base, replicas: 8, workers: 2, signal: controller.signal });
    controller.abort();
    expect(run.status).toBe("completed");
    expect((await ensemble(simple, { ...base, replicas: 8, workers: 2 })).status).toBe("completed");
  });

  test("a signal keeps no listener of calls that ended", async () => {
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const { addEventListener: add, removeEventListener: remove } = signal;
    signal.addEventListener = (type: string, listener: EventListener) => {
      listeners.add(listener);
      add.call(signal, type, listener);
    };
    signal.removeEventListener = (type: string, listener: EventListener) => {
      listeners.delete(listener);
      remove.call(signal, type, listener);
    };
    for (const workers of [1, 2]) await ensemble(simple, { ...base, replicas: 8, workers, signal });
    expect(listeners.size).toBe(0);
  });

  test.each([1, 2])("an error thrown in onProgress ends the call with that error, %i thread(s)", async (workers) => {
    const engine = await createEngine();
    const boom = new Error("boom");
    for (const [problem, options] of [
      // on the way, with others that would take hours
      [long, { until: 1e9, replicas: 40 }],
      // at the end
      [simple, { until: 1, replicas: 8 }],
    ] as const) {
      let told = 0;
      const broken = engine.ensemble(problem, {
        ...options,
        workers,
        onProgress: () => {
          told++;
          throw boom;
        },
      });
      await expect(broken).rejects.toBe(boom);
      expect(told).toBe(1);
    }
    const later = await engine.ensemble(simple, { ...base, replicas: 8, workers });
    expectSameRun(later.trajectories![7], await simulate(simple, { until: 4, save: { times }, seed: 7, stream: 7 }));
    engine.dispose();
  });
});

describe("bad arguments", () => {
  const call = (options: unknown, problem: unknown = simple) =>
    ensemble(problem as ProblemInput, options as EnsembleOptions);
  test.each<[string, unknown, ...(string | RegExp)[]]>([
    ["no options", undefined, "ensemble takes an object"],
    ["no until", {}, "until is required"],
    ["an unknown key", { until: 1, replica: 3 }, `no option "replica"`, "replicas"],
    ["simulate's stream", { until: 1, stream: 3 }, `no option "stream"`],
    ["simulate's from", { until: 1, from: new Uint8Array(3) }, `no option "from"`],
    ["no replicas", { until: 1, replicas: 0 }, "replicas is 0", "from 1 to"],
    ["half a replica", { until: 1, replicas: 1.5 }, "replicas is 1.5"],
    ["replicas as text", { until: 1, replicas: "4" }, `replicas is "4"`],
    ["a million replicas and one", { until: 1, replicas: 1e6 + 1 }, "replicas is 1000001", "from 1 to 1e6"],
    ["endless replicas", { until: 1, replicas: Infinity }, "replicas is Infinity"],
    ["no workers", { until: 1, workers: 0 }, "workers is 0", "from 1 to 16"],
    ["many workers", { until: 1, workers: 17 }, "workers is 17"],
    ["workers as text", { until: 1, workers: "2" }, `workers is "2"`],
    ["keep as a number", { until: 1, keep: 1 }, "keep is 1", "true or false"],
    ["keep as an object", { until: 1, keep: {} }, "keep is {}"],
    ["a worker for createWorker", { until: 1, createWorker: {} }, "createWorker is {}", "a function"],
    ["a controller for a signal", { until: 1, signal: new AbortController() }, "signal is"],
    ["onProgress", { until: 1, onProgress: 3 }, "onProgress is 3"],
    ["a method", { until: 1, method: "exact" }, `method is "exact"`],
    ["a chain in f32", { until: 1, method: "chain", precision: "f32" }, "f32"],
    ["a seed", { until: 1, seed: -1 }, "seed is -1"],
    ["times", { until: 1, save: { times: [2] } }, "save.times[0] is 2"],
  ])("%s", async (_, options, ...parts) => {
    await expectError(() => call(options), "invalid-argument", ...parts);
  });

  test("a bad problem", async () => {
    await expectError(() => call({ until: 1 }, { inputDimension: 0 }), "invalid-problem");
  });

  test("more than 1 GiB of rows", async () => {
    // (4, 2): 2 + 8 + 10 + 4 = 24 numbers a row
    const most = Math.floor(2 ** 30 / (8 * 24 * 1000));
    const options = { until: 1e4, save: { count: 1000 }, workers: 1, signal: AbortSignal.abort() };
    expect((await ensemble(simple, { ...options, replicas: most })).status).toBe("aborted");
    await expectError(
      () => call({ ...options, replicas: most + 1 }),
      "out-of-memory",
      `${most + 1} replicas with 1000 saved rows are 1.0 GiB`,
      "fewer",
    );
    await expectError(() => call({ ...options, replicas: 1e5 }), "out-of-memory", "17.9 GiB");
  });

  test("weights that WebAssembly has no room for: simulate's error, from threads too", async () => {
    // refused before it starts, and by the core's memory
    for (const inputDimension of [1e10, 1e8]) {
      const problem = { inputDimension, studentWidth: 1, teacherWidth: 1 };
      const options = { until: 0, method: "dense" } as const;
      const { code, message } = await simulate(problem, options).catch((error) => error);
      expect(code).toBe("out-of-memory");
      for (const workers of [1, 2])
        await expectError(() => call({ ...options, replicas: 5, workers }, problem), code, message);
    }
    expect((await ensemble(simple, { ...base, replicas: 8, workers: 2 })).status).toBe("completed");
  });
});
