// A kernel's parameter block on the bare core: f64 numbers by name.
import type { Core } from "./core.js";

export class Block {
  readonly address: number;
  readonly #core: Core;
  readonly #places: Map<string, number>;

  /** @param names address of the block's names, a string of the core */
  constructor(core: Core, names: number) {
    this.#core = core;
    this.#places = new Map(text(core, names).map((name, i) => [name, i]));
    this.address = core.f64(this.#places.size);
  }

  set(values: Record<string, number>): void {
    const numbers = new Float64Array(this.#core.memory.buffer, this.address, this.#places.size);
    for (const [name, value] of Object.entries(values)) numbers[this.#place(name)] = value;
  }

  get(name: string): number {
    return this.#core.read(this.address, this.#places.size)[this.#place(name)];
  }

  #place(name: string): number {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`no field ${name}`);
    return place;
  }
}

/** Words of a string: UTF-16 with its bytes counted before it. */
function text({ memory }: Core, address: number): string[] {
  const bytes = new Uint32Array(memory.buffer, address - 4, 1)[0];
  return new TextDecoder("utf-16le").decode(new Uint8Array(memory.buffer, address, bytes)).split(" ");
}
