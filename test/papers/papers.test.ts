// What holds of every paper, and every claim of every paper, at full size, that takes no more than 20 seconds and no data from elsewhere: `sgd-dynamics claims` measures the
// others, of which a part is measured in tests of their own.
import { describe, expect, it } from "vitest";
import { papers } from "../../src/papers/index.js";

it("names papers, experiments, figures and claims once each", () => {
  for (const names of [
    papers.map(({ name }) => name),
    papers.flatMap(({ experiments }) => experiments.map(({ name }) => name)),
    papers.flatMap(({ name, figures }) => figures.map((figure) => `${name}-${figure.name}`)),
    papers.flatMap(({ claims }) => claims.map(({ id }) => id)),
  ]) {
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]*$/);
  }
  for (const { name, experiments } of papers) {
    for (const experiment of experiments) expect(experiment.name.startsWith(`${name}-`)).toBe(true);
  }
});

/** Seconds, as claims tell them. */
const LONGEST = 20;

const quick = papers.flatMap(({ title, claims }) => {
  const own = claims.filter(({ seconds, needs }) => seconds <= LONGEST && !needs);
  return own.length > 0 ? [[title, own] as const] : [];
});

describe.each(quick)("%s", (_, claims) => {
  it.each(claims.map((claim) => [claim.id, claim] as const))(
    "%s holds",
    { timeout: 300_000 },
    async (_, { measure }) => {
      const told: number[] = [];
      const findings = await measure({ onProgress: (fraction) => told.push(fraction) });
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter(({ holds }) => !holds)).toEqual([]);
      // progress of the whole, which only rises (its parts may round)
      expect(told.every((part, i) => part >= (told[i - 1] ?? 0) - 1e-9 && part <= 1 + 1e-9)).toBe(true);
    },
  );
});
