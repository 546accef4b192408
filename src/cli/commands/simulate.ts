/** `sgd-dynamics simulate`: one-pass SGD at finite input dimension. */
import { Option } from "commander";
import { simulate } from "../../index.js";
import { number, type Register } from "../command.js";
import { checkWritable, readBytes, writeWhole } from "../files.js";
import { capitalised, processText } from "../labels.js";
import { addProblem, problemFrom } from "../problem-options.js";
import { given } from "../show.js";
import { addSingle, type SingleOptions, saveOf, showSingle } from "../single.js";
import type { Terminal } from "../terminal.js";
import { trajectoryView } from "../views.js";

interface SimulateFlags extends SingleOptions {
  readonly stream?: number;
  readonly precision?: "f64" | "f32";
  readonly method?: "auto" | "chain" | "dense";
  readonly snapshot?: string;
  readonly from?: string;
}

export const registerSimulate: Register = (program, terminal, run) => {
  const command = program.command("simulate").description("simulate one-pass SGD of one problem");
  addSingle(addProblem(command))
    .option("--stream <n>", "replica of the seed [0]", number)
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
  const title = capitalised(processText(problem));
  const view = trajectoryView("simulation", "dots", title);
  const { exitCode, run } = await showSingle({ title, problem, compute, view, options: asked }, options, terminal);
  if (snapshot && run.snapshot) await writeWhole(snapshot, run.snapshot);
  return exitCode;
}
