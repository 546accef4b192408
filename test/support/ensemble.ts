// Order parameters over many replicas, by the chain and by dense SGD: samples for tests of laws.
import {
  aligned,
  type Begin,
  CHI,
  Chain,
  flatFactor,
  INPUTS,
  rankOf,
  type Settings,
  shapeOf,
  spacesOf,
} from "./chain.js";
import type { Core } from "./core.js";
import { Dense } from "./dense.js";

/** States of a run. */
export interface Path {
  settings: Settings;
  /** The start of all replicas, or of each one. */
  start: Begin | ((r: number) => Begin);
  /** Numbers of steps, increasing. */
  steps: readonly number[];
}

/** Streams 0 .. count - 1 of a seed; count a multiple of 4. */
export interface Replicas {
  seed: number;
  count: number;
}

/** Takes [Omega, a] of replica r after steps[i]: a view, gone after the call. */
export type Visit = (r: number, i: number, numbers: Float64Array) => void;
export type Ensemble = (core: Core, path: Path, replicas: Replicas, visit: Visit) => void;

/** M, the upper triangle of Q and, where it moves, a: names, and places in [Omega, a]. */
export function entriesOf({ p, k, gammaA }: Settings): { name: string; place: number }[] {
  const m = p + k;
  return Array.from({ length: p }, (_, i) => [
    ...Array.from({ length: k }, (_, r) => ({ name: `M${i}${r}`, place: (k + i) * m + r })),
    ...Array.from({ length: p - i }, (_, c) => ({ name: `Q${i}${i + c}`, place: (k + i) * m + k + i + c })),
    ...(gammaA === undefined ? [] : [{ name: `a${i}`, place: m * m + i }]),
  ]).flat();
}

/** A sample of each entry, those of one time together. */
export function samplesOf(ensemble: Ensemble, core: Core, path: Path, replicas: Replicas): Float64Array[] {
  const entries = entriesOf(path.settings);
  const samples = path.steps.flatMap(() => entries.map(() => new Float64Array(replicas.count)));
  ensemble(core, path, replicas, (r, i, numbers) => {
    entries.forEach(({ place }, e) => {
      samples[i * entries.length + e][r] = numbers[place];
    });
  });
  return samples;
}

/** What `chainLoad` wants of a start: factor, rank, a, a*. */
function startsOf(core: Core, { start, settings }: Path) {
  const { p, k } = settings;
  const first = typeof start === "function" ? start(0) : start;
  const rank = first.factor[0].length;
  const [factor, a, aStar] = [core.f64((p + k) * rank), core.f64(p), core.f64(k)];
  const put = (begin: Begin) => {
    new Float64Array(core.memory.buffer, factor, (p + k) * rank).set(flatFactor(begin.factor, settings));
    new Float64Array(core.memory.buffer, a, p).set(begin.a);
    new Float64Array(core.memory.buffer, aStar, k).set(begin.aStar);
  };
  put(first);
  return {
    factor,
    rank,
    a,
    aStar,
    select(r: number) {
      if (typeof start === "function") put(start(r));
    },
  };
}

/** A chain and how its replicas are begun and read. */
function chainOf(core: Core, path: Path, lanes: number) {
  const { settings } = path;
  const { exports, memory } = core;
  const { p, k, gammaA } = settings;
  const m = p + k;
  const chain = new Chain(core, settings, new Array(lanes).fill({ seed: 0, stream: 0 }));
  const [inputKeys, chiKeys] = [chain.get("inputKeys"), chain.get("chiKeys")];
  const starts = startsOf(core, path);
  const saved = core.f64(m * rankOf(settings));
  const out = core.f64(m * m + p);
  return {
    chain,
    begin(lane: number, seed: number, stream: number) {
      exports.makeKey(inputKeys + 128 * lane, seed, stream, INPUTS);
      exports.makeKey(chiKeys + 128 * lane, seed, stream, CHI);
      starts.select(stream);
      exports.chainLoad(chain.run, lane, starts.factor, starts.rank, starts.a, starts.aStar);
    },
    numbers(lane: number): Float64Array {
      exports.chainOrderParameters(chain.run, lane, out);
      if (gammaA !== undefined) exports.chainSave(chain.run, lane, saved, out + 8 * m * m);
      return new Float64Array(memory.buffer, out, m * m + p);
    },
  };
}

/** By `chainSteps`, four replicas side by side where that is possible. */
export const chains: Ensemble = (core, path, { seed, count }, visit) => {
  const { batch = 1, spectrum } = path.settings;
  const lanes = batch > 1 || spectrum ? 1 : 4;
  const { chain, begin, numbers } = chainOf(core, path, lanes);
  for (let first = 0; first < count; first += lanes) {
    chain.set({ step: 0, alive: 0 });
    for (let lane = 0; lane < lanes; lane++) begin(lane, seed, first + lane);
    let done = 0;
    path.steps.forEach((until, i) => {
      done += chain.steps(until - done);
      if (done < until || chain.get("alive") !== 2 ** lanes - 1) throw new Error(`diverged: replicas from ${first} on`);
      for (let lane = 0; lane < lanes; lane++) visit(first + lane, i, numbers(lane));
    });
  }
};

/**
 * By `chainStepGiven`, batch 1, with a norm r of the rest that is not that of the chain: a fixed one, or chi with some degrees of freedom.
 * Normals are drawn here.
 */
export const chainsWithNorm =
  (norm: { fixed: number } | { degrees: number }): Ensemble =>
  (core, path, { seed, count }, visit) => {
    const { exports, memory } = core;
    const { columns, n } = shapeOf(path.settings);
    const { chain, begin, numbers } = chainOf(core, path, 1);
    const total = path.steps[path.steps.length - 1];
    const drawn = 4 * Math.ceil((total * (n + 1)) / 4);
    const [key, generator, normals] = [aligned(core, 128), aligned(core, 128), aligned(core, 8 * drawn)];
    const degrees = core.f64(new Array(total).fill("degrees" in norm ? norm.degrees : 0));
    const norms = core.f64(total);
    if ("fixed" in norm) new Float64Array(memory.buffer, norms, total).fill(norm.fixed);
    for (let r = 0; r < count; r++) {
      chain.set({ step: 0, alive: 0 });
      begin(0, seed, r);
      exports.makeKey(key, seed, r, 9);
      exports.seekBlock(generator, key, 0n);
      exports.fillNormals(generator, key, 0n, normals, drawn);
      if ("degrees" in norm) exports.fillChi(key, 1n, degrees, norms, total);
      let done = 0;
      path.steps.forEach((until, i) => {
        for (; done < until; done++) {
          const z = normals + 8 * done * (n + 1);
          if (!exports.chainStepGiven(chain.run, z, z + 8 * columns, norms + 8 * done, z + 8 * n))
            throw new Error(`diverged: replica ${r}`);
        }
        visit(r, i, numbers(0));
      });
    }
  };

/** Rows with the start's factor in one random frame of each eigenspace. */
function rowsInFrames({ exports, f64, read }: Core, { factor }: Begin, settings: Settings, seed: number): number[][] {
  const spaces = spacesOf(settings);
  const rows = factor.map((): number[] => []);
  const [key, generator] = [f64(16), f64(16)];
  exports.makeKey(key, seed, 0, 2);
  let from = 0;
  spaces.forEach(({ D }, e) => {
    const rank = spaces.length > 1 ? spaces[e].n : factor[0].length;
    const frameBytes = 64 * Math.ceil(D / 8);
    const [frame, sum, row] = [f64((rank * frameBytes) / 8 + 8), f64(frameBytes / 8), f64(D)];
    for (let i = 0; i < rank; i++) exports.frameRow(key, generator, frame, frameBytes, D, i, from + i);
    factor.forEach((values, i) => {
      exports.frameWeights(f64(values.slice(from, from + rank)), rank, frame, frameBytes, sum, row, D, 0);
      rows[i].push(...read(row, D));
    });
    from += rank;
  });
  return rows;
}

/** By `denseSteps`. */
export const dense: Ensemble = (core, { settings, start, steps }, { seed, count }, visit) => {
  const begin = typeof start === "function" ? start(0) : start;
  const rows = rowsInFrames(core, begin, settings, seed);
  const run = new Dense(core, settings);
  for (let r = 0; r < count; r++) {
    run.begin(rows, begin, { seed, stream: r });
    let done = 0;
    steps.forEach((until, i) => {
      done += run.steps(until - done);
      if (done < until) throw new Error(`diverged: replica ${r}`);
      visit(r, i, Float64Array.of(...run.omega(), ...run.a()));
    });
  }
};
