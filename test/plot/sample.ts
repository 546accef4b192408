/** Charts with the features of real learning curves: a plateau, a noise floor, error bars, an ordered family. */
import type { Chart, Series } from "../../src/plot/index.js";

/** Curves of p = 2..6 students on a log-log plot, each with a line of 200 points from t = 0.01 and 18 dots with bars. */
export const learningCurves: Chart = {
  title: "Over-parametrised students end with a larger error",
  subtitle: "One-pass SGD of erf networks, teacher of width k = 2, first layer trained",
  caption: "d = 500, γ = 0.2, Δ = 10⁻⁴, seed 1. Lines: the ODE. Dots: mean and two standard errors of ten seeds.",
  x: { label: "time t = ν/d", scale: "log" },
  y: { label: "excess risk ε", scale: "log" },
  series: [2, 3, 4, 5, 6].flatMap(family),
};

function family(p: number): Series[] {
  const risk = (t: number): number =>
    0.28 * Math.exp(-t / 1.5) + 0.022 / (1 + (t / (40 + 18 * (p - 2))) ** 4) + 2.2e-5 * p * (1 + 60 / (t + 30));
  const x = logSpaced(-2, 3.3, 200);
  const dots = logSpaced(-1.9, 3.2, 18);
  const noise = dots.map((t, i) => risk(t) * (1 + 0.05 * Math.sin(5 * i + p)));
  return [
    { label: "ODE", kind: "line", group: `p = ${p}`, x, y: x.map(risk) },
    {
      label: "SGD, 10 seeds",
      kind: "dots",
      group: `p = ${p}`,
      x: dots,
      y: noise,
      low: noise.map((y, i) => y * (i === 17 ? -1 : 0.9)),
      high: noise.map((y) => y * 1.1),
    },
  ];
}

/**
 * Theory and the ensembles of p = 2..5 students around it: a line, a band of 60 points, the dashed mean, and a dense run as dots. Runs
 * leave the plateau early, so that bands overlap there; that of p = 2 reaches zero, that of p = 5 has a gap at its second ten points.
 */
export const ensembles: Chart = {
  title: "Small systems leave the plateau early",
  subtitle: "One-pass SGD of erf networks, teacher of width k = 2, first layer trained",
  caption: "Lines: the ODE. Bands: 10 to 90 % of 100 runs at d = 60; dashes: their mean. Dots: one run at d = 10⁴.",
  x: { label: "time t = ν/d", scale: "log" },
  y: { label: "excess risk ε", scale: "log" },
  series: [2, 3, 4, 5].flatMap(ensemble),
};

function ensemble(p: number): Series[] {
  const floor = 2e-4 * p * p;
  const risk = (t: number, leaves: number): number =>
    0.3 * p * Math.exp(-t / 3) + (0.01 * p) / (1 + (t / leaves) ** 6) + floor;
  const group = `p = ${p}`;
  const x = logSpaced(-0.7, 3.2, 60);
  const late = 300 + 90 * p;
  const theory = x.map((t) => risk(t, late));
  const spread = (t: number): number => 0.1 + 0.3 / (1 + t / 4);
  const low = x.map((t, i) => {
    if (p === 5 && i >= 10 && i < 20) return Number.NaN;
    return p === 2 && i >= 55 ? (i - 57) * 1e-5 : risk(t, late / 3) * (1 - spread(t));
  });
  const mean = x.map((t) => (risk(t, late) + risk(t, late / 3)) / 2);
  const high = x.map((t) => risk(t, 0.9 * late) * (1 + spread(t)));
  const dots = logSpaced(-0.6, 3.1, 16);
  return [
    { label: "ODE", kind: "line", group, x, y: theory },
    { label: "100 runs, d = 60", kind: "band", group, x, y: mean, low, high },
    { label: "100 runs, d = 60", kind: "line", dashed: true, group, x, y: mean },
    { label: "SGD, d = 10⁴", kind: "dots", group, x: dots, y: dots.map((t) => risk(t, late)) },
  ];
}

/** Overlaps on linear axes: three lines, one of them dashed, and a band, each its own group. */
export const overlaps: Chart = {
  title: "Overlaps",
  x: { label: "time", scale: "linear" },
  y: { label: "overlap M₁₁", scale: "linear" },
  series: [
    { label: "M₁₁", kind: "line", x: steps(), y: steps().map((t) => Math.tanh(t / 40 - 1)) },
    { label: "M₂₁", kind: "line", x: steps(), y: steps().map((t) => -Math.tanh(t / 40 - 2)) },
    { label: "limit", kind: "line", dashed: true, x: [0, 200], y: [0.9, 0.9] },
    { label: "spread", kind: "band", x: steps(), y: steps().fill(0), low: steps().fill(-0.3), high: steps().fill(0.2) },
  ],
};

/** Two panels with a series of their own and one that they share. */
export const panels: Chart = {
  title: "Two panels",
  x: { label: "t", scale: "log" },
  y: { label: "ε", scale: "log" },
  series: [{ label: "bound", kind: "line", dashed: true, group: "bound", x: [1, 100], y: [0.01, 0.01] }],
  panels: [
    {
      title: "(a) first layer",
      series: [{ label: "ODE", kind: "line", group: "ODE", x: [1, 10, 100], y: [1, 0.1, 0.02] }],
    },
    {
      title: "(b) both layers",
      x: { scale: "linear", domain: [0, 100] },
      series: [{ label: "ODE", kind: "line", group: "ODE", x: [1, 10, 100], y: [1, 0.05, 0.01] }],
    },
  ],
};

function logSpaced(from: number, to: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => 10 ** (from + ((to - from) * i) / (count - 1)));
}

function steps(): Float64Array {
  return Float64Array.from({ length: 101 }, (_, i) => 2 * i);
}
