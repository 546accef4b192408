/** One panel of a heat map: cells, hatches, lines, axes and its colour scale; and the key of all. */

import { svg } from "./dom.js";
import { colourOf, domainOf, NOTHING, scaleBar } from "./heat-colours.js";
import type { PanelPlace } from "./heat-layout.js";
import type { HeatAxis, HeatLine, HeatMap, HeatPanel } from "./heat-map.js";
import { drawPoints, pointSample } from "./heat-points.js";
import { isolines } from "./isolines.js";
import { lightened } from "./palette.js";
import { textWidth } from "./text.js";
import { linearTicks } from "./ticks.js";

const LINE = 1.6;
const DASHES = "5 3.5";
const SIZE = 11;
/** Pixels between the strokes of a hatch. */
const HATCH = 5;

/** From an axis' units to pixels; cells reach half a step beyond the first and the last centre. */
interface Scale {
  readonly domain: readonly [number, number];
  readonly step: number;
  at(value: number): number;
}

export function drawHeatPanel(document: Document, map: HeatMap, panel: HeatPanel, place: PanelPlace): Element[] {
  const { frame } = place;
  const x = scaleOf(map.x, frame.left, frame.right);
  const y = scaleOf(map.y, frame.bottom, frame.top);
  const domain = panel.domain ?? domainOf(panel);
  const colour = colourOf(panel, domain);
  return [
    cells(document, map, panel, x, y, colour),
    svg(
      document,
      "g",
      { "aria-label": "lines", fill: "none" },
      ...(map.lines ?? []).flatMap((line) => paths(document, map, line, x, y)),
    ),
    ...(panel.points ?? []).map((points) =>
      drawPoints(document, points, (u, v) => (isOn(x, u) && isOn(y, v) ? [x.at(u), y.at(v)] : undefined)),
    ),
    ...notes(document, panel, x, y),
    ...axes(document, map, panel, place, x, y),
    ...(panel.classes ? [] : [scaleBar(document, frame, domain, panel)]),
  ];
}

const isOn = ({ domain: [low, high] }: Scale, value: number) => value >= low && value <= high;

/** What lines, points, colours of classes and hatches are. */
export function drawHeatKey(document: Document, map: HeatMap, width: number): { element: Element; height: number } {
  const items: { text: string; sample: (x: number, y: number) => Element }[] = [];
  /** Of what several panels or lines share, once. */
  const add = (text: string, sample: (x: number, y: number) => Element) => {
    if (!items.some((item) => item.text === text)) items.push({ text, sample });
  };
  for (const { classes = [], points = [] } of map.panels) {
    for (const { label, colour } of classes)
      add(label, (x, y) => svg(document, "rect", { x, y: y - 6, width: 16, height: 12, fill: colour }));
    for (const kind of points) add(kind.label, (x, y) => pointSample(document, kind, x + 11, y));
  }
  for (const { label, dashed } of map.lines ?? [])
    add(label, (x, y) => svg(document, "g", {}, ...stroked(document, `M${x},${y}h22`, dashed)));
  if (map.panels.some(({ values, theory }) => theory && Array.from(values).some((v, n) => isMissing(v, theory[n])))) {
    items.push({
      text: "not measured within the budget: theory alone",
      sample: (x, y) => hatched(document, { x, y: y - 6, width: 16, height: 12 }, "#666666"),
    });
  }
  if (map.panels.some(({ values, theory }) => Array.from(values).some((v, n) => isNothing(v, theory?.[n])))) {
    items.push({
      text: "no such power",
      sample: (x, y) => svg(document, "rect", { x, y: y - 6, width: 16, height: 12, fill: NOTHING }),
    });
  }
  let [x, row] = [0, 0];
  const entries = items.map(({ text, sample }) => {
    const length = 28 + textWidth(text, SIZE) + 18;
    if (x > 0 && x + length > width) [x, row] = [0, row + 1];
    const at = { x, y: 18 * row + 8 };
    x += length;
    return svg(
      document,
      "g",
      {},
      sample(at.x, at.y),
      svg(document, "text", { x: at.x + 28, y: at.y + 4, "font-size": SIZE }, text),
    );
  });
  return {
    element: svg(document, "g", { "aria-label": "key" }, ...entries),
    height: items.length > 0 ? 18 * (row + 1) : 0,
  };
}

const isMissing = (value: number, theory: number | undefined) =>
  !Number.isFinite(value) && theory !== undefined && Number.isFinite(theory);
const isNothing = (value: number, theory: number | undefined) =>
  !Number.isFinite(value) && !(theory !== undefined && Number.isFinite(theory));

function scaleOf({ values, reversed = false }: HeatAxis, first: number, last: number): Scale {
  const [from, to] = reversed ? [last, first] : [first, last];
  const step = (values[values.length - 1] - values[0]) / (values.length - 1);
  const domain = [values[0] - step / 2, values[values.length - 1] + step / 2] as const;
  return { domain, step, at: (value) => from + ((value - domain[0]) / (domain[1] - domain[0])) * (to - from) };
}

function cells(
  document: Document,
  map: HeatMap,
  panel: HeatPanel,
  x: Scale,
  y: Scale,
  colour: (value: number) => string,
): Element {
  const { values, theory, confidence, classes } = panel;
  const [columns, rows] = [map.x.values.length, map.y.values.length];
  // cells of one class that follow each other upwards are one rectangle: a picture of 200 x 200 is some hundreds
  const isOneWith = (n: number, m: number) =>
    classes !== undefined && !theory && !confidence && m % rows > 0 && values[m] === values[n];
  const firsts = Array.from({ length: columns * rows }, (_, n) => n).filter((n) => !isOneWith(n - 1, n));
  const parts = firsts.map((n, i) => {
    const last = (firsts[i + 1] ?? columns * rows) - 1;
    const [cx, lowest, highest] = [
      map.x.values[Math.floor(n / rows)],
      map.y.values[n % rows],
      map.y.values[last % rows],
    ];
    const [left, right] = ascending(x.at(cx - x.step / 2), x.at(cx + x.step / 2));
    const [top, bottom] = ascending(y.at(lowest - y.step / 2), y.at(highest + y.step / 2));
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    if (isMissing(values[n], theory?.[n])) return hatched(document, box, colour(theory![n]));
    if (isNothing(values[n], theory?.[n])) return svg(document, "rect", { ...box, fill: NOTHING });
    const sure = confidence ? confidence[n] : 1;
    const fill = lightened(colour(values[n]), 0.75 * (1 - sure));
    // a stroke of the same colour closes the seams between cells
    return svg(document, "rect", { ...box, fill, stroke: fill, "stroke-width": 0.4 });
  });
  // large areas of one colour show seams that strokes leave
  const rendering = classes && !theory && !confidence ? "crispEdges" : undefined;
  return svg(document, "g", { "aria-label": "cells", "shape-rendering": rendering }, ...parts);
}

function ascending(one: number, other: number): [number, number] {
  return one < other ? [one, other] : [other, one];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box with strokes from its lower left to its upper right. */
function hatched(document: Document, { x, y, width, height }: Box, colour: string): Element {
  const strokes: string[] = [];
  // u + v = s from the left upper corner, on a lattice of the whole figure, so that neighbours' strokes meet
  const offset = (((x + y) % HATCH) + HATCH) % HATCH;
  for (let s = HATCH - offset; s < width + height; s += HATCH) {
    const [u0, u1] = [Math.max(0, s - height), Math.min(width, s)];
    strokes.push(`M${round(x + u0)},${round(y + s - u0)}L${round(x + u1)},${round(y + s - u1)}`);
  }
  return svg(
    document,
    "g",
    { "aria-label": "hatch" },
    svg(document, "rect", { x, y, width, height, fill: "#ffffff" }),
    svg(document, "path", { d: strokes.join(""), stroke: colour, "stroke-width": 1.3, fill: "none" }),
  );
}

function paths(document: Document, map: HeatMap, line: HeatLine, x: Scale, y: Scale): Element[] {
  const { points, isoline, dashed } = line;
  const lines = isoline
    ? isolines({ x: map.x.values, y: map.y.values, values: isoline.values }, isoline.level)
    : clipped(points ?? [], x.domain, y.domain);
  return lines.flatMap((one) =>
    stroked(document, one.map(([u, v], i) => `${i ? "L" : "M"}${round(x.at(u))},${round(y.at(v))}`).join(""), dashed),
  );
}

/** Black on a white rim: to be seen on every colour. */
function stroked(document: Document, d: string, dashed = false): Element[] {
  return [
    svg(document, "path", { d, stroke: "#ffffff", "stroke-width": LINE + 1.8, "stroke-opacity": 0.85, fill: "none" }),
    svg(document, "path", {
      d,
      stroke: "#000000",
      "stroke-width": LINE,
      "stroke-dasharray": dashed ? DASHES : undefined,
      fill: "none",
    }),
  ];
}

/** The parts of a polyline inside a rectangle (Liang & Barsky 1984, segment by segment). */
function clipped(
  points: readonly (readonly [number, number])[],
  [left, right]: readonly [number, number],
  [bottom, top]: readonly [number, number],
): [number, number][][] {
  const parts: [number, number][][] = [];
  let goesOn = false;
  points.slice(1).forEach(([x1, y1], i) => {
    const [x0, y0] = points[i];
    const [dx, dy] = [x1 - x0, y1 - y0];
    let [from, to] = [0, 1];
    for (const [rate, room] of [
      [-dx, x0 - left],
      [dx, right - x0],
      [-dy, y0 - bottom],
      [dy, top - y0],
    ]) {
      if (rate < 0) from = Math.max(from, room / rate);
      else if (rate > 0) to = Math.min(to, room / rate);
      else if (room < 0) to = -1;
    }
    const at = (t: number): [number, number] => [x0 + t * dx, y0 + t * dy];
    if (from < to) {
      // one path of them, along which dashes go on
      if (goesOn && from === 0) parts[parts.length - 1].push(at(to));
      else parts.push([at(from), at(to)]);
    }
    goesOn = from < to && to === 1;
  });
  return parts;
}

function notes(document: Document, panel: HeatPanel, x: Scale, y: Scale): Element[] {
  return (panel.notes ?? []).map(({ x: u, y: v, text }) => {
    const place = { x: x.at(u), y: y.at(v) + 4, "font-size": 12, "text-anchor": "middle", "font-weight": "bold" };
    return svg(
      document,
      "g",
      { "aria-label": "note" },
      svg(document, "text", { ...place, stroke: "#ffffff", "stroke-width": 3.5, "stroke-linejoin": "round" }, text),
      svg(document, "text", place, text),
    );
  });
}

function axes(document: Document, map: HeatMap, panel: HeatPanel, place: PanelPlace, x: Scale, y: Scale): Element[] {
  const ink = { stroke: "#000000", fill: "none" };
  const { frame, namesX, namesY, room } = place;
  const { left, right, top, bottom } = frame;
  const across = ticksOf(map.x, x, Math.max(4, Math.floor((right - left) / 56)));
  const upwards = ticksOf(map.y, y, Math.floor((bottom - top) / 44));
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  const label = { "font-size": 12, "text-anchor": "middle" };
  const named = (isHere: boolean, at: Record<string, string | number>, text: string) =>
    isHere ? [svg(document, "text", at, text)] : [];
  // bold letters are a tenth wider; a title too long for its place is written smaller
  const size = Math.min(12, round((12 * room) / (1.1 * textWidth(panel.title, 12))));
  return [
    svg(document, "rect", { x: left, y: top, width: right - left, height: bottom - top, ...ink }),
    svg(
      document,
      "g",
      { "aria-label": "ticks", "font-size": SIZE },
      ...across.flatMap(({ value, label: text }) => [
        svg(document, "path", { d: `M${round(x.at(value))},${bottom}v5`, ...ink }),
        ...named(namesX, { x: x.at(value), y: bottom + 17, "text-anchor": "middle" }, text),
      ]),
      ...upwards.flatMap(({ value, label: text }) => [
        svg(document, "path", { d: `M${left},${round(y.at(value))}h-5`, ...ink }),
        ...named(namesY, { x: left - 8, y: y.at(value) + 4, "text-anchor": "end" }, text),
      ]),
    ),
    svg(document, "text", { x: left, y: 16, "font-size": size, "font-weight": "bold" }, panel.title),
    ...named(namesX, { ...label, x: middle.x, y: bottom + 36 }, map.x.label),
    ...named(namesY, { ...label, transform: `translate(16,${middle.y}) rotate(-90)` }, map.y.label),
  ];
}

function ticksOf({ values, names }: HeatAxis, { domain }: Scale, most: number): { value: number; label: string }[] {
  if (names) return names.map((label, i) => ({ value: values[i], label }));
  return [...linearTicks(domain, most).major];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
