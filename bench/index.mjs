/**
 * `npm run bench`: how fast the build in dist/ is. Nothing is asserted.
 *
 *   node bench/index.mjs [topic[/part] ..] [--json FILE] [--save-baseline] [--dist FOLDER]
 *
 * Topics are kernels, dense, chain, ode, classify, load; `kernels/normals` keeps the rows whose name has "normals". `drift` and `phase` run only when named.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chain } from "./chain.mjs";
import { classify } from "./classify.mjs";
import { dense } from "./dense.mjs";
import { drift } from "./drift.mjs";
import { kernels } from "./kernels.mjs";
import { load } from "./load.mjs";
import { ode } from "./ode.mjs";
import { phase } from "./phase.mjs";
import { table } from "./report.mjs";

const topics = { kernels, dense, chain, ode, classify, load };
/** Not part of a plain `npm run bench`: minutes. */
const onDemand = { drift, phase };
const baselineFile = fileURLToPath(new URL("baseline.json", import.meta.url));

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    "save-baseline": { type: "boolean", default: false },
    dist: { type: "string", default: fileURLToPath(new URL("../dist", import.meta.url)) },
  },
});
const all = { ...topics, ...onDemand };
const unknown = positionals.filter((word) => !(word.split("/")[0] in all));
if (unknown.length > 0) {
  process.stderr.write(
    `No topic ${unknown.join(", ")}; allowed: ${Object.keys(all).join(", ")}, or topic/part of a name.\n`,
  );
  process.exit(2);
}
if (!existsSync(`${options.dist}/index.js`)) {
  process.stderr.write(`No build in ${options.dist}; run npm run build first.\n`);
  process.exit(1);
}

/** For one topic: which of its rows the words on the command line ask for. */
function filterOf(topic) {
  const words = positionals.filter((word) => word.split("/")[0] === topic);
  const parts = words.map((word) => word.slice(topic.length + 1).toLowerCase());
  return (name) => parts.length === 0 || parts.some((part) => name.toLowerCase().includes(part));
}

const machine = {
  processor: `${cpus()[0].model}, ${cpus().length} cores`,
  engine: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
  system: `${process.platform} ${process.arch}`,
};
const baseline = existsSync(baselineFile) ? JSON.parse(readFileSync(baselineFile, "utf8")) : undefined;
const say = (text) => process.stdout.write(`${text}\n`);

say(`${machine.processor}; ${machine.engine}; ${machine.system}; load ${loadavg()[0].toFixed(1)} at the start`);
if (baseline) say(`baseline: ${Object.values(baseline.machine).join("; ")}; load ${baseline.load}`);
const context = {
  wasm: `${options.dist}/../build/testing-release.wasm`,
  entry: `${options.dist}/index.js`,
  library: await import(pathToFileURL(`${options.dist}/index.js`).href),
};
const results = {};
for (const [topic, run] of Object.entries(positionals.length > 0 ? all : topics)) {
  if (positionals.length > 0 && !positionals.some((word) => word.split("/")[0] === topic)) continue;
  results[topic] = await run({ ...context, wanted: filterOf(topic) });
  const old = Object.fromEntries((baseline?.results[topic] ?? []).map(({ name, median }) => [name, median]));
  say(`\n${table(topic, results[topic], old)}`);
}
const loadAtEnd = loadavg()[0].toFixed(1);
say(`\nload ${loadAtEnd} at the end; medians of interleaved rounds; "best" is the fastest sample`);

const fourDigits = (_, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value);
const record = `${JSON.stringify({ machine, load: loadAtEnd, results }, fourDigits, 2)}\n`;
if (options.json) writeFileSync(options.json, record);
if (options["save-baseline"]) writeFileSync(baselineFile, record);
