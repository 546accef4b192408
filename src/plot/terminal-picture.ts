/** The inside of a terminal plot's frame. */

import { type Canvas, canvas } from "./braille.js";
import type { PreparedPanel, PreparedSeries } from "./prepare.js";
import type { Style } from "./terminal-style.js";

/** `rows` lines of `columns` characters: bands, then curves, then error bars, then markers. */
export function picture(panel: PreparedPanel, columns: number, rows: number, style: Style): string[] {
  const area = canvas(columns, rows, style.ascii);
  const place: Place = {
    x: (value) => panel.x.at(value) * (area.width - 1),
    y: (value) => (1 - panel.y.at(value)) * (area.height - 1),
  };
  const of = (kind: PreparedSeries["kind"]): PreparedSeries[] => panel.series.filter((series) => series.kind === kind);
  for (const series of of("band")) stipple(area, place, series, style.ascii);
  for (const series of of("line")) curve(area, place, series);
  for (const series of of("dots")) markers(area, place, series, style, area.height / rows);
  return area.rows().map((runs) => runs.map(({ text, colour }) => style.paint(text, colour)).join(""));
}

/** From values to dots. */
interface Place {
  x(value: number): number;
  y(value: number): number;
}

function curve(area: Canvas, place: Place, { x, y, group, dashed }: PreparedSeries): void {
  let drawn = 0;
  for (let i = 1; i < x.length; i++) {
    const [x0, y0, x1, y1] = [place.x(x[i - 1]), place.y(y[i - 1]), place.x(x[i]), place.y(y[i])];
    if (Number.isNaN(y0 + y1)) continue;
    area.line(x0, y0, x1, y1, group, dashed ? drawn : undefined);
    drawn += Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
  }
}

/** Markers, and error bars that are longer than one and a half characters, which a marker would hide. */
function markers(
  area: Canvas,
  place: Place,
  { x, y, low, high, group }: PreparedSeries,
  style: Style,
  dotsPerRow: number,
): void {
  x.forEach((value, i) => {
    if (Number.isNaN(y[i])) return;
    const column = Math.round(place.x(value));
    const [top, bottom] = [place.y(high?.[i] ?? Number.NaN), place.y(low?.[i] ?? Number.NaN)];
    const foot = Number.isNaN(bottom) ? area.height - 1 : bottom;
    if (foot - top > 1.5 * dotsPerRow)
      area.line(column, Math.max(0, top), column, Math.min(area.height - 1, foot), group);
    area.mark(column, Math.round(place.y(y[i])), style.markers[group % style.markers.length], group);
  });
}

/** A band as sparse dots between its edges. */
function stipple(area: Canvas, place: Place, { x, low, high, group }: PreparedSeries, ascii: boolean): void {
  const shade = (column: number, row: number): boolean =>
    ascii ? row % 3 === 2 && (column + (row - 2) / 3) % 2 === 0 : column % 2 === 0 && row % 4 === column % 4;
  for (let i = 1; i < x.length; i++) {
    const [from, to] = [place.x(x[i - 1]), place.x(x[i])];
    for (let column = Math.max(0, Math.ceil(from)); column <= Math.min(area.width - 1, Math.floor(to)); column++) {
      const t = to > from ? (column - from) / (to - from) : 0;
      const between = (edge: Float64Array): number => (1 - t) * place.y(edge[i - 1]) + t * place.y(edge[i]);
      const [top, bottom] = [between(high!), between(low!)];
      const last = Math.min(area.height - 1, Number.isNaN(bottom) ? area.height - 1 : bottom);
      for (let row = Math.max(0, Math.round(top)); row <= last; row++)
        if (shade(column, row)) area.dot(column, row, group);
    }
  }
}
