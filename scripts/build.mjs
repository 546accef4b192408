// The whole package: the core (build/), then dist/ with one module an entry, their types, the raw binary and the font of figures.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build as viteBuild } from "vite";
import { buildWasm } from "./build-wasm.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

/** Entry points of the package: name in dist/ -> source. */
const entries = { index: "src/index.ts", formats: "src/formats/index.ts", plot: "src/plot/index.ts", cli: "src/cli/index.ts" };
/** Native or heavy: the user's own, if at all. */
const external = [/^node:/, "@resvg/resvg-js"];

async function bundle() {
  const input = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(`${root}/${file}`)).map(([name, file]) => [name, `${root}/${file}`]));
  await viteBuild({
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
}

function types() {
  const tsc = require.resolve("typescript/package.json").replace("package.json", "bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
}

export async function build() {
  await buildWasm();
  rmSync(`${root}/dist`, { recursive: true, force: true });
  mkdirSync(`${root}/dist`, { recursive: true });
  await bundle();
  types();
  copyFileSync(`${root}/build/release.wasm`, `${root}/dist/sgd-dynamics.wasm`);
  const font = `${root}/node_modules/dejavu-fonts-ttf`;
  mkdirSync(`${root}/dist/fonts`, { recursive: true });
  copyFileSync(`${font}/ttf/DejaVuSans.ttf`, `${root}/dist/fonts/DejaVuSans.ttf`);
  copyFileSync(`${font}/LICENSE`, `${root}/dist/fonts/LICENSE`);
  if (existsSync(`${root}/dist/cli.js`)) chmodSync(`${root}/dist/cli.js`, 0o755);
  return readdirSync(`${root}/dist`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
