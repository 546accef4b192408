// h, sig, N and dN/dtau of polynomial students and teachers: THEORY T, quadrature, Wick's theorem in exact integers, and invariances.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ActivationInput } from "../../src/index.js";
import { hermitePowers } from "../support/activations.js";
import { loadCore } from "../support/core.js";
import { apart, omegaOf, partsBy } from "../support/parts.js";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
const theory = read("vectors/theory");
const core = loadCore("release");
const CUBIC = { hermite: [0.1, 0.2, 0.3, 0.4] };
const isPolynomial = (a: ActivationInput) =>
  a === "linear" || a === "quadratic" || (typeof a === "object" && "hermite" in a);

/** E[prod_l x_l^powers_l] by Wick's theorem: the first factor pairs with every other one. */
function moment(omega: number[][], powers: number[], known = new Map<string, number>()): number {
  const key = powers.join();
  const before = known.get(key);
  if (before !== undefined) return before;
  const first = powers.findIndex((n) => n > 0);
  if (first < 0) return 1;
  const rest = powers.map((n, l) => (l === first ? n - 1 : n));
  let sum = 0;
  rest.forEach((n, l) => {
    if (n > 0)
      sum +=
        n *
        omega[first][l] *
        moment(
          omega,
          rest.map((v, i) => (i === l ? v - 1 : v)),
          known,
        );
  });
  known.set(key, sum);
  return sum;
}

const powersOf = (a: ActivationInput): number[] =>
  a === "linear" ? [0, 1] : a === "quadratic" ? [0, 0, 1] : hermitePowers((a as { hermite: number[] }).hermite);

/** A polynomial of the fields: powers of each field, and a coefficient. */
type Poly = [number[], number][];
const times = (a: Poly, b: Poly): Poly =>
  a.flatMap(([p, x]) => b.map(([q, y]) => [p.map((n, l) => n + q[l]), x * y] as [number[], number]));

/** N_ij, dN_ij / dtau, h_i of the students by Wick's theorem. */
function byWick(
  student: ActivationInput,
  teacher: ActivationInput,
  omega: number[][],
  k: number,
  c: number[],
  Delta = 0,
) {
  const m = omega.length;
  const of = (powers: number[], l: number): Poly =>
    powers.flatMap((v, n) => (v === 0 ? [] : [[c.map((_, i) => (i === l ? n : 0)), v] as [number[], number]]));
  const e = c.flatMap((v, l) =>
    of(
      powersOf(l < k ? teacher : student).map((b) => v * b),
      l,
    ),
  );
  const slope = powersOf(student)
    .slice(1)
    .map((b, n) => (n + 1) * b);
  const known = new Map<string, number>();
  const mean = (poly: Poly) => poly.reduce((sum, [p, v]) => sum + v * moment(omega, p, known), 0);
  const square: Poly = [...times(e, e), [c.map(() => 0), Delta]];
  const N: number[] = [];
  for (let i = k; i < m; i++)
    for (let j = i; j < m; j++) N.push(mean(times(times(of(slope, i), of(slope, j)), square)));
  const h = Array.from({ length: m - k }, (_, i) =>
    c.map((_, l) => mean(times(times(of(slope, k + i), e), of([0, 1], l)))),
  );
  const degree = (p: number[]) => p.reduce((x, y) => x + y, 0);
  const scaling: number[] = [];
  for (let i = k; i < m; i++) {
    for (let j = i; j < m; j++) {
      // a monomial of degree n grows as tau^(n / 2)
      scaling.push(mean(times(times(of(slope, i), of(slope, j)), square).map(([p, v]) => [p, (v * degree(p)) / 2])));
    }
  }
  return { N, h, scaling };
}

const OMEGA = [
  [1, 0.2, 0.3, -0.4],
  [0.2, 1.5, 0.5, 0.1],
  [0.3, 0.5, 0.9, 0.35],
  [-0.4, 0.1, 0.35, 1.3],
];
const C = [1, -0.5, -0.8, 0.6];
const gram = (rows: number[][]) => rows.map((u) => rows.map((v) => u.reduce((sum, x, i) => sum + x * v[i], 0)));
const singular = gram([
  [0.7, 0.3],
  [-0.4, 0.9],
  [0.3, 1.2],
  [1.4, 0.6],
]);
const parallel = gram([
  [0.7, 0.3, 0],
  [0.7, 0.3, 1e-6],
  [0.7, 0.3 + 1e-7, 0],
  [0.7, 0.3, 1e-9],
]);
const wide = OMEGA.map((row) => row.map((v) => 100 * v));
const zero = OMEGA.map((row, i) => row.map((v, j) => (i === 2 || j === 2 ? 0 : v)));
const pairs: [ActivationInput, ActivationInput][] = [
  ["linear", "linear"],
  ["linear", "quadratic"],
  ["quadratic", "linear"],
  ["quadratic", "quadratic"],
  ["quadratic", CUBIC],
  [{ hermite: [0.2, 0.7, -0.4] }, "quadratic"],
  [CUBIC, "linear"],
  [CUBIC, CUBIC],
  [CUBIC, { hermite: [0.1, 0, 0.4, 0, 0.2] }],
];

describe.each(pairs.map(([s, t]) => [JSON.stringify(s), JSON.stringify(t), s, t] as const))(
  "student %s of %s",
  (_, __, student, teacher) => {
    test("N, h and dN/dtau as Wick's theorem has them: generic, singular, near-parallel, wide fields and one of variance 0, to 1e-12", () => {
      for (const [name, omega] of Object.entries({ OMEGA, singular, parallel, wide, zero })) {
        const reference = byWick(student, teacher, omega, 2, C, 0.3);
        const { N, h, scaling } = partsBy(
          core,
          "polynomial",
          { student, teacher, omega, k: 2, c: C, Delta: 0.3 },
          0,
          true,
        );
        expect(apart(N, reference.N), name).toBeLessThanOrEqual(1e-12);
        expect(apart(h.flat(), reference.h.flat()), name).toBeLessThanOrEqual(1e-12);
        expect(apart(scaling, reference.scaling), name).toBeLessThanOrEqual(1e-11);
      }
    });

    test("the generic integrals agree to 1e-12", () => {
      for (const omega of [OMEGA, singular, zero]) {
        const problem = { student, teacher, omega, k: 2, c: C, Delta: 0.3 };
        const one = partsBy(core, "polynomial", problem);
        const two = partsBy(core, "generic", problem);
        expect(apart(two.N, one.N)).toBeLessThanOrEqual(1e-12);
        expect(apart(two.h.flat(), one.h.flat())).toBeLessThanOrEqual(1e-12);
        expect(apart(two.sig, one.sig)).toBeLessThanOrEqual(1e-12);
        expect(apart(two.slopeProducts, one.slopeProducts)).toBeLessThanOrEqual(1e-12);
      }
    });

    test("the order of units is of no account", () => {
      const order = [1, 0, 3, 2];
      const one = partsBy(core, "polynomial", { student, teacher, omega: OMEGA, k: 2, c: C, Delta: 0.2 });
      const turned = order.map((i) => order.map((j) => OMEGA[i][j]));
      const two = partsBy(core, "polynomial", {
        student,
        teacher,
        omega: turned,
        k: 2,
        c: order.map((i) => C[i]),
        Delta: 0.2,
      });
      expect(apart([two.N[2], two.N[1], two.N[0]], one.N)).toBeLessThanOrEqual(1e-13);
    });
  },
);

test("against quadrature in all fields at once: N, h, sig and E[s'_i s'_j] to 5e-13", () => {
  const own = read("generic").filter(
    (entry: { student: ActivationInput; teacher: ActivationInput }) =>
      isPolynomial(entry.student) && isPolynomial(entry.teacher),
  );
  expect(own.length).toBe(16);
  for (const entry of own) {
    const { N, h, sig, slopeProducts } = partsBy(core, "polynomial", entry);
    expect(apart(N, entry.N)).toBeLessThanOrEqual(5e-13);
    expect(apart(h.flat(), entry.h.flat())).toBeLessThanOrEqual(5e-13);
    expect(apart(sig, entry.sig)).toBeLessThanOrEqual(5e-13);
    expect(apart(slopeProducts, entry.B)).toBeLessThanOrEqual(5e-13);
  }
});

test("THEORY T: right-hand sides and dN/dtau of x^2 and x to 1e-11, and I4 at every covariance by polarisation", () => {
  for (const rhs of theory.rhs.filter(({ act }: { act: string }) => act === "quad" || act === "lin")) {
    const { a, at, ns, nt, Delta, act } = rhs;
    const activation = act === "quad" ? "quadratic" : "linear";
    const c = [...at.map((v: number) => v * nt), ...a.map((v: number) => -v * ns)];
    const { N, h, sig, scaling } = partsBy(
      core,
      "polynomial",
      { student: activation, teacher: activation, omega: omegaOf(rhs), k: at.length, c, Delta },
      0,
      true,
    );
    const list = a.flatMap((_: number, i: number) => a.slice(i).map((_: number, j: number) => [i, i + j]));
    const scale = (values: number[]) => values.map((v, q) => v * ns * ns * a[list[q][0]] * a[list[q][1]]);
    const entries = (matrix: number[][]) => list.map(([i, j]: number[]) => matrix[i][j]);
    expect(apart(scale(N), entries(rhs.N))).toBeLessThanOrEqual(1e-11);
    // differences at 30 digits, nine of which are shown
    if (rhs.dN_dtau) expect(apart(scale(scaling), entries(rhs.dN_dtau))).toBeLessThanOrEqual(1e-8);
    expect(
      apart(
        h.flatMap((row, i) => row.map((v) => v * ns * a[i])),
        rhs.h.flat(),
      ),
    ).toBeLessThanOrEqual(1e-11);
    expect(apart(sig, rhs.s)).toBeLessThanOrEqual(1e-11);
  }
  for (const { name, C: covariance, quad } of theory.integrals) {
    // fields 2 and 3 as teachers, 0 and 1 as students without a part in e
    const order = [2, 3, 0, 1];
    const omega = order.map((i) => order.map((j) => covariance[i][j]));
    const N01 = (c: number[]) =>
      partsBy(core, "polynomial", { student: "quadratic", teacher: "quadratic", omega, k: 2, c }).N[1];
    const I4 = (N01([1, 1, 0, 0]) - N01([1, 0, 0, 0]) - N01([0, 1, 0, 0])) / 2;
    expect(Math.abs(I4 / quad.I4_0123 - 1), name).toBeLessThanOrEqual(1e-11);
  }
});

test("degree 10: Wick's theorem to 1e-11, one student and one teacher", () => {
  const hermite = [0.1, 0.2, 0.3, 0.1, -0.2, 0.1, 0.05, -0.1, 0.02, 0.03, 0.04];
  const omega = [
    [1.2, 0.4],
    [0.4, 0.9],
  ];
  const reference = byWick({ hermite }, { hermite }, omega, 1, [1, -0.6]);
  const { N, scaling } = partsBy(
    core,
    "polynomial",
    { student: { hermite }, teacher: { hermite }, omega, k: 1, c: [1, -0.6] },
    0,
    true,
  );
  expect(apart(N, reference.N)).toBeLessThanOrEqual(1e-11);
  expect(apart(scaling, reference.scaling)).toBeLessThanOrEqual(1e-11);
});
