/** The exact mean of one step of SGD at finite d (THEORY (B9)-(B10)). */
import { SgdDynamicsError } from "../errors.js";
import { checkTime } from "../options.js";
import { parametersOf } from "../parameters.js";
import { problem as checkedProblem, type Problem, type ProblemInput } from "../problem.js";
import { packState, type State, unpackState } from "../row.js";
import type { Core } from "../wasm/core.js";
import { MeanMap } from "../wasm/mean-map.js";
import { riskFunction } from "../wasm/risk.js";
import { checkTheory } from "./right-hand-side.js";

/**
 * The mean of the order parameters after one step from a state: no approximation, at any d, batch size and weight decay.
 *
 * @param input a problem with inputs "gaussian"
 * @param t where a schedule of learning rates stands: the rates are those of step round(t d)
 * @returns the state whose M, Q and a are the means; P and aStar stand still
 * @throws SgdDynamicsError `unsupported` for other inputs
 * Cost: a right-hand side and half as much again; 2 microseconds at (p, k) = (4, 2), and some 30 for the call.
 * Source: THEORY (B9)-(B10): E[rho F] = E[F] + E[lam . grad F] / d for functions F of the fields.
 */
export async function meanStep(core: Core, input: ProblemInput, state: Omit<State, "risk">, t = 0): Promise<State> {
  const problem = checkedProblem(input);
  checkMeanMap(problem);
  checkTime("time", t);
  const parameters = parametersOf(problem);
  const { d, p, k } = parameters;
  const [P, aStar] = [Float64Array.from(state.P), Float64Array.from(state.aStar)];
  const map = new MeanMap(await core.theory(), parameters, { P, aStar, y: packState(state, p, k) });
  try {
    map.steps(Math.round(t * d), 1);
    const after = { P, ...unpackState(map.state, 0, p, k), aStar };
    return { ...after, risk: (await riskFunction(core, parameters))(after) };
  } finally {
    map.free();
  }
}

/** (B10) is the Gaussian law's; elsewhere |x|^2 and the fields go together in another way. */
export function checkMeanMap(problem: Problem): void {
  checkTheory(problem);
  if (problem.inputs !== "gaussian") {
    throw new SgdDynamicsError(
      "unsupported",
      `The mean step is exact for inputs "gaussian", by the law that joins their norm and the fields; given: "${problem.inputs}". ensemble() averages steps of every kind.`,
    );
  }
}
