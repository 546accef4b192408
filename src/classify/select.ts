/** Parts of data sets, and other labels for them. */
import { SgdDynamicsError, shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkNumber, invalid } from "../options.js";
import { checkedLabels, type Dataset, type DatasetInput, dataset } from "./dataset.js";

/**
 * The samples that a rule on their number keeps, or those of a list of numbers, in its order.
 *
 *     const [test, train] = [subset(digits, (i) => i % 3 === 0), subset(digits, (i) => i % 3 !== 0)];
 *
 * @throws SgdDynamicsError `invalid-argument`; `invalid-data`, also where nothing is left
 */
export function subset(
  data: Dataset | DatasetInput,
  keep: ((i: number, label: number) => boolean) | ArrayLike<number>,
): Dataset {
  const { features, x, y, classes } = dataset(data);
  if (typeof keep !== "function" && !isList(keep))
    invalid(
      `subset was given ${shown(keep)}; allowed: a function of a sample's number and label, or a list of numbers.`,
    );
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
 * The same samples with other labels: a function of the old ones, or one a sample. `classes` is how many there are then; default as many as before.
 *
 *     relabel(digits, (digit) => Number(digit > 4), 2)
 *
 * @throws SgdDynamicsError `invalid-data`
 */
export function relabel(
  data: Dataset | DatasetInput,
  labels: ((label: number, i: number) => number) | ArrayLike<number>,
  classes?: number,
): Dataset {
  const checked = dataset(data);
  const { y, classes: before } = checked;
  if (typeof labels !== "function" && labels?.length !== y.length)
    invalid(`relabel was given ${shown(labels)} for ${y.length} samples; allowed: one label a sample, or a function.`);
  const given = typeof labels === "function" ? Array.from(y, labels) : Array.from(labels);
  return { ...checked, y: checkedLabels("relabel's labels", given, classes ?? before), classes: classes ?? before };
}
