/** Some seeds of an experiment, held against the bands and against what every seed must show. */
import { atMost, type Finding, within } from "../finding.js";
import { type PaperControl, part } from "../paper.js";
import { every, heldAgainst, mean } from "../seeds.js";
import { bands } from "./bands.js";
import type { AdversarialExperiment } from "./experiments.js";
import { type Run, runOf } from "./run.js";

const startNames = { rand: "random start", adv: "adversarial start" } as const;
const kinds = { test: "test accuracy", dis: "area off the rule", bnd: "length of the boundary" } as const;

/** "adv_vanilla_bnd" in words. */
function quantityOf(metric: string, { recipes }: AdversarialExperiment): string {
  if (metric === "norm") return "weight norm after random labels";
  const [start, recipe, kind = "test"] = metric.split("_");
  const { title } = recipes[recipe];
  if (start === "gap") return `test accuracy lost by the adversarial start, ${title}`;
  return `${kinds[kind as keyof typeof kinds]}, ${startNames[start as keyof typeof startNames]}, ${title}`;
}

/** Means of some seeds in their bands, the seed furthest off in its own, the inequalities on every seed; with one seed, only what is told of single ones. */
export function findingsOf(experiment: AdversarialExperiment, runs: readonly Run[]): Finding[] {
  const seeds = runs.map(({ metrics }) => metrics);
  return [
    ...heldAgainst(bands[experiment.name], seeds, (metric) => quantityOf(metric, experiment)),
    ...badMinimum(runs),
    ...inequalities[experiment.name](seeds),
  ];
}

/** Vanilla SGD fits all of the training set from both starts: minima of the same training accuracy, of which one is worse. */
function badMinimum(runs: readonly Run[]): Finding[] {
  const vanilla = ["rand_vanilla", "adv_vanilla", "rand_fast", "adv_fast"];
  const fits = runs.map(({ outcomes }) => Math.min(...vanilla.flatMap((name) => outcomes[name]?.trainAccuracy ?? [])));
  const worse = runs.filter(({ metrics }) => metrics.adv_vanilla < metrics.rand_vanilla);
  return [
    every("training accuracy, vanilla SGD from either start", fits, 1, "at-least"),
    within(
      `seeds, of ${runs.length}, on which vanilla SGD generalises worse from the adversarial start`,
      worse.length,
      runs.length,
      0,
    ),
  ];
}

type Seeds = readonly Readonly<Record<string, number>>[];

/** Explicit regularisation closes the gap, on every seed. */
function closed(seeds: Seeds, gap: string, recipe: string): Finding {
  const sizes = seeds.map((metrics) => Math.abs(metrics[gap]));
  return every(`|difference between the starts|, ${recipe}`, sizes, 0.04, "at-most");
}

/** Before it sees a true label the network knows nothing of them. */
function knowsNothing(seeds: Seeds, low: number, high: number): Finding[] {
  const chance = seeds.map((metrics) => metrics.chance);
  const name = "test accuracy after random labels";
  return [every(name, chance, low, "at-least"), every(name, chance, high, "at-most")];
}

/** By experiment. */
const inequalities: Readonly<Record<string, (seeds: Seeds) => Finding[]>> = {
  B1: (seeds) => [
    every(
      "length of the boundary, vanilla SGD, adversarial start ÷ random start",
      seeds.map(({ adv_vanilla_bnd, rand_vanilla_bnd }) => adv_vanilla_bnd / rand_vanilla_bnd),
      1.2,
      "at-least",
    ),
  ],
  B2: (seeds) => [
    closed(seeds, "gap_all", "L2, momentum and augmentation"),
    ...knowsNothing(seeds, 0.05, 0.16),
    // told of the mean of seeds: those of one are noisy
    ...(seeds.length > 1
      ? [
          atMost(
            "test accuracy lost by the adversarial start, learning rate 0.2 ÷ 0.01, means of seeds",
            mean(seeds.map(({ gap_fast }) => gap_fast)) / mean(seeds.map(({ gap_vanilla }) => gap_vanilla)),
            0.5,
          ),
        ]
      : []),
  ],
  B3: (seeds) => [closed(seeds, "gap_l2", "L2"), ...knowsNothing(seeds, 0.45, 0.55)],
};

export async function measured(
  experiment: AdversarialExperiment,
  seeds: readonly number[],
  control: PaperControl,
): Promise<Finding[]> {
  const runs: Run[] = [];
  for (const [i, seed] of seeds.entries())
    runs.push(await runOf(experiment, seed, part(control, i / seeds.length, 1 / seeds.length)));
  return findingsOf(experiment, runs);
}
