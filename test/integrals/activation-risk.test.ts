// The excess risk of every activation against quadrature over the plane of two fields, from the definitions alone.
import { describe, expect, test } from "vitest";
import { type ActivationInput, excessRisk, type ProblemInput, simulate } from "../../src/index.js";
import { definitionOf } from "../support/activations.js";

/** Nodes and weights of the trapezium rule for E[f(z)], z ~ N(0, 1): its error falls as e^(-2 pi^2 / h^2) for entire f, as e^(-2 pi c / h) with poles at +-ic. */
const h = 1 / 12;
const nodes = Array.from({ length: 2 * 120 + 1 }, (_, i) => (i - 120) * h);
const weights = nodes.map((z) => (h * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));

function pairIntegral(a: ActivationInput, b: ActivationInput, aa: number, bb: number, ab: number): number {
  const [s, t] = [definitionOf(a).s, definitionOf(b).s];
  const [root, slope] = [Math.sqrt(aa), ab / Math.sqrt(aa)];
  const rest = Math.sqrt(Math.max(0, bb - slope * slope));
  return nodes.reduce((sum, z, i) => {
    const inner = nodes.reduce((total, w, j) => total + weights[j] * t(slope * z + rest * w), 0);
    return sum + weights[i] * s(root * z) * inner;
  }, 0);
}

const state = {
  P: [1, 0.2, 0.2, 0.8],
  M: [0.5, 0.1, -0.3, 0.4, 0.2, 0.2],
  Q: [0.9, 0.1, 0.2, 0.1, 1.1, -0.2, 0.2, -0.2, 0.7],
  a: [1, -0.5, 0.8],
  aStar: [1.2, 0.7],
};

function reference(student: ActivationInput, teacher: ActivationInput): number {
  const [p, k] = [3, 2];
  const omega = (i: number, j: number): number => {
    if (i < k && j < k) return state.P[i * k + j];
    if (i >= k && j >= k) return state.Q[(i - k) * p + j - k];
    return i < k ? state.M[(j - k) * k + i] : state.M[(i - k) * k + j];
  };
  const c = [...state.aStar, ...state.a.map((v) => -v)];
  const kind = (i: number) => (i < k ? teacher : student);
  return c.reduce(
    (sum, ci, i) =>
      sum +
      c.reduce(
        (row, cj, j) => row + 0.5 * ci * cj * pairIntegral(kind(i), kind(j), omega(i, i), omega(j, j), omega(i, j)),
        0,
      ),
    0,
  );
}

const base: ProblemInput = { inputDimension: 100, studentWidth: 3, teacherWidth: 2 };
const polynomial: ActivationInput = { hermite: [0.3, -0.5, 0.2, 0.1, 0, 0.05] };
// poles at i pi / 2 (tanh) or i pi leave e^(-2 pi c / h) < 1e-40; kinks leave h^2
const cases: [student: ActivationInput, teacher: ActivationInput, tolerance: number][] = [
  ["erf", "erf", 1e-12],
  ["linear", "quadratic", 1e-12],
  ["relu", "relu", 2e-2],
  ["tanh", "tanh", 1e-12],
  ["logistic", "logistic", 1e-12],
  ["softplus", "softplus", 1e-12],
  ["gelu", "gelu", 1e-12],
  [polynomial, polynomial, 1e-12],
  ["tanh", "erf", 1e-12],
  ["softplus", "gelu", 1e-12],
  [polynomial, "tanh", 1e-12],
  ["quadratic", "logistic", 1e-12],
  [{ kind: "leaky-relu", slope: 0.3 }, { kind: "leaky-relu", slope: 0.3 }, 2e-2],
  ["leaky-relu", "tanh", 2e-2],
];

describe("excess risk by quadrature", () => {
  test.each(cases)("%j of %j", async (student, teacher, tolerance) => {
    const risk = await excessRisk({ ...base, activation: { student, teacher } }, state);
    expect(Math.abs(risk - reference(student, teacher))).toBeLessThan(tolerance);
  });

  test("is what simulations tell", async () => {
    const problem: ProblemInput = { ...base, activation: { student: polynomial, teacher: "gelu" }, learningRate: 0.1 };
    const run = await simulate(problem, { until: 2, save: { times: [0, 2] } });
    for (let i = 0; i < run.length; i++) expect(run.risk[i]).toBe(await excessRisk(problem, run.state(i)));
  });
});
