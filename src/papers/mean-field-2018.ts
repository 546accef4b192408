/**
 * The mean-field limit (THEORY F): Mei, Montanari & Nguyen, "A mean field view of the landscape of two-layer neural networks" (2018); Chizat & Bach, "On the global convergence of
 * gradient descent for over-parameterized models using optimal transport" (2018); Rotskoff & Vanden-Eijnden, "Parameters as interacting particles" (2018); Sirignano &
 * Spiliopoulos, "Mean field analysis of neural networks" (2018, 2020): wide networks are a density of particles that flows down the risk.
 */
import { densityMap } from "./mean-field-2018/density.js";
import { fluctuationChart, fluctuationFindings } from "./mean-field-2018/fluctuations.js";
import { globalChart, globalFindings } from "./mean-field-2018/global-convergence.js";
import { levelFindings } from "./mean-field-2018/levels.js";
import { smallStepChart, smallStepFindings } from "./mean-field-2018/small-steps.js";
import { widthChart, widthFindings } from "./mean-field-2018/width.js";
import type { Claim, Paper, PaperExperiment, PaperFigure } from "./paper.js";

const smallSteps: PaperExperiment = {
  name: "mean-field-2018-small-steps",
  title: "SGD of 20 particles, smaller and smaller steps (Mei et al. 2018)",
  description:
    "At fixed d and p the noise of one-pass SGD fades with the learning rate: in units of t γ nₛ, the mean-field clock, all curves come to the flow of 20 particles. Theory is the ODE at each learning rate, bands are 100 runs at d = 30.",
  problem: {
    inputDimension: 30,
    studentWidth: 20,
    teacherWidth: 2,
    activation: "erf",
    scaling: "mean-field",
    secondLayer: "fixed",
    start: { kind: "random", teacher: "orthonormal", scale: 1 },
  },
  vary: { learningRate: [16, 4, 1] },
  integrate: true,
  ensemble: { replicas: 100, quantiles: [0.1, 0.9], method: "chain" },
  until: 400,
  save: { count: 100, spacing: "log" },
  report: { times: [1, 10, 100, 400] },
};

const widths: PaperExperiment = {
  name: "mean-field-2018-widths",
  title: "More and more particles, both layers trained (Sirignano & Spiliopoulos 2018)",
  description:
    "With a learning rate that does not grow with p, the steps of a particle are of order 1/p: wide networks take p times the samples, and runs of them are ever more alike. Theory is the ODE without the noise of samples, the flow of p particles; bands are 100 runs at d = 30 from its start.",
  problem: {
    inputDimension: 30,
    teacherWidth: 1,
    activation: "erf",
    scaling: "mean-field",
    learningRate: 3,
    secondLayer: { learningRate: 3 },
    start: { kind: "random", teacher: "orthonormal", scale: 1 },
  },
  vary: { studentWidth: [4, 16, 64] },
  integrate: { terms: "gradient-flow" },
  ensemble: { replicas: 100, quantiles: [0.1, 0.9], method: "chain" },
  until: 40,
  save: { count: 60, spacing: "linear" },
  report: { times: [10, 20, 40] },
};

const figures: readonly PaperFigure[] = [
  {
    name: "width",
    description:
      "Learning curves of 25 to 200 particles approach the mean-field limit, and their distance to it falls as 1/p.",
    seconds: 4,
    inGallery: true,
    draw: (control = {}) => widthChart(control),
  },
  {
    name: "density",
    description: "A density of ReLU particles over time: mass gathers at the directions of the teachers.",
    seconds: 4,
    inGallery: true,
    draw: (control = {}) => densityMap(control),
  },
  {
    name: "global-convergence",
    description:
      "Risks reached from random starts against the number of particles: 3 mostly fail, 6 and more succeed where they have the teacher's signs.",
    seconds: 20,
    draw: (control = {}) => globalChart(control),
  },
  {
    name: "fluctuations",
    description:
      "Standard deviations of overlap and risk over runs of SGD fall as the square root of the number of particles.",
    seconds: 4,
    draw: (control = {}) => fluctuationChart(control),
  },
  {
    name: "small-steps",
    description:
      "Learning curves of SGD around the flow of the particles, and their distance to it against the size of the steps.",
    seconds: 6,
    draw: (control = {}) => smallStepChart(control),
  },
];

const claims: readonly Claim[] = [
  {
    id: "F-width",
    statement: "The flow of p particles comes to its dimension-free limit as 1/p.",
    source: "THEORY F: the gap halves as p doubles, slope -1; its table for T = 20",
    seconds: 3,
    measure: (control = {}) => widthFindings(control),
  },
  {
    id: "F-levels",
    statement: "Particles and order parameters follow one and the same flow, for every p and d.",
    source: "THEORY F: 4e-12 at T = 5, erf and ReLU, both layers, R^12",
    seconds: 1,
    measure: (control = {}) => levelFindings(control),
  },
  {
    id: "F-global-convergence",
    statement:
      "Three ReLU particles mostly miss a teacher of three units; six and more always find it from starts with two units of + and one of -, which the flow cannot change.",
    source:
      "THEORY F (Chizat & Bach): p = 3 fails in at least half of 6 starts, p >= 6 reaches 2e-4 at T = 200 and 1e-5 at T = 2000",
    seconds: 20,
    measure: (control = {}) => globalFindings(control),
  },
  {
    id: "F-fluctuations",
    statement: "Fluctuations of SGD around the mean-field limit fall as p^-1/2.",
    source: "Sirignano & Spiliopoulos's central limit theorem; at the start 1/sqrt(p d)",
    seconds: 7,
    measure: (control = {}) => fluctuationFindings(control),
  },
  {
    id: "F-small-steps",
    statement:
      "One-pass SGD with steps s follows the flow of its particles: its mean at a distance of order s, a run of order s^1/2.",
    source: "THEORY F: steps << 1/d; weak and strong order of the Euler-Maruyama scheme",
    seconds: 7,
    measure: (control = {}) => smallStepFindings(control),
  },
];

export const meanField2018: Paper = {
  name: "mean-field-2018",
  title: "The mean-field limit (2018)",
  reference:
    "S. Mei, A. Montanari and P.-M. Nguyen, A mean field view of the landscape of two-layer neural networks, PNAS 115 (2018); L. Chizat and F. Bach, On the global convergence of gradient descent for over-parameterized models using optimal transport, NeurIPS 2018; G. M. Rotskoff and E. Vanden-Eijnden, Parameters as interacting particles, NeurIPS 2018; J. Sirignano and K. Spiliopoulos, Mean field analysis of neural networks, SIAM Journal on Applied Mathematics 80 (2020) and Stochastic Processes and their Applications 130 (2020)",
  summary:
    "Wide two-layer networks with outputs scaled by 1/p are a density of particles that flows down the population risk: 1/p away from it as a flow, p^-1/2 as SGD, and to a global minimum where there are particles enough.",
  experiments: [smallSteps, widths],
  figures,
  claims,
};
