/** Matrices as users give them: rows, or flat row-major. */

export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/**
 * What is wrong with the rows of a matrix given as rows: their number (where one is asked for) or their lengths. A transposed matrix would
 * otherwise pass, its numbers being as many. Undefined for flat ones.
 */
export function rowsComplaint(values: unknown, rows: number | undefined, columns: number): string | undefined {
  if (!isList(values)) return undefined;
  const list = Array.from(values);
  if (!list.some(isList)) return undefined;
  const widths = [...new Set(list.map((row) => (isList(row) ? row.length : 0)))];
  if (widths.length > 1) return `has rows of ${widths.join(" and ")} numbers`;
  if (rows !== undefined && list.length !== rows) return `has ${list.length} rows of ${widths[0]} numbers`;
  return widths[0] === columns ? undefined : `has rows of ${widths[0]} numbers`;
}
