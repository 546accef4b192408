// The normal quantile function against 50-digit arithmetic (test/fixtures/make-quantile.py).
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadCore } from "../support/core.js";

const points: [number, string][] = JSON.parse(
  readFileSync(new URL("../fixtures/quantile.json", import.meta.url), "utf8"),
);

test.each(["release", "debug"] as const)("%s: 1e-15 relative in the middle and in both tails", (target) => {
  const { normalQuantile } = loadCore(target).exports;
  for (const [u, x] of points) {
    expect(Math.abs(normalQuantile(u) / Number(x) - 1), `${u}`).toBeLessThanOrEqual(1e-15);
  }
});

test("1/2 goes to 0, and u and 1 - u to opposite numbers where both are doubles", () => {
  const { normalQuantile } = loadCore("release").exports;
  expect(normalQuantile(0.5)).toBe(0);
  for (const n of [1, 3, 77, 255]) expect(normalQuantile(n / 512)).toBe(-normalQuantile(1 - n / 512));
});
