/** What a training comes to. */
import type { SgdDynamicsError } from "../errors.js";
import type { Weights } from "../wasm/classify/layers.js";
import type { NetworkRun } from "../wasm/classify/network-run.js";
import { areFinite, Network } from "./network.js";
import { takeSnapshot } from "./snapshot.js";
import type { Checked, Evaluation } from "./train-options.js";

/**
 * completed; stopped by a rule or a listener; aborted by the signal; diverged: the loss left all bounds, and the network is as it was before that step, or its weights
 * did in the last one; failed: a sampler or a function of `augment` gave what cannot be trained on, after the first step.
 */
export type TrainingStatus = "completed" | "stopped" | "aborted" | "diverged" | "failed";

export interface Training {
  readonly status: TrainingStatus;
  /** Why it ended early, and what to try. */
  readonly message?: string;
  /** Of a run that failed: the code and the sentence. */
  readonly error?: SgdDynamicsError;
  /** The trained network; the one given is as it was. */
  readonly network: Network;
  readonly steps: number;
  /** NaN with a sampler. */
  readonly epochs: number;
  /**
   * Mean losses of the batches up to each of these steps from the one before: an epoch's, or of a thousandth of the steps of a run given in them; of a run that diverged
   * also of its last steps. Losses of a run that was aborted and of the one that goes on from it follow one another as if unbroken.
   */
  readonly loss: { readonly steps: Float64Array; readonly values: Float64Array };
  readonly evaluations: readonly Evaluation[];
  /** Share of the training set that was right when the stop rule last asked. */
  readonly trainingAccuracy?: number;
  /** To go on from with more epochs: `train(network, data, { ..., from: snapshot })`. */
  readonly snapshot: Uint8Array;
}

/** The network of a run as it is now. */
export function networkOf(run: NetworkRun, layers: readonly Weights[]): Network {
  const weights = run.weights();
  return new Network(layers.map((layer, l) => ({ ...layer, ...weights[l] })));
}

export interface Outcome {
  readonly status: TrainingStatus;
  readonly losses: readonly (readonly [step: number, loss: number])[];
  readonly evaluations: readonly Evaluation[];
  readonly trainingAccuracy: number | undefined;
  /** What made it fail. */
  readonly error: SgdDynamicsError | undefined;
}

const HELP = "a smaller learningRate or momentum, or inputs of size 1, may help.";
const messages: Partial<Record<TrainingStatus, (step: number) => string>> = {
  diverged: (step) =>
    `The loss of step ${step + 1} is beyond 1e12 or not a number, so the run ended after step ${step}; ${HELP}`,
  aborted: (step) => `The run was aborted after step ${step}.`,
};

export function trainingOf(run: NetworkRun, given: Network, checked: Checked, outcome: Outcome): Training {
  const { losses, evaluations, trainingAccuracy, error } = outcome;
  const { step } = run.progress;
  const network = networkOf(run, given.layers);
  // no loss was computed with the weights of the last step
  const isLost = outcome.status !== "diverged" && !network.layers.every(areFinite);
  const status = isLost ? "diverged" : outcome.status;
  const message = isLost
    ? `Step ${step} gave weights beyond what f32 holds; ${HELP}`
    : (error?.message ?? messages[status]?.(step));
  return {
    status,
    ...(message === undefined ? {} : { message }),
    ...(error === undefined ? {} : { error }),
    network,
    steps: step,
    epochs: checked.perEpoch === undefined ? Number.NaN : step / checked.perEpoch,
    loss: { steps: Float64Array.from(losses, ([at]) => at), values: Float64Array.from(losses, ([, loss]) => loss) },
    evaluations,
    ...(trainingAccuracy === undefined ? {} : { trainingAccuracy }),
    snapshot: takeSnapshot(run, network, checked),
  };
}
