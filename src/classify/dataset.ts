/** Labelled samples: what networks and linear classifiers are fitted to and measured on. */
import { SgdDynamicsError, shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkKeys, checkNumber } from "../options.js";
import type { Labels } from "./information/cells.js";

/** Samples with labels. */
export interface Dataset {
  /** Numbers of a sample. */
  readonly features: number;
  /** n x features, row-major. */
  readonly x: Float32Array;
  /** n labels: whole numbers from 0 to classes - 1. */
  readonly y: Int32Array;
  readonly classes: number;
}

/** Samples as users give them: rows or a flat array, labels in any list of whole numbers; what follows from x and y can be left out. */
export interface DatasetInput {
  readonly x: ArrayLike<number> | ArrayLike<ArrayLike<number>>;
  readonly y: Labels;
  /** Default: the length of the rows, or of x over the number of labels. */
  readonly features?: number;
  /** Default: the largest label plus one, at least 2. */
  readonly classes?: number;
}

export interface DatasetChecks {
  /** As messages call it. */
  readonly name?: string;
  /** The number of features that is needed. */
  readonly features?: number;
  /** The number of classes that is needed, where `classes` is not given. */
  readonly classes?: number;
  /** Whether every class must have a sample. */
  readonly everyClass?: boolean;
}

const MOST = 2 ** 31 - 1;

function invalidData(sentence: string): never {
  throw new SgdDynamicsError("invalid-data", sentence);
}

/**
 * A checked data set. A `Dataset` whose arrays have the right types is not copied.
 * @throws SgdDynamicsError `invalid-data` (ragged rows, numbers that are not finite, labels outside the classes, an empty class), `invalid-argument`
 */
export function dataset(data: DatasetInput | Dataset, checks: DatasetChecks = {}): Dataset {
  const name = checks.name ?? "data";
  checkKeys(name, data, ["x", "y", "features", "classes"], "field");
  const y = checkedLabels(`${name}.y`, data.y, data.classes ?? checks.classes);
  const { x, features } = checkedSamples(`${name}.x`, data.x, data.features ?? checks.features, y.length);
  if (checks.features !== undefined && features !== checks.features)
    invalidData(`${name} has ${features} features and needs ${checks.features}, as the network has inputs.`);
  const classes = data.classes ?? checks.classes ?? Math.max(2, largest(y) + 1);
  if (classes > 1e6)
    invalidData(
      `${name}.y has label ${classes - 1}; allowed: up to 1e6 classes. These look like identifiers, not classes.`,
    );
  if (checks.everyClass) {
    const empty = emptyClass(y, classes);
    if (empty >= 0)
      invalidData(
        `${name}.y has no label ${empty} among its ${y.length}, so that class is empty; leave it out of classes (${classes}) or give samples of it.`,
      );
  }
  return { features, x, y, classes };
}

/** The first class that has no sample, or -1. */
export function emptyClass(y: Int32Array, classes: number): number {
  const counts = new Int32Array(classes);
  for (const label of y) counts[label]++;
  return counts.indexOf(0);
}

/**
 * Inputs alone: n x features of finite numbers, from rows or a flat array. A Float32Array is not copied.
 * @param features needed with a flat array, unless `count` is known
 * @throws SgdDynamicsError `invalid-data`
 */
export function checkedSamples(
  name: string,
  given: unknown,
  features: number | undefined,
  count?: number,
): { x: Float32Array; features: number; count: number } {
  if (!isList(given)) invalidData(`${name} is ${shown(given)}; allowed: rows of numbers, or all of them in one array.`);
  if (features !== undefined)
    checkNumber("features", features, "a whole number from 1 to 1e6", (n) => Number.isInteger(n) && n >= 1 && n <= 1e6);
  const isRows = given.length > 0 && isList(given[0]);
  const width =
    features ?? (isRows ? (given[0] as ArrayLike<number>).length : count ? given.length / count : Number.NaN);
  if (!Number.isInteger(width) || width < 1)
    invalidData(
      `${name} has ${given.length} numbers${count === undefined ? "" : ` for ${count} labels`}; give features, or as many numbers for each label.`,
    );
  const x = isRows ? fromRows(name, given as ArrayLike<unknown>, width) : flat(given as ArrayLike<number>);
  const rows = x.length / width;
  if (!Number.isInteger(rows) || (count !== undefined && rows !== count))
    invalidData(
      `${name} has ${x.length} numbers, which is ${shown(rows)} rows of ${width} features${count === undefined ? "" : `; there are ${count} labels`}.`,
    );
  for (let i = 0; i < x.length; i++) {
    // also what f64 has and f32 has not
    if (!Number.isFinite(x[i]))
      invalidData(
        `${name} has ${x[i]} at feature ${i % width} of sample ${Math.floor(i / width)}; allowed: finite numbers below 3.4e38.`,
      );
  }
  return { x, features: width, count: rows };
}

function flat(given: ArrayLike<number>): Float32Array {
  return given instanceof Float32Array ? given : Float32Array.from(given, Number);
}

function fromRows(name: string, rows: ArrayLike<unknown>, width: number): Float32Array {
  const x = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isList(row) || row.length !== width)
      invalidData(
        `${name} is ragged: row ${i} ${isList(row) ? `has ${row.length} numbers` : `is ${shown(row)}`} and the others have ${width}.`,
      );
    x.set(row as ArrayLike<number>, i * width);
  }
  return x;
}

/**
 * Labels or predictions as whole numbers from 0 to classes - 1 (to 2^31 - 2 without `classes`), from any list: arrays, typed arrays of other
 * libraries (BigInt64Array too). An Int32Array is not copied.
 * @throws SgdDynamicsError `invalid-data`
 */
export function checkedLabels(name: string, given: unknown, classes?: number): Int32Array {
  if (classes !== undefined)
    checkNumber("classes", classes, "a whole number from 2 to 1e6", (n) => Number.isInteger(n) && n >= 2 && n <= 1e6);
  if (!isList(given) || given.length === 0)
    invalidData(`${name} is ${isList(given) ? "empty" : shown(given)}; allowed: a list of whole numbers.`);
  const end = classes ?? MOST;
  const y = given instanceof Int32Array ? given : new Int32Array(given.length);
  for (let i = 0; i < y.length; i++) {
    const label = typeof given[i] === "bigint" ? Number(given[i]) : (given[i] as number);
    if (!(Number.isInteger(label) && label >= 0 && label < end))
      invalidData(
        `${name}[${i}] is ${shown(label)}; allowed: whole numbers from 0 to ${classes === undefined ? `${MOST - 1}, 0 and 1 where there are two classes` : `${classes - 1}, as there are ${classes} classes`}.`,
      );
    if (y !== given) y[i] = label;
  }
  return y;
}

function largest(y: Int32Array): number {
  return y.reduce((max, label) => (label > max ? label : max), 0);
}
