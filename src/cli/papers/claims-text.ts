/** Claims of papers, measured, as text. */
import type { Claim, Finding } from "../../papers/index.js";
import { terminalTable, toASCII } from "../../plot/index.js";
import { type Layout, wrapped } from "../labels.js";

/** A claim with what came of it; without findings, why not. */
export interface Checked {
  readonly claim: Claim;
  readonly findings: readonly Finding[];
  readonly failure?: string;
  /** Or why it was not measured. */
  readonly skipped?: string;
}

export function holds({ findings, failure }: Checked): boolean {
  return failure === undefined && findings.every((finding) => finding.holds);
}

/** The claim's sentence, and a line for each number. */
export function claimText(checked: Checked, layout: Layout): string {
  const { claim, findings, failure, skipped } = checked;
  const [yes, no, left] = layout.ascii ? ["ok", "FAILS", "skipped"] : ["✓", "✗", "–"];
  // before columns are aligned: "±" is one character, "+-" two
  const plain = (text: string) => (layout.ascii ? toASCII(text) : text);
  const mark = skipped !== undefined ? left : holds(checked) ? yes : no;
  const head = wrapped(`${mark} ${claim.id}: ${claim.statement} (${claim.source})`, layout);
  if (skipped !== undefined) return `${head}\n${wrapped(`skipped: ${skipped}`, layout)}`;
  if (failure !== undefined) return `${head}\n${wrapped(`could not be measured: ${failure}`, layout)}`;
  const rows = findings.map((finding) => ({
    verdict: finding.holds ? "" : no,
    measured: numberOf(finding.measured, finding),
    expected: plain(expectedOf(finding)),
    // last, so that a long one runs over the end of its line alone
    quantity: plain(finding.quantity),
  }));
  const columns = [
    ...(holds(checked) ? [] : [{ key: "verdict", title: "" }]),
    { key: "measured", align: "right" as const },
    { key: "expected" },
    { key: "quantity", title: "of" },
  ];
  const table = terminalTable(rows, columns, { ascii: layout.ascii });
  // the rule below the title of the last column would be as long as its longest text
  const lines = table.split("\n").map((line, i) => `   ${i === 1 ? line.slice(0, layout.width - 3) : line}`.trimEnd());
  return `${head}\n${lines.join("\n")}`;
}

/** "1.66 ± 1 %", "at least 3". */
function expectedOf(finding: Finding): string {
  const { kind, expected, tolerance } = finding;
  const value = numberOf(expected, finding);
  if (kind === "at-most") return `at most ${value}`;
  if (kind === "at-least") return `at least ${value}`;
  return kind === "relative" ? `${value} ± ${short(100 * tolerance)} %` : `${value} ± ${short(tolerance)}`;
}

/** As many digits as the tolerance can tell apart, and one more. */
function numberOf(value: number, { kind, expected, tolerance }: Finding): string {
  if (Number.isNaN(value)) return "none";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const part = kind === "relative" ? tolerance : tolerance / Math.abs(expected);
  const digits = part > 0 && Number.isFinite(part) ? Math.min(12, Math.max(3, 2 - Math.floor(Math.log10(part)))) : 4;
  return tidy(value.toPrecision(digits));
}

function short(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return value < 1e-3 && value > 0 ? tidy(rounded.toExponential()) : String(rounded);
}

function tidy(text: string): string {
  return text
    .replace("e+", "e")
    .replace(/^(-?\d+\.\d*?)0+(e|$)/, (whole, kept, end) => (end === "e" ? `${kept.replace(/\.$/, "")}e` : whole));
}
