// Ensembles called in a module worker: its workers are nested.
import { ensembles } from "./ensembles.mjs";

self.postMessage(await ensembles());
