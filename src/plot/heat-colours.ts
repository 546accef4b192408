/** What a panel of a heat map means by colour: a scale of values or classes, and its key beside the panel. */

import { svg } from "./dom.js";
import type { HeatPanel } from "./heat-map.js";
import { diverging, viridis } from "./palette.js";
import { linearTicks } from "./ticks.js";

/** Where nothing was measured and nothing is known. */
export const NOTHING = "#efefef";
const SIZE = 11;
const STEPS = 64;

/** The pixels of a panel's field. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The ends of a panel's scale where it names none. */
export function domainOf({ values, theory = [], colours }: HeatPanel): [number, number] {
  const finite = [...Array.from(values), ...Array.from(theory)].filter((value) => Number.isFinite(value));
  if (colours === "diverging") {
    const reach = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    return [-reach, reach];
  }
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return low < high ? [low, high] : finite.length > 0 ? [low - 0.5, low + 0.5] : [0, 1];
}

/** The colour of a value; of none of the classes: that of nothing. */
export function colourOf(
  { classes, colours }: HeatPanel,
  [low, high]: readonly [number, number],
): (value: number) => string {
  if (classes) return (value) => classes.find((one) => one.value === value)?.colour ?? NOTHING;
  // white is zero, wherever the ends are
  if (colours === "diverging") return (value) => diverging(value / Math.max(-low, high));
  return (value) => viridis(Math.min(1, Math.max(0, (value - low) / (high - low))));
}

/** The colours of a field beside it. */
export function scaleBar(
  document: Document,
  { right, top, bottom }: Frame,
  domain: readonly [number, number],
  panel: HeatPanel,
): Element {
  const { scaleLabel: name } = panel;
  const colour = colourOf(panel, domain);
  const left = right + 12;
  const height = bottom - top;
  const at = (value: number) => bottom - ((value - domain[0]) / (domain[1] - domain[0])) * height;
  const steps = Array.from({ length: STEPS }, (_, i) => {
    const fill = colour(domain[0] + ((i + 0.5) / STEPS) * (domain[1] - domain[0]));
    return svg(document, "rect", {
      x: left,
      y: bottom - ((i + 1) * height) / STEPS,
      width: 12,
      height: height / STEPS + 0.3,
      fill,
    });
  });
  const ticks = linearTicks(domain, Math.floor(height / 40)).major.flatMap(({ value, label }) => [
    svg(document, "path", { d: `M${left + 12},${round(at(value))}h4`, stroke: "#000000" }),
    svg(document, "text", { x: left + 19, y: at(value) + 4 }, label),
  ]);
  // below, since the panel's title may reach over it
  const label = name
    ? svg(document, "text", { x: left + 6, y: bottom + 17, "text-anchor": "middle", "font-style": "italic" }, name)
    : undefined;
  return svg(document, "g", { "aria-label": "colours", "font-size": SIZE }, ...steps, ...ticks, label);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
