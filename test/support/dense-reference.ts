// One-pass SGD in plain loops, line by line from THEORY A.1: (A2)-(A6), (A9)-(A12), in the theory's own coordinates (rows of norm sqrt d).
import type { ActivationInput } from "../../src/index.js";
import { definitionOf } from "./activations.js";

export interface Network {
  /** p rows of d, k rows of d. */
  W: number[][];
  WStar: number[][];
  a: number[];
  aStar: number[];
}

export interface Rules {
  student: ActivationInput;
  teacher: ActivationInput;
  ns: number;
  nt: number;
  /** gamma and gamma_a on the clock t = nu / d; without the latter the second layer is fixed. */
  gamma: (t: number) => number;
  gammaA?: (t: number) => number;
  kappa?: number;
  kappaA?: number;
  Delta?: number;
}

export interface Sample {
  x: ArrayLike<number>;
  zeta: number;
}

const dot = (u: ArrayLike<number>, v: ArrayLike<number>) => Array.from(u).reduce((sum, x, j) => sum + x * v[j], 0);

/** Step nu on a batch of samples; changes the network. */
export function sgdStep({ W, WStar, a, aStar }: Network, rules: Rules, nu: number, batch: readonly Sample[]): void {
  const { ns, nt, gamma, gammaA, kappa = 0, kappaA = 0, Delta = 0 } = rules;
  const [student, teacher] = [definitionOf(rules.student), definitionOf(rules.teacher)];
  const d = W[0].length;
  const B = batch.length;
  const t = nu / d;
  const changes = W.map(() => new Float64Array(d));
  const layerChanges = new Float64Array(a.length);
  for (const { x, zeta } of batch) {
    const lambda = W.map((w) => dot(w, x) / Math.sqrt(d));
    const lambdaStar = WStar.map((w) => dot(w, x) / Math.sqrt(d));
    const f = ns * lambda.reduce((sum, l, i) => sum + a[i] * student.s(l), 0);
    const y = nt * lambdaStar.reduce((sum, l, r) => sum + aStar[r] * teacher.s(l), 0) + Math.sqrt(Delta) * zeta;
    const e = y - f;
    lambda.forEach((l, i) => {
      const g = ns * a[i] * student.ds(l) * e;
      for (let j = 0; j < d; j++) changes[i][j] += (gamma(t) / Math.sqrt(d) / B) * g * x[j];
      layerChanges[i] += ((gammaA?.(t) ?? 0) / d / B) * ns * student.s(l) * e;
    });
  }
  W.forEach((w, i) => {
    for (let j = 0; j < d; j++) w[j] = (1 - kappa / d) * w[j] + changes[i][j];
  });
  if (gammaA) for (let i = 0; i < a.length; i++) a[i] = (1 - kappaA / d) * a[i] + layerChanges[i];
}

/** (A7), row-major. */
export function orderParametersOf({ W, WStar }: Network): { P: number[]; M: number[]; Q: number[] } {
  const d = W[0].length;
  const product = (X: number[][], Y: number[][]) => X.flatMap((u) => Y.map((v) => dot(u, v) / d));
  return { P: product(WStar, WStar), M: product(W, WStar), Q: product(W, W) };
}
