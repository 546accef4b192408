// Training against the plain f64 program, closed forms, and itself: in other chunks, resumed, stored.
import { describe, expect, it } from "vitest";
import {
  accuracy,
  type Evaluation,
  gaussianNoise,
  logits,
  Network,
  network,
  predict,
  shift2d,
  type TrainOptions,
  train,
  zeroOut,
} from "../../src/classify/index.js";
import { descend, type Layer, outputsOf, restOf } from "../support/network-reference.js";
import { SmallRandom } from "../support/random.js";
import { makeKey, scalarOf } from "../support/stream-reference.js";

/** Two classes on either side of a wave. */
function wave(n: number, seed: number) {
  const random = new SmallRandom(seed);
  const x = Float32Array.from({ length: 2 * n }, () => 2 * random.uniform() - 1);
  const y = Int32Array.from({ length: n }, (_, i) => (x[2 * i + 1] > 0.5 * Math.sin(3 * x[2 * i]) ? 1 : 0));
  return { x, y, features: 2, classes: 2 };
}

const plain = (net: Network): Layer[] =>
  net.layers.map((l) => ({ ...l, weights: Array.from(l.weights), biases: Array.from(l.biases) }));
const bits = (net: Network) => net.layers.flatMap(({ weights, biases }) => [...weights, ...biases]);
const rowsOf = (x: Float32Array, width: number) =>
  Array.from({ length: x.length / width }, (_, i) => Array.from(x.subarray(i * width, (i + 1) * width)));

/** Numbers of the samples of an epoch, by the documented shuffle. */
function orderOf(n: number, seed: number, epoch: number): number[] {
  const random = scalarOf(makeKey(seed, 0, 7), BigInt(epoch));
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

describe("train", () => {
  it.each([
    ["plain", {}],
    ["momentum and L2", { momentum: 0.9, l2: { weights: 0.03, biases: 0.01 } }],
  ])("takes the steps of the plain program: %s", async (_, extra) => {
    const data = wave(50, 1);
    const net = await network({ inputs: 2, layers: [13, 9, 2], activation: "tanh", start: "torch", seed: 3 });
    const layers = plain(net);
    const velocity = restOf(layers);
    const options = { learningRate: { 0: 0.1, 2: 0.02 }, batchSize: 8, epochs: 3, seed: 5, ...extra };
    const run = await train(net, data, options);
    const rows = rowsOf(data.x, 2);
    const l2 = "l2" in extra ? extra.l2! : { weights: 0, biases: 0 };
    const momentum = "momentum" in extra ? extra.momentum : 0;
    for (let epoch = 0; epoch < 3; epoch++) {
      const order = orderOf(50, 5, epoch);
      for (let step = 0; step < 6; step++) {
        const chosen = order.slice(8 * step, 8 * step + 8);
        const batch = { x: chosen.map((i) => rows[i]), y: chosen.map((i) => data.y[i]) };
        const rate = epoch < 2 ? 0.1 : 0.02;
        descend(layers, "softmax", batch, velocity, { rate, momentum, l2: l2.weights, l2Biases: l2.biases });
      }
    }
    expect(run).toMatchObject({ status: "completed", steps: 18, epochs: 3 });
    // 18 steps of moves below 0.5, each rounded and computed to some 2^-20
    plain(run.network).forEach(({ weights, biases }, l) => {
      weights.forEach((w, i) => expect(Math.abs(w - layers[l].weights[i])).toBeLessThan(1e-5));
      biases.forEach((b, i) => expect(Math.abs(b - layers[l].biases[i])).toBeLessThan(1e-5));
    });
    expect(bits(net)).toEqual(
      plain(await network({ inputs: 2, layers: [13, 9, 2], activation: "tanh", start: "torch", seed: 3 })).flatMap(
        (l) => [...l.weights, ...l.biases],
      ),
    );
  });

  it("reaches the least squares solution", async () => {
    const random = new SmallRandom(9);
    const n = 40;
    const x = Float32Array.from({ length: 3 * n }, () => random.normal());
    const targets = Float32Array.from({ length: n }, () => random.normal());
    const net = await network({ inputs: 3, layers: [1], seed: 1 });
    const run = await train(net, { x, targets }, { learningRate: 0.3, batchSize: n, steps: 2000, seed: 1 });
    const [a, b] = [[...run.network.layers[0].weights], run.network.layers[0].biases[0]];
    // the residuals of the solution are orthogonal to every input and to 1
    const residual = Array.from(
      { length: n },
      (_, i) => targets[i] - b - a.reduce((sum, w, k) => sum + w * x[3 * i + k], 0),
    );
    for (let k = 0; k < 3; k++)
      expect(Math.abs(residual.reduce((s, r, i) => s + r * x[3 * i + k], 0) / n)).toBeLessThan(2e-6);
    expect(Math.abs(residual.reduce((s, r) => s + r, 0) / n)).toBeLessThan(2e-6);
  });

  const options: TrainOptions = {
    learningRate: { value: 0.1, at: [3], factor: 0.5 },
    batchSize: 24,
    epochs: 6,
    seed: 8,
    momentum: 0.8,
    l2: 1e-3,
    augment: [gaussianNoise({ standardDeviation: 0.05 })],
  };
  const start = () => network({ inputs: 2, layers: [20, 16, 2], seed: 4 });

  it("gives the same bits again, in pieces of one step, resumed, and after storage", async () => {
    const data = wave(200, 2);
    const net = await start();
    const whole = await train(net, data, options);
    const again = await train(Network.from(net.toBuffer()), { x: rowsOf(data.x, 2), y: [...data.y] }, options);
    expect(bits(again.network)).toEqual(bits(whole.network));
    expect(again.loss).toEqual(whole.loss);
    // a function of the user's that does nothing makes every step a call of its own
    const stepwise = await train(net, data, { ...options, augment: [...(options.augment as []), () => undefined] });
    expect(bits(stepwise.network)).toEqual(bits(whole.network));
    const abort = new AbortController();
    const first = await train(net, data, {
      ...options,
      signal: abort.signal,
      evaluate: { at: { steps: [19] }, onEvaluation: () => abort.abort() },
    });
    expect(first).toMatchObject({ status: "aborted", steps: 19 });
    const rest = await train(net, data, { ...options, from: first.snapshot });
    expect(bits(rest.network)).toEqual(bits(whole.network));
    expect([...first.loss.values, ...rest.loss.values]).toEqual([...whole.loss.values]);
  });

  it("tells mean losses of the steps since the last, also where it goes on to another end", async () => {
    const data = wave(40, 3);
    const net = await start();
    const given = { learningRate: 0.05, batchSize: 4, seed: 1 };
    const first = await train(net, data, { ...given, steps: 1001 });
    const rest = await train(net, data, { ...given, steps: 1500, from: first.snapshot });
    // two steps each; 1001 was the end, so 1002 stands for one
    expect(first.loss.steps.at(-1)).toBe(1001);
    expect([...rest.loss.steps.subarray(0, 5)]).toEqual([1002, 1004, 1006, 1008, 1010]);
    const pairs = rest.loss.values.subarray(1, 5).reduce((sum, loss) => sum + 2 * loss, 0);
    const epochs = await train(net, data, { ...given, epochs: 150 });
    const epoch = epochs.loss.values[epochs.loss.steps.indexOf(1010)];
    expect((first.loss.values.at(-1)! + rest.loss.values[0] + pairs) / 10).toBeCloseTo(epoch, 12);
    expect(bits(rest.network)).toEqual(bits(epochs.network));
  });

  it("learns, and tells its curve", async () => {
    const test = wave(1000, 3);
    const net = await network({ inputs: 2, layers: [64, 64, 2], seed: 1 });
    const seen: number[] = [];
    const run = await train(net, wave(500, 4), {
      learningRate: 0.1,
      batchSize: 20,
      epochs: 40,
      seed: 2,
      evaluate: { sets: { test }, onEvaluation: ({ step }, current) => void seen.push(step, current().parameters) },
    });
    const steps = run.evaluations.map(({ step }) => step);
    const expected = new Set([0, ...Array.from({ length: 24 }, (_, i) => Math.round(1000 ** (i / 23)))]);
    expect(steps).toEqual([...expected]);
    expect(seen).toEqual(steps.flatMap((step) => [step, net.parameters]));
    const last = run.evaluations[run.evaluations.length - 1];
    expect(last.accuracy.test).toBeGreaterThan(0.96);
    expect(last.predictions.test).toEqual(await predict(run.network, test));
    expect(last.accuracy.test).toBe(await accuracy(run.network, test));
    expect(run.evaluations[0].predictions.test).toEqual(await predict(net, test.x));
    expect(run.loss.steps).toHaveLength(40);
    expect(run.loss.values[39]).toBeLessThan(0.3 * run.loss.values[0]);
    expect(last.loss.test).toBeLessThan(0.15);
  });

  it("ends by its stop rule", async () => {
    const net = await network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
    const data = wave(200, 4);
    const run = await train(net, data, {
      evaluate: { sets: { data }, at: { epochs: [0, 1] } },
      learningRate: 0.2,
      batchSize: 20,
      epochs: 500,
      seed: 2,
      stop: { accuracy: 0.97, every: 5 },
    });
    expect(run.status).toBe("stopped");
    expect(run.epochs % 5).toBe(0);
    expect(run.trainingAccuracy).toBeGreaterThanOrEqual(0.97);
    expect(run.trainingAccuracy).toBe(await accuracy(run.network, data));
    // its end too
    expect(run.evaluations.map(({ step }) => step)).toEqual([0, 10, run.steps]);
    expect(run.evaluations[2].accuracy.data).toBe(run.trainingAccuracy);
    const other = await train(net, data, {
      learningRate: 0.2,
      batchSize: 20,
      epochs: 500,
      seed: 2,
      stop: { when: ({ epoch, loss }) => epoch >= 7 && loss > 0 },
    });
    expect(other).toMatchObject({ status: "stopped", epochs: 7 });
  });

  it("waits for listeners that take their time", async () => {
    const data = wave(80, 4);
    const net = await start();
    const options = { learningRate: 0.1, batchSize: 20, epochs: 8, seed: 1 };
    const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 1));
    const seen: number[] = [];
    const onEvaluation = async ({ step }: Evaluation, now: () => Network) => {
      seen.push(step, await later(await accuracy(now(), data)));
      return step >= 8;
    };
    const sets = { data };
    const listened = await train(net, data, {
      ...options,
      evaluate: { sets, at: { epochs: [0, 1, 2, 3] }, onEvaluation },
    });
    expect(listened).toMatchObject({ status: "stopped", steps: 8 });
    expect(seen).toEqual(listened.evaluations.flatMap(({ step, accuracy: { data: share } }) => [step, share]));
    const ruled = await train(net, data, { ...options, stop: { when: ({ epoch }) => later(epoch >= 3) } });
    expect(ruled).toMatchObject({ status: "stopped", epochs: 3 });
  });

  it("comes back from divergence with what there is", async () => {
    const net = await network({ inputs: 2, layers: [32, 32, 2], seed: 1 });
    const run = await train(net, wave(100, 5), {
      learningRate: 1e4,
      batchSize: 10,
      epochs: 50,
      seed: 1,
      loss: "squared",
    });
    expect(run.status).toBe("diverged");
    expect(run.steps).toBeLessThan(500);
    expect(run.message).toMatch(/smaller learningRate/);
    expect(bits(run.network).every(Number.isFinite)).toBe(true);
    // its loss too, though no epoch ended
    expect(run.loss.steps.at(-1)).toBe(run.steps);
    expect(run.loss.values.at(-1)).toBeGreaterThan(0);
  });

  it("does not call a run completed whose last step lost the weights", async () => {
    const data = { x: [[1e11], [-1e11]], y: [0, 1] };
    const net = await network({ inputs: 1, layers: [2], seed: 1 });
    const run = await train(net, data, { learningRate: 1e29, batchSize: 2, epochs: 1, seed: 1 });
    expect(run).toMatchObject({ status: "diverged", steps: 1 });
    expect(run.message).toMatch(/Step 1 gave weights beyond what f32 holds; a smaller learningRate/);
  });

  it("takes one pass over what a sampler gives", async () => {
    const data = wave(96, 6);
    const net = await start();
    const order = orderOf(96, 8, 0);
    const direct = await train(net, data, { learningRate: 0.1, batchSize: 24, epochs: 1, seed: 8 });
    const sample = async (count: number, step: number) => {
      const chosen = order.slice(count * step, count * (step + 1));
      return {
        x: Float32Array.from(chosen.flatMap((i) => [data.x[2 * i], data.x[2 * i + 1]])),
        y: chosen.map((i) => data.y[i]),
      };
    };
    const sampled = await train(net, { sample }, { learningRate: 0.1, batchSize: 24, steps: 4, seed: 1 });
    expect(bits(sampled.network)).toEqual(bits(direct.network));
    expect(sampled.epochs).toBeNaN();
  });
});

describe("augmentation", () => {
  const image = { width: 5, height: 4, channels: 2 };
  const n = 400;
  const x = Float32Array.from({ length: 40 * n }, (_, i) => 1 + (i % 40));

  /** The samples as training sees them. */
  async function changed(augment: TrainOptions["augment"]) {
    const net = await network({ inputs: 40, layers: [2], seed: 1 });
    const seen: number[][] = [];
    const look = (batch: Float32Array) => void seen.push(...rowsOf(batch, 40));
    const list = [...(augment as []), look];
    await train(
      net,
      { x, y: new Int32Array(n) },
      { learningRate: 0, batchSize: 20, epochs: 1, seed: 3, augment: list, emptyClasses: "accept" },
    );
    return seen;
  }

  it("shifts images by whole pixels", async () => {
    const counts = new Map<string, number>();
    for (const row of await changed([shift2d({ ...image, by: 1 })])) {
      // pixel (1, 2) was 1 + (1 * 5 + 2) * 2 = 15; where it is now tells the shift
      const at = Math.floor(row.indexOf(15) / 2);
      const [dy, dx] = [Math.floor(at / 5) - 1, (at % 5) - 2];
      counts.set(`${dx},${dy}`, (counts.get(`${dx},${dy}`) ?? 0) + 1);
      for (let r = 0; r < 4; r++) {
        for (let c = 0; c < 5; c++) {
          const inside = r - dy >= 0 && r - dy < 4 && c - dx >= 0 && c - dx < 5;
          const from = 2 * (5 * (r - dy) + (c - dx)) + 1;
          expect(row.slice(2 * (5 * r + c), 2 * (5 * r + c) + 2)).toEqual(inside ? [from, from + 1] : [0, 0]);
        }
      }
    }
    expect(counts.size).toBe(9);
    // chi-square of 8 degrees of freedom: beyond 31.8 once in 10^4
    const chi = [...counts.values()].reduce((sum, c) => sum + (c - n / 9) ** 2 / (n / 9), 0);
    expect(chi).toBeLessThan(31.8);
  });

  it("sets as many numbers as asked to zero", async () => {
    const zeros = new Float64Array(40);
    for (const row of await changed([zeroOut({ count: 6 })])) {
      expect(row.filter((v) => v === 0)).toHaveLength(6);
      row.forEach((v, i) => {
        if (v === 0) zeros[i]++;
        else expect(v).toBe(1 + i);
      });
    }
    // each place 400 x 6 / 40 = 60 times, sd 7.1: within 5 sd
    for (const count of zeros) expect(Math.abs(count - 60)).toBeLessThan(36);
  });

  it("adds normal noise", async () => {
    const noise = (await changed([gaussianNoise({ standardDeviation: 0.5 })])).flatMap((row) =>
      row.map((v, i) => v - 1 - i),
    );
    const mean = noise.reduce((a, b) => a + b) / noise.length;
    const square = noise.reduce((a, b) => a + b * b, 0) / noise.length;
    // 16,000 draws: 5 sd
    expect(Math.abs(mean)).toBeLessThan((5 * 0.5) / Math.sqrt(16000));
    expect(Math.abs(square / 0.25 - 1)).toBeLessThan(5 * Math.sqrt(2 / 16000));
    expect(new Set(noise).size).toBeGreaterThan(15000);
  });
});

describe("outputs", () => {
  it.each(["relu", "erf", "tanh", "linear"] as const)("are the plain program's: %s", async (activation) => {
    const net = await network({ inputs: 11, layers: [19, 8, 3], activation, start: "glorot", seed: 2 });
    const random = new SmallRandom(1);
    const x = Float32Array.from({ length: 11 * 150 }, () => 3 * random.normal());
    const out = await logits(net, x);
    const expected = rowsOf(x, 11).flatMap((row) => outputsOf(plain(net), row));
    // 38 products and three activations rounded to 2^-24 of sizes below 30
    expected.forEach((value, i) => expect(Math.abs(out[i] - value)).toBeLessThan(1e-4));
    const labels = await predict(net, x);
    labels.forEach((label, i) => expect(out[3 * i + label]).toBe(Math.max(...out.subarray(3 * i, 3 * i + 3))));
    // labels of any list, as everywhere
    expect(await accuracy(net, { x, y: BigInt64Array.from(labels, BigInt) })).toBe(1);
  });

  it("have starts of the stated laws", async () => {
    const draw = async (start: "he" | "glorot" | "torch") =>
      (await network({ inputs: 200, layers: [300, 2], start, seed: 6 })).layers[0];
    const variance = (values: Float32Array) => values.reduce((sum, w) => sum + w * w, 0) / values.length;
    const he = await draw("he");
    const glorot = await draw("glorot");
    const torch = await draw("torch");
    // 60,000 draws: the variance of normals within 5 sd, sqrt(2 / n), of uniform ones sqrt(0.8 / n)
    expect(Math.abs(variance(he.weights) / (2 / 200) - 1)).toBeLessThan(5 * Math.sqrt(2 / 60000));
    expect(Math.abs(variance(glorot.weights) / (2 / 500) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / 60000));
    expect(Math.abs(variance(torch.weights) / (1 / 600) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / 60000));
    expect(Math.max(...torch.weights)).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(200)));
    expect([...he.biases, ...glorot.biases].every((b) => b === 0)).toBe(true);
    expect(Math.abs(variance(torch.biases) / (1 / 600) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / 300));
  });
});
