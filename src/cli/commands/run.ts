/** `sgd-dynamics run`: an experiment, theory beside simulation. */

import { toJSON } from "../../formats/index.js";
import { SgdDynamicsError } from "../../index.js";
import { terminalPlot } from "../../plot/index.js";
import { count, exitCodeOf, type Register, wordsOf } from "../command.js";
import { environment } from "../environment.js";
import { allEventsText, named, nameOf } from "../events.js";
import {
  DEFAULT_EXPERIMENT,
  type Experiment,
  readExperiment,
  seedsOf,
  shippedExperiments,
} from "../experiment/experiment.js";
import { figure } from "../experiment/figure.js";
import { expectedRuns, recordOf, repetition, runsOf } from "../experiment/record.js";
import { compare, comparisonText } from "../experiment/report.js";
import { bandComparisonText, compareBands } from "../experiment/report-bands.js";
import { oneByOne, type Result, runExperiment } from "../experiment/runner.js";
import { MOST_WORKERS, workerCount, workerPool } from "../experiment/workers.js";
import { checkWritable } from "../files.js";
import { describe, type Layout, wrapped } from "../labels.js";
import { experimentArrays, experimentColumns, experimentPaths, FORMATS, type Format, writeFiles } from "../output.js";
import { duration, progressDisplay } from "../progress.js";
import type { Terminal } from "../terminal.js";
import { limitRegion, theoryName, theoryOf } from "../theory.js";

/** Most threads that the library takes for an ensemble. */

interface RunOptions {
  readonly out: string;
  readonly formats?: readonly Format[];
  readonly workers?: number;
  readonly json?: boolean;
  readonly ascii?: boolean;
}

export const registerRun: Register = (program, terminal, run) => {
  program
    .command("run")
    .description("run an experiment: the ODE, simulations and ensembles of its problems, a plot, a table, files")
    .argument(
      "[experiment]",
      `file of an experiment, or one of the package: ${shippedExperiments().join(", ")}`,
      DEFAULT_EXPERIMENT,
    )
    .option("-o, --out <folder>", "where NAME.csv, .npz, .svg, .png and NAME.json are written [out]", "out")
    .option(
      "--formats <list>",
      `which files beside NAME.json [${FORMATS.filter((format) => format !== "json").join(",")}]`,
      wordsOf(FORMATS),
    )
    .option(
      "--workers <count>",
      "threads that simulate (the numbers do not depend on it) [one a core, at most 16]",
      count,
    )
    .option("--ascii", "plot and table in ASCII")
    .option("--json", "print the record of the run as JSON, and nothing else")
    .action((given: string, options: RunOptions) => run(() => runCommand(given, options, terminal)));
};

async function runCommand(given: string, options: RunOptions, terminal: Terminal): Promise<number> {
  const experiment = await readExperiment(given);
  const { file } = experiment;
  const paths = experimentPaths(options.out, file.name, options.formats ?? FORMATS);
  await checkWritable(paths);
  const say = options.json ? () => {} : terminal.print;
  const layout = { width: Math.min(terminal.columns, 120), ascii: options.ascii };
  say(opening(experiment, layout));

  const began = new Date();
  const results = await compute(experiment, options, terminal);
  const seconds = (Date.now() - began.getTime()) / 1000;
  const comparisons = { pairs: compare(results), bands: compareBands(results) };
  const record = recordOf(experiment, results, comparisons, {
    environment: await environment(),
    began: began.toISOString(),
    seconds,
  });

  // title and problem have been said; dashes and lines are hard to tell apart in characters
  const sketch = figure(experiment, results, { dots: Math.round(layout.width / 5), means: false });
  const size = { ...layout, height: sketch?.panels ? 20 : 24, colour: terminal.colour };
  if (sketch) say(`\n${terminalPlot({ ...sketch, title: "", subtitle: undefined }, size)}`);
  const { pairs, bands } = comparisons;
  if (bands.length > 0) say(`\n${bandComparisonText(bands, results, layout)}`);
  // one pair has no standard error, and the ensemble says more
  if (pairs.length > 0 && (bands.length === 0 || pairs[0].seeds > 1))
    say(`\n${comparisonText(pairs, layout, theoryName(file))}`);
  const asked = typeof file.integrate === "object" ? (file.integrate.events ?? []) : [];
  if (asked.length > 0)
    say(
      `\n${wrapped("Events of the theory", layout)}\n\n${allEventsText(
        results,
        asked.map((one) => nameOf(typeof one === "string" ? one : named(one))),
        layout,
      )}`,
    );
  const runs = runsOf(results);
  for (const sentence of failures(experiment, results)) terminal.note(sentence);

  const { written, skipped } = await writeFiles(paths, {
    columns: () => experimentColumns(results),
    arrays: () => experimentArrays(results, record),
    json: () => record,
    chart: figure(experiment, results),
  });
  for (const sentence of skipped) terminal.note(sentence);
  const again = repetition(file.record, record.record);
  say(`\n ${duration(seconds)}. Written: ${braced(written)}${again ? `\n ${again}` : ""}`);
  if (options.json) terminal.print(toJSON(record).trimEnd());
  const code = exitCodeOf(
    runs.map(({ run }) => run.status),
    terminal.signal.aborted,
  );
  return code === 0 && results.some((result) => result.failures.length > 0) ? 1 : code;
}

/** "out/name.{csv,json}": paths that differ by their extensions, as a shell writes them. */
function braced(paths: readonly string[]): string {
  const stem = paths[0].replace(/\.[^.]*$/, "");
  return paths.length === 1 ? paths[0] : `${stem}.{${paths.map((path) => path.slice(stem.length + 1)).join(",")}}`;
}

/** What will be done, in a few lines. */
function opening({ file, points }: Experiment, layout: Layout): string {
  const seeds = seedsOf(file).length;
  const problems =
    points.length === 1
      ? "1 problem"
      : `${points.length} problems (${points
          .map(({ label }) => label)
          .slice(0, 8)
          .join("; ")}${points.length > 8 ? "; ..." : ""})`;
  const each = seeds === 1 ? "1 seed" : `${seeds} seeds`;
  const { integrate, simulate, ensemble } = file;
  const place = limitRegion(file);
  const work = listText([
    ...(integrate ? [`the ${theoryName(file)}${place ? ` of the ${place.name} region` : ""}`] : []),
    ...(simulate ? [simulate.method === "dense" ? "a dense simulation" : "a simulation"] : []),
    ...(ensemble ? [`${ensemble.replicas} ${ensemble.method === "chain" ? "chains" : "replicas"}`] : []),
  ]);
  return [
    file.title ?? file.name,
    ...(file.description ? [file.description] : []),
    `${describe(points[0].problem, Object.keys(file.vary))}.`,
    `${problems}, ${each}: ${work} of each, to t = ${file.until}.`,
  ]
    .map((text) => wrapped(text, layout))
    .join("\n");
}

/** "a", "a and b", "a, b and c". */
function listText(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " and $1");
}

async function compute(
  experiment: Experiment,
  options: RunOptions,
  { signal, program, ...terminal }: Terminal,
): Promise<Result[]> {
  const simulations = experiment.file.simulate ? experiment.points.length * seedsOf(experiment.file).length : 0;
  const size = workerCount(simulations, options.workers);
  const pool = program && size > 1 ? workerPool(program, size) : undefined;
  const progress = progressDisplay(terminal);
  try {
    return await runExperiment(experiment, {
      simulators: pool ?? oneByOne,
      workers: options.workers && Math.min(options.workers, MOST_WORKERS),
      signal,
      onProgress: progress.update,
    });
  } catch (cause) {
    if (!(cause instanceof SgdDynamicsError) || cause.code !== "unsupported") throw cause;
    throw new SgdDynamicsError(cause.code, `${cause.message} An experiment without theory has "integrate": false.`, {
      cause,
    });
  } finally {
    progress.end();
    await pool?.close();
  }
}

/** A sentence for each run that failed, and one for all that an interruption kept from their ends. */
function failures(experiment: Experiment, results: readonly Result[]): string[] {
  const runs = runsOf(results);
  const whole = runs.filter(({ run: { status } }) => status !== "aborted").length;
  const expected = expectedRuns(experiment);
  const failed = results.reduce((sum, result) => sum + result.failures.length, 0);
  const interrupted = whole + failed < expected ? [`Interrupted: ${whole} of ${expected} runs went to their end.`] : [];
  const broken = runs
    .filter(({ run: { status } }) => status !== "completed" && status !== "aborted")
    .map(
      ({ result, method, seed, run }) =>
        `${method === "ode" || method === "mean_map" ? theoryOf(result) : method}, ${result.point.label && `${result.point.label}, `}seed ${seed}: ${run.message}`,
    );
  return [...results.flatMap((result) => result.failures), ...broken, ...interrupted];
}
