/** What theory a result has, in words. */
import type { ExperimentFile } from "./experiment-schema.js";
import type { Result } from "./runner.js";

/** As tables and figures name it: the ODE, or the mean of each step at finite d, iterated. */
export type TheoryName = "ODE" | "mean map";

export function theoryName({ integrate }: Pick<ExperimentFile, "integrate">): TheoryName {
  return typeof integrate === "object" && integrate.limit === "finite-d" ? "mean map" : "ODE";
}

export function theoryOf({ theory }: Result): TheoryName {
  return [...theory.values()].some(({ statistics }) => statistics.limit === "finite-d") ? "mean map" : "ODE";
}

/** Its name in files. */
export function theoryKey(result: Result): "ode" | "mean_map" {
  return theoryOf(result) === "ODE" ? "ode" : "mean_map";
}
