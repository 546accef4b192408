/** The figures of Saad & Solla. */
import {
  ensemble,
  fixedPoint,
  integrate,
  maximalLearningRate,
  type ProblemInput,
  simulate,
  type Trajectory,
} from "../../index.js";
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
    const series: Series[] = [];
    for (const [j, asymmetry] of SMALL.entries()) {
      const run = await integrate(nearlySymmetric(K, 0.1, asymmetry), {
        until,
        save: { count: 400, spacing: "linear" },
        ...runControl(control, (i + j / SMALL.length) / 2, 1 / (2 * SMALL.length)),
      });
      series.push({ label: "ODE", group: `asymmetry ${TEN[j]}`, kind: "line", x: run.time, y: run.risk });
    }
    const label = "symmetric fixed point";
    series.push({ label, group: label, kind: "line", dashed: true, x: [0, until], y: [risk, risk] });
    panels.push({ title: `(${"ab"[i]}) K = ${K}`, x: { domain: [0, until] }, series });
  }
  return {
    title: "The symmetric plateau",
    subtitle: "Committees of K erf units learn K orthonormal teachers, first layer, no label noise: η = 0.1",
    caption:
      "Starts: Q diagonal, 0.2 to 0.4, and overlaps with the teachers 0.1 to 0.9 times the asymmetry. Each three decades less of asymmetry cost the same time. Dashed: risk of the unstable symmetric fixed point.",
    x: { label: "t = ν/d", scale: "linear" },
    y: { label: "excess risk ε", scale: "log", domain: [1e-8, 0.3] },
    series: [],
    panels,
    palette: "categorical",
  };
}

/** Overlaps against time: theory beside one run of SGD. */
export async function specialisationFigure(control: PaperControl = {}): Promise<Chart> {
  const [K, d, eta, until] = [3, 100000, 1, 300];
  const problem = { ...nearlySymmetric(K, eta, 0.03), inputDimension: d };
  const theory = await integrate(problem, { until, save: { count: 300, spacing: "linear" } });
  const sgd = { until, seed: 1, method: "chain", save: { count: 26, spacing: "linear" } } as const;
  const run = await simulate(problem, { ...sgd, ...runControl(control) });
  /** The teacher that each student takes. */
  const takenOf = (trajectory: Trajectory) => {
    const { M } = trajectory.state(-1);
    const rows = Array.from({ length: K }, (_, i) => Array.from(M.slice(i * K, i * K + K)));
    return rows.map((row) => row.indexOf(Math.max(...row)));
  };
  const column = (trajectory: Trajectory, name: "M" | "Q", at: number) =>
    Array.from({ length: trajectory.length }, (_, row) => trajectory.state(row)[name][at]);
  const both = (name: "M" | "Q", at: number, isOwn: (taken: readonly number[]) => boolean): Series[] =>
    (
      [
        ["line", theory, "ODE"],
        ["dots", run, `one run of SGD, d = ${d}`],
      ] as const
    ).map(([kind, trajectory, label]) => {
      const group = isOwn(takenOf(trajectory)) ? own : other;
      return { label, group, kind, x: trajectory.time, y: column(trajectory, name, at) };
    });
  const pairs = Array.from({ length: K * K }, (_, at) => ({ at, i: Math.floor(at / K), j: at % K }));
  const own = "with its teacher, with itself";
  const other = "with another teacher or student";
  return {
    title: "Specialisation",
    subtitle: `${K} erf students learn ${K} orthonormal teachers, first layer, no label noise: η = ${eta}`,
    caption:
      "Starts: Q diagonal, 0.2 to 0.4, and overlaps with the teachers from 0.003 to 0.027. On the plateau every student has the same overlap with every teacher; the small differences of the start grow until each has one teacher to itself. " +
      `One simulation by the exact chain at d = ${d}, from the start of the theory.`,
    x: { label: "t = ν/d", scale: "linear" },
    y: { label: "overlap", scale: "linear" },
    series: [],
    panels: [
      {
        title: "(a) students with teachers",
        y: { label: "R_{in}" },
        series: pairs.flatMap(({ at, i, j }) => both("M", at, (taken) => taken[i] === j)),
      },
      {
        title: "(b) students with students",
        y: { label: "Q_{ij}" },
        series: pairs.filter(({ i, j }) => i <= j).flatMap(({ at, i, j }) => both("Q", at, () => i === j)),
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
      `Time at which the risk falls below ${LEFT}. (a) Integrations from starts with overlaps 0.1 to 0.9 times the asymmetry. (b) SGD from random starts, whose asymmetry is of order d^{−1/2}: ` +
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

/** The slowest rate at the specialised solution against the learning rate, and the risk that is left of a small deviation. */
export async function learningRateFigure(control: PaperControl = {}): Promise<Chart> {
  const { signal } = control;
  const widths = [1, 2, 3];
  const until = 100;
  const rates: Series[] = [];
  const risks: Series[] = [];
  for (const [i, K] of widths.entries()) {
    const largest = await maximalLearningRate(committee(K, 0.1));
    const group = `K = ${K}, η_{max} = ${largest.toFixed(4)}`;
    const grid = Array.from({ length: 47 }, (_, n) => (1.15 * largest * (n + 1)) / 47);
    const slowest: number[] = [];
    const left: number[] = [];
    for (const [n, eta] of grid.entries()) {
      if (signal?.aborted) break;
      const { eigenvalues } = await fixedPoint(committee(K, eta), { near: "specialised", signal });
      slowest.push(eigenvalues[0]?.re ?? Number.NaN);
      left.push(
        (await integrate(nearlySolved(K, eta), { until, rtol: 1e-12, save: { times: [until] }, signal })).risk[0],
      );
      control.onProgress?.((i + (0.3 * (n + 1)) / grid.length) / widths.length);
    }
    const few = grid.filter((_, n) => n % 5 === 3);
    const measured: number[] = [];
    for (const [n, eta] of few.entries()) {
      if (signal?.aborted) break;
      const once = { until, save: { times: [until] }, seed: 1, method: "chain", signal } as const;
      const run = await simulate(nearlySolved(K, eta), once);
      measured.push(run.risk[0]);
      control.onProgress?.((i + 0.3 + (0.7 * (n + 1)) / few.length) / widths.length);
    }
    rates.push({ label: "ODE", group, kind: "line", x: grid, y: slowest });
    risks.push({ label: "ODE", group, kind: "line", x: grid, y: left });
    risks.push({ label: "one run of SGD, d = 10000", group, kind: "dots", x: few, y: measured });
  }
  return {
    title: "The largest learning rate",
    subtitle: "Committees of K erf units at the solution of K orthonormal teachers, first layer, no label noise",
    caption:
      "(a) Largest eigenvalue of the Jacobian at the solution: where it crosses zero, at η_{max} (√15 π/3 for K = 1), the solution begins to repel. " +
      `(b) Risk at t = ${until} of runs from Q = 1.01 I, M = I, whose risk is 0.0018 K.`,
    x: { label: "learning rate η", scale: "linear", domain: [0, 4.7] },
    y: { label: "largest growth rate per unit of t", scale: "linear" },
    series: [],
    panels: [
      { title: "(a) growth of deviations", series: rates },
      {
        title: "(b) what becomes of one",
        y: { label: "excess risk ε", scale: "log", domain: [1e-10, 1] },
        series: risks,
      },
    ],
    palette: "categorical",
  };
}

function nearlySolved(K: number, eta: number): ProblemInput {
  const identity = Float64Array.from({ length: K * K }, (_, at) => (at % (K + 1) === 0 ? 1 : 0));
  const state = { P: identity, M: identity, Q: identity.map((one) => 1.01 * one) };
  return { ...committee(K, eta, 10000), start: { kind: "state", state } };
}
