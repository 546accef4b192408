// Convolutions and pooling: outputs against a plain f64 program, gradients against its finite differences.
import { describe, expect, it } from "vitest";
import { type LayerInput, logits, Network, type NetworkOptions, network, train } from "../../src/classify/index.js";
import { loadClassifyCore } from "../../src/wasm/classify/core.js";
import { NetworkRun } from "../../src/wasm/classify/network-run.js";
import { SampleSet } from "../../src/wasm/classify/sample-set.js";
import { expectError } from "../support/errors.js";
import { fieldsOf, meanLossOf } from "../support/image-reference.js";
import type { LossName } from "../support/network-reference.js";
import { SmallRandom } from "../support/random.js";

const core = await loadClassifyCore();
const conv = (channels: number, rest: object = {}): LayerInput => ({ kind: "convolution", channels, ...rest });
const pool: LayerInput = { kind: "max-pool" };

const cases: [string, Omit<NetworkOptions, "seed" | "start">, LossName, number][] = [
  ["one convolution", { inputs: { width: 5, height: 4 }, layers: [conv(3), 2] }, "softmax", 5],
  [
    "channels, pooling, stride",
    { inputs: { width: 5, height: 6, channels: 2 }, layers: [conv(5), pool, conv(9, { stride: 2 }), 7, 3] },
    "softmax",
    6,
  ],
  [
    "odd sizes, eight channels and more",
    { inputs: { width: 7, height: 5, channels: 3 }, layers: [conv(8), conv(16), pool, conv(11), 4] },
    "squared",
    8,
  ],
  [
    "curved",
    {
      inputs: { width: 4, channels: 1 },
      layers: [conv(8, { stride: 2 }), conv(3, { activation: "erf" }), 1],
      activation: "tanh",
    },
    "logistic",
    9,
  ],
  ["many input channels", { inputs: { width: 3, channels: 9 }, layers: [conv(10), pool, 2] }, "softmax", 3],
  [
    "pooling of curves",
    {
      inputs: { width: 6, height: 5, channels: 2 },
      layers: [
        conv(6, { activation: "erf" }),
        pool,
        conv(9, { activation: "tanh" }),
        pool,
        conv(4, { stride: 2 }),
        5,
        3,
      ],
      activation: "linear",
    },
    "softmax",
    6,
  ],
  ["pooling last", { inputs: { width: 5, channels: 1 }, layers: [conv(6), pool, pool, 3] }, "softmax", 17],
];

async function setUp(name: string, options: Omit<NetworkOptions, "seed" | "start">, count: number) {
  const net = await network({ ...options, start: "torch", seed: name.length });
  const random = new SmallRandom(name.length);
  const rows = Array.from({ length: count }, () => Float32Array.from({ length: net.inputs }, () => random.normal()));
  const y = Int32Array.from({ length: count }, () => Math.floor(random.uniform() * net.classes));
  const parameters = net.layers.map((l) => ({ weights: Array.from(l.weights), biases: Array.from(l.biases) }));
  return { net, rows, y, x: Float32Array.from(rows.flatMap((row) => [...row])), parameters };
}

describe("networks on images", () => {
  it.each(cases)("give the plain program's outputs: %s", async (name, options, _, count) => {
    const { net, rows, x, parameters } = await setUp(name, options, count + 20);
    const out = await logits(net, x);
    // at most 150 products a sum, in four layers, of sizes below 4
    rows
      .flatMap((row) => fieldsOf(net.layers, parameters, row))
      .forEach((z, i) => expect(Math.abs(out[i] - z)).toBeLessThan(2e-5));
  });

  it.each(cases)("have the gradients of finite differences: %s", async (name, options, loss, count) => {
    const { net, rows, y, x, parameters } = await setUp(name, options, count);
    const none = { weightDecay: 0, biasDecay: 0, changes: new Float64Array(0) };
    const run = new NetworkRun(core, net.layers, loss, { seed: 1, batch: count, momentum: 0.5, ...none });
    const set = new SampleSet(core, count, net.inputs, 0);
    set.write(0, x, y);
    run.trainOn(set);
    run.rate = 0;
    expect(run.steps(1)).toBe(1);
    const gradient = run.weights(true);
    const lossAt = () => meanLossOf(net.layers, parameters, loss, rows, y);
    expect(run.progress.lossSum).toBeCloseTo(lossAt(), 5);
    set.free();
    run.free();
    const h = 1e-6;
    parameters.forEach((layer, l) => {
      for (const part of ["weights", "biases"] as const) {
        const values = layer[part];
        for (let i = 0; i < values.length; i += 1 + Math.floor(values.length / 40)) {
          const at = values[i];
          values[i] = at + h;
          const above = lossAt();
          values[i] = at - h;
          const below = lossAt();
          values[i] = at;
          // 1e-15 / h of rounding in the difference; roundings of f32 as in the outputs
          expect(Math.abs((above - below) / (2 * h) - gradient[l][part][i])).toBeLessThan(2e-6);
        }
      }
    });
  });

  it("learn, and are stored and resumed", async () => {
    // which of two places a bright pixel is to the left of another
    const random = new SmallRandom(3);
    const sample = () => {
      const image = new Float32Array(64);
      const [column, row] = [1 + Math.floor(6 * random.uniform()), Math.floor(8 * random.uniform())];
      const label = random.uniform() < 0.5 ? 1 : 0;
      image[8 * row + column] = 1;
      image[8 * row + column + (label ? 1 : -1)] = 0.5;
      return { image, label };
    };
    const draws = Array.from({ length: 600 }, sample);
    const data = { x: draws.map(({ image }) => image), y: draws.map(({ label }) => label) };
    const net = await network({ inputs: { width: 8 }, layers: [conv(8), pool, conv(8), pool, 16, 2], seed: 1 });
    const options = { learningRate: 0.1, batchSize: 20, seed: 2, momentum: 0.5 };
    const whole = await train(net, data, {
      ...options,
      steps: 240,
      evaluate: { sets: { data }, at: { steps: [240] } },
    });
    expect(whole.evaluations[0].accuracy.data).toBeGreaterThan(0.98);
    const half = await train(Network.from(net.toBuffer()), data, { ...options, steps: 100 });
    const rest = await train(net, data, { ...options, steps: 240, from: half.snapshot });
    expect(rest.network.layers).toEqual(whole.network.layers);
    expect(Network.from(rest.network.toBuffer()).layers).toEqual(whole.network.layers);
  });

  it("say what is wrong with their shapes", async () => {
    const make = (inputs: NetworkOptions["inputs"], layers: LayerInput[]) => () => network({ inputs, layers, seed: 1 });
    await expectError(make(9, [conv(3), 2]), "invalid-argument", /not an image.*width/);
    await expectError(make({ width: 4 }, [5, conv(3), 2]), "invalid-argument", /not an image/);
    await expectError(make({ width: 4 }, [conv(3)]), "invalid-argument", /last layer/);
    await expectError(
      make({ width: 4 }, [conv(3, { stride: 3 }), 2]),
      "invalid-argument",
      /stride is 3; allowed: 1 or 2/,
    );
    await expectError(make({ width: 4 }, [pool, 2]), "invalid-argument", /first layer is a max-pool/);
    await expectError(make({ width: 3 }, [conv(2), pool, pool, 2]), "invalid-argument", /1 x 1/);
  });
});
