/**
 * Veiga, Stephan, Loureiro, Krzakala & Zdeborova, "Phase diagram of stochastic gradient descent in high-dimensional two-layer neural networks" (2022): with p ~ d^kappa and
 * gamma ~ d^-delta, kappa + delta decides which of SGD's two terms survives as d grows.
 */
import type { Paper, PaperExperiment } from "./paper.js";
import { claims } from "./veiga-2022-claims.js";
import { figures } from "./veiga-2022-figures.js";
import { REFERENCE_START } from "./veiga-start.js";

const blueLine: PaperExperiment = {
  name: "veiga-2022-blue-line",
  title: "The blue line of the phase diagram, κ + δ = 0 (Veiga et al. 2022)",
  description:
    "Mean-field scaling, width and learning rate fixed as d grows: from one and the same start, SGD keeps to the ODE with both of its terms, at a distance of order 1/√d.",
  problem: {
    studentWidth: 8,
    teacherWidth: 4,
    activation: "erf",
    scaling: "mean-field",
    learningRate: 8,
    noiseVariance: 0.001,
    start: {
      kind: "state",
      state: REFERENCE_START,
    },
  },
  vary: {
    inputDimension: [30, 100, 1000],
  },
  integrate: true,
  simulate: {
    seeds: 1,
    method: "dense",
  },
  ensemble: {
    replicas: 100,
    quantiles: [0.1, 0.9],
    method: "chain",
  },
  until: 2000,
  save: {
    count: 130,
    spacing: "log",
  },
  report: {
    times: [1, 10, 100, 500, 1000, 2000],
  },
};

export const veiga2022: Paper = {
  name: "veiga-2022",
  title: "Veiga et al. 2022",
  reference:
    "R. Veiga, L. Stephan, B. Loureiro, F. Krzakala and L. Zdeborová, Phase diagram of stochastic gradient descent in high-dimensional two-layer neural networks, NeurIPS 2022",
  summary:
    "With p ~ d^κ units and learning rates γ ~ d^-δ the sum κ + δ decides what SGD becomes as d grows: gradient flow (green), the classical ODE (blue), noise alone (orange), or no deterministic limit (red).",
  experiments: [blueLine],
  figures,
  claims,
};
