/** With enough particles the flow finds the global minimum; with as many as the teacher has it mostly does not. */
import { meanField, type ProblemInput } from "../../index.js";
import type { Chart, Series } from "../../plot/index.js";
import { atLeast, atMost, type Finding } from "../finding.js";
import { type PaperControl, runControl } from "../paper.js";
import { drawnStart } from "../particle-start.js";
import { shared } from "../shares.js";

/** Of the teacher's k = 3 rows, all of length 1: orthogonal, or each in a random direction. */
export type TeacherRows = "orthonormal" | "random";

/** THEORY F: a* = (1, 1, -1), and what p >= 6 reaches at which times. */
const A_STAR = [1, 1, -1];
const GOALS = [
  { time: 200, risk: 2e-4 },
  { time: 2000, risk: 1e-5 },
] as const;
const TIMES = GOALS.map(({ time }) => time);
const WIDTHS = [6, 12, 25, 50, 100];

/** A run from a random start. */
export interface GlobalRun {
  readonly width: number;
  readonly seed: number;
  /** Whether the start has units of the teacher's signs. */
  readonly isAble: boolean;
  /** Excess risk at each of the times. */
  readonly risks: readonly number[];
}

/**
 * ReLU particles (a_i, u_i), a two-homogeneous network, d = 5, against k = 3 teacher rows of length 1 with a* = (1, 1, -1) and n_t = 1; students start from random
 * directions with |u_i| = 1 and random signs a_i = +-1. The flow keeps a_i^2 - |u_i|^2 = 0, so that no a_i changes its sign: a start without two units of + and one
 * of - cannot reach the teacher, whatever its rows. That is so for 5 of 8 starts of p = 3, for 1 of 8 of p = 6 and for 13 of 4096 of p = 12.
 */
export async function reluParticles(p: number, seed: number, rows: TeacherRows = "orthonormal"): Promise<ReluStart> {
  const k = A_STAR.length;
  const shape = { inputDimension: 5, studentWidth: p, teacherWidth: k };
  const teacher = rows === "random" ? "gaussian" : "orthonormal";
  const { P, M, Q } = await drawnStart({ ...shape, start: { kind: "random", teacher } }, seed);
  const length = (G: Float64Array, n: number) => Array.from({ length: n }, (_, i) => Math.sqrt(G[i * n + i]));
  const [own, its] = [length(Q, p), length(P, k)];
  const scaled = (G: Float64Array, left: readonly number[], right: readonly number[]) =>
    G.map((x, at) => x / (left[Math.floor(at / right.length)] * right[at % right.length]));
  // in one dimension an overlap has the sign of a normal number
  const line = await drawnStart({ inputDimension: 1, studentWidth: p, teacherWidth: 1 }, seed, 1);
  const a = Array.from(line.M, (x) => (x < 0 ? -1 : 1));
  const positive = a.filter((x) => x > 0).length;
  return {
    isAble: positive >= 2 && p - positive >= 1,
    problem: {
      ...shape,
      activation: "relu",
      scaling: { student: 1 / p, teacher: 1 },
      learningRate: 1,
      secondLayer: { learningRate: 1 },
      start: {
        kind: "state",
        state: { P: scaled(P, its, its), M: scaled(M, own, its), Q: scaled(Q, own, own), a, aStar: A_STAR },
      },
    },
  };
}

interface ReluStart {
  readonly problem: ProblemInput;
  readonly isAble: boolean;
}

export interface GlobalOptions {
  readonly width: number;
  /** Seeds 1, 2, ... until there are so many runs; default 6. */
  readonly runs?: number;
  /** Only starts that have the teacher's signs; default false. */
  readonly ableOnly?: boolean;
  readonly rows?: TeacherRows;
  readonly times?: readonly number[];
}

/** Cost: some 2 seconds at p = 100, as p^2 below. */
export async function globalConvergence(options: GlobalOptions, control: PaperControl = {}): Promise<GlobalRun[]> {
  const { width, runs = 6, ableOnly = false, rows, times = TIMES } = options;
  const until = times[times.length - 1];
  const found: GlobalRun[] = [];
  for (let seed = 1; found.length < runs; seed++) {
    const { problem, isAble } = await reluParticles(width, seed, rows);
    if (ableOnly && !isAble) continue;
    const piece = runControl(control, found.length / runs, 1 / runs);
    const { risk } = await meanField(problem, { until, save: { times: [...times] }, rtol: 1e-7, ...piece });
    found.push({ width, seed, isAble, risks: Array.from(risk) });
  }
  return found;
}

/** F's statement for F's number of starts, 6 a width. Where it says "always", it is of starts that have the signs. */
export async function globalFindings(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  const [few, wide] = shared(control, [1, 60]);
  const three = await globalConvergence({ width: 3, runs: 40 }, few);
  const fails = ({ risks }: GlobalRun) => !(risks[1] < GOALS[1].risk);
  const unable = three.filter(({ isAble }) => !isAble);
  findings.push(
    atLeast("p = 3: failures of 6 starts", three.slice(0, 6).filter(fails).length, 3),
    atMost(
      "p = 3: of 40 starts, those that lack a sign and reach 1e-5",
      unable.length - unable.filter(fails).length,
      0,
    ),
  );
  const pieces = shared(
    wide,
    WIDTHS.map((p) => p * p),
  );
  for (const [i, width] of WIDTHS.entries()) {
    const runs = await globalConvergence({ width, ableOnly: true }, pieces[i]);
    for (const [j, { time, risk }] of GOALS.entries())
      findings.push(
        atMost(
          `p = ${width}: largest risk of 6 starts, T = ${time}`,
          Math.max(...runs.map((run) => run.risks[j])),
          risk,
        ),
      );
  }
  return findings;
}

/** Risks reached, start by start. */
export async function globalChart(control: PaperControl): Promise<Chart> {
  const widths = [3, 4, 6, 9, 12, 25, 50, 100];
  const runsOf = (p: number) => (p > 50 ? 4 : p > 25 ? 6 : 24);
  const pieces = shared(
    control,
    widths.map((p) => runsOf(p) * p * p),
  );
  const runs: GlobalRun[] = [];
  for (const [i, width] of widths.entries())
    runs.push(...(await globalConvergence({ width, runs: runsOf(width) }, pieces[i])));
  const floor = 1e-12;
  const dots = (j: number, isAble: boolean, group: string): Series => {
    const shown = runs.filter((run) => run.isAble === isAble);
    // starts of one width side by side, 2 % apart
    const beside = ({ seed, width }: GlobalRun) => width * (1 + 0.18 * ((seed - 1) / (runsOf(width) - 1) - 0.5));
    return {
      label: group,
      kind: "dots",
      group,
      x: shown.map(beside),
      y: shown.map(({ risks }) => Math.max(floor, risks[j])),
    };
  };
  return {
    title: "Enough particles find the teacher",
    subtitle: "ReLU particles (a, u), d = 5, three orthonormal teacher rows, a* = (1, 1, −1)",
    caption: `Population-risk flow of both layers from random directions |u| = 1 and random signs a = ±1, a dot a start. The flow keeps a² − |u|², so no unit changes its sign: starts without two units of + and one of − cannot reach the teacher (5 of 8 with 3 particles, 1 of 8 with 6). Risks below 10⁻¹² are drawn there.`,
    x: { label: "particles p", scale: "log" },
    y: { label: "excess risk ε", scale: "log", domain: [floor / 2, 2] },
    series: [],
    palette: "categorical",
    names: "key",
    panels: GOALS.map(({ time, risk }, j) => ({
      title: `(${"ab"[j]}) at mean-field time ${time}`,
      series: [
        dots(j, true, "starts with the teacher's signs"),
        dots(j, false, "starts without"),
        { label: "bound of the claim, p ≥ 6", kind: "line", dashed: true, x: [5.2, 115], y: [risk, risk] },
      ],
    })),
  };
}
