// What must hold exactly for the right-hand side's parts of (leaky) ReLU, at generic, degenerate and nearly degenerate states.
import { describe, expect, test } from "vitest";
import { loadCore } from "../support/core.js";
import {
  combine,
  drawing,
  type Fields,
  gram,
  ones,
  type Parts,
  reluParts,
  rounding,
  scaleOf,
} from "../support/relu.js";

const parts = reluParts(loadCore("release"));
const { draw } = drawing(21);

describe("properties", () => {
  /** Students and teachers in spaces of all kinds, k = 2, p = 4. */
  const kinds: Record<string, () => number[][]> = {
    generic: () => draw(6, ones(7)),
    "in a plane": () => draw(6, [1, 1]),
    "1e-3 off a plane": () => draw(6, [1, 1, 1e-3, 1e-3]),
    "nearly parallel": () => draw(6, [1, 0.01, 0.01, 0.01]),
    "in a space": () => draw(6, [1, 1, 1]),
    "specialised, doubled, reversed": () => {
      const [a, b, c] = draw(3, ones(5));
      return [a, b, a, combine(b, 1, b), combine(c, -2, c), c];
    },
    "a zero": () => [...draw(5, ones(6)), new Array(6).fill(0)],
  };
  const slopes = [
    [0, 0],
    [0.1, 0.4],
    [1, 0],
  ];
  const states = Object.entries(kinds).flatMap(([name, vectors]) =>
    slopes.map(([teacher, student]) => {
      const c = draw(1, ones(6))[0];
      return { name, teacher, student, k: 2, c, Omega: gram(vectors()), Delta: 0.1 };
    }),
  );

  test.each(states)("N is positive semi-definite: $name, $teacher, $student", (state) => {
    const { N } = parts(state);
    // x N x >= - rounding for the eigenvector of the smallest eigenvalue, by inverse iteration on the shifted matrix
    const trace = N.reduce((sum, row, i) => sum + row[i], 0);
    const slack = N.flatMap((row, i) => row.map((_, j) => rounding(state.Omega, 2 + i, 2 + j))).reduce((a, b) => a + b);
    const shift = slack * scaleOf(state);
    expect(shift).toBeLessThan(1e-5 * trace);
    const L = N.map((row) => row.map(() => 0));
    for (let j = 0; j < N.length; j++) {
      for (let i = j; i < N.length; i++) {
        let sum = N[i][j] + (i === j ? shift : 0);
        for (let l = 0; l < j; l++) sum -= L[i][l] * L[j][l];
        if (i === j) expect(sum, `pivot ${j}`).toBeGreaterThan(0);
        L[i][j] = i === j ? Math.sqrt(sum) : sum / L[j][j];
      }
    }
  });

  test.each(states)("nothing depends on the order of units: $name, $teacher, $student", (state) => {
    const { Omega, c } = state;
    const order = [1, 0, 4, 2, 5, 3];
    const got = parts({
      ...state,
      Omega: order.map((x) => order.map((y) => Omega[x][y])),
      c: order.map((x) => c[x]),
    });
    const plain = parts(state);
    const scale = scaleOf(state);
    got.N.forEach((row, i) => {
      row.forEach((value, j) => {
        const [x, y] = [order[2 + i], order[2 + j]];
        expect(Math.abs(value - plain.N[x - 2][y - 2])).toBeLessThan(rounding(Omega, x, y) * scale);
      });
      order.forEach((x, j) => {
        expect(Math.abs(got.h[i][j] - plain.h[order[2 + i] - 2][x])).toBeLessThan(1e-15 * (scale + Omega[x][x]));
      });
    });
  });

  test.each(states)(
    "fields four times as large: N by 16, exactly, without label noise: $name, $teacher, $student",
    (state) => {
      const Omega = state.Omega.map((row) => row.map((x) => 16 * x));
      const plain = parts({ ...state, Delta: 0 });
      const large = parts({ ...state, Omega, Delta: 0 });
      expect(large.N).toEqual(plain.N.map((row) => row.map((x) => 16 * x)));
      expect(large.h).toEqual(plain.h.map((row) => row.map((x) => 16 * x)));
      expect(large.sig).toEqual(plain.sig.map((x) => 16 * x));
    },
  );

  test.each(states)("label noise adds Delta B: $name, $teacher, $student", (state) => {
    const { Omega, student } = state;
    const [none, { N, B }] = [0, 0.7].map((Delta) => parts({ ...state, Delta }));
    N.forEach((row, i) => {
      row.forEach((value, j) => {
        const [aa, bb, ab] = [Omega[2 + i][2 + i], Omega[2 + j][2 + j], Omega[2 + i][2 + j]];
        // a zero's sign is a coin, but one and the same on the diagonal
        const angle = aa * bb > 0 ? Math.asin(Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)))) : 0;
        const expected = ((1 + student) / 2) ** 2 + ((1 - student) / 2) ** 2 * (i === j ? 1 : (2 / Math.PI) * angle);
        expect(Math.abs(B[i][j] - expected)).toBeLessThan(rounding(Omega, 2 + i, 2 + j));
        expect(Math.abs(value - none.N[i][j] - 0.7 * B[i][j])).toBeLessThan(1e-15 * scaleOf(state));
      });
    });
  });

  test("linear networks: N = c^T Omega c + Delta, h = c^T Omega, sig", () => {
    const [state] = states;
    const { Omega, c, k } = state;
    const got = parts({ ...state, teacher: 1, student: 1 });
    const e = Omega.map((row) => row.reduce((sum, x, l) => sum + c[l] * x, 0));
    const square = e.reduce((sum, x, l) => sum + c[l] * x, 0);
    const tolerance = 1e-15 * scaleOf(state);
    for (const value of got.N.flat()) expect(Math.abs(value - square - 0.1)).toBeLessThan(tolerance);
    got.h.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(Math.abs(value - e[j])).toBeLessThan(tolerance);
      });
      expect(Math.abs(got.sig[i] - e[k + i])).toBeLessThan(tolerance);
    });
  });

  test.each([0, 0.5, 1])("nothing jumps at the slope %d", (slope) => {
    const [state] = states;
    const near = slope === 0 ? 1e-9 : slope - 1e-9;
    const [a, b] = [slope, near].map((mu) => parts({ ...state, teacher: mu, student: mu }));
    const scale = scaleOf(state);
    a.N.forEach((row, i) => {
      row.forEach((value, j) => {
        // four factors, each of which moves by less than 1e-9 of its bound
        expect(Math.abs(value - b.N[i][j])).toBeLessThan((4e-9 + 1e-15) * scale);
      });
    });
  });

  test("a student counted as two halves, a teacher as three thirds", () => {
    const vectors = draw(8, ones(9));
    const k = 3;
    const [c] = draw(1, ones(8));
    const plain = { Omega: gram(vectors), k, c, teacher: 0.2, student: 0, Delta: 0.1 };
    const split = {
      ...plain,
      k: 5,
      Omega: gram([...vectors.slice(0, 3), vectors[1], vectors[1], ...vectors.slice(3), vectors[5]]),
      c: [c[0], c[1] / 3, c[2], c[1] / 3, c[1] / 3, ...c.slice(3).map((x, i) => (i === 2 ? x / 2 : x)), c[5] / 2],
    };
    const [whole, parted] = [parts(plain), parts(split)];
    const scale = scaleOf(plain);
    whole.N.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(Math.abs(parted.N[i][j] - value)).toBeLessThan(2 * rounding(plain.Omega, k + i, k + j) * scale);
      });
      expect(Math.abs(parted.sig[i] - whole.sig[i])).toBeLessThan(1e-15 * scale);
    });
  });

  test("a teacher's slope does not matter to students alone", () => {
    const [{ Omega, c }] = states;
    const alone = { Omega, c: [0, 0, ...c.slice(2)], k: 2 };
    const relu = parts({ ...alone, teacher: 0 }).N.flat();
    const linear = parts({ ...alone, teacher: 1 }).N.flat();
    relu.forEach((value, i) => {
      expect(Math.abs(value - linear[i])).toBeLessThan(1e-15 * scaleOf(alone));
    });
  });
});

describe("close to degenerate states", () => {
  const distances = Array.from({ length: 23 }, (_, i) => 10 ** (-1 - i / 2));
  const [T, U, X, Y, Z] = draw(5, ones(6));
  const reversed = T.map((x) => -2 * x);
  const c = [1, 0.7, -0.8, -1.1, -0.5];
  const at = (vectors: number[][]): Fields => ({ Omega: gram(vectors), k: 2, c });
  const approaches: Record<string, (e: number) => Fields> = {
    "a student to a teacher": (e) => at([T, U, combine(T, e, X), Y, Z]),
    "a student to a teacher reversed": (e) => at([T, U, combine(reversed, e, X), Y, Z]),
    "two students to two teachers": (e) => at([T, U, combine(T, e, X), combine(U, e, Y), Z]),
    "two students to one teacher": (e) => at([T, U, combine(T, e, X), combine(T, -e, Y), Z]),
    "two students to each other": (e) => at([T, U, combine(Y, e, X), Y, Z]),
    "three students to each other": (e) => at([T, U, combine(Y, e, X), Y, combine(Y, e, Z)]),
    "all to one": (e) => at([T, combine(T, e, U), combine(T, e, X), combine(T, e, Y), combine(T, e, Z)]),
    "a student to the teachers' plane": (e) => at([T, U, combine(combine(T, 0.7, U), e, X), Y, Z]),
    "all to the teachers' plane": (e) => at([T, U, ...[X, Y, Z].map((v, i) => combine(combine(T, i - 0.6, U), e, v))]),
    "a student to zero": (e) => at([T, U, X.map((x) => e * x), Y, Z]),
  };

  test.each(Object.keys(approaches))("%s: N, h and sig approach their limits along a tangent", (name) => {
    // the sign of a zero is a coin's, which is no limit
    const limit = approaches[name](name === "a student to zero" ? 1e-14 : 0);
    const scale = scaleOf(limit);
    const flat = ({ N, h, sig }: Parts) => [...N.flat(), ...h.flat(), ...sig];
    const end = flat(parts(limit));
    const p = 3;
    const noise = (fields: Fields, n: number) =>
      n < p * p ? 4 * rounding(fields.Omega, 2 + Math.floor(n / p), 2 + (n % p)) : 4e-15;
    let before: { e: number; difference: number[]; fields: Fields } | undefined;
    for (const e of distances) {
      const fields = approaches[name](e);
      const difference = flat(parts(fields)).map((value, n) => value - end[n]);
      difference.forEach((value, n) => {
        if (before === undefined) return;
        // second derivatives: unit fields move by at most 4 e, and integrals of four by at most some times the square of that
        const curvature = 400 * e * before.e;
        const floor = noise(fields, n) + noise(before.fields, n) + noise(limit, n);
        const tangent = (before.difference[n] * e) / before.e;
        expect(Math.abs(value - tangent), `${n} at ${e}`).toBeLessThan((curvature + floor) * scale);
      });
      before = { e, difference, fields };
    }
  });

  test("an Omega that integration left slightly indefinite gives about the same", () => {
    const noise = draw(5, ones(5));
    for (const size of [1e-14, 1e-12, 1e-9, 1e-6]) {
      for (const name of ["a student to the teachers' plane", "all to the teachers' plane"]) {
        const fields = approaches[name](0);
        const Omega = fields.Omega.map((row, i) => row.map((x, j) => x + size * (noise[i][j] + noise[j][i])));
        const got = parts({ ...fields, Omega });
        parts(fields).N.forEach((row, i) => {
          row.forEach((value, j) => {
            expect(Math.abs(got.N[i][j] - value)).toBeLessThan(100 * size * scaleOf(fields));
          });
        });
      }
    }
  });

  test("no angle of an impossible Omega is waited for", () => {
    const impossible = [0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => (i === j ? 1 : -0.9)));
    for (const value of parts({ Omega: impossible, k: 2, c }).N.flat()) expect(Number.isFinite(value)).toBe(true);
    const unknown = impossible.map((row) => row.map((x) => (x === 1 ? 1 : Number.NaN)));
    expect(parts({ Omega: unknown, k: 2, c }).N[0][1]).toBeNaN();
  });
});
