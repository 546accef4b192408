/** The UCI optical digits (test/fixtures/digits.LICENSE.md), which the package carries: 1797 images of 8 x 8 pixels. */
import { csvDataset, type Dataset, subset } from "../classify/index.js";

/**
 * Rows in the file's order, pixels from 0 to 1, ten classes; every third row from the first on is of the test set: 1198 and 599 images.
 * Loads 80 kB on first use.
 */
export async function digits(): Promise<{ readonly train: Dataset; readonly test: Dataset }> {
  const { digits: text } = await import("#digits");
  const file = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const all = await csvDataset(file, { scale: 1 / 16 });
  return { train: subset(all, (i) => i % 3 !== 0), test: subset(all, (i) => i % 3 === 0) };
}
