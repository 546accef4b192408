// What classifiers say of bad input: a code, what was given, what is allowed.
import { describe, expect, it } from "vitest";
import { accuracy, dataset, Network, network, predict, shift2d, train, zeroOut } from "../../src/classify/index.js";
import { expectError } from "../support/errors.js";

const net = await network({ inputs: 2, layers: [4, 3], seed: 1 });
const data = {
  x: [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  y: [0, 1, 2, 1],
};
const options = { learningRate: 0.1, batchSize: 2, epochs: 1, seed: 1 };
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const wrong = (value: unknown) => value as any;

describe("bad data", () => {
  it.each([
    [
      "ragged rows",
      () => train(net, { ...data, x: [[0, 1], [1], [1, 1], [0, 0]] }, options),
      /row 1 has 1 numbers and the others have 2/,
    ],
    [
      "a label outside",
      () => train(net, { ...data, y: [0, 1, 3, 1] }, options),
      /data\.y\[2\] is 3; allowed: .* 0 to 2, as there are 3 classes/,
    ],
    ["a label that is no number", () => train(net, { ...data, y: wrong([0, 1, "cat", 1]) }, options), /"cat"/],
    [
      "labels -1 and 1",
      () => dataset({ ...data, y: [-1, 1, 1, -1] }),
      /is -1; allowed: .* 0 and 1 where there are two/,
    ],
    ["a fractional label", () => dataset({ ...data, y: [0, 1.5, 1, 0] }), /1\.5/],
    [
      "a pixel that is not finite",
      () =>
        train(
          net,
          {
            ...data,
            x: [
              [0, 1],
              [1, Number.NaN],
              [1, 1],
              [0, 0],
            ],
          },
          options,
        ),
      /NaN at feature 1 of sample 1/,
    ],
    [
      "a pixel beyond f32",
      () =>
        dataset({
          ...data,
          x: [
            [0, 1],
            [1, 1e39],
            [1, 1],
            [0, 0],
          ],
        }),
      /Infinity at feature 1/,
    ],
    ["another number of samples", () => dataset({ ...data, y: [0, 1, 1] }), /there are 3 labels/],
    ["another number of features", () => predict(net, [[1, 2, 3]]), /row 0 has 3 numbers and the others have 2/],
    ["labels of another number", () => accuracy(net, { x: data.x, y: [0, 1] }), /there are 2 labels/],
    ["a label outside, for accuracy", () => accuracy(net, { x: data.x, y: [0, 1, 3, 0] }), /data\.y\[2\] is 3/],
    ["no labels for accuracy", () => accuracy(net, wrong({ x: data.x })), /data\.y is undefined/],
    ["no labels", () => dataset({ x: [], y: [] }), /empty/],
    ["an empty class", () => dataset({ ...data, y: [0, 2, 2, 0] }, { everyClass: true }), /no label 1/],
    [
      "a class of the network without samples",
      () => train(net, { ...data, y: [0, 1, 1, 0] }, options),
      /no label 2 among its 4.*tells 3 classes apart; .*emptyClasses: "accept"/,
    ],
    ["more classes than outputs", () => train(net, { ...data, classes: 5 }, options), /tells 3 apart/],
    ["targets of another size", () => train(net, { x: data.x, targets: [1, 2] }, options), /4 x 3 finite numbers/],
    [
      "what a sampler gives",
      () =>
        train(net, { sample: () => ({ x: new Float32Array(2), y: [0] }) }, { ...options, epochs: undefined, steps: 1 }),
      /sampler/,
    ],
    ...[0, 1, 3].map((labels): [string, () => Promise<unknown>, RegExp] => [
      `${labels} labels of a sampler for two samples`,
      () =>
        train(
          net,
          { sample: () => ({ x: new Float32Array(4), y: new Int32Array(labels) }) },
          { ...options, epochs: undefined, steps: 1 },
        ),
      labels === 0 ? /sampler is empty/ : /labels at step 0; allowed: 2/,
    ]),
    [
      "nothing from a sampler",
      () => train(net, { sample: () => wrong(undefined) }, { ...options, epochs: undefined, steps: 1 }),
      /The sampler gave undefined at step 0/,
    ],
    [
      "what augmentation gives",
      () => train(net, data, { ...options, augment: (x) => void x.fill(Number.NaN) }),
      /augment gave NaN/,
    ],
  ])("%s", (_, action, sentence) => expectError(async () => action(), "invalid-data", sentence));
});

describe("bad arguments", () => {
  it.each([
    ["an unknown option", () => train(net, data, wrong({ ...options, learningrate: 1 })), /learningrate.*learningRate/],
    ["no width", () => network({ inputs: 2, layers: [], seed: 1 }), /layers/],
    ["no seed", () => network({ inputs: 2, layers: [2] }), /seed is required/],
    [
      "an unknown activation",
      () => network({ inputs: 2, layers: [3, 2], activation: wrong("selu"), seed: 1 }),
      /"selu"; allowed: "linear", "relu"/,
    ],
    [
      "an activation at the end",
      () => network({ inputs: 2, layers: [{ outputs: 2, activation: "relu" }], seed: 1 }),
      /last layer/,
    ],
    [
      "weights of another shape",
      () =>
        network({
          inputs: 2,
          layers: [
            {
              outputs: 2,
              weights: [
                [1, 2, 3],
                [4, 5, 6],
              ],
            },
          ],
        }),
      /2 x 2/,
    ],
    ["a network of another kind", () => predict(wrong({ layers: [] }), [[1, 2]]), /network\(\)/],
    [
      "weights that were spoilt",
      () => {
        const spoilt = net.copy();
        spoilt.layers[0].weights[0] = Number.NaN;
        return predict(spoilt, [[1, 2]]);
      },
      /not finite/,
    ],
    [
      "a batch beyond the set",
      () => train(net, data, { ...options, batchSize: 5 }),
      /batchSize is 5 and there are 4 samples/,
    ],
    ["epochs and steps", () => train(net, data, { ...options, steps: 3 }), /either epochs or steps/],
    ["a rate below 0", () => train(net, data, { ...options, learningRate: -1 }), /learningRate is -1/],
    [
      "a schedule without a beginning",
      () => train(net, data, { ...options, learningRate: { 3: 0.1 } }),
      /one of which is 0/,
    ],
    ["an unknown field of l2", () => train(net, data, { ...options, l2: wrong({ weight: 1 }) }), /no field "weight"/],
    ["l2 of nothing", () => train(net, data, { ...options, l2: wrong("much") }), /l2 is "much"/],
    ["L2 below 0", () => train(net, data, { ...options, l2: { biases: -1 } }), /l2\.biases is -1/],
    [
      "two kinds of evaluation times",
      () => train(net, data, { ...options, evaluate: { at: wrong({ steps: [1], epochs: [1] }) } }),
      /one of \{ count \}, \{ steps \} and \{ epochs \}/,
    ],
    [
      "a stop rule that says nothing",
      () => train(net, data, { ...options, stop: { every: 2 } }),
      /neither accuracy nor/,
    ],
    ["momentum 1", () => train(net, data, { ...options, momentum: 1 }), /below 1/],
    ["a loss for one output", () => train(net, data, { ...options, loss: "logistic" }), /3 outputs/],
    [
      "images of another size",
      () => train(net, data, { ...options, augment: shift2d({ width: 3 }) }),
      /images of 9 numbers; the samples have 2/,
    ],
    [
      "more zeros than numbers",
      () => train(net, data, { ...options, augment: zeroOut({ count: 3 }) }),
      /augment\[0\] sets 3 numbers of a sample to zero; allowed: up to 2/,
    ],
    [
      "a change as experiments have it",
      () => train(net, data, { ...options, augment: wrong({ kind: "zeroOut", count: 1 }) }),
      /allowed: shift2d\(\), gaussianNoise\(\), zeroOut\(\) or a function/,
    ],
    [
      "a built-in change after a function",
      () => train(net, data, { ...options, augment: [() => undefined, zeroOut({ count: 1 })] }),
      /functions come last/,
    ],
    [
      "an evaluation beyond the end",
      () => train(net, data, { ...options, evaluate: { at: { steps: [3] } } }),
      /0 to 2/,
    ],
    [
      "a stop rule for a sampler",
      () => train(net, { sample: () => wrong(0) }, { ...options, epochs: undefined, steps: 1, stop: {} }),
      /training set/,
    ],
  ])("%s", (_, action, sentence) => expectError(async () => action(), "invalid-argument", sentence));

  it("a snapshot of another run", async () => {
    const { snapshot } = await train(net, data, options);
    await expectError(() => train(net, data, { ...options, seed: 2, from: snapshot }), "snapshot-mismatch", /seed 1/);
    const other = await network({ inputs: 2, layers: [5, 3], seed: 1 });
    await expectError(() => train(other, data, { ...options, from: snapshot }), "snapshot-mismatch", /dense 2 4 relu/);
    await expectError(() => Network.from(snapshot), "snapshot-mismatch", /not a network/);
    await expectError(() => Network.from(net.toBuffer().subarray(0, 60)), "snapshot-mismatch", /size/);
  });
});

describe("bad samples on the way", () => {
  const rows = { x: [0, 1, 1, 0], y: [0, 2] };
  const sampled = { ...options, epochs: undefined, steps: 6, batchSize: 2, evaluate: { at: { steps: [2, 6] } } };

  it("end a run that keeps what it came to, and can go on", async () => {
    const sample = (_: number, step: number) => (step === 4 ? { ...rows, y: [0, 3] } : rows);
    const run = await train(net, { sample }, sampled);
    expect([run.status, run.steps, run.error?.code]).toEqual(["failed", 4, "invalid-data"]);
    expect(run.message).toMatch(/y of the sampler\[1\] is 3; allowed: .* 0 to 2/);
    expect(run.evaluations.map(({ step }) => step)).toEqual([2]);
    const whole = await train(net, { sample: () => rows }, sampled);
    const mended = await train(net, { sample: () => rows }, { ...sampled, from: run.snapshot });
    expect(mended.network.toBuffer()).toEqual(whole.network.toBuffer());
    expect(mended.error).toBeUndefined();
  });

  it("are an error before the first step; what a function throws by itself is its caller's", async () => {
    const bad = { ...rows, y: [0, 3] };
    await expectError(() => train(net, { sample: () => bad }, sampled), "invalid-data", /is 3; allowed/);
    const sample = (_: number, step: number) => {
      if (step === 4) throw new RangeError("no more");
      return rows;
    };
    await expect(train(net, { sample }, sampled)).rejects.toThrow(RangeError);
  });

  it("accepts an empty class that is meant", async () => {
    const { status } = await train(net, { ...data, y: [0, 1, 1, 0] }, { ...options, emptyClasses: "accept" });
    expect(status).toBe("completed");
  });
});
