/**
 * The task of Nakkiran et al.'s Theorem 1 (THEORY.md G): x = eta y e_1 + e_k with k of its own for each sample. A linear classifier can learn the first
 * coordinate, right in 1 - p, and remember the rest. Samples are (y, eta, k) and weights the first, those of the coordinates seen, and a rule for the
 * others: no row of d numbers anywhere.
 */
import { SgdDynamicsError, shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";
import { checkKeys, checkNumber, checkSeed, invalid } from "../../options.js";
import { blockLength, type TaskDraws, taskDraws } from "../../wasm/classify/draws.js";
import { classifyCore } from "../engine.js";
import { shuffle, smallRandom, uses } from "../random.js";
import { checkCount, parts } from "./task.js";

export interface OneHotSamples {
  /** Labels, -1 or 1. */
  readonly y: ArrayLike<number>;
  /** -1 where the first coordinate lies, otherwise 1. */
  readonly eta: ArrayLike<number>;
  /** Each sample's own coordinate, 2 to d, all different; default 2, 3, .. */
  readonly k?: ArrayLike<number>;
}

export interface OneHotOptions {
  /** n samples drawn from the seed, or samples. */
  readonly samples: number | OneHotSamples;
  /** d > n, up to 1e9. */
  readonly inputDimension: number;
  /** p = P(eta = -1), below 1/2. */
  readonly noise: number;
  /** Of the samples drawn and of random starts. */
  readonly seed: number;
}

/** Where SGD starts: w_0(1), and the others, of coordinates 2 to d. */
export interface OneHotStart {
  /** Default 0. */
  readonly first?: number;
  /** One number for all (default 0); { uniform: a }: uniform in (-a, a); { sign: a }: -a or a, evenly; or d - 1 numbers. */
  readonly others?: number | { readonly uniform: number } | { readonly sign: number } | ArrayLike<number>;
}

export interface OneHotWeights {
  /** w(1). */
  readonly first: number;
  /** w(k_s), one a sample. */
  readonly own: Float64Array;
  /** The start, which all other coordinates keep. */
  readonly start: OneHotStart;
}

export interface OneHotSgdOptions {
  /** Of w += learningRate (y - w . x) x, below 1; default 0.5, with which a step makes its sample exact. */
  readonly learningRate?: number;
  /** Most passes; default 100. Each in a new order. */
  readonly epochs?: number;
  /** Ends before, once no |y - w . x| of an epoch was above this; default 0. */
  readonly tolerance?: number;
  /** Of the orders; default the task's. */
  readonly seed?: number;
}

export interface OneHotTask {
  readonly y: Int8Array;
  readonly eta: Int8Array;
  /** Each sample's coordinate, 2 to d. */
  readonly k: Float64Array;
  readonly inputDimension: number;
  readonly noise: number;
  /** The weights at a start. */
  weights(start?: OneHotStart): OneHotWeights;
  /** Single-sample SGD on (y - w . x)^2 / 2. The cost is n additions an epoch, whatever d is. */
  sgd(start?: OneHotStart, options?: OneHotSgdOptions): OneHotWeights & { readonly epochs: number };
  /** Where SGD ends, in closed form (G1): the projection of the start on the weights that fit every sample. */
  limit(start?: OneHotStart): OneHotWeights;
  /** Share of the samples that are right. */
  trainAccuracy(weights: OneHotWeights): number;
  /** Accuracy on fresh samples: the exact mean over y, eta and all coordinates 2 to d. A field of 0 counts half. */
  populationAccuracy(weights: OneHotWeights): number;
}

/**
 * Theorem 1's task.
 *
 *     const task = await oneHotTask({ samples: 400, inputDimension: 20_000, noise: 0.1, seed: 1 });
 *     task.populationAccuracy(task.limit());      // 0.9 - 8e-4: 1 - p, though every label is fitted
 *
 * @throws SgdDynamicsError `invalid-argument`, `invalid-data`
 */
export async function oneHotTask(options: OneHotOptions): Promise<OneHotTask> {
  checkKeys("oneHotTask", options, ["samples", "inputDimension", "noise", "seed"]);
  const d = checkCount("inputDimension", options.inputDimension, 2, 1e9);
  const noise = checkNumber("noise", options.noise, "a probability below 1/2", (p) => p >= 0 && p < 0.5);
  const seed = checkSeed("seed", options.seed);
  const core = await classifyCore();
  const draws = (part: number) => taskDraws(core, seed, part);
  const { y, eta, k } =
    typeof options.samples === "number" ? drawn(options.samples, d, noise, draws) : given(options.samples, d);
  const n = y.length;
  const startAt = (start: OneHotStart) => checkedStart(start, d, draws(parts.start));
  const weights = (start: OneHotStart = {}): OneHotWeights => {
    const { first, at } = startAt(start);
    return { first, own: at(k), start };
  };
  const populationAccuracy = (w: OneHotWeights) => {
    const { sum } = startAt(w.start);
    const right = (own: number) => accuracyAt(w.first, own, noise);
    // all coordinates as at the start, then the samples' own as they are now
    const before = weights(w.start).own;
    let total = sum(right);
    for (let s = 0; s < n; s++) total += right(w.own[s]) - right(before[s]);
    return total / (d - 1);
  };
  return {
    y,
    eta,
    k,
    inputDimension: d,
    noise,
    weights,
    populationAccuracy,
    sgd: (start = {}, sgdOptions = {}) => descend(weights(start), y, eta, seed, sgdOptions),
    limit: (start = {}) => {
      const w = weights(start);
      let first = w.first;
      for (let s = 0; s < n; s++) first += eta[s] * y[s] * (y[s] - w.own[s]);
      first /= n + 1;
      return { first, own: w.own.map((_, s) => y[s] - eta[s] * y[s] * first), start };
    },
    trainAccuracy: ({ first, own }) => {
      let right = 0;
      for (let s = 0; s < n; s++) if (y[s] * (first * eta[s] * y[s] + own[s]) > 0) right++;
      return right / n;
    },
  };
}

function drawn(n: number, d: number, noise: number, draws: (part: number) => TaskDraws) {
  checkCount("samples", n, 1, Math.min(1e7, d - 1));
  const [labels, flips, places] = [parts.trainInputs, parts.trainNoise, parts.indices].map(draws);
  const y = Int8Array.from(labels.uniforms(n), (u) => (u < 0.5 ? -1 : 1));
  const eta = Int8Array.from(flips.uniforms(n), (u) => (u < noise ? -1 : 1));
  // without replacement (Floyd's algorithm): the j-th choice is among the first m + j, or m + j itself if that is taken
  const u = places.uniforms(n);
  const taken = new Set<number>();
  const k = Float64Array.from(u, (value, j) => {
    const last = d - n + j + 1;
    const choice = 2 + Math.min(Math.floor(value * (last - 1)), last - 2);
    const place = taken.has(choice) ? last : choice;
    taken.add(place);
    return place;
  });
  return { y, eta, k };
}

function given(samples: OneHotSamples, d: number) {
  const bad = (sentence: string): never => {
    throw new SgdDynamicsError("invalid-data", sentence);
  };
  if (typeof samples !== "object" || samples === null || !isList(samples.y) || !isList(samples.eta))
    invalid(`samples is ${shown(samples)}; allowed: their number, or { y, eta, k }.`);
  checkKeys("samples", samples, ["y", "eta", "k"], "field");
  const n = samples.y.length;
  const k = Float64Array.from(samples.k ?? Array.from({ length: n }, (_, s) => s + 2));
  for (const [name, list] of [
    ["eta", samples.eta],
    ["k", k],
  ] as const)
    if (list.length !== n) bad(`samples.y has ${n} numbers and samples.${name} has ${list.length}; allowed: as many.`);
  for (const [name, list] of [
    ["y", samples.y],
    ["eta", samples.eta],
  ] as const)
    for (let s = 0; s < n; s++)
      if (Math.abs(list[s]) !== 1) bad(`samples.${name}[${s}] is ${shown(list[s])}; allowed: -1 or 1.`);
  k.forEach((place, s) => {
    if (!(Number.isInteger(place) && place >= 2 && place <= d))
      bad(`samples.k[${s}] is ${place}; allowed: whole numbers from 2 to inputDimension = ${d}.`);
  });
  if (new Set(k).size < n)
    bad("samples.k has a coordinate twice; allowed: one of its own for each sample, as the closed form takes.");
  return { y: Int8Array.from(samples.y), eta: Int8Array.from(samples.eta), k };
}

/** P(right) on a fresh sample with coordinate k: y (w_1 eta y + w_k) > 0, over y and eta. */
function accuracyAt(first: number, own: number, noise: number): number {
  const half = (field: number) => (field > 0 ? 0.5 : field === 0 ? 0.25 : 0);
  return (1 - noise) * (half(first + own) + half(first - own)) + noise * (half(own - first) + half(-first - own));
}

/** A start: w_0(1), the values at some coordinates, and a sum over all coordinates 2 .. d. */
function checkedStart(start: OneHotStart, d: number, draws: TaskDraws) {
  checkKeys("start", start, ["first", "others"]);
  const first = checkNumber("start.first", start.first ?? 0, "a finite number", Number.isFinite);
  const others = start.others ?? 0;
  if (typeof others === "number") {
    checkNumber("start.others", others, "a finite number", Number.isFinite);
    const at = (k: Float64Array) => k.map(() => others);
    return { first, at, sum: (f: (w: number) => number) => (d - 1) * f(others) };
  }
  if (isList(others)) {
    if (others.length !== d - 1)
      invalid(`start.others has ${others.length} numbers; allowed: inputDimension - 1 = ${d - 1}.`);
    const values = Float64Array.from(others as ArrayLike<number>);
    const at = (k: Float64Array) => k.map((place) => values[place - 2]);
    return { first, at, sum: (f: (w: number) => number) => values.reduce((total, w) => total + f(w), 0) };
  }
  const given = others as { uniform?: number; sign?: number };
  checkKeys("start.others", given, ["uniform", "sign"]);
  const kind = given.uniform === undefined ? "sign" : "uniform";
  const size = checkNumber(`start.others.${kind}`, given[kind], "a finite number", Number.isFinite);
  const value = (u: number) => (kind === "uniform" ? size * (2 * u - 1) : u < 0.5 ? -size : size);
  return {
    first,
    at: (k: Float64Array) => {
      const result = new Float64Array(k.length);
      // block by block, each drawn once
      const order = Array.from(k.keys()).sort((a, b) => k[a] - k[b]);
      let current = -1;
      let uniforms: Float64Array = new Float64Array();
      for (const s of order) {
        const block = Math.floor((k[s] - 2) / blockLength);
        if (block !== current) uniforms = draws.block(block);
        current = block;
        result[s] = value(uniforms[(k[s] - 2) % blockLength]);
      }
      return result;
    },
    sum: (f: (w: number) => number) => {
      let total = 0;
      for (let done = 0, block = 0; done < d - 1; block++) {
        const uniforms = draws.block(block);
        for (let i = 0; i < uniforms.length && done < d - 1; i++, done++) total += f(value(uniforms[i]));
      }
      return total;
    },
  };
}

function descend(start: OneHotWeights, y: Int8Array, eta: Int8Array, taskSeed: number, options: OneHotSgdOptions) {
  checkKeys("sgd", options, ["learningRate", "epochs", "tolerance", "seed"]);
  // a sample's squared norm is 2: beyond a rate of 1 a step overshoots by more than it mends
  const rate = checkNumber(
    "learningRate",
    options.learningRate ?? 0.5,
    "a number above 0 and below 1",
    (r) => r > 0 && r < 1,
  );
  const most = checkCount("epochs", options.epochs ?? 100, 0, 1e6);
  const tolerance = checkNumber("tolerance", options.tolerance ?? 0, "a number at least 0", (t) => t >= 0);
  const random = smallRandom(checkSeed("seed", options.seed ?? taskSeed), uses.order);
  const order = Int32Array.from(y.keys());
  const own = start.own.slice();
  let { first } = start;
  let epochs = 0;
  for (let largest = Number.POSITIVE_INFINITY; epochs < most && largest > tolerance; epochs++) {
    shuffle(order, 0, order.length, random);
    largest = 0;
    for (const s of order) {
      const residual = y[s] - (first * eta[s] * y[s] + own[s]);
      largest = Math.max(largest, Math.abs(residual));
      first += rate * residual * eta[s] * y[s];
      own[s] += rate * residual;
    }
  }
  return { first, own, start: start.start, epochs };
}
