/** One plot of a figure: axes, theory and simulation, drawn by Observable Plot. */

import * as Plot from "@observablehq/plot";
import { svg } from "./dom.js";
import { BAND, DASHED_WIDTH, DASHES, LINE_WIDTH, SYMBOLS } from "./palette.js";
import type { Figure, PreparedAxis, PreparedPanel, PreparedSeries } from "./prepare.js";
import { linearTicks, logTicks, type Ticks } from "./ticks.js";

/** Where the frame of a panel lies: pixels from the panel's corner. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const INK = "#000000";
const GRID = "#e9e9e9";
const RULE = "#777777";
const TICKS = { label: null, stroke: INK, fill: INK, fontSize: 11 } as const;

/** Pixels that a curve must move before its next point is drawn: 1/640 inch at 96 pixels an inch, less than a print resolves. */
const TOLERANCE = 0.15;

/**
 * A `g` element with what Plot drew for one panel: grid, bands, dashed lines, lines, error bars, dots, frame, ticks and their labels,
 * in this order. Each is a `g` with the mark as `aria-label` and the series as `aria-description`.
 */
export function drawPanel(
  document: Document,
  figure: Figure,
  panel: PreparedPanel,
  frame: Frame,
  colours: readonly string[],
): Element {
  const ticks = {
    x: ticksOf(panel.x, (frame.right - frame.left) / (panel.x.log ? 50 : 64)),
    y: ticksOf(panel.y, (frame.bottom - frame.top) / (panel.y.log ? 28 : 44)),
  };
  const majors = { x: ticks.x.major.map(({ value }) => value), y: ticks.y.major.map(({ value }) => value) };
  const series: Drawn[] = panel.series.map((one) => {
    const description = [...new Set([one.label, figure.groups[one.group]])].join(", ");
    return { ...thinned(one, panel, frame), colour: colours[one.group], ordered: figure.ordered, description };
  });
  const of = (kind: PreparedSeries["kind"]): Drawn[] => series.filter((one) => one.kind === kind);
  const root = Plot.plot({
    document,
    width: frame.width,
    height: frame.height,
    marginLeft: frame.left,
    marginRight: frame.width - frame.right,
    marginTop: frame.top,
    marginBottom: frame.height - frame.bottom,
    x: { type: panel.x.log ? "log" : "linear", domain: panel.x.domain, axis: null },
    y: { type: panel.y.log ? "log" : "linear", domain: panel.y.domain, axis: null },
    symbol: { type: "identity" },
    marks: [
      Plot.ruleX(majors.x, { stroke: GRID, ariaDescription: "grid" }),
      Plot.ruleY(majors.y, { stroke: GRID, ariaDescription: "grid" }),
      ...of("band").map((one) => band(one)),
      ...(panel.rules.length > 0 ? [rules(panel)] : []),
      ...of("line").map((one) => line(one, panel)),
      ...of("dots").flatMap((one) => dots(one, panel)),
      Plot.frame({ anchor: "left", stroke: INK }),
      Plot.frame({ anchor: "bottom", stroke: INK }),
      Plot.axisX(ticks.x.minor, { ...TICKS, tickSize: 3, fill: "none" }),
      Plot.axisY(ticks.y.minor, { ...TICKS, tickSize: 3, fill: "none" }),
      Plot.axisX(majors.x, { ...TICKS, tickSize: 6, text: labeller(ticks.x) }),
      Plot.axisY(majors.y, { ...TICKS, tickSize: 6, text: labeller(ticks.y) }),
    ],
  } as Plot.PlotOptions);
  return svg(document, "g", { "aria-label": "plot", "text-anchor": "middle" }, ...Array.from(root.children));
}

type Drawn = PreparedSeries & { readonly colour: string; readonly ordered: boolean; readonly description: string };

function rules(panel: PreparedPanel): Plot.Markish {
  const places = panel.rules.map(({ x }) => x);
  return Plot.ruleX(places, { stroke: RULE, strokeWidth: 0.8, ariaDescription: "rules" });
}

function band(series: Drawn): Plot.Markish {
  return Plot.areaY(series.x, {
    x: series.x,
    y1: series.low!,
    y2: series.high!,
    fill: series.colour,
    stroke: series.colour,
    ...BAND,
    // one that reaches zero may leave a log axis whose ends were not given
    clip: true,
    ariaDescription: series.description,
  });
}

function line(series: Drawn, panel: PreparedPanel): Plot.Markish {
  return Plot.line(series.x, {
    x: series.x,
    y: series.y,
    stroke: series.colour,
    strokeWidth: series.dashed ? DASHED_WIDTH : LINE_WIDTH,
    strokeDasharray: series.dashed ? DASHES : undefined,
    clip: panel.clipped,
    ariaDescription: series.description,
  });
}

function dots(series: Drawn, panel: PreparedPanel): Plot.Markish[] {
  const { low, high } = bars(series, panel.y.domain);
  const inside = (i: number): boolean => within(series.x[i], panel.x.domain) && within(series.y[i], panel.y.domain);
  const shown = Array.from(series.x.keys()).filter(inside);
  const symbol = series.ordered ? "circle" : SYMBOLS[series.group % SYMBOLS.length];
  const at = { x: (i: number) => series.x[i], stroke: series.colour };
  const marks: Plot.Markish[] = [];
  if (low && high) {
    const y = { y1: (i: number) => low[i], y2: (i: number) => high[i] };
    marks.push(Plot.ruleX(shown, { ...at, ...y, strokeWidth: 1.1, ariaDescription: series.description }));
  }
  const y = (i: number): number => series.y[i];
  marks.push(
    Plot.dot(shown, {
      ...at,
      y,
      symbol,
      r: 2.9,
      fill: "#ffffff",
      strokeWidth: 1.3,
      ariaDescription: series.description,
    }),
  );
  return marks;
}

/** Error bars cut off at the ends of the axis; one with an end that is NaN is not drawn. */
function bars(
  series: PreparedSeries,
  [bottom, top]: readonly [number, number],
): { low?: Float64Array; high?: Float64Array } {
  if (!series.low || !series.high) return {};
  return {
    low: series.low.map((value) => Math.max(value, bottom)),
    high: series.high.map((value) => Math.min(value, top)),
  };
}

/** A line or band without the points that move it by less than `TOLERANCE`; its ends and breaks stay. */
function thinned(series: PreparedSeries, panel: PreparedPanel, frame: Frame): PreparedSeries {
  if (series.kind === "dots") return series;
  const width = frame.right - frame.left;
  const height = frame.bottom - frame.top;
  const columns = series.kind === "band" ? [series.low!, series.high!] : [series.y];
  const kept: number[] = [];
  let last = -1;
  for (let i = 0; i < series.x.length; i++) {
    const moved = (values: Float64Array): boolean =>
      !(Math.abs(panel.y.at(values[i]) - panel.y.at(values[last])) * height < TOLERANCE);
    const across = last < 0 || Math.abs(panel.x.at(series.x[i]) - panel.x.at(series.x[last])) * width >= TOLERANCE;
    if (!across && i < series.x.length - 1 && !columns.some(moved)) continue;
    kept.push(i);
    last = i;
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]);
  const { low, high } = series;
  return {
    ...series,
    x: pick(series.x),
    y: pick(series.y),
    ...(low && high ? { low: pick(low), high: pick(high) } : {}),
  };
}

function ticksOf(axis: PreparedAxis, most: number): Ticks {
  return (axis.log ? logTicks : linearTicks)(axis.domain, Math.max(2, Math.floor(most)));
}

function labeller(ticks: Ticks): (value: number) => string {
  const labels = new Map(ticks.major.map(({ value, label }) => [value, label]));
  return (value) => labels.get(value) ?? "";
}

function within(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}
