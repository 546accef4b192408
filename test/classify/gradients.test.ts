// The gradient of every layer, activation and loss, against plain f64 back-propagation, which itself is compared with finite differences.
import { describe, expect, it } from "vitest";
import { loadClassifyCore } from "../../src/wasm/classify/core.js";
import { NetworkRun } from "../../src/wasm/classify/network-run.js";
import { SampleSet } from "../../src/wasm/classify/sample-set.js";

import {
  type Activation,
  type Batch,
  gradientOf,
  type Layer,
  type LossName,
  meanLoss,
} from "../support/network-reference.js";
import { SmallRandom } from "../support/random.js";

const core = await loadClassifyCore();

/** f32 weights and inputs, so that both programs have the same. */
function randomNetwork(
  random: SmallRandom,
  widths: number[],
  activation: Activation,
  last: Activation = "linear",
): Layer[] {
  return widths.slice(1).map((outputs, l) => {
    const inputs = widths[l];
    const draw = (n: number, scale: number) => Array.from({ length: n }, () => Math.fround(scale * random.normal()));
    return {
      inputs,
      outputs,
      activation: l === widths.length - 2 ? last : activation,
      weights: draw(inputs * outputs, 1 / Math.sqrt(inputs)),
      biases: draw(outputs, 0.5),
    };
  });
}

function randomBatch(random: SmallRandom, count: number, inputs: number, outputs: number, hasTargets: boolean): Batch {
  const numbers = (n: number) => Array.from({ length: n }, () => Math.fround(random.normal()));
  return {
    x: Array.from({ length: count }, () => numbers(inputs)),
    y: Array.from({ length: count }, () => Math.floor(random.uniform() * Math.max(2, outputs))),
    ...(hasTargets ? { targets: Array.from({ length: count }, () => numbers(outputs)) } : {}),
  };
}

/** The core's gradient: what a step at rate 0 leaves in the velocities, and the loss it found. */
function gradientByCore(layers: Layer[], loss: LossName, { x, y, targets }: Batch) {
  const f32 = layers.map((l) => ({
    kind: "dense" as const,
    ...l,
    weights: Float32Array.from(l.weights),
    biases: Float32Array.from(l.biases),
  }));
  const outputs = layers[layers.length - 1].outputs;
  const none = { weightDecay: 0, biasDecay: 0, changes: new Float64Array(0) };
  const run = new NetworkRun(core, f32, loss, { seed: 1, batch: x.length, momentum: 0.5, ...none });
  const set = new SampleSet(core, x.length, layers[0].inputs, targets ? outputs : 0);
  set.write(0, Float32Array.from(x.flat()), Int32Array.from(y), targets && Float32Array.from(targets.flat()));
  run.trainOn(set);
  run.rate = 0;
  expect(run.steps(1)).toBe(1);
  const result = { gradient: run.weights(true), loss: run.progress.lossSum };
  set.free();
  run.free();
  return result;
}

const largest = (values: ArrayLike<number>) => Array.from(values).reduce((max, v) => Math.max(max, Math.abs(v)), 0);

const cases: [string, number[], Activation, LossName, number, boolean?][] = [];
for (const activation of ["linear", "relu", "erf", "tanh"] as const) {
  cases.push([`${activation}, softmax`, [5, 9, 3], activation, "softmax", 7]);
  cases.push([`${activation}, logistic, deep`, [3, 8, 17, 6, 1], activation, "logistic", 10]);
  cases.push([`${activation}, squared to labels`, [2, 12, 2], activation, "squared", 16]);
}
cases.push(["squared to a sign", [4, 7, 1], "relu", "squared", 5]);
cases.push(["squared to targets", [4, 7, 11], "tanh", "squared", 9, true]);
cases.push(["one layer", [20, 10], "linear", "softmax", 33]);
cases.push(["one sample", [20, 24, 10], "relu", "softmax", 1]);

describe("gradients", () => {
  it.each(cases)("%s", (name, widths, activation, loss, count, hasTargets = false) => {
    const random = new SmallRandom(name.length * 1000 + widths.length);
    const layers = randomNetwork(random, widths, activation);
    const batch = randomBatch(random, count, widths[0], widths[widths.length - 1], hasTargets);
    const expected = gradientOf(layers, loss, batch);
    const { gradient, loss: value } = gradientByCore(layers, loss, batch);
    // sums of at most 33 products of f32 in each of at most 2 x 4 layers' passes: 300 roundings of 2^-24 of their size
    const tolerance = 300 * 2 ** -24;
    expect(Math.abs(value - meanLoss(layers, loss, batch))).toBeLessThan(tolerance * Math.max(1, value));
    expected.forEach(({ weights, biases }, l) => {
      const scale = Math.max(largest(weights), largest(biases));
      expect(scale).toBeGreaterThan(1e-3);
      weights.forEach((g, i) => expect(Math.abs(gradient[l].weights[i] - g)).toBeLessThan(tolerance * scale));
      biases.forEach((g, i) => expect(Math.abs(gradient[l].biases[i] - g)).toBeLessThan(tolerance * scale));
    });
  });

  it.each(cases)(
    "of the reference are slopes of its loss: %s",
    (name, widths, activation, loss, count, hasTargets = false) => {
      const random = new SmallRandom(name.length * 1000 + widths.length);
      const layers = randomNetwork(random, widths, activation);
      const batch = randomBatch(random, count, widths[0], widths[widths.length - 1], hasTargets);
      const gradient = gradientOf(layers, loss, batch);
      const h = 1e-5;
      layers.forEach(({ weights, biases }, l) => {
        for (const [values, slopes] of [
          [weights, gradient[l].weights],
          [biases, gradient[l].biases],
        ]) {
          for (let i = 0; i < values.length; i += 1 + Math.floor(values.length / 12)) {
            const at = values[i];
            values[i] = at + h;
            const above = meanLoss(layers, loss, batch);
            values[i] = at - h;
            const below = meanLoss(layers, loss, batch);
            values[i] = at;
            // h^2 times a third derivative, and 1e-15 / h of rounding; a kink of ReLU within h of a field has probability 1e-5 a field
            expect(Math.abs((above - below) / (2 * h) - slopes[i])).toBeLessThan(1e-8);
          }
        }
      });
    },
  );
});
