/** A chart as text: curves in braille dots, simulation as markers, for a terminal or a log file. */

import type { Chart } from "./chart.js";
import { dodge } from "./dodge.js";
import { ends } from "./names.js";
import { type Figure, type PreparedPanel, prepare } from "./prepare.js";
import { picture } from "./terminal-picture.js";
import { key, lengthOf, type Style, styleOf, type TerminalOptions } from "./terminal-style.js";
import { wrap } from "./text.js";
import { linearTicks, logTicks } from "./ticks.js";

/**
 * The text of a chart, lines parted by "\n", without one at the end: title, key, each panel below the other, caption. Curves carry
 * their names at their right ends; simulation has a marker of its own for each group. Equal charts give equal texts.
 *
 * @throws `invalid-argument` for a chart that cannot be drawn.
 * @example
 * console.log(terminalPlot(chart, { width: process.stdout.columns, colour: process.stdout.hasColors?.() }));
 */
export function terminalPlot(chart: Chart, options: TerminalOptions = {}): string {
  const figure = prepare(chart);
  const style = styleOf(figure, options);
  const broken = (text: string | undefined): string[] =>
    text ? wrap(style.text(text), style.width - 2, lengthOf).map((line) => ` ${line}`) : [];
  const lines = [...broken(chart.title).map(style.bold), ...broken(chart.subtitle), ...key(figure, style)];
  for (const panel of figure.panels) {
    lines.push("", ...broken(panel.title).map(style.bold), ...drawPanel(figure, panel, style));
  }
  if (chart.caption) lines.push("", ...broken(chart.caption));
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** Label of the y axis, frame with curves and names, ticks and label of the x axis: `style.height` lines. */
function drawPanel(figure: Figure, panel: PreparedPanel, style: Style): string[] {
  const rows = style.height - 4;
  const ticks = (panel.y.log ? logTicks : linearTicks)(panel.y.domain, Math.max(2, Math.floor(rows / 2)));
  const labels = new Map<number, string>();
  for (const { value, label } of ticks.major)
    labels.set(Math.round((1 - panel.y.at(value)) * (rows - 1)), style.text(label));
  const gutter = Math.max(...Array.from(labels.values(), lengthOf), 2) + 1;

  const named = figure.names === "none" ? [] : ends(figure, panel);
  const nameOf = (group: number): string => style.text(figure.groups[group]);
  const nameWidth = named.length === 0 ? 0 : 2 + Math.max(...named.map(({ group }) => lengthOf(nameOf(group))));
  const wanted = named.map(({ at }) => (1 - at) * (rows - 1));
  // the small number keeps places that are exactly one row apart so when they are rounded
  const places = dodge(wanted, 1, 0, rows - 1).map((place) => Math.floor(place + 0.5 + 1e-9));
  const names = new Map(places.map((row, i) => [row, named[i].group]));

  const columns = Math.max(10, style.width - gutter - 2 - nameWidth);
  const [bar, tick, corner] = style.ascii ? ["|", "+", "+"] : ["│", "┤", "└"];
  const body = picture(panel, columns, rows, style).map((cells, row) => {
    const label = labels.get(row);
    const group = names.get(row);
    const name = group === undefined ? "" : `  ${style.paint(nameOf(group), group)}`;
    const before = " ".repeat(gutter - lengthOf(label ?? ""));
    return `${before}${label ?? ""} ${label === undefined ? bar : tick}${cells}${name}`;
  });
  const margin = " ".repeat(gutter + 1);
  const [axis, tickLabels] = xAxis(panel, columns, style);
  const xLabel = style.text(panel.x.label);
  const middle = " ".repeat(Math.max(0, Math.floor((columns - lengthOf(xLabel)) / 2)));
  return [
    ` ${style.text(panel.y.label)}`,
    ...ruleNames(panel, columns, style).map((line) => `${margin} ${line}`),
    ...body,
    `${margin}${corner}${axis}`,
    `${margin} ${tickLabels}`,
    `${margin} ${middle}${xLabel}`,
  ];
}

/** The names of rules above their tops, in as many lines as keep them apart. */
function ruleNames(panel: PreparedPanel, columns: number, style: Style): string[] {
  const bar = style.ascii ? "|" : "│";
  const lines: string[][] = [];
  for (const { x, label } of panel.rules) {
    const name = Array.from(style.text(label));
    const column = Math.round(panel.x.at(x) * (columns - 1));
    // to the right of its rule, or to the left where it would not fit
    const isRight = column + name.length + 2 <= columns;
    const [start, text] = isRight ? [column, [bar, " ", ...name]] : [column - name.length - 1, [...name, " ", bar]];
    const free = lines.findIndex((line) => line.length < start);
    const above = free < 0 ? lines.push([]) - 1 : free;
    for (const line of lines.slice(0, above)) line[column] ??= bar;
    text.forEach((char, i) => {
      lines[above][Math.max(0, start) + i] = char;
    });
  }
  return lines.reverse().map((line) => Array.from(line, (char) => char ?? " ").join(""));
}

/** The bottom of the frame with its ticks, and the line of their labels, none on top of another. */
function xAxis(panel: PreparedPanel, columns: number, style: Style): [string, string] {
  const ticks = (panel.x.log ? logTicks : linearTicks)(panel.x.domain, Math.max(2, Math.floor(columns / 8)));
  const axis = new Array<string>(columns).fill(style.ascii ? "-" : "─");
  const labels = new Array<string>(columns).fill(" ");
  let free = 0;
  for (const { value, label } of ticks.major) {
    const column = Math.round(panel.x.at(value) * (columns - 1));
    axis[column] = style.ascii ? "+" : "┬";
    const chars = Array.from(style.text(label));
    const start = Math.min(columns - chars.length, Math.max(0, column - Math.floor(chars.length / 2)));
    if (start < free) continue;
    labels.splice(start, chars.length, ...chars);
    free = start + chars.length + 1;
  }
  return [axis.join(""), labels.join("")];
}
