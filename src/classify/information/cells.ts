/** Joint counts of up to three discrete variables: from label arrays of any origin, or from a table of counts. */
import { SgdDynamicsError, shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";

/**
 * Classes, one a sample: whole numbers in any array. An Int32Array of tfjs (`argMax().dataSync()`), the BigInt64Array of ONNX
 * Runtime's ArgMax, a plain array from JSON: all the same.
 */
export type Labels = ArrayLike<number> | ArrayLike<bigint>;

/** Counts c[f][y] or c[f][y][l]; numbers >= 0, so that a law (probabilities) serves too. */
export type CountTable = readonly (readonly (number | readonly number[])[])[];

/** The occupied cells of a table, in lexicographic order of (f, y, l), and the table's one- and two-dimensional margins. */
export interface Cells {
  readonly f: Int32Array;
  readonly y: Int32Array;
  readonly l: Int32Array;
  readonly count: Float64Array;
  /** Numbers of classes that occur: of F, Y and L (1 without an L). */
  readonly sizes: readonly [number, number, number];
  /** Sum of the counts. */
  readonly n: number;
}

/** Two-dimensional margins are dense. */
const LARGEST = 2 ** 24;
/** Up to here tables are counted in arrays, beyond in maps. */
const DENSE = 2 ** 16;

/** The cells of predictions and labels; without `L` all samples are in one stratum. */
export function cellsOf(F: Labels, Y: Labels, L?: Labels): Cells {
  const [f, y] = [coded("F", F), coded("Y", Y)];
  const l = L === undefined ? { codes: new Int32Array(f.codes.length), size: 1 } : coded("L", L);
  for (const [name, { codes }] of [
    ["Y", y],
    ["L", l],
  ] as const) {
    if (codes.length !== f.codes.length)
      fail(
        `F has ${f.codes.length} labels and ${name} has ${codes.length}; allowed: as many, sample for sample. Evaluate both on the same test set.`,
      );
  }
  const sizes = [f.size, y.size, l.size] as const;
  checkSizes(sizes);
  const keyOf = (i: number) => (f.codes[i] * y.size + y.codes[i]) * l.size + l.codes[i];
  if (f.size * y.size * l.size <= DENSE) {
    const counts = new Float64Array(f.size * y.size * l.size);
    for (let i = 0; i < f.codes.length; i++) counts[keyOf(i)]++;
    const keys = Float64Array.from(counts.keys()).filter((key) => counts[key] > 0);
    return cellsFrom(keys, (key) => counts[key], sizes);
  }
  const counts = new Map<number, number>();
  for (let i = 0; i < f.codes.length; i++) counts.set(keyOf(i), (counts.get(keyOf(i)) ?? 0) + 1);
  return cellsFrom(Float64Array.from(counts.keys()).sort(), (key) => counts.get(key)!, sizes);
}

/** The cells of a table c[f][y] (depth 2) or c[f][y][l] (depth 3). */
export function cellsOfTable(table: CountTable, depth: 2 | 3): Cells {
  const shape = depth === 2 ? "c[f][y]" : "c[f][y][l]";
  const kF = table.length;
  const kY = table[0].length;
  const first = table[0][0];
  const kL = isList(first) ? first.length : 1;
  if (isList(first) !== (depth === 3))
    fail(`This table of counts has ${isList(first) ? 3 : 2} indices; allowed: ${shape}, nested arrays of counts.`);
  const keys: number[] = [];
  const values: number[] = [];
  for (let f = 0; f < kF; f++) {
    if (!isList(table[f]) || table[f].length !== kY) ragged(`c[${f}]`, table[f], kY);
    for (let y = 0; y < kY; y++) {
      const stratum = depth === 3 ? (table[f][y] as readonly number[]) : [table[f][y] as number];
      if (!isList(stratum) || stratum.length !== kL) ragged(`c[${f}][${y}]`, stratum, kL);
      for (let l = 0; l < kL; l++) {
        const count = stratum[l];
        if (!(typeof count === "number" && count >= 0 && count < Number.POSITIVE_INFINITY))
          fail(
            `c[${f}][${y}]${depth === 3 ? `[${l}]` : ""} is ${shown(count)}; allowed: a count, finite and at least 0.`,
          );
        if (count === 0) continue;
        keys.push((f * kY + y) * kL + l);
        values.push(count);
      }
    }
  }
  if (keys.length === 0) fail("This table of counts is all zeros; allowed: counts of at least one sample.");
  return cellsFrom(Float64Array.from(keys), (_, i) => values[i], [kF, kY, kL]);
}

/** Whether a first argument is a table: an array of arrays. */
export function isTable(value: unknown): value is CountTable {
  return Array.isArray(value) && value.length > 0 && isList(value[0]);
}

/** Cells with other counts, in the same places. */
export function withCounts(cells: Cells, count: Float64Array): Cells {
  return { ...cells, count, n: count.reduce((sum, c) => sum + c, 0) };
}

function cellsFrom(keys: Float64Array, countOf: (key: number, i: number) => number, sizes: Cells["sizes"]): Cells {
  const [, kY, kL] = sizes;
  const count = keys.map(countOf);
  return {
    f: Int32Array.from(keys, (key) => Math.floor(key / (kY * kL))),
    y: Int32Array.from(keys, (key) => Math.floor(key / kL) % kY),
    l: Int32Array.from(keys, (key) => key % kL),
    count,
    sizes,
    n: count.reduce((sum, c) => sum + c, 0),
  };
}

/** Labels as 0 .. size - 1 in the order of their values: which whole numbers name the classes does not matter. */
function coded(name: string, labels: Labels): { codes: Int32Array; size: number } {
  if (!isList(labels) || typeof labels === "string")
    fail(`${name} is ${shown(labels)}; allowed: an array of whole numbers, the class of each sample.`);
  if (labels.length === 0) fail(`${name} is empty; allowed: the class of at least one sample.`);
  const values = new Float64Array(labels.length);
  for (let i = 0; i < values.length; i++) {
    const label: unknown = labels[i];
    const value = typeof label === "bigint" || typeof label === "boolean" ? Number(label) : label;
    if (!Number.isSafeInteger(value))
      throw new SgdDynamicsError(
        "invalid-data",
        `${name}[${i}] is ${typeof label === "bigint" ? String(label) : shown(label)}; allowed: whole numbers that name classes. Scores become classes by argmax, or by > 0.`,
      );
    values[i] = value as number;
  }
  let [least, most] = [values[0], values[0]];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const codes = new Int32Array(values.length);
  // classes are mostly small numbers: a table of those present instead of a map
  if (most - least < DENSE) {
    const codeAt = new Int32Array(most - least + 1);
    for (const value of values) codeAt[value - least] = 1;
    let size = 0;
    for (let c = 0; c < codeAt.length; c++) if (codeAt[c] > 0) codeAt[c] = size++;
    for (let i = 0; i < codes.length; i++) codes[i] = codeAt[values[i] - least];
    return { codes, size };
  }
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const codeOf = new Map(distinct.map((value, code) => [value, code]));
  for (let i = 0; i < codes.length; i++) codes[i] = codeOf.get(values[i])!;
  return { codes, size: distinct.length };
}

function checkSizes([kF, kY, kL]: Cells["sizes"]): void {
  if (Math.max(kF * kY, kF * kL, kY * kL) > LARGEST)
    fail(
      `F, Y and L have ${kF}, ${kY} and ${kL} distinct values; allowed: products of two up to 2^24. These look like identifiers, not classes.`,
    );
}

function ragged(place: string, given: unknown, length: number): never {
  throw new SgdDynamicsError(
    "invalid-data",
    `${place} is ${shown(given)}; allowed: an array of ${length}, as in the first row of the table.`,
  );
}

function fail(sentence: string): never {
  throw new SgdDynamicsError("invalid-argument", sentence);
}
