/** What it costs to begin: from `import` to the first trajectory in a fresh Node process, and the bytes that a page would fetch. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { measure } from "./measure.mjs";

const child = fileURLToPath(new URL("load-child.mjs", import.meta.url));

export async function load({ entry, wanted }) {
  const tasks = [
    ["import alone", "import", undefined],
    ["import to the first integrate()", "integrate", { atMost: 100 }],
    ["import to the first simulate()", "simulate", { atMost: 100 }],
  ]
    .filter(([name]) => wanted(name))
    .map(([name, kind, target]) => ({ name, target, count: 1, run: () => freshProcess(entry, kind) }));
  const timings = await measure(tasks, { rounds: 7, roundMs: 0 });
  const rows = tasks.map(({ name, target }, i) => ({
    name,
    unit: "ms",
    target,
    ...timings[i].summary((ns) => ns / 1e6),
  }));
  return [...rows, ...sizes(entry).filter(({ name }) => wanted(name))];
}

function freshProcess(entry, kind) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [child, pathToFileURL(entry).href, kind], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`bench: a fresh process failed: ${stderr}`);
  return Number(stdout);
}

/** The entry with all chunks that it imports statically, and the binary in it apart. */
function sizes(entry) {
  const files = staticFiles(entry);
  const gzipped = (file) => gzipSync(readFileSync(file), { level: 9 }).length / 1024;
  const row = (name, value, target) => ({
    name,
    unit: "KB",
    target,
    median: value,
    p25: value,
    p75: value,
    min: value,
    max: value,
  });
  const all = files.reduce((sum, file) => sum + gzipped(file), 0);
  return [
    { ...row('size of "." gzipped', all, { atMost: 45 }), note: `files: ${files.length}` },
    row("size of sgd-dynamics.wasm gzipped", gzipped(join(dirname(entry), "sgd-dynamics.wasm"))),
  ];
}

function staticFiles(entry, found = new Set()) {
  if (found.has(entry)) return [...found];
  found.add(entry);
  for (const [, specifier] of readFileSync(entry, "utf8").matchAll(/\b(?:from|import)\s*"(\.[^"]+)"/g)) {
    staticFiles(join(dirname(entry), specifier), found);
  }
  return [...found];
}
