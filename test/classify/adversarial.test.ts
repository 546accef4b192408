// Starts that fit random labels: what they come to, recomputed from the pieces; and the recipes.
import { beforeAll, describe, expect, it } from "vitest";
import {
  type AdversarialInit,
  adversarialInit,
  network,
  predict,
  randomLabels,
  recipes,
  replicate,
  shift2d,
  teacherTask,
  train,
} from "../../src/classify/index.js";
import { expectError } from "../support/errors.js";

const { train: data } = await teacherTask({ inputs: 8, units: 3, train: 40, test: 1, seed: 3 });
const net = await network({ inputs: 8, layers: [64, 64, 2], start: "torch", seed: 3 });
const options = { copies: 3, zero: 0.2, learningRate: 0.1, batchSize: 10, epochs: 2000, accuracy: 0.9, seed: 3 };

describe("adversarialInit", () => {
  let start: AdversarialInit;
  let before: Uint8Array;

  beforeAll(async () => {
    before = net.toBuffer();
    start = await adversarialInit(data, net, options);
  });

  it("is plain training on copies with random labels, to the accuracy asked for", async () => {
    expect(start.status).toBe("fitted");
    expect(start.message).toBeUndefined();
    const copies = replicate(data, { copies: 3, zero: { count: 2 }, seed: 3 });
    expect(start.data).toEqual(randomLabels(copies, 3));
    expect(start.data.y.length).toBe(120);
    const { learningRate, batchSize, epochs, seed } = options;
    const plain = { learningRate, batchSize, epochs, seed };
    const again = await train(net, start.data, { ...plain, stop: { accuracy: 0.9, every: 1 } });
    expect(start.network.toBuffer()).toEqual(again.network.toBuffer());
    expect(start.training.epochs).toBe(again.epochs);
    // not earlier: an epoch before, fewer were right
    const { network: previous } = await train(net, start.data, { ...plain, epochs: again.epochs - 1 });
    const right = async (of: typeof net) => {
      const labels = await predict(of, start.data.x);
      return labels.filter((label, i) => label === start.data.y[i]).length / 120;
    };
    expect(start.accuracy).toBe(await right(start.network));
    expect(start.accuracy).toBeGreaterThanOrEqual(0.9);
    expect(await right(previous)).toBeLessThan(0.9);
  });

  it("tells the norm of the weights, which has grown, and leaves the network given as it is", () => {
    const squares = start.network.layers.flatMap(({ weights }) => Array.from(weights, (w) => w * w));
    expect(start.weightNorm).toBeCloseTo(Math.sqrt(squares.reduce((sum, square) => sum + square, 0)), 10);
    expect(start.weightNorm).toBeGreaterThan(net.weightNorm);
    expect(net.toBuffer()).toEqual(before);
  });

  it("does not look at the true labels; looks every so many epochs", async () => {
    const y = data.y.map((label) => 1 - label);
    const flipped = await adversarialInit({ ...data, y }, net, { ...options, every: 50 });
    expect(flipped.data.y).toEqual(start.data.y);
    expect(flipped.training.epochs % 50).toBe(0);
    expect(flipped.training.epochs).toBeGreaterThanOrEqual(start.training.epochs);
  });

  it("labels with all classes of the network where the data does not tell its own", async () => {
    const wide = await network({ inputs: 8, layers: [8, 5], seed: 1 });
    const short = { copies: 4, learningRate: 0.1, batchSize: 20, epochs: 1, seed: 1 };
    const { y, classes } = (await adversarialInit({ x: data.x, y: data.y, features: 8 }, wide, short)).data;
    expect(classes).toBe(5);
    expect(new Set(y)).toEqual(new Set([0, 1, 2, 3, 4]));
    expect((await adversarialInit(data, wide, short)).data.classes).toBe(2);
  });

  it("says when labels are not fitted, and when training diverges or is aborted", async () => {
    const short = await adversarialInit(data, net, { ...options, accuracy: 1, epochs: 2 });
    expect(short.status).toBe("incomplete");
    expect(short.message).toMatch(
      /^After 2 epochs \d+(\.\d+)? % of the random labels are fitted, and 100 % were asked for/,
    );
    expect(short.accuracy).toBeLessThan(1);
    const diverged = await adversarialInit(data, net, { ...options, learningRate: 1e15 });
    expect(diverged.status).toBe("diverged");
    expect(diverged.message).toMatch(/learningRate/);
    expect(Number.isFinite(diverged.weightNorm)).toBe(true);
    const aborted = await adversarialInit(data, net, { ...options, accuracy: 1, signal: AbortSignal.abort() });
    expect(aborted.status).toBe("aborted");
    expect(aborted.network.toBuffer()).toEqual(before);
  });

  it("says what is wrong", async () => {
    const { epochs, ...endless } = options;
    await expectError(() => adversarialInit(data, net, endless as never), "invalid-argument", "epochs");
    const withMomentum = { ...options, momentum: 0.9 } as never;
    await expectError(() => adversarialInit(data, net, withMomentum), "invalid-argument", "momentum");
    await expectError(
      () => adversarialInit(data, net, { ...options, accuracy: 0 }),
      "invalid-argument",
      "accuracy is 0",
    );
    await expectError(() => adversarialInit(data, net, { ...options, copies: 0 }), "invalid-argument", "copies is 0");
    await expectError(() => adversarialInit(data, net, { ...options, zero: 1 }), "invalid-argument", "zero is 1");
    await expectError(() => adversarialInit(data, net, { ...options, every: 0.5 }), "invalid-argument", "every");
    const other = { x: new Float32Array(120), y: data.y, features: 3 };
    await expectError(() => adversarialInit(other, net, options), "invalid-data", "3 features");
  });
});

describe("recipes", () => {
  it("are options of train: the paper's momentum and L2, and what is asked for instead", async () => {
    const augment = shift2d({ width: 8 });
    const { vanilla, momentum, l2, augmentation, all } = recipes({ augment });
    expect({ vanilla, momentum, l2 }).toEqual({ vanilla: {}, momentum: { momentum: 0.9 }, l2: { l2: 5e-4 } });
    expect(augmentation).toEqual({ augment });
    expect(all).toEqual({ momentum: 0.9, l2: 5e-4, augment });
    expect(recipes({ augment, momentum: 0.5, l2: 0.01 }).all).toEqual({ momentum: 0.5, l2: 0.01, augment });
    await expectError(() => recipes({} as never), "invalid-argument", "augment", "shift2d");
    await expectError(() => recipes({ augment, weightDecay: 1 } as never), "invalid-argument", "weightDecay");
  });
});
