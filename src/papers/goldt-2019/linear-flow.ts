/**
 * Gradient flow of a linear student on n noisy samples, d -> infinity at alpha = n / d, from weights zero (Advani & Saxe, "High-dimensional dynamics of
 * generalization error in neural networks", 2017). The inputs' sample covariance has Marchenko and Pastur's eigenvalues lambda; along each the deviation from the teacher is
 *
 *   e^(-gamma lambda t) of what it was, and (1 - e^(-gamma lambda t)) / lambda times a label noise of variance Delta lambda / alpha.
 */
import { exponential } from "../slope.js";

/** Risks at one time, without label noise and of the training set. */
export interface FlowRisks {
  readonly risk: number;
  readonly empiricalRisk: number;
}

/** Halvings of the angle: 256 points, whose error falls geometrically with their number, the slower the nearer alpha is to 1. */
const HALVINGS = 8;

/**
 * @param alpha samples per dimension, not 1
 * @param t time nu / d, with the learning rate 1 (gamma t otherwise)
 */
export function linearFlow(alpha: number, Delta: number, t: number): FlowRisks {
  let [risk, empirical] = [0, 0];
  for (const { lambda, weight } of eigenvalues(alpha)) {
    const left = exponential(-lambda * t);
    risk += weight * (left * left + (Delta / alpha / lambda) * (1 - left) * (1 - left));
    empirical += weight * (lambda + Delta / alpha) * left * left;
  }
  // directions that no sample shows stay as they were, noise that no weight can fit stays too
  const unseen = Math.max(0, 1 - alpha);
  const unfitted = Delta * Math.max(0, 1 - 1 / alpha);
  return { risk: 0.5 * (risk + unseen), empiricalRisk: 0.5 * (empirical + unfitted) };
}

/**
 * Where the flow ends at finite n and d, in the mean over sets: least squares for n > d + 1, the interpolation of least norm for n < d - 1, by the means of
 * inverse Wishart matrices.
 */
export function linearFlowEnd(n: number, d: number, Delta: number): FlowRisks {
  if (n > d) return { risk: (0.5 * Delta * d) / (n - d - 1), empiricalRisk: 0.5 * Delta * (1 - d / n) };
  return { risk: 0.5 * (1 - n / d + (Delta * n) / (d - n - 1)), empiricalRisk: 0 };
}

/** Nodes and weights: lambda = 1 + 1 / alpha + (2 / sqrt alpha) cos theta has density (2 / pi) sin^2 theta / lambda in theta; the trapezoid rule. */
function eigenvalues(alpha: number): { lambda: number; weight: number }[] {
  let [count, step] = [1, -1];
  for (let i = 0; i < HALVINGS; i++) [count, step] = [2 * count, Math.sqrt((1 + step) / 2)];
  let [before, cosine] = [1, step];
  return Array.from({ length: count - 1 }, () => {
    const lambda = 1 + 1 / alpha + (2 / Math.sqrt(alpha)) * cosine;
    const node = { lambda, weight: ((2 / count) * (1 - cosine * cosine)) / lambda };
    [before, cosine] = [cosine, 2 * step * cosine - before];
    return node;
  });
}
