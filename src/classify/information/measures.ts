/**
 * Plug-in information of a table, in nats (THEORY.md G):
 *
 *   I(F;Y)   = sum p(f,y)   log p(f,y) / (p(f) p(y))
 *   I(F;Y|L) = sum p(f,y,l) log p(f,y,l) p(l) / (p(f,l) p(y,l))
 *   mu       = I(F;Y) - I(F;Y|L)
 *
 * The arguments of the logarithms are quotients of products of counts, exact up to 9e7 samples, so that independence gives exactly 0.
 */
import { logarithm } from "../../logarithm.js";
import type { Cells } from "./cells.js";

/** I(F;Y), I(F;Y|L) and their difference. */
export interface Triple {
  readonly mutualInformation: number;
  readonly conditional: number;
  readonly mu: number;
}

/** A triple from its first two. */
export function triple(mutualInformation: number, conditional: number): Triple {
  return { mutualInformation, conditional, mu: mutualInformation - conditional };
}

/** Sums of counts over the other variables; two-dimensional ones row-major in the order of their letters. */
export interface Margins {
  readonly F: Float64Array;
  readonly Y: Float64Array;
  readonly L: Float64Array;
  readonly FY: Float64Array;
  readonly FL: Float64Array;
  readonly YL: Float64Array;
}

export function margins({ f, y, l, count, sizes: [kF, kY, kL] }: Cells): Margins {
  const sums = {
    F: new Float64Array(kF),
    Y: new Float64Array(kY),
    L: new Float64Array(kL),
    FY: new Float64Array(kF * kY),
    FL: new Float64Array(kF * kL),
    YL: new Float64Array(kY * kL),
  };
  for (let i = 0; i < count.length; i++) {
    const c = count[i];
    sums.F[f[i]] += c;
    sums.Y[y[i]] += c;
    sums.L[l[i]] += c;
    sums.FY[f[i] * kY + y[i]] += c;
    sums.FL[f[i] * kL + l[i]] += c;
    sums.YL[y[i] * kL + l[i]] += c;
  }
  return sums;
}

/** The two logarithms of cell i: what a sample there adds to I(F;Y) and to I(F;Y|L). */
function contributions(cells: Cells, m: Margins): (i: number) => readonly [number, number] {
  const { f, y, l, count, n, sizes } = cells;
  const [, kY, kL] = sizes;
  return (i) => [
    logarithm((m.FY[f[i] * kY + y[i]] * n) / (m.F[f[i]] * m.Y[y[i]])),
    logarithm((count[i] * m.L[l[i]]) / (m.FL[f[i] * kL + l[i]] * m.YL[y[i] * kL + l[i]])),
  ];
}

/** The plug-in triple. Cells of count 0 may be among the cells. */
export function plugIn(cells: Cells, m = margins(cells)): Triple {
  const of = contributions(cells, m);
  const { count, n } = cells;
  let [information, conditional] = [0, 0];
  for (let i = 0; i < count.length; i++) {
    if (count[i] === 0) continue;
    const [a, b] = of(i);
    information += count[i] * a;
    conditional += count[i] * b;
  }
  return triple(information / n, conditional / n);
}

/** Standard errors of the plug-in triple by the delta method: standard deviations of a sample's contributions over sqrt n. */
export function standardErrors(cells: Cells): Triple {
  const m = margins(cells);
  const of = contributions(cells, m);
  const { count, n } = cells;
  const means = plugIn(cells, m);
  let [information, conditional, mu] = [0, 0, 0];
  for (let i = 0; i < count.length; i++) {
    if (count[i] === 0) continue;
    const [a, b] = of(i);
    const [u, v] = [a - means.mutualInformation, b - means.conditional];
    information += count[i] * u * u;
    conditional += count[i] * v * v;
    mu += count[i] * (u - v) * (u - v);
  }
  const root = (sum: number) => Math.sqrt(sum) / n;
  return { mutualInformation: root(information), conditional: root(conditional), mu: root(mu) };
}

const occupied = (counts: Float64Array) => counts.reduce((sum, c) => sum + (c > 0 ? 1 : 0), 0);

/** What Miller (1955) and Madow add to each entropy, (occupied cells - 1) / 2 n, as it comes out for the triple: to be added. */
export function millerMadow(cells: Cells): Triple {
  const m = margins(cells);
  const two = 2 * cells.n;
  return triple(
    (occupied(m.F) + occupied(m.Y) - occupied(m.FY) - 1) / two,
    (occupied(m.FL) + occupied(m.YL) - occupied(cells.count) - occupied(m.L)) / two,
  );
}

/**
 * mu if the errors of F and L were independent given Y, from their confusion matrices with Y alone: p(f,y,l) = p(y) p(f|y) p(l|y).
 * What agreement in accuracy gives without any in kind.
 */
export function independentErrors(cells: Cells): number {
  const [kF, kY, kL] = cells.sizes;
  const { Y, FY, YL } = margins(cells);
  const FL = new Float64Array(kF * kL);
  const visit = (each: (f: number, y: number, l: number, count: number) => void) => {
    for (let y = 0; y < kY; y++) {
      for (let f = 0; f < kF; f++) {
        if (FY[f * kY + y] === 0) continue;
        for (let l = 0; l < kL; l++) if (YL[y * kL + l] > 0) each(f, y, l, (FY[f * kY + y] * YL[y * kL + l]) / Y[y]);
      }
    }
  };
  visit((f, _, l, c) => {
    FL[f * kL + l] += c;
  });
  const { F, L } = margins(cells);
  let mu = 0;
  // I(F;Y|L) = sum c log c L / (FL YL), and c L / (FL YL) = FY L / (FL Y)
  visit((f, y, l, c) => {
    const first = logarithm((FY[f * kY + y] * cells.n) / (F[f] * Y[y]));
    const second = logarithm((FY[f * kY + y] * L[l]) / (FL[f * kL + l] * Y[y]));
    mu += c * (first - second);
  });
  return mu / cells.n;
}

/** Free cells of independence within strata: sum over l of (k_F(l) - 1) (k_Y(l) - 1). The plug-in I(F;Y|L) is too large by about this / 2 n nats. */
export function freeCells(cells: Cells): number {
  const [kF, kY, kL] = cells.sizes;
  const { FL, YL } = margins(cells);
  let free = 0;
  for (let l = 0; l < kL; l++) {
    let [inF, inY] = [0, 0];
    for (let f = 0; f < kF; f++) if (FL[f * kL + l] > 0) inF++;
    for (let y = 0; y < kY; y++) if (YL[y * kL + l] > 0) inY++;
    free += Math.max(0, inF - 1) * Math.max(0, inY - 1);
  }
  return free;
}
