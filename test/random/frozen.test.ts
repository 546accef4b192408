// The streams are frozen: a seed means the same run in every later version, and the debug build draws the same bits.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { streamHashes } from "../fixtures/make-streams.mjs";
import { type Core, loadCore, type Target } from "../support/core.js";

const frozen: Record<string, string> = JSON.parse(
  readFileSync(new URL("../fixtures/streams.json", import.meta.url), "utf8"),
);

function initialised(target: Target): Core {
  const core = loadCore(target);
  core.exports.initialise();
  return core;
}

test.each(["release", "debug"] as const)("%s draws the frozen words, normals and chi variates", (target) => {
  expect(streamHashes(initialised(target))).toEqual(frozen);
});

test("the hashes are all different", () => {
  expect(new Set(Object.values(frozen)).size).toBe(20);
});
