/** An SVG as PNG, in Node, Deno and Bun, by the optional peer `@resvg/resvg-js`. */

import { SgdDynamicsError } from "../errors.js";
import { bundledFonts } from "./fonts.js";

export interface PNGOptions {
  /** Pixels of the PNG for each pixel of the SVG; 2 suits a screen, 4 a paper. */
  readonly scale?: number;
  /** Paths of font files; default: the DejaVu Sans that comes with this package. */
  readonly fontFiles?: readonly string[];
  /** Look among the fonts of the system too, for characters that DejaVu Sans lacks. */
  readonly systemFonts?: boolean;
}

/**
 * The bytes of a PNG, text included on machines that have no fonts at all.
 *
 * @throws `missing-dependency` when `@resvg/resvg-js` is not installed, or outside Node, Deno and Bun.
 */
export async function renderPNG(svg: string, options: PNGOptions = {}): Promise<Uint8Array> {
  const { scale = 2, systemFonts = true } = options;
  if (!(scale > 0 && scale <= 32)) {
    throw new SgdDynamicsError(
      "invalid-argument",
      `The scale of a PNG is a number in (0, 32], not ${scale}. 2 is the default.`,
    );
  }
  const { Resvg } = loadResvg();
  const fontFiles = [...(options.fontFiles ?? bundledFonts())];
  const family = "DejaVu Sans";
  const font = { loadSystemFonts: systemFonts, fontFiles, defaultFontFamily: family, sansSerifFamily: family };
  const image = new Resvg(svg, {
    background: "#ffffff",
    fitTo: { mode: "zoom", value: scale },
    font,
    logLevel: "off",
  }).render();
  return new Uint8Array(image.asPng());
}

/**
 * Through `createRequire`, not `import`: a bundler for browsers would stop at the name of a peer that is not installed or of a
 * `node:` module, and resvg is a native CommonJS package anyway.
 */
function loadResvg(): typeof import("@resvg/resvg-js") {
  const nodeModule = globalThis.process?.getBuiltinModule?.("node:module");
  if (!nodeModule) {
    const advice = "In a browser, draw the SVG: an <img> shows it, a canvas makes a PNG of it";
    throw new SgdDynamicsError("missing-dependency", `PNG is made in Node, Deno or Bun, not here. ${advice}.`);
  }
  try {
    return nodeModule.createRequire(import.meta.url)("@resvg/resvg-js");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new SgdDynamicsError(
      "missing-dependency",
      `PNG needs the package @resvg/resvg-js, which could not be loaded (${reason}). ` +
        'Install it with "npm install @resvg/resvg-js", or write SVG, which needs nothing.',
      { cause },
    );
  }
}
