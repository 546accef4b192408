/** The memory of a convex linear fit: features, targets, weights, gradient and the factor of its curvature. */
import { Arena, roomFor } from "../arena.js";
import type { ClassifyCore } from "./core.js";

/** Losses, by their numbers in the core. */
export const linearLosses = { logistic: 0, softmax: 1, squared: 2 } as const;
export type LinearLoss = keyof typeof linearLosses;

export interface LinearSize {
  readonly loss: LinearLoss;
  /** Samples. */
  readonly n: number;
  /** Inputs of a sample, before monomials. */
  readonly inputs: number;
  /** Monomials and the constant. */
  readonly D: number;
  /** Fields. */
  readonly K: number;
}

/** Sums over all rows at some weights. */
export interface LinearSums {
  readonly loss: number;
  /** The least margin of a row: all are right where it is positive. Infinity with the squared loss. */
  readonly margin: number;
  /** K x stride. */
  readonly gradient: Float64Array;
}

/** Rows of the curvature's panels. */
const PANEL = 64;

/** Memory and kernels of one fit. Pieces of work take a range of rows, so that the caller can pause between them. */
export class LinearWork {
  readonly size: LinearSize;
  /** Numbers in a row: D, up to a multiple of four. */
  readonly stride: number;
  readonly #core: ClassifyCore;
  readonly #arena: Arena;
  readonly #X: number;
  readonly #targets: number;
  readonly #W: number;
  readonly #G: number;
  readonly #state: number;
  readonly #z: number;
  readonly #H: number;
  readonly #packed: number;
  readonly #vector: number;

  constructor(core: ClassifyCore, size: LinearSize, targets: Float64Array) {
    const { n, D, K } = size;
    this.#core = core;
    this.size = size;
    this.stride = Math.ceil(D / 4) * 4;
    const row = 8 * this.stride;
    const room = roomFor(
      n * row,
      targets.byteLength,
      K * row,
      K * row,
      16,
      32 * K,
      row * this.stride,
      PANEL * row,
      row,
    );
    this.#arena = new Arena(core.kernels, room);
    this.#X = this.#arena.bytes(n * row);
    this.#targets = this.#arena.put(targets);
    this.#W = this.#arena.bytes(K * row);
    this.#G = this.#arena.bytes(K * row);
    this.#state = this.#arena.bytes(16);
    this.#z = this.#arena.bytes(32 * K);
    this.#H = this.#arena.bytes(row * this.stride);
    this.#packed = this.#arena.bytes(PANEL * row);
    this.#vector = this.#arena.bytes(row);
  }

  /** Writes the features of samples `first` .. `first + count - 1`. `plan`: D - 1 pairs (parent, factor). */
  features(x: Float32Array, plan: Int32Array, first: number, count: number): void {
    const { inputs, D } = this.size;
    const arena = new Arena(this.#core.kernels, roomFor(plan.byteLength, 4 * count * inputs));
    try {
      const planAt = arena.bytes(Math.max(8, plan.byteLength));
      arena.u8(planAt, plan.byteLength).set(new Uint8Array(plan.buffer, plan.byteOffset, plan.byteLength));
      const xAt = arena.bytes(4 * count * inputs);
      arena.f32(xAt, count * inputs).set(x.subarray(first * inputs, (first + count) * inputs));
      this.#core.kernels.linearFeatures(xAt, inputs, planAt, D, this.#X, this.stride, first, count);
    } finally {
      arena.free();
    }
  }

  /** Sets the weights (K x stride), and sums to zero. */
  begin(weights: Float64Array): void {
    this.#arena.f64(this.#W, weights.length).set(weights);
    this.#arena.f64(this.#G, weights.length).fill(0);
    this.#arena.f64(this.#state, 2).set([0, Number.POSITIVE_INFINITY]);
  }

  /** Adds rows `first` .. `first + count - 1`, first a multiple of four. */
  add(first: number, count: number): void {
    const { loss, K } = this.size;
    this.#core.kernels.linearGradient(
      linearLosses[loss],
      this.#X,
      this.stride,
      this.#targets,
      this.#W,
      K,
      this.#G,
      this.#state,
      this.#z,
      first,
      count,
    );
  }

  sums(): LinearSums {
    const [loss, margin] = this.#arena.f64(this.#state, 2);
    return { loss, margin, gradient: this.#arena.f64(this.#G, this.size.K * this.stride).slice() };
  }

  /** Adds up to 64 rows to X^T X. */
  addCurvature(first: number): void {
    const count = Math.min(PANEL, this.size.n - first);
    this.#core.kernels.curvatureAdd(this.#X, this.stride, first, count, this.#packed, this.#H);
  }

  /** H <- scale X^T X + diag(l2, .., l2, 0), with 1 where a feature is 0 throughout, and a share of the largest entry for rounding. */
  closeCurvature(scale: number, l2: number, share: number): void {
    const { stride, size } = this;
    const H = this.#arena.f64(this.#H, stride * stride);
    for (let i = 0; i < stride; i++) for (let j = 0; j <= i; j++) H[i * stride + j] *= scale;
    let largest = 0;
    for (let i = 0; i < stride; i++) largest = Math.max(largest, H[i * stride + i]);
    for (let i = 0; i < stride; i++) {
      const at = i * stride + i;
      H[at] += (i < size.D - 1 ? l2 : 0) + share * largest;
      if (i >= size.D) H[at] = 1;
    }
  }

  /** Factors rows of H. */
  factor(first: number, count: number): void {
    this.#core.kernels.curvatureFactor(this.#H, this.stride, first, count);
  }

  /** H^-1 applied to each of the K rows of a vector, once factored. */
  solve(vector: Float64Array): Float64Array {
    const solved = new Float64Array(vector.length);
    for (let k = 0; k < this.size.K; k++) {
      this.#arena.f64(this.#vector, this.stride).set(vector.subarray(k * this.stride, (k + 1) * this.stride));
      this.#core.kernels.curvatureSolve(this.#H, this.stride, this.#vector);
      solved.set(this.#arena.f64(this.#vector, this.stride), k * this.stride);
    }
    return solved;
  }

  free(): void {
    this.#arena.free();
  }
}
