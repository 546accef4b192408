/** `sgd-dynamics fixed-point`: where SGD waits or ends, how stable that is, and how it moves with a parameter. */
import { Option } from "commander";
import {
  asymptoticRisk,
  type BranchPoint,
  continueFixedPoint,
  type FixedPoint,
  type FixedPointOptions,
  fixedPoint,
  maximalLearningRate,
  type Problem,
  SgdDynamicsError,
} from "../../index.js";
import { count, number, type Register } from "../command.js";
import {
  type BranchFlags,
  branchChart,
  branchTable,
  PARAMETERS,
  pointArrays,
  pointColumns,
  valuesOf,
} from "../fixed-point/branch.js";
import { nearOf } from "../fixed-point/near.js";
import { type Extras, fixedPointBlocks, named, rateText } from "../fixed-point/text.js";
import { describe, symbolOf } from "../labels.js";
import { formatOf } from "../output.js";
import { addProblem, problemFrom } from "../problem-options.js";
import { addOutput, type Control, given, type OutputOptions, show } from "../show.js";
import { INTERRUPTED, type Terminal } from "../terminal.js";

interface FixedPointFlags extends OutputOptions, BranchFlags {
  readonly near?: string;
  readonly terms?: "full" | "gradient-flow";
  readonly seed?: number;
  readonly maxRate?: boolean;
  readonly along?: string;
}

export const registerFixedPoint: Register = (program, terminal, run) => {
  const command = program
    .command("fixed-point")
    .description("find where SGD waits or ends: risk, stability, rates; or follow it along a parameter");
  const searching = addProblem(command)
    .option(
      "--near <where>",
      "where to look: specialised, denoising, symmetric (the plateau), or a JSON file with a state or a result [specialised]",
    )
    .addOption(
      new Option("--terms <kind>", "parts of the drift that are kept [full]").choices(["full", "gradient-flow"]),
    )
    .option("--seed <n>", "seed of a start whose teachers are random [0]", number)
    .option("--max-rate", "also the largest learning rate at which the specialised solution is stable")
    .addOption(
      new Option("--along <parameter>", "follow the fixed point along it, to --to").choices(Object.keys(PARAMETERS)),
    )
    .option("--from <x>", "first value of that parameter [the problem's]", number)
    .option("--to <x>", "last value", number)
    .option("--points <n>", "how many values [41]", count)
    .addOption(new Option("--spacing <kind>", "of the values [linear]").choices(["log", "linear"]));
  addOutput(searching).action((path: string | undefined, options: FixedPointFlags) =>
    run(() => fixedPointCommand(path, options, terminal)),
  );
};

async function fixedPointCommand(
  path: string | undefined,
  flags: FixedPointFlags,
  terminal: Terminal,
): Promise<number> {
  const problem = await problemFrom(path, flags as unknown as Record<string, unknown>);
  const search = given({ near: await nearOf(placeOf(flags)), terms: flags.terms, seed: flags.seed });
  const stray = (["from", "to", "points", "spacing"] as const).find((name) => flags[name] !== undefined);
  if (!flags.along && stray)
    throw new SgdDynamicsError("invalid-argument", `--${stray} is of a branch; name its parameter with --along.`);
  return flags.along ? followed(problem, search, flags, terminal) : one(problem, search, flags, terminal);
}

type Search = Pick<FixedPointOptions, "near" | "terms" | "seed">;

/** One fixed point. */
async function one(problem: Problem, search: Search, flags: FixedPointFlags, terminal: Terminal): Promise<number> {
  const drawn = flags.out?.find((path) => ["svg", "png"].includes(formatOf(path)));
  if (drawn)
    throw new SgdDynamicsError(
      "invalid-argument",
      `--out ${drawn}: one fixed point has no figure; follow it with --along.`,
    );
  const asRow = ({ point }: Found): BranchPoint[] => [{ ...point, value: problem.learningRate as number }];
  const { exitCode } = await show<Found>(
    {
      opening: `Fixed point ${placeText(flags)}: ${describe(problem, ["start"])}.`,
      compute: (control) => found(problem, search, flags, control),
      blocks: ({ point, extras }, layout) => fixedPointBlocks(point, problem, extras, layout),
      closing: ({ point: { message, eigenvalues } }) => {
        const isGood = eigenvalues.length > 0;
        return { text: isGood ? `${message} ${eigenvalues.length} unknowns` : message, isGood };
      },
      content: (run) => ({
        columns: () => pointColumns(asRow(run), "learningRate", problem),
        arrays: () => pointArrays(asRow(run), "learningRate", problem),
        chart: undefined,
      }),
      value: ({ point, extras }) => ({
        problem,
        options: { ...search, near: placeOf(flags) },
        ...point,
        ...jsonOf(extras),
      }),
      exitCode: ({ point }) => exitCodeOf([point], terminal),
    },
    flags,
    terminal,
  );
  return exitCode;
}

interface Found {
  readonly point: FixedPoint;
  readonly extras: Extras;
}

async function found(problem: Problem, search: Search, { maxRate }: FixedPointFlags, control: Control): Promise<Found> {
  const point = await fixedPoint(problem, { ...search, ...control });
  const { seed } = search;
  const maximalRate =
    maxRate && !control.signal.aborted
      ? await maximalLearningRate(problem, { ...given({ seed }), signal: control.signal })
      : undefined;
  const asymptotic = point.eigenvalues.length > 0 ? await asymptoticOf(problem, point, search, control) : undefined;
  return { point, extras: given({ asymptotic, maximalRate }) };
}

/** What label noise leaves at the solution beside a fixed point, where there is one: a zero of the noiseless drift without residual. */
async function asymptoticOf(
  problem: Problem,
  point: FixedPoint,
  { near, terms, seed }: Search,
  { signal }: Control,
): Promise<Extras["asymptotic"]> {
  if (problem.noiseVariance === 0 || terms === "gradient-flow" || near === "symmetric") return undefined;
  const from = typeof near === "string" ? near : point.state;
  try {
    const quiet = await fixedPoint({ ...problem, noiseVariance: 0 }, { near: from, ...given({ seed }), signal });
    if (quiet.eigenvalues.length === 0 || !(quiet.risk < 1e-9)) return undefined;
    const ode = await asymptoticRisk(problem, quiet.state);
    const isLinear = problem.activation === "linear" && problem.secondLayer === "fixed";
    return isLinear ? { ode, finite: await asymptoticRisk(problem, quiet.state, { limit: "finite-d" }) } : { ode };
  } catch (error) {
    // weight decay, other activations: there is none to tell
    if (error instanceof SgdDynamicsError && error.code === "unsupported") return undefined;
    throw error;
  }
}

function jsonOf({ asymptotic, maximalRate }: Extras): object {
  return {
    ...(asymptotic ? { asymptoticRisk: asymptotic.ode } : {}),
    ...(asymptotic?.finite === undefined ? {} : { asymptoticRiskAtFiniteD: asymptotic.finite }),
    ...(maximalRate === undefined ? {} : { maximalLearningRate: maximalRate }),
  };
}

/** A fixed point along a parameter. */
async function followed(problem: Problem, search: Search, flags: FixedPointFlags, terminal: Terminal): Promise<number> {
  const parameter = PARAMETERS[flags.along!];
  const values = valuesOf(problem, parameter, flags);
  const title = `Fixed point ${placeText(flags)} along ${symbolOf(parameter)}`;
  const range = `${symbolOf(parameter)} from ${values[0]} to ${values[values.length - 1]}`;
  // what a schedule says does not count
  const base = { ...problem, [parameter]: values[0] } as Problem;
  const { exitCode } = await show(
    {
      opening: `${title}: ${describe(base, [parameter, "start"])}, ${range}.`,
      compute: async (control) => {
        const branch = await continueFixedPoint(base, { ...search, parameter, values, ...control });
        const { seed } = search;
        const { aborted } = control.signal;
        const rate = flags.maxRate && !aborted ? await maximalLearningRate(base, given({ seed })) : undefined;
        return { branch, rate };
      },
      blocks: ({ branch, rate }, layout) => [
        branch.points.length > 0 ? branchTable(branch, layout) : "",
        rate === undefined
          ? ""
          : named([["largest stable γ", `${rateText(rate)} (specialised, without label noise)`]], layout),
      ],
      closing: ({ branch: { message, points, status } }) => {
        const isGood = points.length > 0 && status !== "aborted";
        return { text: isGood ? `${message} ${points.length} values` : message, isGood };
      },
      content: ({ branch }) => ({
        columns: () => pointColumns(branch.points, parameter, problem),
        arrays: () => pointArrays(branch.points, parameter, problem),
        chart: branchChart(branch, problem, { title, near: placeText(flags), spacing: flags.spacing }),
      }),
      value: ({ branch, rate }) => ({
        problem,
        options: { ...search, near: placeOf(flags), parameter, values },
        ...branch,
        ...(rate === undefined ? {} : { maximalLearningRate: rate }),
      }),
      exitCode: ({ branch }) => exitCodeOf(branch.points, terminal),
    },
    flags,
    terminal,
  );
  return exitCode;
}

/** 0 where a fixed point was found, however its branch ended: an end is a result. */
function exitCodeOf(points: readonly FixedPoint[], { signal }: Terminal): number {
  if (signal.aborted) return INTERRUPTED;
  return points.some(({ eigenvalues }) => eigenvalues.length > 0) ? 0 : 1;
}

function placeOf({ near = "specialised" }: FixedPointFlags): string {
  return near;
}

function placeText(flags: FixedPointFlags): string {
  return `near ${placeOf(flags)}${flags.terms === "gradient-flow" ? " of the gradient flow" : ""}`;
}
