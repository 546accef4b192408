// A frame of page.html: the policy of its URL is another one.
import { ensembles } from "./ensembles.mjs";
import { inWorker } from "./page-worker.mjs";

parent.postMessage({ main: await ensembles(), worker: await inWorker(`./ensembles-worker.mjs${location.search}`) });
