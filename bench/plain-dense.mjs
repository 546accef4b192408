/**
 * One-pass SGD of an erf committee in plain JavaScript, written to be as fast as V8 makes it: flat typed arrays, no allocation, the waiting
 * update and the next fields in one pass over the weights, columns in blocks so that inputs stay in the first cache.
 *
 * For one problem a process: V8 then compiles these closures for their own arrays, whose addresses and lengths become constants of the code:
 * up to twice as fast as the same loops on arguments. Tried and slower on V8 11.3: two rows at a time, one row unrolled, an array a row,
 * inputs that trade places, Float32Array; as fast: weights interleaved by column.
 */
import { LONGEST_FILL as BLOCK, fillNormals } from "./plain-normals.mjs";

/**
 * @param problem p a multiple of 4, k and d even; gamma, Delta
 * @param start teacher (k x d) and student (p x d) in unit-norm coordinates
 */
export function plainDense({ p, k, d, gamma, Delta }, start) {
  const T = Float64Array.from(start.teacher);
  const W = Float64Array.from(start.student);
  // two inputs (d numbers, then the one for the noise), the last one and the next one, `old` and `now` elements in
  const inputs = new Float64Array(2 * (d + 1));
  let old = 0;
  let now = d + 1;
  const f = new Float64Array(p);
  const [lam, s, slope] = [new Float64Array(p), new Float64Array(p), new Float64Array(p)];
  const [lamStar, sStar, slopeStar] = [new Float64Array(k), new Float64Array(k), new Float64Array(k)];
  const noise = Math.sqrt(Delta);

  /** lamStar += T x over columns [from, to) of rows i, i + 1. */
  function teacherFields(i, from, to) {
    const first = i * d;
    const second = first + d;
    let y0 = 0;
    let y1 = 0;
    let odd0 = 0;
    let odd1 = 0;
    for (let j = from; j < to; j += 2) {
      const z0 = inputs[now + j];
      const z1 = inputs[now + j + 1];
      y0 += T[first + j] * z0;
      y1 += T[second + j] * z0;
      odd0 += T[first + j + 1] * z1;
      odd1 += T[second + j + 1] * z1;
    }
    lamStar[i] += y0 + odd0;
    lamStar[i + 1] += y1 + odd1;
  }

  /** W += f x^T with the last input, then lam += W x with the next, over columns [from, to) of rows i .. i + 3. */
  function updateThenFields(i, from, to) {
    const first = i * d;
    const second = first + d;
    const third = second + d;
    const fourth = third + d;
    const f0 = f[i];
    const f1 = f[i + 1];
    const f2 = f[i + 2];
    const f3 = f[i + 3];
    let y0 = 0;
    let y1 = 0;
    let y2 = 0;
    let y3 = 0;
    for (let j = from; j < to; j++) {
      const x = inputs[old + j];
      const z = inputs[now + j];
      const w0 = W[first + j] + f0 * x;
      W[first + j] = w0;
      y0 += w0 * z;
      const w1 = W[second + j] + f1 * x;
      W[second + j] = w1;
      y1 += w1 * z;
      const w2 = W[third + j] + f2 * x;
      W[third + j] = w2;
      y2 += w2 * z;
      const w3 = W[fourth + j] + f3 * x;
      W[fourth + j] = w3;
      y3 += w3 * z;
    }
    lam[i] += y0;
    lam[i + 1] += y1;
    lam[i + 2] += y2;
    lam[i + 3] += y3;
  }

  function step() {
    lam.fill(0);
    lamStar.fill(0);
    for (let from = 0; from < d; from += BLOCK) {
      const to = Math.min(d, from + BLOCK);
      fillNormals(inputs, now + from, now + to);
      for (let i = 0; i < k; i += 2) teacherFields(i, from, to);
      for (let i = 0; i < p; i += 4) updateThenFields(i, from, to);
    }
    fillNormals(inputs, now + d, now + d + 1);
    activate(lamStar, sStar, slopeStar, k);
    activate(lam, s, slope, p);
    let e = noise * inputs[now + d];
    for (let i = 0; i < k; i++) e += sStar[i];
    for (let i = 0; i < p; i++) e -= s[i];
    const factor = (gamma / d) * e;
    for (let i = 0; i < p; i++) f[i] = factor * slope[i];
    [old, now] = [now, old];
  }

  return {
    run(steps) {
      for (let n = 0; n < steps; n++) step();
    },
    /** The weights with the last update. */
    weights: () => ({ teacher: T, student: W.map((w, at) => w + f[Math.floor(at / d)] * inputs[old + (at % d)]) }),
  };
}

/**
 * erf(x / sqrt 2) and its slope to 1.5e-7 (Abramowitz & Stegun 7.1.26) on one exponential: far below what a simulation can tell and
 * several times cheaper than erf to the last bit. The host's exp may be used here: it is what users would write.
 */
function activate(fields, values, slopes, n) {
  for (let i = 0; i < n; i++) {
    const size = Math.abs(fields[i]) * Math.SQRT1_2;
    const gaussian = Math.exp(-size * size);
    const t = 1 / (1 + 0.3275911 * size);
    const tail =
      t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * gaussian;
    values[i] = fields[i] < 0 ? tail - 1 : 1 - tail;
    slopes[i] = 0.7978845608028654 * gaussian;
  }
}
