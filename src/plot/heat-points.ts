/** Points over the fields of a heat map: samples, states, starts. */

import { svg } from "./dom.js";
import type { HeatPoints } from "./heat-map.js";

/** Outlines about (0, 0), of one area. */
const SHAPES = { circle: "M3,0A3,3,0,1,1,-3,0A3,3,0,1,1,3,0Z", square: "M-2.66,-2.66h5.32v5.32h-5.32Z" };

/** Those within the frame; filled in their colour, on a white rim. */
export function drawPoints(
  document: Document,
  points: HeatPoints,
  place: (x: number, y: number) => readonly [number, number] | undefined,
): Element {
  const shown = Array.from({ length: points.x.length }, (_, i) => place(points.x[i], points.y[i])).filter(
    (at) => at !== undefined,
  );
  return svg(
    document,
    "g",
    { "aria-label": "points", "aria-description": points.label },
    ...shown.map(([x, y]) => pointSample(document, points, x, y)),
  );
}

/** One of them. */
export function pointSample(document: Document, { symbol = "circle", colour }: HeatPoints, x: number, y: number) {
  return svg(document, "path", {
    d: SHAPES[symbol],
    transform: `translate(${Math.round(x * 100) / 100},${Math.round(y * 100) / 100})`,
    fill: colour,
    stroke: "#ffffff",
    "stroke-width": 0.8,
  });
}
