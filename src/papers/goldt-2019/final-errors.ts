/** Figures: the error that label noise leaves, against the width, for the solutions that SGD ends at. */
import { asymptoticRisk, fixedPoint, integrate, type ProblemInput } from "../../index.js";
import type { Chart, Series } from "../../plot/index.js";
import { type PaperControl, part, runControl } from "../paper.js";
import { type Average, inTurn, lateRisk, ones, tied } from "./runs.js";

const M = 2;
const D = 1000;
const ETA = 0.1;
const DELTA = 1e-4;
/** What errors are counted in. */
const UNIT = ETA * DELTA;
const WIDTHS = [2, 3, 4, 6, 8];
/** When ODEs have settled. */
const SETTLED = 1e4;
const NAMES = { erf: "erf", relu: "ReLU", linear: "linear" } as const;
type Name = keyof typeof NAMES;

type Kind = "first" | "specialised" | "denoising";

function student(activation: Name, K: number, kind: Kind): ProblemInput {
  const shared = {
    inputDimension: D,
    studentWidth: K,
    teacherWidth: M,
    activation,
    learningRate: ETA,
    noiseVariance: DELTA,
  } as const;
  // ReLU units at zero stay there: SGD meets the solutions that share the teachers
  if (kind === "first")
    return { ...shared, start: activation === "relu" ? "random" : { kind: "informed", a: ones(K) } };
  const start = kind === "denoising" ? "denoising" : "informed";
  return { ...shared, secondLayer: { learningRate: ETA }, start };
}

/** What theory says at every width, and chains at some. */
interface Curve {
  readonly widths: readonly number[];
  /** (E2). */
  readonly first: readonly number[];
  /** At the learning rate itself: the fixed point of the ODE. */
  readonly full: readonly number[];
  readonly runs: readonly { readonly K: number; readonly risk: Average }[];
}

async function curve(activation: Name, kind: Kind, widths: readonly number[], control: PaperControl): Promise<Curve> {
  const theory = await inTurn(part(control, 0, 0.3), widths, async (K, own) => {
    const problem = student(activation, K, kind);
    const first = await firstOrder(problem, kind);
    if (activation === "erf") {
      const near = kind === "denoising" ? "denoising" : "specialised";
      const { risk, state } = await fixedPoint(problem, { near, ...runControl(own) });
      return { first, full: risk, state };
    }
    // ReLU and linear students have other solutions beside each, along which they go on for ever
    const run = await integrate(problem, { until: SETTLED, seed: 1, save: { times: [SETTLED] }, ...runControl(own) });
    return { first, full: run.risk[0], state: run.state(0) };
  });
  const runs = await inTurn(part(control, 0.3, 0.7), widths, async (K, own) => {
    const { state } = theory[widths.indexOf(K)];
    const problem: ProblemInput = { ...student(activation, K, kind), start: { kind: "state", state } };
    return { K, risk: await lateRisk(problem, { from: 100, until: 600 }, own) };
  });
  return { widths, first: theory.map(({ first }) => first), full: theory.map(({ full }) => full), runs };
}

/** (E2) at the solution by name; of linear students s' = 1. */
async function firstOrder(problem: ProblemInput, kind: Kind): Promise<number> {
  const start = kind === "denoising" ? "denoising" : "informed";
  const named: ProblemInput = {
    ...problem,
    start: kind === "first" ? { kind: start, a: ones(problem.studentWidth) } : start,
  };
  const solution = (await integrate(named, { until: 0, save: { times: [0] } })).state(0);
  if (problem.activation !== "linear") return asymptoticRisk(problem, solution);
  return (UNIT / 4) * solution.a.reduce((sum, a) => sum + a * a, 0);
}

const counted = (values: readonly number[]) => values.map((value) => value / UNIT);

function seriesOf(group: string, { widths, first, full, runs }: Curve): Series[] {
  const means = runs.map(({ risk }) => risk.mean);
  const errors = runs.map(({ risk }) => 2 * risk.standardError);
  return [
    { label: "first order in η, (E2)", kind: "line", dashed: true, group, x: widths, y: counted(first) },
    { label: "ODE at late times", kind: "line", group, x: widths, y: counted(full) },
    {
      label: `chains, d = ${D}`,
      kind: "dots",
      group,
      x: runs.map(({ K }) => K),
      y: counted(means),
      low: counted(means.map((mean, i) => mean - errors[i])),
      high: counted(means.map((mean, i) => mean + errors[i])),
    },
  ];
}

const AXES = {
  x: { label: "width K of the student", scale: "log", domain: [1.8, 9] },
  y: { label: "final error ε/(ηΔ)", scale: "log" },
} as const;
const PARAMETERS = `M = ${M}, d = ${D}, η = ${ETA}, Δ = 10⁻⁴`;

export async function finalErrors(control: PaperControl): Promise<Chart> {
  const activations: readonly Name[] = ["erf", "relu", "linear"];
  const panels = [
    { kind: "first", title: "(a) first layer", widths: WIDTHS },
    { kind: "specialised", title: "(b) both layers, specialised", widths: [2, 4, 8] },
    { kind: "denoising", title: "(c) both layers, denoising", widths: [2, 4, 8] },
  ] as const;
  const drawn = await inTurn(control, panels, async ({ kind, title, widths }, own) => {
    const series = await inTurn(own, activations, async (name, self) =>
      seriesOf(NAMES[name], await curve(name, kind, widths, self)),
    );
    return { title, y: { domain: [0.04, 4] as const }, series: series.flat() };
  });
  return {
    title: "What label noise leaves: it grows with the width where the first layer alone is trained",
    subtitle: "Final excess risk of students of K units, a teacher of M = 2, in units of ηΔ",
    caption: tied(
      `Dashed: (ηΔ/4) Σ a² E[s'(λ)²] over the student's units, first order in the learning rate. Lines: the ODE at late times, η = ${ETA}. Dots: chains from there, averaged over 500 time units and 4 runs, ` +
        `bars two standard errors. Specialised: units beyond the teacher's have second layer 0; denoising: each teacher unit is shared by K/M. ${PARAMETERS}.`,
    ),
    ...AXES,
    series: [],
    panels: drawn,
    palette: "categorical",
    names: "key",
  };
}

const SEEDS = [1, 2, 3, 4, 5];
/** When random starts are looked at: they go on from specialising to sharing for very long. */
const LATE = [1e6, 1e8];

/** Risks at those times, each in ascending order. */
async function randomEnds(K: number, control: PaperControl): Promise<number[][]> {
  const problem: ProblemInput = { ...student("erf", K, "specialised"), start: "random" };
  const until = LATE[LATE.length - 1];
  const runs = await inTurn(control, SEEDS, (seed, own) =>
    integrate(problem, { until, seed, save: { times: LATE }, ...runControl(own) }),
  );
  return LATE.map((_, i) => runs.map(({ risk }) => risk[i]).sort((a, b) => a - b));
}

export async function solutions(control: PaperControl): Promise<Chart> {
  const kinds = [
    { kind: "first", name: "first layer only" },
    { kind: "specialised", name: "both, specialised" },
    { kind: "denoising", name: "both, denoising" },
  ] as const;
  const series = await inTurn(part(control, 0, 0.5), kinds, async ({ kind, name }, own) =>
    seriesOf(name, await curve("erf", kind, WIDTHS, own)),
  );
  // with as many students as teachers there is one solution
  const random = WIDTHS.filter((K) => K > M);
  const ends = await inTurn(part(control, 0.5, 0.5), random, randomEnds);
  const middle = (SEEDS.length - 1) / 2;
  const starts = LATE.map(
    (_, i): Series => ({
      label: "random starts",
      kind: "dots",
      group: `both, random start, t = ${["10⁶", "10⁸"][i]}`,
      // beside each other, and beside the solutions
      x: random.map((K) => K * [1.03, 1.06][i]),
      y: counted(ends.map((all) => all[i][middle])),
      low: counted(ends.map((all) => all[i][0])),
      high: counted(ends.map((all) => all[i][SEEDS.length - 1])),
    }),
  );
  return {
    title: "Where students end decides what label noise leaves",
    subtitle: "Final excess risk of erf students of K units, a teacher of M = 2, in units of ηΔ",
    caption: tied(
      "Dashed: first order in the learning rate, (E2). Lines: fixed point of the ODE. Dots on them: chains from there, averaged over 500 time units and 4 runs, bars two standard errors. " +
        `Random starts with both layers trained: median and range of ${SEEDS.length} ODEs, moved to the right to be seen; label noise takes them slowly from specialising to sharing, whose error falls as 1/K. ${PARAMETERS}.`,
    ),
    ...AXES,
    series: [...series.flat(), ...starts],
    palette: "categorical",
    names: "direct",
  };
}
