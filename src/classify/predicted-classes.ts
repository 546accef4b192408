/** Classes from scores: how outputs of other libraries become predictions. */
import { shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkNumber, invalid } from "../options.js";

/**
 * The class of each sample from its scores (logits or probabilities), n x classes in one flat array: the largest, the first of equals. With `classes` 1, one field a
 * sample: class 1 where it is above `threshold` (default 0; take 0.5 for probabilities).
 *
 *     const F = predictedClasses(output.logits.data, 10);       // a Float32Array of ONNX Runtime
 *
 * @throws SgdDynamicsError `invalid-argument`
 */
export function predictedClasses(scores: ArrayLike<number>, classes: number, threshold = 0): Int32Array {
  if (!isList(scores)) invalid(`scores is ${shown(scores)}; allowed: one flat array, sample after sample.`);
  checkNumber("classes", classes, "a whole number from 1 to 1e6", (n) => Number.isInteger(n) && n >= 1 && n <= 1e6);
  if (scores.length === 0 || scores.length % classes !== 0)
    invalid(`scores has ${scores.length} numbers; allowed: a multiple of classes = ${classes}, sample after sample.`);
  return Int32Array.from({ length: scores.length / classes }, (_, i) => {
    if (classes === 1) return scores[i] > threshold ? 1 : 0;
    let best = 0;
    for (let k = 0; k < classes; k++) {
      const score = scores[i * classes + k];
      // a diverged network's NaN is no prediction
      if (Number.isNaN(score)) invalid(`scores has NaN for class ${k} of sample ${i}; allowed: numbers.`);
      if (score > scores[i * classes + best]) best = k;
    }
    return best;
  });
}
