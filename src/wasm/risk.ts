/** The excess risk of order parameters, by the core's integrals. */

import { assembleOmega } from "../omega.js";
import type { Parameters } from "../parameters.js";
import type { Activation } from "../problem-types.js";
import { ACTIVATION_ROOM, putActivations } from "./activation.js";
import { Arena, roomFor } from "./arena.js";
import type { Core } from "./core.js";

export type RiskOf = (state: {
  P: ArrayLike<number>;
  M: ArrayLike<number>;
  Q: ArrayLike<number>;
  a: ArrayLike<number>;
  aStar: ArrayLike<number>;
}) => number;

const elementary: readonly Activation[] = ["erf", "relu", "linear", "quadratic"];
const isElementary = (activation: Activation) =>
  typeof activation === "object" ? "kind" in activation : elementary.includes(activation);

/** Whether the risk is elementary, so that simulations need no theory. */
export function hasElementaryRisk({ studentActivation, teacherActivation }: Parameters): boolean {
  return isElementary(studentActivation) && isElementary(teacherActivation);
}

/** A function that gives eps of a state, for one problem's activations and scales. */
export async function riskFunction(core: Core, parameters: Parameters): Promise<RiskOf> {
  const { p, k, studentScale, teacherScale } = parameters;
  const theory = hasElementaryRisk(parameters) ? undefined : await core.theory();
  const part = theory ?? core;
  const risk = theory ? theory.kernels.expandedRisk : core.kernels.excessRisk;
  return (state) => {
    const omega = assembleOmega(state, p, k);
    const c = [...Array.from(state.aStar, (v) => teacherScale * v), ...Array.from(state.a, (v) => -studentScale * v)];
    const arena = new Arena(part.kernels, roomFor(omega.byteLength, 8 * c.length) + ACTIVATION_ROOM);
    try {
      const { teacherActivation, studentActivation } = putActivations(part, arena, parameters);
      return risk(arena.put(omega), arena.put(c), k, p, teacherActivation, studentActivation);
    } finally {
      arena.free();
    }
  };
}
