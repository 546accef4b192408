/** A system of the core that a solver follows, with the memory and the integrals that are its own. */
import type { Arena } from "./arena.js";
import type { Integrals } from "./integrals.js";
import type { Advance, SolverRun } from "./solver.js";

export class SolvedSystem {
  protected readonly solver: SolverRun;
  readonly #arena: Arena;
  readonly #integrals: Integrals;

  constructor(arena: Arena, integrals: Integrals, solver: SolverRun) {
    this.#arena = arena;
    this.#integrals = integrals;
    this.solver = solver;
  }

  /** Goes to `tEnd` exactly, or works for some `budget` nanoseconds. */
  advance(tEnd: number, budget: number): Advance {
    return this.solver.advance(tEnd, budget);
  }

  /** How many of the requested times are passed. */
  get saved(): number {
    return this.solver.saved;
  }

  /** Row i: [t, y]. */
  row(i: number): Float64Array {
    return this.solver.row(i);
  }

  get time(): number {
    return this.solver.time;
  }

  /** Nanoseconds of work done, as estimated: a clock that is the same everywhere. */
  get work(): number {
    return this.solver.work;
  }

  /** Steps, and what they cost; those of each method too; and how the noise matrix was found. */
  get counts() {
    return { ...this.solver.counts, ...this.#integrals.noise };
  }

  free(): void {
    this.#arena.free();
    this.#integrals.free();
    this.solver.free();
  }
}
