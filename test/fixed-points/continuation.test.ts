import { describe, expect, it } from "vitest";
import { Branch, type End, type Family } from "../../src/fixed-points/continuation.js";
import { continueFixedPoint, fixedPoint, integrate, type ProblemInput } from "../../src/index.js";
import type { Field } from "../../src/wasm/field.js";
import { expectError } from "../support/errors.js";
import { fieldOf } from "../support/field.js";
import { finished } from "../support/generators.js";

/** Values reached with their z, and the end. */
function followed(
  size: number,
  F: (z: Float64Array, v: number) => readonly number[],
  start: readonly number[],
  values: readonly number[],
  more: Partial<Field> = {},
): { reached: [number, ...number[]][]; end: End } {
  const family: Family = (v, use) => use(fieldOf(size, (z) => F(z, v), more));
  const branch = new Branch(family, size, Math.abs(values[values.length - 1] - values[0]));
  const reached: [number, ...number[]][] = [];
  // biome-ignore lint/correctness/useYield: a visit may pause and need not
  const visit = function* (v: number, z: Float64Array) {
    reached.push([v, ...z]);
  };
  const end = finished(branch.follow(Float64Array.from(start), values, visit));
  return { reached, end };
}

describe("branches of known equations", () => {
  it("pass through every value", () => {
    const values = [1, 1.5, 4, 9, 9.1, 30];
    const { reached, end } = followed(2, ([x, y], v) => [x * x - v, y - x], [1, 1], values);
    expect(end.kind).toBe("completed");
    expect(reached.map(([v]) => v)).toEqual(values.slice(1));
    for (const [v, x, y] of reached) {
      expect(Math.abs(x - Math.sqrt(v))).toBeLessThan(1e-13);
      expect(Math.abs(y - x)).toBeLessThan(1e-13);
    }
  });

  it("end in a fold, found to nine digits", () => {
    const { reached, end } = followed(
      2,
      ([x, y], v) => [v + 0.3 - (x - 2) ** 2 - y, y - 0.1],
      [2 + Math.sqrt(1.2), 0.1],
      [1, 0, -1],
    );
    expect(reached.map(([v]) => v)).toEqual([0]);
    expect(end.kind).toBe("fold");
    expect(Math.abs(end.v + 0.2)).toBeLessThan(1e-9);
    expect(Math.abs(end.z[0] - 2)).toBeLessThan(1e-5);
  });

  it("tell a pitchfork from a fold", () => {
    const { end } = followed(1, ([x], v) => [x * (v - x * x)], [1], [1, -1]);
    expect(end.kind).toBe("pitchfork");
    expect(Math.abs(end.v)).toBeLessThan(1e-9);
    // the branch x = 0 goes on through it
    expect(followed(1, ([x], v) => [x * (v - x * x)], [0], [1, -1]).end.kind).toBe("completed");
  });

  it("end where they leave the states, or for infinity", () => {
    const leaving = followed(1, ([x], v) => [x - v], [1], [1, 0.5, -1], { isState: ([x]) => x >= 0 });
    expect(leaving.reached).toEqual([[0.5, 0.5]]);
    expect(leaving.end.kind).toBe("edge");
    expect(Math.abs(leaving.end.v)).toBeLessThan(1e-8);
    const pole = followed(1, ([x], v) => [v - 1 / (1 + x)], [0], [1, -1]);
    expect(pole.end.kind).toBe("unbounded");
    expect(Math.abs(pole.end.v)).toBeLessThan(1e-2);
  });

  it("are lost where the equations end", () => {
    const { end } = followed(1, ([x], v) => [v > 0.3 ? x - v : Number.NaN], [1], [1, 0]);
    expect(end.kind).toBe("lost");
    expect(end.v).toBeGreaterThan(0.3);
  });
});

const base: ProblemInput = { inputDimension: 1e6, studentWidth: 2, teacherWidth: 2, learningRate: 0.2 };

describe("continueFixedPoint", () => {
  it("gives at each value what fixedPoint gives there", async () => {
    const problem = { ...base, noiseVariance: 1e-3 };
    const values = [0.2, 0.7, 1.3, 1.9];
    const branch = await continueFixedPoint(problem, { near: "specialised", parameter: "learningRate", values });
    expect(branch.status).toBe("completed");
    expect(branch.end).toBeUndefined();
    for (const [i, point] of branch.points.entries()) {
      const alone = await fixedPoint({ ...problem, learningRate: values[i] }, { near: "specialised" });
      expect(point.value).toBe(values[i]);
      expect(point.status).toBe("isolated");
      expect(Math.abs(point.risk - alone.risk)).toBeLessThan(1e-14);
      expect(Math.abs(point.eigenvalues[0].re - alone.eigenvalues[0].re)).toBeLessThan(1e-11);
      expect(point.stable).toBe(true);
    }
  });

  it("passes the maximal learning rate: without noise the solution stays and loses stability", async () => {
    const values = [2.2, 2.3, 2.31, 2.4];
    const { points } = await continueFixedPoint(base, { near: "specialised", parameter: "learningRate", values });
    expect(points.map(({ stable }) => stable)).toEqual([true, true, false, false]);
    // rounding of the drift, 1e-15, over its slowest rate, 3e-3
    for (const { risk, state } of points) {
      expect(risk).toBeLessThan(1e-12);
      expect(Math.abs(state.Q[0] - 1)).toBeLessThan(1e-11);
    }
  });

  it("finds weight decay's pitchfork, where the plateau's escape rate is zero", async () => {
    const problem = { ...base, noiseVariance: 0.1 };
    const { status, end, points, message } = await continueFixedPoint(problem, {
      near: "specialised",
      parameter: "weightDecay",
      values: [0, 0.005, 0.01, 0.03],
    });
    expect(status).toBe("pitchfork");
    expect(message).toMatch(/higher symmetry at weightDecay = 0\.0108/);
    expect(points.map(({ value }) => value)).toEqual([0, 0.005, 0.01]);
    expect(Math.abs(end!.state.M[0] - end!.state.M[1])).toBeLessThan(1e-4);
    const rate = async (weightDecay: number) => {
      const { eigenvalues, state } = await fixedPoint({ ...problem, weightDecay }, { near: end!.state });
      return { rate: eigenvalues[0].re, split: Math.abs(state.M[0] - state.M[1]) };
    };
    // at the pitchfork the symmetric solution's specialising eigenvalue crosses zero, with a slope of about one
    const above = await rate(end!.value + 1e-4);
    expect(above.split).toBeLessThan(1e-12);
    expect(above.rate).toBeLessThan(0);
    expect(above.rate).toBeGreaterThan(-1e-3);
    // the branch is where the ODE rests, on both sides
    for (const { value, state } of [...points.slice(1), { value: 0.012, state: undefined }]) {
      const run = await integrate(
        { ...problem, weightDecay: value, start: { kind: "informed" } },
        { until: 3e4, save: { times: [3e4] }, dense: false },
      );
      const { M } = run.state(0);
      if (state) M.forEach((x, i) => expect(Math.abs(x - state.M[i])).toBeLessThan(1e-6));
      else expect(Math.abs(M[0] - M[1])).toBeLessThan(1e-4);
    }
  });

  it("finds a fold: just before it an eigenvalue is near zero, beyond it the fixed point is gone", async () => {
    const problem = { ...base, studentWidth: 4, noiseVariance: 0.01 };
    const { status, end, points } = await continueFixedPoint(problem, {
      near: "specialised",
      parameter: "learningRate",
      values: [0.5, 0.9, 1.2],
    });
    expect(status).toBe("fold");
    expect(points.length).toBe(2);
    const at = async (offset: number) =>
      fixedPoint({ ...problem, learningRate: end!.value * (1 + offset) }, { near: end!.state });
    const slowest = async (offset: number) => {
      const { status, eigenvalues } = await at(offset);
      expect(status).not.toBe("not-found");
      return Math.min(...eigenvalues.map(({ re, im }) => Math.abs(re) + Math.abs(im)));
    };
    // near a fold the eigenvalue goes as the root of the distance, up to the next order, that of the root itself
    const ratio = (await slowest(-1e-4)) / (await slowest(-2.5e-5));
    expect(Math.abs(ratio - 2)).toBeLessThan(0.1);
    for (const offset of [1e-4, 1e-2]) expect((await at(offset)).status).toBe("not-found");
  });

  it("says where norms go to infinity, and where students become identical", async () => {
    const one = { ...base, studentWidth: 1, teacherWidth: 1, noiseVariance: 0.1 };
    const unbounded = await continueFixedPoint(one, {
      near: "specialised",
      parameter: "learningRate",
      values: [0.5, 5, 10],
    });
    expect(unbounded.status).toBe("unbounded");
    expect(unbounded.points.length).toBe(2);
    const plateau = await continueFixedPoint(
      { ...base, noiseVariance: 0.01 },
      { near: "symmetric", parameter: "weightDecay", values: [0, 0.1] },
    );
    expect(plateau.status).toBe("edge");
    const { Q } = plateau.end!.state;
    expect(Math.abs(Q[0] - Q[1])).toBeLessThan(1e-6);
  });

  it("follows label noise down to none, where the risk is asymptotically linear", async () => {
    const values = [1e-2, 1e-3, 1e-4, 0];
    const { points } = await continueFixedPoint(base, { near: "specialised", parameter: "noiseVariance", values });
    const ratios = points.slice(0, 3).map(({ risk, value }) => risk / value);
    expect(Math.abs(ratios[2] / ratios[1] - 1)).toBeLessThan(2e-3);
    expect(points[3].risk).toBeLessThan(1e-15);
  });

  it("is aborted with the points so far, and refuses what it cannot follow", async () => {
    const control = new AbortController();
    control.abort();
    const options = { near: "specialised", parameter: "noiseVariance", values: [0, 1] } as const;
    const aborted = await continueFixedPoint(base, { ...options, signal: control.signal });
    expect([aborted.status, aborted.points.length]).toEqual(["aborted", 0]);
    const wrong = (more: object) => continueFixedPoint(base, { ...options, ...more } as never);
    await expectError(() => wrong({ parameter: "studentWidth" }), "invalid-argument", /parameter is "studentWidth"/);
    await expectError(() => wrong({ values: [] }), "invalid-argument", /values/);
    await expectError(() => wrong({ values: [0, 2, 1] }), "invalid-argument", /increase or decrease/);
    await expectError(() => wrong({ values: [0, -1] }), "invalid-argument", /values\[1\] is -1/);
    const nowhere = await continueFixedPoint(
      { ...base, learningRate: 3, studentWidth: 3, teacherWidth: 3, noiseVariance: 0.01 },
      { near: "specialised", parameter: "noiseVariance", values: [0.01, 0.02] },
    );
    expect([nowhere.status, nowhere.points.length]).toEqual(["lost", 0]);
  });
});
