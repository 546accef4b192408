/** A training stopped between two steps: all that it needs to go on. */
import { mismatch, pack, unpack } from "../container.js";
import type { NetworkRun } from "../wasm/classify/network-run.js";
import { Network } from "./network.js";
import type { Checked } from "./train-options.js";

const FILE = {
  magic: 0x54444753, // SGDT
  version: 1,
  name: "snapshot of a training",
  from: "the snapshot of what train() gives",
};

interface Header {
  readonly step: number;
  readonly lossSum: number;
  readonly lossFrom: number;
  readonly seed: number;
  readonly batch: number;
  readonly momentum: number;
  readonly weights: number;
}

export function takeSnapshot(run: NetworkRun, network: Network, { seed, batch, momentum }: Checked): Uint8Array {
  const weights = network.toBuffer();
  const velocities = momentum === 0 ? [] : run.weights(true).flatMap((layer) => [layer.weights, layer.biases]);
  const header: Header = { ...run.progress, seed, batch, momentum, weights: weights.length };
  return pack(FILE, header, weights, ...velocities);
}

/** Puts a run where the snapshot was taken. @throws SgdDynamicsError `snapshot-mismatch` where it is one of another run */
export function resume(run: NetworkRun, snapshot: Uint8Array, given: Network, checked: Checked): void {
  const { header, payload } = unpack(FILE, snapshot);
  const { step, lossSum, lossFrom, seed, batch, momentum, weights } = header as Header;
  const wrong = Object.entries({ seed, batch, momentum }).find(([name, value]) => checked[name as "seed"] !== value);
  if (wrong)
    throw mismatch(
      `This run had ${wrong[0]} ${wrong[1]} and goes on with ${checked[wrong[0] as "seed"]}; give the options it began with`,
    );
  const network = Network.from(payload.subarray(0, weights));
  const shapes = ({ layers }: Network) =>
    layers
      .map(({ kind, inputs, outputs, activation, stride = "" }) =>
        `${kind} ${inputs} ${outputs} ${activation} ${stride}`.trim(),
      )
      .join("; ");
  if (shapes(network) !== shapes(given))
    throw mismatch(`This run was of a network with layers ${shapes(network)}; given: ${shapes(given)}`);
  if (step > checked.total) throw mismatch(`This run is at step ${step}, beyond the ${checked.total} asked for`);
  run.setWeights(network.layers);
  if (momentum !== 0) {
    let at = weights;
    const take = (count: number) => {
      const from = at;
      at += 4 * count;
      return new Float32Array(payload.slice(from, at).buffer);
    };
    run.setWeights(
      network.layers.map((l) => ({ weights: take(l.weights.length), biases: take(l.biases.length) })),
      true,
    );
  }
  run.progress = { step, lossSum, lossFrom };
}
