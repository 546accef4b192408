/** What a step of SGD costs, roughly, in nanoseconds of one core: enough to choose a method and to tell whether workers pay. */
import type { Parameters } from "./parameters.js";
import type { Method } from "./simulation-run.js";

/** Of one replica; `lanes` when four share a step. */
export function stepNanoseconds({ d, p, k, batch }: Parameters, method: Method, lanes = false): number {
  if (method === "dense") return batch * (150 + d * (1.2 + 0.12 * (2 * p + k)));
  if (batch > 1) return 300 + batch * (60 + 12 * (p + k) + 1.5 * p * p) + 0.8 * p * p * p;
  const alone = 30 + 14 * (p + k) + 0.5 * p * p;
  return lanes ? 0.65 * alone : alone;
}
