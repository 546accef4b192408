/** The experiments, as plain objects: a task, a network, its training, the simple classifiers it is held against. */
import type { PaperClassification } from "../paper.js";

const twice = (width: number) => [width, width, 2];

export const disc: PaperClassification = {
  name: "nakkiran-2019-disc",
  title: "Disc cut by a wave, 10 % of labels flipped",
  description:
    "First all that the network knows is a linear classifier's (Claim 1); it keeps that while it learns twice as much (Claim 2).",
  task: { kind: "disc", train: 1000, noise: 0.1 },
  network: { layers: twice(128) },
  training: { learningRate: 0.05, batchSize: 32, epochs: 400 },
  simple: [{ l2: 1e-4 }],
  seconds: 2,
};

export const linearAndProduct: PaperClassification = {
  name: "nakkiran-2019-linear-and-product",
  title: "sign(x₁ + 1.5 x₂x₃), d = 20",
  description:
    "Of a linear part and a product SGD learns the linear part first, beyond what chance would show, and keeps it.",
  task: { kind: "linear+product", train: 8000 },
  network: { layers: twice(128) },
  training: { learningRate: 0.02, batchSize: 32, epochs: 40 },
  // as A1: the table of settings does not tell it for A2, A3 and A7
  simple: [{ l2: 1e-4 }],
  seconds: 2.2,
};

export const teacherStudent: PaperClassification = {
  name: "nakkiran-2019-teacher",
  title: "Sign of a teacher of three erf units, d = 50",
  description:
    "A student of a nearly linear teacher learns the linear part first and keeps nine tenths of what it knows.",
  task: { kind: "teacher", inputs: 50, units: 3, activation: "erf", train: 8000 },
  network: { layers: [64, 2], activation: "erf" },
  training: { learningRate: 0.1, batchSize: 32, epochs: 100 },
  simple: [{ l2: 1e-4 }],
  seconds: 1.3,
};

export const staircase: PaperClassification = {
  name: "nakkiran-2019-staircase",
  title: "sign(x₁ + 1.2 x₂x₃ + 1.2 x₄x₅x₆), d = 12",
  description: "SGD leaves logistic regressions on monomials up to degree 1, 2 and 3 behind, one after the other.",
  task: { kind: "staircase", train: 20_000 },
  network: { layers: twice(256) },
  training: { learningRate: 0.02, batchSize: 64, epochs: 60 },
  simple: [1, 2, 3].map((degree) => ({ l2: 1e-3, degree })),
  seconds: 17,
};

export const digitHalves: PaperClassification = {
  name: "nakkiran-2019-digits",
  title: "Digits, 0–4 against 5–9",
  description: "On images of handwritten digits, 0–4 against 5–9, the linear classifier comes first and stays.",
  task: { kind: "digits", groups: "first-against-last" },
  network: { layers: twice(256), start: "torch" },
  training: { learningRate: 0.05, batchSize: 64, epochs: 150 },
  simple: [{ l2: 1e-3 }],
  seconds: 2.5,
};

export const fashionParity: PaperClassification = {
  name: "nakkiran-2019-fashion-mnist",
  title: "Fashion-MNIST, odd classes against even ones",
  description: "The linear classifier comes first and stays; it knows nearly all that the network comes to know.",
  task: { kind: "fashion-mnist", groups: "even-against-odd", train: 10_000 },
  network: { layers: twice(256), start: "torch" },
  training: { learningRate: 0.05, batchSize: 64, epochs: 15 },
  simple: [{ l2: 1e-3 }],
  seconds: 12,
};

export const xor: PaperClassification = {
  name: "nakkiran-2019-xor",
  title: "sign(x₁x₂), d = 10: nothing for a linear classifier",
  description:
    "The control: where a linear classifier knows nothing, it explains nothing of a network that learns the rule.",
  task: { kind: "xor", train: 8000 },
  network: { layers: twice(128) },
  training: { learningRate: 0.05, batchSize: 32, epochs: 40 },
  simple: [{ l2: 1e-4 }],
  seconds: 2,
};

export const discInterpolated = {
  name: "nakkiran-2019-interpolation",
  title: "The disc with 200 samples, trained until noise is fitted",
  description:
    "Trained until it fits noise, a network still began as a linear classifier, and ends better than chance by far.",
  task: { kind: "disc", train: 200, noise: 0.1 },
  network: { layers: twice(256) },
  training: { learningRate: 0.1, batchSize: 20, epochs: 3000 },
  simple: [{ l2: 1e-4 }],
  seconds: 10,
} satisfies PaperClassification;

/** By their names in EXPERIMENTS, A. */
export const rows = {
  A1: disc,
  A2: linearAndProduct,
  A3: teacherStudent,
  A4: staircase,
  A5: digitHalves,
  A6: fashionParity,
  A7: xor,
  A8: discInterpolated,
} as const;

export type RowName = keyof typeof rows;
