import { describe, expect, it } from "vitest";
import { integrate, type ProblemInput, rightHandSide, type Schedule, SgdDynamicsError } from "../../src/index.js";

const base: ProblemInput = {
  inputDimension: 500,
  studentWidth: 3,
  teacherWidth: 2,
  noiseVariance: 0.05,
  learningRate: 0.4,
};
const asStart = (state: {
  P: Float64Array;
  M: Float64Array;
  Q: Float64Array;
  a: Float64Array;
  aStar: Float64Array;
}) => ({ kind: "state" as const, state });

function deviation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return Math.max(...Array.from(x, (value, i) => Math.abs(value - y[i])));
}

describe("step-size control", () => {
  it("has a global error that follows the tolerance", async () => {
    const errorAt = async (rtol: number) => {
      const run = await integrate(base, { until: 50, seed: 3, rtol, save: { times: [50] } });
      return deviation(run.state(0).Q, exact.state(0).Q);
    };
    const exact = await integrate(base, { until: 50, seed: 3, rtol: 1e-13, save: { times: [50] } });
    const errors = await Promise.all([1e-4, 1e-6, 1e-8, 1e-10].map(errorAt));
    errors.forEach((error, i) => expect(error).toBeLessThan(30 * [1e-4, 1e-6, 1e-8, 1e-10][i]));
    expect(errors[3]).toBeLessThan(errors[0] / 1e4);
  });

  it("has dense output of order 4: its error is that of the steps, at any time between them", async () => {
    const run = await integrate(base, { until: 20, seed: 3, rtol: 1e-9, save: { times: [0, 20] } });
    const times = Array.from({ length: 57 }, (_, i) => 0.01 + i * 0.35);
    const tight = await integrate(base, { until: 20, seed: 3, rtol: 1e-13, save: { times } });
    times.forEach((t, i) => expect(deviation(run.at(t).M, tight.state(i).M)).toBeLessThan(3e-8));
  });

  it("saves the requested times exactly, and takes the same steps whatever is saved", async () => {
    const times = [0, 0.1, 1 / 3, 7, 7, 19.999, 20];
    const few = await integrate(base, { until: 20, seed: 3, save: { times: [20] } });
    const many = await integrate(base, { until: 20, seed: 3, save: { times } });
    expect([...many.time]).toEqual(times);
    expect(many.statistics).toEqual(few.statistics);
    expect(many.state(-1)).toEqual(few.state(-1));
  });
});

describe("schedules", () => {
  it("a constant piece after another is one run after another, bit for bit up to the first steps' choice", async () => {
    const schedule: ProblemInput = {
      ...base,
      learningRate: { times: [0, 5], values: [0.4, 0.1], interpolation: "constant" },
    };
    const whole = await integrate(schedule, { until: 12, seed: 2, rtol: 1e-12, save: { times: [5, 12] } });
    const first = await integrate(base, { until: 5, seed: 2, rtol: 1e-12, save: { times: [5] } });
    const second = await integrate(
      { ...base, learningRate: 0.1, start: asStart(first.state(0)) },
      { until: 7, rtol: 1e-12, save: { times: [7] } },
    );
    expect(deviation(whole.state(0).Q, first.state(0).Q)).toBeLessThan(1e-10);
    expect(deviation(whole.state(1).Q, second.state(0).Q)).toBeLessThan(1e-10);
  });

  it.each([
    ["linear", (s: number) => 0.4 + s * (0.05 - 0.4)],
    ["log", (s: number) => 0.4 * (0.05 / 0.4) ** s],
  ] as const)("%s interpolation gives the rate between its values", async (interpolation, rateAt) => {
    const learningRate: Schedule = { times: [2, 10], values: [0.4, 0.05], interpolation };
    const { state } = await integrate(base, { until: 0, seed: 2, save: { times: [0] } }).then((run) => ({
      state: run.state(0),
    }));
    for (const [time, s] of [
      [0, 0],
      [2, 0],
      [4, 0.25],
      [9, 0.875],
      [10, 1],
      [50, 1],
    ]) {
      const scheduled = await rightHandSide({ ...base, learningRate }, state, { time });
      const constant = await rightHandSide({ ...base, learningRate: rateAt(s) }, state);
      expect(deviation(scheduled.Q, constant.Q)).toBeLessThan(1e-14);
    }
  });
});

describe("terms", () => {
  it("noise freezes M and a, and moves Q by the noise alone", async () => {
    const run = await integrate(
      { ...base, secondLayer: { learningRate: 0.1 } },
      { until: 3, seed: 1, terms: "noise", save: { times: [0, 3] } },
    );
    expect(run.state(1).M).toEqual(run.state(0).M);
    expect(run.state(1).a).toEqual(run.state(0).a);
    expect(run.state(1).Q[0]).toBeGreaterThan(run.state(0).Q[0]);
  });

  it("gradient flow never raises the risk", async () => {
    const run = await integrate(base, { until: 200, seed: 1, terms: "gradient-flow" });
    for (let i = 1; i < run.length; i++) expect(run.risk[i]).toBeLessThanOrEqual(run.risk[i - 1] * (1 + 1e-9));
  });
});

describe("ends", () => {
  it("ends at the step limit with what was computed", async () => {
    const run = await integrate(base, { until: 1000, seed: 1, maxSteps: 20 });
    expect(run.status).toBe("step-limit");
    expect(run.statistics.accepted).toBe(20);
    expect(run.length).toBeGreaterThan(1);
    expect(run.message).toContain("maxSteps");
  });

  it("diverges where no bounded solution is, and keeps the rows before", async () => {
    // the second layer alone at a rate for which da/dt = gamma_a sig grows without bound: a decay of the wrong sign is not allowed, a huge rate is
    const run = await integrate({ ...base, learningRate: 1e9 }, { until: 1e6, seed: 1, save: { count: 50 } });
    expect(run.status).toBe("diverged");
    expect(run.length).toBeGreaterThan(0);
    expect(run.risk.every(Number.isFinite)).toBe(true);
  });

  it("resolves an abort with the rows so far, and hears it while it works", async () => {
    const control = new AbortController();
    const wide: ProblemInput = { ...base, studentWidth: 12, teacherWidth: 4 };
    const run = await integrate(wide, {
      until: 1e5,
      seed: 1,
      rtol: 1e-12,
      signal: control.signal,
      onProgress: ({ fraction }) => fraction > 0 && control.abort(),
    });
    expect(run.status).toBe("aborted");
    expect(run.length).toBeGreaterThan(0);
  });

  it("leaves the event loop free", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await integrate({ ...base, studentWidth: 12, teacherWidth: 4 }, { until: 60, seed: 1, rtol: 1e-11 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  it("refuses what it cannot do with a sentence", async () => {
    const spectrum = [{ variance: 1, multiplicity: 100 }];
    await expect(integrate({ ...base, inputDimension: 100, inputs: { spectrum } }, { until: 1 })).rejects.toThrow(
      /isotropic.*simulate/,
    );
    await expect(integrate(base, { until: -1 })).rejects.toThrow(/until is -1; allowed/);
    await expect(integrate(base, { until: 1, rtl: 1e-3 } as never)).rejects.toThrow(
      /no option "rtl"; allowed: until, save/,
    );
    const error = await integrate(base, { until: 1, save: { times: [2] } }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SgdDynamicsError);
    expect((error as SgdDynamicsError).code).toBe("invalid-argument");
  });
});
