/** `sgd-dynamics ensemble`: many replicas of one-pass SGD. */
import { type Command, Option } from "commander";
import { ensemble } from "../../index.js";
import { count, quantileList, type Register } from "../command.js";
import { processText } from "../labels.js";
import { addProblem, problemFrom } from "../problem-options.js";
import { given } from "../show.js";
import { addSingle, type SingleOptions, saveOf, showSingle } from "../single.js";
import { startDependsOnSeed, startedAlike } from "../start.js";
import type { Terminal } from "../terminal.js";
import { ensembleView, shownEnsemble } from "../views.js";

interface EnsembleFlags extends SingleOptions {
  readonly replicas?: number;
  readonly method?: "auto" | "chain" | "dense";
  readonly precision?: "f64" | "f32";
  readonly quantiles?: readonly number[];
  readonly sameStart?: boolean;
  readonly workers?: number;
}

export const registerEnsemble: Register = (program, terminal, run) => {
  const command: Command = program
    .command("ensemble")
    .description("simulate replicas of one problem: mean, standard error and quantiles");
  addSingle(addProblem(command))
    .option("--replicas <n>", "how many [100]", count)
    .option("--quantiles <list>", "increasing, from 0 to 1, commas between [0.1,0.9]", quantileList)
    .option("--same-start", "all from the start of the seed, where `integrate` starts too [each from its own]")
    .addOption(new Option("--method <kind>", "how to simulate [auto]").choices(["auto", "chain", "dense"]))
    .addOption(new Option("--precision <kind>", "of weights and inputs [f64]").choices(["f64", "f32"]))
    .option("--workers <n>", "threads that simulate (the numbers do not depend on it) [one a core, at most 16]", count)
    .action((path: string | undefined, options: EnsembleFlags) => run(() => ensembleCommand(path, options, terminal)));
};

async function ensembleCommand(path: string | undefined, options: EnsembleFlags, terminal: Terminal): Promise<number> {
  const problem = await problemFrom(path, options as unknown as Record<string, unknown>);
  const { until, seed, replicas = 100, precision, method, quantiles = [0.1, 0.9], workers, sameStart } = options;
  const asked = given({ until, seed, replicas, save: saveOf(options), precision, method });
  const title = `${replicas} replicas of ${processText(problem)}${startText(sameStart || !startDependsOnSeed(problem))}`;
  const compute = async (control: object) => {
    const started = sameStart ? await startedAlike(problem, seed ?? 0) : problem;
    return shownEnsemble(await ensemble(started, { ...asked, ...given({ workers }), ...control }), quantiles);
  };
  const { exitCode } = await showSingle(
    { title, problem, compute, view: ensembleView(title), options: { ...asked, quantiles, ...given({ sameStart }) } },
    options,
    terminal,
  );
  return exitCode;
}

function startText(same: boolean): string {
  return same ? " from one start" : ", each from a start of its own";
}
