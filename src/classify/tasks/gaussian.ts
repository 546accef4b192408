/** Tasks on Gaussian inputs: signs of polynomials and of teachers. */

import { shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";
import { checkOneOf, invalid } from "../../options.js";
import type { ClassifyCore } from "../../wasm/classify/core.js";
import { activated, taskDraws } from "../../wasm/classify/draws.js";
import { classifyCore } from "../engine.js";
import { checkCount, checkedTaskOptions, parts, type Task, type TaskOptions, taskOf } from "./task.js";

/** A term of a polynomial: a coefficient times the product of inputs, numbered from 0. */
export interface Term {
  readonly coefficient: number;
  readonly inputs: readonly number[];
}

/** The polynomials of the papers' experiments; x1 is input 0. */
const named = {
  /** x1 + 1.5 x2 x3 in 20 dimensions: a linear part that explains some, and a product. */
  "linear+product": { dimension: 20, train: 8000, terms: [term(1, 0), term(1.5, 1, 2)] },
  /** x1 + 1.2 x2 x3 + 1.2 x4 x5 x6 in 12 dimensions: each step of the stairs a degree higher. */
  staircase: { dimension: 12, train: 20_000, terms: [term(1, 0), term(1.2, 1, 2), term(1.2, 3, 4, 5)] },
  /** x1 x2 in 10 dimensions: nothing for a linear classifier. */
  xor: { dimension: 10, train: 8000, terms: [term(1, 0, 1)] },
} as const;

function term(coefficient: number, ...inputs: number[]): Term {
  return { coefficient, inputs };
}

export interface PolynomialTaskOptions extends TaskOptions {
  /** "linear+product", "staircase", "xor", or terms. */
  readonly polynomial: keyof typeof named | readonly Term[];
  /** Default: that of the named polynomial (20, 12, 10); required with terms. */
  readonly inputs?: number;
}

/**
 * x ~ N(0, I), y = 1[polynomial > 0]. Training samples by default: 8000, 20,000 for the staircase; no noise.
 *
 *     const { train, test } = await polynomialTask({ polynomial: "staircase", seed: 1 });
 *
 * @throws SgdDynamicsError `invalid-argument`, `out-of-memory`
 */
export async function polynomialTask(options: PolynomialTaskOptions): Promise<Task> {
  const polynomial = options?.polynomial;
  const known =
    typeof polynomial === "string"
      ? named[checkOneOf("polynomial", polynomial, Object.keys(named) as (keyof typeof named)[])]
      : undefined;
  const checked = checkedTaskOptions("polynomialTask", options, ["polynomial", "inputs"], {
    train: known?.train ?? 8000,
  });
  const features = checkCount("inputs", options.inputs ?? known?.dimension, 1, 1e5);
  const terms = known?.terms ?? checkedTerms(polynomial);
  for (const { inputs } of terms) {
    for (const i of inputs)
      if (!(Number.isInteger(i) && i >= 0 && i < features))
        invalid(
          `A term has input ${shown(i)}; allowed: whole numbers from 0 to ${features - 1}, as there are ${features} inputs.`,
        );
  }
  const rule = (x: Float32Array) =>
    Int32Array.from({ length: x.length / features }, (_, n) => {
      let sum = 0;
      for (const { coefficient, inputs } of terms) {
        let product = coefficient;
        for (const i of inputs) product *= x[n * features + i];
        sum += product;
      }
      return sum > 0 ? 1 : 0;
    });
  const core = await classifyCore();
  return taskOf(core, checked, { features, rule, inputs: gaussian(core, checked.seed, features) });
}

function checkedTerms(terms: unknown): readonly Term[] {
  const fine = (each: Term) => Number.isFinite(each?.coefficient) && isList(each.inputs) && each.inputs.length > 0;
  if (!Array.isArray(terms) || terms.length === 0 || !terms.every(fine))
    invalid(
      `polynomial is ${shown(terms)}; allowed: ${Object.keys(named)
        .map((n) => `"${n}"`)
        .join(", ")}, or terms { coefficient, inputs: [..] }.`,
    );
  return terms;
}

export interface TeacherTaskOptions extends TaskOptions {
  /** d; default 50. */
  readonly inputs?: number;
  /** Hidden units of the teacher; default 3. */
  readonly units?: number;
  /** "erf" (default; erf(z / sqrt 2)), "relu", "linear" or "tanh": the functions of the theory's teachers, from the same kernels. */
  readonly activation?: "erf" | "relu" | "linear" | "tanh";
}

/** Samples whose fields are activated at a time. */
const PIECE = 4096;

/**
 * x ~ N(0, I_d), y = 1[sum of s(w_k . x / sqrt d) > 0], w_k ~ N(0, I_d). 8000 training samples by default.
 *
 *     const { train, test } = await teacherTask({ inputs: 50, units: 3, seed: 1 });
 *
 * @throws SgdDynamicsError `invalid-argument`, `out-of-memory`
 */
export async function teacherTask(options: TeacherTaskOptions): Promise<Task> {
  const checked = checkedTaskOptions("teacherTask", options, ["inputs", "units", "activation"], { train: 8000 });
  const features = checkCount("inputs", options.inputs ?? 50, 1, 1e5);
  const units = checkCount("units", options.units ?? 3, 1, 1000);
  const activation = checkOneOf("activation", options.activation ?? "erf", ["erf", "relu", "linear", "tanh"]);
  const core = await classifyCore();
  const root = Math.sqrt(features);
  const W = taskDraws(core, checked.seed, parts.rule).normals(units * features);
  const rule = (x: Float32Array) => {
    const count = x.length / features;
    const y = new Int32Array(count);
    for (let first = 0; first < count; first += PIECE) {
      const here = Math.min(PIECE, count - first);
      const fields = new Float64Array(here * units);
      for (let n = 0; n < here; n++) {
        const at = (first + n) * features;
        for (let k = 0; k < units; k++) {
          let sum = 0;
          for (let i = 0; i < features; i++) sum += W[k * features + i] * x[at + i];
          fields[n * units + k] = sum / root;
        }
      }
      const s = activated(core, activation, fields);
      for (let n = 0; n < here; n++) {
        let sum = 0;
        for (let k = 0; k < units; k++) sum += s[n * units + k];
        y[first + n] = sum > 0 ? 1 : 0;
      }
    }
    return y;
  };
  return taskOf(core, checked, { features, rule, inputs: gaussian(core, checked.seed, features) });
}

function gaussian(core: ClassifyCore, seed: number, features: number) {
  return (part: number, count: number) => Float32Array.from(taskDraws(core, seed, part).normals(count * features));
}
