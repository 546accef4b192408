/** The runs of one pair of exponents: which d the budget allows, SGD at them, and the ODEs beside. */
import { stepNanoseconds } from "../cost.js";
import type { EnsembleOptions } from "../ensemble.js";
import { parametersOf } from "../parameters.js";
import { problem as checkedProblem } from "../problem.js";
import type { ProblemInput } from "../problem-types.js";
import type { Outcome } from "../simulation-run.js";
import type { Core, SimulationKernels } from "../wasm/core.js";
import { AlikeUnits, type Rates } from "./alike.js";
import type { Setting } from "./cell-types.js";
import type { Region } from "./region.js";

/** Simulates replicas; rows of each. */
export type Simulate = (problem: ProblemInput, options: EnsembleOptions, nanoseconds: number) => Promise<Outcome[]>;

/** Fewer steps are no flow. */
const LEAST_STEPS = 8;
export const MOST_DIMENSIONS = 7;
const MOST_WIDTH = 1024;
/** Decades of the clock that the dimensions of a measurement span, where there are so many. */
const DECADES = 3;

/** One d of a cell: its problem, and how its drift compares with the clock. */
export interface Size {
  readonly d: number;
  readonly p: number;
  readonly gamma: number;
  /** Steps of a unit of the region's clock. */
  readonly clock: number;
  /** Of the drift at d, and of the limiting ODE. */
  readonly drift: Rates;
  readonly limit: Rates;
}

export class CellRuns {
  readonly setting: Setting;
  readonly region: Region;
  readonly #core: Core;
  readonly #simulate: Simulate;
  readonly #units = new Map<number, AlikeUnits>();

  constructor(core: Core, setting: Setting, region: Region, simulate: Simulate) {
    this.#core = core;
    this.setting = setting;
    this.region = region;
    this.#simulate = simulate;
  }

  get kernels(): SimulationKernels {
    return this.#core.kernels;
  }

  free(): void {
    for (const units of this.#units.values()) units.free();
  }

  /** Of this pair's runs: neighbours in a grid are measured independently, and a pair alone as in any grid. */
  get #seed(): number {
    const { kappa, delta } = this.region;
    const number = Math.round(kappa * 1e4) * 100_003 + Math.round(delta * 1e4);
    return this.setting.seed + 3 * Math.abs(number);
  }

  #power(d: number, exponent: number): number {
    return exponent === 0 ? 1 : this.kernels.exp(exponent * this.kernels.log(d));
  }

  #size(d: number): Size {
    const { kappa, delta, sum, samplesExponent = 1 + 2 * sum, theta = 2 * sum, name } = this.region;
    const { widthFactor, learningRate } = this.setting;
    const p = Math.max(1, Math.round(widthFactor * this.#power(d, kappa)));
    // what rounding the width leaves goes into gamma, so that s = gamma / p is (gamma_0 / c) d^-(kappa + delta)
    const rounding = p / (widthFactor * this.#power(d, kappa));
    const gamma = learningRate * this.#power(d, -delta) * rounding;
    // a step's drift is gamma / d of the gradient's part and gamma^2 / d of the noise's
    const scale = this.#power(d, theta);
    const rate = learningRate * this.#power(d, kappa) * rounding;
    return {
      d,
      p,
      gamma,
      clock: this.#power(d, samplesExponent),
      drift: { gradient: gamma * scale, noise: gamma * gamma * scale },
      limit: { gradient: name === "orange" ? 0 : rate, noise: name === "green" ? 0 : rate * rate },
    };
  }

  /** The sizes whose units are few enough. */
  get sizes(): Size[] {
    return this.setting.dimensions.map((d) => this.#size(d)).filter(({ p }) => p <= MOST_WIDTH);
  }

  /** Nanoseconds of one replica. */
  cost({ d, p }: Size, steps: number, rows: number): number {
    const m = p + 1;
    const parameters = parametersOf(checkedProblem({ inputDimension: d, studentWidth: p, teacherWidth: 1 }));
    return 1e5 + 0.8 * m * m * m + rows * (5e3 + 30 * m * m) + steps * stepNanoseconds(parameters, "chain", true);
  }

  /** The dimensions of a measurement: up to the largest that its share of the budget allows, over some decades of the clock. */
  affordable(share: number, least: number, stepsOf: (size: Size) => number, rows: number): Size[] {
    const budget = this.setting.budget * share;
    const possible = this.sizes.filter(
      (size) =>
        stepsOf(size) >= LEAST_STEPS &&
        stepsOf(size) < 2 ** 50 &&
        least * this.cost(size, stepsOf(size), rows) <= budget / 2.5,
    );
    const largest = possible.at(-1);
    if (!largest) return [];
    const decades = DECADES / Math.max(0.05, this.region.samplesExponent ?? 1);
    const lowest = this.kernels.log(largest.d) - decades * this.kernels.log(10);
    const near = possible.filter(({ d }) => this.kernels.log(d) >= lowest - 1e-9);
    const chosen = near.length < 3 ? possible.slice(-3) : near;
    return spaced(chosen);
  }

  /** The units of a width, all alike. */
  async alike(p: number): Promise<AlikeUnits> {
    const { activation, noiseVariance } = this.setting;
    const units = this.#units.get(p) ?? (await AlikeUnits.of(this.#core, p, activation, noiseVariance));
    this.#units.set(p, units);
    return units;
  }

  #problem({ d, p, gamma }: Size, start: ProblemInput["start"]): ProblemInput {
    const { activation, noiseVariance } = this.setting;
    return {
      inputDimension: d,
      studentWidth: p,
      teacherWidth: 1,
      activation,
      scaling: "mean-field",
      learningRate: gamma,
      noiseVariance,
      start,
    };
  }

  /** Rows after so many steps, in all replicas; those that diverged are left out. */
  async rows(
    size: Size,
    start: ProblemInput["start"],
    stops: readonly number[],
    replicas: number,
    stream: number,
  ): Promise<Float64Array[]> {
    const last = stops[stops.length - 1];
    const times = stops.map((step) => step / size.d);
    const options = {
      until: last / size.d,
      save: { times },
      replicas,
      seed: this.#seed + stream,
      method: "chain" as const,
    };
    const work = replicas * this.cost(size, last, stops.length);
    const outcomes = await this.#simulate(this.#problem(size, start), options, work);
    return outcomes.filter(({ status }) => status === "completed").map(({ rows }) => rows);
  }

  log(x: number): number {
    return x > 0 ? this.kernels.log(x) : Number.NaN;
  }
}

/** As many as a measurement has dimensions, from the first to the last. */
export function spaced(sizes: readonly Size[]): Size[] {
  const count = Math.min(sizes.length, MOST_DIMENSIONS);
  return Array.from({ length: count }, (_, i) => sizes[Math.round((i * (sizes.length - 1)) / Math.max(1, count - 1))]);
}
