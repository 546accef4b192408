/**
 * Liu, Papailiopoulos & Achlioptas, "Bad global minima exist and SGD can reach them" (2020): from a start that fits random labels SGD goes to minima of perfect training
 * accuracy that generalise badly; L2, momentum and augmentation lead it away from them.
 */
import { boundariesFigure } from "./liu-2020/boundaries.js";
import {
  type AdversarialExperiment,
  classifications,
  digitImages,
  teacherStudent,
  toy,
} from "./liu-2020/experiments.js";
import { measured } from "./liu-2020/findings.js";
import { pathsFigure } from "./liu-2020/paths.js";
import { recipesFigure } from "./liu-2020/recipes.js";
import type { Claim, Paper } from "./paper.js";

const SEEDS = [1, 2, 3, 4, 5];

function claimOf(experiment: AdversarialExperiment, id: string, statement: string): Claim {
  return {
    id: `${experiment.name}-${id}`,
    statement,
    source: `EXPERIMENTS ${experiment.name}: a reference program's seeds; THEORY H`,
    seconds: SEEDS.length * experiment.seconds,
    measure: (control = {}) => measured(experiment, SEEDS, control),
  };
}

export const liu2020: Paper = {
  name: "liu-2020",
  title: "Liu et al. 2020",
  reference:
    "S. Liu, D. Papailiopoulos and D. Achlioptas, Bad global minima exist and SGD can reach them, NeurIPS 2020",
  summary:
    "From a start that fits random labels, plain SGD goes to minima of perfect training accuracy that generalise badly; L2, momentum and augmentation lead it away.",
  experiments: [],
  classifications,
  figures: [
    {
      name: "boundaries",
      description:
        "Decision boundaries as training goes on from a start that fits random labels: vanilla SGD keeps the maze, all three recipes straighten it.",
      seconds: 3,
      inGallery: true,
      draw: boundariesFigure,
    },
    {
      name: "paths",
      description:
        "Training and test accuracy and weight norm along training from random and adversarial starts: vanilla SGD fits all labels and yet stays at large weights and low test accuracy; L2 shrinks the weights, and the start does not matter.",
      seconds: 8,
      draw: pathsFigure,
    },
    {
      name: "recipes",
      description:
        "Test accuracy of each recipe on digits against the copies of the random-label set that the start fits: it falls with vanilla SGD, less with momentum, and not with L2.",
      seconds: 48,
      draw: recipesFigure,
    },
  ],
  claims: [
    claimOf(
      toy,
      "toy",
      "After random labels, vanilla SGD separates two blobs perfectly by a winding boundary; L2, alone or with momentum and augmentation, finds the straight one that a random start leads to.",
    ),
    claimOf(
      digitImages,
      "digits",
      "On handwritten digits an adversarial start costs vanilla SGD a tenth of the test accuracy at perfect training accuracy; L2 or a large learning rate win it back, and all recipes together do not depend on the start.",
    ),
    claimOf(
      teacherStudent,
      "teacher",
      "A student of a teacher of erf units, led astray by random labels, stays a fifth worse with vanilla SGD, and not with L2.",
    ),
  ],
};
