/** Data sets that papers need and the package does not carry: where the command finds them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DataNeed, PaperControl } from "../../papers/index.js";

const DEBIAN = "/usr/share/datasets/fashion-mnist";

export const dataOption = `where Fashion-MNIST is, for what needs it [$FASHION_MNIST, else ${DEBIAN}]`;

export type DataFiles = NonNullable<PaperControl["files"]>;

/** Files of a folder; what cannot be read is not there. */
export function dataFiles(folder = process.env.FASHION_MNIST || DEBIAN): DataFiles {
  return (name) =>
    readFile(join(folder, name)).then(
      (bytes) => new Uint8Array(bytes),
      () => undefined,
    );
}

/** Why work with this need cannot be done, or undefined. */
export async function missingData(need: DataNeed | undefined, files: DataFiles): Promise<string | undefined> {
  for (const name of need?.files ?? []) {
    if (!(await files(name)))
      return `${need?.what} (${name}) is not there; it comes with ${need?.from}, or name its folder with --data.`;
  }
  return undefined;
}
