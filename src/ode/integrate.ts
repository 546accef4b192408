/** The ODE of the order parameters at d -> infinity (THEORY (B11)), from the start of a seed. */

import { shown } from "../errors.js";
import { splitOmega } from "../omega.js";
import { checkKeys, checkOneOf, invalid } from "../options.js";
import { paced } from "../pace.js";
import { parametersOf } from "../parameters.js";
import type { Exponents } from "../phase-diagram/region.js";
import { problem as checkedProblem, type ProblemInput } from "../problem.js";
import { unpackState } from "../row.js";
import { startOf } from "../start.js";
import { type Status, Trajectory } from "../trajectory.js";
import type { Core } from "../wasm/core.js";
import { startDraws } from "../wasm/draws.js";
import type { Terms } from "../wasm/ode.js";
import { riskFunction } from "../wasm/risk.js";
import { stateAt } from "./dense-output.js";
import { type EventInput, eventsOf } from "./events.js";
import { iterateMean } from "./finite-d.js";
import { IntegrationRun } from "./integration-run.js";
import { checkCost, type NoiseInput, pointsOf } from "./noise.js";
import { regionLimit } from "./region-limit.js";
import { checkTheory } from "./right-hand-side.js";
import { checkTheoryOptions, THEORY_OPTIONS, type TheoryOptions } from "./run-options.js";

export interface IntegrateOptions extends TheoryOptions {
  /** End time t = nu / d, at least 0. */
  readonly until: number;
  /** Both parts of the drift (default), the gradient with weight decay alone, or the noise alone (M and a frozen). */
  readonly terms?: Terms;
  /**
   * "ode" (default): d -> infinity. "finite-d": the exact mean of each step at the problem's d, iterated round(until d) times; Gaussian inputs only. It
   * takes `until`, `save`, `seed`, `stream`, `onSave`, `signal` and `onProgress`. A region: the limit where p ~ d^kappa and gamma = learningRate d^-delta, on
   * the region's clock of d^samplesExponent steps (see `region`); schedules are read on that clock, and the problem's d counts where kappa is not 0, for c =
   * p / d^kappa.
   */
  readonly limit?: "ode" | "finite-d" | { readonly region: Exponents };
  /** How the noise matrix is found; default: "exact", refused where that would take hours. */
  readonly noise?: NoiseInput;
  /** Keep dense output, so that `at(t)` works between saved times; default true while it stays below 256 MB. */
  readonly dense?: boolean;
  /** What to find on the way; see `EventInput`. A terminal one ends the run, with a row of its time, and later saved times are dropped. */
  readonly events?: readonly EventInput[];
}

const OPTIONS = [...THEORY_OPTIONS, "terms", "limit", "noise", "dense", "events"] as const;

/** Nanoseconds. */
const FIRST_CHUNK = 2e5;

/**
 * Integrates the exact ODEs of the order parameters by Dormand-Prince 5(4) and Rodas5P; saved times by dense output of order 4, `until` and
 * knots of schedules by a step.
 *
 * @param input a problem with isotropic inputs
 * @returns rows at the saved times; status "completed", "event", "aborted", "diverged", "step-limit" or "indefinite"
 * @throws SgdDynamicsError for bad arguments, `unsupported` for inputs with a spectrum, for red regions and for widths whose exact noise would take hours
 * Cost: p^2 m^2 / 4 arc sines a right-hand side: 1 microsecond at (p, k) = (4, 2), 10 ms at (64, 8); 6 an explicit step, some 8 and a Jacobian
 * (2 more) and n^3 an implicit one: 18 microseconds, 1 s.
 */
export async function integrate(core: Core, input: ProblemInput, options: IntegrateOptions): Promise<Trajectory> {
  if (options?.limit === "finite-d") return iterateMean(core, input, options);
  const problem = checkedProblem(input);
  const { seed, stream, ...asked } = settingsOf(options, core);
  checkTheory(problem);
  const plain = { parameters: parametersOf(problem), terms: asked.terms, statistics: {} };
  const { parameters, terms, statistics } =
    typeof options.limit === "object"
      ? regionLimit(options.limit.region, options.terms, problem, plain.parameters, core.kernels)
      : plain;
  const settings = { ...asked, terms };
  const { until, rtol, atol, solver } = settings;
  const { p, k } = parameters;
  checkCost(parameters, terms, options.noise);
  const { omega, a, aStar } = startOf(problem, parameters, startDraws(core, seed, stream));
  const { P, M, Q } = splitOmega(omega, p, k);
  const riskOf = await riskFunction(core, parameters);
  const run = new IntegrationRun(await core.theory(), problem, parameters, { P, M, Q, a, aStar }, riskOf, settings);
  try {
    const { aborted } = await paced(
      (budget) => run.chunk(budget),
      options,
      () => ({ fraction: until > 0 ? run.time / until : 1, time: run.time }),
      FIRST_CHUNK,
    );
    if (!aborted) run.finish();
    const status = aborted ? "aborted" : run.status;
    const { dense, rows, events, counts } = run;
    const stateOf = (y: Float64Array | undefined) => {
      if (!y) return undefined;
      const state = { P: P.slice(), ...unpackState(y, 0, p, k), aStar: aStar.slice() };
      return { ...state, risk: riskOf(state) };
    };
    if (status === "completed") options.onProgress?.({ fraction: 1, time: until });
    return new Trajectory({
      problem,
      P,
      aStar,
      status,
      message: messageOf(status, until, run),
      rows,
      statistics: { solver, ...counts, ...statistics, rtol, atol, terms, seed, stream, dense: dense !== undefined },
      events,
      between: dense && ((t) => stateOf(stateAt(dense, t))),
    });
  } finally {
    run.free();
  }
}

/** The options, checked, with their defaults. */
function settingsOf(options: IntegrateOptions, core: Core) {
  checkKeys("integrate", options, OPTIONS);
  const shared = checkTheoryOptions(options, core);
  checkLimit(options.limit ?? "ode");
  const terms = checkOneOf("terms", options.terms ?? "full", ["full", "gradient-flow", "noise"]);
  const keepDense = options.dense ?? true;
  if (typeof keepDense !== "boolean") invalid(`dense is ${shown(keepDense)}; allowed: true or false.`);
  const points = pointsOf(options.noise);
  const events = eventsOf(options.events, shared.rtol);
  return { ...shared, terms, points, keepDense, events };
}

function checkLimit(limit: unknown): void {
  if (typeof limit !== "object" || limit === null) {
    if (limit !== "ode" && limit !== "finite-d")
      invalid(`limit is ${shown(limit)}; allowed: "ode", "finite-d" or { region: { kappa, delta } }.`);
    return;
  }
  checkKeys("limit", limit, ["region"]);
}

function messageOf(status: Status, until: number, { time, lastEvent, hasStalled }: IntegrationRun): string {
  const where = `at t = ${time}`;
  if (status === "event") return `Ended ${where} of ${until}: event ${shown(lastEvent)}.`;
  if (status === "aborted") return `Aborted ${where} of ${until}.`;
  if (status === "diverged" && hasStalled)
    return `Diverged ${where}: no step was small enough; try a smaller learning rate, or a larger rtol where it is near 1e-14.`;
  if (status === "diverged")
    return `Diverged ${where}: the order parameters left all bounds; try a smaller learning rate.`;
  if (status === "step-limit") return `Stopped ${where} of ${until}: maxSteps is used up; raise it or loosen rtol.`;
  if (status === "indefinite")
    return `Stopped ${where}: Omega stopped being positive semi-definite; try a smaller rtol.`;
  return `Completed at t = ${until}.`;
}
