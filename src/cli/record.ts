/** What a run writes of itself: an experiment file again, completed, with a record of what came out. Running it repeats the run. */
import { createHash } from "node:crypto";
import type { Trajectory } from "../index.js";
import type { Environment } from "./environment.js";
import { type Experiment, parseExperiment } from "./experiment.js";
import type { ExperimentFile } from "./experiment-schema.js";
import type { Comparison } from "./report.js";
import { type Result, seedsOf } from "./runner.js";

export interface RunRecord {
  readonly environment: Environment;
  readonly began: string;
  readonly seconds: number;
  /** All runs ended, and none was aborted. */
  readonly complete: boolean;
  /** Of all rows of all runs: equal texts, equal bits. */
  readonly numbers: string;
  /** The problems with every default filled in. */
  readonly problems: readonly unknown[];
  readonly runs: readonly {
    readonly problem: number;
    readonly method: string;
    readonly seed: number;
    readonly status: string;
    readonly message: string;
    readonly statistics: object;
  }[];
  readonly comparison: readonly object[];
}

/** A run as it is told apart in records and tables. */
export interface LabelledRun {
  readonly result: Result;
  readonly method: "ode" | "simulation";
  readonly seed: number;
  readonly trajectory: Trajectory;
}

/** Every run, problem by problem, theory first; a trajectory that stands for several seeds appears for each. */
export function runsOf(results: readonly Result[]): LabelledRun[] {
  return results.flatMap((result) => [
    ...Array.from(result.theory, ([seed, trajectory]) => ({ result, method: "ode" as const, seed, trajectory })),
    ...Array.from(result.simulation, ([seed, trajectory]) => ({
      result,
      method: "simulation" as const,
      seed,
      trajectory,
    })),
  ]);
}

/** How many runs there are when nothing stops them. */
export function expectedRuns({ file, points }: Experiment): number {
  return points.length * seedsOf(file).length * [file.integrate, file.simulate].filter(Boolean).length;
}

export function recordOf(
  experiment: Experiment,
  results: readonly Result[],
  comparison: readonly Comparison[],
  made: Pick<RunRecord, "environment" | "began" | "seconds">,
): ExperimentFile & { record: RunRecord } {
  const { record: _, ...file } = withFullProblem(experiment);
  const seeds = results[0].seeds;
  const asked = file.simulate
    ? { simulate: { ...file.simulate, seeds: [...seeds] } }
    : { integrate: { ...(typeof file.integrate === "object" ? file.integrate : {}), seeds: [...seeds] } };
  const runs = runsOf(results);
  return {
    ...file,
    ...asked,
    record: {
      ...made,
      complete:
        runs.length === expectedRuns(experiment) && runs.every(({ trajectory }) => trajectory.status !== "aborted"),
      numbers: numbersOf(runs),
      problems: results.map(({ point }) => point.problem),
      runs: runs.map(({ result, method, seed, trajectory: { status, message, statistics } }) => ({
        problem: results.indexOf(result),
        method,
        seed,
        status,
        message,
        statistics,
      })),
      comparison: comparison.map(({ place, ...row }) => ({
        ...Object.fromEntries(place.map(({ path, value }) => [path, value])),
        ...row,
      })),
    },
  };
}

/** The file with the defaults of its problem filled in, where that leaves its problems as they are. */
function withFullProblem({ file, points }: Experiment): ExperimentFile {
  const full = { ...file, problem: { ...points[0].problem } };
  try {
    const again = parseExperiment(full, file.name).points;
    const text = (list: Experiment["points"]) => JSON.stringify(list.map(({ problem }) => problem));
    return text(again) === text(points) ? full : file;
  } catch {
    // a field that varies takes others with it (start.kind)
    return file;
  }
}

/** A hash of every number of every run. */
function numbersOf(runs: readonly LabelledRun[]): string {
  const hash = createHash("sha256");
  for (const { method, seed, trajectory } of runs) {
    hash.update(`${method} ${seed} ${trajectory.length}\n`);
    hash.update(trajectory.time).update(trajectory.risk);
    for (let i = 0; i < trajectory.length; i++) {
      const { M, Q, a } = trajectory.state(i);
      hash.update(M).update(Q).update(a);
    }
  }
  return `sha256:${hash.digest("hex")}`;
}

/** Whether a repetition gave the numbers of the record that it repeats; undefined where there is no complete record to compare with. */
export function repetition(before: unknown, now: RunRecord): string | undefined {
  const old = before as Partial<RunRecord> | undefined;
  if (!old?.numbers || !old.complete || !now.complete) return undefined;
  if (old.numbers === now.numbers) return "The numbers are those of the record, bit for bit.";
  const cores =
    old.environment?.core === now.environment.core
      ? "the cores are the same, so please report this"
      : `that was core ${old.environment?.core}, this is ${now.environment.core}`;
  return `The numbers are not those of the record (${cores}).`;
}
