// Events of an integration: where they are, against closed forms or runs at much smaller tolerances, and what they do to the run.
import { describe, expect, it } from "vitest";
import {
  type EventInput,
  fixedPoint,
  integrate,
  type ProblemInput,
  rightHandSide,
  type State,
} from "../../src/index.js";
import { nn2ppProblem } from "./vectors.js";

const solvers = ["dopri5", "rodas5p"] as const;

/** Decay alone: M = M_0 e^(-t/4), Q = Q_0 e^(-t/2). */
const decaying: ProblemInput = {
  inputDimension: 1e6,
  studentWidth: 2,
  teacherWidth: 1,
  learningRate: 0,
  weightDecay: 0.25,
  start: {
    kind: "state",
    state: {
      P: [[1]],
      M: [[0.5], [-0.25]],
      Q: [
        [1, 0.25],
        [0.25, 0.5],
      ],
    },
  },
};
const learning: ProblemInput = {
  inputDimension: 500,
  studentWidth: 3,
  teacherWidth: 2,
  noiseVariance: 0.05,
  learningRate: 0.4,
};
const { problem: n2 } = nn2ppProblem("N2_erf_K4M2_first_noise");

/** Saad & Solla's start: overlaps with the teacher as small as `s` and nearly the same, so that a plateau comes first. */
function symmetricStart(s: number): ProblemInput {
  return {
    inputDimension: 1e6,
    studentWidth: 2,
    teacherWidth: 2,
    learningRate: 0.1,
    start: {
      kind: "state",
      state: {
        P: [
          [1, 0],
          [0, 1],
        ],
        M: [
          [0.7 * s, 0.2 * s],
          [0.4 * s, 0.5 * s],
        ],
        Q: [
          [0.2, 0],
          [0, 0.4],
        ],
      },
    },
  };
}

const crossing = (name: string, times: readonly number[], more: object = {}): EventInput => ({
  name,
  value: (_: State, t: number) => times.reduce((product, zero) => product * (t - zero), 1),
  ...more,
});

describe.each(solvers)("located by %s", (solver) => {
  it("functions of the state: at the times of closed forms, to the tolerance", async () => {
    for (const rtol of [1e-4, 1e-6, 1e-8, 1e-10]) {
      const { events } = await integrate(decaying, {
        until: 100,
        rtol,
        solver,
        events: [
          { name: "M", value: ({ M }) => M[0] - 0.1 },
          { name: "Q", value: ({ Q }) => Q[0] - 1 / 3 },
        ],
      });
      expect(events.map(({ name }) => name)).toEqual(["Q", "M"]);
      // a relative error e of the state moves the times by 2 e and 4 e
      expect(Math.abs(events[0].time - 2 * Math.log(3))).toBeLessThan(4 * rtol);
      expect(Math.abs(events[1].time - 4 * Math.log(5))).toBeLessThan(4 * rtol);
    }
  });

  it("the end of a plateau, specialisation and a risk, as a run at 1e-12 has them", async () => {
    const events: EventInput[] = ["leave-plateau", "specialised", { risk: 1e-3 }];
    const problem = symmetricStart(1e-3);
    const exact = await integrate(problem, { until: 8000, rtol: 1e-12, solver: "dopri5", events });
    expect(exact.events.map(({ name }) => name)).toEqual(["leave-plateau", "specialised", "risk"]);
    for (const rtol of [1e-6, 1e-8, 1e-10]) {
      const run = await integrate(problem, { until: 8000, rtol, solver, events });
      expect(run.events.map(({ name }) => name)).toEqual(exact.events.map(({ name }) => name));
      run.events.forEach(({ time }, i) => expect(Math.abs(time / exact.events[i].time - 1)).toBeLessThan(20 * rtol));
      expect(run.events[2].risk).toBeCloseTo(1e-3, 12);
    }
  });
});

describe("the named conditions", () => {
  it("leave-plateau depends on an asymmetry that is far below the tolerance, and every method follows that", async () => {
    for (const s of [1e-5, 1e-7, 1e-9]) {
      const time = async (solver: "auto" | "dopri5" | "rodas5p", rtol: number) => {
        const run = await integrate(symmetricStart(s), { until: 5000, rtol, solver, events: ["leave-plateau"] });
        expect(run.events.length).toBe(1);
        return run.events[0].time;
      };
      const exact = await time("dopri5", 1e-11);
      for (const solver of ["dopri5", "rodas5p", "auto"] as const) {
        expect(Math.abs((await time(solver, 1e-6)) / exact - 1)).toBeLessThan(2e-5);
      }
    }
  });

  it("leave-plateau from rest on it: what grows is nothing but the asymmetry, and bounds implicit steps", async () => {
    const { learningRate, ...problem } = { ...symmetricStart(0), learningRate: 1 };
    const { state, escapeRate } = await fixedPoint({ ...problem, learningRate }, { near: "symmetric" });
    const time = async (asymmetry: number, solver: "auto" | "dopri5" | "rodas5p") => {
      const M = state.M.map((x, i) => x + asymmetry * [0.9, 0.2, 0.5, 0.1][i]);
      const start = { kind: "state" as const, state: { ...state, M } };
      const run = await integrate(
        { ...problem, learningRate, start },
        {
          until: 700,
          rtol: 1e-7,
          solver,
          events: ["leave-plateau"],
        },
      );
      return run.events[0].time;
    };
    for (const solver of ["dopri5", "rodas5p", "auto"] as const) {
      const delay = (await time(1e-9, solver)) - (await time(1e-6, solver));
      // rounding of F, 1e-16 an unit of time, is 1e-5 of an asymmetry of 1e-9 when it has grown by some e-foldings
      expect(Math.abs((delay * escapeRate) / Math.log(1000) - 1)).toBeLessThan(1e-3);
    }
  });

  it("specialised is where the last teacher gets a student with an overlap of 0.9", async () => {
    const run = await integrate(n2, { until: 1000, events: ["specialised"] });
    expect(run.events.length).toBe(1);
    const { M, Q, P } = run.at(run.events[0].time);
    const overlap = (i: number, r: number) => Math.abs(M[2 * i + r]) / Math.sqrt(Q[5 * i] * P[3 * r]);
    const best = [0, 1].map((r) => Math.max(...[0, 1, 2, 3].map((i) => overlap(i, r))));
    expect(Math.min(...best)).toBeCloseTo(0.9, 10);
  });

  it("steady-state is where the largest derivative is the tolerance", async () => {
    const problem: ProblemInput = { ...learning, studentWidth: 2 };
    const tolerance = 1e-6;
    const run = await integrate(problem, {
      until: 1e6,
      seed: 4,
      events: [{ name: "steady-state", tolerance, terminal: true }],
    });
    expect(run.status).toBe("event");
    const state = run.state(-1);
    const { M, Q } = await rightHandSide(problem, state);
    const largest = (...parts: Float64Array[]) => Math.max(...parts.flatMap((x) => Array.from(x, Math.abs)));
    expect(largest(M, Q) / largest(state.P, state.M, state.Q) / tolerance).toBeCloseTo(1, 6);
  });

  it("steady-state knows the rate of each piece of a schedule", async () => {
    // after a rate of 0 everything moves again: neither is steady before
    const at = async (learningRate: ProblemInput["learningRate"]) =>
      (await integrate({ ...learning, learningRate }, { until: 20, events: ["steady-state"] })).events.map(
        (e) => e.time,
      );
    expect(await at({ times: [0, 10], values: [0.4, 0] })).toHaveLength(1);
    expect((await at({ times: [0, 10], values: [0.4, 0] }))[0]).toBeGreaterThanOrEqual(10);
    expect(await at({ times: [0, 10], values: [0, 0.4] })).toEqual([0]);
    expect(await at({ times: [5, 10], values: [0.4, 0], interpolation: "linear" })).toHaveLength(1);
  });

  it("hold at once where they hold at the start", async () => {
    const identity = [
      [1, 0],
      [0, 1],
    ];
    const solved: ProblemInput = {
      inputDimension: 100,
      studentWidth: 2,
      teacherWidth: 2,
      start: { kind: "state", state: { P: identity, M: identity, Q: identity } },
    };
    const run = await integrate(solved, { until: 10, events: ["steady-state", "specialised", { risk: 0.1 }] });
    expect(run.events.map(({ name, time }) => [name, time])).toEqual([
      ["steady-state", 0],
      ["specialised", 0],
      ["risk", 0],
    ]);
    expect(run.status).toBe("completed");
  });

  it("a risk has a name of its own where it is given", async () => {
    const { events } = await integrate(n2, {
      until: 1000,
      events: [{ risk: 0.1 }, { risk: 0.01, name: "a hundredth" }],
    });
    expect(events.map(({ name }) => name)).toEqual(["risk", "a hundredth"]);
    expect(events.map(({ risk }) => risk)).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.01, 12)]);
  });
});

describe("zeros", () => {
  const options = { until: 12, seed: 1 };
  const times = async (event: EventInput) =>
    (await integrate(learning, { ...options, events: [event] })).events.map((found) => found.time);

  it("count by direction", async () => {
    const close = (values: number[]) => values.map((value) => expect.closeTo(value, 12));
    expect(await times(crossing("all", [2, 5, 9]))).toEqual(close([2, 5, 9]));
    expect(await times(crossing("up", [2, 5, 9], { direction: "rising" }))).toEqual(close([2, 9]));
    expect(await times(crossing("down", [2, 5, 9], { direction: "falling" }))).toEqual(close([5]));
  });

  it("of one step come in the order of time", async () => {
    const run = await integrate(decaying, {
      until: 1,
      rtol: 1e-2,
      solver: "rodas5p",
      events: [crossing("late", [0.5000002]), crossing("early", [0.5000001]), crossing("first", [0.5])],
    });
    expect(run.events.map(({ name }) => name)).toEqual(["first", "early", "late"]);
    run.events.forEach(({ time }, i) => expect(time).toBeCloseTo(0.5 + i * 1e-7, 14));
  });

  it("after a terminal one in the same step are none", async () => {
    const events = [crossing("late", [0.5000002]), crossing("end", [0.5000001], { terminal: true })];
    const run = await integrate(decaying, { until: 1, rtol: 1e-2, events });
    expect(run.events.map(({ name }) => name)).toEqual(["end"]);
  });

  it.each(solvers)("at a knot of a schedule, and at the end, are found once by %s", async (solver) => {
    const learningRate = { times: [0, 1 / 3, 7.7], values: [0.4, 0.1, 0.3] };
    const run = await integrate(
      { ...learning, learningRate },
      { ...options, solver, events: [crossing("knots", [1 / 3, 7.7]), crossing("end", [12])] },
    );
    expect(run.events.map(({ time }) => time)).toEqual([expect.closeTo(1 / 3, 14), expect.closeTo(7.7, 13), 12]);
    // what is found can be read
    for (const { time, risk } of run.events) expect(run.at(time).risk).toBeCloseTo(risk, 14);
  });

  it("of a slope that jumps at a knot are on the right side of it", async () => {
    // Q_00 stands at 1 while nothing acts, then decays: a threshold of 1 is touched, not crossed, before
    const still: ProblemInput = { ...decaying, weightDecay: 0, learningRate: { times: [0, 4], values: [0, 0.5] } };
    const run = await integrate(still, {
      until: 8,
      events: [{ name: "moved", value: ({ Q }) => Math.abs(Q[0] - 1) - 1e-9 }],
    });
    expect(run.events.length).toBe(1);
    expect(run.events[0].time).toBeGreaterThan(4);
    expect(run.events[0].time).toBeLessThan(4 + 1e-6);
  });

  it("at the start are none", async () => {
    expect(await times({ name: "clock", value: (_, t) => t })).toEqual([]);
    expect(await times({ name: "clock", value: (_, t) => t + 1 })).toEqual([]);
  });
});

describe("what events do to a run", () => {
  it("nothing, unless they end it", async () => {
    const save = { times: [0, 1, 10, 50] };
    const plain = await integrate(learning, { until: 50, seed: 2, save });
    const watched = await integrate(learning, {
      until: 50,
      seed: 2,
      save,
      events: ["leave-plateau", "specialised", "steady-state", { risk: 0.2 }, crossing("clock", [3])],
    });
    expect(watched.statistics).toEqual(plain.statistics);
    for (let i = 0; i < 4; i++) expect(watched.state(i)).toEqual(plain.state(i));
    expect(watched.at(4.5)).toEqual(plain.at(4.5));
  });

  it("a terminal one is the last row, and nothing is after it", async () => {
    const rows: number[] = [];
    const run = await integrate(n2, {
      until: 1e5,
      save: { times: [0, 1, 100, 1e4, 1e5] },
      events: [{ name: "specialised", terminal: true }, { risk: 1e-3 }],
      onSave: ({ time }) => rows.push(time),
    });
    const [{ name, time, risk }] = run.events;
    expect([run.status, name, run.events.length]).toEqual(["event", "specialised", 1]);
    expect(run.message).toContain(`Ended at t = ${time} of 100000: event "specialised".`);
    expect([...run.time]).toEqual([0, 1, 100, time]);
    expect(rows).toEqual([...run.time]);
    expect(run.risk[3]).toBe(risk);
    expect(run.at(time)).toEqual(run.state(3));
    expect(() => run.at(time + 1e-6)).toThrow(/nothing at t/);
    expect(run.at(time - 1).risk).toBeGreaterThan(risk);
  });

  it("a terminal one at a saved time makes one row", async () => {
    const run = await integrate(learning, {
      until: 12,
      save: { times: [0, 5, 10] },
      events: [crossing("end", [5], { terminal: true })],
    });
    // t = 5 is a saved time, not a step's end: the zero is within rounding of it
    expect(run.time[1]).toBeCloseTo(5, 14);
    expect(run.length).toBeLessThanOrEqual(3);
    const knot = await integrate(
      { ...learning, learningRate: { times: [0, 5], values: [0.4, 0.2] } },
      { until: 12, save: { times: [0, 5, 10] }, events: [crossing("end", [5], { terminal: true })] },
    );
    expect([...knot.time]).toEqual([0, 5]);
  });

  it("a terminal one that holds at the start leaves the start", async () => {
    const run = await integrate(n2, { until: 10, save: { times: [5, 10] }, events: [{ risk: 100, terminal: true }] });
    expect(run.status).toBe("event");
    expect([...run.time]).toEqual([0]);
    expect(run.statistics.accepted).toBe(0);
    const { risk, ...state } = run.state(0);
    const start = nn2ppProblem("N2_erf_K4M2_first_noise").rows[0];
    expect([...state.M]).toEqual(start.M.flat());
    expect(risk).toBeCloseTo(start.eg, 10);
  });

  it("they survive a buffer", async () => {
    const { Trajectory } = await import("../../src/index.js");
    const run = await integrate(n2, { until: 1000, events: ["specialised"] });
    expect(Trajectory.from(run.toBuffer()).events).toEqual(run.events);
  });
});

describe("functions of the caller's", () => {
  it("may throw: the promise rejects with just that", async () => {
    const thrown = new RangeError("not my day");
    for (const when of [0, 3]) {
      const value = (_: State, t: number) => {
        if (t >= when) throw thrown;
        return 1;
      };
      await expect(integrate(learning, { until: 10, events: [{ name: "x", value }] })).rejects.toBe(thrown);
    }
  });

  it("must give numbers", async () => {
    for (const result of [Number.NaN, "1", undefined]) {
      const value = (_: State, t: number) => (t > 2 ? (result as number) : 1);
      await expect(integrate(learning, { until: 10, events: ["specialised", { name: "x", value }] })).rejects.toThrow(
        /events\[1\]\.value gave .* at t = [\d.]+; allowed: a number/,
      );
    }
  });

  it("get copies: writing into them changes nothing", async () => {
    const value = (state: State) => {
      for (const part of [state.P, state.M, state.Q, state.a, state.aStar]) part.fill(7);
      return 1;
    };
    const [spoilt, plain] = await Promise.all([
      integrate(learning, { until: 5, events: [{ name: "x", value }, { risk: 0.1 }] }),
      integrate(learning, { until: 5, events: [{ risk: 0.1 }] }),
    ]);
    expect(spoilt.state(-1)).toEqual(plain.state(-1));
    expect(spoilt.events).toEqual(plain.events);
  });

  it("are refused with a sentence where they are none", async () => {
    const refused = async (events: unknown, sentence: RegExp) =>
      await expect(integrate(learning, { until: 1, events: events as EventInput[] })).rejects.toThrow(sentence);
    await refused("specialised", /events is "specialised"; allowed: an array of "leave-plateau"/);
    await refused(["specialized"], /events\[0\] is "specialized"; allowed: "leave-plateau"/);
    await refused([{ name: "x" }], /events\[0\] is .*; allowed: "leave-plateau", .*\{ risk: threshold \}/);
    await refused([{ name: "x", value: 3 }], /events\[0\]\.value is 3; allowed/);
    await refused([{ value: () => 1 }], /events\[0\]\.name is undefined; allowed: a text/);
    await refused(
      [{ name: "x", value: () => 1, direction: "up" }],
      /events\[0\]\.direction is "up"; allowed: "rising"/,
    );
    await refused([{ risk: 0 }], /events\[0\]\.risk is 0; allowed: a number above 0/);
    await refused([{ name: "steady-state", tolerance: -1 }], /events\[0\]\.tolerance is -1; allowed/);
    await refused([{ name: "specialised", terminal: 1 }], /events\[0\]\.terminal is 1; allowed: true or false/);
    await refused([{ name: "specialised", tolerance: 1 }], /events\[0\] has no key "tolerance"/);
  });
});
