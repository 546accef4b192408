/**
 * The schema of an experiment file: the one place that knows its fields. Validation, messages and the published JSON Schema come from it.
 * The problem in it is the library's own schema.
 */
import * as z from "zod/mini";
import { fieldNames, problemSchema } from "../../schema.js";
import { bad, complaint, described, pathText, real, text, whole } from "../schema-parts.js";

const INTEGRATE = "rtol, atol, maxSteps, terms, solver, noise, limit, events, seeds";

const seedSentence = "a whole number from 0 to 2^53 - 1";
const seedsSentence = "how many (seeds 1, 2, ...; from 1 to 10000), or an array of different whole numbers";
const seeds = described(
  z.union(
    [
      whole(seedsSentence, 1, 10000),
      z.array(whole(seedSentence, 0, Number.MAX_SAFE_INTEGER), { error: seedsSentence }).check(
        z.minLength(1, { error: seedsSentence }),
        z.refine((list) => new Set(list).size === list.length, { error: seedsSentence }),
      ),
    ],
    { error: seedsSentence },
  ),
  "Seeds of starts and of samples: how many (1, 2, ...), or which.",
);

const noiseSentence = `"exact", "quasi-random" or { points }, a whole number from 128 to 1048576`;
const noise = z.union(
  [z.enum(["exact", "quasi-random"]), z.strictObject({ points: whole(noiseSentence, 128, 1_048_576) })],
  { error: noiseSentence },
);

const eventNames = ["leave-plateau", "specialised", "steady-state"] as const;
const eventSentence = `${eventNames.map((name) => `"${name}"`).join(", ")}, { name: "steady-state", tolerance } or { risk: threshold, name }`;
const positive = real("a number above 0", { above: 0 });
const event = z.union(
  [
    z.enum(eventNames),
    z.strictObject({ name: z.literal("steady-state", { error: eventSentence }), tolerance: z.optional(positive) }),
    z.strictObject({
      risk: positive,
      name: z.optional(z.string({ error: "a text" }).check(z.minLength(1, { error: "a text" }))),
    }),
  ],
  { error: eventSentence },
);

const exponent = real("a number from -100 to 100", { min: -100, max: 100 });
const limit = z.union(
  [z.enum(["ode", "finite-d"]), z.strictObject({ region: z.strictObject({ kappa: exponent, delta: exponent }) })],
  { error: `"ode", "finite-d" or { region: { kappa, delta } }` },
);

const integrate = z.union(
  [
    z.boolean(),
    z.strictObject({
      rtol: z.optional(real("from 1e-14 to 0.1", { min: 1e-14, max: 0.1 })),
      atol: z.optional(real("a number above 0, below 1", { above: 0, max: 1 })),
      maxSteps: z.optional(whole("a whole number above 0", 1, Number.MAX_SAFE_INTEGER)),
      terms: z.optional(z.enum(["full", "gradient-flow", "noise"], { error: `"full", "gradient-flow" or "noise"` })),
      solver: z.optional(
        z.enum(["auto", "dopri5", "rodas5p"], { error: `"auto", "dopri5" (explicit) or "rodas5p" (implicit)` }),
      ),
      noise: z.optional(
        described(
          noise,
          "How the noise matrix is found: exact (default; refused where that would take hours, unless it is said), or estimated, for wide students.",
        ),
      ),
      limit: z.optional(
        described(
          limit,
          "d -> infinity (default); the exact mean of each step at the problem's d, iterated; or the limiting ODE of p ~ d^kappa and gamma = learningRate d^-delta on the clock of their region, beside which nothing is simulated.",
        ),
      ),
      events: z.optional(
        described(
          z.array(event, { error: `an array of ${eventSentence}` }),
          "What to find on the way; listed, and drawn where one curve of theory is.",
        ),
      ),
      seeds: z.optional(seeds),
    }),
  ],
  { error: `true, false or { ${INTEGRATE} }` },
);

const simulate = z.union(
  [
    z.literal(false),
    z.strictObject({
      seeds,
      method: z._default(z.enum(["auto", "chain", "dense"], { error: `"auto", "chain" or "dense"` }), "auto"),
      precision: z._default(z.enum(["f64", "f32"], { error: `"f64" or "f32"` }), "f64"),
    }),
  ],
  { error: "false or { seeds, method, precision }" },
);

const quantilesSentence = "an array of at least two increasing numbers from 0 to 1";
const startSentence = `"theory" (all from the start of the first seed) or "own" (each from its own)`;
const ensemble = z.union(
  [
    z.literal(false),
    z.strictObject({
      replicas: z._default(whole("a whole number from 1 to 1e6", 1, 1e6), 100),
      quantiles: z._default(
        z.array(real(quantilesSentence, { min: 0, max: 1 }), { error: quantilesSentence }).check(
          z.minLength(2, { error: quantilesSentence }),
          z.refine((list) => list.every((q, i) => i === 0 || q > list[i - 1]), { error: quantilesSentence }),
        ),
        [0.1, 0.9],
      ),
      method: z._default(z.enum(["auto", "chain", "dense"], { error: `"auto", "chain" or "dense"` }), "auto"),
      start: described(
        z._default(z.enum(["theory", "own"], { error: startSentence }), "theory"),
        "Where replicas start: all where theory and simulation of the first seed do, so that the band is of samples and noise alone, or each from its own draw.",
      ),
    }),
  ],
  { error: "false or { replicas, quantiles, method, start }" },
);

const timesSentence = "an array of increasing times, at least 0";
const times = z.array(real(timesSentence, { min: 0 }), { error: timesSentence }).check(
  z.minLength(1, { error: timesSentence }),
  z.refine((list) => list.every((t, i) => i === 0 || t > list[i - 1]), { error: timesSentence }),
);
const saveSentence = `{ times } or { count, spacing: "log" | "linear" }`;
const save = z
  .strictObject(
    {
      times: z.optional(times),
      count: z.optional(whole("a whole number from 2 to 1e6", 2, 1e6)),
      spacing: z.optional(z.enum(["log", "linear"], { error: `"log" or "linear"` })),
    },
    { error: saveSentence },
  )
  .check(
    z.refine((value) => (value.times ? !value.count && !value.spacing : value.count !== undefined), {
      error: saveSentence,
    }),
  );

const scale = z.enum(["log", "linear"], { error: `"log" or "linear"` });
const show = text(`What is drawn: "risk", or an order parameter such as "Q_1_2" or "a_1".`);
const axisFields = {
  label: z.optional(text("Quantity and unit, written along the axis.")),
  domain: z.optional(
    z
      .array(real("two increasing numbers"), { error: "two increasing numbers" })
      .check(z.refine((ends) => ends.length === 2 && ends[0] < ends[1], { error: "two increasing numbers" })),
  ),
};
const curvesSentence = `"mean" (over seeds), "first" (the first seed) or "each" (every seed)`;
const panelsSentence = "an array of { title, x, y }";
const panel = z.strictObject(
  {
    title: text("Title of the panel."),
    x: z.prefault(z.strictObject({ ...axisFields, scale: z.optional(scale) }), {}),
    y: z.prefault(z.strictObject({ show: z.optional(show), ...axisFields, scale: z.optional(scale) }), {}),
  },
  { error: panelsSentence },
);
const plot = z.strictObject({
  title: z.optional(text("Title of the figure; default: that of the experiment.")),
  x: z.prefault(z.strictObject({ ...axisFields, scale: z._default(scale, "log") }), {}),
  y: z.prefault(z.strictObject({ show: z._default(show, "risk"), ...axisFields, scale: z._default(scale, "log") }), {}),
  panels: z.optional(
    described(
      z.array(panel, { error: panelsSentence }).check(z.minLength(1, { error: panelsSentence })),
      "Several views of the same runs side by side; what one does not say of its axes it has from x and y.",
    ),
  ),
  curves: described(
    z.optional(z.enum(["mean", "first", "each"], { error: curvesSentence })),
    `Which curves are drawn where there are several seeds; default "mean", but "first" beside an ensemble from the start of the first seed.`,
  ),
});

/** The address of the JSON Schema. */
export const SCHEMA = "https://unpkg.com/sgd-dynamics/dist/experiment.schema.json";

const nameSentence = "letters, digits, dots, dashes and underscores, a letter or digit first; it names the files";
const varySentence = `fields of the problem with the values each takes, such as { "studentWidth": [2, 3, 4] }`;
const valuesSentence = "an array of at least one value";

const experimentFields = z.strictObject({
  $schema: z.optional(text("Where the JSON Schema of this file is; for editors.")),
  name: described(
    z.string({ error: nameSentence }).check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: nameSentence })),
    "Names the files that are written.",
  ),
  title: z.optional(text("Title of the figure and of the table.")),
  description: z.optional(text("What is to be seen, in a sentence or two; printed first.")),
  problem: described(
    z.record(z.string(), z.unknown(), {
      error: "an object with fields of a problem, such as inputDimension, studentWidth and teacherWidth",
    }),
    "The problem, as problem() of the library takes it; fields that vary may be left out.",
  ),
  vary: described(
    z._default(
      z.record(
        z.string(),
        z.array(z.unknown(), { error: valuesSentence }).check(z.minLength(1, { error: valuesSentence })),
        { error: varySentence },
      ),
      {},
    ),
    "Fields of the problem, dotted where nested (start.scale), with the values each takes; every combination is run.",
  ),
  integrate: described(
    z._default(integrate, true),
    "Integrate the ODE of the order parameters, from the start of each seed.",
  ),
  simulate: described(z._default(simulate, false), "Simulate one-pass SGD at finite input dimension, once a seed."),
  ensemble: described(
    z._default(ensemble, false),
    "Simulate replicas of the first seed, which show the fluctuations of SGD at finite input dimension as a band.",
  ),
  until: described(
    real("a finite time t = nu / d above 0", { above: 0 }),
    "End time t = nu / d: round(until d) steps; on the clock of integrate.limit.region where that is given.",
  ),
  save: described(
    z._default(save, { count: 100, spacing: "log" }),
    "Saved times; each is rounded to a whole step of the simulation.",
  ),
  report: described(
    z.optional(z.strictObject({ times }, { error: "{ times }" })),
    "Times of the table of simulation against theory; default: until / 1000, / 100, / 10, 3 until / 10, until. They are saved as well.",
  ),
  plot: described(z.prefault(plot, {}), "How the curves are drawn."),
  record: described(
    z.optional(z.record(z.string(), z.unknown())),
    "What a run has written of itself; read only to say whether a repetition gave the same numbers.",
  ),
});

/** An experiment as its file says, defaults filled in. */
export type ExperimentFile = z.output<typeof experimentFields>;

/**
 * Checks what an experiment file holds, but for its problems: they are checked one by one as `expand` makes them.
 * @param where the file, for messages
 * @throws SgdDynamicsError `invalid-experiment`
 */
export function checkExperiment(value: unknown, where: string): ExperimentFile {
  const result = experimentFields.safeParse(value);
  if (!result.success) throw complaint(value, result.error.issues[0], where, strangerText);
  const file = result.data;
  if (file.integrate === false && file.simulate === false && file.ensemble === false)
    bad(where, "integrate, simulate and ensemble are all false; one of them must be asked for");
  if (
    typeof file.integrate === "object" &&
    typeof file.integrate.limit === "object" &&
    (file.simulate || file.ensemble)
  ) {
    bad(
      where,
      `${file.simulate ? "simulate" : "ensemble"} is given beside integrate.limit.region, whose clock is not that of SGD at the problem's d; allowed: one of them. At finite d the theory is limit "ode" or "finite-d" with learningRate = gamma_0 d^-delta`,
    );
  }
  if (file.simulate && typeof file.integrate === "object" && file.integrate.seeds) {
    bad(
      where,
      "integrate.seeds is given beside simulate; theory starts where each simulated seed starts, so leave it out",
    );
  }
  if (file.save.times) checkWithin(where, "save.times", file.save.times, file.until);
  if (file.report) checkWithin(where, "report.times", file.report.times, file.until);
  return file;
}

/** What to say of a key that is not known. */
function strangerText(path: readonly PropertyKey[], key: string): string {
  if (path.length > 0) return knownKeys(path);
  return fieldNames.includes(key)
    ? "; it belongs into problem"
    : `; the fields are ${Object.keys(experimentFields.shape).join(", ")}`;
}

function checkWithin(where: string, name: string, list: readonly number[], until: number): void {
  if (list.at(-1)! > until) bad(where, `${name} ends with ${list.at(-1)}; allowed: up to until = ${until}`);
}

function knownKeys(path: readonly PropertyKey[]): string {
  const known: Record<string, string> = {
    simulate: "seeds, method, precision",
    ensemble: "replicas, quantiles, method, start",
    integrate: INTEGRATE,
    save: "times, or count and spacing",
    report: "times",
    plot: "title, x, y, panels, curves",
    "plot.x": "label, scale, domain",
    "plot.y": "show, label, scale, domain",
    "plot.panels": "title, x, y",
  };
  const fields =
    known[pathText(path).replace(/^plot\.panels\[\d+\](\.[xy])?/, (_, axis) => (axis ? `plot${axis}` : "plot.panels"))];
  return fields ? `; the fields are ${fields}` : "";
}

/**
 * JSON Schema (2020-12) of an experiment file, for editors and other tools; `scripts/build.mjs` writes it to `dist/experiment.schema.json`.
 */
export function experimentJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(experimentFields, { io: "input", unrepresentable: "any" }) as JsonObject;
  const properties = schema.properties as Record<string, JsonObject>;
  const description = properties.problem.description;
  const { $schema: _, required: __, ...problem } = problemJsonSchema();
  properties.problem = { ...problem, description };
  return {
    ...schema,
    $id: SCHEMA,
    title: "An experiment of sgd-dynamics",
  };
}

type JsonObject = Record<string, unknown>;

function problemJsonSchema(): JsonObject {
  const schema = z.toJSONSchema(problemSchema, { io: "input", unrepresentable: "any" });
  return withoutAny(schema) as JsonObject;
}

/** Alternatives that JSON cannot hold (typed arrays, arrays of them) stand as {}, which would allow everything: they go. */
function withoutAny(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAny);
  if (!isObject(value)) return value;
  const { anyOf, ...rest } = value;
  const others = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, withoutAny(inner)]));
  if (!Array.isArray(anyOf)) return others;
  const kept = anyOf.filter((one) => !isAny(one) && !isAny((one as JsonObject).items)).map(withoutAny);
  return kept.length === 1 ? { ...others, ...(kept[0] as JsonObject) } : { ...others, anyOf: kept };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAny(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
