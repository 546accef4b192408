import { expect, it } from "vitest";
import { describe, fieldText, numberText, symbolOf, valueText, wrapped } from "../../src/cli/labels.js";
import { duration, progressDisplay } from "../../src/cli/progress.js";
import { type ProblemInput, problem } from "../../src/index.js";

it("writes numbers short and problems in the symbols of the papers", () => {
  expect([0, 0.001, 0.0001, 784, 1e20, -2.5].map(numberText)).toEqual(["0", "0.001", "1e−4", "784", "1e20", "−2.5"]);
  expect([
    valueText("erf"),
    valueText({ learningRate: 1 }),
    symbolOf("noiseVariance"),
    symbolOf("start.scale"),
  ]).toEqual(["erf", '{"learningRate":1}', "Δ", "start.scale"]);
  const p = problem({
    inputDimension: 1e20,
    studentWidth: 4,
    teacherWidth: 2,
    learningRate: { times: [0, 1], values: [1, 2] },
    secondLayer: { learningRate: 0.5, weightDecay: 0.1 },
    batchSize: 3,
    inputs: "sphere",
    activation: { student: "relu", teacher: "erf" },
    scaling: { student: 0.5, teacher: 1 },
    start: { kind: "denoising", perturbation: 0.01 },
  });
  expect(describe(p)).toBe(
    "d = 1e20, p = 4, k = 2, γ(t) on a schedule, B = 3, relu student, erf teacher, scaling 0.5 and 1, both layers trained, γₐ = 0.5, " +
      "κ_a = 0.1, inputs on the sphere, denoising start perturbed by 0.01",
  );
  expect(describe(p, ["studentWidth", "start.perturbation", "secondLayer"])).not.toMatch(/p = 4|denoising|both layers/);
});

it("names activations with their parameters", () => {
  const [leaky, series] = [{ kind: "leaky-relu" as const, slope: 0.2 }, { hermite: [0, 1, -0.5] }];
  const text = (activation: ProblemInput["activation"]) =>
    describe(problem({ inputDimension: 10, studentWidth: 1, teacherWidth: 1, activation }));
  expect(text("gelu")).toMatch(/, gelu, /);
  expect(text("leaky-relu")).toMatch(/, leaky-relu of slope 0.01, /);
  expect(text({ student: series, teacher: leaky })).toMatch(
    /, Hermite series 0 1 −0.5 student, leaky-relu of slope 0.2 teacher, /,
  );
  expect(fieldText("activation", "tanh")).toBe("activation = tanh");
  expect(fieldText("activation", { kind: "leaky-relu" })).toBe("activation = leaky-relu");
  expect(fieldText("activation", { student: series, teacher: "erf" })).toBe(
    "activation = Hermite series 0 1 −0.5 student, erf teacher",
  );
  expect(fieldText("activation.student", leaky)).toBe("activation.student = leaky-relu of slope 0.2");
  expect(fieldText("activation.slope", 0.1)).toBe("activation.slope = 0.1");
  expect(fieldText("learningRate", 0.1)).toBe("γ = 0.1");
  expect(fieldText("activation", null)).toBe("activation = null");
  expect(fieldText("scaling", { student: 0.5, teacher: 1 })).toBe("scaling = 0.5 student, 1 teacher");
});

it("wraps at blanks, after making ASCII of it where asked", () => {
  expect(wrapped("γ and Δ are at most five", { width: 13 })).toBe(" γ and Δ are\n at most five");
  expect(wrapped("as d → ∞ at p = 2, k = 2", { width: 10 })).toBe(" as d → ∞\n at p = 2,\n k = 2");
  expect(wrapped("γ and Δ", { width: 12, ascii: true })).toBe(" gamma and\n Delta");
});

it("says durations as a person does", () => {
  expect([0, 0.0121, 0.1, 9.94, 12.4, 100, 185, 7800].map(duration)).toEqual([
    "0 ms",
    "13 ms",
    "0.1 s",
    "9.9 s",
    "12 s",
    "1 min 40 s",
    "3 min 5 s",
    "2 h 10 min",
  ]);
});

it("writes no line of progress for short work, and none at the end", () => {
  const lines: string[] = [];
  const display = progressDisplay({ bar: undefined, note: (text) => lines.push(text) });
  for (let i = 0; i <= 10; i++) display.update(i / 10, "x");
  display.end();
  expect(lines).toEqual([]);
});
