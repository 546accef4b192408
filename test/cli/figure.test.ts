import { expect, it } from "vitest";
import { parseExperiment } from "../../src/cli/experiment.js";
import { figure } from "../../src/cli/figure.js";
import { runExperiment } from "../../src/cli/runner.js";
import { small } from "./support.js";

async function drawn(change: object, dots?: number) {
  const experiment = parseExperiment({ ...small, ...change }, "x.json");
  const results = await runExperiment(experiment);
  return { chart: figure(experiment, results, dots)!, results };
}

it("draws the mean over seeds: theory a line, simulation dots with the standard error of the paired difference", async () => {
  const { chart, results } = await drawn({ title: "A title" });
  expect(chart).toMatchObject({
    title: "A title",
    x: { label: "t = ν/d", scale: "log" },
    y: { label: "excess risk ε", scale: "log" },
  });
  expect(chart.subtitle).toBe(
    "One-pass SGD: d = 50, k = 2, γ = 0.2, Δ = 0.01, erf, committee scaling, first layer trained, random start",
  );
  expect(chart.caption).toContain("mean of 3 seeds; bars: ± 1 standard error of the mean of simulation − ODE");
  expect(chart.series.map(({ label, kind, group }) => [label, kind, group])).toEqual([
    ["ODE", "line", "p = 2"],
    ["ODE", "line", "p = 3"],
    ["simulation", "dots", "p = 2"],
    ["simulation", "dots", "p = 3"],
  ]);
  const [{ theory, simulation, seeds }] = results;
  const [line, , dots] = chart.series;
  const last = theory.get(1)!.length - 1;
  const pairs = seeds.map((seed) => [theory.get(seed)!.risk[last], simulation.get(seed)!.risk[last]]);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(line.y[last]).toBeCloseTo(mean(pairs.map(([x]) => x)), 14);
  const end = dots.x.length - 1;
  expect(dots.x[end]).toBe(4);
  expect(dots.y[end]).toBeCloseTo(mean(pairs.map(([, y]) => y)), 14);
  const differences = pairs.map(([x, y]) => y - x);
  const variance = differences.reduce((sum, value) => sum + (value - mean(differences)) ** 2, 0) / 2;
  expect(dots.high![end] - dots.y[end]).toBeCloseTo(Math.sqrt(variance / 3), 12);
  expect(dots.y[end] - dots.low![end]).toBeCloseTo(Math.sqrt(variance / 3), 12);
});

it("draws the first seed or each of them, and an order parameter where it is asked for", async () => {
  const first = (await drawn({ plot: { curves: "first", y: { show: "Q_3_3", scale: "linear", label: "Q₃₃" } } })).chart;
  // a student of width 2 has no Q_3_3
  expect(first.series.map(({ kind, group }) => [kind, group])).toEqual([
    ["line", "p = 3"],
    ["dots", "p = 3"],
  ]);
  expect(first.y).toEqual({ label: "Q₃₃", scale: "linear" });
  expect(first.caption).toContain("the first seed");
  const { chart, results } = await drawn({
    plot: { curves: "each", x: { domain: [0.1, 4] } },
    vary: {},
    problem: { ...small.problem, studentWidth: 2 },
  });
  expect(chart.series).toHaveLength(6);
  expect(chart.series[4].y[0]).toBe(results[0].simulation.get(2)!.risk[0]);
  expect(chart.x.domain).toEqual([0.1, 4]);
  expect(chart.series[0].group).toBeUndefined();
});

it("thins dots, never lines, and keeps the last", async () => {
  const { chart, results } = await drawn({}, 5);
  const n = results[0].times.saved.length;
  expect(chart.series[0].x).toHaveLength(n);
  expect(chart.series[2].x.length).toBeLessThan(8);
  expect(Array.from(chart.series[2].x).at(-1)).toBe(4);
});

it("draws one curve for problems whose ODE is one: they differ in d only and start from a given state", async () => {
  const start = { kind: "state", state: { P: [[1]], M: [[0.1]], Q: [[1]] } };
  const problem = { studentWidth: 1, teacherWidth: 1, start };
  const { chart } = await drawn({
    problem,
    vary: { inputDimension: [20, 40], learningRate: [0.1, 0.2] },
    plot: { curves: "first" },
  });
  const lines = chart.series.filter(({ kind }) => kind === "line");
  expect(lines.map(({ group }) => group)).toEqual(["γ = 0.1, d → ∞", "γ = 0.2, d → ∞"]);
  expect(chart.series.filter(({ kind }) => kind === "dots")).toHaveLength(4);
  expect(chart.caption).toContain("from the same start");
});

it("draws nothing where there is nothing to draw", async () => {
  const experiment = parseExperiment(small, "x.json");
  expect(figure(experiment, await runExperiment(experiment, { signal: AbortSignal.abort() }))).toBeUndefined();
});
