// The workload on the page's own thread and in a module worker; posts { main, worker }.
import { run } from "./run.mjs";

function inWorker() {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: `the worker failed: ${message ?? "it could not be loaded"}` });
  });
}

const result = { main: await run(), worker: await inWorker() };
await fetch("/result", { method: "POST", body: JSON.stringify(result) });
