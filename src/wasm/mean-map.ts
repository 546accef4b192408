/** The mean of SGD steps at finite d in WebAssembly memory: `assembly/ode/mean-step.ts`. */
import type { Parameters } from "../parameters.js";
import { Arena, roomFor } from "./arena.js";
import type { Theory } from "./core.js";
import { OdeRun } from "./ode.js";

export class MeanMap {
  readonly #core: Theory;
  readonly #run: OdeRun;
  readonly #arena: Arena;
  readonly #work: number;
  readonly #d: number;

  constructor(core: Theory, parameters: Parameters, setup: { P: Float64Array; aStar: Float64Array; y: Float64Array }) {
    const bytes = core.kernels.meanStepBytes(parameters.p, parameters.k);
    this.#core = core;
    this.#d = parameters.d;
    this.#run = new OdeRun(core, parameters, { ...setup, terms: "full" });
    this.#arena = new Arena(core.kernels, roomFor(bytes));
    this.#work = this.#arena.bytes(bytes);
  }

  /** Goes on from the state before step `first`; gives the steps made, fewer than `count` where the state left all bounds. */
  steps(first: number, count: number): number {
    const { block, y } = this.#run.addresses;
    return this.#core.kernels.meanSteps(block, this.#d, first, count, y, this.#work);
  }

  get state(): Float64Array {
    return this.#run.state;
  }

  free(): void {
    this.#arena.free();
    this.#run.free();
  }
}
