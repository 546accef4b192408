/**
 * Long work in chunks of a few milliseconds, so that the event loop stays free and an abort is heard. Chunk sizes follow the clock; results
 * never depend on them.
 */
import { shown } from "./errors.js";
import { invalid } from "./options.js";

/** What `onProgress` is told. */
export interface Progress {
  /** Part done, 0 to 1. */
  readonly fraction: number;
  /** Where the run is on its clock t. */
  readonly time: number;
}

/** Options that every call that computes takes. */
export interface RunControl {
  /** Ends the run early; the call resolves with status "aborted" and what was computed. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Checks the options of a run's control and its rows' listener. */
export function checkControl(options: RunControl & { readonly onSave?: unknown }): void {
  const { signal } = options;
  if (signal !== undefined && !(typeof signal === "object" && signal !== null && typeof signal.aborted === "boolean")) {
    invalid(`signal is ${shown(signal)}; allowed: an AbortSignal (the signal of an AbortController).`);
  }
  for (const name of ["onProgress", "onSave"] as const) {
    const listener = (options as Record<string, unknown>)[name];
    if (listener !== undefined && typeof listener !== "function")
      invalid(`${name} is ${shown(listener)}; allowed: a function.`);
  }
}

const TARGET_MS = 8;
const PROGRESS_MS = 50;

/** Lets other tasks run: a macrotask, without the 4 ms floor of nested timers in browsers. */
function breathe(): Promise<void> {
  const { setImmediate: immediate } = globalThis as { setImmediate?: (callback: () => void) => void };
  if (immediate) return new Promise((resolve) => immediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A function to await between pieces of work: it lets other tasks run where they have waited for a chunk's time. */
export function breather(): () => Promise<void> {
  let breathed = performance.now();
  return async () => {
    if (performance.now() - breathed <= TARGET_MS) return;
    await breathe();
    breathed = performance.now();
  };
}

/** What a chunk came to. */
export interface Chunk {
  /** Units of work done: as many as asked, or fewer where something cut it short (then it tells little about the clock). */
  readonly done: number;
  readonly more: boolean;
}

/**
 * Calls `chunk(size)` until there is no more.
 * @param chunk does up to `size` units of work
 * @param first units of the first chunk
 * @returns whether it was aborted
 */
export async function paced(
  chunk: (size: number) => Chunk,
  { signal, onProgress }: RunControl,
  progress: () => Progress,
  first: number,
): Promise<{ aborted: boolean }> {
  let size = first;
  let told = performance.now();
  const othersRun = breather();
  while (!signal?.aborted) {
    const before = performance.now();
    const { done, more } = chunk(size);
    const now = performance.now();
    if (!more) return { aborted: false };
    if (done > 0) {
      const fitting = (done * TARGET_MS) / Math.max(now - before, 0.01);
      size = Math.max(1, Math.round(Math.min(fitting, done < size ? size : 4 * size)));
    }
    if (onProgress && now - told > PROGRESS_MS) {
      told = now;
      onProgress(progress());
    }
    await othersRun();
  }
  return { aborted: true };
}
