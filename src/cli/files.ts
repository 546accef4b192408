/** Files in and out, each failure a sentence. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SgdDynamicsError, shown } from "../index.js";

/**
 * The object in a JSON file.
 * @throws SgdDynamicsError `unreadable-file` when there is no such file, or it holds something else than one JSON object
 */
export async function readObject(path: string): Promise<Record<string, unknown>> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new SgdDynamicsError("unreadable-file", `${path} is not JSON: ${jsonReason(cause, text)}.`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SgdDynamicsError("unreadable-file", `${path} holds ${shown(value)}; allowed: a JSON object, { ... }.`);
  }
  return value as Record<string, unknown>;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new SgdDynamicsError("unreadable-file", `${path} cannot be read: ${systemReason(cause)}.`, { cause });
  }
}

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new SgdDynamicsError("unreadable-file", `${path} cannot be read: ${systemReason(cause)}.`, { cause });
  }
}

/**
 * Makes sure, before anything is computed, that files can be written: makes their folders, and tries each with a file of no length.
 * @throws SgdDynamicsError `unwritable-output`
 */
export async function checkWritable(paths: readonly string[]): Promise<void> {
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    const probe = join(folder, `.sgd-dynamics-${process.pid}`);
    try {
      await makeFolder(folder);
      await writeFile(probe, "");
    } catch (cause) {
      throw unwritable(`The folder ${folder}`, cause);
    } finally {
      await rm(probe, { force: true }).catch(() => {});
    }
  }
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory())
      throw new SgdDynamicsError("unwritable-output", `${path} is a folder; name a file with --out.`);
  }
}

/** A folder with those above it. (`recursive` of Node does not end in folders where the system makes no entries, such as /proc.) */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(dirname(folder));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** Writes a file whole or not at all: under another name first, so that a failure leaves what was there. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    throw unwritable(path, cause);
  }
}

/** The path of a file of this package, from its root; undefined where it is not there. The root is above dist/ and above src/. */
export function packageFile(name: string): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 4; up++, folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")))
      return existsSync(join(folder, name)) ? join(folder, name) : undefined;
  }
  return undefined;
}

function unwritable(what: string, cause: unknown): SgdDynamicsError {
  return new SgdDynamicsError(
    "unwritable-output",
    `${what} cannot be written: ${systemReason(cause)}; name another with --out.`,
    { cause },
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a part of the path is a file, not a folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

function systemReason(cause: unknown): string {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

/** V8's message with the place as line and column. */
function jsonReason(cause: unknown, text: string): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const position = /at position (\d+)/.exec(message);
  const at = position ? Number(position[1]) : text.length;
  const before = text.slice(0, at).split("\n");
  const what = message.replace(
    / at position \d+.*| in JSON.*|, "[\s\S]*is not valid JSON$|, \.\.\.[\s\S]*is not valid JSON$/,
    "",
  );
  return `${what}, at line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
