/** A chart as a standalone SVG: title, key, panels, names beside their curves, caption. */

import type { Chart } from "./chart.js";
import { type DocumentLike, documentOf, svg } from "./dom.js";
import { drawKey } from "./key.js";
import { drawNames, namesWidth } from "./names.js";
import { colours as palette } from "./palette.js";
import type { Frame } from "./panel.js";
import { type Figure, type PreparedPanel, prepare } from "./prepare.js";
import { drawRuleLabels } from "./rules.js";
import { caption, heading, MARGIN, sheet } from "./sheet.js";

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

const LEFT = 68;
const BELOW = 46;

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
  return sheet(document, chart, width, height, [head.element, key.element, ...panels, foot.element]);
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
