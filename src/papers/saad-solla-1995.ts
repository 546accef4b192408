/**
 * Saad & Solla, "On-line learning in soft committee machines" (1995): students that start alike wait on a symmetric plateau and leave it after a time that is
 * linear in the logarithm of their asymmetry; above a learning rate the solution does not hold.
 */
import { fixedPoint, integrate, maximalLearningRate } from "../index.js";
import { atLeast, atMost, type Finding, relative, within } from "./finding.js";
import { type Paper, type PaperControl, type PaperExperiment, part, runControl } from "./paper.js";
import { committee, escapeTime, escapeTimes, offThePlateau } from "./saad-solla-1995/escape.js";
import { escapeFigure, learningRateFigure, plateauFigure, specialisationFigure } from "./saad-solla-1995/figures.js";
import { logarithm } from "./slope.js";

/** THEORY E.1: risks on the plateau, in closed form for small learning rates, and five or four digits at finite ones. */
const SMALL_RATES = [
  { K: 2, risk: 0.0116108403127 },
  { K: 3, risk: 0.020296588657 },
];
const FINITE_RATES = [
  { K: 2, eta: 0.1, risk: 0.01209 },
  { K: 2, eta: 1, risk: 0.02066 },
  { K: 3, eta: 0.1, risk: 0.02189 },
];

async function plateauHeights(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [i, { K, risk }] of SMALL_RATES.entries()) {
    const plateau = await fixedPoint(committee(K, 0.1), {
      near: "symmetric",
      terms: "gradient-flow",
      ...runControl(control, 0.05 * i, 0.05),
    });
    findings.push(within(`risk on the plateau, K = ${K}, η → 0`, plateau.risk, risk, 1e-9));
  }
  for (const [i, { K, eta, risk }] of FINITE_RATES.entries()) {
    const plateau = await fixedPoint(committee(K, eta), {
      near: "symmetric",
      ...runControl(control, 0.1 + 0.3 * i, 0.3),
    });
    // a unit of the last digit that is told
    findings.push(within(`risk on the plateau, K = ${K}, η = ${eta}`, plateau.risk, risk, 1.01e-5));
  }
  return findings;
}

/** THEORY E.1: what three decades less of asymmetry cost, from escape times that are told to four digits. */
const THREE_DECADES = [
  { K: 2, eta: 0.1, increments: [1101, 1085, 1079] },
  { K: 2, eta: 1, increments: [117.2, 116.8, 116.8] },
  { K: 3, eta: 0.1, increments: [1579, 1551, 1540] },
];

async function escapes(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [i, { K, eta, increments }] of THREE_DECADES.entries()) {
    const own = part(control, i / THREE_DECADES.length, 1 / THREE_DECADES.length);
    const times = await escapeTimes(K, eta, [1e-3, 1e-6, 1e-9, 1e-12], own);
    const { escapeRate } = await fixedPoint(committee(K, eta), {
      near: "symmetric",
      ...runControl({ signal: own.signal }),
    });
    for (const [j, increment] of increments.entries()) {
      const name = `time for asymmetry 1e-${3 * j + 3} → 1e-${3 * j + 6}, K = ${K}, η = ${eta}`;
      findings.push(relative(name, times[j + 1] - times[j], increment, 0.02));
    }
    const [first, second] = [
      await escapeTime(await offThePlateau(K, eta, 1e-6), own),
      await escapeTime(await offThePlateau(K, eta, 1e-9), own),
    ];
    const name = `the same from the fixed point × its escape rate ÷ log 1000, K = ${K}, η = ${eta}`;
    findings.push(relative(name, ((second - first) * escapeRate) / logarithm(1000), 1, 0.002));
  }
  return findings;
}

/** THEORY E.1: sqrt(15) pi / 3 exactly, and numerically. */
const LARGEST_RATES = [
  { K: 1, eta: 4.05577867597361 },
  { K: 2, eta: 2.3068277 },
  { K: 3, eta: 1.62067451 },
];

async function largestRates(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [i, { K, eta }] of LARGEST_RATES.entries()) {
    findings.push(relative(`η_max, K = ${K}`, await maximalLearningRate(committee(K, 0.1)), eta, 1e-6));
    const share = 1 / LARGEST_RATES.length;
    for (const [j, factor] of [0.98, 1.02].entries()) {
      const identity = Float64Array.from({ length: K * K }, (_, at) => (at % (K + 1) === 0 ? 1 : 0));
      const state = { P: identity, M: identity, Q: identity.map((one) => 1.001 * one) };
      const run = await integrate(
        { ...committee(K, factor * eta), start: { kind: "state", state } },
        { until: 2000, save: { times: [0, 2000] }, ...runControl(control, (i + j / 2) * share, share / 2) },
      );
      const grown = run.risk[1] / run.risk[0];
      const name = `risk at the end over that at the start, K = ${K}, η = ${factor} η_max`;
      findings.push(factor < 1 ? atMost(name, grown, 1e-6) : atLeast(name, grown, 10));
    }
  }
  return findings;
}

const plateau: PaperExperiment = {
  name: "saad-solla-1995-plateau",
  title: "Symmetric plateau and specialisation (Saad & Solla 1995)",
  description:
    "As many students as teachers, no label noise: they wait where all students are the same mixture of the teachers, then each takes one. At finite d each run leaves the plateau at a time of its own.",
  problem: { inputDimension: 10000, teacherWidth: 3, studentWidth: 3, activation: "erf", learningRate: 1 },
  ensemble: { replicas: 40, quantiles: [0.1, 0.9], method: "chain" },
  simulate: { seeds: 1, method: "chain" },
  until: 400,
  save: { count: 200, spacing: "linear" },
  report: { times: [10, 50, 100, 200, 400] },
  plot: { x: { scale: "linear" } },
};

export const saadSolla1995: Paper = {
  name: "saad-solla-1995",
  title: "Saad & Solla 1995",
  reference:
    "D. Saad and S. A. Solla, On-line learning in soft committee machines, Physical Review E 52 (1995), 4225-4243",
  summary:
    "Students that start alike wait on a symmetric plateau, leave it after a time linear in the logarithm of their asymmetry, and specialise; above a learning rate they do not.",
  experiments: [plateau],
  figures: [
    {
      name: "plateau",
      description:
        "Risk against time for ever more symmetric starts: plateaus at the height of the symmetric fixed point, left later and later.",
      seconds: 1,
      draw: plateauFigure,
    },
    {
      name: "specialisation",
      description:
        "Overlaps of three students with three teachers and with each other against time: equal on the plateau, then each student takes a teacher of its own.",
      seconds: 3,
      inGallery: true,
      draw: specialisationFigure,
    },
    {
      name: "escape",
      description:
        "Time of the escape from the plateau, linear in the logarithm of the asymmetry of the start, and of the input dimension.",
      seconds: 12,
      draw: escapeFigure,
    },
    {
      name: "learning-rate",
      description:
        "Rate at which the risk falls at the end, against the learning rate: zero at the largest learning rate.",
      seconds: 3,
      draw: learningRateFigure,
    },
  ],
  claims: [
    {
      id: "E1g-plateau",
      statement: "Students that start alike come to a plateau whose height is known.",
      source: "THEORY E.1, (K/π)(π/6 − K asin(1/(2K))) for small η",
      seconds: 0.2,
      measure: (control = {}) => plateauHeights(control),
    },
    {
      id: "E1g-escape",
      statement:
        "The time to leave the plateau grows by the same amount for every three decades less of asymmetry, and the fixed point's escape rate says by which.",
      source: "THEORY E.1",
      seconds: 0.5,
      measure: (control = {}) => escapes(control),
    },
    {
      id: "E1g-learning-rate",
      statement:
        "The specialised solution attracts below a largest learning rate, √15 π/3 for K = 1, and repels above it.",
      source: "THEORY E.1",
      seconds: 0.5,
      measure: (control = {}) => largestRates(control),
    },
  ],
};
