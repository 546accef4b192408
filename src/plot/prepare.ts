/** From a chart to what both renderers draw: checked series, axes with ends, groups with their places in the palette. */

import { SgdDynamicsError } from "../errors.js";
import type { Axis, Chart, Panel, Series } from "./chart.js";
import { isOrdered } from "./palette.js";

/** An axis with its ends; `at` sends them to 0 and 1. */
export interface PreparedAxis {
  readonly label: string;
  readonly log: boolean;
  readonly domain: readonly [number, number];
  at(value: number): number;
}

/** A series on its axes: points without a place on the x axis are gone, values without one on the y axis are NaN. */
export interface PreparedSeries {
  readonly label: string;
  readonly kind: Series["kind"];
  readonly dashed: boolean;
  /** The index of its group in `Figure.groups`. */
  readonly group: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly low?: Float64Array;
  readonly high?: Float64Array;
}

export interface PreparedPanel {
  readonly title: string;
  readonly x: PreparedAxis;
  readonly y: PreparedAxis;
  readonly series: readonly PreparedSeries[];
  /** An end of an axis was given, so that points may lie outside. */
  readonly clipped: boolean;
}

/** An entry of the key of evidence: what a line, a dot or a band stands for. */
export interface Kind {
  readonly label: string;
  readonly kind: Series["kind"];
  readonly dashed: boolean;
}

export interface Figure {
  readonly panels: readonly PreparedPanel[];
  readonly groups: readonly string[];
  readonly ordered: boolean;
  /** Kinds of evidence in order of appearance; empty when each series is its own group and so named already. */
  readonly kinds: readonly Kind[];
  readonly names: "direct" | "key" | "none";
}

/** @throws `invalid-argument` for series of unequal lengths, a band without `low` and `high`, ends that an axis cannot have, or no point to draw. */
export function prepare(chart: Chart): Figure {
  const panels: readonly Panel[] = chart.panels?.length ? chart.panels : [{ title: "", series: [] }];
  const all = [...chart.series, ...panels.flatMap((panel) => panel.series)];
  all.forEach(check);
  const groups = [...new Set(all.map((series) => series.group ?? series.label))];
  const grouped = all.some((series) => series.group !== undefined && series.group !== series.label);
  const kinds = all.map(({ label, kind, dashed = false }) => ({ label, kind, dashed }));
  return {
    panels: panels.map((panel) => preparePanel(chart, panel, groups)),
    groups,
    ordered: chart.palette ? chart.palette === "ordered" : isOrdered(groups),
    kinds: grouped ? kinds.filter((entry, i) => kinds.findIndex((other) => same(entry, other)) === i) : [],
    names: chart.names ?? (panels.length === 1 && groups.length <= 12 ? "direct" : "key"),
  };
}

function preparePanel(chart: Chart, panel: Panel, groups: readonly string[]): PreparedPanel {
  const axes = { x: { ...chart.x, ...panel.x }, y: { ...chart.y, ...panel.y } };
  const series = [...chart.series, ...panel.series].map((one) => placed(one, axes.x, axes.y, groups));
  const xs = range(series.map((one) => one.x));
  const ys = range(series.map((one) => one.y));
  // A long bar must not stretch a log axis: bars count down to a third of the lowest point, and up to three times the highest.
  const log = axes.y.scale === "log";
  const reach = log ? ([ys[0] / 3, ys[1] * 3] as const) : ([-Infinity, Infinity] as const);
  const bars = range(series.flatMap((one) => [one.low ?? one.y, one.high ?? one.y]));
  const tall: [number, number] = [
    Math.max(reach[0], Math.min(bars[0], ys[0])),
    Math.min(reach[1], Math.max(bars[1], ys[1])),
  ];
  const title = panel.title || chart.title;
  return {
    title: panel.title,
    x: prepareAxis(axes.x, xs, 0.02, `x axis of "${title}"`),
    y: prepareAxis(axes.y, tall, 0.04, `y axis of "${title}"`),
    series,
    clipped: axes.x.domain !== undefined || axes.y.domain !== undefined,
  };
}

function placed(series: Series, x: Axis, y: Axis, groups: readonly string[]): PreparedSeries {
  const usable = (value: number, axis: Axis): boolean =>
    Number.isFinite(value) && (axis.scale === "linear" || value > 0);
  const rows = Array.from({ length: series.x.length }, (_, i) => i).filter((i) => usable(series.x[i], x));
  const column = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(rows, (i) => (usable(values[i], y) ? values[i] : Number.NaN));
  const { low, high } = series;
  return {
    label: series.label,
    kind: series.kind,
    dashed: series.dashed ?? false,
    group: groups.indexOf(series.group ?? series.label),
    x: Float64Array.from(rows, (i) => series.x[i]),
    y: column(series.y),
    ...(low && high ? { low: column(low), high: column(high) } : {}),
  };
}

function prepareAxis(axis: Axis, data: readonly [number, number], margin: number, where: string): PreparedAxis {
  const log = axis.scale === "log";
  const [low, high] = axis.domain ?? widened(data, margin, log);
  if (!(low < high) || !Number.isFinite(high - low) || (log && low <= 0)) {
    const sign = log ? "positive " : "";
    const reason = axis.domain
      ? `its domain is [${low}, ${high}]; give two ${sign}numbers, the lower first`
      : `no point of its series has a ${sign}finite value on it`;
    throw new SgdDynamicsError("invalid-argument", `The ${axis.scale} ${where} cannot be drawn: ${reason}.`);
  }
  const to = log ? Math.log : (value: number): number => value;
  const [from, length] = [to(low), to(high) - to(low)];
  return { label: axis.label, log, domain: [low, high], at: (value) => (to(value) - from) / length };
}

function widened([low, high]: readonly [number, number], margin: number, log: boolean): [number, number] {
  if (low === high) return log ? [low / 2, high * 2] : [low - 1, high + 1];
  if (!log) return [low - margin * (high - low), high + margin * (high - low)];
  const factor = (high / low) ** margin;
  return [low / factor, high * factor];
}

function range(lists: readonly ArrayLike<number>[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      if (list[i] < low) low = list[i];
      if (list[i] > high) high = list[i];
    }
  }
  return [low, high];
}

function check(series: Series): void {
  const lengths = { y: series.y.length, low: series.low?.length, high: series.high?.length };
  for (const [name, length] of Object.entries(lengths)) {
    if (length === undefined || length === series.x.length) continue;
    const given = `Series "${series.label}" has ${series.x.length} values of x and ${length} of ${name}`;
    throw new SgdDynamicsError("invalid-argument", `${given}: a series needs as many of each.`);
  }
  if ((series.low === undefined) !== (series.high === undefined) || (series.kind === "band" && !series.low)) {
    const allowed = "A band needs both, error bars both or none";
    throw new SgdDynamicsError("invalid-argument", `Series "${series.label}" lacks its "low" or "high". ${allowed}.`);
  }
}

function same(a: Kind, b: Kind): boolean {
  return a.label === b.label && a.kind === b.kind && a.dashed === b.dashed;
}
