/**
 * The table behind erf: rows (s(r), s'(r)), r = j/128, j = 0..1085, s(r) = erf(r / sqrt 2), s'(r) = sqrt(2/pi) exp(-r^2/2), all correctly rounded.
 *
 *   byte 16 j      f64  s(r)
 *   byte 16 j + 8  f64  s'(r)
 *
 * It is not stored in the binary but computed, once an instance, in double-double arithmetic:
 *
 *   s' by products:  S_{j+1} = S_j rho_j, rho_j = exp(-(j + 1/2) h^2), rho_{j+1} = rho_j sigma, h = 1/128;
 *   s by the trapezoid sum of s' with the Euler-Maclaurin correction at its upper end (the odd derivatives vanish at 0):
 *     s(r) = h (S_0/2 + S_1 + .. + S_j/2) - h^2/12 S' + h^4/720 S''' - h^6/30240 S^(5) + ..,
 *     S' = -r S, S''' = (3 r - r^3) S, S^(5) = -(15 r - 10 r^3 + r^5) S; the next term is below 2^-65 s(r).
 *
 * The products lose less than 2^-83 over the table, the sums less than 2^-93. The correction is at most h^2/12 of the
 * result, so a double carries it to 2^-69. Hence what is rounded to the table is known to 2^-64, and all 2172 entries were
 * compared with 50-digit arithmetic: each is the nearest double (test/special).
 */
import { productError, smallSumError, sumError } from "./double-double";

/** Rows 0..1085, the one nearest to 8.48; a row is 16 bytes. */
const ROWS: i32 = 1086;
export const ERF_TABLE: usize = memory.data(17376, 16);

/** Fills the table; to be called once an instance, before any erf. */
export function initialiseErfTable(): void {
  const h: f64 = 0.0078125;
  // S_0 = sqrt(2/pi), rho_0 = exp(-h^2/2), sigma = exp(-h^2)
  let S: f64 = 0.7978845608028654, SLow: f64 = -4.98465440455546e-17;
  let rho: f64 = 0.9999694828875315, rhoLow: f64 = 3.7043574006007696e-17;
  const sigma: f64 = 0.9999389667063573, sigmaLow: f64 = -3.642920005404904e-17;
  // every node adds half of S before it is read and half after; the first half of all is taken off in advance
  let sum = -0.5 * S, sumLow = -0.5 * SLow;

  for (let j = 0; j < ROWS; j++) {
    const r = <f64>j * h;
    const half = 0.5 * S, halfLow = 0.5 * SLow;

    let s = sum + half;
    let e = sumError(sum, half, s) + (sumLow + halfLow);
    sum = s + e;
    sumLow = smallSumError(s, e, sum);

    const z = r * r;
    const correction = S * r * (h * h / 12 + h * h * h * h * ((3 - z) / 720 + h * h * (15 + z * (z - 10)) / 30240));
    const row = ERF_TABLE + (<usize>j << 4);
    store<f64>(row, h * sum + (h * sumLow + correction));
    store<f64>(row, S, 8);

    s = sum + half;
    e = sumError(sum, half, s) + (sumLow + halfLow);
    sum = s + e;
    sumLow = smallSumError(s, e, sum);

    let p = S * rho;
    e = productError(S, rho, p) + (S * rhoLow + SLow * rho);
    S = p + e;
    SLow = smallSumError(p, e, S);

    p = rho * sigma;
    e = productError(rho, sigma, p) + (rho * sigmaLow + rhoLow * sigma);
    rho = p + e;
    rhoLow = smallSumError(p, e, rho);
  }
}
