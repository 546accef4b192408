/** Lines on which a field on a grid has a value. */
import { contours } from "d3-contour";

/** A field on a grid; the value at (x[i], y[j]) is `values[i * y.length + j]`. */
export interface Field {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * The isoline of a level as polylines of [x, y], straight between the grid's points. It has no part next to a value that is NaN, nor along the edge of the grid.
 */
export function isolines({ x, y, values }: Field, level: number): [number, number][][] {
  const [columns, rows] = [x.length, y.length];
  const at = (i: number, j: number) => values[i * rows + j];
  const byRows = Float64Array.from({ length: columns * rows }, (_, n) => at(n % columns, Math.floor(n / columns)));
  const rings = contours().size([columns, rows]).smooth(false).contour(byRows, level).coordinates.flat();
  /** Whether a piece of a ring lies between four points that have values; d3 closes rings around the others. */
  const isKnown = (one: readonly [number, number], other: readonly [number, number]) => {
    const [u, v] = [(one[0] + other[0]) / 2 - 0.5, (one[1] + other[1]) / 2 - 0.5];
    if (u < 0 || v < 0 || u > columns - 1 || v > rows - 1) return false;
    return [Math.floor(u), Math.ceil(u)].every((i) =>
      [Math.floor(v), Math.ceil(v)].every((j) => Number.isFinite(at(i, j))),
    );
  };
  /** Where the field has the level on the edge of the grid that a ring crosses half way. */
  const place = ([a, b]: readonly [number, number]): [number, number] => {
    const [i, j] = [Math.floor(a - 0.5), Math.floor(b - 0.5)];
    const [right, up] = [Math.ceil(a - 0.5), Math.ceil(b - 0.5)];
    const part = (level - at(i, j)) / (at(right, up) - at(i, j));
    return [x[i] + part * (x[right] - x[i]), y[j] + part * (y[up] - y[j])];
  };
  return rings.flatMap((ring) => {
    const drawn = ring.slice(1).map((point, n) => isKnown(ring[n], point));
    // a ring begins anywhere: here where a line does, if it is not one line all around
    const first = Math.max(
      0,
      drawn.findIndex((known, n) => known && !drawn[(n + drawn.length - 1) % drawn.length]),
    );
    const lines: [number, number][][] = [];
    let isOpen = false;
    for (let step = 0; step < drawn.length; step++) {
      const n = (first + step) % drawn.length;
      if (drawn[n] && !isOpen) lines.push([place(ring[n])]);
      if (drawn[n]) lines[lines.length - 1].push(place(ring[n + 1]));
      isOpen = drawn[n];
    }
    return lines;
  });
}
