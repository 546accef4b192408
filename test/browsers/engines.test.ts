// One answer everywhere: the built package gives the frozen hashes in Node and in every browser of this machine, on the
// main thread and in a worker, under a content security policy that allows no eval.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { findBrowsers } from "./find.mjs";
import { runPage } from "./launch.mjs";

interface Report {
  hashes?: Record<string, string>;
  error?: string;
}
type Place = "main" | "worker";

const root = fileURLToPath(new URL("../..", import.meta.url));
const frozen: Record<string, string> = JSON.parse(readFileSync(`${root}/test/fixtures/hashes.json`, "utf8"));
const headers = { "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
const places: { place: Place; title: string }[] = [
  { place: "main", title: "main thread" },
  { place: "worker", title: "worker" },
];
const browsers = findBrowsers();

/** The hashes of a place, or its error thrown; one launch serves both places. */
function once(start: () => Promise<Record<Place, Report>>) {
  let reports: Promise<Record<Place, Report>> | undefined;
  return async (place: Place) => {
    reports ??= start();
    const { hashes, error } = (await reports)[place];
    if (error !== undefined) throw new Error(error);
    return hashes;
  };
}

test("the fixture holds hashes", () => {
  expect(Object.keys(frozen).length).toBeGreaterThan(0);
  for (const hash of Object.values(frozen)) expect(hash).toMatch(/^[0-9a-f]{16}$/);
});

describe("Node", () => {
  const hashesOf = once(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [`${root}/test/browsers/node.mjs`]);
    return JSON.parse(stdout);
  });
  test.each(places)("$title", { timeout: 60_000 }, async ({ place }) => {
    expect(await hashesOf(place)).toEqual(frozen);
  });
});

describe.each(browsers)("$name", (browser) => {
  const hashesOf = once(() =>
    runPage(browser, { directory: root, page: "test/browsers/page.html", timeout: 55_000, headers }),
  );
  const why = browser.missing.length ? `, skipped: Debian package missing: ${browser.missing.join(" ")}` : "";
  test.skipIf(browser.path === undefined).each(places)(`$title${why}`, { timeout: 60_000 }, async ({ place }) => {
    expect(await hashesOf(place)).toEqual(frozen);
  });
});

if (process.env.CI && process.env.CI !== "false") {
  test("a CI run tests in at least one browser", () => {
    expect(browsers.filter(({ path }) => path !== undefined)).not.toEqual([]);
  });
}
