/**
 * Runs an experiment: for each problem and seed the ODE, then the simulations, several at a time where there are workers, then for each
 * problem the ensemble, one at a time, since each has threads of its own.
 */

import {
  ensemble,
  type IntegrateOptions,
  integrate,
  type Problem,
  type SimulateOptions,
  simulate,
  type Trajectory,
} from "../../index.js";
import { exitCodeOfError } from "../command.js";
import { type Band, bandOf } from "../ensemble-statistics.js";
import { named } from "../events.js";
import { startDependsOnSeed, startedAlike } from "../start.js";
import { theoryName } from "../theory.js";
import { type Experiment, type Point, seedsOf } from "./experiment.js";
import type { ExperimentFile } from "./schema.js";
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
  /** Replicas of the first seed. */
  readonly band?: Band;
  /** What kept a run from coming about at all, a sentence each. */
  readonly failures: readonly string[];
}

export interface RunOptions {
  readonly simulators?: Simulators;
  /** Threads of an ensemble; default as the library has it. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, text: string) => void;
}

/** One call of the library, with its share of the work. */
interface Task {
  readonly result: {
    theory: Map<number, Trajectory>;
    simulation: Map<number, Trajectory>;
    band?: Band;
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
  const results = points.map((point): Task["result"] => ({
    point,
    times: experimentTimes(file, point.problem.inputDimension),
    seeds: seedsOf(file),
    theory: new Map<number, Trajectory>(),
    simulation: new Map<number, Trajectory>(),
    failures: [],
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
  const { integrate: ode, simulate: dense, ensemble: replicas } = file;
  const theory = ode
    ? results.flatMap((result) => tasksOf(result, theorySeeds(result), theoryName(file), odeCost))
    : [];
  const simulations = dense
    ? results.flatMap((result) => tasksOf(result, result.seeds, "simulation", (problem) => runCost(problem, dense)))
    : [];
  const ensembles = replicas
    ? results.map((result) => ensembleTask(result, replicas.replicas * runCost(result.point.problem, replicas)))
    : [];
  const progress = totalProgress([...theory, ...simulations, ...ensembles], options.onProgress);

  // before the work begins: what has no theory, or one that would take hours, and what cannot be a start is found out at once
  for (const { result, seed } of theory)
    await integrate(result.point.problem, { ...theoryOptions(file), until: 0, save: { times: [0] }, seed });
  const starts = new Map<Result, Problem>();
  for (const { result, seed } of ensembles) starts.set(result, await startOf(result.point.problem, seed, file));

  const control = (task: Task): Control => ({ signal, onProgress: progress.of(task) });
  const begin = (tasks: readonly Task[], size: number, work: (task: Task) => Promise<void>) =>
    inLanes(tasks, size, signal, sparing(work));
  await begin(theory, 1, (task) => integrateOne(task, file, control(task)));
  await begin(simulations, simulators.size, (task) => simulateOne(task, file, simulators, control(task)));
  await begin(ensembles, 1, (task) =>
    ensembleOne(task, starts.get(task.result)!, file, { ...control(task), workers: options.workers }),
  );
  const made = results.some(({ theory, simulation, band }) => theory.size + simulation.size > 0 || band);
  if (!made && errors.length > 0) throw errors[0];
  return results.map(inOrderOfSeeds);
}

interface Control {
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: { readonly fraction: number }) => void;
}

async function integrateOne({ result, seed }: Task, file: ExperimentFile, control: Control) {
  const { until, saved } = result.times;
  const { problem } = result.point;
  const save = { times: saved };
  const trajectory = await integrate(problem, { ...theoryOptions(file), until, save, seed, ...control });
  const served = startDependsOnSeed(problem) ? [seed] : result.seeds;
  for (const each of served) result.theory.set(each, trajectory);
}

/** What the experiment says of its theory, as the library takes it. */
function theoryOptions({ integrate: asked }: ExperimentFile): Partial<IntegrateOptions> {
  const { seeds: _, events, ...options } = typeof asked === "object" ? asked : ({} as Partial<typeof asked & object>);
  return {
    ...options,
    ...(events ? { events: events.map((event) => (typeof event === "string" ? event : named(event))) } : {}),
    // the mean map has none
    ...(options.limit === "finite-d" ? {} : { dense: false }),
  };
}

async function simulateOne(
  { result, seed }: Task,
  { simulate: asked }: ExperimentFile,
  { simulate }: Simulators,
  control: Control,
) {
  const { until, saved } = result.times;
  const { method, precision } = asked as Exclude<typeof asked, false>;
  const options = { until, save: { times: saved }, seed, method, precision, ...control };
  result.simulation.set(seed, await simulate(result.point.problem, options));
}

async function ensembleOne(
  { result, seed }: Task,
  problem: Problem,
  { ensemble: asked }: ExperimentFile,
  control: Control & { readonly workers?: number },
) {
  const { until, saved } = result.times;
  const { replicas, quantiles, method } = asked as Exclude<typeof asked, false>;
  const { workers, ...others } = control;
  const options = { until, save: { times: saved }, seed, replicas, method, ...others };
  result.band = bandOf(await ensemble(problem, workers === undefined ? options : { ...options, workers }), quantiles);
}

/** The problem whose replicas an experiment wants. */
async function startOf(problem: Problem, seed: number, { ensemble: asked }: ExperimentFile): Promise<Problem> {
  return asked && asked.start === "theory" ? startedAlike(problem, seed) : problem;
}

function theorySeeds({ point, seeds }: Result): readonly number[] {
  return startDependsOnSeed(point.problem) ? seeds : seeds.slice(0, 1);
}

function tasksOf(
  result: Task["result"],
  seeds: readonly number[],
  kind: string,
  cost: (problem: Problem) => number,
): Task[] {
  const { label, problem } = result.point;
  return seeds.map((seed) => ({
    result,
    seed,
    cost: cost(problem) * result.times.until,
    name: `${label && `${label}, `}seed ${seed}`,
    kind,
  }));
}

function ensembleTask(result: Task["result"], cost: number): Task {
  const [seed] = result.seeds;
  const name = result.point.label || `seed ${seed}`;
  return { result, seed, cost: cost * result.times.until, name, kind: "ensemble" };
}

/** Microseconds a unit of time, roughly. Only shares of a progress bar hang on it, and those of the library. */
function runCost(
  { inputDimension: d, studentWidth: p, teacherWidth: k, batchSize }: Problem,
  { method, precision }: { readonly method: string; readonly precision?: string },
): number {
  const dense = batchSize * (0.15 + d * (0.0012 + 0.00012 * (2 * p + k)));
  const chain = batchSize * (0.03 + 0.014 * (p + k) + 0.0005 * p * p);
  if (method === "dense" || precision === "f32") return d * dense;
  return d * (method === "chain" ? chain : Math.min(chain, dense));
}

function odeCost({ studentWidth: p, teacherWidth: k, activation }: Problem): number {
  const integral = 0.01 * p * p * (p + k) * (p + k);
  // by quadrature, most others
  return ["erf", "linear", "quadratic"].includes(activation as string) ? integral : 40 * integral + 50;
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
