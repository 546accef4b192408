/** The ODE of the order parameters in WebAssembly memory: `assembly/ode/`. */
import type { Parameters } from "../parameters.js";
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { Theory } from "./core.js";

/** Which parts of the drift are kept; weight decay belongs to the gradient. */
export type Terms = "full" | "gradient-flow" | "noise";

/** What one call of `advance` came to. */
export type Advance = "reached" | "interrupted" | "diverged";

/** Steps between two drains of the dense records. */
const RECORDS = 64;

export class OdeRun {
  readonly #core: Theory;
  readonly #arena: Arena;
  readonly #block: ParameterBlock;
  readonly #n: number;
  readonly #vectorBytes: number;
  readonly #y: number;
  readonly #derivative: number;
  readonly #rows: number;
  readonly #dense: number;
  readonly #rate: number;
  readonly #secondRate: number;

  constructor(
    core: Theory,
    parameters: Parameters,
    setup: {
      P: Float64Array;
      aStar: Float64Array;
      y: Float64Array;
      terms: Terms;
      times?: Float64Array;
      rtol?: number;
      atol?: number;
    },
  ) {
    const { p, k, batch, studentScale, teacherScale, Delta, decay, secondDecay, trainsSecond, rate, secondRate } =
      parameters;
    const { P, aStar, y, terms, times = new Float64Array(0), rtol = 1e-8, atol = 1e-11 } = setup;
    const m = p + k;
    const n = y.length;
    const rowBytes = 8 * (m + (m % 2));
    const pairs = (p * (p + 1)) / 2 + 3;
    const vectorBytes = 8 * (n + (n % 2));
    const sizes = {
      O: m * rowBytes,
      c: 8 * m,
      cc: 8 * m * m,
      h: p * rowBytes,
      sig: 8 * p,
      pairs: 8 * pairs,
      lanes: 192 * m,
      N: 8 * pairs,
      y: vectorBytes,
      trial: vectorBytes,
      stage: vectorBytes,
      k1: 7 * vectorBytes,
      rows: times.length * (vectorBytes + 16),
      dense: RECORDS * (16 + 5 * vectorBytes),
    };
    const arena = new Arena(
      core.kernels,
      roomFor(
        ...Object.values(sizes),
        P.byteLength,
        aStar.byteLength,
        times.byteLength,
        rate.byteLength,
        secondRate.byteLength,
        8 * core.fields("ode").size,
      ),
    );
    this.#core = core;
    this.#arena = arena;
    this.#n = n;
    this.#vectorBytes = vectorBytes;
    const space = Object.fromEntries(
      Object.entries(sizes).map(([name, bytes]) => [name, arena.bytes(bytes)]),
    ) as Record<keyof typeof sizes, number>;
    this.#y = space.y;
    this.#derivative = space.trial;
    this.#rows = space.rows;
    this.#dense = space.dense;
    this.#rate = arena.put(rate);
    this.#secondRate = arena.put(secondRate);
    arena.f64(this.#y, n).set(y);
    this.#block = new ParameterBlock(arena, core.fields("ode"));
    this.#block.set({
      ...space,
      p,
      k,
      batch,
      studentScale,
      teacherScale,
      Delta,
      decay,
      secondDecay,
      trainsSecond: trainsSecond ? 1 : 0,
      gradient: terms === "noise" ? 0 : 1,
      noise: terms === "gradient-flow" ? 0 : 1,
      rate: this.#rate,
      secondRate: this.#secondRate,
      P: arena.put(P),
      aStar: arena.put(aStar),
      n,
      active: trainsSecond && terms !== "noise" ? n : n - p,
      vectorBytes,
      rtol,
      atol,
      saveTimes: arena.put(times),
      saveCount: times.length,
      denseRoom: RECORDS,
    });
    core.kernels.odePrepare(this.#block.address);
  }

  /** Starts a smooth piece of the run: the schedules' formulas are those that hold just after t. */
  beginPiece(): void {
    const { kernels } = this.#core;
    const t = this.time;
    this.#block.set({
      ratePiece: kernels.schedulePiece(this.#rate, t),
      secondPiece: kernels.schedulePiece(this.#secondRate, t),
    });
    kernels.dopri5Start(this.#block.address);
  }

  /** F(t, y), in the layout of the state. */
  derivative(t: number): Float64Array {
    const { kernels } = this.#core;
    this.#block.set({
      ratePiece: kernels.schedulePiece(this.#rate, t),
      secondPiece: kernels.schedulePiece(this.#secondRate, t),
    });
    kernels.rightHandSide(this.#block.address, t, this.#y, this.#derivative);
    return this.#arena.f64(this.#derivative, this.#n).slice();
  }

  /** Goes to `tEnd` exactly, in at most `attempts` steps. */
  advance(tEnd: number, attempts: number): Advance {
    return (["reached", "interrupted", "diverged"] as const)[
      this.#core.kernels.dopri5Advance(this.#block.address, tEnd, attempts)
    ];
  }

  /** Takes out the records [t, h, r1..r5] of the steps since the last call, without the padding. */
  drainDense(): Float64Array {
    const count = this.#block.get("denseUsed");
    const [n, padded] = [this.#n, this.#vectorBytes / 8];
    const from = this.#arena.f64(this.#dense, count * (2 + 5 * padded));
    const out = new Float64Array(count * (2 + 5 * n));
    for (let i = 0; i < count; i++) {
      out.set(from.subarray(i * (2 + 5 * padded), i * (2 + 5 * padded) + 2), i * (2 + 5 * n));
      for (let r = 0; r < 5; r++) {
        const at = i * (2 + 5 * padded) + 2 + r * padded;
        out.set(from.subarray(at, at + n), i * (2 + 5 * n) + 2 + r * n);
      }
    }
    this.#block.set({ denseUsed: 0 });
    return out;
  }

  /** How many of the requested times are passed. */
  get saved(): number {
    return this.#block.get("saved");
  }

  /** Row i: [t, y]. */
  row(i: number): Float64Array {
    return this.#arena.f64(this.#rows + i * (this.#vectorBytes + 16), 1 + this.#n).slice();
  }

  get time(): number {
    return this.#block.get("t");
  }

  get state(): Float64Array {
    return this.#arena.f64(this.#y, this.#n).slice();
  }

  /** Steps tried. */
  get steps(): number {
    return this.#block.get("accepted") + this.#block.get("rejected");
  }

  get counts(): { accepted: number; rejected: number; evaluations: number } {
    return {
      accepted: this.#block.get("accepted"),
      rejected: this.#block.get("rejected"),
      evaluations: this.#block.get("evaluations"),
    };
  }

  free(): void {
    this.#arena.free();
  }
}
