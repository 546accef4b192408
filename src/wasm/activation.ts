/** Activations in WebAssembly memory: `assembly/activations.ts`. */
import type { Parameters } from "../parameters.js";
import type { Activation } from "../problem-types.js";
import { type Arena, roomFor } from "./arena.js";
import type { Instance, Kernels } from "./instance.js";

/** Room that `putActivations` takes of an arena, polynomials of degree 10 included. */
export const ACTIVATION_ROOM = roomFor(8 * 13, 8 * 13);

/** Codes of both activations; those with parameters lie in the arena and end with it. */
export function putActivations(
  { activations }: Pick<Instance<Kernels>, "activations">,
  arena: Arena,
  { studentActivation, teacherActivation }: Parameters,
): Record<"studentActivation" | "teacherActivation", number> {
  const code = (activation: Activation): number => {
    if (typeof activation === "string") return activations.indexOf(activation);
    if ("kind" in activation) return arena.put([activations.indexOf(activation.kind), activation.slope]);
    // coefficients of monic polynomials; n! is exact
    let factorial = 1;
    const monic = activation.hermite.map((c, n) => {
      factorial *= n || 1;
      return c / Math.sqrt(factorial);
    });
    return arena.put([activations.indexOf("hermite"), monic.length, ...monic]);
  };
  return { studentActivation: code(studentActivation), teacherActivation: code(teacherActivation) };
}
