/** What a step of SGD costs, roughly, in nanoseconds of one core: enough to choose a method and to tell whether workers pay. */
import type { Parameters } from "./parameters.js";
import type { Method } from "./simulation-run.js";

/** Of one replica; `lanes` when four share a step. */
export function stepNanoseconds(parameters: Parameters, method: Method, lanes = false): number {
  const { d, p, k, batch, isIsotropic, eigenspaces } = parameters;
  if (method === "dense") return batch * (150 + d * (1.2 + 0.12 * (2 * p + k)));
  if (batch > 1 || !isIsotropic)
    return eigenspaces.reduce((sum, space) => sum + rowsNanoseconds(Math.min(p + k, space.dimension), p, k, batch), 80);
  const alone = 30 + 14 * (p + k) + 0.5 * p * p;
  return lanes ? 0.65 * alone : alone;
}

/** One eigenspace, on explicit coordinates: n of them and those of a batch. */
function rowsNanoseconds(n: number, p: number, k: number, batch: number): number {
  const q = n < p + k ? 0 : p;
  return 20 * batch + batch * n * (6 + 0.35 * (2 * p + k)) + 0.25 * q * q * (q + Math.min(batch, q));
}
