import { expect, it } from "vitest";
import { parseExperiment } from "../../src/cli/experiment/experiment.js";
import { recordOf, repetition, runsOf } from "../../src/cli/experiment/record.js";
import { compare, comparisonText, explanation } from "../../src/cli/experiment/report.js";
import { bandComparisonText, compareBands } from "../../src/cli/experiment/report-bands.js";
import { oneByOne, type Result, runExperiment } from "../../src/cli/experiment/runner.js";
import { ensemble, integrate, simulate, Trajectory } from "../../src/index.js";
import { small } from "./support.js";

const made = {
  environment: { "sgd-dynamics": "0", core: "c", node: "20", v8: "1", platform: "x" },
  began: "2026-01-01T00:00:00.000Z",
  seconds: 1,
};
const none = { pairs: [], bands: [] };
const experiment = parseExperiment(small, "x.json");
const state = { P: [[1]], M: [[0.1]], Q: [[1]] };
const fixed = parseExperiment(
  {
    ...small,
    vary: {},
    problem: { ...small.problem, studentWidth: 1, teacherWidth: 1, start: { kind: "state", state } },
  },
  "x.json",
);

const numbers = (results: readonly Result[]) => recordOf(experiment, results, none, made).record.numbers;

it("gives each seed its own start, the same for theory and simulation, at the same times", async () => {
  const results = await runExperiment(experiment);
  expect(results.map(({ point }) => point.label)).toEqual(["p = 2", "p = 3"]);
  for (const { theory, simulation, times, seeds, point } of results) {
    expect([...theory.keys()]).toEqual([1, 2, 3]);
    expect([...simulation.keys()]).toEqual([1, 2, 3]);
    for (const seed of seeds) {
      const [ode, run] = [theory.get(seed)!, simulation.get(seed)!];
      expect(Array.from(ode.time)).toEqual(times.saved);
      expect(Array.from(run.time)).toEqual(times.saved);
      expect(Math.abs(run.risk[0] - ode.risk[0])).toBeLessThan(1e-12);
      const alone = await simulate(point.problem, { until: 4, seed, save: { times: times.saved } });
      expect(run.risk).toEqual(alone.risk);
    }
    expect(new Set([...theory.values()].map(({ risk }) => risk[0])).size).toBe(3);
  }
});

it("integrates once where the start does not depend on the seed", async () => {
  const [{ theory, simulation }] = await runExperiment(fixed);
  expect(new Set(theory.values()).size).toBe(1);
  expect([...theory.keys()]).toEqual([1, 2, 3]);
  expect(new Set([...simulation.values()].map(({ risk }) => risk.at(-1))).size).toBe(3);
});

it("gives the same numbers whoever simulates, in whatever order they end", async () => {
  const alone = await runExperiment(experiment);
  // the later a run is asked for, the sooner it ends; and it comes back as from a worker
  let waiting = 0;
  let most = 0;
  const several = await runExperiment(experiment, {
    simulators: {
      size: 3,
      async simulate(problem, options) {
        most = Math.max(most, ++waiting);
        const run = await simulate(problem, options);
        await new Promise((resolve) => setTimeout(resolve, 30 - 10 * (options.seed ?? 0)));
        waiting--;
        return Trajectory.from(run.toBuffer());
      },
    },
  });
  expect(most).toBe(3);
  expect(several.map(({ simulation }) => [...simulation.keys()])).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(numbers(several)).toBe(numbers(alone));
  expect(
    runsOf(several)
      .map(({ method, seed }) => `${method} ${seed}`)
      .slice(0, 6),
  ).toEqual(["ode 1", "ode 2", "ode 3", "simulation 1", "simulation 2", "simulation 3"]);
});

it("tells progress that grows to 1 and says what is under way", async () => {
  const told: [number, string][] = [];
  await runExperiment(experiment, { onProgress: (fraction, text) => told.push([fraction, text]) });
  told.forEach(([fraction], i) => expect(fraction).toBeGreaterThanOrEqual(i === 0 ? 0 : told[i - 1][0] - 1e-12));
  expect(told.at(-1)![0]).toBeCloseTo(1, 12);
  const texts = told.map(([, text]) => text);
  expect(texts).toContain("ODE 4 of 6: p = 3, seed 1");
  expect(texts.at(-1)).toBe("simulation 6 of 6: p = 3, seed 3");
});

it("keeps what an abort leaves, and begins nothing more", async () => {
  const controller = new AbortController();
  let begun = 0;
  const results = await runExperiment(experiment, {
    signal: controller.signal,
    simulators: {
      size: 1,
      simulate: (problem, options) => {
        if (++begun === 2) controller.abort();
        return oneByOne.simulate(problem, options);
      },
    },
  });
  expect(begun).toBe(2);
  const statuses = [...results[0].simulation.values()].map(({ status }) => status);
  expect(statuses).toEqual(["completed", "aborted"]);
  expect(results[1].simulation.size).toBe(0);
  expect(results[1].theory.size).toBe(3);
  const { record } = recordOf(experiment, results, { pairs: compare(results), bands: [] }, made);
  expect(record.complete).toBe(false);
  // only the pair that went on is compared, and it has no standard error
  expect(record.comparison.at(-1)).toMatchObject({ studentWidth: 2, time: 4, seeds: 1 });
});

/** A result whose runs have the given risks at t = 1. */
function risks(theory: number[], simulation: number[]): Result {
  const runs = (values: number[]) =>
    new Map(
      values.map((risk, i) => [i + 1, { time: Float64Array.of(0, 1), risk: Float64Array.of(9, risk) } as Trajectory]),
    );
  const point = { problem: experiment.points[0].problem, place: [{ path: "studentWidth", value: 2 }], label: "p = 2" };
  return {
    point,
    times: { saved: [0, 1], reported: [1], until: 1 },
    seeds: theory.map((_, i) => i + 1),
    theory: runs(theory),
    simulation: runs(simulation),
    failures: [],
  };
}

it("compares pairs: mean of the differences, its standard error, and their ratio", () => {
  // differences 1, 2, 6: mean 3, variance ((-2)^2 + 1 + 3^2) / 2 = 7, standard error sqrt(7 / 3)
  const [row] = compare([risks([1, 2, 3], [2, 4, 9])]);
  expect(row).toMatchObject({ time: 1, seeds: 3, theory: 2, simulation: 5, difference: 3 });
  expect(row.standardError).toBeCloseTo(Math.sqrt(7 / 3), 14);
  expect(row.z).toBeCloseTo(3 / Math.sqrt(7 / 3), 14);
  expect(compare([risks([1], [2])])[0]).not.toHaveProperty("standardError");
  // equal differences leave nothing to divide by
  expect(compare([risks([1, 2], [2, 3])])[0]).toMatchObject({ standardError: 0 });
  expect(compare([risks([1, 2], [2, 3])])[0].z).toBeUndefined();
});

it("prints the comparison with a sentence on Student's t, in Unicode and in ASCII", () => {
  const rows = compare([risks([0.1, 0.2, 0.3], [0.11, 0.19, 0.33])]);
  const text = comparisonText(rows, { width: 80 });
  expect(text.split("\n").slice(0, 6)).toEqual([
    " Excess risk ε, simulation against theory",
    "",
    " p  t  ODE     simulation  difference  std. error    z",
    " ─  ─  ──────  ──────────  ──────────  ──────────  ───",
    " 2  1  0.2000  0.2100           0.010       0.012  0.9",
    "",
  ]);
  expect(text).toContain("|z| ≤ 4.30 in 1 of 1 rows; Student's t with 2 degrees of freedom");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(comparisonText(rows, { width: 80, ascii: true })).toMatch(/^[\n -~]*$/);
  expect(explanation(compare([risks([1], [2])]))).toBe(
    "One seed has no standard error; ask for several in simulate.seeds.",
  );
});

it("records an experiment that repeats itself", async () => {
  const results = await runExperiment(experiment);
  const record = recordOf(experiment, results, { pairs: compare(results), bands: [] }, made);
  expect(record.problem).toEqual({ ...experiment.points[0].problem });
  expect(record.simulate).toEqual({ seeds: [1, 2, 3], method: "auto", precision: "f64" });
  expect(record.record.problems).toEqual(experiment.points.map(({ problem }) => problem));
  const again = parseExperiment(JSON.parse(JSON.stringify(record)), "small.json");
  expect(again.points).toEqual(experiment.points);
  const repeated = recordOf(again, await runExperiment(again), none, made);
  expect(repetition(again.file.record, repeated.record)).toBe("The numbers are those of the record, bit for bit.");
  const other = parseExperiment({ ...small, simulate: { seeds: [1, 2, 4] } }, "x.json");
  const changed = recordOf(other, await runExperiment(other), none, {
    ...made,
    environment: { ...made.environment, core: "d" },
  });
  expect(repetition(record.record, changed.record)).toBe(
    "The numbers are not those of the record (that was core c, this is d).",
  );
  expect(repetition({ ...record.record, complete: false }, repeated.record)).toBeUndefined();
  expect(repetition(undefined, repeated.record)).toBeUndefined();
});

it("records the seeds of theory alone, and leaves a problem as it is where its defaults would not vary", async () => {
  const value = {
    ...small,
    simulate: false,
    integrate: { seeds: 2, rtol: 1e-6 },
    vary: { "start.kind": ["random", "informed"] },
    problem: { ...small.problem, studentWidth: 2, start: {} },
  };
  const alone = parseExperiment(value, "x.json");
  const results = await runExperiment(alone);
  expect(results[0].theory.get(2)!.statistics.rtol).toBe(1e-6);
  const expected = await integrate(alone.points[0].problem, {
    until: 4,
    seed: 2,
    rtol: 1e-6,
    save: { times: results[0].times.saved },
  });
  expect(results[0].theory.get(2)!.risk).toEqual(expected.risk);
  const record = recordOf(alone, results, none, made);
  expect(record.integrate).toEqual({ seeds: [1, 2], rtol: 1e-6 });
  // { kind: "informed", scale: 1 } would be refused
  expect(record.problem).toEqual(value.problem);
  expect(parseExperiment(JSON.parse(JSON.stringify(record)), "x.json").points).toEqual(alone.points);
});

const banded = parseExperiment(
  { ...small, simulate: { seeds: [7], method: "dense" }, ensemble: { replicas: 9 }, report: { times: [0, 1, 4] } },
  "x.json",
);

it("starts the ensemble where theory and simulation of the first seed start, and keeps its numbers on any threads", async () => {
  const results = await runExperiment(banded);
  for (const { band, theory, simulation, times, point } of results) {
    const { mean, statistics } = band!;
    expect([...statistics.keys()]).toEqual(["mean", "standardError", "q10", "q90"]);
    expect(Array.from(mean.time)).toEqual(times.saved);
    // a mean of nine equal numbers, and a Gram matrix rounded on two ways
    for (const run of [theory.get(7)!, simulation.get(7)!])
      expect(Math.abs(mean.risk[0] - run.risk[0])).toBeLessThan(1e-12);
    expect(band!.standardError.risk[0]).toBeLessThan(1e-15);
    const { P, M, Q, a, aStar } = theory.get(7)!.state(0);
    const alone = await ensemble(
      { ...point.problem, start: { kind: "state", state: { P, M, Q, a, aStar } } },
      { until: 4, replicas: 9, seed: 7, save: { times: times.saved } },
    );
    expect(mean.risk).toEqual(alone.mean.risk);
  }
  const numbersOf = async (options: object) =>
    recordOf(banded, await runExperiment(banded, options), none, made).record.numbers;
  expect(await numbersOf({ workers: 3 })).toBe(recordOf(banded, results, none, made).record.numbers);
});

it("gives each replica a start of its own where that is asked for", async () => {
  const { file, points } = parseExperiment(
    {
      ...small,
      integrate: false,
      simulate: false,
      ensemble: { replicas: 5, start: "own", method: "dense", quantiles: [0, 1] },
    },
    "x.json",
  );
  const [{ band, times }] = await runExperiment({ file, points });
  const alone = await ensemble(points[0].problem, {
    until: 4,
    replicas: 5,
    seed: 1,
    method: "dense",
    save: { times: times.saved },
  });
  expect(band!.mean.risk).toEqual(alone.mean.risk);
  expect(band!.of(1).state(-1).Q).toEqual(alone.quantile(1).state(-1).Q);
  expect(band!.standardError.risk[0]).toBeGreaterThan(0);
});

it("says where theory and the dense run lie in the ensemble", async () => {
  const results = await runExperiment(banded);
  const rows = compareBands(results);
  expect(rows.map(({ time }) => time)).toEqual([0, 1, 4, 0, 1, 4]);
  const { band, theory, simulation, times } = results[1];
  const i = times.saved.indexOf(4);
  const [row] = rows.slice(-1);
  expect(row).toMatchObject({
    place: [{ path: "studentWidth", value: 3 }],
    replicas: 9,
    mean: band!.mean.risk[i],
    theory: theory.get(7)!.risk[i],
    simulation: simulation.get(7)!.risk[i],
  });
  expect(row.z).toBeCloseTo((row.mean - row.theory!) / row.standardError, 12);
  // the replicas themselves
  const { problem } = band!.ensemble;
  const kept = await ensemble(problem, { until: 4, replicas: 9, seed: 7, save: { times: [4] }, keep: true });
  const own = kept.trajectories!.map(({ risk }) => risk[0]).sort((x, y) => x - y);
  expect(row.below).toBe(own.filter((risk) => risk < row.simulation!).length);
  // linear between order statistics: 0.1 and 0.9 of eight gaps
  expect(row.inside).toBe(
    row.simulation! >= own[0] + 0.8 * (own[1] - own[0]) && row.simulation! <= own[7] + 0.2 * (own[8] - own[7]),
  );
  // at a common start replicas differ by roundings, which are no standard error
  expect(rows[0].z).toBeUndefined();
  const text = bandComparisonText(rows, results, { width: 80 });
  expect(text).toMatch(/^ Excess risk ε: theory, 9 chains, and one dense run\n/);
  expect(text).toMatch(/ p +t +ODE +mean of chains +std\. error +z +dense run +chains below/);
  expect(text).toMatch(/\|z\| ≤ 2 in \d of 4 rows\./);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(bandComparisonText(rows, results, { width: 80, ascii: true })).toMatch(/^[\n -~]*$/);
});

it("records an ensemble and repeats it", async () => {
  const results = await runExperiment(banded);
  const record = recordOf(banded, results, { pairs: compare(results), bands: compareBands(results) }, made);
  expect(record.ensemble).toEqual({ replicas: 9, quantiles: [0.1, 0.9], method: "auto", start: "theory" });
  expect(record.record.complete).toBe(true);
  expect(record.record.runs.map(({ problem, method, seed }) => [problem, method, seed])).toEqual([
    [0, "ode", 7],
    [0, "simulation", 7],
    [0, "ensemble", 7],
    [1, "ode", 7],
    [1, "simulation", 7],
    [1, "ensemble", 7],
  ]);
  expect(record.record.bands).toHaveLength(6);
  const again = parseExperiment(JSON.parse(JSON.stringify(record)), "small.json");
  const repeated = recordOf(again, await runExperiment(again), none, made);
  expect(repetition(again.file.record, repeated.record)).toBe("The numbers are those of the record, bit for bit.");
  // every number counts: another seed of the ensemble's samples, or one replica more
  const more = parseExperiment({ ...record, ensemble: { replicas: 10 } }, "x.json");
  expect(recordOf(more, await runExperiment(more), none, made).record.numbers).not.toBe(record.record.numbers);
});

it("keeps what an abort leaves of an ensemble", async () => {
  const long = parseExperiment(
    { ...small, until: 2e4, integrate: false, simulate: false, ensemble: { replicas: 8 } },
    "x.json",
  );
  const controller = new AbortController();
  const results = await runExperiment(long, {
    signal: controller.signal,
    onProgress: (fraction) => fraction > 0.05 && controller.abort(),
  });
  const { ensemble: many, mean } = results[0].band!;
  expect(many.status).toBe("aborted");
  expect(mean.length).toBeGreaterThan(0);
  expect(results[1].band).toBeUndefined();
  const { record } = recordOf(long, results, none, made);
  expect(record.complete).toBe(false);
  expect(record.runs).toMatchObject([{ method: "ensemble", status: "aborted" }]);
});
