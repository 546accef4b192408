// Each border rule finds the smallest tree that breaks it, and lets a tree that keeps it pass.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../../scripts/check-borders.mjs", import.meta.url));

function check(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), "sgd-dynamics-borders-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const { status, stderr } = spawnSync(process.execPath, [script, root], { encoding: "utf8" });
  rmSync(root, { recursive: true });
  return { status, stderr };
}

const kept = {
  "assembly/a.ts": `// JSMath, in a comment\nimport { b } from "./b";\n@inline function f(x: f64): f64 { return Math.sqrt(x); }`,
  "src/index.ts": `export { a } from "./a.js";\nexport type { T } from "./t.ts";`,
  "src/a.ts": `export const a = (x: number) => Math.sqrt(x) + 2 ** -53 + x ** 2 + Number(2n ** 64n);`,
  "src/t.ts": `import type { Stats } from "node:fs";\nexport type T = Stats;`,
  "src/wasm/memory.ts": `import "as-bind";\nexport const m = (x: any) => x.memory.buffer;`,
  "src/plot/index.ts": `export const p = (x: number) => Math.log(x) ** 0.3;`,
  "src/cli/cli.ts": `import { a } from "../index.js";\nimport "./own.js";\nimport "node:fs";\nconsole.log(a);`,
  "src/cli/own.ts": `export const own = 1;`,
};

test("a tree that keeps every rule passes", () => {
  expect(check(kept)).toEqual({ status: 0, stderr: "" });
});

test.each([
  ["assembly/b.ts:1: imports", "assembly/b.ts", `import { a } from "../src/a";`],
  ["assembly/b.ts:2: @external", "assembly/b.ts", `\n@external("env", "f") export const f: i32;`],
  ["declare function", "assembly/b.ts", `declare function f(): void;`],
  ["Math.exp: use the functions of assembly/special/", "assembly/b.ts", `const x = Math.exp(1.0);`],
  ["only src/wasm/", "src/b.ts", `import "as-bind/dist/as-bind.esm.js";`],
  ["touches WebAssembly memory", "src/b.ts", `export const m = new WebAssembly.Memory({ initial: 1 });`],
  ["touches WebAssembly memory", "src/b.ts", `export const m = (e: any) => new Float64Array(e.memory.buffer);`],
  [`imports "node:fs", reachable from src/index.ts`, "src/a.ts", `import { f } from "node:fs";\nexport const a = f;`],
  [`imports "node:fs", reachable from src/index.ts`, "src/a.ts", `export const a = () => import("node:fs");`],
  ["top-level await", "src/a.ts", `export const a = await 1;`],
  ["src/cli/ imports only itself", "src/cli/cli.ts", `import { a } from "../a.js";`],
  ["src/cli/ imports only itself", "src/cli/cli.ts", `type A = import("../a.js").a;`],
  ["site/ imports only itself", "site/main.ts", `import { a } from "../src/a.ts";`],
  ["Math.exp: engines differ", "src/b.ts", `export const b = Math.exp(1);`],
  ["takes Math apart", "src/b.ts", `const { sin } = Math;`],
  ["x ** 3: engines differ", "src/b.ts", `export const b = (x: number) => x ** 3;`],
  ["10 ** n: engines differ", "src/b.ts", `export const b = (n: number) => 10 ** n;`],
  ["a default export", "src/b.ts", `export default 1;`],
  ["a default export", "src/b.ts", `const b = 1;\nexport { b as default };`],
  ["acts when loaded", "src/b.ts", `console.log(1);`],
])("says %s", (sentence, file, text) => {
  const { status, stderr } = check({ ...kept, [file]: text });
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(status).toBe(1);
});
