/** The paper's figures. */
import type { PaperFigure } from "../paper.js";
import { finalErrors, solutions } from "./final-errors.js";
import { earlyStop, finiteSet } from "./finite-set-figures.js";
import { learningCurves } from "./learning-curves.js";
import { orderParameterMaps } from "./order-parameters.js";

export const figures: readonly PaperFigure[] = [
  {
    name: "first-layer-curves",
    description:
      "Excess risk of students of width 2 to 6 with the first layer trained: theory as lines, chains as bands, explicit weights as dots; wider students end worse.",
    seconds: 10,
    inGallery: true,
    draw: (control = {}) => learningCurves("first", control),
  },
  {
    name: "both-layers-curves",
    description:
      "Excess risk of students of width 2 to 6 with both layers trained: theory as lines, chains as bands, explicit weights as dots; wider students end no worse.",
    seconds: 16,
    draw: (control = {}) => learningCurves("both", control),
  },
  {
    name: "final-error",
    description:
      "Final error against width of erf, ReLU and linear students: it grows with the first layer trained, is constant for specialised and falls for denoising solutions with both.",
    seconds: 10,
    draw: (control = {}) => finalErrors(control),
  },
  {
    name: "solutions",
    description:
      "Final error of erf students against width: growing with the first layer trained, constant where they specialise, falling as 1/K where they share teachers, between them from random starts.",
    seconds: 8,
    inGallery: true,
    draw: (control = {}) => solutions(control),
  },
  {
    name: "order-parameters",
    description:
      "Overlaps of students with teachers and each other as matrices of colours, before, on, leaving and after the plateau.",
    seconds: 1,
    inGallery: true,
    draw: (control = {}) => orderParameterMaps(control),
  },
  {
    name: "finite-set",
    description:
      "Population and empirical risk of mini-batch SGD, gradient descent and its flow on a finite training set beside one-pass SGD, early stopping marked.",
    seconds: 6,
    inGallery: true,
    draw: (control = {}) => finiteSet(control),
  },
  {
    name: "early-stopping",
    description:
      "Population and empirical risk of a linear student under gradient flow for several numbers of samples: random matrix theory as lines, runs as dots.",
    seconds: 6,
    draw: (control = {}) => earlyStop(control),
  },
];
