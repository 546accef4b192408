/** `sgd-dynamics mean-field`: particles on the population risk, and their limit. */
import { Option } from "commander";
import { type MeanFieldOptions, meanField } from "../../index.js";
import type { Register } from "../command.js";
import { addProblem, problemFrom } from "../problem-options.js";
import { given } from "../show.js";
import { addSingle, type SingleOptions, saveOf, showSingle } from "../single.js";
import { addSolverFlags, type SolverFlags, solverOptions } from "../solver-flags.js";
import type { Terminal } from "../terminal.js";
import { trajectoryView } from "../views.js";

interface MeanFieldFlags extends SingleOptions, SolverFlags {
  readonly representation?: MeanFieldOptions["representation"];
}

export const registerMeanField: Register = (program, terminal, run) => {
  const command = program
    .command("mean-field")
    .description("follow the particles of one problem with mean-field scaling, on the clock γ n_s ν/d");
  addSolverFlags(addSingle(addProblem(command)))
    .addOption(
      new Option(
        "--representation <kind>",
        "what is followed; reduced is the limit d, p -> infinity [particles]",
      ).choices(["particles", "order-parameters", "reduced"]),
    )
    .action((path: string | undefined, options: MeanFieldFlags) =>
      run(() => meanFieldCommand(path, options, terminal)),
    );
};

async function meanFieldCommand(
  path: string | undefined,
  options: MeanFieldFlags,
  terminal: Terminal,
): Promise<number> {
  const problem = await problemFrom(path, options as unknown as Record<string, unknown>);
  const { until, seed, representation } = options;
  const asked = given({ until, seed, save: saveOf(options), ...solverOptions(options), representation });
  const compute = async (control: object) => (await meanField(problem, { ...asked, ...control })).trajectory();
  const title =
    representation === "reduced" ? "The dimension-free mean-field flow" : "The mean-field flow of particles";
  const view = trajectoryView("mean-field flow", "line", title, [], "mean-field time γ nₛ ν/d");
  const { exitCode } = await showSingle({ title, problem, compute, view, options: asked }, options, terminal);
  return exitCode;
}
