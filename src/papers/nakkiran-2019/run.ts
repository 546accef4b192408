/** One seed of an experiment, and what is told of it. */
import {
  accuracy,
  type ComplexityCurve,
  type ComplexityPhases,
  complexityCurve,
  complexityPhases,
  type Evaluation,
  fitLinear,
  type Network,
  network,
  type TrainOptions,
  train,
} from "../../classify/index.js";
import { type PaperControl, runControl } from "../paper.js";
import { type Samples, samplesOf } from "./data.js";
import type { ClassificationExperiment, NetworkSpec, SimpleSpec, TrainingSpec } from "./experiments.js";

/** The network held against one simple classifier. */
export interface Comparison {
  readonly curve: ComplexityCurve;
  readonly phases: ComplexityPhases;
  /** Of the simple classifier, on the test set. */
  readonly accuracy: number;
  /** Its predictions there. */
  readonly predictions: Int32Array;
}

export interface Run {
  readonly samples: Samples;
  /** Evaluated steps: predictions and accuracies on "test". */
  readonly evaluations: readonly Evaluation[];
  /** Share of the training set that is right at the end. */
  readonly trainAccuracy: number;
  readonly comparisons: readonly Comparison[];
}

/** The start of a network for these samples. */
export function networkFor({ layers, activation, start, image }: NetworkSpec, features: number, seed: number) {
  const inputs = image ? { width: Math.sqrt(features) } : features;
  return network({ inputs, layers, activation, start, seed });
}

/** Trains a network. */
export async function trained(
  spec: NetworkSpec,
  training: TrainingSpec,
  { train: data, test }: Samples,
  seed: number,
  control: PaperControl,
  evaluate: TrainOptions["evaluate"] = { sets: { test } },
): Promise<{ readonly network: Network; readonly evaluations: readonly Evaluation[] }> {
  const net = await networkFor(spec, data.features, seed);
  return train(net, data, { ...training, seed, evaluate, ...runControl(control) });
}

/** The logistic regression, as predictions on the test set. */
export async function simplePredictions({ train: data, test }: Samples, spec: SimpleSpec, control: PaperControl) {
  const fit = await fitLinear(data, { ...spec, signal: control.signal });
  return fit.predict(test.x);
}

/** What the network's predictions on the way are beside those of a simple classifier. */
export function compared(evaluations: readonly Evaluation[], labels: Int32Array, predictions: Int32Array): Comparison {
  const curve = complexityCurve({
    steps: evaluations.map(({ step }) => step),
    predictions: evaluations.map((evaluation) => evaluation.predictions.test),
    labels,
    simple: predictions,
  });
  const right = predictions.reduce((sum, prediction, i) => sum + (prediction === labels[i] ? 1 : 0), 0);
  return { curve, phases: complexityPhases(curve), accuracy: right / labels.length, predictions };
}

/** One seed: of the task, of the network's start, of the order of samples. */
export async function runOf(experiment: ClassificationExperiment, seed: number, control: PaperControl): Promise<Run> {
  const samples = await samplesOf(experiment.task, seed, control);
  const { network: net, evaluations } = await trained(experiment.network, experiment.training, samples, seed, control);
  const comparisons: Comparison[] = [];
  for (const spec of experiment.simple)
    comparisons.push(compared(evaluations, samples.test.y, await simplePredictions(samples, spec, control)));
  return { samples, evaluations, trainAccuracy: await accuracy(net, samples.train), comparisons };
}

/** The numbers of the experiments' table; those of the second simple classifier end in 2, of the third in 3. */
export function metricsOf({ evaluations, trainAccuracy, comparisons }: Run): Record<string, number> {
  const end = evaluations[evaluations.length - 1];
  const metrics: Record<string, number> = { acc_end: end.accuracy.test, tr_end: trainAccuracy };
  for (const [i, { curve, phases, accuracy: own }] of comparisons.entries()) {
    const suffix = i === 0 ? "" : String(i + 1);
    const last = curve.points[curve.points.length - 1];
    metrics.I_end = last.mutualInformation;
    metrics[`I_L${suffix}`] = curve.simple;
    metrics[`accL${suffix}`] = own;
    metrics[`T0${suffix}`] = phases.T0;
    metrics[`ratioT0${suffix}`] = phases.ratio;
    metrics[`ret${suffix}`] = phases.retention;
    metrics[`C_end${suffix}`] = last.conditional;
    metrics[`maxmu${suffix}`] = phases.largest;
  }
  return metrics;
}
