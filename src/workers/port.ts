/** A worker, whatever the engine calls it. */
import type { Answer, Order } from "./protocol.js";

/** What a browser's, Deno's or Bun's worker is, as far as it is used here. */
export interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

export interface Port {
  post(order: Order): void;
  /** Hears answers, and why the worker broke. */
  listen(onAnswer: (answer: Answer) => void, onBroken: (cause: unknown) => void): void;
  /** Whether it keeps the process alive. */
  hold(holds: boolean): void;
  terminate(): void;
}

/** A new worker that runs `source`; throws where the engine does not allow one. */
export function openPort(source: string): Port {
  if (typeof Worker === "undefined") return nodePort(source);
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return webPort(new Worker(url, { name: "sgd-dynamics" }));
  } finally {
    // the worker has begun to fetch it
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

export function webPort(worker: WebWorker): Port {
  return {
    post: (order) => worker.postMessage(order),
    listen(onAnswer, onBroken) {
      worker.onmessage = ({ data }) => onAnswer(data as Answer);
      worker.onerror = (event) => {
        event.preventDefault?.();
        onBroken(event.message);
      };
      worker.onmessageerror = () => onBroken("a message could not be read");
    },
    // Deno and Bun have ref and unref; pages end with their tab
    hold(holds) {
      const { ref, unref } = worker as unknown as Record<"ref" | "unref", (() => void) | undefined>;
      (holds ? ref : unref)?.call(worker);
    },
    terminate: () => worker.terminate(),
  };
}

function nodePort(source: string): Port {
  // not imported: browsers' bundlers would follow
  const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
  const thread = new Thread(source, { eval: true, name: "sgd-dynamics" });
  return {
    post: (order) => thread.postMessage(order),
    listen(onAnswer, onBroken) {
      thread.removeAllListeners();
      thread.on("message", onAnswer).on("error", onBroken).on("exit", onBroken);
    },
    hold: (holds) => (holds ? thread.ref() : thread.unref()),
    terminate: () => void thread.terminate(),
  };
}

/** Cores of this machine, as far as the engine tells. */
export function parallelism(): number {
  if (typeof navigator !== "undefined" && navigator.hardwareConcurrency) return navigator.hardwareConcurrency;
  if (typeof process !== "undefined") return process.getBuiltinModule("node:os").availableParallelism();
  return 1;
}
