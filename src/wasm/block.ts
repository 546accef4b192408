/** A kernel's parameter block: f64 numbers whose names and order the core itself tells. */
import type { Arena } from "./arena.js";

export class ParameterBlock {
  readonly address: number;
  readonly #arena: Arena;
  readonly #fields: ReadonlyMap<string, number>;

  /** @param address of a block within the arena; default: a new one */
  constructor(arena: Arena, fields: ReadonlyMap<string, number>, address = arena.bytes(8 * fields.size)) {
    this.#arena = arena;
    this.#fields = fields;
    this.address = address;
  }

  set(values: Record<string, number>): void {
    const numbers = this.#arena.f64(this.address, this.#fields.size);
    for (const [name, value] of Object.entries(values)) numbers[this.#index(name)] = value;
  }

  get(name: string): number {
    return this.#arena.f64(this.address, this.#fields.size)[this.#index(name)];
  }

  #index(name: string): number {
    const index = this.#fields.get(name);
    if (index === undefined) throw new Error(`the core has no field ${name}`);
    return index;
  }
}
