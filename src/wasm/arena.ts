/**
 * One block of linear memory for one run, carved up and given back. Views are made on demand and never kept: memory may grow
 * under another run, which detaches them.
 */
import { SgdDynamicsError } from "../errors.js";
import type { Kernels } from "./instance.js";

/** WebAssembly's 32-bit memory, less room for everything else. */
const LARGEST = 2 ** 30 * 0.95;

export class Arena {
  readonly #kernels: Kernels;
  readonly #block: number;
  #next: number;
  #end: number;
  #free = false;

  /** Reserves `bytes` zeroed bytes; throws `out-of-memory` where WebAssembly has no more. */
  constructor(kernels: Kernels, bytes: number) {
    this.#kernels = kernels;
    const size = Math.ceil(bytes) + 64;
    if (size > LARGEST) throw outOfMemory(size);
    try {
      this.#block = kernels.arenaAllocate(size) >>> 0;
    } catch {
      throw outOfMemory(size);
    }
    this.#next = Math.ceil(this.#block / 64) * 64;
    this.#end = this.#block + size;
  }

  /** Address of `bytes` bytes, aligned to 64. Sizes must have been reserved. */
  bytes(bytes: number): number {
    const address = this.#next;
    this.#next += Math.ceil(bytes / 64) * 64;
    if (this.#next > this.#end) throw new Error(`arena: ${this.#next - this.#end} bytes beyond its end`);
    return address;
  }

  /** Address of `values` as f64. */
  put(values: ArrayLike<number>): number {
    const address = this.bytes(8 * Math.max(1, values.length));
    this.f64(address, values.length).set(values);
    return address;
  }

  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.#kernels.memory.buffer, address, length);
  }

  f32(address: number, length: number): Float32Array {
    return new Float32Array(this.#kernels.memory.buffer, address, length);
  }

  i32(address: number, length: number): Int32Array {
    return new Int32Array(this.#kernels.memory.buffer, address, length);
  }

  u8(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#kernels.memory.buffer, address, length);
  }

  free(): void {
    if (!this.#free) this.#kernels.arenaFree(this.#block);
    this.#free = true;
  }
}

/** Room that `put` and `bytes` take for arrays of these byte lengths. */
export function roomFor(...lengths: number[]): number {
  return lengths.reduce((sum, length) => sum + Math.ceil(Math.max(8, length) / 64) * 64, 0);
}

function outOfMemory(bytes: number): SgdDynamicsError {
  return new SgdDynamicsError(
    "out-of-memory",
    `This run needs ${(bytes / 2 ** 30).toFixed(1)} GiB at once; WebAssembly gives about 1 to a run and 4 to all together. Let other runs end, or try a smaller input dimension, width, batch or data set, or precision "f32" where there is a choice.`,
  );
}
