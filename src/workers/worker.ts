/**
 * What a worker does: simulate the replicas that it is told, one group at a time. The build makes one classic script of it, for browsers'
 * workers and Node's threads alike.
 */
import { type Assignment, runSimulation } from "../simulation-run.js";
import type { SimulationCore } from "../wasm/core.js";
import { coreOf } from "../wasm/core-parts.js";
import type { Answer, Order } from "./protocol.js";

interface Port {
  postMessage(answer: Answer, transfer?: Transferable[]): void;
}

let core: SimulationCore;
let assignment: Assignment;
let keepsState = false;
let controller = new AbortController();

async function simulate(port: Port, streams: readonly number[]): Promise<void> {
  controller = new AbortController();
  try {
    const outcomes = await runSimulation(core, assignment, streams, {
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
  } catch (error) {
    const { code = "", message } = error as { code?: string; message: string };
    port.postMessage({ kind: "error", code, message });
  }
}

async function obey(port: Port, order: Order): Promise<void> {
  if (order.kind === "core") {
    core = await coreOf(order.parts);
    port.postMessage({ kind: "ready" });
  } else if (order.kind === "assignment") {
    assignment = order.assignment;
    keepsState = order.keepsState;
  } else if (order.kind === "streams") await simulate(port, order.streams);
  else controller.abort();
}

const scope = globalThis as unknown as Port & { onmessage: (event: { data: Order }) => void };
if (typeof scope.postMessage === "function") {
  scope.onmessage = ({ data }) => obey(scope, data);
} else {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const port = parentPort as unknown as Port;
  parentPort!.on("message", (order: Order) => obey(port, order));
}
