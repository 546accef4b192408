// assembly/ -> build/{release,debug}.wasm, and the two modules that src/wasm/ imports from build/:
// the release binary as base64 of its zlib compression, and as-bind's runtime on current AssemblyScript.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { asBindRuntime } from "./as-bind-runtime.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param extra entry files and options besides those of asconfig.json */
async function compile(target, ...extra) {
  // asconfig.json drops the "./" of a transform's path, so it is given here
  const { error, stderr } = await asc.main([
    ...extra,
    "--config",
    "asconfig.json",
    "--target",
    target,
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

export async function buildWasm(targets = ["release", "debug"]) {
  mkdirSync(`${root}/build`, { recursive: true });
  for (const target of targets) {
    await compile(target);
    await compile(target, "./assembly/chain.ts", "--outFile", `./build/chain-${target}.wasm`);
  }
  const binary = readFileSync(`${root}/build/release.wasm`);
  // base64 of random-looking bytes does not compress, so the binary is compressed first: 8 KB less to send
  const packed = deflateSync(binary, { level: 9 }).toString("base64");
  writeFileSync(`${root}/build/core-binary.js`, `export const coreBinary = "${packed}";\n`);
  writeFileSync(`${root}/build/core-binary.d.ts`, "export declare const coreBinary: string;\n");
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
  return { bytes: binary.length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bytes } = await buildWasm(process.argv.length > 2 ? process.argv.slice(2) : undefined);
  process.stdout.write(`build/release.wasm: ${bytes} bytes\n`);
}
