// runClassification against the calls that it is made of, and on what goes wrong.
import { describe, expect, it } from "vitest";
import {
  adversarialInit,
  type ClassificationExperiment,
  classificationNumbers,
  classificationSummary,
  complexityCurve,
  complexityPhases,
  type Dataset,
  discTask,
  fitLinear,
  gaussianNoise,
  mutualInformation,
  network,
  predict,
  runClassification,
  train,
} from "../../src/classify/index.js";
import { expectError } from "../support/errors.js";

const small: ClassificationExperiment = {
  task: { kind: "disc", train: 200, test: 500 },
  network: { layers: [16, 2] },
  training: { learningRate: 0.1, batchSize: 20, epochs: 10 },
};

describe("runClassification", () => {
  it("is task, fit, network, training and curve, with the seed for each", async () => {
    const experiment = {
      ...small,
      training: { ...small.training, augment: { kind: "gaussianNoise", standardDeviation: 0.1 } },
      simple: [{ degree: 2, l2: 1e-4 }],
      evaluations: { count: 5 },
      seeds: [7],
    } as const;
    const { status, runs } = await runClassification(experiment);
    const { train: samples, test } = await discTask({ seed: 7, train: 200, test: 500 });
    const fit = await fitLinear(samples, { degree: 2, l2: 1e-4 });
    const { evaluations, network: trained } = await train(
      await network({ inputs: 2, layers: [16, 2], seed: 7 }),
      samples,
      {
        ...small.training,
        augment: gaussianNoise({ standardDeviation: 0.1 }),
        seed: 7,
        evaluate: { sets: { test }, at: { count: 5 } },
      },
    );
    const curve = complexityCurve({
      steps: evaluations.map(({ step }) => step),
      predictions: evaluations.map(({ predictions }) => predictions.test),
      labels: test.y,
      simple: fit.predict(test.x),
    });
    expect([status, runs.length, runs[0].seed, runs[0].simple[0].name]).toEqual(["completed", 1, 7, "degree 2"]);
    expect(runs[0].simple[0].curve).toEqual(curve);
    expect(runs[0].simple[0].phases).toEqual(complexityPhases(curve));
    expect(runs[0].training.network.toBuffer()).toEqual(trained.toBuffer());
  });

  it("takes simpler networks beside it, each with a start and an order of its own", async () => {
    const simpler = { network: { layers: [16, 2] }, training: { ...small.training, epochs: 3 } };
    const { runs } = await runClassification({
      ...small,
      simple: [{ name: "one", ...simpler }, { name: "another", ...simpler }, { degree: 2 }],
      seeds: [7, 8],
    });
    expect(runs[1].simple.map(({ name }) => name)).toEqual(["one", "another", "degree 2"]);
    const { train: samples, test } = await discTask({ seed: 7, train: 200, test: 500 });
    const start = await network({ inputs: 2, layers: [16, 2], seed: 7 + 2 * 2 ** 40 });
    const { learningRate, batchSize } = small.training;
    const alone = await train(start, samples, { learningRate, batchSize, epochs: 3, seed: 7 + 2 * 2 ** 40 });
    const [one, another] = runs[0].simple;
    expect(another.training?.network.toBuffer()).toEqual(alone.network.toBuffer());
    expect(another.predictions).toEqual(await predict(alone.network, test.x));
    expect(one.training?.network.toBuffer()).not.toEqual(alone.network.toBuffer());
    expect(another.curve.simple).toBe(mutualInformation(another.predictions, test.y));
  });

  it("starts where random labels are fitted, where asked to", async () => {
    const adversarial = { copies: 2, zero: 0, learningRate: 0.1, epochs: 30 };
    const { runs } = await runClassification({ ...small, adversarial, seeds: [5] });
    const { train: samples } = await discTask({ seed: 5, train: 200, test: 500 });
    const random = await network({ inputs: 2, layers: [16, 2], seed: 5 });
    const start = await adversarialInit(samples, random, { ...adversarial, batchSize: 20, seed: 5 });
    const { learningRate, batchSize } = small.training;
    const alone = await train(start.network, samples, { learningRate, batchSize, epochs: 10, seed: 5 });
    expect(runs[0].training.network.toBuffer()).toEqual(alone.network.toBuffer());
    expect([runs[0].adversarial?.accuracy, runs[0].adversarial?.status]).toEqual([start.accuracy, "incomplete"]);
    expect(runs[0].training.evaluations[0].accuracy.test).toBeLessThan(0.7);
  });

  it("says which simpler network diverged", async () => {
    const training = { ...small.training, learningRate: 1e6 };
    const { status, runs } = await runClassification({ ...small, simple: [{ name: "wild", network: {}, training }] });
    expect(status).toBe("diverged");
    expect(runs[0].message).toMatch(/^wild: The loss of step/);
    expect(runs[0].training.status).toBe("completed");
  });

  it("summarises over seeds by mean and standard deviation", async () => {
    const { runs } = await runClassification({ ...small, seeds: 3 });
    expect(runs.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    const { accuracy } = classificationSummary(runs);
    const each = runs.map((run) => classificationNumbers(run).accuracy);
    const mean = (each[0] + each[1] + each[2]) / 3;
    expect(accuracy.mean).toBeCloseTo(mean, 14);
    expect(accuracy.standardDeviation).toBeCloseTo(
      Math.sqrt(each.reduce((sum, a) => sum + (a - mean) ** 2, 0) / 2),
      14,
    );
    expect(classificationSummary(runs.slice(0, 1)).accuracy.standardDeviation).toBeUndefined();
  });

  it("takes data with groups of labels, the same for all seeds", async () => {
    const x = Float32Array.from({ length: 60 }, (_, i) => i % 3);
    const set = { features: 1, x, y: Int32Array.from(x), classes: 3 };
    const { runs } = await runClassification({
      ...small,
      task: { kind: "data", train: set, test: set, groups: [[0], [2]] },
      seeds: 2,
    });
    // 0 and 2 are told apart by a line; 1 is left out
    expect(runs.map(({ simple }) => simple[0].accuracy)).toEqual([1, 1]);
    expect(runs[0].labels.length).toBe(40);
    expect(runs[0].simple[0].predictions).toBe(runs[1].simple[0].predictions);
  });

  it("takes data as rows and plain lists", async () => {
    const { train, test } = await discTask({ train: 60, test: 50, seed: 3 });
    const plain = ({ x, y }: Dataset) => ({ x: Array.from(y, (_, i) => [x[2 * i], x[2 * i + 1]]), y: [...y] });
    const runs = [
      { train, test },
      { train: plain(train), test: plain(test) },
    ].map((sets) => runClassification({ ...small, task: { kind: "data", ...sets } }));
    const [typed, listed] = await Promise.all(runs);
    expect(listed.runs[0].simple[0].curve).toEqual(typed.runs[0].simple[0].curve);
  });

  it("reads CSV with every third row for the test", async () => {
    const csv = Array.from({ length: 30 }, (_, i) => `${i % 2},${i},${i % 2}`).join("\n");
    const asked: string[] = [];
    const { runs } = await runClassification(
      { ...small, task: { kind: "csv", file: "mine.csv", train: 18 }, training: { ...small.training, batchSize: 9 } },
      {
        read: async (name) => {
          asked.push(name);
          return new TextEncoder().encode(csv);
        },
      },
    );
    expect(asked).toEqual(["mine.csv"]);
    expect([...runs[0].labels]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it("gives what there is of runs that diverge or are aborted", async () => {
    const diverged = await runClassification({
      ...small,
      training: { ...small.training, learningRate: 1e6 },
      seeds: 2,
    });
    expect(diverged.status).toBe("diverged");
    expect(diverged.runs[0].message).toContain("smaller learningRate");
    expect(diverged.runs[0].simple[0].curve.steps[0]).toBe(0);

    const far = { x: Float32Array.of(1e11, -1e11), y: Int32Array.of(0, 1), features: 1, classes: 2 };
    const lost = await runClassification({
      task: { kind: "data", train: far, test: far },
      network: { layers: [2] },
      training: { learningRate: 1e29, batchSize: 2, epochs: 1 },
    });
    expect(lost.status).toBe("diverged");
    expect(lost.runs[0].message).toContain("Step 1 gave weights beyond");
    expect(lost.runs[0].trainAccuracy).toBeNaN();

    const wild = { learningRate: 1e29, batchSize: 2, epochs: 1 };
    const before = await runClassification({
      task: { kind: "data", train: far, test: far },
      network: { layers: [2] },
      training: { ...wild, learningRate: 0 },
      adversarial: { ...wild, copies: 1, zero: 0 },
      // a start that is right by chance stays where it is
      simple: ["one", "two", "three"].map((name) => ({ name, network: { layers: [2] }, training: wild })),
    });
    expect(before.status).toBe("diverged");
    expect(before.runs[0].message).toMatch(/^(one|two|three): Step 1 gave weights beyond/);
    expect(before.runs[0].adversarial).toMatchObject({ status: "diverged", accuracy: Number.NaN });
    expect(before.runs[0].training.status).toBe("completed");

    const controller = new AbortController();
    const aborted = await runClassification(
      { ...small, training: { ...small.training, epochs: 1e5 }, seeds: 2 },
      {
        signal: controller.signal,
        onProgress: ({ stage, fraction }) => void (stage === "training" && fraction > 0.001 && controller.abort()),
      },
    );
    expect([aborted.status, aborted.runs.length]).toEqual(["aborted", 1]);
    expect(aborted.runs[0].training.steps).toBeLessThan(1e6);
    expect(aborted.runs[0].simple[0].curve.points.length).toBeGreaterThan(0);

    await expectError(() => classificationSummary([]), "invalid-argument", "at least one run");
    await expectError(() => classificationNumbers(aborted.runs[0], 1), "invalid-argument", "index 1");
    await expectError(() => classificationNumbers(undefined as never), "invalid-argument", "undefined");
  });

  it("says what is wrong with an experiment", async () => {
    const cases: [object, string, ...string[]][] = [
      [{ task: { kind: "disk" } }, "invalid-argument", "task.kind", '"disc"'],
      [{ task: { kind: "disc", noize: 1 } }, "invalid-argument", "noize"],
      [{ task: { kind: "csv", file: "a.csv" } }, "invalid-argument", '"a.csv"', "read"],
      [{ seeds: 0 }, "invalid-argument", "seeds", "1 to 10000"],
      [{ seeds: [1, 1] }, "invalid-argument", "seeds"],
      [{ adversarial: { copy: 1, learningRate: 0.1, epochs: 3 } }, "invalid-argument", "adversarial", '"copy"'],
      [{ simple: [] }, "invalid-argument", "simple"],
      [{ simple: [{ degre: 1 }] }, "invalid-argument", "degre"],
      [{ simple: [{ network: {}, training: small.training }] }, "invalid-argument", "simple[0].name"],
      [
        { simple: [{ name: "N", network: { depth: 1 }, training: small.training }] },
        "invalid-argument",
        "simple[0].network",
      ],
      [{ training: { ...small.training, seed: 1 } }, "invalid-argument", "seed"],
      [{ training: { ...small.training, augment: { kind: "flip" } } }, "invalid-argument", "augment[0]", "shift2d"],
      [{ network: "wide" }, "invalid-argument", 'network takes an object of options; given: "wide"'],
      [{ network: { image: true } }, "invalid-argument", "square images of one channel", "samples have 2 numbers"],
      [
        { task: { kind: "data", train: { x: [[0, 1], [1]], y: [0, 1] }, test: { x: [[0, 1]], y: [0] } } },
        "invalid-data",
        "task.train.x is ragged",
      ],
      [{ netwrok: {} }, "invalid-argument", "netwrok"],
    ];
    for (const [fields, code, ...words] of cases)
      await expectError(
        () => runClassification({ ...small, ...fields } as ClassificationExperiment),
        code as "invalid-argument",
        ...words,
      );
  });
});
