/** The learning curves of the paper, as `sgd-dynamics run` runs them. */
import type { PaperExperiment } from "../paper.js";

export const firstLayer: PaperExperiment = {
  name: "goldt-2019-first-layer",
  title: "Over-parametrised students, first layer trained (Goldt et al. 2019)",
  description:
    "Students of p units learn a teacher of two: a plateau, then specialisation; with label noise the final error grows with p. Theory is the limit d → ∞; at d = 500 each run leaves the plateau at a time of its own, though all start alike.",
  problem: {
    inputDimension: 500,
    teacherWidth: 2,
    activation: "erf",
    learningRate: 0.2,
    secondLayer: "fixed",
    noiseVariance: 0.01,
    start: {
      kind: "random",
      teacher: "orthonormal",
      scale: 1,
    },
  },
  vary: {
    studentWidth: [2, 3, 4, 5, 6],
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
    count: 200,
    spacing: "log",
  },
  report: {
    times: [1, 10, 100, 500, 1000, 2000],
  },
  plot: {
    panels: [
      {
        title: "(a) from the start",
        x: {
          domain: [0.1, 2400],
        },
      },
      {
        title: "(b) leaving the plateau",
        x: {
          scale: "linear",
          domain: [0, 1600],
        },
        y: {
          domain: [0.0003, 0.04],
        },
      },
    ],
  },
};

export const bothLayers: PaperExperiment = {
  name: "goldt-2019-both-layers",
  title: "Over-parametrised students, both layers trained (Goldt et al. 2019)",
  description:
    "The same students with both layers trained: units share the teacher's weights between them, and the final error falls with p. Lines are the limit d → ∞, bands what 100 runs do at d = 500.",
  problem: {
    inputDimension: 500,
    teacherWidth: 2,
    activation: "erf",
    learningRate: 0.2,
    secondLayer: {
      learningRate: 0.2,
    },
    noiseVariance: 0.01,
    start: {
      kind: "random",
      teacher: "orthonormal",
      scale: 1,
    },
  },
  vary: {
    studentWidth: [2, 3, 4, 6],
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
  until: 3000,
  save: {
    count: 200,
    spacing: "log",
  },
  report: {
    times: [1, 10, 100, 1000, 2000, 3000],
  },
  plot: {
    panels: [
      {
        title: "(a) from the start",
        x: {
          domain: [0.1, 3600],
        },
      },
      {
        title: "(b) leaving the plateau",
        x: {
          scale: "linear",
          domain: [0, 2400],
        },
        y: {
          domain: [0.00015, 0.03],
        },
      },
    ],
  },
};

export const reluFirstLayer: PaperExperiment = {
  name: "goldt-2019-relu-first-layer",
  title: "Over-parametrised ReLU students, first layer trained (Goldt et al. 2019)",
  description:
    "ReLU students leave the plateau the earlier the wider they are, and share the teacher's units between them; the final error grows with p all the same. Lines are the limit d → ∞, bands what 50 runs do at d = 500.",
  problem: {
    inputDimension: 500,
    teacherWidth: 2,
    activation: "relu",
    learningRate: 0.1,
    secondLayer: "fixed",
    noiseVariance: 0.01,
    start: { kind: "random", teacher: "orthonormal", scale: 1 },
  },
  vary: { studentWidth: [2, 3, 4, 6] },
  integrate: true,
  simulate: { seeds: 1, method: "dense" },
  ensemble: { replicas: 50, quantiles: [0.1, 0.9], method: "chain" },
  until: 1000,
  save: { count: 160, spacing: "log" },
  report: { times: [1, 10, 100, 500, 1000] },
};

export const denoisingStart: PaperExperiment = {
  name: "goldt-2019-denoising",
  title: "From the solutions that share the teacher (Goldt et al. 2019)",
  description:
    "Both layers trained, from the solution where each unit of the teacher is shared by p/2 students: label noise averages out, and the final error falls as 1/p.",
  problem: {
    inputDimension: 500,
    teacherWidth: 2,
    activation: "erf",
    learningRate: 0.2,
    secondLayer: { learningRate: 0.2 },
    noiseVariance: 0.01,
    start: { kind: "denoising" },
  },
  vary: { studentWidth: [2, 4, 8] },
  integrate: true,
  simulate: { seeds: 1, method: "dense" },
  ensemble: { replicas: 50, quantiles: [0.1, 0.9], method: "chain" },
  until: 500,
  save: { count: 120, spacing: "log" },
  report: { times: [1, 10, 100, 500] },
};

export const finiteSet: PaperExperiment = {
  name: "goldt-2019-finite-set",
  title: "Many passes over n samples (Goldt et al. 2019)",
  description:
    "The same students trained again and again on n noisy samples: the population risk has a minimum, the earlier and the higher the fewer samples there are. Means of 8 sets.",
  problem: {
    inputDimension: 100,
    studentWidth: 4,
    teacherWidth: 2,
    activation: "erf",
    learningRate: 0.2,
    noiseVariance: 0.1,
    data: { samples: 400, order: "reshuffle" },
    start: { kind: "random", teacher: "orthonormal", scale: 1 },
  },
  vary: { "data.samples": [100, 200, 400, 800, 1600] },
  integrate: false,
  simulate: { seeds: 8, method: "dense" },
  until: 1000,
  save: { count: 120, spacing: "log" },
  report: { times: [1, 10, 100, 1000] },
};
