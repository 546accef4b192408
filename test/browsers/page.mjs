// The workload on the page's own thread and in a module worker, and ensembles there under two policies; posts
// { main, worker, strict: { main, worker }, open: { main, worker } }.
import { ensembles } from "./ensembles.mjs";
import { inWorker } from "./page-worker.mjs";
import { run } from "./run.mjs";

/** What a frame posts whose policy allows `blob:` workers. */
function inFrame() {
  return new Promise((resolve) => {
    addEventListener("message", ({ data }) => resolve(data), { once: true });
    const frame = document.createElement("iframe");
    frame.src = "./ensembles.html?open";
    document.body.append(frame);
  });
}

const result = {
  main: await run(),
  worker: await inWorker("./worker.mjs"),
  strict: { main: await ensembles(), worker: await inWorker("./ensembles-worker.mjs") },
  open: await inFrame(),
};
await fetch("/result", { method: "POST", body: JSON.stringify(result) });
