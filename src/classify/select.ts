/** Parts of data sets, and other labels for them. */
import { SgdDynamicsError, shown } from "../errors.js";
import { checkNumber, invalid } from "../options.js";
import { checkedLabels, type Dataset } from "./dataset.js";

/**
 * The samples that a rule on their number keeps, or those of a list of numbers, in its order.
 *
 *     const [test, train] = [subset(digits, (i) => i % 3 === 0), subset(digits, (i) => i % 3 !== 0)];
 *
 * @throws SgdDynamicsError `invalid-argument`; `invalid-data` where nothing is left
 */
export function subset(data: Dataset, keep: ((i: number, label: number) => boolean) | ArrayLike<number>): Dataset {
  const { features, x, y, classes } = data;
  const indices =
    typeof keep === "function"
      ? Array.from(y.keys()).filter((i) => keep(i, y[i]))
      : Array.from(keep, (i) =>
          checkNumber("an index of subset", i, `a whole number from 0 to ${y.length - 1}`, (n) => n in y),
        );
  if (indices.length === 0)
    throw new SgdDynamicsError("invalid-data", `No sample of ${y.length} is left in this subset; keep at least one.`);
  const part = new Float32Array(indices.length * features);
  for (const [to, i] of indices.entries()) part.set(x.subarray(i * features, (i + 1) * features), to * features);
  return { features, x: part, y: Int32Array.from(indices, (i) => y[i]), classes };
}

/**
 * The same samples with other labels: a function of the old ones, or one a sample.
 *
 *     relabel(digits, (digit) => Number(digit > 4), 2)
 *
 * @throws SgdDynamicsError `invalid-data`
 */
export function relabel(
  data: Dataset,
  labels: ((label: number, i: number) => number) | ArrayLike<number>,
  classes = data.classes,
): Dataset {
  if (typeof labels !== "function" && labels?.length !== data.y.length)
    invalid(
      `relabel was given ${shown(labels)} for ${data.y.length} samples; allowed: one label a sample, or a function.`,
    );
  const given = typeof labels === "function" ? Array.from(data.y, labels) : Array.from(labels);
  return { ...data, y: checkedLabels("relabel's labels", given, classes), classes };
}
