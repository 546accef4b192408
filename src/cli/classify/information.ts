/** `classify --information`: what predictions that were made elsewhere come to. */
import { gunzipSync } from "node:zlib";
import { type Command, Option } from "commander";
import {
  mutualInformation,
  type PerformanceExplained,
  type PerformanceOptions,
  performanceExplained,
} from "../../classify/index.js";
import { type Column, parseCSV } from "../../formats/index.js";
import { SgdDynamicsError, shown } from "../../index.js";
import { count, number } from "../command.js";
import { readBytes } from "../files.js";
import { type Layout, wrapped } from "../labels.js";
import { type OutputOptions, show } from "../show.js";
import type { Terminal } from "../terminal.js";
import { fixed, titled } from "./text.js";

export interface InformationFlags {
  readonly information?: string;
  readonly unit?: "bits" | "nats";
  readonly level?: number;
  readonly bootstrap?: number;
  readonly permutations?: number;
}

/** Adds the flags of `--information`. */
export function addInformation(command: Command): Command {
  command.addOption(
    new Option(
      "--information <file>",
      "CSV with columns F, Y, L (whole numbers: predictions, labels, predictions of a simple classifier; gzip too)",
    ).helpGroup("Predictions made elsewhere, in place of an experiment:"),
  );
  const options = [
    new Option("--unit <unit>", "[bits]").choices(["bits", "nats"]),
    new Option("--level <share>", "coverage of the intervals [0.95]").argParser(number),
    new Option("--bootstrap <n>", "intervals from so many tables drawn with replacement [delta method]").argParser(
      count,
    ),
    new Option("--permutations <n>", "of the correction of bias [none; 100 with --information]").argParser(count),
  ];
  for (const option of options) command.addOption(option.helpGroup("How informations are estimated:"));
  return command;
}

/** Flags that go with --information. */
const OWN: ReadonlySet<string> = new Set(
  "information unit level bootstrap permutations seed out ascii json".split(" "),
);

/** The three lists of a file. */
interface Predictions {
  readonly F: Int32Array;
  readonly Y: Int32Array;
  readonly L: Int32Array;
}

interface Measured {
  readonly plain: PerformanceExplained;
  readonly millerMadow: PerformanceExplained;
  readonly permutation: PerformanceExplained;
  /** I(L;Y). */
  readonly simple: number;
  readonly accuracy: { readonly F: number; readonly L: number };
}

export async function informationCommand(
  extra: string | undefined,
  flags: InformationFlags & OutputOptions & { readonly seed?: number },
  terminal: Terminal,
): Promise<number> {
  if (extra !== undefined)
    throw new SgdDynamicsError(
      "invalid-argument",
      `--information measures predictions that are given and trains nothing; leave the experiment ${shown(extra)} out.`,
    );
  const other = Object.entries(flags).find(([name, value]) => value !== undefined && !OWN.has(name));
  if (other)
    throw new SgdDynamicsError(
      "invalid-argument",
      `--information measures predictions that are given and trains nothing; leave --${other[0].replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} out.`,
    );
  const path = flags.information!;
  const { F, Y, L } = predictionsIn(await textOf(path), path);
  const { unit = "bits", level = 0.95, bootstrap, permutations = 100, seed = 1 } = flags;
  const options: PerformanceOptions = {
    unit,
    level,
    ...(bootstrap === undefined ? {} : { intervals: { bootstrap, seed } }),
  };
  const { exitCode } = await show<Measured>(
    {
      opening: `Information in ${F.length} predictions of ${path}, ${unit}.`,
      compute: async () => ({
        plain: performanceExplained(F, Y, L, options),
        millerMadow: performanceExplained(F, Y, L, { ...options, bias: "miller-madow" }),
        permutation: performanceExplained(F, Y, L, { unit, level, bias: { permutations, seed } }),
        simple: mutualInformation(L, Y, { unit }),
        accuracy: { F: rightShare(F, Y), L: rightShare(L, Y) },
      }),
      blocks: (measured, layout) => [tableOf(measured, level, layout), wordsOf(measured, unit, layout)],
      closing: () => ({ text: `${F.length} samples`, isGood: true }),
      content: (measured) => ({
        columns: () => columnsOf(measured),
        arrays: () => Object.fromEntries(columnsOf(measured).map(({ name, values }) => [name, values])),
        chart: undefined,
      }),
      value: ({ plain, millerMadow, permutation, simple, accuracy }) => ({
        file: path,
        unit,
        level,
        ...plain,
        simple,
        accuracy,
        corrected: { "miller-madow": tripleOf(millerMadow), permutation: tripleOf(permutation) },
      }),
      exitCode: () => 0,
    },
    flags,
    terminal,
  );
  return exitCode;
}

const MEASURES = ["mutualInformation", "conditional", "mu"] as const;
const NAMES = { mutualInformation: "I(F;Y)", conditional: "I(F;Y|L)", mu: "μ" };

function tripleOf({ mutualInformation: I, conditional, mu }: PerformanceExplained) {
  return { mutualInformation: I, conditional, mu };
}

function tableOf({ plain, millerMadow, permutation }: Measured, level: number, layout: Layout): string {
  const text = fixed(6);
  const rows = MEASURES.map((measure) => ({
    what: NAMES[measure],
    estimate: text(plain[measure]),
    error: text(plain.standardErrors[measure]),
    interval: plain.intervals[measure].map(fixed(4)).join(" .. "),
    millerMadow: text(millerMadow[measure]),
    permutation: text(permutation[measure]),
  }));
  const right = "right" as const;
  return titled(
    "Estimates, and what corrections of bias make of them",
    [...rows, { what: "null of μ", estimate: text(plain.muNull) }],
    [
      { key: "what", title: "" },
      { key: "estimate", title: "plug-in", align: right },
      { key: "error", title: "std. error", align: right },
      { key: "interval", title: `${Number((100 * level).toPrecision(6))} % interval`, align: right },
      { key: "millerMadow", title: "Miller–Madow", align: right },
      { key: "permutation", title: "permutations", align: right },
    ],
    layout,
  );
}

function wordsOf({ plain, permutation, simple, accuracy }: Measured, unit: string, layout: Layout): string {
  const percent = (share: number) => `${fixed(1)(100 * share)} %`;
  const share = plain.mutualInformation > 0 ? plain.mu / plain.mutualInformation : Number.NaN;
  const sharedNull = plain.muNull / plain.mutualInformation;
  const sentences = [
    `F is right on ${percent(accuracy.F)} and L on ${percent(accuracy.L)} of ${plain.n} samples; I(L;Y) = ${simple.toFixed(6)} ${unit}.`,
    ...(Number.isFinite(share)
      ? [
          `L explains μ = I(F;Y) − I(F;Y|L), ${percent(share)} of what F knows of Y; two classifiers with these confusion matrices and independent errors would share ${percent(sharedNull)}.`,
        ]
      : []),
    ...(plain.warning ? [`Warning: ${permutation.warning ?? inWords(plain.warning)}`] : []),
  ];
  return wrapped(sentences.join(" "), layout);
}

/** The library names an option; here its result stands in the table. */
function inWords(warning: string): string {
  return warning.replace(/, or bias: \{.*\}\.$/, ", or go by the column of permutations.");
}

function columnsOf({ plain, millerMadow, permutation }: Measured): Column[] {
  const of = (name: string, value: (measure: (typeof MEASURES)[number]) => number): Column => ({
    name,
    values: Float64Array.from(MEASURES, value),
  });
  return [
    { name: "measure", values: ["information", "conditional", "mu"] },
    of("estimate", (m) => plain[m]),
    of("standard_error", (m) => plain.standardErrors[m]),
    of("low", (m) => plain.intervals[m][0]),
    of("high", (m) => plain.intervals[m][1]),
    of("miller_madow", (m) => millerMadow[m]),
    of("permutation", (m) => permutation[m]),
    { name: "null", values: Float64Array.of(Number.NaN, Number.NaN, plain.muNull) },
  ];
}

function rightShare(predictions: Int32Array, labels: Int32Array): number {
  return predictions.reduce((sum, one, i) => sum + (one === labels[i] ? 1 : 0), 0) / labels.length;
}

async function textOf(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes);
  try {
    return gunzipSync(bytes).toString("utf8");
  } catch (cause) {
    throw new SgdDynamicsError("malformed-data", `${path} is gzip that does not decompress: cut short or damaged.`, {
      cause,
    });
  }
}

function predictionsIn(text: string, path: string): Predictions {
  let columns: Column[];
  try {
    columns = parseCSV(text);
  } catch (cause) {
    if (!(cause instanceof SgdDynamicsError)) throw cause;
    throw new SgdDynamicsError("malformed-data", `${path}: ${cause.message}`, { cause });
  }
  const names = columns.map(({ name }) => name.trim());
  const of = (name: "F" | "Y" | "L"): Int32Array => {
    const column = columns[names.indexOf(name)];
    if (!column)
      throw new SgdDynamicsError(
        "malformed-data",
        `${path} has no column ${name}; its first line names ${names.map((one) => shown(one)).join(", ")}, and F (predictions), Y (labels) and L (a simple classifier's predictions) are needed.`,
      );
    const wrong = Array.from<number | string>(column.values).findIndex(
      (value) => !Number.isInteger(value) || Math.abs(value as number) > 2 ** 31 - 1,
    );
    if (wrong >= 0 || column.values.length === 0)
      throw new SgdDynamicsError(
        "malformed-data",
        column.values.length === 0
          ? `${path} has a head and no predictions.`
          : `${path}, column ${name}, row ${wrong + 1}: ${shown(column.values[wrong])}; allowed: whole numbers that name classes.`,
      );
    return Int32Array.from(column.values as Float64Array);
  };
  return { F: of("F"), Y: of("Y"), L: of("L") };
}
