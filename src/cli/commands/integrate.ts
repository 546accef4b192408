/** `sgd-dynamics integrate`: the ODE of the order parameters. */
import { Option } from "commander";
import { integrate, type Terms } from "../../index.js";
import { number, type Register } from "../command.js";
import { addProblem, problemFrom } from "../problem-options.js";
import { addSingle, given, type SingleOptions, saveOf, showSingle } from "../single.js";
import type { Terminal } from "../terminal.js";
import { trajectoryView } from "../views.js";

interface IntegrateFlags extends SingleOptions {
  readonly stream?: number;
  readonly rtol?: number;
  readonly atol?: number;
  readonly maxSteps?: number;
  readonly terms?: Terms;
}

export const registerIntegrate: Register = (program, terminal, run) => {
  const command = program.command("integrate").description("integrate the ODE of the order parameters of one problem");
  addSingle(addProblem(command))
    .option("--stream <n>", "replica of the seed [0]", number)
    .option("--rtol <x>", "relative tolerance of a step [1e-8]", number)
    .option("--atol <x>", "absolute tolerance of a step [rtol / 1000]", number)
    .option("--max-steps <n>", "most steps [1e6]", number)
    .addOption(
      new Option("--terms <kind>", "parts of the drift that are kept [full]").choices([
        "full",
        "gradient-flow",
        "noise",
      ]),
    )
    .action((path: string | undefined, options: IntegrateFlags) =>
      run(() => integrateCommand(path, options, terminal)),
    );
};

async function integrateCommand(
  path: string | undefined,
  options: IntegrateFlags,
  terminal: Terminal,
): Promise<number> {
  const problem = await problemFrom(path, options as unknown as Record<string, unknown>);
  const { until, seed, stream, rtol, atol, maxSteps, terms } = options;
  const asked = given({ until, seed, stream, save: saveOf(options), rtol, atol, maxSteps, terms });
  const compute = (control: object) => integrate(problem, { ...asked, dense: false, ...control });
  const title = "The ODE of the order parameters";
  const view = trajectoryView("ODE", "line", title);
  const { exitCode } = await showSingle({ title, problem, compute, view, options: asked }, options, terminal);
  return exitCode;
}
