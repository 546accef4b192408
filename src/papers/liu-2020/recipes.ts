/** Figure: what each recipe makes of ever worse starts. */
import type { Network } from "../../classify/index.js";
import type { Chart, Series } from "../../plot/index.js";
import { type PaperControl, part } from "../paper.js";
import { mean } from "../seeds.js";
import { type AdversarialExperiment, digitImages, type RecipeSpec } from "./experiments.js";
import { outcomeOf, startsOf } from "./run.js";

/** As in B2, but for momentum, which ends when all training samples are right, as vanilla SGD does. */
const recipes: Readonly<Record<string, RecipeSpec>> = {
  vanilla: digitImages.recipes.vanilla,
  momentum: { ...digitImages.recipes.momentum, untilFitted: 5 },
  l2: digitImages.recipes.l2,
  all: { ...digitImages.recipes.all, title: "all three" },
};
const SEEDS = [1, 2];
const COPIES = [2, 5];
/** Between the recipes' points of one place, in copies. */
const APART = 0.05;

/** Test accuracy against the copies of the set whose random labels the start fits; 0 is a random start. */
export async function recipesFigure(control: PaperControl = {}): Promise<Chart> {
  const names = Object.keys(recipes);
  /** By recipe, by start, by seed. */
  const found = names.map(() => [0, ...COPIES].map((): number[] => []));
  const fits: number[] = [];
  const pieces = SEEDS.length * COPIES.length;
  for (const [s, seed] of SEEDS.entries()) {
    for (const [c, copies] of COPIES.entries()) {
      const own = part(control, (s * COPIES.length + c) / pieces, 1 / pieces);
      const { accuracy, ofStarts } = await accuracies(copies, seed, c === 0, own);
      fits.push(accuracy);
      for (const [n, { rand, adv }] of ofStarts.entries()) {
        if (rand !== undefined) found[n][0].push(rand);
        found[n][c + 1].push(adv);
      }
    }
  }
  const series = names.flatMap((name, n): Series[] => {
    const x = [0, ...COPIES].map((copies) => copies + APART * (n - (names.length - 1) / 2));
    const group = recipes[name].title;
    const each = SEEDS.map((_, s) => found[n].map((values) => values[s]));
    return [
      { label: `mean of ${SEEDS.length} seeds`, group, kind: "line", x, y: found[n].map(mean) },
      { label: "each seed", group, kind: "dots", x: SEEDS.flatMap(() => x), y: each.flat() },
    ];
  });
  return {
    title: "The worse the start, the worse the end of SGD; but not with L2",
    subtitle: "1198 handwritten digits, 8 × 8 pixels: 64-128-128-128-10 ReLU network, batch 32",
    caption:
      `Start: random weights (0 copies), or those after up to 150 epochs on so many copies of each image with random labels, 6 of 64 pixels zeroed in each (${Math.floor(100 * Math.min(...fits))} % or more of these labels are fitted). Vanilla SGD and momentum 0.9 (learning rate 0.01) end when all ` +
      "training labels are right; L2 (0.005, learning rate 0.1) and all three (L2 0.001, momentum, shifts by a pixel; learning rate 0.02) after 150 epochs. Test set: 599 images.",
    x: { label: "copies with random labels", scale: "linear" },
    y: { label: "test accuracy", scale: "linear" },
    series,
    palette: "categorical",
  };
}

/** Test accuracies of all recipes, and the share of the random labels that the start fits. */
async function accuracies(copies: number, seed: number, fromRandom: boolean, control: PaperControl) {
  const experiment: AdversarialExperiment = {
    ...digitImages,
    pretraining: { ...digitImages.pretraining, copies },
  };
  const { samples, rand, adv, confused } = await startsOf(experiment, seed, part(control, 0, 0.5));
  const specs = Object.values(recipes);
  const ofStarts: { rand?: number; adv: number }[] = [];
  for (const [n, recipe] of specs.entries()) {
    const own = part(control, 0.5 + (0.5 * n) / specs.length, 0.5 / specs.length);
    const options = { seed, batchSize: experiment.batchSize };
    const of = async (start: Network, share: PaperControl) =>
      (await outcomeOf(start, samples, recipe, options, share)).testAccuracy;
    const first = fromRandom ? await of(rand, part(own, 0, 0.5)) : undefined;
    ofStarts.push({ rand: first, adv: await of(adv, part(own, 0.5, 0.5)) });
  }
  return { accuracy: confused.accuracy, ofStarts };
}
