/** What all commands of one problem share: a result is computed with its progress, shown, and written to the files that were asked for. */
import type { Command } from "commander";
import { toJSON } from "../formats/index.js";
import { terminalPlot } from "../plot/index.js";
import { environment } from "./environment.js";
import { checkWritable } from "./files.js";
import { type Layout, wrapped } from "./labels.js";
import { type Content, formatOf, writeFiles } from "./output.js";
import { duration, progressDisplay } from "./progress.js";
import type { Terminal } from "./terminal.js";

export interface OutputOptions {
  readonly out?: readonly string[];
  readonly json?: boolean;
  readonly ascii?: boolean;
}

/** Adds the flags of output. */
export function addOutput(command: Command): Command {
  return command
    .option("-o, --out <file...>", "write the result: .csv, .npz, .json, .svg, .png")
    .option("--ascii", "plot and table in ASCII")
    .option("--json", "print the result as JSON, and nothing else");
}

/** Options without those that were not given. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

export interface Control {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { fraction: number; time: number }) => void;
}

/** A computation to be shown. */
export interface Showing<T> {
  /** What is computed of what, in a sentence. */
  readonly opening: string;
  readonly compute: (control: Control) => Promise<T>;
  /** What stands beside the bar of progress; default nothing. */
  readonly underWay?: (time: number) => string;
  /** Texts below the plot. */
  readonly blocks: (run: T, layout: Layout) => readonly string[];
  /** The last sentences: what it came to, and what it took. */
  readonly closing: (run: T) => { readonly text: string; readonly isGood: boolean };
  readonly content: (run: T) => Omit<Content, "json">;
  /** The result as one JSON value, but for where it was made. */
  readonly value: (run: T) => Readonly<Record<string, unknown>>;
  readonly exitCode: (run: T) => number;
}

/** Computes, shows, writes; resolves with the exit code and the outcome. */
export async function show<T>(
  { opening, compute, underWay = () => "", blocks, closing, content, value, exitCode }: Showing<T>,
  options: OutputOptions,
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
    if (!opened) say(wrapped(opening, layout));
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
        progress.update(fraction, underWay(time));
      },
    });
    open();
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - began) / 1000;
  const offered = content(run);
  const { chart } = offered;
  // title and problem have been said, and one curve needs no name at its end
  const sketch = chart && {
    ...chart,
    title: "",
    subtitle: undefined,
    ...(chart.panels ? {} : { names: "none" as const }),
  };
  if (sketch) say(`\n${terminalPlot(sketch, { ...layout, colour: terminal.colour })}`);
  for (const text of blocks(run, layout)) if (text) say(`\n${text}`);
  const { text, isGood } = closing(run);
  if (isGood) say(`\n${wrapped(`${text}, ${duration(seconds)}.`, layout)}`);
  else terminal.note(text);

  const needsValue = options.json || paths.some((path) => formatOf(path) === "json");
  const result = needsValue ? { ...value(run), environment: await environment() } : undefined;
  const { written, skipped } = await writeFiles(paths, { ...offered, json: () => result });
  for (const sentence of skipped) terminal.note(sentence);
  if (written.length > 0) say(` Written: ${written.join(", ")}`);
  if (options.json) terminal.print(toJSON(result).trimEnd());
  const code = exitCode(run);
  // a file that was asked for by name and is not there is a failure
  return { exitCode: code === 0 && skipped.length > 0 ? 1 : code, run };
}
