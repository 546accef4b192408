/** What `simulate` and `integrate` share: one problem, one trajectory, shown and written. */
import { type Command, Option } from "commander";
import { arrays, table, toJSON } from "../formats/index.js";
import { type Problem, type Save, SgdDynamicsError, type Trajectory } from "../index.js";
import { type Chart, terminalPlot, terminalTable } from "../plot/index.js";
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
  readonly stream?: number;
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
    .option("--stream <n>", "replica of the seed [0]", number)
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

/** A computation to be shown: what it is called, and how to do it. */
export interface Single {
  readonly method: "simulation" | "ODE";
  readonly problem: Problem;
  readonly compute: (control: {
    signal: AbortSignal;
    onProgress: (progress: { fraction: number; time: number }) => void;
  }) => Promise<Trajectory>;
  /** Options that the result carries. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Computes, shows, writes; resolves with the exit code and the trajectory. */
export async function showSingle(
  { method, problem, compute, options: made }: Single,
  options: SingleOptions,
  terminal: Terminal,
): Promise<{ exitCode: number; trajectory: Trajectory }> {
  const paths = options.out ?? [];
  paths.forEach(formatOf);
  await checkWritable(paths);
  const say = options.json ? () => {} : terminal.print;
  const title = method === "ODE" ? "The ODE of the order parameters" : "One-pass SGD";
  const layout = { width: Math.min(terminal.columns, 120), ascii: options.ascii };
  // said once the library has accepted the call: a bad one is answered by its sentence alone
  let opened = false;
  const open = () => {
    if (!opened) say(wrapped(`${title}: ${describe(problem)}, to t = ${options.until}.`, layout));
    opened = true;
  };
  const began = performance.now();
  const progress = progressDisplay(terminal);
  let trajectory: Trajectory;
  try {
    trajectory = await compute({
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
  const chart = chartOf(method, title, trajectory);
  if (chart) say(`\n${terminalPlot(chart, { ...layout, colour: terminal.colour })}`);
  if (trajectory.length > 0) say(`\n${summary(trajectory, options)}`);
  const completed = trajectory.status === "completed";
  if (completed) say(`\n ${trajectory.message} ${figures(trajectory)}, ${duration(seconds)}.`);
  else terminal.note(trajectory.message);

  const result = async () => resultOf(trajectory, made, await environment());
  const value = options.json || paths.some((path) => formatOf(path) === "json") ? await result() : undefined;
  const { written, skipped } = await writeFiles(paths, {
    columns: () => table(trajectory),
    arrays: () => ({ ...arrays(trajectory), problem: JSON.stringify(problem) }),
    json: () => value,
    chart,
  });
  for (const sentence of skipped) terminal.note(sentence);
  if (written.length > 0) say(` Written: ${written.join(", ")}`);
  if (options.json) terminal.print(toJSON(value).trimEnd());
  const code = exitCodeOf([trajectory.status], terminal.signal.aborted);
  // a file that was asked for by name and is not there is a failure
  return { exitCode: code === 0 && skipped.length > 0 ? 1 : code, trajectory };
}

function chartOf(method: Single["method"], title: string, run: Trajectory): Chart | undefined {
  const visible = Array.from(run.time).some((t, i) => t > 0 && run.risk[i] > 0);
  if (!visible) return undefined;
  const kind = method === "ODE" ? "line" : "dots";
  return {
    title,
    subtitle: `${describe(run.problem)}, seed ${run.statistics.seed}`,
    x: { label: "t = ν/d", scale: "log" },
    y: { label: "excess risk ε", scale: "log" },
    series: [{ label: method, kind, x: run.time, y: run.risk }],
    names: "none",
  };
}

/** A few rows: time, risk and the first student's order parameters. */
function summary(run: Trajectory, { ascii }: SingleOptions): string {
  const wanted = [0, 1e-3, 1e-2, 0.1, 0.3, 1].map((part) => part * run.time[run.length - 1]);
  const rows = new Set(
    wanted.map((t) =>
      run.time.reduce((best, time, i) => (Math.abs(time - t) < Math.abs(run.time[best] - t) ? i : best), 0),
    ),
  );
  const cells = Array.from(rows, (i) => {
    const { M, Q, a } = run.state(i);
    return { t: run.time[i], risk: run.risk[i], M: M[0], Q: Q[0], a: a[0] };
  });
  const time = {
    key: "t",
    format: (t: unknown) => numberText(Number((t as number).toPrecision(4))),
    align: "right" as const,
  };
  const columns = [
    time,
    { key: "risk", title: "excess risk" },
    { key: "M", title: "M_1_1" },
    { key: "Q", title: "Q_1_1" },
  ];
  const second = run.problem.secondLayer === "fixed" ? [] : [{ key: "a", title: "a_1" }];
  return terminalTable(cells, [...columns, ...second], { ascii });
}

function figures({ statistics }: Trajectory): string {
  const { steps, accepted, rejected } = statistics;
  return steps === undefined
    ? `${accepted} steps, ${rejected} rejected`
    : `${Number(steps).toLocaleString("en").replaceAll(",", " ")} steps`;
}

/** The result as one JSON value. */
function resultOf(run: Trajectory, options: Single["options"], made: object): Record<string, unknown> {
  const { status, message, statistics, events, problem } = run;
  const columns = Object.fromEntries(table(run).map(({ name, values }) => [name, values]));
  const teacher = run.length > 0 ? { P: run.state(0).P, aStar: run.state(0).aStar } : {};
  return { problem, options, status, message, statistics, events, environment: made, teacher, columns };
}
