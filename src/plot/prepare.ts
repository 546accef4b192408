/** From a chart to what both renderers draw: checked series, axes with ends, groups with their places in the palette. */

import { SgdDynamicsError } from "../errors.js";
import type { Axis, Chart, Panel, Rule, Series } from "./chart.js";
import { isOrdered } from "./palette.js";

/** An axis with its ends; `at` sends them to 0 and 1. */
export interface PreparedAxis {
  readonly label: string;
  readonly log: boolean;
  readonly domain: readonly [number, number];
  at(value: number): number;
}

/**
 * A series on its axes: points without a place on the x axis are gone, values of y without one on the y axis are NaN. A `low` or `high`
 * that lies below or above every axis, as zero does below a log one, is at its end; NaN are gaps only.
 */
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
  /** From the lowest layer to the highest. */
  readonly series: readonly PreparedSeries[];
  /** Those that the x axis reaches, from the left to the right. */
  readonly rules: readonly Rule[];
  /** An end of an axis was given, so that points may lie outside. */
  readonly clipped: boolean;
}

/** How a series looks apart from its colour. */
export interface Look {
  readonly kind: Series["kind"];
  readonly dashed: boolean;
  /** Dots with error bars. */
  readonly bars: boolean;
}

/** An entry of the key of evidence: what a line, a dot or a band, or those of one label together, stand for. */
export interface Kind {
  readonly label: string;
  readonly looks: readonly Look[];
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
  return {
    panels: panels.map((panel) => preparePanel(chart, panel, groups)),
    groups,
    ordered: chart.palette ? chart.palette === "ordered" : isOrdered(groups),
    kinds: grouped ? kindsOf(all) : [],
    names: chart.names ?? (panels.length === 1 && groups.length <= 12 ? "direct" : "key"),
  };
}

export function lookOf({ kind, dashed = false, low }: Pick<Series, "kind" | "dashed" | "low">): Look {
  return { kind, dashed: kind === "line" && dashed, bars: kind === "dots" && low !== undefined };
}

/** Labels in order of appearance; only a solid and a dashed line of one label have an entry each. */
function kindsOf(all: readonly Series[]): Kind[] {
  const kinds: { label: string; looks: Look[] }[] = [];
  for (const series of all) {
    const look = lookOf(series);
    const clash = (other: Look): boolean => other.kind === look.kind && other.dashed !== look.dashed;
    const entry = kinds.find(({ label, looks }) => label === series.label && !looks.some(clash));
    if (!entry) kinds.push({ label: series.label, looks: [look] });
    else if (!entry.looks.some(({ kind, bars }) => kind === look.kind && bars === look.bars)) entry.looks.push(look);
  }
  return kinds;
}

function preparePanel(chart: Chart, panel: Panel, groups: readonly string[]): PreparedPanel {
  const axes = { x: { ...chart.x, ...panel.x }, y: { ...chart.y, ...panel.y } };
  const series = [...chart.series, ...panel.series].map((one) => placed(one, axes.x, axes.y, groups));
  const xs = range(series.map((one) => one.x));
  const ys = range(series.flatMap(wanted));
  // A long bar must not stretch a log axis: bars count down to a third of the lowest point, and up to three times the highest.
  const log = axes.y.scale === "log";
  const reach = log ? ([ys[0] / 3, ys[1] * 3] as const) : ([-Infinity, Infinity] as const);
  const bars = range(series.flatMap((one) => [one.low ?? one.y, one.high ?? one.y]));
  const tall: [number, number] = [
    Math.max(reach[0], Math.min(bars[0], ys[0])),
    Math.min(reach[1], Math.max(bars[1], ys[1])),
  ];
  const title = panel.title || chart.title;
  const x = prepareAxis(axes.x, xs, 0.02, `x axis of "${title}"`);
  const y = prepareAxis(axes.y, tall, 0.04, `y axis of "${title}"`);
  return {
    title: panel.title,
    x,
    y,
    rules: (chart.rules ?? [])
      .filter((rule) => rule.x >= x.domain[0] && rule.x <= x.domain[1])
      .sort((one, other) => one.x - other.x),
    series: series.map((one) => bounded(one, y.domain)).sort((a, b) => layer(a) - layer(b)),
    clipped: axes.x.domain !== undefined || axes.y.domain !== undefined,
  };
}

function placed(series: Series, x: Axis, y: Axis, groups: readonly string[]): PreparedSeries {
  const usable = (value: number, axis: Axis): boolean =>
    Number.isFinite(value) && (axis.scale === "linear" || value > 0);
  const rows = Array.from({ length: series.x.length }, (_, i) => i).filter((i) => usable(series.x[i], x));
  const column = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(rows, (i) => (usable(values[i], y) ? values[i] : Number.NaN));
  // finite and not usable is zero or less on a log axis; null, which JSON makes of NaN, is not finite
  const edge = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(rows, (i) => {
      const value = values[i];
      if (usable(value, y) || value === Number.POSITIVE_INFINITY) return value;
      return Number.isFinite(value) || value === Number.NEGATIVE_INFINITY ? Number.NEGATIVE_INFINITY : Number.NaN;
    });
  const { low, high } = series;
  return {
    label: series.label,
    kind: series.kind,
    dashed: lookOf(series).dashed,
    group: groups.indexOf(series.group ?? series.label),
    x: Float64Array.from(rows, (i) => series.x[i]),
    y: column(series.y),
    ...(low && high ? { low: edge(low), high: edge(high) } : {}),
  };
}

/** What an axis must show. A band that reaches zero passes through every decade on its way: its lower edge counts like a bar. */
function wanted({ kind, y, low, high }: PreparedSeries): Float64Array[] {
  if (kind !== "band") return [y];
  return low!.includes(Number.NEGATIVE_INFINITY) ? [y, high!] : [y, low!, high!];
}

/** Theory lies on top of the mean of an ensemble, which it covers where they agree. */
function layer({ kind, dashed }: PreparedSeries): number {
  return kind === "band" ? 0 : kind === "dots" ? 3 : dashed ? 1 : 2;
}

function bounded(series: PreparedSeries, [bottom, top]: readonly [number, number]): PreparedSeries {
  const onAxis = (value: number): number =>
    value === Number.NEGATIVE_INFINITY ? bottom : value === Number.POSITIVE_INFINITY ? top : value;
  const { low, high } = series;
  return low && high ? { ...series, low: low.map(onAxis), high: high.map(onAxis) } : series;
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

/** The least and the greatest finite value. */
function range(lists: readonly ArrayLike<number>[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      if (!Number.isFinite(list[i])) continue;
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
