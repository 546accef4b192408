// The bare core for tests of kernels: one instance of build/testing-<target>.wasm, without src/ in between.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Target = "release" | "debug";
export type Kernel = (...values: (number | bigint)[]) => number;

export interface Core {
  readonly exports: Record<string, Kernel>;
  readonly memory: WebAssembly.Memory;
  /** Copies values into a new block of the arena, or reserves so many zeros; returns its address. Nothing is freed. */
  f64(values: ArrayLike<number> | number): number;
  /** A copy of `count` doubles at an address. */
  read(address: number, count: number): Float64Array;
  /** The bits of `count` doubles at an address, every NaN as the same one: wasm leaves their bits open. */
  bits(address: number, count: number): BigUint64Array;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Instantiates a target of `npm run build` (or `node scripts/build-wasm.mjs`) and computes its tables. */
export function loadCore(target: Target | `chain-${Target}`): Core {
  const module = new WebAssembly.Module(readFileSync(`${root}/build/testing-${target.replace("chain-", "")}.wasm`));
  const abort = (_message: number, _file: number, line: number, column: number) => {
    throw new Error(`the core aborted at line ${line}, column ${column}`);
  };
  const instance = new WebAssembly.Instance(module, { env: { abort } });
  const exports = instance.exports as unknown as Record<string, Kernel>;
  const memory = instance.exports.memory as WebAssembly.Memory;
  exports.initialise();

  const read = (address: number, count: number) => new Float64Array(memory.buffer, address, count).slice();
  return {
    exports,
    memory,
    read,
    f64(values) {
      const count = typeof values === "number" ? values : values.length;
      const address = exports.arenaAllocate(8 * count);
      // a fresh view: allocation may have grown the memory
      if (typeof values !== "number") new Float64Array(memory.buffer, address, count).set(values);
      return address;
    },
    bits: (address, count) => canonicalBits(read(address, count)),
  };
}

/** The bits of doubles, every NaN as the same one. */
export function canonicalBits(values: Float64Array): BigUint64Array {
  const bits = new BigUint64Array(values.slice().buffer);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) bits[i] = 0x7ff8000000000000n;
  });
  return bits;
}
