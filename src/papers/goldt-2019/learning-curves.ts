/** Figures: learning curves of over-parametrised students, theory beside chains and explicit weights. */
import { ensemble, integrate, type ProblemInput, simulate } from "../../index.js";
import type { Chart, Series } from "../../plot/index.js";
import { type PaperControl, part, runControl } from "../paper.js";
import { inTurn, tied } from "./runs.js";

const D = 300;
const REPLICAS = 40;
/** Dots on a curve. */
const DOTS = 20;

/** Log-spaced rows would leave the linear panel few, and the other way round: both. */
function savedTimes(until: number): number[] {
  const log: number[] = [];
  for (let t = until; t > 0.1; t /= 1.08) log.push(Math.round(t * D) / D);
  const linear = Array.from({ length: 60 }, (_, i) => Math.round(((i + 1) * until * D) / 60) / D);
  return [...new Set([...log, ...linear])].sort((a, b) => a - b);
}

function curvesProblem(K: number, layers: "first" | "both"): ProblemInput {
  return {
    inputDimension: D,
    studentWidth: K,
    teacherWidth: 2,
    activation: "erf",
    learningRate: 0.2,
    noiseVariance: 0.01,
    ...(layers === "both" ? { secondLayer: { learningRate: 0.2 } } : {}),
  };
}

/** Theory, the spread of chains from its start, and a run on explicit weights. */
async function curves(K: number, layers: "first" | "both", until: number, control: PaperControl) {
  const problem = curvesProblem(K, layers);
  const times = savedTimes(until);
  const theory = await integrate(problem, { until, seed: 1, save: { times: [0, ...times] } });
  const same: ProblemInput = { ...problem, start: { kind: "state", state: theory.state(0) } };
  const options = { until, seed: 1, save: { times } };
  const chains = await ensemble(same, {
    ...options,
    replicas: REPLICAS,
    method: "chain",
    ...runControl(part(control, 0, 0.7)),
  });
  const dense = await simulate(same, { ...options, seed: K, method: "dense", ...runControl(part(control, 0.7, 0.3)) });
  return { theory, chains, dense, group: `K = ${K}` };
}

type Curves = Awaited<ReturnType<typeof curves>>;

/** The series of one width, with dots where `isShown` says. */
function seriesOf({ theory, chains, dense, group }: Curves, dots: readonly number[]): Series[] {
  const rows = dots.map((t) =>
    dense.time.reduce((at, time, i, all) => (Math.abs(time - t) < Math.abs(all[at] - t) ? i : at), 0),
  );
  return [
    {
      label: `10–90 % of ${REPLICAS} chains`,
      kind: "band",
      group,
      x: chains.time,
      y: chains.quantile(0.5).risk,
      low: chains.quantile(0.1).risk,
      high: chains.quantile(0.9).risk,
    },
    { label: "ODE", kind: "line", group, x: theory.time.slice(1), y: theory.risk.slice(1) },
    {
      label: "simulation on explicit weights",
      kind: "dots",
      group,
      x: rows.map((i) => dense.time[i]),
      y: rows.map((i) => dense.risk[i]),
    },
  ];
}

export async function learningCurves(layers: "first" | "both", control: PaperControl): Promise<Chart> {
  const until = layers === "first" ? 1500 : 2500;
  const all = await inTurn(control, [2, 3, 4, 6], (K, own) => curves(K, layers, until, own));
  const log: number[] = [];
  for (let t = until; t > 0.15; t /= 1.6) log.push(t);
  const linear = Array.from({ length: DOTS }, (_, i) => ((i + 1) * until) / DOTS);
  const both = layers === "both";
  return {
    title: both ? "Both layers trained: wider students end no worse" : "First layer trained: wider students end worse",
    subtitle: "Excess risk of erf students of K units that learn from a teacher of M = 2, one-pass SGD",
    caption: tied(
      `Plateau, specialisation, and the error that label noise leaves. Lines: ODE of the order parameters, d → ∞. Bands: 10–90 % of ${REPLICAS} chains at d = ${D} from the same start. ` +
        `Circles: one simulation on explicit weights, from there too. d = ${D}, M = 2, η = 0.2${both ? " for both layers" : ""}, Δ = 0.01, random start, t = ν/d.`,
    ),
    x: { label: "t = ν/d", scale: "log" },
    y: { label: "excess risk ε", scale: "log" },
    series: [],
    panels: [
      {
        title: "(a) from the start",
        x: { domain: [0.1, 1.2 * until] },
        series: all.flatMap((one) => seriesOf(one, log)),
      },
      {
        title: "(b) leaving the plateau",
        x: { scale: "linear", domain: [0, until] },
        y: { domain: both ? [1.5e-4, 4e-2] : [3e-4, 4e-2] },
        series: all.flatMap((one) => seriesOf(one, linear)),
      },
    ],
    palette: "ordered",
    names: "direct",
  };
}
