// Results must not depend on the clock, which sets the chunks; and work must be cut so that others are heard.
import { afterEach, describe, expect, test, vi } from "vitest";
import { integrate, type ProblemInput, simulate, type Trajectory } from "../../src/index.js";

afterEach(() => vi.restoreAllMocks());

/** A clock on which every look takes `step` ms: chunks of one unit, or chunks that grow without end. */
async function withClock(step: number, work: () => Promise<Trajectory>): Promise<Trajectory> {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += step;
    return now;
  });
  try {
    return await work();
  } finally {
    vi.restoreAllMocks();
  }
}

function rowsOf(run: Trajectory) {
  return Array.from(run.time, (t, i) => [t, run.risk[i], ...run.state(i).M, ...run.state(i).Q, ...run.state(i).a]);
}

describe("results do not depend on the clock", () => {
  // schedules with jumps make the stepper reject, which a chunk's end must not forget
  const jumps = (n: number): ProblemInput => ({
    inputDimension: 60,
    studentWidth: 3,
    teacherWidth: 2,
    noiseVariance: 0.02,
    learningRate: {
      times: Array.from({ length: 12 }, (_, i) => i * (0.7 + 0.1 * n)),
      values: Array.from({ length: 12 }, (_, i) => 0.05 + ((7 * i + 3 * n) % 11) / 6),
    },
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("an integration with jumps, %i", async (n) => {
    const work = () => integrate(jumps(n), { until: 15, seed: n, rtol: 1e-6, save: { count: 15 } });
    const slow = await withClock(100, work);
    const fast = await withClock(1e-9, work);
    expect(slow.statistics.rejected).toBeGreaterThan(0);
    expect(slow.statistics).toEqual(fast.statistics);
    expect(rowsOf(slow)).toEqual(rowsOf(fast));
  });

  test("a simulation with batches", async () => {
    const work = () => simulate({ ...jumps(1), batchSize: 3 }, { until: 6, seed: 1, save: { count: 30 } });
    expect(rowsOf(await withClock(100, work))).toEqual(rowsOf(await withClock(1e-9, work)));
  });
});

describe("others are heard", () => {
  test("an abort after many early rows, which make every chunk short", async () => {
    const control = new AbortController();
    setTimeout(() => control.abort(), 100);
    const early = Array.from({ length: 40 }, (_, i) => i / 1000);
    const p = { inputDimension: 1000, studentWidth: 4, teacherWidth: 2 };
    const run = await simulate(p, { until: 1e6, save: { times: [...early, 1e6] }, signal: control.signal });
    expect(run.status).toBe("aborted");
    expect(run.length).toBe(40);
  });

  test("an abort while wide weights are laid out", async () => {
    const control = new AbortController();
    setTimeout(() => control.abort(), 50);
    const p = { inputDimension: 1e5, studentWidth: 96, teacherWidth: 8 };
    const began = performance.now();
    const run = await simulate(p, { until: 1, method: "dense", signal: control.signal });
    expect(run.status).toBe("aborted");
    expect([...run.time]).toEqual([0]);
    // the whole lay-out takes seconds
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test("aborts while weights are laid out give their memory back: 55 of 83 MB would be more than there is", async () => {
    const p = { inputDimension: 1e5, studentWidth: 96, teacherWidth: 8 };
    for (let i = 0; i < 55; i++) {
      const control = new AbortController();
      setTimeout(() => control.abort(), 0);
      expect((await simulate(p, { until: 1, method: "dense", signal: control.signal })).status).toBe("aborted");
    }
  });

  test("a timer between 20,000 rows at one time", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const p = { inputDimension: 100, studentWidth: 2, teacherWidth: 1 };
    await simulate(p, { until: 0, save: { times: new Float64Array(20_000) } });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});

describe("what left all bounds has diverged, though erf keeps the residual small", () => {
  const base = { inputDimension: 50, studentWidth: 3, teacherWidth: 2 };
  test.each<[string, Partial<ProblemInput>]>([
    ["a huge learning rate", { learningRate: 1e300 }],
    ["a decay that overshoots", { weightDecay: 1e6 }],
    ["a huge start", { start: { kind: "random", scale: 1e200 } }],
  ])("%s", async (_, more) => {
    const run = await simulate({ ...base, ...more }, { until: 10, seed: 1 });
    expect(run.status).toBe("diverged");
    expect(run.risk.every(Number.isFinite)).toBe(true);
    expect(run.message).toContain("weight decay");
  });
});

test("a schedule of 200,000 knots is taken", async () => {
  const times = Float64Array.from({ length: 200_000 }, (_, i) => i);
  const p = {
    inputDimension: 50,
    studentWidth: 1,
    teacherWidth: 1,
    learningRate: { times, values: times.map(() => 0.1) },
  };
  expect((await integrate(p, { until: 2, save: { times: [2] } })).status).toBe("completed");
});
