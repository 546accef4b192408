/** What is used of d3-contour 4, which ships no types. */
declare module "d3-contour" {
  interface Contours {
    size(size: readonly [number, number]): Contours;
    smooth(smooth: boolean): Contours;
    /**
     * Rings of [x, y] around where the values, row by row, are at least the threshold; the value of column i and row j stands at (i + 1/2, j + 1/2), and
     * without `smooth` a ring crosses from one to the next half way. */
    contour(values: ArrayLike<number>, threshold: number): { coordinates: [number, number][][][] };
  }
  export function contours(): Contours;
}
