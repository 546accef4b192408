/** The phase diagram of SGD, measured (THEORY B.5; Veiga et al. 2022): a grid of exponents, several d in each cell. */
import { checkCreateWorker, type EnsembleOptions, replicasOf, threadsOf, WorkerPool } from "../ensemble.js";
import { shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkKeys, checkNumber, invalid } from "../options.js";
import { checkControl, type RunControl } from "../pace.js";
import { problem as checkedProblem } from "../problem.js";
import type { ActivationInput } from "../problem-types.js";
import type { Core } from "../wasm/core.js";
import { measureCell } from "./cell.js";
import { CellRuns, type Simulate } from "./cell-runs.js";
import type { Cell, Setting } from "./cell-types.js";
import { region } from "./region.js";

export interface PhaseDiagramOptions extends RunControl {
  /**
   * Exponents of the width, p = round(c d^kappa), from 0 to 1; each of them with each delta. Learning rates take up what the rounding leaves, so that gamma / p is
   * (gamma_0 / c) d^-(kappa + delta).
   */
  readonly kappa: ArrayLike<number>;
  /** Exponents of the learning rate, gamma = gamma_0 d^-delta, from -2 to 2. */
  readonly delta: ArrayLike<number>;
  /** Values of d that a cell may use, increasing; default 10, 20, 50, 100, ... up to 1e20. It takes up to seven, the largest that its budget allows among them. */
  readonly dimensions?: ArrayLike<number>;
  /** c; default 2. */
  readonly widthFactor?: number;
  /** gamma_0; default 2. */
  readonly learningRate?: number;
  /** Delta; default 1e-3. */
  readonly noiseVariance?: number;
  /** Default "erf". */
  readonly activation?: ActivationInput;
  /** The time on the region's clock at which SGD is compared with the ODEs; default 1. */
  readonly until?: number;
  /** The excess risk that samples are counted to; default 0.05. */
  readonly excess?: number;
  /**
   * Steps of SGD that a cell may take, all dimensions and replicas together, default 2e7: those of a student of two units; a step of a wider one, a start and a saved row
   * count as many as they cost.
   */
  readonly stepsPerCell?: number;
  /** A whole number in [0, 2^52]; default 0. */
  readonly seed?: number;
  /** As in `ensemble`. */
  readonly workers?: number;
  readonly createWorker?: EnsembleOptions["createWorker"];
  /** Called with each cell as it comes. */
  readonly onCell?: (cell: Cell) => void;
}

export interface PhaseDiagram {
  readonly kappa: readonly number[];
  readonly delta: readonly number[];
  /** The cells, all deltas of the first kappa first: cell (i, j) is `cells[i * delta.length + j]`. Fewer after an abort. */
  readonly cells: readonly Cell[];
  readonly status: "completed" | "aborted";
  readonly message: string;
  /** c, gamma_0, Delta, the time, the excess risk, the budget and the seed. */
  readonly settings: Readonly<Record<string, number>>;
}

const OPTIONS = [
  "kappa",
  "delta",
  "dimensions",
  "widthFactor",
  "learningRate",
  "noiseVariance",
  "activation",
  "until",
  "excess",
  "stepsPerCell",
  "seed",
  "workers",
  "createWorker",
  "onCell",
  "signal",
  "onProgress",
] as const;

/** Nanoseconds of a step of two units in lanes. */
const STEP_NS = 50;
/** Work that is worth telling workers. */
const WORTH_NS = 3e6;
const DECADES = 20;

/**
 * Measures the phase diagram: for each pair of exponents, SGD on one teacher unit by p = round(c d^kappa) students, scaled by 1 / p, from units without overlap, at the largest d
 * that the budget allows; beside it the ODE with the drift at each d and the region's limiting ODE, for which students that are all alike need three numbers.
 *
 * @returns cells with fitted exponents and their errors; what the budget could not measure says so
 * @throws SgdDynamicsError for bad arguments
 * Cost: 50 ns of one core a step and cell, and some 30 ms a cell for the ODEs.
 */
export async function phaseDiagram(core: Core, pool: WorkerPool, options: PhaseDiagramOptions): Promise<PhaseDiagram> {
  checkKeys("phaseDiagram", options, OPTIONS);
  checkControl(options);
  if (options.onCell !== undefined && typeof options.onCell !== "function")
    invalid(`onCell is ${shown(options.onCell)}; allowed: a function.`);
  checkCreateWorker(options.createWorker);
  const { kappa, delta, setting, settings } = settingsOf(options);
  const threads = threadsOf(options.workers);
  const { signal, createWorker, onCell, onProgress } = options;

  const pairs = kappa.flatMap((x) => delta.map((y) => region(x, y)));
  const cells: Cell[] = [];
  let part = 0;
  const tell = () =>
    onProgress?.({ fraction: (cells.length + Math.min(part, 0.99)) / pairs.length, time: cells.length });
  const simulate: Simulate = async (problem, asked, nanoseconds) => {
    const workers = nanoseconds > WORTH_NS ? threads : 1;
    const { outcomes } = await replicasOf(core, pool, problem, { ...asked, workers, createWorker, signal });
    if (signal?.aborted) throw new Aborted();
    part += nanoseconds / setting.budget;
    tell();
    return outcomes;
  };
  try {
    for (const pair of pairs) {
      if (signal?.aborted) throw new Aborted();
      const cell = await measureCell(new CellRuns(core, setting, pair, simulate));
      cells.push(cell);
      onCell?.(cell);
      part = 0;
      tell();
    }
  } catch (cause) {
    if (!(cause instanceof Aborted)) throw cause;
  }
  const status = cells.length < pairs.length ? "aborted" : "completed";
  const measured = cells.filter((cell) => cell.status === "measured").length;
  const message = `${status === "aborted" ? `Aborted after ${cells.length} of ${pairs.length} cells` : `Completed: ${cells.length} cells`}, ${measured} of them measured.`;
  return { kappa, delta, cells, status, message, settings };
}

/** An abort on its way out of a cell. */
class Aborted extends Error {}

function settingsOf(options: PhaseDiagramOptions) {
  const kappa = numbersOf("kappa", options.kappa, 0, 1);
  const delta = numbersOf("delta", options.delta, -2, 2);
  const given = options.dimensions ?? defaultDimensions();
  const dimensions = numbersOf("dimensions", given, 2, 1e20);
  dimensions.forEach((d, i) => {
    if (!Number.isInteger(d)) invalid(`dimensions holds ${d}; allowed: whole numbers from 2 to 1e20.`);
    if (i > 0 && d <= dimensions[i - 1]) invalid(`dimensions must increase; given: ${dimensions[i - 1]} before ${d}.`);
  });
  const positive = (
    name: "widthFactor" | "learningRate" | "until" | "excess" | "stepsPerCell",
    otherwise: number,
    most: number,
  ) => checkNumber(name, options[name] ?? otherwise, `a number above 0, up to ${most}`, (x) => x > 0 && x <= most);
  const settings = {
    widthFactor: positive("widthFactor", 2, 4096),
    learningRate: positive("learningRate", 2, 1e6),
    noiseVariance: checkNumber(
      "noiseVariance",
      options.noiseVariance ?? 1e-3,
      "a finite number, at least 0",
      (x) => x >= 0 && Number.isFinite(x),
    ),
    until: positive("until", 1, 1e6),
    excess: positive("excess", 0.05, 1e6),
    stepsPerCell: positive("stepsPerCell", 2e7, 1e15),
    seed: checkNumber(
      "seed",
      options.seed ?? 0,
      "a whole number from 0 to 2^52",
      (n) => Number.isInteger(n) && n >= 0 && n <= 2 ** 52,
    ),
  };
  const activation = options.activation ?? "erf";
  checkedProblem({ inputDimension: 10, studentWidth: 1, teacherWidth: 1, activation });
  const setting: Setting = { ...settings, dimensions, activation, budget: settings.stepsPerCell * STEP_NS };
  return { kappa, delta, setting, settings };
}

function numbersOf(name: string, given: unknown, low: number, high: number): number[] {
  const allowed = `an array of numbers from ${low} to ${high}, at least one`;
  if (!isList(given) || given.length === 0) invalid(`${name} is ${shown(given)}; allowed: ${allowed}.`);
  return Array.from(given as ArrayLike<number>, (value) =>
    // what a grid's own arithmetic leaves
    checkNumber(name, value, allowed, (x) => x >= low - 1e-9 && x <= high + 1e-9),
  );
}

/** 10, 20, 50, 100, ... */
function defaultDimensions(): number[] {
  return Array.from({ length: 3 * DECADES - 2 }, (_, i) => Number(`${[1, 2, 5][i % 3]}e${1 + Math.floor(i / 3)}`));
}

export { WorkerPool };
