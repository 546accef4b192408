/** The figure of an experiment: theory as lines, ensembles as bands, simulation as dots. */
import type { Axis, Chart, Panel } from "../../plot/index.js";
import { rulesOf } from "../events.js";
import { capitalised, describe, processText } from "../labels.js";
import { clockText, limitRegion } from "../theory.js";
import { caption } from "./caption.js";
import type { Experiment } from "./experiment.js";
import { drawable, seriesOf } from "./figure-series.js";
import type { Result } from "./runner.js";
import type { ExperimentFile } from "./schema.js";

/** On paper: enough dots to judge a curve, and the line stays visible. */
const DOTS = 30;
const DOTS_OF_A_PANEL = 20;
/** Curves with more names than that are told apart by a key. */
const MOST_NAMES = 12;

/** How much a figure can show. */
export interface Detail {
  /** About how many dots stand on a curve. */
  readonly dots?: number;
  /** Whether the means of ensembles are drawn in their bands. */
  readonly means?: boolean;
}

/** The chart of what an experiment came to; undefined where nothing can be drawn. */
export function figure(
  { file, points }: Experiment,
  results: readonly Result[],
  { dots, means = true }: Detail = {},
): Chart | undefined {
  const { title, plot } = file;
  const detail = { dots: dots ?? (plot.panels ? DOTS_OF_A_PANEL : DOTS), means };
  const views = viewsOf(plot).flatMap((view): Panel[] => {
    const { x, y } = view;
    const all = seriesOf(results, { show: y.show, x, curves: curvesOf(file), ...detail });
    const series = all.filter((one) => drawable(one, x.scale, y.scale));
    const axes = { x: axis(x, clockText(limitRegion(file))), y: axis(y, y.show === "risk" ? "excess risk ε" : y.show) };
    return series.length > 0 ? [{ title: view.title, ...axes, series }] : [];
  });
  if (views.length === 0) return undefined;
  const [{ x, y, series }] = views;
  return {
    title: plot.title ?? title ?? file.name,
    subtitle: `${file.simulate || file.ensemble ? capitalised(processText(points[0].problem)) : "The limit of one-pass SGD"}: ${describe(points[0].problem, Object.keys(file.vary))}`,
    caption: caption(file, results, { curves: curvesOf(file), means }),
    x: x as Axis,
    y: y as Axis,
    ...(plot.panels ? { series: [], panels: views } : { series }),
    ...eventRules(results),
    names: results.length > MOST_NAMES ? "key" : "direct",
  };
}

/** Events of several curves would be told apart by their colours at best: a table lists them. */
function eventRules(results: readonly Result[]): Pick<Chart, "rules"> {
  const runs = [...new Set(results.flatMap(({ theory }) => [...theory.values()]))];
  return runs.length === 1 && runs[0].events.length > 0 ? { rules: rulesOf(runs[0].events) } : {};
}

/** Beside a band around the start of the first seed, the other seeds have no place. */
function curvesOf({ plot, ensemble }: ExperimentFile): "mean" | "first" | "each" {
  return plot.curves ?? (ensemble && ensemble.start === "theory" ? "first" : "mean");
}

/** The panels that were asked for, or the one plot, with all that they have of their axes. */
function viewsOf({ x, y, panels }: ExperimentFile["plot"]) {
  if (!panels) return [{ title: "", x, y }];
  return panels.map((panel) => {
    // label and ends are of the quantity that they were given for
    const base = (panel.y.show ?? y.show) === y.show ? y : { show: y.show, scale: y.scale };
    return { title: panel.title, x: { ...x, ...panel.x }, y: { ...base, ...panel.y } };
  });
}

function axis(
  { label, scale, domain }: { label?: string; scale: "log" | "linear"; domain?: number[] },
  usual: string,
): Axis {
  return { label: label ?? usual, scale, ...(domain ? { domain: [domain[0], domain[1]] as const } : {}) };
}
