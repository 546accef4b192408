// h, sig and N of any student and any teacher: against quadrature in all fields at once (test/fixtures/make-generic.py), THEORY T, and what must hold exactly.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ActivationInput } from "../../src/index.js";
import { definitionOf } from "../support/activations.js";
import { loadCore } from "../support/core.js";
import { apart, omegaOf, type Problem, partsBy } from "../support/parts.js";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
interface Case extends Problem {
  N: number[];
  B: number[];
  h: number[][];
  sig: number[];
}
const cases: Case[] = read("generic");
const theory = read("vectors/theory");
const core = loadCore("release");
const nameOf = (a: ActivationInput) => (typeof a === "string" ? a : JSON.stringify(a));
const students = [...new Set(cases.map(({ student }) => nameOf(student)))];
const SMOOTH = ["tanh", "logistic", "softplus", "gelu"] as const;
const spread = (values: number[]) => Math.max(...values) - Math.min(...values);

/** The quadrature's grids agree to 2e-13. */
const QUADRATURE = 2e-13;

describe.each(students)("student %s of every teacher, against quadrature", (student) => {
  const own = cases.filter((entry) => nameOf(entry.student) === student);

  test("N to 1e-10, and its own estimate is no less than a tenth of the error", () => {
    for (const entry of own) {
      const { N, error } = partsBy(core, "generic", entry);
      const off = apart(N, entry.N);
      expect(error, nameOf(entry.teacher)).toBeLessThanOrEqual(1e-10);
      expect(off, nameOf(entry.teacher)).toBeLessThanOrEqual(Math.min(1e-10, 10 * error + QUADRATURE));
    }
  });

  test("h, sig and E[s'_i s'_j] to 5e-13", () => {
    for (const entry of own) {
      const { h, sig, slopeProducts } = partsBy(core, "generic", entry);
      expect(apart(h.flat(), entry.h.flat()), nameOf(entry.teacher)).toBeLessThanOrEqual(5e-13);
      expect(apart(sig, entry.sig), nameOf(entry.teacher)).toBeLessThanOrEqual(5e-13);
      expect(apart(slopeProducts, entry.B), nameOf(entry.teacher)).toBeLessThanOrEqual(5e-13);
    }
  });
});

test("a tolerance is kept: 1e-6 and 1e-12 for tanh", () => {
  for (const entry of cases.filter(({ student, k }) => student === "tanh" && k === 1)) {
    for (const tolerance of [1e-6, 1e-12]) {
      expect(apart(partsBy(core, "generic", entry, tolerance).N, entry.N)).toBeLessThanOrEqual(tolerance + QUADRATURE);
    }
  }
});

test("(leaky) ReLU against other formulas at 40 digits, parallel and near-parallel fields included: N within ten of its estimates, h to 1e-12", () => {
  const leaky = (slope: number): ActivationInput =>
    slope === 0 ? "relu" : slope === 1 ? "linear" : { kind: "leaky-relu", slope };
  for (const { name, Omega: omega, k, c, Delta, student, teacher, N: exact, h: drift } of read("relu")) {
    const problem = { student: leaky(student), teacher: leaky(teacher), omega, k, c, Delta };
    const { N, h, error } = partsBy(core, "generic", problem);
    const size = c.reduce((sum: number, v: number, i: number) => sum + Math.abs(v) * Math.sqrt(omega[i][i]), 0) ** 2;
    const off = Math.max(...N.map((v, q) => Math.abs(v - exact[q]))) / size;
    expect(off, name).toBeLessThanOrEqual(10 * error + 1e-13);
    expect(apart(h.flat(), drift.flat()), name).toBeLessThanOrEqual(1e-12);
  }
});

/** N of (leaky) ReLU students and teachers whose fields are v . z, z ~ N(0, I_2): e is A cos + B sin times |z| between the angles of the kinks. */
function inPlane(slopes: number[], vectors: number[][], c: number[], k: number, Delta: number): number[] {
  const turn = 2 * Math.PI;
  const kinks = vectors.flatMap(([x, y]) => [1, 3].map((q) => (Math.atan2(y, x) + (q * Math.PI) / 2 + turn) % turn));
  const ends = [0, ...kinks.sort((x, y) => x - y), turn];
  const pairs = vectors.slice(k).flatMap((_, i) => vectors.slice(k + i).map((_, j) => [k + i, k + i + j]));
  return pairs.map(([i, j]) =>
    ends.slice(1).reduce((sum, to, at) => {
      const from = ends[at];
      const middle = 0.5 * (from + to);
      const ds = vectors.map(([x, y], u) => (x * Math.cos(middle) + y * Math.sin(middle) > 0 ? 1 : slopes[u]));
      const [A, B] = [0, 1].map((axis) => vectors.reduce((e, v, u) => e + c[u] * ds[u] * v[axis], 0));
      const squares = (t: number) =>
        A * A * (t / 2 + Math.sin(2 * t) / 4) + B * B * (t / 2 - Math.sin(2 * t) / 4) + A * B * Math.sin(t) ** 2;
      // E|z|^2 = 2
      const e2 = 2 * (squares(to) - squares(from)) + Delta * (to - from);
      return sum + (ds[i] * ds[j] * e2) / turn;
    }, 0),
  );
}

test("(leaky) ReLU students in one plane, whose kinks meet in every wedge, exactly: N to 1e-8 and within its estimate", () => {
  const vectors = [
    [0.7, -0.4],
    [1.1, 0.3],
    [-0.2, 0.9],
    [0.8, 0.75],
    [0.1, -1.3],
  ];
  const omega = vectors.map(([x, y]) => vectors.map(([u, v]) => x * u + y * v));
  const c = [0.9, -1.4, 0.5, 1, 0.7];
  for (const [slope, teacher] of [
    [0, 0],
    [0.01, 1],
    [-0.5, 0.3],
  ]) {
    const exact = inPlane([teacher, slope, slope, slope, slope], vectors, c, 1, 0.3);
    const leaky = (mu: number): ActivationInput => (mu === 1 ? "linear" : { kind: "leaky-relu", slope: mu });
    const problem = { student: leaky(slope), teacher: leaky(teacher), omega, k: 1, c, Delta: 0.3 };
    const { N, error } = partsBy(core, "generic", problem);
    expect(apart(N, exact)).toBeLessThanOrEqual(Math.min(1e-8, 10 * error + 1e-12));
  }
});

test("THEORY T's right-hand sides: erf, quadratic and linear to 1e-12, ReLU to 1e-11; dN/dtau to 1e-8", () => {
  const names: Record<string, ActivationInput> = { erf: "erf", relu: "relu", quad: "quadratic", lin: "linear" };
  for (const rhs of theory.rhs) {
    const { a, at, ns, nt, Delta, act } = rhs;
    const activation = names[act];
    const c = [...at.map((v: number) => v * nt), ...a.map((v: number) => -v * ns)];
    const problem = { student: activation, teacher: activation, omega: omegaOf(rhs), k: at.length, c, Delta };
    const { N, h, sig, scaling } = partsBy(core, "generic", problem, 1e-11, true);
    const pairs = a.flatMap((_: number, i: number) => a.slice(i).map((_: number, j: number) => [i, i + j]));
    const scale = (values: number[]) => values.map((v, q) => v * ns * ns * a[pairs[q][0]] * a[pairs[q][1]]);
    const entries = (matrix: number[][]) => pairs.map(([i, j]: number[]) => matrix[i][j]);
    expect(apart(scale(N), entries(rhs.N))).toBeLessThanOrEqual(act === "relu" ? 1e-11 : 1e-12);
    if (rhs.dN_dtau) expect(apart(scale(scaling), entries(rhs.dN_dtau))).toBeLessThanOrEqual(1e-8);
    expect(
      apart(
        h.flatMap((row, i) => row.map((v) => v * ns * a[i])),
        rhs.h.flat(),
      ),
    ).toBeLessThanOrEqual(1e-12);
    expect(apart(sig, rhs.s)).toBeLessThanOrEqual(1e-12);
  }
});

/** N, h of one student and one teacher, by the trapezoid rule in both fields: poles at distance pi / 2 leave exp(-pi^2 / 0.2) = 1e-21. */
function twoFields(activation: ActivationInput, [[yy, xy], [, xx]]: number[][], [cy, cx]: number[]) {
  const { s, ds } = definitionOf(activation);
  const w = Math.sqrt(xx);
  const rho = xy / Math.sqrt(xx * yy);
  const rest = Math.sqrt(yy * (1 - rho * rho));
  const step = Math.min(0.25, 0.2 / w);
  const across = Math.min(0.3, 0.2 / rest);
  const range = (by: number) =>
    Array.from({ length: 2 * Math.ceil(8.5 / by) + 1 }, (_, i) => (i - Math.ceil(8.5 / by)) * by);
  const density = (z: number, by: number) => (by * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  const line = range(across).map((z) => [z, density(z, across)]);
  let [N, hy, hx] = [0, 0, 0];
  for (const z of range(step)) {
    const x = w * z;
    const [sx, slope] = [s(x), ds(x)];
    let [one, two, times] = [0, 0, 0];
    for (const [u, weight] of line) {
      const y = (xy / w) * z + rest * u;
      const e = cy * s(y) + cx * sx;
      one += weight * e;
      two += weight * e * e;
      times += weight * e * y;
    }
    const p = density(z, step) * slope;
    N += p * slope * two;
    hy += p * times;
    hx += p * x * one;
  }
  return { N, h: [hy, hx] };
}

describe.each(SMOOTH)("%s with wide weights", (activation) => {
  const wide = [
    [0.995, 2],
    [0.3, 4],
    [0.9, 10],
  ];
  test("N within ten of its estimates, h to 1e-10 up to w = 4 and to 1e-6 at w = 10", () => {
    for (const [rho, w] of wide) {
      for (const other of w > 4 ? [w] : [1, w]) {
        const omega = [
          [other * other, rho * w * other],
          [rho * w * other, w * w],
        ];
        const c = [1, -0.9];
        const reference = twoFields(activation, omega, c);
        const { N, h, error } = partsBy(core, "generic", { student: activation, teacher: activation, omega, k: 1, c });
        expect(apart(N, [reference.N]), `${rho}, ${w}`).toBeLessThanOrEqual(10 * error + 1e-12);
        expect(error).toBeLessThanOrEqual(1e-8);
        expect(apart(h[0], reference.h), `${rho}, ${w}`).toBeLessThanOrEqual(w > 4 ? 1e-6 : 1e-10);
      }
    }
  });
});

const OMEGA = [
  [1, 0.2, 0.3, -0.4],
  [0.2, 1.5, 0.5, 0.1],
  [0.3, 0.5, 0.9, 0.35],
  [-0.4, 0.1, 0.35, 1.3],
];
const EVERY: ActivationInput[] = [
  "erf",
  "relu",
  "linear",
  "quadratic",
  ...SMOOTH,
  { kind: "leaky-relu", slope: 0.3 },
  { hermite: [0.1, 0.2, 0.3, 0.4] },
];

describe.each(EVERY.map((student) => [nameOf(student), student] as const))(
  "student %s: what holds exactly",
  (_, student) => {
    const C = [1, -0.5, -0.8, 0.6];

    test("two equal students have equal entries, at correlation 1", () => {
      const row = [0.3, 0.5, 0.9, 0.9];
      const omega = [[1, 0.2, 0.3, 0.3], [0.2, 1.5, 0.5, 0.5], row, row];
      for (const teacher of ["tanh", "relu"] as const) {
        const { N, h, slopeProducts } = partsBy(core, "generic", { student, teacher, omega, k: 2, c: C });
        expect(spread(N) / N[0]).toBeLessThanOrEqual(2e-10);
        expect(spread(slopeProducts) / slopeProducts[0]).toBeLessThanOrEqual(2e-10);
        expect(apart(h[0], h[1])).toBeLessThanOrEqual(1e-12);
      }
    });

    test("the order of units is of no account", () => {
      const order = [1, 0, 3, 2];
      const turned = order.map((i) => order.map((j) => OMEGA[i][j]));
      for (const teacher of ["gelu", "relu"] as const) {
        const one = partsBy(core, "generic", { student, teacher, omega: OMEGA, k: 2, c: C });
        const two = partsBy(core, "generic", { student, teacher, omega: turned, k: 2, c: order.map((i) => C[i]) });
        expect(apart([two.N[2], two.N[1], two.N[0]], one.N)).toBeLessThanOrEqual(1e-12);
        expect(
          apart(
            [two.h[1], two.h[0]].flatMap((row) => order.map((i) => row[i])),
            one.h.flat(),
          ),
        ).toBeLessThanOrEqual(1e-12);
      }
    });

    test("a teacher without variance counts as the constant s(0)", () => {
      const omega = OMEGA.map((row, i) => row.map((v, j) => (i === 1 || j === 1 ? 0 : v)));
      for (const teacher of ["tanh", "logistic", "relu"] as const) {
        const { N, h, sig } = partsBy(core, "generic", { student, teacher, omega, k: 2, c: C });
        // the limit: a variance of 1e-16 moves N by less than 1e-7
        const near = omega.map((row) => [...row]);
        near[1][1] = 1e-18;
        const close = partsBy(core, "generic", { student, teacher, omega: near, k: 2, c: C });
        expect([...N, ...h.flat(), ...sig].every(Number.isFinite)).toBe(true);
        expect(apart(N, close.N)).toBeLessThanOrEqual(1e-8);
        expect(apart(h.flat(), close.h.flat())).toBeLessThanOrEqual(1e-8);
      }
    });
  },
);

test("students of odd activations may change sign", () => {
  for (const student of ["erf", "tanh"] as const) {
    const flip = [1, 1, -1, 1];
    const c = [1, -0.5, -0.8, 0.6];
    const omega = OMEGA.map((row, i) => row.map((v, j) => v * flip[i] * flip[j]));
    for (const teacher of ["tanh", "softplus"] as const) {
      const one = partsBy(core, "generic", { student, teacher, omega: OMEGA, k: 2, c });
      const two = partsBy(core, "generic", { student, teacher, omega, k: 2, c: c.map((v, i) => v * flip[i]) });
      // s' is even
      expect(apart(two.N, one.N)).toBeLessThanOrEqual(1e-12);
    }
  }
});

test("tanh is 2 logistic(2 x) - 1: students and teachers of either kind", () => {
  // the constant cancels between units with c_1 + c_2 = 0
  const c = [0.7, -0.7, -0.8, 0.8];
  const one = partsBy(core, "generic", { student: "tanh", teacher: "tanh", omega: OMEGA, k: 2, c });
  const two = partsBy(core, "generic", {
    student: "logistic",
    teacher: "logistic",
    omega: OMEGA.map((row) => row.map((v) => 4 * v)),
    k: 2,
    c: c.map((v) => 2 * v),
  });
  expect(
    apart(
      two.N.map((v) => 16 * v),
      one.N,
    ),
  ).toBeLessThanOrEqual(2e-10);
  expect(
    apart(
      two.sig.map((v) => 2 * v),
      one.sig,
    ),
  ).toBeLessThanOrEqual(1e-12);
});

test("x = ReLU(x) - ReLU(-x): cubic students of ReLU teachers, at correlations -1 and others", () => {
  const cubic = { hermite: [0.1, 0.2, 0.3, 0.4] };
  const c = [1, -0.5, -0.8, 0.6];
  const linear = partsBy(core, "generic", { student: cubic, teacher: "linear", omega: OMEGA, k: 2, c });
  const from = [0, 0, 1, 1, 2, 3];
  const sign = [1, -1, 1, -1, 1, 1];
  const omega = from.map((i, u) => from.map((j, v) => OMEGA[i][j] * sign[u] * sign[v]));
  const bent = partsBy(core, "generic", {
    student: cubic,
    teacher: "relu",
    omega,
    k: 4,
    c: from.map((i, u) => c[i] * sign[u]),
  });
  expect(apart(bent.N, linear.N)).toBeLessThanOrEqual(1e-13);
  expect(
    apart(
      bent.h.flatMap((row) => [row[0], row[2], row[4], row[5]]),
      linear.h.flat(),
    ),
  ).toBeLessThanOrEqual(1e-13);
});

test("dN(tau Omega)/dtau: central differences of N at two steps agree with it to 1e-8", () => {
  const c = [1, -0.5, -0.8, 0.6];
  for (const student of [...SMOOTH, { hermite: [0.1, 0.2, 0.3, 0.4] }] as ActivationInput[]) {
    for (const teacher of ["tanh", "relu"] as const) {
      const at = (tau: number) =>
        partsBy(
          core,
          "generic",
          { student, teacher, omega: OMEGA.map((row) => row.map((v) => tau * v)), k: 2, c, Delta: 0.3 },
          1e-13,
        ).N;
      const { scaling } = partsBy(
        core,
        "generic",
        { student, teacher, omega: OMEGA, k: 2, c, Delta: 0.3 },
        1e-13,
        true,
      );
      const difference = (t: number) => {
        const [up, down] = [at(1 + t), at(1 - t)];
        return up.map((v, q) => (v - down[q]) / (2 * t));
      };
      // Richardson: t^6 left, 1e-9 at t = 0.01
      const [one, two, four] = [difference(0.005), difference(0.01), difference(0.02)];
      const first = one.map((v, q) => (4 * v - two[q]) / 3);
      const second = two.map((v, q) => (4 * v - four[q]) / 3);
      expect(
        apart(
          scaling,
          first.map((v, q) => (16 * v - second[q]) / 15),
        ),
        nameOf(student),
      ).toBeLessThanOrEqual(1e-8);
    }
  }
});
