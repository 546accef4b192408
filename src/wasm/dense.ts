/** A dense simulation in WebAssembly memory: `assembly/online/dense.ts`. */
import { type Parameters, spectrumOf } from "../parameters.js";
import type { Start, StartBlock } from "../start.js";
import { ACTIVATION_ROOM, putActivations } from "./activation.js";
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { Dense } from "./core.js";
import { purposes } from "./draws.js";
import { FiniteSet } from "./finite-set.js";
import { type Address, MOST_STEPS, type Precision, type Simulation } from "./simulation.js";

const even = (n: number) => n + (n % 2);

export class DenseRun implements Simulation {
  readonly #core: Dense;
  readonly #address: Address;
  readonly #arena: Arena;
  readonly #parameters: Parameters;
  readonly #block: ParameterBlock;
  readonly #weights: number;
  readonly #weightBytes: number;
  readonly #a: number;
  readonly #omega: number;
  readonly #set: FiniteSet | undefined;

  /** Lays the run out in memory; `begin` or `restore` gives it weights. */
  constructor(core: Dense, parameters: Parameters, aStar: Float64Array, address: Address, precision: Precision) {
    const { d, p, k, batch, set } = parameters;
    const m = p + k;
    const rowBytes = Math.ceil((d * (precision === "f32" ? 4 : 8)) / 64) * 64;
    const fields = 8 * (even(k) + even(p) + 2);
    const inputBytes = rowBytes + 64;
    // the ring of what is drawn anew
    const sampleBytes = set && FiniteSet.bytesOf(set, inputBytes) > 0 ? 0 : (batch + 1) * inputBytes;
    const pendingBytes = 8 * batch * even(p);
    this.#weightBytes = m * rowBytes;
    const { rate, secondRate } = parameters;
    const spectrum = spectrumOf(parameters);
    const arena = new Arena(
      core.kernels,
      roomFor(
        this.#weightBytes,
        sampleBytes,
        fields,
        fields,
        fields,
        pendingBytes,
        8 * p,
        8 * k,
        8 * p,
        8 * m * m,
        4 * batch,
      ) +
        roomFor(rate.byteLength, secondRate.byteLength, spectrum.byteLength, 128, 128, 8 * core.fields("dense").size) +
        ACTIVATION_ROOM,
    );
    this.#core = core;
    this.#address = address;
    this.#parameters = parameters;
    this.#arena = arena;
    this.#weights = arena.bytes(this.#weightBytes);
    this.#a = arena.bytes(8 * p);
    this.#omega = arena.bytes(8 * m * m);
    const inputKey = arena.bytes(128);
    core.kernels.makeKey(inputKey, address.seed, address.stream, purposes.inputs);
    this.#block = new ParameterBlock(arena, core.fields("dense"));
    this.#block.set({
      single: precision === "f32" ? 1 : 0,
      rowBytes,
      d,
      p,
      k,
      batch,
      ...putActivations(core, arena, parameters),
      studentScale: parameters.studentScale,
      teacherScale: parameters.teacherScale,
      sphere: parameters.sphere ? 1 : 0,
      spectrum: arena.put(spectrum),
      eigenspaces: spectrum.length / 2,
      noise: Math.sqrt(parameters.Delta),
      decay: parameters.decay,
      trainsSecond: parameters.trainsSecond ? 1 : 0,
      secondDecay: parameters.secondDecay,
      rate: arena.put(rate),
      secondRate: arena.put(secondRate),
      weights: this.#weights,
      samples: arena.bytes(sampleBytes),
      fields: arena.bytes(fields),
      values: arena.bytes(fields),
      slopes: arena.bytes(fields),
      pending: arena.bytes(pendingBytes),
      inputs: arena.bytes(4 * batch),
      a: this.#a,
      aStar: arena.put(aStar),
      aStep: arena.bytes(8 * p),
      inputKey,
      generator: arena.bytes(128),
    });
    try {
      if (set) this.#set = new FiniteSet(core, this.#block, set, batch, inputBytes, address);
    } catch (cause) {
      arena.free();
      throw cause;
    }
  }

  /** A start's weights, or those that `restore` took; then the samples of a finite set. */
  *begin(starts?: readonly Start[]): Generator<void> {
    if (starts) yield* this.#takeStart(starts[0]);
    if (this.#set) yield* this.#set.draw();
  }

  /** The weights as the start gives them, or its factor in the random orthonormal frame of (seed, stream): a row at a time. */
  *#takeStart(start: Start): Generator<void> {
    const { d, p, k } = this.#parameters;
    const rows = p + k;
    const rowBytes = this.#block.get("rowBytes");
    const single = this.#block.get("single");
    this.#arena.f64(this.#a, p).set(start.a);
    if (start.weights) {
      for (let i = 0; i < rows; i++) {
        const row = start.weights.subarray(i * d, (i + 1) * d);
        const to = this.#weights + i * rowBytes;
        if (single) this.#arena.f32(to, d).set(row);
        else this.#arena.f64(to, d).set(row);
        yield;
      }
      return;
    }
    let from = 0;
    let drawn = 0;
    for (const block of start.blocks) {
      yield* this.#lay(block, from, drawn);
      from += block.dimension;
      drawn += block.rank;
    }
  }

  /**
   * Weights in one eigenspace: columns from `from` on, from the factor in a random orthonormal frame.
   * @param drawn rows of frames drawn so far: each row is a block of the frame's stream
   */
  *#lay({ factor, rank, dimension }: StartBlock, from: number, drawn: number): Generator<void> {
    const { kernels } = this.#core;
    const rows = factor.length / rank;
    const rowBytes = this.#block.get("rowBytes");
    const single = this.#block.get("single");
    const weights = this.#weights + from * (single ? 4 : 8);
    const frameBytes = Math.ceil((8 * dimension) / 64) * 64;
    const work = new Arena(kernels, roomFor(factor.byteLength, rank * frameBytes + 64, frameBytes, 128, 128));
    try {
      const key = work.bytes(128);
      kernels.makeKey(key, this.#address.seed, this.#address.stream, purposes.frame);
      const L = work.put(factor);
      const generator = work.bytes(128);
      const sum = work.bytes(frameBytes);
      const frame = work.bytes(rank * frameBytes + 64);
      for (let i = 0; i < rank; i++) {
        kernels.frameRow(key, generator, frame, frameBytes, dimension, i, drawn + i);
        yield;
      }
      for (let i = 0; i < rows; i++) {
        const to = weights + i * rowBytes;
        kernels.frameWeights(L + 8 * i * rank, rank, frame, frameBytes, sum, to, dimension, single);
        yield;
      }
    } finally {
      work.free();
    }
  }

  get stepsDone(): number {
    return this.#block.get("step");
  }

  made(): number {
    return this.stepsDone;
  }

  steps(count: number): number {
    return this.#core.kernels.denseSteps(this.#block.address, Math.min(count, MOST_STEPS));
  }

  /** Omega of the current weights, (k + p) x (k + p), and the second layer. */
  orderParameters(): { omega: Float64Array; a: Float64Array } {
    const { p, k } = this.#parameters;
    this.#core.kernels.denseOrderParameters(this.#block.address, this.#omega);
    return { omega: this.#arena.f64(this.#omega, (p + k) ** 2).slice(), a: this.#arena.f64(this.#a, p).slice() };
  }

  *empiricalRisk(): Generator<void, number> {
    return this.#set ? yield* this.#set.risk() : Number.NaN;
  }

  /** [step, a, weights] as bytes. */
  save(): Uint8Array {
    const { p } = this.#parameters;
    this.#core.kernels.denseFlush(this.#block.address);
    const bytes = new Uint8Array(8 + 8 * p + this.#weightBytes);
    new Float64Array(bytes.buffer, 0, 1 + p).set([this.stepsDone, ...this.#arena.f64(this.#a, p)]);
    bytes.set(this.#arena.u8(this.#weights, this.#weightBytes), 8 + 8 * p);
    return bytes;
  }

  /** Takes what `save` gave; false if the size is not that of this run. */
  restore(bytes: Uint8Array): boolean {
    const { p } = this.#parameters;
    if (bytes.length !== 8 + 8 * p + this.#weightBytes) return false;
    const [step, ...a] = new Float64Array(bytes.slice(0, 8 + 8 * p).buffer);
    this.#block.set({ step });
    this.#arena.f64(this.#a, p).set(a);
    this.#arena.u8(this.#weights, this.#weightBytes).set(bytes.subarray(8 + 8 * p));
    return true;
  }

  /** The parameter block, and where the student's weights and the second layer are; for the flow, which moves them by itself. */
  get parts() {
    const { p, k } = this.#parameters;
    const rowBytes = this.#block.get("rowBytes");
    return { block: this.#block, arena: this.#arena, U: this.#weights + k * rowBytes, bytes: p * rowBytes, a: this.#a };
  }

  free(): void {
    this.#set?.free();
    this.#arena.free();
  }
}
