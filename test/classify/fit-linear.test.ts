// Convex linear fits: against Newton's method in NumPy (make-linear-fit.py) and the expected values of EXPERIMENTS.md.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutualInformation } from "../../src/classify/information/information.js";
import { type LinearWeights, linearClassifier } from "../../src/classify/linear/classifier.js";
import { fitLinear } from "../../src/classify/linear/fit-linear.js";
import { monomialCount } from "../../src/classify/linear/monomials.js";
import { smallRandom } from "../../src/classify/random.js";
import { relabel, subset } from "../../src/classify/select.js";
import { digits, fashion, fashionFolder, halves } from "../support/datasets.js";
import { expectError } from "../support/errors.js";

interface Case {
  x: number[][];
  y: number[];
  classes: number;
  loss: "logistic" | "softmax" | "squared";
  degree: number;
  l2: number;
  weights: number[];
  bias: number[];
  objective: number;
}

const cases: Case[] = JSON.parse(readFileSync(new URL("../fixtures/linear-fit.json", import.meta.url), "utf8"));

const right = (predictions: ArrayLike<number>, y: Int32Array) =>
  y.reduce((sum, v, i) => sum + Number(v === predictions[i]), 0);

describe("against Newton's method", () => {
  for (const { x, y, classes, loss, degree, l2, weights, bias, objective } of cases) {
    it(`${loss}, ${classes} classes, degree ${degree}, l2 ${l2}`, async () => {
      const fit = await fitLinear({ x, y, classes }, { loss, degree, l2, tolerance: 1e-10 });
      expect(fit.status).toBe("converged");
      expect(fit.gradientNorm).toBeLessThan(1e-10);
      expect(Math.abs(fit.objective - objective)).toBeLessThan(1e-14);
      // the error of the weights is at most |gradient| / least curvature
      for (const [i, w] of weights.entries()) expect(Math.abs(fit.weights[i] - w)).toBeLessThan(1e-7);
      // softmax leaves the biases' common part open; ours sum to zero as the start does
      const mean = loss === "softmax" ? bias.reduce((sum, b) => sum + b, 0) / bias.length : 0;
      for (const [k, b] of bias.entries()) expect(Math.abs(fit.bias[k] - (b - mean))).toBeLessThan(1e-7);
    });
  }
});

describe("expected values", () => {
  it("digits, 0-4 against 5-9", async () => {
    const { train, test } = await digits();
    expect([train.y.length, test.y.length]).toEqual([1198, 599]);
    const L = await fitLinear(halves(train), { l2: 1e-3 });
    const { x, y } = halves(test);
    const F = L.predict(x);
    expect(L.status).toBe("converged");
    expect(Math.abs(L.objective - 0.304889)).toBeLessThan(1e-6);
    expect(right(F, y)).toBe(542);
    expect(Math.abs(mutualInformation(F, y) - 0.548513)).toBeLessThan(1e-6);
    const counts = [0, 1].map((f) => [0, 1].map((label) => F.filter((v, i) => v === f && y[i] === label).length));
    expect(counts).toEqual([
      [267, 34],
      [23, 275],
    ]);
  });

  it("digits, ten classes", async () => {
    const { train, test } = await digits();
    const L = await fitLinear(train, { l2: 1e-3 });
    expect(Math.abs(L.objective - 0.258733)).toBeLessThan(1e-6);
    expect(Math.abs(right(L.predict(test.x), test.y) - 580)).toBeLessThanOrEqual(1);
  });

  it.skipIf(!fashionFolder)("Fashion-MNIST, odd against even (where the data are)", async () => {
    const [train, test] = [await fashion("train"), await fashion("t10k")].map((data) => relabel(data, (y) => y % 2, 2));
    const L = await fitLinear(
      subset(train, (i) => i < 10_000),
      { l2: 1e-3 },
    );
    expect(Math.abs(L.objective - 0.106237)).toBeLessThan(1e-6);
    const F = L.predict(test.x);
    expect(Math.abs(right(F, test.y) - 9580)).toBeLessThanOrEqual(2);
    expect(Math.abs(mutualInformation(F, test.y) - 0.74881)).toBeLessThan(1e-3);
  });
});

describe("statuses", () => {
  const x = [[0], [1], [2], [3]];

  it("separable data without l2 have no minimum, and the fit says so", async () => {
    const two = await fitLinear({ x, y: [0, 0, 1, 1] });
    expect(two.status).toBe("separable");
    expect([...two.predict(x)]).toEqual([0, 0, 1, 1]);
    const y = [0, 0, 2, 1, 1];
    const corners = [
      [0, 0],
      [0.1, 0],
      [0, 1],
      [1, 0],
      [1, 0.1],
    ];
    const three = await fitLinear({ x: corners, y });
    expect(three.status).toBe("separable");
    expect([...three.predict(corners)]).toEqual(y);
    // with l2, and with the squared loss, there is a minimum
    expect((await fitLinear({ x, y: [0, 0, 1, 1] }, { l2: 1e-6 })).status).toBe("converged");
    expect((await fitLinear({ x, y: [0, 0, 1, 1] }, { loss: "squared" })).status).toBe("converged");
    // data that are not separable have a minimum without l2
    expect((await fitLinear({ x, y: [0, 1, 0, 1] })).status).toBe("converged");
  });

  it("weights that only almost separate run to the bound of iterations or to a small gradient", async () => {
    const touching = await fitLinear({ x: [[0], [1], [1], [2]], y: [0, 0, 1, 1] });
    expect(["converged", "step-limit"]).toContain(touching.status);
    expect(touching.weights.every(Number.isFinite)).toBe(true);
  });

  it("step-limit, aborted", async () => {
    const data = { x: cases[0].x, y: cases[0].y };
    const cut = await fitLinear(data, { maxIterations: 1 });
    expect(cut).toMatchObject({ status: "step-limit", iterations: 1 });
    const all: number[] = [];
    const whole = await fitLinear(data, { onProgress: ({ objective }) => all.push(objective) });
    expect(all.length).toBe(whole.iterations + 1);
    for (let i = 1; i < all.length; i++) expect(all[i]).toBeLessThanOrEqual(all[i - 1]);
    const early = await fitLinear(data, { signal: AbortSignal.abort() });
    expect(early.status).toBe("aborted");
    const controller = new AbortController();
    const during = await fitLinear(data, {
      signal: controller.signal,
      onProgress: ({ iteration }) => iteration === 1 && controller.abort(),
    });
    expect(during).toMatchObject({ status: "aborted", iterations: 1 });
    expect(during.objective).toBe(all[1]);
  });
});

describe("what is fitted", () => {
  it("predictions of another classifier", async () => {
    const { train } = await digits();
    const data = halves(train);
    const L = await fitLinear(data, { l2: 1e-2 });
    // a linear rule is learned again, whatever the labels of the data
    const predictions = L.predict(data.x);
    const again = await fitLinear(data, { l2: 1e-4, labels: BigInt64Array.from(predictions, BigInt) });
    expect(right(again.predict(data.x), predictions)).toBeGreaterThan(0.99 * data.y.length);
    expect(right(predictions, data.y)).toBeLessThan(0.95 * data.y.length);
  });

  it("polynomials: a circle is a line in monomials of degree 2", async () => {
    const random = smallRandom(4, 0);
    const x = Array.from({ length: 600 }, () => [2 * random.uniform() - 1, 2 * random.uniform() - 1]);
    const y = x.map(([a, b]) => Number(a * a + b * b < 0.6));
    const [line, circle] = [
      await fitLinear({ x, y }, { l2: 1e-4 }),
      await fitLinear({ x, y }, { l2: 1e-4, degree: 2 }),
    ];
    expect(right(circle.predict(x), Int32Array.from(y))).toBeGreaterThan(588);
    expect(right(line.predict(x), Int32Array.from(y))).toBeLessThan(400);
    expect([1, 2, 3].map((degree) => monomialCount(12, degree))).toEqual([12, 90, 454]);
    // x, y, x^2, x y, y^2
    const product = linearClassifier({
      inputs: 2,
      classes: 2,
      degree: 2,
      weights: Float64Array.of(0, 0, 0, 1, 0),
      bias: Float64Array.of(0),
    });
    expect([
      ...product.logits([
        [2, 3],
        [-1, 4],
      ]),
    ]).toEqual([6, -4]);
    expect([...product.predict([2, 3, -1, 4])]).toEqual([1, 0]);
  });

  it("features that depend on each other, without l2: the predictions of those that do not", async () => {
    const { x, y } = cases[0];
    // exact in f32: a sum of features would be rounded, and its rest a feature of its own
    const doubled = x.map((row) => [...row, row[0], -4 * row[1], 0, 3]);
    const [plain, redundant] = [await fitLinear({ x, y }), await fitLinear({ x: doubled, y })];
    expect(redundant.status).toBe("converged");
    expect(Math.abs(redundant.objective - plain.objective)).toBeLessThan(1e-10);
    const [a, b] = [plain.logits(x), redundant.logits(doubled)];
    for (const [i, field] of a.entries()) expect(Math.abs(b[i] - field)).toBeLessThan(1e-4);
  });

  it("the same bits however often it pauses, and again", async () => {
    const { train } = await digits();
    const [one, two] = [await fitLinear(train, { l2: 1e-3 }), await fitLinear(train, { l2: 1e-3 })];
    expect(two.weights).toEqual(one.weights);
    expect(two.iterations).toBe(one.iterations);
  });

  it("says what is wrong", async () => {
    const x = [[0], [1], [2]];
    const y = [0, 1, 1];
    await expectError(() => fitLinear({ x, y: [0, 2, 2], classes: 3 }), "invalid-data", "Class 1 has no sample");
    await expectError(() => fitLinear({ x, y: [0, 3, 1], classes: 3 }), "invalid-data", "[1] is 3", "3 classes");
    await expectError(() => fitLinear({ x: [[0], [1, 2], [2]], y }), "invalid-data", "ragged");
    await expectError(() => fitLinear({ x, y }, { labels: [0, 1] }), "invalid-data", "2 labels for 3 samples");
    await expectError(() => fitLinear({ x, y: [0, 1, 2] }, { loss: "logistic" }), "invalid-argument", "softmax");
    await expectError(() => fitLinear({ x, y: [0, 1, 2 ** 30] }), "invalid-data", "1073741824", "up to 1e6 classes");
    await expectError(() => linearClassifier(undefined as never), "invalid-argument", "weights, bias");
    await expectError(() => fitLinear({ x, y }, { l2: -1 }), "invalid-argument", "l2 is -1");
    await expectError(() => fitLinear({ x, y }, { degree: 0 }), "invalid-argument", "degree is 0");
    await expectError(
      () => fitLinear({ x: [new Array(100).fill(0), new Array(100).fill(1)], y: [0, 1] }, { degree: 3 }),
      "invalid-argument",
      "176850 monomials",
    );
    await expectError(() => fitLinear({ x, y }, { lambda: 1 } as object), "invalid-argument", '"lambda"');
    await expectError(
      () =>
        linearClassifier({
          inputs: 2,
          classes: 2,
          degree: 1,
          weights: Float64Array.of(1),
          bias: Float64Array.of(0),
        } as LinearWeights),
      "invalid-argument",
      "2 weights for each",
    );
  });
});
