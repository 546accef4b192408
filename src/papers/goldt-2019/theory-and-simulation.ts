/** E1a, E1b: the ODE of the order parameters against simulation, chains and explicit weights. */
import { ensemble, integrate, type ProblemInput, simulate, type Trajectory } from "../../index.js";
import { type Finding, within } from "../finding.js";
import { type PaperControl, runControl } from "../paper.js";
import { exponentOf } from "../slope.js";
import { distance, inTurn } from "./runs.js";

const UNTIL = 100;
const student: Omit<ProblemInput, "inputDimension"> = {
  studentWidth: 3,
  teacherWidth: 2,
  activation: "erf",
  learningRate: 0.2,
  noiseVariance: 0.01,
};

/** The ODE, and the problem at any d whose runs start where it does. */
async function theory(): Promise<{ ode: Trajectory; at: (inputDimension: number) => ProblemInput; times: number[] }> {
  const ode = await integrate(
    { ...student, inputDimension: 1000 },
    { until: UNTIL, seed: 1, save: { count: 100, spacing: "linear" } },
  );
  const state = ode.state(0);
  const at = (inputDimension: number): ProblemInput => ({
    ...student,
    inputDimension,
    start: { kind: "state", state },
  });
  return { ode, at, times: Array.from(ode.time) };
}

export async function meanOfChains(control: PaperControl): Promise<Finding[]> {
  const { ode, at, times } = await theory();
  const dimensions = [250, 1000, 4000];
  const runs = await inTurn(control, dimensions, async (d, own) => {
    const replicas = d === 1000 ? 200 : 100;
    const many = await ensemble(at(d), {
      until: UNTIL,
      replicas,
      seed: 1,
      method: "chain",
      save: { times },
      keep: true,
      ...runControl(own),
    });
    const each = many.trajectories!.reduce((sum, run) => sum + distance(run, ode), 0) / replicas;
    return { each, mean: distance(many.mean, ode) };
  });
  return [
    within("sup-norm distance of the mean of 200 chains from the ODE, d = 1000", runs[1].mean, 0, 0.05),
    within("mean distance of a chain from the ODE, d = 1000", runs[1].each, 0, 0.05),
    // a hundred distances that scatter by a fifth: the exponent by 0.01
    within(
      "its power of d, d = 250 to 4000",
      exponentOf(
        dimensions,
        runs.map(({ each }) => each),
      ),
      -0.5,
      0.05,
    ),
  ];
}

export async function denseRun(control: PaperControl): Promise<Finding[]> {
  const { ode, at, times } = await theory();
  const run = await simulate(at(1000), {
    until: UNTIL,
    seed: 1,
    method: "dense",
    save: { times },
    ...runControl(control),
  });
  return [within("distance of a dense run from the ODE, d = 1000", distance(run, ode), 0, 0.1)];
}
