/** The figures of Saad & Solla. */
import { ensemble, fixedPoint, integrate, maximalLearningRate, simulate } from "../../index.js";
import type { Chart, Panel, Series } from "../../plot/index.js";
import { type PaperControl, part, runControl } from "../paper.js";
import { logarithm } from "../slope.js";
import { committee, escapeTimes, LEFT, nearlySymmetric } from "./escape.js";

const SMALL = [1e-3, 1e-6, 1e-9, 1e-12];
const TEN = ["10⁻³", "10⁻⁶", "10⁻⁹", "10⁻¹²"];

/** Risk against time for ever more symmetric starts, K = 2 and 3. */
export async function plateauFigure(control: PaperControl = {}): Promise<Chart> {
  const cases = [
    { K: 2, until: 6000 },
    { K: 3, until: 8000 },
  ];
  const panels: Panel[] = [];
  for (const [i, { K, until }] of cases.entries()) {
    const { risk } = await fixedPoint(committee(K, 0.1), { near: "symmetric" });
    const series: Series[] = [
      {
        label: "symmetric fixed point",
        group: "fixed point",
        kind: "line",
        dashed: true,
        x: [0, until],
        y: [risk, risk],
      },
    ];
    for (const [j, asymmetry] of SMALL.entries()) {
      const run = await integrate(nearlySymmetric(K, 0.1, asymmetry), {
        until,
        save: { count: 400, spacing: "linear" },
        ...runControl(control, (i + j / SMALL.length) / 2, 1 / (2 * SMALL.length)),
      });
      series.unshift({ label: "ODE", group: `asymmetry ${TEN[j]}`, kind: "line", x: run.time, y: run.risk });
    }
    panels.push({ title: `(${"ab"[i]}) K = ${K}`, x: { domain: [0, until] }, series });
  }
  return {
    title: "The symmetric plateau",
    subtitle: "Committees of K erf units learn K orthonormal teachers, first layer, no label noise: η = 0.1",
    caption:
      "Starts: Q diagonal, 0.2 to 0.4, and overlaps with the teachers drawn from (0, asymmetry). Each three decades less of asymmetry cost the same time. Dashed: risk of the unstable symmetric fixed point.",
    x: { label: "t = ν/d", scale: "linear" },
    y: { label: "excess risk ε", scale: "log", domain: [1e-8, 0.3] },
    series: [],
    panels,
    palette: "categorical",
  };
}

/** Overlaps against time: theory beside one run of SGD. */
export async function specialisationFigure(control: PaperControl = {}): Promise<Chart> {
  const [K, d, eta, until] = [3, 30000, 1, 500];
  const problem = committee(K, eta, d);
  const theory = await integrate(problem, { until, seed: 3, save: { count: 300, spacing: "linear" } });
  const { state } = { state: theory.state(0) };
  const start = { kind: "state" as const, state: { P: state.P, M: state.M, Q: state.Q } };
  const run = await simulate(
    { ...problem, start },
    { until, seed: 1, method: "chain", save: { count: 26, spacing: "linear" }, ...runControl(control) },
  );
  // each student named by the teacher that it takes
  const last = theory.state(-1).M;
  const takes = Array.from({ length: K }, (_, i) => {
    const own = Array.from(last.slice(i * K, i * K + K));
    return own.indexOf(Math.max(...own));
  });
  const column = (trajectory: typeof run, name: "M" | "Q", at: number) =>
    Array.from({ length: trajectory.length }, (_, row) => trajectory.state(row)[name][at]);
  const both = (name: "M" | "Q", at: number, group: string): Series[] => [
    { label: "ODE", group, kind: "line", x: theory.time, y: column(theory, name, at) },
    { label: `one run of SGD, d = ${d}`, group, kind: "dots", x: run.time, y: column(run, name, at) },
  ];
  const pairs = Array.from({ length: K * K }, (_, at) => ({ at, i: Math.floor(at / K), j: at % K }));
  const own = "with its teacher, with itself";
  const other = "with another teacher or student";
  return {
    title: "Specialisation",
    subtitle: `${K} erf students learn ${K} orthonormal teachers, first layer, no label noise: η = ${eta}, random start`,
    caption:
      "On the plateau every student has the same overlap with every teacher; the small differences of the start grow until each has one teacher to itself. " +
      `One simulation by the exact chain at d = ${d}, from the start of the theory.`,
    x: { label: "t = ν/d", scale: "linear" },
    y: { label: "overlap", scale: "linear" },
    series: [],
    panels: [
      {
        title: "(a) students with teachers",
        y: { label: "Rᵢₙ" },
        series: pairs.flatMap(({ at, i, j }) => both("M", at, takes[i] === j ? own : other)),
      },
      {
        title: "(b) students with students",
        y: { label: "Qᵢⱼ" },
        series: pairs.filter(({ i, j }) => i <= j).flatMap(({ at, i, j }) => both("Q", at, i === j ? own : other)),
      },
    ],
    palette: "categorical",
    names: "key",
  };
}

/** Escape times against the asymmetry of the start, and against d. */
export async function escapeFigure(control: PaperControl = {}): Promise<Chart> {
  const cases = [
    { K: 2, eta: 1, group: "K = 2, η = 1" },
    { K: 3, eta: 1, group: "K = 3, η = 1" },
  ];
  const asymmetries = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12];
  const dimensions = [30, 100, 300, 1000, 3000];
  const byAsymmetry: Series[] = [];
  const byDimension: Series[] = [];
  for (const [i, { K, eta, group }] of cases.entries()) {
    const { escapeRate } = await fixedPoint(committee(K, eta), { near: "symmetric" });
    const times = await escapeTimes(K, eta, asymmetries, part(control, i * 0.1, 0.1));
    const end = times.length - 1;
    const line = asymmetries.map((s) => times[end] - logarithm(s / asymmetries[end]) / escapeRate);
    byAsymmetry.push(
      { label: "slope of the fixed point's escape rate", group, kind: "line", x: asymmetries, y: line },
      { label: "ODE", group, kind: "dots", x: asymmetries, y: times },
    );
    const found = [];
    for (const [j, d] of dimensions.entries()) {
      const own = runControl(
        control,
        0.2 + (0.8 * (i + j / dimensions.length)) / cases.length,
        0.8 / cases.length / dimensions.length,
      );
      found.push(await escapesOfSGD(K, eta, d, own));
    }
    const [from, middle] = [dimensions[0], found[2]];
    byDimension.push(
      {
        label: "slope of the fixed point's escape rate",
        group,
        kind: "line",
        x: [from, 3000],
        y: [from, 3000].map((d) => middle.mean + logarithm(d / 300) / (2 * escapeRate)),
      },
      {
        label: "SGD, mean of 40 runs",
        group,
        kind: "dots",
        x: dimensions,
        y: found.map(({ mean }) => mean),
        low: found.map(({ mean, error }) => mean - 2 * error),
        high: found.map(({ mean, error }) => mean + 2 * error),
      },
    );
  }
  return {
    title: "The way out of the plateau takes a time logarithmic in the asymmetry",
    subtitle: "Committees of K erf units learn K orthonormal teachers, first layer, no label noise",
    caption:
      `Time at which the risk falls below ${LEFT}. (a) Integrations from starts with overlaps drawn from (0, asymmetry). (b) SGD from random starts, whose asymmetry is of order d^−1/2: ` +
      "bars are two standard errors. Lines have the slopes 1/λ and 1/(2λ) per factor of e, λ the growing eigenvalue of the symmetric fixed point; that of (b) passes through d = 300.",
    x: { label: "d", scale: "log" },
    y: { label: "time of escape t = ν/d", scale: "linear" },
    series: [],
    panels: [
      { title: "(a) d → ∞", x: { label: "asymmetry of the start" }, series: byAsymmetry },
      { title: "(b) finite d", series: byDimension },
    ],
    palette: "categorical",
  };
}

/** When runs of SGD from random starts fall below `LEFT`: mean and standard error over those that do. */
async function escapesOfSGD(K: number, eta: number, d: number, control: ReturnType<typeof runControl>) {
  const many = await ensemble(committee(K, eta, d), {
    until: 300,
    save: { count: 601, spacing: "linear" },
    replicas: 40,
    seed: 1,
    method: "chain",
    keep: true,
    ...control,
  });
  const times = (many.trajectories ?? []).flatMap(({ risk, time }) => {
    const row = risk.findIndex((value) => value < LEFT);
    return row < 0 ? [] : [time[row]];
  });
  const mean = times.reduce((sum, t) => sum + t, 0) / times.length;
  const variance = times.reduce((sum, t) => sum + (t - mean) * (t - mean), 0) / (times.length - 1);
  return { mean, error: Math.sqrt(variance / times.length) };
}

/** The slowest rate at the specialised solution against the learning rate. */
export async function learningRateFigure(control: PaperControl = {}): Promise<Chart> {
  const widths = [1, 2, 3];
  const series: Series[] = [];
  for (const [i, K] of widths.entries()) {
    const largest = await maximalLearningRate(committee(K, 0.1));
    const group = `K = ${K}, ηₘₐₓ = ${largest.toFixed(4)}`;
    const grid = Array.from({ length: 40 }, (_, n) => (1.15 * largest * (n + 1)) / 40);
    const slowest: number[] = [];
    for (const [n, eta] of grid.entries()) {
      const { eigenvalues } = await fixedPoint(committee(K, eta), { near: "specialised" });
      slowest.push(eigenvalues[0].re);
      control.onProgress?.((i + (0.5 * (n + 1)) / grid.length) / widths.length);
    }
    series.push({ label: "largest eigenvalue of the ODE there", group, kind: "line", x: grid, y: slowest });
    const few = [0.1, 0.3, 0.5, 0.7, 0.9].map((factor) => factor * largest);
    const measured: number[] = [];
    for (const eta of few) measured.push(await decayOfSGD(K, eta));
    series.push({ label: "SGD, d = 10000", group, kind: "dots", x: few, y: measured });
    control.onProgress?.((i + 1) / widths.length);
  }
  series.push({ label: "zero", group: "zero", kind: "line", dashed: true, x: [0, 4.7], y: [0, 0] });
  return {
    title: "The largest learning rate",
    subtitle: "Committees of K erf units at the solution of K orthonormal teachers, first layer, no label noise",
    caption:
      "Where the growth rate is negative the risk falls as exp(rate t); above ηₘₐₓ (√15 π/3 for K = 1) the solution repels. Dots: fall of the risk in one simulation by the exact chain near the solution.",
    x: { label: "learning rate η", scale: "linear", domain: [0, 4.7] },
    y: { label: "growth rate per unit of t", scale: "linear" },
    series,
    palette: "categorical",
  };
}

/** The rate of log risk in one run that begins near the solution, while the risk falls by some two decades. */
async function decayOfSGD(K: number, eta: number): Promise<number> {
  const problem = { ...committee(K, eta, 10000), start: { kind: "informed", perturbation: 0.01 } } as const;
  const { eigenvalues } = await fixedPoint(problem, { near: "specialised" });
  const [from, until] = [2 / -eigenvalues[0].re, 7 / -eigenvalues[0].re];
  const { risk, time } = await simulate(problem, { until, save: { times: [from, until] }, seed: 1, method: "chain" });
  return logarithm(risk[1] / risk[0]) / (time[1] - time[0]);
}
