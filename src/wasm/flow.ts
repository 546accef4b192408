/** The gradient flow on a finite training set in WebAssembly memory: `assembly/online/finite-set-flow.ts`. */
import { knots, type Parameters } from "../parameters.js";
import type { Start } from "../start.js";
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { Dense } from "./core.js";
import { DenseRun } from "./dense.js";
import type { Address, Simulation } from "./simulation.js";

/** Of the integrator's own steps, against weights of norm about 1. */
const RTOL = 1e-9;
const ATOL = 1e-12;
/** The kernel's word for a step that went well. */
const INTERRUPTED = 1;

/** Where a step of the integrator begins: with the state there, all that the next steps follow from. */
const CONTROL = ["t", "step", "lastError", "wasRejected"] as const;
type Control = Record<(typeof CONTROL)[number], number>;

export class FlowRun implements Simulation {
  readonly #core: Dense;
  readonly #parameters: Parameters;
  readonly #dense: DenseRun;
  readonly #arena: Arena;
  readonly #solver: ParameterBlock;
  /** Times of a schedule's formulas, and the end of time. */
  readonly #stops: readonly number[];
  /** The beginning of the last step. */
  #before: Control = { t: 0, step: 0, lastError: 1e-4, wasRejected: 0 };
  #step = 0;
  #failed = false;

  constructor(core: Dense, parameters: Parameters, aStar: Float64Array, address: Address) {
    const { p, trainsSecond, rate, secondRate } = parameters;
    this.#core = core;
    this.#parameters = parameters;
    this.#stops = [...knots(rate), ...knots(secondRate), Number.POSITIVE_INFINITY].sort((x, y) => x - y);
    this.#dense = new DenseRun(core, parameters, aStar, address, "f64");
    const { bytes } = this.#dense.parts;
    const vectorBytes = bytes + 8 * (p + (p % 2));
    const sizes = {
      y: vectorBytes,
      trial: vectorBytes,
      stage: vectorBytes,
      k1: 8 * vectorBytes,
      dense: 16 + 5 * vectorBytes,
    };
    const fields = core.fields("solver");
    try {
      this.#arena = new Arena(core.kernels, roomFor(...Object.values(sizes), 8 * fields.size));
    } catch (cause) {
      this.#dense.free();
      throw cause;
    }
    const places = Object.entries(sizes).map(([name, size]) => [name, this.#arena.bytes(size)]);
    this.#solver = new ParameterBlock(this.#arena, fields);
    this.#solver.set({
      ...Object.fromEntries(places),
      problem: this.#dense.parts.block.address,
      n: bytes / 8 + p,
      active: bytes / 8 + (trainsSecond ? p : 0),
      vectorBytes,
      rtol: RTOL,
      atol: ATOL,
      denseRoom: 1,
    });
  }

  *begin(starts?: readonly Start[]): Generator<void> {
    yield* this.#dense.begin(starts);
    if (starts) this.#takeWeights();
    this.#solver.set(this.#before);
    this.#enterPiece();
    yield* this.#reach(this.#time);
  }

  get stepsDone(): number {
    return this.#step;
  }

  made(): number {
    return this.#step;
  }

  /** Goes on by `count / d`. */
  steps(count: number): number {
    const target = this.#step + count;
    for (const _ of this.#reach(target / this.#parameters.d)) {
      // a step is not cut
    }
    // where it got to, in whole steps
    const reached = this.#failed ? Math.floor(this.#solver.get("t") * this.#parameters.d) : target;
    const done = Math.max(0, Math.min(reached, target - (this.#failed ? 1 : 0)) - this.#step);
    this.#step += done;
    return done;
  }

  orderParameters(): { omega: Float64Array; a: Float64Array } {
    this.#toWeights();
    return this.#dense.orderParameters();
  }

  *empiricalRisk(): Generator<void, number> {
    this.#toWeights();
    return yield* this.#dense.empiricalRisk();
  }

  /** [step], the control of the last step of the integrator, the weights of the problem where it began, that it may be made again. */
  save(): Uint8Array {
    const { y, dense } = this.#places;
    const { U, bytes, a, arena } = this.#dense.parts;
    const { p } = this.#parameters;
    const hasStep = this.#solver.get("denseUsed") > 0;
    const from = hasStep ? dense + 16 : y;
    arena.u8(U, bytes).set(this.#arena.u8(from, bytes));
    arena.u8(a, 8 * p).set(this.#arena.u8(from + bytes, 8 * p));
    const control = Float64Array.of(this.#step, ...CONTROL.map((name) => this.#before[name]));
    const state = this.#dense.save();
    const all = new Uint8Array(control.byteLength + state.length);
    all.set(new Uint8Array(control.buffer));
    all.set(state, control.byteLength);
    return all;
  }

  restore(bytes: Uint8Array): boolean {
    const size = 8 * (1 + CONTROL.length);
    if (bytes.length < size || !this.#dense.restore(bytes.subarray(size))) return false;
    const [step, ...control] = new Float64Array(bytes.slice(0, size).buffer);
    this.#step = step;
    this.#before = Object.fromEntries(CONTROL.map((name, i) => [name, control[i]])) as Control;
    this.#takeWeights();
    return true;
  }

  free(): void {
    this.#arena.free();
    this.#dense.free();
  }

  get #time(): number {
    return this.#step / this.#parameters.d;
  }

  get #places() {
    return { y: this.#solver.get("y"), dense: this.#solver.get("dense") };
  }

  /** The integrator's steps up to the one that holds `time`. */
  *#reach(time: number): Generator<void> {
    const { kernels } = this.#core;
    while (!this.#failed && this.#solver.get("t") < time) {
      const t = this.#solver.get("t");
      if (this.#stops.includes(t)) this.#enterPiece();
      this.#before = Object.fromEntries(CONTROL.map((name) => [name, this.#solver.get(name)])) as Control;
      const end = this.#stops.find((stop) => stop > t)!;
      this.#failed = kernels.flowStep(this.#solver.address, end) !== INTERRUPTED;
      yield;
    }
  }

  /** The schedules' formulas from here on. */
  #enterPiece(): void {
    const { kernels } = this.#core;
    const { block } = this.#dense.parts;
    const t = this.#solver.get("t");
    block.set({
      ratePiece: kernels.schedulePiece(block.get("rate"), t),
      secondPiece: kernels.schedulePiece(block.get("secondRate"), t),
    });
    kernels.flowStart(this.#solver.address);
  }

  /** The state becomes the weights of the dense run. */
  #takeWeights(): void {
    const { U, bytes, a, arena } = this.#dense.parts;
    const { y } = this.#places;
    this.#arena.u8(y, bytes).set(arena.u8(U, bytes));
    this.#arena.u8(y + bytes, 8 * this.#parameters.p).set(arena.u8(a, 8 * this.#parameters.p));
  }

  /** The weights of the dense run become those at the present time. */
  #toWeights(): void {
    this.#core.kernels.flowTo(this.#solver.address, this.#dense.parts.block.address, this.#time);
  }
}
