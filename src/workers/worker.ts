/**
 * What a worker does: simulate the replicas that it is told, one group at a time. The build makes one classic script of it, for browsers'
 * workers and Node's threads alike.
 */
import { SgdDynamicsError } from "../errors.js";
import { type Assignment, runReplicas } from "../simulation-run.js";
import type { Core, Dense, DenseKernels, SimulationKernels, Theory, TheoryKernels } from "../wasm/core.js";
import { instanceOf } from "../wasm/core-parts.js";
import type { Answer, Order } from "./protocol.js";

interface Host {
  postMessage(answer: Answer, transfer?: Transferable[]): void;
}

let core: Core;
let dense: Promise<Dense> | undefined;
let theory: Promise<Theory> | undefined;
let assignment: Assignment;
let keepsState = false;
let controller = new AbortController();

async function simulate(port: Host, streams: readonly number[]): Promise<void> {
  controller = new AbortController();
  const outcomes = await runReplicas(core, assignment, streams, {
    signal: controller.signal,
    onProgress: ({ fraction }) => port.postMessage({ kind: "fraction", fraction }),
  });
  const sent = outcomes.map((outcome) => ({
    ...outcome,
    rows: outcome.rows.slice(),
    state: keepsState ? outcome.state : new Uint8Array(0),
  }));
  port.postMessage(
    { kind: "outcomes", outcomes: sent },
    sent.map(({ rows }) => rows.buffer),
  );
}

async function obey(port: Host, order: Order): Promise<void> {
  try {
    if (order.kind === "core") {
      core = { ...(await instanceOf<SimulationKernels>(order.parts)), dense: () => dense!, theory: () => theory! };
      port.postMessage({ kind: "ready" });
    } else if (order.kind === "assignment") {
      assignment = order.assignment;
      if (order.dense) dense ??= instanceOf<DenseKernels>(order.dense);
      if (order.theory) theory ??= instanceOf<TheoryKernels>(order.theory);
      keepsState = order.keepsState;
    } else if (order.kind === "streams") await simulate(port, order.streams);
    else controller.abort();
  } catch (error) {
    // a rejection that nobody handles would not be heard outside
    const code = error instanceof SgdDynamicsError ? error.code : undefined;
    port.postMessage({ kind: "error", code, message: String((error as Error)?.message) });
  }
}

const scope = globalThis as unknown as Host & {
  onmessage: (event: { data: Order }) => void;
  onmessageerror: () => void;
};
if (typeof scope.postMessage === "function") {
  scope.onmessage = ({ data }) => obey(scope, data);
  // a module that this worker's own Content-Security-Policy forbids, in Firefox
  scope.onmessageerror = () => scope.postMessage({ kind: "error", message: "an order could not be read" });
} else {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const port = parentPort as unknown as Host;
  parentPort!.on("message", (order: Order) => obey(port, order));
}
