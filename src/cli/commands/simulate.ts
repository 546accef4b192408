/** `sgd-dynamics simulate`: one-pass SGD at finite input dimension. */
import { Option } from "commander";
import { simulate } from "../../index.js";
import type { Register } from "../command.js";
import { checkWritable, readBytes, writeWhole } from "../files.js";
import { addProblem, problemFrom } from "../problem-options.js";
import { addSingle, given, type SingleOptions, saveOf, showSingle } from "../single.js";
import type { Terminal } from "../terminal.js";

interface SimulateFlags extends SingleOptions {
  readonly precision?: "f64" | "f32";
  readonly method?: "auto" | "chain" | "dense";
  readonly snapshot?: string;
  readonly from?: string;
}

export const registerSimulate: Register = (program, terminal, run) => {
  const command = program.command("simulate").description("simulate one-pass SGD of one problem");
  addSingle(addProblem(command))
    .addOption(new Option("--precision <kind>", "of weights and inputs [f64]").choices(["f64", "f32"]))
    .addOption(new Option("--method <kind>", "how to simulate [auto]").choices(["auto", "chain", "dense"]))
    .option("--snapshot <file>", "write where the simulation stands at its end, or when interrupted")
    .option(
      "--from <file>",
      "go on from such a snapshot, bit for bit as if unbroken (same problem, seed and precision)",
    )
    .action((path: string | undefined, options: SimulateFlags) => run(() => simulateCommand(path, options, terminal)));
};

async function simulateCommand(path: string | undefined, options: SimulateFlags, terminal: Terminal): Promise<number> {
  const problem = await problemFrom(path, options as unknown as Record<string, unknown>);
  const { until, seed, stream, precision, method, snapshot } = options;
  const from = options.from === undefined ? undefined : await readBytes(options.from);
  if (snapshot) await checkWritable([snapshot]);
  const asked = given({ until, seed, stream, save: saveOf(options), precision, method });
  const compute = (control: object) => simulate(problem, { ...asked, ...(from ? { from } : {}), ...control });
  const { exitCode, trajectory } = await showSingle(
    { method: "simulation", problem, options: asked, compute },
    options,
    terminal,
  );
  if (snapshot && trajectory.snapshot) await writeWhole(snapshot, trajectory.snapshot);
  return exitCode;
}
