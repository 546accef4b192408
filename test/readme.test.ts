/** The README's examples run as printed, against the sources. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

it("README's ten lines run, and theory and simulation agree", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const code = Array.from(readme.matchAll(/```ts\n([\s\S]*?)```/g), ([, block]) => block).join("\n");
  const folder = mkdtempSync(fileURLToPath(new URL("readme-", import.meta.url)));
  const printed: unknown[][] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(values));
  try {
    const onSources = code.replaceAll(/"sgd-dynamics(\/\w+)?"/g, (_, path = "") => `"../../src${path}/index.js"`);
    writeFileSync(`${folder}/example.ts`, onSources);
    await import(`${folder}/example.ts`);
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  }
  // a network from a random start, and from one that fits random labels
  const accuracies = printed.filter((values) => values.length === 1 && typeof values[0] === "number").flat();
  expect(accuracies.slice(-2)).toEqual([1, 0.9383]);
  const rows = printed.filter((values) => values.length === 3) as [number, number, number][];
  expect(rows.length).toBe(5);
  // d = 1000: deviations are of order d^-1/2 = 0.03 of the risk's scale 1
  for (const [, theory, simulated] of rows) expect(Math.abs(theory - simulated)).toBeLessThan(0.1);
});
