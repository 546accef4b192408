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

/** What a thread of Node is, likewise. Its own type is not for declarations that pages read. */
export interface Thread {
  postMessage(message: unknown): void;
  terminate(): unknown;
  on(event: string, listener: (heard: unknown) => void): this;
}

interface Listener {
  onAnswer(answer: Answer): void;
  onBroken(): void;
}

/** One end of a worker. */
export class Port {
  readonly #worker: WebWorker | Thread;
  #listener: Listener | undefined;
  #isBroken = false;

  constructor(worker: WebWorker | Thread) {
    if (typeof worker?.postMessage !== "function") throw new TypeError("no worker");
    this.#worker = worker;
    const answer = (data: unknown) => this.#listener?.onAnswer(data as Answer);
    const broken = () => {
      this.#isBroken = true;
      this.#listener?.onBroken();
    };
    if ("on" in worker) {
      worker.on("message", answer).on("messageerror", broken).on("error", broken).on("exit", broken);
      return;
    }
    worker.onmessage = ({ data }) => answer(data);
    worker.onmessageerror = broken;
    worker.onerror = (event) => {
      event.preventDefault?.();
      broken();
    };
  }

  /** Whether it is known to give no more answers. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  post(order: Order): void {
    this.#worker.postMessage(order);
  }

  /** Hears answers in place of the last listener, and that the worker broke: at once where it did before. */
  listen(listener: Listener): void {
    this.#listener = listener;
    if (this.#isBroken) listener.onBroken();
  }

  /** Whether it keeps the process alive. Deno and Bun have ref and unref too; pages end with their tab. */
  hold(holds: boolean): void {
    const { ref, unref } = this.#worker as unknown as Record<"ref" | "unref", (() => void) | undefined>;
    (holds ? ref : unref)?.call(this.#worker);
  }

  terminate(): void {
    this.#isBroken = true;
    void this.#worker.terminate();
  }
}

/** A new worker that runs `source`; throws where the engine does not allow one. */
export function newWorker(source: string): WebWorker | Thread {
  if (typeof Worker === "undefined") {
    // not imported: browsers' bundlers would follow
    const { Worker: NodeWorker } = process.getBuiltinModule("node:worker_threads");
    return new NodeWorker(source, { eval: true, name: "sgd-dynamics" });
  }
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const revoke = () => URL.revokeObjectURL(url);
  try {
    const worker = new Worker(url, { name: "sgd-dynamics" });
    // by then it is loaded, or never will be
    for (const event of ["message", "error"]) worker.addEventListener(event, revoke, { once: true });
    return worker;
  } catch (cause) {
    revoke();
    throw cause;
  }
}

/** Cores of this machine, as far as the engine tells. */
export function parallelism(): number {
  if (typeof navigator !== "undefined" && navigator.hardwareConcurrency) return navigator.hardwareConcurrency;
  // bundlers give pages a process that has little in it
  if (typeof process === "undefined") return 1;
  return process.getBuiltinModule?.("node:os")?.availableParallelism?.() ?? 1;
}
