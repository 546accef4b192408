/** Jacobians of fields: their own, or differences. */
import type { Edge, Field } from "../wasm/field.js";

/**
 * Half-distance h of the innermost pair of points, for numbers of order one. The error of order eight is h^8 / 630 times the ninth derivative, some 1e-13
 * where F is analytic within one unit, and the rounding about 1e-16 / h.
 */
const STEP = 0.01;
const TWO_POINTS = [1 / 2];
const WEIGHTS = [4 / 5, -1 / 5, 4 / 105, -1 / 280];
/** Steps, in parts of the distance from an edge, and how near one is that a state is on. */
const CLOSE = { kinked: 1 / 48, smooth: 1 / 16 };
const EDGE = { kinked: 1e-9, smooth: 0.16 };
/** Distances of the extrapolation to an edge, in ratios that make the powers (of the root, of the distance) 2, 4, 8, ... */
const DISTANCES = { kinked: quotients(0.01, 4, 8), smooth: quotients(0.1, 2, 6) };

/** first, first / ratio, first / ratio^2, .. */
function quotients(first: number, ratio: number, count: number): number[] {
  const list = [first];
  while (list.length < count) list.push(list[list.length - 1] / ratio);
  return list;
}

/** dF/dy at y, row-major: the field's own or, column by column, differences; yields after each column. */
export function* jacobianOf(field: Field, y: Float64Array): Generator<void, Float64Array> {
  if (field.jacobian) return field.jacobian(y);
  const { edge } = field;
  if (!edge) return yield* differences(field, y, STEP);
  const kind = edge.isKinked ? "kinked" : "smooth";
  const distance = edge.distance(y);
  if (distance < EDGE[kind]) return yield* extrapolated(field, edge, y, kind);
  return yield* differences(field, y, Math.min(STEP, CLOSE[kind] * distance));
}

/** A Jacobian right to parts in a thousand, for what need not be exact; a state on an edge is moved off it a little. */
export function* roughJacobianOf(field: Field, y: Float64Array): Generator<void, Float64Array> {
  if (field.jacobian) return field.jacobian(y);
  const { edge } = field;
  const least = edge?.isKinked ? 1e-5 : 1e-4;
  const from = edge && edge.distance(y) < least ? edge.inward(y, least) : y;
  return yield* differences(field, from, edge ? CLOSE.kinked * least : 1e-4, TWO_POINTS);
}

function* differences(field: Field, y: Float64Array, step: number, weights = WEIGHTS): Generator<void, Float64Array> {
  const n = field.size;
  const J = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const curve = (x: number) => {
      const moved = y.slice();
      moved[j] = x;
      return field.at(moved);
    };
    const column = slopeOf(curve, y[j], step * (step < STEP ? 1 : Math.max(1, Math.abs(y[j]))), weights);
    for (let i = 0; i < n; i++) J[i * n + j] = column[i];
    yield;
  }
  return J;
}

/**
 * At the edge, where J is a series in the distance or its root: Richardson's extrapolation of those inside; steps in proportion, so that their
 * errors are parts of the series.
 */
function* extrapolated(
  field: Field,
  edge: Edge,
  y: Float64Array,
  kind: "kinked" | "smooth",
): Generator<void, Float64Array> {
  let table: Float64Array[] = [];
  for (const distance of DISTANCES[kind]) {
    const row = [yield* differences(field, edge.inward(y, distance), CLOSE[kind] * distance, TWO_POINTS)];
    let ratio = 1;
    table.forEach((before, i) => {
      ratio *= 2;
      row.push(row[i].map((value, e) => value + (value - before[e]) / (ratio - 1)));
    });
    table = row;
  }
  return table[table.length - 1];
}

/** How much less is known of a field's Jacobian than of one in closed form or of an analytic field's differences. */
export function coarseness(field: Field): number {
  return field.error || field.edge ? 100 : 1;
}

/** dF/dx of a curve F(x). */
export function slopeOf(
  curve: (x: number) => Float64Array,
  x: number,
  step = STEP * Math.max(1, Math.abs(x)),
  weights = WEIGHTS,
): Float64Array {
  let slope: Float64Array | undefined;
  weights.forEach((weight, i) => {
    const [above, below] = [x + (i + 1) * step, x - (i + 1) * step];
    const [high, low] = [curve(above), curve(below)];
    const factor = weight / step;
    slope ??= new Float64Array(high.length);
    for (let e = 0; e < high.length; e++) slope[e] += factor * (high[e] - low[e]);
  });
  return slope!;
}
