/** `sgd-dynamics integrate`: the ODE of the order parameters. */
import { InvalidArgumentError, Option } from "commander";
import { type Exponents, type IntegrateOptions, integrate, region, type Terms } from "../../index.js";
import { numbers, type Register } from "../command.js";
import { eventList, type GivenEvent, named, nameOf } from "../events.js";
import { addProblem, problemFrom } from "../problem-options.js";
import { given } from "../show.js";
import { addSingle, type SingleOptions, saveOf, showSingle } from "../single.js";
import { addSolverFlags, type SolverFlags, solverOptions } from "../solver-flags.js";
import type { Terminal } from "../terminal.js";
import { clockText } from "../theory.js";
import { trajectoryView } from "../views.js";

interface IntegrateFlags extends SingleOptions, SolverFlags {
  readonly terms?: Terms;
  readonly noise?: IntegrateOptions["noise"];
  readonly limit?: "ode" | "finite-d";
  readonly region?: Exponents;
  readonly event?: readonly GivenEvent[];
  readonly stopAt?: readonly GivenEvent[];
}

export const registerIntegrate: Register = (program, terminal, run) => {
  const command = program.command("integrate").description("integrate the ODE of the order parameters of one problem");
  addSolverFlags(addSingle(addProblem(command)))
    .addOption(
      new Option("--terms <kind>", "parts of the drift that are kept [full]").choices([
        "full",
        "gradient-flow",
        "noise",
      ]),
    )
    .option(
      "--noise <kind>",
      "the noise matrix: exact, quasi-random, or a number of quasi-random points [exact, refused where that takes hours]",
      noiseKind,
    )
    .addOption(
      new Option("--limit <kind>", "d -> infinity, or the mean of each step at the problem's d [ode]").choices([
        "ode",
        "finite-d",
      ]),
    )
    .addOption(
      new Option("--region <kappa,delta>", "the limit where p ~ d^kappa and gamma ~ d^-delta, on the region's clock")
        .argParser(exponents)
        .conflicts(["limit", "terms"]),
    )
    .option(
      "--event <list>",
      "find: leave-plateau, specialised, steady-state[=TOLERANCE], risk=THRESHOLD; commas between, or the flag again",
      eventList,
    )
    .option("--stop-at <list>", "the same, and end there", eventList)
    .action((path: string | undefined, options: IntegrateFlags) =>
      run(() => integrateCommand(path, options, terminal)),
    );
};

function exponents(text: string): Exponents {
  const [kappa, delta, ...rest] = numbers(text);
  if (delta === undefined || rest.length > 0)
    throw new InvalidArgumentError("Allowed: two numbers, with a comma between.");
  return { kappa, delta };
}

function noiseKind(text: string): IntegrateOptions["noise"] {
  if (text === "exact" || text === "quasi-random") return text;
  const points = Number(text);
  if (text.trim() !== "" && !Number.isNaN(points)) return { points };
  throw new InvalidArgumentError("Allowed: exact, quasi-random or a number of points.");
}

async function integrateCommand(
  path: string | undefined,
  options: IntegrateFlags,
  terminal: Terminal,
): Promise<number> {
  const problem = await problemFrom(path, options as unknown as Record<string, unknown>);
  const { until, seed, terms, noise, limit, event = [], stopAt = [] } = options;
  const place = options.region && region(options.region.kappa, options.region.delta);
  const wanted = [...event.map(named), ...stopAt.map((one) => ({ ...named(one), terminal: true }))];
  const events = wanted.length > 0 ? wanted : undefined;
  const settings = { until, seed, save: saveOf(options), ...solverOptions(options), terms, noise };
  const asked = given({ ...settings, limit: options.region ? { region: options.region } : limit, events });
  // the mean map has no dense output to leave out
  const compute = (control: object) =>
    integrate(problem, { ...asked, ...(limit === "finite-d" ? {} : { dense: false }), ...control });
  const title = place
    ? `The ODE of the ${place.name} region`
    : limit === "finite-d"
      ? "The mean of each step at finite d"
      : "The ODE of the order parameters";
  const clock = place && clockText(place);
  const view = trajectoryView(limit === "finite-d" ? "mean map" : "ODE", "line", title, wanted.map(nameOf), clock);
  const { exitCode } = await showSingle({ title, problem, compute, view, options: asked }, options, terminal);
  return exitCode;
}
