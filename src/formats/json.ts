/** JSON that a person can read and every parser too: typed arrays as lists, lists of plain values on one line. */

/**
 * The text of a value, two blanks an indent, ended by a newline. Typed arrays become lists; numbers are the shortest decimals that
 * read back to the same double, `-0` included; NaN and the infinities, which JSON does not have, become `null` (keep such
 * arrays in `.npz` or `.csv`). `undefined` and functions are left out as `JSON.stringify` does.
 *
 * @example
 * toJSON({ risk: Float64Array.of(0.1, 0.2) }) // '{\n  "risk": [0.1, 0.2]\n}\n'
 */
export function toJSON(value: unknown): string {
  return `${write(value, "")}\n`;
}

function write(value: unknown, indent: string): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if ("toJSON" in value && typeof value.toJSON === "function") return write(value.toJSON(), indent);
  const inner = `${indent}  `;
  if (ArrayBuffer.isView(value))
    return `[${Array.from(value as Float64Array, (entry) => write(entry, "")).join(", ")}]`;
  if (Array.isArray(value)) {
    const parts = value.map((entry) => write(entry, inner));
    if (value.every((entry) => typeof entry !== "object" || entry === null)) return `[${parts.join(", ")}]`;
    return `[\n${parts.map((part) => inner + part).join(",\n")}\n${indent}]`;
  }
  const parts = Object.entries(value)
    .filter(([, entry]) => entry !== undefined && typeof entry !== "function" && typeof entry !== "symbol")
    .map(([key, entry]) => `${inner}${JSON.stringify(key)}: ${write(entry, inner)}`);
  return parts.length === 0 ? "{}" : `{\n${parts.join(",\n")}\n${indent}}`;
}
