/** A finite training set in WebAssembly memory: `assembly/online/finite-set.ts`. */
import type { FiniteSet as Given } from "../problem-types.js";
import { Arena, roomFor } from "./arena.js";
import type { ParameterBlock } from "./block.js";
import type { Dense } from "./core.js";
import { purposes } from "./draws.js";
import type { Address } from "./simulation.js";

/** A set of up to so many bytes is stored; samples of larger ones are drawn anew each time, which gives the same numbers. */
const STORED = 2 ** 28;
/** Numbers of inputs that are worked on at a time. */
const PART = 2 ** 18;

export class FiniteSet {
  readonly #core: Dense;
  readonly #block: ParameterBlock;
  readonly #arena: Arena;
  readonly #samples: number;
  readonly #part: number;

  /** Bytes of a stored set, or 0. */
  static bytesOf({ samples }: Given, inputBytes: number): number {
    const bytes = samples * (inputBytes + 8);
    return bytes <= STORED ? bytes : 0;
  }

  /** @param inputBytes from one input to the next */
  constructor(core: Dense, block: ParameterBlock, given: Given, batch: number, inputBytes: number, address: Address) {
    const { samples, order } = given;
    const isStored = FiniteSet.bytesOf(given, inputBytes) > 0;
    const sizes = {
      set: isStored ? samples * inputBytes : 0,
      labels: isStored ? 8 * samples : 0,
      choices: 4 * batch,
      permutation: order === "reshuffle" ? 4 * samples : 0,
    };
    const arena = new Arena(core.kernels, roomFor(...Object.values(sizes), 128));
    const orderKey = arena.bytes(128);
    core.kernels.makeKey(orderKey, address.seed, address.stream, purposes.order);
    const placed = Object.entries(sizes).map(([name, bytes]) => [name, bytes > 0 ? arena.bytes(bytes) : 0]);
    block.set({
      ...Object.fromEntries(placed),
      n: samples,
      order: order === "reshuffle" ? 2 : order === "replace" ? 3 : 1,
      pass: -1,
      orderKey,
    });
    this.#core = core;
    this.#block = block;
    this.#arena = arena;
    this.#samples = samples;
    this.#part = Math.max(1, Math.floor((8 * PART) / inputBytes));
  }

  /** Draws the samples, where they are stored, by the teacher's weights. */
  *draw(): Generator<void> {
    if (this.#block.get("set") === 0) return;
    for (const [first, count] of this.#parts()) {
      this.#core.kernels.finiteSetStore(this.#block.address, first, count);
      yield;
    }
  }

  /** Half the mean square residual of the weights as they are. */
  *risk(): Generator<void, number> {
    for (const [first, count] of this.#parts()) {
      this.#core.kernels.denseLoss(this.#block.address, first, count);
      yield;
    }
    return this.#block.get("loss") / (2 * this.#samples);
  }

  *#parts(): Generator<readonly [number, number]> {
    for (let first = 0; first < this.#samples; first += this.#part)
      yield [first, Math.min(this.#part, this.#samples - first)];
  }

  free(): void {
    this.#arena.free();
  }
}
