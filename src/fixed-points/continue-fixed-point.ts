/** Fixed points along a learning rate, label noise or weight decay: where they move, change stability, and end. */

import { shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkKeys, checkNumber, checkOneOf, invalid } from "../options.js";
import type { Parameters } from "../parameters.js";
import type { ProblemInput } from "../problem.js";
import type { State } from "../row.js";
import type { Core } from "../wasm/core.js";
import { Drift } from "../wasm/field.js";
import { Branch, type EndKind, type Family } from "./continuation.js";
import { type FixedPoint, type FixedPointOptions, fixedPointNear, type Search, searchOf } from "./fixed-point.js";
import { classesOf, Reduced } from "./symmetry.js";
import { worked } from "./work.js";

export type ContinuedParameter = "learningRate" | "noiseVariance" | "weightDecay";

export interface ContinueOptions extends FixedPointOptions {
  /** What changes; the problem's own value does not count. */
  readonly parameter: ContinuedParameter;
  /** Its values, increasing or decreasing, at least 0: the search begins at the first. */
  readonly values: ArrayLike<number>;
}

/** The fixed point at one value of the parameter. */
export interface BranchPoint extends FixedPoint {
  readonly value: number;
}

export interface FixedPointBranch {
  /**
   * "completed": every value was reached. Otherwise where the branch ended before: in a "fold", where two fixed points meet and end; a "pitchfork", where it
   * meets a fixed point of higher symmetry; at the "edge" of the covariances, where it meets one with less room (as of identical students);
   * "unbounded": its norms go to infinity; "lost": the search or the continuation failed. Or "aborted".
   */
  readonly status: EndKind | "aborted";
  /** One sentence on the status. */
  readonly message: string;
  readonly parameter: ContinuedParameter;
  /** The fixed points at the values reached, in their order. */
  readonly points: readonly BranchPoint[];
  /** Where the branch ended before the last value. */
  readonly end: { readonly value: number; readonly state: State; readonly risk: number } | undefined;
}

const PARAMETERS: readonly ContinuedParameter[] = ["learningRate", "noiseVariance", "weightDecay"];
const OPTIONS = ["near", "terms", "seed", "parameter", "values", "signal", "onProgress"] as const;

/**
 * Follows a fixed point along a parameter by pseudo-arclength continuation, among states with its symmetry.
 *
 * @param input as `fixedPoint` takes it
 * @returns a fixed point, with its stability, at each value reached; folds and pitchforks to about 1e-9 of their value
 * @throws SgdDynamicsError as `fixedPoint`
 * Cost: a `fixedPoint` a value, and some ten Jacobians of the symmetric unknowns a step between them.
 */
export async function continueFixedPoint(
  core: Core,
  input: ProblemInput,
  options: ContinueOptions,
): Promise<FixedPointBranch> {
  checkKeys("continueFixedPoint", options, OPTIONS);
  const parameter = checkOneOf("parameter", options.parameter, PARAMETERS);
  const values = checkValues(options.values);
  const search = await searchOf(core, input, options);
  const points: BranchPoint[] = [];
  const progress = () => ({ fraction: points.length / values.length, time: 0 });
  const { value } = await worked(branch(search, parameter, values, points), options, progress);
  if (value) options.onProgress?.({ fraction: 1, time: 0 });
  const { status, end } = value ?? { status: "aborted" as const, end: undefined };
  return { status, message: messageOf(status, parameter, values, points, end?.value), parameter, points, end };
}

function checkValues(given: unknown): number[] {
  if (!isList(given) || given.length === 0) invalid(`values is ${shown(given)}; allowed: an array of numbers.`);
  const values = Array.from(given, (value, i) =>
    checkNumber(`values[${i}]`, value, "a finite number, at least 0", (v) => Number.isFinite(v) && v >= 0),
  );
  const sign = values[values.length - 1] >= values[0] ? 1 : -1;
  if (values.some((value, i) => i > 0 && (value - values[i - 1]) * sign <= 0))
    invalid("values must increase or decrease from one to the next.");
  return values;
}

/** The parameters at a value, which here may lie below 0: derivatives look at both sides. */
function parametersAt(parameters: Parameters, parameter: ContinuedParameter, value: number): Parameters {
  if (parameter === "learningRate") return { ...parameters, rate: Float64Array.of(1, 0, 0, value) };
  return { ...parameters, [parameter === "noiseVariance" ? "Delta" : "decay"]: value };
}

function* branch(
  search: Search,
  parameter: ContinuedParameter,
  values: readonly number[],
  points: BranchPoint[],
): Generator<void, { status: EndKind; end: FixedPointBranch["end"] }> {
  const { theory, parameters, riskOf, terms } = search;
  const { p, k } = parameters;
  const searchAt = (value: number): Search => ({ ...search, parameters: parametersAt(parameters, parameter, value) });
  const first = yield* fixedPointNear(searchAt(values[0]), search.start);
  if (first.status === "not-found") return { status: "lost", end: undefined };
  points.push({ ...first, value: values[0] });
  // the drift's own numbers: shapes and classes do not change along the branch
  const plain = new Drift(theory, parameters, first.state, terms);
  const { classes } = classesOf(search.start, p, k);
  const within: Family = (value, use) => {
    const drift = new Drift(theory, parametersAt(parameters, parameter, value), first.state, terms);
    try {
      return use(new Reduced(drift, classes));
    } finally {
      drift.free();
    }
  };
  try {
    const reduced = new Reduced(plain, classes);
    const span = Math.abs(values[values.length - 1] - values[0]);
    const path = new Branch(within, reduced.size, span || 1);
    const stateOf = (z: Float64Array) => plain.stateOf(reduced.expand(z));
    const end = yield* path.follow(reduced.reduce(plain.numbersOf(first.state)), values, function* (value, z) {
      points.push({ ...(yield* fixedPointNear({ ...searchAt(value), near: undefined }, stateOf(z))), value });
    });
    if (end.kind === "completed") return { status: end.kind, end: undefined };
    const state = stateOf(end.z);
    const risk = riskOf(state);
    return { status: end.kind, end: { value: end.v, state: { ...state, risk }, risk } };
  } finally {
    plain.free();
  }
}

function messageOf(
  status: FixedPointBranch["status"],
  parameter: ContinuedParameter,
  values: readonly number[],
  points: readonly BranchPoint[],
  end: number | undefined,
): string {
  if (status === "completed") return `Completed: ${points.length} values of ${parameter}.`;
  const reached =
    points.length > 0 ? `after ${parameter} = ${points[points.length - 1].value}` : "before the first value";
  if (status === "aborted") return `Aborted ${reached}.`;
  if (points.length === 0)
    return `No fixed point was found at ${parameter} = ${values[0]}; try another first value or a state to begin at.`;
  const why = {
    fold: "ends in a fold",
    pitchfork: "meets a fixed point of higher symmetry",
    edge: "leaves the covariances: another fixed point takes over",
    unbounded: "goes to infinity",
    lost: "was lost",
  }[status];
  return `The branch ${why} at ${parameter} = ${end}, ${reached}.`;
}
