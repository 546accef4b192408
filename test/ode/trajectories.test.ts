import { describe, expect, it } from "vitest";
import { integrate, type ProblemInput, type Terms } from "../../src/index.js";
import {
  activationOf,
  nn2ppProblem,
  squareProblem,
  type TheoryState,
  theoryProblem,
  vectorFile,
  veigaProblem,
} from "./vectors.js";

interface Row {
  t: number;
  eg: number;
  Q: number[][];
  M: number[][];
  a?: number[];
}

const cases: { name: string; problem: ProblemInput; rows: Row[]; terms: Terms }[] = [
  ...[
    "N1_erf_K2M2_first_noiseless",
    "N2_erf_K4M2_first_noise",
    "N3_erf_K4M2_both_noise",
    "N5_lin_K4M2_first_noise",
  ].map((name) => ({
    name,
    terms: "full" as const,
    ...nn2ppProblem(name),
  })),
  { name: "P1_blue_kappa0_delta0", terms: "full", ...veigaProblem("P1_blue_kappa0_delta0") },
  { name: "Q1_square_p4k2_quadratic_noise", terms: "full", ...squareProblem("Q1_square_p4k2_quadratic_noise") },
  { name: "P2_green_kappa0_delta0.5", terms: "gradient-flow", ...veigaProblem("P2_green_kappa0_delta0.5") },
];

describe.each(cases)("$name, an independent integration to 1e-12", ({ problem, rows, terms }) => {
  it("is met to 1e-8 in the risk and every order parameter", async () => {
    const until = rows[rows.length - 1].t;
    const run = await integrate(problem, { until, save: { times: rows.map(({ t }) => t) }, rtol: 1e-10, terms });
    expect(run.status).toBe("completed");
    rows.forEach((row, i) => {
      const { M, Q, a } = run.state(i);
      expect(run.time[i]).toBe(row.t);
      expect(Math.abs(run.risk[i] - row.eg)).toBeLessThan(1e-8);
      row.M.flat().forEach((x, n) => expect(Math.abs(M[n] - x)).toBeLessThan(1e-8));
      row.Q.flat().forEach((x, n) => expect(Math.abs(Q[n] - x)).toBeLessThan(1e-8));
      row.a?.forEach((x, n) => expect(Math.abs(a[n] - x)).toBeLessThan(1e-8));
    });
  });

  it("is met through dense output alone, from a run that saves only its end", async () => {
    const until = rows[rows.length - 1].t;
    const run = await integrate(problem, { until, save: { times: [0, until] }, rtol: 1e-10, terms });
    for (const row of rows) expect(Math.abs(run.at(row.t).risk - row.eg)).toBeLessThan(1e-8);
  });
});

interface OdePoint {
  state: TheoryState;
  par: { eta: number; etaa: number; kap: number; kapa: number; B: number; act: keyof typeof activationOf; t: number[] };
  eps_g: number[];
  M_final: number[][];
  Q_final: number[][];
  a_final: number[];
}

describe("theory.json's ODE points (10 digits), decay, second layer and batches included", () => {
  const points = (vectorFile("theory").ode as OdePoint[]).map((point) => ({ point, act: point.par.act }));
  it.each(points)("$act, width $point.state.a", async ({ point }) => {
    const { state, par } = point;
    const problem = theoryProblem(state, {
      activation: activationOf[par.act],
      learningRate: par.eta,
      weightDecay: par.kap,
      batchSize: par.B,
      secondLayer: par.etaa > 0 ? { learningRate: par.etaa, weightDecay: par.kapa } : "fixed",
    });
    const run = await integrate(problem, { until: par.t[par.t.length - 1], save: { times: par.t }, rtol: 1e-11 });
    const end = run.state(-1);
    // 10 digits in the file: half a unit of the last is 5e-10 for numbers above 1
    point.eps_g.forEach((eps, i) => expect(Math.abs(run.risk[i] / eps - 1)).toBeLessThan(1e-9));
    point.M_final.flat().forEach((x, i) => expect(Math.abs(end.M[i] - x)).toBeLessThan(6e-10));
    point.Q_final.flat().forEach((x, i) => expect(Math.abs(end.Q[i] - x)).toBeLessThan(6e-10));
    point.a_final.forEach((x, i) => expect(Math.abs(end.a[i] - x)).toBeLessThan(6e-10));
  });
});
