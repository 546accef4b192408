import { DOMParser, parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type Chart, renderSVG } from "../../src/plot/index.js";
import { learningCurves, overlaps, panels } from "./sample.js";

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
      null,
      null,
      "5 3.5",
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

  it("writes text that XML would take for markup", async () => {
    const text = await renderSVG({ ...overlaps, title: 'a < b & "c" > d' });
    expect(text).toContain(">a &lt; b &amp; &quot;c&quot; &gt; d</text>");
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
