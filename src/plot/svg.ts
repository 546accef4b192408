/** A chart as a standalone SVG: title, key, panels, names beside their curves, caption. */

import type { Chart } from "./chart.js";
import { type DocumentLike, documentOf, svg } from "./dom.js";
import { drawKey } from "./key.js";
import { drawNames, namesWidth } from "./names.js";
import { colours as palette } from "./palette.js";
import type { Frame } from "./panel.js";
import { type Figure, type PreparedPanel, prepare } from "./prepare.js";
import { drawRuleLabels } from "./rules.js";
import { serialise } from "./serialise.js";
import { textWidth, wrap } from "./text.js";

export interface SVGOptions {
  /** Pixels of the whole figure; default 640 for one panel, 340 a column for several. */
  readonly width?: number;
  /** Pixels of the whole figure; default 440 for one panel, 280 a row for several, plus title, key and caption. */
  readonly height?: number;
  /** Panels side by side; default at most 3. */
  readonly columns?: number;
  /** The document to make elements with; default the page's in a browser, linkedom's elsewhere. */
  readonly document?: DocumentLike;
}

const FONT = "DejaVu Sans, Helvetica, Arial, sans-serif";
const MARGIN = 14;
const LEFT = 68;
const BELOW = 46;
const TITLE = 14;
const SUBTITLE = 11.5;
const CAPTION = 10.5;
const GREY = "#444444";

/**
 * The SVG text of a chart: black on white, text as text, nothing referred to outside the file; equal charts give equal texts.
 *
 * Theory is drawn as lines, simulation as hollow dots with error bars, spreads as bands. Curves are thinned to what
 * a print can show.
 *
 * @throws `invalid-argument` for a chart that cannot be drawn.
 */
export async function renderSVG(chart: Chart, options: SVGOptions = {}): Promise<string> {
  const figure = prepare(chart);
  // Plot is large, and who prints curves in a terminal does without it
  const { drawPanel } = await import("./panel.js");
  const document = await documentOf(options.document);
  const columns = Math.min(figure.panels.length, options.columns ?? 3);
  const rows = Math.ceil(figure.panels.length / columns);
  const single = figure.panels.length === 1;
  const width = options.width ?? (single ? 640 : 340 * columns);
  const colours = palette(figure.groups.length, figure.ordered);

  const head = heading(document, chart, width);
  const key = drawKey(document, figure, colours, width - LEFT - MARGIN);
  key.element.setAttribute("transform", `translate(${single ? LEFT : MARGIN},${head.height})`);
  const foot = caption(document, chart, width);
  const top = head.height + key.height + (key.height > 0 ? 10 : 4);
  const height = options.height ?? (single ? 440 : top + 280 * rows + foot.height);
  foot.element.setAttribute("transform", `translate(${MARGIN},${height - foot.height})`);
  const cell = { width: width / columns, height: (height - top - foot.height) / rows };
  const panels = figure.panels.map((panel, i) => {
    const frame = frameOf(figure, panel, cell);
    const plot = drawPanel(document, figure, panel, frame, colours);
    const names = figure.names === "direct" ? [drawNames(document, figure, panel, frame, colours)] : [];
    const labels = labelPanel(document, panel, frame);
    const [x, y] = [(i % columns) * cell.width, top + Math.floor(i / columns) * cell.height];
    return svg(
      document,
      "g",
      { transform: `translate(${x},${y})`, "aria-label": "panel", "aria-description": panel.title || undefined },
      plot,
      ...(panel.rules.length > 0 ? [drawRuleLabels(document, panel, frame)] : []),
      ...names,
      ...labels,
    );
  });
  const root = svg(
    document,
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "font-family": FONT,
      fill: "#000000",
    },
    svg(document, "title", {}, chart.title),
    svg(document, "desc", {}, [chart.subtitle, chart.caption].filter(Boolean).join(" ")),
    svg(document, "rect", { width, height, fill: "#ffffff" }),
    head.element,
    key.element,
    ...panels,
    foot.element,
  );
  return `${serialise(root)}\n`;
}

function frameOf(
  figure: Figure,
  panel: PreparedPanel,
  cell: { readonly width: number; readonly height: number },
): Frame {
  const right = figure.names === "direct" ? namesWidth(figure) : MARGIN + 4;
  const top = panel.title ? 24 : 8;
  return { ...cell, left: LEFT, right: cell.width - right, top, bottom: cell.height - BELOW };
}

/** The title of a panel and the labels of its axes. */
function labelPanel(document: Document, panel: PreparedPanel, frame: Frame): Element[] {
  const middle = { x: (frame.left + frame.right) / 2, y: (frame.top + frame.bottom) / 2 };
  const label = { "font-size": 12, "text-anchor": "middle" };
  const title = { x: frame.left, y: 14, "font-size": 12, "font-weight": "bold" };
  return [
    ...(panel.title ? [svg(document, "text", title, panel.title)] : []),
    svg(document, "text", { ...label, x: middle.x, y: frame.bottom + 38 }, panel.x.label),
    svg(document, "text", { ...label, transform: `translate(18,${middle.y}) rotate(-90)` }, panel.y.label),
  ];
}

function heading(document: Document, chart: Chart, width: number): { element: Element; height: number } {
  const room = width - 2 * MARGIN;
  const title = wrap(chart.title, room, (text) => 1.1 * textWidth(text, TITLE));
  const subtitle = chart.subtitle ? wrap(chart.subtitle, room, (text) => textWidth(text, SUBTITLE)) : [];
  const start = 26 + 18 * (title.length - 1);
  const element = svg(
    document,
    "g",
    { "aria-label": "title" },
    ...title.map((text, i) =>
      svg(document, "text", { x: MARGIN, y: 26 + 18 * i, "font-size": TITLE, "font-weight": "bold" }, text),
    ),
    ...subtitle.map((text, i) =>
      svg(document, "text", { x: MARGIN, y: start + 18 + 15 * i, "font-size": SUBTITLE, fill: GREY }, text),
    ),
  );
  return { element, height: start + 15 * subtitle.length + 12 };
}

/** The caption, to be put with its upper left corner at the foot of the figure; its height includes the space around it. */
function caption(document: Document, chart: Chart, width: number): { element: Element; height: number } {
  const lines = chart.caption ? wrap(chart.caption, width - 2 * MARGIN, (text) => textWidth(text, CAPTION)) : [];
  const texts = lines.map((text, i) => svg(document, "text", { y: 15 * i + 14 }, text));
  const element = svg(document, "g", { "aria-label": "caption", "font-size": CAPTION, fill: GREY }, ...texts);
  return { element, height: lines.length === 0 ? 4 : 15 * lines.length + 14 };
}
