/** Reference trajectories and states (test/fixtures/vectors, see CONVENTIONS.md there) as problems of this library. */
import { readFileSync } from "node:fs";
import type { ProblemInput } from "../../src/index.js";

// biome-ignore lint/suspicious/noExplicitAny: the files' own shapes
export function vectorFile(name: string): any {
  return JSON.parse(readFileSync(new URL(`../fixtures/vectors/${name}.json`, import.meta.url), "utf8"));
}

/** N*: nn2pp's equations, committee scaling. */
export function nn2ppProblem(name: string): {
  problem: ProblemInput;
  rows: { t: number; eg: number; Q: number[][]; M: number[][]; a: number[] }[];
} {
  const file = vectorFile(name);
  return {
    problem: {
      inputDimension: 1e6,
      studentWidth: file.K,
      teacherWidth: file.M,
      activation: file.activation === "lin" ? "linear" : "erf",
      learningRate: file.lr,
      secondLayer: file.train_both ? { learningRate: file.lr2, weightDecay: file.weight_decay } : "fixed",
      weightDecay: file.weight_decay,
      noiseVariance: file.sigma ** 2,
      start: { kind: "state", state: { P: file.T, M: file.R0, Q: file.Q0, a: file.v0, aStar: file.A } },
    },
    rows: file.trajectory.map((row: { t: number; eg: number; Q: number[][]; R: number[][]; v: number[] }) => ({
      t: row.t,
      eg: row.eg,
      Q: row.Q,
      M: row.R,
      a: row.v,
    })),
  };
}

/** P*: Veiga et al., mean-field scaling. */
export function veigaProblem(name: string): {
  problem: ProblemInput;
  rows: { t: number; eg: number; Q: number[][]; M: number[][] }[];
} {
  const file = vectorFile(name);
  return {
    problem: {
      inputDimension: 1e6,
      studentWidth: file.p,
      teacherWidth: file.k,
      scaling: "mean-field",
      learningRate: file.gamma0,
      noiseVariance: file.noise,
      start: { kind: "state", state: { P: file.P, M: file.M0, Q: file.Q0 } },
    },
    rows: file.trajectory,
  };
}

/** Q*: Arnaboldi et al., squares, on the clock nu gamma / (p d). */
export function squareProblem(name: string): {
  problem: ProblemInput;
  rows: { t: number; eg: number; Q: number[][]; M: number[][] }[];
} {
  const file = vectorFile(name);
  const { p, k, gamma_over_p: rate } = file;
  return {
    problem: {
      inputDimension: 1e6,
      studentWidth: p,
      teacherWidth: k,
      activation: "quadratic",
      scaling: "mean-field",
      learningRate: rate * p,
      noiseVariance: file.noise_variance,
      start: { kind: "state", state: { P: file.P, M: file.M0, Q: file.Q0 } },
    },
    rows: file.trajectory.map((row: { t: number }) => ({ ...row, t: row.t / rate })),
  };
}

/** The library's names of theory.json's activations. */
export const activationOf = { erf: "erf", relu: "relu", quad: "quadratic", lin: "linear" } as const;

export interface TheoryState {
  T: number[][];
  M: number[][];
  Q: number[][];
  a: number[];
  at: number[];
  ns: number;
  nt: number;
  Delta: number;
}

/** A state of theory.json as a problem. */
export function theoryProblem(state: TheoryState, more: Partial<ProblemInput> = {}): ProblemInput {
  return {
    inputDimension: 1e6,
    studentWidth: state.Q.length,
    teacherWidth: state.T.length,
    scaling: { student: state.ns, teacher: state.nt },
    noiseVariance: state.Delta,
    start: { kind: "state", state: { P: state.T, M: state.M, Q: state.Q, a: state.a, aStar: state.at } },
    ...more,
  };
}
