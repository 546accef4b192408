// Pauses: a run that was ended by its time, by an abort or by a crash of the page goes on from its snapshot as if unbroken, and from nothing else.
import { afterEach, describe, expect, test, vi } from "vitest";
import { type SimulateOptions, simulate } from "../../src/index.js";
import { expectSameBits } from "../support/bits.js";
import { expectError } from "../support/errors.js";
import { cases, expectSameRun, numbersOf, problems } from "../support/runs.js";

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(cases)("$name, $method $precision", ({ name, method, precision }) => {
  const problem = problems[name];
  const until = 8;
  const times = [0, 0.3, 1, 2.5, 4, 8];
  const options: SimulateOptions = { until, save: { times }, seed: 7, stream: 2, method, precision };

  test("a snapshot goes on bit for bit as if unbroken, from every place, also twice", async () => {
    const whole = await simulate(problem, options);
    for (const pause of [0, 1 / problem.inputDimension, 0.3, 3.3, 8]) {
      const first = await simulate(problem, {
        ...options,
        until: pause,
        save: { times: times.filter((t) => t <= pause) },
      });
      const rest = await simulate(problem, { until, save: { times }, from: first.snapshot });
      expectSameBits(numbersOf(first, rest), numbersOf(whole), `paused at ${pause}`);
      expect(rest.snapshot).toEqual(whole.snapshot);
      expect(rest.statistics).toMatchObject({
        seed: 7,
        stream: 2,
        method,
        precision,
        steps: Math.round(until * problem.inputDimension) - Math.round(pause * problem.inputDimension),
      });
    }
    const one = await simulate(problem, { ...options, until: 1, save: { times: [] } });
    const two = await simulate(problem, { until: 2, save: { times: [] }, from: one.snapshot });
    expect((await simulate(problem, { until, from: two.snapshot, save: { times } })).snapshot).toEqual(whole.snapshot);
  });
});

const simple = problems["first layer"];

describe("aborting", () => {
  test("before the start: status aborted, the row at 0 is there, and the snapshot goes on", async () => {
    const options: SimulateOptions = { until: 3, save: { times: [0, 1, 3] }, seed: 6 };
    const run = await simulate(simple, { ...options, signal: AbortSignal.abort() });
    expect(run.status).toBe("aborted");
    expect([...run.time]).toEqual([0]);
    expect(run.message).toMatch(/^Aborted at t = 0 of 3; .*from: trajectory\.snapshot/);
    const rest = await simulate(simple, { until: 3, save: { times: [0, 1, 3] }, from: run.snapshot });
    const whole = await simulate(simple, options);
    expectSameBits(numbersOf(run, rest), numbersOf(whole));
  });

  test("on the way: what was computed is there, bit for bit, and the snapshot goes on as if unbroken", async () => {
    const problem = { ...simple, inputDimension: 400 };
    const times = Array.from({ length: 301 }, (_, i) => i);
    const controller = new AbortController();
    const run = await simulate(problem, {
      until: 300,
      save: { times },
      seed: 6,
      signal: controller.signal,
      onSave: ({ index }) => index === 20 && controller.abort(),
    });
    expect(run.status).toBe("aborted");
    expect(run.length).toBeGreaterThanOrEqual(21);
    expect(run.length).toBeLessThan(301);
    const whole = await simulate(problem, { until: 300, save: { times }, seed: 6 });
    const rest = await simulate(problem, { until: 300, save: { times }, from: run.snapshot });
    expectSameBits(numbersOf(run, rest), numbersOf(whole));
    expect(rest.snapshot).toEqual(whole.snapshot);
  });

  test("between reaching a saved time and saving: the row is there, as often as it was asked for", async () => {
    // a clock that jumps: chunks of one step, and progress told after each
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (clock += 1000));
    const d = simple.inputDimension;
    const times = Array.from({ length: 41 }, (_, i) => Math.floor(i / 2) / d);
    const options: SimulateOptions = { until: times[40], save: { times }, seed: 6 };
    const whole = await simulate(simple, options);
    for (let chunks = 1; chunks < 40; chunks++) {
      const controller = new AbortController();
      let told = 0;
      const onProgress = () => ++told === chunks && controller.abort();
      const run = await simulate(simple, { ...options, signal: controller.signal, onProgress });
      expect(run.status).toBe("aborted");
      const rest = await simulate(simple, { until: times[40], save: { times }, from: run.snapshot });
      expectSameBits(numbersOf(run, rest), numbersOf(whole), `after ${chunks} chunks`);
    }
  });

  test("after the end: nothing happens", async () => {
    const controller = new AbortController();
    const run = await simulate(simple, { until: 1, signal: controller.signal });
    controller.abort();
    expect(run.status).toBe("completed");
  });
});

describe("snapshots of something else", async () => {
  const { snapshot } = await simulate(simple, { until: 2, seed: 1 });
  const spoiled = (at: number, value: number) => {
    const bytes = snapshot!.slice();
    bytes[at] = value;
    return bytes;
  };
  const from =
    (bytes: unknown, problem = simple, options: Partial<SimulateOptions> = {}) =>
    () =>
      simulate(problem, { until: 3, from: bytes as Uint8Array, ...options });

  test.each<[string, () => unknown, string]>([
    ["a number", from(3), "from is 3"],
    ["null", from(null), "from is null"],
    ["no bytes", from(new Uint8Array(0)), "not a snapshot"],
    ["zeros", from(new Uint8Array(1000)), "not a snapshot"],
    ["the first bytes", from(snapshot!.slice(0, 40)), "snapshot"],
    ["a byte less", from(snapshot!.slice(0, -1)), "size"],
    ["eight bytes more", from(new Uint8Array([...snapshot!, 0, 0, 0, 0, 0, 0, 0, 0])), "size"],
    ["a later version", from(spoiled(4, 9)), "version 9"],
    ["a broken header", from(spoiled(20, 0)), "snapshot"],
    ["a wrong length", from(spoiled(8, 255)), "snapshot"],
    ["another problem", from(snapshot, { ...simple, noiseVariance: 0.02 }), "another problem"],
    ["another seed", from(snapshot, simple, { seed: 2 }), "seed 1 and the call 2"],
    ["another stream", from(snapshot, simple, { stream: 1 }), "stream 0 and the call 1"],
    ["another precision", from(snapshot, simple, { precision: "f32" }), "precision f64 and the call f32"],
  ])("%s: snapshot-mismatch", async (_, action, part) => {
    await expectError(action, "snapshot-mismatch", part);
  });

  test("that of another core", async () => {
    const text = new TextDecoder("latin1").decode(snapshot);
    const at = text.indexOf('"core":"') + 8;
    await expectError(from(spoiled(at, snapshot![at] === 48 ? 49 : 48)), "snapshot-mismatch", "another core");
  });

  test("later than until", async () => {
    await expectError(() => simulate(simple, { until: 1, from: snapshot }), "invalid-argument", "t = 2", "until = 1");
  });

  test("its own seed, stream and precision may be named", async () => {
    const named = await simulate(simple, { until: 3, from: snapshot, seed: 1, stream: 0, precision: "f64" });
    expectSameRun(named, await simulate(simple, { until: 3, from: snapshot }));
  });
});
