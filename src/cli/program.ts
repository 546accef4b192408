/** The program: its commands, and what becomes of errors. */
import { Command, CommanderError } from "commander";
import { SgdDynamicsError } from "../index.js";
import { exitCodeOfError, type Register } from "./command.js";
import { registerClaims } from "./commands/claims.js";
import { registerClassify } from "./commands/classify.js";
import { registerEnsemble } from "./commands/ensemble.js";
import { registerFigures } from "./commands/figures.js";
import { registerFixedPoint } from "./commands/fixed-point.js";
import { registerInfo } from "./commands/info.js";
import { registerIntegrate } from "./commands/integrate.js";
import { registerMeanField } from "./commands/mean-field.js";
import { registerPhase } from "./commands/phase.js";
import { registerRun } from "./commands/run.js";
import { registerSimulate } from "./commands/simulate.js";
import { version } from "./environment.js";
import type { Terminal } from "./terminal.js";

/** In the order of the help. */
const COMMANDS: readonly Register[] = [
  registerRun,
  registerSimulate,
  registerEnsemble,
  registerIntegrate,
  registerFixedPoint,
  registerMeanField,
  registerPhase,
  registerClassify,
  registerFigures,
  registerClaims,
  registerInfo,
];

/**
 * Runs the program.
 * @param argv what stands after the program's name
 * @returns exit code: 0, 1 (failed), 2 (bad usage), 130 (interrupted)
 */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const program = new Command("sgd-dynamics")
    .description("How stochastic gradient descent moves a two-layer network: exact simulation and exact ODEs.")
    .version(version())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text) => terminal.note(text.trim().replaceAll(/\s*\n\s*/g, " ")),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    });
  for (const register of COMMANDS) {
    register(program, terminal, async (action) => {
      exitCode = await action();
    });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    tell(error, argv, terminal);
    return exitCodeOfError(error);
  }
}

/** One sentence for an error of the library; all there is for one that nobody foresaw. */
function tell(error: unknown, argv: readonly string[], terminal: Terminal): void {
  const known = error instanceof SgdDynamicsError;
  const message = error instanceof Error ? error.message : String(error);
  if (argv.includes("--json"))
    terminal.print(JSON.stringify({ error: { code: known ? error.code : "unexpected", message } }));
  terminal.note(
    known
      ? `error: ${message}`
      : `error: unexpected, please report it: ${error instanceof Error ? error.stack : message}`,
  );
}
