import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { colours, isOrdered } from "../../src/plot/palette.js";
import { flat, scripts, textWidth, toASCII, wrap } from "../../src/plot/text.js";

describe("text", () => {
  it("has the advance widths of DejaVu Sans", () => {
    const font = readFileSync(new URL("../../node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf", import.meta.url));
    const advance = advances(font);
    for (let code = 32; code < 127; code++) {
      expect(textWidth(String.fromCharCode(code), 1000)).toBe(Math.round(advance(code) * 1000));
    }
  });

  it("breaks lines at blanks, keeps line ends, and lets a long word stand alone", () => {
    expect(wrap("aa bb cc\ndddddd e", 5, (line) => line.length)).toEqual(["aa bb", "cc", "dddddd", "e"]);
  });

  it("finds superscripts and subscripts", () => {
    expect(scripts("10⁻³ Q₁₂")).toEqual([
      { text: "10", level: "normal" },
      { text: "−3", level: "raised" },
      { text: " Q", level: "normal" },
      { text: "12", level: "lowered" },
    ]);
  });

  it("takes what stands in braces for raised or lowered, without blanks to break at", () => {
    expect(scripts("d^{−δ} x_{max} 2^")).toEqual([
      { text: "d", level: "normal" },
      { text: "−δ", level: "raised" },
      { text: " x", level: "normal" },
      { text: "max", level: "lowered" },
      { text: " 2^", level: "normal" },
    ]);
    expect(scripts("10^{−3}")).toEqual(scripts("10⁻³"));
    expect(textWidth("d^{ab}", 100)).toBeCloseTo(textWidth("d", 100) + 0.72 * textWidth("ab", 100), 12);
    expect(toASCII("d^{−δ}, d^{1+δ}")).toBe("d^-delta, d^(1+delta)");
    expect(flat("d^{−δ}, d^{1+δ}, x_{max}, d²")).toBe("d^−δ, d^(1+δ), x_max, d²");
  });

  it("has an ASCII form of what figures say", () => {
    expect(toASCII("ε ± 2×10⁻⁴ − Zdeborová, d², Q₁₂, 10⁰ → 漢")).toBe(
      "epsilon +- 2e-4 - Zdeborova, d^2, Q12, 1e0 -> ?",
    );
  });
});

describe("palette", () => {
  it("orders groups that differ by one number only", () => {
    expect(isOrdered(["p = 2", "p = 3", "p = 4"])).toBe(true);
    expect(isOrdered(["d = 1e2", "d = 1e3", "d = 1e4"])).toBe(true);
    expect(isOrdered(["p = 2", "q = 3", "p = 4"])).toBe(false);
    expect(isOrdered(["ODE", "SGD", "bound"])).toBe(false);
    expect(isOrdered(["p = 2", "p = 3"])).toBe(false);
  });

  it("has as many different colours as groups, all dark enough to see on white", () => {
    for (const ordered of [true, false]) {
      for (let count = 1; count < 13; count++) {
        const chosen = colours(count, ordered);
        expect(new Set(chosen).size).toBe(count);
        for (const colour of chosen) expect(contrastWithWhite(colour)).toBeGreaterThan(1.8);
      }
    }
  });
});

/** Advance widths of a TrueType font in em, by the tables head, hhea, hmtx and the format-4 cmap. */
function advances(font: Buffer): (code: number) => number {
  const table = (tag: string): Buffer => {
    const entry = font.indexOf(tag, 12, "latin1");
    return font.subarray(font.readUInt32BE(entry + 8), font.readUInt32BE(entry + 8) + font.readUInt32BE(entry + 12));
  };
  const cmap = table("cmap");
  const map = cmap.subarray(cmap.readUInt32BE(8));
  expect(map.readUInt16BE(0)).toBe(4);
  const segments = map.readUInt16BE(6);
  const glyph = (code: number): number => {
    for (let s = 0; s < segments; s += 2) {
      if (code > map.readUInt16BE(14 + s)) continue;
      const [first, delta, range] = [1, 2, 3].map((block) => map.readUInt16BE(16 + block * segments + s));
      return range === 0
        ? (code + delta) & 0xffff
        : map.readUInt16BE(16 + 3 * segments + s + range + 2 * (code - first));
    }
    return 0;
  };
  return (code) => table("hmtx").readUInt16BE(4 * glyph(code)) / table("head").readUInt16BE(18);
}

/** WCAG 2.1's contrast ratio of a colour with white. */
function contrastWithWhite(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const value = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}
