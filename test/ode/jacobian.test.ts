// The Jacobian of the erf right-hand side against differences at 60 digits of an independent formula (test/fixtures/make-jacobian.py).
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { parametersOf } from "../../src/parameters.js";
import { problem as checked, type ProblemInput } from "../../src/problem.js";
import { packState } from "../../src/row.js";
import { loadCore } from "../../src/wasm/core.js";
import { OdeRun, type Terms } from "../../src/wasm/ode.js";
import { expectSameBits } from "../support/bits.js";
import { type TheoryState, theoryProblem } from "./vectors.js";

interface Fixture {
  readonly learningRate: number;
  readonly secondLearningRate: number;
  readonly weightDecay: number;
  readonly secondWeightDecay: number;
  readonly batchSize: number;
  readonly states: (TheoryState & { jacobian: number[][] })[];
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("../fixtures/jacobian.json", import.meta.url), "utf8"));
const { learningRate, weightDecay, batchSize } = fixture;
const secondLayer = { learningRate: fixture.secondLearningRate, weightDecay: fixture.secondWeightDecay };
const theory = await (await loadCore()).theory();
const debug = await (await loadCore(readFileSync(new URL("../../build/testing-debug.wasm", import.meta.url)))).theory();
const runs: OdeRun[] = [];
afterAll(() => {
  for (const run of runs) run.free();
});

function runOf(state: TheoryState, more: Partial<ProblemInput>, terms: Terms = "full", core = theory) {
  const problem = checked(theoryProblem(state, { learningRate, weightDecay, batchSize, secondLayer, ...more }));
  const y = packState({ M: state.M.flat(), Q: state.Q.flat(), a: state.a }, state.Q.length, state.T.length);
  const setup = { P: Float64Array.from(state.T.flat()), aStar: Float64Array.from(state.at), y, terms };
  const run = new OdeRun(core, parametersOf(problem), setup);
  runs.push(run);
  return { run, y };
}

const names = ["A", "B", "C", "C with a zero weight"];
describe.each(fixture.states.map((state, i) => ({ name: names[i], state })))("at state $name", ({ state }) => {
  const n = state.jacobian.length;
  const scale = Math.max(...state.jacobian.flat().map(Math.abs));

  it("is that of 60 digits, to rounding", () => {
    const { run, y } = runOf(state, {});
    const J = run.jacobian(0, y);
    expect(J.length).toBe(n * n);
    // sums of some n products of numbers of the largest size
    state.jacobian.flat().forEach((exact, i) => expect(Math.abs(J[i] - exact)).toBeLessThan(n * 2 ** -50 * scale));
  });

  it("without the second layer is its block of M and Q", () => {
    const { run, y } = runOf(state, { secondLayer: "fixed" });
    const J = run.jacobian(0, y);
    const active = n - state.a.length;
    expect(J.length).toBe(active * active);
    for (let i = 0; i < active; i++)
      for (let j = 0; j < active; j++) {
        expect(Math.abs(J[i * active + j] - state.jacobian[i][j])).toBeLessThan(n * 2 ** -50 * scale);
      }
  });

  it("is the sum of its terms' Jacobians", () => {
    const { run, y } = runOf(state, { secondLayer: "fixed" });
    const parts = (["gradient-flow", "noise"] as const).map((terms) =>
      runOf(state, { secondLayer: "fixed" }, terms).run.jacobian(0, y),
    );
    run
      .jacobian(0, y)
      .forEach((x, i) => expect(Math.abs(parts[0][i] + parts[1][i] - x)).toBeLessThan(2 ** -50 * scale));
  });

  it("has the same bits in the debug build", () => {
    const { run, y } = runOf(state, {});
    expectSameBits(runOf(state, {}, "full", debug).run.jacobian(0, y), run.jacobian(0, y));
  });
});
