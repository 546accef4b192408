/** Particles and order parameters are two ways to follow one flow. */
import { type ActivationName, meanField, type ProblemInput } from "../../index.js";
import { atMost, type Finding } from "../finding.js";
import { type PaperControl, runControl } from "../paper.js";
import { shared } from "../shares.js";

/** Four particles in R^12, two teachers that are not orthogonal, both layers trained. */
const set: ProblemInput = {
  inputDimension: 12,
  studentWidth: 4,
  teacherWidth: 2,
  scaling: "mean-field",
  secondLayer: { learningRate: 0.2 },
  start: { kind: "random", teacher: "gaussian", a: [1, -0.7, 0.5, 1.2], aStar: [1, -1] },
};

/** Largest difference of any order parameter at time 5, over some starts, at a relative tolerance of 1e-12 a step. */
export async function levelDifference(
  activation: ActivationName,
  { seeds = 5, until = 5 }: { readonly seeds?: number; readonly until?: number } = {},
  control: PaperControl = {},
): Promise<number> {
  let most = 0;
  const pieces = shared(control, new Array(2 * seeds).fill(1));
  for (let seed = 1; seed <= seeds; seed++) {
    const end = { until, save: { times: [until] }, seed, rtol: 1e-12 };
    const run = (representation: "particles" | "order-parameters", piece: PaperControl) =>
      meanField({ ...set, activation }, { ...end, representation, ...runControl(piece) });
    const particles = (await run("particles", pieces[2 * seed - 2])).state(0);
    const order = (await run("order-parameters", pieces[2 * seed - 1])).state(0);
    for (const name of ["M", "Q", "a"] as const)
      particles[name].forEach((x, at) => (most = Math.max(most, Math.abs(x - order[name][at]))));
  }
  return most;
}

export async function levelFindings(control: PaperControl): Promise<Finding[]> {
  const pieces = shared(control, [2, 1]);
  const findings: Finding[] = [];
  for (const [i, activation] of (["erf", "relu"] as const).entries()) {
    const difference = await levelDifference(activation, {}, pieces[i]);
    findings.push(atMost(`largest difference of M, Q, a at T = 5, ${activation}`, difference, 4e-12));
  }
  return findings;
}
