/** The flow of p particles comes near to the mean-field limit as 1 / p. */
import { type MeanField, meanField, type ProblemInput } from "../../index.js";
import type { Chart, Series } from "../../plot/index.js";
import { type Finding, relative, within } from "../finding.js";
import { linear } from "../grid.js";
import { type PaperControl, runControl } from "../paper.js";
import { particleStart } from "../particle-start.js";
import { shared } from "../shares.js";
import { exponentOf } from "../slope.js";

const k = 2;

/** Two flows from one start. */
interface Pair {
  readonly width: number;
  /** Of p particles, and (F3). */
  readonly full: MeanField;
  readonly reduced: MeanField;
}

export interface WidthOptions {
  readonly widths?: readonly number[];
  readonly until?: number;
  readonly times?: readonly number[];
  readonly seed?: number;
}

/** What `widthConvergence` finds. */
export interface WidthConvergence {
  readonly pairs: readonly Pair[];
  readonly widths: readonly number[];
  /** Excess risk at the end, and the distances |full - reduced| in it and, the largest, in M. */
  readonly full: readonly number[];
  readonly reduced: readonly number[];
  readonly gap: readonly number[];
  readonly overlapGap: readonly number[];
  /** Exponents of the distances in p, without the first width: there the next order still shows. */
  readonly exponent: number;
  readonly overlapExponent: number;
}

/**
 * The flow of p particles against its dimension-free limit (F3), erf and k = 2, first layer. The exponents are those of p -> infinity once p is some ten times the
 * time. Widths are multiples of the first, and their densities the same.
 * Cost: a second or two at p = 200, half a minute at p = 400: (p + k)^3 / 2 nanoseconds a right-hand side.
 */
export async function widthConvergence(
  options: WidthOptions = {},
  control: PaperControl = {},
): Promise<WidthConvergence> {
  const { widths = [25, 50, 100, 200], until = 20, times = [until], seed = 1 } = options;
  const controls = shared(
    control,
    widths.flatMap((p) => [p * p * p, 40 * p * p]),
  );
  const pairs: Pair[] = [];
  for (const [i, p] of widths.entries()) {
    const set = await orthogonalParticles(p, widths[0], seed);
    const end = { until, save: { times: [...times] }, rtol: 1e-7 };
    const full = await meanField(set, { ...end, ...runControl(controls[2 * i]) });
    const reduced = await meanField(set, { ...end, representation: "reduced", ...runControl(controls[2 * i + 1]) });
    pairs.push({ width: p, full, reduced });
  }
  const last = (run: MeanField) => run.risk[run.length - 1];
  const [full, reduced] = [pairs.map((pair) => last(pair.full)), pairs.map((pair) => last(pair.reduced))];
  const gap = full.map((risk, i) => Math.abs(risk - reduced[i]));
  const overlapGap = pairs.map((pair) => {
    const { M } = pair.reduced.state(-1);
    return pair.full.state(-1).M.reduce((most, m, at) => Math.max(most, Math.abs(m - M[at])), 0);
  });
  return {
    ...{ pairs, widths, full, reduced, gap, overlapGap },
    exponent: exponentOf(widths.slice(1), gap.slice(1)),
    overlapExponent: exponentOf(widths.slice(1), overlapGap.slice(1)),
  };
}

async function orthogonalParticles(p: number, types: number, seed: number): Promise<ProblemInput> {
  return {
    inputDimension: p + k,
    studentWidth: p,
    teacherWidth: k,
    scaling: "mean-field",
    start: { kind: "state", state: await particleStart({ studentWidth: p, teacherWidth: k, types, seed }) },
  };
}

/**
 * THEORY F's table, T = 20: distances (5.85 - 2.83) / 1000 in risk and 6.5e-2 in M at p = 25, (2.70 - 2.24) / 1000 in risk at p = 200. Its start is another draw, so that
 * sizes agree but roughly; exponents do not depend on it. F's own distances fall with the power -0.94 between p = 25 and p = 400.
 */
export async function widthFindings(control: PaperControl): Promise<Finding[]> {
  const { widths, full, reduced, gap, overlapGap, exponent, overlapExponent } = await widthConvergence({}, control);
  const last = widths.length - 1;
  return [
    within("power of p, distance in risk, p = 50 to 200, T = 20", exponent, -1, 0.1),
    within("power of p, largest distance in M, p = 50 to 200", overlapExponent, -1, 0.1),
    ...widths
      .slice(1)
      .map((p, i) => relative(`distance in risk, p = ${p / 2} over p = ${p}`, gap[i] / gap[i + 1], 2, 0.2)),
    relative("distance in risk, p = 25", gap[0], 3.02e-3, 0.25),
    relative("distance in risk, p = 200", gap[last], 4.6e-4, 0.25),
    relative("largest distance in M, p = 25", overlapGap[0], 6.5e-2, 0.25),
    relative("risk of 200 particles", full[last], 2.24e-3, 0.25),
    relative("risk by (F3), p = 200", reduced[last], 2.7e-3, 0.25),
  ];
}

/** Learning curves of more and more particles, and how fast they approach their limit. */
export async function widthChart(control: PaperControl): Promise<Chart> {
  const [types, seed, until] = [8, 2, 20];
  const [runs, limit] = shared(control, [2, 1]);
  const times = linear(0, until, 81);
  const widths = [8, 16, 32, 64, 128];
  const { pairs, gap, overlapGap } = await widthConvergence({ widths, times, until, seed }, runs);
  const beside = (group: string, distances: readonly number[]): Series[] => [
    {
      ...{ label: "slope −1", kind: "line", dashed: true, group, x: widths },
      y: widths.map((p) => (distances[widths.length - 1] * widths[widths.length - 1]) / p),
    },
    { label: "measured", kind: "dots", group, x: widths, y: distances },
  ];
  const curves = pairs.slice(0, 4).map(
    ({ width, full }): Series => ({
      ...{ label: "flow of p particles", kind: "line", group: `p = ${width}`, x: full.time, y: full.risk },
    }),
  );
  const infinite = await infiniteWidth(types, seed, times, limit);
  return {
    title: "More particles, nearer to the mean-field limit",
    subtitle: `erf, k = ${k}, first layer; ${types} distinct particles, repeated`,
    caption: `(a) Population-risk flow of p particles, du/dt = −p ∇R; the limit is that of the dimension-free flow (F3), 2 R(256) − R(128) for particles p. At the start overlaps with the teachers are N(0, 1/4), and the rest of each particle is orthogonal to the others'. (b) Distance at time ${until} between the flow of p particles and (F3) from the same start: of the risks, and the largest of an overlap in M. Lines fall as 1/p.`,
    x: { label: "mean-field time γ nₛ ν/d", scale: "linear" },
    y: { label: "excess risk ε", scale: "log" },
    series: [],
    names: "key",
    palette: "categorical",
    panels: [
      {
        title: "(a) learning curves",
        series: [
          ...curves,
          { label: "limit of (F3)", kind: "line", dashed: true, group: "p → ∞", x: times, y: infinite },
        ],
      },
      {
        title: "(b) distance to (F3)",
        x: { label: "particles p", scale: "log" },
        y: { label: `distance at time ${until}` },
        series: [...beside("risk", gap), ...beside("overlap", overlapGap)],
      },
    ],
  };
}

/** Risks of (F3) as p -> infinity: twice the particles take the 1 / p away. */
async function infiniteWidth(types: number, seed: number, times: readonly number[], control: PaperControl) {
  const risks: Float64Array[] = [];
  for (const [i, piece] of shared(control, [1, 4]).entries()) {
    const run = await meanField(await orthogonalParticles(128 * (1 + i), types, seed), {
      ...{ until: times[times.length - 1], save: { times }, rtol: 1e-7, representation: "reduced" },
      ...runControl(piece),
    });
    risks.push(run.risk);
  }
  return risks[1].map((risk, i) => 2 * risk - risks[0][i]);
}
