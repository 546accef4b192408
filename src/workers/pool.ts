/**
 * Workers that simulate replicas. They are made when a call needs them, kept for the next call, held while they work only, and ended after
 * a while without work, so that none keeps a process alive or a page busy. (Pools from npm ask for `node:` modules at load, or for a file beside
 * the bundle; this one has neither.)
 */
import { SgdDynamicsError } from "../errors.js";
import { type Assignment, type Outcome, runSimulation } from "../simulation-run.js";
import type { Core } from "../wasm/core.js";
import { partsOf } from "../wasm/core-parts.js";
import { openPort, type Port, type WebWorker, webPort } from "./port.js";

const IDLE_MS = 5000;

/** How the workers of one call are told and heard. */
export interface Work {
  readonly assignment: Assignment;
  /** Whether outcomes carry what a snapshot holds. */
  readonly keepsState: boolean;
  /** Replicas of each piece of work. */
  readonly groups: readonly (readonly number[])[];
  readonly signal?: AbortSignal;
  /** Told the part done of a group. */
  onFraction(group: number, fraction: number): void;
}

export class WorkerPool {
  readonly #core: Core;
  readonly #idle: Port[] = [];
  #retire: ReturnType<typeof setTimeout> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Outcomes of all groups by up to `size` workers; groups that an abort kept from beginning are absent. What a worker cannot do, for want of
   * workers too, is done in this thread.
   * @param create makes a worker where `blob:` ones are not allowed
   */
  async simulate(work: Work, size: number, create?: () => WebWorker): Promise<(Outcome[] | undefined)[]> {
    const { groups, signal } = work;
    const outcomes: (Outcome[] | undefined)[] = groups.map(() => undefined);
    let next = 0;
    let failure: { readonly cause: unknown } | undefined;
    /** Does one group after the other; gives the worker back, unless it broke. */
    const lane = async (port: Port | undefined): Promise<Port | undefined> => {
      let worker = port;
      while (next < groups.length && !signal?.aborted && !failure) {
        const group = next++;
        const onFraction = (fraction: number) => work.onFraction(group, fraction);
        try {
          const done = worker && (await ordered(worker, groups[group], signal, onFraction));
          if (!done) {
            worker?.terminate();
            worker = undefined;
          }
          outcomes[group] = done ?? (await this.#here(work, groups[group], onFraction));
          onFraction(1);
        } catch (cause) {
          failure ??= { cause };
        }
      }
      return worker;
    };
    const ports = await this.#open(work, Math.min(size, groups.length), create);
    this.#rest(await Promise.all((ports.length > 0 ? ports : [undefined]).map(lane)));
    if (failure) throw failure.cause;
    return outcomes;
  }

  /** Ends the workers that have nothing to do. */
  dispose(): void {
    for (const port of this.#idle.splice(0)) port.terminate();
  }

  async #here({ assignment, keepsState, signal }: Work, streams: readonly number[], onFraction: (f: number) => void) {
    const control = { signal, onProgress: ({ fraction }: { readonly fraction: number }) => onFraction(fraction) };
    const outcomes = await runSimulation(this.#core, assignment, streams, control);
    return keepsState ? outcomes : outcomes.map((outcome) => ({ ...outcome, state: new Uint8Array(0) }));
  }

  /** Workers that know the assignment; fewer, or none, where the engine gives no more. */
  async #open({ assignment, keepsState }: Work, size: number, create?: () => WebWorker): Promise<Port[]> {
    if (size < 2) return [];
    clearTimeout(this.#retire);
    const ports = this.#idle.splice(0, size);
    const missing = Array.from({ length: size - ports.length }, () => this.#start(create));
    ports.push(...(await Promise.all(missing)).filter((port) => port !== undefined));
    for (const port of ports) {
      port.hold(true);
      port.post({ kind: "assignment", assignment, keepsState });
    }
    return ports;
  }

  /** A worker that has the core, or undefined. */
  async #start(create?: () => WebWorker): Promise<Port | undefined> {
    const { source } = await import("#worker-source");
    let port: Port;
    try {
      port = create ? webPort(create()) : openPort(source);
    } catch {
      return undefined;
    }
    return new Promise((resolve) => {
      port.listen(
        () => resolve(port),
        () => {
          port.terminate();
          resolve(undefined);
        },
      );
      port.post({ kind: "core", parts: partsOf(this.#core) });
    });
  }

  #rest(lanes: readonly (Port | undefined)[]): void {
    const ports = lanes.filter((port) => port !== undefined);
    for (const port of ports) {
      port.hold(false);
      // one that breaks now is found out by the next order
      port.listen(
        () => {},
        () => {},
      );
    }
    this.#idle.push(...ports);
    if (this.#idle.length === 0) return;
    this.#retire = setTimeout(() => this.dispose(), IDLE_MS);
    (this.#retire as { unref?: () => void }).unref?.();
  }
}

/** Has a worker simulate replicas; undefined where it breaks. Errors of the library come through. */
function ordered(
  port: Port,
  streams: readonly number[],
  signal: AbortSignal | undefined,
  onFraction: (fraction: number) => void,
): Promise<Outcome[] | undefined> {
  const abort = () => port.post({ kind: "abort" });
  return new Promise<Outcome[] | undefined>((resolve, reject) => {
    port.listen(
      (answer) => {
        if (answer.kind === "fraction") onFraction(answer.fraction);
        else if (answer.kind === "outcomes") resolve([...answer.outcomes]);
        else if (answer.kind === "error")
          reject(new SgdDynamicsError(answer.code as SgdDynamicsError["code"], answer.message));
      },
      () => resolve(undefined),
    );
    signal?.addEventListener("abort", abort);
    port.post({ kind: "streams", streams });
    if (signal?.aborted) abort();
  }).finally(() => signal?.removeEventListener("abort", abort));
}
