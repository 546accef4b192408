/** The fonts that PNG needs where a machine has none: DejaVu Sans, beside the built package. */

import { SgdDynamicsError } from "../errors.js";

const FILES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

/** Where the build puts the fonts, and, in a checkout that is not built, where npm puts them. */
const FOLDERS = ["fonts", "dist/fonts", "node_modules/dejavu-fonts-ttf/ttf"];

/**
 * Paths of the bundled fonts, searched for from this module's folder upwards.
 *
 * @throws `missing-dependency` when the files were lost, as when a bundler packs the code without them.
 */
export function bundledFonts(): string[] {
  const fs = globalThis.process.getBuiltinModule("node:fs");
  const { fileURLToPath } = globalThis.process.getBuiltinModule("node:url");
  const here = import.meta.url;
  for (let up = 0, from = "."; up < 5; up++, from += "/..") {
    for (const folder of FOLDERS) {
      const paths = FILES.map((file) => fileURLToPath(new URL(`${from}/${folder}/${file}`, here)));
      if (fs.existsSync(paths[0])) return paths.filter((path) => fs.existsSync(path));
    }
  }
  throw new SgdDynamicsError(
    "missing-dependency",
    `The fonts of sgd-dynamics (dist/fonts/${FILES[0]}) are not beside its code. ` +
      'Copy that folder next to your bundle, or pass fontFiles: ["/path/to/a.ttf"].',
  );
}
