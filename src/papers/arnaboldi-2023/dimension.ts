/** The dimension-free description: what the overlaps of a start in d dimensions add to it. */
import { meanField } from "../../index.js";
import type { Chart } from "../../plot/index.js";
import { type Finding, within } from "../finding.js";
import { type PaperControl, runControl } from "../paper.js";
import { drawnStart, particleStart } from "../particle-start.js";
import { shared } from "../shares.js";
import { exponentError, exponentOf } from "../slope.js";

const k = 2;

export interface DimensionOptions {
  readonly width?: number;
  readonly dimensions?: readonly number[];
  readonly seeds?: number;
  readonly until?: number;
}

/** What `dimensionEffect` finds. */
export interface DimensionEffect {
  readonly dimensions: readonly number[];
  readonly seeds: number;
  /** Of the relative change of the risk over the seeds, at each d: mean, and root mean square. */
  readonly mean: readonly number[];
  readonly rootMeanSquare: readonly number[];
}

/**
 * The flow of p particles whose parts outside the teachers' span are drawn in d - k dimensions, of length 1 on average and with overlaps of order d^-1/2, against the
 * same with these parts orthogonal and of length 1, as (F3) has them: erf, k = 2, first layer.
 */
export async function dimensionEffect(
  options: DimensionOptions = {},
  control: PaperControl = {},
): Promise<DimensionEffect> {
  const { width: p = 25, dimensions = [50, 100, 400, 1600], seeds = 64, until = 5 } = options;
  const shape = { studentWidth: p, teacherWidth: k };
  const riskOf = async (seed: number, piece: PaperControl, outside?: Float64Array) => {
    const state = await particleStart({ ...shape, seed, outside });
    const set = { inputDimension: p + k, ...shape, scaling: "mean-field", start: { kind: "state", state } } as const;
    const run = await meanField(set, { until, save: { times: [until] }, rtol: 1e-6, ...runControl(piece) });
    return run.risk[0];
  };
  const pieces = shared(control, new Array(seeds * (1 + dimensions.length)).fill(1));
  const changes: number[][] = dimensions.map(() => []);
  for (let seed = 1; seed <= seeds; seed++) {
    const [first, ...own] = pieces.slice((seed - 1) * (1 + dimensions.length));
    const orthogonal = await riskOf(seed, first);
    for (const [i, d] of dimensions.entries()) {
      const drawn = { inputDimension: d - k, studentWidth: p, teacherWidth: 1 };
      const { Q } = await drawnStart(drawn, seed, 1 + i);
      changes[i].push((await riskOf(seed, own[i], Q)) / orthogonal - 1);
    }
  }
  const meanOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / seeds;
  return {
    ...{ dimensions, seeds },
    mean: changes.map(meanOf),
    rootMeanSquare: changes.map((values) => Math.sqrt(meanOf(values.map((x) => x * x)))),
  };
}

/** F: "d = 100: 1 % in risk", a figure of one digit. Changes are of order d^-1/2, within four standard errors of an exponent over independent starts. */
export async function dimensionFindings(control: PaperControl): Promise<Finding[]> {
  const [exponents, size] = shared(control, [1, 1]);
  const { dimensions, rootMeanSquare, seeds } = await dimensionEffect({}, exponents);
  const errors = dimensions.map(() => 1 / Math.sqrt(2 * seeds));
  const { mean } = await dimensionEffect({ width: 50, dimensions: [100], seeds: 40, until: 20 }, size);
  return [
    within(
      "power of d, change of the risk, T = 5",
      exponentOf([...dimensions], rootMeanSquare),
      -0.5,
      4 * exponentError(dimensions, errors),
    ),
    within("mean change of the risk, d = 100, p = 50, T = 20", mean[0], 0.01, 0.005),
  ];
}

/** How fast the change of the risk falls with d. */
export async function dimensionChart(control: PaperControl): Promise<Chart> {
  const dimensions = [50, 100, 200, 400, 800, 1600, 3200];
  const seeds = 64;
  const { rootMeanSquare } = await dimensionEffect({ dimensions, seeds }, control);
  const percent = rootMeanSquare.map((x) => 100 * x);
  const error = 2 / Math.sqrt(2 * seeds);
  const level = percent.reduce((sum, x, i) => sum + x * Math.sqrt(dimensions[i]), 0) / dimensions.length;
  return {
    title: "What is left of the dimension",
    subtitle: `erf, p = 25, k = ${k}, first layer, mean-field time 5`,
    caption: `Root mean square over ${seeds} starts of the relative change of the risk when the particles' parts outside the teachers' span are drawn in d dimensions, instead of orthogonal as the dimension-free flow (F3) has them. Bars are two standard errors.`,
    x: { label: "input dimension d", scale: "log" },
    y: { label: "change of ε in per cent", scale: "log" },
    names: "none",
    series: [
      {
        label: "slope −1/2",
        kind: "line",
        group: "flows",
        x: dimensions,
        y: dimensions.map((d) => level / Math.sqrt(d)),
      },
      {
        ...{ label: `${seeds} starts`, kind: "dots", group: "flows", x: dimensions, y: percent },
        low: percent.map((x) => x * (1 - error)),
        high: percent.map((x) => x * (1 + error)),
      },
    ],
  };
}
