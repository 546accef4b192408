/** `sgd-dynamics/plot`: one description of a figure, drawn as SVG, PNG or text. */

export type { Axis, Chart, Panel, Rule, Series } from "./chart.js";
export {
  type HeatAxis,
  type HeatClass,
  type HeatLine,
  type HeatMap,
  type HeatMapOptions,
  type HeatPanel,
  type HeatPoints,
  renderHeatMap,
} from "./heat-map.js";
export { phaseDiagramMap } from "./phase-map.js";
export { type PNGOptions, renderPNG } from "./png.js";
export { renderSVG, type SVGOptions } from "./svg.js";
export { terminalPlot } from "./terminal.js";
export type { TerminalOptions } from "./terminal-style.js";
export { type Row, type TableColumn, terminalTable } from "./terminal-table.js";
export { toASCII } from "./text.js";
