/** The built command, as a user runs it: `npm test` builds dist/ first. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sgd-dynamics-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

const experiment = {
  name: "small",
  problem: { inputDimension: 50, teacherWidth: 2, noiseVariance: 0.01 },
  vary: { studentWidth: [2, 3] },
  integrate: true,
  simulate: { seeds: 2 },
  until: 5,
  save: { count: 20, spacing: "log" },
};

describe.skipIf(!existsSync(program))("sgd-dynamics", () => {
  it("info speaks JSON", () => {
    const { status, stdout } = run("info", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ "sgd-dynamics": "0.1.0", simd: true });
  });

  it("run writes every file, and its record repeats it bit for bit", () => {
    writeFileSync(join(folder, "small.json"), JSON.stringify(experiment));
    const first = run("run", "small.json");
    expect(first.stderr + first.stdout).toContain("Written:");
    expect(first.status).toBe(0);
    for (const extension of ["csv", "npz", "svg", "png", "json"])
      expect(existsSync(join(folder, "out", `small.${extension}`))).toBe(true);
    const csv = readFileSync(join(folder, "out", "small.csv"), "utf8");
    writeFileSync(join(folder, "again.json"), readFileSync(join(folder, "out", "small.json")));
    rmSync(join(folder, "out"), { recursive: true });
    expect(run("run", "again.json").status).toBe(0);
    expect(readFileSync(join(folder, "out", "small.csv"), "utf8")).toBe(csv);
  });

  it.each([
    [["run", "missing.json"], 2, /missing\.json/],
    [["run", "small.json", "--colour-of-magic"], 2, /colour-of-magic/],
    [["walk"], 2, /walk/],
    [
      ["integrate", "--student-width", "-2", "--teacher-width", "2", "--input-dimension", "10", "--until", "1"],
      2,
      /allowed: a whole number from 1 to 4096/,
    ],
  ])("%j ends with exit code %i and one sentence", (args, code, sentence) => {
    const { status, stderr } = run(...args);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(3);
    expect(status).toBe(code);
  });
});

describe.skipIf(!existsSync(program))("Ctrl-C", () => {
  it("ends a long run with exit code 130 and writes what was computed", async () => {
    const long = { ...experiment, name: "long", until: 1e5, problem: { ...experiment.problem, inputDimension: 2000 } };
    writeFileSync(join(folder, "long.json"), JSON.stringify(long));
    const child = spawn(process.execPath, [program, "run", "long.json", "--workers", "2"], {
      cwd: folder,
      stdio: "ignore",
    });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    setTimeout(() => child.kill("SIGINT"), 4000);
    expect(await ended).toBe(130);
    const record = JSON.parse(readFileSync(join(folder, "out", "long.json"), "utf8"));
    expect(record.record.complete).toBe(false);
    expect(existsSync(join(folder, "out", "long.csv"))).toBe(true);
  });
});
