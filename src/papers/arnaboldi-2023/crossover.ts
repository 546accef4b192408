/** Between the limits of high dimension and of many particles: the crossover (Arnaboldi et al.). */
import { integrate, meanField, type ProblemInput } from "../../index.js";
import type { Chart, Series } from "../../plot/index.js";
import { atLeast, atMost, type Finding, relative } from "../finding.js";
import { geometric } from "../grid.js";
import { type PaperControl, runControl } from "../paper.js";
import { particleStart } from "../particle-start.js";
import { shared } from "../shares.js";

const k = 2;

export interface CrossoverOptions {
  readonly widths?: readonly number[];
  readonly steps?: readonly number[];
  /** Distinct particles at the start; the first width, of which all are multiples. */
  readonly types?: number;
  readonly until?: number;
  /** A multiple of the first width, from which, and twice it, the limit is extrapolated. */
  readonly limitWidth?: number;
}

/** What `crossover` finds. */
export interface Crossover {
  readonly widths: readonly number[];
  readonly steps: readonly number[];
  /** excess[i][j]: risk of the ODE (B11) at width i and step j over that of the limit p -> infinity, s -> 0. */
  readonly excess: readonly (readonly number[])[];
  /** excess = step * s + width / p, by least squares of the relative errors, and the largest relative error of that. */
  readonly step: number;
  readonly width: number;
  readonly misfit: number;
  /** The same coefficients, each in its own limit: of s at the widest students, of 1 / p in the flows that the limit comes from. */
  readonly stepAlone: number;
  readonly widthAlone: number;
  /** The risk of the limit. */
  readonly limit: number;
}

/**
 * At d -> infinity with finite steps s = gamma n_s and p particles the risk follows (B11), whose noise is of order s; with s -> 0 it is the flow of p particles, and
 * with p -> infinity besides the mean-field limit. The width p = width / (step s) is where one effect takes over from the other: fewer particles are a
 * high-dimensional few-unit network, more are mean field with noisy steps. erf, k = 2, first layer; widths are multiples of the first, and their densities at the
 * start the same, so that the limit is approached without sampling errors.
 * Cost: a second; of an ODE as p^4, of a flow as p^3.
 */
export async function crossover(options: CrossoverOptions = {}, control: PaperControl = {}): Promise<Crossover> {
  const { widths = [8, 16, 24, 32], steps = [0.1, 0.05, 0.025], types = widths[0], until = 2 } = options;
  const { limitWidth = 64 } = options;
  const widest = widths[widths.length - 1];
  const flowWidths = [limitWidth, 2 * limitWidth, widest];
  const costs = [...flowWidths.map((p) => p * p * p), ...widths.flatMap((p) => steps.map(() => p * p * p * p))];
  const pieces = shared(control, costs);
  const flows: number[] = [];
  for (const [i, p] of flowWidths.entries()) {
    const end = { until, save: { times: [until] }, ...runControl(pieces[i]) };
    flows.push((await meanField(await steppedParticles(p, types, 1), end)).risk[0]);
  }
  // R(p) = limit + width / p + O(1 / p^2): twice the width takes the 1 / p away
  const limit = 2 * flows[1] - flows[0];
  const excess: number[][] = [];
  for (const [i, p] of widths.entries()) {
    const own: number[] = [];
    for (const [j, s] of steps.entries()) {
      const end = until / s;
      const piece = runControl(pieces[flowWidths.length + i * steps.length + j]);
      const run = await integrate(await steppedParticles(p, types, s), {
        ...{ until: end, save: { times: [end] }, dense: false },
        ...piece,
      });
      own.push(run.risk[0] - limit);
    }
    excess.push(own);
  }
  const finest = steps.length - 1;
  return {
    ...{ widths, steps, excess, limit },
    ...fitted(widths, steps, excess),
    stepAlone: (excess[widths.length - 1][finest] + limit - flows[2]) / steps[finest],
    widthAlone: 2 * limitWidth * (flows[0] - flows[1]),
  };
}

async function steppedParticles(p: number, types: number, s: number): Promise<ProblemInput> {
  return {
    inputDimension: p + k,
    studentWidth: p,
    teacherWidth: k,
    scaling: "mean-field",
    learningRate: s * p,
    start: { kind: "state", state: await particleStart({ studentWidth: p, teacherWidth: k, types, seed: 1 }) },
  };
}

/** Least squares of step * s / excess + width / (p excess) = 1. */
function fitted(widths: readonly number[], steps: readonly number[], excess: readonly (readonly number[])[]) {
  const points = widths.flatMap((p, i) => steps.map((s, j) => ({ x: s / excess[i][j], y: 1 / p / excess[i][j] })));
  const sum = (value: (point: { x: number; y: number }) => number) =>
    points.reduce((so, point) => so + value(point), 0);
  const [xx, xy, yy] = [sum(({ x }) => x * x), sum(({ x, y }) => x * y), sum(({ y }) => y * y)];
  const [x1, y1] = [sum(({ x }) => x), sum(({ y }) => y)];
  const determinant = xx * yy - xy * xy;
  const [step, width] = [(x1 * yy - y1 * xy) / determinant, (xx * y1 - xy * x1) / determinant];
  const misfit = points.reduce((most, { x, y }) => Math.max(most, Math.abs(step * x + width * y - 1)), 0);
  return { step, width, misfit };
}

/**
 * The next orders are 1 / p^2 beside 1 / p and s / p beside s: with p twice and s half the misfit halves, and the coefficients are those of each limit alone up to
 * the order 1 / p = 1 / 8.
 */
export async function crossoverFindings(control: PaperControl): Promise<Finding[]> {
  const [coarse, fine] = shared(control, [1, 8]);
  const types = 4;
  const { misfit: before } = await crossover({ widths: [4, 8, 12, 16], steps: [0.2, 0.1, 0.05], types }, coarse);
  const { misfit, step, stepAlone, width, widthAlone } = await crossover({ types }, fine);
  return [
    atMost("largest relative misfit of A s + B/p, p = 8 to 32", misfit, 0.03),
    atLeast("misfit with p half and s twice, over that", before / misfit, 1.5),
    relative("A beside the slope in s alone", step, stepAlone, 0.125),
    relative("B beside the flows alone", width, widthAlone, 0.125),
  ];
}

/** Excess risks between both limits, with their asymptotes. */
export async function crossoverChart(control: PaperControl): Promise<Chart> {
  const widths = [4, 8, 16, 32];
  const steps = [3.2, 1.6, 0.8, 0.4, 0.2, 0.1, 0.05];
  const [all, small] = shared(control, [3, 1]);
  const { excess } = await crossover({ widths, steps }, all);
  const { step, width } = await crossover({ types: widths[0] }, small);
  const curve = geometric(0.04, 1.09, 54);
  const series = widths.flatMap((p, i): Series[] => [
    { label: "A s + B/p", kind: "line", group: `p = ${p}`, x: curve, y: curve.map((s) => step * s + width / p) },
    { label: "ODE (B11)", kind: "dots", group: `p = ${p}`, x: steps, y: excess[i] },
  ]);
  return {
    title: "From few units to many particles",
    subtitle: `erf, k = ${k}, d → ∞, first layer, mean-field time 2`,
    caption: `Excess of the risk over the mean-field limit p → ∞, s → 0, against the step s = γ nₛ. To the left of s = B/(A p) the finite number of units matters, and curves are level; to the right the noise of the steps. A and B are fitted where s ≤ 0.1.`,
    x: { label: "step s = γ nₛ", scale: "log" },
    y: { label: "risk − risk of the limit", scale: "log" },
    series: [
      { label: "A s", kind: "line", dashed: true, group: "p → ∞", x: curve, y: curve.map((s) => step * s) },
      ...series,
    ],
    names: "direct",
    palette: "categorical",
  };
}
