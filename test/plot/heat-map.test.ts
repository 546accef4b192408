// Heat maps: isolines against closed forms, cells, hatches, and what they owe their reader.
import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { phaseDiagram, SgdDynamicsError } from "../../src/index.js";
import { type HeatMap, phaseDiagramMap, renderHeatMap } from "../../src/plot/index.js";
import { isolines } from "../../src/plot/isolines.js";

const parse = (text: string): Document => new DOMParser().parseFromString(text, "image/svg+xml") as unknown as Document;
const all = (root: Document | Element, selector: string): Element[] => Array.from(root.querySelectorAll(selector));

const x = Array.from({ length: 7 }, (_, i) => 0.1 * i);
const y = Array.from({ length: 5 }, (_, j) => -1 + 0.5 * j);
const over = (f: (x: number, y: number) => number) => x.flatMap((u) => y.map((v) => f(u, v)));

describe("isolines", () => {
  it("of a plane is a straight line from edge to edge, whichever way the plane rises", () => {
    for (const sign of [1, -1]) {
      const lines = isolines({ x, y, values: over((u, v) => sign * (u + v)) }, sign * 0.25);
      expect(lines).toHaveLength(1);
      for (const [u, v] of lines[0]) expect(Math.abs(u + v - 0.25)).toBeLessThan(1e-12);
      expect(Math.min(...lines[0].map(([u]) => u))).toBeCloseTo(0, 12);
      expect(Math.max(...lines[0].map(([u]) => u))).toBeCloseTo(0.6, 12);
    }
  });

  it("ends where the field has no values, and stays on the line", () => {
    const values = over((u, v) => (u > 0.25 && u < 0.35 ? Number.NaN : u + v));
    const lines = isolines({ x, y, values }, 0.25);
    expect(lines).toHaveLength(2);
    for (const [u, v] of lines.flat()) {
      expect(Math.abs(u + v - 0.25)).toBeLessThan(1e-12);
      expect(u <= 0.2 + 1e-12 || u >= 0.4 - 1e-12).toBe(true);
    }
    expect(isolines({ x, y, values }, 9)).toEqual([]);
  });

  it("of a cone is a closed ring, near the circle", () => {
    const grid = Array.from({ length: 41 }, (_, i) => -1 + i / 20);
    const values = grid.flatMap((u) => grid.map((v) => Math.sqrt(u * u + v * v)));
    const lines = isolines({ x: grid, y: grid, values }, 0.6);
    const points = lines.flat();
    // linear interpolation over h = 1/20: off by h^2 / (8 r) at most
    for (const [u, v] of points) expect(Math.abs(Math.sqrt(u * u + v * v) - 0.6)).toBeLessThan(0.0025 / 4.8 + 1e-9);
    expect(points.length).toBeGreaterThan(40);
  });
});

describe("renderHeatMap", async () => {
  const values = over((u, v) => (u > 0.45 ? Number.NaN : u + v));
  const theory = over((u, v) => (v > 0.9 ? Number.NaN : u + v));
  const map: HeatMap = {
    title: "A field",
    caption: "What was measured.",
    x: { label: "κ", values: x },
    y: { label: "δ", values: y },
    panels: [
      { title: "values", values, theory, scaleLabel: "e" },
      {
        title: "classes",
        values: over((u, v) => (u + v > 0 ? 1 : 0)),
        classes: [
          { value: 0, label: "low", colour: "#0072b2" },
          { value: 1, label: "high", colour: "#d55e00" },
        ],
        notes: [{ x: 0.3, y: 0.5, text: "up" }],
      },
    ],
    lines: [
      {
        label: "theory",
        points: [
          [-1, 1],
          [2, -2],
        ],
      },
      { label: "measured", isoline: { values, level: 0 }, dashed: true },
    ],
  };
  const text = await renderHeatMap(map);
  const document = parse(text);
  const panels = all(document, 'g[aria-label="panel"]');

  it("stands alone, and equal maps give equal texts", async () => {
    expect(text).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(text).not.toMatch(/<style|class=|href|NaN|undefined|Infinity/);
    expect(await renderHeatMap(map)).toBe(text);
  });

  it("colours what was measured, hatches what only theory says, and leaves the rest grey", () => {
    const [first, second] = panels.map((panel) => panel.querySelector('g[aria-label="cells"]')!);
    // x = 0.5 and 0.6 have no value; of those, y = 1 has no theory
    expect(all(first, 'g[aria-label="hatch"]')).toHaveLength(2 * 4);
    expect(all(first, 'rect[fill="#efefef"]')).toHaveLength(2);
    expect(all(first, ":scope > rect").length).toBe(5 * 5 + 2);
    expect(new Set(all(second, "rect").map((cell) => cell.getAttribute("fill")))).toEqual(
      new Set(["#0072b2", "#d55e00"]),
    );
    const key = Array.from(all(document, 'g[aria-label="key"] text'), (one) => one.textContent);
    expect(key).toEqual([
      "low",
      "high",
      "theory",
      "measured",
      "not measured within the budget: theory alone",
      "no such power",
    ]);
  });

  it("cuts lines off at the frame", () => {
    const frame = all(panels[0], "rect").find((one) => one.getAttribute("fill") === "none")!;
    const [left, top, width, height] = ["x", "y", "width", "height"].map((name) => Number(frame.getAttribute(name)));
    for (const line of all(panels[0], 'g[aria-label="lines"] path')) {
      const numbers = Array.from(line.getAttribute("d")!.matchAll(/[ML]([\d.-]+),([\d.-]+)/g), ([, u, v]) => [+u, +v]);
      for (const [u, v] of numbers) {
        expect(u).toBeGreaterThanOrEqual(left - 0.01);
        expect(u).toBeLessThanOrEqual(left + width + 0.01);
        expect(v).toBeGreaterThanOrEqual(top - 0.01);
        expect(v).toBeLessThanOrEqual(top + height + 0.01);
      }
    }
  });

  it.each([
    [{ panels: [{ title: "short", values: [1, 2] }] }, /"short" has 2 values/],
    [{ x: { label: "κ", values: [0, 1, 3, 4, 5, 6, 7] } }, /equally far apart/],
    [{ x: { label: "κ", values: [0] } }, /at least 2 x 2/],
    [{ x: { label: "κ", values: x, names: ["one", "two"] } }, /"κ" has 2 names/],
  ])("refuses %j", async (more, sentence) => {
    const error = await renderHeatMap({ ...map, ...more } as HeatMap).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(SgdDynamicsError);
    expect(error).toMatchObject({ code: "invalid-argument", message: expect.stringMatching(sentence) });
  });
});

describe("a picture of classes with points", async () => {
  const square = Array.from({ length: 21 }, (_, i) => i / 20);
  const panel = {
    title: "a frame",
    values: square.flatMap((u) => square.map((v) => (u + v < 1 ? 0 : 1))),
    classes: [
      { value: 0, label: "left", colour: "#cce3f0" },
      { value: 1, label: "right", colour: "#f7dfcc" },
    ],
    points: [{ label: "samples", colour: "#0072b2", x: [0.25, 0.5, 7], y: [0.5, 1, 0.5] }],
  };
  const map: HeatMap = {
    title: "Frames",
    columns: 4,
    x: { label: "x", values: square },
    y: { label: "y", values: square },
    panels: Array(4).fill(panel),
  };
  const document = parse(await renderHeatMap(map));
  const panels = all(document, 'g[aria-label="panel"]');
  const number = (element: Element, name: string) => Number(element.getAttribute(name));

  it("draws cells of one class above each other as one, which together cover the field", () => {
    const cells = all(panels[0], 'g[aria-label="cells"] rect');
    // one column, of u = 0, has the left class but for its last cell; that of u = 1 has none of it
    expect(cells).toHaveLength(2 * 20 + 1);
    const area = cells.reduce((sum, cell) => sum + number(cell, "width") * number(cell, "height"), 0);
    const frame = all(panels[0], "rect").find((one) => one.getAttribute("fill") === "none")!;
    // sizes are written to 0.01, of columns nine pixels wide: 0.0006 of each
    expect(Math.abs(area / (number(frame, "width") * number(frame, "height")) - 1)).toBeLessThan(6e-4);
    const left = cells.filter((cell) => cell.getAttribute("fill") === "#cce3f0");
    const share = left.reduce((sum, cell) => sum + number(cell, "width") * number(cell, "height"), 0) / area;
    expect(Math.abs(share - 210 / 441)).toBeLessThan(6e-4);
  });

  it("puts points in their places, without those outside", () => {
    const frame = all(panels[0], "rect").find((one) => one.getAttribute("fill") === "none")!;
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => number(frame, name));
    const places = all(panels[0], 'g[aria-label="points"] path').map((point) =>
      /translate\(([\d.]+),([\d.]+)\)/.exec(point.getAttribute("transform")!)!.slice(1).map(Number),
    );
    // cells reach half a step, 1/40, beyond 0 and 1
    const at = (u: number, v: number) => [x + (width * (u + 0.025)) / 1.05, y + height - (height * (v + 0.025)) / 1.05];
    expect(places).toHaveLength(2);
    for (const [i, expected] of [at(0.25, 0.5), at(0.5, 1)].entries())
      for (const side of [0, 1]) expect(Math.abs(places[i][side] - expected[side])).toBeLessThan(0.006);
  });

  it("is a row of small panels with one key", () => {
    expect(panels.map((one) => one.getAttribute("transform"))).toHaveLength(4);
    expect(new Set(panels.map((one) => /,(.*)\)/.exec(one.getAttribute("transform")!)![1])).size).toBe(1);
    expect(Array.from(all(document, 'g[aria-label="key"] text'), (one) => one.textContent)).toEqual([
      "left",
      "right",
      "samples",
    ]);
  });

  it("names axes on the left and below alone, with square frames and titles in their places", async () => {
    const titled = (title: string) => ({ ...panel, title });
    const long = "a title that is a good deal longer than its frame is wide";
    const five = { ...map, columns: 3, panels: ["one", long, "three", "four", "five"].map(titled) };
    const drawn = all(parse(await renderHeatMap(five)), 'g[aria-label="panel"]');
    const texts = (of: Element) => all(of, "text").map((one) => one.textContent);
    expect(drawn.map((of) => texts(of).includes("y"))).toEqual([true, false, false, true, false]);
    // of the last row there are two, and so of the first row the third has no frame below it
    expect(drawn.map((of) => texts(of).includes("x"))).toEqual([false, false, true, true, true]);
    expect(drawn.map((of) => all(of, 'g[aria-label="ticks"] path').length)).toEqual(Array(5).fill(2 * 3));
    const frames = drawn.map((of) => all(of, "rect").find((one) => one.getAttribute("fill") === "none")!);
    for (const frame of frames) expect(number(frame, "height")).toBeCloseTo(number(frame, "width"), 9);
    const size = (of: Element, text: string) =>
      number(all(of, "text").find((one) => one.textContent === text)!, "font-size");
    expect(size(drawn[0], "one")).toBe(12);
    expect(size(drawn[1], long)).toBeLessThan(8);
    const low = parse(await renderHeatMap(five, { panelHeight: 200 }));
    const [first] = all(low, 'g[aria-label="panel"] rect[fill="none"]');
    expect(number(first, "height")).toBeLessThan(number(first, "width"));
  });

  it("draws a line of points as one path as far as it is inside, along which dashes go on", async () => {
    const points = Array.from({ length: 41 }, (_, i) => [i / 20 - 0.5, 0.5 + 0.7 * Math.sin(i / 4)] as const);
    const lined = parse(await renderHeatMap({ ...map, lines: [{ label: "wave", dashed: true, points }] }));
    const dashes = all(lined, 'g[aria-label="lines"] path').filter((one) => one.getAttribute("stroke-dasharray"));
    const inside = ([u, v]: readonly [number, number]) => u > -0.025 && u < 1.025 && v > -0.025 && v < 1.025;
    const entries = points.filter((point, i) => inside(point) && !(i > 0 && inside(points[i - 1])));
    expect(entries.length).toBeGreaterThan(1);
    expect(dashes).toHaveLength(4 * entries.length);
  });

  it("refuses points without as many x as y", async () => {
    const wrong = { ...map, panels: [{ ...panel, points: [{ ...panel.points[0], x: [1] }] }] };
    await expect(renderHeatMap(wrong)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("a matrix as a heat map", async () => {
  // rows w1, w2 and columns v1, v2, v3; values[column * 2 + row]
  const map: HeatMap = {
    title: "A matrix",
    x: { label: "columns", values: [1, 2, 3], names: ["v₁", "v₂", "v₃"] },
    y: { label: "rows", values: [1, 2], names: ["w₁", "w₂"], reversed: true },
    panels: [{ title: "M", values: [1, -2, 0, 0.5, -1, 2], colours: "diverging", scaleLabel: "M" }],
  };
  const panel = parse(await renderHeatMap(map)).querySelector('g[aria-label="panel"]')!;
  const cells = all(panel, 'g[aria-label="cells"] rect');
  const number = (cell: Element, name: string) => Number(cell.getAttribute(name));

  it("has zero white, and equal sizes of both signs equally far from it", () => {
    const fills = cells.map((cell) => cell.getAttribute("fill")!);
    expect([fills[1], fills[2], fills[5]]).toEqual(["#0072b2", "#ffffff", "#d55e00"]);
    // half way to white and a quarter from it, in each channel
    const halfway = (hex: string, part: number) =>
      [1, 3, 5].map((i) => Math.round(255 + part * (Number.parseInt(hex.slice(i, i + 2), 16) - 255)));
    const channels = (hex: string) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
    expect(channels(fills[0])).toEqual(halfway("#d55e00", 0.5));
    expect(channels(fills[3])).toEqual(halfway("#d55e00", 0.25));
    expect(channels(fills[4])).toEqual(halfway("#0072b2", 0.5));
    const [lowest, highest] = [0, -1].map(
      (i) => all(panel, 'g[aria-label="colours"] rect').at(i)!.getAttribute("fill")!,
    );
    // the middles of the first and the last of 64 steps
    expect(channels(lowest)).toEqual(halfway("#0072b2", 63 / 64));
    expect(channels(highest)).toEqual(halfway("#d55e00", 63 / 64));
  });

  it("reads from the top to the bottom, each row and column by its name", () => {
    expect(number(cells[0], "y")).toBeLessThan(number(cells[1], "y"));
    for (const cell of cells) expect(number(cell, "height")).toBeGreaterThan(0);
    expect(number(cells[0], "x")).toBeLessThan(number(cells[2], "x"));
    const names = all(panel, 'g[aria-label="ticks"] text').map((one) => one.textContent);
    // subscripts are set as such, in elements of their own
    expect(names).toEqual(["v1", "v2", "v3", "w1", "w2"]);
    const yOf = (name: string) =>
      number(all(panel, 'g[aria-label="ticks"] text').find((one) => one.textContent === name)!, "y");
    expect(yOf("w1")).toBeLessThan(yOf("w2"));
  });
});

describe("phaseDiagramMap", () => {
  it("draws a diagram and its JSON alike: four panels, theory's boundaries and the measured ones", async () => {
    const options = { kappa: [0, 0.2, 0.4], delta: [-0.7, -0.1, 0.5], stepsPerCell: 2e5 };
    const diagram = await phaseDiagram(options);
    const svg = await renderHeatMap(phaseDiagramMap(diagram));
    expect(await renderHeatMap(phaseDiagramMap(JSON.parse(JSON.stringify(diagram))))).toBe(svg);
    const document = parse(svg);
    expect(all(document, 'g[aria-label="panel"]')).toHaveLength(4);
    expect(all(document, 'g[aria-label="lines"] path').length).toBeGreaterThanOrEqual(4 * 4);
  });
});
