// I2 of every pair of activations, and the excess risk made of it, against quadrature at 40 digits (test/fixtures/make-pair.py) and THEORY T.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { excessRisk, type ProblemInput } from "../../src/index.js";
import { loadCore } from "../support/core.js";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
interface Pair {
  aa: number;
  bb: number;
  ab: number;
  I2: Record<string, number>;
}
const fixture: { pairs: Pair[]; risks: { rhs: number; eps: Record<string, number> }[] } = read("pair");
const theory = read("vectors/theory");

const names = ["erf", "relu", "linear", "quadratic"] as const;
type ActivationName = (typeof names)[number];
const targets = { release: loadCore("release"), debug: loadCore("debug") };
for (const core of Object.values(targets)) core.exports.initialise();
const I2 = (
  a: ActivationName,
  b: ActivationName,
  aa: number,
  bb: number,
  ab: number,
  target: keyof typeof targets = "release",
) => targets[target].exports.pairIntegral(names.indexOf(a), names.indexOf(b), aa, bb, ab);

/** The scale of a pair's terms: sqrt(E[s_a^2] E[s_b^2]), which bounds |I2| (Cauchy-Schwarz). */
function scale(a: ActivationName, b: ActivationName, aa: number, bb: number): number {
  const square = (name: ActivationName, v: number) =>
    ({ erf: Math.min(1, v), relu: v / 2, linear: v, quadratic: 3 * v * v })[name];
  return Math.sqrt(square(a, aa) * square(b, bb));
}

const pairs = names.flatMap((a) => names.map((b) => [a, b] as const));

describe.each(pairs)("E[%s(x) %s(y)]", (a, b) => {
  test("to 2e-15 of its scale, at generic, degenerate, tiny and huge covariances", () => {
    for (const { aa, bb, ab, I2: reference } of fixture.pairs) {
      const got = I2(a, b, aa, bb, ab);
      expect(Math.abs(got - reference[`${a},${b}`]), `${aa}, ${bb}, ${ab}: ${got}`).toBeLessThanOrEqual(
        2e-15 * scale(a, b, aa, bb),
      );
    }
  });

  test("does not depend on the order of its fields, and the debug build has the same bits", () => {
    for (const { aa, bb, ab } of fixture.pairs) {
      const got = I2(a, b, aa, bb, ab);
      expect(I2(b, a, bb, aa, ab)).toBeCloseTo(got, 14);
      expect(I2(a, b, aa, bb, ab, "debug")).toBe(got);
    }
  });
});

test("the table of THEORY T to 1e-12", () => {
  const shown = { erf: "erf", relu: "relu", quadratic: "quad" } as const;
  for (const { C, ...rest } of theory.integrals) {
    for (const [name, key] of Object.entries(shown)) {
      const got = I2(name as ActivationName, name as ActivationName, C[0][0], C[1][1], C[0][1]);
      expect(Math.abs(got / rest[key].I2_01 - 1)).toBeLessThan(1e-12);
    }
  }
});

test("a covariance beyond its bound by rounding counts as the bound", () => {
  const ab = 1 + 2 ** -52;
  expect(I2("relu", "relu", 1, 1, ab)).toBeCloseTo(0.5, 15);
  expect(I2("relu", "relu", 1, 1, -ab)).toBeCloseTo(0, 15);
  expect(I2("erf", "erf", 1e20, 1e20, 1e20 * ab)).toBe(1);
  expect(I2("erf", "erf", 1e20, 1e20, -1e20 * ab)).toBe(-1);
});

const activationOf = (act: string) => names.find((name) => name.startsWith(act))!;

function problemOf(s: (typeof theory.rhs)[number], activation: ProblemInput["activation"]): ProblemInput {
  return {
    inputDimension: 100,
    studentWidth: s.Q.length,
    teacherWidth: s.T.length,
    scaling: { student: s.ns, teacher: s.nt },
    activation,
  };
}
const stateOf = (s: (typeof theory.rhs)[number]) => ({
  P: s.T.flat(),
  M: s.M.flat(),
  Q: s.Q.flat(),
  a: s.a,
  aStar: s.at,
});

describe("excess risk", () => {
  test.each<(typeof theory.rhs)[number]>(theory.rhs)("$act, row %#, of THEORY T to 1e-12", async (s) => {
    const got = await excessRisk(problemOf(s, activationOf(s.act)), stateOf(s));
    expect(Math.abs(got / s.eps_g - 1)).toBeLessThan(1e-12);
  });

  const mixed = fixture.risks.flatMap(({ rhs, eps }) =>
    Object.entries(eps).map(([pair, value]) => ({ rhs, pair, value })),
  );
  test.each(mixed)("$pair, state $rhs, by quadrature", async ({ rhs, pair, value }) => {
    const s = theory.rhs[rhs];
    const [student, teacher] = pair.split(" of ") as ActivationName[];
    const got = await excessRisk(problemOf(s, { student, teacher }), stateOf(s));
    // some 25 terms of order 1
    expect(Math.abs(got - value)).toBeLessThan(1e-14 * (1 + value));
  });

  test.each(names)("of a student that is its teacher is 0, %s", async (activation) => {
    const P = [1.3, 0.4, 0.4, 0.9];
    const risk = await excessRisk(
      { inputDimension: 10, studentWidth: 2, teacherWidth: 2, activation },
      { P, M: P, Q: P },
    );
    // the floor of a difference of numbers of order 10
    expect(risk).toBeGreaterThanOrEqual(0);
    expect(risk).toBeLessThan(1e-15 * 16);
  });

  test("does not depend on the order of students, nor of teachers", async () => {
    const s = theory.rhs[4];
    const { P, M, Q, a, aStar } = stateOf(s);
    const p = a.length;
    const k = aStar.length;
    const order = [2, 0, 1];
    const swapped = [1, 0];
    const permuted = {
      P: swapped.flatMap((r) => swapped.map((c) => P[r * k + c])),
      M: order.flatMap((i) => swapped.map((r) => M[i * k + r])),
      Q: order.flatMap((i) => order.map((j) => Q[i * p + j])),
      a: order.map((i) => a[i]),
      aStar: swapped.map((r) => aStar[r]),
    };
    for (const activation of names) {
      const problem = problemOf(s, activation);
      expect(Math.abs((await excessRisk(problem, permuted)) - (await excessRisk(problem, stateOf(s))))).toBeLessThan(
        1e-15,
      );
    }
  });

  test("second layers are ones where they are not given", async () => {
    const s = theory.rhs[0];
    const { P, M, Q } = stateOf(s);
    expect(await excessRisk(problemOf(s, "erf"), { P, M, Q })).toBe(await excessRisk(problemOf(s, "erf"), stateOf(s)));
  });
});
