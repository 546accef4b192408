/**
 * A grid of characters to plot on. Curves are drawn in dots finer than characters, 2 x 4 in a Unicode braille cell or 1 x 3 in an
 * ASCII one; markers and texts are characters that cover them.
 *
 * Braille: U+2800 plus the bits 0x01 0x02 0x04 0x40 (left column, downwards) and 0x08 0x10 0x20 0x80 (right one).
 */

const BITS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** An ASCII cell for each set of its three dots: 1 top, 2 middle, 4 bottom. */
const ASCII_CELLS = [" ", "'", "-", "'", ".", ":", ".", "|"] as const;

export interface Run {
  readonly text: string;
  readonly colour: number;
  readonly faint: boolean;
}

export interface Canvas {
  /** Dots in a row and in a column. */
  readonly width: number;
  readonly height: number;
  /** A line of dots; ends may lie outside. With `phase`, dashes: three dots on, three off, beginning `phase` dots into the pattern. */
  line(x0: number, y0: number, x1: number, y1: number, colour: number, phase?: number): void;
  /** One dot; outside the canvas it is not drawn. */
  dot(x: number, y: number, colour: number): void;
  /** One dot of a band, or in ASCII `char` for its cell, which is seen where nothing else is in the cell. */
  shade(x: number, y: number, char: string, colour: number): void;
  /** A character in the cell of dot (x, y). */
  mark(x: number, y: number, char: string, colour: number): void;
  /** The rows, each in runs of one colour: the colour last drawn in a cell, -1 in an empty one. Cells with shades only are faint. */
  rows(): Run[][];
}

export function canvas(columns: number, rows: number, ascii: boolean): Canvas {
  const [across, down] = ascii ? [1, 3] : [2, 4];
  const [width, height] = [columns * across, rows * down];
  const dots = new Uint8Array(columns * rows);
  const marks = new Array<string | undefined>(columns * rows).fill(undefined);
  const colours = new Int16Array(columns * rows).fill(-1);
  const shades = new Array<string | undefined>(columns * rows).fill(undefined);
  const shadeColours = new Int16Array(columns * rows);
  const inside = (x: number, y: number): boolean => x >= 0 && x < width && y >= 0 && y < height;
  const cellOf = (x: number, y: number): number => Math.floor(y / down) * columns + Math.floor(x / across);

  function dot(x: number, y: number, colour: number): void {
    if (!inside(x, y)) return;
    const cell = cellOf(x, y);
    dots[cell] |= ascii ? 1 << (y % 3) : BITS[x % 2][y % 4];
    if (marks[cell] === undefined) colours[cell] = colour;
  }

  return {
    width,
    height,
    dot,
    line(x0, y0, x1, y1, colour, phase) {
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
      for (let i = 0; i <= steps; i++) {
        if (phase !== undefined && Math.floor((phase + i) / 3) % 2 === 1) continue;
        dot(Math.round(x0 + ((x1 - x0) * i) / steps), Math.round(y0 + ((y1 - y0) * i) / steps), colour);
      }
    },
    shade(x, y, char, colour) {
      if (!inside(x, y)) return;
      const cell = cellOf(x, y);
      const before = shades[cell]?.charCodeAt(0) ?? 0x2800;
      shades[cell] = ascii ? char : String.fromCharCode(before | BITS[x % 2][y % 4]);
      shadeColours[cell] = colour;
    },
    mark(x, y, char, colour) {
      if (!inside(x, y)) return;
      marks[cellOf(x, y)] = char;
      colours[cellOf(x, y)] = colour;
    },
    rows() {
      const char = (cell: number): string => {
        if (marks[cell] !== undefined) return marks[cell];
        if (dots[cell] === 0) return shades[cell] ?? " ";
        return ascii ? ASCII_CELLS[dots[cell]]! : String.fromCharCode(0x2800 + dots[cell]);
      };
      return Array.from({ length: rows }, (_, r) => {
        const runs: { text: string; colour: number; faint: boolean }[] = [];
        for (let cell = r * columns; cell < (r + 1) * columns; cell++) {
          const last = runs.at(-1);
          const faint = colours[cell] === -1 && shades[cell] !== undefined;
          const colour = faint ? shadeColours[cell] : colours[cell];
          if (last?.colour === colour && last.faint === faint) last.text += char(cell);
          else runs.push({ text: char(cell), colour, faint });
        }
        return runs;
      });
    },
  };
}
