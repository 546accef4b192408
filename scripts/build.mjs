// The whole package: the core (build/), then dist/ with one module an entry, their types, the raw binary and the font of figures.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build as viteBuild } from "vite";
import { buildWasm } from "./build-wasm.mjs";
import { digitsLicence, embedDigits } from "./embed-digits.mjs";
import { writeFonts } from "./subset-fonts.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

/** Modules of the package: name in dist/ -> source. Users import them; so does the command. */
const library = {
  index: "src/index.ts",
  classify: "src/classify/index.ts",
  formats: "src/formats/index.ts",
  papers: "src/papers/index.ts",
  plot: "src/plot/index.ts",
};
/** Native or heavy: the user's own, if at all. */
const external = [/^node:/, "@resvg/resvg-js"];

const common = { root, configFile: false, logLevel: "warn" };
const output = { minify: true, entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" };
const options = { outDir: "dist", target: "es2022", minify: "oxc", reportCompressedSize: false };

/** The worker's script, as text in build/ for the library to carry, and as a file for those who must load it by its URL. */
async function bundleWorker() {
  const [result] = await viteBuild({
    ...common,
    build: {
      ...options,
      write: false,
      lib: { entry: `${root}src/workers/worker.ts`, formats: ["iife"], name: "worker" },
    },
  });
  const source = result.output[0].code;
  writeFileSync(`${root}/build/worker-source.js`, `export const source = ${JSON.stringify(source)};\n`);
  writeFileSync(`${root}/build/worker-source.d.ts`, "export declare const source: string;\n");
  return source;
}

/** Chunks that the library loads at once, in order of precedence; each is a list of files from the root. */
const together = [
  // what formats and figures have in common with it
  { name: "errors", test: /^src\/errors\.ts$/ },
  // what classifiers have in common with it besides
  {
    name: "common",
    test: /^(src\/(options|pace|container|linalg\/matrix|wasm\/(arena|block|inlined|instance))\.ts|build\/as-bind\.js)$/,
  },
  // apart, because amid code its text fills the window in which compression finds what repeats
  { name: "core", test: /^build\/simulation-binary\.js$/ },
  // the rest in one: its parts would compress worse; but what classifiers alone load at once is theirs
  {
    name: "library",
    tags: ["$initial"],
    test: /^(build\/(?!classify-)|src\/(?!logarithm)|src\/wasm\/|src\/workers\/)[^/]+$|\/zod\//,
  },
].map(({ test, ...group }, i, all) => ({
  ...group,
  priority: all.length - i,
  test: (id) => test.test(relative(root, id).split("\\").join("/")),
}));

/** The library, for browsers and Node alike. Gives the ids of the modules in it. */
async function bundleLibrary() {
  const entry = Object.fromEntries(Object.entries(library).map(([name, file]) => [name, root + file]));
  const [result] = await viteBuild({
    ...common,
    build: {
      ...options,
      emptyOutDir: true,
      lib: { entry, formats: ["es"] },
      rollupOptions: { external, output: { ...output, codeSplitting: { groups: together } } },
    },
  });
  return result.output.flatMap((chunk) => chunk.moduleIds ?? []);
}

/** The command, for Node, on the library's own modules; its helpers are bundled into it. */
async function bundleCommand() {
  const modules = new Map(Object.entries(library).map(([name, file]) => [root + file, `./${name}.js`]));
  const onLibrary = {
    name: "on-library",
    enforce: "pre",
    async resolveId(source, importer, options) {
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
      const module = resolved && modules.get(resolved.id);
      return module ? { id: module, external: true } : null;
    },
  };
  const result = await viteBuild({
    ...common,
    plugins: [onLibrary],
    ssr: { noExternal: true },
    build: {
      ...options,
      emptyOutDir: false,
      ssr: true,
      rollupOptions: { input: { cli: `${root}src/cli/index.ts` }, external, output },
    },
  });
  return result.output.flatMap((chunk) => chunk.moduleIds ?? []);
}

/** Names of the packages that modules belong to. */
function packagesOf(modules) {
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
  texts.push(digitsLicence());
  writeFileSync(`${root}/dist/THIRD-PARTY-LICENSES.txt`, `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}

function types() {
  const tsc = require.resolve("typescript/package.json").replace("package.json", "bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
}

export async function build() {
  await buildWasm();
  embedDigits();
  const worker = await bundleWorker();
  rmSync(`${root}/dist`, { recursive: true, force: true });
  mkdirSync(`${root}/dist`, { recursive: true });
  licences(packagesOf([...(await bundleLibrary()), ...(await bundleCommand())]));
  types();
  copyFileSync(`${root}/build/release.wasm`, `${root}/dist/sgd-dynamics.wasm`);
  writeFileSync(`${root}/dist/worker.js`, worker);
  writeFonts(new URL("../dist/fonts/", import.meta.url));
  chmodSync(`${root}/dist/cli.js`, 0o755);
  for (const kind of ["experiment", "classification"])
    writeFileSync(
      `${root}/dist/${kind}.schema.json`,
      execFileSync(process.execPath, [`${root}/dist/cli.js`, "info", "--schema", kind]),
    );
  return readdirSync(`${root}/dist`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
