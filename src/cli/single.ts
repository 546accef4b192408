/** What `simulate`, `integrate` and `ensemble` share: one problem, one result, shown and written. */
import { type Command, Option } from "commander";
import type { Column, NpzEntry } from "../formats/index.js";
import { type Problem, type Save, SgdDynamicsError, type Status } from "../index.js";
import { type Chart, type Row, type TableColumn, terminalTable, toASCII } from "../plot/index.js";
import { exitCodeOf, number, numbers } from "./command.js";
import { describe, type Layout, numberText } from "./labels.js";
import { addOutput, type Control, type OutputOptions, show } from "./show.js";
import type { Terminal } from "./terminal.js";

export interface SingleOptions extends OutputOptions {
  readonly until: number;
  readonly seed?: number;
  readonly count?: number;
  readonly spacing?: "log" | "linear";
  readonly times?: readonly number[];
}

/** Adds the flags of times, seeds and output. */
export function addSingle(command: Command): Command {
  const timed = command
    .requiredOption("-t, --until <t>", "end time t = nu / d", number)
    .option("--seed <n>", "seed of the start and of the samples [0]", number)
    .option("--count <n>", "how many times to save [100]", number)
    .addOption(new Option("--spacing <kind>", "of saved times [log]").choices(["log", "linear"]))
    .option("--times <list>", "save exactly these times, commas between", numbers);
  return addOutput(timed);
}

/** Saved times as the flags say. */
export function saveOf({ times, count, spacing }: SingleOptions): Save | undefined {
  if (times && (count !== undefined || spacing))
    throw new SgdDynamicsError(
      "invalid-argument",
      "--times says which times to save; leave --count and --spacing out.",
    );
  if (times) return { times };
  return count === undefined && !spacing ? undefined : { count: count ?? 100, ...(spacing ? { spacing } : {}) };
}

/** What a computation ends with, whatever it is of. */
export interface Outcome {
  readonly problem: Problem;
  readonly status: Status;
  readonly message: string;
  readonly length: number;
  readonly time: Float64Array;
}

/** How outcomes of one kind are shown and written. */
export interface View<T extends Outcome> {
  /** Undefined where there is no point to draw. */
  chart(run: T): Chart | undefined;
  /** Columns of the table beside the time, and their cells for a row of the outcome. */
  summary(run: T): { readonly columns: readonly TableColumn[]; readonly cells: (i: number) => Row };
  /** Texts below the table. */
  readonly blocks?: (run: T, layout: Layout) => readonly string[];
  /** What it took: "1 000 steps". */
  figures(run: T): string;
  columns(run: T): readonly Column[];
  arrays(run: T): Readonly<Record<string, NpzEntry>>;
  /** What the JSON result says besides problem, options, status and columns. */
  facts(run: T): Readonly<Record<string, unknown>>;
}

/** A computation to be shown: what it is called, and how to do it. */
export interface Single<T extends Outcome> {
  /** "One-pass SGD". */
  readonly title: string;
  readonly problem: Problem;
  readonly compute: (control: Control) => Promise<T>;
  readonly view: View<T>;
  /** Options that the result carries. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Computes, shows, writes; resolves with the exit code and the outcome. */
export function showSingle<T extends Outcome>(
  { title, problem, compute, view, options: made }: Single<T>,
  options: SingleOptions,
  terminal: Terminal,
): Promise<{ exitCode: number; run: T }> {
  return show<T>(
    {
      opening: `${title}: ${describe(problem)}, to t = ${options.until}.`,
      compute,
      underWay: (time) => `t = ${time.toPrecision(4)}`,
      blocks: (run, layout) => [
        run.length > 0 ? summary(run, view, options) : "",
        ...(view.blocks ? view.blocks(run, layout) : []),
      ],
      closing: (run) => {
        const isGood = run.status === "completed" || run.status === "event";
        return { text: isGood ? `${run.message} ${view.figures(run)}` : run.message, isGood };
      },
      content: (run) => ({
        columns: () => view.columns(run),
        arrays: () => ({ ...view.arrays(run), problem: JSON.stringify(run.problem) }),
        chart: view.chart(run),
      }),
      value: (run) => resultOf(run, view, made),
      exitCode: ({ status }) => exitCodeOf([status], terminal.signal.aborted),
    },
    options,
    terminal,
  );
}

/** A few rows, from the start to the end. */
function summary<T extends Outcome>(run: T, view: View<T>, { ascii }: SingleOptions): string {
  const wanted = [0, 1e-3, 1e-2, 0.1, 0.3, 1].map((part) => part * run.time[run.length - 1]);
  const rows = new Set(
    wanted.map((t) =>
      run.time.reduce((best, time, i) => (Math.abs(time - t) < Math.abs(run.time[best] - t) ? i : best), 0),
    ),
  );
  const { columns, cells } = view.summary(run);
  const time: TableColumn = {
    key: "t",
    format: (t) => numberText(Number((t as number).toPrecision(4))),
    align: "right",
  };
  const text = terminalTable(
    Array.from(rows, (i) => ({ t: run.time[i], ...cells(i) })),
    [time, ...columns],
    { ascii },
  );
  return ascii ? toASCII(text) : text;
}

/** The result as one JSON value. */
function resultOf<T extends Outcome>(run: T, view: View<T>, options: object): Readonly<Record<string, unknown>> {
  const { status, message, problem } = run;
  const columns = Object.fromEntries(view.columns(run).map(({ name, values }) => [name, values]));
  return { problem, options, status, message, ...view.facts(run), columns };
}
