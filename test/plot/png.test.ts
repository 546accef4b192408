import { inflateSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { renderPNG, renderSVG } from "../../src/plot/index.js";
import { learningCurves } from "./sample.js";

afterEach(() => vi.restoreAllMocks());

describe("renderPNG", async () => {
  const svg = await renderSVG({ ...learningCurves, title: 'Markup & "quotes" < here' });

  it("makes a PNG of the size of the SVG times the scale", async () => {
    const png = await renderPNG(svg, { scale: 1.5 });
    expect(Array.from(png.subarray(0, 8))).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const { width, height } = decode(png);
    expect([width, height]).toEqual([960, 660]);
  });

  it("shows text although the machine's fonts are not used, and curves in their colours", async () => {
    const withFonts = decode(await renderPNG(svg, { systemFonts: false }));
    const without = decode(await renderPNG(svg, { systemFonts: false, fontFiles: [] }));
    const title = { x: 20, y: 20, width: 500, height: 40 };
    expect(without.count(title, isDark)).toBe(0);
    // 19 bold letters of 28 pixels cover some 100 pixels each
    expect(withFonts.count(title, isDark)).toBeGreaterThan(1000);
    expect(
      withFonts.count({ x: 0, y: 0, width: 1280, height: 880 }, ([r, g, b]) => r === 0x44 && g === 0x01 && b === 0x54),
    ).toBeGreaterThan(300);
    expect(withFonts.pixel(0, 0)).toEqual([255, 255, 255]);
  });

  it("says how to install resvg where it is missing", async () => {
    const missing = Object.assign(new Error("Cannot find module '@resvg/resvg-js'\nRequire stack: ..."), {
      code: "MODULE_NOT_FOUND",
    });
    const real = process.getBuiltinModule;
    const createRequire = () => () => {
      throw missing;
    };
    vi.spyOn(process, "getBuiltinModule").mockImplementation(
      (id: string) => (id === "node:module" ? { createRequire } : real(id as "fs")) as never,
    );
    await expect(renderPNG(svg)).rejects.toThrow(
      expect.objectContaining({
        code: "missing-dependency",
        cause: missing,
        message: expect.stringContaining('"npm install @resvg/resvg-js"'),
      }),
    );
  });

  it("says that it does not work in browsers", async () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    await expect(renderPNG(svg)).rejects.toThrow(
      expect.objectContaining({ code: "missing-dependency", message: expect.stringContaining("canvas") }),
    );
  });

  it("says which folder is lost when there is no font", async () => {
    const real = process.getBuiltinModule;
    vi.spyOn(process, "getBuiltinModule").mockImplementation(
      (id: string) => (id === "node:fs" ? { existsSync: () => false } : real(id as "fs")) as never,
    );
    await expect(renderPNG(svg)).rejects.toThrow(
      expect.objectContaining({
        code: "missing-dependency",
        message: expect.stringContaining("dist/fonts/DejaVuSans.ttf"),
      }),
    );
  });

  it("refuses a scale of zero", async () => {
    await expect(renderPNG(svg, { scale: 0 })).rejects.toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

type Colour = [number, number, number];

function isDark([r, g, b]: Colour): boolean {
  return r + g + b < 200;
}

/** An 8-bit RGBA PNG without interlacing, the kind that resvg writes: chunks, inflate, then the five filters (PNG 1.2, section 6). */
function decode(png: Uint8Array) {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  expect([bytes[24], bytes[25], bytes[28]]).toEqual([8, 6, 0]);
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT")
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = 4 * width;
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const left = i >= 4 ? pixels[y * stride + i - 4] : 0;
      const up = y > 0 ? pixels[(y - 1) * stride + i] : 0;
      const corner = i >= 4 && y > 0 ? pixels[(y - 1) * stride + i - 4] : 0;
      const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      pixels[y * stride + i] = raw[y * (stride + 1) + 1 + i] + [0, left, up, (left + up) >> 1, paeth][filter];
    }
  }
  const pixel = (x: number, y: number): Colour => [0, 1, 2].map((c) => pixels[y * stride + 4 * x + c]) as Colour;
  return {
    width,
    height,
    pixel,
    count(area: { x: number; y: number; width: number; height: number }, test: (colour: Colour) => boolean): number {
      let sum = 0;
      for (let y = area.y; y < area.y + area.height; y++) {
        for (let x = area.x; x < area.x + area.width; x++) sum += Number(test(pixel(x, y)));
      }
      return sum;
    },
  };
}
