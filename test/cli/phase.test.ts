import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fromNPZ, parseCSV } from "../../src/formats/index.js";
import { integrate, phaseDiagram } from "../../src/index.js";
import { sgd, temporaryFolder } from "./support.js";

const { path } = temporaryFolder();
const small = ["phase", "--kappa", "0:0.3:3", "--delta", "-0.7:0.3:3", "--steps", "7e5"];

it("prints a map of letters and a line a cell, and writes every format, as the library has it", async () => {
  const outs = ["json", "csv", "npz", "svg", "png"].map((format) => path(`phase.${format}`));
  const { code, out, err } = await sgd([...small, "--out", ...outs]);
  expect(code).toBe(0);
  // on a busy machine it says how far it is
  expect(err).toMatch(/^( \d+ % after .*\n?)*$/);
  const diagram = await phaseDiagram({ kappa: [0, 0.15, 0.3], delta: [-0.7, -0.2, 0.3], stepsPerCell: 7e5 });
  const names = diagram.cells.map(({ label }) => label?.name);
  expect(names.slice(0, 3)).toEqual(["red", "orange", "green"]);
  expect(out).toMatch(/ 0\.30 {2}G G G\n/);
  expect(out).toMatch(/theory +measured/);
  expect(out).toMatch(/Completed: 9 cells, \d of them measured, /);
  const record = JSON.parse(readFileSync(path("phase.json"), "utf8"));
  expect(record.cells).toEqual(JSON.parse(JSON.stringify(diagram.cells)));
  const columns = parseCSV(readFileSync(path("phase.csv"), "utf8"));
  const column = (name: string) => columns.find((one) => one.name === name)!.values;
  expect([...column("kappa")]).toEqual([0, 0, 0, 0.15, 0.15, 0.15, 0.3, 0.3, 0.3]);
  expect([...column("label")]).toEqual(names.map((name) => name ?? ""));
  const arrays = fromNPZ(readFileSync(path("phase.npz")));
  expect(arrays.finiteSize).toMatchObject({ shape: [3, 3] });
  expect(readFileSync(path("phase.svg"), "utf8")).toMatch(/^<svg/);
  expect([...readFileSync(path("phase.png")).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
});

it("takes lists, speaks ASCII and JSON, and has the name phase-diagram too", async () => {
  const flags = ["--kappa", "0", "--delta", "0,0.5", "--steps", "1e5"];
  const ascii = await sgd(["phase-diagram", ...flags, "--ascii"]);
  expect(ascii.code).toBe(0);
  expect(ascii.out).toMatch(/^[\n -~]*$/);
  const { out } = await sgd(["phase", ...flags, "--json"]);
  expect(JSON.parse(out).cells.map((cell: { theory: { name: string } }) => cell.theory.name)).toEqual([
    "blue",
    "green",
  ]);
});

it.each([
  [["--kappa", "0:1"], /from:to:count/],
  [["--kappa", "-1"], /kappa is -1; allowed/],
  [["--steps", "0"], /stepsPerCell is 0; allowed/],
  [["--dimensions", "10,5"], /dimensions must increase/],
])("refuses %j", async (flags, sentence) => {
  const { code, err } = await sgd(["phase", ...flags]);
  expect(code).toBe(2);
  expect(err).toMatch(sentence);
});

it("integrates the limit of a region on its clock, and refuses red", async () => {
  const problem = ["-d", "1000", "-p", "2", "-k", "1", "--scaling", "mean-field", "--learning-rate", "2", "-t", "2"];
  const { code, out } = await sgd([
    "integrate",
    ...problem,
    "--region",
    "0.1,0.4",
    "--json",
    "--out",
    path("green.svg"),
  ]);
  expect(code).toBe(0);
  const result = JSON.parse(out);
  const p = { inputDimension: 1000, studentWidth: 2, teacherWidth: 1, scaling: "mean-field", learningRate: 2 } as const;
  const run = await integrate(p, { until: 2, limit: { region: { kappa: 0.1, delta: 0.4 } }, dense: false });
  expect(result.statistics).toMatchObject({ limit: "region", region: "green", samplesExponent: 1.5 });
  expect(result.columns.risk).toEqual([...run.risk]);
  expect(readFileSync(path("green.svg"), "utf8")).toMatch(/t = ν\/d<tspan [^>]*>1.5</);
  const red = await sgd(["integrate", ...problem, "--region", "0.1,-0.6"]);
  expect(red.code).toBe(2);
  expect(red.err).toMatch(/kappa = 0.1 and delta = -0.6 have no limit/);
  expect((await sgd(["integrate", ...problem, "--region", "0.1"])).err).toMatch(/two numbers/);
  expect((await sgd(["integrate", ...problem, "--region", "0,1", "--limit", "ode"])).code).toBe(2);
});
