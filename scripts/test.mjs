// `npm test`: builds, brings the browsers, runs vitest. Arguments go to vitest: `npm test -- test/ode`.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCLI } from "vitest/node";
import { ensureBrowsers } from "./browsers.mjs";
import { build } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const engineTests = "test/browsers/engines.test.ts";

/** vitest's own rule: a file runs when its path contains one of the filters, or there is none. */
function includesBrowsers() {
  const { filter } = parseCLI(["vitest", "run", ...args]);
  const tidy = filter.map((text) =>
    text.startsWith("/") ? relative(root, text) : text.replace(/^\.\//, "").replace(/:\d+$/, ""),
  );
  return tidy.length === 0 || tidy.some((text) => engineTests.includes(text));
}

await build();
if (includesBrowsers()) {
  const browsers = await ensureBrowsers();
  if (process.env.CI && process.env.CI !== "false" && browsers.every(({ path }) => path === undefined)) {
    process.stderr.write("No browser is present, and a CI run that tests nothing in a browser fails.\n");
    process.exit(1);
  }
}
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const child = spawn(process.execPath, [vitest, "run", ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
child.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
