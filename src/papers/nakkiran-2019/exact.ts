/** What can be calculated: the measure on distributions that are given, and Theorem 1. */
import {
  type CountTable,
  mutualInformation,
  type OneHotStart,
  oneHotTask,
  performanceExplained,
} from "../../classify/index.js";
import { atLeast, type Finding, within } from "../finding.js";

/** EXPERIMENTS' tolerance: its values are told to six digits. */
const TOLD = 2e-6;

/** I(F;Y) of unbiased binary classifiers, 1 - h2(P[F = Y]): Figure 3. */
const INFORMATION = [
  [0.55, 0.007226],
  [0.6, 0.029049],
  [0.75, 0.188722],
  [0.9, 0.531004],
  [0.99, 0.919207],
];

/** Y uniform; L right with aL; F = L with probability rho, else right with aF. */
function model(aF: number, aL: number, rho: number): number[][][] {
  const right = (a: number, guess: number, y: number) => (guess === y ? a : 1 - a);
  return [0, 1].map((f) =>
    [0, 1].map((y) => [0, 1].map((l) => (right(aL, l, y) / 2) * ((f === l ? rho : 0) + (1 - rho) * right(aF, f, y)))),
  );
}

/** Errors that are independent given Y: accuracies of F and L, I(F;Y), mu. */
const INDEPENDENT = [
  { aF: 0.757, aL: 0.7595, I: 0.200006, mu: 0.051961 },
  { aF: 0.952, aL: 0.763, I: 0.72216, mu: 0.16988 },
];

/** c[f][y][l]. */
const COUNTS: CountTable = [
  [
    [300, 12],
    [40, 60],
  ],
  [
    [20, 70],
    [8, 290],
  ],
];

export async function measureOnTables(): Promise<Finding[]> {
  const shared = performanceExplained(model(0.95, 0.8, 0.5));
  const plain = performanceExplained(COUNTS);
  const corrected = performanceExplained(COUNTS, { bias: "miller-madow" });
  return [
    ...INFORMATION.map(([a, bits]) =>
      within(
        `I(F;Y), P[F = Y] = ${a}`,
        mutualInformation([
          [a, 1 - a],
          [1 - a, a],
        ]),
        bits,
        TOLD,
      ),
    ),
    within("I(F;Y), F = L half of the time", shared.mutualInformation, 0.456436, TOLD),
    within("I(F;Y|L), F = L half of the time", shared.conditional, 0.180248, TOLD),
    within("μ, F = L half of the time", shared.mu, 0.276188, TOLD),
    ...INDEPENDENT.flatMap(({ aF, aL, I, mu }) => {
      const found = performanceExplained(model(aF, aL, 0));
      const name = `independent errors, accuracies ${aF} and ${aL}`;
      return [
        within(`I(F;Y), ${name}`, found.mutualInformation, I, TOLD),
        within(`μ, ${name}`, found.mu, mu, TOLD),
        within(`its null, ${name}`, found.muNull, mu, TOLD),
      ];
    }),
    within("μ of 800 counts", plain.mu, 0.204288, TOLD),
    within("its standard error", plain.standardErrors.mu, 0.024931, TOLD),
    within("μ of 800 counts, Miller–Madow", corrected.mu, 0.20519, TOLD),
  ];
}

/** Four samples, one a coordinate, whose limit was worked out by hand. */
const FOUR = { y: [1, -1, 1, 1], eta: [1, 1, -1, 1] };
const FOUR_START: OneHotStart = { first: 0.25, others: [0.5, -0.25, 0.125, 0] };
const FOUR_LIMIT = [0.325, 0.675, -0.675, 1.325, 0.675];

/** Starts, and the accuracy that each ends with: 1 - p = 0.9 where the first coordinate outweighs the others. */
const STARTS: readonly { name: string; start: (n: number) => OneHotStart; low: number; high: number }[] = [
  { name: "w₀ = 0", start: () => ({}), low: 0.898, high: 0.9 },
  { name: "|w₀(i)| ≤ 0.6", start: () => ({ others: { uniform: 0.6 } }), low: 0.898, high: 0.9 },
  { name: "|w₀(i)| = 3, beyond the condition", start: () => ({ others: { sign: 3 } }), low: 0.5, high: 0.51 },
  {
    name: "w₀(1) = −n, beyond the condition",
    start: (n) => ({ first: -n, others: { uniform: 0.6 } }),
    low: 0.32,
    high: 0.44,
  },
];

/** SGD fits every label, and yet is as right as can be, where the start is small: the simple classifier is kept. */
export async function theorem1(): Promise<Finding[]> {
  const four = await oneHotTask({ samples: FOUR, inputDimension: 5, noise: 0.1, seed: 1 });
  const { first, own } = four.sgd(FOUR_START, { learningRate: 0.5, epochs: 100 });
  const findings = [first, ...own].map((w, i) => within(`four samples, w(${i + 1}) by SGD`, w, FOUR_LIMIT[i], 1e-6));
  for (const n of [400, 1600]) {
    const task = await oneHotTask({ samples: n, inputDimension: 50 * n, noise: 0.1, seed: 1 });
    for (const { name, start, low, high } of STARTS) {
      const learned = task.sgd(start(n), { epochs: 1000, tolerance: 1e-12 });
      const where = `n = ${n}, ${name}`;
      findings.push(
        within(`w(1) by SGD, ${where}`, learned.first, task.limit(start(n)).first, 1e-7),
        atLeast(`training accuracy, ${where}`, task.trainAccuracy(learned), 1),
        within(
          `population accuracy, ${where}`,
          task.populationAccuracy(learned),
          (low + high) / 2,
          (high - low) / 2 + 1e-12,
        ),
      );
    }
  }
  return findings;
}
