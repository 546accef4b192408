// Chains on the bare core, and the step of assembly/online/omega-chain.ts in plain loops: the reference of every layout, bit for bit.
import type { ActivationInput } from "../../src/index.js";
import { codeOf } from "./activations.js";
import { Block } from "./block.js";
import { type Core, loadCore, type Target } from "./core.js";

export interface Settings {
  d: number;
  p: number;
  k: number;
  batch?: number;
  student?: ActivationInput;
  teacher?: ActivationInput;
  ns?: number;
  nt?: number;
  sphere?: boolean;
  /** Eigenspaces of the inputs' covariance, d the sum of their multiplicities; without it inputs are isotropic. */
  spectrum?: { variance: number; multiplicity: number }[];
  Delta?: number;
  /** Schedules as assembly/schedule.ts lays them out, or numbers. */
  gamma?: number | number[];
  gammaA?: number | number[];
  kappa?: number;
  kappaA?: number;
}

/** A state: rows of [W*; W] / sqrt d in some frame, (k + p) x rank (eigenspace by eigenspace), and the second layers. */
export interface Begin {
  factor: number[][];
  a: number[];
  aStar: number[];
}

export const INPUTS = 3;
export const CHI = 4;
/** Steps a block of numbers lasts. */
export const blockSteps = (batch: number) => Math.max(1, Math.floor(128 / batch));

/** The core with all its tables. */
export function loadChainCore(target: Target): Core {
  const core = loadCore(target);
  core.exports.initialise();
  return core;
}

/** Numbers of a schedule. */
export const schedule = (rate: number | number[]) => (typeof rate === "number" ? [1, 0, 0, rate] : rate);

/**
 * Coordinates of a chain in each eigenspace of dimension D (isotropic inputs have one): columns of S, width of U, directions left over, the Bartlett
 * factor's shape, and where in a row of the kernel's state it is.
 */
export function spacesOf({ d, p, k, batch = 1, sphere = false, spectrum }: Settings) {
  const compresses = batch > p && batch > 1 && !sphere;
  const rows = compresses ? p : batch;
  let end = 0;
  return (spectrum ?? [{ variance: 1, multiplicity: d }]).map(({ variance, multiplicity: D }) => {
    const rotates = D >= k + p;
    const columns = rotates ? k : D;
    const width = rotates ? p : 0;
    const n = columns + width;
    const nu = D - n;
    const orthogonal = Math.min(rows, nu);
    const offset = end;
    end += 2 * Math.ceil((n + orthogonal + 1) / 2);
    return { variance, D, columns, width, n, nu, compresses, rows, orthogonal, offset, end };
  });
}

/** Those of the first eigenspace. */
export const shapeOf = (settings: Settings) => spacesOf(settings)[0];

/** Coordinates in all eigenspaces: columns of a factor. */
export const rankOf = (settings: Settings) => spacesOf(settings).reduce((sum, { n }) => sum + n, 0);

/** A factor as the kernel takes it. */
export function flatFactor(factor: number[][], settings: Settings): number[] {
  if (!settings.spectrum) return factor.flat();
  let from = 0;
  return spacesOf(settings).flatMap(({ n }) => {
    from += n;
    return factor.flatMap((row) => row.slice(from - n, from));
  });
}

export class Chain {
  readonly core: Core;
  readonly settings: Settings;
  readonly lanes: number;
  readonly run: number;
  readonly #block: Block;

  constructor(core: Core, settings: Settings, replicas: { seed: number; stream: number }[]) {
    const { d, p, k, batch = 1, student = "erf", teacher = student, sphere = false, spectrum = [] } = settings;
    const { exports } = core;
    this.core = core;
    this.settings = settings;
    this.lanes = replicas.length;
    const inputKeys = aligned(core, 128 * this.lanes);
    const chiKeys = aligned(core, 128 * this.lanes);
    replicas.forEach(({ seed, stream }, lane) => {
      exports.makeKey(inputKeys + 128 * lane, seed, stream, INPUTS);
      exports.makeKey(chiKeys + 128 * lane, seed, stream, CHI);
    });
    const pairs = core.f64(spectrum.flatMap(({ variance, multiplicity }) => [variance, multiplicity]));
    const bytes = exports.chainBytes(this.lanes, d, p, k, batch, sphere ? 1 : 0, pairs, spectrum.length);
    this.#block = new Block(core, exports.chainFields());
    this.run = this.#block.address;
    this.set({
      lanes: this.lanes,
      d,
      p,
      k,
      batch,
      studentActivation: codeOf(core, student),
      teacherActivation: codeOf(core, teacher),
      studentScale: settings.ns ?? 1,
      teacherScale: settings.nt ?? 1,
      sphere: sphere ? 1 : 0,
      spectrum: pairs,
      eigenspaces: spectrum.length,
      noise: Math.sqrt(settings.Delta ?? 0),
      decay: settings.kappa ?? 0,
      trainsSecond: settings.gammaA === undefined ? 0 : 1,
      secondDecay: settings.kappaA ?? 0,
      rate: core.f64(schedule(settings.gamma ?? 0.5)),
      secondRate: core.f64(schedule(settings.gammaA ?? 0)),
      inputKeys,
      chiKeys,
      work: aligned(core, bytes),
      step: 0,
      alive: 0,
    });
    exports.chainPrepare(this.run);
  }

  set(values: Record<string, number>): void {
    this.#block.set(values);
  }

  get(name: string): number {
    return this.#block.get(name);
  }

  load(lane: number, { factor, a, aStar }: Begin): this {
    const { core, settings } = this;
    const values = core.f64(flatFactor(factor, settings));
    core.exports.chainLoad(this.run, lane, values, factor[0].length, core.f64(a), core.f64(aStar));
    return this;
  }

  steps(count: number): number {
    return this.core.exports.chainSteps(this.run, count);
  }

  made(lane = 0): number {
    return this.core.exports.chainMade(this.run, lane);
  }

  save(lane = 0): { factor: Float64Array; a: Float64Array } {
    const { p, k } = this.settings;
    const count = (p + k) * rankOf(this.settings);
    const factor = this.core.f64(count);
    const a = this.core.f64(p);
    this.core.exports.chainSave(this.run, lane, factor, a);
    const saved = { factor: this.core.read(factor, count), a: this.core.read(a, p) };
    this.core.exports.arenaFree(a);
    this.core.exports.arenaFree(factor);
    return saved;
  }

  omega(lane = 0): Float64Array {
    const count = (this.settings.p + this.settings.k) ** 2;
    const omega = this.core.f64(count);
    this.core.exports.chainOrderParameters(this.run, lane, omega);
    const values = this.core.read(omega, count);
    this.core.exports.arenaFree(omega);
    return values;
  }
}

/** Zeroed room, aligned to 64. */
export function aligned(core: Core, bytes: number): number {
  return Math.ceil(core.f64(Math.ceil(bytes / 8) + 8) / 64) * 64;
}

/** Some state: lower-trapezoidal factors with diagonals near 1. */
export function someState(core: Core, settings: Settings, seed = 1): Begin {
  const { p, k } = settings;
  const spaces = spacesOf(settings);
  const key = core.f64(16);
  core.exports.makeKey(key, seed, 0, 9);
  const count = (p + k) * (rankOf(settings) + 2);
  const out = core.f64(count);
  core.exports.fillScalarNormals(key, 0n, out, count);
  const normals = core.read(out, count);
  let next = 0;
  const factor = Array.from({ length: p + k }, (_, i) =>
    spaces.flatMap(({ n }) =>
      Array.from({ length: n }, (_, j) =>
        j > i && n === p + k ? 0 : i === j ? 1 + 0.1 * normals[next++] : 0.3 * normals[next++],
      ),
    ),
  );
  const layer = (length: number) => Array.from({ length }, () => 1 + 0.2 * normals[next++ % count]);
  return { factor, a: layer(p), aStar: layer(k) };
}

/** Numbers of one step in an eigenspace. */
interface SpaceNumbers {
  /** Of each sample. */
  z: Float64Array[];
  y: Float64Array[];
  /** chi-squared of the first rows of the Bartlett factor, and its normals below the diagonal. */
  chi: number[];
  below: Float64Array[];
}

/** The samples of one step; those of the first eigenspace at hand for isotropic inputs. */
export interface Numbers extends SpaceNumbers {
  zeta: number[];
  spaces: SpaceNumbers[];
}

/** Numbers of step after step of a replica, from the addresses that assembly/online/omega-chain.ts documents. */
export function numbersOf(
  core: Core,
  settings: Settings,
  { seed, stream }: { seed: number; stream: number },
): (step: number) => Numbers {
  const { batch = 1 } = settings;
  const spaces = spacesOf(settings);
  const T = blockSteps(batch);
  const belowOf = ({ rows, orthogonal }: (typeof spaces)[0]) =>
    Array.from({ length: rows }, (_, b) => Math.min(b, orthogonal));
  const perStep = batch * (rankOf(settings) + 1) + spaces.flatMap(belowOf).reduce((sum, columns) => sum + columns, 0);
  const count = Math.ceil((T * perStep) / 4) * 4;
  const stride = T + (T % 2);
  const chiCount = Math.ceil((spaces[0].rows * stride) / 4) * 4;
  const { exports } = core;
  const inputKey = core.f64(16);
  const chiKey = core.f64(16);
  const generator = core.f64(16);
  exports.makeKey(inputKey, seed, stream, INPUTS);
  exports.makeKey(chiKey, seed, stream, CHI);
  const out = core.f64(count);
  const chiOut = core.f64(chiCount + 2);
  const room = core.f64(2 * chiCount + 2);
  let block = -1;
  let normals: Float64Array = new Float64Array();
  let chis: Float64Array[] = [];
  return (step) => {
    const wanted = Math.floor(step / T);
    if (wanted !== block) {
      block = wanted;
      exports.seekBlock(generator, inputKey, BigInt(block));
      exports.fillNormals(generator, inputKey, BigInt(block), out, count);
      normals = core.read(out, count);
      chis = spaces.map(({ nu, orthogonal }, e) => {
        const address = BigInt(block * spaces.length + e);
        if (orthogonal > 0) exports.fillChiSquares(chiKey, address, generator, nu, orthogonal, stride, chiOut, room);
        return core.read(chiOut, chiCount);
      });
    }
    const s = step % T;
    let at = s * perStep;
    const take = (length: number) => {
      at += length;
      return normals.slice(at - length, at);
    };
    const zeta: number[] = [];
    const numbers = spaces.map(({ orthogonal }, e): SpaceNumbers => {
      const chi = Array.from({ length: orthogonal }, (_, g) => chis[e][g * stride + s]);
      return { z: [], y: [], chi, below: [] };
    });
    for (let b = 0; b < batch; b++) {
      spaces.forEach(({ columns, width }, e) => {
        numbers[e].z.push(take(columns));
        numbers[e].y.push(take(width));
      });
      zeta.push(take(1)[0]);
    }
    spaces.forEach((space, e) => {
      numbers[e].below = belowOf(space).map(take);
    });
    return { ...numbers[0], zeta, spaces: numbers };
  };
}

/** Rotates columns of a frame: (x, y) <- (c x + s y, c y - s x). */
type Rotate = (c: number, s: number, x: number, y: number) => void;

/**
 * One replica with batch 1 in plain loops. `frame`, if given, is n + 1 orthonormal vectors: the basis, and the direction of the rest of the next
 * sample; it is turned with the state.
 */
export class ChainReference {
  readonly settings: Settings;
  /** [L*; S], U (p x p), a, a*. */
  readonly R: number[][];
  readonly U: number[][];
  readonly a: number[];
  readonly aStar: number[];
  readonly #core: Core;
  readonly #buffer: number;
  readonly #rate: number;
  readonly #secondRate: number;
  readonly #student: number;
  readonly #teacher: number;
  nu = 0;
  ended = false;

  constructor(core: Core, settings: Settings, { factor, a, aStar }: Begin) {
    const { p, k, student = "erf", teacher = student } = settings;
    const { columns, width } = shapeOf(settings);
    this.#student = codeOf(core, student);
    this.#teacher = codeOf(core, teacher);
    this.settings = settings;
    this.#core = core;
    this.#buffer = core.f64(6 * (p + k + 2));
    this.#rate = core.f64(schedule(settings.gamma ?? 0.5));
    this.#secondRate = core.f64(schedule(settings.gammaA ?? 0));
    this.R = factor.map((row) => Array.from({ length: columns }, (_, c) => row[c] ?? 0));
    this.U = Array.from({ length: p }, (_, i) =>
      Array.from({ length: width }, (_, j) => (j <= i ? (factor[k + i][columns + j] ?? 0) : 0)),
    );
    this.a = a.slice();
    this.aStar = aStar.slice();
  }

  #activate(code: number, fields: number[]): { s: Float64Array; ds: Float64Array } {
    const room = 16 * Math.ceil((fields.length + 1) / 2);
    const { memory, exports, read } = this.#core;
    new Float64Array(memory.buffer, this.#buffer, fields.length).set(fields);
    exports.activate(code, this.#buffer, this.#buffer + room, this.#buffer + 2 * room, fields.length);
    return { s: read(this.#buffer + room, fields.length), ds: read(this.#buffer + 2 * room, fields.length) };
  }

  step({ z: [z], y: [y], chi: [chi = 0], zeta: [zeta] }: Numbers, frame?: Float64Array[]): void {
    const { d, p, k, sphere, ns = 1, nt = 1, Delta = 0, kappa = 0, kappaA = 0, gammaA } = this.settings;
    const { columns, width } = shapeOf(this.settings);
    const { R, U, a } = this;
    const rotate: Rotate = (c, s, x, y) => {
      if (!frame) return;
      const [u, v] = [frame[columns + x], frame[columns + y]];
      for (let i = 0; i < u.length; i++) [u[i], v[i]] = [c * u[i] + s * v[i], c * v[i] - s * u[i]];
    };
    const w = new Array<number>(p).fill(0);
    let rho = 0;
    let square = 0;
    let x = Array.from(z);
    if (width > 0) {
      const c1 = new Array<number>(p);
      const s1 = new Array<number>(p);
      let q = Math.max(chi, 1e-290);
      rho = Math.sqrt(q);
      for (let j = p - 1; j >= 0; j--) {
        q += y[j] * y[j];
        const n = Math.sqrt(q);
        const inverse = 1 / n;
        c1[j] = y[j] * inverse;
        s1[j] = rho * inverse;
        rho = n;
        rotate(c1[j], s1[j], j, j + 1);
      }
      square = q;
      for (let i = 0; i < p; i++) {
        let b = 0;
        for (let j = i; j >= 0; j--) {
          const u = U[i][j];
          U[i][j] = c1[j] * b - s1[j] * u;
          b = c1[j] * u + s1[j] * b;
        }
        w[i] = b;
      }
    }
    if (sphere) {
      for (const v of x) square += v * v;
      const factor = Math.sqrt(d / square);
      x = x.map((v) => factor * v);
      rho *= factor;
    }
    const fields = R.map((row) => row.reduce((sum, r, c) => sum + r * x[c], 0));
    if (width > 0) for (let i = 0; i < p; i++) fields[k + i] += w[i] * rho;
    const target = this.#activate(this.#teacher, fields.slice(0, k));
    const output = this.#activate(this.#student, fields.slice(k));
    const weighted = (c: number[], s: Float64Array) => {
      const sums = [0, 0];
      c.forEach((ci, i) => {
        sums[i % 2] += ci * s[i];
      });
      return sums[0] + sums[1];
    };
    const e = nt * weighted(this.aStar, target.s) + Math.sqrt(Delta) * zeta - ns * weighted(a, output.s);
    this.ended = !(Math.abs(e) < 1e12);
    const t = this.nu / d;
    const keep = this.ended ? 1 : 1 - kappa / d;
    let f = new Array<number>(p).fill(0);
    if (!this.ended) {
      const { scheduleAt } = this.#core.exports;
      const factor = (scheduleAt(this.#rate, t) / d) * ns * e;
      f = a.map((ai, i) => factor * ai * output.ds[i]);
      if (gammaA !== undefined) {
        const scale = (scheduleAt(this.#secondRate, t) * ns) / d;
        for (let i = 0; i < p; i++) a[i] = (1 - kappaA / d) * a[i] + scale * (output.s[i] * e);
      }
    }
    for (let i = 0; i < p; i++) for (let c = 0; c < columns; c++) R[k + i][c] = keep * R[k + i][c] + f[i] * x[c];
    if (width > 0)
      this.#secondSweep(
        w.map((wi, i) => (keep !== 1 ? keep * wi : wi) + f[i] * rho),
        keep,
        rotate,
      );
    if (!this.ended) this.nu++;
  }

  /** Row by row; the rotations of rows i and i + 1, i even, have a common denominator. */
  #secondSweep(start: number[], keep: number, rotate: Rotate): void {
    const { U } = this;
    const { p } = this.settings;
    if (keep !== 1) for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) U[i][j] *= keep;
    const c2: number[] = [];
    const s2: number[] = [];
    const turn = (i: number, t: number, columns: number) => {
      for (let j = 0; j < columns; j++) {
        const u = U[i][j];
        U[i][j] = c2[j] * t + s2[j] * u;
        t = c2[j] * u - s2[j] * t;
      }
      return t;
    };
    for (let i = 0; i < p; i += 2) {
      const kept = turn(i, start[i], i);
      const u = i + 1 < p ? turn(i + 1, start[i + 1], i) : 0;
      let [x, t] = [U[i][i], kept];
      let N = x * x + t * t;
      const turns = N > 1e-290;
      if (!turns) [t, x, N] = [1, 0, 1];
      const rootN = Math.sqrt(N);
      c2[i] = t * (1 / rootN);
      s2[i] = x * (1 / rootN);
      U[i][i] = turns ? rootN : kept;
      rotate(c2[i], s2[i], i, i + 1);
      if (i + 1 === p) break;
      const [lower, last] = [U[i + 1][i], U[i + 1][i + 1]];
      const T = t * lower - x * u;
      const M = last * last * N + T * T;
      U[i + 1][i] = c2[i] * u + s2[i] * lower;
      if (M > 1e-290) {
        const rootM = Math.sqrt(M);
        c2[i + 1] = T * (1 / rootM);
        s2[i + 1] = last * rootN * (1 / rootM);
        U[i + 1][i + 1] = rootM * (1 / rootN);
      } else {
        c2[i + 1] = 1;
        s2[i + 1] = 0;
        U[i + 1][i + 1] = T * (1 / rootN);
      }
      rotate(c2[i + 1], s2[i + 1], i + 1, i + 2);
    }
  }

  /** As `Chain.save`. */
  save(): { factor: Float64Array; a: Float64Array } {
    const { k } = this.settings;
    const { width } = shapeOf(this.settings);
    const rows = this.R.flatMap((row, i) => [...row, ...(i < k ? new Array(width).fill(0) : this.U[i - k])]);
    return { factor: Float64Array.from(rows), a: Float64Array.from(this.a) };
  }
}
