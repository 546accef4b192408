/** What the paper says, measured. */
import type { Claim } from "../paper.js";
import { denoising, firstOrder, randomStarts, specialised } from "./both-layers.js";
import { firstPass, flow, interpolation, overfitting, smallSteps } from "./finite-set.js";
import { coefficients, linear, pairs, relu, widths } from "./first-layer.js";
import { denseRun, meanOfChains } from "./theory-and-simulation.js";

export const claims: readonly Claim[] = [
  {
    id: "E1a-chains",
    statement: "The ODE of the order parameters is what SGD does at large d: runs scatter about it by d^-1/2.",
    source: "THEORY E.3, E1a; (B12)",
    seconds: 6,
    measure: (control = {}) => meanOfChains(control),
  },
  {
    id: "E1b-dense",
    statement: "One run on explicit weights keeps to the ODE.",
    source: "THEORY E.3, E1b",
    seconds: 1,
    measure: (control = {}) => denseRun(control),
  },
  {
    id: "E1c-coefficient",
    statement:
      "With the first layer trained, label noise leaves the error (ηΔ/2π) f(M, L, η) for L students more than teachers.",
    source: "THEORY E.2, f by linear response; (E3)",
    seconds: 1,
    measure: (control = {}) => coefficients(control),
  },
  {
    id: "E1c-width",
    statement: "The final error of erf students grows with their width where the first layer alone is trained.",
    source: "THEORY E.2, E.3 E1c",
    seconds: 5,
    measure: (control = {}) => widths(control),
  },
  {
    id: "E1c-pairs",
    statement: "Two students more than teachers are no fixed point: label noise makes the pair (w, -w) grow slowly.",
    source: "THEORY E.2: f = 3.72 where |w|²/d = 0.093",
    seconds: 1,
    measure: (control = {}) => pairs(control),
  },
  {
    id: "E1d-linear",
    statement: "The final error of linear students is ηΔK/(4 - 2ηK(d + 2)/d), exactly.",
    source: "THEORY E.2, E.3 E1d: 1.7241e-3 at d = 20, 1.66778e-3 at d = 1000",
    seconds: 3,
    measure: (control = {}) => linear(control),
  },
  {
    id: "E2-relu-first-layer",
    statement: "The final error of ReLU students grows with their width where the first layer alone is trained.",
    source: "THEORY E.2, ReLU, first layer",
    seconds: 1,
    measure: (control = {}) => relu(control),
  },
  {
    id: "E1e-denoising",
    statement: "With both layers trained students share the teachers between them: the final error falls as 1/K.",
    source: "THEORY E.2, E.3 E1e",
    seconds: 6,
    measure: (control = {}) => denoising(control),
  },
  {
    id: "E1f-specialised",
    statement: "With both layers trained from the teacher on, the final error does not depend on the width.",
    source: "THEORY E.2, E.3 E1f",
    seconds: 5,
    measure: (control = {}) => specialised(control),
  },
  {
    id: "E2-first-order",
    statement: "At small learning rates the final error is (ηΔ/4) n_s² Σ a_i² J2_ii at every solution.",
    source: "THEORY (E2)",
    seconds: 1,
    measure: (control = {}) => firstOrder(control),
  },
  {
    id: "E2-random-starts",
    statement:
      "From random starts with both layers trained the final error is between the two, and does not grow with the width.",
    source: "THEORY E.2: constant or decreasing; within 20 % of (E2)",
    seconds: 3,
    measure: (control = {}) => randomStarts(control),
  },
  {
    id: "finite-set-flow",
    statement: "Gradient flow on n samples: the signal is learnt first, the noise after, as random matrices say.",
    source: "Advani & Saxe 2017; means of inverse Wishart matrices",
    seconds: 5,
    measure: (control = {}) => flow(control),
  },
  {
    id: "finite-set-interpolation",
    statement: "With fewer samples than dimensions SGD and gradient flow end at one and the same interpolation.",
    source: "least-norm solution: steps from zero stay in the span of the samples",
    seconds: 2,
    measure: (control = {}) => interpolation(control),
  },
  {
    id: "finite-set-small-steps",
    statement: "Gradient descent goes to its flow as the learning rate goes to zero, at first order.",
    source: "Euler's method",
    seconds: 1,
    measure: (control = {}) => smallSteps(control),
  },
  {
    id: "finite-set-first-pass",
    statement: "Up to the end of the first pass SGD on n samples is one-pass SGD; after it the two part.",
    source: "THEORY E.0, the linear recursion",
    seconds: 1,
    measure: (control = {}) => firstPass(control),
  },
  {
    id: "finite-set-overfitting",
    statement:
      "On n samples the population risk has a minimum while the empirical risk falls on; one pass does not overfit.",
    source: "Goldt et al. 2019, talk; THEORY E.2 for the floor",
    seconds: 2,
    measure: (control = {}) => overfitting(control),
  },
];
