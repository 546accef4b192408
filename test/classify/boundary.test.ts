// Decision boundaries of rules whose borders are known, and what spoils data.
import { describe, expect, it } from "vitest";
import { boundaryGrid, boundaryLength, disagreement } from "../../src/classify/boundary.js";
import { randomLabels, replicate } from "../../src/classify/corrupt.js";
import { fitLinear } from "../../src/classify/linear/fit-linear.js";
import { blobsTask } from "../../src/classify/tasks/plane.js";
import { expectError } from "../support/errors.js";

const box = { x: [-1, 1], y: [0, 4] } as const;
const rule = (of: (x: number, y: number) => boolean) => (samples: Float32Array) =>
  Int32Array.from({ length: samples.length / 2 }, (_, i) => Number(of(samples[2 * i], samples[2 * i + 1])));

describe("boundaries", () => {
  it("lengths of straight lines and of a chessboard", async () => {
    const vertical = await boundaryGrid(
      rule((x) => x > 0.3),
      box,
      50,
    );
    expect(boundaryLength(vertical)).toBe(1);
    expect(
      boundaryLength(
        await boundaryGrid(
          rule((_, y) => y > 1),
          box,
          50,
        ),
      ),
    ).toBe(1);
    // a diagonal of the square takes a step right and a step up for each column
    expect(
      boundaryLength(
        await boundaryGrid(
          rule((x, y) => y / 4 > (x + 1) / 2 + 1e-6),
          box,
          50,
        ),
      ),
    ).toBeCloseTo(2 * (49 / 50), 12);
    const board = await boundaryGrid(
      async (s) => Array.from({ length: s.length / 2 }, (_, i) => (i + Math.floor(i / 10)) % 2),
      box,
      10,
    );
    expect(boundaryLength(board)).toBe((2 * 10 * 9) / 10);
    // rows from below, columns from the left, edges included
    const corner = await boundaryGrid(
      rule((x, y) => x === 1 && y === 0),
      box,
      7,
    );
    expect([...corner.labels.keys()].filter((i) => corner.labels[i] === 1)).toEqual([6]);
    expect(
      disagreement(
        vertical,
        await boundaryGrid(
          rule((x) => x > 0.3 - 2 / 49),
          box,
          50,
        ),
      ),
    ).toBeCloseTo(1 / 50, 12);
    expect(disagreement([0, 1, 1], BigInt64Array.of(0n, 1n, 0n))).toBeCloseTo(1 / 3, 15);
  });

  it("of a fitted line and of a task", async () => {
    const task = await blobsTask({ seed: 1 });
    const L = await fitLinear(task.train, { l2: 1e-3 });
    const [fitted, clean] = [await boundaryGrid(L, task.box!), await boundaryGrid(task, task.box!)];
    expect(boundaryLength(clean)).toBe(1);
    expect(boundaryLength(fitted)).toBeLessThan(1.5);
    expect(disagreement(fitted, clean)).toBeLessThan(0.15);
  });

  it("says what is wrong", async () => {
    await expectError(
      () =>
        boundaryGrid(
          rule(() => true),
          { x: [1, 0], y: [0, 1] },
        ),
      "invalid-argument",
      "box.x",
    );
    await expectError(() => boundaryGrid({} as never, box), "invalid-argument", "predict");
    await expectError(() => boundaryGrid(() => [1, 0], box, 5), "invalid-data", "2 labels for 25");
    await expectError(
      () =>
        boundaryGrid(
          rule(() => true),
          box,
          1,
        ),
      "invalid-argument",
      "n is 1",
    );
    await expectError(() => disagreement([1], [1, 0]), "invalid-argument", "1 and 2");
  });
});

describe("random labels and copies", () => {
  const data = {
    features: 10,
    classes: 4,
    x: Float32Array.from({ length: 2000 }, (_, i) => 1 + i),
    y: new Int32Array(200).fill(3),
  };

  it("labels are uniform, and a function of the seed", () => {
    const large = { ...data, features: 1, x: new Float32Array(40_000), y: new Int32Array(40_000) };
    const { y, x } = randomLabels(large, 7);
    expect(x).toBe(large.x);
    // counts 10,000 with standard deviation 87; four of them
    for (let c = 0; c < 4; c++) expect(Math.abs(y.filter((label) => label === c).length - 10_000)).toBeLessThan(350);
    expect(randomLabels(large, 7).y).toEqual(y);
    expect(randomLabels(large, 8).y).not.toEqual(y);
    expect(large.y.every((label) => label === 0)).toBe(true);
  });

  it("copies, so many values of each zeroed, other ones each time", () => {
    const { x, y, features, classes } = replicate(data, { copies: 3, zero: 0.3, seed: 1 });
    expect([features, classes, x.length, y.length]).toEqual([10, 4, 6000, 600]);
    expect(y.every((label) => label === 3)).toBe(true);
    const places = new Float64Array(10);
    for (let r = 0; r < 600; r++) {
      let zeros = 0;
      for (let j = 0; j < 10; j++) {
        const value = x[10 * r + j];
        if (value === 0) {
          zeros++;
          places[j]++;
        } else expect(value).toBe(data.x[10 * (r % 200) + j]);
      }
      expect(zeros).toBe(3);
    }
    // each place 180 times, standard deviation 11.2; four of them
    for (const count of places) expect(Math.abs(count - 180)).toBeLessThan(45);
    expect(replicate(data, { copies: 1, zero: { count: 10 }, seed: 1 }).x.every((v) => v === 0)).toBe(true);
    expect(replicate(data, { copies: 1, seed: 1 }).x).toEqual(data.x);
  });

  it("noise, and the first copy as it was", () => {
    const flat = { ...data, x: new Float32Array(2000).fill(0.5) };
    const { x } = replicate(flat, { copies: 11, noise: 0.1, original: true, seed: 3 });
    expect(x.subarray(0, 2000)).toEqual(flat.x);
    const rest = x.subarray(2000).map((v) => (v - 0.5) / 0.1);
    const moment = (power: number) => rest.reduce((sum, v) => sum + v ** power, 0) / rest.length;
    // 20,000 normals: standard errors .0071, .01, .069; four of each
    expect(Math.abs(moment(1))).toBeLessThan(0.029);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.04);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.28);
  });

  it("says what is wrong", async () => {
    await expectError(() => replicate(data, { copies: 0, seed: 1 }), "invalid-argument", "copies is 0");
    await expectError(() => replicate(data, { copies: 1, zero: 1, seed: 1 }), "invalid-argument", "zero is 1", "count");
    await expectError(
      () => replicate(data, { copies: 1, zero: { count: 11 }, seed: 1 }),
      "invalid-argument",
      "zero.count is 11",
      "0 to 10",
    );
    await expectError(() => randomLabels(data, 0.5), "invalid-argument", "seed is 0.5");
    await expectError(() => randomLabels({ ...data, y: new Int32Array(200).fill(4) }, 1), "invalid-data", "4 classes");
  });
});
