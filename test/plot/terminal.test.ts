import { describe, expect, it } from "vitest";
import { terminalPlot } from "../../src/plot/index.js";
import { ensembles, learningCurves, overlaps, panels } from "./sample.js";

const charts = { ensembles, learningCurves, overlaps, panels };
const lengths = (text: string): number[] => text.split("\n").map((line) => Array.from(line).length);

describe("terminalPlot", () => {
  // read these files: they are what a user sees
  it.each([
    ["learning-curves-80", learningCurves, {}],
    ["learning-curves-100", learningCurves, { width: 100, height: 26 }],
    ["learning-curves-ascii", learningCurves, { ascii: true }],
    ["overlaps-80", overlaps, {}],
    ["overlaps-ascii", overlaps, { ascii: true, width: 60, height: 16 }],
    ["bands-80", ensembles, {}],
    ["bands-100", ensembles, { width: 100, height: 30 }],
    ["bands-ascii", ensembles, { ascii: true }],
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

  it("draws rules with their names above them, to the left where there is no room", () => {
    const ruled = {
      title: "",
      x: { label: "t", scale: "linear" as const, domain: [0, 10] as const },
      y: { label: "y", scale: "linear" as const },
      series: [{ label: "ODE", kind: "line" as const, x: [0, 10], y: [0, 1] }],
      rules: [
        { x: 1, label: "early" },
        { x: 1.2, label: "next" },
        { x: 9.9, label: "late" },
        { x: 11, label: "never" },
      ],
      names: "none" as const,
    };
    const lines = terminalPlot(ruled, { width: 60, height: 10, ascii: true }).split("\n");
    const names = lines.slice(lines.findIndex((line) => line.trim() === "y") + 1).slice(0, 2);
    expect(names[0].trim()).toBe("| next");
    expect(names[1]).toMatch(/^ +\| early +late \|$/);
    expect(lines.join("\n")).not.toContain("never");
    expect(names[0].indexOf("|")).toBe(names[1].indexOf("|") + 1);
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

  it.each([true, false])("shades bands only where nothing else is (ASCII: %s)", (ascii) => {
    const { title, x, y, series } = ensembles;
    const domains = { x: { ...x, domain: [0.1, 2000] as const }, y: { ...y, domain: [1e-4, 3] as const } };
    const cells = (shown: typeof series): string[] =>
      terminalPlot({ title, ...domains, names: "none", series: shown }, { ascii, width: 100, height: 40 })
        .split("\n")
        .filter((line) => /^ .{0,5} [│┤|+]/.test(line))
        .flatMap((line) => Array.from(line.slice(line.search(/[│┤|+]/) + 1).padEnd(100)));
    const without = cells(series.filter(({ kind }) => kind !== "band"));
    const all = cells(series);
    expect(all).toHaveLength(without.length);
    expect(all.filter((cell, i) => without[i] !== " " && cell !== without[i])).toEqual([]);
    expect(all.filter((cell, i) => cell !== without[i]).length).toBeGreaterThan(100);
  });

  it("shades a band from edge to edge, and neither gaps nor what lies outside", () => {
    const axis = { label: "", scale: "log" as const, domain: [1, 1000] as const };
    const x = [1, 10, 11, 90, 100, 1000];
    const low = [10, 10, Number.NaN, Number.NaN, 0, 0];
    const band = { label: "a", kind: "band" as const, x, y: x, low, high: x.map(() => 100) };
    const rows = terminalPlot({ title: "", names: "none", x: axis, y: axis, series: [band] }, { width: 66, height: 16 })
      .split("\n")
      .filter((line) => /[│┤]/.test(line))
      .map((line) => line.slice(line.search(/[│┤]/) + 1).padEnd(60));
    // 12 rows of 3 decades; a decade is 20 of the 60 columns
    expect(rows).toHaveLength(12);
    rows.forEach((row, r) => {
      const decade = 2.5 - Math.floor(r / 4);
      expect([r, /[⠀-⣿]/.test(row.slice(0, 20))]).toEqual([r, decade === 1.5]);
      expect([r, /[⠀-⣿]/.test(row.slice(21, 38))]).toEqual([r, false]);
      expect([r, /[⠀-⣿]/.test(row.slice(41))]).toEqual([r, decade < 2]);
    });
  });

  it("makes bands faint, and nothing else", () => {
    const colour = terminalPlot(ensembles, { colour: true });
    const faint = colour
      .split("\u001b[2m")
      .slice(1)
      .map((text) => text.slice(text.indexOf("m") + 1, text.indexOf("\u001b[39m\u001b[22m")));
    expect(faint.length).toBeGreaterThan(20);
    // at most four dots of eight: bands share a cell two by two
    const dots = (char: string): number => (char.codePointAt(0)! - 0x2800).toString(2).replace(/0/g, "").length;
    for (const cell of faint.join("")) expect(dots(cell)).toBeLessThanOrEqual(4);
    expect(terminalPlot(learningCurves, { colour: true })).not.toContain("\u001b[2m");
  });

  it("has no bar where an end of it is NaN", () => {
    const dots = { label: "a", kind: "dots" as const, x: [1, 2, 3], y: [1, 1, 1] };
    const chart = (low: number[], high: number[]): string =>
      terminalPlot({ ...learningCurves, series: [{ ...dots, low, high }] });
    expect(chart([0.1, Number.NaN, 0.1], [10, 10, 10]).match(/[⡇⢸]/g)!.length).toBe(
      (chart([0.1, 0.1, 0.1], [10, 10, 10]).match(/[⡇⢸]/g)!.length / 3) * 2,
    );
  });
});
