/** The right-hand side of the ODE at one state, in its two parts: the population gradient and the effective noise of SGD. */
import { SgdDynamicsError } from "../errors.js";
import { checkTime } from "../options.js";
import { parametersOf } from "../parameters.js";
import { problem as checkedProblem, type Problem, type ProblemInput } from "../problem.js";
import { packState, type State, unpackState } from "../row.js";
import type { Core } from "../wasm/core.js";
import { OdeRun, type Terms } from "../wasm/ode.js";

/** The derivative of the order parameters at a state, and its two parts. */
export interface RightHandSide {
  /** p x k, p x p and p: dM/dt, dQ/dt, da/dt on the clock t = nu / d. */
  readonly M: Float64Array;
  readonly Q: Float64Array;
  readonly a: Float64Array;
  /** The population gradient's part, weight decay included. */
  readonly gradient: { readonly M: Float64Array; readonly Q: Float64Array; readonly a: Float64Array };
  /** The effective noise of SGD: gamma^2 / B N. */
  readonly noise: { readonly Q: Float64Array };
}

/** F(t, Omega, a) of (B11) at a state; t matters for schedules only. */
export async function rightHandSide(
  core: Core,
  input: ProblemInput,
  state: Omit<State, "risk">,
  t = 0,
): Promise<RightHandSide> {
  const problem = checkedProblem(input);
  checkTheory(problem);
  checkTime("time", t);
  const parameters = parametersOf(problem);
  const { p, k } = parameters;
  const theory = await core.theory();
  const part = (terms: Terms) => {
    const y = packState(state, p, k);
    const run = new OdeRun(theory, parameters, {
      P: Float64Array.from(state.P),
      aStar: Float64Array.from(state.aStar),
      y,
      terms,
    });
    try {
      return unpackState(run.derivative(t), 0, p, k);
    } finally {
      run.free();
    }
  };
  const gradient = part("gradient-flow");
  const noise = part("noise");
  return { M: gradient.M, Q: gradient.Q.map((q, i) => q + noise.Q[i]), a: gradient.a, gradient, noise: { Q: noise.Q } };
}

/** Theory knows fresh samples only. */
export function checkOnline(problem: Problem): void {
  if (problem.data !== "online") {
    throw new SgdDynamicsError(
      "unsupported",
      'The ODE of (P, M, Q) holds for fresh samples: the weights depend on samples that recur, so the order parameters have no drift of their own. simulate() and ensemble() run a finite set; the theory needs data "online".',
    );
  }
}

/** The ODE knows isotropic inputs and fresh samples only. */
export function checkTheory(problem: Problem): void {
  checkOnline(problem);
  if (typeof problem.inputs !== "string") {
    throw new SgdDynamicsError(
      "unsupported",
      "The ODE of (P, M, Q) is closed for isotropic inputs only: with a spectrum their drift depends on the overlaps in each eigenspace. simulate() and ensemble() run it exactly.",
    );
  }
}
