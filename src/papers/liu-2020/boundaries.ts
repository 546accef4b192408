/** Figure: decision boundaries in the plane, as training goes on from a random start and from one that fits random labels. */
import type { Dataset, Network } from "../../classify/index.js";
import type { HeatMap, HeatPanel } from "../../plot/index.js";
import { boundaryFrames } from "../boundary-frames.js";
import { type PaperControl, part } from "../paper.js";
import { type RecipeSpec, toy } from "./experiments.js";
import { outcomeOf, startsOf } from "./run.js";

const SEED = 2;
/** Epochs of the frames after the start. */
const FRAMES = [10, 100, 1000];
/** Points on a side of a picture. */
const SIDE = 180;

export async function boundariesFigure(control: PaperControl = {}): Promise<HeatMap> {
  const { samples, rand, adv, confused } = await startsOf(toy, SEED, part(control, 0, 0.7));
  const frames = boundaryFrames(samples.plane!.box, SIDE, ["left", "right"]);
  const rows: { name: string; start: Network; shown: Dataset; recipe: RecipeSpec; training: string }[] = [
    { name: "random start", start: rand, shown: samples.train, recipe: toy.recipes.vanilla, training: "vanilla" },
    {
      name: "fitted to random labels",
      start: adv,
      shown: confused.data,
      recipe: toy.recipes.vanilla,
      training: "vanilla",
    },
    {
      name: "fitted to random labels",
      start: adv,
      shown: confused.data,
      recipe: toy.recipes.all,
      training: "all three",
    },
  ];
  const panels: HeatPanel[] = [];
  for (const [i, { name, start, shown, recipe, training }] of rows.entries()) {
    const nets: Network[] = [];
    const at = { epochs: FRAMES };
    const evaluate = { at, onEvaluation: (_: unknown, now: () => Network) => void nets.push(now()) };
    const own = part(control, 0.7 + 0.1 * i, 0.1);
    const options = { seed: SEED, batchSize: toy.batchSize, evaluate };
    const { testAccuracy } = await outcomeOf(start, samples, recipe, options, own);
    panels.push(await frames.of(name, start, shown));
    for (const [j, net] of nets.entries()) {
      const end = j === nets.length - 1 ? `: test ${(100 * testAccuracy).toFixed(0)} %` : "";
      const title = `${training}, ${FRAMES[j]} epochs${end}`;
      panels.push(await frames.of(title, net, samples.train));
    }
  }
  return {
    title: "SGD goes on from a bad start to a bad minimum, unless it is regularised",
    subtitle: "Two blobs in the plane, 25 samples each: 2-100-100-1 ReLU network, logistic loss, batch 10",
    caption:
      `Each row is one training, from left to right. First row: from random weights. Second and third: from the same weights after ${confused.training.epochs} epochs on the random labels shown. Vanilla SGD (learning rate 0.03) moves the boundary just enough to fit ` +
      "the true labels; L2 (0.01), momentum (0.9) and two noisy copies of each sample (learning rate 0.01) straighten it. All three end at training accuracy 1; test accuracy is that on 10 000 fresh samples.",
    x: frames.x,
    y: frames.y,
    columns: 1 + FRAMES.length,
    panels,
  };
}
