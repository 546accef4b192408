/** Comma-separated values, RFC 4180: a header line, then one line a row; numbers keep every bit. */

import { csvFormatRow, csvParseRows } from "d3-dsv";
import { SgdDynamicsError } from "../errors.js";
import type { Column } from "./table.js";

export interface CSVOptions {
  /** The end of a line: `"\r\n"` as RFC 4180 has it (default), or `"\n"`. */
  readonly newline?: "\r\n" | "\n";
}

/**
 * The text of a table: no comment lines, fields quoted only where they must be, numbers as the shortest decimal that reads
 * back to the same double (`-0`, `NaN`, `Infinity` included).
 *
 * @throws `invalid-argument` when the columns differ in length or share a name.
 * @example
 * toCSV([{ name: "time", values: Float64Array.of(0, 0.1) }]) // "time\r\n0\r\n0.1\r\n"
 */
export function toCSV(columns: readonly Column[], options: CSVOptions = {}): string {
  const newline = options.newline ?? "\r\n";
  const rows = columns[0]?.values.length ?? 0;
  const names = new Set(columns.map((column) => column.name));
  if (names.size < columns.length)
    throw new SgdDynamicsError("invalid-argument", "Two columns of the table share a name.");
  for (const column of columns) {
    if (column.values.length !== rows) {
      const given = `"${columns[0].name}" has ${rows} rows and "${column.name}" ${column.values.length}`;
      throw new SgdDynamicsError("invalid-argument", `The columns of a table are of one length, but ${given}.`);
    }
  }
  const lines = [csvFormatRow(columns.map((column) => column.name))];
  for (let i = 0; i < rows; i++) lines.push(csvFormatRow(columns.map((column) => text(column.values[i]))));
  return lines.join(newline) + newline;
}

/**
 * The columns of a text that `toCSV` (or NumPy, pandas, R, a spreadsheet) wrote. A column is numeric when each of its fields is a
 * decimal number, `NaN`, an infinity or empty (read as NaN) and at least one is not empty; otherwise it is a column of texts.
 *
 * @param options.labels names of columns to keep as texts whatever they hold.
 * @throws `unreadable-file` when there is no header, or a line has more or fewer fields than it.
 */
export function parseCSV(source: string, options: { readonly labels?: readonly string[] } = {}): Column[] {
  const [header, ...rows] = csvParseRows(source.replace(/^\uFEFF/, ""));
  if (!header || (header.length === 1 && header[0] === "")) {
    throw new SgdDynamicsError("unreadable-file", "The CSV text is empty: its first line should name the columns.");
  }
  rows.forEach((row, i) => {
    if (row.length !== header.length) {
      const given = `Record ${i + 2} of the CSV text has ${row.length} fields, its header ${header.length}`;
      throw new SgdDynamicsError("unreadable-file", `${given}. Each line needs one field a column.`);
    }
  });
  return header.map((name, c) => {
    const fields = rows.map((row) => row[c]);
    const numeric = fields.every((field) => field === "" || isNumber(field)) && !fields.every((field) => field === "");
    if (options.labels?.includes(name) || !numeric) return { name, values: fields };
    return { name, values: Float64Array.from(fields, number) };
  });
}

function text(value: number | string): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function isNumber(field: string): boolean {
  return /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf|infinity)$/i.test(field);
}

function number(field: string): number {
  if (field === "" || /nan$/i.test(field)) return Number.NaN;
  if (/inf/i.test(field)) return field.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(field);
}
