/** What a run writes of itself: an experiment file again, completed, with a record of what came out. Running it repeats the run. */
import { createHash } from "node:crypto";
import type { TrajectoryLike } from "../../formats/index.js";
import type { Ensemble, Trajectory } from "../../index.js";
import type { Environment } from "../environment.js";
import { theoryKey } from "../theory.js";
import { type Experiment, parseExperiment, seedsOf } from "./experiment.js";
import type { Comparison } from "./report.js";
import type { BandComparison } from "./report-bands.js";
import type { Result } from "./runner.js";
import type { ExperimentFile } from "./schema.js";

export interface RunRecord {
  readonly environment: Environment;
  readonly began: string;
  readonly seconds: number;
  /** All runs ended, and none was aborted. */
  readonly complete: boolean;
  /** Of all rows of all runs, of ensembles those of their statistics: equal texts, equal bits. */
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
    /** Of theory, where some were asked for. */
    readonly events?: readonly object[];
  }[];
  /** Simulation against theory, seed by seed. */
  readonly comparison: readonly object[];
  /** Theory and a simulation against the ensemble. */
  readonly bands?: readonly object[];
}

/** A run as it is told apart in records. */
export interface LabelledRun {
  readonly result: Result;
  readonly method: "ode" | "mean_map" | "simulation" | "ensemble";
  readonly seed: number;
  readonly run: Trajectory | Ensemble;
}

/** Every run, problem by problem, theory first; a trajectory that stands for several seeds appears for each. */
export function runsOf(results: readonly Result[]): LabelledRun[] {
  return results.flatMap((result) => [
    ...Array.from(result.theory, ([seed, run]) => ({ result, method: theoryKey(result), seed, run })),
    ...Array.from(result.simulation, ([seed, run]) => ({ result, method: "simulation" as const, seed, run })),
    ...(result.band ? [{ result, method: "ensemble" as const, seed: result.seeds[0], run: result.band.ensemble }] : []),
  ]);
}

/** Curves as they are told apart in tables: those of a run, or one statistic of an ensemble. */
export interface LabelledCurves {
  readonly result: Result;
  /** "ode" (or "mean_map"), "simulation", "ensemble_mean", "ensemble_q10", ... */
  readonly method: string;
  readonly seed: number;
  readonly curves: TrajectoryLike;
}

/** Every number of every run, in the same order. */
export function curvesOf(results: readonly Result[]): LabelledCurves[] {
  return runsOf(results).flatMap(({ result, method, seed, run }) =>
    method === "ensemble"
      ? Array.from(result.band!.statistics, ([name, curves]) => ({ result, method: `ensemble_${name}`, seed, curves }))
      : [{ result, method, seed, curves: run as Trajectory }],
  );
}

/** How many runs there are when nothing stops them. */
export function expectedRuns({ file, points }: Experiment): number {
  const single = seedsOf(file).length * [file.integrate, file.simulate].filter(Boolean).length;
  return points.length * (single + (file.ensemble ? 1 : 0));
}

export function recordOf(
  experiment: Experiment,
  results: readonly Result[],
  comparisons: { readonly pairs: readonly Comparison[]; readonly bands: readonly BandComparison[] },
  made: Pick<RunRecord, "environment" | "began" | "seconds">,
): ExperimentFile & { record: RunRecord } {
  const { record: _, ...file } = withFullProblem(experiment);
  const seeds = results[0].seeds;
  const { integrate, simulate } = file;
  const asked = simulate
    ? { simulate: { ...simulate, seeds: [...seeds] } }
    : integrate
      ? { integrate: { ...(typeof integrate === "object" ? integrate : {}), seeds: [...seeds] } }
      : {};
  const runs = runsOf(results);
  return {
    ...file,
    ...asked,
    record: {
      ...made,
      complete: runs.length === expectedRuns(experiment) && runs.every(({ run }) => run.status !== "aborted"),
      numbers: numbersOf(curvesOf(results)),
      problems: results.map(({ point }) => point.problem),
      runs: runs.map(({ result, method, seed, run }) => ({
        problem: results.indexOf(result),
        method,
        seed,
        status: run.status,
        message: run.message,
        statistics: run.statistics,
        ...("events" in run && run.events.length > 0 ? { events: run.events } : {}),
      })),
      comparison: comparisons.pairs.map(placed),
      ...(file.ensemble ? { bands: comparisons.bands.map(placed) } : {}),
    },
  };
}

/** A row with its place on each axis as fields. */
function placed({ place, ...row }: Comparison | BandComparison): object {
  return { ...Object.fromEntries(place.map(({ path, value }) => [path, value])), ...row };
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

/** A hash of every number of every curve. */
function numbersOf(all: readonly LabelledCurves[]): string {
  const hash = createHash("sha256");
  for (const { method, seed, curves } of all) {
    hash.update(`${method} ${seed} ${curves.length}\n`);
    hash.update(curves.time).update(oneNaN(curves.risk));
    if (curves.empiricalRisk) hash.update(oneNaN(curves.empiricalRisk));
    for (let i = 0; i < curves.length; i++) {
      const { M, Q, a } = curves.state(i);
      hash.update(oneNaN(M)).update(oneNaN(Q)).update(oneNaN(a));
    }
  }
  return `sha256:${hash.digest("hex")}`;
}

/** Processors differ in the bits of 0 / 0, which is the standard error of one replica. */
function oneNaN(values: Float64Array): Float64Array {
  return values.some(Number.isNaN) ? values.map((value) => (Number.isNaN(value) ? 0 : value)) : values;
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
