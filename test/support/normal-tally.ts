// Counts over many draws that should be standard normal, and their p-values.
import { countsP, kolmogorovP, normalCdf, normalQuantile, normalTwoSided, poissonP } from "./statistics.js";

const BINS = 1000;
const LAGS = [1, 2, 3, 4] as const;
/** (2 n - 1)!!: the moments of order 2 n. */
const doubleFactorial = (n: number) => {
  let product = 1;
  for (let i = 1; i < 2 * n; i += 2) product *= i;
  return product;
};

/** Cells between increasing edges; a guide of 2^14 places finds the cell of a number in a step or two. */
class Cells {
  readonly #edges: Float64Array;
  readonly #first: Uint16Array;
  readonly #origin: number;
  readonly #scale: number;

  constructor(edges: Float64Array) {
    this.#edges = edges;
    this.#origin = edges[0];
    this.#scale = 16383 / (edges[edges.length - 1] - edges[0]);
    let cell = 0;
    this.#first = Uint16Array.from({ length: 16384 }, (_, place) => {
      while (cell < edges.length && edges[cell] < this.#origin + (place - 1) / this.#scale) cell++;
      return cell;
    });
  }

  /** Number of edges at most x. */
  of(x: number): number {
    const place = (x - this.#origin) * this.#scale;
    let cell = this.#first[place > 0 ? Math.min(16383, Math.floor(place)) : 0];
    while (cell < this.#edges.length && this.#edges[cell] <= x) cell++;
    return cell;
  }
}

let equiprobable: Cells | undefined;

/** 1000 cells of probability 1/1000. */
function quantiles(): Cells {
  equiprobable ??= new Cells(Float64Array.from({ length: BINS - 1 }, (_, i) => normalQuantile((i + 1) / BINS)));
  return equiprobable;
}

/** A tally of draws that come in chunks; correlations are within chunks. */
export class NormalTally {
  #n = 0;
  readonly #powers = new Float64Array(9);
  readonly #bins = new Float64Array(BINS);
  readonly #layers: Float64Array;
  readonly #edges: Float64Array;
  readonly #cells: Cells;
  readonly #x: Float64Array;
  readonly #products = new Float64Array(2 * LAGS.length);
  readonly #pairs = new Float64Array(LAGS.length);

  /** @param ziggurat whose layers are bins too: there a wrong table would show */
  constructor({ x }: { x: Float64Array }) {
    this.#x = x;
    // |x| of the layers' ends, increasing, without 0 and without the base's rectangle
    this.#edges = x.slice(1, -1).reverse();
    this.#cells = new Cells(this.#edges);
    this.#layers = new Float64Array(2 * (this.#edges.length + 1));
  }

  add(draws: ArrayLike<number>): void {
    const [powers, products] = [this.#powers, this.#products];
    const [bins, layers, even, cells] = [this.#bins, this.#layers, quantiles(), this.#cells];
    for (let i = 0; i < draws.length; i++) {
      const x = draws[i];
      let power = x;
      for (let order = 1; order <= 8; order++) {
        powers[order] += power;
        power *= x;
      }
      bins[even.of(x)]++;
      layers[2 * cells.of(Math.abs(x)) + (x < 0 ? 1 : 0)]++;
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

/** Counts of both signs beyond limits, exactly Poisson to a part in their probability, and the law of what lies beyond `keepFrom`. */
export class TailTally {
  #n = 0;
  readonly #limits: readonly number[];
  readonly #counts: Float64Array;
  readonly #keepFrom: number;
  readonly #beyond: number[] = [];

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
      this.#limits.forEach((limit, l) => {
        if (x > limit) this.#counts[2 * l + (draws[i] < 0 ? 1 : 0)]++;
      });
      if (x > this.#keepFrom) this.#beyond.push(x);
    }
    this.#n += draws.length;
  }

  pValues(): Record<string, number> {
    const p: Record<string, number> = {};
    this.#limits.forEach((limit, l) => {
      p[`above ${limit}`] = poissonP(this.#counts[2 * l], this.#n * normalCdf(-limit));
      p[`below ${-limit}`] = poissonP(this.#counts[2 * l + 1], this.#n * normalCdf(-limit));
    });
    const r = this.#keepFrom;
    const mass = normalCdf(-r);
    // E[x | x > r] = h = phi(r) / Q(r), variance 1 + r h - h^2: an exponential law in place of the tail moves the mean by 12 % of h - r
    const hazard = Math.exp(-0.5 * r * r) / Math.sqrt(2 * Math.PI) / mass;
    const beyond = Float64Array.from(this.#beyond);
    const mean = beyond.reduce((sum, x) => sum + x / beyond.length, 0);
    p["mean beyond r"] = normalTwoSided((mean - hazard) / Math.sqrt((1 + r * hazard - hazard ** 2) / beyond.length));
    p["law beyond r"] = kolmogorovP(beyond, (x) => 1 - normalCdf(-x) / mass);
    return p;
  }
}
