// Counts over many draws that should be standard normal, and their p-values.
import { countsP, normalCdf, normalQuantile, normalTwoSided, poissonP } from "./statistics.js";

const BINS = 1000;
const LAGS = [1, 2, 3, 4] as const;
/** (2 n - 1)!!: the moments of order 2 n. */
const doubleFactorial = (n: number) => {
  let product = 1;
  for (let i = 1; i < 2 * n; i += 2) product *= i;
  return product;
};

let equiprobable: Float64Array | undefined;

/** Inner edges of 1000 bins of probability 1/1000. */
function quantiles(): Float64Array {
  equiprobable ??= Float64Array.from({ length: BINS - 1 }, (_, i) => normalQuantile((i + 1) / BINS));
  return equiprobable;
}

/** Number of edges at most x. */
function cellOf(edges: Float64Array, x: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A tally of draws that come in chunks; correlations are within chunks. */
export class NormalTally {
  #n = 0;
  readonly #powers = new Float64Array(9);
  readonly #bins = new Float64Array(BINS);
  readonly #layers: Float64Array;
  readonly #edges: Float64Array;
  readonly #x: Float64Array;
  readonly #products = new Float64Array(2 * LAGS.length);
  readonly #pairs = new Float64Array(LAGS.length);

  /** @param ziggurat whose layers are bins too: there a wrong table would show */
  constructor({ x }: { x: Float64Array }) {
    this.#x = x;
    // |x| of the layers' ends, increasing, without 0 and without the base's rectangle
    this.#edges = x.slice(1, -1).reverse();
    this.#layers = new Float64Array(2 * (this.#edges.length + 1));
  }

  add(draws: ArrayLike<number>): void {
    const [powers, products] = [this.#powers, this.#products];
    const edges = quantiles();
    for (let i = 0; i < draws.length; i++) {
      const x = draws[i];
      let power = x;
      for (let order = 1; order <= 8; order++) {
        powers[order] += power;
        power *= x;
      }
      this.#bins[cellOf(edges, x)]++;
      this.#layers[2 * cellOf(this.#edges, Math.abs(x)) + (x < 0 ? 1 : 0)]++;
    }
    for (const lag of LAGS) {
      for (let i = lag; i < draws.length; i++) {
        const [x, y] = [draws[i], draws[i - lag]];
        products[2 * lag - 2] += x * y;
        products[2 * lag - 1] += (x * x - 1) * (y * y - 1);
      }
      this.#pairs[lag - 1] += Math.max(0, draws.length - lag);
    }
    this.#n += draws.length;
  }

  pValues(): Record<string, number> {
    const n = this.#n;
    const p: Record<string, number> = {};
    for (let order = 1; order <= 8; order++) {
      const exact = order % 2 ? 0 : doubleFactorial(order / 2);
      const variance = doubleFactorial(order) - exact ** 2;
      p[`moment ${order}`] = normalTwoSided((this.#powers[order] / n - exact) / Math.sqrt(variance / n));
    }
    p["1000 equiprobable bins"] = countsP(this.#bins, () => n / BINS);
    const edges = [0, ...this.#edges, Number.POSITIVE_INFINITY];
    const upper = edges.map((x) => (x === Number.POSITIVE_INFINITY ? 0 : 0.5 * normalTwoSided(x)));
    p["the ziggurat's layers"] = countsP(this.#layers, (cell) => n * (upper[cell >> 1] - upper[(cell >> 1) + 1]));
    p.wedges = this.#wedgesP(upper);
    for (const lag of LAGS) {
      const root = Math.sqrt(this.#pairs[lag - 1]);
      p[`correlation ${lag} apart`] = normalTwoSided(this.#products[2 * lag - 2] / root);
      // the squares have variance 2
      p[`correlation of squares ${lag} apart`] = normalTwoSided(this.#products[2 * lag - 1] / (2 * root));
    }
    return p;
  }

  /**
   * The mean of w(x), the relative excess that each layer would have if rectangles stood for wedges: the sharpest test of mending, which
   * chi-square dilutes over a thousand cells.
   */
  #wedgesP(upper: readonly number[]): number {
    const x = this.#x;
    const layers = x.length - 1;
    let [observed, mean, square] = [0, 0, 0];
    let widths = 1 / x[0];
    for (let i = 1; i < layers; i++) {
      widths += 1 / x[i];
      // layer i ends at x[i], the edge number layers - i counted from the centre
      const cell = layers - 1 - i;
      const mass = 2 * (upper[cell] - upper[cell + 1]);
      const excess = ((x[i] - x[i + 1]) * widths) / layers / mass - 1;
      observed += excess * (this.#layers[2 * cell] + this.#layers[2 * cell + 1]);
      mean += excess * mass;
      square += excess * excess * mass;
    }
    return normalTwoSided((observed / this.#n - mean) / Math.sqrt((square - mean ** 2) / this.#n));
  }
}

/** Counts of both signs beyond limits, exactly Poisson to a part in their probability. */
export class TailTally {
  #n = 0;
  readonly #limits: readonly number[];
  readonly #counts: Float64Array;
  /** |x| - limit of the draws beyond the last limit but `keep`. */
  readonly beyond: number[] = [];
  readonly #keepFrom: number;

  constructor(limits: readonly number[], keepFrom: number) {
    this.#limits = limits;
    this.#counts = new Float64Array(2 * limits.length);
    this.#keepFrom = keepFrom;
  }

  add(draws: ArrayLike<number>): void {
    const smallest = Math.min(...this.#limits);
    for (let i = 0; i < draws.length; i++) {
      const x = Math.abs(draws[i]);
      if (x <= smallest) continue;
      for (let l = 0; l < this.#limits.length; l++)
        if (x > this.#limits[l]) this.#counts[2 * l + (draws[i] < 0 ? 1 : 0)]++;
      if (x > this.#keepFrom) this.beyond.push(x);
    }
    this.#n += draws.length;
  }

  pValues(): Record<string, number> {
    const entries = this.#limits.flatMap((limit, l) => [
      [`above ${limit}`, poissonP(this.#counts[2 * l], this.#n * normalCdf(-limit))] as const,
      [`below ${-limit}`, poissonP(this.#counts[2 * l + 1], this.#n * normalCdf(-limit))] as const,
    ]);
    return Object.fromEntries(entries);
  }
}
