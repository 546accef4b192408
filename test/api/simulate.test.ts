// simulate(): a run is a function of (problem, seed, stream, precision) alone: not of chunks, saved times, neighbours, engines or builds.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createEngine, type SavedRow, type SimulateOptions, simulate, type Trajectory } from "../../src/index.js";
import { expectSameBits } from "../support/bits.js";
import { cases, expectSameRun, problems } from "../support/runs.js";

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(cases)("$name, $method $precision", ({ name, method, precision }) => {
  const problem = problems[name];
  const until = 8;
  const times = [0, 0.3, 1, 2.5, 4, 8];
  const options: SimulateOptions = { until, save: { times }, seed: 7, stream: 2, method, precision };

  test("the same bits again, and others with another seed, stream or precision", async () => {
    const run = await simulate(problem, options);
    expect(run.status).toBe("completed");
    expectSameRun(await simulate(problem, options), run);
    const others = cases.filter((way) => way.name === name && (way.method !== method || way.precision !== precision));
    for (const change of [
      { seed: 8 },
      { stream: 3 },
      ...others.map(({ method, precision }) => ({ method, precision })),
    ]) {
      expect((await simulate(problem, { ...options, ...change })).risk[5]).not.toBe(run.risk[5]);
    }
  });

  test("chunks of every size give the same bits", async () => {
    const run = await simulate(problem, options);
    // the pace follows the clock: one that jumps makes chunks of 1, one that stands still makes the largest
    const clocks = [
      () => 0,
      (() => {
        let t = 0;
        return () => (t += 1000);
      })(),
      (() => {
        let n = 0;
        let t = 0;
        return () => (t += (n++ * 7919) % 97);
      })(),
    ];
    for (const clock of clocks) {
      vi.spyOn(performance, "now").mockImplementation(clock);
      expectSameRun(await simulate(problem, options), run);
      vi.restoreAllMocks();
    }
  });

  test("what is saved does not change the path", async () => {
    const run = await simulate(problem, options);
    const every = await simulate(problem, {
      ...options,
      save: { times: Array.from({ length: until * problem.inputDimension + 1 }, (_, i) => i / problem.inputDimension) },
    });
    expect(every.snapshot).toEqual(run.snapshot);
    for (const [i, t] of times.entries()) {
      const row = every.time.findIndex(
        (time) => Math.round(time * problem.inputDimension) === Math.round(t * problem.inputDimension),
      );
      const [a, b] = [every.state(row), run.state(i)];
      expectSameBits([...a.M, ...a.Q, ...a.a, a.risk], [...b.M, ...b.Q, ...b.a, b.risk]);
    }
    const none = await simulate(problem, { ...options, save: { times: [] } });
    expect(none.length).toBe(0);
    expect(none.snapshot).toEqual(run.snapshot);
  });

  test("the debug build gives the same bits", async () => {
    const bytes = (target: string) => readFileSync(new URL(`../../build/${target}.wasm`, import.meta.url));
    const short = { ...options, until: 4, save: { times: times.slice(0, 5) } };
    const debug = await createEngine({ wasm: bytes("testing-debug") });
    const release = await createEngine({ wasm: bytes("release") });
    const run = await simulate(problem, short);
    expectSameRun(await release.simulate(problem, short), run);
    expectSameRun(await debug.simulate(problem, short), run);
    debug.dispose();
    release.dispose();
  });
});

const simple = problems["first layer"];
const d = simple.inputDimension;

test("runs side by side do not disturb each other", async () => {
  const options = (seed: number): SimulateOptions => ({ until: 20, save: { times: [0, 20] }, seed });
  const apart: Trajectory[] = [];
  for (const seed of [1, 2, 3, 4]) apart.push(await simulate(simple, options(seed)));
  const together = await Promise.all([1, 2, 3, 4].map((seed) => simulate(simple, options(seed))));
  together.forEach((run, i) => expectSameRun(run, apart[i]));
});

test("a plain problem and a checked one are the same run; so are method auto and the one it picks", async () => {
  const options = { until: 2, seed: 3 };
  const run = await simulate(simple, options);
  expectSameRun(await simulate(run.problem, options), run);
  expect(run.statistics.method).toBe("chain");
  expectSameRun(await simulate(simple, { ...options, method: "chain" }), run);
  expectSameRun(await simulate(simple, { ...options, method: "auto", stream: 0, precision: "f64" }), run);
});

test("the seed is 0 and the stream 0 unless given", async () => {
  expectSameRun(await simulate(simple, { until: 1 }), await simulate(simple, { until: 1, seed: 0, stream: 0 }));
});

test("a run whose neighbour makes the memory grow goes on undisturbed", async () => {
  const options: SimulateOptions = { until: 100, save: { count: 20 }, seed: 1 };
  const alone = await simulate(simple, options);
  const engine = await createEngine();
  const small = engine.simulate(simple, options);
  const large = engine.simulate({ ...simple, inputDimension: 1000, batchSize: 20000 }, { until: 0 });
  expectSameRun(await small, alone);
  expect((await large).status).toBe("completed");
});

test("memory is given back, however a run ends", async () => {
  // 13 runs of 360 MB: more than the 4 GB that 32-bit addresses reach
  const engine = await createEngine();
  const large = { ...simple, activation: "linear" as const, inputDimension: 1000, batchSize: 45000 };
  const { snapshot } = await engine.simulate(large, { until: 0 });
  const cut = snapshot!.slice(0, -8);
  for (let round = 0; round < 3; round++) {
    await engine.simulate(large, { until: 0 });
    await engine.simulate(large, { until: 0, signal: AbortSignal.abort() });
    await expect(
      engine.simulate(large, {
        until: 0,
        save: { times: [0] },
        onSave: () => {
          throw new Error("boom");
        },
      }),
    ).rejects.toThrow("boom");
    await expect(engine.simulate(large, { until: 0, from: cut })).rejects.toThrow("size");
  }
});

describe("saved times", () => {
  test("are steps: a row is saved after step round(t d), its time that step over d", async () => {
    const times = [0, 0.001, 0.011, 0.029, 0.031, 0.5, 0.5, 1];
    const run = await simulate(simple, { until: 1, save: { times } });
    expect([...run.time]).toEqual(times.map((t) => Math.round(t * d) / d));
    const [same, again] = [run.state(5), run.state(6)];
    expect(again).toEqual(same);
  });

  test("t = 0 is saved when listed, and only then", async () => {
    expect((await simulate(simple, { until: 1, save: { times: [0.5, 1] } })).time[0]).toBe(0.5);
    expect((await simulate(simple, { until: 1, save: { times: [0, 1] } })).time[0]).toBe(0);
  });

  test("on a grid: linear and logarithmic, with 0 and the end", async () => {
    const linear = await simulate(simple, { until: 10, save: { count: 11, spacing: "linear" } });
    expect([...linear.time]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const log = await simulate({ ...simple, inputDimension: 2000 }, { until: 10, save: { count: 6 } });
    // 0, then 10 / 10^4 .. 10 in constant ratio, on the grid of steps
    expect([...log.time]).toEqual([0, 0.001, 0.01, 0.1, 1, 10].map((t) => Math.round(t * 2000) / 2000));
    expect((await simulate(simple, { until: 3 })).length).toBe(100);
  });

  test("until is reached in round(until d) steps, 0 among them", async () => {
    expect((await simulate(simple, { until: 1.009 })).statistics.steps).toBe(50);
    expect((await simulate(simple, { until: 1.011 })).statistics.steps).toBe(51);
    const none = await simulate(simple, { until: 0 });
    expect(none.status).toBe("completed");
    expect(none.statistics.steps).toBe(0);
  });
});

describe("what a run tells on its way", () => {
  test("onSave hears each row as it comes, and cannot change the result", async () => {
    const rows: SavedRow[] = [];
    const options: SimulateOptions = { until: 5, save: { count: 20 }, seed: 5 };
    const run = await simulate(simple, { ...options, onSave: (row) => void rows.push(structuredClone(row)) });
    expect(rows.map((row) => row.index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    rows.forEach(({ index, time, ...state }, i) => {
      expect(time).toBe(run.time[i]);
      expect(state).toEqual(run.state(i));
    });
    const vandal = await simulate(simple, {
      ...options,
      onSave: ({ P, M, Q, a, aStar }) => [P, M, Q, a, aStar].forEach((values) => values.fill(7)),
    });
    expectSameRun(vandal, run);
  });

  test("an error thrown in onSave ends the call with that error, and the engine lives on", async () => {
    const boom = new Error("boom");
    const broken = simulate(simple, {
      until: 5,
      onSave: () => {
        throw boom;
      },
    });
    await expect(broken).rejects.toBe(boom);
    expect((await simulate(simple, { until: 1 })).status).toBe("completed");
  });

  test("onProgress goes from somewhere to 1 and never back, its time with it", async () => {
    const told: { fraction: number; time: number }[] = [];
    const run = await simulate(
      { ...simple, inputDimension: 500 },
      { until: 6000, save: { times: [] }, onProgress: (progress) => told.push(progress) },
    );
    expect(run.status).toBe("completed");
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toEqual({ fraction: 1, time: 6000 });
    told.forEach(({ fraction, time }, i) => {
      expect(fraction).toBeGreaterThanOrEqual(i > 0 ? told[i - 1].fraction : 0);
      expect(fraction).toBeLessThanOrEqual(1);
      expect(time / 6000).toBeCloseTo(fraction, 12);
    });
  });

  test("with from, progress counts what is left", async () => {
    const first = await simulate(simple, { until: 100 });
    const told: number[] = [];
    await simulate(simple, { until: 101, from: first.snapshot, onProgress: ({ fraction }) => told.push(fraction) });
    expect(told.at(-1)).toBe(1);
  });

  test("the event loop stays free", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const before = performance.now();
    await simulate({ ...simple, inputDimension: 500 }, { until: 3000, save: { times: [] } });
    const took = performance.now() - before;
    clearInterval(timer);
    // chunks aim at 8 ms; a loaded machine makes them longer, but a run never holds the loop for long
    expect(turns).toBeGreaterThan(took / 100);
  });
});
