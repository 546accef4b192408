/** Data sets that tasks know by name: the digits of the package, and Fashion-MNIST where it is. */
import { type ClassificationTask, type Dataset, idxDataset, subset } from "../classify/index.js";
import { SgdDynamicsError } from "../index.js";
import { digits } from "./digits.js";
import type { DataNeed, KnownSet, PaperClassification, PaperControl } from "./paper.js";

const part = (name: string) => [`${name}-images-idx3-ubyte.gz`, `${name}-labels-idx1-ubyte.gz`] as const;

export const FASHION_MNIST: DataNeed = {
  what: "Fashion-MNIST",
  files: [...part("train"), ...part("t10k")],
  from: "Debian's package dataset-fashion-mnist",
};

/** What a task needs that the package does not carry. */
export function dataNeed({ kind }: PaperClassification["task"]): DataNeed | undefined {
  return kind === "fashion-mnist" ? FASHION_MNIST : undefined;
}

/**
 * A task as `runClassification` takes it: a set that is known by name loaded, others as they are.
 * @throws SgdDynamicsError `unreadable-file` where Fashion-MNIST is needed and `files` does not give it
 */
export async function loadedTask(
  task: PaperClassification["task"],
  files?: PaperControl["files"],
): Promise<ClassificationTask> {
  if (!isKnown(task)) return task;
  const { kind, groups, train, test } = task;
  const sets = kind === "digits" ? await digits() : await fashion(files);
  const first = (set: Dataset, most = set.y.length) => (most < set.y.length ? subset(set, (i) => i < most) : set);
  return { kind: "data", train: first(sets.train, train), test: first(sets.test, test), ...(groups && { groups }) };
}

function isKnown(task: PaperClassification["task"]): task is KnownSet {
  return task.kind === "digits" || task.kind === "fashion-mnist";
}

async function fashion(files: PaperControl["files"]): Promise<{ readonly train: Dataset; readonly test: Dataset }> {
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(
    FASHION_MNIST.files.map(async (name) => {
      const bytes = await files?.(name);
      if (bytes) return bytes;
      throw new SgdDynamicsError(
        "unreadable-file",
        `${FASHION_MNIST.what} is needed, and ${name} is not there; it comes with ${FASHION_MNIST.from}.`,
      );
    }),
  );
  return { train: await idxDataset(trainImages, trainLabels), test: await idxDataset(testImages, testLabels) };
}
