// Writes test/fixtures/hashes.json: `node test/browsers/freeze.mjs`, after a build. Only when results change on purpose;
// the change of every hash is printed, and belongs into CHANGELOG.md with the old and the new error.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { run } from "./run.mjs";

const file = new URL("../fixtures/hashes.json", import.meta.url);
const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const { hashes, error } = await run();
if (error) {
  process.stderr.write(`Nothing frozen: ${error}\n`);
  process.exit(1);
}
writeFileSync(file, `${JSON.stringify(hashes, null, 2)}\n`);
for (const name of new Set([...Object.keys(before), ...Object.keys(hashes)])) {
  const change = before[name] === hashes[name] ? "same" : `was ${before[name] ?? "absent"}`;
  process.stdout.write(`${(hashes[name] ?? "removed").padEnd(16)}  ${name} (${change})\n`);
}
