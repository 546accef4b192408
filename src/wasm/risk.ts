/** The excess risk of order parameters, by the core's integrals. */

import { assembleOmega } from "../omega.js";
import type { Parameters } from "../parameters.js";
import { Arena, roomFor } from "./arena.js";
import type { SimulationCore } from "./core.js";

export type RiskOf = (state: {
  P: ArrayLike<number>;
  M: ArrayLike<number>;
  Q: ArrayLike<number>;
  a: ArrayLike<number>;
  aStar: ArrayLike<number>;
}) => number;

/** A function that gives eps of a state, for one problem's activations and scales. */
export function riskFunction(core: SimulationCore, parameters: Parameters): RiskOf {
  const { p, k, studentScale, teacherScale } = parameters;
  const teacher = core.activations.indexOf(parameters.teacherActivation);
  const student = core.activations.indexOf(parameters.studentActivation);
  return (state) => {
    const omega = assembleOmega(state, p, k);
    const c = [...Array.from(state.aStar, (v) => teacherScale * v), ...Array.from(state.a, (v) => -studentScale * v)];
    const arena = new Arena(core.kernels, roomFor(omega.byteLength, 8 * c.length));
    try {
      return core.kernels.excessRisk(arena.put(omega), arena.put(c), k, p, teacher, student);
    } finally {
      arena.free();
    }
  };
}
