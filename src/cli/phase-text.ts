/** A phase diagram as texts, columns and arrays. */
import type { Column, NpzEntry } from "../formats/index.js";
import type { Cell, Measurement, PhaseDiagram } from "../index.js";
import { terminalTable, toASCII } from "../plot/index.js";
import type { Layout } from "./labels.js";

const QUANTITIES = ["finiteSize", "supremum", "limit", "risk", "samples"] as const;

/** Cells up to which each has a line of its own. */
const MOST_LINES = 24;
/** Below this confidence a letter is small. */
const SURE = 0.9;

export function phaseBlocks(diagram: PhaseDiagram, layout: Layout): string[] {
  const { kappa, delta, cells } = diagram;
  const blocks = kappa.length > 1 && delta.length > 1 ? [mapOf(diagram)] : [];
  if (cells.length <= MOST_LINES) blocks.push(tableOf(cells, layout));
  return layout.ascii ? blocks.map(toASCII) : blocks;
}

/** A letter a cell, delta upwards. */
function mapOf({ kappa, delta, cells }: PhaseDiagram): string {
  const rows = delta.map((y, j) => {
    const letters = kappa.map((_, i) => letterOf(cells[i * delta.length + j]));
    return ` ${y.toFixed(2).padStart(6)}  ${letters.join(" ")}`;
  });
  const ends = `${kappa[0].toFixed(2)} to ${kappa[kappa.length - 1].toFixed(2)}`;
  return [
    "      δ  region that the measured κ + δ is in: B(lue), G(reen), O(range), R(ed);",
    `         small: less than ${100 * SURE} % sure; -: not measured`,
    ...rows.reverse(),
    `         κ from ${ends}`,
  ].join("\n");
}

function letterOf(cell: Cell | undefined): string {
  if (!cell) return " ";
  if (!cell.label) return "-";
  const letter = cell.label.name[0];
  return cell.label.confidence >= SURE ? letter.toUpperCase() : letter;
}

function tableOf(cells: readonly Cell[], layout: Layout): string {
  const power = ({ status, exponent, standardError }: Measurement) =>
    status === "measured"
      ? `${exponent!.toFixed(3)} ± ${standardError!.toFixed(3)}`
      : status === "undefined"
        ? "none"
        : "-";
  const rows = cells.map((cell) => ({
    κ: cell.kappa.toFixed(3),
    δ: cell.delta.toFixed(3),
    theory: cell.theory.name,
    measured: cell.label ? `${cell.label.name} ${Math.floor(100 * cell.label.confidence)} %` : "-",
    "κ + δ": cell.sum ? `${cell.sum.value.toFixed(3)} ± ${cell.sum.standardError.toFixed(3)}` : "-",
    "finite size": power(cell.finiteSize),
    "R∞ − Δ/2": power(cell.risk),
    samples: power(cell.samples),
  }));
  return terminalTable(rows, undefined, { ascii: layout.ascii });
}

/** A row a cell. */
export function phaseColumns({ cells }: PhaseDiagram): Column[] {
  const number = (name: string, of: (cell: Cell) => number | undefined): Column => ({
    name,
    values: Float64Array.from(cells, (cell) => of(cell) ?? Number.NaN),
  });
  const text = (name: string, of: (cell: Cell) => string): Column => ({ name, values: cells.map(of) });
  return [
    number("kappa", (cell) => cell.kappa),
    number("delta", (cell) => cell.delta),
    text("theory", (cell) => cell.theory.name),
    text("status", (cell) => cell.status),
    text("label", (cell) => cell.label?.name ?? ""),
    number("confidence", (cell) => cell.label?.confidence),
    number("sum", (cell) => cell.sum?.value),
    number("sum_error", (cell) => cell.sum?.standardError),
    ...QUANTITIES.flatMap((name) => [
      text(`${name}_status`, (cell) => cell[name].status),
      number(name, (cell) => cell[name].exponent),
      number(`${name}_error`, (cell) => cell[name].standardError),
      number(`${name}_theory`, (cell) => cell[name].expected),
      number(`${name}_ode`, (cell) => cell[name].ode),
      number(`${name}_dimension`, (cell) => cell[name].points.at(-1)?.inputDimension),
    ]),
  ];
}

/** A matrix of each number, kappa by delta. */
export function phaseArrays(diagram: PhaseDiagram): Record<string, NpzEntry> {
  const { kappa, delta, cells } = diagram;
  const shape = [kappa.length, delta.length];
  const matrix = (of: (cell: Cell) => number | undefined) => ({
    data: Float64Array.from({ length: kappa.length * delta.length }, (_, n) =>
      cells[n] ? (of(cells[n]) ?? Number.NaN) : Number.NaN,
    ),
    shape,
  });
  const quantities = QUANTITIES.flatMap((name) => [
    [name, matrix((cell) => (cell[name].status === "measured" ? cell[name].exponent : undefined))] as const,
    [`${name}_error`, matrix((cell) => cell[name].standardError)] as const,
    [`${name}_theory`, matrix((cell) => cell[name].expected)] as const,
  ]);
  return {
    kappa: Float64Array.from(kappa),
    delta: Float64Array.from(delta),
    sum: matrix((cell) => cell.sum?.value),
    sum_error: matrix((cell) => cell.sum?.standardError),
    confidence: matrix((cell) => cell.label?.confidence),
    ...Object.fromEntries(quantities),
  };
}
