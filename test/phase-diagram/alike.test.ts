// The ODE of units that are all alike, three numbers, against the ODE of p units.
import { describe, expect, it } from "vitest";
import { integrate, type ProblemInput } from "../../src/index.js";
import { type Alike, AlikeUnits } from "../../src/phase-diagram/alike.js";
import { loadCore } from "../../src/wasm/core.js";

const core = await loadCore();

/** Q of units alike, p x p. */
const normsOf = (p: number, [, q, r]: Alike) => Array.from({ length: p * p }, (_, at) => (at % (p + 1) === 0 ? q : r));

describe.each(["erf", "relu"] as const)("%s units that are all alike", (activation) => {
  it.each([1, 2, 3, 4, 5, 9])("%s of them are the ODE of that width", async (p) => {
    const start: Alike = [0.1, 1, 0.05];
    const problem: ProblemInput = {
      inputDimension: 1e6,
      studentWidth: p,
      teacherWidth: 1,
      activation,
      scaling: "mean-field",
      learningRate: 1.2 * p,
      noiseVariance: 0.3,
      start: { kind: "state", state: { P: [1], M: Array(p).fill(start[0]), Q: normsOf(p, start) } },
    };
    const run = await integrate(problem, { until: 2, save: { times: [2] }, rtol: 1e-11 });
    const units = await AlikeUnits.of(core, p, activation, 0.3);
    const end = units.flow(start, 2, { gradient: 1.2 * p, noise: (1.2 * p) ** 2 });
    const { M, Q, risk } = run.state(0);
    // Runge-Kutta of order 4 with 24 steps a time in which units move: 24^-4 = 3e-6 of what moves, and less by its constant
    expect(Math.abs(end[0] - M[p - 1])).toBeLessThan(2e-6);
    expect(Math.abs(end[1] - Q[0])).toBeLessThan(2e-6);
    if (p > 1) expect(Math.abs(end[2] - Q[1])).toBeLessThan(2e-6);
    expect(Math.abs(units.risk(end) - risk)).toBeLessThan(2e-6);
    units.free();
  });
});

it("order 4: the error falls by 16 as the time in which units move is halved, down to 1e-9", async () => {
  const units = await AlikeUnits.of(core, 6, "erf", 0.1);
  const rates = { gradient: 6, noise: 36 };
  const exact = halves(units, 64);
  const [coarse, fine] = [halves(units, 1), halves(units, 2)].map((y) => Math.abs(y[1] - exact[1]));
  expect(coarse / fine).toBeGreaterThan(10);
  expect(coarse / fine).toBeLessThan(24);
  units.free();

  /** Two times units of time in so many pieces, each of which takes four steps at least. */
  function halves(of: AlikeUnits, pieces: number): Alike {
    let y: Alike = [0, 1, 0];
    for (let i = 0; i < 24 * pieces; i++)
      y = of.flow(y, 0.5 / pieces, { ...rates, gradient: rates.gradient / 10, noise: rates.noise / 10 });
    return y;
  }
});
