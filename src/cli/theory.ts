/** What theory a result has, in words. */
import { type Region, region } from "../index.js";
import type { Result } from "./experiment/runner.js";
import type { ExperimentFile } from "./experiment/schema.js";

/** As tables and figures name it: the ODE, or the mean of each step at finite d, iterated. */
export type TheoryName = "ODE" | "mean map";

export function theoryName({ integrate }: Pick<ExperimentFile, "integrate">): TheoryName {
  return typeof integrate === "object" && integrate.limit === "finite-d" ? "mean map" : "ODE";
}

/** The region whose limit an experiment integrates; undefined for other theory. */
export function limitRegion({ integrate }: Pick<ExperimentFile, "integrate">): Region | undefined {
  const limit = typeof integrate === "object" ? integrate.limit : undefined;
  return typeof limit === "object" ? region(limit.region.kappa, limit.region.delta) : undefined;
}

/** "t = ν/d", or the clock of a region. */
export function clockText(place: Region | undefined): string {
  const power = place ? Number(place.samplesExponent?.toFixed(12)) : 1;
  return power === 1 ? "t = ν/d" : `t = ν/d^{${power}}`;
}

export function theoryOf({ theory }: Result): TheoryName {
  return [...theory.values()].some(({ statistics }) => statistics.limit === "finite-d") ? "mean map" : "ODE";
}

/** Its name in files. */
export function theoryKey(result: Result): "ode" | "mean_map" {
  return theoryOf(result) === "ODE" ? "ode" : "mean_map";
}
