/** The ODE of the order parameters at d -> infinity (THEORY (B11)), from the start of a seed. */

import { shown } from "./errors.js";
import { isIndefinite, splitOmega } from "./omega.js";
import { checkKeys, checkNumber, checkOneOf, checkSeed, checkTime, invalid, type Save, saveTimes } from "./options.js";
import { checkControl, paced, type RunControl } from "./pace.js";
import { knots, parametersOf } from "./parameters.js";
import { problem as checkedProblem, type ProblemInput } from "./problem.js";
import { checkTheory } from "./right-hand-side.js";
import { packState, unpackState } from "./row.js";
import { RowWriter, type SavedRow } from "./saved-row.js";
import { startOf } from "./start.js";
import { type Status, Trajectory } from "./trajectory.js";
import type { Core } from "./wasm/core.js";
import { startDraws } from "./wasm/draws.js";
import { type Advance, OdeRun, type Terms } from "./wasm/ode.js";
import { riskFunction } from "./wasm/risk.js";

export interface IntegrateOptions extends RunControl {
  /** End time t = nu / d, at least 0. */
  readonly until: number;
  /** Default: 100 log-spaced times and 0. */
  readonly save?: Save;
  /** Seed of the start, a whole number in [0, 2^53); default 0. Only random starts depend on it. */
  readonly seed?: number;
  /** Replica of the seed's start; default 0. */
  readonly stream?: number;
  /** Both parts of the drift (default), the gradient with weight decay alone, or the noise alone (M and a frozen). */
  readonly terms?: Terms;
  /** Tolerances of a step, relative (default 1e-8, from 1e-14) and absolute (default rtol / 1000). Global errors are some ten times larger. */
  readonly rtol?: number;
  readonly atol?: number;
  /** Most steps; default 1e6. */
  readonly maxSteps?: number;
  readonly solver?: "auto" | "dopri5";
  /** Keep dense output, so that `at(t)` works between saved times; default true while it stays below 256 MB. */
  readonly dense?: boolean;
  /** Called with each saved row as it comes. */
  readonly onSave?: (row: SavedRow) => void;
}

const OPTIONS = [
  "until",
  "save",
  "seed",
  "stream",
  "terms",
  "rtol",
  "atol",
  "maxSteps",
  "solver",
  "dense",
  "onSave",
  "signal",
  "onProgress",
] as const;
const DENSE_LIMIT = 2 ** 28;

/**
 * Integrates the exact ODEs of the order parameters; Dormand-Prince 5(4), saved times by dense output, `until` and knots of
 * schedules by a step.
 *
 * @param input a problem with erf activations
 * @returns rows at the saved times; status "completed", "aborted", "diverged", "step-limit" or "indefinite"
 * @throws SgdDynamicsError for bad arguments, `unsupported` for other activations
 * Cost: p^2 m^2 / 4 arc sines a right-hand side: 1 microsecond at (p, k) = (4, 2), 16 ms at (64, 8); 6 a step.
 */
export async function integrate(core: Core, input: ProblemInput, options: IntegrateOptions): Promise<Trajectory> {
  const problem = checkedProblem(input);
  const { until, seed, stream, terms, rtol, atol, maxSteps, keepDense } = settingsOf(options);
  const times = saveTimes(options.save, until, core.kernels);
  checkTheory(problem);

  const parameters = parametersOf(problem);
  const { p, k } = parameters;
  const start = startOf(problem, parameters, startDraws(core, seed, stream));
  const { P, M, Q } = splitOmega(start.omega, p, k);
  const riskOf = riskFunction(core, parameters);
  const y0 = packState({ M, Q, a: start.a }, p, k);
  const atStart = times.findIndex((t) => t > 0);
  const zeros = atStart < 0 ? times.length : atStart;
  const writer = new RowWriter(times.length, parameters, riskOf, options.onSave);
  let ended: Status | undefined;
  /** Saves a row; ends the run where it is no state any more. */
  const take = (t: number, y: Float64Array) => {
    const state = { P, ...unpackState(y, 0, p, k), aStar: start.aStar };
    if (!writer.add(t, state)) ended = "diverged";
    else if (isIndefinite(state, p, k)) ended = "indefinite";
  };

  const run = new OdeRun(await core.theory(), parameters, {
    P,
    aStar: start.aStar,
    y: y0,
    terms,
    times: times.subarray(zeros),
    rtol,
    atol,
  });
  try {
    const records: Float64Array[] = [];
    let recordBytes = keepDense ? 0 : DENSE_LIMIT;
    const stops = [...new Set([...knots(parameters.rate), ...knots(parameters.secondRate), until])]
      .filter((t) => t > 0 && t <= until)
      .sort((x, y) => x - y);
    let stop = 0;
    let outcome = "reached" as Advance;
    if (stops.length > 0) run.beginPiece();
    const rowIsDue = () => writer.count < zeros + run.saved;
    const isUnfinished = () => rowIsDue() || (outcome !== "diverged" && stop < stops.length);
    const takeRow = () => {
      const row = writer.count < zeros ? undefined : run.row(writer.count - zeros);
      take(row ? row[0] : 0, row ? row.subarray(1) : y0);
    };
    const { aborted } = await paced(
      (attempts) => {
        if (rowIsDue()) {
          takeRow();
          return { done: 0, more: !ended && isUnfinished() };
        }
        if (stop === stops.length || outcome === "diverged") return { done: 0, more: false };
        const before = run.steps;
        if (before === maxSteps) {
          ended = "step-limit";
          return { done: 0, more: false };
        }
        outcome = run.advance(stops[stop], Math.min(attempts, maxSteps - before));
        const record = run.drainDense();
        recordBytes += record.byteLength;
        if (recordBytes < DENSE_LIMIT) records.push(record);
        if (outcome === "reached" && ++stop < stops.length) run.beginPiece();
        return { done: run.steps - before, more: isUnfinished() };
      },
      options,
      () => ({ fraction: until > 0 ? run.time / until : 1, time: run.time }),
      Math.max(1, Math.min(64, Math.floor(1e6 / (p * p * (p + k) ** 2)))),
    );
    const status = aborted ? "aborted" : (ended ?? (outcome === "diverged" ? "diverged" : "completed"));
    const keepsDense = recordBytes < DENSE_LIMIT;
    if (status === "completed") options.onProgress?.({ fraction: 1, time: until });
    return new Trajectory({
      problem,
      P,
      aStar: start.aStar,
      status,
      message: messageOf(status, run.time, until),
      rows: writer.rows,
      statistics: { solver: "dopri5", ...run.counts, rtol, atol, terms, seed, stream, dense: keepsDense },
      events: [],
      dense: keepsDense ? { records: concatenated(records), size: y0.length } : undefined,
      riskOf,
    });
  } finally {
    run.free();
  }
}

/** The options, checked, with their defaults. */
function settingsOf(options: IntegrateOptions) {
  checkKeys("integrate", options, OPTIONS);
  checkControl(options);
  const until = checkTime("until", options.until);
  const seed = checkSeed("seed", options.seed ?? 0);
  const stream = checkSeed("stream", options.stream ?? 0);
  const terms = checkOneOf("terms", options.terms ?? "full", ["full", "gradient-flow", "noise"]);
  checkOneOf("solver", options.solver ?? "auto", ["auto", "dopri5"]);
  const rtol = checkNumber("rtol", options.rtol ?? 1e-8, "from 1e-14 to 0.1", (x) => x >= 1e-14 && x <= 0.1);
  const atol = checkNumber("atol", options.atol ?? rtol / 1000, "a number above 0", (x) => x > 0 && x < 1);
  const maxSteps = checkNumber(
    "maxSteps",
    options.maxSteps ?? 1e6,
    "a whole number above 0",
    (n) => Number.isInteger(n) && n > 0,
  );
  const keepDense = options.dense ?? true;
  if (typeof keepDense !== "boolean") invalid(`dense is ${shown(keepDense)}; allowed: true or false.`);
  return { until, seed, stream, terms, rtol, atol, maxSteps, keepDense };
}

function messageOf(status: Status, reached: number, until: number): string {
  const where = `at t = ${reached}`;
  if (status === "aborted") return `Aborted ${where} of ${until}.`;
  if (status === "diverged")
    return `Diverged ${where}: the order parameters left all bounds or no step was small enough; try a smaller learning rate.`;
  if (status === "step-limit") return `Stopped ${where} of ${until}: maxSteps is used up; raise it or loosen rtol.`;
  if (status === "indefinite")
    return `Stopped ${where}: Omega stopped being positive semi-definite; try a smaller rtol.`;
  return `Completed at t = ${until}.`;
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
