/** Training and test samples of an experiment's task. */
import {
  type Dataset,
  discTask,
  idxDataset,
  polynomialTask,
  relabel,
  subset,
  teacherTask,
} from "../../classify/index.js";
import { SgdDynamicsError } from "../../index.js";
import { digits } from "../digits.js";
import type { DataNeed, PaperControl } from "../paper.js";
import type { TaskSpec } from "./experiments.js";

export interface Samples {
  readonly train: Dataset;
  readonly test: Dataset;
}

const part = (name: string) => [`${name}-images-idx3-ubyte.gz`, `${name}-labels-idx1-ubyte.gz`] as const;

export const FASHION_MNIST: DataNeed = {
  what: "Fashion-MNIST",
  files: [...part("train"), ...part("t10k")],
  from: "Debian's package dataset-fashion-mnist",
};

/** @throws SgdDynamicsError `unreadable-file` where Fashion-MNIST is needed and `control.files` does not give it */
export async function samplesOf(task: TaskSpec, seed: number, control: PaperControl): Promise<Samples> {
  switch (task.kind) {
    case "disc": {
      const { kind: _, ...options } = task;
      return discTask({ ...options, seed });
    }
    case "polynomial": {
      const { kind: _, ...options } = task;
      return polynomialTask({ ...options, seed });
    }
    case "teacher": {
      const { kind: _, ...options } = task;
      return teacherTask({ ...options, seed });
    }
    default: {
      const all = task.kind === "digits" ? await digits() : await fashion(control);
      const isSecond =
        task.classes === "even-against-odd" ? (label: number) => label % 2 : (label: number) => +(label > 4);
      const twoClasses = (set: Dataset, most = set.y.length) =>
        relabel(most < set.y.length ? subset(set, (i) => i < most) : set, isSecond, 2);
      return { train: twoClasses(all.train, task.train), test: twoClasses(all.test, task.test) };
    }
  }
}

async function fashion({ files }: PaperControl): Promise<Samples> {
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
