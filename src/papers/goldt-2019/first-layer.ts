/** E1c, E1d and the first-layer rows of E.2: with the second layer fixed the final error grows with the width. */
import { asymptoticRisk, fixedPoint, integrate, type ProblemInput, simulate } from "../../index.js";
import { atLeast, atMost, type Finding, relative } from "../finding.js";
import { type PaperControl, part, runControl } from "../paper.js";
import { averageOf, inTurn, lateRisk } from "./runs.js";

/** eta Delta / (2 pi): what f counts. */
const unit = (eta: number, Delta: number) => (eta * Delta) / (2 * Math.PI);

const erf = { inputDimension: 1000, teacherWidth: 2, learningRate: 0.2, noiseVariance: 1e-4 } as const;
const UNIT = unit(erf.learningRate, erf.noiseVariance);

/** f(M, L, eta) of E.2, by linear response around the teacher, and the digits it is given to. */
const COEFFICIENTS = [
  { M: 1, L: 0, eta: 0.1, f: 0.591945, tolerance: 1e-6 },
  { M: 2, L: 0, eta: 0.2, f: 1.263508, tolerance: 1e-6 },
  { M: 2, L: 1, eta: 0.2, f: 2.517119, tolerance: 1e-6 },
  { M: 2, L: 2, eta: 0.05, f: 3.325505, tolerance: 1e-6 },
  { M: 2, L: 2, eta: 0.2, f: 3.970667, tolerance: 1e-6 },
  { M: 4, L: 0, eta: 0.2, f: 2.74815, tolerance: 1e-6 },
  { M: 4, L: 2, eta: 0.1, f: 5.01419, tolerance: 1e-6 },
  { M: 2, L: 2, eta: 0.01, f: 3.187, tolerance: 2e-4 },
];

/** (E3): f(1, 0, eta). */
function oneUnit(eta: number): number {
  const [square, mixed] = [3 * Math.sqrt(3) * eta * eta, 6 * Math.sqrt(5) * Math.PI * eta];
  return (Math.PI * (5 * Math.PI - Math.sqrt(15) * eta)) / (square - mixed + 5 * Math.sqrt(3) * Math.PI * Math.PI);
}

/** f at the specialised fixed point, label noise small enough for its first order. */
async function coefficient(M: number, L: number, eta: number, control: PaperControl): Promise<number> {
  const noiseVariance = 1e-8;
  const student = { inputDimension: 1e6, studentWidth: M + L, teacherWidth: M, learningRate: eta, noiseVariance };
  const { risk } = await fixedPoint(student, { near: "specialised", ...runControl(control) });
  return risk / unit(eta, noiseVariance);
}

export async function coefficients(control: PaperControl): Promise<Finding[]> {
  const table = await inTurn(part(control, 0, 0.7), COEFFICIENTS, async ({ M, L, eta, f, tolerance }, own) =>
    relative(`f(${M}, ${L}, ${eta})`, await coefficient(M, L, eta, own), f, tolerance),
  );
  const closed = await inTurn(part(control, 0.7, 0.3), [0.5, 1, 2], async (eta, own) =>
    relative(`f(1, 0, ${eta}) against (E3)`, await coefficient(1, 0, eta, own), oneUnit(eta), 1e-6),
  );
  return [...table, ...closed];
}

const SEEDS = [1, 2, 3, 4, 5];

/** f at t = 1e5 of ODEs from random starts, and (E2) with the lengths that the students have there. */
async function late(K: number, control: PaperControl): Promise<{ f: number[]; first: number[] }> {
  const problem: ProblemInput = { ...erf, inputDimension: 784, studentWidth: K };
  const runs = await inTurn(control, SEEDS, async (seed, own) => {
    const run = await integrate(problem, { until: 1e5, seed, save: { times: [1e5] }, ...runControl(own) });
    return { f: run.risk[0] / UNIT, first: (await asymptoticRisk(problem, run.state(0))) / UNIT };
  });
  return { f: runs.map(({ f }) => f), first: runs.map(({ first }) => first) };
}

export async function widths(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  const solved = { 2: 1.263508, 3: 2.517119 } as Record<number, number>;
  const ode = await inTurn(part(control, 0, 0.3), [2, 3, 4, 5, 6], late);
  ode.forEach(({ f, first }, i) => {
    const K = i + 2;
    if (K in solved) findings.push(relative(`f from random starts, K = ${K}, ODE to t = 1e5`, f[0], solved[K], 0.005));
    const ratios = f.map((value, s) => value / first[s]);
    findings.push(
      atLeast(`f over (E2) with the lengths of the time, K = ${K}, least of 5 starts`, Math.min(...ratios), 1),
    );
  });
  const means = ode.map(({ f }) => averageOf(f).mean);
  for (let i = 1; i < means.length; i++)
    findings.push(atLeast(`f(K = ${i + 2}), mean of 5 starts, above f(K = ${i + 1})`, means[i], means[i - 1]));
  // how far the pairs have come by then depends on the start
  findings.push(relative("f(K = 5), mean of 5 starts", means[3], 5.65, 0.1));
  findings.push(relative("f(K = 6), mean of 5 starts", means[4], 7.42, 0.1));

  for (const [i, K] of [2, 3].entries()) {
    const { mean } = await lateRisk(
      { ...erf, studentWidth: K },
      { from: 5000, until: 1e4, replicas: 4 },
      part(control, 0.3 + 0.35 * i, 0.35),
    );
    findings.push(relative(`f from random starts, K = ${K}, chains at d = 1000`, mean / UNIT, solved[K], 0.02));
  }
  return findings;
}

/** A pair of students (w, -w) beside two that are the teachers: |w|^2 / d = q. */
function withPair(q: number): ProblemInput {
  const Q = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, q, -q, 0, 0, -q, q];
  const state = { P: [1, 0, 0, 1], M: [1, 0, 0, 1, 0, 0, 0, 0], Q };
  return { ...erf, studentWidth: 4, start: { kind: "state", state } };
}

export async function pairs(control: PaperControl): Promise<Finding[]> {
  const [start, reached, length] = [0.01, 0.093, (q: { Q: Float64Array }) => q.Q[10]];
  const run = await integrate(withPair(start), {
    until: 1e6,
    save: { times: [1e3, 1e6] },
    events: [{ name: "as long as in E.2", value: (state) => length(state) - reached }],
    ...runControl(control),
  });
  const time = run.events[0]?.time ?? Number.NaN;
  return [
    atLeast("|w|²/d of a pair of extra students at t = 1e6, of 0.01 at first", length(run.state(-1)), reached),
    relative("f where |w|²/d = 0.093", Number.isNaN(time) ? time : run.at(time).risk / UNIT, 3.72, 0.002),
    atMost("f at t = 1e6, below that of t = 1e3", run.risk[1] / UNIT, run.risk[0] / UNIT),
  ];
}

export async function linear(control: PaperControl): Promise<Finding[]> {
  const K = 5;
  const [eta, Delta] = [0.1, 0.01];
  const at = (inputDimension: number): ProblemInput => ({
    inputDimension,
    studentWidth: K,
    teacherWidth: 2,
    activation: "linear",
    learningRate: eta,
    noiseVariance: Delta,
  });
  // the sum of K students is one with the rate K eta, whose mean square deviation obeys a linear recursion
  const exact = (d: number) => (eta * Delta * K) / (4 - (2 * eta * K * (d + 2)) / d);
  const findings = await inTurn(part(control, 0, 0.95), [20, 1000], async (d, own) => {
    const until = d === 20 ? 200_000 : 4000;
    const run = await simulate(at(d), {
      until,
      seed: 1,
      method: "chain",
      save: { count: until / 4, spacing: "linear" },
      ...runControl(own),
    });
    // memory 1 / (2 eta K) = 1: nothing is left of the start at t = 100
    const { mean } = averageOf(run.risk.filter((_, i) => run.time[i] > 100));
    const steps = (until * d).toExponential(0).replace("e+", "e");
    return relative(`final error, K = 5, d = ${d}, ${steps} steps`, mean, exact(d), 0.01);
  });
  const ode = await integrate(at(1000), { until: 1000, seed: 1, save: { times: [1000] } });
  control.onProgress?.(1);
  const limit = (eta * Delta * K) / (4 - 2 * eta * K);
  return [...findings, relative("the same by the ODE", ode.risk[0], limit, 1e-6)];
}

/** The row of E.2: measured there at eta = 0.1, Delta = 1e-4. */
const RELU = [
  { K: 2, measured: 2.71e-6 },
  { K: 3, measured: 4.25e-6 },
  { K: 4, measured: 5.92e-6 },
  { K: 6, measured: 9.7e-6 },
  { K: 8, measured: 14.35e-6 },
];

export async function relu(control: PaperControl): Promise<Finding[]> {
  const found = await inTurn(control, RELU, async ({ K, measured }, own) => {
    const problem: ProblemInput = { ...erf, activation: "relu", studentWidth: K, learningRate: 0.1 };
    const { risk } = await integrate(problem, { until: 1e4, seed: 1, save: { times: [1e4] }, ...runControl(own) });
    return [
      // three digits there, and splits of the teachers between students that depend on the start
      relative(`final error of ReLU students, K = ${K}, ODE from a random start`, risk[0], measured, 0.01),
      atLeast(`the same over (E2), K = ${K}`, risk[0] / ((0.1 * 1e-4 * K) / 8), 1),
    ];
  });
  return found.flat();
}
