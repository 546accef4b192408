/** What `simulate`, `integrate` and `ensemble` share: one problem, one result, shown and written. */
import { type Command, Option } from "commander";
import { type Column, type NpzEntry, toJSON } from "../formats/index.js";
import { type Problem, type Save, SgdDynamicsError, type Status } from "../index.js";
import { type Chart, type Row, type TableColumn, terminalPlot, terminalTable, toASCII } from "../plot/index.js";
import { exitCodeOf, number, numbers } from "./command.js";
import { environment } from "./environment.js";
import { checkWritable } from "./files.js";
import { describe, numberText, wrapped } from "./labels.js";
import { formatOf, writeFiles } from "./output.js";
import { duration, progressDisplay } from "./progress.js";
import type { Terminal } from "./terminal.js";

export interface SingleOptions {
  readonly until: number;
  readonly seed?: number;
  readonly count?: number;
  readonly spacing?: "log" | "linear";
  readonly times?: readonly number[];
  readonly out?: readonly string[];
  readonly json?: boolean;
  readonly ascii?: boolean;
}

/** Adds the flags of times, seeds and output. */
export function addSingle(command: Command): Command {
  return command
    .requiredOption("-t, --until <t>", "end time t = nu / d", number)
    .option("--seed <n>", "seed of the start and of the samples [0]", number)
    .option("--count <n>", "how many times to save [100]", number)
    .addOption(new Option("--spacing <kind>", "of saved times [log]").choices(["log", "linear"]))
    .option("--times <list>", "save exactly these times, commas between", numbers)
    .option("-o, --out <file...>", "write the result: .csv, .npz, .json, .svg, .png")
    .option("--ascii", "plot and table in ASCII")
    .option("--json", "print the result as JSON, and nothing else");
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

/** Options without those that were not given. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
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
  readonly compute: (control: {
    signal: AbortSignal;
    onProgress: (progress: { fraction: number; time: number }) => void;
  }) => Promise<T>;
  readonly view: View<T>;
  /** Options that the result carries. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Computes, shows, writes; resolves with the exit code and the outcome. */
export async function showSingle<T extends Outcome>(
  { title, problem, compute, view, options: made }: Single<T>,
  options: SingleOptions,
  terminal: Terminal,
): Promise<{ exitCode: number; run: T }> {
  const paths = options.out ?? [];
  paths.forEach(formatOf);
  await checkWritable(paths);
  const say = options.json ? () => {} : terminal.print;
  const layout = { width: Math.min(terminal.columns, 120), ascii: options.ascii };
  // said once the library has accepted the call: a bad one is answered by its sentence alone
  let opened = false;
  const open = () => {
    if (!opened) say(wrapped(`${title}: ${describe(problem)}, to t = ${options.until}.`, layout));
    opened = true;
  };
  const began = performance.now();
  const progress = progressDisplay(terminal);
  let run: T;
  try {
    run = await compute({
      signal: terminal.signal,
      onProgress: ({ fraction, time }) => {
        open();
        progress.update(fraction, `t = ${time.toPrecision(4)}`);
      },
    });
    open();
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - began) / 1000;
  const chart = view.chart(run);
  // title and problem have been said, and one curve needs no name at its end
  const sketch = chart && { ...chart, title: "", subtitle: undefined, names: "none" as const };
  if (sketch) say(`\n${terminalPlot(sketch, { ...layout, colour: terminal.colour })}`);
  if (run.length > 0) say(`\n${summary(run, view, options)}`);
  const completed = run.status === "completed";
  if (completed) say(`\n ${run.message} ${view.figures(run)}, ${duration(seconds)}.`);
  else terminal.note(run.message);

  const result = async () => resultOf(run, view, made, await environment());
  const value = options.json || paths.some((path) => formatOf(path) === "json") ? await result() : undefined;
  const { written, skipped } = await writeFiles(paths, {
    columns: () => view.columns(run),
    arrays: () => ({ ...view.arrays(run), problem: JSON.stringify(run.problem) }),
    json: () => value,
    chart,
  });
  for (const sentence of skipped) terminal.note(sentence);
  if (written.length > 0) say(` Written: ${written.join(", ")}`);
  if (options.json) terminal.print(toJSON(value).trimEnd());
  const code = exitCodeOf([run.status], terminal.signal.aborted);
  // a file that was asked for by name and is not there is a failure
  return { exitCode: code === 0 && skipped.length > 0 ? 1 : code, run };
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
function resultOf<T extends Outcome>(
  run: T,
  view: View<T>,
  options: object,
  made: object,
): Readonly<Record<string, unknown>> {
  const { status, message, problem } = run;
  const columns = Object.fromEntries(view.columns(run).map(({ name, values }) => [name, values]));
  return { problem, options, status, message, ...view.facts(run), environment: made, columns };
}
