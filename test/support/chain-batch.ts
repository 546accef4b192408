// A step of a chain on a batch, or with a spectrum, in plain loops: assembly/online/chain-batch.ts, bit for bit.
import { codeOf } from "./activations.js";
import { type Begin, flatFactor, type Numbers, type Settings, spacesOf } from "./chain.js";
import type { Core } from "./core.js";

/** Inner product in the order of assembly/linalg/rows.ts. */
function product(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const sums = [0, 0, 0, 0];
  for (let j = 0; j < x.length; j++) sums[j % 4] += x[j] * y[j];
  return sums[0] + sums[2] + (sums[1] + sums[3]);
}

/**
 * A <- A H, lower-triangular, by Householder reflections of columns first .. first + count - 1; `basis`, one vector a column, is turned with them.
 */
function lowerTriangular(A: number[][], first: number, count: number, basis: ArrayLike<number>[]): void {
  for (let i = 0; i < A.length && i < count; i++) {
    const v = A[i].slice(first + i, first + count);
    const square = product(v, v);
    const x = v[0];
    let diagonal = x;
    if (square > 1e-290) {
      const norm = Math.sqrt(square);
      diagonal = x < 0 ? norm : -norm;
      v[0] = x - diagonal;
      const factor = -1 / (norm * (norm + Math.abs(x)));
      for (const row of A.slice(i + 1)) {
        const f = factor * product(row.slice(first + i, first + count), v);
        v.forEach((vj, j) => {
          row[first + i + j] += f * vj;
        });
      }
      const turned = basis.slice(i, count) as number[][];
      for (let c = 0; c < (turned[0]?.length ?? 0); c++) {
        const f = factor * v.reduce((sum, vj, j) => sum + vj * turned[j][c], 0);
        v.forEach((vj, j) => {
          turned[j][c] += f * vj;
        });
      }
    }
    A[i].fill(0, first + i, first + count);
    A[i][first + i] = diagonal;
  }
}

export class BatchReference {
  readonly settings: Settings;
  /** Of each eigenspace [L* 0 | 0; S U | 0]: n columns, then those of the Bartlett factor and of padding. */
  rows: number[][];
  readonly a: number[];
  readonly aStar: number[];
  readonly #core: Core;
  readonly #student: number;
  readonly #teacher: number;
  nu = 0;

  constructor(core: Core, settings: Settings, { factor, a, aStar }: Begin) {
    const { student = "erf", teacher = student } = settings;
    this.#core = core;
    this.#student = codeOf(core, student);
    this.#teacher = codeOf(core, teacher);
    this.settings = settings;
    this.rows = factor.map((row) => {
      let from = 0;
      return spacesOf(settings).flatMap(({ n, offset, end }) => {
        from += n;
        return Array.from({ length: end - offset }, (_, j) => (j < n ? (row[from - n + j] ?? 0) : 0));
      });
    });
    this.a = a.slice();
    this.aStar = aStar.slice();
  }

  /** As the kernel saves it. */
  get factor(): number[] {
    const spaces = spacesOf(this.settings);
    const rows = this.rows.map((row) => spaces.flatMap(({ offset, n }) => row.slice(offset, offset + n)));
    return flatFactor(rows, this.settings);
  }

  #values(code: number, fields: number[]) {
    const { exports, f64, read } = this.#core;
    const count = fields.length + 1;
    const addresses = [f64([...fields, 0]), f64(count), f64(count)];
    exports.activate(code, addresses[0], addresses[1], addresses[2], fields.length);
    const result = { s: read(addresses[1], fields.length), ds: read(addresses[2], fields.length) };
    for (const address of addresses) exports.arenaFree(address);
    return result;
  }

  #rate(schedule: number | number[] | undefined, t: number): number {
    if (typeof schedule !== "object") return schedule ?? 0;
    const address = this.#core.f64(schedule);
    const rate = this.#core.exports.scheduleAt(address, t);
    this.#core.exports.arenaFree(address);
    return rate;
  }

  /**
   * A step. `frame`, if given, is a vector for each column of the rows (zero for padding; what is missing at the end counts for nothing): bases of
   * the eigenspaces and directions outside of them. It is turned with the state.
   * @returns coordinates of the samples in the frame as it was: explicit inputs that have the same effect
   */
  step({ zeta, spaces: numbers }: Numbers, frame: Float64Array[] = []): number[][] {
    const { d, p, k, batch = 1, sphere, ns = 1, nt = 1, Delta = 0 } = this.settings;
    const { gamma = 0.5, gammaA, kappa = 0, kappaA = 0 } = this.settings;
    const spaces = spacesOf(this.settings).map((space, e) => {
      const { chi, below } = numbers[e];
      const bartlett = below.map((row, b) =>
        Array.from({ length: space.orthogonal }, (_, c) => (c < b ? row[c] : c === b ? Math.sqrt(chi[b]) : 0)),
      );
      return { ...space, ...numbers[e], bartlett, root: Math.sqrt(space.variance) };
    });
    const t = this.nu / d;
    const rate = this.#rate(gamma, t) / (d * batch);
    const { rows } = this;
    const layer = new Array<number>(p).fill(0);
    const weighted = (c: number[], s: ArrayLike<number>) => c.reduce((sum, ci, i) => sum + ci * s[i], 0);
    const gains: number[][] = [];
    const samples = zeta.map((noise, b) => {
      let x = spaces.flatMap(({ z, y, bartlett, compresses, orthogonal, offset, end, root }) => {
        const coordinates = [...z[b], ...y[b], ...(compresses || orthogonal === 0 ? [] : bartlett[b])];
        return Array.from({ length: end - offset }, (_, j) => (coordinates[j] ?? 0) * root);
      });
      if (sphere) {
        const factor = Math.sqrt(d / product(x, x));
        x = x.map((v) => factor * v);
      }
      const fields = rows.map((row) => product(row, x));
      const target = this.#values(this.#teacher, fields.slice(0, k));
      const output = this.#values(this.#student, fields.slice(k));
      const e = nt * weighted(this.aStar, target.s) + Math.sqrt(Delta) * noise - ns * weighted(this.a, output.s);
      const factor = rate * ns * e;
      gains.push(this.a.map((a, i) => factor * a * output.ds[i]));
      for (let i = 0; i < p; i++) layer[i] += output.s[i] * e;
      return x;
    });
    const keep = 1 - kappa / d;
    const students = rows.slice(k);
    samples.forEach((x, b) => {
      students.forEach((row, i) => {
        for (let j = 0; j < x.length; j++) row[j] = (b === 0 ? keep * row[j] : row[j]) + gains[b][i] * x[j];
      });
    });
    if (spaces[0].compresses) {
      const F = Array.from({ length: p }, (_, i) => gains.map((f) => f[i]));
      const O = Array.from({ length: batch }, (_, i) => Array.from({ length: batch }, (_, j) => (i === j ? 1 : 0)));
      lowerTriangular(F, 0, batch, O);
      for (const { offset, n, orthogonal, bartlett, root } of spaces) {
        students.forEach((row, i) => {
          for (let c = 0; c <= i; c++)
            for (let j = 0; j <= c && j < orthogonal; j++) row[offset + n + j] += F[i][c] * root * bartlett[c][j];
        });
        // F = L O: orthogonal parts O^T T of the samples move the students by L T
        samples.forEach((x, b) => {
          for (let j = 0; j < orthogonal; j++)
            x[offset + n + j] = root * bartlett.reduce((sum, row, c) => sum + O[c][b] * row[j], 0);
        });
      }
    }
    for (const { offset, columns, width, orthogonal } of spaces) {
      const first = offset + columns;
      if (width > 0)
        lowerTriangular(students, first, width + orthogonal, frame.slice(first, first + width + orthogonal));
    }
    if (gammaA !== undefined) {
      const scale = (this.#rate(gammaA, t) * ns) / (d * batch);
      for (let i = 0; i < p; i++) this.a[i] = (1 - kappaA / d) * this.a[i] + scale * layer[i];
    }
    this.nu++;
    return samples;
  }
}
