/** Runs an experiment: for each problem and seed the ODE, then the simulations, several at a time where there are workers. */

import { integrate, type Problem, type SimulateOptions, simulate, type Trajectory } from "../index.js";
import { exitCodeOfError } from "./command.js";
import type { Experiment, Point } from "./experiment.js";
import type { ExperimentFile } from "./experiment-schema.js";
import { type ExperimentTimes, experimentTimes } from "./times.js";

const BAD_USAGE = 2;

/** `simulate`, here or in a worker. */
export type Simulator = (
  problem: Problem,
  options: Pick<SimulateOptions, "until" | "save" | "seed" | "method" | "precision" | "signal" | "onProgress">,
) => Promise<Trajectory>;

/** Who simulates, and how many at a time. */
export interface Simulators {
  readonly simulate: Simulator;
  readonly size: number;
}

/** In this thread, one after the other. */
export const oneByOne: Simulators = { simulate, size: 1 };

/** What one problem of the experiment came to. Runs that an abort kept from beginning are absent. */
export interface Result {
  readonly point: Point;
  readonly times: ExperimentTimes;
  readonly seeds: readonly number[];
  /** Of each seed; one trajectory stands for all where the start does not depend on the seed. */
  readonly theory: ReadonlyMap<number, Trajectory>;
  readonly simulation: ReadonlyMap<number, Trajectory>;
  /** What kept a run from coming about at all, a sentence each. */
  readonly failures: readonly string[];
}

export interface RunOptions {
  readonly simulators?: Simulators;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, text: string) => void;
}

/** One call of the library, with its share of the work. */
interface Task {
  readonly result: {
    theory: Map<number, Trajectory>;
    simulation: Map<number, Trajectory>;
    failures: string[];
  } & Result;
  readonly seed: number;
  readonly cost: number;
  readonly kind: string;
  /** "p = 4, seed 2". */
  readonly name: string;
}

/**
 * Runs an experiment. An abort ends it early: runs under way end with status "aborted" and the rows they have.
 * A run that cannot be made is a failure of its result; the others go on.
 * @throws SgdDynamicsError what the library throws where not one run could be made, such as `unsupported` for an ODE that it does not have
 */
export async function runExperiment({ file, points }: Experiment, options: RunOptions = {}): Promise<Result[]> {
  const { simulators = oneByOne, signal } = options;
  const results = points.map((point) => ({
    point,
    times: experimentTimes(file, point.problem.inputDimension),
    seeds: seedsOf(file),
    theory: new Map<number, Trajectory>(),
    simulation: new Map<number, Trajectory>(),
    failures: [] as string[],
  }));
  const errors: unknown[] = [];
  /** A run that fails takes no other with it, unless the experiment itself is at fault. */
  const sparing = (work: (task: Task) => Promise<void>) => async (task: Task) => {
    try {
      await work(task);
    } catch (error) {
      if (exitCodeOfError(error) === BAD_USAGE) throw error;
      errors.push(error);
      task.result.failures.push(
        `${task.kind}, ${task.name}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    progress.done(task);
  };
  const theory = file.integrate
    ? results.flatMap((result) => tasksOf(result, theorySeeds(result), "ODE", odeCost))
    : [];
  const simulations = file.simulate
    ? results.flatMap((result) => tasksOf(result, result.seeds, "simulation", denseCost))
    : [];
  const progress = totalProgress([...theory, ...simulations], options.onProgress);

  await inLanes(
    theory,
    1,
    signal,
    sparing(async (task) => {
      const { result, seed } = task;
      const { until, saved } = result.times;
      const { seeds: _, ...asked } = typeof file.integrate === "object" ? file.integrate : { seeds: undefined };
      const onProgress = progress.of(task);
      const trajectory = await integrate(result.point.problem, {
        ...asked,
        until,
        save: { times: saved },
        seed,
        dense: false,
        signal,
        onProgress,
      });
      const served = startDependsOnSeed(result.point.problem) ? [seed] : result.seeds;
      for (const each of served) result.theory.set(each, trajectory);
    }),
  );
  await inLanes(
    simulations,
    simulators.size,
    signal,
    sparing(async (task) => {
      const { result, seed } = task;
      const { until, saved } = result.times;
      const { method, precision } = file.simulate as Exclude<ExperimentFile["simulate"], false>;
      const onProgress = progress.of(task);
      result.simulation.set(
        seed,
        await simulators.simulate(result.point.problem, {
          until,
          save: { times: saved },
          seed,
          method,
          precision,
          signal,
          onProgress,
        }),
      );
    }),
  );
  const made = results.some(({ theory, simulation }) => theory.size + simulation.size > 0);
  if (!made && errors.length > 0) throw errors[0];
  return results.map(inOrderOfSeeds);
}

/** The seeds of an experiment: as listed, or 1 to a count. */
export function seedsOf({ integrate, simulate }: Pick<ExperimentFile, "integrate" | "simulate">): number[] {
  const own = typeof integrate === "object" ? integrate.seeds : undefined;
  const asked = (simulate ? simulate.seeds : own) ?? 1;
  return typeof asked === "number" ? Array.from({ length: asked }, (_, i) => i + 1) : [...asked];
}

/** Whether seeds differ in where they start: given and unperturbed starts are the same for all. */
export function startDependsOnSeed({ start }: Problem): boolean {
  if (start.kind === "state" || start.kind === "weights") return false;
  return start.kind === "random" || start.perturbation > 0 || start.teacher === "gaussian";
}

function theorySeeds({ point, seeds }: Result): readonly number[] {
  return startDependsOnSeed(point.problem) ? seeds : seeds.slice(0, 1);
}

function tasksOf(
  result: Task["result"],
  seeds: readonly number[],
  kind: string,
  cost: (problem: Problem, until: number) => number,
): Task[] {
  const { label, problem } = result.point;
  return seeds.map((seed) => ({
    result,
    seed,
    cost: cost(problem, result.times.until),
    name: `${label && `${label}, `}seed ${seed}`,
    kind,
  }));
}

/** Microseconds, roughly: about 2.5 a step at (4, 2, 1000). Only shares of a progress bar hang on it. */
function denseCost({ inputDimension: d, studentWidth: p, teacherWidth: k, batchSize }: Problem, until: number): number {
  return until * d * batchSize * (0.3 + d * (0.0012 + 0.00012 * (2 * p + k)));
}

function odeCost({ studentWidth: p, teacherWidth: k }: Problem): number {
  return 1e4 * p * p * (p + k) * (p + k) * 0.01;
}

/** The progress of all tasks in one number, and what is under way in a few words. */
function totalProgress(tasks: readonly Task[], onProgress: RunOptions["onProgress"]) {
  const total = tasks.reduce((sum, { cost }) => sum + cost, 0);
  const parts = new Map<Task, number>();
  const counts = new Map<string, number>();
  const places = new Map<Task, number>();
  for (const task of tasks) {
    const place = (counts.get(task.kind) ?? 0) + 1;
    counts.set(task.kind, place);
    places.set(task, place);
  }
  const tell = (task: Task, fraction: number) => {
    parts.set(task, fraction);
    const sum = [...parts].reduce((all, [{ cost }, part]) => all + cost * part, 0);
    const { kind, name } = task;
    onProgress?.(sum / total, `${kind} ${places.get(task)} of ${counts.get(kind)}: ${name}`);
  };
  return {
    of:
      (task: Task) =>
      ({ fraction }: { readonly fraction: number }) =>
        tell(task, fraction),
    done: (task: Task) => tell(task, 1),
  };
}

/** Works through tasks, `size` at a time; after an abort none begins any more. */
async function inLanes(
  tasks: readonly Task[],
  size: number,
  signal: AbortSignal | undefined,
  work: (task: Task) => Promise<void>,
): Promise<void> {
  const waiting = [...tasks];
  const lane = async () => {
    for (let task = waiting.shift(); task && !signal?.aborted; task = waiting.shift()) await work(task);
  };
  await Promise.all(Array.from({ length: Math.min(size, tasks.length) }, lane));
}

/** Lanes end in any order; the result must not show it. */
function inOrderOfSeeds(result: Result): Result {
  const ordered = (map: ReadonlyMap<number, Trajectory>) =>
    new Map(result.seeds.flatMap((seed) => (map.has(seed) ? [[seed, map.get(seed)!] as const] : [])));
  return { ...result, theory: ordered(result.theory), simulation: ordered(result.simulation) };
}
