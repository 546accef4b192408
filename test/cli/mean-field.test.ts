import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseCSV } from "../../src/formats/index.js";
import { meanField } from "../../src/index.js";
import { sgd, temporaryFolder } from "./support.js";

const { path } = temporaryFolder();
const shape = ["-d", "12", "-p", "6", "-k", "2"];
const problem = { inputDimension: 12, studentWidth: 6, teacherWidth: 2, scaling: "mean-field" } as const;

it("follows particles, draws and writes them", async () => {
  const asked = ["mean-field", ...shape, "--scaling", "mean-field", "--until", "5", "--seed", "3"];
  const { code, out, err } = await sgd([...asked, "--out", path("flow.csv"), path("flow.svg")]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("The mean-field flow of particles");
  expect(out).toContain("Completed at mean-field time 5.");
  const run = await meanField(problem, { until: 5, seed: 3 });
  const columns = parseCSV(readFileSync(path("flow.csv"), "utf8"));
  const column = (name: string) => columns.find((one) => one.name === name)!.values;
  expect([...column("risk")]).toEqual([...run.risk]);
  expect(column("M_6_2")[99]).toBe(run.state(99).M[11]);
  expect(readFileSync(path("flow.svg"), "utf8")).toContain("mean-field time");

  const reduced = JSON.parse((await sgd([...asked, "--representation", "reduced", "--json"])).out);
  const limit = await meanField(problem, { until: 5, seed: 3, representation: "reduced" });
  expect(reduced.columns.risk).toEqual(Array.from(limit.risk));
});

it("says what scaling it needs", async () => {
  const { code, err } = await sgd(["mean-field", ...shape, "--until", "5"]);
  expect(code).toBe(2);
  expect(err).toContain(`allowed: "mean-field"`);
});
