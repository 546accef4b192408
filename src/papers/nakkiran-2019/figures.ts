/** The figures of Nakkiran et al. */
import { FASHION_MNIST } from "../known-sets.js";
import type { PaperFigure } from "../paper.js";
import { boundaryFigure } from "./boundary.js";
import { convolutionsOnDigits, convolutionsOnFashion } from "./convolutions.js";
import { convolutionsFigure, explainedFigure, informationFigure, staircaseFigure } from "./curves.js";

export const figures: readonly PaperFigure[] = [
  {
    name: "information",
    description:
      "Information of a network about the label against steps, the part that a linear classifier explains and the rest, on four tasks: the explained part comes first and stays.",
    seconds: 9,
    inGallery: true,
    draw: informationFigure,
  },
  {
    name: "boundary",
    description:
      "Decision boundaries of one network on a disc at six steps of SGD: first nearly a line, then the wave of the task, at last islands around samples with wrong labels.",
    seconds: 10,
    inGallery: true,
    draw: boundaryFigure,
  },
  {
    name: "explained",
    description:
      "What a linear classifier explains of networks against what they know, in units of what it knows itself: all of it at first, then no more and no less than that.",
    seconds: 8,
    draw: explainedFigure,
  },
  {
    name: "staircase",
    description:
      "What logistic regressions on monomials up to degree 1, 2 and 3 explain of a network along training: it leaves them behind in this order.",
    seconds: 17,
    draw: staircaseFigure,
  },
  {
    name: "convolutions",
    description:
      "What convolutional networks of 2, 4 and 6 layers explain of a deep one along its training on digits: it leaves them behind in this order.",
    seconds: 8,
    inGallery: true,
    draw: (control) => convolutionsFigure(convolutionsOnDigits, "1,198 training images, 599 test images", control),
  },
  {
    name: "convolutions-fashion-mnist",
    description:
      "What convolutional networks of 2, 4 and 6 layers explain of a deep one along its training on Fashion-MNIST: it leaves them behind in this order.",
    seconds: 135,
    needs: FASHION_MNIST,
    draw: (control) => convolutionsFigure(convolutionsOnFashion, "60,000 training images, 10,000 test images", control),
  },
];
