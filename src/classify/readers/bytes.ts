/** Bytes of a file, decompressed where they are gzip; in browsers too. */
import { SgdDynamicsError, shown } from "../../errors.js";

/** A file's contents: what `readFile`, `response.arrayBuffer()` and file inputs give. */
export type FileBytes = Uint8Array | ArrayBuffer | Blob;

export function malformed(sentence: string, cause?: unknown): never {
  throw new SgdDynamicsError("malformed-data", sentence, { cause });
}

/** Plain bytes of a file that may be gzip. */
export async function plainBytes(name: string, file: FileBytes): Promise<Uint8Array> {
  const bytes = await bytesOf(name, file);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
    const parts: Uint8Array[] = [];
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  } catch (cause) {
    return malformed(
      `${name} is gzip of ${bytes.length} bytes that does not decompress: cut short or damaged. Fetch it again.`,
      cause,
    );
  }
}

async function bytesOf(name: string, file: FileBytes): Promise<Uint8Array> {
  if (file instanceof Uint8Array) return file;
  if (file instanceof ArrayBuffer) return new Uint8Array(file);
  if (typeof Blob !== "undefined" && file instanceof Blob) return new Uint8Array(await file.arrayBuffer());
  throw new SgdDynamicsError(
    "invalid-argument",
    `${name} is ${shown(file)}; allowed: the file's bytes, a Uint8Array, ArrayBuffer or Blob.`,
  );
}
