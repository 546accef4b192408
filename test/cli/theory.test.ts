// Theory in experiments: every activation, the mean map, events, the solver; what would take hours is refused.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseExperiment } from "../../src/cli/experiment/experiment.js";
import { figure } from "../../src/cli/experiment/figure.js";
import { compareBands } from "../../src/cli/experiment/report-bands.js";
import { runExperiment } from "../../src/cli/experiment/runner.js";
import { parseCSV } from "../../src/formats/index.js";
import { integrate } from "../../src/index.js";
import { sgd, small, temporaryFolder } from "./support.js";

const { path, write } = temporaryFolder();
const activations = [
  "erf",
  "relu",
  "linear",
  "quadratic",
  "tanh",
  "gelu",
  { kind: "leaky-relu", slope: 0.2 },
  { hermite: [0, 1, 0.3] },
];

it("runs every activation: theory, ensemble and simulation from one start", async () => {
  const experiment = parseExperiment(
    {
      name: "all",
      problem: { inputDimension: 2000, studentWidth: 2, teacherWidth: 1, noiseVariance: 0.01, learningRate: 0.1 },
      vary: { activation: activations },
      simulate: { seeds: 1 },
      ensemble: { replicas: 40 },
      until: 2,
      save: { count: 8 },
      report: { times: [0.5, 2] },
    },
    "x.json",
  );
  const results = await runExperiment(experiment, { workers: 2 });
  expect(results.map(({ failures }) => failures)).toEqual(activations.map(() => []));
  const rows = compareBands(results);
  expect(rows).toHaveLength(16);
  // 16 z of chains and the ODE: beyond 4.5 once in 9000 such experiments, and the bias of order 1/d is below a standard error here
  for (const { z } of rows) expect(Math.abs(z!)).toBeLessThan(4.5);
  const chart = figure(experiment, results)!;
  for (const kind of ["line", "band", "dots"])
    expect(chart.series.filter((one) => one.kind === kind && !one.dashed)).toHaveLength(activations.length);
});

const oneCurve = {
  name: "one",
  problem: { inputDimension: 1000, studentWidth: 2, teacherWidth: 2, learningRate: 0.1 },
  until: 1200,
  save: { count: 30 },
};

it("lists the events of theory, draws those of one curve, and records them", async () => {
  const events = ["leave-plateau", { risk: 1e-9 }, { name: "steady-state", tolerance: 1 }];
  const file = { ...oneCurve, integrate: { events, solver: "dopri5" } };
  const { code, out, err } = await sgd(["run", write("one.json", file), "--out", path("out")]);
  expect([code, err]).toEqual([0, ""]);
  const run = await integrate(oneCurve.problem, {
    until: 1200,
    seed: 1,
    solver: "dopri5",
    events: ["leave-plateau", { name: "steady-state", tolerance: 1 }],
  });
  expect(out).toMatch(/ Events of the theory\n\n event +t +excess risk\n/);
  expect(out).toContain(` leave-plateau  ${Number(run.events.at(-1)!.time.toPrecision(6))} `);
  expect(out).toContain(" Not met: risk < 1e-9.");
  const record = JSON.parse(readFileSync(path("out/one.json"), "utf8"));
  expect(record.integrate).toMatchObject({ events, solver: "dopri5" });
  expect(record.record.runs[0].events).toEqual(run.events);
  expect(record.record.runs[0].statistics).toMatchObject({ solver: "dopri5", implicitSteps: 0 });
  expect(readFileSync(path("out/one.svg"), "utf8")).toContain(">leave-plateau</text>");
  const again = await sgd(["run", path("out/one.json"), "--out", path("again")]);
  expect(again.out).toContain(" The numbers are those of the record, bit for bit.");

  // two curves: a table with their places, no rules
  const two = { ...file, name: "two", vary: { learningRate: [0.1, 0.5] }, problem: { ...oneCurve.problem } };
  const both = await sgd(["run", write("two.json", two), "--out", path("out")]);
  expect(both.out).toMatch(/ γ +event +t +excess risk\n/);
  expect(both.out).toContain(" Not met: risk < 1e-9 at γ = 0.1.");
  expect(readFileSync(path("out/two.svg"), "utf8")).not.toContain(">leave-plateau</text>");
});

it("takes the mean map at finite d for theory, and says so wherever it is shown", async () => {
  const file = { ...small, name: "finite", integrate: { limit: "finite-d" }, ensemble: { replicas: 20 } };
  const { code, out, err } = await sgd(["run", write("finite.json", file), "--out", path("out"), "--workers", "1"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("the mean map, a simulation");
  expect(out).toContain("─── mean map");
  expect(out).toMatch(/ p +t +mean map +mean of chains/);
  expect(out).toContain("(mean of chains − mean map from the same start)");
  expect(out).not.toContain("ODE");
  const columns = Object.fromEntries(
    parseCSV(readFileSync(path("out/finite.csv"), "utf8")).map(({ name, values }) => [name, [...values]]),
  );
  const at = columns.method.findIndex(
    (method, i) => method === "mean_map" && columns.studentWidth[i] === 3 && columns.time[i] === 4,
  );
  const run = await integrate({ ...small.problem, studentWidth: 3 }, { until: 4, seed: 1, limit: "finite-d" });
  expect(columns.risk[at]).toBe(run.risk.at(-1));
  expect(readFileSync(path("out/finite.svg"), "utf8")).toContain("the exact mean of each step at finite d, iterated");
  // its rates are of steps: there is no solver to choose
  const wrong = { ...file, integrate: { limit: "finite-d", solver: "dopri5" } };
  const refused = await sgd(["run", write("wrong.json", wrong), "--out", path("out")]);
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(/^error: integrate with limit "finite-d".* has no option "solver"/);
});

it("takes the limit of a region for theory, on its clock, and nothing at finite d beside it", async () => {
  const { simulate: _, ...theory } = small;
  const region = { kappa: 0, delta: 0.5 };
  const problem = { ...small.problem, scaling: "mean-field" };
  // times that are no whole steps of d: on this clock there are none
  const set = {
    ...theory,
    problem,
    name: "green",
    until: 0.33,
    save: { times: [0.123, 0.33] },
    report: { times: [0.33] },
  };
  const file = { ...set, integrate: { limit: { region } } };
  const { code, out, err } = await sgd(["run", write("green.json", file), "--out", path("out"), "--workers", "1"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("the ODE of the green region");
  expect(out).toContain("t = ν/d^1.5");
  const columns = Object.fromEntries(
    parseCSV(readFileSync(path("out/green.csv"), "utf8")).map(({ name, values }) => [name, [...values]]),
  );
  const at = columns.time.findIndex((time, i) => time === 0.123 && columns.studentWidth[i] === 3);
  const options = { until: 0.33, save: { times: [0.123, 0.33] }, seed: 1, limit: { region }, dense: false } as const;
  const run = await integrate({ ...problem, scaling: "mean-field", studentWidth: 3 }, options);
  expect(columns.risk[at]).toBe(run.risk[0]);
  expect(readFileSync(path("out/green.svg"), "utf8")).toContain("the limiting ODE of the green region");

  for (const [more, sentence] of [
    [{ simulate: { seeds: 1 } }, /simulate is given beside integrate.limit.region.*clock/],
    [{ ensemble: { replicas: 4 } }, /ensemble is given beside integrate.limit.region/],
    [{ integrate: { limit: { region: { kappa: 0 } } } }, /integrate.limit.region.delta is required/],
    [{ integrate: { limit: { region: { kappa: 0.1, delta: -0.6 } } } }, /no limit.*does not vanish/],
    [{ integrate: { limit: { region }, terms: "full" } }, /terms is "full" and limit is a region/],
  ] as const) {
    const refused = await sgd(["run", write("wrong.json", { ...file, ...more }), "--out", path("out")]);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(sentence);
  }
});

it("refuses an exact theory that would take hours before anything is computed, and says what to try", async () => {
  const file = {
    name: "wide",
    problem: { inputDimension: 1e6, teacherWidth: 4, activation: "tanh" },
    vary: { studentWidth: [2, 256] },
    simulate: { seeds: 1 },
    until: 1e6,
  };
  const { code, err } = await sgd(["run", write("wide.json", file), "--out", path("out")]);
  expect(code).toBe(2);
  expect(err).toMatch(
    /^error: The exact noise matrix at studentWidth 256 takes about .* hours\. Try noise: "quasi-random" .* An experiment without theory has "integrate": false\.$/,
  );
});
