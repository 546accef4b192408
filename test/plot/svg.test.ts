import { DOMParser, parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type Chart, renderSVG } from "../../src/plot/index.js";
import { ensembles, learningCurves, overlaps, panels } from "./sample.js";

const parse = (text: string): Document => new DOMParser().parseFromString(text, "image/svg+xml") as unknown as Document;
const all = (root: Document | Element, selector: string): Element[] => Array.from(root.querySelectorAll(selector));
const texts = (root: Document | Element): string[] => all(root, "text").map((element) => element.textContent!);
const numbers = (text: string | null): number[] =>
  Array.from(text!.matchAll(/-?[\d.]+/g), ([number]) => Number(number));

describe("renderSVG", async () => {
  const text = await renderSVG(learningCurves);
  const document = parse(text);

  it("stands alone: namespace, size, fonts, nothing referred to outside", () => {
    expect(text).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(text).toMatch(/font-family="DejaVu Sans, Helvetica, Arial, sans-serif"/);
    expect(text).toMatch(/viewBox="0 0 640 440" width="640"/);
    expect(text).not.toMatch(/<style|class=|href|currentColor|NaN|undefined|Infinity/);
    expect(text.match(/https?:/g)).toHaveLength(1);
  });

  it("has every label as text", () => {
    const found = texts(document);
    const caption = found.slice(-2).join(" ");
    expect(found).toEqual(
      expect.arrayContaining([learningCurves.title, learningCurves.subtitle, "time t = ν/d", "excess risk ε"]),
    );
    expect(found).toEqual(
      expect.arrayContaining(["ODE", "SGD, 10 seeds", "p = 2", "p = 3", "p = 4", "p = 5", "p = 6"]),
    );
    expect(`${caption}`).toContain("Δ = 10−4, seed 1.");
    expect(document.querySelector("title")!.textContent).toBe(learningCurves.title);
  });

  it("draws a line for each theory, a dot and a bar for each simulated point", () => {
    expect(all(document, 'g[aria-label="line"] path')).toHaveLength(5);
    expect(all(document, 'g[aria-label="dot"] circle')).toHaveLength(5 * 18);
    expect(all(document, 'g[aria-label="rule"][aria-description="SGD, 10 seeds, p = 4"] line')).toHaveLength(18);
    const strokes = all(document, 'g[aria-label="line"]').map((line) => line.getAttribute("stroke"));
    expect(strokes).toEqual(all(document, 'g[aria-label="dot"]').map((dot) => dot.getAttribute("stroke")));
    expect(new Set(strokes).size).toBe(5);
  });

  it("labels ticks at the powers of ten, equally far apart, and puts the points between them by their logarithm", () => {
    const labels = all(document, 'g[aria-label="x-axis tick label"] text');
    expect(labels.map((label) => label.textContent)).toEqual(["10−2", "10−1", "100", "101", "102", "103"]);
    const places = labels.map((label) => numbers(label.getAttribute("transform"))[0]);
    const decade = (places[5] - places[0]) / 5;
    for (const [k, place] of places.entries()) expect(place).toBeCloseTo(places[0] + k * decade, 1);

    const yLabels = all(document, 'g[aria-label="y-axis tick label"] text');
    expect(yLabels.map((label) => label.textContent)).toEqual(["10−4", "10−3", "10−2", "10−1"]);
    const heights = yLabels.map((label) => numbers(label.getAttribute("transform"))[1]);

    const dots = learningCurves.series[3];
    const circles = all(document, 'g[aria-label="dot"][aria-description="SGD, 10 seeds, p = 3"] circle');
    circles.forEach((circle, i) => {
      expect(Number(circle.getAttribute("cx"))).toBeCloseTo(places[2] + decade * Math.log10(dots.x[i]), 1);
      const height = heights[3] + ((heights[3] - heights[0]) / 3) * (Math.log10(dots.y[i]) + 1);
      expect(Math.abs(Number(circle.getAttribute("cy")) - height)).toBeLessThan(0.02);
    });
  });

  it("ends a bar down to less than zero at the bottom of a log axis", () => {
    const bars = all(document, 'g[aria-label="rule"][aria-description="SGD, 10 seeds, p = 6"] line');
    const bottoms = bars.map((bar) => Math.max(Number(bar.getAttribute("y1")), Number(bar.getAttribute("y2"))));
    const ticks = all(document, 'g[aria-label="x-axis tick"] path').map(
      (tick) => numbers(tick.getAttribute("transform"))[1],
    );
    expect(bottoms[17]).toBeCloseTo(ticks[0], 1);
    expect(Math.max(...bottoms.slice(0, 17))).toBeLessThan(ticks[0] - 20);
  });

  it("labels 1, 2, 5 on a short log axis", async () => {
    const short = parse(await renderSVG({ ...learningCurves, x: { ...learningCurves.x, domain: [1, 60] } }));
    const labels = all(short, 'g[aria-label="x-axis tick label"] text').map((label) => label.textContent);
    expect(labels).toEqual(["1", "2", "5", "10", "20", "50"]);
  });

  it("keeps the names of curves apart", () => {
    const places = all(document, 'g[aria-label="names"] text').map((name) => Number(name.getAttribute("y")));
    const sorted = [...places].sort((a, b) => a - b);
    expect(sorted.slice(1).every((place, i) => place - sorted[i] > 13.9)).toBe(true);
    expect(places).toEqual([...sorted].reverse());
  });

  it("is the same text each time, and in another document", async () => {
    expect(await renderSVG(learningCurves)).toBe(text);
    const other = parseHTML("<html></html>").document;
    expect(await renderSVG(learningCurves, { document: other })).toBe(text);
  });

  it("draws far fewer points than a long trajectory has, and the same curve", async () => {
    const x = Float64Array.from({ length: 200_000 }, (_, i) => i + 1);
    const series = [{ label: "ODE", kind: "line" as const, x, y: x.map((t) => 1 / t) }];
    const path = parse(await renderSVG({ ...learningCurves, series }))
      .querySelector('g[aria-label="line"] path')!
      .getAttribute("d")!;
    const points = path
      .slice(1)
      .split("L")
      .map((point) => point.split(",").map(Number));
    expect(points.length).toBeLessThan(4000);
    const [[x0, y0], [x1, y1]] = [points[0], points.at(-1)!];
    for (const [px, py] of points) expect(Math.abs(y0 + ((px - x0) / (x1 - x0)) * (y1 - y0) - py)).toBeLessThan(0.05);
  });
});

describe("renderSVG of other charts", () => {
  it("draws bands, dashes, linear axes and subscripts", async () => {
    const document = parse(await renderSVG(overlaps));
    expect(all(document, 'g[aria-label="area"] path')).toHaveLength(1);
    expect(all(document, 'g[aria-label="line"]').map((line) => line.getAttribute("stroke-dasharray"))).toEqual([
      "5 3.5",
      null,
      null,
    ]);
    expect(texts(document)).toEqual(expect.arrayContaining(["−1.0", "−0.5", "0", "0.5", "1.0", "50", "200"]));
    const label = all(document, "text").find((element) => element.textContent === "overlap M11")!;
    expect(label.querySelector("tspan")!.textContent).toBe("11");
    expect(all(document, 'g[aria-label="key"] text')).toHaveLength(0);
  });

  it("draws panels with their own axes, shared series and a key", async () => {
    const document = parse(await renderSVG(panels));
    const cells = all(document, 'g[aria-label="panel"]');
    expect(cells.map((cell) => cell.getAttribute("aria-description"))).toEqual(["(a) first layer", "(b) both layers"]);
    expect(cells.map((cell) => all(cell, 'g[aria-label="line"]').length)).toEqual([2, 2]);
    expect(texts(cells[1])).toEqual(expect.arrayContaining(["0", "50", "100"]));
    expect(texts(document.querySelector('g[aria-label="key"]')!)).toEqual(["bound", "ODE"]);
  });

  it("names groups in a key when asked, and not at all when asked", async () => {
    const key = parse(await renderSVG({ ...learningCurves, names: "key" })).querySelector('g[aria-label="key"]')!;
    expect(texts(key)).toEqual(["p = 2", "p = 3", "p = 4", "p = 5", "p = 6", "ODE", "SGD, 10 seeds"]);
    expect(await renderSVG({ ...learningCurves, names: "none" })).not.toContain("p = 3</text>");
  });

  it("cuts off what lies outside a given domain", async () => {
    const text = await renderSVG({ ...learningCurves, x: { ...learningCurves.x, domain: [1, 100] } });
    const document = parse(text);
    expect(text).toContain('clip-path="url(#clip-1)"');
    const inside = Array.from(learningCurves.series[1].x).filter((t) => t >= 1 && t <= 100);
    expect(all(document, 'g[aria-label="dot"][aria-description="SGD, 10 seeds, p = 2"] circle')).toHaveLength(
      inside.length,
    );
  });

  it("breaks a line where it has no value, and leaves out times that a log axis has not", async () => {
    const series = [
      { label: "run", kind: "line" as const, x: [0, 1, 2, 3, 4, 5], y: [1, 0.5, 0.4, Number.NaN, 0.2, 0.1] },
    ];
    const path = parse(await renderSVG({ ...learningCurves, series })).querySelector('g[aria-label="line"] path')!;
    expect(path.getAttribute("d")!.match(/M/g)).toHaveLength(2);
  });

  it("draws rules where the x axis reaches them, their names beside them where no curve is", async () => {
    const falling: Chart = {
      title: "Rules",
      x: { label: "t", scale: "log" },
      y: { label: "risk", scale: "log" },
      series: [{ label: "ODE", kind: "line", x: [1, 10, 100], y: [1, 1, 1e-4] }],
      rules: [
        { x: 100, label: "end" },
        { x: 2, label: "start" },
        { x: 0, label: "never" },
      ],
    };
    const drawn = parse(await renderSVG(falling));
    const lines = all(drawn, 'g[aria-description="rules"] line, line[aria-description="rules"]');
    expect(lines).toHaveLength(2);
    const names = all(drawn, 'g[aria-label="rules"] text');
    expect(names.map((element) => element.textContent)).toEqual(["start", "end"]);
    // the curve is at the top where it starts and at the bottom where it ends
    const [[startX, startY], [endX, endY]] = names.map((element) => numbers(element.getAttribute("transform")));
    expect(startY).toBeGreaterThan(endY + 100);
    const [left, right] = lines.map((line) => Number(line.getAttribute("x1")));
    expect(left - startX).toBeCloseTo(3, 1);
    expect(right - endX).toBeCloseTo(3, 1);
    expect(await renderSVG({ ...falling, rules: [] })).toBe(await renderSVG({ ...falling, rules: undefined }));
  });

  it("writes text that XML would take for markup", async () => {
    const text = await renderSVG({ ...overlaps, title: 'a < b & "c" > d' });
    expect(text).toContain(">a &lt; b &amp; &quot;c&quot; &gt; d</text>");
  });
});

describe("bands", async () => {
  const text = await renderSVG(ensembles);
  const document = parse(text);
  const axis = { label: "", scale: "log" as const };
  const bare = { title: "", x: axis, y: { ...axis, domain: [1e-4, 1] as const } };
  /** The subpaths of the only band of a chart, as points. */
  const outlines = (figure: Document): [number, number][][] =>
    figure
      .querySelector('g[aria-label="area"] path')!
      .getAttribute("d")!
      .split(/(?=M)/)
      .map((part) => Array.from(part.matchAll(/(-?[\d.]+),(-?[\d.]+)/g), ([, x, y]) => [Number(x), Number(y)]));
  /** Pixels of 1e-4, ..., 1 on the y axis of `bare`. */
  const decades = (figure: Document): number[] =>
    all(figure, 'g[aria-label="y-axis tick label"] text').map((one) => numbers(one.getAttribute("transform"))[1]);

  // open this file: it is what a reader of a paper sees
  it("draws ensembles around theory as it did", async () => {
    await expect(text).toMatchFileSnapshot("golden/bands.svg");
  });

  it("lie below dashes, dashes below theory, theory below dots, in one colour a group", () => {
    const marks = all(document, "g").filter((g) => g.getAttribute("aria-description")?.includes("p = "));
    const layers = marks.map(
      (g) => `${g.getAttribute("stroke-dasharray") ? "dashed " : ""}${g.getAttribute("aria-label")}`,
    );
    expect(layers).toEqual(["area", "dashed line", "line", "dot"].flatMap((layer) => Array(4).fill(layer)));
    for (const p of [2, 3, 4, 5]) {
      const named = marks.filter((g) => g.getAttribute("aria-description")!.endsWith(`p = ${p}`));
      // what is cut to the frame is a `g` within one
      const own = named.map((g) => g.querySelector("g") ?? g);
      expect(new Set(own.map((g) => g.getAttribute("stroke"))).size).toBe(1);
      expect(own[0].getAttribute("fill")).toBe(own[0].getAttribute("stroke"));
    }
  });

  it("never leave the frame, to which nothing else is cut here", () => {
    const cut = all(document, "g[clip-path]").map((g) => g.getAttribute("aria-label"));
    expect(cut).toEqual(["area", "area", "area", "area"]);
    const [frame, ...others] = all(document, "clipPath rect");
    expect(others).toHaveLength(0);
    const bottom = Number(frame.getAttribute("y")) + Number(frame.getAttribute("height"));
    const [tick] = all(document, 'g[aria-label="x-axis tick"] path');
    expect(bottom).toBeCloseTo(numbers(tick.getAttribute("transform"))[1], 1);
    const lowest = outlines(document)[0].map(([, y]) => y);
    expect(Math.max(...lowest)).toBeGreaterThan(bottom + 10);
  });

  it("run along their edges, forth along the upper and back along the lower one", async () => {
    const x = [1, 10, 100];
    const series = [{ label: "a", kind: "band" as const, x, y: x, low: [0.01, 0.001, 0.0001], high: [1, 0.1, 0.01] }];
    const figure = parse(await renderSVG({ ...bare, series }));
    const [y4, y3, y2, y1, y0] = decades(figure);
    const heights = [y0, y1, y2, y4, y3, y2];
    const [outline, ...others] = outlines(figure);
    expect(others).toHaveLength(0);
    expect(outline).toHaveLength(6);
    outline.forEach(([, y], i) => expect(Math.abs(y - heights[i])).toBeLessThan(0.02));
    const across = outline.map(([px]) => px);
    expect(across.slice(3)).toEqual(across.slice(0, 3).reverse());
    expect(Math.abs(across[1] - (across[0] + across[2]) / 2)).toBeLessThan(0.02);
  });

  it("go to the ends of the axis where an edge is zero, negative or infinite, on a linear one where it is infinite", async () => {
    const x = [1, 2, 3, 4, 5];
    const low = [0.01, 0, -1, Number.NEGATIVE_INFINITY, 0.01];
    const high = [0.1, 0.1, Number.POSITIVE_INFINITY, 0.1, 0.1];
    const series = [{ label: "a", kind: "band" as const, x, y: [1, 1, 1, 1, 1], low, high }];
    const log = parse(await renderSVG({ ...bare, series }));
    const [y4, , y2, y1, y0] = decades(log);
    const heights = [y1, y1, y0, y1, y1, y2, y4, y4, y4, y2];
    outlines(log)[0].forEach(([, y], i) => expect(Math.abs(y - heights[i])).toBeLessThan(0.02));
    const linear = parse(await renderSVG({ ...bare, y: { label: "", scale: "linear", domain: [-2, 2] }, series }));
    const ticks = all(linear, 'g[aria-label="y-axis tick"] path');
    const places = ticks.map((tick) => numbers(tick.getAttribute("transform"))[1]);
    const [bottom, top] = [Math.max(...places), Math.min(...places)];
    const back = outlines(linear)[0]
      .slice(5)
      .map(([, y]) => y);
    expect(Math.abs(back[1] - bottom)).toBeLessThan(0.02);
    expect(Math.abs(back[2] - (bottom + (top - bottom) / 4))).toBeLessThan(0.02);
    expect(Math.abs(outlines(linear)[0][2][1] - top)).toBeLessThan(0.02);
  });

  it("break where an edge is NaN, and are not pulled to the floor there", async () => {
    const x = [1, 2, 3, 4, 5, 6, 7];
    const low = [0.01, 0.01, Number.NaN, 0.01, 0.01, 0.01, 0.01];
    const high = [0.1, 0.1, 0.1, 0.1, 0.1, Number.NaN, 0.1];
    const series = [{ label: "a", kind: "band" as const, x, y: x.map(() => 0.03), low, high }];
    const figure = parse(await renderSVG({ ...bare, series }));
    const parts = outlines(figure);
    expect(parts.map((part) => part.length)).toEqual([4, 4, 2]);
    const [, , y2] = decades(figure);
    expect(Math.max(...parts.flat().map(([, y]) => y)) - y2).toBeLessThan(0.02);
    expect(outlines(parse(await renderSVG({ ...bare, series: JSON.parse(JSON.stringify(series)) })))).toEqual(parts);
  });

  it("count for the ends of an axis; one that reaches zero stretches it by a factor of three", async () => {
    const line = { label: "a", kind: "line" as const, x: [1, 10], y: [1, 1] };
    const band = { label: "a", kind: "band" as const, x: [1, 5, 10], y: [1, 1, 1], high: [1, 1000, 1] };
    const labels = async (low: number[]): Promise<(string | null)[]> => {
      const figure = parse(await renderSVG({ ...bare, y: axis, series: [line, { ...band, low }] }));
      return all(figure, 'g[aria-label="y-axis tick label"] text').map((label) => label.textContent);
    };
    expect(await labels([1, 1e-3, 1])).toEqual(["10−3", "10−2", "10−1", "100", "101", "102", "103"]);
    expect(await labels([1, 1e-3, -1])).toEqual(["100", "101", "102", "103"]);
  });

  it("are thinned like lines, also where they lie on the floor", async () => {
    const x = Float64Array.from({ length: 200_000 }, (_, i) => i + 1);
    const series = [
      { label: "a", kind: "band" as const, x, y: x.map((t) => 1 / t), low: x.map(() => 0), high: x.map((t) => 2 / t) },
    ];
    const long = await renderSVG({ ...bare, y: axis, series });
    // 570 pixels across at 0.15 pixels a point, two edges of some 14 bytes a point
    expect(long.length).toBeLessThan(150_000);
    expect(text.length).toBeLessThan(30_000);
  });

  it("keep a peak of an edge that is narrower than a point of print, though their middles do not show it", async () => {
    const x = Array.from({ length: 100_000 }, (_, i) => 1 + i / 1000);
    const flat = (value: number): number[] => x.map(() => value);
    const high = flat(0.1);
    const low = flat(0.01);
    [high[50_000], low[70_000]] = [1, 0.0001];
    const figure = parse(
      await renderSVG({ ...bare, series: [{ label: "a", kind: "band", x, y: flat(0.03), low, high }] }),
    );
    const heights = outlines(figure)[0].map(([, y]) => y);
    const [y4, , , , y0] = decades(figure);
    expect(Math.abs(Math.min(...heights) - y0)).toBeLessThan(0.02);
    expect(Math.abs(Math.max(...heights) - y4)).toBeLessThan(0.02);
  });

  it("have a swatch in the key, with a line through it that shares the label; dots without bars have none there", () => {
    const key = document.querySelector('g[aria-label="key"]')!;
    expect(texts(key)).toEqual(["ODE", "100 runs, d = 60", "SGD, d = 104"]);
    const [theory, runs, dense] = Array.from(key.children);
    expect(Array.from(theory.children, ({ localName }) => localName)).toEqual(["path", "text"]);
    expect(Array.from(runs.children, ({ localName }) => localName)).toEqual(["rect", "path", "text"]);
    expect(runs.querySelector("path")!.getAttribute("stroke-dasharray")).toBe("5 3.5");
    expect(all(dense, "path")).toHaveLength(1);
  });

  it("leave a solid and a dashed line of one label an entry each", async () => {
    const [solid, , dashed] = ensembles.series;
    const series = [solid, { ...dashed, label: solid.label }];
    const figure = parse(await renderSVG({ ...ensembles, series }));
    expect(texts(figure.querySelector('g[aria-label="key"]')!)).toEqual(["ODE", "ODE"]);
  });

  it("have their names beside the ends of theory where there is one, else of their middles", async () => {
    const name = async (series: Chart["series"]): Promise<number> => {
      const [leader] = all(parse(await renderSVG({ ...bare, series })), 'g[aria-label="names"] path');
      return numbers(leader.getAttribute("d"))[1];
    };
    const x = [1, 10];
    const band = { label: "a", kind: "band" as const, group: "g", x, y: [0.1, 0.1], low: [1e-4, 1e-4], high: [1, 1] };
    const mean = { label: "b", kind: "line" as const, dashed: true, group: "g", x, y: [0.1, 0.01] };
    const theory = { label: "c", kind: "line" as const, group: "g", x, y: [0.1, 0.001] };
    const places = await Promise.all([[band], [band, mean], [theory, mean, band]].map(name));
    const [, y3, y2, y1] = decades(parse(await renderSVG({ ...bare, series: [band, theory] })));
    places.forEach((place, i) => expect(Math.abs(place - [y1, y2, y3][i])).toBeLessThan(0.02));
  });
});

describe("error bars", () => {
  it("are not drawn where one of their ends is NaN, as the error of a single run is", async () => {
    const x = [1, 2, 3];
    const bars = { low: [0.5, Number.NaN, 0.5], high: [2, Number.NaN, 2] };
    const series = [{ label: "a", kind: "dots" as const, x, y: [1, 1, 1], ...bars }];
    const figure = parse(await renderSVG({ ...learningCurves, series }));
    expect(all(figure, 'g[aria-label="rule"][aria-description="a"] line')).toHaveLength(2);
    expect(all(figure, 'g[aria-label="dot"] circle')).toHaveLength(3);
  });
});

describe("charts that cannot be drawn", () => {
  const refused = (chart: Partial<Chart>, message: RegExp): Promise<void> =>
    expect(renderSVG({ ...learningCurves, ...chart })).rejects.toThrow(
      expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(message) }),
    );

  it("say why", async () => {
    await refused({ series: [] }, /no point of its series has a positive finite value/);
    await refused({ series: [{ label: "a", kind: "line", x: [1, 2], y: [0, -1] }] }, /The log y axis/);
    await refused({ series: [{ label: "a", kind: "line", x: [1, 2], y: [1] }] }, /"a" has 2 values of x and 1 of y/);
    await refused({ series: [{ label: "a", kind: "band", x: [1, 2], y: [1, 2] }] }, /A band needs both/);
    await refused({ y: { label: "", scale: "log", domain: [0, 1] } }, /domain is \[0, 1\]; give two positive numbers/);
  });
});
