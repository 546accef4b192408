// What of the classification half must give the same bits everywhere.
import { hashNumbers } from "./workload.mjs";

const numbersOf = (result) =>
  [result.plugIn, result.standardErrors, ...Object.values(result.intervals), result].flatMap((part) =>
    Array.isArray(part) ? part : [part.mutualInformation, part.conditional, part.mu, part.muNull ?? 0],
  );

/** Weights, curve, predictions and outputs of trainings of each activation and loss. */
async function classifiers({ network, train, logits, shift2d, gaussianNoise, zeroOut }) {
  const features = 36;
  const count = 90;
  // by whole numbers, so that data is the same everywhere
  const x = Float32Array.from({ length: features * count }, (_, i) => ((i * 7919) % 101) / 50 - 1);
  const labels = (classes) => Int32Array.from({ length: count }, (_, i) => (i * i + 3 * i) % classes);
  const cases = {
    "classifier, relu, softmax": { layers: [40, 24, 5], start: "he" },
    "classifier, erf, softmax": { layers: [31, 3], activation: "erf", start: "torch" },
    "classifier, tanh, logistic": { layers: [16, 9, 1], activation: "tanh", start: "glorot" },
    "classifier, relu, squared": { layers: [20, 4], start: "torch", loss: "squared" },
    "classifier, convolutions": {
      inputs: { width: 6 },
      layers: [
        { kind: "convolution", channels: 9 },
        { kind: "max-pool" },
        { kind: "convolution", channels: 8, stride: 2 },
        3,
      ],
    },
  };
  const hashes = {};
  for (const [name, { loss, ...shape }] of Object.entries(cases)) {
    const net = await network({ inputs: features, ...shape, seed: 11 });
    const data = { x, y: labels(Math.max(2, net.outputs)), classes: net.classes };
    const run = await train(net, data, {
      learningRate: { value: 0.1, at: [4] },
      batchSize: 20,
      epochs: 6,
      seed: 12,
      momentum: 0.5,
      l2: 1e-3,
      loss,
      // squares leave some labels out
      emptyClasses: "accept",
      augment: [shift2d({ width: 6 }), gaussianNoise({ standardDeviation: 0.1 }), zeroOut({ count: 3 })],
      evaluate: { sets: { train: data }, at: { count: 6 } },
    });
    const weights = run.network.layers.flatMap((layer) => [layer.weights, layer.biases]);
    const curve = run.evaluations.flatMap((each) => [[each.step, each.loss.train], each.predictions.train]);
    hashes[name] = hashNumbers(...weights, run.loss.values, ...curve, await logits(run.network, x));
  }
  return hashes;
}

/**
 * @param {typeof import("../../src/classify/index.ts")} library
 * @returns {Promise<Record<string, string>>} a hash for each name
 */
export async function classifyWorkload(library) {
  const { performanceExplained, fitLinear, replicate, randomLabels, boundaryGrid } = library;
  const hashes = {};
  const tasks = {
    disc: await library.discTask({ seed: 1, train: 500, test: 500 }),
    staircase: await library.polynomialTask({ polynomial: "staircase", seed: 2, train: 500, test: 500, noise: 0.1 }),
    teacher: await library.teacherTask({ seed: 3, train: 500, test: 500 }),
    blobs: await library.blobsTask({ seed: 4 }),
  };
  for (const [name, { train, test }] of Object.entries(tasks))
    hashes[`task, ${name}`] = hashNumbers(train.x, train.y, test.x, test.y);

  const oneHot = await library.oneHotTask({ samples: 300, inputDimension: 1e6, noise: 0.1, seed: 5 });
  const start = { others: { uniform: 0.6 } };
  const { first, own } = oneHot.sgd(start, { epochs: 20 });
  const limit = oneHot.limit(start);
  hashes["task, one-hot"] = hashNumbers(
    [first, limit.first, oneHot.populationAccuracy(limit)],
    own,
    limit.own,
    oneHot.k,
  );

  const copies = randomLabels(replicate(tasks.staircase.train, { copies: 3, zero: 0.2, noise: 0.1, seed: 6 }), 7);
  hashes["copies with random labels"] = hashNumbers(copies.x, copies.y);

  const fits = {
    "linear fit, logistic, degree 3": await fitLinear(tasks.staircase.train, { l2: 1e-3, degree: 3 }),
    "linear fit, softmax": await fitLinear(
      { ...copies, y: copies.y.map((y, i) => y + (i % 2)), classes: 3 },
      { l2: 1e-3 },
    ),
    "linear fit, squared": await fitLinear(tasks.teacher.train, { loss: "squared" }),
  };
  for (const [name, { weights, bias, objective, iterations }] of Object.entries(fits))
    hashes[name] = hashNumbers(weights, bias, [objective, iterations]);
  const line = await fitLinear(tasks.disc.train, { l2: 1e-4 });
  hashes.boundary = hashNumbers((await boundaryGrid(line, tasks.disc.box, 50)).labels);

  const { test } = tasks.staircase;
  const L = fits["linear fit, logistic, degree 3"].predict(test);
  const F = tasks.staircase.predict(test);
  hashes.information = hashNumbers(
    numbersOf(performanceExplained(F, test.y, L, { bias: { permutations: 5, seed: 8 }, level: 0.9 })),
    numbersOf(performanceExplained(F, test.y, L, { bias: "miller-madow", intervals: { bootstrap: 50, seed: 9 } })),
  );
  return { ...hashes, ...(await classifiers(library)) };
}
