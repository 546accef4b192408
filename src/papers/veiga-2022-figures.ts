/** The figures of Veiga et al.: what scales how with d, and the phase diagram. */
import { ensemble, integrate, type ProblemInput, phaseDiagram } from "../index.js";
import { type Chart, type HeatMap, type Panel, phaseDiagramMap, type Series } from "../plot/index.js";
import { type PaperControl, type PaperFigure, part, runControl } from "./paper.js";
import { exponential, logarithm, powerOf } from "./slope.js";
import { type Distance, distances, floorLaw, floors, type Mean, type Scaling, scaledTo } from "./veiga-2022-scaling.js";
import { SLOPES, type SlopeRow } from "./veiga-2022-table.js";
import { REFERENCE_START } from "./veiga-start.js";

/** From `from` to `to`, evenly in logarithms. */
function logSpaced(from: number, to: number, count: number): number[] {
  const step = logarithm(to / from) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? to : from * exponential(i * step)));
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};

/** "30", "3000", "10⁴", "10¹⁶". */
function dimensionText(d: number): string {
  const power = Math.round(logarithm(d) / logarithm(10));
  const isPower = power > 3 && Math.abs(d / powerOf(10, power) - 1) < 1e-9;
  return isPower ? `10${[...String(power)].map((digit) => SUPERSCRIPTS[digit]).join("")}` : String(d);
}

/** 1/4 and such. */
function fraction(x: number): string {
  const names: Readonly<Record<string, string>> = {
    "0.125": "1/8",
    "0.25": "1/4",
    "0.375": "3/8",
    "0.5": "1/2",
    "0.625": "5/8",
    "0.75": "3/4",
  };
  const name = names[Math.abs(x)] ?? String(Math.abs(x));
  return x < 0 ? `−${name}` : name;
}

/** Dots of means with two standard errors. */
function dots(label: string, group: string, x: readonly number[], means: readonly Mean[]): Series {
  return {
    label,
    kind: "dots",
    group,
    x,
    y: means.map(({ mean }) => mean),
    low: means.map(({ mean, error }) => mean - 2 * error),
    high: means.map(({ mean, error }) => mean + 2 * error),
  };
}

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
    title: "(b) green: δ = 1/2",
    delta: 0.5,
    dimensions: [30, 100, 1000],
    from: 0.3,
    until: 300,
    clock: "t = ν/d^{3/2}",
  },
  {
    title: "(c) orange: δ = −3/8",
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
async function collapse(control: PaperControl): Promise<Chart> {
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
    caption: `Lines: the limiting ODE of each region, with both of SGD's terms in blue, the gradient alone in green, the noise alone in orange. Dots: one-pass SGD by the exact chain, means of ${COLLAPSE_REPLICAS} runs, ± 2 standard errors. In orange M is frozen and the noise drives Q, so that the risk rises; what is left of the gradient fades as d^{−3/8}.`,
    x: { label: "t", scale: "log" },
    y: { label: "excess risk R − Δ/2", scale: "log" },
    series: [],
    panels,
    palette: "categorical",
    names: "key",
  };
}

const rowName = ({ delta }: SlopeRow) => `δ = ${fraction(delta)}`;

const ERROR_RUNS = 400;

/** Distances from both ODEs against d. */
async function errors(control: PaperControl): Promise<Chart> {
  const found: Distance[][] = [];
  for (const [i, { delta, dimensions }] of SLOPES.entries()) {
    const own = part(control, i / SLOPES.length, 1 / SLOPES.length);
    found.push(await distances({ kappa: 0, delta }, dimensions, ERROR_RUNS, own));
  }
  const panel = (title: string, isShown: (row: SlopeRow) => boolean, what: "full" | "limit"): Panel => ({
    title,
    series: SLOPES.flatMap((row, n): Series[] => {
      if (!isShown(row)) return [];
      const slope = what === "full" ? row.full : Math.max(row.full, row.bias ?? row.full);
      const [x, means] = [found[n].map(({ d }) => d), found[n].map((one) => one[what])];
      // a line of theory's slope through the middle of the dots, or the last where theory is what they come to
      const heights = means.map(({ mean }, i) => logarithm(mean) - slope * logarithm(x[i]));
      const middle = heights.reduce((sum, one) => sum + one, 0) / heights.length;
      const height = exponential(what === "full" ? middle : heights[heights.length - 1]);
      const line: Series = {
        label: "theory's power of d",
        kind: "line",
        group: rowName(row),
        x,
        y: x.map((d) => height * powerOf(d, slope)),
      };
      return [line, dots(`SGD, mean of ${ERROR_RUNS} runs`, rowName(row), x, means)];
    }),
  });
  return {
    title: "How far SGD at finite d is from its ODEs",
    subtitle: "p = 2, k = 1, erf, scaled by 1/p, γ = 2 d^{−δ}, Δ = 10⁻³, κ = 0; exact chains, d to 10²⁰",
    caption:
      `Largest difference of an order parameter at t = 1 on the region's clock, means of ${ERROR_RUNS} runs ± 2 standard errors. (a), (c): from the ODE with the drift at each d; lines have the slope −(1 + θ)/2, θ = 0, δ, 2δ in blue, green, orange. (b): from the region's limiting ODE; ` +
      "lines have the slope −min((1 + θ)/2, δ), which green comes to as its bias outlives its fluctuations.",
    x: { label: "input dimension d", scale: "log" },
    y: { label: "E ‖Ω − ODE‖_{∞}", scale: "log" },
    series: [],
    panels: [
      panel("(a) blue and green, drift at d", ({ delta }) => delta >= 0, "full"),
      panel("(b) blue and green, limit", ({ delta }) => delta >= 0, "limit"),
      panel("(c) orange, drift at d", ({ delta }) => delta < 0, "full"),
    ],
    palette: "categorical",
    names: "key",
  };
}

const FLOOR: Scaling = { kappa: 0, delta: 0, teacherWidth: 2, learningRate: 4, noiseVariance: 1e-3 };
const FLOOR_ROWS: readonly { readonly delta: number; readonly dimensions: readonly number[] }[] = [
  { delta: 0.25, dimensions: [100, 300, 1000, 3000, 10000] },
  { delta: 0.5, dimensions: [100, 300, 1000, 3000, 10000] },
  { delta: 0.75, dimensions: [100, 300, 1000, 3000] },
];

/** The floor that label noise leaves, against d. */
async function floor(control: PaperControl): Promise<Chart> {
  const series: Series[] = [];
  const widest = logSpaced(100, 10000, 30);
  for (const [i, { delta, dimensions }] of FLOOR_ROWS.entries()) {
    const scaling = { ...FLOOR, delta };
    const group = `δ = ${fraction(delta)}`;
    const own = part(control, i / FLOOR_ROWS.length, 1 / FLOOR_ROWS.length);
    const found = await floors(scaling, dimensions, (d) => Math.max(8, Math.round(16000 / d)), own);
    series.push(
      {
        label: "(γΔ/4) n_{s}² Σ a_{i}² E[s′²]",
        kind: "line",
        group,
        x: widest,
        y: widest.map((d) => floorLaw(d, scaling)),
      },
      dots(
        "SGD from the solution, mean over time and runs",
        group,
        dimensions,
        found.map(({ risk }) => risk),
      ),
    );
  }
  return {
    title: "The excess risk that label noise keeps up falls as d^{−(κ+δ)}",
    subtitle: "p = k = 2, erf, scaled by 1/p, γ = 4 d^{−δ}, Δ = 10⁻³, κ = 0",
    caption:
      "Lines: theory to first order in the learning rate, ~ d^{−δ}. Dots: one-pass SGD by exact chains, long runs from the solution, ± 2 standard errors. At small d and δ the learning rate is no longer small, and dots lie above.",
    x: { label: "input dimension d", scale: "log" },
    y: { label: "R_{∞} − Δ/2", scale: "log" },
    series,
    palette: "categorical",
    names: "direct",
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
async function samples(control: PaperControl): Promise<Chart> {
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

/** Steps of 0.1, so that the diagonal of cells on κ + δ = 0 is blue, and that on −1/2 red. */
const GRID = { kappa: [0, 6], delta: [-7, 10] };

/** The diagram itself, every cell from runs. */
async function diagram(control: PaperControl): Promise<HeatMap> {
  const tenths = ([from, to]: readonly number[]) => Array.from({ length: to - from + 1 }, (_, i) => (from + i) / 10);
  const options = { kappa: tenths(GRID.kappa), delta: tenths(GRID.delta), stepsPerCell: 6e6 };
  return phaseDiagramMap(await phaseDiagram({ ...options, ...runControl(control) }));
}

export const figures: readonly PaperFigure[] = [
  {
    name: "collapse",
    description:
      "Excess risk against time in three panels, blue, green and orange: dots of SGD at several dimensions lie on the limiting ODE of their region.",
    seconds: 8,
    draw: (control = {}) => collapse(control),
  },
  {
    name: "finite-size",
    description:
      "Distances of SGD from its ODEs against the input dimension, up to 10²⁰: straight lines in double logarithms with the slopes of theory.",
    seconds: 3,
    inGallery: true,
    draw: (control = {}) => errors(control),
  },
  {
    name: "noise-floor",
    description: "The excess risk that label noise leaves, against the input dimension, on the lines of theory.",
    seconds: 7,
    draw: (control = {}) => floor(control),
  },
  {
    name: "samples",
    description:
      "Excess risk against the number of samples for several learning rates at dimension 1000: smaller ones take longer and end lower.",
    seconds: 10,
    draw: (control = {}) => samples(control),
  },
  {
    name: "diagram",
    description:
      "The phase diagram over the exponents of width and learning rate: measured regions, powers of the finite-size error, of the excess risk and of the samples.",
    seconds: 30,
    inGallery: true,
    draw: (control = {}) => diagram(control),
  },
];
