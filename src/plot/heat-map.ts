/** Fields on a grid as colours: what a phase diagram is drawn as. */

import { SgdDynamicsError } from "../errors.js";
import { type DocumentLike, documentOf, svg } from "./dom.js";
import { layoutOf } from "./heat-layout.js";
import { caption, heading, MARGIN, sheet } from "./sheet.js";

/** A line over a field. */
export interface HeatLine {
  readonly label: string;
  /** A polyline in the units of the axes; what lies outside the grid is cut off. */
  readonly points?: readonly (readonly [number, number])[];
  /** Or where a field on the panel's grid has a value. It ends where the field is NaN. */
  readonly isoline?: { readonly values: ArrayLike<number>; readonly level: number };
  readonly dashed?: boolean;
}

/** A class of values with a colour of its own. */
export interface HeatClass {
  readonly value: number;
  readonly label: string;
  readonly colour: string;
}

/** Points over a field, of one kind. */
export interface HeatPoints {
  /** What the key calls them; those of one label in several panels look alike. */
  readonly label: string;
  readonly colour: string;
  /** Default "circle". */
  readonly symbol?: "circle" | "square";
  /** In the units of the axes; what lies outside the grid is left out. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** One field. */
export interface HeatPanel {
  readonly title: string;
  /** The value of the cell at (x[i], y[j]) is `values[i * y.length + j]`; NaN where nothing was measured. */
  readonly values: ArrayLike<number>;
  /** What theory says: cells without a value are hatched in its colour, those that it leaves out too are grey. */
  readonly theory?: ArrayLike<number>;
  /** How sure a value is, from 0 to 1: colours of less sure ones are paler. */
  readonly confidence?: ArrayLike<number>;
  /** Classes instead of a colour scale. */
  readonly classes?: readonly HeatClass[];
  /** What the colour scale is of: a letter, a unit. */
  readonly scaleLabel?: string;
  /** The colour scale's ends; default: those of values and theory, of a diverging scale as far below zero as above. */
  readonly domain?: readonly [number, number];
  /** `"sequential"` (default): viridis. `"diverging"`: from blue by white, which is zero, to vermillion. */
  readonly colours?: "sequential" | "diverging";
  /** Drawn over lines. */
  readonly points?: readonly HeatPoints[];
  /** Names in the field. */
  readonly notes?: readonly { readonly x: number; readonly y: number; readonly text: string }[];
}

export interface HeatAxis {
  readonly label: string;
  /** Centres of the cells, ascending and equally far apart. */
  readonly values: ArrayLike<number>;
  /** What the ticks say, one a cell ("w₁"): rows and columns of a matrix rather than values of a quantity. */
  readonly names?: readonly string[];
  /** From the right to the left, or from the top to the bottom, as rows of a matrix are read. */
  readonly reversed?: boolean;
}

/** Panels that share axes, cells and lines. */
export interface HeatMap {
  readonly title: string;
  readonly subtitle?: string;
  readonly caption?: string;
  readonly x: HeatAxis;
  readonly y: HeatAxis;
  readonly panels: readonly HeatPanel[];
  readonly lines?: readonly HeatLine[];
  /** Panels side by side: of frames that follow each other, those of a row. Default at most 2; of classes in more, axes are named on the left and below alone. */
  readonly columns?: number;
}

export interface HeatMapOptions {
  /** Pixels of a panel, axes and colour scale included; default 400 x 340, 260 x 250 of more than two columns. */
  readonly panelWidth?: number;
  readonly panelHeight?: number;
  /** Panels side by side; default the map's. */
  readonly columns?: number;
  readonly document?: DocumentLike;
}

/**
 * The SVG text of a heat map: viridis (or the panel's own colours) for what was measured, hatches in the same colours for what only theory says.
 *
 * @throws `invalid-argument` for fields that have not one value a cell, or grids of fewer than two by two cells
 */
export async function renderHeatMap(map: HeatMap, options: HeatMapOptions = {}): Promise<string> {
  check(map);
  const { drawHeatKey, drawHeatPanel } = await import("./heat-panel.js");
  const document = await documentOf(options.document);
  const columns = Math.min(map.panels.length, options.columns ?? map.columns ?? 2);
  const layout = layoutOf(map, columns, options);
  const width = layout.width + MARGIN;

  const head = heading(document, map, width);
  const key = drawHeatKey(document, map, width - 2 * MARGIN);
  key.element.setAttribute("transform", `translate(${MARGIN},${head.height})`);
  const top = head.height + key.height + 8;
  const foot = caption(document, map, width);
  const height = top + layout.height + foot.height;
  foot.element.setAttribute("transform", `translate(${MARGIN},${height - foot.height})`);
  const panels = map.panels.map((panel, i) =>
    svg(
      document,
      "g",
      {
        transform: `translate(${layout.places[i].x},${top + layout.places[i].y})`,
        "aria-label": "panel",
        "aria-description": panel.title,
      },
      ...drawHeatPanel(document, map, panel, layout.places[i]),
    ),
  );
  return sheet(document, map, width, height, [head.element, key.element, ...panels, foot.element]);
}

function check({ x, y, panels, lines = [] }: HeatMap): void {
  const fail = (sentence: string): never => {
    throw new SgdDynamicsError("invalid-argument", sentence);
  };
  const cells = x.values.length * y.values.length;
  if (x.values.length < 2 || y.values.length < 2)
    fail(`A heat map has at least 2 x 2 cells; given: ${x.values.length} x ${y.values.length}.`);
  for (const axis of [x, y]) {
    const steps = Array.from({ length: axis.values.length - 1 }, (_, i) => axis.values[i + 1] - axis.values[i]);
    if (!steps.every((step) => step > 0 && Math.abs(step - steps[0]) < 1e-6 * steps[0] + 1e-9))
      fail(`The cells along "${axis.label}" must ascend and be equally far apart.`);
    if (axis.names && axis.names.length !== axis.values.length)
      fail(`"${axis.label}" has ${axis.names.length} names; allowed: one a cell, ${axis.values.length}.`);
  }
  const fields = panels.flatMap(({ title, values, theory, confidence }) =>
    [values, theory, confidence].map((field) => ({ title, field })),
  );
  for (const { label, x: across, y: up } of panels.flatMap(({ points = [] }) => points)) {
    if (across.length !== up.length)
      fail(`Points "${label}" have ${across.length} values of x and ${up.length} of y; allowed: as many.`);
  }
  for (const { title, field } of [
    ...fields,
    ...lines.map(({ label, isoline }) => ({ title: label, field: isoline?.values })),
  ]) {
    if (field && field.length !== cells)
      fail(`"${title}" has ${field.length} values; allowed: one a cell, ${x.values.length} x ${y.values.length}.`);
  }
}
