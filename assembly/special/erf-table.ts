/**
 * The table behind erf: rows (erf r, erf' r), r = j/128, j = 0..768, erf' r = 2/sqrt(pi) exp(-r^2), all correctly rounded.
 *
 *   byte 16 j      f64  erf r
 *   byte 16 j + 8  f64  erf' r
 *
 * It is not stored in the binary but computed, once an instance, in double-double arithmetic:
 *
 *   erf' by products:  S_{j+1} = S_j rho_j, rho_j = exp(-(2 j + 1) h^2), rho_{j+1} = rho_j sigma, h = 1/128;
 *   erf by the trapezoid sum of erf' with the Euler-Maclaurin correction at its upper end (the odd derivatives vanish at 0):
 *     erf r = h (S_0/2 + S_1 + .. + S_j/2) - h^2/12 S' + h^4/720 S''' - h^6/30240 S^(5) + ..,
 *     S' = -2 r S, S''' = (12 r - 8 r^3) S, S^(5) = -(120 r - 160 r^3 + 32 r^5) S; the next term is below 2^-65 erf r.
 *
 * The products lose less than 2^-84 over the table, the sums less than 2^-93. The correction is at most h^2/6 of the
 * result, so a double carries it to 2^-69. Hence what is rounded to the table is known to 2^-64, and all 1538 entries were
 * compared with 50-digit arithmetic: each is the nearest double (test/special).
 */
import { productError, smallSumError, sumError } from "./double-double";

/** Rows 0..768, where r = 6; a row is 16 bytes. */
const ROWS: i32 = 769;
export const ERF_TABLE: usize = memory.data(12304, 16);

/** Fills the table; to be called once an instance, before any erf. */
export function initialiseErfTable(): void {
  const h: f64 = 0.0078125;
  // S_0 = 2/sqrt(pi), rho_0 = exp(-1/16384), sigma = exp(-2/16384)
  let S: f64 = 1.1283791670955126, SLow: f64 = 1.533545961316588e-17;
  let rho: f64 = 0.9999389667063573, rhoLow: f64 = -3.642920005404904e-17;
  const sigma: f64 = 0.9998779371377774, sigmaLow: f64 = 4.625906682185762e-17;
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
    const correction = S * r * (h * h / 6 + h * h * h * h * ((12 - 8 * z) / 720 + h * h * (120 + z * (32 * z - 160)) / 30240));
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
