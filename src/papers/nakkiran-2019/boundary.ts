/** Figure: the decision boundary as it evolves, from a line to the wave to the noise. */
import { discTask, fitLinear, type LinearFit, type Network, network, type Task, train } from "../../classify/index.js";
import type { HeatLine, HeatMap, HeatPanel } from "../../plot/index.js";
import { boundaryFrames } from "../boundary-frames.js";
import { linear } from "../grid.js";
import { type PaperControl, runControl } from "../paper.js";
import { discInterpolated } from "./experiments.js";

const SEED = 1;
/** Evaluated steps that are shown; ten are an epoch. */
const STEPS = [0, 6, 60, 600, 6000, 30_000];
/** Points on a side of a picture. */
const SIDE = 160;
const BOX = { x: [-1, 1], y: [-1, 1] } as const;

export async function boundaryFigure(control: PaperControl = {}): Promise<HeatMap> {
  const { train: count, noise } = discInterpolated.task;
  const { learningRate, batchSize } = discInterpolated.training;
  const task = await discTask({ train: count, noise, seed: SEED });
  const fit = await fitLinear(task.train, discInterpolated.simple[0]);
  const nets: Network[] = [];
  const start = await network({ inputs: 2, ...discInterpolated.network, seed: SEED });
  const { evaluations } = await train(start, task.train, {
    ...discInterpolated.training,
    seed: SEED,
    evaluate: {
      sets: { train: task.train, test: task.test },
      at: { steps: STEPS },
      onEvaluation: (_, now) => void nets.push(now()),
    },
    ...runControl(control),
  });
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const frames = boundaryFrames(BOX, SIDE, ["below", "above"], (x, y) => inDisc([x, y]));
  const panels: HeatPanel[] = [];
  for (const [i, net] of nets.entries()) {
    const { step, accuracy } = evaluations[i];
    const name = step === 0 ? "start" : `step ${step}`;
    panels.push(
      await frames.of(`${name}: train ${percent(accuracy.train)}, test ${percent(accuracy.test)}`, net, task.train),
    );
  }
  return {
    title: "A decision boundary as SGD goes on: first a line, then the wave, then the noise",
    subtitle: `${count} samples of the unit disc, ${percent(noise)} of labels flipped: ${[2, ...discInterpolated.network.layers].join("-")} ReLU network, learning rate ${learningRate}, batch ${batchSize}`,
    caption:
      "Frames of one training. Solid: the boundary of the labels without noise; dashed: logistic regression. The best possible accuracy on fresh labels is 90 %: at the end the network fits samples whose labels were flipped, and pays for each of them around it.",
    x: frames.x,
    y: frames.y,
    columns: 3,
    panels,
    lines: [waveOf(task), lineOf(fit)],
  };
}

const inDisc = ([x, y]: readonly [number, number]) => x * x + y * y <= 1;

/** Where the rule's label changes from below to above, at each x1. */
function waveOf(task: Task): HeatLine {
  const [across, upwards] = [linear(-1, 1, 161), linear(-1, 1, 801)];
  const labels = task.predict(Float32Array.from(across.flatMap((x) => upwards.flatMap((y) => [x, y]))));
  const points = across.map((x, i) => {
    const below = labels.subarray(i * upwards.length, (i + 1) * upwards.length).indexOf(1);
    return [x, (upwards[below - 1] + upwards[below]) / 2] as const;
  });
  return { label: "without noise", points: points.filter(inDisc) };
}

/** Where a linear classifier's field is 0. */
function lineOf({ weights: [u, v], bias: [b] }: LinearFit): HeatLine {
  const points = linear(-1, 1, 401).map((x) => [x, -(u * x + b) / v] as const);
  return { label: "logistic regression", dashed: true, points: points.filter(inDisc) };
}
