// What a user of the packed tarball meets: `node scripts/check-package.mjs` packs (which builds), installs the tarball in
// an empty project, and uses it from Node, TypeScript, a bundler and a browser. Leaves nothing behind.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { createLogger, build as viteBuild } from "vite";
import { findBrowsers } from "../test/browsers/find.mjs";
import { runPage } from "../test/browsers/launch.mjs";
import { parseModule } from "./syntax.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const gzippedLimit = 45_000; // bytes, of `.` with the binary of simulations; what loads later comes on top
const run = promisify(execFile);
const bin = (name) => join(root, "node_modules/.bin", name);

function assert(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

// the least that a user does; the same in Node, in a page and in a module worker
const usage = `import { integrate } from "sgd-dynamics";
const problem = { inputDimension: 1000, studentWidth: 4, teacherWidth: 2 };
const trajectory = await integrate(problem, { until: 1, seed: 1, save: { times: [0, 1] } });
const risks = Array.from(trajectory.risk);
`;
const entries = (manifest) =>
  Object.entries(manifest.exports).map(([path, target]) => ({
    path,
    file: target.default ?? target,
    typed: Boolean(target.types),
  }));

async function pack(folder) {
  await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root, maxBuffer: 1 << 26 });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return join(folder, tarball);
}

/** An empty project in which the tarball is installed, without a registry: there is nothing else to fetch. */
async function install(folder, tarball) {
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), `{ "name": "user", "private": true, "type": "module" }\n`);
  const flags = ["--no-save", "--ignore-scripts", "--offline", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...flags, tarball], { cwd: project });
  const installed = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."));
  assert(installed.join() === "sgd-dynamics", `a user installs ${installed.join(", ")}, not sgd-dynamics alone`);
  return project;
}

function checkRisks(risks, where) {
  const sound = Array.isArray(risks) && risks.length === 2 && risks.every((x) => Number.isFinite(x) && x > 0);
  assert(sound, `integrate in ${where} gave the risks ${JSON.stringify(risks)}`);
}

async function checkNode({ project, manifest }) {
  writeFileSync(join(project, "use.js"), `${usage}process.stdout.write(JSON.stringify(risks));\n`);
  const { stdout } = await run(process.execPath, ["use.js"], { cwd: project });
  checkRisks(JSON.parse(stdout), "Node");
  for (const { path, typed: isModule } of entries(manifest)) {
    const name = join("sgd-dynamics", path).split("\\").join("/");
    const script = isModule ? `await import("${name}")` : `require("node:fs").readFileSync(require.resolve("${name}"))`;
    await run(process.execPath, [`--input-type=${isModule ? "module" : "commonjs"}`, "--eval", script], {
      cwd: project,
    });
  }
  return `risks ${stdout}, every subpath loads`;
}

async function checkCommand({ project }) {
  const { stdout } = await run(join(project, "node_modules/.bin/sgd-dynamics"), ["--help"], { cwd: project });
  assert(stdout.includes("sgd-dynamics"), `sgd-dynamics --help printed: ${stdout}`);
  return stdout.trim().split("\n")[0];
}

async function checkTypes({ project }) {
  writeFileSync(join(project, "use.ts"), `${usage}export const first: number | undefined = risks[0];\n`);
  for (const moduleResolution of ["nodenext", "bundler"]) {
    const module = moduleResolution === "bundler" ? "preserve" : "nodenext";
    const compilerOptions = {
      module,
      moduleResolution,
      target: "es2022",
      lib: ["es2022", "dom"],
      types: [],
      strict: true,
      noEmit: true,
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    await run(bin("tsc"), ["-p", project]);
  }
  return "strict, nodenext and bundler, declarations checked";
}

async function checkPublint({ tarball }) {
  const bytes = readFileSync(tarball);
  const archive = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: archive }, strict: true });
  const lines = messages.map((message) => `${message.type}: ${formatMessage(message, pkg, { color: false })}`);
  assert(
    messages.every(({ type }) => type === "suggestion"),
    lines.join("\n"),
  );
  return lines.join("\n") || "nothing to say";
}

async function checkAttw({ tarball, manifest }) {
  const assets = entries(manifest).filter(({ typed }) => !typed);
  const excluded = assets.length ? ["--exclude-entrypoints", ...assets.map(({ path }) => path)] : [];
  const profile = ["--profile", "esm-only", "--format", "ascii", "--no-emoji", "--no-color"];
  await run(bin("attw"), [tarball, ...profile, ...excluded]); // its exit code tells
  return "types resolve for ESM importers under node16 and bundler";
}

/** Everything that dist/index.js leads to: what is loaded with it, and what is loaded when it is first needed. */
function checkSize({ installed }) {
  const sizes = { "at once": new Map(), "on demand": new Map() };
  const later = [];
  const follow = (file, when) => {
    if (sizes["at once"].has(file) || sizes[when].has(file)) return;
    const text = readFileSync(file, "utf8");
    sizes[when].set(file, gzipSync(text).length);
    for (const { specifier, dynamic } of parseModule(file, text).imports) {
      const importer = `${relative(installed, file)}, reachable from dist/index.js,`;
      assert(specifier.startsWith("."), `${importer} imports "${specifier}", which a browser does not have`);
      const target = join(dirname(file), specifier);
      if (dynamic) later.push(target);
      else follow(target, when);
    }
  };
  follow(join(installed, "dist/index.js"), "at once");
  for (const file of later) follow(file, "on demand");
  const told = Object.entries(sizes).map(([when, files]) => {
    const parts = [...files].map(([file, size]) => `${relative(installed, file)} ${size}`);
    return `${when} ${parts.join(", ")}`;
  });
  const total = [...sizes["at once"].values()].reduce((sum, size) => sum + size, 0);
  assert(total <= gzippedLimit, `${total} bytes gzipped, above ${gzippedLimit}: ${told[0]}`);
  return `${total} bytes gzipped of at most ${gzippedLimit}: ${told.join("; ")}`;
}

async function checkBundle({ project }) {
  writeFileSync(
    join(project, "index.html"),
    `<!doctype html><meta charset="utf-8"><script type="module" src="./page.js"></script>\n`,
  );
  writeFileSync(join(project, "worker.js"), `${usage}postMessage(risks);\n`);
  writeFileSync(
    join(project, "page.js"),
    `${usage}const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => fetch("/result", { method: "POST", body: JSON.stringify({ main: risks, worker: data }) });
`,
  );
  const warnings = [];
  const logger = createLogger("silent");
  logger.warn = (text) => warnings.push(text);
  logger.warnOnce = logger.warn;
  const options = { outDir: "bundle", target: "es2022" };
  await viteBuild({
    root: project,
    configFile: false,
    customLogger: logger,
    logLevel: "warn",
    build: options,
    worker: { format: "es" },
  });
  assert(warnings.length === 0, `vite build warns: ${warnings.join("\n")}`);
  const browser = findBrowsers().find(({ path }) => path !== undefined);
  if (!browser) return "bundled; no browser is present to run it";
  const headers = { "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
  const risks = await runPage(browser, { directory: join(project, "bundle"), page: "index.html", headers });
  checkRisks(risks.main, `a bundled page in ${browser.name}`);
  checkRisks(risks.worker, `a bundled worker in ${browser.name}`);
  return `bundled without a warning, runs in ${browser.name} (page and module worker)`;
}

const folder = mkdtempSync(join(tmpdir(), "sgd-dynamics-package-"));
try {
  const tarball = await pack(folder);
  const project = await install(folder, tarball);
  const installed = join(project, "node_modules/sgd-dynamics");
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  assert(
    Object.keys(manifest.dependencies ?? {}).length === 0,
    `package.json has dependencies: ${JSON.stringify(manifest.dependencies)}`,
  );
  const checks = {
    node: checkNode,
    command: checkCommand,
    types: checkTypes,
    publint: checkPublint,
    attw: checkAttw,
    size: checkSize,
    bundle: checkBundle,
  };
  for (const [name, check] of Object.entries(checks)) {
    try {
      process.stdout.write(`${name.padEnd(8)} ${await check({ tarball, project, installed, manifest })}\n`);
    } catch (error) {
      process.stderr.write(`${name.padEnd(8)} FAILED: ${error.message}\n${error.stdout ?? ""}\n`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
