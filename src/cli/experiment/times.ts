/** Which times an experiment saves: those asked for and those of its table, each a whole step of the simulation, so that both methods share them. */

import { limitRegion } from "../theory.js";
import type { ExperimentFile } from "./schema.js";

/** Decades that a log-spaced grid spans below `until`, as in the library. */
const DECADES = 4;

export interface ExperimentTimes {
  /** Increasing; t = step / d. */
  readonly saved: readonly number[];
  /** Those of the table, some of `saved`. */
  readonly reported: readonly number[];
  /** The end: the whole step nearest to the experiment's. */
  readonly until: number;
}

export function experimentTimes(
  file: Pick<ExperimentFile, "save" | "until" | "report"> & Partial<Pick<ExperimentFile, "integrate">>,
  d: number,
): ExperimentTimes {
  const { save, until, report, integrate = false } = file;
  // nothing is simulated on a region's clock
  const atStep = limitRegion({ integrate }) ? (t: number) => t : (t: number) => Math.round(t * d) / d;
  const wanted = report?.times ?? [until / 1000, until / 100, until / 10, 0.3 * until, until];
  const reported = increasing(wanted.map(atStep).filter((t) => t > 0 || report));
  const grid = save.times ?? spaced(save.count!, save.spacing ?? "log", until);
  return { saved: increasing([...grid.map(atStep), ...reported]), reported, until: atStep(until) };
}

function spaced(count: number, spacing: "log" | "linear", until: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return 0;
    if (i === count - 1) return until;
    return spacing === "linear" ? (until * i) / (count - 1) : until * 10 ** (-DECADES * (1 - (i - 1) / (count - 2)));
  });
}

function increasing(times: readonly number[]): number[] {
  return [...new Set(times)].sort((x, y) => x - y);
}
