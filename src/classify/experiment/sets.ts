/** Training and test samples of an experiment's task. */
import { SgdDynamicsError, shown } from "../../errors.js";
import { checkKeys, checkNumber, checkOneOf, invalid } from "../../options.js";
import { type Dataset, dataset } from "../dataset.js";
import type { FileBytes } from "../readers/bytes.js";
import { csvDataset } from "../readers/csv.js";
import { idxDataset } from "../readers/idx.js";
import { subset } from "../select.js";
import { polynomialTask, teacherTask } from "../tasks/gaussian.js";
import { blobsTask, discTask } from "../tasks/plane.js";
import type { ClassificationTask, LabelGroups, NamedFile, SetOptions } from "./types.js";

export interface Sets {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Gives the contents of a file by the name that a task has for it. */
export type FileReader = (name: string) => Promise<FileBytes>;

const drawn = ["disc", "linear+product", "staircase", "xor", "polynomial", "teacher", "blobs"] as const;
const kinds = [...drawn, "idx", "csv", "data"] as const;

/** Whether seeds have samples of their own. */
export function isDrawn(task: ClassificationTask): boolean {
  return (drawn as readonly string[]).includes(task?.kind);
}

/**
 * Samples of a task, of a seed where they are drawn.
 * @throws SgdDynamicsError `invalid-argument`, `invalid-data`, `malformed-data`
 */
export async function setsOf(task: ClassificationTask, seed: number, read: FileReader | undefined): Promise<Sets> {
  checkOneOf("task.kind", task?.kind, kinds);
  switch (task.kind) {
    case "disc":
      return discTask({ ...without(task), seed });
    case "polynomial":
      return polynomialTask({ ...without(task), seed });
    case "teacher":
      return teacherTask({ ...without(task), seed });
    case "blobs":
      return blobsTask({ ...without(task), seed });
    case "idx":
      return idxSets(task, read);
    case "csv":
      return csvSets(task, read);
    case "data": {
      checkKeys("task", task, ["kind", "train", "test", "groups"]);
      const { train, test, groups } = task;
      return prepared(
        { train: dataset(train, { name: "task.train" }), test: dataset(test, { name: "task.test" }) },
        { groups },
      );
    }
    default:
      return polynomialTask({ ...without(task), polynomial: task.kind, seed });
  }
}

function without<T extends { readonly kind: string }>({ kind: _, ...options }: T): Omit<T, "kind"> {
  return options;
}

async function idxSets(task: ClassificationTask & { kind: "idx" }, read: FileReader | undefined): Promise<Sets> {
  const { kind: _, files, groups, train: first, ...options } = task;
  checkKeys("task.files", files, ["trainImages", "trainLabels", "testImages", "testLabels"], "field");
  const of = async (images: NamedFile, labels: NamedFile) =>
    idxDataset(await bytesOf(images, read), await bytesOf(labels, read), options);
  const train = await of(files.trainImages, files.trainLabels);
  const test = await of(files.testImages, files.testLabels);
  return prepared({ train, test }, { groups, train: first });
}

async function csvSets(task: ClassificationTask & { kind: "csv" }, read: FileReader | undefined): Promise<Sets> {
  const { kind: _, file, test: wanted = { every: 3 }, groups, train: first, ...options } = task;
  const all = await csvDataset(await bytesOf(file, read), options);
  if ("file" in wanted) {
    const test = await csvDataset(await bytesOf(wanted.file, read), options);
    return prepared({ train: all, test }, { groups, train: first });
  }
  const every = checkNumber(
    "task.test.every",
    wanted.every,
    "a whole number from 2",
    (n) => Number.isInteger(n) && n >= 2,
  );
  const [train, test] = [subset(all, (i) => i % every !== 0), subset(all, (i) => i % every === 0)];
  return prepared({ train, test }, { groups, train: first });
}

async function bytesOf(file: NamedFile, read: FileReader | undefined): Promise<FileBytes> {
  if (typeof file !== "string") return file;
  if (!read)
    throw new SgdDynamicsError(
      "invalid-argument",
      `The task names a file ${shown(file)} and there is nothing to read it with; give its bytes, or read: (name) => bytes beside the experiment.`,
    );
  return read(file);
}

function prepared({ train, test }: Sets, { groups, train: first }: SetOptions): Sets {
  if (first !== undefined)
    checkNumber(
      "task.train",
      first,
      `a whole number from 1 to ${train.y.length}, as there are samples`,
      (n) => Number.isInteger(n) && n >= 1 && n <= train.y.length,
    );
  const part = first === undefined ? train : subset(train, (i) => i < first);
  // one number of classes, whatever labels happen to be in each set
  const classes = Math.max(part.classes, test.classes);
  return { train: grouped({ ...part, classes }, groups), test: grouped({ ...test, classes }, groups) };
}

/**
 * Samples whose labels are in one of some groups; class c is group c.
 * @throws SgdDynamicsError `invalid-argument`; `invalid-data` where nothing is left
 */
function grouped(data: Dataset, given: SetOptions["groups"]): Dataset {
  if (given === undefined) return data;
  const group = new Map<number, number>();
  for (const [c, labels] of listed(given, data.classes).entries()) for (const label of labels) group.set(label, c);
  const kept = subset(data, (_, label) => group.has(label));
  return { ...kept, y: kept.y.map((label) => group.get(label)!), classes: new Set(group.values()).size };
}

function listed(groups: LabelGroups, classes: number): readonly (readonly number[])[] {
  const all = Array.from({ length: classes }, (_, label) => label);
  if (groups === "first-against-last")
    return [all.filter((label) => 2 * label < classes), all.filter((label) => 2 * label >= classes)];
  if (groups === "even-against-odd") return [all.filter((label) => label % 2 === 0), all.filter((label) => label % 2)];
  const isRight = Array.isArray(groups) && groups.length >= 2 && groups.every((g) => Array.isArray(g) && g.length > 0);
  const labels = isRight ? groups.flat() : [];
  if (!isRight || !labels.every((label) => all.includes(label)) || new Set(labels).size < labels.length)
    invalid(
      `task.groups is ${JSON.stringify(groups)}; allowed: "first-against-last", "even-against-odd", or at least two lists of labels from 0 to ${classes - 1}, each label once.`,
    );
  return groups;
}
