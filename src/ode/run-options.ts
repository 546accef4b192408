/** Options that the calls of the theory share, `integrate` and `meanField`: seeds, saved times, tolerances. */
import { checkNumber, checkOneOf, checkSeed, checkTime, type Save, saveTimes } from "../options.js";
import { checkControl, type RunControl } from "../pace.js";
import type { SavedRow } from "../saved-row.js";
import type { Core } from "../wasm/core.js";
import { SOLVERS, type Solver } from "../wasm/solver.js";

export interface TheoryOptions extends RunControl {
  /** End time, at least 0. */
  readonly until: number;
  /** Default: 100 log-spaced times and 0. */
  readonly save?: Save;
  /** Seed of the start, a whole number in [0, 2^53); default 0. Only random starts depend on it. */
  readonly seed?: number;
  /** Replica of the seed's start; default 0. */
  readonly stream?: number;
  /** Tolerances of a step, relative (default 1e-8, from 1e-14) and absolute (default rtol / 1000). Global errors are some ten times larger. */
  readonly rtol?: number;
  readonly atol?: number;
  /** Most steps; default 1e6. */
  readonly maxSteps?: number;
  /**
   * "dopri5" (explicit, order 5), "rodas5p" (implicit, order 5: for slow convergence to late times) or "auto" (default): explicit steps
   * until stability holds them back for long, then implicit ones while they pay.
   */
  readonly solver?: Solver;
  /** Called with each saved row of order parameters as it comes. */
  readonly onSave?: (row: SavedRow) => void;
}

/** Their names. */
export const THEORY_OPTIONS = [
  "until",
  "save",
  "seed",
  "stream",
  "rtol",
  "atol",
  "maxSteps",
  "solver",
  "onSave",
  "signal",
  "onProgress",
] as const;

/** Checked, with their defaults. */
export function checkTheoryOptions(options: TheoryOptions, { kernels }: Core) {
  checkControl(options);
  const until = checkTime("until", options.until);
  const times = saveTimes(options.save, until, kernels);
  const seed = checkSeed("seed", options.seed ?? 0);
  const stream = checkSeed("stream", options.stream ?? 0);
  const solver = checkOneOf("solver", options.solver ?? "auto", SOLVERS);
  const rtol = checkNumber("rtol", options.rtol ?? 1e-8, "from 1e-14 to 0.1", (x) => x >= 1e-14 && x <= 0.1);
  const atol = checkNumber("atol", options.atol ?? rtol / 1000, "a number above 0", (x) => x > 0 && x < 1);
  const maxSteps = checkNumber(
    "maxSteps",
    options.maxSteps ?? 1e6,
    "a whole number above 0",
    (n) => Number.isInteger(n) && n > 0,
  );
  return { until, times, seed, stream, solver, rtol, atol, maxSteps, onSave: options.onSave };
}
