/** CSV of numbers, a sample a line, one column the label. */

import { SgdDynamicsError, shown } from "../../errors.js";
import { checkKeys, checkNumber, checkOneOf, invalid } from "../../options.js";
import { type Dataset, dataset } from "../dataset.js";
import { type FileBytes, malformed, plainBytes } from "./bytes.js";

export interface CsvOptions {
  /** The column of labels: "last" (default), "first", its number from 0, or its name in the head. */
  readonly label?: "last" | "first" | number | (string & {});
  /** Whether the first line names the columns; default "auto": it does if something in it is not a number. */
  readonly head?: boolean | "auto";
  /** Default ",". */
  readonly delimiter?: "," | ";" | "\t" | " ";
  /** What inputs are multiplied by; default 1. */
  readonly scale?: number;
  /** Default: the largest label plus one. */
  readonly classes?: number;
}

/**
 * A data set of a CSV file: text, or bytes that may be gzip. Labels are whole numbers from 0; quotes around a number are taken off, empty lines and lines that begin
 * with # passed over.
 *
 *     const digits = await csvDataset(await readFile("digits.csv.gz"), { scale: 1 / 16 });
 *
 * @throws SgdDynamicsError `malformed-data` (ragged lines, cells that are not numbers), `invalid-data` (labels outside the classes)
 */
export async function csvDataset(file: string | FileBytes, options: CsvOptions = {}): Promise<Dataset> {
  checkKeys("csvDataset", options, ["label", "head", "delimiter", "scale", "classes"]);
  const scale = checkNumber("scale", options.scale ?? 1, "a finite number", Number.isFinite);
  const delimiter = checkOneOf("delimiter", options.delimiter ?? ",", [",", ";", "\t", " "]);
  const text = typeof file === "string" ? file : new TextDecoder().decode(await plainBytes("The CSV file", file));
  // line numbers as an editor shows them
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ cells: line.split(delimiter).map((cell) => unquoted(cell.trim())), number: i + 1, line }))
    .filter(({ line }) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.length === 0) malformed("The CSV file has no lines of data.");
  const { head = "auto" } = options;
  const named = head === "auto" ? lines[0].cells.some((cell) => !isNumber(cell)) : head;
  const names = named ? lines.shift()!.cells : undefined;
  if (lines.length === 0) malformed("The CSV file has a head and no lines of data.");
  const width = lines[0].cells.length;
  if (width < 2)
    malformed(
      `Line ${lines[0].number} of the CSV file has one column; allowed: inputs and a label, with ${JSON.stringify(delimiter)} between them.`,
    );
  const column = labelColumn(options.label ?? "last", width, names);
  const x = new Float32Array(lines.length * (width - 1));
  const y = new Float64Array(lines.length);
  for (const [i, { cells, number }] of lines.entries()) {
    if (cells.length !== width)
      malformed(
        `Line ${number} of the CSV file has ${cells.length} columns and line ${lines[0].number} has ${width}: ragged.`,
      );
    let at = i * (width - 1);
    for (const [j, cell] of cells.entries()) {
      if (!isNumber(cell))
        malformed(
          `Line ${number}, column ${j + 1} of the CSV file is ${shown(cell)}; allowed: numbers${j === column ? ", as this is the label: number the classes 0, 1, .." : ""}.`,
        );
      if (j === column) y[i] = labelOf(cell, number);
      else x[at++] = Number(cell) * scale;
    }
  }
  return dataset({ x, y, features: width - 1, classes: options.classes });
}

function labelOf(cell: string, line: number): number {
  const label = Number(cell);
  if (!(Number.isInteger(label) && label >= 0))
    throw new SgdDynamicsError(
      "invalid-data",
      `Line ${line} of the CSV file has label ${cell}; allowed: whole numbers from 0 that number the classes. Is the label in another column?`,
    );
  return label;
}

const unquoted = (cell: string) => cell.replace(/^"(.*)"$/, "$1");
const isNumber = (cell: string) => cell !== "" && Number.isFinite(Number(cell));

function labelColumn(label: string | number, width: number, names: readonly string[] | undefined): number {
  if (label === "last") return width - 1;
  if (label === "first") return 0;
  if (typeof label === "number") {
    if (!(Number.isInteger(label) && label >= 0 && label < width))
      invalid(`label is column ${label}; allowed: 0 to ${width - 1}, "first", "last" or a name.`);
    return label;
  }
  const column = names?.indexOf(label) ?? -1;
  if (column < 0)
    invalid(
      `label is ${shown(label)}; ${names ? `the head has ${names.map((n) => JSON.stringify(n)).join(", ")}` : `the file has no head, so allowed: "first", "last" or a column's number`}.`,
    );
  return column;
}
