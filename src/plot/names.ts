/** The names of groups beside the ends of their curves, so that the eye need not travel to a key. */

import { dodge } from "./dodge.js";
import { svg } from "./dom.js";
import { darkened } from "./palette.js";
import type { Frame } from "./panel.js";
import type { Figure, PreparedPanel } from "./prepare.js";
import { textWidth } from "./text.js";

const SIZE = 11;
const GAP = 14;
const LEADER = 16;
const RANKS = [
  ["line", false],
  ["line", true],
  ["dots", false],
  ["band", false],
] as const;

/** Pixels right of the frame that the names of a figure need. */
export function namesWidth(figure: Figure): number {
  return LEADER + 14 + Math.max(0, ...figure.groups.map((name) => textWidth(name, SIZE)));
}

/**
 * Where the last visible point of each group lies, as fractions of the height and the width; its curve counts before its dashes, its
 * dots, and the middle of its band. A group without one is absent.
 */
export function ends(figure: Figure, panel: PreparedPanel): { group: number; at: number; across: number }[] {
  return figure.groups.flatMap((_, group) => {
    const own = panel.series.filter((series) => series.group === group);
    for (const [kind, dashed] of RANKS) {
      let best: { x: number; y: number } | undefined;
      for (const series of own.filter((one) => one.kind === kind && one.dashed === dashed)) {
        series.x.forEach((x, i) => {
          if (visible(panel, x, series.y[i]) && (best === undefined || x >= best.x)) best = { x, y: series.y[i] };
        });
      }
      if (best) return [{ group, at: panel.y.at(best.y), across: panel.x.at(best.x) }];
    }
    return [];
  });
}

/** A `g` element with a name for each group, kept apart, and a thin leader to the end of its curve. */
export function drawNames(
  document: Document,
  figure: Figure,
  panel: PreparedPanel,
  frame: Frame,
  colours: readonly string[],
): Element {
  const found = ends(figure, panel);
  const wanted = found.map(({ at }) => frame.bottom - at * (frame.bottom - frame.top));
  const places = dodge(wanted, GAP, frame.top + 4, frame.bottom - 4);
  const entries = found.flatMap(({ group, across }, i) => {
    const colour = colours[group];
    const from = frame.left + across * (frame.right - frame.left) + 4;
    const to = frame.right + LEADER;
    const bend = frame.right + 3;
    const leader = `M${from},${wanted[i]}L${Math.max(from, bend)},${wanted[i]}L${to - 3},${places[i]}L${to},${places[i]}`;
    return [
      svg(document, "path", { d: leader, fill: "none", stroke: colour, "stroke-width": 0.8 }),
      svg(document, "text", { x: to + 4, y: places[i] + 4, fill: darkened(colour) }, figure.groups[group]),
    ];
  });
  return svg(document, "g", { "aria-label": "names", "font-size": SIZE }, ...entries);
}

function visible(panel: PreparedPanel, x: number, y: number): boolean {
  const inside = (value: number, [low, high]: readonly [number, number]): boolean => value >= low && value <= high;
  return inside(x, panel.x.domain) && inside(y, panel.y.domain);
}
