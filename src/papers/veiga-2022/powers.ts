/** Figures of powers of d: distances from the ODEs, and the floor of the risk. */
import type { Chart, Panel, Series } from "../../plot/index.js";
import { type PaperControl, part } from "../paper.js";
import { exponential, logarithm, powerOf } from "../slope.js";
import { dots, FLOOR, fraction, logSpaced } from "./drawing.js";
import { type Distance, distances, floorLaw, floors } from "./scaling.js";
import { SLOPES, type SlopeRow } from "./table.js";

const rowName = ({ delta }: SlopeRow) => `δ = ${fraction(delta)}`;

const ERROR_RUNS = 400;

/** Distances from both ODEs against d. */
export async function errors(control: PaperControl): Promise<Chart> {
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
      `Largest difference of an order parameter at t = 1 on the region's clock, means of ${ERROR_RUNS} runs ± 2 standard errors. (a), (c): from the ODE with the drift at each d; lines have the slope −(1 + θ)/2, θ = 0, δ, 2δ in blue, green, orange. (b), (d): from the region's limiting ODE; ` +
      "lines have the slope −min((1 + θ)/2, |δ|), which green comes to as its bias outlives its fluctuations.",
    x: { label: "input dimension d", scale: "log" },
    y: { label: "E ‖Ω − ODE‖_{∞}", scale: "log" },
    series: [],
    panels: [
      panel("(a) blue and green, drift at d", ({ delta }) => delta >= 0, "full"),
      panel("(b) blue and green, limit", ({ delta }) => delta >= 0, "limit"),
      panel("(c) orange, drift at d", ({ delta }) => delta < 0, "full"),
      panel("(d) orange, limit", ({ delta }) => delta < 0, "limit"),
    ],
    palette: "categorical",
    names: "key",
  };
}

const FLOOR_ROWS: readonly { readonly delta: number; readonly dimensions: readonly number[] }[] = [
  { delta: 0.25, dimensions: [100, 300, 1000, 3000, 10000] },
  { delta: 0.5, dimensions: [100, 300, 1000, 3000, 10000] },
  { delta: 0.75, dimensions: [100, 300, 1000, 3000] },
];

/** The floor that label noise leaves, against d. */
export async function floor(control: PaperControl): Promise<Chart> {
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
