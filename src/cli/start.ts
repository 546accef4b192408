/** Where runs start, and one start for many. */
import { problem as checkedProblem, type Problem, SgdDynamicsError, simulate } from "../index.js";

/** Whether seeds differ in where they start: given and unperturbed starts are the same for all. */
export function startDependsOnSeed({ start }: Problem): boolean {
  if (start.kind === "state" || start.kind === "weights") return false;
  return start.kind === "random" || start.perturbation > 0 || start.teacher === "gaussian";
}

/**
 * The problem with the start of a seed for its only one, so that replicas differ in samples and noise alone.
 * @throws SgdDynamicsError `invalid-argument` for inputs with a spectrum
 */
export async function startedAlike(problem: Problem, seed: number): Promise<Problem> {
  if (!startDependsOnSeed(problem)) return problem;
  if (typeof problem.inputs === "object")
    throw new SgdDynamicsError(
      "invalid-argument",
      'Replicas cannot start alike where inputs have a spectrum: order parameters do not say how weights lie in its eigenspaces. Let each start on its own: "start": "own" in an experiment\'s ensemble, no --same-start.',
    );
  // the chain's first row: there for every activation, and it holds no weights
  const first = await simulate(problem, { until: 0, save: { times: [0] }, seed, method: "chain" });
  const { P, M, Q, a, aStar } = first.state(0);
  return checkedProblem({ ...problem, start: { kind: "state", state: { P, M, Q, a, aStar } } });
}
