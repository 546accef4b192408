/** How trajectories and ensembles are shown and written. */
import { arrays, type NpzEntry, table } from "../formats/index.js";
import {
  type Curves,
  type EarlyStop,
  type Ensemble,
  earlyStopping,
  type State,
  type Statistics,
  type Trajectory,
} from "../index.js";
import type { Chart, Series } from "../plot/index.js";
import {
  type Band,
  bandArrays,
  bandColumns,
  bandOf,
  bandText,
  pairsOf,
  percent,
  replicasText,
} from "./ensemble-statistics.js";
import { eventsText, rulesOf } from "./events.js";
import { describe, type Layout, numberText, wrapped } from "./labels.js";
import type { Outcome, View } from "./single.js";

/**
 * @param kind theory is a line, simulation dots
 * @param events names of the events that were asked for
 * @param clock label of the times
 */
export function trajectoryView(
  label: string,
  kind: "line" | "dots",
  title: string,
  events: readonly string[] = [],
  clock?: string,
): View<Trajectory> {
  return {
    chart: (run) => {
      const { time, risk, empiricalRisk } = run;
      const series: Series[] = empiricalRisk
        ? [
            { label: "excess risk", kind, x: time, y: risk },
            { label: "empirical risk, with label noise", kind, x: time, y: empiricalRisk },
          ]
        : [{ label, kind, x: time, y: risk }];
      const chart = chartOf(run, title, `seed ${run.statistics.seed}`, series, clock);
      return chart && { ...chart, ...(run.events.length > 0 ? { rules: rulesOf(run.events) } : {}) };
    },
    summary: (run) => ({
      columns: [
        { key: "risk", title: "excess risk" },
        ...(run.empiricalRisk ? [{ key: "empiricalRisk", title: "empirical" }] : []),
        { key: "M", title: "M_1_1" },
        { key: "Q", title: "Q_1_1" },
        ...(run.problem.secondLayer === "fixed" ? [] : [{ key: "a", title: "a_1" }]),
      ],
      cells: (i) => {
        const { M, Q, a, risk, empiricalRisk } = run.state(i);
        return { risk, ...(empiricalRisk !== undefined && { empiricalRisk }), M: M[0], Q: Q[0], a: a[0] };
      },
    }),
    blocks: (run, layout) => [
      ...(events.length > 0 ? [eventsText(run.events, events, layout)] : []),
      ...(run.empiricalRisk && run.length > 0 ? [stopText(earlyStopping(run), layout)] : []),
    ],
    figures: ({ statistics }) =>
      statistics.steps === undefined ? solverText(statistics) : stepsText(statistics.steps),
    columns: (run) => table(run),
    arrays: (run) => arrays(run),
    facts: (run) => ({
      statistics: run.statistics,
      events: run.events,
      ...teacherOf(run),
      ...(run.empiricalRisk && run.length > 0 ? { earlyStopping: earlyStopping(run) } : {}),
    }),
  };
}

/** "Smallest excess risk on the way: 0.341 at t = 24.3." */
function stopText({ time, risk }: EarlyStop, layout: Layout): string {
  const shown = (value: number) => numberText(Number(value.toPrecision(4)));
  return wrapped(`Smallest excess risk on the way: ${shown(risk)} at t = ${shown(time)}.`, layout);
}

/** An ensemble with what is shown of it. */
export interface ShownEnsemble extends Outcome {
  readonly band: Band;
}

export function shownEnsemble(ensemble: Ensemble, quantiles: readonly number[]): ShownEnsemble {
  const { problem, status, message, length, time } = ensemble;
  return { problem, status, message, length, time, band: bandOf(ensemble, quantiles) };
}

export function ensembleView(title: string): View<ShownEnsemble> {
  return {
    chart: (run) => chartOf(run, title, `seed ${run.band.ensemble.statistics.seed}`, seriesOf(run.band)),
    summary: ({ band }) => ({
      columns: [
        { key: "mean", title: "mean risk" },
        { key: "standardError", title: "std. error", digits: 2 },
        ...band.quantiles.map((q) => ({ key: String(q), title: `${percent(q)} %` })),
      ],
      cells: (i) => ({
        mean: band.mean.risk[i],
        standardError: band.standardError.risk[i],
        ...Object.fromEntries(band.quantiles.map((q) => [String(q), band.of(q).risk[i]])),
      }),
    }),
    figures: ({ band }) => {
      const { steps, method } = band.ensemble.statistics;
      return `${method === "dense" ? "Explicit weights" : "Exact chains"}, ${stepsText(steps)} in all`;
    },
    columns: ({ band }) => bandColumns(band),
    arrays: ({ band, time }) => ({ time, ...bandArrays(band), ...teacherArrays(band.mean) }),
    facts: ({ band }) => ({ statistics: band.ensemble.statistics, quantiles: band.quantiles, ...teacherOf(band.mean) }),
  };
}

/** One label for bands and mean, so that they share an entry of the key. */
function seriesOf(band: Band): Series[] {
  const { ensemble, quantiles, mean } = band;
  const between = bandText(quantiles);
  const label = `mean${between && ` and, shaded, ${between}`} of ${ensemble.replicas} ${replicasText(ensemble)}`;
  const common = { label, x: ensemble.time, y: mean.risk };
  return [
    ...pairsOf(quantiles).map(([low, high]) => ({
      ...common,
      kind: "band" as const,
      low: band.of(low).risk,
      high: band.of(high).risk,
    })),
    { ...common, kind: "line" },
  ];
}

function chartOf(
  run: Outcome,
  title: string,
  seed: string,
  series: readonly Series[],
  clock = "t = ν/d",
): Chart | undefined {
  const { time } = run;
  const visible = series.some(({ y }) => time.some((t, i) => t > 0 && y[i] > 0));
  if (!visible) return undefined;
  return {
    title,
    subtitle: `${describe(run.problem)}, ${seed}`,
    x: { label: clock, scale: "log" },
    y: { label: run.problem.data === "online" || series.length === 1 ? "excess risk ε" : "risk", scale: "log" },
    series,
    // one series is what the title says
    names: series.length > 1 ? "key" : "none",
  };
}

type Rows = Pick<Curves, "length" | "state">;

function teacherOf(run: Rows): { readonly teacher: Partial<State> } {
  if (run.length === 0) return { teacher: {} };
  const { P, aStar } = run.state(0);
  return { teacher: { P, aStar } };
}

function teacherArrays(mean: Curves): Record<string, NpzEntry> {
  const { P, aStar } = arrays(mean);
  return P ? { P_mean: P, aStar_mean: aStar } : {};
}

function stepsText(steps: unknown): string {
  return `${countText(steps)} steps`;
}

function countText(count: unknown): string {
  return Number(count).toLocaleString("en").replaceAll(",", " ");
}

/** "302 explicit and 41 implicit steps, 3 rejected, 1 814 evaluations, 40 Jacobians; noise matrix in closed form". */
function solverText(statistics: Statistics): string {
  const { explicitSteps, implicitSteps, rejected, evaluations, jacobians } = statistics;
  const kinds = [
    ...(explicitSteps ? [`${countText(explicitSteps)} explicit`] : []),
    ...(implicitSteps ? [`${countText(implicitSteps)} implicit`] : []),
  ];
  const parts = [
    `${kinds.join(" and ") || "no"} steps`,
    `${countText(rejected)} rejected`,
    `${countText(evaluations)} right-hand sides`,
    ...(jacobians ? [`${countText(jacobians)} Jacobians`] : []),
  ];
  return `${parts.join(", ")}; ${noiseText(statistics)}`;
}

/** How the noise matrix was found, and how well where that is an estimate. */
function noiseText({ noise, noiseError, terms }: Statistics): string {
  if (terms === "gradient-flow") return "no noise matrix";
  if (noise === "closed form") return "noise matrix in closed form";
  const error = `${Number(noiseError).toExponential(0).replace("e+", "e").replace("e-", "e−")}`;
  return noise === "quadrature"
    ? `noise matrix by quadrature to ${error}`
    : `noise matrix of ${noise}, standard error ${error} of it`;
}
