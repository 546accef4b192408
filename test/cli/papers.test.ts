// `figures` and `claims` on the quick ones: every claim is measured in test/papers, every figure drawn by `npm run gallery`.
import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { SgdDynamicsError } from "../../src/index.js";
import { papers } from "../../src/papers/index.js";
import { sgd, temporaryFolder } from "./support.js";

const { path } = temporaryFolder();

it("prints claims with what was measured beside what was expected", async () => {
  const { code, out, err } = await sgd(["claims", "--claim", "E1g-plateau", "--out", path("claims.json")]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("Saad & Solla 1995: ");
  expect(out).toContain("✓ E1g-plateau: ");
  expect(out).toMatch(/ 0\.0116108403\d* +0\.0116108403\d* ± 1e-9 +risk on the plateau, K = 2, η → 0\n/);
  expect(out).toMatch(/1 of 1 claims holds? \(5 of 5 numbers\)/);
  const { claims } = JSON.parse(readFileSync(path("claims.json"), "utf8"));
  expect(claims).toHaveLength(1);
  expect(claims[0]).toMatchObject({ paper: "saad-solla-1995", id: "E1g-plateau", holds: true });
  expect(claims[0].findings[0]).toMatchObject({
    expected: 0.0116108403127,
    tolerance: 1e-9,
    kind: "absolute",
    holds: true,
  });
});

it("exits 1 where a claim does not hold, or cannot be measured, and says which", async () => {
  const claim = papers[0].claims[0];
  const wrong = { quantity: "two", measured: 2, expected: 3, tolerance: 0.5, kind: "absolute" as const, holds: false };
  const measure = vi.spyOn(claim, "measure").mockResolvedValueOnce([wrong]);
  const first = await sgd(["claims", "saad-solla-1995", "--claim", claim.id]);
  expect(first.code).toBe(1);
  expect(first.out).toContain(`✗ ${claim.id}: `);
  expect(first.out).toMatch(/✗ +2 +3 ± 0\.5 +two/);
  expect(first.out).toContain("0 of 1 claims hold (0 of 1 numbers)");
  measure.mockRejectedValueOnce(new SgdDynamicsError("unsupported", "It is not found."));
  const second = await sgd(["claims", "saad-solla-1995", "--claim", claim.id, "--ascii"]);
  expect(second.code).toBe(1);
  expect(second.out).toContain(`FAILS ${claim.id}: `);
  expect(second.out).toContain("could not be measured: It is not found.");
  expect(second.out).toContain("0 of 1 claims hold (0 of 0 numbers)");
  measure.mockRestore();
});

it("ends where it is interrupted, with what was measured or drawn before", async () => {
  const stopped = new AbortController();
  const [first, second] = papers[0].claims;
  vi.spyOn(first, "measure").mockResolvedValueOnce([]);
  vi.spyOn(second, "measure").mockImplementationOnce(async () => {
    stopped.abort();
    throw new Error("left half done");
  });
  const { code, out, err } = await sgd(["claims", "saad-solla-1995", "--json"], { signal: stopped.signal });
  vi.restoreAllMocks();
  expect(code).toBe(130);
  expect(JSON.parse(out)).toMatchObject({ claims: [{ id: first.id }], holds: 1, of: papers[0].claims.length });
  expect(err).toContain(`Interrupted: 2 of ${papers[0].claims.length} claims were not measured.`);

  const aborted = await sgd(["figures", "saad-solla-1995", "--out", path("none"), "--json"], {
    signal: stopped.signal,
  });
  expect(aborted.code).toBe(130);
  expect(JSON.parse(aborted.out)).toEqual({ figures: [] });
});

it("stops drawing when it is interrupted", async () => {
  const stopped = new AbortController();
  const told: number[] = [];
  const figure = papers[0].figures.find(({ name }) => name === "learning-rate")!;
  const onProgress = (fraction: number) => {
    told.push(fraction);
    stopped.abort();
  };
  await figure.draw({ signal: stopped.signal, onProgress }).catch(() => {});
  expect(told.length).toBeLessThan(3);
});

it("speaks JSON and ASCII", async () => {
  const json = await sgd(["claims", "--claim", "E1g-plateau", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ holds: 1, of: 1 });
  const { out } = await sgd(["claims", "--claim", "E1g-plateau", "--ascii"]);
  expect(out).toMatch(/^[\n -~]*$/);
  expect(out).toContain(" ok E1g-plateau: ");
  // what has no ASCII form becomes "?"; the second column is aligned
  expect(out).not.toContain("?");
  const columns = out.split("\n").filter((line) => line.includes("risk on the plateau, "));
  expect(new Set(columns.map((line) => line.indexOf("risk on the plateau, "))).size).toBe(1);
});

it("skips what needs data that is not there, and does not fail for it", async () => {
  const asked = ["claims", "--claim", "A-measure", "A6-fashion-mnist", "--data", path("nothing")];
  const { code, out, err } = await sgd(asked);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("– A6-fashion-mnist: ");
  expect(out).toMatch(/skipped: Fashion-MNIST\s\(train-images-idx3-ubyte.gz\)\sis\snot\sthere/);
  expect(out).toMatch(/1 of 1 claims hold \(\d+ of \d+ numbers\), 1 skipped, /);
  const json = JSON.parse((await sgd([...asked, "--json"])).out);
  expect(json).toMatchObject({ holds: 1, of: 2, skipped: 1 });
  expect(json.claims[1]).toMatchObject({ id: "A6-fashion-mnist", skipped: expect.stringContaining("--data") });
  expect(json.claims[1]).not.toHaveProperty("holds");
});

it("draws figures as SVG, PNG and data, and lists them", async () => {
  const { code, out, err } = await sgd([
    "figures",
    "--figure",
    "saad-solla-1995-plateau",
    "--out",
    path("f"),
    "--formats",
    "svg,png,json",
  ]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("saad-solla-1995-plateau.svg");
  expect(out).toContain("1 of 1 figures, ");
  const svg = readFileSync(path("f/saad-solla-1995-plateau.svg"), "utf8");
  expect(svg).toMatch(/^<svg/);
  expect(svg).toContain("The symmetric plateau");
  expect([...readFileSync(path("f/saad-solla-1995-plateau.png")).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  const data = JSON.parse(readFileSync(path("f/saad-solla-1995-plateau.json"), "utf8"));
  expect(data.panels).toHaveLength(2);
});

it.each([
  [["claims", "nobody-1900"], /no paper "nobody-1900"; allowed: saad-solla-1995, /],
  [["claims", "--claim", "E0"], /no claim "E0"; allowed: E1g-plateau, /],
  [["figures", "saad-solla-1995", "--figure", "x"], /no figure "x"; allowed: saad-solla-1995-plateau, /],
  [["figures", "--formats", "gif"], /Allowed: svg, png, json/],
])("refuses %j", async (argv, sentence) => {
  const { code, err } = await sgd(argv);
  expect(code).toBe(2);
  expect(err).toMatch(sentence);
});
