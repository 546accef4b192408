// Whatever is wrong with a problem is said in a sentence: what was given, what is allowed.
import { describe, test } from "vitest";
import { type ProblemInput, problem } from "../../src/index.js";
import { expectError } from "../support/errors.js";

const ok: ProblemInput = { inputDimension: 100, studentWidth: 2, teacherWidth: 2 };
const covariance = {
  P: [
    [1, 0],
    [0, 1],
  ],
  M: [
    [0, 0],
    [0, 0],
  ],
  Q: [
    [1, 0],
    [0, 1],
  ],
};

const wholeUpTo = (most: string) => `allowed: a whole number from 1 to ${most}`;
const activations =
  `one of "erf", "relu", "linear", "quadratic", "leaky-relu", "tanh", "logistic", "softplus", "gelu", ` +
  `{ kind: "leaky-relu", slope }, { hermite: [c_0, c_1, ...] }`;
const coefficients = "1 to 11 finite numbers c_0, c_1, ..., not all 0";

/** [what, changes to a valid problem, parts of the sentence] */
const wrong: [string, Record<string, unknown>, ...(string | RegExp)[]][] = [
  ...["inputDimension", "studentWidth", "teacherWidth"].flatMap((name): typeof wrong => {
    const most = name === "inputDimension" ? "1e20" : "4096";
    return [
      [`${name} missing`, { [name]: undefined }, `problem.${name} is required`, wholeUpTo(most)],
      [`${name} of another type`, { [name]: "100" }, `problem.${name} is "100"`, wholeUpTo(most)],
      [`${name} NaN`, { [name]: Number.NaN }, `problem.${name} is NaN`, wholeUpTo(most)],
      [`${name} infinite`, { [name]: Number.POSITIVE_INFINITY }, `problem.${name} is Infinity`, wholeUpTo(most)],
      [`${name} 0`, { [name]: 0 }, `problem.${name} is 0`, wholeUpTo(most)],
      [`${name} negative`, { [name]: -3 }, `problem.${name} is -3`, wholeUpTo(most)],
      [`${name} fractional`, { [name]: 2.5 }, `problem.${name} is 2.5`, wholeUpTo(most)],
      [`${name} too large`, { [name]: 1e21 }, `problem.${name} is 1e+21`, wholeUpTo(most)],
      [`${name} null`, { [name]: null }, `problem.${name} is null`, wholeUpTo(most)],
    ];
  }),
  ["activation unknown", { activation: "sine" }, `problem.activation is "sine"`, activations, /with such\.$/],
  ["activation of another type", { activation: 3 }, "problem.activation is 3", activations],
  ["activation an array", { activation: [0, 1] }, "problem.activation is an array of 2", activations],
  ["activation misspelt", { activation: "tahn" }, `problem.activation is "tahn"`, `did you mean "tanh"?`],
  ["activation in other letters", { activation: "Leaky ReLU" }, "Leaky ReLU", `did you mean "leaky-relu"?`],
  [
    "activation with a letter missing",
    { activation: { student: "sofplus", teacher: "erf" } },
    "problem.activation.student",
    `did you mean "softplus"?`,
  ],
  ["activation without anything", { activation: {} }, "problem.activation.student is required", activations],
  [
    "slope infinite",
    { activation: { kind: "leaky-relu", slope: Number.POSITIVE_INFINITY } },
    "problem.activation.slope is Infinity",
    "a finite number",
  ],
  [
    "slope of text",
    { activation: { kind: "leaky-relu", slope: "0.1" } },
    `problem.activation.slope is "0.1"`,
    "a finite number",
  ],
  [
    "slope NaN",
    { activation: { kind: "leaky-relu", slope: Number.NaN } },
    "problem.activation.slope is NaN",
    "a finite number",
  ],
  [
    "slope of a teacher",
    { activation: { student: "erf", teacher: { kind: "leaky-relu", slope: null } } },
    "problem.activation.teacher.slope is null",
  ],
  [
    "kind without parameters",
    { activation: { kind: "tanh" } },
    `problem.activation.kind is "tanh"`,
    `"leaky-relu"`,
    "other names stand alone",
  ],
  ["slope without a kind", { activation: { slope: 0.1 } }, "problem.activation.kind is required", `"leaky-relu"`],
  [
    "kind with another key",
    { activation: { kind: "leaky-relu", slope: 0.1, alpha: 1 } },
    "problem.activation has the unknown key",
    `"alpha"`,
  ],
  [
    "polynomial with another key",
    { activation: { hermite: [0, 1], slope: 1 } },
    "problem.activation has the unknown key",
    `"slope"`,
  ],
  ["coefficients of another type", { activation: { hermite: 1 } }, "problem.activation.hermite is 1", coefficients],
  [
    "coefficients with NaN",
    { activation: { hermite: [0, Number.NaN] } },
    "problem.activation.hermite holds NaN",
    coefficients,
  ],
  ["coefficients of text", { activation: { hermite: [0, "1"] } }, `problem.activation.hermite holds "1"`, coefficients],
  ["coefficients all 0", { activation: { hermite: [0, -0, 0] } }, "problem.activation.hermite", coefficients],
  ["no coefficients", { activation: { hermite: [] } }, "problem.activation.hermite is an array of 0", coefficients],
  [
    "too many coefficients",
    { activation: { hermite: new Array(12).fill(1) } },
    "problem.activation.hermite is an array of 12",
    coefficients,
  ],
  [
    "coefficients of a student",
    { activation: { student: { hermite: [0] }, teacher: "erf" } },
    "problem.activation.student.hermite",
    coefficients,
  ],
  ["activation half given", { activation: { student: "erf" } }, "problem.activation.teacher is required", activations],
  [
    "activation half wrong",
    { activation: { student: "erf", teacher: "x" } },
    `problem.activation.teacher is "x"`,
    activations,
  ],
  [
    "activation with another key",
    { activation: { student: "erf", teacher: "erf", hidden: "erf" } },
    "problem.activation",
    `"hidden"`,
  ],
  ["scaling unknown", { scaling: "meanfield" }, `problem.scaling is "meanfield"`, `did you mean "mean-field"?`],
  ["scaling 0", { scaling: { student: 0, teacher: 1 } }, "problem.scaling.student is 0", "above 0"],
  ["scaling negative", { scaling: { student: 1, teacher: -1 } }, "problem.scaling.teacher is -1", "above 0"],
  [
    "scaling infinite",
    { scaling: { student: 1, teacher: Number.POSITIVE_INFINITY } },
    "problem.scaling.teacher is Infinity",
    "finite",
  ],
  ["learning rate negative", { learningRate: -0.1 }, "problem.learningRate is -0.1", "allowed:"],
  ["learning rate NaN", { learningRate: Number.NaN }, "problem.learningRate is NaN", "allowed:"],
  ["learning rate text", { learningRate: "0.1" }, `problem.learningRate is "0.1"`, "allowed:"],
  ["schedule uneven", { learningRate: { times: [0, 1], values: [1] } }, "problem.learningRate", "2 times and 1 values"],
  ["schedule empty", { learningRate: { times: [], values: [] } }, "problem.learningRate", "0 times", "at least one"],
  [
    "schedule backwards",
    { learningRate: { times: [1, 0], values: [1, 1] } },
    "problem.learningRate.times",
    "increasing",
    "1, 0",
  ],
  [
    "schedule standing still",
    { learningRate: { times: [1, 1], values: [1, 1] } },
    "problem.learningRate.times",
    "increasing",
  ],
  [
    "schedule before 0",
    { learningRate: { times: [-1, 1], values: [1, 1] } },
    "problem.learningRate.times",
    "not negative",
    "-1",
  ],
  [
    "schedule with a negative value",
    { learningRate: { times: [0, 1], values: [1, -2] } },
    "problem.learningRate.values",
    "-2",
    "at least 0",
  ],
  [
    "schedule with NaN",
    { learningRate: { times: [0, 1], values: [1, Number.NaN] } },
    "problem.learningRate.values",
    "NaN",
    "allowed:",
  ],
  [
    "log schedule with 0",
    { learningRate: { times: [0, 1], values: [1, 0], interpolation: "log" } },
    "problem.learningRate.values",
    `"log"`,
    "try",
  ],
  [
    "interpolation unknown",
    { learningRate: { times: [0], values: [1], interpolation: "cubic" } },
    `interpolation is "cubic"`,
    `"linear"`,
  ],
  [
    "schedule with another key",
    { learningRate: { times: [0], values: [1], kind: "log" } },
    "problem.learningRate",
    `"kind"`,
  ],
  ["second layer unknown", { secondLayer: "trained" }, `problem.secondLayer is "trained"`, `"fixed"`],
  ["second layer without a rate", { secondLayer: {} }, "problem.secondLayer.learningRate is required"],
  [
    "second layer decaying backwards",
    { secondLayer: { learningRate: 1, weightDecay: -1 } },
    "problem.secondLayer.weightDecay is -1",
    "at least 0",
  ],
  [
    "second layer's schedule uneven",
    { secondLayer: { learningRate: { times: [0], values: [1, 2] } } },
    "problem.secondLayer.learningRate",
    "1 times and 2 values",
  ],
  ...["weightDecay", "noiseVariance"].flatMap((name): typeof wrong => [
    [`${name} negative`, { [name]: -1 }, `problem.${name} is -1`, "at least 0"],
    [`${name} NaN`, { [name]: Number.NaN }, `problem.${name} is NaN`, "finite"],
    [`${name} infinite`, { [name]: Number.POSITIVE_INFINITY }, `problem.${name} is Infinity`, "finite"],
  ]),
  ["batch 0", { batchSize: 0 }, "problem.batchSize is 0", wholeUpTo("1e6")],
  ["batch fractional", { batchSize: 1.5 }, "problem.batchSize is 1.5", wholeUpTo("1e6")],
  ["inputs unknown", { inputs: "uniform" }, `problem.inputs is "uniform"`, `"gaussian", "sphere" or { spectrum`],
  ["data unknown", { data: "offline" }, `problem.data is "offline"`, `"online"`],
  [
    "start unknown",
    { start: "randm" },
    `problem.start is "randm"`,
    `"random", "informed", "denoising"`,
    `did you mean "random"?`,
  ],
  ["start of unknown kind", { start: { kind: "x" } }, `problem.start.kind is "x"`, `"weights"`],
  ["start without kind", { start: {} }, "problem.start.kind is required"],
  [
    "start's teacher unknown",
    { start: { kind: "random", teacher: "x" } },
    `problem.start.teacher is "x"`,
    `"orthonormal" or "gaussian"`,
  ],
  ["start's scale negative", { start: { kind: "random", scale: -1 } }, "problem.start.scale is -1", "at least 0"],
  [
    "start with a key of another kind",
    { start: { kind: "random", perturbation: 1 } },
    "problem.start",
    `"perturbation"`,
  ],
  [
    "second layer of wrong length",
    { start: { kind: "random", a: [1] } },
    "problem.start.a has 1 number",
    "studentWidth = 2",
  ],
  [
    "teacher's second layer of wrong length",
    { start: { kind: "informed", aStar: [1, 2, 3] } },
    "problem.start.aStar has 3 numbers",
    "teacherWidth = 2",
  ],
  [
    "second layer with NaN",
    { start: { kind: "random", a: [1, Number.NaN] } },
    "problem.start.a",
    "NaN",
    "allowed:",
    "finite",
  ],
  [
    "informed start of a narrow student",
    { studentWidth: 1, start: "informed" },
    "studentWidth >= teacherWidth",
    "1 and 2",
  ],
  [
    "denoising start of a narrow student",
    { studentWidth: 1, start: "denoising" },
    "studentWidth >= teacherWidth",
    "1 and 2",
  ],
  ["orthonormal teachers that do not fit", { inputDimension: 1 }, "2 orthonormal", "1 dimension", `"gaussian"`],
  ["weights missing", { start: { kind: "weights", WStar: [[1]] } }, "problem.start.W is required", "p x d"],
  [
    "weights of wrong shape",
    { start: { kind: "weights", W: [[1]], WStar: [[1]] } },
    "problem.start.W has 1 number",
    "200",
  ],
  [
    "weights with NaN",
    { inputDimension: 2, start: { kind: "weights", W: [1, 2, 3, Number.NaN], WStar: [1, 2, 3, 4] } },
    "problem.start",
    "NaN",
    "finite",
  ],
  [
    "weights in rows with NaN",
    {
      inputDimension: 2,
      start: {
        kind: "weights",
        W: [
          [1, 2],
          [3, Number.NaN],
        ],
        WStar: [1, 2, 3, 4],
      },
    },
    "problem.start",
    "NaN",
    "finite",
  ],
  [
    "weights of text",
    {
      inputDimension: 2,
      start: {
        kind: "weights",
        W: [
          [1, 2],
          [3, "x"],
        ],
        WStar: [1, 2, 3, 4],
      },
    },
    "problem.start",
    `"x"`,
    "finite",
  ],
  ["state missing", { start: { kind: "state" } }, "problem.start.state is required", "allowed:"],
  ["state of another type", { start: { kind: "state", state: 3 } }, "problem.start.state is 3", "allowed:"],
  [
    "state of wrong shape",
    { start: { kind: "state", state: { ...covariance, M: [1, 2] } } },
    "problem.start.state.M has 2 numbers",
    "p x k = 4",
  ],
  [
    "state with NaN",
    {
      start: {
        kind: "state",
        state: {
          ...covariance,
          Q: [
            [1, 0],
            [0, Number.NaN],
          ],
        },
      },
    },
    "problem.start.state",
    "NaN",
    "finite",
  ],
  [
    "state with infinity",
    { start: { kind: "state", state: { ...covariance, Q: [1, 0, 0, Number.POSITIVE_INFINITY] } } },
    "problem.start.state",
    "Infinity",
    "finite",
  ],
  [
    "state not symmetric",
    {
      start: {
        kind: "state",
        state: {
          ...covariance,
          P: [
            [1, 0.5],
            [0, 1],
          ],
        },
      },
    },
    "not symmetric",
    "0.5",
  ],
  [
    "state with another key",
    { start: { kind: "state", state: { ...covariance, R: [[0]] } } },
    "problem.start.state",
    `"R"`,
  ],
  [
    "unknown key",
    { foo: 1 },
    `unknown key "foo"`,
    "inputDimension, studentWidth, teacherWidth, activation, scaling, learningRate",
  ],
  ["misspelt key", { learningrate: 1 }, `unknown key "learningrate"`, "did you mean learningRate?"],
  ["shortened key", { noise: 1 }, `unknown key "noise"`, "did you mean noiseVariance?"],
];

describe("a wrong problem is an error invalid-problem with a sentence", () => {
  test.each(wrong)("%s", async (_, changes, ...parts) => {
    await expectError(() => problem({ ...ok, ...changes } as ProblemInput), "invalid-problem", ...parts);
  });

  test.each([[undefined], [null], [3], ["erf"], [true], [[]], [[ok]], [() => ok]])(
    "not an object: %j",
    async (input) => {
      await expectError(
        () => problem(input as never),
        "invalid-problem",
        "inputDimension, studentWidth and teacherWidth",
      );
    },
  );

  test("names keys whatever they are", async () => {
    await expectError(() => problem({ ...ok, constructor: 1 } as never), "invalid-problem", `"constructor"`);
    await expectError(
      () => problem(JSON.parse(`{ "inputDimension": 1, "studentWidth": 1, "teacherWidth": 1, "__proto__": 1 }`)),
      "invalid-problem",
      `"__proto__"`,
    );
  });
});
