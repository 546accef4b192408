/** What a figure shows, as a plain object: `renderSVG` and `terminalPlot` draw it, JSON stores it. */

/** One axis. `label` names quantity and unit; a log axis shows positive values only. */
export interface Axis {
  readonly label: string;
  readonly scale: "log" | "linear";
  /** The values at both ends; default: those of the data with a margin. */
  readonly domain?: readonly [number, number];
}

/**
 * Points that share a kind of evidence and a colour. `x`, `y`, `low` and `high` are of one length; the `y` of a band is its middle (mean,
 * median), where its name stands. NaN is a gap; a `low` of zero or less goes to the lower end of a log axis.
 */
export interface Series {
  /** What kind of evidence this is ("ODE", "simulation, mean of 10 seeds"); series of one label share a key. */
  readonly label: string;
  /**
   * Theory is a line, simulation dots (with error bars from `low` to `high`), a spread a band from `low` to `high`. Bands lie below lines,
   * lines below dots.
   */
  readonly kind: "line" | "dots" | "band";
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** What the colour stands for ("p = 4"); default: the label. */
  readonly group?: string;
  /** A dashed line, drawn below the others: the mean of an ensemble, a limit, an asymptote. */
  readonly dashed?: boolean;
}

/** A thin vertical line with its name along it: an event, an end. */
export interface Rule {
  readonly x: number;
  readonly label: string;
}

/** One of several plots in a figure; what it does not say of its axes it has from the chart. */
export interface Panel {
  readonly title: string;
  readonly x?: Partial<Axis>;
  readonly y?: Partial<Axis>;
  readonly series: readonly Series[];
}

/**
 * A figure. Labels are plain Unicode; superscripts and subscripts ("10⁻³", "m²", "Q₁₂", and "d^{−δ}", "x_{max}" where Unicode has none)
 * are set as such in SVG.
 *
 * @example
 * { title: "Learning curves", x: { label: "t = ν/d", scale: "log" }, y: { label: "excess risk ε", scale: "log" },
 *   series: [{ label: "ODE", kind: "line", group: "p = 4", x: theory.time, y: theory.risk },
 *            { label: "10–90 % of 100 runs", kind: "band", group: "p = 4", x: times, y: median, low: p10, high: p90 },
 *            { label: "their mean", kind: "line", dashed: true, group: "p = 4", x: times, y: mean },
 *            { label: "simulation", kind: "dots", group: "p = 4", x: run.time, y: run.risk }] }
 */
export interface Chart {
  readonly title: string;
  readonly subtitle?: string;
  /** Parameters, sources, what an error bar means; broken into lines as needed. */
  readonly caption?: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn in the only panel, or in each of `panels`. */
  readonly series: readonly Series[];
  readonly panels?: readonly Panel[];
  /** In each panel, where its x axis reaches them. */
  readonly rules?: readonly Rule[];
  /** `"ordered"`: shades of viridis in the order of the groups; `"categorical"`: Okabe and Ito's; default: ordered when the groups' names differ by a number only. */
  readonly palette?: "categorical" | "ordered";
  /** Names of groups: beside the ends of their curves (default for one panel and at most 12 groups), in a key above, or not at all. */
  readonly names?: "direct" | "key" | "none";
}
