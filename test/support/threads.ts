// The threads that the library starts in this process, and what they answer.
import type { Worker } from "node:worker_threads";

export interface Threads {
  /** In order of their start. */
  readonly all: readonly Worker[];
  /** Kinds of answers, of all threads. */
  readonly answers: readonly string[];
  /** Makes threads that are watched too. */
  readonly Thread: typeof Worker;
  /** Those that have ended. */
  readonly ended: ReadonlySet<Worker>;
  /** Stops watching. */
  unwatch(): void;
}

export function watchThreads(onAnswer: (kind: string, thread: Worker) => void = () => {}): Threads {
  const threads = process.getBuiltinModule("node:worker_threads");
  const Original = threads.Worker;
  const all: Worker[] = [];
  const answers: string[] = [];
  const ended = new Set<Worker>();
  threads.Worker = class extends Original {
    constructor(...parameters: ConstructorParameters<typeof Original>) {
      super(...parameters);
      all.push(this);
      this.on("exit", () => ended.add(this));
      this.on("message", ({ kind }: { kind: string }) => {
        answers.push(kind);
        onAnswer(kind, this);
      });
    }
  };
  return {
    all,
    answers,
    Thread: threads.Worker,
    ended,
    unwatch: () => {
      threads.Worker = Original;
    },
  };
}

/** Waits until something holds; the test's time limit is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
