/**
 * The schema of a classification experiment's file: the one place that knows its fields. Validation, messages and the published JSON Schema come from it.
 */
import { basename } from "node:path";
import * as z from "zod/mini";
import type { ClassificationExperiment } from "../../classify/index.js";
import type { KnownSet } from "../../papers/index.js";
import { bad, complaint, described, pathText, real, text, whole } from "../schema-parts.js";
import { atLeast0, countOf, task, taskKeys } from "./task-schema.js";

/** An experiment as a file says: files by their names, known sets by theirs. */
export type ClassificationFile = Omit<ClassificationExperiment, "task" | "name"> & {
  readonly name: string;
  readonly task: Exclude<ClassificationExperiment["task"], { readonly kind: "data" }> | KnownSet;
};

const activationSentence = `"relu", "erf", "tanh" or "linear"`;
const activation = z.optional(z.enum(["relu", "erf", "tanh", "linear"], { error: activationSentence }));
const width = countOf(1e6);
const layerSentence = `a width, { outputs, activation }, { kind: "convolution", channels, stride, activation } or { kind: "max-pool" }`;
const layer = z.union(
  [
    width,
    z.strictObject({ kind: z.optional(z.literal("dense")), outputs: width, activation }),
    z.strictObject({
      kind: z.literal("convolution"),
      channels: width,
      stride: z.optional(whole("1 or 2", 1, 2)),
      activation,
    }),
    z.strictObject({ kind: z.literal("max-pool") }),
  ],
  { error: layerSentence },
);
const layersSentence = "an array of widths, the last of which is the number of classes";
const imageSentence = "true (square, of one channel), false or { width, height, channels }";
const network = z.strictObject(
  {
    layers: described(
      z.optional(z.array(layer, { error: layersSentence }).check(z.minLength(1, { error: layersSentence }))),
      "Layers from the first to the last, whose width is the number of classes; default 128, 128 and that.",
    ),
    activation: described(activation, "Of all layers but the last; default relu."),
    start: z.optional(z.enum(["he", "glorot", "torch"], { error: `"he", "glorot" or "torch"` })),
    image: described(
      z.optional(
        z.union([z.boolean(), z.strictObject({ width, height: z.optional(width), channels: z.optional(width) })], {
          error: imageSentence,
        }),
      ),
      "Whether samples are images, for convolutions.",
    ),
  },
  { error: "{ layers, activation, start, image }" },
);

const rateSentence = `a number, { value, at: [epochs], factor }, or rates by the epoch they begin at, as { "0": 0.1, "150": 0.01 }`;
const learningRate = z.union(
  [
    atLeast0,
    z.strictObject({ value: atLeast0, at: z.array(atLeast0), factor: z.optional(atLeast0) }),
    z.record(z.string().check(z.regex(/^\d+(\.\d+)?$/)), atLeast0),
  ],
  { error: rateSentence },
);
const augmentSentence = `{ kind: "shift2d", width, height, channels, by }, { kind: "gaussianNoise", standardDeviation } or { kind: "zeroOut", count }, or an array of them`;
const change = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("shift2d"),
      width,
      height: z.optional(width),
      channels: z.optional(width),
      by: z.optional(whole("a whole number from 0", 0, 1e6)),
    }),
    z.strictObject({ kind: z.literal("gaussianNoise"), standardDeviation: atLeast0 }),
    z.strictObject({ kind: z.literal("zeroOut"), count: whole("a whole number from 0", 0, 1e6) }),
  ],
  { error: augmentSentence },
);
const training = z.strictObject(
  {
    learningRate,
    batchSize: countOf(1e6),
    epochs: described(z.optional(countOf(1e9)), "Passes over the training set; either this or steps."),
    steps: z.optional(countOf(1e12)),
    loss: z.optional(
      z.enum(["softmax", "logistic", "squared"], { error: `"softmax", "logistic" (one output) or "squared"` }),
    ),
    momentum: z.optional(real("a number from 0, below 1", { min: 0, max: 0.9999999 })),
    l2: z.optional(
      z.union([atLeast0, z.strictObject({ weights: z.optional(atLeast0), biases: z.optional(atLeast0) })], {
        error: "a number at least 0, or { weights, biases }",
      }),
    ),
    augment: z.optional(z.union([change, z.array(change)], { error: augmentSentence })),
    stop: described(
      z.optional(
        z.strictObject(
          { accuracy: real("a share from 0 to 1", { min: 0, max: 1 }), every: z.optional(countOf(1e9)) },
          { error: "{ accuracy, every }" },
        ),
      ),
      "Ends the training when this share of the training set is right, asked every so many epochs.",
    ),
  },
  { error: "{ learningRate, batchSize, epochs, ... }" },
);

const adversarial = z.strictObject(
  {
    copies: countOf(1e4),
    zero: z.optional(
      z.union(
        [
          real("a fraction from 0 to 1", { min: 0, max: 1 }),
          z.strictObject({ count: whole("a whole number from 0", 0, 1e6) }),
        ],
        {
          error: "a fraction of a sample's values, or { count }",
        },
      ),
    ),
    learningRate,
    epochs: countOf(1e9),
    accuracy: z.optional(real("a share from 0 to 1", { min: 0, max: 1 })),
    every: z.optional(countOf(1e9)),
    batchSize: z.optional(countOf(1e6)),
  },
  { error: "{ copies, zero, learningRate, epochs, accuracy, every, batchSize }" },
);

const simpleSentence = "an array of at least one { degree, l2, loss } or { name, network, training }";
const linear = z.strictObject({
  degree: z.optional(whole("a whole number from 1 to 10", 1, 10)),
  l2: z.optional(atLeast0),
  loss: z.optional(z.enum(["logistic", "softmax", "squared"], { error: `"logistic", "softmax" or "squared"` })),
});
const simpler = z.strictObject({
  name: z.string({ error: "a text that names the network" }).check(z.minLength(1)),
  network: z.optional(network),
  training,
});
const simple = z
  .array(z.union([linear, simpler], { error: simpleSentence }), { error: simpleSentence })
  .check(z.minLength(1, { error: simpleSentence }));

const evaluationsSentence = "{ count }, { steps: [..] } or { epochs: [..] }";
const evaluations = z.union(
  [
    z.strictObject({ count: whole("a whole number from 2 to 100000", 2, 1e5) }),
    z.strictObject({ steps: z.array(atLeast0).check(z.minLength(1)) }),
    z.strictObject({ epochs: z.array(atLeast0).check(z.minLength(1)) }),
  ],
  { error: evaluationsSentence },
);

const seedSentence = "a whole number from 0 to 2^53 - 1";
const seed = whole(seedSentence, 0, Number.MAX_SAFE_INTEGER);
const seedsSentence = "how many (seeds 1, 2, ...; from 1 to 10000), or an array of different whole numbers";
const biasSentence = `"none", "miller-madow" or { permutations, seed }`;
const intervalsSentence = `"delta" or { bootstrap, seed }`;
const information = z.strictObject(
  {
    unit: z.optional(z.enum(["bits", "nats"], { error: `"bits" or "nats"` })),
    bias: z.optional(
      z.union([z.enum(["none", "miller-madow"]), z.strictObject({ permutations: countOf(1e5), seed })], {
        error: biasSentence,
      }),
    ),
    intervals: z.optional(
      z.union(
        [z.literal("delta"), z.strictObject({ bootstrap: whole("a whole number from 20 to 1000000", 20, 1e6), seed })],
        { error: intervalsSentence },
      ),
    ),
    level: z.optional(real("a number from 0.5 to 0.9999", { min: 0.5, max: 0.9999 })),
  },
  { error: "{ unit, bias, intervals, level }" },
);

const nameSentence = "letters, digits, dots, dashes and underscores, a letter or digit first; it names the experiment";

/** The address of the JSON Schema. */
export const CLASSIFICATION_SCHEMA = "https://unpkg.com/sgd-dynamics/dist/classification.schema.json";

const fields = z.strictObject({
  $schema: z.optional(text("Where the JSON Schema of this file is; for editors.")),
  name: described(
    z.optional(
      z.string({ error: nameSentence }).check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, { error: nameSentence })),
    ),
    "Names the experiment; default the file's name.",
  ),
  title: z.optional(text("Title of the figure.")),
  description: z.optional(text("What is to be seen, in a sentence or two; printed first.")),
  task: described(task, "Where samples come from: a task whose samples are drawn anew for each seed, or a data set."),
  network: described(z.optional(network), "The network, as network() of the library takes it."),
  training: described(training, "How it is trained, as train() of the library takes it."),
  adversarial: described(
    z.optional(adversarial),
    "Random labels on copies of the training set that are fitted first, so that the training starts from there; as adversarialInit() of the library takes it.",
  ),
  simple: described(
    z.optional(simple),
    "What it is compared with: linear classifiers on polynomial features, simpler networks; default a linear one with l2 0.001.",
  ),
  evaluations: described(
    z.optional(evaluations),
    "When predictions on the test set are looked at; default { count: 24 }, step 0 and 24 log-spaced steps.",
  ),
  information: described(z.optional(information), "How informations are estimated; default plug-in, in bits."),
  seeds: described(
    z.optional(
      z.union(
        [
          whole(seedsSentence, 1, 10000),
          z.array(seed, { error: seedsSentence }).check(
            z.minLength(1, { error: seedsSentence }),
            z.refine((list) => new Set(list).size === list.length, { error: seedsSentence }),
          ),
        ],
        { error: seedsSentence },
      ),
    ),
    "Seeds of the task, of the start and of the order of training: how many (1, 2, ...), or which; default 1.",
  ),
});

/**
 * Checks what the file of a classification experiment holds.
 * @param where the file, for messages
 * @throws SgdDynamicsError `invalid-experiment`
 */
export function checkClassification(value: unknown, where: string): ClassificationFile {
  const result = fields.safeParse(value);
  if (!result.success)
    throw complaint(value, result.error.issues[0], where, (path) => {
      const known = knownKeys(path, value);
      return known.length > 0 ? `; the fields are ${known.join(", ")}` : "";
    });
  const { $schema: _, ...own } = result.data;
  const file = { name: stemOf(where), ...own };
  for (const [name, { epochs, steps }] of trainings(file as ClassificationFile))
    if ((epochs === undefined) === (steps === undefined)) bad(where, `${name} needs either epochs or steps`);
  return file as ClassificationFile;
}

/** What a file is called, as a name: without its endings. */
export function stemOf(path: string): string {
  return (
    basename(path)
      .replace(/(\.\w+){1,2}$/, "")
      .replaceAll(/[^\w.+-]/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "") || "data"
  );
}

function trainings({ training: own, simple: others = [] }: ClassificationFile) {
  return [
    ["training", own] as const,
    ...others.flatMap((one, i) => ("training" in one ? [[`simple[${i}].training`, one.training] as const] : [])),
  ];
}

function knownKeys(path: readonly PropertyKey[], value: unknown): readonly string[] {
  if (path.length === 0) return Object.keys(fields.shape);
  if (path.length === 1 && path[0] === "task") {
    return taskKeys((value as { task: { kind: string } }).task.kind);
  }
  const known: Record<string, object> = {
    network: network.shape,
    training: training.shape,
    information: information.shape,
    adversarial: adversarial.shape,
    simple: { ...linear.shape, ...simpler.shape },
  };
  return Object.keys(
    known[
      pathText(path)
        .replace(/^simple\[\d+\]\./, "")
        .replace(/\[\d+\]$/, "")
    ] ?? {},
  );
}

/** JSON Schema (2020-12) of such a file; `scripts/build.mjs` writes it to `dist/classification.schema.json`. */
export function classificationJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(fields, { io: "input", unrepresentable: "any" }),
    $id: CLASSIFICATION_SCHEMA,
    title: "A classification experiment of sgd-dynamics",
  };
}
