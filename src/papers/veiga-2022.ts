/**
 * Veiga, Stephan, Loureiro, Krzakala & Zdeborova, "Phase diagram of stochastic gradient descent in high-dimensional two-layer neural networks" (2022): with p ~ d^kappa and
 * gamma ~ d^-delta, kappa + delta decides which of SGD's two terms survives as d grows.
 */
import type { Paper, PaperExperiment } from "./paper.js";
import { claims } from "./veiga-2022/claims.js";
import { figures } from "./veiga-2022/figures.js";
import { REFERENCE_START } from "./veiga-2022/start.js";

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

/** The regions that have a limit, p = 8 and k = 4 from the start of the reference trajectories, each on its own clock. */
function limitOf(name: string, delta: number, until: number, what: string): PaperExperiment {
  return {
    name: `veiga-2022-${name}-limit`,
    title: `The limit of the ${name} region, δ = ${String(delta).replace("-", "−")} (Veiga et al. 2022)`,
    description: what,
    problem: {
      inputDimension: 1e6,
      studentWidth: 8,
      teacherWidth: 4,
      activation: "erf",
      scaling: "mean-field",
      noiseVariance: 0.001,
      start: { kind: "state", state: REFERENCE_START },
    },
    vary: { learningRate: [2, 4, 8] },
    integrate: { limit: { region: { kappa: 0, delta } } },
    until,
    save: { count: 130, spacing: "log" },
    report: { times: [until / 1000, until / 100, until / 10, until] },
  };
}

const greenLimit = limitOf(
  "green",
  0.5,
  1000,
  "Learning rates that fall with d: the noise of SGD is gone in the limit, and what is left is gradient flow, in which the learning rate only sets the pace.",
);
const orangeLimit = limitOf(
  "orange",
  -0.375,
  10,
  "Learning rates that grow with d: M is frozen, the noise of SGD alone drives Q, and the risk rises.",
);

/** At one d: a smaller learning rate costs samples and buys a lower floor. */
const floors: PaperExperiment = {
  name: "veiga-2022-noise-floor",
  title: "Smaller learning rates end lower, at d = 1000 (Veiga et al. 2022)",
  description:
    "Fixed dimension and width, γ = 4 d^-δ for δ = 0, 1/4 and 1/2: each curve ends on a floor that label noise keeps up, proportional to γ, and takes as much longer to come there.",
  problem: {
    inputDimension: 1000,
    studentWidth: 4,
    teacherWidth: 2,
    activation: "erf",
    scaling: "mean-field",
    noiseVariance: 0.001,
    start: { kind: "random", teacher: "orthonormal", scale: 1 },
  },
  vary: { learningRate: [4, 0.711, 0.126] },
  integrate: true,
  simulate: { seeds: 1, method: "chain" },
  until: 10000,
  save: { count: 130, spacing: "log" },
  report: { times: [10, 100, 1000, 10000] },
};

export const veiga2022: Paper = {
  name: "veiga-2022",
  title: "Veiga et al. 2022",
  reference:
    "R. Veiga, L. Stephan, B. Loureiro, F. Krzakala and L. Zdeborová, Phase diagram of stochastic gradient descent in high-dimensional two-layer neural networks, NeurIPS 2022",
  summary:
    "With p ~ d^κ units and learning rates γ ~ d^-δ the sum κ + δ decides what SGD becomes as d grows: gradient flow (green), the classical ODE (blue), noise alone (orange), or no deterministic limit (red).",
  experiments: [blueLine, greenLimit, orangeLimit, floors],
  figures,
  claims,
};
