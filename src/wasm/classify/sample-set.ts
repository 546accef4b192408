/** Samples in WebAssembly memory: rows of f32, each filled up to eights with zeros; labels; targets. */
import { Arena, roomFor } from "../arena.js";
import type { ClassifyCore } from "./core.js";

export const eights = (n: number) => Math.ceil(n / 8) * 8;

export class SampleSet {
  readonly count: number;
  readonly features: number;
  readonly rowBytes: number;
  readonly x: number;
  readonly labels: number;
  /** 0 without them. */
  readonly targets: number;
  readonly #arena: Arena;
  readonly #outputs: number;

  /** Room for `count` samples, filled with what is given. @param outputs numbers of a target, 0 without targets */
  constructor(core: ClassifyCore, count: number, features: number, outputs: number) {
    this.count = count;
    this.features = features;
    this.rowBytes = 4 * eights(features);
    this.#outputs = outputs;
    this.#arena = new Arena(core.kernels, roomFor(count * this.rowBytes, 4 * count, 4 * count * outputs));
    this.x = this.#arena.bytes(count * this.rowBytes);
    this.labels = this.#arena.bytes(4 * count);
    this.targets = outputs > 0 ? this.#arena.bytes(4 * count * outputs) : 0;
  }

  /** Puts samples at number `first`. */
  write(first: number, x: Float32Array, labels: Int32Array | undefined, targets?: Float32Array): void {
    const { features, rowBytes } = this;
    const rows = x.length / features;
    const stride = rowBytes / 4;
    const to = this.#arena.f32(this.x + first * rowBytes, rows * stride);
    if (stride === features) to.set(x);
    else for (let i = 0; i < rows; i++) to.set(x.subarray(i * features, (i + 1) * features), i * stride);
    if (labels) this.#arena.i32(this.labels + 4 * first, rows).set(labels);
    if (targets) this.#arena.f32(this.targets + 4 * first * this.#outputs, targets.length).set(targets);
  }

  /** Inputs of `count` samples from number `first` on: a copy. */
  read(first: number, count: number): Float32Array {
    const { features } = this;
    const stride = this.rowBytes / 4;
    const rows = this.#arena.f32(this.x + first * this.rowBytes, count * stride);
    const x = new Float32Array(count * features);
    for (let i = 0; i < count; i++) x.set(rows.subarray(i * stride, i * stride + features), i * features);
    return x;
  }

  /** Labels of `count` samples from number `first` on: a copy. */
  labelsOf(first: number, count: number): Int32Array {
    return this.#arena.i32(this.labels + 4 * first, count).slice();
  }

  free(): void {
    this.#arena.free();
  }
}
