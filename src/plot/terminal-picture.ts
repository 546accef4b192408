/** The inside of a terminal plot's frame. */

import { type Canvas, canvas } from "./braille.js";
import type { PreparedPanel, PreparedSeries } from "./prepare.js";
import { type Style, shadeOf } from "./terminal-style.js";

/** `rows` lines of `columns` characters: bands, then rules, then curves, then error bars, then markers. */
export function picture(panel: PreparedPanel, columns: number, rows: number, style: Style): string[] {
  const area = canvas(columns, rows, style.ascii);
  const place: Place = {
    x: (value) => panel.x.at(value) * (area.width - 1),
    y: (value) => (1 - panel.y.at(value)) * (area.height - 1),
  };
  const of = (kind: PreparedSeries["kind"]): PreparedSeries[] => panel.series.filter((series) => series.kind === kind);
  const bands = of("band");
  bands.forEach((series, i) => shade(area, place, series, screen(i, style.ascii)));
  for (const { x } of panel.rules) rule(area, Math.round(place.x(x)), style.ascii);
  for (const series of of("line")) curve(area, place, series);
  for (const series of of("dots")) markers(area, place, series, style, area.height / rows);
  return area.rows().map((runs) => runs.map(({ text, colour, faint }) => style.paint(text, colour, faint)).join(""));
}

/** From values to dots. */
interface Place {
  x(value: number): number;
  y(value: number): number;
}

/** Dots far apart, which no curve is made of. */
function rule(area: Canvas, column: number, ascii: boolean): void {
  for (let row = 1; row < area.height; row += ascii ? 3 : 2) area.dot(column, row, -1);
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
    if (bottom - top > 1.5 * dotsPerRow)
      area.line(column, Math.max(0, top), column, Math.min(area.height - 1, bottom), group);
    area.mark(column, Math.round(place.y(y[i])), style.markers[group % style.markers.length], group);
  });
}

/** Which dots of a canvas a band may use, and with which character. */
interface Screen {
  readonly char: string;
  at(column: number, row: number): boolean;
}

/** Dots of a braille cell, from the left and from the top, that a band may use; a quarter of it for each of four bands. */
const QUARTERS = [
  [0, 0, 1, 2],
  [1, 1, 0, 3],
  [1, 0, 0, 2],
  [0, 1, 1, 3],
] as const;

/**
 * A band shades every second cell, even ones or odd ones, so that where two overlap both colours are seen. Of braille cells it takes
 * dots of its own, so that where more overlap the shade is denser.
 */
function screen(i: number, ascii: boolean): Screen {
  const char = shadeOf(i);
  // the middle of the three dots of an ASCII cell speaks for it
  if (ascii) return { char, at: (column, row) => row % 3 === 1 && (column + (row - 1) / 3) % 2 === i % 2 };
  const [x0, y0, x1, y1] = QUARTERS[Math.floor(i / 2) % 4];
  const own = ([x, y]: readonly [number, number]): boolean => (x === x0 && y === y0) || (x === x1 && y === y1);
  const turn = (column: number, row: number): boolean => (Math.floor(column / 2) + Math.floor(row / 4)) % 2 === i % 2;
  return { char, at: (column, row) => turn(column, row) && own([column % 2, row % 4]) };
}

function shade(area: Canvas, place: Place, { x, low, high, group }: PreparedSeries, { char, at }: Screen): void {
  for (let i = 1; i < x.length; i++) {
    const [from, to] = [place.x(x[i - 1]), place.x(x[i])];
    for (let column = Math.max(0, Math.ceil(from)); column <= Math.min(area.width - 1, Math.floor(to)); column++) {
      const t = to > from ? (column - from) / (to - from) : 0;
      const between = (edge: Float64Array): number => (1 - t) * place.y(edge[i - 1]) + t * place.y(edge[i]);
      const last = Math.min(area.height - 1, Math.round(between(low!)));
      for (let row = Math.max(0, Math.round(between(high!))); row <= last; row++)
        if (at(column, row)) area.shade(column, row, char, group);
    }
  }
}
