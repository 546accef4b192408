// Integrations to late times and under schedules, by every method, against SciPy on another form of the equations (test/fixtures/make-late-times.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixedPoint, integrate, type ProblemInput, type Schedule, type Trajectory } from "../../src/index.js";
import { nn2ppProblem } from "./vectors.js";

interface Case {
  readonly name: string;
  readonly learningRate: number | Schedule;
  readonly times: number[];
  readonly risks: number[];
}

const cases: Case[] = JSON.parse(readFileSync(new URL("../fixtures/late-times.json", import.meta.url), "utf8"));
const { problem: n2 } = nn2ppProblem("N2_erf_K4M2_first_noise");
/** Explicit steps are some half a call of F a unit of time. */
const reach = { dopri5: 2e4, rodas5p: Number.POSITIVE_INFINITY, auto: Number.POSITIVE_INFINITY };

/**
 * How far the risk's relative error may be from the tolerance. Under the annealed rate the risk has fallen to 3e-6 at the last knot, a difference of overlaps
 * of order 1: relative changes of 1e-9 in them move it by 1e-3. Runs at rtol 0.9e-7 .. 1.1e-7 end there 22 to 172 tolerances off.
 */
const amplification: Readonly<Record<string, number>> = { log: 300 };

const relativeErrors = (found: readonly number[], exact: readonly number[]) =>
  found.map((risk, i) => Math.abs(risk / exact[i] - 1));

describe.each(cases)("N2 with the rate of $name", ({ name, learningRate, times, risks }) => {
  const problem: ProblemInput = { ...n2, learningRate };

  it.each(["auto", "rodas5p", "dopri5"] as const)(
    "%s: the risk follows the tolerance, at saved times and between",
    async (solver) => {
      const within = times.filter((t) => t <= reach[solver]);
      const until = within[within.length - 1];
      for (const rtol of [1e-5, 1e-7]) {
        const run = await integrate(problem, { until, rtol, solver, save: { times: within } });
        expect(run.status).toBe("completed");
        // the references are good to 1e-6
        expect(Math.max(...relativeErrors([...run.risk], risks))).toBeLessThan(
          (amplification[name] ?? 100) * rtol + 1e-6,
        );
        const few = await integrate(problem, { until, rtol, solver, save: { times: [until] } });
        const between = within.map((t) => few.at(t).risk);
        expect(Math.max(...relativeErrors(between, [...run.risk]))).toBeLessThan(1e-13);
      }
    },
  );
});

describe("step statistics", () => {
  const stepsOf = ({ statistics: { explicitSteps, implicitSteps, switches, jacobians } }: Trajectory) =>
    ({ explicitSteps, implicitSteps, switches, jacobians }) as Record<string, number>;

  it("auto starts explicit and goes on implicit, in steps that grow with the time", async () => {
    const [first, second] = await Promise.all(
      [1e6, 1e8].map((until) => integrate(n2, { until, rtol: 1e-6, save: { times: [until] } })),
    );
    expect(stepsOf(first).switches).toBe(1);
    expect(stepsOf(first).explicitSteps).toBeGreaterThan(0);
    expect(stepsOf(first).jacobians).toBe(stepsOf(first).implicitSteps);
    expect(stepsOf(second).explicitSteps).toBe(stepsOf(first).explicitSteps);
    // a hundred times the time costs a few steps
    expect(stepsOf(second).implicitSteps).toBeLessThan(stepsOf(first).implicitSteps + 50);
  });

  it("count one method where it is named", async () => {
    const explicit = stepsOf(await integrate(n2, { until: 100, solver: "dopri5" }));
    const implicit = stepsOf(await integrate(n2, { until: 100, solver: "rodas5p" }));
    expect([explicit.implicitSteps, explicit.switches, explicit.jacobians]).toEqual([0, 0, 0]);
    expect([implicit.explicitSteps, implicit.switches]).toEqual([0, 0]);
    expect(implicit.implicitSteps).toBeGreaterThan(0);
  });

  it("auto is dopri5, bit for bit, where nothing is stiff", async () => {
    const [auto, dopri5] = await Promise.all(
      (["auto", "dopri5"] as const).map((solver) => integrate(n2, { until: 300, solver, save: { times: [300] } })),
    );
    expect(auto.state(0)).toEqual(dopri5.state(0));
  });
});

describe("methods by name", () => {
  const both: ProblemInput = {
    inputDimension: 1000,
    studentWidth: 5,
    teacherWidth: 3,
    noiseVariance: 0.02,
    learningRate: { times: [0, 20], values: [0.6, 0.2], interpolation: "log" },
    secondLayer: { learningRate: { times: [1, 30], values: [0.3, 0.1], interpolation: "linear" }, weightDecay: 1e-3 },
    weightDecay: 1e-3,
    batchSize: 4,
  };

  it.each(["full", "gradient-flow", "noise"] as const)(
    "agree with both layers, decay, batches and schedules: %s",
    async (terms) => {
      const options = { until: 60, seed: 5, terms, rtol: 1e-9, save: { times: [0.5, 10, 25, 60] } };
      const [explicit, implicit] = await Promise.all(
        (["dopri5", "rodas5p"] as const).map((solver) => integrate(both, { ...options, solver })),
      );
      for (let i = 0; i < 4; i++) {
        const [x, y] = [explicit.state(i), implicit.state(i)];
        for (const part of ["M", "Q", "a"] as const) {
          x[part].forEach((value, n) => expect(Math.abs(value - y[part][n])).toBeLessThan(1e-7));
        }
      }
      for (const t of [0.7, 3.3, 19.9, 20.1, 47]) {
        expect(Math.abs(explicit.at(t).risk / implicit.at(t).risk - 1)).toBeLessThan(1e-7);
      }
    },
  );

  it("come to the fixed point that Newton finds", async () => {
    const problem: ProblemInput = {
      inputDimension: 1000,
      studentWidth: 2,
      teacherWidth: 2,
      noiseVariance: 0.04,
      learningRate: 0.3,
      start: { kind: "informed", perturbation: 0.3 },
    };
    const exact = await fixedPoint(problem, { near: "specialised" });
    for (const solver of ["rodas5p", "auto"] as const) {
      const run = await integrate(problem, { until: 1e7, rtol: 1e-8, solver, save: { times: [1e7] } });
      expect(Math.abs(run.risk[0] / exact.risk - 1)).toBeLessThan(1e-8);
    }
  });
});

describe("ends", () => {
  const aligned: ProblemInput = {
    inputDimension: 1000,
    studentWidth: 1,
    teacherWidth: 1,
    learningRate: 0,
    weightDecay: 0.25,
    start: { kind: "state", state: { P: [[1]], M: [[1]], Q: [[1]] } },
  };

  it.each(["dopri5", "rodas5p"] as const)(
    "lost positivity, by errors beyond what M^2 <= P Q allows: %s",
    async (solver) => {
      const save = { count: 40, spacing: "linear" as const };
      const run = await integrate(aligned, { until: 40, rtol: 0.1, atol: 0.1, solver, save });
      expect(run.status).toBe("indefinite");
      const last = run.time[run.length - 1];
      const { M, Q } = run.state(-1);
      expect(M[0] ** 2).toBeGreaterThan(Q[0]);
      expect(run.message).toBe(
        `Stopped at t = ${last}: Omega stopped being positive semi-definite; try a smaller rtol.`,
      );
      expect(() => run.at(last + 0.5)).toThrow(/nothing at t/);
      expect((await integrate(aligned, { until: 40, solver, save })).status).toBe("completed");
    },
  );

  it.each(["auto", "rodas5p"] as const)(
    "the step limit counts all steps, and what was computed is there: %s",
    async (solver) => {
      const run = await integrate(n2, {
        until: 1e8,
        rtol: 1e-6,
        solver,
        maxSteps: 120,
        save: { times: [0, 1, 10, 1e8] },
      });
      expect(run.status).toBe("step-limit");
      const { accepted, rejected, explicitSteps, implicitSteps } = run.statistics as Record<string, number>;
      expect(accepted + rejected).toBe(120);
      expect(explicitSteps + implicitSteps).toBe(120);
      expect([...run.time]).toEqual([0, 1, 10]);
      expect(run.at(50).risk).toBeLessThan(run.risk[2]);
    },
  );

  it("knots as close as numbers are do not stop a run", async () => {
    const times = [0, 5, 5 + 2 ** -50, 5 + 2 ** -49];
    for (const solver of ["dopri5", "rodas5p"] as const) {
      const run = await integrate(
        { ...n2, learningRate: { times, values: [0.2, 0.5, 0.1, 0.2] } },
        { until: 10, solver, save: { times: [10] } },
      );
      const plain = await integrate({ ...n2, learningRate: 0.2 }, { until: 10, save: { times: [10] } });
      expect(run.status).toBe("completed");
      expect(Math.abs(run.risk[0] / plain.risk[0] - 1)).toBeLessThan(1e-7);
    }
  });
});
