// The solvers' exam: the published non-stiff set and three stiff problems (test/fixtures/make-ode-problems.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadCore } from "../support/core.js";
import { type Setup, SolverRun } from "../support/solver.js";

interface Problem {
  readonly start: number[];
  readonly until: number;
  readonly end: number[];
  /** What an error of one tolerance anywhere on the way may become at the end; of the non-stiff ones. */
  readonly amplification: number;
}

const problems: Record<string, Problem> = JSON.parse(
  readFileSync(new URL("../fixtures/ode-problems.json", import.meta.url), "utf8"),
);
const stiff = ["Robertson", "van der Pol", "HIRES"];
const smooth = Object.keys(problems).filter((name) => !stiff.includes(name));
const core = loadCore("release");

/** A run to the end, and its error there in units of the tolerance: |y - exact| / (atol + rtol |exact|), the largest. */
function solve(name: string, setup: Omit<Setup, "name" | "start"> & { atol: number }) {
  const { start, until, end } = problems[name];
  const run = new SolverRun(core, { ...setup, name, start });
  expect(run.advance(until)).toBe("reached");
  const { rtol, atol } = setup;
  const { state } = run;
  const errors = end.map((exact, i) => Math.abs(state[i] - exact) / (atol + rtol * Math.abs(exact)));
  return { error: Math.max(...errors), run };
}

describe.each(["dopri5", "rodas5p", "auto"] as const)("%s on the non-stiff set of Hull et al.", (solver) => {
  it.each(smooth)("%s: the error follows the tolerance", (name) => {
    for (const rtol of [1e-4, 1e-6, 1e-8, 1e-10]) {
      const { error, run } = solve(name, { solver, rtol, atol: rtol });
      // each step errs by a tolerance at most, if its estimate is right, and few of them matter
      expect(error).toBeLessThan(Math.min(20, run.steps) * problems[name].amplification);
    }
  });

  it.each(smooth)("%s: five orders of tolerance cost as a method of order 5 does", (name) => {
    const [coarse, fine] = [1e-5, 1e-10].map((rtol) => solve(name, { solver, rtol, atol: rtol }).run.steps);
    // steps of length tolerance^(1/5): ten times as many, plus those that start the run
    expect(fine).toBeLessThan(10 * 1.5 * coarse + 30);
  });
});

describe.each(["rodas5p", "auto"] as const)("%s on stiff problems", (solver) => {
  it.each(stiff)("%s: the error is within the tolerance", (name) => {
    for (const rtol of [1e-4, 1e-6, 1e-8, 1e-10]) {
      expect(solve(name, { solver, rtol, atol: rtol * 1e-5 }).error).toBeLessThan(2);
    }
  });

  // not Robertson's: its second number goes to 1e-13, far below the increments of differences, and a Rosenbrock method counts on its Jacobian
  it.each(["van der Pol", "HIRES"])("%s: with a Jacobian by differences too", (name) => {
    const setup = { solver, rtol: 1e-6, atol: 1e-11 };
    const own = solve(name, setup);
    const differences = solve(name, { ...setup, jacobian: "differences" });
    expect(differences.error).toBeLessThan(2);
    expect(differences.run.steps).toBeLessThan(1.2 * own.run.steps + 10);
  });
});

it.each(stiff)("%s is out of reach of explicit steps, and not of others", (name) => {
  const { start, until } = problems[name];
  const setup = { name, start, rtol: 1e-4, atol: 1e-9 };
  const [implicit, auto] = (["rodas5p", "auto"] as const).map((solver) => {
    const run = new SolverRun(core, { ...setup, solver });
    expect(run.advance(until)).toBe("reached");
    return run.steps;
  });
  const explicit = new SolverRun(core, { ...setup, solver: "dopri5", stepLimit: 5 * auto });
  expect(explicit.advance(until)).toBe("step-limit");
  expect(auto).toBeLessThan(2 * implicit);
});
