/** Finite training sets: mini-batch SGD, gradient descent and its flow on n samples, beside one-pass SGD. */
import {
  earlyStopping,
  ensemble,
  fixedPoint,
  type ProblemInput,
  type SampleOrder,
  simulate,
  type Trajectory,
} from "../../index.js";
import { atLeast, atMost, type Finding, within } from "../finding.js";
import { type PaperControl, part, runControl } from "../paper.js";
import { exponentOf } from "../slope.js";
import { linearFlow, linearFlowEnd } from "./linear-flow.js";
import { averageOf, inTurn } from "./runs.js";

const D = 100;
const DELTA = 0.5;

/** One linear student that starts at zero, learning rate 1. */
export function linearSet(samples: number, order: SampleOrder, batchSize?: number): ProblemInput {
  return {
    inputDimension: D,
    studentWidth: 1,
    teacherWidth: 1,
    activation: "linear",
    learningRate: 1,
    noiseVariance: DELTA,
    data: { samples, order },
    start: { kind: "random", scale: 0 },
    ...(batchSize ? { batchSize } : {}),
  };
}

/** Standard errors that a mean may be off: false alarms once in 16000. */
const SIGMA = 4;
const SETS = 60;

export async function flow(control: PaperControl): Promise<Finding[]> {
  const times = [0.3, 1, 3, 10, 30, 60];
  const found = await inTurn(control, [0.5, 2], async (alpha, own) => {
    const n = alpha * D;
    const many = await ensemble(linearSet(n, "gradient-flow"), {
      until: 60,
      replicas: SETS,
      seed: 1,
      save: { times },
      ...runControl(own),
    });
    const { mean, standardError } = many;
    const findings = times.map((t, i) => {
      const { risk } = linearFlow(alpha, DELTA, t);
      // the law is that of d -> infinity; its mean at d has corrections of order 1 / d
      const tolerance = SIGMA * standardError.risk[i] + 2 * (risk / D);
      return within(`excess risk of the flow, n/d = ${alpha}, t = ${t}`, mean.risk[i], risk, tolerance);
    });
    const end = linearFlowEnd(n, D, DELTA);
    const last = times.length - 1;
    findings.push(
      within(
        `its end, n/d = ${alpha}, d = ${D}`,
        mean.risk[last],
        end.risk,
        SIGMA * standardError.risk[last] + 1e-3 * end.risk,
      ),
      within(
        `empirical risk there, n/d = ${alpha}`,
        mean.empiricalRisk![last],
        end.empiricalRisk,
        SIGMA * standardError.empiricalRisk![last] + 1e-6,
      ),
    );
    return findings;
  });
  return found.flat();
}

export async function interpolation(control: PaperControl): Promise<Finding[]> {
  const runs = await inTurn(
    control,
    [linearSet(50, "gradient-flow"), linearSet(50, "reshuffle", 5), linearSet(50, "reshuffle", 1)],
    async (problem, own) => {
      const options = { until: 300, replicas: 20, seed: 1, save: { times: [300] }, keep: true };
      return (await ensemble(problem, { ...options, ...runControl(own) })).trajectories!;
    },
  );
  const [flows, batches, singles] = runs;
  const apart = (others: readonly Trajectory[]) =>
    Math.max(...others.map(({ risk }, r) => Math.abs(risk[0] - flows[r].risk[0])));
  const most = Math.max(...runs.flat().map(({ empiricalRisk }) => empiricalRisk![0]));
  return [
    atMost("largest empirical risk at the end, n = d/2, noisy labels", most, 1e-9),
    atMost("largest difference in risk between SGD's end (B = 5) and the flow's, 20 sets", apart(batches), 1e-6),
    atMost("the same, B = 1", apart(singles), 1e-6),
  ];
}

export async function smallSteps(control: PaperControl): Promise<Finding[]> {
  const until = 60;
  const times = Array.from({ length: 30 }, (_, i) => (until * (i + 1)) / 30);
  const student = { inputDimension: 50, studentWidth: 4, teacherWidth: 2, noiseVariance: 0.1 } as const;
  const run = (order: SampleOrder, learningRate: number, own: PaperControl) =>
    simulate(
      { ...student, learningRate, data: { samples: 100, order } },
      {
        until: until / learningRate,
        seed: 1,
        save: { times: times.map((t) => t / learningRate) },
        ...runControl(own),
      },
    );
  const limit = await run("gradient-flow", 1, part(control, 0, 0.2));
  const rates = [1, 0.5, 0.25];
  const errors = await inTurn(part(control, 0.2, 0.8), rates, async (rate, own) => {
    const { risk } = await run("full-batch", rate, own);
    return risk.reduce((most, value, i) => Math.max(most, Math.abs(value - limit.risk[i])), 0);
  });
  const rises = limit.empiricalRisk!.reduce(
    (most, value, i, all) => (i ? Math.max(most, value - all[i - 1]) : most),
    0,
  );
  return [
    within("power of γ in the distance of gradient descent from its flow", exponentOf(rates, errors), 1, 0.05),
    atMost("largest rise of the flow's empirical risk between saved times", rises, 1e-12),
  ];
}

/** Goldt's students on n samples, and without end of them. */
export const erfStudents = {
  inputDimension: 100,
  studentWidth: 4,
  teacherWidth: 2,
  activation: "erf",
  learningRate: 0.2,
  noiseVariance: 0.1,
} as const;

export async function overfitting(control: PaperControl): Promise<Finding[]> {
  const samples = 400;
  const replicas = 12;
  const until = 300;
  const save = { count: 40, spacing: "log" } as const;
  const [finite, online] = await inTurn(control, [{ samples }, "online"] as const, (data, own) =>
    ensemble({ ...erfStudents, data }, { until, replicas, seed: 1, save, keep: true, ...runControl(own) }),
  );
  const rise = averageOf(finite.trajectories!.map((run) => run.risk.at(-1)! - earlyStopping(run).risk));
  const fall = averageOf(
    finite.trajectories!.map((run) => earlyStopping(run).empiricalRisk! - run.empiricalRisk!.at(-1)!),
  );
  // one pass: no row is above an earlier one by more than the scatter of means
  const { mean, standardError } = online;
  const upward = mean.risk.map((risk, i) => {
    const least = mean.risk.subarray(0, i + 1).reduce((at, value, j, all) => (value < all[at] ? j : at), 0);
    return (risk - mean.risk[least]) / Math.max(standardError.risk[i], standardError.risk[least]);
  });
  const { risk: floor } = await fixedPoint(erfStudents, { near: "specialised" });
  return [
    atLeast("rise of the excess risk after early stopping, in standard errors", rise.mean / rise.standardError, SIGMA),
    atLeast("fall of the empirical risk from there on, in standard errors", fall.mean / fall.standardError, SIGMA),
    atMost("greatest rise of one-pass SGD's, in standard errors", Math.max(...upward), SIGMA * Math.SQRT2),
    atLeast("excess risk after 75 passes over one-pass SGD's floor", finite.mean.risk.at(-1)! / floor, 2),
  ];
}

export async function firstPass(control: PaperControl): Promise<Finding[]> {
  const samples = 200;
  const eta = 0.5;
  const end = samples / D;
  const problem = { ...linearSet(samples, "reshuffle"), learningRate: eta };
  const times = [0.5 * end, end, 5 * end];
  const { mean, standardError } = await ensemble(problem, {
    until: 5 * end,
    replicas: 200,
    seed: 1,
    save: { times },
    ...runControl(control),
  });
  // E.0: the exact mean of one pass, D = 1 at the start
  const onePass = (steps: number) => {
    let deviation = 1;
    const keep = 1 - (2 * eta) / D + (eta * eta * (D + 2)) / (D * D);
    for (let nu = 0; nu < steps; nu++) deviation = deviation * keep + (eta * eta * DELTA) / D;
    return deviation / 2;
  };
  return [
    ...[0, 1].map((i) => {
      const expected = onePass(times[i] * D);
      const name = `excess risk after ${i ? "the first pass" : "half a pass"}, n/d = ${end}`;
      return within(name, mean.risk[i], expected, SIGMA * standardError.risk[i]);
    }),
    atLeast(
      "excess risk after 5 passes above one-pass SGD's, in standard errors",
      (mean.risk[2] - onePass(times[2] * D)) / standardError.risk[2],
      SIGMA,
    ),
    atMost(
      "empirical risk after 5 passes over the population's of one-pass SGD",
      mean.empiricalRisk![2] / (onePass(times[2] * D) + DELTA / 2),
      1,
    ),
  ];
}
