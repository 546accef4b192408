// assembly/ -> the binaries in build/, and the modules that src/wasm/ imports from there: binaries as base64 of their zlib compression,
// and as-bind's runtime on current AssemblyScript. Beside them the data that the library carries.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { asBindRuntime } from "./as-bind-runtime.mjs";
import { embedDigits } from "./embed-digits.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Binaries: name in build/ -> entry in assembly/ and target of asconfig.json. */
const binaries = {
  release: { entry: "index", target: "release" },
  simulation: { entry: "simulation", target: "release" },
  dense: { entry: "dense", target: "release" },
  theory: { entry: "theory", target: "release" },
  classify: { entry: "classify", target: "release" },
  "testing-release": { entry: "testing", target: "release" },
  "testing-debug": { entry: "testing", target: "debug" },
};

/** Those that the library carries. */
const inlined = ["simulation", "dense", "theory", "classify"];

/** The options of asconfig.json as flags: read here, because asc would add the entry there to the one asked for. */
function flagsOf(target) {
  const { options, targets } = JSON.parse(readFileSync(`${root}/asconfig.json`, "utf8"));
  return Object.entries({ ...options, ...targets[target] }).flatMap(([name, value]) => {
    if (name === "outFile" || value === false) return [];
    if (value === true) return [`--${name}`];
    return [value].flat().flatMap((one) => [`--${name}`, String(one)]);
  });
}

async function compile(name) {
  const { entry, target } = binaries[name];
  const { error, stderr } = await asc.main([
    `./assembly/${entry}.ts`,
    ...flagsOf(target),
    "--config",
    "none",
    "--outFile",
    `./build/${name}.wasm`,
    "--baseDir",
    root,
    "--transform",
    "./scripts/as-bind-transform.mjs",
  ]);
  // binaryen's remark on --converge, of no consequence
  const said = stderr.toString().replace("Last converge was suboptimal.\n", "");
  if (said) process.stderr.write(said);
  if (error) throw error;
}

/** @param names which binaries; default all */
export async function buildWasm(names = Object.keys(binaries)) {
  mkdirSync(`${root}/build`, { recursive: true });
  for (const name of names) await compile(name);
  for (const name of inlined.filter((each) => names.includes(each))) {
    // base64 of random-looking bytes does not compress, so the binary is compressed first
    const packed = deflateSync(readFileSync(`${root}/build/${name}.wasm`), { level: 9 }).toString("base64");
    writeFileSync(`${root}/build/${name}-binary.js`, `export const binary = "${packed}";\n`);
    writeFileSync(`${root}/build/${name}-binary.d.ts`, "export declare const binary: string;\n");
  }
  writeFileSync(`${root}/build/as-bind.js`, asBindRuntime());
  writeFileSync(
    `${root}/build/as-bind.d.ts`,
    `export interface AsBindInstance {
  readonly exports: Record<string, (...args: never[]) => unknown>;
  readonly loadedModule: { readonly instance: WebAssembly.Instance; readonly module: WebAssembly.Module };
}
export declare function instantiate(source: BufferSource | Response | Promise<Response>, imports?: WebAssembly.Imports): Promise<AsBindInstance>;
`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWasm(process.argv.length > 2 ? process.argv.slice(2) : undefined);
  embedDigits();
}
