// The workload in this Node: `node test/browsers/node.mjs` prints { main, worker } as JSON.
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { run } from "./run.mjs";

const [worker] = await once(new Worker(fileURLToPath(new URL("./worker.mjs", import.meta.url))), "message");
process.stdout.write(`${JSON.stringify({ main: await run(), worker })}\n`);
