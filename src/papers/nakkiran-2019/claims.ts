/** What the paper says, and the experiments that show it. */
import { dataNeed } from "../known-sets.js";
import type { Claim, PaperClassification } from "../paper.js";
import { convolutionsOnDigits, convolutionsOnFashion } from "./convolutions.js";
import { measureOnTables, theorem1 } from "./exact.js";
import { type RowName, rows } from "./experiments.js";
import { convolutionsMeasured, measured } from "./findings.js";

const SEEDS = [1, 2, 3, 4, 5];

function needsOf({ task }: PaperClassification): Pick<Claim, "needs"> {
  const needs = dataNeed(task);
  return needs ? { needs } : {};
}

function claimOf(row: RowName, id: string, statement: string): Claim {
  const experiment = rows[row];
  return {
    id: `${row}-${id}`,
    statement,
    source: `EXPERIMENTS ${row}: a reference program's seeds; Claims 1 and 2 of the paper`,
    seconds: SEEDS.length * (experiment.seconds ?? 0),
    ...needsOf(experiment),
    measure: (control = {}) => measured(row, SEEDS, control),
  };
}

/** Seeds of Figure 5's experiments, each of which trains four networks. */
const CONVOLUTION_SEEDS = [1, 2, 3];

function convolutionClaim(id: string, experiment: PaperClassification, where: string, isDeepest?: boolean): Claim {
  return {
    id,
    statement: `A deep convolutional network leaves convolutional networks of 2, 4 and 6 layers behind in this order, ${where}.`,
    source: "Figure 5 of the paper, with networks and data of our own",
    seconds: CONVOLUTION_SEEDS.length * (experiment.seconds ?? 0),
    ...needsOf(experiment),
    measure: (control = {}) => convolutionsMeasured(experiment, CONVOLUTION_SEEDS, control, isDeepest),
  };
}

export const claims: readonly Claim[] = [
  {
    id: "A-measure",
    statement:
      "μ(F;L) = I(F;Y) − I(F;Y|L) is what L explains of F: half of the time the same as L or wrong independently of it, F has the μ that calculation gives.",
    source: "EXPERIMENTS, exact checks; Figure 3 of the paper",
    seconds: 0.1,
    measure: measureOnTables,
  },
  {
    id: "A-theorem-1",
    statement:
      "SGD on one-hot samples fits every noisy label and is yet as right on fresh ones as the simple classifier, 1 − p, if it starts small; not if it does not.",
    source: "Theorem 1; THEORY G, (G1)",
    seconds: 0.3,
    measure: theorem1,
  },
  claimOf(
    "A1",
    "disc",
    "On a disc cut by a wave all that the network knows at T₀ is a linear classifier's (Claim 1), and that it keeps while it learns twice as much (Claim 2).",
  ),
  claimOf(
    "A2",
    "linear-and-product",
    "Of a linear part and a product SGD learns the linear part first, beyond what errors in common by chance would show, and keeps it.",
  ),
  claimOf(
    "A3",
    "teacher",
    "A student of a nearly linear teacher learns the linear part first, and keeps nine tenths of what it knows.",
  ),
  claimOf(
    "A4",
    "staircase",
    "SGD learns a sum of degrees 1, 2 and 3 in this order: it leaves logistic regressions on monomials up to degree 1, 2, 3 behind one after the other.",
  ),
  claimOf("A5", "digits", "On handwritten digits, 0–4 against 5–9, the linear classifier comes first and stays."),
  claimOf(
    "A6",
    "fashion-mnist",
    "On Fashion-MNIST, odd classes against even ones, the linear classifier comes first and stays.",
  ),
  claimOf(
    "A7",
    "xor",
    "The control: where a linear classifier knows nothing, it explains nothing of a network that learns the rule.",
  ),
  claimOf(
    "A8",
    "interpolation",
    "Trained on 200 samples until it fits their noise, a network still began as a linear classifier, and ends better than chance by far.",
  ),
  convolutionClaim(
    "CNN-digits",
    convolutionsOnDigits,
    "on digits, 0–4 against 5–9, though the last only where it comes to know more",
  ),
  convolutionClaim(
    "CNN-fashion-mnist",
    convolutionsOnFashion,
    "on Fashion-MNIST, the first five classes against the last five, and comes to know more than any",
    true,
  ),
];
