import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  ensemble,
  integrate,
  meanStep,
  type ProblemInput,
  rightHandSide,
  type State,
  type StateInput,
  simulate,
} from "../../src/index.js";
import { expectError } from "../support/errors.js";
import { numbersOf } from "../support/runs.js";
import { expectPlausible, normalTwoSided } from "../support/statistics.js";
import { activationOf, type TheoryState, theoryProblem, vectorFile } from "./vectors.js";

interface Case {
  name: string;
  problem: ProblemInput;
  state: StateInput;
  mean: { M: number[][]; Q: number[][]; a: number[] };
}

const cases = JSON.parse(
  readFileSync(new URL("../fixtures/mean-step.json", import.meta.url), "utf8"),
) as readonly Case[];

const stateOf = ({ T, M, Q, a, at }: TheoryState) => ({ P: T, M, Q, a, aStar: at });

describe("meanStep", () => {
  it.each(cases)("has the 40-digit value: $name", async ({ problem, state, mean }) => {
    const got = await meanStep(problem, state);
    // rounding of sums of up to thirty terms as large as the largest number
    for (const name of ["M", "Q", "a"] as const) {
      const wanted = mean[name].flat();
      const scale = Math.max(...wanted.map(Math.abs));
      wanted.forEach((x, i) => expect(Math.abs(got[name][i] - x), `${name}[${i}]`).toBeLessThan(2e-14 * scale));
    }
  });

  it("has the values of theory.json, to their digits", async () => {
    type Entry = {
      state: TheoryState;
      act: keyof typeof activationOf;
      d: number;
      B: number;
      gamma: number;
      gamma_a: number;
      kappa_w: number;
      kappa_a: number;
      E_M_new: number[][];
      E_Q_new: number[][];
      E_a_new: number[];
    };
    const entries = vectorFile("theory").mean_step as Entry[];
    expect(entries.map(({ act }) => act)).toEqual(["erf", "erf", "relu", "quad"]);
    for (const entry of entries) {
      const problem = theoryProblem(entry.state, {
        inputDimension: entry.d,
        activation: activationOf[entry.act],
        learningRate: entry.gamma,
        batchSize: entry.B,
        weightDecay: entry.kappa_w,
        secondLayer: entry.gamma_a > 0 ? { learningRate: entry.gamma_a, weightDecay: entry.kappa_a } : "fixed",
      });
      const got = await meanStep(problem, stateOf(entry.state));
      // M and a have 13 digits, Q 11: half a unit of the last one
      const near = (x: number, wanted: number, digits: number) =>
        expect(Math.abs(x - wanted)).toBeLessThan(0.51 * 10 ** (Math.floor(Math.log10(Math.abs(wanted))) + 1 - digits));
      entry.E_M_new.flat().forEach((x, i) => near(got.M[i], x, 13));
      entry.E_Q_new.flat().forEach((x, i) => near(got.Q[i], x, 11));
      entry.E_a_new.forEach((x, i) => near(got.a[i], x, 13));
    }
  });

  it("has the noise's derivative by the scale (B10) of theory.json, 9 digits", async () => {
    type Entry = TheoryState & { act: keyof typeof activationOf; dN_dtau: number[][] };
    for (const entry of vectorFile("theory").rhs as Entry[]) {
      const problem = theoryProblem(entry, { inputDimension: 2, learningRate: 1, activation: activationOf[entry.act] });
      const [step, rhs] = [await meanStep(problem, stateOf(entry)), await rightHandSide(problem, stateOf(entry))];
      // Q' = Q + F / d + (2 / d^2) dN/dtau
      entry.dN_dtau.flat().forEach((x, i) => {
        const got = 2 * (step.Q[i] - entry.Q.flat()[i] - rhs.Q[i] / 2);
        expect(Math.abs(got - x), `${entry.act} ${i}`).toBeLessThan(1e-9 * Math.max(1, Math.abs(x)));
      });
    }
  });

  it("leaves the teacher alone and tells the risk of the mean", async () => {
    const { problem, state } = cases[1];
    const got = await meanStep(problem, state);
    expect([...got.P]).toEqual((state.P as number[][]).flat());
    expect([...got.aStar]).toEqual(state.aStar);
    const { risk } = (await integrate({ ...problem, start: { kind: "state", state: got } }, { until: 0 })).state(0);
    expect(got.risk).toBe(risk);
  });

  it("takes a schedule's rate at its step", async () => {
    const { problem, state } = cases[0];
    const learningRate = { times: [0, 1, 2], values: [0.9, 0.2, 0.6], interpolation: "linear" as const };
    const at = (time: number) => meanStep({ ...problem, learningRate }, state, { time });
    expect((await at(0)).Q).toEqual((await meanStep(problem, state)).Q);
    const rate = 0.2 + 0.4 * 0.7;
    const constant = await meanStep({ ...problem, learningRate: rate }, state);
    (await at(1.7)).Q.forEach((x, i) => expect(Math.abs(x - constant.Q[i])).toBeLessThan(1e-15));
  });

  it("refuses inputs and activations that it does not know, and says why", async () => {
    const { problem, state } = cases[0];
    await expectError(() => meanStep({ ...problem, inputs: "sphere" }, state), "unsupported", /gaussian.*sphere/);
    const spectrum = [
      { variance: 1, multiplicity: 5 },
      { variance: 2, multiplicity: 5 },
    ];
    await expectError(() => meanStep({ ...problem, inputs: { spectrum } }, state), "unsupported", /isotropic/);
    await expectError(() => meanStep(problem, state, { times: 1 } as never), "invalid-argument", /"times"/);
    await expectError(() => meanStep(problem, { ...state, Q: [[-1]] }), "invalid-argument", /Q/);
  });
});

describe("meanStep against averages of simulated steps", () => {
  const replicas = 20_000;
  // small d and large rates, where the terms of order 1 / d count
  const problems: Record<string, ProblemInput> = {
    "one sample": { ...cases[0].problem, start: { kind: "state", state: cases[0].state as never } },
    "batches, decay, both layers": { ...cases[1].problem, start: { kind: "state", state: cases[1].state as never } },
    "two dimensions": { ...cases[2].problem, start: { kind: "state", state: cases[2].state as never } },
    "a singular Omega": { ...cases[3].problem, start: { kind: "state", state: cases[3].state as never } },
  };

  const names = (state: State) =>
    (["M", "Q", "a"] as const).flatMap((name) => Array.from(state[name], (x, i) => ({ key: `${name}${i}`, x })));

  async function scores(problem: ProblemInput, expected: State): Promise<Record<string, number>> {
    const until = 1 / problem.inputDimension;
    const many = await ensemble(problem, { until, replicas, seed: 20, save: { times: [until] } });
    const [mean, error] = [names(many.mean.state(0)), names(many.standardError.state(0))];
    return Object.fromEntries(
      names(expected).flatMap(({ key, x }, i) =>
        error[i].x > 1e-12 ? [[key, normalTwoSided((mean[i].x - x) / error[i].x)]] : [],
      ),
    );
  }

  // false-alarm rate 1e-6 a problem (support/statistics.ts)
  it.each(Object.entries(problems))("%s", async (_, problem) => {
    const { state } = problem.start as { state: StateInput };
    expectPlausible(await scores(problem, await meanStep(problem, state)));
  });

  it("would see the terms of order 1 / d^2 missing", async () => {
    const problem = problems["two dimensions"];
    const { state } = problem.start as { state: StateInput };
    const { M, Q, a } = await rightHandSide(problem, state);
    const d = problem.inputDimension;
    const start = (await integrate(problem, { until: 0 })).state(0);
    const ode = {
      ...start,
      M: start.M.map((x, i) => x + M[i] / d),
      Q: start.Q.map((x, i) => x + Q[i] / d),
      a: start.a.map((x, i) => x + a[i] / d),
    };
    expect(Math.min(...Object.values(await scores(problem, ode)))).toBeLessThan(1e-12);
  });
});

describe(`integrate with limit "finite-d"`, () => {
  const problem: ProblemInput = {
    inputDimension: 30,
    studentWidth: 3,
    teacherWidth: 2,
    noiseVariance: 0.1,
    batchSize: 2,
    weightDecay: 0.05,
    secondLayer: { learningRate: 0.3, weightDecay: 0.1 },
    learningRate: { times: [0, 1, 2], values: [0.9, 0.5, 0.3], interpolation: "log" },
  };

  it("is meanStep again and again, bit for bit, with the rows of a simulation", async () => {
    const save = { times: [0, 0.04, 0.5, 1.01, 2] };
    const run = await integrate(problem, { until: 2, seed: 4, save, limit: "finite-d" });
    const simulated = await simulate(problem, { until: 2, seed: 4, save });
    expect(run.status).toBe("completed");
    expect([...run.time]).toEqual([...simulated.time]);
    expect(run.state(0)).toEqual(simulated.state(0));
    let state: State = run.state(0);
    for (let step = 0; step < 60; step++) {
      const row = [...run.time].findIndex((t) => Math.round(t * 30) === step);
      if (row >= 0) expect(run.state(row)).toEqual({ ...state, risk: run.risk[row] });
      state = await meanStep(problem, state, { time: step / 30 });
    }
    expect(run.state(-1)).toEqual(state);
    expect(run.statistics).toEqual({ limit: "finite-d", steps: 60, seed: 4, stream: 0 });
  });

  it("tends to the ODE as 1 / d", async () => {
    // a sum of M, Q and a from one start, away from plateaus
    const state = { P: [1, 0, 0, 1], M: [0.3, 0.1, -0.1, 0.4, 0.2, 0], Q: [1, 0.1, 0, 0.1, 0.8, 0, 0, 0, 0.9] };
    const start = { kind: "state", state } as const;
    const save = { times: [0.5, 1, 2, 4, 8] };
    const at = (inputDimension: number, limit: "ode" | "finite-d") =>
      integrate(
        { ...problem, learningRate: 0.5, inputDimension, start },
        { until: 8, save, limit, rtol: limit === "ode" ? 1e-12 : undefined },
      );
    const ode = numbersOf(await at(1000, "ode"));
    const errors: number[] = [];
    for (const d of [100, 200, 400, 800, 1600]) {
      const run = numbersOf(await at(d, "finite-d"));
      errors.push(Math.max(...run.map((x, i) => Math.abs(x - ode[i]))));
    }
    // halving 1 / d halves the error up to the next order, 1 / d itself
    errors.slice(1).forEach((error, i) => {
      expect(Math.abs(Math.log2(errors[i] / error) - 1)).toBeLessThan(1 / (100 * 2 ** i));
    });
  });

  it("is told apart from the ODE's options", async () => {
    const finite = (options: object) => integrate(problem, { until: 1, limit: "finite-d", ...options } as never);
    await expectError(() => finite({ rtol: 1e-3 }), "invalid-argument", /finite-d/, /"rtol"/);
    await expectError(() => finite({ solver: "dopri5" }), "invalid-argument", /"solver"/);
    await expectError(() => finite({ terms: "noise" }), "invalid-argument", /terms/, /"full"/);
    await expectError(() => finite({ until: -1 }), "invalid-argument", /until/);
    await expectError(() => finite({ limit: "finite" }), "invalid-argument", /limit/, /"finite-d"/);
    await expectError(
      () => integrate({ ...problem, inputs: "sphere" }, { until: 1, limit: "finite-d" }),
      "unsupported",
      /sphere/,
    );
    expect((await finite({ rtol: undefined })).status).toBe("completed");
  });

  it("ends as other runs do", async () => {
    const control = new AbortController();
    const aborted = await integrate(
      { ...problem, inputDimension: 1e6 },
      { until: 100, limit: "finite-d", signal: control.signal, onSave: ({ index }) => index === 3 && control.abort() },
    );
    expect(aborted.status).toBe("aborted");
    expect(aborted.length).toBe(4);
    // a decay of d a step or more turns weights over and up
    const wild = { ...problem, weightDecay: 0, learningRate: 0.5, secondLayer: { learningRate: 0, weightDecay: 100 } };
    const diverged = await integrate(wild, { until: 10, limit: "finite-d", save: { count: 20 } });
    expect(diverged.status).toBe("diverged");
    expect(diverged.length).toBeGreaterThan(0);
    expect(diverged.message).toMatch(/^Diverged at t = .*smaller/);
    const told: number[] = [];
    const none = await integrate(problem, { until: 0, limit: "finite-d", onProgress: (p) => told.push(p.fraction) });
    expect([none.status, none.length, told]).toEqual(["completed", 100, [1]]);
  });
});
