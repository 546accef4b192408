/** Figures of accuracies and norms: what happens on the way, and what each recipe makes of ever worse starts. */
import {
  type Network,
  randomLabels,
  recipes,
  replicate,
  shift2d,
  subset,
  type TrainOptions,
} from "../../classify/index.js";
import type { Chart, Series } from "../../plot/index.js";
import { digits } from "../digits.js";
import { type PaperControl, part } from "../paper.js";
import { mean } from "../seeds.js";
import {
  type AdversarialExperiment,
  digitImages,
  type RecipeSpec,
  type Samples,
  teacherStudent,
} from "./experiments.js";
import { outcomeOf, startsOf } from "./run.js";

/** Epochs on the true labels in the figure of paths. */
const EPOCHS = 150;

/** Random labels being fitted, then test accuracy and weight norm on the way with the true ones. */
export async function pathsFigure(control: PaperControl = {}): Promise<Chart> {
  const seed = 4;
  const { pretraining, batchSize, recipes: specs } = teacherStudent;
  const wrong = ({ train }: Samples) => randomLabels(replicate(train, { ...pick(pretraining), seed }), seed);
  const few = ({ test }: Samples) => subset(test, (i) => i < 4000);
  const evaluate = (samples: Samples) => ({ sets: { wrong: wrong(samples), test: few(samples) }, at: { count: 40 } });
  const { samples, rand, adv, confused } = await startsOf(teacherStudent, seed, part(control, 0, 0.6), evaluate);
  const path = (evaluations: readonly { epoch: number }[]) => evaluations.slice(1).map(({ epoch }) => epoch);
  const first = confused.training.evaluations;
  const before = (["wrong", "test"] as const).map(
    (set): Series => ({
      label: set === "wrong" ? "random labels that are fitted" : "true labels of the test set",
      group: "plain SGD on random labels",
      kind: "line",
      dashed: set === "test",
      x: path(first),
      y: first.slice(1).map(({ accuracy }) => accuracy[set]),
    }),
  );
  const after: Series[] = [];
  const norms: Series[] = [];
  const runs: { group: string; label: string; start: Network; recipe: RecipeSpec }[] = [
    { group: "vanilla SGD", label: "random start", start: rand, recipe: specs.vanilla },
    { group: "vanilla SGD", label: "adversarial start", start: adv, recipe: specs.vanilla },
    { group: "L2", label: "random start", start: rand, recipe: specs.l2 },
    { group: "L2", label: "adversarial start", start: adv, recipe: specs.l2 },
  ];
  for (const [i, { group, label, start, recipe }] of runs.entries()) {
    const weights: number[] = [];
    const watched: TrainOptions["evaluate"] = {
      sets: { test: few(samples) },
      at: { count: 40 },
      onEvaluation: (_, now) => void weights.push(now().weightNorm),
    };
    const long = { ...recipe, epochs: EPOCHS, untilFitted: undefined };
    const options = { seed, batchSize, evaluate: watched };
    const { training } = await outcomeOf(start, samples, long, options, part(control, 0.6 + 0.1 * i, 0.1));
    const shape = {
      label,
      group,
      kind: "line",
      dashed: label === "random start",
      x: path(training.evaluations),
    } as const;
    after.push({ ...shape, y: training.evaluations.slice(1).map(({ accuracy }) => accuracy.test) });
    norms.push({ ...shape, y: weights.slice(1) });
  }
  return {
    title: "Random labels lead astray, and large weights stay there",
    subtitle: "Sign of a teacher of three erf units, d = 30, 1000 samples: 30-128-128-2 ReLU network, batch 20",
    caption:
      `(a) Plain SGD (learning rate 0.1) on four copies of each sample, 3 of 30 inputs zeroed, each copy with a random label. (b), (c) The same weights, and those before (a), go on with the true labels: vanilla SGD (learning rate 0.01) fits them all in a few epochs and stays; ` +
      "L2 (0.02, learning rate 0.1) shrinks the weights until nothing is left of (a).",
    x: { label: "epochs", scale: "log" },
    y: { label: "accuracy", scale: "linear", domain: [0.45, 1] },
    series: [],
    panels: [
      { title: "(a) fitting random labels", series: before },
      { title: "(b) test accuracy, true labels", y: { label: "test accuracy" }, series: after },
      { title: "(c) weight norm, true labels", y: { label: "norm of all weights", domain: [0, 40] }, series: norms },
    ],
    palette: "categorical",
    names: "key",
  };
}

const pick = ({ copies, zero }: AdversarialExperiment["pretraining"]) => ({ copies, zero });

/** A third of the digits, on which the harm is greater, and the paper's five recipes. */
const fewDigits: AdversarialExperiment = {
  ...digitImages,
  samples: async () => {
    const { train, test } = await digits();
    return { train: subset(train, (i) => i % 3 === 0), test };
  },
  recipes: recipesOf({ augment: shift2d({ width: 8, by: 1 }), l2: 0.01 }),
};

function recipesOf(options: Parameters<typeof recipes>[0]): Record<string, RecipeSpec> {
  const { vanilla, momentum, l2, augmentation, all } = recipes(options);
  const plain = { learningRate: 0.02, epochs: 150 };
  const fast = { learningRate: 0.1, epochs: 150 };
  return {
    vanilla: { title: "vanilla SGD", ...plain, ...vanilla },
    momentum: { title: "momentum", ...plain, ...momentum },
    l2: { title: "L2", ...fast, ...l2 },
    augmentation: { title: "augmentation", ...fast, ...augmentation },
    all: { title: "all three", ...plain, ...all, l2: 1e-3 },
  };
}

/** Test accuracy of each recipe against the copies of the set whose random labels its start fits. */
export async function recipesFigure(control: PaperControl = {}): Promise<Chart> {
  const seeds = [1, 2, 3];
  const copies = [1, 2, 4];
  const found = new Map<string, number[][]>();
  const names = Object.keys(fewDigits.recipes);
  for (const name of names) found.set(name, [[], ...copies.map((): number[] => [])]);
  const fits: number[] = [];
  const pieces = seeds.length * copies.length;
  for (const [s, seed] of seeds.entries()) {
    for (const [c, count] of copies.entries()) {
      const experiment = { ...fewDigits, pretraining: { ...fewDigits.pretraining, copies: count } };
      const own = part(control, (s * copies.length + c) / pieces, 1 / pieces);
      const { samples, rand, adv, confused } = await startsOf(experiment, seed, part(own, 0, 0.5));
      fits.push(confused.accuracy);
      for (const name of names) {
        const run = async (start: Network) => {
          const options = { seed, batchSize: experiment.batchSize };
          return (await outcomeOf(start, samples, experiment.recipes[name], options, { signal: own.signal }))
            .testAccuracy;
        };
        if (c === 0) found.get(name)![0].push(await run(rand));
        found.get(name)![c + 1].push(await run(adv));
      }
      own.onProgress?.(1);
    }
  }
  const series = names.flatMap((name, n): Series[] => {
    const accuracies = found.get(name)!;
    const x = [0, ...copies].map((count) => count + 0.04 * (n - 2));
    const y = accuracies.map(mean);
    const group = fewDigits.recipes[name].title;
    return [
      { label: "mean of 3 seeds", group, kind: "line", x, y },
      {
        label: "least and greatest of 3 seeds",
        group,
        kind: "dots",
        x,
        y,
        low: accuracies.map((list) => Math.min(...list)),
        high: accuracies.map((list) => Math.max(...list)),
      },
    ];
  });
  return {
    title: "Every recipe alone feels a bad start; together they do not",
    subtitle: "400 handwritten digits, 8 × 8 pixels: 64-128-128-128-10 ReLU network, batch 32, 150 epochs",
    caption:
      `Start: random weights (0), or those after fitting random labels on so many copies of each image, 6 of 64 pixels zeroed in each (${Math.round(100 * Math.min(...fits))} % or more of them are fitted). Momentum 0.9, shifts by a pixel, learning rate 0.02; ` +
      "L2 0.01 and augmentation alone with learning rate 0.1, L2 0.001 among all three.",
    x: { label: "copies with random labels", scale: "linear" },
    y: { label: "test accuracy", scale: "linear" },
    series,
    palette: "categorical",
  };
}
