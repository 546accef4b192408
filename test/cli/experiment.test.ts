import { expect, it } from "vitest";
import { parseExperiment, readExperiment, shippedExperiments } from "../../src/cli/experiment/experiment.js";
import { experimentJsonSchema } from "../../src/cli/experiment/schema.js";
import { experimentTimes } from "../../src/cli/experiment/times.js";
import { problem, SgdDynamicsError } from "../../src/index.js";
import { small } from "./support.js";

const base = { inputDimension: 50, studentWidth: 2, teacherWidth: 2 };
const least = { name: "a", problem: base, until: 5 };

function sentence(value: unknown): string {
  try {
    parseExperiment(value, "x.json");
  } catch (error) {
    expect(error).toBeInstanceOf(SgdDynamicsError);
    expect((error as SgdDynamicsError).code).toBe("invalid-experiment");
    return (error as Error).message;
  }
  throw new Error("It was accepted.");
}

it("multiplies axes out, the last fastest, sets dotted fields, and names each problem by its symbols", () => {
  const { points } = parseExperiment(
    {
      ...least,
      vary: { studentWidth: [2, 3], "start.scale": [0.5, 1], "secondLayer.learningRate": [0.001] },
      problem: { ...base, secondLayer: { learningRate: 1 } },
    },
    "x.json",
  );
  expect(points.map(({ label }) => label)).toEqual([
    "p = 2, start.scale = 0.5, γₐ = 0.001",
    "p = 2, start.scale = 1, γₐ = 0.001",
    "p = 3, start.scale = 0.5, γₐ = 0.001",
    "p = 3, start.scale = 1, γₐ = 0.001",
  ]);
  expect(points[2].problem).toEqual(
    problem({ ...base, studentWidth: 3, start: { kind: "random", scale: 0.5 }, secondLayer: { learningRate: 0.001 } }),
  );
  expect(parseExperiment(least, "x.json").points).toMatchObject([{ label: "", place: [] }]);
  // a bare name of a start stands for { kind }
  const named = { ...least, problem: { ...base, start: "informed" }, vary: { "start.perturbation": [0.1] } };
  expect(parseExperiment(named, "x.json").points[0].problem.start).toMatchObject({
    kind: "informed",
    perturbation: 0.1,
  });
});

it("fills in defaults", () => {
  expect(parseExperiment(least, "x.json").file).toEqual({
    ...least,
    vary: {},
    integrate: true,
    simulate: false,
    ensemble: false,
    save: { count: 100, spacing: "log" },
    plot: { x: { scale: "log" }, y: { scale: "log", show: "risk" } },
  });
  expect(parseExperiment({ ...least, ensemble: {} }, "x.json").file.ensemble).toEqual({
    replicas: 100,
    quantiles: [0.1, 0.9],
    method: "auto",
    start: "theory",
  });
});

const fields =
  "$schema, name, title, description, problem, vary, integrate, simulate, ensemble, until, save, report, plot, record";
const seeds = "how many (seeds 1, 2, ...; from 1 to 10000), or an array of different whole numbers";
it.each([
  [
    {},
    "name is required; allowed: letters, digits, dots, dashes and underscores, a letter or digit first; it names the files.",
  ],
  [
    { ...least, name: "../up" },
    'name is "../up"; allowed: letters, digits, dots, dashes and underscores, a letter or digit first; it names the files.',
  ],
  [
    { ...least, problem: 3 },
    "problem is 3; allowed: an object with fields of a problem, such as inputDimension, studentWidth and teacherWidth.",
  ],
  [{ ...least, foo: 1 }, `unknown key "foo"; the fields are ${fields}.`],
  [{ ...least, studentWidth: 1 }, 'unknown key "studentWidth"; it belongs into problem.'],
  [{ ...least, plot: { x: { scael: "log" } } }, 'plot.x has unknown key "scael"; the fields are label, scale, domain.'],
  [{ ...least, until: undefined }, "until is required; allowed: a finite time t = nu / d above 0."],
  [{ ...least, until: 0 }, "until is 0; allowed: a finite time t = nu / d above 0."],
  [
    { ...least, until: 0.001 },
    "until = 0.001 is less than one step of SGD at inputDimension 50; allowed: at least 1 / inputDimension.",
  ],
  [
    { ...least, vary: { studentWidth: [2, -2] } },
    "vary.studentWidth[1] is -2; allowed: a whole number from 1 to 4096 (p).",
  ],
  [
    { ...least, vary: { studentWidth: [] } },
    "vary.studentWidth is an array of 0; allowed: an array of at least one value.",
  ],
  [{ ...least, vary: { studentWidth: 3 } }, "vary.studentWidth is 3; allowed: an array of at least one value."],
  [
    { ...least, vary: { width: [3] } },
    "vary.width is no field of a problem; the fields are inputDimension, studentWidth, teacherWidth, activation, scaling, learningRate, " +
      "secondLayer, weightDecay, noiseVariance, batchSize, inputs, data, start.",
  ],
  [{ ...least, vary: { "start.scale": [1, -1] } }, "vary.start.scale[1] is -1; allowed: a finite number, at least 0."],
  [
    { ...least, problem: { ...base, secondLayer: "fixed" }, vary: { "secondLayer.learningRate": [1] } },
    'vary.secondLayer.learningRate goes into problem.secondLayer, which is "fixed"; write that as an object with its other fields.',
  ],
  [
    { ...least, problem: { ...base, start: "informed" }, vary: { studentWidth: [2, 1] } },
    "at p = 1: An informed start needs studentWidth >= teacherWidth; given: 1 and 2.",
  ],
  [
    { ...least, vary: { noiseVariance: Array.from({ length: 1001 }, (_, i) => i) } },
    "vary makes 1001 problems; allowed: up to 1000.",
  ],
  [
    { ...least, problem: { inputDimension: 50, teacherWidth: 2 } },
    "problem.studentWidth is required; allowed: a whole number from 1 to 4096 (p).",
  ],
  [
    { ...least, problem: { ...base, learningrate: 1 } },
    'problem has the unknown key "learningrate"; did you mean learningRate?',
  ],
  [{ ...least, simulate: true }, "simulate is true; allowed: false or { seeds, method, precision }."],
  [{ ...least, simulate: { seeds: 0 } }, `simulate.seeds is 0; allowed: ${seeds}.`],
  [{ ...least, simulate: { seeds: [1, 1] } }, `simulate.seeds is an array of 2; allowed: ${seeds}.`],
  [{ ...least, simulate: { seeds: 2, precision: "f16" } }, 'simulate.precision is "f16"; allowed: "f64" or "f32".'],
  [{ ...least, integrate: false }, "integrate, simulate and ensemble are all false; one of them must be asked for."],
  [{ ...least, ensemble: true }, "ensemble is true; allowed: false or { replicas, quantiles, method, start }."],
  [{ ...least, ensemble: { replicas: 0 } }, "ensemble.replicas is 0; allowed: a whole number from 1 to 1e6."],
  [
    { ...least, ensemble: { quantiles: [0.9, 0.1] } },
    "ensemble.quantiles is an array of 2; allowed: an array of at least two increasing numbers from 0 to 1.",
  ],
  [
    { ...least, ensemble: { quantiles: [0.1, 1.1] } },
    "ensemble.quantiles[1] is 1.1; allowed: an array of at least two increasing numbers from 0 to 1.",
  ],
  [
    { ...least, ensemble: { start: "here" } },
    'ensemble.start is "here"; allowed: "theory" (all from the start of the first seed) or "own" (each from its own).',
  ],
  [
    { ...least, ensemble: { seeds: 2 } },
    'ensemble has unknown key "seeds"; the fields are replicas, quantiles, method, start.',
  ],
  [
    { ...least, ensemble: {}, simulate: { seeds: 3 }, plot: { curves: "mean" } },
    'plot.curves is "mean" over 3 seeds and the ensemble starts with the first of them; allowed: "first" or "each", or ensemble.start "own".',
  ],
  [
    { ...least, integrate: { solver: "euler" } },
    'integrate.solver is "euler"; allowed: "auto", "dopri5" (explicit) or "rodas5p" (implicit).',
  ],
  [
    { ...least, integrate: { noise: { points: 3 } } },
    'integrate.noise.points is 3; allowed: "exact", "quasi-random" or { points }, a whole number from 128 to 1048576.',
  ],
  [
    { ...least, integrate: { events: ["specialized"] } },
    'integrate.events[0] is "specialized"; allowed: "leave-plateau", "specialised", "steady-state", { name: "steady-state", tolerance } or { risk: threshold, name }.',
  ],
  [
    { ...least, integrate: { events: [{ risk: 0.1, terminal: true }] } },
    'integrate.events[0] has unknown key "terminal".',
  ],
  [
    { ...least, integrate: { solvr: "auto" } },
    'integrate has unknown key "solvr"; the fields are rtol, atol, maxSteps, terms, solver, noise, limit, events, seeds.',
  ],
  [{ ...least, integrate: { rtol: 1 } }, "integrate.rtol is 1; allowed: from 1e-14 to 0.1."],
  [
    { ...least, integrate: { seeds: 2 }, simulate: { seeds: 2 } },
    "integrate.seeds is given beside simulate; theory starts where each simulated seed starts, so leave it out.",
  ],
  [{ ...least, save: { count: 1 } }, "save.count is 1; allowed: a whole number from 2 to 1e6."],
  [
    { ...least, save: { times: [2, 1] } },
    "save.times is an array of 2; allowed: an array of increasing times, at least 0.",
  ],
  [
    { ...least, save: { times: [1], count: 3 } },
    'save is {"times":[1],"count":3}; allowed: { times } or { count, spacing: "log" | "linear" }.',
  ],
  [{ ...least, save: { times: [1, 6] } }, "save.times ends with 6; allowed: up to until = 5."],
  [{ ...least, report: { times: [6] } }, "report.times ends with 6; allowed: up to until = 5."],
  [{ ...least, plot: { x: { domain: [2, 1] } } }, "plot.x.domain is an array of 2; allowed: two increasing numbers."],
  [
    { ...least, plot: { panels: [{ title: "a", x: { scael: "log" } }] } },
    'plot.panels[0].x has unknown key "scael"; the fields are label, scale, domain.',
  ],
  [
    { ...least, plot: { panels: [{ title: "a", z: 1 }] } },
    'plot.panels[0] has unknown key "z"; the fields are title, x, y.',
  ],
  [{ ...least, plot: { panels: [{}] } }, "plot.panels[0].title is required; allowed: a text."],
  [
    { ...least, plot: { panels: [{ title: "a", y: { show: "Q_3_3" } }] } },
    'plot.panels[0].y.show is "Q_3_3"; allowed: "risk", "M_i_r", "Q_i_j" with i <= j, or "a_i", with i, j from 1 to studentWidth and r from 1 to teacherWidth.',
  ],
  [
    { ...least, plot: { y: { show: "Q_3_3" } } },
    'plot.y.show is "Q_3_3"; allowed: "risk", "M_i_r", "Q_i_j" with i <= j, or "a_i", with i, j from 1 to studentWidth and r from 1 to teacherWidth.',
  ],
])("says what is wrong with %j", (value, expected) => {
  expect(sentence(value)).toBe(`x.json: ${expected}`);
});

it("saves times that are whole steps, the reported ones among them", () => {
  const { file } = parseExperiment({ ...small, report: { times: [0.33, 2] } }, "x.json");
  const { saved, reported, until } = experimentTimes(file, 50);
  expect(until).toBe(4);
  // 0.33 * 50 = 16.5 rounds to 17
  expect(reported).toEqual([17 / 50, 2]);
  expect(saved[0]).toBe(0);
  expect(saved.at(-1)).toBe(4);
  for (const time of reported) expect(saved).toContain(time);
  saved.forEach((t, i) => {
    expect(t).toBe(Math.round(t * 50) / 50);
    if (i > 0) expect(t).toBeGreaterThan(saved[i - 1]);
  });
  // the end is a whole step too, where `until` is none
  expect(experimentTimes({ until: 0.27, save: { times: [0.26] } }, 10)).toEqual({
    saved: [0.1, 0.3],
    reported: [0.1, 0.3],
    until: 0.3,
  });
  expect(experimentTimes({ until: 4, save: { count: 5, spacing: "linear" }, report: { times: [4] } }, 1).saved).toEqual(
    [0, 1, 2, 3, 4],
  );
});

it("has the papers' experiments, valid and found by name", async () => {
  const names = shippedExperiments();
  expect(names).toEqual(expect.arrayContaining(["goldt-2019-first-layer", "veiga-2022-blue-line"]));
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) {
    const { file, points } = await readExperiment(name);
    expect(file.name).toBe(name);
    expect(points.length).toBeGreaterThan(0);
  }
  await expect(readExperiment("nothing")).rejects.toThrow(
    `There is no experiment "nothing"; those of the papers are ${names.join(", ")}, and your own is named by its path.`,
  );
});

it("starts the blue line where the reference trajectory of Veiga et al. starts", async () => {
  const { points } = await readExperiment("veiga-2022-blue-line");
  for (const { problem: p } of points) {
    expect(p).toMatchObject({
      studentWidth: 8,
      teacherWidth: 4,
      scaling: "mean-field",
      learningRate: 8,
      noiseVariance: 1e-3,
    });
    expect(p.start.kind === "state" && p.start.state.Q[1]).toBe(0.149859440381);
    expect(p.start.kind === "state" && p.start.state.M[0]).toBe(-0.124073869175);
  }
});

it("publishes a JSON Schema with the problem's fields, closed to unknown keys, each field described", () => {
  const schema = experimentJsonSchema() as {
    properties: Record<
      string,
      { description?: string; properties?: object; additionalProperties?: unknown; required?: unknown }
    >;
    required: string[];
    additionalProperties: unknown;
  };
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: false,
  });
  expect(schema.required).toEqual(["name", "problem", "until"]);
  expect(Object.keys(schema.properties).join(", ")).toBe(fields);
  const { problem: inner } = schema.properties;
  expect(Object.keys(inner.properties ?? {})).toEqual(Object.keys(problem(base)));
  expect(inner.additionalProperties).toBe(false);
  // vary may supply what the problem leaves out
  expect(inner.required).toBeUndefined();
  for (const [name, { description }] of Object.entries(schema.properties)) expect(description, name).toBeTruthy();
  // alternatives that JSON cannot hold would allow everything
  expect(JSON.stringify(schema)).not.toMatch(/"(anyOf|oneOf)":\[(\{\},|[^[\]]*,\{\})/);
});
