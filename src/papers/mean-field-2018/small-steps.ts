/** One-pass SGD with p particles and small steps follows the flow (Mei et al.). */
import { ensemble, meanField, type ProblemInput } from "../../index.js";
import type { Chart, Series } from "../../plot/index.js";
import { type Finding, within } from "../finding.js";
import { linear } from "../grid.js";
import { type PaperControl, runControl } from "../paper.js";
import { particleStart } from "../particle-start.js";
import { shared } from "../shares.js";
import { exponentError, exponentOf } from "../slope.js";

const k = 2;
const p = 20;
const d = 30;
const until = 4;

/** The problem with steps s = gamma n_s, the mean-field time of d of them. */
async function steppedParticles(s: number): Promise<ProblemInput> {
  return {
    inputDimension: d,
    studentWidth: p,
    teacherWidth: k,
    scaling: "mean-field",
    learningRate: s * p,
    start: { kind: "state", state: await particleStart({ studentWidth: p, teacherWidth: k, seed: 1 }) },
  };
}

/** What `stepSizes` finds. */
export interface StepSizes {
  readonly steps: readonly number[];
  /** Largest distance over the saved times of the mean risk of SGD to the risk of the flow, and the standard error of the mean there. */
  readonly bias: readonly number[];
  readonly biasError: readonly number[];
  /** Mean over replicas of the largest distance over the saved times of one run, and its standard error. */
  readonly distance: readonly number[];
  readonly distanceError: readonly number[];
  /** Exponents in s, with their standard errors. */
  readonly biasExponent: readonly [number, number];
  readonly distanceExponent: readonly [number, number];
}

/** SGD of 20 particles from one start, with smaller and smaller steps, beside the flow: erf, k = 2, d = 30, first layer. */
export async function stepSizes(
  options: { readonly steps?: readonly number[]; readonly replicas?: number } = {},
  control: PaperControl = {},
): Promise<StepSizes> {
  const { steps = [0.4, 0.2, 0.1, 0.05, 0.025], replicas = 1000 } = options;
  const times = linear(until / 4, until, 4);
  const pieces = shared(
    control,
    steps.map((s) => 1 / s),
  );
  const found: { bias: number; biasError: number; distance: number; distanceError: number }[] = [];
  for (const [i, s] of steps.entries()) {
    const set = await steppedParticles(s);
    const { risk: flow } = await meanField(set, { until, save: { times } });
    const many = await ensemble(set, {
      ...{ until: until / s, save: { times: times.map((t) => t / s) }, seed: 1, replicas, keep: true },
      ...runControl(pieces[i]),
    });
    const gaps = times.map((_, t) => Math.abs(many.mean.risk[t] - flow[t]));
    const at = gaps.indexOf(Math.max(...gaps));
    const each = many.trajectories!.map(({ risk }) => Math.max(...times.map((_, t) => Math.abs(risk[t] - flow[t]))));
    const distance = each.reduce((sum, x) => sum + x, 0) / each.length;
    const square = each.reduce((sum, x) => sum + (x - distance) * (x - distance), 0);
    const distanceError = Math.sqrt(square / (replicas - 1) / replicas);
    found.push({ bias: gaps[at], biasError: many.standardError.risk[at], distance, distanceError });
  }
  const column = (name: keyof (typeof found)[number]) => found.map((row) => row[name]);
  const [bias, biasError, distance, distanceError] = [
    column("bias"),
    column("biasError"),
    column("distance"),
    column("distanceError"),
  ];
  const power = (y: readonly number[], error: readonly number[]): [number, number] => [
    exponentOf([...steps], y),
    exponentError(
      steps,
      y.map((value, i) => error[i] / value),
    ),
  ];
  return {
    ...{ steps, bias, biasError, distance, distanceError },
    biasExponent: power(bias, biasError),
    distanceExponent: power(distance, distanceError),
  };
}

/** Exponents within four standard errors, and 0.1 for the next order at the largest steps. */
export async function smallStepFindings(control: PaperControl): Promise<Finding[]> {
  const [means, runs] = shared(control, [3, 1]);
  // a bias shows against the noise where steps are large, a run's own order where they are small
  const { biasExponent } = await stepSizes({ steps: [0.8, 0.4, 0.2, 0.1], replicas: 3000 }, means);
  const { distanceExponent } = await stepSizes({ steps: [0.2, 0.1, 0.05, 0.025], replicas: 300 }, runs);
  const finding = (quantity: string, [measured, error]: readonly [number, number], expected: number) =>
    within(quantity, measured, expected, 0.1 + 4 * error);
  return [
    finding("power of s, bias of the mean risk", biasExponent, 1),
    finding("power of s, distance of a run", distanceExponent, 0.5),
  ];
}

/** Learning curves of SGD around the flow, and how fast bias and spread fall. */
export async function smallStepChart(control: PaperControl): Promise<Chart> {
  const shown = [0.8, 0.2, 0.05];
  const replicas = 200;
  const [curves, sizes] = shared(control, [1, 4]);
  const times = linear(0, until, 41);
  const flow = await meanField(await steppedParticles(1), { until, save: { times } });
  const pieces = shared(
    curves,
    shown.map((s) => 1 / s),
  );
  const bands: Series[] = [];
  for (const [i, s] of shown.entries()) {
    const many = await ensemble(await steppedParticles(s), {
      ...{ until: until / s, save: { times: times.map((t) => t / s) }, seed: 2, replicas },
      ...runControl(pieces[i]),
    });
    const [low, high] = [many.quantile(0.1).risk, many.quantile(0.9).risk];
    const group = `s = ${s}`;
    bands.push(
      { label: `10–90 % of ${replicas} runs`, kind: "band", group, x: times, y: many.mean.risk, low, high },
      { label: "their mean", kind: "line", dashed: true, group, x: times, y: many.mean.risk },
    );
  }
  const { steps, bias, biasError, distance, distanceError } = await stepSizes(
    { steps: [0.8, 0.4, 0.2, 0.1, 0.05], replicas: 800 },
    sizes,
  );
  const beside = (group: string, y: readonly number[], error: readonly number[], label: string, line: number[]) => [
    { label, kind: "line", dashed: true, group, x: steps, y: line } as const,
    {
      ...({ label: "mean of 800", kind: "dots", group, x: steps, y } as const),
      low: y.map((value, i) => value - error[i]),
      high: y.map((value, i) => value + error[i]),
    },
  ];
  const last = steps.length - 1;
  const root = steps.map((s) => distance[last] * Math.sqrt(s / steps[last]));
  const straight = steps.map((s) => (bias[0] * s) / steps[0]);
  return {
    title: "SGD with small steps follows the particle flow",
    subtitle: `erf, p = ${p}, k = ${k}, d = ${d}, one start; s = γ nₛ is the mean-field time of d steps`,
    caption: `(a) Excess risk of one-pass SGD (exact chains) on the clock of the flow. (b) Largest distance over four times between the flow and a run, on average, and between the flow and the mean risk of 800 runs; bars are standard errors.`,
    x: { label: "mean-field time s ν/d", scale: "linear" },
    y: { label: "excess risk ε", scale: "log" },
    series: [],
    names: "key",
    palette: "categorical",
    panels: [
      {
        title: "(a) risk",
        series: [...bands, { label: "flow", kind: "line", group: "flow (s → 0)", x: flow.time, y: flow.risk }],
      },
      {
        title: "(b) distance to the flow",
        x: { label: "step s", scale: "log" },
        y: { label: "distance in ε", domain: [3e-5, 1.2e-2] },
        series: [
          ...beside("a run", distance, distanceError, "slope 1/2", root),
          ...beside("the mean", bias, biasError, "slope 1", straight),
        ],
      },
    ],
  };
}
