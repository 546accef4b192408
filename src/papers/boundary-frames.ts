/** Frames of two classes in the plane: what a network predicts as colour, samples as marks. */
import { type Box, boundaryGrid, type Dataset, type PlaneClassifier } from "../classify/index.js";
import type { HeatMap, HeatPanel } from "../plot/index.js";
import { linear } from "./grid.js";

/** Okabe and Ito's blue and vermilion, pale behind and full in front. */
const COLOURS = [
  { pale: "#cfe3f0", full: "#0072b2", symbol: "circle" },
  { pale: "#f9dfcd", full: "#d55e00", symbol: "square" },
] as const;

/** No class: grey. */
const OUTSIDE = 2;

export interface Frames {
  /** Axes of a heat map with these frames. */
  readonly x: HeatMap["x"];
  readonly y: HeatMap["y"];
  /** A frame: predictions on the grid, and samples with their labels. */
  readonly of: (title: string, classifier: PlaneClassifier, samples: Dataset) => Promise<HeatPanel>;
}

/**
 * @param names of the classes: ["left", "right"] are "predicted left", "labelled left", ...
 * @param side points on a side of a frame
 * @param inside whether a point is of the task; others are grey
 */
export function boundaryFrames(
  box: Box,
  side: number,
  names: readonly [string, string],
  inside: (x: number, y: number) => boolean = () => true,
): Frames {
  const [x, y] = [linear(...box.x, side), linear(...box.y, side)];
  const classes = COLOURS.map(({ pale }, value) => ({ value, label: `predicted ${names[value]}`, colour: pale }));
  return {
    x: { label: "x₁", values: x },
    y: { label: "x₂", values: y },
    of: async (title, classifier, samples) => {
      const { labels } = await boundaryGrid(classifier, box, side);
      // a grid's labels go row by row upwards, a heat map's values column by column
      const values = Int32Array.from({ length: side * side }, (_, cell) => {
        const [i, j] = [Math.floor(cell / side), cell % side];
        return inside(x[i], y[j]) ? labels[j * side + i] : OUTSIDE;
      });
      const points = COLOURS.map(({ full, symbol }, label) => {
        const own = Array.from(samples.y.keys()).filter((i) => samples.y[i] === label);
        return {
          label: `labelled ${names[label]}`,
          colour: full,
          symbol,
          x: own.map((i) => samples.x[2 * i]),
          y: own.map((i) => samples.x[2 * i + 1]),
        };
      });
      return { title, values, classes, points };
    },
  };
}
