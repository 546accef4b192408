/** A trajectory as a table: named columns of one length, the common form of the text formats. */

import { SgdDynamicsError } from "../errors.js";

/** The order parameters at one time: row-major matrices P (k x k), M (p x k), Q (p x p), second layers a (p), aStar (k). */
export interface StateLike {
  readonly P: Float64Array;
  readonly M: Float64Array;
  readonly Q: Float64Array;
  readonly a: Float64Array;
  readonly aStar: Float64Array;
  readonly risk: number;
}

/** What the formats read of a `Trajectory`: `length` rows, `time` t = nu/d, excess `risk` (and `empiricalRisk`), and a state for each row. */
export interface TrajectoryLike {
  readonly length: number;
  readonly time: Float64Array;
  readonly risk: Float64Array;
  /** Where the training set is finite. */
  readonly empiricalRisk?: Float64Array | undefined;
  readonly problem: { readonly studentWidth: number; readonly teacherWidth: number };
  state(i: number): StateLike;
}

/** A column of numbers. */
export interface NumberColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/** A column of texts, such as the name of a run. */
export interface LabelColumn {
  readonly name: string;
  readonly values: readonly string[];
}

export type Column = NumberColumn | LabelColumn;

/** One of several trajectories that share a table. */
export interface Run {
  readonly label: string;
  readonly trajectory: TrajectoryLike;
}

export interface TableOptions {
  /** Names of columns (`"risk"`, `"Q_1_2"`) or of blocks (`"M"`, `"Q"`, `"a"`), in the order wanted; default: all. */
  readonly columns?: readonly string[];
}

/** Where a column comes from: `trajectory[block]` for time and risks, `state[block][index]` for the others. */
interface Cell {
  readonly name: string;
  readonly block: "time" | "risk" | "empiricalRisk" | "M" | "Q" | "a";
  readonly index: number;
}

/**
 * The columns of one trajectory, each of shape (length): `time`, `risk`, where the training set is finite `empiricalRisk`, then with 1-based indices `M_i_r` (p k of them,
 * row by row), `Q_i_j` for i <= j, `a_i`. The teacher's P and aStar do not change along a run and are left out.
 *
 * @throws `invalid-argument` for a column that the trajectory does not have.
 * @example
 * table(run, { columns: ["time", "risk", "Q"] }).map((column) => column.name) // ["time", "risk", "Q_1_1", "Q_1_2", "Q_2_2"]
 */
export function table(trajectory: TrajectoryLike, options: TableOptions = {}): NumberColumn[] {
  const cells = select(cellsOf(trajectory), options.columns);
  const columns = cells.map((cell) => ({ name: cell.name, values: new Float64Array(trajectory.length) }));
  const ofStates: { values: Float64Array; block: "M" | "Q" | "a"; index: number }[] = [];
  cells.forEach(({ block, index }, c) => {
    const { values } = columns[c];
    if (block === "time" || block === "risk" || block === "empiricalRisk") values.set(trajectory[block]!);
    else ofStates.push({ values, block, index });
  });
  for (let i = 0; ofStates.length > 0 && i < trajectory.length; i++) {
    const state = trajectory.state(i);
    for (const { values, block, index } of ofStates) values[i] = state[block][index];
  }
  return columns;
}

/**
 * Several trajectories under each other ("long" or "tidy" format): a leading column of labels, then the union of their
 * columns; NaN where a run has no such order parameter because its student is narrower.
 *
 * @param options.label name of the leading column, default `"run"`.
 * @throws `invalid-argument` for a column that no trajectory has.
 */
export function tables(runs: readonly Run[], options: TableOptions & { readonly label?: string } = {}): Column[] {
  const wanted = select(union(runs.map((run) => cellsOf(run.trajectory))), options.columns);
  const rows = runs.reduce((sum, run) => sum + run.trajectory.length, 0);
  const labels: string[] = [];
  const columns = wanted.map((cell) => ({ name: cell.name, values: new Float64Array(rows).fill(Number.NaN) }));
  for (const { label, trajectory } of runs) {
    const own = new Set(cellsOf(trajectory).map((cell) => cell.name));
    const present = columns.filter((column) => own.has(column.name));
    const part = table(trajectory, { columns: present.map((column) => column.name) });
    present.forEach((column, c) => {
      column.values.set(part[c].values, labels.length);
    });
    for (let i = 0; i < trajectory.length; i++) labels.push(label);
  }
  return [{ name: options.label ?? "run", values: labels }, ...columns];
}

function cellsOf(trajectory: TrajectoryLike): Cell[] {
  const { studentWidth: p, teacherWidth: k } = trajectory.problem;
  const cells: Cell[] = [
    { name: "time", block: "time", index: 0 },
    { name: "risk", block: "risk", index: 0 },
    ...(trajectory.empiricalRisk ? [{ name: "empiricalRisk", block: "empiricalRisk", index: 0 } as const] : []),
  ];
  for (let i = 0; i < p; i++) {
    for (let r = 0; r < k; r++) cells.push({ name: `M_${i + 1}_${r + 1}`, block: "M", index: i * k + r });
  }
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) cells.push({ name: `Q_${i + 1}_${j + 1}`, block: "Q", index: i * p + j });
  }
  for (let i = 0; i < p; i++) cells.push({ name: `a_${i + 1}`, block: "a", index: i });
  return cells;
}

/** Every cell of the lists once, the columns of one block together whatever the widths of the runs are. */
function union(lists: readonly Cell[][]): Cell[] {
  const byName = new Map<string, Cell>();
  for (const cell of lists.flat()) if (!byName.has(cell.name)) byName.set(cell.name, cell);
  const blocks = ["time", "risk", "empiricalRisk", "M", "Q", "a"];
  const indices = (cell: Cell): number[] => cell.name.split("_").slice(1).map(Number);
  return [...byName.values()].sort((x, y) => {
    const [xi = 0, xj = 0] = indices(x);
    const [yi = 0, yj = 0] = indices(y);
    return blocks.indexOf(x.block) - blocks.indexOf(y.block) || xi - yi || xj - yj;
  });
}

function select(cells: readonly Cell[], names: readonly string[] | undefined): readonly Cell[] {
  if (!names) return cells;
  const chosen = names.flatMap((name) => {
    const found = cells.filter((cell) => cell.name === name || cell.block === name);
    if (found.length > 0) return found;
    const known = cells.map((cell) => cell.name);
    const shown = known.length > 12 ? `${known.slice(0, 12).join(", ")}, … (${known.length} in all)` : known.join(", ");
    throw new SgdDynamicsError(
      "invalid-argument",
      `There is no column "${name}". A column is one of ${shown}, or a block: "M", "Q", "a".`,
    );
  });
  return [...new Set(chosen)];
}
