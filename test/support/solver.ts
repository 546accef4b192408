// The core's solvers on a problem of assembly/ode/problem-set.ts, without src/ in between.
import { Block } from "./block.js";
import type { Core } from "./core.js";

export interface Setup {
  readonly name: string;
  readonly start: readonly number[];
  readonly rtol: number;
  readonly atol?: number;
  /** Default "dopri5". */
  readonly solver?: "auto" | "dopri5" | "rodas5p";
  /** Times to save. */
  readonly times?: readonly number[];
  /** The problem's parameter. */
  readonly parameter?: number;
  /** The problem's own Jacobian, where it has one (default), or differences. */
  readonly jacobian?: "own" | "differences";
  readonly stepLimit?: number;
  /** Nanoseconds that an evaluation counts as. */
  readonly evaluationCost?: number;
}

const OUTCOMES = ["reached", "interrupted", "diverged", "stalled", "step-limit", "needs-room"] as const;

export class SolverRun {
  readonly block: Block;
  readonly #core: Core;
  readonly #n: number;
  readonly #vectorBytes: number;

  constructor(core: Core, setup: Setup) {
    const { exports } = core;
    const { name, start, rtol, atol = rtol / 1000, solver = "dopri5", times = [], parameter = 0 } = setup;
    const n = start.length;
    const index = problems(core).indexOf(name.replaceAll(" ", "-"));
    const even = n + (n % 2);
    this.#core = core;
    this.#n = n;
    this.#vectorBytes = 8 * even;
    const vector = () => core.f64(even);
    this.block = new Block(core, exports.solverFields());
    this.block.set({
      rightHandSide: exports.problemFunction(index),
      jacobian: setup.jacobian === "differences" ? 0 : exports.problemJacobian(index),
      problem: core.f64([parameter]),
      ...{ n, active: n, vectorBytes: 8 * even, rtol, atol, stepLimit: setup.stepLimit ?? 1e6 },
      y: core.f64(start.length % 2 ? [...start, 0] : start),
      ...{ trial: vector(), stage: vector(), k1: core.f64(8 * even) },
      ...{ method: solver === "rodas5p" ? 1 : 0, switching: solver === "auto" ? 1 : 0 },
      ...{ evaluationCost: setup.evaluationCost ?? 100, jacobianCost: 100 },
      ...{ matrix: core.f64(n * even), rowBytes: 8 * even, pivots: core.f64(n), panel: core.f64(48 * (n + 4)) },
      ...{ fresh: vector(), slope: vector(), fast: vector(), slow: vector() },
      ...{ saveTimes: core.f64(times.length > 0 ? times : 1), saveCount: times.length },
      rows: core.f64(Math.max(1, times.length * (even + 2))),
      ...{ dense: core.f64(RECORDS * (2 + 5 * even)), denseRoom: RECORDS },
    });
    exports.solverStart(this.block.address, 0);
  }

  /** Goes to `tEnd`, or works for some `budget` nanoseconds. */
  advance(tEnd: number, budget = Number.POSITIVE_INFINITY): (typeof OUTCOMES)[number] {
    const { address } = this.block;
    for (;;) {
      const before = this.block.get("work");
      const outcome = OUTCOMES[this.#core.exports.solverAdvance(address, tEnd, budget)];
      const isFull = this.block.get("denseUsed") === RECORDS;
      this.block.set({ denseUsed: 0 });
      if (outcome !== "interrupted" || !isFull) return outcome;
      budget -= this.block.get("work") - before;
    }
  }

  /** One step of a given length, accepted whatever its error. */
  step(h: number): void {
    this.block.set({ step: h, lastError: 1, wasRejected: 0 });
    this.advance(this.block.get("t") + h);
  }

  get state(): Float64Array {
    return this.#core.read(this.block.get("y"), this.#n);
  }

  /** [t, y] of saved time i. */
  row(i: number): Float64Array {
    return this.#core.read(this.block.get("rows") + i * (this.#vectorBytes + 16), 1 + this.#n);
  }

  get steps(): number {
    return ["dopri5Accepted", "dopri5Rejected", "rodas5pAccepted", "rodas5pRejected"].reduce(
      (sum, name) => sum + this.block.get(name),
      0,
    );
  }
}

const RECORDS = 64;

function problems(core: Core): string[] {
  const address = core.exports.problemNames();
  const bytes = new Uint32Array(core.memory.buffer, address - 4, 1)[0];
  return new TextDecoder("utf-16le").decode(new Uint8Array(core.memory.buffer, address, bytes)).split(" ");
}
