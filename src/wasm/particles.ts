/** The flow of particles in WebAssembly memory: `assembly/mean-field/particles.ts`. */
import { flowNanoseconds } from "../ode/integrals-cost.js";
import type { Parameters } from "../parameters.js";
import { Arena, roomFor } from "./arena.js";
import { ParameterBlock } from "./block.js";
import type { Theory } from "./core.js";
import { Integrals } from "./integrals.js";
import { SolvedSystem } from "./solved-system.js";
import { type Advance, placed, SolverRun, type SolverSetup } from "./solver.js";

/** Coefficients of the flow on its own clock. */
export interface Flow {
  /** Coordinates of a particle and of a teacher row. */
  readonly dimensions: number;
  /** k rows. */
  readonly teacher: Float64Array;
  readonly aStar: Float64Array;
  /** Whether each particle has a coordinate of its own besides. */
  readonly isReduced: boolean;
  readonly decay: number;
  /** Of the second layer; 0 and 0 where it is fixed. */
  readonly secondRate: number;
  readonly secondDecay: number;
}

export class ParticleRun extends SolvedSystem {
  constructor(
    core: Theory,
    parameters: Parameters,
    flow: Flow,
    setup: Pick<SolverSetup, "y" | "times" | "rtol" | "atol" | "solver" | "maxSteps">,
  ) {
    const { p, k, studentScale, teacherScale, trainsSecond } = parameters;
    const { dimensions, teacher, aStar, isReduced, decay, secondRate, secondDecay } = flow;
    const m = p + k;
    const stride = 8 * (m + (m % 2));
    const rowBytes = 8 * (dimensions + (dimensions % 2));
    const sizes = { rows: m * rowBytes, sum: rowBytes, O: m * stride, c: 8 * (m + 1), L: p * stride, sig: 8 * p };
    const arena = new Arena(
      core.kernels,
      roomFor(...Object.values(sizes), aStar.byteLength, 8 * core.fields("particle").size),
    );
    const space = placed(arena, sizes);
    for (let r = 0; r < k; r++)
      arena.f64(space.rows + r * rowBytes, dimensions).set(teacher.subarray(r * dimensions, (r + 1) * dimensions));
    const integrals = new Integrals(core, parameters, 0);
    const block = new ParameterBlock(arena, core.fields("particle"));
    block.set({
      ...space,
      ...{ p, k, dimensions, studentScale, teacherScale, decay, secondRate, secondDecay, rowBytes },
      reduced: isReduced ? 1 : 0,
      trainsSecond: trainsSecond ? 1 : 0,
      aStar: arena.put(aStar),
      integrals: integrals.address,
    });
    const n = setup.y.length;
    const solver = new SolverRun(core, {
      rightHandSide: core.kernels.particleFunction(),
      jacobian: 0,
      problem: block.address,
      active: trainsSecond ? n : n - p,
      evaluationCost: flowNanoseconds(parameters, dimensions),
      jacobianCost: 0,
      records: 1,
      ...setup,
    });
    super(arena, integrals, solver);
    solver.begin(false);
  }

  override advance(tEnd: number, budget: number): Advance {
    const outcome = super.advance(tEnd, budget);
    this.solver.dropDense();
    return outcome;
  }
}
