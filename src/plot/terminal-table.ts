/** A table of numbers and texts for a terminal: columns aligned, numbers of a column written alike. */

export interface TableColumn {
  /** The key of its cells in a row. */
  readonly key: string;
  /** What stands above it; default: the key. */
  readonly title?: string;
  /**
   * Significant digits: of the smallest number of the column in fixed notation, of each in scientific. Default: 4, less the zeros that
   * all of them end with in fixed notation.
   */
  readonly digits?: number;
  /** How to write a cell instead. */
  readonly format?: (value: unknown) => string;
  /** Default: numbers right, texts left. */
  readonly align?: "left" | "right";
}

export type Row = Readonly<Record<string, unknown>>;

/** The powers of ten that a column spans before it is written in scientific notation. */
const FIXED_DECADES = 4;

/**
 * The text of a table, lines parted by "\n", without one at the end. A column of numbers is written in fixed notation with one count
 * of decimals, so that its points are below each other, or, where its numbers span more than four powers of ten or are very
 * large or small, in scientific notation with aligned exponents; whole numbers stay whole; `undefined` and `null` are blank.
 *
 * @param columns which cells, in which order; default: the keys of the first row.
 * @example
 * terminalTable([{ t: 1, risk: 0.25 }, { t: 10, risk: 0.0312 }], [{ key: "t" }, { key: "risk", digits: 3 }])
 */
export function terminalTable(
  rows: readonly Row[],
  columns: readonly (TableColumn | string)[] = Object.keys(rows[0] ?? {}),
  options: { readonly ascii?: boolean } = {},
): string {
  const written = columns.map((given) => {
    const column = typeof given === "string" ? { key: given } : given;
    const values = rows.map((row) => row[column.key]);
    const cells = [column.title ?? column.key, ...writeColumn(values, column)];
    const width = Math.max(...cells.map(lengthOf));
    const right = (column.align ?? (values.some(isNumber) ? "right" : "left")) === "right";
    const pad = (cell: string): string =>
      right ? blank(width - lengthOf(cell)) + cell : cell + blank(width - lengthOf(cell));
    return [pad(cells[0]), (options.ascii ? "-" : "─").repeat(width), ...cells.slice(1).map(pad)];
  });
  const lines = Array.from({ length: rows.length + 2 }, (_, i) => written.map((cells) => cells[i]).join("  "));
  return lines.map((line) => ` ${line}`.trimEnd()).join("\n");
}

function writeColumn(values: readonly unknown[], column: TableColumn): string[] {
  if (column.format) return values.map(column.format);
  const write = numberWriter(values.filter(isNumber), column.digits);
  return values.map((value) =>
    isNumber(value) ? write(value) : value === undefined || value === null ? "" : String(value),
  );
}

function numberWriter(numbers: readonly number[], asked: number | undefined): (value: number) => string {
  const digits = asked ?? 4;
  const sizes = numbers.filter((value) => value !== 0 && Number.isFinite(value)).map(Math.abs);
  if (sizes.length === 0) return String;
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)].map((size) =>
    Number(size.toExponential(digits - 1).split("e")[1]),
  );
  if (sizes.every(Number.isInteger) && high! < 15) return String;
  if (high! - low! > FIXED_DECADES || low! < -FIXED_DECADES || high! > 6) {
    const exponents = Math.max(...[low!, high!].map((k) => String(Math.abs(k)).length));
    return (value) => scientific(value, digits, exponents);
  }
  let decimals = Math.min(100, Math.max(0, digits - 1 - low!));
  while (asked === undefined && decimals > 0 && sizes.every((size) => size.toFixed(decimals).endsWith("0"))) decimals--;
  return (value) => (Number.isFinite(value) ? value.toFixed(decimals) : String(value));
}

/** 1.234e-05: the exponent has a sign and at least `exponents` digits, so that a column lines up. */
function scientific(value: number, digits: number, exponents: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return `${mantissa}e${exponent![0]}${exponent!.slice(1).padStart(exponents, "0")}`;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function blank(count: number): string {
  return " ".repeat(count);
}
