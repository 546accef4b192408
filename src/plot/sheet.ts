/** What all figures have around their panels: a title, a caption, a white sheet. */

import { svg } from "./dom.js";
import { serialise } from "./serialise.js";
import { flat, textWidth, wrap } from "./text.js";

/** The words of a figure. */
export interface Titles {
  readonly title: string;
  readonly subtitle?: string;
  readonly caption?: string;
}

const FONT = "DejaVu Sans, Helvetica, Arial, sans-serif";
export const MARGIN = 14;
const TITLE = 14;
const SUBTITLE = 11.5;
const CAPTION = 10.5;
const GREY = "#444444";

/** The text of a figure of these parts. */
export function sheet(
  document: Document,
  chart: Titles,
  width: number,
  height: number,
  parts: readonly Element[],
): string {
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
    svg(document, "title", {}, flat(chart.title)),
    svg(document, "desc", {}, flat([chart.subtitle, chart.caption].filter(Boolean).join(" "))),
    svg(document, "rect", { width, height, fill: "#ffffff" }),
    ...parts,
  );
  return `${serialise(root)}\n`;
}

export function heading(document: Document, chart: Titles, width: number): { element: Element; height: number } {
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
export function caption(document: Document, chart: Titles, width: number): { element: Element; height: number } {
  const lines = chart.caption ? wrap(chart.caption, width - 2 * MARGIN, (text) => textWidth(text, CAPTION)) : [];
  const texts = lines.map((text, i) => svg(document, "text", { y: 15 * i + 14 }, text));
  const element = svg(document, "g", { "aria-label": "caption", "font-size": CAPTION, fill: GREY }, ...texts);
  return { element, height: lines.length === 0 ? 4 : 15 * lines.length + 14 };
}
