/** The ODE of the order parameters in WebAssembly memory: `assembly/ode/`. */
import { jacobianNanoseconds, rightHandSideNanoseconds } from "../ode/integrals-cost.js";
import { isErf, type Parameters } from "../parameters.js";
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { Theory } from "./core.js";
import { Integrals } from "./integrals.js";
import { SolvedSystem } from "./solved-system.js";
import { placed, SolverRun, type SolverSetup } from "./solver.js";

/** Which parts of the drift are kept; weight decay belongs to the gradient. */
export type Terms = "full" | "gradient-flow" | "noise";

export class OdeRun extends SolvedSystem {
  readonly #core: Theory;
  readonly #block: ParameterBlock;
  readonly #jumps: boolean;
  readonly #rate: number;
  readonly #secondRate: number;
  /** Whether `jacobian` is known. */
  readonly knowsJacobian: boolean;

  constructor(
    core: Theory,
    parameters: Parameters,
    setup: Pick<SolverSetup, "y" | "times" | "rtol" | "atol" | "solver" | "maxSteps" | "records"> & {
      P: Float64Array;
      aStar: Float64Array;
      terms: Terms;
      /** Of a quasi-random estimate of the noise matrix; 0, the default, for itself. */
      points?: number;
    },
  ) {
    const { p, k, batch, studentScale, teacherScale, Delta, decay, secondDecay, trainsSecond, rate, secondRate } =
      parameters;
    const { P, aStar, y, terms, points = 0, times, rtol, atol, solver, maxSteps, records } = setup;
    const m = p + k;
    const n = y.length;
    const rowBytes = 8 * (m + (m % 2));
    const pairs = (p * (p + 1)) / 2 + 3;
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
    const arena = new Arena(
      core.kernels,
      roomFor(
        ...Object.values(sizes),
        P.byteLength,
        aStar.byteLength,
        rate.byteLength,
        secondRate.byteLength,
        8 * core.fields("ode").size,
      ),
    );
    const integrals = new Integrals(core, parameters, points);
    const space = placed(arena, sizes);
    const schedules = { rate: arena.put(rate), secondRate: arena.put(secondRate) };
    const block = new ParameterBlock(arena, core.fields("ode"));
    block.set({
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
      ...schedules,
      P: arena.put(P),
      aStar: arena.put(aStar),
      integrals: integrals.address,
    });
    const knowsJacobian = isErf(parameters);
    const run = new SolverRun(core, {
      rightHandSide: core.kernels.odeFunction(0),
      jacobian: knowsJacobian ? core.kernels.odeFunction(1) : 0,
      problem: block.address,
      active: trainsSecond && terms !== "noise" ? n : n - p,
      evaluationCost: rightHandSideNanoseconds(parameters, terms, points),
      jacobianCost: jacobianNanoseconds(parameters, terms),
      ...{ y, times, rtol, atol, solver, maxSteps, records },
    });
    super(arena, integrals, run);
    this.#core = core;
    this.#block = block;
    this.#rate = schedules.rate;
    this.#secondRate = schedules.secondRate;
    this.knowsJacobian = knowsJacobian;
    // piecewise constant
    this.#jumps = [rate, secondRate].some((schedule) => schedule[0] > 1 && schedule[1] === 0);
    core.kernels.odePrepare(block.address);
    this.#enterPiece(0);
  }

  /** Starts a smooth piece of the run: the schedules' formulas are those that hold just after t. */
  beginPiece(): void {
    this.#enterPiece(this.time);
    this.solver.begin(this.#jumps);
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
    return this.#evaluate(t, this.solver.y);
  }

  /** F(t, y) in the present piece, for another state; between steps only. */
  derivativeAt(t: number, y: Float64Array): Float64Array {
    this.solver.write(this.solver.scratch, y);
    return this.#evaluate(t, this.solver.scratch);
  }

  #evaluate(t: number, y: number): Float64Array {
    const { derivative } = this.solver;
    this.#core.kernels.rightHandSide(this.#block.address, t, y, derivative);
    return this.solver.vector(derivative);
  }

  /** How many numbers of the state move: rows of `jacobian`. */
  get moving(): number {
    return this.solver.moving;
  }

  /** dF_i / dy_j at (t, y) over the numbers of the state that move, as many rows as columns; `t` sets the piece. */
  jacobian(t: number, y: Float64Array): Float64Array {
    this.#enterPiece(t);
    const { matrix, rowBytes, slope } = this.solver.matrix();
    const { scratch, derivative } = this.solver;
    this.solver.write(scratch, y);
    this.#core.kernels.rightHandSideJacobian(this.#block.address, t, scratch, derivative, matrix, rowBytes, slope);
    return this.solver.square(this.moving);
  }

  /** Takes out the records [t, h, r1..r5] of the steps since the last call, without the padding. */
  drainDense(): Float64Array {
    return this.solver.drainDense();
  }

  /** Makes room for records. */
  dropDense(): void {
    this.solver.dropDense();
  }

  /** Goes to a state, without a step. */
  moveTo(y: Float64Array): void {
    this.solver.write(this.solver.y, y);
  }

  /** The problem's parameter block and the state, for kernels that work on them. */
  get addresses(): { readonly block: number; readonly y: number } {
    return { block: this.#block.address, y: this.solver.y };
  }

  get state(): Float64Array {
    return this.solver.vector(this.solver.y);
  }
}
