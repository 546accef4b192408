/** The exact Omega chain in WebAssembly memory, one replica or four in lanes: `assembly/online/omega-chain.ts`. */
import type { Parameters } from "../parameters.js";
import type { Start } from "../start.js";
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { Core } from "./core.js";
import { purposes } from "./draws.js";
import { type Address, MOST_STEPS, type Simulation } from "./simulation.js";

/** Replicas that run side by side. */
export const LANES = 4;

const KEY_BYTES = 128;

/** Up to four replicas that advance together; a replica's numbers do not depend on who its neighbours are. */
export class ChainLanes {
  readonly #core: Core;
  readonly #arena: Arena;
  readonly #block: ParameterBlock;
  readonly #parameters: Parameters;
  readonly #aStar: number;
  readonly #a: number;
  readonly #factor: number;
  readonly #omega: number;
  /** Coordinates of input space that the chain follows. */
  readonly #rank: number;

  /** @param addresses one replica, or four */
  constructor(core: Core, parameters: Parameters, aStar: Float64Array, addresses: readonly Address[]) {
    const { kernels } = core;
    const fields = core.fields("chain");
    const { d, p, k, batch, rate, secondRate } = parameters;
    const m = p + k;
    const lanes = addresses.length;
    this.#rank = Math.min(m, d);
    const work = kernels.chainBytes(lanes, d, p, k, batch, parameters.sphere ? 1 : 0);
    const keyBytes = lanes * KEY_BYTES;
    const arena = new Arena(
      kernels,
      roomFor(work, rate.byteLength, secondRate.byteLength, keyBytes, keyBytes, 8 * fields.size) +
        roomFor(8 * k, 8 * p, 8 * m * this.#rank, 8 * m * m),
    );
    this.#core = core;
    this.#arena = arena;
    this.#parameters = parameters;
    this.#aStar = arena.put(aStar);
    this.#a = arena.bytes(8 * p);
    this.#factor = arena.bytes(8 * m * this.#rank);
    this.#omega = arena.bytes(8 * m * m);
    const [inputKeys, chiKeys] = [arena.bytes(keyBytes), arena.bytes(keyBytes)];
    addresses.forEach(({ seed, stream }, lane) => {
      kernels.makeKey(inputKeys + lane * KEY_BYTES, seed, stream, purposes.chainInputs);
      kernels.makeKey(chiKeys + lane * KEY_BYTES, seed, stream, purposes.chainNorms);
    });
    this.#block = new ParameterBlock(arena, fields);
    this.#block.set({
      lanes,
      d,
      p,
      k,
      batch,
      studentActivation: core.activationCode(parameters.studentActivation),
      teacherActivation: core.activationCode(parameters.teacherActivation),
      studentScale: parameters.studentScale,
      teacherScale: parameters.teacherScale,
      sphere: parameters.sphere ? 1 : 0,
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

  /** Gives a replica its start. */
  begin(lane: number, { factor, rank, a }: Pick<Start, "factor" | "rank" | "a">): void {
    this.#arena.f64(this.#factor, factor.length).set(factor);
    this.#arena.f64(this.#a, a.length).set(a);
    this.#core.kernels.chainLoad(this.#block.address, lane, this.#factor, rank, this.#a, this.#aStar);
  }

  get stepsDone(): number {
    return this.#block.get("step");
  }

  /** Steps that a replica has made: fewer than the others' after it diverged. */
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

  /** [step, a, factor] as numbers. */
  save(lane: number): Float64Array {
    const { p, k } = this.#parameters;
    this.#core.kernels.chainSave(this.#block.address, lane, this.#factor, this.#a);
    return Float64Array.of(
      this.stepsDone,
      ...this.#arena.f64(this.#a, p),
      ...this.#arena.f64(this.#factor, (p + k) * this.#rank),
    );
  }

  /** Takes what `save` gave. */
  restore(lane: number, [step, ...rest]: ArrayLike<number> & Iterable<number>): void {
    const { p } = this.#parameters;
    this.#block.set({ step });
    const [a, factor] = [Float64Array.from(rest.slice(0, p)), Float64Array.from(rest.slice(p))];
    this.begin(lane, { a, factor, rank: this.#rank });
  }

  free(): void {
    this.#arena.free();
  }
}

/** One chain alone. */
export class ChainRun implements Simulation {
  readonly #lanes: ChainLanes;
  readonly #numbers: number;

  constructor(core: Core, parameters: Parameters, aStar: Float64Array, address: Address) {
    const { d, p, k } = parameters;
    this.#lanes = new ChainLanes(core, parameters, aStar, [address]);
    this.#numbers = 1 + p + (p + k) * Math.min(p + k, d);
  }

  get stepsDone(): number {
    return this.#lanes.stepsDone;
  }

  // all at once: there is nothing of size d
  // biome-ignore lint/correctness/useYield: see above
  *begin(start: Start): Generator<void> {
    this.#lanes.begin(0, start);
  }

  steps(count: number): number {
    return this.#lanes.steps(count);
  }

  orderParameters(): { omega: Float64Array; a: Float64Array } {
    return this.#lanes.orderParameters(0);
  }

  save(): Uint8Array {
    return new Uint8Array(this.#lanes.save(0).buffer);
  }

  restore(bytes: Uint8Array): boolean {
    if (bytes.length !== 8 * this.#numbers) return false;
    this.#lanes.restore(0, new Float64Array(bytes.slice().buffer));
    return true;
  }

  free(): void {
    this.#lanes.free();
  }
}
