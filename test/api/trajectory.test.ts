// Trajectories: rows, states, and one buffer that holds everything.
import { describe, expect, test } from "vitest";
import { integrate, problem, simulate, Trajectory } from "../../src/index.js";
import { expectSameBits } from "../support/bits.js";
import { expectError } from "../support/errors.js";

const input = problem({
  inputDimension: 40,
  studentWidth: 3,
  teacherWidth: 2,
  noiseVariance: 0.3,
  secondLayer: { learningRate: 0.1 },
  start: { kind: "random", teacher: "gaussian", aStar: [1, -0.5] },
});
const simulation = await simulate(input, { until: 5, save: { times: [0, 1, 2.5, 5] }, seed: 3, stream: 1 });
const integration = await integrate(input, { until: 5, save: { times: [0, 1, 2.5, 5] }, seed: 3, stream: 1 });
const runs = { simulation, integration };

function expectEqual(got: Trajectory, want: Trajectory): void {
  expect(got.length).toBe(want.length);
  expectSameBits(got.time, want.time, "times");
  expectSameBits(got.risk, want.risk, "risks");
  for (let i = 0; i < want.length; i++) expect(got.state(i)).toEqual(want.state(i));
  for (const name of ["problem", "status", "message", "statistics", "events", "snapshot"] as const)
    expect(got[name]).toEqual(want[name]);
}

describe.each(["simulation", "integration"] as const)("of an %s", (kind) => {
  const run = runs[kind];

  test("has a row a saved time", () => {
    expect(run.length).toBe(4);
    expect([...run.time]).toEqual([0, 1, 2.5, 5]);
    expect(run.status).toBe("completed");
    expect(run.message).toBe("Completed at t = 5.");
    expect(run.problem).toBe(input);
  });

  test("states are row-major copies of the right shapes", () => {
    const state = run.state(2);
    expect([state.P, state.M, state.Q, state.a, state.aStar].map((values) => values.length)).toEqual([4, 6, 9, 3, 2]);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) expect(state.Q[3 * i + j]).toBe(state.Q[3 * j + i]);
    expect(state.risk).toBe(run.risk[2]);
    for (const values of [state.P, state.M, state.Q, state.a, state.aStar]) values.fill(9);
    expect(run.state(2)).not.toEqual(state);
    expect([...run.state(0).aStar]).toEqual([1, -0.5]);
  });

  test("negative rows count from the end; others are errors", async () => {
    expect(run.state(-1)).toEqual(run.state(3));
    expect(run.state(-4)).toEqual(run.state(0));
    for (const i of [4, -5, 0.5, Number.NaN])
      await expectError(() => run.state(i), "invalid-argument", `no row ${i}`, "from -4 to 3");
  });

  test("population risk is the excess risk plus half the noise", () => {
    expectSameBits(
      run.populationRisk,
      run.risk.map((risk) => risk + 0.15),
    );
  });

  test("at() gives the saved rows", () => {
    for (const [i, t] of [0, 1, 2.5, 5].entries()) expect(run.at(t)).toEqual(run.state(i));
  });

  test("survives its buffer bit for bit, and the buffer can be transferred and stored", () => {
    const buffer = run.toBuffer();
    expect(buffer).toBeInstanceOf(ArrayBuffer);
    expectEqual(Trajectory.from(buffer), run);
    const moved = structuredClone(buffer, { transfer: [buffer] });
    expect(buffer.byteLength).toBe(0);
    expectEqual(Trajectory.from(moved), run);
    expect(new Uint8Array(Trajectory.from(moved).toBuffer())).toEqual(new Uint8Array(moved));
  });

  test("what came from a buffer answers at saved times, and says so elsewhere", async () => {
    const back = Trajectory.from(run.toBuffer());
    expect(back.at(2.5)).toEqual(run.state(2));
    await expectError(() => back.at(1.7), "invalid-argument", "t = 1.7", "save.times");
    expectSameBits(back.populationRisk, run.populationRisk);
  });

  test("does not share memory with its buffer", () => {
    const buffer = run.toBuffer();
    const back = Trajectory.from(buffer);
    new Uint8Array(buffer).fill(0);
    expectEqual(back, run);
  });

  test("a cut, spoilt or foreign buffer is refused", async () => {
    const buffer = run.toBuffer();
    const bytes = new Uint8Array(buffer);
    const changed = (at: number, value: number) => {
      const copy = bytes.slice();
      copy[at] = value;
      return copy.buffer;
    };
    const spoiled: Record<string, unknown> = {
      nothing: new ArrayBuffer(0),
      zeros: new ArrayBuffer(1000),
      "a byte less": buffer.slice(0, -1),
      "eight bytes less": buffer.slice(0, -8),
      half: buffer.slice(0, buffer.byteLength / 2),
      "its head": buffer.slice(0, 100),
      "more than it was": new Uint8Array([...bytes, 0, 0, 0, 0, 0, 0, 0, 0]).buffer,
      "another magic": changed(0, 1),
      "a later version": changed(4, 77),
      "a broken header": changed(20, 0),
      text: "trajectory",
      undefined: undefined,
      null: null,
    };
    for (const [what, given] of Object.entries(spoiled)) {
      await expectError(() => Trajectory.from(given as ArrayBuffer), "snapshot-mismatch").catch((error) => {
        throw new Error(`${what}: ${error.message}`);
      });
    }
    await expectError(() => Trajectory.from(changed(4, 77)), "snapshot-mismatch", "version 77");
  });
});

test("a simulation's snapshot survives the buffer and goes on", async () => {
  const back = Trajectory.from(simulation.toBuffer());
  const whole = await simulate(input, { until: 7, save: { times: [7] }, seed: 3, stream: 1 });
  const rest = await simulate(back.problem, { until: 7, save: { times: [7] }, from: back.snapshot });
  expect(rest.state(0)).toEqual(whole.state(0));
});

test("a simulation has nothing between saved times; an integration has", async () => {
  await expectError(() => simulation.at(1.7), "invalid-argument", "t = 1.7", "save.times");
  const exact = await integrate(input, { until: 5, save: { times: [1.7] }, seed: 3, stream: 1 });
  expect(integration.at(1.7).risk).toBeCloseTo(exact.risk[0], 7);
  for (const t of [-0.1, 5.1, Number.NaN])
    await expectError(() => integration.at(t), "invalid-argument", `t = ${t}`, "from 0 to 5");
});

test("a diverged and an empty run survive too", async () => {
  const diverged = await simulate(
    { inputDimension: 20, studentWidth: 1, teacherWidth: 1, activation: "linear", learningRate: 9 },
    { until: 500, save: { times: [0, 1, 2, 500] } },
  );
  expect(diverged.status).toBe("diverged");
  expectEqual(Trajectory.from(diverged.toBuffer()), diverged);
  const empty = await simulate(input, { until: 1, save: { times: [] } });
  expect(empty.length).toBe(0);
  expectEqual(Trajectory.from(empty.toBuffer()), empty);
  await expectError(() => empty.state(0), "invalid-argument", "no row 0");
});

test("explicit weights are part of the problem and survive", async () => {
  const W = Array.from({ length: 2 }, (_, i) => Array.from({ length: 5 }, (_, j) => Math.cos(i + 2 * j)));
  const run = await simulate(
    { inputDimension: 5, studentWidth: 2, teacherWidth: 2, start: { kind: "weights", W, WStar: W } },
    { until: 1, save: { times: [0, 1] } },
  );
  expectEqual(Trajectory.from(run.toBuffer()), run);
});
