/** Densities of particles: what mean-field theory follows, read from order parameters. */
import { shown } from "../errors.js";
import { checkKeys, checkNumber, invalid } from "../options.js";
import type { State } from "../row.js";

/**
 * A number of each particle: its second-layer weight a_i; |u_i|; the mass |a_i| |u_i| that it carries in a two-homogeneous network; its overlap with
 * teacher r, u_i.u*_r, or the cosine of their angle (0 where one of them is 0).
 */
export type Quantity = "a" | "norm" | "mass" | { readonly overlap: number } | { readonly cosine: number };

export interface DensityOptions {
  /** Default: the square root of the number of particles. */
  readonly bins?: number;
  /** Ends of the first and last bin; default: the smallest and largest value. Values outside are left out, and the density integrates to less than 1. */
  readonly range?: readonly [number, number];
}

/** A histogram: density[b] holds between edges[b] and edges[b + 1]. */
export interface Density {
  readonly edges: Float64Array;
  readonly density: Float64Array;
}

/** The quantity of each particle of a state. */
export function valuesOf(state: State, quantity: Quantity): Float64Array {
  const { P, M, Q, a } = state;
  const p = a.length;
  const k = state.aStar.length;
  const norm = (i: number) => Math.sqrt(Math.max(0, Q[i * p + i]));
  const each = (value: (i: number) => number) => Float64Array.from({ length: p }, (_, i) => value(i));
  if (quantity === "a") return a.slice();
  if (quantity === "norm") return each(norm);
  if (quantity === "mass") return each((i) => Math.abs(a[i]) * norm(i));
  const allowed = `"a", "norm", "mass", { overlap: r } or { cosine: r }`;
  if (typeof quantity !== "object" || quantity === null)
    invalid(`quantity is ${shown(quantity)}; allowed: ${allowed}.`);
  checkKeys("quantity", quantity, ["overlap", "cosine"], "kind");
  const [name, teacher] = "overlap" in quantity ? ["overlap", quantity.overlap] : ["cosine", quantity.cosine];
  const r = checkNumber(
    `quantity.${name}`,
    teacher,
    `a teacher unit, 0 to ${k - 1}`,
    (n) => Number.isInteger(n) && n >= 0 && n < k,
  );
  if (name === "overlap") return each((i) => M[i * k + r]);
  const size = Math.sqrt(P[r * k + r]);
  return each((i) => {
    const scale = norm(i) * size;
    return scale > 0 ? Math.max(-1, Math.min(1, M[i * k + r] / scale)) : 0;
  });
}

export function densityOf(values: Float64Array, options: DensityOptions = {}): Density {
  checkKeys("density", options, ["bins", "range"]);
  const bins = checkNumber(
    "bins",
    options.bins ?? Math.ceil(Math.sqrt(values.length)),
    "a whole number from 1 to 1e6",
    (n) => Number.isInteger(n) && n >= 1 && n <= 1e6,
  );
  const [low, high] = options.range ?? extent(values);
  if (!(low < high) || !Number.isFinite(high - low))
    invalid(`range is [${low}, ${high}]; allowed: two finite numbers, the first below the second.`);
  const width = (high - low) / bins;
  const density = new Float64Array(bins);
  for (const value of values) {
    if (value < low || value > high) continue;
    density[Math.min(bins - 1, Math.floor((value - low) / width))] += 1 / (values.length * width);
  }
  return { edges: Float64Array.from({ length: bins + 1 }, (_, b) => (b === bins ? high : low + b * width)), density };
}

/** Smallest and largest value; an interval around them where they are the same. */
function extent(values: Float64Array): [number, number] {
  const low = values.reduce((x, y) => Math.min(x, y), Number.POSITIVE_INFINITY);
  const high = values.reduce((x, y) => Math.max(x, y), Number.NEGATIVE_INFINITY);
  const half = high > low ? 0 : 0.5 * Math.max(1e-12, Math.abs(low) * 1e-3);
  return [low - half, high + half];
}
