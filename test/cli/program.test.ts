import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fromNPZ, parseCSV } from "../../src/formats/index.js";
import { ensemble, integrate, simulate, Trajectory } from "../../src/index.js";
import { sgd, small, temporaryFolder } from "./support.js";

const { path, write } = temporaryFolder();
const d20 = ["-d", "20", "-p", "2", "-k", "1"];

it("runs an experiment end to end: words, plot, table, five files", async () => {
  const { code, out, err } = await sgd([
    "run",
    write("small.json", { ...small, title: "A small experiment" }),
    "--out",
    path("out"),
  ]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain(
    " A small experiment\n d = 50, k = 2, γ = 0.2, Δ = 0.01, erf, committee scaling, first layer trained,\n random start.",
  );
  expect(out).toContain("2 problems (p = 2; p = 3), 3 seeds: the ODE and a simulation of each, to t = 4.");
  expect(out).toContain("─── ODE   ●■ simulation");
  expect(out).toMatch(/ p +t +ODE +simulation +difference +std\. error +z/);
  expect(out).toMatch(/ m?s\. Written: .*small\.\{csv,npz,svg,png,json\}$/m);
  for (const line of out.split("\n").filter((one) => !one.includes("Written")))
    expect(line.length).toBeLessThanOrEqual(80);
  expect(readdirSync(path("out")).sort()).toEqual(["small.csv", "small.json", "small.npz", "small.png", "small.svg"]);

  const columns = Object.fromEntries(
    parseCSV(readFileSync(path("out/small.csv"), "utf8")).map(({ name, values }) => [name, [...values]]),
  );
  expect(Object.keys(columns).slice(0, 6)).toEqual(["studentWidth", "method", "seed", "time", "risk", "M_1_1"]);
  const p3 = await simulate({ ...small.problem, studentWidth: 3 }, { until: 4, seed: 2, save: { times: [4] } });
  const row = Array.from(columns.time).findIndex(
    (t, i) => t === 4 && columns.method[i] === "simulation" && columns.seed[i] === 2 && columns.studentWidth[i] === 3,
  );
  expect(columns.risk[row]).toBe(p3.risk[0]);
  expect(columns.Q_2_3[row]).toBe(p3.state(0).Q[5]);

  const arrays = fromNPZ(readFileSync(path("out/small.npz")));
  const n = arrays.studentWidth3_time.shape[0];
  expect(arrays.studentWidth3_simulation_Q.shape).toEqual([3, n, 3, 3]);
  expect(arrays.studentWidth2_ode_risk.shape).toEqual([3, n]);
  expect((arrays.studentWidth3_simulation_risk.data as Float64Array)[2 * n - 1]).toBe(p3.risk[0]);
  expect(readFileSync(path("out/small.svg"), "utf8")).toContain("A small experiment");
  expect([...readFileSync(path("out/small.png")).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
});

const banded = { ...small, simulate: { seeds: 1, method: "dense" }, ensemble: { replicas: 8 } };

it("runs an experiment with an ensemble: band, table of theory and proof against it, and its curves in every file", async () => {
  const file = write("banded.json", { ...banded, name: "banded" });
  const { code, out, err } = await sgd(["run", file, "--out", path("out"), "--workers", "2"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(
    /2 problems \(p = 2; p = 3\), 1 seed: the ODE, a dense simulation and 8 replicas\s+of each, to\s+t = 4\./,
  );
  expect(out).toContain("─── ODE   ⠡ ⠡ 10–90 % of 8 chains   ●■ dense simulation");
  expect(out).toContain(" Excess risk ε: theory, 8 chains, and one dense run\n");
  // the table of pairs would have no standard error
  expect(out).not.toContain("One seed has no standard error");
  for (const line of out.split("\n").filter((one) => !one.includes("Written")))
    expect(line.length).toBeLessThanOrEqual(80);

  const p3 = { ...small.problem, studentWidth: 3 };
  const { P, M, Q, a, aStar } = (await integrate(p3, { until: 4, seed: 1, save: { times: [0] } })).state(0);
  const many = await ensemble(
    { ...p3, start: { kind: "state", state: { P, M, Q, a, aStar } } },
    { until: 4, replicas: 8, seed: 1, save: { times: [4] } },
  );
  const columns = Object.fromEntries(
    parseCSV(readFileSync(path("out/banded.csv"), "utf8")).map(({ name, values }) => [name, [...values]]),
  );
  const methods = ["ode", "simulation", "ensemble_mean", "ensemble_standardError", "ensemble_q10", "ensemble_q90"];
  expect([...new Set(columns.method)]).toEqual(methods);
  const last = (method: string) =>
    columns.time.findIndex((t, i) => t === 4 && columns.method[i] === method && columns.studentWidth[i] === 3);
  expect(columns.risk[last("ensemble_mean")]).toBe(many.mean.risk[0]);
  expect(columns.Q_2_3[last("ensemble_q90")]).toBe(many.quantile(0.9).state(0).Q[5]);

  const arrays = fromNPZ(readFileSync(path("out/banded.npz")));
  const n = arrays.studentWidth3_time.shape[0];
  expect(arrays.studentWidth3_ensemble_Q_q10.shape).toEqual([n, 3, 3]);
  expect(arrays.studentWidth2_ensemble_replicas.data).toEqual(new Float64Array(n).fill(8));
  expect((arrays.studentWidth3_ensemble_risk_standardError.data as Float64Array)[n - 1]).toBe(
    many.standardError.risk[0],
  );
  expect(readFileSync(path("out/banded.svg"), "utf8")).toContain("10–90 % and mean of 8 chains");

  const again = await sgd(["run", path("out/banded.json"), "--out", path("again"), "--workers", "1"]);
  expect(again.out).toContain(" The numbers are those of the record, bit for bit.");
  for (const name of ["banded.csv", "banded.npz", "banded.png"])
    expect(readFileSync(path(`again/${name}`)).equals(readFileSync(path(`out/${name}`))), name).toBe(true);
});

it("keeps what an interruption leaves of an ensemble", async () => {
  const controller = new AbortController();
  const file = write("longer.json", { ...banded, name: "longer", until: 1e6, integrate: false, simulate: false });
  const running = sgd(["run", file, "--out", path("out"), "--workers", "2"], { signal: controller.signal });
  setTimeout(() => controller.abort(), 1500);
  const { code, err } = await running;
  expect(code).toBe(130);
  expect(err).toMatch(/Interrupted: 0 of 2 runs went to their end\.$/);
  const { record } = JSON.parse(readFileSync(path("out/longer.json"), "utf8"));
  expect(record).toMatchObject({ complete: false, runs: [{ method: "ensemble", seed: 1, status: "aborted" }] });
  const arrays = fromNPZ(readFileSync(path("out/longer.npz")));
  const mean = Array.from(arrays.studentWidth2_ensemble_risk_mean.data as Float64Array);
  expect(Number.isFinite(mean[0])).toBe(true);
  expect(mean.at(-1)).toBeNaN();
  expect(Array.from(arrays.studentWidth2_ensemble_replicas.data as Float64Array).at(-1)).toBe(0);
});

const many = ["-d", "40", "-p", "2", "-k", "1", "--noise-variance", "0.01", "--seed", "5", "-t", "2"];

it("simulates an ensemble: words, plot, table, five files", async () => {
  const outs = ["csv", "npz", "json", "svg", "png"].map((format) => path(`many.${format}`));
  const asked = [...many, "--times", "0.5,2", "--replicas", "12", "--quantiles", "0.025,0.5,0.975"];
  const { code, out, err } = await sgd(["ensemble", ...asked, "--workers", "2", "--out", ...outs]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain(" 12 replicas of one-pass SGD, each from a start of its own: d = 40, p = 2,\n k = 1,");
  expect(out).toContain("mean and, shaded, 2.5–97.5 % of 12 chains");
  expect(out).toMatch(/ t +mean risk +std\. error +2\.5 % +50 % +97\.5 %/);
  expect(out).toMatch(/ Completed: 12 replicas to t = 2\. Exact chains, 960 steps in all, /);
  const expected = await ensemble(
    { inputDimension: 40, studentWidth: 2, teacherWidth: 1, noiseVariance: 0.01 },
    { until: 2, seed: 5, replicas: 12, save: { times: [0.5, 2] } },
  );
  const columns = parseCSV(readFileSync(path("many.csv"), "utf8"));
  expect(columns.slice(0, 8).map(({ name }) => name)).toEqual([
    "time",
    "replicas",
    "risk_mean",
    "risk_standardError",
    "risk_q2.5",
    "risk_q50",
    "risk_q97.5",
    "M_1_1_mean",
  ]);
  const values = Object.fromEntries(columns.map(({ name, values }) => [name, values]));
  expect(values.risk_mean).toEqual(expected.mean.risk);
  expect(values["risk_q2.5"]).toEqual(expected.quantile(0.025).risk);
  expect(values.Q_1_2_standardError[1]).toBe(expected.standardError.state(1).Q[1]);
  const arrays = fromNPZ(readFileSync(path("many.npz")));
  expect(arrays["M_q97.5"].shape).toEqual([2, 2, 1]);
  expect(arrays["M_q97.5"].data).toEqual(
    Float64Array.from([0, 1].flatMap((i) => [...expected.quantile(0.975).state(i).M])),
  );
  const result = JSON.parse(readFileSync(path("many.json"), "utf8"));
  expect(result).toMatchObject({
    status: "completed",
    options: { until: 2, seed: 5, replicas: 12, quantiles: [0.025, 0.5, 0.975] },
    statistics: { method: "chain", replicas: 12 },
    teacher: { P: [1] },
    columns: { time: [0.5, 2], replicas: [12, 12] },
  });
  expect(readFileSync(path("many.svg"), "utf8")).toContain("mean and, shaded, 2.5–97.5 % of 12 chains");
  const spoken = await sgd(["ensemble", ...asked, "--json"]);
  expect(JSON.parse(spoken.out)).toEqual(result);
});

it("lets replicas start together, on either method", async () => {
  const { code, out } = await sgd([
    "ensemble",
    ...many,
    "--replicas",
    "3",
    "--same-start",
    "--method",
    "dense",
    "--json",
  ]);
  expect(code).toBe(0);
  const { columns, problem, statistics } = JSON.parse(out);
  const start = await integrate({ ...problem, start: "random" }, { until: 1, seed: 5, save: { times: [0] } });
  expect(statistics.method).toBe("dense");
  expect(columns.risk_q10[0]).toBeCloseTo(start.risk[0], 12);
  expect(columns.risk_q90[0]).toBeCloseTo(start.risk[0], 12);
  const words = await sgd(["ensemble", ...many, "--replicas", "3", "--same-start", "--ascii"]);
  expect(words.out).toContain(" 3 replicas of one-pass SGD from one start: d = 40");
  expect(words.out).toMatch(/^[\n -~]*$/);
});

it("says that replicas cannot start alike where inputs have a spectrum, before it begins", async () => {
  const inputs = {
    spectrum: [
      { variance: 1, multiplicity: 10 },
      { variance: 0.1, multiplicity: 10 },
    ],
  };
  const single = await sgd(["ensemble", ...d20, "-t", "1", "--same-start", "--inputs", JSON.stringify(inputs)]);
  expect(single).toMatchObject({ code: 2, out: "" });
  expect(single.err).toMatch(/^error: Replicas cannot start alike .* no --same-start\.$/);
  const problem = { inputDimension: 20, studentWidth: 2, teacherWidth: 1, inputs };
  const run = (start: string) =>
    sgd([
      "run",
      write(`${start}.json`, { name: start, problem, integrate: false, ensemble: { replicas: 4, start }, until: 1 }),
      "--out",
      path("out"),
    ]);
  expect(await run("theory")).toMatchObject({ code: 2, err: single.err });
  const own = await run("own");
  expect([own.code, own.err]).toEqual([0, ""]);
  expect(own.out).toContain("inputs with a spectrum");
  expect(own.out).toContain("each from a start of its own");
});

it("writes what an interruption leaves of replicas", async () => {
  const controller = new AbortController();
  const running = sgd(["ensemble", ...d20, "-t", "1e7", "--replicas", "8", "--out", path("cut.csv")], {
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 1500);
  const { code, err } = await running;
  expect(code).toBe(130);
  expect(err).toMatch(/Aborted: 0 of 8 replicas reached t = 10000000\.$/);
  expect(parseCSV(readFileSync(path("cut.csv"), "utf8"))[2].values.length).toBeGreaterThan(0);
});

it("repeats a run from its record, byte for byte but for the clock", async () => {
  await sgd(["run", write("twice.json", { ...small, name: "twice" }), "--out", path("one")]);
  const { code, out } = await sgd(["run", path("one/twice.json"), "--out", path("two")]);
  expect(code).toBe(0);
  expect(out).toContain(" The numbers are those of the record, bit for bit.");
  for (const file of ["twice.csv", "twice.npz", "twice.svg", "twice.png"]) {
    expect(readFileSync(path(`two/${file}`)).equals(readFileSync(path(`one/${file}`))), file).toBe(true);
  }
  const records = ["one", "two"].map((folder) => JSON.parse(readFileSync(path(`${folder}/twice.json`), "utf8")));
  for (const one of records) Object.assign(one.record, { began: 0, seconds: 0 });
  expect(records[1]).toEqual(records[0]);
  expect(records[0].record.environment.core).toMatch(/^[0-9a-f]+$/);
});

it("writes the formats that are asked for, and the record always", async () => {
  const { code } = await sgd([
    "run",
    write("some.json", { ...small, name: "some" }),
    "--out",
    path("deep/er"),
    "--formats",
    "csv",
  ]);
  expect([code, readdirSync(path("deep/er"))]).toEqual([0, ["some.csv", "some.json"]]);
});

it("speaks only JSON with --json, of errors too", async () => {
  const file = write("json.json", { ...small, name: "json" });
  const ran = await sgd(["run", file, "--out", path("out"), "--json"]);
  expect(JSON.parse(ran.out)).toEqual(JSON.parse(readFileSync(path("out/json.json"), "utf8")));
  const failed = await sgd(["run", path("no.json"), "--json"]);
  expect(failed.code).toBe(2);
  expect(JSON.parse(failed.out)).toEqual({
    error: { code: "unreadable-file", message: `${path("no.json")} cannot be read: there is no such file.` },
  });
  for (const command of ["simulate", "integrate"]) {
    const { out } = await sgd([command, "-d", "20", "-p", "2", "-k", "1", "-t", "1", "--times", "0,1", "--json"]);
    const value = JSON.parse(out);
    expect(value).toMatchObject({
      status: "completed",
      problem: { studentWidth: 2 },
      options: { until: 1, save: { times: [0, 1] } },
    });
    expect(value.columns.time).toEqual([0, 1]);
    expect(value.columns.Q_2_2).toHaveLength(2);
    expect(value.teacher.P).toEqual([1]);
  }
  expect(JSON.parse((await sgd(["info", "--json"])).out)).toMatchObject({
    "sgd-dynamics": expect.any(String),
    simd: true,
    png: true,
  });
});

it("reports divergence, writes what was computed, and exits 1", async () => {
  const problem = { inputDimension: 20, studentWidth: 2, teacherWidth: 2, activation: "linear", learningRate: 30 };
  const file = write("wild.json", { name: "wild", problem, integrate: false, simulate: { seeds: 2 }, until: 50 });
  const { code, err } = await sgd(["run", file, "--out", path("out")]);
  expect(code).toBe(1);
  expect(err).toMatch(
    /^simulation, seed 1: Diverged at t = .*; try a smaller learning rate or weight decay\.\nsimulation, seed 2: Diverged/,
  );
  const record = JSON.parse(readFileSync(path("out/wild.json"), "utf8"));
  expect(record.record.runs.map(({ status }: { status: string }) => status)).toEqual(["diverged", "diverged"]);
  const arrays = fromNPZ(readFileSync(path("out/wild.npz")));
  const risk = Array.from(arrays.simulation_risk.data as Float64Array);
  expect(Number.isFinite(risk[0])).toBe(true);
  expect(risk.at(-1)).toBeNaN();

  const single = await sgd([
    "simulate",
    "-d",
    "20",
    "-p",
    "2",
    "-k",
    "2",
    "--activation",
    "linear",
    "--learning-rate",
    "30",
    "-t",
    "50",
    "--out",
    path("wild.csv"),
  ]);
  expect(single.code).toBe(1);
  expect(single.err).toMatch(/^Diverged at t = /);
  expect(existsSync(path("wild.csv"))).toBe(true);
});

it("writes what an interruption leaves, and exits 130", async () => {
  const controller = new AbortController();
  const file = write("long.json", { ...small, name: "long", until: 1e6, integrate: false });
  const running = sgd(["run", file, "--out", path("out")], { signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  const { code, err } = await running;
  expect(code).toBe(130);
  expect(err).toBe("Interrupted: 0 of 6 runs went to their end.");
  const record = JSON.parse(readFileSync(path("out/long.json"), "utf8"));
  expect(record.record).toMatchObject({
    complete: false,
    runs: [{ method: "simulation", seed: 1, status: "aborted" }],
  });
  expect(parseCSV(readFileSync(path("out/long.csv"), "utf8"))[0].values.length).toBeGreaterThan(0);

  const before = new AbortController();
  before.abort();
  const nothing = await sgd(["run", file, "--out", path("none")], { signal: before.signal });
  expect(nothing.code).toBe(130);
  expect(nothing.err).toContain("long.svg is not written: there is no point to draw.");
  expect(readdirSync(path("none")).sort()).toEqual(["long.csv", "long.json", "long.npz"]);
});

it("goes on from a snapshot as if never stopped", async () => {
  const flags = ["-d", "20", "-p", "2", "-k", "1", "--noise-variance", "0.01", "--seed", "5"];
  const half = await sgd(["simulate", ...flags, "-t", "3", "--snapshot", path("half.snapshot")]);
  expect(half.code).toBe(0);
  const rest = await sgd(["simulate", ...flags, "-t", "6", "--times", "6", "--from", path("half.snapshot"), "--json"]);
  const whole = await sgd(["simulate", ...flags, "-t", "6", "--times", "6", "--json"]);
  expect(JSON.parse(rest.out).columns).toEqual(JSON.parse(whole.out).columns);
  const other = await sgd(["simulate", "-d", "21", "-p", "2", "-k", "1", "-t", "6", "--from", path("half.snapshot")]);
  expect(other.code).toBe(2);
  expect(other.err).toMatch(/^error: The snapshot belongs to another problem/);
});

it("takes a problem from a file, from flags, from both, or from a result", async () => {
  const file = write("problem.json", { inputDimension: 30, studentWidth: 2, teacherWidth: 1, start: "informed" });
  const outs = ["csv", "npz", "json", "svg", "png"].map((format) => path(`one.${format}`));
  const { code, out, err } = await sgd([
    "integrate",
    file,
    "--start",
    '{"kind":"random","scale":0.5}',
    "-p",
    "3",
    "-t",
    "2",
    "--out",
    ...outs,
  ]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("d = 30, p = 3, k = 1, γ = 0.2, erf, committee");
  expect(out).toContain("random start of scale 0.5");
  for (const one of outs) expect(existsSync(one), one).toBe(true);
  const result = JSON.parse(readFileSync(path("one.json"), "utf8"));
  expect(result.problem).toMatchObject({ studentWidth: 3, start: { kind: "random", scale: 0.5 } });
  const again = await sgd(["integrate", path("one.json"), "-t", "2", "--json"]);
  expect(JSON.parse(again.out).columns).toEqual(result.columns);
  const trained = await sgd([
    "simulate",
    file,
    "--second-layer",
    '{"learningRate":0.1}',
    "-t",
    "1",
    "--count",
    "5",
    "--spacing",
    "linear",
    "--precision",
    "f32",
  ]);
  expect(trained.code).toBe(0);
  expect(trained.out).toMatch(/ t +excess risk +M_1_1 +Q_1_1 +a_1/);
});

it.each([
  [["nonsense"], "error: unknown command 'nonsense'"],
  [["rum"], "error: unknown command 'rum' (Did you mean run?)"],
  [["run", "--seed", "1"], "error: unknown option '--seed'"],
  [["run", "a", "b"], "error: too many arguments for 'run'. Expected 1 argument but got 2."],
  [
    ["run", "--formats", "doc"],
    "error: option '--formats <list>' argument 'doc' is invalid. Allowed: csv, npz, json, svg, png, with commas between.",
  ],
  [
    ["run", "--workers", "0"],
    "error: option '--workers <count>' argument '0' is invalid. Allowed: a whole number above 0.",
  ],
  [["simulate", ...d20], "error: required option '-t, --until <t>' not specified"],
  [
    ["simulate", ...d20, "-t", "soon"],
    "error: option '-t, --until <t>' argument 'soon' is invalid. Allowed: a number.",
  ],
  [["simulate", "-t", "1"], "error: --input-dimension is required; allowed: a whole number from 1 to 1e20 (d)."],
  [
    ["simulate", "-d", "20", "-p", "-2", "-k", "1", "-t", "1"],
    "error: --student-width is -2; allowed: a whole number from 1 to 4096 (p).",
  ],
  [
    ["simulate", ...d20, "-t", "1", "--spacing", "cubic"],
    "error: option '--spacing <kind>' argument 'cubic' is invalid. Allowed choices are log, linear.",
  ],
  [
    ["simulate", ...d20, "-t", "1", "--times", "1", "--count", "3"],
    "error: --times says which times to save; leave --count and --spacing out.",
  ],
  [
    ["simulate", ...d20, "-t", "1", "--times", "1,2"],
    "error: save.times[1] is 2; allowed: a number from 0 to until = 1.",
  ],
  [["simulate", ...d20, "-t", "1", "--seed", "0.5"], "error: seed is 0.5; allowed: a whole number from 0 to 2^53 - 1."],
  [
    ["simulate", ...d20, "-t", "1", "--out", "x.doc"],
    'error: --out "x.doc" has no extension of a format; allowed: .csv, .npz, .json, .svg, .png.',
  ],
  [
    ["ensemble", ...d20, "-t", "1", "--quantiles", "0.9,0.1"],
    "error: option '--quantiles <list>' argument '0.9,0.1' is invalid. Allowed: increasing numbers from 0 to 1, with commas between.",
  ],
  [["ensemble", ...d20, "-t", "1", "--workers", "17"], "error: workers is 17; allowed: a whole number from 1 to 16."],
  [["integrate", ...d20, "-t", "-1"], "error: until is -1; allowed: a finite time t = nu / d, at least 0."],
  [
    ["simulate", ...d20, "-t", "1", "--activation", "leaky-relu:x"],
    'error: --activation.slope is "x"; allowed: a finite number.',
  ],
  [
    ["simulate", ...d20, "-t", "1", "--activation", "hermite:0,,1"],
    'error: --activation.hermite holds ""; allowed: 1 to 11 finite numbers c_0, c_1, ..., not all 0.',
  ],
  [
    ["integrate", ...d20, "-t", "1", "--stop-at", "specialized"],
    "error: option '--stop-at <list>' argument 'specialized' is invalid. Allowed: leave-plateau, specialised, steady-state, " +
      "steady-state=TOLERANCE or risk=THRESHOLD, with commas between.",
  ],
  [
    ["integrate", ...d20, "-t", "1", "--noise", "10"],
    'error: noise is {"points":10}; allowed: "exact", "quasi-random" or { points }, a whole number from 128 to 1048576.',
  ],
  [
    ["integrate", ...d20, "-t", "1", "--limit", "finite-d", "--rtol", "1e-6"],
    'error: integrate with limit "finite-d", which makes round(until d) steps of its own and nothing between, has no option "rtol"; ' +
      "allowed: limit, until, save, seed, stream, terms, onSave, signal, onProgress.",
  ],
  [
    ["integrate", ...d20, "-t", "1", "--activation", "tahn"],
    'error: --activation is "tahn"; allowed: one of "erf", "relu", "linear", "quadratic", "leaky-relu", "tanh", "logistic", "softplus", "gelu", ' +
      '{ kind: "leaky-relu", slope }, { hermite: [c_0, c_1, ...] }, or { student, teacher } with such; did you mean "tanh"?',
  ],
])("answers %j with one sentence and exit code 2", async (argv, sentence) => {
  const { code, out, err } = await sgd(argv);
  expect({ code, err }).toEqual({ code: 2, err: sentence });
  // an option of the library is found wrong when it is called, after the first line of words
  expect(out.split("\n").length).toBeLessThan(4);
});

it("says what is wrong with a file", async () => {
  const sentences = async (name: string, text: string) => (await sgd(["run", write(name, text)])).err;
  expect(await sentences("cut.json", '{\n  "name": "a",\n')).toBe(
    `error: ${path("cut.json")} is not JSON: Expected double-quoted property name, at line 3, column 1.`,
  );
  expect(await sentences("word.json", "hello")).toMatch(
    /^error: .*word\.json is not JSON: Unexpected token 'h', at line 1, column \d\.$/,
  );
  expect(await sentences("list.json", "[1]")).toBe(
    `error: ${path("list.json")} holds an array of 1; allowed: a JSON object, { ... }.`,
  );
  expect(await sentences("bad.json", '{"name":"a","until":1,"problem":{}}')).toBe(
    "error: bad.json: problem.inputDimension is required; allowed: a whole number from 1 to 1e20 (d).",
  );
  expect(await sgd(["run", path("no.json")])).toMatchObject({
    code: 2,
    err: `error: ${path("no.json")} cannot be read: there is no such file.`,
  });
  mkdirSync(path("folder"), { recursive: true });
  expect(await sgd(["integrate", path("folder"), "-t", "1"])).toMatchObject({
    code: 2,
    err: `error: ${path("folder")} cannot be read: it is a folder.`,
  });
  const wrong = write("wrong.json", { inputDimension: 3, studentWidth: 1 });
  expect((await sgd(["integrate", wrong, "-t", "1"])).err).toBe(
    `error: ${wrong}: problem.teacherWidth is required; allowed: a whole number from 1 to 4096 (k).`,
  );
});

it("finds out before computing that output cannot be written", async () => {
  const file = write("slow.json", { ...small, name: "slow", until: 1e9 });
  const blocked = write("blocked", "a file");
  for (const folder of [blocked, `${blocked}/inner`]) {
    const { code, out, err } = await sgd(["run", file, "--out", folder]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(
      `error: The folder ${folder} cannot be written: a part of the path is a file, not a folder; name another with --out.`,
    );
  }
  // where the system makes no entries at all
  if (existsSync("/proc/version"))
    expect((await sgd(["run", file, "--out", "/proc/none"])).err).toMatch(
      /^error: The folder \/proc\/none cannot be written/,
    );
  mkdirSync(path("taken/slow.csv"), { recursive: true });
  expect((await sgd(["run", file, "--out", path("taken")])).err).toBe(
    `error: ${path("taken/slow.csv")} is a folder; name a file with --out.`,
  );
  const single = await sgd(["simulate", ...d20, "-t", "1e9", "--out", `${blocked}/a.csv`]);
  expect(single).toMatchObject({ code: 1, out: "" });
});

it("takes activations with parameters in short, and tells them apart in words", async () => {
  const given = async (text: string) => {
    const argv = ["simulate", ...d20, "-t", "1", "--activation", text, "--out", path("given.json")];
    expect((await sgd(argv)).code).toBe(0);
    return JSON.parse(readFileSync(path("given.json"), "utf8")).problem.activation;
  };
  expect(await given("tanh")).toBe("tanh");
  expect(await given("leaky-relu:-0.1")).toEqual({ kind: "leaky-relu", slope: -0.1 });
  expect(await given("hermite:0,1,0.5")).toEqual({ hermite: [0, 1, 0.5] });
  const teacher = { kind: "leaky-relu", slope: 0.1 };
  const vary = { activation: ["gelu", { student: { hermite: [0, 1] }, teacher }] };
  const experiment = { ...small, name: "several", vary, integrate: false, ensemble: { replicas: 4 } };
  experiment.problem = { ...small.problem, studentWidth: 2 } as typeof small.problem;
  const { code, out } = await sgd(["run", write("several.json", experiment), "--out", path("out")]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /activation = gelu;\s+activation = Hermite\s+series\s+0\s+1\s+student,\s+leaky-relu\s+of\s+slope\s+0.1\s+teacher/,
  );
  expect(out).toMatch(/^ Hermite series 0 1 student, leaky-relu of slope 0\.1 teacher +0/m);
});

it("says that there is no theory for inputs with a spectrum, and what to do", async () => {
  const inputs = { spectrum: [{ variance: 1, multiplicity: 50 }] };
  const file = write("spectrum.json", { ...small, name: "spectrum", problem: { ...small.problem, inputs } });
  const { code, err } = await sgd(["run", file, "--out", path("out")]);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: The ODE .* spectrum.* An experiment without theory has "integrate": false\.$/);
});

it("finds events on the way, lists and draws them, and ends at one", async () => {
  const asked = ["-d", "1000", "-p", "2", "-k", "2", "--learning-rate", "0.1", "--seed", "1", "-t", "4000"];
  const { code, out, err } = await sgd([
    "integrate",
    ...asked,
    "--event",
    "leave-plateau,specialised",
    "--event",
    "steady-state=1e-20",
    "--event",
    "risk<1e-2",
    "--stop-at",
    "risk=1e-5",
    "--out",
    path("events.json"),
    path("events.svg"),
  ]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/│ leave-plateau\n/);
  expect(out).toMatch(/event +t +excess risk\n.*\n leave-plateau +344\.214 /);
  expect(out).toContain(" Not met: steady-state.");
  expect(out).toMatch(/Ended at t = .* of 4000: event "risk < 1e-5"\./);
  expect(out).toMatch(/ explicit\s+steps, 0 rejected, [\d ]+ right-hand sides; noise matrix in\s+closed\s+form/);
  for (const line of out.split("\n").filter((one) => !one.includes("Written")))
    expect(line.length).toBeLessThanOrEqual(80);
  const problem = { inputDimension: 1000, studentWidth: 2, teacherWidth: 2, learningRate: 0.1 };
  const run = await integrate(problem, {
    until: 4000,
    seed: 1,
    events: ["leave-plateau", { risk: 1e-2 }, "specialised", { risk: 1e-5, terminal: true }],
  });
  const result = JSON.parse(readFileSync(path("events.json"), "utf8"));
  expect(result.status).toBe("event");
  expect(result.events.map(({ time }: { time: number }) => time)).toEqual(run.events.map(({ time }) => time));
  expect(result.events.map(({ name }: { name: string }) => name)).toEqual([
    "leave-plateau",
    "risk < 0.01",
    "specialised",
    "risk < 1e-5",
  ]);
  expect(result.columns.time.at(-1)).toBe(run.events[3].time);
  const svg = readFileSync(path("events.svg"), "utf8");
  for (const name of ["leave-plateau", "specialised", "risk &lt; 0.01"]) expect(svg).toContain(`>${name}</text>`);
});

it("integrates by the solver, the noise and the limit that are asked for", async () => {
  const asked = ["integrate", ...d20, "-t", "50", "--noise-variance", "0.1"];
  const implicit = await sgd([...asked, "--solver", "rodas5p"]);
  expect(implicit.code).toBe(0);
  expect(implicit.out).toMatch(/ \d+ implicit\s+steps, .* Jacobians;/s);
  const points = await sgd([...asked, "--noise", "128"]);
  expect(points.out).toMatch(/noise\s+matrix\s+of\s+128\s+quasi-random\s+points/);
  const quadrature = await sgd([...asked, "--activation", "tanh"]);
  expect(quadrature.out).toMatch(/noise\s+matrix\s+by\s+quadrature\s+to\s+\de−/);
  const finite = await sgd([...asked, "--limit", "finite-d", "--json"]);
  const problem = { inputDimension: 20, studentWidth: 2, teacherWidth: 1, noiseVariance: 0.1 };
  const run = await integrate(problem, { until: 50, limit: "finite-d" });
  expect(JSON.parse(finite.out).columns.risk).toEqual([...run.risk]);
});

it("helps, and informs", async () => {
  const help = await sgd(["--help"]);
  expect(help.code).toBe(0);
  for (const command of ["run", "simulate", "ensemble", "integrate", "info"])
    expect(help.out).toMatch(new RegExp(`^  ${command} `, "m"));
  const flags = (await sgd(["simulate", "--help"])).out;
  // every field of a problem is a flag that says what it takes
  expect(flags).toMatch(/-d, --input-dimension <value> +a whole number from 1 to 1e20 \(d\)/);
  expect(flags).toMatch(/--noise-variance <value> +a finite number, at least 0 \[0\]/);
  const info = await sgd(["info"]);
  expect(info.code).toBe(0);
  expect(info.out).toMatch(/^ core +[0-9a-f]{8,} /m);
  expect(info.out).toMatch(/^ formats +\.csv \.npz \.json \.svg \.png$/m);
  expect(info.out).toContain("goldt-2019-first-layer");
  expect((await sgd(["--version"])).out).toMatch(/^\d+\.\d+\.\d+$/);
});

it("reads a trajectory back as it was", async () => {
  // the way results come home from workers
  const run = await simulate(
    { inputDimension: 20, studentWidth: 2, teacherWidth: 1 },
    { until: 1, save: { count: 4 } },
  );
  const back = Trajectory.from(run.toBuffer());
  expect([back.time, back.risk, back.state(-1)]).toEqual([run.time, run.risk, run.state(-1)]);
});
