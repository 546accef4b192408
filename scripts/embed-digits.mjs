// The digits of test/fixtures as a module in build/ that src/papers/ loads on first use: base64 of their gzip, so that the papers' claims need no file.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const fixture = `${root}/test/fixtures/digits`;

export function embedDigits() {
  mkdirSync(`${root}/build`, { recursive: true });
  const text = readFileSync(`${fixture}.csv.gz`).toString("base64");
  writeFileSync(`${root}/build/digits.js`, `export const digits = "${text}";\n`);
  writeFileSync(`${root}/build/digits.d.ts`, "export declare const digits: string;\n");
}

/** Whose they are, for dist/THIRD-PARTY-LICENSES.txt. */
export function digitsLicence() {
  return readFileSync(`${fixture}.LICENSE.md`, "utf8").trim();
}
