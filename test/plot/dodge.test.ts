import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dodge } from "../../src/plot/dodge.js";

describe("dodge", () => {
  it("leaves labels that have room where they are", () => {
    expect(dodge([5, 50, 20], 10, 0, 100)).toEqual([5, 50, 20]);
  });

  it("shares the displacement of labels at one place", () => {
    expect(dodge([50, 50, 50], 10, 0, 100)).toEqual([40, 50, 60]);
    expect(dodge([50, 50], 10, 48, 100)).toEqual([48, 58]);
  });

  it("keeps distance, bounds and order, and is no worse in squares than any shift of one label", () => {
    const problem = fc.tuple(
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 14 }),
    );
    fc.assert(
      fc.property(problem, ([wanted, gap]) => {
        const places = dodge(wanted, gap, 0, 100);
        const sorted = [...places].sort((a, b) => a - b);
        expect(Math.min(...places)).toBeGreaterThanOrEqual(-1e-9);
        expect(Math.max(...places)).toBeLessThanOrEqual(100 + 1e-9);
        for (let i = 1; i < sorted.length; i++) expect(sorted[i] - sorted[i - 1]).toBeGreaterThan(gap - 1e-9);
        places.forEach((place, i) => {
          // a label may move alone towards its place only if it is there or a neighbour or bound is in the way
          const step = Math.sign(wanted[i] - place) * Math.min(0.01, Math.abs(wanted[i] - place));
          const blocked = [...places.filter((_, j) => j !== i), -gap, 100 + gap].some(
            (other) => Math.abs(place + step - other) < gap - 1e-9,
          );
          expect(Math.abs(step) < 1e-9 || blocked).toBe(true);
        });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("spreads evenly what cannot fit", () => {
    expect(dodge([3, 1, 2], 10, 0, 10)).toEqual([10, 0, 5]);
  });
});
