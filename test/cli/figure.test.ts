import { expect, it } from "vitest";
import { parseExperiment } from "../../src/cli/experiment/experiment.js";
import { type Detail, figure } from "../../src/cli/experiment/figure.js";
import { runExperiment } from "../../src/cli/experiment/runner.js";
import { small } from "./support.js";

async function drawn(change: object, detail?: Detail) {
  const experiment = parseExperiment({ ...small, ...change }, "x.json");
  const results = await runExperiment(experiment);
  return { chart: figure(experiment, results, detail)!, results };
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
  const { time, risk } = results[0].simulation.get(2)!;
  expect(chart.series[4].x[0]).toBeGreaterThanOrEqual(0.1);
  expect(chart.series[4].y[0]).toBe(risk[time.indexOf(chart.series[4].x[0])]);
  expect(chart.x.domain).toEqual([0.1, 4]);
  expect(chart.series[0].group).toBeUndefined();
});

it("thins dots, never lines, and keeps the last", async () => {
  const { chart, results } = await drawn({}, { dots: 5 });
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

const alike = { simulate: { seeds: 1, method: "dense" }, ensemble: { replicas: 6, method: "chain" } };

it("draws an ensemble as the band of its quantiles with its mean dashed, between theory and one dense run", async () => {
  const { chart, results } = await drawn(alike);
  expect(chart.series.map(({ label, kind, dashed, group }) => [label, kind, dashed, group])).toEqual([
    ["ODE", "line", undefined, "p = 2"],
    ["ODE", "line", undefined, "p = 3"],
    ["10–90 % and mean of 6 chains", "band", undefined, "p = 2"],
    ["10–90 % and mean of 6 chains", "line", true, "p = 2"],
    ["10–90 % and mean of 6 chains", "band", undefined, "p = 3"],
    ["10–90 % and mean of 6 chains", "line", true, "p = 3"],
    ["dense simulation", "dots", undefined, "p = 2"],
    ["dense simulation", "dots", undefined, "p = 3"],
  ]);
  expect(chart.caption).toBe(
    "Lines: the ODE of the order parameters, d → ∞. Bands: 10–90 % of 6 chains at d = 50, from the same start; dashes: their mean. " +
      "Dots: one simulation on explicit weights, from there too.",
  );
  const { ensemble } = results[1].band!;
  expect(chart.series[4].low).toEqual(ensemble.quantile(0.1).risk);
  expect(chart.series[4].high).toEqual(ensemble.quantile(0.9).risk);
  expect(chart.series[5].y).toEqual(ensemble.mean.risk);
  const plain = (await drawn({ ...alike, plot: { y: { show: "M_1_1", scale: "linear" } } }, { means: false })).chart;
  expect(plain.series.map(({ label }) => label)[2]).toBe("10–90 % of 6 chains");
  expect(plain.series).toHaveLength(6);
  expect(plain.caption).not.toContain("dashes");
});

it("draws the first seed beside an ensemble that starts with it, the mean over seeds beside one of many starts", async () => {
  const several = { simulate: { seeds: 2 }, ensemble: { replicas: 3, quantiles: [0, 0.25, 0.75, 1], method: "dense" } };
  const first = await drawn(several);
  expect(first.chart.series.filter(({ kind }) => kind === "dots")[0].y[0]).toBe(
    first.results[0].simulation.get(1)!.risk[first.results[0].times.saved.indexOf(first.chart.series.at(-1)!.x[0])],
  );
  expect(first.chart.caption).toContain("0–100 % and 25–75 % of 3 dense runs at d = 50, from the same start");
  expect(first.chart.series.filter(({ kind }) => kind === "band")).toHaveLength(4);
  const own = await drawn({ ...several, ensemble: { ...several.ensemble, start: "own" } });
  expect(own.chart.caption).toMatch(
    /from the start of each simulation\. .* each from a start of its own; .* mean of 2 seeds/,
  );
  const each = await drawn({ ...several, plot: { curves: "each" } });
  expect(each.chart.caption).toMatch(/from the start of each simulation\. .* all from the start of the first seed; /);
});

it("draws several panels of the same runs, each with its axes, quantity, and dots along its own axis", async () => {
  const panels = [
    { title: "(a)" },
    { title: "(b)", x: { scale: "linear", domain: [1, 3] }, y: { domain: [0.01, 1] } },
    { title: "(c)", y: { show: "Q_1_2", scale: "linear" } },
  ];
  const y = { label: "risk of a kind" };
  const { chart } = await drawn({ ...alike, save: { count: 60 }, plot: { panels, y } }, { dots: 5 });
  expect(chart.series).toEqual([]);
  expect(chart.panels?.map((panel) => [panel.title, panel.x, panel.y])).toEqual([
    ["(a)", { label: "t = ν/d", scale: "log" }, { label: "risk of a kind", scale: "log" }],
    [
      "(b)",
      { label: "t = ν/d", scale: "linear", domain: [1, 3] },
      { label: "risk of a kind", scale: "log", domain: [0.01, 1] },
    ],
    ["(c)", { label: "t = ν/d", scale: "log" }, { label: "Q_1_2", scale: "linear" }],
  ]);
  const dots = chart.panels![1].series.at(-1)!;
  expect(dots.x.length).toBeGreaterThan(3);
  Array.from(dots.x).forEach((t, i) => {
    expect(t).toBeGreaterThanOrEqual(1);
    expect(t).toBeLessThanOrEqual(3);
    if (i > 0) expect(t - dots.x[i - 1]).toBeGreaterThan(0.99 * (2 / 5) * 0.8);
  });
});

it("draws nothing where there is nothing to draw", async () => {
  const experiment = parseExperiment(small, "x.json");
  expect(figure(experiment, await runExperiment(experiment, { signal: AbortSignal.abort() }))).toBeUndefined();
});
