// Workers of ensemble(): however they start, break and end, the numbers are the same and the process is free.
import { execFile } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker as Thread } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createEngine,
  type Engine,
  type Ensemble,
  type EnsembleOptions,
  type ProblemInput,
  type WebWorker,
} from "../../src/index.js";
import { errorOf } from "../support/errors.js";
import { expectSameRun } from "../support/runs.js";
import { type Threads, until, watchThreads } from "../support/threads.js";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const script = `${dist}worker.js`;
const problem: ProblemInput = { inputDimension: 200, studentWidth: 3, teacherWidth: 2, noiseVariance: 0.01 };
const options: EnsembleOptions = { until: 3, save: { times: [0, 1, 3] }, seed: 11, replicas: 18, keep: true };

let engine: Engine;
let want: Ensemble;
let threads: Threads;
/** An engine of its own for each test, watched. */
function eachOnItsEngine(): void {
  beforeEach(async () => {
    engine = await createEngine();
    want = await engine.ensemble(problem, { ...options, workers: 1 });
    threads = watchThreads();
  });
  afterEach(() => {
    threads.unwatch();
    engine.dispose();
    vi.useRealTimers();
  });
}

function expectSame(got: Ensemble): void {
  expect(got.status).toBe("completed");
  got.trajectories!.forEach((replica, r) => expectSameRun(replica, want.trajectories![r]));
  expect(got.statistics).toEqual(want.statistics);
}

const outcomes = () => threads.answers.filter((kind) => kind === "outcomes").length;

describe("threads of Node", () => {
  eachOnItsEngine();

  test("are kept for the next call, and let go after a while without work", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    for (let call = 0; call < 3; call++) expectSame(await engine.ensemble(problem, { ...options, workers: 2 }));
    expect(threads.all.length).toBe(2);
    expect(outcomes()).toBe(15);
    vi.advanceTimersByTime(4000);
    // work begins the while anew
    expectSame(await engine.ensemble(problem, { ...options, workers: 2 }));
    vi.advanceTimersByTime(4000);
    expect(threads.all.length).toBe(2);
    expect(threads.ended.size).toBe(0);
    vi.advanceTimersByTime(1500);
    vi.useRealTimers();
    await until(() => threads.ended.size === 2);
    expectSame(await engine.ensemble(problem, { ...options, workers: 2 }));
    expect(threads.all.length).toBe(4);
  });

  test("are ended by dispose, those at work when they are done", async () => {
    await engine.ensemble(problem, { ...options, workers: 2 });
    engine.dispose();
    await until(() => threads.ended.size === 2);
    // no worker retires by itself
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const other = await createEngine();
    const running = other.ensemble(problem, { ...options, workers: 2 });
    await vi.waitFor(() => expect(threads.answers.filter((kind) => kind === "ready").length).toBe(4));
    other.dispose();
    expectSame(await running);
    vi.useRealTimers();
    await until(() => threads.ended.size === 4);
  });

  test("one that is killed at work: its replicas are simulated here", async () => {
    const long = { ...options, replicas: 9, until: 2000, save: { times: [0, 2000] } };
    const here = await engine.ensemble(problem, { ...long, workers: 1 });
    threads.unwatch();
    let killed: Thread | undefined;
    threads = watchThreads((kind, thread) => {
      // on its way
      if (kind !== "fraction" || killed) return;
      killed = thread;
      void thread.terminate();
    });
    const run = await engine.ensemble(problem, { ...long, workers: 2, onProgress() {} });
    expect(killed).toBeDefined();
    run.trajectories!.forEach((replica, r) => expectSameRun(replica, here.trajectories![r]));
    // the other goes on, the broken one is replaced
    expectSame(await engine.ensemble(problem, { ...options, workers: 2 }));
    expect(threads.all.length).toBe(3);
  });

  test("all killed at work", async () => {
    threads.unwatch();
    threads = watchThreads((kind, thread) => {
      if (kind === "outcomes") void thread.terminate();
    });
    expectSame(await engine.ensemble(problem, { ...options, workers: 3 }));
  });

  test("killed while idle: the next call starts others", async () => {
    await engine.ensemble(problem, { ...options, workers: 2 });
    await Promise.all(threads.all.map((thread) => thread.terminate()));
    expectSame(await engine.ensemble(problem, { ...options, workers: 2 }));
    expect(threads.all.length).toBe(4);
  });

  test("where there are none, this one does it all", async () => {
    const module = process.getBuiltinModule("node:worker_threads");
    const { Worker } = module;
    module.Worker = class {
      constructor() {
        throw new Error("not here");
      }
    } as unknown as typeof Worker;
    try {
      expectSame(await engine.ensemble(problem, { ...options, workers: 2 }));
    } finally {
      module.Worker = Worker;
    }
  });
});

/** A browser's worker on a thread of Node, whose messages can be meddled with. */
class WebLike implements WebWorker {
  static made: WebLike[] = [];
  onmessage: WebWorker["onmessage"] = null;
  onerror: WebWorker["onerror"] = null;
  onmessageerror: WebWorker["onmessageerror"] = null;
  terminated = false;
  heard: string[] = [];
  readonly #thread = new Thread(script);

  constructor() {
    WebLike.made.push(this);
    this.#thread.unref();
    this.#thread.on("message", (data) => {
      if (!this.terminated) this.hear(data);
    });
  }

  hear(data: { kind: string }): void {
    this.heard.push(data.kind);
    this.onmessage?.({ data } as MessageEvent);
  }

  fail(): void {
    this.onerror?.({ message: "broke" } as ErrorEvent);
  }

  postMessage(message: unknown): void {
    this.#thread.postMessage(message);
  }

  terminate(): void {
    this.terminated = true;
    void this.#thread.terminate();
  }
}

describe("workers of the caller's", () => {
  eachOnItsEngine();
  beforeEach(() => {
    WebLike.made = [];
  });
  const heard = (kind: string) => WebLike.made.flatMap((worker) => worker.heard).filter((each) => each === kind).length;
  const run = (createWorker: () => WebWorker, more: Partial<EnsembleOptions> = {}) =>
    engine.ensemble(problem, { ...options, workers: 2, createWorker, ...more });

  test("do the work, and are kept", async () => {
    for (const calls of [1, 2]) {
      expectSame(await run(() => new WebLike()));
      expect(WebLike.made.length).toBe(2);
      expect(heard("outcomes")).toBe(5 * calls);
    }
    expect(threads.all.length).toBe(0);
    engine.dispose();
    expect(WebLike.made.every(({ terminated }) => terminated)).toBe(true);
  });

  test("may be threads of Node", async () => {
    expectSame(await run(() => new threads.Thread(script) as unknown as WebWorker));
    expect(outcomes()).toBe(5);
    expect(threads.all.length).toBe(2);
  });

  test.each<[string, () => unknown]>([
    ["throw", () => Error("refused")],
    ["nothing", () => undefined],
    ["a promise", () => Promise.resolve(new WebLike())],
    ["an object", () => ({})],
  ])("%s in place of a worker: this thread does it all", async (_, create) => {
    const createWorker = () => {
      const made = create();
      if (made instanceof Error) throw made;
      return made as WebWorker;
    };
    expectSame(await run(createWorker));
  });

  class BreaksAt extends WebLike {
    readonly #kind: string;
    constructor(kind: string) {
      super();
      this.#kind = kind;
    }
    override hear(data: { kind: string }): void {
      if (data.kind === this.#kind) this.fail();
      else super.hear(data);
    }
  }

  test.each(["ready", "outcomes"])("that break instead of %s: this thread does their work", async (kind) => {
    expectSame(await run(() => new BreaksAt(kind)));
    expect(WebLike.made.length).toBe(2);
    expect(WebLike.made.every(({ terminated }) => terminated)).toBe(true);
  });

  test("one that breaks leaves the work to the others", async () => {
    const broken = [true, false];
    expectSame(await run(() => (broken.pop() ? new BreaksAt("outcomes") : new WebLike())));
    expect(heard("outcomes")).toBeGreaterThan(0);
    // the one that works is kept
    expect(WebLike.made.map(({ terminated }) => terminated).sort()).toEqual([false, true]);
  });

  test("progress does not go back where a worker breaks", async () => {
    class Boasts extends WebLike {
      override postMessage(message: { kind: string; fraction?: number }): void {
        super.postMessage(message);
        if (message.kind !== "streams") return;
        this.hear({ kind: "fraction", fraction: 0.9 } as { kind: string });
        this.fail();
      }
    }
    const told: number[] = [];
    const onProgress = ({ fraction }: { fraction: number }) => told.push(fraction);
    const { status } = await run(() => new Boasts(), { replicas: 8, until: 1500, save: { times: [] }, onProgress });
    expect(status).toBe("completed");
    expect(told.at(-1)).toBe(1);
    told.forEach((fraction, i) => expect(fraction).toBeGreaterThanOrEqual(i > 0 ? told[i - 1] : 0));
  });

  class Answers extends WebLike {
    readonly #answer: object;
    constructor(answer: object) {
      super();
      this.#answer = answer;
    }
    override hear(data: { kind: string }): void {
      super.hear(data.kind === "outcomes" ? { kind: "error", ...this.#answer } : data);
    }
  }

  test("errors of the library come through with code and sentence, others are tried again here", async () => {
    const { code, message } = await errorOf(() =>
      run(() => new Answers({ code: "out-of-memory", message: "This run needs 9 GiB." })),
    );
    expect({ code, message }).toEqual({ code: "out-of-memory", message: "This run needs 9 GiB." });
    expect(WebLike.made.some(({ terminated }) => terminated)).toBe(false);
    engine.dispose();
    engine = await createEngine();
    expectSame(await run(() => new Answers({ message: "Array buffer allocation failed" })));
  });

  test("that cannot load the core: this thread does it all", async () => {
    // the worker's own policy may forbid WebAssembly
    class NoCore extends WebLike {
      override postMessage(message: { kind: string; parts?: object }): void {
        super.postMessage(message.kind === "core" ? { kind: "core", parts: { ...message.parts, module: 3 } } : message);
      }
    }
    expectSame(await run(() => new NoCore()));
    expect(heard("error")).toBe(2);
  });

  test("that run another script and never answer: this thread does it all", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const silent = { postMessage() {}, terminate: vi.fn(), onmessage: null, onerror: null, onmessageerror: null };
    const running = run(() => silent);
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(2), { timeout: 5000 });
    vi.advanceTimersByTime(10_000);
    expectSame(await running);
    expect(silent.terminate).toHaveBeenCalledTimes(2);
  });
});

describe("the process", () => {
  const prelude = `
    import { createEngine, ensemble } from ${JSON.stringify(pathToFileURL(`${dist}index.js`).href)};
    const problem = ${JSON.stringify(problem)};
    // those that end idle workers never come: a worker that holds the process would hold it for ever
    const later = globalThis.setTimeout;
    globalThis.setTimeout = (call, ms, ...rest) => (ms === 5000 ? { unref() {} } : later(call, ms, ...rest));
    const say = (text) => process.stdout.write(text + "\\n");
  `;
  /** What a child says on a script: it is killed after a time that no exit takes. */
  const child = (code: string) =>
    new Promise<{ exit: number | string | null; out: string; err: string }>((resolve) => {
      const flags = ["--input-type=module", "--eval", prelude + code];
      execFile(process.execPath, flags, { timeout: 20_000, killSignal: "SIGKILL" }, (error, out, err) =>
        resolve({ exit: error ? (error.code ?? error.signal ?? null) : 0, out, err }),
      );
    });
  const work = `{ until: 20, replicas: 16, workers: 2, save: { times: [20] } }`;

  test.concurrent("ends by itself after its last line; a top-level await is waited for", async () => {
    const said = await child(`
      const run = await ensemble(problem, ${work});
      say(run.status);
      say((await ensemble(problem, ${work})).status);
    `);
    expect(said).toEqual({ exit: 0, out: "completed\ncompleted\n", err: "" });
  });

  test.concurrent("is kept alive by an ensemble that nobody waits for", async () => {
    const said = await child(`ensemble(problem, ${work}).then(({ status }) => say(status));`);
    expect(said).toEqual({ exit: 0, out: "completed\n", err: "" });
  });

  test.concurrent("ends after aborts, before, during and after work", async () => {
    const said = await child(`
      for (const [ms, until] of [[0, 1e9], [100, 1e9], [1000, 1]]) {
        const controller = new AbortController();
        const timer = later(() => controller.abort(), ms);
        timer.unref();
        say((await ensemble(problem, { ...${work}, save: { times: [] }, until, signal: controller.signal })).status);
      }
    `);
    expect(said).toEqual({ exit: 0, out: "aborted\naborted\ncompleted\n", err: "" });
  });

  test.concurrent("ends after errors: in a listener, in a worker, and the caller's own", async () => {
    const said = await child(`
      const fails = (what) => what.catch(({ code, message }) => say(code ?? message));
      await fails(ensemble(problem, { ...${work}, until: 1e9, onProgress() { throw new Error("boom"); } }));
      await fails(ensemble({ ...problem, inputDimension: 1e8 }, { until: 0, method: "dense", replicas: 4, workers: 2 }));
      say((await ensemble(problem, ${work})).status);
      throw new Error("the last word");
    `);
    expect(said).toMatchObject({ exit: 1, out: "boom\nout-of-memory\ncompleted\n" });
    expect(said.err).toContain("the last word");
  });

  test.concurrent("ends where the engine was disposed of, and where a worker runs ensembles of its own", async () => {
    const said = await child(`
      const engine = await createEngine();
      say((await engine.ensemble(problem, ${work})).status);
      engine.dispose();
      const { Worker, isMainThread } = await import("node:worker_threads");
      const code = ${JSON.stringify(`
        import(${JSON.stringify(pathToFileURL(`${dist}index.js`).href)}).then(async ({ ensemble }) => {
          const run = await ensemble(${JSON.stringify(problem)}, ${work});
          process.stdout.write("inside: " + run.status + "\\n");
        });
      `)};
      new Worker(code, { eval: true, execArgv: [] });
    `);
    expect(said).toEqual({ exit: 0, out: "completed\ninside: completed\n", err: "" });
  });
});
