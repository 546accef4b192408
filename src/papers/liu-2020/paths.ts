/** Figure: accuracies and weight norm on the way, from a random start and from one that fits random labels. */
import { type Network, randomLabels, replicate, subset, type TrainOptions } from "../../classify/index.js";
import type { Chart, Series } from "../../plot/index.js";
import { type PaperControl, part } from "../paper.js";
import { type RecipeSpec, type Samples, teacherStudent } from "./experiments.js";
import { outcomeOf, startsOf } from "./run.js";

/** Epochs on the true labels in the figure of paths. */
const EPOCHS = 150;

/** Random labels being fitted, then test accuracy and weight norm on the way with the true ones. */
export async function pathsFigure(control: PaperControl = {}): Promise<Chart> {
  const seed = 4;
  const { batchSize, recipes: specs } = teacherStudent;
  const { copies, zero } = teacherStudent.pretraining;
  const wrong = ({ train }: Samples) => randomLabels(replicate(train, { copies, zero, seed }), seed);
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
  const after: Record<"train" | "test", Series[]> = { train: [], test: [] };
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
      sets: { train: samples.train, test: few(samples) },
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
    for (const set of ["train", "test"] as const)
      after[set].push({ ...shape, y: training.evaluations.slice(1).map(({ accuracy }) => accuracy[set]) });
    norms.push({ ...shape, y: weights.slice(1) });
  }
  return {
    title: "Random labels lead astray, and large weights stay there",
    subtitle: "Sign of a teacher of three erf units, d = 30, 1000 samples: 30-128-128-2 ReLU network, batch 20",
    caption:
      `(a) Plain SGD (learning rate 0.1) on four copies of each sample, 3 of 30 inputs zeroed, each copy with a random label. (b)–(d) The same weights, and those before (a), trained on the true labels. Vanilla SGD (learning rate 0.01) fits all of them from either start and keeps ` +
      "the norm that it began with; L2 (0.02, learning rate 0.1) shrinks the weights until nothing is left of (a).",
    x: { label: "epochs", scale: "log" },
    y: { label: "accuracy", scale: "linear", domain: [0.45, 1] },
    series: [],
    panels: [
      { title: "(a) fitting random labels", series: before },
      { title: "(b) training accuracy, true labels", y: { label: "training accuracy" }, series: after.train },
      { title: "(c) test accuracy, true labels", y: { label: "test accuracy" }, series: after.test },
      { title: "(d) weight norm, true labels", y: { label: "norm of all weights", domain: [0, 40] }, series: norms },
    ],
    palette: "categorical",
    names: "key",
  };
}
