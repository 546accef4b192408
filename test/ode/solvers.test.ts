// What the methods are: orders of steps and of dense output, L-stability, the same bits however they are driven.
import { describe, expect, it } from "vitest";
import { expectSameBits } from "../support/bits.js";
import { loadCore } from "../support/core.js";
import { type Setup, SolverRun } from "../support/solver.js";

const core = loadCore("release");
const solvers = ["dopri5", "rodas5p"] as const;
/** A3: y' = y cos t, solved by e^sin t. */
const wave = { name: "A3", start: [1], rtol: 0.1, atol: 1 } as const;
const exactWave = (t: number) => Math.exp(Math.sin(t));
const order = (coarse: number, fine: number) => Math.log2(coarse / fine);

describe.each(solvers)("%s", (solver) => {
  it("is of order 5", () => {
    const errorOf = (steps: number) => {
      const run = new SolverRun(core, { ...wave, solver });
      for (let i = 0; i < steps; i++) run.step(2 / steps);
      return Math.abs(run.state[0] - exactWave(2));
    };
    const [coarse, , fine] = [16, 32, 64].map(errorOf);
    expect(order(coarse, fine) / 2).toBeGreaterThan(4.8);
    expect(order(coarse, fine) / 2).toBeLessThan(5.3);
  });

  it("has dense output of order 4: the error within one step falls with the fifth power of its length", () => {
    const errorOf = (h: number) => {
      const parts = [0.15, 0.35, 0.5, 0.65, 0.85];
      const run = new SolverRun(core, { ...wave, solver, times: parts.map((s) => s * h) });
      run.step(h);
      return Math.max(...parts.map((_, i) => Math.abs(run.row(i)[1] - exactWave(run.row(i)[0]))));
    };
    const [coarse, , fine] = [0.2, 0.1, 0.05].map(errorOf);
    expect(order(coarse, fine) / 2).toBeGreaterThan(4.6);
    expect(order(coarse, fine) / 2).toBeLessThan(5.4);
  });

  it("does not depend on how it is driven", () => {
    const whole = new SolverRun(core, { name: "E2", start: [2, 0], rtol: 1e-7, solver });
    whole.advance(20);
    const cut = new SolverRun(core, { name: "E2", start: [2, 0], rtol: 1e-7, solver });
    while (cut.advance(20, 1) !== "reached");
    expectSameBits(cut.state, whole.state);
    expect(cut.steps).toBe(whole.steps);
  });

  it("takes a last step however short it is", () => {
    const run = new SolverRun(core, { ...wave, solver });
    for (const until of [1e-290, 1, 1 + 2 ** -52, 1 + 2 ** -51]) {
      expect(run.advance(until)).toBe("reached");
      expect(run.block.get("t")).toBe(until);
    }
  });

  it.each(["B4", "C1", "D3", "E3"])("has the same bits in the debug build on %s", (name) => {
    const start: Record<string, number[]> = {
      B4: [3, 0, 0],
      C1: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      D3: [0.5, 0, 0, Math.sqrt(3)],
      E3: [0, 0],
    };
    const setup: Setup = { name, start: start[name], rtol: 1e-6, solver, times: [0.7, 5, 20] };
    const [release, debug] = [core, loadCore("debug")].map((each) => {
      const run = new SolverRun(each, setup);
      expect(run.advance(20)).toBe("reached");
      return run;
    });
    for (let i = 0; i < 3; i++) expectSameBits(debug.row(i), release.row(i));
  });

  it("stops at the limit of steps, and says so", () => {
    const run = new SolverRun(core, {
      name: "D5",
      start: [0.1, 0, 0, Math.sqrt(19)],
      rtol: 1e-8,
      solver,
      stepLimit: 30,
    });
    expect(run.advance(20)).toBe("step-limit");
    expect(run.steps).toBe(30);
  });

  it("ends where the solution does: E5 has a pole at t = 25", () => {
    const run = new SolverRun(core, { name: "E5", start: [0, 0], rtol: 1e-6, solver });
    expect(["diverged", "stalled"]).toContain(run.advance(30));
    expect(Math.abs(run.block.get("t") - 25)).toBeLessThan(1e-3);
  });
});

describe("rodas5p on Prothero & Robinson's problem", () => {
  it.each([-1, -1e3, -1e6, -1e9, -1e12])("keeps the tolerance at rate %d, in as few steps", (parameter) => {
    const rtol = 1e-6;
    const run = new SolverRun(core, { name: "tracking", start: [0], rtol, atol: rtol, parameter, solver: "rodas5p" });
    run.advance(10);
    expect(Math.abs(run.state[0] - Math.sin(10))).toBeLessThan(20 * rtol);
    expect(run.steps).toBeLessThan(150);
  });

  it("damps at once what is not on the slow solution", () => {
    const run = new SolverRun(core, { ...wave, name: "tracking", start: [5], parameter: -1e12, solver: "rodas5p" });
    run.step(0.1);
    run.step(0.1);
    expect(Math.abs(run.state[0] - Math.sin(0.2))).toBeLessThan(1e-6);
  });
});

describe("rodas5p in parts", () => {
  const setup = { name: "HIRES", start: [1, 0, 0, 0, 0, 0, 0, 0.0057], rtol: 1e-5, solver: "rodas5p" } as const;

  it.each(["own", "differences"] as const)("has the same bits as at once: with its %s Jacobian", (jacobian) => {
    const whole = new SolverRun(core, { ...setup, jacobian });
    expect(whole.advance(10)).toBe("reached");
    // a function so dear that each call of it is a part
    const parts = new SolverRun(core, { ...setup, jacobian, evaluationCost: 1e6 });
    let calls = 1;
    for (; parts.advance(10, 1) !== "reached"; calls++);
    expectSameBits(parts.state, whole.state);
    expect(parts.steps).toBe(whole.steps);
    expect(calls).toBeGreaterThan((jacobian === "own" ? 9 : 18) * whole.steps);
  });

  it("costs as many evaluations as stages, and one a column where the Jacobian is by differences", () => {
    const [own, differences] = (["own", "differences"] as const).map((jacobian) => {
      const run = new SolverRun(core, { ...setup, jacobian });
      run.advance(10);
      return { steps: run.steps, evaluations: run.block.get("evaluations") };
    });
    // two to guess the first step
    expect(own.evaluations).toBe(8 * own.steps + 2);
    expect(differences.evaluations).toBe((7 + 10) * differences.steps + 2);
  });
});

describe("switching", () => {
  const setup = { name: "HIRES", start: [1, 0, 0, 0, 0, 0, 0, 0.0057], rtol: 1e-5, atol: 1e-8 } as const;

  it("starts explicit, and goes on implicit where steps are held back", () => {
    const run = new SolverRun(core, { ...setup, solver: "auto" });
    run.advance(321.8122);
    const explicit = new SolverRun(core, { ...setup, solver: "dopri5" });
    explicit.advance(321.8122);
    expect(run.block.get("switches")).toBeGreaterThan(0);
    expect(run.block.get("dopri5Accepted")).toBeGreaterThan(0);
    expect(run.block.get("rodas5pAccepted")).toBeGreaterThan(0);
    expect(run.steps).toBeLessThan(explicit.steps / 3);
  });

  it("comes back where implicit steps do not pay", () => {
    // the relaxation oscillator is stiff between its jumps and not in them
    const run = new SolverRun(core, { name: "van der Pol", start: [2, 0], rtol: 1e-4, atol: 1e-7, solver: "auto" });
    expect(run.advance(2)).toBe("reached");
    expect(run.block.get("switches")).toBeGreaterThan(2);
  });

  it("leaves problems that are not stiff alone, bit for bit", () => {
    for (const [name, start] of [
      ["B1", [1, 3]],
      ["D2", [0.7, 0, 0, Math.sqrt(1.3 / 0.7)]],
      ["E2", [2, 0]],
    ] as const) {
      const [auto, explicit] = (["auto", "dopri5"] as const).map((solver) => {
        const run = new SolverRun(core, { name, start: [...start], rtol: 1e-8, solver });
        run.advance(20);
        return run;
      });
      expect(auto.block.get("switches")).toBe(0);
      expectSameBits(auto.state, explicit.state);
    }
  });
});
