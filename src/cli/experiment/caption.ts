/** What stands below a figure: what is drawn how, and where it starts. */
import { bandText, replicasText } from "../ensemble-statistics.js";
import { numberText } from "../labels.js";
import { startDependsOnSeed } from "../start.js";
import { limitRegion, theoryName } from "../theory.js";
import type { Result } from "./runner.js";
import type { ExperimentFile } from "./schema.js";

interface Drawn {
  /** Which of several seeds. */
  readonly curves: "mean" | "first" | "each";
  /** Whether the means of ensembles are. */
  readonly means: boolean;
}

export function caption(file: ExperimentFile, results: readonly Result[], drawn: Drawn): string {
  const sentences = [theoryText(file, results, drawn), bandsText(file, results, drawn), dotsText(file, results, drawn)];
  return `${sentences.filter(Boolean).join(". ")}.`;
}

function theoryText(file: ExperimentFile, results: readonly Result[], { curves }: Drawn): string {
  if (!file.integrate) return "";
  const isLimit = theoryName(file) === "ODE";
  const place = limitRegion(file);
  if (place) {
    const { name, kappa, delta } = place;
    return `Lines: the limiting ODE of the ${name} region, κ = ${numberText(kappa)}, δ = ${numberText(delta)}; γ stands for γ₀ = γ d^{δ}${over(results, curves)}`;
  }
  const lines = `Lines: ${isLimit ? "the ODE of the order parameters, d → ∞" : "the exact mean of each step at finite d, iterated"}`;
  if (!file.simulate) return lines + over(results, curves);
  if (isBundle(file, results, curves)) return lines;
  const apart = results.some(({ point }) => startDependsOnSeed(point.problem));
  return `${lines}, from the ${apart ? "start of each simulation" : "same start"}`;
}

/** "Bands: 10–90 % of 100 chains at d = 500, from the same start; dashes: their mean". */
function bandsText(file: ExperimentFile, results: readonly Result[], { curves, means }: Drawn): string {
  const { ensemble, integrate } = file;
  const made = results.flatMap(({ band }) => band ?? []);
  if (!ensemble || made.length === 0) return "";
  const whole = made.every((band) => band.ensemble.status === "completed");
  const noun = replicasText(made[0].ensemble);
  const which = whole ? `${ensemble.replicas} ${noun}` : `the ${noun} that ran`;
  const own = ensemble.start === "own" && results.some(({ point }) => startDependsOnSeed(point.problem));
  const start = own
    ? "each from a start of its own"
    : integrate && isBundle(file, results, curves)
      ? "from the same start"
      : "all from the start of the first seed";
  const dashes = means ? "; dashes: their mean" : "";
  return `Bands: ${bandText(ensemble.quantiles)} of ${which}${dimension(results)}, ${start}${dashes}`;
}

function dotsText(file: ExperimentFile, results: readonly Result[], { curves }: Drawn): string {
  if (!file.simulate) return "";
  const averaged = curves === "mean" && results[0].seeds.length > 1;
  const bars = averaged
    ? `; bars: ± 1 standard error of the mean${file.integrate ? ` of simulation − ${theoryName(file)}` : ""}`
    : "";
  const runs = results.flatMap(({ simulation }) => [...simulation.values()]);
  const dense = runs.length > 0 && runs.every(({ statistics }) => statistics.method === "dense");
  const what = dense ? "simulation on explicit weights" : "simulation";
  if (isBundle(file, results, curves)) return `Dots: one ${what}, from there too`;
  return `Dots: ${what}${over(results, curves)}${bars}`;
}

/** Whether all that is drawn of a problem starts together: theory, ensemble, one simulation. */
function isBundle({ ensemble }: ExperimentFile, results: readonly Result[], curves: Drawn["curves"]): boolean {
  if (!ensemble || (curves !== "first" && results[0].seeds.length > 1)) return false;
  return ensemble.start === "theory" || results.every(({ point }) => !startDependsOnSeed(point.problem));
}

/** Which seeds are drawn. */
function over(results: readonly Result[], curves: Drawn["curves"]): string {
  const seeds = results[0].seeds.length;
  if (seeds === 1) return "";
  if (curves === "first") return ", the first seed";
  if (curves === "each") return `, each of ${seeds} seeds`;
  const whole = results.every(({ simulation }) =>
    [...simulation.values()].every(({ status }) => status === "completed"),
  );
  return `, mean of ${whole ? `${seeds} seeds` : "the seeds that ended"}`;
}

function dimension(results: readonly Result[]): string {
  const [first, ...others] = results.map(({ point }) => point.problem.inputDimension);
  return others.some((d) => d !== first) ? "" : ` at d = ${numberText(first)}`;
}
