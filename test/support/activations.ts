// Activations by their definitions, in the host's own functions; and how the bare core is told of them (assembly/activations.ts).
import type { ActivationInput } from "../../src/index.js";
import type { Core } from "./core.js";
import { incompleteGamma } from "./statistics.js";

/** Kinds in the core's order. */
const kinds = "erf relu linear quadratic tanh logistic softplus gelu leaky-relu hermite".split(" ");

export interface Definition {
  s(x: number): number;
  ds(x: number): number;
}

const erf = (x: number) => Math.sign(x) * incompleteGamma(0.5, (x * x) / 2)[0];
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

const named: Record<string, Definition> = {
  // erf(x / sqrt 2)
  erf: { s: erf, ds: (x) => 2 * density(x) },
  relu: { s: (x) => Math.max(x, 0), ds: (x) => (x > 0 ? 1 : 0) },
  linear: { s: (x) => x, ds: () => 1 },
  quadratic: { s: (x) => x * x, ds: (x) => 2 * x },
  tanh: { s: Math.tanh, ds: (x) => 1 / Math.cosh(x) ** 2 },
  logistic: { s: (x) => 1 / (1 + Math.exp(-x)), ds: (x) => 1 / (2 + 2 * Math.cosh(x)) },
  softplus: { s: (x) => Math.log(1 + Math.exp(x)), ds: (x) => 1 / (1 + Math.exp(-x)) },
  gelu: { s: (x) => (x * (1 + erf(x))) / 2, ds: (x) => (1 + erf(x)) / 2 + x * density(x) },
};

function leaky(slope: number): Definition {
  return { s: (x) => slope * x + (1 - slope) * Math.max(x, 0), ds: (x) => (x > 0 ? 1 : slope) };
}

const at = (powers: readonly number[], x: number) => powers.reduceRight((sum, c) => sum * x + c, 0);

/** Coefficients of powers of x. */
export function hermitePowers(c: ArrayLike<number>): number[] {
  let [below, He] = [[0], [1]];
  let factorial = 1;
  const sum = new Array<number>(c.length).fill(0);
  for (let n = 0; n < c.length; n++) {
    factorial *= Math.max(1, n);
    He.forEach((v, i) => {
      sum[i] += (c[n] / Math.sqrt(factorial)) * v;
    });
    const next = [0, ...He].map((v, i) => v - n * (below[i] ?? 0));
    [below, He] = [He, next];
  }
  return sum;
}

export function definitionOf(activation: ActivationInput): Definition {
  if (activation === "leaky-relu") return leaky(0.01);
  if (typeof activation === "string") return named[activation];
  if ("kind" in activation) return leaky(activation.slope ?? 0.01);
  const powers = hermitePowers(activation.hermite);
  const derivative = powers.slice(1).map((c, i) => (i + 1) * c);
  return { s: (x) => at(powers, x), ds: (x) => at(derivative, x) };
}

/** The code of an activation; where it has parameters, that of a new descriptor. */
export function codeOf(core: Core, activation: ActivationInput): number {
  if (activation === "leaky-relu") return core.f64([8, 0.01]);
  if (typeof activation === "string") return kinds.indexOf(activation);
  if ("kind" in activation) return core.f64([8, activation.slope ?? 0.01]);
  let factorial = 1;
  const monic = Array.from(activation.hermite, (c, n) => {
    factorial *= Math.max(1, n);
    return c / Math.sqrt(factorial);
  });
  return core.f64([9, monic.length, ...monic]);
}
