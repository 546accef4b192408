// Real data for tests: digits (test/fixtures/digits.LICENSE.md), and Fashion-MNIST where Debian's package or a copy of it is.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "../../src/classify/dataset.js";
import { csvDataset } from "../../src/classify/readers/csv.js";
import { idxDataset } from "../../src/classify/readers/idx.js";
import { relabel, subset } from "../../src/classify/select.js";

/** Digits, pixels / 16: train, and test = rows with index % 3 == 0. */
export async function digits(): Promise<{ train: Dataset; test: Dataset }> {
  const bytes = readFileSync(new URL("../fixtures/digits.csv.gz", import.meta.url));
  const all = await csvDataset(bytes, { scale: 1 / 16 });
  return { train: subset(all, (i) => i % 3 !== 0), test: subset(all, (i) => i % 3 === 0) };
}

/** 0-4 against 5-9. */
export const halves = (data: Dataset) => relabel(data, (digit) => Number(digit > 4), 2);

/** Where Fashion-MNIST is: FASHION_MNIST, or Debian's dataset-fashion-mnist; undefined where it is not. */
export const fashionFolder = [process.env.FASHION_MNIST, "/usr/share/datasets/fashion-mnist"].find(
  (folder) => folder !== undefined && existsSync(join(folder, "t10k-images-idx3-ubyte.gz")),
);

/** A part of Fashion-MNIST, pixels / 255. */
export function fashion(part: "train" | "t10k"): Promise<Dataset> {
  const file = (name: string) => readFileSync(join(fashionFolder!, `${part}-${name}-ubyte.gz`));
  return idxDataset(file("images-idx3"), file("labels-idx1"));
}
