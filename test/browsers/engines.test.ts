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
type Policy = "strict" | "open";

const root = fileURLToPath(new URL("../..", import.meta.url));
const frozen: Record<string, string> = JSON.parse(readFileSync(`${root}/test/fixtures/hashes.json`, "utf8"));
const strict = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const policies: Record<string, string> = {
  "?open": `${strict}; worker-src 'self' blob:`,
  "?no-wasm": "default-src 'self'",
};
const headers = ({ search }: URL) => ({ "Content-Security-Policy": policies[search] ?? strict });
const places: { place: Place; title: string }[] = [
  { place: "main", title: "main thread" },
  { place: "worker", title: "worker" },
];
const browsers = findBrowsers();

/** What a launch reports; one serves all tests. */
function once<T>(start: () => Promise<T>): () => Promise<T> {
  let reports: Promise<T> | undefined;
  return () => {
    reports ??= start();
    return reports;
  };
}

/** The hashes of a place, or its error thrown. */
function hashesOf({ hashes, error }: Report) {
  if (error !== undefined) throw new Error(error);
  return hashes;
}

test("the fixture holds hashes", () => {
  expect(Object.keys(frozen).length).toBeGreaterThan(0);
  for (const hash of Object.values(frozen)) expect(hash).toMatch(/^[0-9a-f]{16}$/);
});

describe("Node", () => {
  const report = once<Record<Place, Report>>(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [`${root}/test/browsers/node.mjs`]);
    return JSON.parse(stdout);
  });
  test.each(places)("$title", { timeout: 60_000 }, async ({ place }) => {
    expect(hashesOf((await report())[place])).toEqual(frozen);
  });
});

// what ensembles.mjs tells of three calls by two workers, five groups of four replicas each
const byWorkers = { workers: 2, groups: 5, same: true, status: "aborted" };
const byThisThread = { workers: 0, groups: 0, same: true, status: "aborted" };

describe.each(browsers)("$name", (browser) => {
  const report = once<Record<Place, Report> & Record<Policy, Record<Place, unknown>>>(() =>
    runPage(browser, { directory: root, page: "test/browsers/page.html", timeout: 55_000, headers }),
  );
  const why = browser.missing.length ? `, skipped: Debian package missing: ${browser.missing.join(" ")}` : "";
  const present = test.skipIf(browser.path === undefined);
  present.each(places)(`$title${why}`, { timeout: 60_000 }, async ({ place }) => {
    expect(hashesOf((await report())[place])).toEqual(frozen);
  });
  present.each(places)(`workers of ensembles, $title${why}`, { timeout: 60_000 }, async ({ place }) => {
    const { strict, open } = await report();
    const ofTheCaller = {
      caller: byWorkers,
      "caller, module": byWorkers,
      // the numbers: in Chromium such workers may run what the page has compiled, elsewhere the page does their work
      "caller, without WebAssembly": expect.objectContaining({ same: true, status: "aborted" }),
    };
    expect(strict[place]).toEqual({ library: byThisThread, ...ofTheCaller });
    expect(open[place]).toEqual({ library: byWorkers, ...ofTheCaller });
  });
});

if (process.env.CI && process.env.CI !== "false") {
  test("a CI run tests in at least one browser", () => {
    expect(browsers.filter(({ path }) => path !== undefined)).not.toEqual([]);
  });
}
