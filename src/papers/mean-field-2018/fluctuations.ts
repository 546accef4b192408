/** Fluctuations of SGD around the mean-field limit are of order p^-1/2 (Sirignano & Spiliopoulos). */
import { ensemble, type ProblemInput, type State } from "../../index.js";
import type { Chart, Series } from "../../plot/index.js";
import { type Finding, relative, within } from "../finding.js";
import { type PaperControl, runControl } from "../paper.js";
import { shared } from "../shares.js";
import { exponentError, exponentOf } from "../slope.js";

const d = 10;
/** gamma n_s = 1 / p: each of d p steps moves the particles by 1 / (d p), and a unit of mean-field time is d p of them. */
const learningRate = 1;

/** What `fluctuations` finds. */
export interface Fluctuations {
  readonly widths: readonly number[];
  readonly replicas: number;
  /** Standard deviations over replicas of (1 / p) sum_i a_i u_i.u*_1 at the start and at the end, and of the risk at the end. */
  readonly start: readonly number[];
  readonly overlap: readonly number[];
  readonly risk: readonly number[];
}

/**
 * Particles start independently, their steps are of order 1 / p: erf, k = 1, d = 10, both layers, steps of 0.1 / p. The relative standard error of a standard
 * deviation is (2 replicas)^(-1/2).
 */
export async function fluctuations(
  options: { readonly widths?: readonly number[]; readonly replicas?: number; readonly until?: number } = {},
  control: PaperControl = {},
): Promise<Fluctuations> {
  const { widths = [16, 32, 64, 128], replicas = 600, until = 1 } = options;
  const pieces = shared(
    control,
    widths.map((p) => p * p * p),
  );
  const found: { start: number; overlap: number; risk: number }[] = [];
  for (const [i, p] of widths.entries()) {
    const end = (until * p) / learningRate;
    const many = await ensemble(independentParticles(p), {
      ...{ until: end, save: { times: [0, end] }, seed: 1, replicas, keep: true },
      ...runControl(pieces[i]),
    });
    const overlap = (row: number) => standardDeviation(many.trajectories!.map((run) => meanOverlap(run.state(row))));
    found.push({ start: overlap(0), overlap: overlap(1), risk: many.standardDeviation.risk[1] });
  }
  const column = (name: keyof (typeof found)[number]) => found.map((row) => row[name]);
  return { widths, replicas, start: column("start"), overlap: column("overlap"), risk: column("risk") };
}

function independentParticles(p: number): ProblemInput {
  return {
    inputDimension: d,
    studentWidth: p,
    teacherWidth: 1,
    scaling: "mean-field",
    learningRate,
    secondLayer: { learningRate },
  };
}

function meanOverlap({ M, a }: State): number {
  return M.reduce((sum, m, i) => sum + a[i] * m, 0) / a.length;
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (values.length - 1));
}

/** Exponents within four standard errors; of the start, where overlaps are independent with variance 1 / d, the size is known too. */
export async function fluctuationFindings(control: PaperControl): Promise<Finding[]> {
  const { widths, replicas, start, overlap, risk } = await fluctuations({}, control);
  const error = 1 / Math.sqrt(2 * (replicas - 1));
  const tolerance =
    4 *
    exponentError(
      widths,
      widths.map(() => error),
    );
  return [
    within("power of p, fluctuation of the mean overlap", exponentOf([...widths], overlap), -0.5, tolerance),
    within("power of p, fluctuation of the risk", exponentOf([...widths], risk), -0.5, tolerance),
    ...widths.map((p, i) =>
      relative(`at the start, p = ${p}, times √(p d)`, start[i] * Math.sqrt(p * d), 1, 4 * error),
    ),
  ];
}

/** Standard deviations beside lines of slope -1/2. */
export async function fluctuationChart(control: PaperControl): Promise<Chart> {
  const { widths, replicas, start, overlap, risk } = await fluctuations(
    { widths: [8, 16, 32, 64, 128], replicas: 600 },
    control,
  );
  const error = 2 / Math.sqrt(2 * (replicas - 1));
  const both = (
    group: string,
    y: readonly number[],
    first = y[y.length - 1] * Math.sqrt(widths[widths.length - 1]),
  ): Series[] => [
    { label: "slope −1/2", kind: "line", group, x: widths, y: widths.map((p) => first / Math.sqrt(p)) },
    {
      ...{ label: `${replicas} runs`, kind: "dots", group, x: widths, y },
      low: y.map((value) => value * (1 - error)),
      high: y.map((value) => value * (1 + error)),
    },
  ];
  return {
    title: "Fluctuations around the mean-field limit",
    subtitle: `One-pass SGD of both layers, erf, k = 1, d = ${d}, steps of 1/(d p), independent starts`,
    caption: `Standard deviation over ${replicas} runs of the mean overlap (1/p) Σ a u·u* and of the excess risk, at mean-field time 1, and of the overlap at the start, where theory is 1/√(p d) without a fit. The other lines go through the widest point. Bars are two standard errors.`,
    x: { label: "particles p", scale: "log" },
    y: { label: "standard deviation", scale: "log" },
    series: [...both("overlap, start", start, 1 / Math.sqrt(d)), ...both("overlap", overlap), ...both("risk", risk)],
    palette: "categorical",
    names: "direct",
  };
}
