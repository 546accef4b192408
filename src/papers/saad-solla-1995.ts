/**
 * Saad & Solla, "On-line learning in soft committee machines" (1995): students that start alike wait on a symmetric plateau and leave it after a time that is
 * linear in the logarithm of their asymmetry; above a learning rate the solution does not hold.
 */
import { fixedPoint, type ProblemInput } from "../index.js";
import { type Finding, within } from "./finding.js";
import { type Paper, type PaperControl, runControl } from "./paper.js";

/** K students of K orthonormal teachers, first layer, no label noise. */
function committee(K: number, eta: number): ProblemInput {
  return { inputDimension: 1e6, studentWidth: K, teacherWidth: K, activation: "erf", learningRate: eta };
}

/** The plateau of small learning rates (THEORY E.1): all Q_ij = 1 / (2K - 1), all R_in = (K (2K - 1))^(-1/2). */
const PLATEAU: readonly { readonly K: number; readonly height: number }[] = [
  { K: 2, height: 0.0116108403127 },
  { K: 3, height: 0.020296588657 },
];

async function plateauHeights(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [i, { K, height }] of PLATEAU.entries()) {
    const { risk } = await fixedPoint(committee(K, 0.1), {
      near: "symmetric",
      terms: "gradient-flow",
      ...runControl(control, i / PLATEAU.length, 1 / PLATEAU.length),
    });
    findings.push(within(`risk on the plateau, K = ${K}, η → 0`, risk, height, 1e-9));
  }
  return findings;
}

export const saadSolla1995: Paper = {
  name: "saad-solla-1995",
  title: "Saad & Solla 1995",
  reference:
    "D. Saad and S. A. Solla, On-line learning in soft committee machines, Physical Review E 52 (1995), 4225-4243",
  summary:
    "Students that start alike wait on a symmetric plateau, leave it after a time linear in the logarithm of their asymmetry, and specialise; above a learning rate they do not.",
  experiments: [],
  figures: [],
  claims: [
    {
      id: "E1g-plateau",
      statement: "Students that start alike come to a plateau whose height is known in closed form.",
      source: "THEORY E.1: (K/π)(π/6 - K asin(1/(2K)))",
      seconds: 1,
      measure: (control = {}) => plateauHeights(control),
    },
  ],
};
