/** The solvers of `assembly/ode/` in WebAssembly memory, for any right-hand side of the core. */
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { Theory } from "./core.js";

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

/** What is solved, and how. */
export interface SolverSetup {
  /** Table indices; a Jacobian 0 is found by differences. */
  readonly rightHandSide: number;
  readonly jacobian: number;
  /** Address that they are given. */
  readonly problem: number;
  /** The state at t = 0, and how many of its numbers move, the first ones. */
  readonly y: Float64Array;
  readonly active: number;
  /** Nanoseconds of the right-hand side and, beyond it, of its own Jacobian, about. */
  readonly evaluationCost: number;
  readonly jacobianCost: number;
  /** To save, increasing and above 0. */
  readonly times?: Float64Array;
  readonly rtol?: number;
  readonly atol?: number;
  readonly solver?: Solver;
  readonly maxSteps?: number;
  /** Steps that the dense records hold: `advance` returns when they are full. */
  readonly records?: number;
}

export class SolverRun {
  readonly #core: Theory;
  readonly #arena: Arena;
  readonly #block: ParameterBlock;
  #implicit: Arena | undefined;
  readonly #n: number;
  readonly #vectorBytes: number;
  readonly #rows: number;
  readonly #dense: number;
  /** Addresses of the state and, between steps, of work space for two more. */
  readonly y: number;
  readonly derivative: number;
  readonly scratch: number;

  constructor(core: Theory, setup: SolverSetup) {
    const { y, active, times = new Float64Array(0), rtol = 1e-8, atol = 1e-11, records = RECORDS } = setup;
    const { solver = "dopri5", maxSteps = Number.POSITIVE_INFINITY } = setup;
    const { rightHandSide, jacobian, problem, evaluationCost, jacobianCost } = setup;
    const n = y.length;
    const vectorBytes = 8 * (n + (n % 2));
    const sizes = {
      y: vectorBytes,
      trial: vectorBytes,
      stage: vectorBytes,
      k1: 8 * vectorBytes,
      rows: times.length * (vectorBytes + 16),
      dense: records * (16 + 5 * vectorBytes),
    };
    const arena = new Arena(
      core.kernels,
      roomFor(...Object.values(sizes), times.byteLength, 8 * core.fields("solver").size),
    );
    const space = placed(arena, sizes);
    this.#core = core;
    this.#arena = arena;
    this.#n = n;
    this.#vectorBytes = vectorBytes;
    this.#rows = space.rows;
    this.#dense = space.dense;
    this.y = space.y;
    this.derivative = space.trial;
    this.scratch = space.stage;
    arena.f64(space.y, n).set(y);
    this.#block = new ParameterBlock(arena, core.fields("solver"));
    this.#block.set({
      ...space,
      rightHandSide,
      jacobian,
      problem,
      n,
      active,
      vectorBytes,
      rtol,
      atol,
      stepLimit: maxSteps,
      method: solver === "rodas5p" ? 1 : 0,
      switching: solver === "auto" && 8 * active * (active + 1) <= MATRIX_LIMIT ? 1 : 0,
      evaluationCost,
      jacobianCost,
      saveTimes: arena.put(times),
      saveCount: times.length,
      denseRoom: records,
    });
  }

  /** Starts a smooth piece of the run. @param jumps whether the right-hand side jumps there */
  begin(jumps: boolean): void {
    this.#core.kernels.solverStart(this.#block.address, jumps ? 1 : 0);
  }

  /** Goes to `tEnd` exactly, or works for some `budget` nanoseconds. */
  advance(tEnd: number, budget: number): Advance {
    const advance = () => this.#core.kernels.solverAdvance(this.#block.address, tEnd, budget);
    let outcome = advance();
    if (outcome === NEEDS_ROOM) {
      this.matrix();
      outcome = advance();
    }
    return OUTCOMES[outcome];
  }

  /** How many numbers of the state move. */
  get moving(): number {
    return this.#block.get("active");
  }

  /** Addresses of a matrix of `moving` rows, rowBytes apart, and of a vector: the work space of implicit steps, which most runs never need. */
  matrix(): { readonly matrix: number; readonly rowBytes: number; readonly slope: number } {
    if (!this.#implicit) this.#makeRoom();
    const [matrix, rowBytes, slope] = ["matrix", "rowBytes", "slope"].map((name) => this.#block.get(name));
    return { matrix, rowBytes, slope };
  }

  #makeRoom(): void {
    const { kernels } = this.#core;
    const active = this.moving;
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
    this.#block.set({ rowBytes, ...placed(arena, sizes) });
  }

  /** Takes out the records [t, h, r1..r5] of the steps since the last call, without the padding. */
  drainDense(): Float64Array {
    const count = this.#block.get("denseUsed");
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
    this.#block.set({ denseUsed: 0 });
  }

  /** How many of the requested times are passed. */
  get saved(): number {
    return this.#block.get("saved");
  }

  /** Row i: [t, y]. */
  row(i: number): Float64Array {
    return this.#arena.f64(this.#rows + i * (this.#vectorBytes + 16), 1 + this.#n).slice();
  }

  /** A copy of the vector at an address. */
  vector(address: number): Float64Array {
    return this.#arena.f64(address, this.#n).slice();
  }

  /** Writes a vector to an address. */
  write(address: number, y: Float64Array): void {
    this.#arena.f64(address, this.#n).set(y);
  }

  /** The first `count` rows of the matrix, as many columns each. */
  square(count: number): Float64Array {
    const { matrix, rowBytes } = this.matrix();
    const padded = this.#arena.f64(matrix, (count * rowBytes) / 8);
    return Float64Array.from(
      { length: count * count },
      (_, i) => padded[(Math.floor(i / count) * rowBytes) / 8 + (i % count)],
    );
  }

  get time(): number {
    return this.#block.get("t");
  }

  /** Nanoseconds of work done, as estimated: a clock that is the same everywhere. */
  get work(): number {
    return this.#block.get("work");
  }

  /** Steps, and what they cost; those of each method too. */
  get counts() {
    const get = (name: string) => this.#block.get(name);
    return {
      accepted: get("dopri5Accepted") + get("rodas5pAccepted"),
      rejected: get("dopri5Rejected") + get("rodas5pRejected"),
      evaluations: get("evaluations"),
      jacobians: get("jacobians"),
      factorisations: get("factorisations"),
      switches: get("switches"),
      explicitSteps: get("dopri5Accepted") + get("dopri5Rejected"),
      implicitSteps: get("rodas5pAccepted") + get("rodas5pRejected"),
    };
  }

  free(): void {
    this.#arena.free();
    this.#implicit?.free();
  }
}

/** Addresses of so many bytes each. */
export function placed<K extends string>(arena: Arena, sizes: Record<K, number>): Record<K, number> {
  return Object.fromEntries(Object.entries<number>(sizes).map(([name, bytes]) => [name, arena.bytes(bytes)])) as Record<
    K,
    number
  >;
}
