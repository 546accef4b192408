/** The key above a plot: what lines, dots and bands are, and, where curves do not carry their names, what colours are. */

import { svg } from "./dom.js";
import { BAND, DASHED_WIDTH, DASHES, LINE_WIDTH, SYMBOLS } from "./palette.js";
import { type Figure, type Look, lookOf } from "./prepare.js";
import { textWidth } from "./text.js";

const SIZE = 11;
const SAMPLE = 26;
const NEUTRAL = "#333333";

interface Item {
  readonly text: string;
  readonly colour: string;
  readonly symbol: string;
  readonly looks: readonly Look[];
}

/** The key in rows of at most `width`: a `g` element to be put at its upper left corner, and its height. */
export function drawKey(
  document: Document,
  figure: Figure,
  colours: readonly string[],
  width: number,
): { element: Element; height: number } {
  const rows: { item: Item; x: number }[][] = [];
  for (const items of [groupItems(figure, colours), kindItems(figure)]) {
    let x = 0;
    items.forEach((item, i) => {
      const length = SAMPLE + 6 + textWidth(item.text, SIZE);
      if (i === 0 || x + length > width) {
        rows.push([]);
        x = 0;
      }
      rows.at(-1)!.push({ item, x });
      x += length + 18;
    });
  }
  const entries = rows.flatMap((row, r) => row.map(({ item, x }) => entry(document, item, x, 17 * r + 8)));
  return {
    element: svg(document, "g", { "aria-label": "key", "font-size": SIZE }, ...entries),
    height: 17 * rows.length,
  };
}

/** Groups are named in the key when their curves are not labelled, and also when nothing else says what they are. */
function groupItems(figure: Figure, colours: readonly string[]): Item[] {
  if (figure.names !== "key") return [];
  return figure.groups.map((text, g) => {
    const own = figure.panels.flatMap((panel) => panel.series).filter((series) => series.group === g);
    const symbol = figure.ordered ? "circle" : SYMBOLS[g % SYMBOLS.length];
    return { text, colour: colours[g], symbol, looks: own.map(lookOf) };
  });
}

/** Kinds of evidence; a group's own name needs no second entry. */
function kindItems(figure: Figure): Item[] {
  const named = figure.names === "key" ? figure.groups : [];
  const kinds = figure.kinds.filter(({ label }) => !named.includes(label));
  return kinds.map(({ label, looks }) => ({ text: label, colour: NEUTRAL, symbol: "circle", looks }));
}

function entry(document: Document, item: Item, x: number, y: number): Element {
  const has = (kind: Look["kind"]): boolean => item.looks.some((one) => one.kind === kind);
  const dashed = item.looks.filter((one) => one.kind === "line").every((one) => one.dashed);
  const bars = item.looks.some((one) => one.bars);
  const middle = x + SAMPLE / 2;
  const ink = { stroke: item.colour, fill: "none" };
  const shape = SHAPES[item.symbol] ?? SHAPES.circle!;
  return svg(
    document,
    "g",
    {},
    has("band")
      ? svg(document, "rect", {
          x,
          y: y - 5,
          width: SAMPLE,
          height: 10,
          fill: item.colour,
          stroke: item.colour,
          "fill-opacity": BAND.fillOpacity,
          "stroke-opacity": BAND.strokeOpacity,
          "stroke-width": BAND.strokeWidth,
        })
      : undefined,
    has("line")
      ? svg(document, "path", {
          d: `M${x},${y}h${SAMPLE}`,
          ...ink,
          "stroke-width": dashed ? DASHED_WIDTH : LINE_WIDTH,
          "stroke-dasharray": dashed ? DASHES : undefined,
        })
      : undefined,
    bars && !has("line")
      ? svg(document, "path", { d: `M${middle},${y - 7}v14`, ...ink, "stroke-width": 1.1 })
      : undefined,
    has("dots")
      ? svg(document, "path", {
          d: shape,
          transform: `translate(${middle},${y})`,
          ...ink,
          fill: "#ffffff",
          "stroke-width": 1.3,
        })
      : undefined,
    svg(document, "text", { x: x + SAMPLE + 6, y: y + 4, fill: "#000000" }, item.text),
  );
}

/** Outlines of the markers about (0, 0), as large as those of Plot at radius 2.9. */
const SHAPES: Record<string, string> = {
  circle: "M2.9,0A2.9,2.9,0,1,1,-2.9,0A2.9,2.9,0,1,1,2.9,0Z",
  square: "M-2.57,-2.57h5.14v5.14h-5.14Z",
  triangle: "M0,-3.9L3.38,1.95L-3.38,1.95Z",
  diamond2: "M0,-3.63L3.63,0L0,3.63L-3.63,0Z",
  star: "M0,-4.8L1.08,-1.48L4.57,-1.48L1.74,0.57L2.82,3.88L0,1.83L-2.82,3.88L-1.74,0.57L-4.57,-1.48L-1.08,-1.48Z",
  cross: "M-3.45,-1.15H-1.15V-3.45H1.15V-1.15H3.45V1.15H1.15V3.45H-1.15V1.15H-3.45Z",
};
