/** The names of rules along them, upwards, where no curve passes. */
import { dodge } from "./dodge.js";
import { svg } from "./dom.js";
import type { Frame } from "./panel.js";
import type { PreparedPanel } from "./prepare.js";
import { textWidth } from "./text.js";

const SIZE = 10;
/** From one name to the next beside it. */
const GAP = 12;
const MARGIN = 5;
const INK = "#555555";

/** A `g` element with the name of each rule on its left, at the top of the frame, or at its bottom where a curve is in the way of that. */
export function drawRuleLabels(document: Document, panel: PreparedPanel, frame: Frame): Element {
  const lines = panel.rules.map(({ x }) => frame.left + panel.x.at(x) * (frame.right - frame.left));
  const places = dodge(
    lines.map((x) => x - 3),
    GAP,
    frame.left + GAP,
    frame.right + GAP,
  );
  const texts = panel.rules.map(({ label }, i) => {
    const length = textWidth(label, SIZE);
    const top = { from: frame.top + MARGIN, to: frame.top + MARGIN + length };
    const bottom = { from: frame.bottom - MARGIN - length, to: frame.bottom - MARGIN };
    const span = { left: places[i] - GAP, right: places[i] };
    const isLow = isCrossed(panel, frame, { ...top, ...span }) && !isCrossed(panel, frame, { ...bottom, ...span });
    const y = isLow ? frame.bottom - MARGIN : top.to;
    return svg(document, "text", { transform: `translate(${places[i]},${y}) rotate(-90)` }, label);
  });
  return svg(document, "g", { "aria-label": "rules", "font-size": SIZE, fill: INK }, ...texts);
}

interface Box {
  readonly left: number;
  readonly right: number;
  /** From the upper to the lower edge. */
  readonly from: number;
  readonly to: number;
}

/** Whether a curve or a dot lies in a box of pixels. */
function isCrossed({ series, x, y }: PreparedPanel, frame: Frame, { left, right, from, to }: Box): boolean {
  const place = {
    x: (value: number) => frame.left + x.at(value) * (frame.right - frame.left),
    y: (value: number) => frame.bottom - y.at(value) * (frame.bottom - frame.top),
  };
  return series.some((one) =>
    one.x.some((value, i) => {
      const [x0, y0] = [place.x(value), place.y(one.y[i])];
      const [x1, y1] = i + 1 < one.x.length ? [place.x(one.x[i + 1]), place.y(one.y[i + 1])] : [x0, y0];
      if (Number.isNaN(y0 + y1) || Math.max(x0, x1) < left - 2 || Math.min(x0, x1) > right + 2) return false;
      return Math.max(y0, y1) > from - MARGIN && Math.min(y0, y1) < to + MARGIN;
    }),
  );
}
