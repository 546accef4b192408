/**
 * Arnaboldi, Stephan, Krzakala & Loureiro, "From high-dimensional & mean-field dynamics to dimensionless ODEs" (2023): one description holds the limits of high dimension and
 * of many particles, and says where one passes into the other.
 */
import { crossoverChart, crossoverFindings } from "./arnaboldi-2023/crossover.js";
import { dimensionChart, dimensionFindings } from "./arnaboldi-2023/dimension.js";
import type { Paper, PaperExperiment } from "./paper.js";

const crossover: PaperExperiment = {
  name: "arnaboldi-2023-crossover",
  title: "Units and steps: learning rate and width at once (Arnaboldi et al. 2023)",
  description:
    "A step is s = γ/p on the mean-field clock. At the same s, γ = p, wide and narrow students learn as fast; what differs is of order 1/p. At the same p larger steps are faster and noisier. Theory is the ODE for each pair, bands are 100 runs at d = 300.",
  problem: {
    inputDimension: 300,
    teacherWidth: 2,
    activation: "erf",
    scaling: "mean-field",
    secondLayer: "fixed",
    start: { kind: "random", teacher: "orthonormal", scale: 1 },
  },
  vary: { studentWidth: [4, 16], learningRate: [4, 16] },
  integrate: true,
  ensemble: { replicas: 100, quantiles: [0.1, 0.9], method: "chain" },
  until: 300,
  save: { count: 100, spacing: "log" },
  report: { times: [1, 10, 100, 300] },
};

export const arnaboldi2023: Paper = {
  name: "arnaboldi-2023",
  title: "Arnaboldi et al. 2023",
  reference:
    "L. Arnaboldi, L. Stephan, F. Krzakala and B. Loureiro, From high-dimensional & mean-field dynamics to dimensionless ODEs: A unifying approach to SGD in two-layers networks, COLT 2023",
  summary:
    "The order parameters of p particles in d dimensions join the high-dimensional ODE and the mean-field limit: excess risks are A s + B/p for steps s, and d matters as d^-1/2 through the start alone.",
  experiments: [crossover],
  figures: [
    {
      name: "crossover",
      description:
        "Excess risk against the size of the steps for 4 to 32 units: level where the units are few, proportional to the steps where they are many.",
      seconds: 4,
      draw: (control = {}) => crossoverChart(control),
    },
    {
      name: "dimension",
      description: "The change of the risk by overlaps of a start in d dimensions falls as the square root of d.",
      seconds: 7,
      draw: (control = {}) => dimensionChart(control),
    },
  ],
  claims: [
    {
      id: "F-crossover",
      statement: "Between few units and many particles the excess risk is A s + B/p: both limits' own terms, added.",
      source: "Arnaboldi et al.; the noise of (B11) is of order s = γ nₛ, (F3) is left by terms of order 1/p",
      seconds: 2,
      measure: (control = {}) => crossoverFindings(control),
    },
    {
      id: "F-dimension-free",
      statement: "The flow does not know d: a start in d dimensions changes the risk by order d^-1/2, 1 % at d = 100.",
      source: "THEORY F: initial overlaps of order d^-1/2; d = 100: 1 % in risk",
      seconds: 8,
      measure: (control = {}) => dimensionFindings(control),
    },
  ],
};
