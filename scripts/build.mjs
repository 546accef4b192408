// The whole package: the core (build/), then dist/ with one module an entry, their types, the raw binary and the font of figures.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build as viteBuild } from "vite";
import { buildWasm } from "./build-wasm.mjs";
import { writeFonts } from "./subset-fonts.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

/** Entry points of the package: name in dist/ -> source. */
const entries = { index: "src/index.ts", formats: "src/formats/index.ts", plot: "src/plot/index.ts", cli: "src/cli/index.ts" };
/** Native or heavy: the user's own, if at all. */
const external = [/^node:/, "@resvg/resvg-js"];

async function bundle() {
  const input = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(`${root}/${file}`)).map(([name, file]) => [name, `${root}/${file}`]));
  const [{ output }] = await viteBuild({
    root,
    configFile: false,
    logLevel: "warn",
    build: {
      outDir: "dist",
      emptyOutDir: true,
      target: "es2022",
      minify: "oxc",
      reportCompressedSize: false,
      lib: { entry: input, formats: ["es"] },
      rollupOptions: { external, output: { minify: true, entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" } },
    },
  });
  const modules = output.flatMap((chunk) => chunk.moduleIds ?? []);
  const packages = modules.map((id) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]);
  // as-bind's runtime comes in by way of build/; linkedom's worker file holds its own dependencies
  return [...new Set([...packages, "as-bind", ...dependenciesOf("linkedom")])].filter(Boolean).sort();
}

/** All that a package depends on, itself not included. */
function dependenciesOf(name, seen = new Set()) {
  const { dependencies = {} } = JSON.parse(readFileSync(`${root}/node_modules/${name}/package.json`, "utf8"));
  for (const dependency of Object.keys(dependencies)) {
    if (seen.has(dependency)) continue;
    seen.add(dependency);
    dependenciesOf(dependency, seen);
  }
  return seen;
}

/** The licences of what is bundled, as they ask. */
function licences(packages) {
  const texts = packages.map((name) => {
    const folder = `${root}/node_modules/${name}`;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, "utf8").trim() : "No licence file in the package."}`;
  });
  writeFileSync(`${root}/dist/THIRD-PARTY-LICENSES.txt`, `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}

function types() {
  const tsc = require.resolve("typescript/package.json").replace("package.json", "bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
}

export async function build() {
  await buildWasm();
  rmSync(`${root}/dist`, { recursive: true, force: true });
  mkdirSync(`${root}/dist`, { recursive: true });
  licences(await bundle());
  types();
  copyFileSync(`${root}/build/release.wasm`, `${root}/dist/sgd-dynamics.wasm`);
  writeFonts(new URL("../dist/fonts/", import.meta.url));
  if (existsSync(`${root}/dist/cli.js`)) chmodSync(`${root}/dist/cli.js`, 0o755);
  return readdirSync(`${root}/dist`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
