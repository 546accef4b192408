/** Rows of results as an aligned table. */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} unit
 * @property {string} [note] shown behind the name
 * @property {number} median with p25, p75, min and max in the same unit
 * @property {{ atMost?: number, atLeast?: number }} [target] a number that was asked for
 */

const HEADER = ["", "median", "unit", "quartiles", "best", "target", "", "baseline"];

/**
 * The table of one topic.
 * @param {Row[]} rows
 * @param {Record<string, number>} baseline medians of an earlier run by name
 */
export function table(topic, rows, baseline) {
  const cells = rows.map((row) => [
    row.note ? `${row.name} (${row.note})` : row.name,
    digits(row.median),
    row.unit,
    isTiming(row) || row.unit === "x" ? `${digits(row.p25)} .. ${digits(row.p75)}` : "",
    isTiming(row) ? digits(/\/s$/.test(row.unit) ? row.max : row.min) : "",
    row.target ? `${row.target.atMost === undefined ? ">=" : "<="} ${row.target.atMost ?? row.target.atLeast}` : "",
    row.target ? (isMet(row) ? "met" : "missed") : "",
    row.name in baseline ? digits(baseline[row.name]) : "",
  ]);
  const shown = [[topic, ...HEADER.slice(1)], ...cells];
  const widths = HEADER.map((_, column) => Math.max(...shown.map((line) => line[column].length)));
  const isText = (column) => column === 0 || column === 2 || column === 6;
  const line = (texts) =>
    texts
      .map((text, i) => (isText(i) ? text.padEnd(widths[i]) : text.padStart(widths[i])))
      .join("  ")
      .trimEnd();
  return [line(shown[0]), "-".repeat(line(shown[0]).length), ...shown.slice(1).map(line)].join("\n");
}

const isTiming = ({ unit }) => unit !== "x" && unit !== "KB";

/** Whether the median meets the row's target. */
export function isMet({ median, target: { atMost = Infinity, atLeast = -Infinity } }) {
  return median <= atMost && median >= atLeast;
}

/** Three significant digits, never in exponents between 1e-3 and 1e6. */
function digits(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1);
  return value.toFixed(Math.min(5, Math.max(0, 2 - Math.floor(Math.log10(size)))));
}
