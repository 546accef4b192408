// Training on both targets of the core, bit for bit: nothing in the optimised one was assumed that does not hold.
import { expect, it } from "vitest";
import { network } from "../../src/classify/index.js";
import type { ClassifyCore, ClassifyKernels } from "../../src/wasm/classify/core.js";
import type { Weights } from "../../src/wasm/classify/layers.js";
import { NetworkRun } from "../../src/wasm/classify/network-run.js";
import { SampleSet } from "../../src/wasm/classify/sample-set.js";
import { loadCore, type Target } from "../support/core.js";
import { SmallRandom } from "../support/random.js";

/** The part of the core for classifiers from the binary of tests. */
function coreOf(target: Target): ClassifyCore {
  const { exports, memory } = loadCore(target);
  const kernels = { ...exports, memory } as unknown as ClassifyKernels;
  const text = (name: string) => {
    // AssemblyScript's strings: UTF-16, their bytes counted in the word before
    const address = exports[name]();
    const bytes = new Uint32Array(memory.buffer, address - 4, 1)[0];
    return new TextDecoder("utf-16le").decode(new Uint8Array(memory.buffer, address, bytes));
  };
  const fields = (block: string) =>
    new Map(
      text(`${block}Fields`)
        .split(" ")
        .map((name, i) => [name, i]),
    );
  return { kernels, fields } as unknown as ClassifyCore;
}

const nets = {
  dense: await network({
    inputs: 10,
    layers: [13, { outputs: 9, activation: "erf" }, 3],
    activation: "tanh",
    start: "torch",
    seed: 2,
  }),
  images: await network({
    inputs: { width: 5, height: 2 },
    layers: [
      { kind: "convolution", channels: 9 },
      { kind: "max-pool" },
      { kind: "convolution", channels: 3, stride: 2 },
      1,
    ],
    seed: 3,
  }),
};

it.each(["dense", "images"] as const)("%s", (name) => {
  const results = (["release", "debug"] as const).map((target) => {
    const core = coreOf(target);
    const layers: readonly Weights[] = nets[name].layers;
    const run = new NetworkRun(core, layers, name === "dense" ? "softmax" : "logistic", {
      seed: 4,
      batch: 7,
      momentum: 0.9,
      weightDecay: 0.01,
      biasDecay: 0,
      changes: Float64Array.of(1, 0.1, 0, 0, 0, 2, 3, 0, 0, 0),
    });
    const random = new SmallRandom(5);
    const set = new SampleSet(core, 40, 10, 0);
    set.write(
      0,
      Float32Array.from({ length: 400 }, () => random.normal()),
      Int32Array.from({ length: 40 }, () => Math.floor(2 * random.uniform())),
    );
    run.trainOn(set);
    run.rate = 0.05;
    expect(run.steps(12)).toBe(12);
    const work = run.outputs(set);
    let piece = work.next();
    while (!piece.done) piece = work.next();
    return { weights: run.weights(), outputs: piece.value, progress: run.progress };
  });
  expect(results[0]).toEqual(results[1]);
  expect(results[0].outputs.every(Number.isFinite)).toBe(true);
});
