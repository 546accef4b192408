/** The mean map of SGD at finite d, iterated from the start of a seed: each step is the exact mean of a step from the state before it. */

import { splitOmega } from "../omega.js";
import { checkKeys, checkSeed, checkTime, invalid, saveTimes } from "../options.js";
import { checkControl, paced } from "../pace.js";
import { parametersOf } from "../parameters.js";
import { isIndefinite } from "../positivity.js";
import { problem as checkedProblem, type ProblemInput } from "../problem.js";
import { packState, unpackState } from "../row.js";
import { RowWriter } from "../saved-row.js";
import { startOf } from "../start.js";
import { type Status, Trajectory } from "../trajectory.js";
import type { Core } from "../wasm/core.js";
import { startDraws } from "../wasm/draws.js";
import { MeanMap } from "../wasm/mean-map.js";
import { riskFunction } from "../wasm/risk.js";
import { MOST_STEPS } from "../wasm/simulation.js";
import type { IntegrateOptions } from "./integrate.js";
import { checkMeanMap } from "./mean-step.js";

const OPTIONS = ["limit", "until", "save", "seed", "stream", "terms", "onSave", "signal", "onProgress"] as const;

/**
 * `integrate` with `limit: "finite-d"`: round(until d) steps of (B9), rows after steps round(t d) as `simulate` has them. It differs from the ODE by
 * O(1 / d), and from the mean of simulations by what their fluctuations, O(1 / d) too, change in a drift that is not linear.
 */
export async function iterateMean(core: Core, input: ProblemInput, options: IntegrateOptions): Promise<Trajectory> {
  const problem = checkedProblem(input);
  const { until, seed, stream } = settingsOf(options);
  checkMeanMap(problem);
  const parameters = parametersOf(problem);
  const { d, p, k } = parameters;
  const total = Math.round(until * d);
  if (total > Number.MAX_SAFE_INTEGER)
    invalid(`until = ${until} at inputDimension ${d} is ${total} steps; allowed: up to 2^53.`);
  const stops = saveTimes(options.save, until, core.kernels).map((t) => Math.round(t * d));
  const start = startOf(problem, parameters, startDraws(core, seed, stream));
  const { P, M, Q } = splitOmega(start.omega, p, k);
  const { a, aStar } = start;
  const riskOf = await riskFunction(core, parameters);
  const writer = new RowWriter(stops.length, problem, riskOf, options.onSave);
  const map = new MeanMap(await core.theory(), parameters, { P, aStar, y: packState({ M, Q, a }, p, k) });
  let step = 0;
  let ended: Status | undefined;
  try {
    const isDue = () => writer.count < stops.length && stops[writer.count] === step;
    const isUnfinished = () => !ended && (isDue() || step < total);
    const save = () => {
      const state = { P, ...unpackState(map.state, 0, p, k), aStar };
      if (!writer.add(step / d, state)) ended = "diverged";
      else if (isIndefinite(state, p, k)) ended = "indefinite";
    };
    const advance = (size: number) => {
      const next = writer.count < stops.length ? stops[writer.count] : total;
      const wanted = Math.min(size, next - step, MOST_STEPS);
      const done = map.steps(step, wanted);
      step += done;
      if (done < wanted) ended = "diverged";
      return done;
    };
    const { aborted } = await paced(
      (size) => {
        let done = 0;
        if (isDue()) save();
        else if (step < total) done = advance(size);
        return { done, more: isUnfinished() };
      },
      options,
      () => ({ fraction: total > 0 ? step / total : 1, time: step / d }),
      Math.max(1, Math.floor(1e6 / (p * p * (p + k) ** 2))),
    );
    const status = aborted ? "aborted" : (ended ?? "completed");
    if (status === "completed") options.onProgress?.({ fraction: 1, time: total / d });
    return new Trajectory({
      problem,
      P,
      aStar,
      status,
      message: messageOf(status, step / d, until),
      rows: writer.rows,
      statistics: { limit: "finite-d", steps: step, seed, stream },
      events: [],
    });
  } finally {
    map.free();
  }
}

function settingsOf(options: IntegrateOptions): { until: number; seed: number; stream: number } {
  const given = Object.entries(options).find(
    ([name, value]) => !OPTIONS.includes(name as never) && value !== undefined,
  );
  if (given) {
    checkKeys(
      `integrate with limit "finite-d", which makes round(until d) steps of its own and nothing between,`,
      { [given[0]]: 0 },
      OPTIONS,
    );
  }
  checkControl(options);
  if ((options.terms ?? "full") !== "full")
    invalid(`terms is "${options.terms}" and limit "finite-d"; allowed: "full", the mean of whole steps.`);
  return {
    until: checkTime("until", options.until),
    seed: checkSeed("seed", options.seed ?? 0),
    stream: checkSeed("stream", options.stream ?? 0),
  };
}

function messageOf(status: Status, reached: number, until: number): string {
  if (status === "aborted") return `Aborted at t = ${reached} of ${until}.`;
  if (status === "diverged")
    return `Diverged at t = ${reached}: the order parameters left all bounds; try a smaller learning rate.`;
  if (status === "indefinite")
    return `Stopped at t = ${reached}: Omega stopped being positive semi-definite; try a smaller learning rate or a larger inputDimension.`;
  return `Completed at t = ${reached}.`;
}
