/**
 * An estimate of the noise matrix N (B6), without the factors n_s a_i, by a mean over points: for students too wide for exact integrals, whose cost grows as p^2 m^2 or
 * faster; here it is points x (m^2 + p^2) / 2. Any student, any teacher.
 *
 * Points are Richtmyer lattices, u_j = frac(n sqrt(prime_j) + shift_j), n = 1, 2, .., in 8 copies with independent uniform shifts, each under the tent transform
 * |2 u - 1| (Genz & Bretz 2009, "Computation of multivariate normal and t probabilities", section 4.2; Hickernell 2002 for the tent): every copy is unbiased, and their
 * spread tells the standard error, t-distributed with 7 degrees of freedom. The primes go round among the dimensions, because some pairs of them are poor. The points are always the same, go through the normal quantile function to z, and
 * x = L z with Omega = L L^T: so N is a smooth function of the state, whose error changes slowly along a trajectory, and a solver's steps do not see it.
 */
import { activate } from "../activations";
import { factorCovariance } from "../linalg/covariance-factor";
import { normalQuantile } from "../special/quantile";

const SHIFTS: i32 = 8;
/** How far the primes go round from copy to copy. */
const TURN: i32 = 5;
/** Points that are handled together, and bytes of as many numbers. */
const CHUNK: i32 = 16;
const ROW: usize = 128;

/** The work space: this record, then what it points to. */
@unmanaged
class Work {
  p: i32; k: i32; m: i32; student: i32; teacher: i32; chunks: i32;
  /** Chunks of points, z of each dimension in turn; L, row-major with rows of m. */
  points: usize; L: usize;
  /** Fields, activations and slopes of a chunk; sums of pairs in two lanes; N of each copy. */
  x: usize; s: usize; ds: usize; sums: usize; copies: usize;
}
const HEAD: usize = 64;

const scratch = memory.data(64, 16);

function lay(base: usize, work: Work, p: i32, k: i32, points: i32): usize {
  const m = p + k, pairs = (p * (p + 1)) >> 1;
  work.p = p; work.k = k; work.m = m;
  work.chunks = (points + SHIFTS * CHUNK - 1) / (SHIFTS * CHUNK);
  let to = base + HEAD;
  work.L = to; to += <usize>((m * m + 1) & ~1) << 3;
  work.x = to; to += <usize>m * ROW;
  work.s = to; to += <usize>m * ROW;
  work.ds = to; to += <usize>m * ROW;
  work.sums = to; to += <usize>pairs << 4;
  work.copies = to; to += <usize>((SHIFTS * pairs + 1) & ~1) << 3;
  work.points = to; to += <usize>(SHIFTS * work.chunks) * <usize>m * ROW;
  return to - base;
}

/** Bytes of work space: 8 m for a point. */
export function quasiRandomBytes(p: i32, k: i32, points: i32): f64 {
  return <f64>lay(0, changetype<Work>(scratch), p, k, points);
}

/**
 * Readies a work space; once before anything else. 0.1 us for a number.
 * @param address quasiRandomBytes(p, k, points) bytes, aligned to 16
 * @param points made a multiple of 128
 */
export function quasiRandomPrepare(address: usize, p: i32, k: i32, student: i32, teacher: i32, points: i32): void {
  const work = changetype<Work>(address), m = p + k;
  lay(address, work, p, k, points);
  work.student = student;
  work.teacher = teacher;
  for (let j = 0, prime = 1; j < m; j++) {
    do prime++; while (!isPrime(prime));
    store<f64>(work.x + (<usize>j << 3), Math.sqrt(<f64>prime));
  }
  for (let j = 0; j < m; j++) {
    let to = work.points + <usize>j * ROW;
    for (let shift = 0; shift < SHIFTS; shift++) {
      const step = load<f64>(work.x + (<usize>((j + TURN * shift) % m) << 3));
      const start = uniform(<u64>(j * SHIFTS + shift));
      let n = 1.0;
      for (let chunk = 0; chunk < work.chunks; chunk++, to += <usize>m * ROW) {
        for (let b: usize = 0; b < ROW; b += 8, n += 1) {
          const turned = n * step + start, u = Math.abs(2 * (turned - Math.floor(turned)) - 1);
          store<f64>(to + b, normalQuantile(max(1.1102230246251565e-16, min(1 - 1.1102230246251565e-16, u))));
        }
      }
    }
  }
}

function isPrime(n: i32): bool {
  for (let q = 2; q * q <= n; q++) if (n % q == 0) return false;
  return n > 1;
}

/** Uniform in [0, 1): splitmix64 (Steele, Lea & Flood 2014). */
function uniform(n: u64): f64 {
  let x = (n + 1) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return <f64>((x ^ (x >> 31)) >> 11) * 1.1102230246251565e-16;
}

/**
 * N_ij / (n_s^2 a_i a_j) for every pair i <= j, one f64 a pair in the order of erf.ts's `writePairs`.
 * @returns the largest standard error of an entry, over sqrt(N_ii N_jj)
 */
export function quasiRandomNoise(address: usize, O: usize, stride: usize, c: usize, Delta: f64, out: usize): f64 {
  const work = changetype<Work>(address), p = work.p, m = work.m, pairs = (p * (p + 1)) >> 1;
  factorCovariance(O, stride, m, work.L);
  let z = work.points;
  const mean = 1 / <f64>(work.chunks * CHUNK);
  memory.fill(out, 0, <usize>pairs << 3);
  for (let shift = 0; shift < SHIFTS; shift++) {
    memory.fill(work.sums, 0, <usize>pairs << 4);
    for (let chunk = 0; chunk < work.chunks; chunk++, z += <usize>m * ROW) {
      multiply(work, z);
      activate(work.teacher, work.x, work.s, work.ds, CHUNK * work.k);
      const students = <usize>work.k * ROW;
      activate(work.student, work.x + students, work.s + students, work.ds + students, CHUNK * p);
      residuals(work, c, Delta);
      products(work);
    }
    const copy = work.copies + (<usize>(shift * pairs) << 3);
    for (let q: usize = 0; q < <usize>pairs; q++) {
      const value = (load<f64>(work.sums + (q << 4)) + load<f64>(work.sums + (q << 4), 8)) * mean;
      store<f64>(copy + (q << 3), value);
      store<f64>(out + (q << 3), load<f64>(out + (q << 3)) + value / <f64>SHIFTS);
    }
  }
  return standardError(work, out);
}

function standardError(work: Work, N: usize): f64 {
  const p = work.p, pairs = (p * (p + 1)) >> 1;
  let largest = 0.0, q: usize = 0;
  for (let i = 0; i < p; i++) {
    const ii = load<f64>(N + (<usize>((i * (2 * p - i + 1)) >> 1) << 3));
    for (let j = i; j < p; j++, q += 8) {
      const jj = load<f64>(N + (<usize>((j * (2 * p - j + 1)) >> 1) << 3));
      let squares = 0.0;
      for (let shift = 0; shift < SHIFTS; shift++) {
        const off = load<f64>(work.copies + (<usize>(shift * pairs) << 3) + q) - load<f64>(N + q);
        squares += off * off;
      }
      if (ii * jj > 0) largest = max(largest, squares / (ii * jj));
    }
  }
  return Math.sqrt(largest / <f64>(SHIFTS * (SHIFTS - 1)));
}

/** x = L z of a chunk. */
function multiply(work: Work, points: usize): void {
  let L = work.L;
  const step = <usize>work.m << 3;
  for (let i = 0, x = work.x; i < work.m; i++, x += ROW, L += step) {
    let a = f64x2.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    for (let entry = L, end = L + (<usize>i << 3), z = points; entry <= end; entry += 8, z += ROW) {
      const factor = v128.load64_splat(entry);
      a = f64x2.add(a, f64x2.mul(factor, v128.load(z)));
      b = f64x2.add(b, f64x2.mul(factor, v128.load(z, 16)));
      c = f64x2.add(c, f64x2.mul(factor, v128.load(z, 32)));
      d = f64x2.add(d, f64x2.mul(factor, v128.load(z, 48)));
      e = f64x2.add(e, f64x2.mul(factor, v128.load(z, 64)));
      f = f64x2.add(f, f64x2.mul(factor, v128.load(z, 80)));
      g = f64x2.add(g, f64x2.mul(factor, v128.load(z, 96)));
      h = f64x2.add(h, f64x2.mul(factor, v128.load(z, 112)));
    }
    v128.store(x, a);
    v128.store(x, b, 16);
    v128.store(x, c, 32);
    v128.store(x, d, 48);
    v128.store(x, e, 64);
    v128.store(x, f, 80);
    v128.store(x, g, 96);
    v128.store(x, h, 112);
  }
}

/** Slopes of the students times sqrt(e^2 + Delta), e = sum_l c_l s_l without label noise. */
function residuals(work: Work, c: usize, Delta: f64): void {
  const students = work.ds + <usize>work.k * ROW, end = work.ds + <usize>work.m * ROW;
  for (let b: usize = 0; b < ROW; b += 16) {
    let e = f64x2.splat(0);
    for (let l: usize = 0, s = work.s + b; l < <usize>work.m; l++, s += ROW) {
      e = f64x2.add(e, f64x2.mul(v128.load64_splat(c + (l << 3)), v128.load(s)));
    }
    const size = f64x2.sqrt(f64x2.add(f64x2.mul(e, e), f64x2.splat(Delta)));
    for (let ds = students + b; ds < end; ds += ROW) v128.store(ds, f64x2.mul(v128.load(ds), size));
  }
}

/** sums_ij += the chunk's products of the students' rows. */
function products(work: Work): void {
  const end = work.ds + <usize>work.m * ROW;
  let sum = work.sums;
  for (let row = work.ds + <usize>work.k * ROW; row < end; row += ROW) {
    const a = v128.load(row), b = v128.load(row, 16), c = v128.load(row, 32), d = v128.load(row, 48);
    const e = v128.load(row, 64), f = v128.load(row, 80), g = v128.load(row, 96), h = v128.load(row, 112);
    for (let other = row; other < end; other += ROW, sum += 16) {
      const one = f64x2.add(f64x2.mul(a, v128.load(other)), f64x2.mul(b, v128.load(other, 16)));
      const two = f64x2.add(f64x2.mul(c, v128.load(other, 32)), f64x2.mul(d, v128.load(other, 48)));
      const three = f64x2.add(f64x2.mul(e, v128.load(other, 64)), f64x2.mul(f, v128.load(other, 80)));
      const four = f64x2.add(f64x2.mul(g, v128.load(other, 96)), f64x2.mul(h, v128.load(other, 112)));
      v128.store(sum, f64x2.add(v128.load(sum), f64x2.add(f64x2.add(one, two), f64x2.add(three, four))));
    }
  }
}
