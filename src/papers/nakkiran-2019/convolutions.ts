/** Figure 5: a deep convolutional network held against shallower ones, the first five classes against the last five. */
import type { Finding } from "../finding.js";
import { type PaperControl, part } from "../paper.js";
import { shared } from "../shares.js";
import { samplesOf } from "./data.js";
import type { NetworkSpec, TaskSpec, TrainingSpec } from "./experiments.js";
import { leftInOrder } from "./inequalities.js";
import { type Comparison, compared, type Run, trained } from "./run.js";

/** CNN_k has k layers with weights, the last of them dense. Widths and depths are ours: the paper's are for colour images of 32 x 32 pixels and a ResNet of 18 layers. */
export interface ConvolutionExperiment {
  readonly name: string;
  readonly title: string;
  readonly task: TaskSpec;
  readonly network: NetworkSpec;
  readonly training: TrainingSpec;
  /** Trained to their end, with momentum. */
  readonly simple: readonly { readonly name: string; readonly network: NetworkSpec }[];
  readonly simpleTraining: TrainingSpec;
  /** Parts of the work: of each simple network, and of the deep one. */
  readonly costs: readonly number[];
  /** Seconds of one seed, on one core. */
  readonly seconds: number;
}

const pool = { kind: "max-pool" } as const;
const conv = (channels: number, stride = 1) => ({ kind: "convolution", channels, stride }) as const;

/**
 * @param stride of the first layer: 2 makes large images smaller at once
 * @param channels of CNN₄'s first layer: few where four layers could learn nearly all
 */
function networks(stride: number, channels: number) {
  const image = (...layers: NetworkSpec["layers"]): NetworkSpec => ({ layers: [...layers, 2], image: true });
  return {
    network: image(conv(16, stride), conv(16), pool, conv(32), conv(32), pool, conv(32), conv(32), 64),
    simple: [
      { name: "CNN₂", network: image(conv(4, 2)) },
      { name: "CNN₄", network: image(conv(channels, stride), pool, conv(2 * channels), pool, 4 * channels) },
      { name: "CNN₆", network: image(conv(16, stride), conv(16), pool, conv(32), conv(32), pool, 32) },
    ],
  };
}

export const convolutionsOnDigits: ConvolutionExperiment = {
  name: "CNN-digits",
  title: "Digits, 0–4 against 5–9",
  task: { kind: "digits", classes: "first-against-last" },
  ...networks(1, 4),
  training: { learningRate: 0.03, batchSize: 32, epochs: 50 },
  simpleTraining: { learningRate: { 0: 0.05, 15: 0.005 }, batchSize: 32, epochs: 20, momentum: 0.9 },
  costs: [0.3, 1, 2, 10],
  seconds: 8,
};

export const convolutionsOnFashion: ConvolutionExperiment = {
  name: "CNN-fashion-mnist",
  title: "Fashion-MNIST, classes 0–4 against 5–9",
  task: { kind: "fashion-mnist", classes: "first-against-last", train: 10_000, test: 4000 },
  ...networks(2, 8),
  training: { learningRate: 0.1, batchSize: 32, epochs: 8 },
  simpleTraining: { learningRate: { 0: 0.02, 5: 0.002 }, batchSize: 32, epochs: 6, momentum: 0.9 },
  costs: [1, 2, 4, 20],
  seconds: 60,
};

export async function convolutionRun(
  experiment: ConvolutionExperiment,
  seed: number,
  control: PaperControl,
): Promise<Run> {
  const { task, network, training, simple, simpleTraining, costs } = experiment;
  const samples = await samplesOf(task, seed, control);
  const { y } = samples.test;
  const controls = shared(control, costs);
  const predictions: Int32Array[] = [];
  // a start and an order of its own for each
  for (const [i, { network: spec }] of simple.entries()) {
    const at = { sets: { test: samples.test }, at: { epochs: [simpleTraining.epochs] } };
    const { evaluations } = await trained(spec, simpleTraining, samples, 100 * seed + i, controls[i], at);
    predictions.push(evaluations[0].predictions.test);
  }
  const { evaluations } = await trained(network, training, samples, seed, controls[simple.length]);
  const comparisons: Comparison[] = predictions.map((each) => compared(evaluations, y, each));
  return { samples, evaluations, comparisons, trainAccuracy: Number.NaN };
}

export async function convolutionsMeasured(
  experiment: ConvolutionExperiment,
  seeds: readonly number[],
  control: PaperControl,
): Promise<Finding[]> {
  const runs: Run[] = [];
  for (const [i, seed] of seeds.entries())
    runs.push(await convolutionRun(experiment, seed, part(control, i / seeds.length, 1 / seeds.length)));
  return leftInOrder(runs, experiment.simple.map(({ name }) => name).join(", "));
}
