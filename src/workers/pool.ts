/**
 * Workers that simulate replicas. They are made when a call needs them, kept for the next call, held while they work only, and ended after
 * a while without work, so that none keeps a process alive or a page busy. (Pools from npm ask for `node:` modules at load, or for a file beside
 * the bundle; this one has neither.)
 */
import { SgdDynamicsError } from "../errors.js";
import { breather } from "../pace.js";
import { type Assignment, type Outcome, partsFor, runReplicas } from "../simulation-run.js";
import type { Core } from "../wasm/core.js";
import { type CoreParts, partsOf } from "../wasm/core-parts.js";
import { newWorker, Port, type WebWorker } from "./port.js";

const IDLE_MS = 5000;
/** A worker that is not ready by then runs another script, or was refused without a word. */
const START_MS = 10_000;

/** How the workers of one call are told and heard. */
export interface Work {
  readonly assignment: Assignment;
  /** Whether outcomes carry what a snapshot holds. */
  readonly keepsState: boolean;
  /** Replicas of each piece of work. */
  readonly groups: readonly (readonly number[])[];
  readonly signal?: AbortSignal;
  /** Told the part done of a group; the call ends with what it throws. */
  onFraction(group: number, fraction: number): void;
}

export class WorkerPool {
  readonly #core: Core;
  #idle: Port[] = [];
  #retirement: ReturnType<typeof setTimeout> | undefined;
  #isDisposed = false;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Outcomes of all groups by up to `size` workers; groups that an abort kept from beginning are absent. What a worker cannot do, for want of
   * workers too, is done in this thread.
   * @param create makes a worker where `blob:` ones are not allowed
   */
  async simulate(work: Work, size: number, create?: () => WebWorker): Promise<(Outcome[] | undefined)[]> {
    const { groups } = work;
    const outcomes: (Outcome[] | undefined)[] = groups.map(() => undefined);
    const { signal, stop, unlink } = linked(work.signal);
    let failure: { readonly cause: unknown } | undefined;
    const fail = (cause: unknown) => {
      failure ??= { cause };
      stop();
    };
    const tell = (group: number, fraction: number) => {
      try {
        if (!failure) work.onFraction(group, fraction);
      } catch (cause) {
        fail(cause);
      }
    };
    const othersRun = breather();
    let next = 0;
    /** Does one group after the other; gives the worker back, unless it broke. */
    const lane = async (port: Port | undefined): Promise<Port | undefined> => {
      let worker = port;
      while (next < groups.length && !signal.aborted) {
        const group = next++;
        const onFraction = (fraction: number) => tell(group, fraction);
        try {
          let done = worker && (await ordered(worker, groups[group], signal, onFraction));
          if (!done) {
            worker?.terminate();
            worker = undefined;
            done = await this.#here(work, groups[group], signal, onFraction);
            await othersRun();
          }
          outcomes[group] = done;
          if (done.every(({ status }) => status !== "aborted")) onFraction(1);
        } catch (cause) {
          fail(cause);
        }
      }
      return worker;
    };
    const ports = signal.aborted ? [] : await this.#open(work, Math.min(size, groups.length), create);
    this.#rest(await Promise.all((ports.length > 0 ? ports : [undefined]).map(lane)));
    unlink();
    if (failure) throw failure.cause;
    return outcomes;
  }

  /** Ends the workers that have nothing to do, and the others when they are done. */
  dispose(): void {
    this.#isDisposed = true;
    this.#retire();
  }

  #retire(): void {
    for (const port of this.#idle.splice(0)) port.terminate();
  }

  async #here(
    { assignment, keepsState }: Work,
    streams: readonly number[],
    signal: AbortSignal,
    onFraction: (fraction: number) => void,
  ): Promise<Outcome[]> {
    const control = { signal, onProgress: ({ fraction }: { readonly fraction: number }) => onFraction(fraction) };
    const outcomes = await runReplicas(this.#core, assignment, streams, control);
    return keepsState ? outcomes : outcomes.map((outcome) => ({ ...outcome, state: new Uint8Array(0) }));
  }

  /** Workers that know the assignment; fewer, or none, where the engine gives no more. */
  async #open({ assignment, keepsState }: Work, size: number, create?: () => WebWorker): Promise<Port[]> {
    if (size < 2) return [];
    const parts: { dense?: CoreParts; theory?: CoreParts } = {};
    for (const part of partsFor(assignment))
      parts[part] = partsOf(await this.#core[part](), part === "dense" ? [part] : []);
    clearTimeout(this.#retirement);
    this.#idle = this.#idle.filter(({ isBroken }) => !isBroken);
    const ports = this.#idle.splice(0, size);
    const missing = Array.from({ length: size - ports.length }, () => this.#start(create));
    ports.push(...(await Promise.all(missing)).filter((port) => port !== undefined));
    for (const port of ports) {
      port.hold(true);
      port.post({ kind: "assignment", assignment, keepsState, ...parts });
    }
    return ports;
  }

  /** A worker that has the core, or undefined. */
  async #start(create?: () => WebWorker): Promise<Port | undefined> {
    let port: Port | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const worker = create ? create() : newWorker((await import("#worker-source")).source);
      port = new Port(worker);
      port.post({ kind: "core", parts: partsOf(this.#core, ["chain"]) });
      const started = port;
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(reject, START_MS);
        started.listen({ onAnswer: ({ kind }) => (kind === "ready" ? resolve() : reject()), onBroken: reject });
      });
      return started;
    } catch {
      port?.terminate();
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #rest(lanes: readonly (Port | undefined)[]): void {
    const ports = lanes.filter((port) => port !== undefined);
    for (const port of ports) port.hold(false);
    this.#idle.push(...ports);
    if (this.#isDisposed) this.#retire();
    if (this.#idle.length === 0) return;
    clearTimeout(this.#retirement);
    this.#retirement = setTimeout(() => this.#retire(), IDLE_MS);
    (this.#retirement as { unref?: () => void }).unref?.();
  }
}

/** A signal that follows another one and can be stopped by itself. (AbortSignal.any is younger than the engines supported.) */
function linked(given: AbortSignal | undefined): { signal: AbortSignal; stop: () => void; unlink: () => void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  if (given?.aborted) stop();
  given?.addEventListener("abort", stop);
  return { signal: controller.signal, stop, unlink: () => given?.removeEventListener("abort", stop) };
}

/** Has a worker simulate replicas; undefined where it breaks. Errors of the library come through. */
function ordered(
  port: Port,
  streams: readonly number[],
  signal: AbortSignal,
  onFraction: (fraction: number) => void,
): Promise<Outcome[] | undefined> {
  const abort = () => port.post({ kind: "abort" });
  return new Promise<Outcome[] | undefined>((resolve, reject) => {
    signal.addEventListener("abort", abort);
    port.listen({
      onAnswer(answer) {
        if (answer.kind === "fraction") onFraction(answer.fraction);
        else if (answer.kind === "outcomes") resolve([...answer.outcomes]);
        else if (answer.kind === "error" && answer.code) reject(new SgdDynamicsError(answer.code, answer.message));
        else resolve(undefined);
      },
      onBroken: () => resolve(undefined),
    });
    port.post({ kind: "streams", streams });
  }).finally(() => signal.removeEventListener("abort", abort));
}
