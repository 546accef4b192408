/** A linear classifier on monomials: its weights, and what it says of samples. Plain arithmetic, so synchronous. */
import { shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";
import { checkNumber, invalid } from "../../options.js";
import { predictedClasses } from "../predicted-classes.js";
import { type Samples, sampleList } from "../sample-list.js";
import { monomialPlan, writeMonomials } from "./monomials.js";

export interface LinearWeights {
  readonly inputs: number;
  readonly classes: number;
  /** Monomials of degree 1 to this: by degree, then in lexicographic order of their indices i <= j <= .. */
  readonly degree: number;
  /** Outputs x monomials, row-major. One output separates two classes: class 1 where it is positive. */
  readonly weights: Float64Array;
  /** One an output. */
  readonly bias: Float64Array;
}

export interface LinearClassifier extends LinearWeights {
  /** Classes of samples: that of the largest logit, the first of equals; with one logit 1 where it is positive. */
  predict(samples: Samples): Int32Array;
  /** n x bias.length, row-major; of a classifier by least squares its outputs. */
  logits(samples: Samples): Float64Array;
}

/**
 * A classifier from its weights.
 * @throws SgdDynamicsError `invalid-argument`
 */
export function linearClassifier(given: LinearWeights): LinearClassifier {
  if (typeof given !== "object" || given === null || !isList(given.weights) || !isList(given.bias))
    invalid(`linearClassifier was given ${shown(given)}; allowed: { inputs, classes, degree, weights, bias }.`);
  const { inputs, classes, degree, weights, bias } = given;
  const whole = (least: number) => (n: number) => Number.isInteger(n) && n >= least && n <= 1e6;
  checkNumber("inputs", inputs, "a whole number from 1 to 1e6", whole(1));
  checkNumber("classes", classes, "a whole number from 2 to 1e6", whole(2));
  const plan = monomialPlan(inputs, degree);
  const D = plan.length / 2;
  const K = bias.length;
  if (weights.length !== K * D || !(K === classes || (K === 1 && classes === 2)))
    invalid(
      `weights has ${weights.length} numbers and bias ${K}; allowed: a bias a class (one alone for two classes), and ${D} weights for each.`,
    );
  const logits = (samples: Samples): Float64Array => {
    const { x, count } = sampleList(samples, inputs);
    const result = new Float64Array(count * K);
    const row = new Float64Array(D);
    for (let i = 0; i < count; i++) {
      writeMonomials(x, i * inputs, plan, row);
      for (let k = 0; k < K; k++) {
        let sum = bias[k];
        for (let j = 0, at = k * D; j < D; j++) sum += weights[at + j] * row[j];
        result[i * K + k] = sum;
      }
    }
    return result;
  };
  return { inputs, classes, degree, weights, bias, logits, predict: (samples) => predictedClasses(logits(samples), K) };
}
