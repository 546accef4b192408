/** The exact Omega chain in WebAssembly memory, one replica or four in lanes: `assembly/online/omega-chain.ts`. */
import { type Parameters, spectrumOf } from "../parameters.js";
import type { Start } from "../start.js";
import { ACTIVATION_ROOM, putActivations } from "./activation.js";
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { SimulationCore } from "./core.js";
import { purposes } from "./draws.js";
import { type Address, MOST_STEPS, type Simulation } from "./simulation.js";

/** Replicas that run side by side. */
export const LANES = 4;

const KEY_BYTES = 128;

/** Up to four replicas that advance together; a replica's numbers do not depend on who its neighbours are. */
export class ChainRun implements Simulation {
  readonly #core: SimulationCore;
  readonly #arena: Arena;
  readonly #arenas: readonly Arena[];
  readonly #block: ParameterBlock;
  readonly #parameters: Parameters;
  readonly #aStar: number;
  readonly #a: number;
  readonly #factor: number;
  readonly #omega: number;
  /** Coordinates of each eigenspace that the chain follows, and the numbers of a factor. */
  readonly #ranks: readonly number[];
  readonly #factorLength: number;
  readonly #lanes: number;

  /** @param addresses of one replica, or of up to four */
  constructor(core: SimulationCore, parameters: Parameters, aStar: Float64Array, addresses: readonly Address[]) {
    const { kernels } = core;
    const fields = core.fields("chain");
    const { d, p, k, batch, rate, secondRate } = parameters;
    const m = p + k;
    const lanes = addresses.length > 1 ? LANES : 1;
    this.#ranks = parameters.eigenspaces.map(({ dimension }) => Math.min(m, dimension));
    this.#factorLength = m * this.#ranks.reduce((sum, rank) => sum + rank, 0);
    const sphere = parameters.sphere ? 1 : 0;
    const spectrum = spectrumOf(parameters);
    // how much work space there is to be depends on the spectrum
    const spectrumArena = new Arena(kernels, roomFor(spectrum.byteLength));
    const eigenspaces = { spectrum: spectrumArena.put(spectrum), eigenspaces: spectrum.length / 2 };
    const work = kernels.chainBytes(lanes, d, p, k, batch, sphere, eigenspaces.spectrum, eigenspaces.eigenspaces);
    const keyBytes = lanes * KEY_BYTES;
    const arena = new Arena(
      kernels,
      roomFor(work, rate.byteLength, secondRate.byteLength, keyBytes, keyBytes, 8 * fields.size) +
        roomFor(8 * k, 8 * p, 8 * this.#factorLength, 8 * m * m) +
        ACTIVATION_ROOM,
    );
    this.#core = core;
    this.#lanes = lanes;
    this.#arenas = [spectrumArena, arena];
    this.#arena = arena;
    this.#parameters = parameters;
    this.#aStar = arena.put(aStar);
    this.#a = arena.bytes(8 * p);
    this.#factor = arena.bytes(8 * this.#factorLength);
    this.#omega = arena.bytes(8 * m * m);
    const [inputKeys, chiKeys] = [arena.bytes(keyBytes), arena.bytes(keyBytes)];
    for (let lane = 0; lane < lanes; lane++) {
      // lanes without a replica of their own repeat the first one
      const { seed, stream } = addresses[lane] ?? addresses[0];
      kernels.makeKey(inputKeys + lane * KEY_BYTES, seed, stream, purposes.chainInputs);
      kernels.makeKey(chiKeys + lane * KEY_BYTES, seed, stream, purposes.chainNorms);
    }
    this.#block = new ParameterBlock(arena, fields);
    this.#block.set({
      lanes,
      d,
      p,
      k,
      batch,
      ...putActivations(core, arena, parameters),
      studentScale: parameters.studentScale,
      teacherScale: parameters.teacherScale,
      sphere,
      ...eigenspaces,
      noise: Math.sqrt(parameters.Delta),
      decay: parameters.decay,
      trainsSecond: parameters.trainsSecond ? 1 : 0,
      secondDecay: parameters.secondDecay,
      rate: arena.put(rate),
      secondRate: arena.put(secondRate),
      inputKeys,
      chiKeys,
      work: arena.bytes(work),
    });
    kernels.chainPrepare(this.#block.address);
  }

  // all at once: there is nothing of size d
  // biome-ignore lint/correctness/useYield: see above
  *begin(starts: readonly Start[] = []): Generator<void> {
    for (let lane = 0; starts.length > 0 && lane < this.#lanes; lane++) this.#load(lane, starts[lane] ?? starts[0]);
  }

  #load(lane: number, { blocks, a }: Start): void {
    const { p, k } = this.#parameters;
    const room = this.#arena.f64(this.#factor, this.#factorLength).fill(0);
    let at = 0;
    for (const [b, { factor, rank }] of blocks.entries()) {
      const columns = this.#ranks[b];
      for (let i = 0; i < p + k; i++) room.set(factor.subarray(i * rank, (i + 1) * rank), at + i * columns);
      at += (p + k) * columns;
    }
    this.#take(lane, a);
  }

  /** Gives a replica the factor in place. */
  #take(lane: number, a: Float64Array): void {
    this.#arena.f64(this.#a, a.length).set(a);
    this.#core.kernels.chainLoad(this.#block.address, lane, this.#factor, this.#ranks[0], this.#a, this.#aStar);
  }

  get stepsDone(): number {
    return this.#block.get("step");
  }

  made(lane: number): number {
    return this.#core.kernels.chainMade(this.#block.address, lane);
  }

  steps(count: number): number {
    return this.#core.kernels.chainSteps(this.#block.address, Math.min(count, MOST_STEPS));
  }

  orderParameters(lane: number): { omega: Float64Array; a: Float64Array } {
    const { p, k } = this.#parameters;
    const { kernels } = this.#core;
    kernels.chainOrderParameters(this.#block.address, lane, this.#omega);
    kernels.chainSave(this.#block.address, lane, this.#factor, this.#a);
    return { omega: this.#arena.f64(this.#omega, (p + k) ** 2).slice(), a: this.#arena.f64(this.#a, p).slice() };
  }

  /** [step, a, factor] as bytes. */
  save(lane: number): Uint8Array {
    const { p } = this.#parameters;
    this.#core.kernels.chainSave(this.#block.address, lane, this.#factor, this.#a);
    const numbers = new Float64Array(this.#stateLength);
    numbers[0] = this.made(lane);
    numbers.set(this.#arena.f64(this.#a, p), 1);
    numbers.set(this.#arena.f64(this.#factor, this.#factorLength), 1 + p);
    return new Uint8Array(numbers.buffer);
  }

  restore(bytes: Uint8Array): boolean {
    const { p } = this.#parameters;
    if (bytes.length !== 8 * this.#stateLength) return false;
    const numbers = new Float64Array(bytes.slice().buffer);
    this.#block.set({ step: numbers[0] });
    this.#arena.f64(this.#factor, this.#factorLength).set(numbers.subarray(1 + p));
    this.#take(0, numbers.subarray(1, 1 + p));
    return true;
  }

  get #stateLength(): number {
    return 1 + this.#parameters.p + this.#factorLength;
  }

  free(): void {
    for (const arena of this.#arenas) arena.free();
  }
}
