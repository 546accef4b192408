// Activations from the problem to the kernels and back: as parameters, in workers, in snapshots.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ActivationInput, createEngine, ensemble, type ProblemInput, simulate } from "../../src/index.js";
import { expectSameBits } from "../support/bits.js";
import { expectError } from "../support/errors.js";
import { numbersOf, ways } from "../support/runs.js";
import { watchThreads } from "../support/threads.js";

const base: ProblemInput = {
  inputDimension: 30,
  studentWidth: 3,
  teacherWidth: 2,
  learningRate: 0.1,
  secondLayer: { learningRate: 0.05 },
  noiseVariance: 0.01,
};
const activations: ActivationInput[] = [
  "tanh",
  "logistic",
  "softplus",
  "gelu",
  { kind: "leaky-relu", slope: 0.3 },
  { hermite: [0.1, 0.8, -0.1, 0.05] },
];

describe.each(activations)("%j", (activation) => {
  const problem: ProblemInput = { ...base, activation };

  test.each(ways)("goes on from a snapshot, bit for bit: $method, $precision", async (way) => {
    const whole = await simulate(problem, { until: 4, save: { times: [2, 4] }, seed: 3, ...way });
    const half = await simulate(problem, { until: 2, save: { times: [2] }, seed: 3, ...way });
    const rest = await simulate(problem, { until: 4, save: { times: [4] }, from: half.snapshot });
    expect(whole.status).toBe("completed");
    expectSameBits(numbersOf(half, rest), numbersOf(whole));
  });

  test("replicas in lanes and in workers are those of simulate", async () => {
    const threads = watchThreads();
    const many = await ensemble(problem, { until: 2, save: { times: [1, 2] }, replicas: 6, workers: 2, keep: true });
    threads.unwatch();
    expect(threads.answers).not.toContain("error");
    for (const [stream, run] of many.trajectories!.entries()) {
      const one = await simulate(problem, { until: 2, save: { times: [1, 2] }, stream, method: "chain" });
      expectSameBits(numbersOf(run), numbersOf(one));
    }
  });
});

test("parameters matter, and forms of the same activation do not", async () => {
  const run = async (activation: ProblemInput["activation"]) =>
    numbersOf(await simulate({ ...base, activation }, { until: 2, save: { times: [2] }, method: "chain" }));
  const leaky = await run("leaky-relu");
  expectSameBits(await run({ kind: "leaky-relu", slope: 0.01 }), leaky);
  expectSameBits(await run({ student: "leaky-relu", teacher: { kind: "leaky-relu" } }), leaky);
  expect(await run({ kind: "leaky-relu", slope: 0.02 })).not.toEqual(leaky);
  expect(await run({ student: "leaky-relu", teacher: { kind: "leaky-relu", slope: 0.02 } })).not.toEqual(leaky);
  const linear = await run("linear");
  expectSameBits(await run({ kind: "leaky-relu", slope: 1 }), linear);
  expectSameBits(await run({ hermite: [0, 1] }), linear);
  expectSameBits(await run({ hermite: Float64Array.of(0, 1, 0, 0) }), linear);
});

test("a snapshot belongs to its parameters", async () => {
  const problem = (slope: number): ProblemInput => ({ ...base, activation: { kind: "leaky-relu", slope } });
  const { snapshot } = await simulate(problem(0.1), { until: 1, save: { times: [1] } });
  await expectError(() => simulate(problem(0.2), { until: 2, from: snapshot }), "snapshot-mismatch", "another problem");
});

test("workers get the parts of the core that runs need, whatever the core and whatever they did before", async () => {
  const wasm = readFileSync(new URL("../../build/release.wasm", import.meta.url));
  for (const engine of [await createEngine(), await createEngine({ wasm })]) {
    const threads = watchThreads();
    const options = { until: 1, save: { times: [1] }, replicas: 8, workers: 2, keep: true };
    for (const activation of ["erf", "gelu", "tanh", "relu"] as const) {
      const method = activation === "tanh" ? "dense" : "chain";
      const { trajectories } = await engine.ensemble({ ...base, activation }, { ...options, method });
      const state = trajectories![7].state(0);
      expect(state.risk).toBe(await engine.excessRisk({ ...base, activation }, state));
    }
    threads.unwatch();
    expect(threads.all.length).toBe(2);
    expect(threads.answers.filter((kind) => kind === "outcomes").length).toBe(3 * 2 + 8);
    expect(threads.answers).not.toContain("error");
    engine.dispose();
  }
});

test("runs side by side in one memory keep their parameters apart", async () => {
  const engine = await createEngine();
  const run = (slope: number) =>
    engine.simulate(
      { ...base, activation: { kind: "leaky-relu", slope } },
      { until: 40, save: { times: [40] }, method: "dense" },
    );
  const slopes = [0.1, 0.5, 0.9];
  const together = await Promise.all(slopes.map(run));
  for (const [i, slope] of slopes.entries()) expectSameBits(numbersOf(together[i]), numbersOf(await run(slope)));
});
