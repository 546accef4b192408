// Wrong arguments: a code and a sentence that says what was given, what is allowed and what to try.
import { describe, expect, test } from "vitest";
import {
  createEngine,
  excessRisk,
  type IntegrateOptions,
  integrate,
  orderParameters,
  type ProblemInput,
  rightHandSide,
  SgdDynamicsError,
  type SimulateOptions,
  simulate,
} from "../../src/index.js";
import { expectError } from "../support/errors.js";

const ok: ProblemInput = { inputDimension: 10, studentWidth: 2, teacherWidth: 2 };
const state = { P: [1, 0, 0, 1], M: [0, 0, 0, 0], Q: [1, 0, 0, 1] };
const wholeSeed = "a whole number from 0 to 2^53 - 1";

/** [what, options, parts of the sentence] */
type Wrong = [string, unknown, ...(string | RegExp)[]];
const common: Wrong[] = [
  ["no options", undefined, "takes an object of options", "undefined"],
  ["null for options", null, "takes an object of options", "null"],
  ["a number for options", 5, "takes an object of options", "5"],
  ["no until", {}, "until is required", "at least 0"],
  ["until NaN", { until: Number.NaN }, "until is NaN", "at least 0"],
  ["until infinite", { until: Number.POSITIVE_INFINITY }, "until is Infinity", "finite"],
  ["until negative", { until: -1 }, "until is -1", "at least 0"],
  ["until text", { until: "1" }, `until is "1"`],
  ["seed negative", { until: 1, seed: -1 }, "seed is -1", wholeSeed],
  ["seed fractional", { until: 1, seed: 0.5 }, "seed is 0.5", wholeSeed],
  ["seed too large", { until: 1, seed: 2 ** 53 }, "seed is 9007199254740992", wholeSeed],
  ["seed text", { until: 1, seed: "1" }, `seed is "1"`, wholeSeed],
  ["seed NaN", { until: 1, seed: Number.NaN }, "seed is NaN", wholeSeed],
  ["stream negative", { until: 1, stream: -1 }, "stream is -1", wholeSeed],
  ["save a number", { until: 1, save: 3 }, "save is 3", "{ times }", "count"],
  ["save empty", { until: 1, save: {} }, "save.count is required"],
  ["save with another key", { until: 1, save: { count: 3, every: 1 } }, `"every"`, "count, spacing"],
  ["save with both", { until: 1, save: { times: [1], count: 3 } }, `"count"`],
  ["count 1", { until: 1, save: { count: 1 } }, "save.count is 1", "from 2 to 1e6"],
  ["count fractional", { until: 1, save: { count: 2.5 } }, "save.count is 2.5"],
  ["spacing unknown", { until: 1, save: { count: 3, spacing: "even" } }, `save.spacing is "even"`, `"log", "linear"`],
  ["times a number", { until: 1, save: { times: 1 } }, "save.times is 1", "array"],
  ["times beyond the end", { until: 1, save: { times: [0, 2] } }, "save.times[1] is 2", "until = 1"],
  ["times before 0", { until: 1, save: { times: [-1] } }, "save.times[0] is -1", "from 0"],
  ["times NaN", { until: 1, save: { times: [Number.NaN] } }, "save.times[0] is NaN"],
  ["times backwards", { until: 1, save: { times: [0.5, 0.25] } }, "save.times", "decrease", "0.5", "0.25"],
  ["times null", { until: 1, save: { times: [null] } }, "save.times[0]", "null"],
  ["times text", { until: 1, save: { times: ["0.5"] } }, "save.times[0]", `"0.5"`],
  ["onSave no function", { until: 1, onSave: 3 }, "onSave is 3", "function"],
  ["onProgress no function", { until: 1, onProgress: "log" }, `onProgress is "log"`, "function"],
  ["signal no signal", { until: 1, signal: 3 }, "signal is 3", "AbortSignal"],
  // the likeliest mistake: without an error the run would never abort
  ["a controller for a signal", { until: 1, signal: new AbortController() }, "signal is", "AbortSignal"],
];

describe("simulate", () => {
  const own: Wrong[] = [
    ["an unknown option", { until: 1, seeds: 3 }, `"seeds"`, "until, save, seed, stream"],
    ["method unknown", { until: 1, method: "sparse" }, `method is "sparse"`, `"auto", "chain", "dense"`],
    [
      "a chain in f32",
      { until: 1, method: "chain", precision: "f32" },
      `precision is "f32"`,
      `"f64"`,
      `method "dense"`,
    ],
    ["precision unknown", { until: 1, precision: "f16" }, `precision is "f16"`, `"f64", "f32"`],
    ["more steps than numbers have", { until: 1e300 }, "1e+301 steps", "2^53"],
  ];
  test.each([...common, ...own])("%s", async (_, options, ...parts) => {
    await expectError(() => simulate(ok, options as SimulateOptions), "invalid-argument", ...parts);
  });

  test.each([
    ["d = 1e20", { ...ok, inputDimension: 1e20 }],
    ["d = 1e9", { ...ok, inputDimension: 1e9 }],
    ["d = 1e8", { ...ok, inputDimension: 1e8 }],
    ["a batch of 1e6 at d = 1000", { ...ok, inputDimension: 1000, batchSize: 1e6 }],
  ])("weights and samples beyond memory are out-of-memory, at once: %s", async (_, problem) => {
    const before = performance.now();
    await expectError(() => simulate(problem, { until: 1, method: "dense" }), "out-of-memory", /GiB/);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  test("and the engine lives on after one", async () => {
    await simulate({ ...ok, inputDimension: 1e8 }, { until: 1, method: "dense" }).catch(() => 0);
    expect((await simulate(ok, { until: 1 })).status).toBe("completed");
  });
});

describe("integrate", () => {
  const own: Wrong[] = [
    ["an unknown option", { until: 1, precision: "f32" }, `"precision"`, "rtol, atol"],
    ["rtol 0", { until: 1, rtol: 0 }, "rtol is 0", "1e-14"],
    ["rtol below rounding", { until: 1, rtol: 1e-16 }, "rtol is 1e-16", "1e-14"],
    ["atol negative", { until: 1, atol: -1 }, "atol is -1", "above 0"],
    ["maxSteps 0", { until: 1, maxSteps: 0 }, "maxSteps is 0", "above 0"],
    ["terms unknown", { until: 1, terms: "drift" }, `terms is "drift"`, `"gradient-flow"`],
    ["solver unknown", { until: 1, solver: "euler" }, `solver is "euler"`, `"dopri5"`],
  ];
  test.each([...common, ...own])("%s", async (_, options, ...parts) => {
    await expectError(() => integrate(ok, options as IntegrateOptions), "invalid-argument", ...parts);
  });
});

describe("rightHandSide and excessRisk", () => {
  const states: Wrong[] = [
    ["nothing", undefined, "P, M, Q"],
    ["null", null, "P, M, Q"],
    ["P missing", { M: state.M, Q: state.Q }, "state.P", "4 numbers"],
    ["M of wrong shape", { ...state, M: [0, 0] }, "state.M has 2 numbers", "4"],
    ["Q with NaN", { ...state, Q: [1, 0, 0, Number.NaN] }, "state.Q", "NaN", "finite"],
    ["a of wrong length", { ...state, a: [1] }, "state.a has 1 number", "2"],
    ["aStar infinite", { ...state, aStar: [1, Number.POSITIVE_INFINITY] }, "state.aStar", "Infinity", "finite"],
    ["text", { ...state, Q: ["1", "0", "0", "1"] }, "state.Q", `"1"`],
    ["an unknown key", { ...state, R: [1] }, `"R"`],
  ];
  test.each(states)("%s", async (_, given, ...parts) => {
    await expectError(() => excessRisk(ok, given as typeof state), "invalid-argument", ...parts);
    await expectError(() => rightHandSide(ok, given as typeof state), "invalid-argument", ...parts);
  });

  test("no covariance is not-positive-semidefinite", async () => {
    const M = [9, 0, 0, 0];
    await expectError(() => excessRisk(ok, { ...state, M }), "not-positive-semidefinite", "-8.000");
    await expectError(() => rightHandSide(ok, { ...state, M }), "not-positive-semidefinite", "-8.000");
  });

  test("a wrong time or option is said by its name", async () => {
    await expectError(() => rightHandSide(ok, state, { time: -1 }), "invalid-argument", "time is -1");
    await expectError(() => rightHandSide(ok, state, { t: 1 } as never), "invalid-argument", `"t"`, "time");
  });
});

describe("orderParameters", () => {
  const rows = [
    [3, 4],
    [0, 1],
  ];

  test("are inner products over d, row-major, of rows or flat arrays", () => {
    const want = { P: [12.5, 2, 2, 0.5], M: [5.5, 1], Q: [2.5] };
    for (const W of [
      [[1, 2]],
      [1, 2],
      new Float64Array([1, 2]),
      [new Float64Array([1, 2])],
      new Float32Array([1, 2]),
    ]) {
      const { P, M, Q } = orderParameters({ W, WStar: rows, inputDimension: 2 });
      expect({ P: [...P], M: [...M], Q: [...Q] }).toEqual(want);
    }
  });

  const wrong: Wrong[] = [
    ["nothing", undefined, "object"],
    ["no W", { WStar: rows, inputDimension: 2 }, "W is undefined", "2 numbers"],
    ["no WStar", { W: rows, inputDimension: 2 }, "WStar is undefined", "2 numbers"],
    ["no dimension", { W: rows, WStar: rows }, "inputDimension is required"],
    ["dimension 0", { W: rows, WStar: rows, inputDimension: 0 }, "inputDimension is 0", "above 0"],
    ["dimension fractional", { W: rows, WStar: rows, inputDimension: 1.5 }, "inputDimension is 1.5"],
    ["no multiple of d", { W: [1, 2, 3], WStar: rows, inputDimension: 2 }, "W has 3 numbers", "inputDimension = 2"],
    ["no rows", { W: [], WStar: rows, inputDimension: 2 }, "W has 0 numbers"],
    ["ragged rows", { W: [[1], [2, 3, 4]], WStar: rows, inputDimension: 2 }, "W", "2"],
    ["NaN", { W: [[1, Number.NaN]], WStar: rows, inputDimension: 2 }, "W", "NaN", "finite"],
    ["text", { W: "12", WStar: rows, inputDimension: 2 }, `W is "12"`],
    ["rows of text", { W: ["12"], WStar: rows, inputDimension: 2 }, "W", `"12"`],
    ["an unknown key", { W: rows, WStar: rows, inputDimension: 2, d: 2 }, `"d"`, "inputDimension"],
  ];
  test.each(wrong)("%s", async (_, given, ...parts) => {
    await expectError(() => orderParameters(given as never), "invalid-argument", ...parts);
  });
});

describe("createEngine", () => {
  test("without a source has the inlined core; disposed of, it says so", async () => {
    const engine = await createEngine();
    expect((await engine.simulate(ok, { until: 1 })).status).toBe("completed");
    engine.dispose();
    engine.dispose();
    for (const call of [
      () => engine.simulate(ok, { until: 1 }),
      () => engine.integrate(ok, { until: 1 }),
      () => engine.rightHandSide(ok, state),
      () => engine.excessRisk(ok, state),
    ]) {
      await expectError(call, "disposed", "createEngine()");
    }
  });

  test("a run under way when its engine is disposed of ends as it would have", async () => {
    const engine = await createEngine();
    const problem = { ...ok, inputDimension: 300 };
    const under = engine.simulate(problem, { until: 200, save: { times: [200] } });
    engine.dispose();
    expect((await under).state(0)).toEqual((await simulate(problem, { until: 200, save: { times: [200] } })).state(0));
  });

  test.each<[string, unknown]>([
    ["no bytes", new Uint8Array(0)],
    ["bytes that are no module", new Uint8Array(10)],
    ["a module that is none of ours", new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])],
    ["an address that does not answer", "http://127.0.0.1:9/none.wasm"],
    ["text that is no address", "core.wasm"],
    ["a response that failed", new Response("not found", { status: 404 })],
    ["a number", 3],
  ])("from %s: wasm-unavailable", async (_, wasm) => {
    await expectError(() => createEngine({ wasm: wasm as never }), "wasm-unavailable");
  });

  test("wrong options", async () => {
    await expectError(() => createEngine(null as never), "invalid-argument", "object");
    await expectError(() => createEngine({ binary: 1 } as never), "invalid-argument", `"binary"`, "wasm");
  });
});

test("an error has a name, a code, its cause, and is an Error", async () => {
  const error = await createEngine({ wasm: new Uint8Array(10) }).catch((e) => e);
  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(SgdDynamicsError);
  expect(error.cause).toBeInstanceOf(Error);
  expect(String(error)).toMatch(/^SgdDynamicsError: /);
});
