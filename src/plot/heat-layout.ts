/** Where the panels of a heat map stand, and which of them say what the axes are. */
import type { Frame } from "./heat-colours.js";
import type { HeatMap } from "./heat-map.js";

const MARGINS = { left: 62, right: 74, top: 26, bottom: 46 };
/** On the right of a panel without a colour scale, and between frames that share axes. */
const GAP = 18;
/** Below frames that share axes: ticks alone. */
const TICKS = 10;

export interface PanelPlace {
  /** Of the panel's own pixels, in the whole. */
  readonly x: number;
  readonly y: number;
  readonly frame: Frame;
  /** Whether ticks and the label of the x axis are written here, or only below. */
  readonly namesX: boolean;
  /** And those of the y axis. */
  readonly namesY: boolean;
  /** Pixels that a title may take. */
  readonly room: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly places: readonly PanelPlace[];
}

/** In pixels. Frames of classes in more than two columns stand close together, square unless a height is asked for; axes are named on the left and below. */
export function layoutOf(
  { panels }: HeatMap,
  columns: number,
  asked: { readonly panelWidth?: number; readonly panelHeight?: number },
): Layout {
  const rows = Math.ceil(panels.length / columns);
  const [panelWidth, panelHeight] = columns > 2 ? [260, 250] : [400, 340];
  const outer = { width: asked.panelWidth ?? panelWidth, height: asked.panelHeight ?? panelHeight };
  const width = columns * outer.width;
  const { left, top, bottom } = MARGINS;
  if (columns > 2 && panels.every(({ classes }) => classes)) {
    const side = (width - left - columns * GAP) / columns;
    const space = rows * top + (rows - 1) * TICKS + bottom;
    const across = asked.panelHeight === undefined ? side : (rows * outer.height - space) / rows;
    const frame = { left, right: left + side, top, bottom: top + across };
    const places = panels.map((_, i) => ({
      x: (i % columns) * (side + GAP),
      y: Math.floor(i / columns) * (top + across + TICKS),
      frame,
      // below a frame above the gap of a short last row there is room
      namesX: i + columns >= panels.length,
      namesY: i % columns === 0,
      room: side + GAP - 8,
    }));
    return { width, height: rows * across + space, places };
  }
  const places = panels.map(({ classes }, i) => {
    const right = outer.width - (classes ? GAP : MARGINS.right);
    const frame = { left, right, top, bottom: outer.height - bottom };
    const [x, y] = [(i % columns) * outer.width, Math.floor(i / columns) * outer.height];
    return { x, y, frame, namesX: true, namesY: true, room: outer.width - left - 8 };
  });
  return { width, height: rows * outer.height, places };
}
