// What test/papers/papers.test.ts leaves out of Nakkiran et al. for its time: one seed of the longer experiments, within the bands of single seeds. And that a wrong result
// does not hold. (5 standard deviations: a false alarm in some 1e-6 of numbers.)
import { expect, it } from "vitest";
import { loadedTask } from "../../src/papers/known-sets.js";
import { bands } from "../../src/papers/nakkiran-2019/bands.js";
import { convolutionsOnDigits } from "../../src/papers/nakkiran-2019/convolutions.js";
import { fashionParity, xor } from "../../src/papers/nakkiran-2019/experiments.js";
import { convolutionsMeasured, findingsOf, measured } from "../../src/papers/nakkiran-2019/findings.js";
import { runsOf } from "../../src/papers/nakkiran-2019/run.js";
import { expectError } from "../support/errors.js";
import { bandRows, documentBands } from "./document-bands.js";

it("holds runs against the bands of docs/EXPERIMENTS.md", async () => {
  const theirs = await documentBands("A");
  expect(bandRows(bands)).toEqual(theirs);
  expect(theirs.length).toBeGreaterThan(40);
});

const failed = (findings: readonly { quantity: string; holds: boolean }[]) =>
  findings.filter(({ holds }) => !holds).map(({ quantity }) => quantity);

it.each(["A4", "A8"] as const)("%s: one seed", { timeout: 300_000 }, async (row) => {
  const findings = await measured(row, [1], {});
  expect(findings.length).toBeGreaterThan(3);
  expect(failed(findings)).toEqual([]);
});

it("leaves shallower convolutional networks in their order: one seed", { timeout: 300_000 }, async () => {
  expect(failed(await convolutionsMeasured(convolutionsOnDigits, [1], {}))).toEqual([]);
});

it("does not hold of another experiment's run", async () => {
  const short = { ...xor, training: { ...xor.training, epochs: 3 } };
  const runs = await runsOf(short, [1, 2], {});
  // 3 epochs of 40 are not enough for the control, though nothing is explained
  expect(failed(findingsOf("A7", runs))).toContain("I(F;Y) at the end, smallest of 2 seeds");
  expect(failed(findingsOf("A7", runs))).not.toContain("largest |μ|, largest of 2 seeds");
  const asDisc = failed(findingsOf("A1", runs));
  expect(asDisc).toContain("I(L;Y), mean of 2 seeds");
  expect(asDisc).toContain("I(L;Y), the seed furthest off");
  expect(asDisc).toContain("μ/I(F;Y) at T₀ ÷ what independent errors give, smallest of 2 seeds");
});

it("says what data it wants", async () => {
  await expectError(() => loadedTask(fashionParity.task), "unreadable-file", "Fashion-MNIST", "Debian");
});
