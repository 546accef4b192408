/**
 * Nakkiran et al., "SGD on neural networks learns functions of increasing complexity" (2019): what a network knows first is what a linear classifier knows (Claim 1), it
 * keeps that as it learns more (Claim 2), and so on through classifiers of increasing complexity; all in units of information about the label.
 */
import { claims } from "./nakkiran-2019/claims.js";
import { convolutionsOnDigits, convolutionsOnFashion } from "./nakkiran-2019/convolutions.js";
import { rows } from "./nakkiran-2019/experiments.js";
import { figures } from "./nakkiran-2019/figures.js";
import type { Paper } from "./paper.js";

export const nakkiran2019: Paper = {
  name: "nakkiran-2019",
  title: "Nakkiran et al. 2019",
  reference:
    "P. Nakkiran, G. Kaplun, D. Kalimeris, T. Yang, B. L. Edelman, F. Zhang and B. Barak, SGD on neural networks learns functions of increasing complexity, NeurIPS 2019",
  summary:
    "At first all that SGD learns is explained by a linear classifier; then it learns functions of increasing complexity and keeps the simple ones.",
  experiments: [],
  classifications: [...Object.values(rows), convolutionsOnDigits, convolutionsOnFashion],
  figures,
  claims,
};
