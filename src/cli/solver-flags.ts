/** Flags of the commands that integrate: the start's replica, tolerances, steps. */
import { type Command, Option } from "commander";
import type { IntegrateOptions } from "../index.js";
import { number } from "./command.js";

export interface SolverFlags {
  readonly stream?: number;
  readonly rtol?: number;
  readonly atol?: number;
  readonly maxSteps?: number;
  readonly solver?: IntegrateOptions["solver"];
}

export function addSolverFlags(command: Command): Command {
  return command
    .option("--stream <n>", "replica of the seed [0]", number)
    .option("--rtol <x>", "relative tolerance of a step [1e-8]", number)
    .option("--atol <x>", "absolute tolerance of a step [rtol / 1000]", number)
    .option("--max-steps <n>", "most steps [1e6]", number)
    .addOption(
      new Option("--solver <kind>", "explicit, implicit (late times), or changing as pays [auto]").choices([
        "auto",
        "dopri5",
        "rodas5p",
      ]),
    );
}

/** What they say, as options of the library. */
export function solverOptions({ stream, rtol, atol, maxSteps, solver }: SolverFlags): SolverFlags {
  return { stream, rtol, atol, maxSteps, solver };
}
