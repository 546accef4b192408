/** Training of networks by mini-batch SGD. */

import { SgdDynamicsError, shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkKeys, checkNumber, invalid } from "../options.js";
import { breather } from "../pace.js";
import { NetworkRun } from "../wasm/classify/network-run.js";
import { SampleSet } from "../wasm/classify/sample-set.js";
import { type Batches, batchesOf } from "./batches.js";
import { classifyCore } from "./engine.js";
import { checkedNetwork, type Network } from "./network.js";
import { inPieces, shareRight } from "./predict.js";
import { evaluationSteps, piecesOf, rateAt } from "./schedule.js";
import { resume } from "./snapshot.js";
import {
  type Checked,
  checkedTraining,
  type Evaluation,
  labelled,
  type TrainingData,
  type TrainingState,
  type TrainOptions,
} from "./train-options.js";
import { networkOf, type Outcome, type Training, trainingOf } from "./training.js";

/** A call of the core takes about so long. */
const CHUNK_MS = 5;
const PROGRESS_MS = 50;

/**
 * Trains a network by plain SGD, with momentum and L2 where asked for: v = m v + g, w -= learningRate v, g the gradient of the batch's mean loss + (l2/2)|w|^2.
 * The network that is given stays as it is. The result is a function of (network, data, options), bit for bit the same on every engine.
 * The cost is three multiply-adds in f32 for each weight of a dense layer (of a convolution: and output pixel) and each sample of a step; memory is that of the data, the weights, and
 * the activations of a batch.
 * @throws SgdDynamicsError `invalid-argument`, `invalid-data`, `snapshot-mismatch`, `out-of-memory`; a run that diverges, is aborted, or is given bad samples after its first step resolves with what it came to
 * @example
 * const { network: trained, evaluations } = await train(net, { x, y }, {
 *   learningRate: 0.05, batchSize: 32, epochs: 100, seed: 1, evaluate: { sets: { test } },
 * });
 */
export async function train(network: Network, data: TrainingData, options: TrainOptions): Promise<Training> {
  const given = checkedNetwork(network);
  const checked = checkedTraining(given, data, options);
  const core = await classifyCore();
  const plan = planOf(given, checked, options, (at) => evaluationSteps(core, at, checked.total, checked.perEpoch));
  const run = new NetworkRun(core, given.layers, checked.loss, {
    seed: checked.seed,
    batch: checked.batch,
    momentum: checked.momentum,
    weightDecay: checked.weightDecay,
    biasDecay: checked.biasDecay,
    changes: checked.records,
  });
  const open: { free(): void }[] = [run];
  try {
    if (options.from !== undefined) resume(run, options.from, given, checked);
    const batches = batchesOf(core, run, checked, given.outputs, given.inputs);
    open.push(batches);
    const sets = plan.sets.map(({ name, set }) => {
      const samples = new SampleSet(core, set.y.length, given.inputs, 0);
      open.push(samples);
      samples.write(0, set.x, set.y);
      return { name, samples };
    });
    const outcome = await trainingLoop(run, given, checked, options, plan, batches, sets);
    return trainingOf(run, given, checked, outcome);
  } finally {
    for (const each of open) each.free();
  }
}

interface Plan {
  /** Steps after which a loss is noted, in [1, total]. */
  readonly interval: number;
  readonly evaluations: ReadonlySet<number>;
  readonly pieces: ReturnType<typeof piecesOf>;
  /** Steps between two questions of the stop rule; 0 without one. */
  readonly checkEvery: number;
  readonly sets: readonly {
    readonly name: string;
    readonly set: { readonly x: Float32Array; readonly y: Int32Array };
  }[];
  /** The next step after `step` at which something is to be done. */
  next(step: number): number;
}

function planOf(network: Network, checked: Checked, options: TrainOptions, stepsAt: (at: unknown) => number[]): Plan {
  const { total, perEpoch, unit } = checked;
  const { evaluate, stop } = options;
  if (evaluate !== undefined) checkKeys("evaluate", evaluate, ["sets", "at", "onEvaluation"], "field");
  if (evaluate?.onEvaluation !== undefined && typeof evaluate.onEvaluation !== "function")
    invalid(`evaluate.onEvaluation is ${shown(evaluate.onEvaluation)}; allowed: a function.`);
  if (
    evaluate?.sets !== undefined &&
    (typeof evaluate.sets !== "object" || evaluate.sets === null || isList(evaluate.sets))
  )
    invalid(`evaluate.sets is ${shown(evaluate.sets)}; allowed: an object of data sets by name, as { test }.`);
  const sets = Object.entries(evaluate?.sets ?? {}).map(([name, set]) => ({
    name,
    set: labelled(network, `evaluate.sets.${name}`, set),
  }));
  if (stop !== undefined) checkKeys("stop", stop, ["accuracy", "every", "when"], "field");
  if (stop?.when !== undefined && typeof stop.when !== "function")
    invalid(`stop.when is ${shown(stop.when)}; allowed: a function.`);
  if (stop?.accuracy !== undefined)
    checkNumber("stop.accuracy", stop.accuracy, "a share from 0 to 1", (share) => share >= 0 && share <= 1);
  if (stop !== undefined && (perEpoch === undefined || (checked.data.kind === "set" && checked.data.targets)))
    invalid(
      "stop asks for the accuracy on a training set with labels; for other data let evaluate.onEvaluation return true.",
    );
  if (stop !== undefined && stop.accuracy === undefined && stop.when === undefined)
    invalid("stop says neither accuracy nor when, so nothing would end the run; give one of them.");
  const every = checkNumber(
    "stop.every",
    stop?.every ?? 1,
    "a whole number of epochs from 1",
    (n) => Number.isInteger(n) && n >= 1,
  );
  const interval = unit > 1 || perEpoch === unit ? unit : Math.max(1, Math.ceil(total / 1000));
  const checkEvery = stop === undefined ? 0 : every * perEpoch!;
  const pieces = piecesOf(options.learningRate, unit);
  const evaluations = evaluate === undefined ? [] : stepsAt(evaluate.at);
  const fixed = [...evaluations, ...pieces.map(({ step }) => step), total].sort((a, b) => a - b);
  const following = (step: number, period: number) => (period === 0 ? total : (Math.floor(step / period) + 1) * period);
  return {
    interval,
    evaluations: new Set(evaluations),
    pieces,
    checkEvery,
    sets,
    next: (step) =>
      Math.min(total, following(step, interval), following(step, checkEvery), fixed.find((at) => at > step) ?? total),
  };
}

type Sets = readonly { readonly name: string; readonly samples: SampleSet }[];

async function trainingLoop(
  run: NetworkRun,
  given: Network,
  checked: Checked,
  options: TrainOptions,
  plan: Plan,
  batches: Batches,
  sets: Sets,
): Promise<Outcome> {
  const { total, perEpoch } = checked;
  const { signal, onProgress, evaluate, stop } = options;
  const breathe = breather();
  const losses: [number, number][] = [];
  const evaluations: Evaluation[] = [];
  let trainingAccuracy: number | undefined;
  let status: Outcome["status"] = "completed";
  /** Since a loss was noted last; another total than that of the snapshot gone on from may have moved the marks. */
  const meanLoss = () => {
    const { step, lossSum, lossFrom } = run.progress;
    return step === lossFrom ? (losses.at(-1)?.[1] ?? Number.NaN) : lossSum / (step - lossFrom);
  };
  const now = (): TrainingState => {
    const { step } = run.progress;
    return { step, epoch: perEpoch === undefined ? Number.NaN : step / perEpoch, loss: meanLoss() };
  };

  /** Whether the listener ends the run. */
  const look = async (): Promise<boolean> => {
    const evaluation = await evaluated(run, sets, now(), breathe);
    evaluations.push(evaluation);
    return (await evaluate?.onEvaluation?.(evaluation, () => networkOf(run, given.layers))) === true;
  };

  /** What is due at this step; whether to end. */
  const settle = async (step: number, isStart: boolean): Promise<boolean> => {
    if (!isStart && (step % plan.interval === 0 || step === total)) {
      losses.push([step, meanLoss()]);
      run.progress = { step, lossSum: 0, lossFrom: step };
    }
    const isDue = plan.evaluations.has(step) && (!isStart || step === 0);
    if (isDue && (await look())) return true;
    if (stop === undefined || isStart || step % plan.checkEvery !== 0) return false;
    const { labels } = await inPieces(run.predictions(batches.set!), breathe);
    trainingAccuracy = shareRight(labels, batches.set!.labelsOf(0, labels.length));
    const reached = stop.accuracy !== undefined && trainingAccuracy >= stop.accuracy;
    const ends = reached || (await stop.when?.({ ...now(), accuracy: trainingAccuracy })) === true;
    // the end of the run, which no one could list
    if (ends && evaluate !== undefined && !isDue) await look();
    return ends;
  };

  let size = 1;
  let told = performance.now();
  let { step } = run.progress;
  const first = step;
  let error: SgdDynamicsError | undefined;
  if (await settle(step, true)) status = "stopped";
  while (status === "completed" && step < total) {
    if (signal?.aborted) {
      status = "aborted";
      break;
    }
    const mark = plan.next(step);
    run.rate = rateAt(plan.pieces, step);
    const before = performance.now();
    if (batches.isPrepared) {
      error = await badBatch(batches, step, step === first);
      if (error) {
        status = "failed";
        break;
      }
    }
    const asked = batches.isPrepared ? 1 : Math.min(size, mark - step);
    const done = run.steps(asked);
    const after = performance.now();
    // what a mark cut short says nothing of longer ones
    const fitting = (asked * CHUNK_MS) / Math.max(after - before, 0.01);
    size = Math.max(1, Math.round(Math.min(fitting, asked < size ? size : 4 * size)));
    step += done;
    if (done < asked) status = "diverged";
    else if (step === mark && (await settle(step, false))) status = "stopped";
    if (onProgress && after - told > PROGRESS_MS) {
      told = after;
      onProgress({ ...now(), fraction: step / total });
    }
    await breathe();
  }
  // the last steps, which no epoch would show
  if (status === "diverged" && step > run.progress.lossFrom) losses.push([step, meanLoss()]);
  return { status, losses, evaluations, trainingAccuracy, error };
}

/** What is wrong with the batch of a step; before the first there is no run to keep. What a caller's function throws by itself is the caller's. */
async function badBatch(batches: Batches, step: number, isFirst: boolean): Promise<SgdDynamicsError | undefined> {
  try {
    await batches.prepare(step);
    return undefined;
  } catch (error) {
    if (isFirst || !(error instanceof SgdDynamicsError)) throw error;
    return error;
  }
}

async function evaluated(
  run: NetworkRun,
  sets: Sets,
  state: TrainingState,
  breathe: () => Promise<void>,
): Promise<Evaluation> {
  const predictions: Record<string, Int32Array> = {};
  const accuracy: Record<string, number> = {};
  const loss: Record<string, number> = {};
  for (const { name, samples } of sets) {
    const { labels, loss: mean } = await inPieces(run.predictions(samples), breathe);
    predictions[name] = labels;
    accuracy[name] = shareRight(labels, samples.labelsOf(0, labels.length));
    loss[name] = mean;
  }
  return { step: state.step, epoch: state.epoch, predictions, accuracy, loss };
}
