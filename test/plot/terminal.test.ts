import { describe, expect, it } from "vitest";
import { terminalPlot } from "../../src/plot/index.js";
import { learningCurves, overlaps, panels } from "./sample.js";

const charts = { learningCurves, overlaps, panels };
const lengths = (text: string): number[] => text.split("\n").map((line) => Array.from(line).length);

describe("terminalPlot", () => {
  // read these files: they are what a user sees
  it.each([
    ["learning-curves-80", learningCurves, {}],
    ["learning-curves-100", learningCurves, { width: 100, height: 26 }],
    ["learning-curves-ascii", learningCurves, { ascii: true }],
    ["overlaps-80", overlaps, {}],
    ["overlaps-ascii", overlaps, { ascii: true, width: 60, height: 16 }],
    ["panels-80", panels, { height: 12 }],
  ])("draws %s as it did", async (name, chart, options) => {
    await expect(`${terminalPlot(chart, options)}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it("keeps to its width, and has no blanks at the ends of lines", () => {
    for (const chart of Object.values(charts)) {
      for (const width of [40, 57, 80, 100, 200]) {
        for (const ascii of [true, false]) {
          const text = terminalPlot(chart, { width, ascii });
          expect(Math.max(...lengths(text))).toBeLessThanOrEqual(width);
          expect(text).not.toMatch(/ $/m);
        }
      }
    }
  });

  it("gives a panel the lines asked for", () => {
    const { title, subtitle, caption, ...bare } = learningCurves;
    for (const height of [8, 15, 22]) {
      // the title, two lines of key, a blank line
      expect(terminalPlot({ ...bare, title: "T" }, { height }).split("\n")).toHaveLength(4 + height);
    }
  });

  it("writes nothing but ASCII when asked", () => {
    for (const chart of Object.values(charts)) {
      expect(terminalPlot(chart, { ascii: true })).toMatch(/^[\n -~]*$/);
    }
  });

  it("has colours only when asked, and they change nothing else", () => {
    for (const chart of Object.values(charts)) {
      const plain = terminalPlot(chart);
      const colour = terminalPlot(chart, { colour: true });
      expect(plain).not.toContain("\u001b");
      expect(colour).toContain("\u001b[38;5;");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
      const stripped = colour.replace(/\u001b\[[\d;]*m/g, "");
      expect(stripped.replace(/ +$/gm, "")).toBe(plain);
    }
  });

  it("marks each group of simulations by its own marker and names each curve once", () => {
    const text = terminalPlot(learningCurves);
    for (const marker of "●■▲◆▼") expect(text.split(marker).length).toBeGreaterThan(3);
    const body = text
      .split("\n")
      .filter((line) => /[│┤]/.test(line))
      .join("\n");
    for (const p of [2, 3, 4, 5, 6]) expect(body.split(`p = ${p}`)).toHaveLength(2);
  });

  it("puts a straight line on the diagonal of its frame", () => {
    const series = [{ label: "1/t", kind: "line" as const, x: [1, 1000], y: [1, 1e-3] }];
    const axis = { label: "", scale: "log" as const };
    const chart = {
      title: "",
      names: "none" as const,
      x: { ...axis, domain: [1, 1000] as const },
      y: { ...axis, domain: [1e-3, 1] as const },
      series,
    };
    const rows = terminalPlot(chart, { width: 46, height: 14 })
      .split("\n")
      .filter((line) => /[│┤]/.test(line));
    const cells = rows.map((row) => Array.from(row.slice(row.search(/[│┤]/) + 1)));
    expect(cells).toHaveLength(10);
    cells.forEach((row, r) => {
      const middle = row
        .flatMap((char, c) => (char === " " ? [] : [c]))
        .reduce((sum, c, _, { length }) => sum + c / length, 0);
      expect(Math.abs(middle - ((r + 0.5) / 10) * 40)).toBeLessThan(2.1);
    });
  });
});
