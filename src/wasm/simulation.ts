/** What a simulation in WebAssembly memory can do, whatever its method. */
import type { Start } from "../start.js";

/** Most steps of one call: the count crosses as i32. */
export const MOST_STEPS = 2 ** 30;

/** Which numbers a simulation draws: replica `stream` of `seed`. */
export interface Address {
  readonly seed: number;
  readonly stream: number;
}

export interface Simulation {
  /** Steps made, those before a resumption included. */
  readonly stepsDone: number;
  /** Takes the start of its seed, part by part, so that the caller can let others run in between. */
  begin(start: Start): Generator<void>;
  /** Makes up to `count` steps; returns how many: fewer when the residual left all bounds. */
  steps(count: number): number;
  /** Omega, (k + p) x (k + p) row-major, teacher rows first, and the second layer, p. */
  orderParameters(): { omega: Float64Array; a: Float64Array };
  /** Where it stands, as bytes. */
  save(): Uint8Array;
  /** Takes what `save` gave; false if the size is not that of this run. */
  restore(bytes: Uint8Array): boolean;
  free(): void;
}
