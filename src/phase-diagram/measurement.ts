/** From values at several d to a power of d, measured or not. */
import type { SimulationKernels } from "../wasm/core.js";
import type { Size } from "./cell-runs.js";
import type { MeasuredPoint, Measurement } from "./cell-types.js";
import { meanOf, slope } from "./fit.js";
import type { Region } from "./region.js";

/** Standard error up to which an exponent counts as measured. */
const TOLERANCE = 0.05;

/** The power of d of points that are means. */
export function measurementOf(
  kernels: SimulationKernels,
  points: readonly MeasuredPoint[],
  expected: number | undefined,
  sign: 1 | -1,
  ode?: number,
): Measurement {
  const line = slope(
    points.map(({ inputDimension, value, standardError }) => ({
      x: kernels.log(inputDimension),
      y: value > 0 ? kernels.log(value) : Number.NaN,
      error: standardError / value,
    })),
  );
  const largest = points.at(-1)?.inputDimension;
  const isMeasured = line !== undefined && points.length > 2 && line.standardError <= TOLERANCE;
  const message = isMeasured
    ? `Measured at ${points.length} dimensions up to d = ${largest}.`
    : largest === undefined
      ? "The budget reaches no dimension at which the runs make 8 steps; raise stepsPerCell."
      : `The budget reaches ${points.length} dimensions up to d = ${largest}, too few for a power of d; raise stepsPerCell, or give dimensions in between.`;
  return {
    status: isMeasured ? "measured" : "unmeasured",
    message,
    exponent: line && sign * line.value,
    standardError: line?.standardError,
    expected,
    ode,
    points,
  };
}

/** Of what theory says has no power. */
export function undefinedMeasurement(region: Region, reason: string): Measurement {
  const message = `There is no such power in the ${region.name} region: ${reason}.`;
  return {
    status: "undefined",
    message,
    exponent: undefined,
    standardError: undefined,
    expected: undefined,
    ode: undefined,
    points: [],
  };
}

/** The mean of replicas' values at one d. */
export function pointOf(
  { d, p, gamma }: Size,
  steps: number,
  replicas: number,
): (values: readonly number[]) => MeasuredPoint {
  return (values) => {
    const { mean, error } = meanOf(values);
    return {
      inputDimension: d,
      studentWidth: p,
      learningRate: gamma,
      steps,
      replicas,
      value: mean,
      standardError: error,
    };
  };
}
