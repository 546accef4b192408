// Order parameters over many replicas, by the chain and by dense SGD: samples for tests of laws.
import { Block } from "./block.js";
import { activationCodes, aligned, type Begin, CHI, Chain, INPUTS, type Settings, schedule, shapeOf } from "./chain.js";
import type { Core } from "./core.js";

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
function startsOf(core: Core, { start, settings: { p, k } }: Path) {
  const first = typeof start === "function" ? start(0) : start;
  const rank = first.factor[0].length;
  const [factor, a, aStar] = [core.f64((p + k) * rank), core.f64(p), core.f64(k)];
  const put = (begin: Begin) => {
    new Float64Array(core.memory.buffer, factor, (p + k) * rank).set(begin.factor.flat());
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
  const saved = core.f64(m * shapeOf(settings).n);
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
  const lanes = (path.settings.batch ?? 1) > 1 ? 1 : 4;
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

/** By `denseSteps`, on weights that have the start's factor in one random frame. */
export const dense: Ensemble = (core, path, { seed, count }, visit) => {
  const { settings } = path;
  const { exports, memory } = core;
  const { d, p, k, batch = 1, student = "erf", teacher = student } = settings;
  const m = p + k;
  const even = (n: number) => n + (n % 2);
  const rowBytes = 64 * Math.ceil(d / 8);
  const [weights, inputKey, generator] = [m * rowBytes + 64, 128, 128].map((bytes) => aligned(core, bytes));
  const out = core.f64(m * m + p);
  const a = out + 8 * m * m;
  const starts = startsOf(core, path);
  const run = new Block(core, exports.denseFields());
  const [fields, values, slopes] = [0, 0, 0].map(() => aligned(core, 8 * (even(k) + even(p) + 2)));
  run.set({
    rowBytes,
    d,
    p,
    k,
    batch,
    studentActivation: activationCodes[student],
    teacherActivation: activationCodes[teacher],
    studentScale: settings.ns ?? 1,
    teacherScale: settings.nt ?? 1,
    sphere: settings.sphere ? 1 : 0,
    noise: Math.sqrt(settings.Delta ?? 0),
    decay: settings.kappa ?? 0,
    trainsSecond: settings.gammaA === undefined ? 0 : 1,
    secondDecay: settings.kappaA ?? 0,
    rate: core.f64(schedule(settings.gamma ?? 0.5)),
    secondRate: core.f64(schedule(settings.gammaA ?? 0)),
    weights,
    samples: aligned(core, (batch + 1) * (rowBytes + 64)),
    fields,
    values,
    slopes,
    pending: aligned(core, 8 * batch * even(p)),
    a,
    aStar: starts.aStar,
    aStep: core.f64(p),
    inputKey,
    generator,
  });
  const frame = aligned(core, starts.rank * rowBytes + 64);
  const sum = aligned(core, rowBytes);
  exports.makeKey(inputKey, seed, 0, 2);
  for (let i = 0; i < starts.rank; i++) exports.frameRow(inputKey, generator, frame, rowBytes, d, i);
  for (let i = 0; i < m; i++) {
    const row = starts.factor + 8 * i * starts.rank;
    exports.frameWeights(row, starts.rank, frame, rowBytes, sum, weights + i * rowBytes, d, 0);
  }
  const first = core.read(weights, (m * rowBytes) / 8);
  for (let r = 0; r < count; r++) {
    exports.makeKey(inputKey, seed, r, 0);
    new Float64Array(memory.buffer, weights, first.length).set(first);
    new Float64Array(memory.buffer, a, p).set(new Float64Array(memory.buffer, starts.a, p));
    run.set({ step: 0, ring: 0, waiting: 0 });
    let done = 0;
    path.steps.forEach((until, i) => {
      done += exports.denseSteps(run.address, until - done);
      if (done < until) throw new Error(`diverged: replica ${r}`);
      exports.denseOrderParameters(run.address, out);
      visit(r, i, new Float64Array(memory.buffer, out, m * m + p));
    });
  }
};
