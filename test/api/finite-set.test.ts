// Finite training sets through the public functions: what a problem may say, what refuses it, and where the empirical risk goes.
import { describe, expect, test } from "vitest";
import { arrays, fromNPZ, parseCSV, table, toCSV, toJSON, toNPZ } from "../../src/formats/index.js";
import {
  asymptoticRisk,
  earlyStopping,
  ensemble,
  excessRisk,
  fixedPoint,
  integrate,
  maximalLearningRate,
  meanStep,
  type ProblemInput,
  problem,
  rightHandSide,
  simulate,
  Trajectory,
} from "../../src/index.js";
import { expectSameBits } from "../support/bits.js";
import { expectError } from "../support/errors.js";
import { expectSameRun, numbersOf } from "../support/runs.js";

const base: ProblemInput = { inputDimension: 30, studentWidth: 2, teacherWidth: 1, noiseVariance: 0.2 };
const finite: ProblemInput = { ...base, data: { samples: 40 } };

describe("a problem", () => {
  test("is reshuffled unless it says otherwise; that of whole batches has the set as its batch, and stays as it is", () => {
    expect(problem(finite)).toMatchObject({ data: { samples: 40, order: "reshuffle" }, batchSize: 1 });
    for (const order of ["full-batch", "gradient-flow"] as const) {
      const whole = problem({ ...base, data: { samples: 40, order } });
      expect(whole).toMatchObject({ data: { samples: 40, order }, batchSize: 40 });
      expect(problem(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
      expect(Object.isFrozen(whole.data)).toBe(true);
    }
  });

  test.each([
    [{ data: { samples: 0 } }, "problem.data.samples", "whole number from 1"],
    [{ data: { samples: 2.5 } }, "problem.data.samples", "whole number from 1"],
    [{ data: { samples: 10, order: "random" } }, "problem.data.order", '"reshuffle"'],
    [{ data: { order: "cyclic" } }, "problem.data.samples", "is required"],
    [{ data: { samples: 10, passes: 3 } }, "passes", "unknown"],
    [{ data: "offline" }, "problem.data", '"online" or { samples: n, order'],
    [{ data: { samples: 10 }, batchSize: 11 }, "problem.batchSize is 11", "at most data.samples = 10"],
    [{ data: { samples: 10, order: "full-batch" }, batchSize: 5 }, "problem.batchSize is 5", "data.samples = 10"],
    [{ data: { samples: 2e6, order: "full-batch" } }, "up to 1e6"],
  ] as [object, ...string[]][])("is refused: %o", async (change, ...parts) => {
    await expectError(() => problem({ ...base, ...change } as ProblemInput), "invalid-problem", ...parts);
  });
});

test("chains and theory refuse a finite set with the reason; what knows the population does not", async () => {
  const state = { P: [1], M: [0.2, 0.1], Q: [1, 0.1, 0.1, 0.8] };
  await expectError(() => simulate(finite, { until: 1, method: "chain" }), "unsupported", "no Markov chain", "dense");
  await expectError(() => ensemble(finite, { until: 1, method: "chain" }), "unsupported", "no Markov chain");
  for (const theory of [
    () => integrate(finite, { until: 1 }),
    () => integrate(finite, { until: 1, limit: "finite-d" }),
    () => rightHandSide(finite, state),
    () => meanStep(finite, state),
    () => fixedPoint(finite, { near: "specialised" }),
    () => asymptoticRisk(finite, state),
    () => maximalLearningRate(finite),
  ])
    await expectError(theory, "unsupported", "samples that recur", "simulate");
  expect(await excessRisk(finite, state)).toBe(await excessRisk(base, state));
});

describe("the empirical risk", () => {
  const options = { until: 20, save: { times: [0, 1, 5, 20] }, seed: 3 } as const;

  test("is in states, rows, buffers, tables, arrays and JSON; online there is none", async () => {
    const told: number[] = [];
    const run = await simulate(finite, { ...options, onSave: ({ empiricalRisk }) => told.push(empiricalRisk!) });
    const empirical = [...run.empiricalRisk!];
    expect(empirical.length).toBe(4);
    expect(told).toEqual(empirical);
    expect(run.state(-1).empiricalRisk).toBe(empirical[3]);
    const again = Trajectory.from(run.toBuffer());
    expectSameRun(again, run);
    expectSameBits(again.empiricalRisk!, empirical);
    const column = table(run, { columns: ["empiricalRisk"] });
    expect(column).toEqual([{ name: "empiricalRisk", values: run.empiricalRisk }]);
    const columns = parseCSV(toCSV(table(run)));
    expect(columns.map(({ name }) => name).slice(0, 4)).toEqual(["time", "risk", "empiricalRisk", "M_1_1"]);
    expect(columns[2].values).toEqual(run.empiricalRisk);
    expect(fromNPZ(toNPZ(arrays(run))).empiricalRisk).toEqual({ data: run.empiricalRisk, shape: [4] });
    expect(JSON.parse(toJSON({ empiricalRisk: run.empiricalRisk })).empiricalRisk).toEqual(empirical);

    const online = await simulate(base, { ...options, method: "dense" });
    expect(online.empiricalRisk).toBeUndefined();
    expect("empiricalRisk" in online.state(0)).toBe(false);
    expect(table(online).map(({ name }) => name)).not.toContain("empiricalRisk");
    expect(arrays(online).empiricalRisk).toBeUndefined();
  });

  test("a state with it is a start", async () => {
    const run = await simulate(finite, options);
    const next = problem({ ...finite, start: { kind: "state", state: run.state(-1) } });
    expect(next.start).not.toHaveProperty("state.empiricalRisk");
    expect(await excessRisk(finite, run.state(-1))).toBe(run.risk[3]);
  });

  test("of an ensemble over sets: replicas are runs with sets of their own, and the statistics have it", async () => {
    const many = await ensemble(finite, { ...options, replicas: 5, keep: true });
    const alone = await Promise.all([0, 1, 2, 3, 4].map((stream) => simulate(finite, { ...options, stream })));
    many.trajectories!.forEach((run, r) => {
      expectSameRun(run, alone[r]);
    });
    const mean = (i: number) => alone.reduce((sum, run) => sum + run.empiricalRisk![i], 0) / 5;
    expectSameBits(many.mean.empiricalRisk!, [0, 1, 2, 3].map(mean));
    expect(many.mean.state(2).empiricalRisk).toBe(mean(2));
    const { names, values } = many.covariance(3);
    expect(names.at(-1)).toBe("empiricalRisk");
    const variance = alone.reduce((sum, run) => sum + (run.empiricalRisk![3] - mean(3)) ** 2, 0) / 4;
    expect(values.at(-1)).toBeCloseTo(variance, 14);
    expect(table(many.mean).map(({ name }) => name)).toContain("empiricalRisk");
    const online = await ensemble(base, { ...options, replicas: 2 });
    expect(online.mean.empiricalRisk).toBeUndefined();
    expect(online.covariance(0).names.at(-1)).toBe("a_2");
  });
});

test.each(["reshuffle", "gradient-flow"] as const)(
  "%s: an ensemble by two workers has the bits of one by none",
  async (order) => {
    const input: ProblemInput = { ...base, data: { samples: 40, order } };
    const options = { until: 3, save: { times: [1, 3] }, seed: 9, replicas: 6 } as const;
    const [one, two] = await Promise.all([1, 2].map((workers) => ensemble(input, { ...options, workers, keep: true })));
    expect(two.status).toBe("completed");
    two.trajectories!.forEach((run, r) => {
      expectSameRun(run, one.trajectories![r]);
    });
  },
);

describe("early stopping", () => {
  test("is the first row of the smallest risk", async () => {
    expect(earlyStopping({ time: [0, 1, 2, 3], risk: [3, 1, 1, 2] })).toEqual({ index: 1, time: 1, risk: 1 });
    expect(earlyStopping({ time: [0, 1], risk: [2, 1], empiricalRisk: [5, 4] })).toEqual({
      index: 1,
      time: 1,
      risk: 1,
      empiricalRisk: 4,
    });
    await expectError(() => earlyStopping({ time: [], risk: [] }), "invalid-argument", "no rows");
  });

  // the noise is fitted after the signal: 60 samples of d = 50 with Delta = 1, where the flow ends at least squares
  test("a small noisy set is best left early; a trajectory and the mean of an ensemble say when", async () => {
    const noisy: ProblemInput = {
      inputDimension: 50,
      studentWidth: 1,
      teacherWidth: 1,
      activation: "linear",
      noiseVariance: 1,
      data: { samples: 60, order: "gradient-flow" },
      start: { kind: "random", scale: 0 },
    };
    const options = { until: 2000, save: { count: 100 }, seed: 1 } as const;
    const run = await simulate(noisy, options);
    const stop = earlyStopping(run);
    expect(stop.time).toBeGreaterThan(0);
    expect(stop.risk).toBe(Math.min(...run.risk));
    expect(stop.risk).toBeLessThan(0.5 * run.risk.at(-1)!);
    expect(stop.empiricalRisk).toBeGreaterThan(run.empiricalRisk!.at(-1)!);
    // the flow only descends
    run.empiricalRisk!.forEach((risk, i) => {
      if (i > 0) expect(risk).toBeLessThanOrEqual(run.empiricalRisk![i - 1] + 1e-12);
    });
    const { mean } = await ensemble(noisy, { ...options, replicas: 4 });
    expect(earlyStopping(mean).risk).toBe(Math.min(...mean.risk));
  });
});

describe("aborting", () => {
  const options = { until: 3, save: { times: [0, 1, 3] }, seed: 6 } as const;

  test.each(["reshuffle", "gradient-flow"] as const)(
    "before the start: there is no row yet, and the snapshot goes on with all: %s",
    async (order) => {
      const input: ProblemInput = { ...base, data: { samples: 40, order } };
      const run = await simulate(input, { ...options, signal: AbortSignal.abort() });
      expect([run.status, run.length]).toEqual(["aborted", 0]);
      const rest = await simulate(input, { until: 3, save: options.save, from: run.snapshot });
      expectSameRun(rest, await simulate(input, options));
    },
  );

  test("while a resumed run draws its set: the snapshot is the one it came from", async () => {
    const whole = await simulate(finite, options);
    const half = await simulate(finite, { ...options, until: 1, save: { times: [0, 1] } });
    const stopped = await simulate(finite, {
      until: 3,
      save: options.save,
      from: half.snapshot,
      signal: AbortSignal.abort(),
    });
    expect([stopped.status, stopped.length]).toEqual(["aborted", 0]);
    expect(stopped.snapshot).toEqual(half.snapshot);
    const rest = await simulate(finite, { until: 3, save: options.save, from: stopped.snapshot });
    expectSameBits(numbersOf(half, rest), numbersOf(whole));
  });

  test("while the empirical risk is measured: the row is there", async () => {
    const large: ProblemInput = { ...base, inputDimension: 500, data: { samples: 4000 } };
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    const times = Array.from({ length: 2001 }, (_, nu) => nu / 500);
    const run = await simulate(large, { until: 4, save: { times }, seed: 1, signal: controller.signal });
    expect(run.status).toBe("aborted");
    const next = times[Math.min(run.length + 1, 2000)];
    const rest = await simulate(large, {
      until: next,
      save: { times: times.filter((t) => t <= next) },
      from: run.snapshot,
    });
    const whole = await simulate(large, { until: next, save: { times: times.filter((t) => t <= next) }, seed: 1 });
    expectSameBits(numbersOf(run, rest), numbersOf(whole));
  });
});

test("a set that leaves all bounds ends as diverged, in each order", async () => {
  for (const order of ["reshuffle", "full-batch", "gradient-flow"] as const) {
    const wild: ProblemInput = { ...base, activation: "quadratic", learningRate: 50, data: { samples: 20, order } };
    const run = await simulate(wild, { until: 50, save: { times: [0, 50] }, seed: 2 });
    if (order === "gradient-flow") expect(run.status).toBe("completed");
    else expect([run.status, run.length]).toEqual(["diverged", 1]);
  }
});
