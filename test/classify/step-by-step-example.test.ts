// The example of docs/classifiers.md that trains and measures step by step runs as printed, and prints what it says.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

it("prints its numbers", { timeout: 60_000 }, async () => {
  const text = readFileSync(new URL("../../docs/classifiers.md", import.meta.url), "utf8");
  const section = text.slice(text.indexOf("## Step by step"));
  const [[, code], [, images]] = section.matchAll(/```ts\n([\s\S]*?)```/g);
  const folder = mkdtempSync(fileURLToPath(new URL("example-", import.meta.url)));
  const printed: unknown[][] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(values));
  try {
    const whole = `${code}${images}console.log(cnn.outputs);`;
    writeFileSync(
      `${folder}/example.ts`,
      whole.replaceAll('"sgd-dynamics/classify"', '"../../../src/classify/index.js"'),
    );
    await import(`${folder}/example.ts`);
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  }
  const [[status, accuracy, T0, ratio, retention], [outputs]] = printed as [[string, ...number[]], [number]];
  expect(code).toContain(`// ${status} ${accuracy} ${T0} ${ratio.toFixed(3)} ${retention.toFixed(3)}`);
  expect(outputs).toBe(10);
});
