/** The ODE of the order parameters in WebAssembly memory: `assembly/ode/`. */
import { jacobianNanoseconds, rightHandSideNanoseconds } from "../ode/integrals-cost.js";
import { isErf, type Parameters } from "../parameters.js";
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { Theory } from "./core.js";
import { Integrals } from "./integrals.js";

/** Which parts of the drift are kept; weight decay belongs to the gradient. */
export type Terms = "full" | "gradient-flow" | "noise";

/** What one call of `advance` came to; "stalled": no step is small enough. */
export type Advance = (typeof OUTCOMES)[number];
const OUTCOMES = ["reached", "interrupted", "diverged", "stalled", "step-limit"] as const;
/** The outcome in which an implicit step waits for its work space. */
const NEEDS_ROOM = 5;

/** "auto" changes between the other two as pays. */
export const SOLVERS = ["auto", "dopri5", "rodas5p"] as const;
export type Solver = (typeof SOLVERS)[number];

/** Steps between two drains of the dense records. */
const RECORDS = 64;
/** An integration changes to the implicit method only where its matrix fits in this. */
const MATRIX_LIMIT = 2 ** 28;

export class OdeRun {
  readonly #core: Theory;
  readonly #arena: Arena;
  readonly #integrals: Integrals;
  readonly #block: ParameterBlock;
  readonly #solver: ParameterBlock;
  #implicit: Arena | undefined;
  readonly #n: number;
  readonly #vectorBytes: number;
  readonly #y: number;
  readonly #derivative: number;
  readonly #scratch: number;
  readonly #rows: number;
  readonly #dense: number;
  readonly #jumps: boolean;
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
      solver?: Solver;
      maxSteps?: number;
      /** Of a quasi-random estimate of the noise matrix; 0, the default, for itself. */
      points?: number;
      /** Steps that the dense records hold: `advance` returns when they are full. */
      records?: number;
    },
  ) {
    const { p, k, batch, studentScale, teacherScale, Delta, decay, secondDecay, trainsSecond, rate, secondRate } =
      parameters;
    const { P, aStar, y, terms, times = new Float64Array(0), rtol = 1e-8, atol = 1e-11, records = RECORDS } = setup;
    const { points = 0, solver = "dopri5", maxSteps = Number.POSITIVE_INFINITY } = setup;
    const m = p + k;
    const n = y.length;
    const rowBytes = 8 * (m + (m % 2));
    const pairs = (p * (p + 1)) / 2 + 3;
    const vectorBytes = 8 * (n + (n % 2));
    const sizes = {
      O: m * rowBytes,
      c: 8 * (m + 1),
      h: p * rowBytes,
      sig: 8 * p,
      N: 8 * pairs,
      offsets: 4 * m * m,
      diagonal: rowBytes,
      shared: 16 * m,
      work: (m + 6) * rowBytes,
    };
    const solverSizes = {
      y: vectorBytes,
      trial: vectorBytes,
      stage: vectorBytes,
      k1: 8 * vectorBytes,
      rows: times.length * (vectorBytes + 16),
      dense: records * (16 + 5 * vectorBytes),
    };
    const arena = new Arena(
      core.kernels,
      roomFor(
        ...Object.values(sizes),
        ...Object.values(solverSizes),
        P.byteLength,
        aStar.byteLength,
        times.byteLength,
        rate.byteLength,
        secondRate.byteLength,
        8 * core.fields("ode").size,
        8 * core.fields("solver").size,
      ),
    );
    this.#core = core;
    this.#arena = arena;
    this.#integrals = new Integrals(core, parameters, points);
    this.#n = n;
    this.#vectorBytes = vectorBytes;
    const placed = <K extends string>(parts: Record<K, number>) =>
      Object.fromEntries(Object.entries<number>(parts).map(([name, bytes]) => [name, arena.bytes(bytes)])) as Record<
        K,
        number
      >;
    const space = placed(sizes);
    const solverSpace = placed(solverSizes);
    this.#y = solverSpace.y;
    this.#derivative = solverSpace.trial;
    this.#scratch = solverSpace.stage;
    this.#rows = solverSpace.rows;
    this.#dense = solverSpace.dense;
    // piecewise constant
    this.#jumps = [rate, secondRate].some((schedule) => schedule[0] > 1 && schedule[1] === 0);
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
      integrals: this.#integrals.address,
    });
    const active = trainsSecond && terms !== "noise" ? n : n - p;
    this.#solver = new ParameterBlock(arena, core.fields("solver"));
    this.#solver.set({
      ...solverSpace,
      rightHandSide: core.kernels.odeFunction(0),
      jacobian: isErf(parameters) ? core.kernels.odeFunction(1) : 0,
      problem: this.#block.address,
      n,
      active,
      vectorBytes,
      rtol,
      atol,
      stepLimit: maxSteps,
      method: solver === "rodas5p" ? 1 : 0,
      switching: solver === "auto" && 8 * active * (active + 1) <= MATRIX_LIMIT ? 1 : 0,
      evaluationCost: rightHandSideNanoseconds(parameters, terms, points),
      jacobianCost: jacobianNanoseconds(parameters, terms),
      saveTimes: arena.put(times),
      saveCount: times.length,
      denseRoom: records,
    });
    core.kernels.odePrepare(this.#block.address);
    this.#enterPiece(0);
  }

  /** Starts a smooth piece of the run: the schedules' formulas are those that hold just after t. */
  beginPiece(): void {
    this.#enterPiece(this.time);
    this.#core.kernels.solverStart(this.#solver.address, this.#jumps ? 1 : 0);
  }

  #enterPiece(t: number): void {
    const { kernels } = this.#core;
    this.#block.set({
      ratePiece: kernels.schedulePiece(this.#rate, t),
      secondPiece: kernels.schedulePiece(this.#secondRate, t),
    });
  }

  /** F(t, y), in the layout of the state. */
  derivative(t: number): Float64Array {
    this.#enterPiece(t);
    this.#core.kernels.rightHandSide(this.#block.address, t, this.#y, this.#derivative);
    return this.#arena.f64(this.#derivative, this.#n).slice();
  }

  /** F(t, y) in the present piece, for another state; between steps only. */
  derivativeAt(t: number, y: Float64Array): Float64Array {
    this.#arena.f64(this.#scratch, this.#n).set(y);
    this.#core.kernels.rightHandSide(this.#block.address, t, this.#scratch, this.#derivative);
    return this.#arena.f64(this.#derivative, this.#n).slice();
  }

  /** Whether `jacobian` is known. */
  get knowsJacobian(): boolean {
    return this.#solver.get("jacobian") !== 0;
  }

  /** How many numbers of the state move: rows of `jacobian`. */
  get moving(): number {
    return this.#solver.get("active");
  }

  /** dF_i / dy_j at (t, y) over the numbers of the state that move, as many rows as columns; `t` sets the piece. */
  jacobian(t: number, y: Float64Array): Float64Array {
    this.#enterPiece(t);
    if (!this.#implicit) this.#makeRoom();
    this.#arena.f64(this.#scratch, this.#n).set(y);
    const [matrix, rowBytes, slope, n] = ["matrix", "rowBytes", "slope", "active"].map((name) =>
      this.#solver.get(name),
    );
    const { kernels } = this.#core;
    kernels.rightHandSideJacobian(this.#block.address, t, this.#scratch, this.#derivative, matrix, rowBytes, slope);
    const padded = this.#arena.f64(matrix, (n * rowBytes) / 8);
    return Float64Array.from({ length: n * n }, (_, i) => padded[(Math.floor(i / n) * rowBytes) / 8 + (i % n)]);
  }

  /** Goes to `tEnd` exactly, or works for some `budget` nanoseconds. */
  advance(tEnd: number, budget: number): Advance {
    const advance = () => this.#core.kernels.solverAdvance(this.#solver.address, tEnd, budget);
    let outcome = advance();
    if (outcome === NEEDS_ROOM) {
      this.#makeRoom();
      outcome = advance();
    }
    return OUTCOMES[outcome];
  }

  /** The work space of implicit steps, which most runs never need. */
  #makeRoom(): void {
    const { kernels } = this.#core;
    const active = this.#solver.get("active");
    const rowBytes = 8 * (active + (active % 2));
    const sizes = {
      matrix: active * rowBytes,
      pivots: 4 * active,
      panel: kernels.luPackedBytes(active),
      fresh: this.#vectorBytes,
      slope: this.#vectorBytes,
      fast: this.#vectorBytes,
      slow: this.#vectorBytes,
    };
    const arena = new Arena(kernels, roomFor(...Object.values(sizes)));
    this.#implicit = arena;
    this.#solver.set({
      rowBytes,
      ...Object.fromEntries(Object.entries(sizes).map(([name, bytes]) => [name, arena.bytes(bytes)])),
    });
  }

  /** Takes out the records [t, h, r1..r5] of the steps since the last call, without the padding. */
  drainDense(): Float64Array {
    const count = this.#solver.get("denseUsed");
    const [n, padded] = [this.#n, this.#vectorBytes / 8];
    const from = this.#arena.f64(this.#dense, count * (2 + 5 * padded));
    this.dropDense();
    if (n === padded) return from.slice();
    const out = new Float64Array(count * (2 + 5 * n));
    for (let i = 0; i < count; i++) {
      out.set(from.subarray(i * (2 + 5 * padded), i * (2 + 5 * padded) + 2), i * (2 + 5 * n));
      for (let r = 0; r < 5; r++) {
        const at = i * (2 + 5 * padded) + 2 + r * padded;
        out.set(from.subarray(at, at + n), i * (2 + 5 * n) + 2 + r * n);
      }
    }
    return out;
  }

  /** Makes room for records. */
  dropDense(): void {
    this.#solver.set({ denseUsed: 0 });
  }

  /** How many of the requested times are passed. */
  get saved(): number {
    return this.#solver.get("saved");
  }

  /** Row i: [t, y]. */
  row(i: number): Float64Array {
    return this.#arena.f64(this.#rows + i * (this.#vectorBytes + 16), 1 + this.#n).slice();
  }

  /** Goes to a state, without a step. */
  moveTo(y: Float64Array): void {
    this.#arena.f64(this.#y, this.#n).set(y);
  }

  /** The problem's parameter block and the state, for kernels that work on them. */
  get addresses(): { readonly block: number; readonly y: number } {
    return { block: this.#block.address, y: this.#y };
  }

  get time(): number {
    return this.#solver.get("t");
  }

  get state(): Float64Array {
    return this.#arena.f64(this.#y, this.#n).slice();
  }

  /** Steps tried. */
  get steps(): number {
    const { accepted, rejected } = this.counts;
    return accepted + rejected;
  }

  /** Nanoseconds of work done, as estimated: a clock that is the same everywhere. */
  get work(): number {
    return this.#solver.get("work");
  }

  /** Steps, and what they cost; those of each method too. */
  get counts() {
    const get = (name: string) => this.#solver.get(name);
    return {
      accepted: get("dopri5Accepted") + get("rodas5pAccepted"),
      rejected: get("dopri5Rejected") + get("rodas5pRejected"),
      evaluations: get("evaluations"),
      jacobians: get("jacobians"),
      factorisations: get("factorisations"),
      switches: get("switches"),
      explicitSteps: get("dopri5Accepted") + get("dopri5Rejected"),
      implicitSteps: get("rodas5pAccepted") + get("rodas5pRejected"),
      ...this.#integrals.noise,
    };
  }

  free(): void {
    this.#arena.free();
    this.#integrals.free();
    this.#implicit?.free();
  }
}
