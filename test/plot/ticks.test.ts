import { describe, expect, it } from "vitest";
import { linearTicks, logTicks } from "../../src/plot/ticks.js";

const labels = (ticks: ReturnType<typeof logTicks>): string[] => ticks.major.map(({ label }) => label);
const values = (ticks: ReturnType<typeof logTicks>): number[] => ticks.major.map(({ value }) => value);

describe("logTicks", () => {
  it("labels the powers of ten and marks 2..9 times them", () => {
    const ticks = logTicks([0.5e-3, 20]);
    expect(labels(ticks)).toEqual(["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
    expect(values(ticks)).toEqual([1e-3, 1e-2, 1e-1, 1, 10]);
    expect(ticks.minor).toHaveLength(5 + 4 * 8 + 1);
    expect(ticks.minor[0]).toBe(5e-4);
    expect(ticks.minor.at(-1)).toBe(20);
  });

  it("labels every n-th power over many decades, and marks the others", () => {
    const ticks = logTicks([1e-12, 1e3], 6);
    expect(labels(ticks)).toEqual(["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰", "10³"]);
    expect(ticks.minor).toEqual([1e-11, 1e-10, 1e-8, 1e-7, 1e-5, 1e-4, 1e-2, 1e-1, 10, 100]);
  });

  it("labels 1, 2 and 5 times powers over less than two decades", () => {
    expect(labels(logTicks([0.02, 0.6]))).toEqual(["0.02", "0.05", "0.1", "0.2", "0.5"]);
    expect(labels(logTicks([1.5e-5, 3e-4]))).toEqual(["2×10⁻⁵", "5×10⁻⁵", "10⁻⁴", "2×10⁻⁴"]);
  });

  it("labels every digit where 1, 2 and 5 are fewer than three and there is room", () => {
    expect(labels(logTicks([1.8, 9], 4))).toEqual(["2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(labels(logTicks([1.8, 9], 3))).toEqual(["2", "5"]);
    expect(labels(logTicks([1.8e-4, 9e-4], 10))).toEqual(["2×10⁻⁴", "5×10⁻⁴"]);
  });

  it("has linear ticks where a log axis is almost linear", () => {
    expect(labels(logTicks([1.05, 1.4], 4))).toEqual(["1.1", "1.2", "1.3", "1.4"]);
  });
});

describe("linearTicks", () => {
  it.each<[[number, number], number, string[]]>([
    [[0, 1], 5, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    [[-1.1, 1.1], 5, ["−1.0", "−0.5", "0", "0.5", "1.0"]],
    [[0, 1000], 4, ["0", "500", "1000"]],
    [[0, 4e5], 4, ["0", "1×10⁵", "2×10⁵", "3×10⁵", "4×10⁵"]],
    [[0, 5e-4], 5, ["0", "1×10⁻⁴", "2×10⁻⁴", "3×10⁻⁴", "4×10⁻⁴", "5×10⁻⁴"]],
    [[96, 104], 4, ["96", "98", "100", "102", "104"]],
  ])("over %j, at most %i steps: %j", (domain, most, expected) => {
    expect(labels(linearTicks(domain, most))).toEqual(expected);
  });

  it("puts minor ticks at fifths, or at halves of a step of 2", () => {
    expect(linearTicks([0, 1], 2).minor).toEqual(
      [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9].map((v) => expect.closeTo(v, 12)),
    );
    expect(linearTicks([0, 4], 2).minor).toEqual([1, 3]);
  });
});
