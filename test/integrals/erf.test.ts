/** N of erf networks, in all the ways in which its arc sines are taken, against (C6)-(C7) in plain arithmetic. */
import { describe, expect, it } from "vitest";
import { rightHandSide } from "../../src/index.js";

type Matrix = number[][];

/** Correlations near `shared` among fields of even and among those of odd number, small ones of both signs beside them. */
function covariance(m: number, norms: (u: number) => number, shared: number): Matrix {
  const beside = (u: number, v: number) => ((u + v) % 2 ? 0 : shared) + (0.3 / m) * Math.sin(3 * u + 3 * v + u * v);
  const entry = (u: number, v: number) => (u === v ? 1 : beside(u, v));
  return Array.from({ length: m }, (_, u) =>
    Array.from({ length: m }, (_, v) => entry(u, v) * Math.sqrt(norms(u) * norms(v))),
  );
}

/** E[e^2 s'_i s'_j] without label noise: the risk at the covariance that the slopes tilt. */
function noiseOf(Omega: Matrix, c: number[], i: number, j: number): number {
  const [A, B, X] = [1 + Omega[i][i], 1 + Omega[j][j], Omega[i][j]];
  const det = A * B - X * X;
  const tilted = Omega.map((row) =>
    row.map((uv, v) => {
      const [ui, uj, vi, vj] = [row[i], row[j], Omega[v][i], Omega[v][j]];
      return uv - (B * ui * vi - X * (ui * vj + uj * vi) + A * uj * vj) / det;
    }),
  );
  let sum = 0;
  for (let u = 0; u < c.length; u++)
    for (let v = 0; v < c.length; v++)
      sum += c[u] * c[v] * Math.asin(tilted[u][v] / Math.sqrt((1 + tilted[u][u]) * (1 + tilted[v][v])));
  return ((2 / Math.PI) ** 2 * sum) / Math.sqrt(det);
}

const sizes = [
  { p: 1, k: 1 },
  { p: 2, k: 1 },
  { p: 3, k: 2 },
  { p: 4, k: 2 },
  { p: 25, k: 5 },
];
const states = [
  { name: "all |x| <= 1/4", norms: () => 1, shared: 0.1 },
  { name: "all |x| <= 1/2", norms: (u: number) => 0.9 + 0.1 * Math.sin(u), shared: 0.8 },
  { name: "|x| on both sides of 1/2", norms: (u: number) => 12 + 8 * Math.sin(u), shared: 0.8 },
  {
    name: "x below -1/2 too",
    norms: (u: number) => 12 + 8 * Math.sin(u),
    shared: 0.8,
    sign: (u: number) => (u % 4 < 2 ? -1 : 1),
  },
];

describe.each(sizes)("noise of erf at p = $p, k = $k", ({ p, k }) => {
  it.each(states)("$name", async ({ norms, shared, sign = () => 1 }) => {
    const m = k + p;
    const Omega = covariance(m, norms, shared).map((row, u) => row.map((x, v) => x * sign(u) * sign(v)));
    const students = Array.from({ length: p }, (_, i) => k + i);
    const teachers = Array.from({ length: k }, (_, r) => r);
    const block = (rows: number[], columns: number[]) => rows.flatMap((u) => columns.map((v) => Omega[u][v]));
    const a = students.map((_, i) => 1 - 0.05 * i);
    const aStar = teachers.map((r) => 0.7 + r);
    const { noise } = await rightHandSide(
      { inputDimension: 100, studentWidth: p, teacherWidth: k, learningRate: 1, activation: "erf" },
      { P: block(teachers, teachers), M: block(students, teachers), Q: block(students, students), a, aStar },
    );
    const c = [...aStar, ...a.map((x) => -x)];
    const expected = students.flatMap((i) => students.map((j) => a[i - k] * a[j - k] * noiseOf(Omega, c, i, j)));
    const scale = Math.max(...expected.map(Math.abs));
    expected.forEach((value, n) => {
      expect(Math.abs(noise.Q[n] - value)).toBeLessThan(1e-12 * scale);
    });
  });
});
