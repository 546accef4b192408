// Tasks: the laws of their inputs, rules and noise, and the accuracies and informations of EXPERIMENTS.md that need no network.
import { describe, expect, it } from "vitest";
import { mutualInformation } from "../../src/classify/information/information.js";
import { fitLinear } from "../../src/classify/linear/fit-linear.js";
import { polynomialTask, teacherTask } from "../../src/classify/tasks/gaussian.js";
import { blobsTask, discTask } from "../../src/classify/tasks/plane.js";
import type { Task } from "../../src/classify/tasks/task.js";
import { expectError } from "../support/errors.js";

const share = (labels: ArrayLike<number>, other: ArrayLike<number>) => {
  let same = 0;
  for (let i = 0; i < labels.length; i++) same += Number(labels[i] === other[i]);
  return same / labels.length;
};

/** I(L;Y) and accuracy of a linear fit on the training set, on the test set. */
async function linear({ train, test }: Task, options: { l2: number; degree?: number }) {
  const L = (await fitLinear(train, options)).predict(test.x);
  return { I: mutualInformation(L, test.y), accuracy: share(L, test.y) };
}

const within = (value: number, low: number, high: number) => {
  expect(value).toBeGreaterThanOrEqual(low);
  expect(value).toBeLessThanOrEqual(high);
};

describe("disc (A1)", () => {
  it("inputs in the disc, the rule, one label in ten flipped", async () => {
    const { train, test, predict } = await discTask({ seed: 4 });
    expect([train.y.length, test.y.length, train.features, train.classes]).toEqual([1000, 20_000, 2, 2]);
    let [mean, inner] = [0, 0];
    const clean = predict(test.x);
    for (let i = 0; i < 20_000; i++) {
      const [a, b] = test.x.subarray(2 * i, 2 * i + 2);
      expect(a * a + b * b).toBeLessThanOrEqual(1);
      mean += a / 20_000;
      if (a * a + b * b < 0.5) inner++;
      expect(clean[i]).toBe(Number(b > 0.5 * Math.sin(2 * Math.PI * a)));
    }
    // standard errors .0035, .0035 and .0021; four of each
    expect(Math.abs(mean)).toBeLessThan(0.014);
    expect(Math.abs(inner / 20_000 - 0.5)).toBeLessThan(0.014);
    expect(Math.abs(share(clean, test.y) - 0.9)).toBeLessThan(0.0085);
    expect([
      ...predict([
        [0.25, 0.6],
        [0.25, 0.4],
      ]),
    ]).toEqual([1, 0]);
  });

  it("its linear classifier", async () => {
    for (const seed of [1, 2, 3]) {
      const { I, accuracy } = await linear(await discTask({ seed }), { l2: 1e-4 });
      within(I, 0.183, 0.225);
      within(accuracy, 0.745, 0.775);
    }
  });

  it("is a function of its seed; a larger set begins with the smaller one; parts are apart", async () => {
    const [one, again, more, other] = [
      await discTask({ seed: 1, test: 100 }),
      await discTask({ seed: 1, test: 100 }),
      await discTask({ seed: 1, train: 1500, test: 100 }),
      await discTask({ seed: 2, test: 100 }),
    ];
    expect(again.train).toEqual(one.train);
    expect(more.train.x.subarray(0, 2000)).toEqual(one.train.x);
    expect(more.train.y.subarray(0, 1000)).toEqual(one.train.y);
    expect(other.train.x).not.toEqual(one.train.x);
    expect(one.test.x).not.toEqual(one.train.x.subarray(0, 200));
  });
});

describe("Gaussian polynomials (A2, A4, A7)", () => {
  it("rules", async () => {
    const stairs = await polynomialTask({ polynomial: "staircase", seed: 1, train: 50, test: 50 });
    expect([stairs.train.features, stairs.train.y.length]).toEqual([12, 50]);
    const { x, y } = stairs.test;
    for (let i = 0; i < 50; i++) {
      const r = x.subarray(12 * i, 12 * i + 12);
      expect(y[i]).toBe(Number(r[0] + 1.2 * r[1] * r[2] + 1.2 * r[3] * r[4] * r[5] > 0));
    }
    const own = await polynomialTask({
      polynomial: [
        { coefficient: -2, inputs: [1, 1] },
        { coefficient: 1, inputs: [0] },
      ],
      inputs: 2,
      seed: 1,
    });
    expect([
      ...own.predict([
        [3, 1],
        [1, 1],
        [-1, 0],
      ]),
    ]).toEqual([1, 0, 0]);
  });

  it("linear and product: I(L;Y) and accuracy of the linear classifier", async () => {
    for (const seed of [1, 2, 3]) {
      const { I, accuracy } = await linear(await polynomialTask({ polynomial: "linear+product", seed }), { l2: 1e-4 });
      within(I, 0.191, 0.231);
      within(accuracy, 0.748, 0.778);
    }
  });

  it("staircase: I(G_k;Y) of monomials up to degree 1, 2, 3", async () => {
    const task = await polynomialTask({ polynomial: "staircase", seed: 1 });
    within((await linear(task, { l2: 1e-3, degree: 1 })).I, 0.139, 0.183);
    within((await linear(task, { l2: 1e-3, degree: 2 })).I, 0.407, 0.454);
    within((await linear(task, { l2: 1e-3, degree: 3 })).I, 0.821, 0.886);
  });

  it("xor: nothing for a line", async () => {
    const { I } = await linear(await polynomialTask({ polynomial: "xor", seed: 1 }), { l2: 1e-4 });
    within(I, 0, 0.008);
  });

  it("noise is apart from the inputs", async () => {
    const [clean, noisy] = [
      await polynomialTask({ polynomial: "xor", seed: 3 }),
      await polynomialTask({ polynomial: "xor", seed: 3, noise: 0.25 }),
    ];
    expect(noisy.train.x).toEqual(clean.train.x);
    // standard error .0048; four of them
    expect(Math.abs(share(noisy.train.y, clean.train.y) - 0.75)).toBeLessThan(0.02);
  });
});

describe("teacher (A3, B3)", () => {
  it("is even in law, and a teacher of one linear unit is a half space", async () => {
    const task = await teacherTask({ seed: 1 });
    expect([task.train.features, task.train.y.length]).toEqual([50, 8000]);
    // s is odd: the labels of -x are the others
    const mirrored = task.predict(task.test.x.map((v) => -v));
    expect(share(mirrored, task.test.y)).toBe(0);
    const [erf, line] = await Promise.all(
      (["erf", "linear"] as const).map((activation) =>
        teacherTask({ seed: 2, units: 1, activation, inputs: 8, test: 2000 }),
      ),
    );
    expect(line.test.y).toEqual(erf.test.y);
  });

  it("its linear classifier (A3)", async () => {
    for (const seed of [1, 2, 3]) within((await linear(await teacherTask({ seed }), { l2: 1e-4 })).I, 0.628, 0.922);
  });
});

it("two blobs (B1)", async () => {
  const { train, test, predict, box } = await blobsTask({ seed: 1 });
  expect([train.y.length, test.y.length, train.y.filter((y) => y === 1).length]).toEqual([50, 10_000, 25]);
  const mean = (c: number, axis: number) => {
    let sum = 0;
    for (let i = 0; i < test.y.length; i++) if (test.y[i] === c) sum += test.x[2 * i + axis] / 5000;
    return sum;
  };
  // standard error .15 / sqrt 5000 = .0021; four of them
  for (const [value, expected] of [
    [mean(0, 0), -0.45],
    [mean(1, 0), 0.85],
    [mean(0, 1), 0.2],
    [mean(1, 1), 0.2],
  ])
    expect(Math.abs(value - expected)).toBeLessThan(0.0085);
  // class 0 reaches x1 > 0 at three standard deviations
  within(share(predict(test.x), test.y), 0.9975, 1);
  expect(box).toEqual({ x: [-1.5, 1.5], y: [-1.3, 1.7] });
});

it("says what is wrong", async () => {
  for (const task of [discTask, polynomialTask, teacherTask, blobsTask])
    await expectError(() => task(undefined as never), "invalid-argument", "given: undefined");
  await expectError(() => discTask({ seed: -1 }), "invalid-argument", "seed is -1");
  await expectError(() => discTask({ seed: 1, noise: 0.7 }), "invalid-argument", "noise is 0.7");
  await expectError(() => discTask({ seed: 1, samples: 3 } as never), "invalid-argument", '"samples"');
  await expectError(() => polynomialTask({ polynomial: "stairs" as "xor", seed: 1 }), "invalid-argument", "staircase");
  await expectError(
    () => polynomialTask({ polynomial: [{ coefficient: 1, inputs: [3] }], inputs: 3, seed: 1 }),
    "invalid-argument",
    "input 3",
    "0 to 2",
  );
  await expectError(() => polynomialTask({ polynomial: [], inputs: 3, seed: 1 }), "invalid-argument", "terms");
  await expectError(() => teacherTask({ seed: 1, activation: "step" as "erf" }), "invalid-argument", "step");
  await expectError(() => blobsTask({ seed: 1, train: 0 }), "invalid-argument", "train is 0");
  const { predict } = await blobsTask({ seed: 1 });
  await expectError(() => predict([[1, 2, 3]]), "invalid-data");
});
