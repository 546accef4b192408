// The example of docs/classifiers.md on starts that fit random labels runs as printed, and gives the numbers beside it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

it("gives the table", { timeout: 60_000 }, async () => {
  const text = readFileSync(new URL("../../docs/classifiers.md", import.meta.url), "utf8");
  const section = text.slice(text.indexOf("## Starts that fit random labels"));
  const [, code] = /```ts\n([\s\S]*?)```/.exec(section)!;
  const folder = mkdtempSync(fileURLToPath(new URL("example-", import.meta.url)));
  const printed: unknown[][] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(values));
  try {
    writeFileSync(
      `${folder}/example.ts`,
      code.replaceAll('"sgd-dynamics/classify"', '"../../../src/classify/index.js"'),
    );
    await import(`${folder}/example.ts`);
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  }
  const [[status, before, after], ...rows] = printed as [[string, number, number], ...[string, ...number[]][]];
  expect(code).toContain(`// ${status}, ${before.toFixed(1)}, ${after.toFixed(1)}`);
  const digits = [3, 1, 2, 1];
  const table = rows.map(
    ([name, ...numbers]) => `| ${[name, ...numbers.map((v, i) => v.toFixed(digits[i]))].join(" | ")} |`,
  );
  expect(table).toHaveLength(5);
  expect(section).toContain(table.join("\n"));
});
