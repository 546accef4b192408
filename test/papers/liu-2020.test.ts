// Liu et al.: settings and bands beside docs/EXPERIMENTS.md; one seed of the toy within the bands of single seeds (5 standard deviations: a false alarm in some 1e-6 of
// numbers), and that a wrong result does not hold; its figure. `sgd-dynamics claims liu-2020` measures the rest.
import { readFile } from "node:fs/promises";
import { DOMParser } from "linkedom";
import { beforeAll, describe, expect, it } from "vitest";
import { liu2020 } from "../../src/papers/index.js";
import { bands } from "../../src/papers/liu-2020/bands.js";
import { boundariesFigure } from "../../src/papers/liu-2020/boundaries.js";
import {
  type AdversarialExperiment,
  digitImages,
  type RecipeSpec,
  teacherStudent,
  toy,
} from "../../src/papers/liu-2020/experiments.js";
import { findingsOf } from "../../src/papers/liu-2020/findings.js";
import { type Run, runOf } from "../../src/papers/liu-2020/run.js";
import { renderHeatMap } from "../../src/plot/index.js";
import { bandRows, documentBands } from "./document-bands.js";

describe("docs/EXPERIMENTS.md", async () => {
  const text = await readFile(new URL("../../docs/EXPERIMENTS.md", import.meta.url), "utf8");

  it("has these bands", async () => {
    const theirs = await documentBands("B");
    expect(bandRows(bands)).toEqual(theirs.map(([name, metric, ...ends]) => [name, named(String(metric)), ...ends]));
    expect(theirs).toHaveLength(10 + 9 + 6);
  });

  /** The document's names of recipes, in those of the code. */
  const named = (metric: string) =>
    metric
      .replace("L2+mom+DA", "all")
      .replace(/_van$/, "_vanilla")
      .replace(/_mom$/, "_momentum")
      .replace("L2", "l2")
      .replace("normA", "norm");

  /** A line of the settings: "- B1: ...". */
  const settings = (name: string) => text.split("\n").find((line) => line.startsWith(`- ${name}: `))!;
  /** "lr .01, l2 .02, 150 epochs", as far as there are. */
  const told = ({ learningRate, l2, momentum, epochs, untilFitted }: RecipeSpec, own: readonly string[]) => ({
    ...(own.includes("lr") ? { lr: learningRate } : {}),
    ...(own.includes("l2") ? { l2 } : {}),
    ...(own.includes("momentum") ? { momentum } : {}),
    ...(own.includes("epochs") ? { epochs } : {}),
    ...(own.includes("every") ? { every: untilFitted } : {}),
  });
  const number = (line: string, pattern: RegExp) => Number(pattern.exec(line)?.[1]);
  const read = (part: string) => {
    const numbers = {
      lr: number(part, /lr (\.\d+)/),
      l2: number(part, /l2 (\S+?)[,;.]?(?:\s|$)/),
      momentum: number(part, /momentum (\.\d+)/),
      epochs: number(part, /(\d+) epochs/),
      every: number(part, /every (\d+) epochs/),
    };
    if (numbers.every > 0) numbers.epochs = Number.NaN;
    return Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)));
  };

  it.each([
    [toy, { vanilla: /vanilla lr .03, 1000 epochs/, l2: /L2: lr .1, l2 .01;/, all: /lr .01, l2 .01, momentum .9,/ }],
    [
      digitImages,
      {
        vanilla: /vanilla lr .01 to 100% train \(checked every 5 epochs\)/,
        momentum: /momentum .9, lr .01, 200 epochs/,
        l2: /L2: lr .1, l2 5e-3, 150 epochs/,
        all: /lr .02, momentum .9, l2 1e-3, random shifts.*150 epochs/,
      },
    ],
    [teacherStudent, { vanilla: /vanilla lr .01;/, l2: /L2: lr .1, l2 .02, 150 epochs/ }],
  ] as [AdversarialExperiment, Record<string, RegExp>][])("$name: these recipes", ({ name, recipes }, parts) => {
    for (const [recipe, pattern] of Object.entries(parts)) {
      const expected = read(pattern.exec(settings(name))![0]);
      expect(Object.keys(expected).length).toBeGreaterThan(0);
      expect(told(recipes[recipe], Object.keys(expected))).toEqual(expected);
    }
  });

  it("has these data, networks and random labels", async () => {
    const blobs = await toy.samples(1);
    expect([blobs.train.y.length, blobs.test.y.length]).toEqual([50, 10_000]);
    expect(blobs.train.y.filter((label) => label === 1)).toHaveLength(25);
    expect(blobs.plane!.box).toEqual({ x: [-1.5, 1.5], y: [-1.3, 1.7] });
    expect(settings("B1")).toContain("[-1.5,1.5]x[-1.3,1.7]");
    const sets = [digitImages, teacherStudent].map(({ samples }) => samples(1));
    const sizes = (await Promise.all(sets)).map(({ train, test }) => [train.features, train.y.length, test.y.length]);
    expect(sizes).toEqual([
      [64, 1198, 599],
      [30, 1000, 20_000],
    ]);
    for (const [{ name, layers, batchSize, pretraining }, inputs, words] of [
      [toy, 2, ["batch 10", "checked every 200 epochs", "20,000 epochs", "lr .1"]],
      [digitImages, 64, ["R=5 copies", "6 of 64 pixels", "lr .1, batch 32", "up to 150 epochs (stop at 99.9%)"]],
      [teacherStudent, 30, ["R=4 copies", "3 of 30", "lr .1, batch 20", "99.9% or 400 epochs"]],
    ] as const) {
      const line = settings(name);
      expect(line).toContain([inputs, ...layers].join("-"));
      for (const part of words) expect(line).toContain(part);
      const all = words.join(", ").replace(/,(?=\d{3})/, "");
      expect(batchSize).toBe(number(all, /batch (\d+)/));
      expect(pretraining.learningRate).toBe(0.1);
      expect(pretraining.epochs).toBe(number(all.replace("every 200 epochs", ""), /(\d+) epochs/));
    }
    expect(toy.pretraining).toMatchObject({ copies: 1, zero: 0, accuracy: 1, every: 200 });
    expect(digitImages.pretraining).toMatchObject({ copies: 5, zero: { count: 6 } });
    expect(teacherStudent.pretraining).toMatchObject({ copies: 4, zero: { count: 3 } });
    // 99.9 %, asked every epoch: the defaults of adversarialInit
    for (const { pretraining } of [digitImages, teacherStudent]) {
      expect(pretraining.accuracy).toBeUndefined();
      expect(pretraining.every).toBeUndefined();
    }
    expect(toy.recipes.all.noisyCopies).toEqual({ count: 2, noise: 0.1 });
    expect(digitImages.recipes.fast.learningRate).toBe(0.2);
  });
});

describe("the toy, one seed", () => {
  /** That of the figure. */
  let run: Run;
  beforeAll(async () => {
    run = await runOf(toy, 2, {});
  }, 120_000);

  it("holds", () => {
    const findings = findingsOf(toy, [run]);
    expect(findings).toHaveLength(10 + 2 + 1);
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    // what the figure's caption says
    expect(Object.values(run.outcomes).map(({ trainAccuracy }) => trainAccuracy)).toEqual([1, 1, 1, 1]);
    expect(run.starts.confused.status).toBe("fitted");
    expect(run.starts.confused.training.epochs % 200).toBe(0);
  });

  it("does not hold with the starts exchanged, nor in the bands of another experiment", () => {
    const exchanged = Object.fromEntries(
      Object.entries(run.metrics).map(([name, value]) => [
        name.replace(/^(rand|adv)_vanilla/, (_, start) => `${start === "rand" ? "adv" : "rand"}_vanilla`),
        value,
      ]),
    );
    const failed = findingsOf(toy, [{ ...run, metrics: exchanged }]).filter(({ holds }) => !holds);
    expect(failed.map(({ quantity }) => quantity)).toEqual([
      "test accuracy, random start, vanilla SGD",
      "area off the rule, random start, vanilla SGD",
      "length of the boundary, random start, vanilla SGD",
      "seeds, of 1, on which vanilla SGD generalises worse from the adversarial start",
      "length of the boundary, vanilla SGD, adversarial start ÷ random start",
    ]);
    const metrics = { ...run.metrics, gap_l2: 0.05, rand_l2: 1, chance: 0.4 };
    const asTeacher = findingsOf({ ...toy, name: "B3" }, [{ ...run, metrics }]).filter(({ holds }) => !holds);
    expect(asTeacher.map(({ quantity }) => quantity)).toEqual(
      expect.arrayContaining(["|difference between the starts|, L2", "test accuracy after random labels"]),
    );
  });
});

it("draws the toy's boundaries, each row a training", { timeout: 120_000 }, async () => {
  const told: number[] = [];
  const map = await boundariesFigure({ onProgress: (fraction) => told.push(fraction) });
  expect(told.every((fraction, i) => fraction >= (told[i - 1] ?? 0) - 1e-9 && fraction <= 1 + 1e-9)).toBe(true);
  const { columns, panels } = map;
  expect([columns, panels.length]).toEqual([4, 12]);
  expect(panels.map(({ title }) => title).filter((title) => title.includes("test"))).toHaveLength(3);
  // the second and third training go on from one network
  expect(panels[8].values).toEqual(panels[4].values);
  const document = new DOMParser().parseFromString(await renderHeatMap(map), "image/svg+xml");
  expect(document.querySelectorAll('g[aria-label="panel"]')).toHaveLength(12);
  expect(document.querySelectorAll('g[aria-label="points"]')).toHaveLength(24);
});

it("has figures and claims that say what they are and take", () => {
  expect(liu2020.figures.map(({ name }) => name)).toEqual(["boundaries", "paths", "recipes"]);
  expect(liu2020.figures.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThanOrEqual(60);
  expect(liu2020.claims.map(({ id }) => id)).toEqual(["B1-toy", "B2-digits", "B3-teacher"]);
});
