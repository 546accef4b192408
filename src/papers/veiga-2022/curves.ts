/** Figures of the risk along a run: on each region's clock, and against the number of samples. */
import { ensemble, integrate, type ProblemInput } from "../../index.js";
import type { Chart, Panel, Series } from "../../plot/index.js";
import { type PaperControl, runControl } from "../paper.js";
import { dimensionText, dots, FLOOR, fraction, logSpaced } from "./drawing.js";
import { type Scaling, scaledTo } from "./scaling.js";
import { REFERENCE_START } from "./start.js";

/** The start, width, rate and noise of the reference trajectories. */
const REFERENCE: Scaling = {
  kappa: 0,
  delta: 0,
  widthFactor: 8,
  teacherWidth: 4,
  learningRate: 8,
  noiseVariance: 1e-3,
  start: { kind: "state", state: REFERENCE_START },
};

interface CollapsePanel {
  readonly title: string;
  readonly delta: number;
  readonly dimensions: readonly number[];
  readonly from: number;
  readonly until: number;
  readonly clock: string;
}

const COLLAPSE: readonly CollapsePanel[] = [
  { title: "(a) blue: δ = 0", delta: 0, dimensions: [30, 100, 1000], from: 0.3, until: 1000, clock: "t = ν/d" },
  {
    title: "(b) green: δ = 1/4",
    delta: 0.25,
    dimensions: [30, 100, 1000],
    from: 0.3,
    until: 300,
    clock: "t = ν/d^{5/4}",
  },
  {
    title: "(c) green: δ = 1/2",
    delta: 0.5,
    dimensions: [30, 100, 1000],
    from: 0.3,
    until: 300,
    clock: "t = ν/d^{3/2}",
  },
  {
    title: "(d) orange: δ = −3/8",
    delta: -0.375,
    dimensions: [1e4, 1e8, 1e16],
    from: 0.1,
    until: 10,
    clock: "t = ν/d^{1/4}",
  },
];
const COLLAPSE_REPLICAS = 8;
const NAMES = ["smallest d", "middle d", "largest d"];

/** Risk against the region's clock: one curve, whatever d. */
export async function collapse(control: PaperControl): Promise<Chart> {
  const panels: Panel[] = [];
  const share = 1 / (COLLAPSE.length * NAMES.length);
  for (const [column, { title, delta, dimensions, from, until, clock }] of COLLAPSE.entries()) {
    const scaling = { ...REFERENCE, delta };
    const fine = logSpaced(from, until, 120);
    const theory = await integrate(scaledTo(1e6, scaling).limitProblem, {
      until,
      save: { times: fine },
      limit: { region: { kappa: 0, delta } },
      dense: false,
    });
    const series: Series[] = [{ label: "ODE of the region", kind: "line", group: "d → ∞", x: fine, y: theory.risk }];
    for (const [i, d] of dimensions.entries()) {
      const { problem, unit } = scaledTo(d, scaling);
      // whole steps, and each once
      const steps = [...new Set(logSpaced(from, until, 14).map((t) => Math.max(1, Math.round(t * unit * d))))];
      const times = steps.map((step) => step / d);
      const runs = await ensemble(problem, {
        until: times[times.length - 1],
        save: { times },
        replicas: COLLAPSE_REPLICAS,
        seed: 1,
        method: "chain",
        ...runControl(control, (3 * column + i) * share, share),
      });
      const means = times.map((_, row) => ({ mean: runs.mean.risk[row], error: runs.standardError.risk[row] }));
      series.push(
        dots(
          `SGD, mean of ${COLLAPSE_REPLICAS} runs`,
          NAMES[i],
          times.map((t) => t / unit),
          means,
        ),
      );
    }
    panels.push({
      title,
      x: { label: `${clock};   d = ${dimensions.map(dimensionText).join(", ")}` },
      ...(delta < 0 ? { y: { scale: "linear" } } : { y: { domain: [1e-4, 0.1] } }),
      series,
    });
  }
  return {
    title: "On its region's clock SGD is one curve, whatever the dimension",
    subtitle: "p = 8, k = 4, erf, scaled by 1/p, γ = 8 d^{−δ}, Δ = 10⁻³, κ = 0; all from one start",
    caption: `Lines: the limiting ODE of each region, with both of SGD's terms in blue, the gradient alone in green, the noise alone in orange. Dots: one-pass SGD by the exact chain, means of ${COLLAPSE_REPLICAS} runs, ± 2 standard errors. In green, the noise at small d keeps dots above the line and fades as d^{−δ}. In orange M is frozen and the noise drives Q, so that the risk rises; what is left of the gradient fades as d^{−3/8}.`,
    x: { label: "t", scale: "log" },
    y: { label: "excess risk R − Δ/2", scale: "log" },
    series: [],
    panels,
    palette: "categorical",
    names: "key",
  };
}

/** Learning rates' exponents, and the samples up to which each is followed. */
const TRADE = {
  d: 1000,
  replicas: 4,
  rows: [
    { delta: 0, most: 1e6 },
    { delta: 0.2, most: 4e6 },
    { delta: 0.4, most: 1.2e7 },
    { delta: 0.6, most: 3e7 },
  ],
};

/** At one d: a smaller learning rate costs samples and buys a lower floor. */
export async function samples(control: PaperControl): Promise<Chart> {
  const { d, rows, replicas } = TRADE;
  const whole = rows.reduce((sum, { most }) => sum + most, 0);
  let done = 0;
  const series: Series[] = [];
  for (const { delta, most } of rows) {
    const group = `δ = ${fraction(delta)}`;
    const scaling: Scaling = { ...FLOOR, delta, widthFactor: 4 };
    const { problem, unit } = scaledTo(d, scaling);
    const set: ProblemInput = { ...problem, start: { kind: "random" } };
    const until = most / d;
    const times = logSpaced(0.05 * unit, until, 160);
    const theory = await integrate(set, { until, save: { times }, seed: 2, dense: false });
    const marks = logSpaced(0.05 * unit, until, 18);
    const start = theoryStart(await integrate(set, { until: 0, save: { times: [0] }, seed: 2 }));
    const runs = await ensemble(
      { ...set, start },
      {
        until,
        save: { times: marks },
        replicas,
        seed: 2,
        method: "chain",
        ...runControl(control, done / whole, most / whole),
      },
    );
    done += most;
    const means = marks.map((_, row) => ({ mean: runs.mean.risk[row], error: runs.standardError.risk[row] }));
    series.push(
      { label: "ODE with both terms", kind: "line", group, x: times.map((t) => t * d), y: theory.risk },
      dots(
        `SGD, mean of ${replicas} runs`,
        group,
        marks.map((t) => t * d),
        means,
      ),
    );
  }
  return {
    title: "At one dimension: smaller learning rates cost samples and buy a lower floor",
    subtitle: "d = 1000, p = 4, k = 2, erf, scaled by 1/p, γ = 4 d^{−δ}, Δ = 10⁻³, κ = 0",
    caption: `Lines: the ODE with both of SGD's terms at d = 1000. Dots: exact chains from the same start, means of ${replicas} runs ± 2 standard errors. A fixed excess risk takes ν ~ d^{1+δ} samples, and the floor is ~ d^{−δ}.`,
    x: { label: "samples ν", scale: "log" },
    y: { label: "excess risk R − Δ/2", scale: "log" },
    series,
    palette: "categorical",
    names: "direct",
  };
}

/** The first state of a run as a start. */
function theoryStart(run: {
  state(i: number): { P: Float64Array; M: Float64Array; Q: Float64Array };
}): ProblemInput["start"] {
  const { P, M, Q } = run.state(0);
  return { kind: "state", state: { P, M, Q } };
}
