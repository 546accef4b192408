// A module worker of a browser, or a thread of Node.
import { run } from "./run.mjs";

const port = typeof process === "object" ? (await import("node:worker_threads")).parentPort : self;
port.postMessage(await run());
