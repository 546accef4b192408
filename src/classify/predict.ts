/** What a network says of samples. */
import { breather } from "../pace.js";
import { NetworkRun } from "../wasm/classify/network-run.js";
import { SampleSet } from "../wasm/classify/sample-set.js";
import type { Dataset, DatasetInput } from "./dataset.js";
import { classifyCore } from "./engine.js";
import { checkedNetwork, type Network } from "./network.js";
import { type Samples, sampleList } from "./sample-list.js";
import { labelled } from "./train-options.js";

/** Outputs of the last layer: n x outputs, row-major. @throws SgdDynamicsError `invalid-data`, `invalid-argument` */
export async function logits(network: Network, samples: Samples): Promise<Float32Array> {
  return onSamples(network, samples, (run, set) => run.outputs(set));
}

/** Predicted labels: the largest output, the first of equals; with one output 1 where it is positive. @throws as `logits` */
export async function predict(network: Network, samples: Samples): Promise<Int32Array> {
  return (await onSamples(network, samples, (run, set) => run.predictions(set))).labels;
}

/** Share of labels that are predicted, from 0 to 1. @throws as `logits`, and for labels outside the network's classes or of another number */
export async function accuracy(network: Network, data: Dataset | DatasetInput): Promise<number> {
  const { x, y } = labelled(checkedNetwork(network), "data", data);
  return shareRight(await predict(network, x), y);
}

export function shareRight(labels: Int32Array, y: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === y[i]) right++;
  return right / labels.length;
}

async function onSamples<T>(
  given: Network,
  samples: Samples,
  work: (run: NetworkRun, set: SampleSet) => Generator<void, T>,
): Promise<T> {
  const network = checkedNetwork(given);
  const { x, count } = sampleList(samples, network.inputs);
  const core = await classifyCore();
  const run = new NetworkRun(core, network.layers, network.outputs === 1 ? "logistic" : "softmax");
  try {
    const set = new SampleSet(core, count, network.inputs, 0);
    try {
      set.write(0, x, undefined);
      return await inPieces(work(run, set), breather());
    } finally {
      set.free();
    }
  } finally {
    run.free();
  }
}

/** Runs a generator to its end; between its pieces others run. */
export async function inPieces<T>(work: Generator<void, T>, breathe: () => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await breathe();
  }
}
