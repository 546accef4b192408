/** Several named arrays in NumPy's `.npz` format: a zip archive of `.npy` files. */

import { unzipSync, zipSync } from "fflate";
import { SgdDynamicsError } from "../errors.js";
import { fromNPY, type NpyArray, type NumberArray, toNPY } from "./npy.js";

/** An array with its shape, a typed array or list of texts (one axis), or a single text (no axis). */
export type NpzEntry = NpyArray | NumberArray | readonly string[] | string;

export interface NPZOptions {
  /** Deflate the arrays (default), or store them as they are. */
  readonly compress?: boolean;
}

/**
 * The bytes of a `.npz` file for `numpy.load`. The same entries give the same bytes: they keep their order, and each is dated
 * 1980-01-01, the zero of zip.
 *
 * @throws `invalid-argument` for an empty name or one with a slash, or a shape that does not match its data.
 * @example
 * toNPZ({ time: Float64Array.of(0, 1), Q: { data: new Float64Array(8), shape: [2, 2, 2] }, problem: JSON.stringify(problem) })
 */
export function toNPZ(entries: Readonly<Record<string, NpzEntry>>, options: NPZOptions = {}): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const [name, entry] of Object.entries(entries)) {
    if (!/^[^/\\\0]+$/.test(name)) {
      throw new SgdDynamicsError(
        "invalid-argument",
        `"${name}" cannot name an array in .npz: use letters without slashes.`,
      );
    }
    files[`${name}.npy`] = toNPY(asArray(entry));
  }
  return zipSync(files, { level: options.compress === false ? 0 : 6, mtime: new Date(1980, 0, 1) });
}

/**
 * The arrays of a `.npz` file that `toNPZ`, `numpy.savez` or `numpy.savez_compressed` wrote.
 *
 * @throws `unreadable-file` when the bytes are not a zip archive or an entry is not a `.npy` file that `fromNPY` reads.
 */
export function fromNPZ(bytes: Uint8Array): Record<string, NpyArray> {
  const files = unzip(bytes);
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name.replace(/\.npy$/, ""), fromNPY(file)]));
}

function asArray(entry: NpzEntry): NpyArray {
  if (typeof entry === "string") return { data: [entry], shape: [] };
  if (ArrayBuffer.isView(entry)) return { data: entry as NumberArray, shape: [entry.length] };
  return Array.isArray(entry) ? { data: entry, shape: [entry.length] } : (entry as NpyArray);
}

function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SgdDynamicsError("unreadable-file", `The bytes are not a .npz file (a zip archive): ${reason}.`);
  }
}
