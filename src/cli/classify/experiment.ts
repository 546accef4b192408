/** The experiment that `classify` runs: from a file, by name, from flags; and its files of data. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { ClassificationExperiment } from "../../classify/index.js";
import { SgdDynamicsError, shown } from "../../index.js";
import { dataNeed, loadedTask, type PaperClassification, papers } from "../../papers/index.js";
import { readBytes, readObject } from "../files.js";
import { dataFiles, missingData } from "../papers/data.js";
import { given } from "../show.js";
import { type ClassificationFile, checkClassification, stemOf } from "./schema.js";

/** Flags that stand for fields of an experiment. */
export interface ExperimentFlags {
  readonly task?: string;
  readonly csv?: string;
  readonly idx?: string;
  /** Folder of Fashion-MNIST. */
  readonly data?: string;
  readonly groups?: string;
  readonly layers?: readonly number[];
  readonly activation?: string;
  readonly start?: string;
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly momentum?: number;
  readonly l2?: number;
  /** Copies whose random labels are fitted first; 0 for a random start. */
  readonly adversarial?: number;
  readonly degrees?: readonly number[];
  readonly simpleL2?: number;
  readonly evaluations?: number;
  readonly seed?: number;
  readonly seeds?: number;
  readonly unit?: "bits" | "nats";
  readonly level?: number;
  readonly bootstrap?: number;
  readonly permutations?: number;
}

export interface ReadExperiment {
  readonly file: ClassificationFile;
  /** Folder that names of files are seen from. */
  readonly folder: string;
}

/** What flags without a file begin with. */
const BASE = { training: { learningRate: 0.05, batchSize: 32, epochs: 40 } };

/** Names of the papers' classification experiments. */
export function shippedClassifications(): string[] {
  return papers.flatMap(({ classifications = [] }) => classifications.map(({ name }) => name));
}

/**
 * The papers' experiment of a name.
 * @throws SgdDynamicsError `unreadable-file`
 */
export function shippedClassification(name: string): PaperClassification {
  const found = papers.flatMap(({ classifications = [] }) => classifications).find((one) => one.name === name);
  if (found) return found;
  throw new SgdDynamicsError(
    "unreadable-file",
    `There is no classification experiment ${shown(name)}; those of the papers are ${shippedClassifications().join(", ")}, and your own is named by its path.`,
  );
}

/**
 * The experiment of a call, flags in place of what the file says.
 * @throws SgdDynamicsError `unreadable-file`, `invalid-experiment`, `invalid-argument`
 */
export async function readClassification(
  path: string | undefined,
  flags: ExperimentFlags,
  byDefault: string | undefined,
): Promise<ReadExperiment> {
  const task = taskOf(flags);
  const name = path ?? (task ? undefined : byDefault);
  if (name === undefined && !task)
    throw new SgdDynamicsError(
      "invalid-argument",
      "There is nothing to classify; give the file of an experiment, or --task, --csv or --idx.",
    );
  const { held, folder, where } = await heldIn(name);
  const { training, network } = { training: {}, network: {}, ...(name === undefined ? BASE : {}), ...held } as {
    training: object;
    network: object;
  };
  const { layers, activation, start, learningRate, batchSize, epochs, momentum, l2, evaluations } = flags;
  const whole = {
    ...(task ? { name: task.name } : {}),
    ...held,
    ...(task ? { task: task.task } : {}),
    training: withEpochs(training, given({ learningRate, batchSize, epochs, momentum, l2 })),
    ...(Object.keys({ ...network, ...given({ layers, activation, start }) }).length > 0
      ? { network: { ...network, ...given({ layers, activation, start }) } }
      : {}),
    ...adversarialOf(held.adversarial, flags.adversarial),
    ...simpleOf(held.simple, flags),
    ...(evaluations === undefined ? {} : { evaluations: { count: evaluations } }),
    ...informationOf(held.information, flags),
    ...seedsOf(flags),
  };
  return { file: checkClassification(whole, where), folder };
}

/** Epochs of a flag take the place of a file's steps. */
function withEpochs(training: object, flags: { readonly epochs?: number }): object {
  const { steps, ...rest } = training as { steps?: unknown };
  return flags.epochs === undefined ? { ...training, ...flags } : { ...rest, ...flags };
}

/** What --adversarial begins with where a file says nothing. */
const RANDOM_LABELS = { learningRate: 0.1, epochs: 150 };

function adversarialOf(held: unknown, copies: number | undefined): object {
  if (copies === undefined) return {};
  if (copies === 0) return { adversarial: undefined };
  return { adversarial: { ...RANDOM_LABELS, ...(held as object | undefined), copies } };
}

function simpleOf(held: unknown, { degrees, simpleL2 }: ExperimentFlags): object {
  if (degrees === undefined && simpleL2 === undefined) return {};
  const base = Array.isArray(held) && degrees === undefined ? held : (degrees ?? [1]).map((degree) => ({ degree }));
  const l2 = simpleL2 ?? (Array.isArray(held) ? held[0]?.l2 : undefined) ?? 1e-3;
  return { simple: base.map((one) => ("training" in one ? one : { ...one, l2 })) };
}

function informationOf(held: unknown, { unit, level, bootstrap, permutations, seed = 1 }: ExperimentFlags): object {
  const asked = given({
    unit,
    level,
    intervals: bootstrap === undefined ? undefined : { bootstrap, seed },
    bias: permutations === undefined ? undefined : { permutations, seed },
  });
  return Object.keys(asked).length > 0 ? { information: { ...(held as object | undefined), ...asked } } : {};
}

function seedsOf({ seed, seeds }: ExperimentFlags): object {
  if (seed !== undefined && seeds !== undefined) return { seeds: Array.from({ length: seeds }, (_, i) => seed + i) };
  if (seed !== undefined) return { seeds: [seed] };
  return seeds === undefined ? {} : { seeds };
}

async function heldIn(
  path: string | undefined,
): Promise<{ held: Record<string, unknown>; folder: string; where: string }> {
  if (path === undefined) return { held: {}, folder: ".", where: "the flags" };
  const isName = /^[\w.+-]+$/.test(path) && !path.endsWith(".json") && !existsSync(path);
  if (isName) {
    const { seconds: _, ...held } = shippedClassification(path);
    return { held: held as unknown as Record<string, unknown>, folder: ".", where: path };
  }
  const held = await readObject(path);
  const { experiment } = held;
  // a result that --out wrote as JSON holds its experiment
  const isResult = typeof experiment === "object" && experiment !== null && !("task" in held);
  return {
    held: isResult ? (experiment as Record<string, unknown>) : held,
    folder: isResult ? "." : dirname(path),
    where: basename(path),
  };
}

function taskOf({ task, csv, idx, groups }: ExperimentFlags): { name: string; task: object } | undefined {
  const asked = [task, csv, idx].filter((one) => one !== undefined);
  if (asked.length > 1)
    throw new SgdDynamicsError("invalid-argument", "--task, --csv and --idx each say what is classified; give one.");
  if (asked.length === 0) {
    if (groups === undefined) return undefined;
    throw new SgdDynamicsError(
      "invalid-argument",
      "--groups is of --csv, --idx and the tasks digits and fashion-mnist.",
    );
  }
  const of = groups === undefined ? {} : { groups: groupsOf(groups) };
  if (csv !== undefined) return { name: stemOf(csv), task: { kind: "csv", file: resolve(csv), ...of } };
  if (idx !== undefined) return { name: stemOf(idx), task: { kind: "idx", files: idxFiles(resolve(idx)), ...of } };
  return { name: task!, task: { kind: task, ...of } };
}

/** "first-against-last", or "0,1,2/3,4,5". */
function groupsOf(text: string): unknown {
  if (!/^[\d,/ ]+$/.test(text)) return text;
  return text.split("/").map((group) => group.split(",").map(Number));
}

/** The four files of a folder that holds a data set as MNIST's authors name them. */
function idxFiles(folder: string) {
  const of = (name: string) => {
    const found = [`${name}.gz`, name].map((one) => join(folder, one)).find((one) => existsSync(one));
    if (found) return found;
    throw new SgdDynamicsError(
      "unreadable-file",
      `${folder} has no file ${name} or ${name}.gz; files of other names are named in an experiment, task.files.`,
    );
  };
  return {
    trainImages: of("train-images-idx3-ubyte"),
    trainLabels: of("train-labels-idx1-ubyte"),
    testImages: of("t10k-images-idx3-ubyte"),
    testLabels: of("t10k-labels-idx1-ubyte"),
  };
}

/** The experiment as the library runs it, sets that are known by name loaded; and how it reads files. */
export async function runnable(
  { file, folder }: ReadExperiment,
  data: string | undefined,
): Promise<{
  readonly experiment: ClassificationExperiment;
  readonly read: (name: string) => Promise<Uint8Array>;
}> {
  const files = dataFiles(data);
  const missing = await missingData(dataNeed(file.task), files);
  if (missing) throw new SgdDynamicsError("unreadable-file", missing);
  return {
    experiment: { ...file, task: await loadedTask(file.task, files) },
    read: (name) => readBytes(resolve(folder, name)),
  };
}
