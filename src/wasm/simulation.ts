/** What a simulation in WebAssembly memory can do, whatever its method. */
import type { Start } from "../start.js";

/** Most steps of one call: the count crosses as i32. */
export const MOST_STEPS = 2 ** 30;

export type Precision = "f64" | "f32";

/** Which numbers a simulation draws: replica `stream` of `seed`. */
export interface Address {
  readonly seed: number;
  readonly stream: number;
}

/** One replica, or several side by side: lane 0 and so on. */
export interface Simulation {
  /** Steps made, those before a resumption included. */
  readonly stepsDone: number;
  /** Those of one replica: fewer after its residual left all bounds. */
  made(lane: number): number;
  /**
   * Takes the starts of its replicas, or goes on from what `restore` took where there are none; part by part, so that the caller can let others
   * run in between.
   */
  begin(starts?: readonly Start[]): Generator<void>;
  /** Makes up to `count` steps; returns how many: fewer when no replica is left whose residual stays within bounds. */
  steps(count: number): number;
  /** Omega, (k + p) x (k + p) row-major, teacher rows first, and the second layer, p. */
  orderParameters(lane: number): { omega: Float64Array; a: Float64Array };
  /** The empirical risk of a finite training set, part by part. */
  empiricalRisk?(): Generator<void, number>;
  /** Where a replica stands, as bytes. */
  save(lane: number): Uint8Array;
  /** Takes what `save` gave, where there is one replica, before `begin`; false if the size is not that of this run. */
  restore(bytes: Uint8Array): boolean;
  free(): void;
}
