/** The part of the schema that says where samples come from: each kind of task with its fields. */
import * as z from "zod/mini";
import { described, real, whole } from "../schema-parts.js";

export const countOf = (most: number) => whole(`a whole number from 1 to ${most}`, 1, most);
export const atLeast0 = real("a number at least 0", { min: 0 });
const labels = z.array(z.int().check(z.gte(0)));

const samples = {
  train: z.optional(countOf(1e8)),
  test: z.optional(countOf(1e8)),
};
const noise = z.optional(real("a probability up to 1/2", { min: 0, max: 0.5 }));
const groupsSentence = `"first-against-last", "even-against-odd" or lists of labels that make one class each, as [[0, 1], [2, 3]]`;
const groups = described(
  z.optional(
    z.union(
      [z.enum(["first-against-last", "even-against-odd"]), z.array(labels.check(z.minLength(1))).check(z.minLength(2))],
      { error: groupsSentence },
    ),
  ),
  "Labels that make one class each; samples of others are left out.",
);
const scale = z.optional(real("a finite number"));
const classes = z.optional(whole("a whole number from 2", 2, 1e6));
const termsSentence = `"linear+product", "staircase", "xor" or terms { coefficient, inputs: [..] }`;
const file = z.string({ error: "the name of a file" });
const first = described(z.optional(countOf(1e8)), "Training samples to use: the first so many.");
const testSentence = `{ file } or { every }, a whole number from 2: rows 0, every, 2 every, ... are the test set`;

/** Fields of each kind of task, beside `kind`. */
const tasks = {
  disc: { ...samples, noise, amplitude: z.optional(real("a finite number")) },
  "linear+product": { ...samples, noise },
  staircase: { ...samples, noise },
  xor: { ...samples, noise },
  polynomial: {
    ...samples,
    noise,
    polynomial: z.union(
      [
        z.enum(["linear+product", "staircase", "xor"]),
        z
          .array(z.strictObject({ coefficient: z.number(), inputs: labels.check(z.minLength(1)) }))
          .check(z.minLength(1)),
      ],
      { error: termsSentence },
    ),
    inputs: z.optional(countOf(1e5)),
  },
  teacher: {
    ...samples,
    noise,
    inputs: z.optional(countOf(1e5)),
    units: z.optional(countOf(1000)),
    activation: z.optional(z.enum(["erf", "relu", "linear", "tanh"], { error: `"erf", "relu", "linear" or "tanh"` })),
  },
  blobs: samples,
  digits: { ...samples, groups },
  "fashion-mnist": { ...samples, groups },
  idx: {
    files: z.strictObject(
      { trainImages: file, trainLabels: file, testImages: file, testLabels: file },
      { error: "{ trainImages, trainLabels, testImages, testLabels }, names of files" },
    ),
    groups,
    train: first,
    scale,
    classes,
  },
  csv: {
    file,
    test: z.optional(
      z.union([z.strictObject({ file }), z.strictObject({ every: whole(testSentence, 2, Number.MAX_SAFE_INTEGER) })], {
        error: testSentence,
      }),
    ),
    groups,
    train: first,
    label: z.optional(
      z.union([z.string(), z.int().check(z.gte(0))], {
        error: `"last", "first", a column's number from 0 or its name`,
      }),
    ),
    head: z.optional(z.union([z.boolean(), z.literal("auto")], { error: `true, false or "auto"` })),
    delimiter: z.optional(z.enum([",", ";", "\t", " "], { error: `",", ";", "\\t" or " "` })),
    scale,
    classes,
  },
} as const;

/** Kinds of tasks, in the order of the help. */
export const TASKS = Object.keys(tasks) as (keyof typeof tasks)[];
const taskSentence = TASKS.map((kind) => `"${kind}"`).join(", ");
const [firstTask, ...otherTasks] = TASKS.map((kind) => z.strictObject({ kind: z.literal(kind), ...tasks[kind] }));
export const task = z.discriminatedUnion("kind", [firstTask, ...otherTasks], { error: taskSentence });

/** Fields of a kind of task. */
export function taskKeys(kind: string): string[] {
  return ["kind", ...Object.keys(tasks[kind as keyof typeof tasks])];
}
