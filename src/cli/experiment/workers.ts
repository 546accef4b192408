/**
 * Simulations on several threads: this program loaded again as a worker, told what to simulate, answering with the trajectory's buffer. The
 * numbers are those of one thread.
 */
import { availableParallelism } from "node:os";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { type Problem, SgdDynamicsError, simulate, Trajectory } from "../../index.js";
import type { Simulator, Simulators } from "./runner.js";

const ROLE = "sgd-dynamics simulator";

type Order =
  | { readonly problem: Problem; readonly options: Omit<Parameters<Simulator>[1], "signal" | "onProgress"> }
  | "abort";
type Answer =
  | { readonly fraction: number; readonly time: number }
  | { readonly buffer: ArrayBuffer }
  | { readonly error: { readonly code: string; readonly message: string } };

/** As the library has it for ensembles. */
export const MOST_WORKERS = 16;

/** How many workers suit so many simulations on this machine. */
export function workerCount(simulations: number, asked?: number): number {
  return Math.min(simulations, asked ?? availableParallelism(), MOST_WORKERS);
}

/** Threads that simulate; `close` ends them whatever they do. They end with the main thread too. */
export function workerPool(program: string, size: number): Simulators & { close(): Promise<void> } {
  const all = Array.from({ length: size }, () => new Worker(program, { workerData: ROLE }));
  // a worker that breaks while it waits must not bring the process down: the next order finds out
  for (const worker of all) worker.on("error", () => {});
  const idle = [...all];
  return {
    size,
    async simulate(problem, options) {
      const worker = idle.pop()!;
      try {
        // a thread that could not start, or is gone, has no number: its work is done here
        return await (worker.threadId < 0 ? simulate(problem, options) : order(worker, problem, options));
      } finally {
        idle.push(worker);
      }
    },
    async close() {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}

/** Has a worker do one simulation. */
function order(
  worker: Worker,
  problem: Problem,
  { signal, onProgress, ...options }: Parameters<Simulator>[1],
): Promise<Trajectory> {
  const abort = () => worker.postMessage("abort" satisfies Order);
  let settle = () => {};
  return new Promise<Trajectory>((resolve, reject) => {
    const hear = (answer: Answer) => {
      if ("fraction" in answer) onProgress?.(answer);
      else if ("buffer" in answer) resolve(Trajectory.from(answer.buffer));
      else reject(new SgdDynamicsError(answer.error.code as SgdDynamicsError["code"], answer.error.message));
    };
    const broken = (cause: unknown) =>
      reject(cause instanceof Error ? cause : new Error(`A worker ended with exit code ${cause}.`));
    settle = () => {
      worker.off("message", hear).off("error", broken).off("exit", broken);
      signal?.removeEventListener("abort", abort);
    };
    worker.on("message", hear).on("error", broken).on("exit", broken);
    signal?.addEventListener("abort", abort);
    worker.postMessage({ problem, options } satisfies Order);
    if (signal?.aborted) abort();
  }).finally(() => settle());
}

/** Whether this thread is such a worker. */
export function isWorker(): boolean {
  return workerData === ROLE;
}

/** What a worker does: one simulation at a time, until the pool ends it. */
export function serve(): void {
  const port = parentPort!;
  let controller = new AbortController();
  port.on("message", async (order: Order) => {
    if (order === "abort") return controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    const tell = (answer: Answer, transfer: ArrayBuffer[] = []) => port.postMessage(answer, transfer);
    try {
      const trajectory = await simulate(order.problem, {
        ...order.options,
        signal,
        onProgress: ({ fraction, time }) => tell({ fraction, time }),
      });
      const buffer = trajectory.toBuffer();
      tell({ buffer }, [buffer]);
    } catch (error) {
      const { code = "", message = String(error) } = error as Partial<SgdDynamicsError>;
      tell({ error: { code, message } });
    }
  });
}
