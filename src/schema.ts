/**
 * The schema of a problem: the one place that knows its fields. Types, validation, messages, JSON schema and command-line flags
 * come from it, so the command line and pages may import it. Each field carries the sentence of what is allowed; `problem.ts` adds what a field alone cannot know.
 */
import * as z from "zod/mini";
import type { Activation, Problem, ProblemInput, Start } from "./problem-types.js";

/** A number with a stated range; the same sentence answers every way to miss it. */
function real(allowed: string, bounds: { above?: number; min?: number; max?: number } = {}) {
  const error = allowed;
  const { above, min, max } = bounds;
  const checks = [];
  if (above !== undefined) checks.push(z.gt(above, { error }));
  if (min !== undefined) checks.push(z.gte(min, { error }));
  if (max !== undefined) checks.push(z.lte(max, { error }));
  return z.number({ error }).check(...checks);
}

function whole(allowed: string, min: number, max: number) {
  return real(allowed, { min, max }).check(z.refine((n) => Number.isInteger(n), { error: allowed }));
}

const typedArray = z.custom<Float64Array>((value) => value instanceof Float64Array);

/** An array of finite numbers, typed or not, that are `right` as well; a plain one inside. */
const vector = (allowed: string, right: (values: ArrayLike<number>) => boolean = () => true) =>
  z.pipe(
    z.union([z.array(z.number()), typedArray], { error: allowed }).check(
      z.refine((values) => values.every((v: number) => Number.isFinite(v)) && right(values), {
        error: allowed,
      }),
    ),
    z.transform((values): number[] => Array.from(values)),
  );

function flattened(values: number[] | number[][] | Float64Array | Float64Array[]): number[] {
  return Array.from<number | number[] | Float64Array>(values).flatMap((row) =>
    typeof row === "number" ? row : Array.from(row),
  );
}

/** A matrix as nested rows or flat row-major; flat inside. */
const matrix = (allowed: string) =>
  z.pipe(
    z.union([z.array(z.array(z.number())), z.array(typedArray), z.array(z.number()), typedArray], { error: allowed }),
    z.transform(flattened),
  );

export const activationNames = [
  "erf",
  "relu",
  "linear",
  "quadratic",
  "leaky-relu",
  "tanh",
  "logistic",
  "softplus",
  "gelu",
] as const;
const activationSentence = `one of ${activationNames.map((name) => `"${name}"`).join(", ")}, { kind: "leaky-relu", slope }, { hermite: [c_0, c_1, ...] }`;
/** Largest degree of a polynomial. */
const DEGREE = 10;
const hermiteSentence = `1 to ${DEGREE + 1} finite numbers c_0, c_1, ..., not all 0`;
/** Of a leaky ReLU that tells none. */
const SLOPE = 0.01;
const activations = [
  z.pipe(
    z.enum(activationNames),
    z.transform((name): Activation => (name === "leaky-relu" ? { kind: name, slope: SLOPE } : name)),
  ),
  z.strictObject({
    hermite: vector(hermiteSentence, (c) => c.length <= DEGREE + 1 && Array.from(c).some((v) => v !== 0)),
  }),
  z.strictObject({
    kind: z.literal("leaky-relu", { error: `"leaky-relu"; other names stand alone` }),
    slope: z._default(real("a finite number"), SLOPE),
  }),
] as const;
const activation = z.union(activations, { error: activationSentence });

const scheduleSentence =
  "a number of at least 0 or { times, values, interpolation } with equal lengths, increasing times and values of at least 0";
const schedule = z.strictObject(
  {
    times: vector(scheduleSentence),
    values: vector(scheduleSentence),
    interpolation: z._default(
      z.enum(["constant", "linear", "log"], { error: `"constant", "linear" or "log"` }),
      "constant",
    ),
  },
  { error: scheduleSentence },
);
const rate = z.union([real(scheduleSentence, { min: 0 }), schedule], { error: scheduleSentence });

const decay = real("a finite number, at least 0", { min: 0 });
const weights = vector("an array of finite numbers");
/** What a trajectory says of a row beyond its state (risks, index, time) is taken and dropped. */
const state = z.pipe(
  z.strictObject(
    {
      P: matrix("k x k finite numbers, as rows or flat row-major"),
      M: matrix("p x k finite numbers, as rows or flat row-major"),
      Q: matrix("p x p finite numbers, as rows or flat row-major"),
      a: z.optional(weights),
      aStar: z.optional(weights),
      risk: z.optional(z.unknown()),
      empiricalRisk: z.optional(z.unknown()),
      index: z.optional(z.unknown()),
      time: z.optional(z.unknown()),
    },
    { error: "{ P, M, Q, a, aStar }, a state of order parameters" },
  ),
  z.transform(({ P, M, Q, a, aStar }) => ({ P, M, Q, ...(a && { a }), ...(aStar && { aStar }) })),
);

const secondLayers = { a: z.optional(weights), aStar: z.optional(weights) };
const teacher = z._default(
  z.enum(["orthonormal", "gaussian"], { error: `"orthonormal" or "gaussian"` }),
  "orthonormal",
);
const perturbation = z._default(real("a finite number, at least 0", { min: 0 }), 0);

const startKinds = ["random", "informed", "denoising", "state", "weights"] as const;
const startSentence = `one of "random", "informed", "denoising", or { kind: ... } with one of ${startKinds.map((s) => `"${s}"`).join(", ")}`;
const startObject = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("random"),
      teacher,
      scale: z._default(real("a finite number, at least 0", { min: 0 }), 1),
      ...secondLayers,
    }),
    z.strictObject({ kind: z.literal("informed"), teacher, perturbation, ...secondLayers }),
    z.strictObject({ kind: z.literal("denoising"), teacher, perturbation, ...secondLayers }),
    z.strictObject({ kind: z.literal("state"), state }),
    z.strictObject({
      kind: z.literal("weights"),
      W: matrix("p x d finite numbers, as rows or flat row-major"),
      WStar: matrix("k x d finite numbers, as rows or flat row-major"),
      ...secondLayers,
    }),
  ],
  { error: startSentence },
);
const start = z.pipe(
  z.union([z.enum(["random", "informed", "denoising"]), startObject], { error: startSentence }),
  z.transform((value): Start => (typeof value === "string" ? z.parse(startObject, { kind: value }) : value)),
);

const inputsSentence = `"gaussian", "sphere" or { spectrum: [{ variance, multiplicity }, ...] }`;
const spectrum = z.strictObject({
  spectrum: z
    .array(
      z.strictObject({
        variance: real("a finite number, at least 0", { min: 0 }),
        multiplicity: whole("a whole number from 1 to 1e20", 1, 1e20),
      }),
      { error: inputsSentence },
    )
    .check(z.minLength(1, { error: "at least one { variance, multiplicity }" })),
});

export const sampleOrders = ["reshuffle", "cyclic", "replace", "full-batch", "gradient-flow"] as const;
const orderSentence = `one of ${sampleOrders.map((order) => `"${order}"`).join(", ")}`;
const dataSentence = `"online" or { samples: n, order: ${orderSentence} }`;
const finiteSet = z.strictObject({
  samples: whole("a whole number from 1 to 1e8 (n)", 1, 1e8),
  order: z._default(z.enum(sampleOrders, { error: orderSentence }), "reshuffle"),
});

const fields = z.strictObject({
  inputDimension: whole("a whole number from 1 to 1e20 (d)", 1, 1e20),
  studentWidth: whole("a whole number from 1 to 4096 (p)", 1, 4096),
  teacherWidth: whole("a whole number from 1 to 4096 (k)", 1, 4096),
  activation: z._default(
    z.union([z.strictObject({ student: activation, teacher: activation }), ...activations], {
      error: `${activationSentence}, or { student, teacher } with such`,
    }),
    "erf",
  ),
  scaling: z._default(
    z.union(
      [
        z.enum(["committee", "mean-field"]),
        z.strictObject({
          student: real("a finite number above 0", { above: 0 }),
          teacher: real("a finite number above 0", { above: 0 }),
        }),
      ],
      { error: `"committee" (1, 1), "mean-field" (1/p, 1/k) or { student, teacher } with numbers above 0` },
    ),
    "committee",
  ),
  learningRate: z._default(rate, 0.2),
  secondLayer: z._default(
    z.union([z.literal("fixed"), z.strictObject({ learningRate: rate, weightDecay: z._default(decay, 0) })], {
      error: `"fixed" or { learningRate, weightDecay }`,
    }),
    "fixed",
  ),
  weightDecay: z._default(decay, 0),
  noiseVariance: z._default(decay, 0),
  batchSize: z._default(whole("a whole number from 1 to 1e6", 1, 1e6), 1),
  inputs: z._default(z.union([z.enum(["gaussian", "sphere"]), spectrum], { error: inputsSentence }), "gaussian"),
  data: z._default(z.union([z.literal("online"), finiteSet], { error: dataSentence }), "online"),
  start: z._default(start, { kind: "random", teacher: "orthonormal", scale: 1 }),
});

/** Names of the fields, in order. */
export const fieldNames: readonly string[] = Object.keys(fields.shape);

export const problemSchema: z.ZodMiniType<Problem, ProblemInput> = fields;

/** The sentence of what a field allows, and where in the value it was missed; from zod's first issue. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly sentence: string;
  readonly unknownKeys: readonly string[];
}

export function firstComplaint(issue: z.core.$ZodIssue): Complaint {
  if (issue.code === "unrecognized_keys") return { path: issue.path, sentence: "", unknownKeys: issue.keys };
  // for alternatives that are objects, the issue inside one says more; an element of an array could belong to any
  if (issue.code === "invalid_union" && issue.errors) {
    const inside = issue.errors.map((issues) =>
      issues.filter((inner) => inner.code === "unrecognized_keys" || typeof inner.path[0] === "string"),
    );
    // of the one that knows most of the keys
    const [deeper] = inside.filter((issues) => issues.length > 0).sort((x, y) => strangers(x) - strangers(y));
    if (deeper) {
      const inner = firstComplaint(deeper[0]);
      return { ...inner, path: [...issue.path, ...inner.path] };
    }
  }
  return { path: issue.path, sentence: issue.message, unknownKeys: [] };
}

function strangers(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 0), 0);
}
