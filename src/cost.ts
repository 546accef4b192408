/** What a step of SGD costs, roughly, in nanoseconds of one core: enough to choose a method and to tell whether workers pay. */
import type { Parameters } from "./parameters.js";
import type { Method } from "./simulation-run.js";

/** Of one replica; `lanes` when four share a step. */
export function stepNanoseconds(parameters: Parameters, method: Method, lanes = false): number {
  const { d, p, k, batch, isIsotropic, eigenspaces, set } = parameters;
  if (set) {
    const gradient = batch * (60 + 0.25 * p * d);
    // the flow's own steps take some d / 2 of these
    return set.order === "gradient-flow" ? (12 * gradient) / d : gradient;
  }
  if (method === "dense") return batch * (150 + d * (1.2 + 0.12 * (2 * p + k)));
  if (batch > 1 || !isIsotropic)
    return eigenspaces.reduce((sum, { dimension }) => sum + rowsNanoseconds(dimension, parameters), 80);
  const alone = 30 + 14 * (p + k) + 0.5 * p * p;
  return lanes ? 0.65 * alone : alone;
}

/** The empirical risk of a finite set. */
export function measureNanoseconds({ d, p, set }: Parameters): number {
  return set ? set.samples * (60 + 0.12 * p * d) : 0;
}

/** One eigenspace, on explicit coordinates: those of the weights, and those of the samples' other parts in a Bartlett factor. */
function rowsNanoseconds(dimension: number, { p, k, batch, sphere }: Parameters): number {
  const n = Math.min(p + k, dimension);
  const others = Math.min(batch > p && !sphere ? p : batch, dimension - n);
  const perSample = 20 + (n + others) * (6 + 0.35 * (2 * p + k));
  const triangle = dimension < p + k ? 0 : 0.25 * p * p * (p + others);
  return batch * perSample + 0.8 * others * others + triangle;
}
