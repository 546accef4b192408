/** The integrals of a problem's activations in WebAssembly memory: `assembly/integrals/families.ts`. */
import type { Parameters } from "../parameters.js";
import { ACTIVATION_ROOM, putActivations } from "./activation.js";
import { Arena, roomFor } from "./arena.js";
import type { Theory } from "./core.js";

export class Integrals {
  readonly address: number;
  readonly #arenas: readonly Arena[];
  readonly #kernels: Theory["kernels"];
  readonly #points: number;

  /** @param points of a quasi-random estimate of the noise matrix, 0 for itself */
  constructor(core: Theory, parameters: Parameters, points: number) {
    const { kernels } = core;
    const { p, k } = parameters;
    // how much work space there is to be depends on the activations
    const activations = new Arena(kernels, ACTIVATION_ROOM);
    const { studentActivation, teacherActivation } = putActivations(core, activations, parameters);
    const bytes = kernels.integralsBytes(p, k, studentActivation, teacherActivation, points);
    const space = new Arena(kernels, roomFor(bytes));
    this.#arenas = [activations, space];
    this.address = space.bytes(bytes);
    kernels.integralsPrepare(this.address, p, k, studentActivation, teacherActivation, points);
    this.#kernels = kernels;
    this.#points = points;
  }

  /** How the noise matrix is found, and its largest relative error so far: 0 of closed forms, estimated of quadrature, a standard error of points. */
  get noise(): { readonly noise: string; readonly noiseError: number } {
    const isClosed = this.#kernels.integralsAreClosed(this.address) === 1;
    return {
      noise: this.#points > 0 ? `${this.#points} quasi-random points` : isClosed ? "closed form" : "quadrature",
      noiseError: this.#kernels.integralsError(this.address),
    };
  }

  free(): void {
    for (const arena of this.#arenas) arena.free();
  }
}

/** J2_ii = E[s'(lam)^2] of a student's field at each variance, relative error 1e-14. */
export function slopeSquares(core: Theory, parameters: Parameters, variances: readonly number[]): number[] {
  const arena = new Arena(core.kernels, ACTIVATION_ROOM);
  try {
    const { studentActivation } = putActivations(core, arena, parameters);
    return variances.map((variance) => core.kernels.slopeSquare(studentActivation, variance));
  } finally {
    arena.free();
  }
}
