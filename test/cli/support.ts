// A terminal that remembers, a folder that goes away, and files in it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { main } from "../../src/cli/program.js";
import type { Terminal } from "../../src/cli/terminal.js";

export interface Ended {
  readonly code: number;
  /** Lines of stdout and stderr. */
  readonly out: string;
  readonly err: string;
}

/** Runs the program with an argument list, as a shell would. */
export async function sgd(argv: readonly string[], terminal: Partial<Terminal> = {}): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(argv, {
    print: (text) => out.push(text),
    note: (text) => err.push(text),
    bar: undefined,
    columns: 80,
    colour: false,
    signal: new AbortController().signal,
    ...terminal,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

/** A temporary folder for a file of tests: `path(name)` in it, `write(name, value)` JSON to it. */
export function temporaryFolder() {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sgd-dynamics-cli-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  return {
    path,
    write(name: string, value: unknown): string {
      writeFileSync(path(name), typeof value === "string" ? value : JSON.stringify(value));
      return path(name);
    },
  };
}

/** An experiment that takes milliseconds: 2 problems, 3 seeds, theory and simulation. */
export const small = {
  name: "small",
  problem: { inputDimension: 50, teacherWidth: 2, noiseVariance: 0.01 },
  vary: { studentWidth: [2, 3] },
  simulate: { seeds: 3 },
  until: 4,
  save: { count: 20 },
};
