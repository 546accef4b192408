// The right-hand side's parts for (leaky) ReLU against other formulas at 40 digits (test/fixtures/make-relu.py), THEORY T and Monte Carlo.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadCore } from "../support/core.js";
import { combine, drawing, type Fields, gram, ones, reluParts, rounding, scaleOf, sine } from "../support/relu.js";
import { expectPlausible, normalTwoSided } from "../support/statistics.js";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
const release = loadCore("release");
const parts = reluParts(release);
const partsOfDebug = reluParts(loadCore("debug"));
const { draw, normals } = drawing(20);

describe("against other formulas at 40 digits", () => {
  interface State extends Required<Fields> {
    name: string;
    N: number[];
    h: number[][];
    sig: number[];
  }
  const states: State[] = read("relu");

  test.each(states)("$name", (state) => {
    const { Omega, k } = state;
    const got = parts(state);
    const scale = scaleOf(state);
    let at = 0;
    got.N.forEach((row, i) => {
      for (let j = i; j < row.length; j++, at++) {
        // where nothing was rounded, and fields are not parallel within one rounding of rho, closeness costs nothing
        const exact = state.name.endsWith("rho exact") && sine(Omega, k + i, k + j) > 4e-8;
        const tolerance = exact ? 1e-15 : rounding(Omega, k + i, k + j);
        expect(Math.abs(row[j] - state.N[at]), `N ${i} ${j}`).toBeLessThan(tolerance * scale);
      }
    });
    expect(at).toBe(state.N.length);
    got.h.forEach((row, i) => {
      row.forEach((value, j) => {
        const size = Math.sqrt(scale * Omega[j][j]);
        expect(Math.abs(value - state.h[i][j]), `h ${i} ${j}`).toBeLessThan(1e-15 * size + 1e-300);
      });
    });
    got.sig.forEach((value, i) => {
      const size = Math.sqrt(scale * Omega[k + i][k + i]);
      expect(Math.abs(value - state.sig[i]), `sig ${i}`).toBeLessThan(1e-15 * size + 1e-300);
    });
  });

  test("the debug build has the same bits", () => {
    for (const state of states) expect(partsOfDebug(state)).toEqual(parts(state));
  });
});

describe("THEORY T", () => {
  const theory = read("vectors/theory");
  const omegaOf = ({ T, M, Q }: { T: number[][]; M: number[][]; Q: number[][] }) => [
    ...T.map((row, r) => [...row, ...M.map((other) => other[r])]),
    ...Q.map((row, i) => [...M[i], ...row]),
  ];

  // 13 digits in the file
  test.each<(typeof theory.rhs)[number]>(
    theory.rhs.filter(({ act }: { act: string }) => act === "relu" || act === "lin"),
  )("right-hand side, $act, T = $T", (s) => {
    const slope = s.act === "lin" ? 1 : 0;
    const c = [...s.at.map((a: number) => s.nt * a), ...s.a.map((a: number) => -s.ns * a)];
    const got = parts({ Omega: omegaOf(s), k: s.T.length, c, teacher: slope, student: slope, Delta: s.Delta });
    const factor = s.a.map((a: number) => s.ns * a);
    got.N.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(Math.abs((factor[i] * factor[j] * value) / s.N[i][j] - 1)).toBeLessThan(1e-12);
        // N at tau Omega is tau (N - Delta B) + Delta B; 9 digits in the file
        const scaling = factor[i] * factor[j] * (value - s.Delta * got.B[i][j]);
        expect(Math.abs(scaling / s.dN_dtau[i][j] - 1)).toBeLessThan(1e-8);
      });
    });
    const largest = Math.max(...s.h.flat().map(Math.abs));
    got.h.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(Math.abs(factor[i] * value - s.h[i][j])).toBeLessThan(1e-12 * largest);
      });
    });
    got.sig.forEach((value, i) => {
      expect(Math.abs(value / s.s[i] - 1)).toBeLessThan(1e-12);
    });
  });

  /** N of four students, polarised: E[s'(i) s'(j) s(a) s(b)]. */
  function moment(C: number[][], i: number, j: number, a: number, b: number, slope = 0): number {
    const N = (c: number[]) => parts({ Omega: C, k: 0, c, student: slope }).N[i][j];
    const only = (...fields: number[]) => C.map((_, x) => (fields.includes(x) ? 1 : 0));
    return a === b ? N(only(a)) : (N(only(a, b)) - N(only(a)) - N(only(b))) / 2;
  }

  test.each<(typeof theory.integrals)[number]>(theory.integrals)("integrals, $name, to 1e-12", ({ C, relu }) => {
    const { exports } = release;
    const close = (got: number, expected: number) => expect(Math.abs(got / expected - 1)).toBeLessThan(1e-12);
    const [aa, bb, ab] = [C[0][0], C[1][1], C[0][1]];
    const ofSecond = parts({ Omega: C, k: 0, c: [0, 1, 0, 0] });
    close(exports.leakyI2(0, 0, aa, bb, ab), relu.I2_01);
    close(ofSecond.sig[0], relu.I2_01);
    close(ofSecond.B[0][1], relu.J2_01);
    // h = A Omega_0 + B Omega_1
    close((ofSecond.h[0][0] - ofSecond.B[0][1] * ab) / aa, relu.A2_01);
    close(parts({ Omega: C, k: 0, c: [0, 0, 1, 0] }).h[0][1], relu.I3_012);
    close(moment(C, 0, 0, 1, 2), relu.S3_012);
    close(moment(C, 0, 1, 2, 2), relu.V3_012);
    close(moment(C, 0, 1, 2, 3), relu.I4_0123);
    // P4 = 1/16 + sum asin rho / (8 pi) + J / (4 pi^2)
    const rho = (i: number, j: number) => C[i][j] / Math.sqrt(C[i][i] * C[j][j]);
    const pairs = [rho(0, 1), rho(2, 3), rho(0, 2), rho(1, 3), rho(0, 3), rho(1, 2)];
    const J = exports.fourFields(release.f64([...pairs, ...new Array(34).fill(0)]));
    const angles = pairs.reduce((sum, r) => sum + Math.asin(r), 0);
    close(1 / 16 + angles / (8 * Math.PI) + J / (4 * Math.PI ** 2), relu.P4);
  });

  test("1e8 pairs of Monte Carlo by another program (1e-6)", () => {
    const { cases } = read("vectors/R1_relu_integrals_montecarlo");
    const { exports } = release;
    const p: Record<string, number> = {};
    cases.forEach((row: { C: number[][] } & Record<string, number>, at: number) => {
      const { C } = row;
      const z = (name: string, exact: number, mean: number, error: number) => {
        p[`${name}, case ${at}`] = normalTwoSided((exact - mean) / error);
      };
      z("I4", moment(C, 0, 1, 2, 3), row.I4, row.I4_se);
      z("I3", parts({ Omega: C, k: 0, c: [0, 0, 1, 0] }).h[0][1], row.I3_abc, row.I3_se);
      z("I2", exports.leakyI2(0, 0, C[0][0], C[1][1], C[0][1]), row.I2_ab, row.I2_se);
      z("J2", parts({ Omega: C, k: 0, c: ones(C.length) }).B[0][1], row.J2_ab, row.J2_se);
    });
    expectPlausible(p);
  });

  // what four fields give where they are bound to each other, at generic and nearly degenerate ones: the last component(s) small
  const spaces = [
    ones(5),
    [1, 1, 1, 1e-3],
    [1, 1, 1e-2, 1e-5],
    [1, 1e-3, 1e-3, 1e-3],
    [1, 1e-2, 1e-4, 1e-6],
    [1, 1, 1],
  ];

  test.each(spaces.map((scales) => ({ scales })))(
    "x_3 = x_1 + x_2: I4 is a sum of three-field integrals, $scales",
    ({ scales }) => {
      // x_1, x_2 > 0 imply x_3 > 0, so I4(0, 1, 2, 3) = S3(0; 1, 2) + V3(0, 1; 2) (THEORY C.3)
      for (let trial = 0; trial < 20; trial++) {
        const [x0, x1, x2] = draw(3, scales);
        const C = gram([x0, x1, x2, combine(x1, 1, x2)]);
        const right = moment(C, 0, 0, 1, 2) + moment(C, 0, 1, 2, 2);
        const scale = Math.sqrt(C[2][2] * C[3][3]);
        const tolerance = (4e-15 + 2e-15 / sine(C, 0, 1)) * (scale + C[1][1] + C[2][2]);
        expect(Math.abs(moment(C, 0, 1, 2, 3) - right)).toBeLessThan(tolerance);
      }
    },
  );

  test.each(spaces.map((scales) => ({ scales })))(
    "reversing a field leaves the integral without it, $scales",
    ({ scales }) => {
      // 1_{x > 0} + 1_{x < 0} = 1: I4(0, 1, 2, 3) + I4(-0, 1, 2, 3) = S3(1; 2, 3)
      for (let trial = 0; trial < 20; trial++) {
        const [x0, x1, x2, x3] = draw(4, scales);
        const C = gram([x0, x1, x2, x3]);
        const flipped = gram([x0.map((x) => -x), x1, x2, x3]);
        const sum = moment(C, 0, 1, 2, 3) + moment(flipped, 0, 1, 2, 3);
        const scale = C[2][2] + C[3][3];
        expect(Math.abs(sum - moment(C, 1, 1, 2, 3))).toBeLessThan((4e-15 + 2e-15 / sine(C, 0, 1)) * scale);
      }
    },
  );

  test("a leaky unit is a difference of ReLUs", () => {
    // s' = 1_x + mu 1_{-x}, s = x+ - mu (-x)+, so that E[s' s' s s] is a sum over signs of ReLU's integrals
    const mu = 0.3;
    const C = gram(draw(4, ones(5)));
    let sum = 0;
    for (let bits = 0; bits < 16; bits++) {
      const sign = [0, 1, 2, 3].map((x): number => ((bits >> x) & 1 ? -1 : 1));
      const weight = sign.reduce((w, s, x) => (s > 0 ? w : x < 2 ? w * mu : -w * mu), 1);
      const flipped = C.map((row, x) => row.map((value, y) => sign[x] * sign[y] * value));
      sum += weight * moment(flipped, 0, 1, 2, 3);
    }
    expect(Math.abs(moment(C, 0, 1, 2, 3, mu) - sum)).toBeLessThan(2e-14 * (C[2][2] + C[3][3]));
  });
});

describe("Monte Carlo (1e-6 a test)", () => {
  test.each([
    { k: 2, p: 3, teacher: 0, student: 0.3 },
    { k: 1, p: 3, teacher: 0.6, student: 0.1 },
    { k: 2, p: 2, teacher: 1, student: 0 },
  ])("k = $k, p = $p, slopes $teacher, $student, 4e5 draws", ({ k, p, teacher, student }) => {
    const m = k + p;
    const W = draw(m, ones(m));
    const [c] = draw(1, ones(m));
    const Delta = 0.3;
    const exact = parts({ Omega: gram(W), k, c, teacher, student, Delta });
    const students = Array.from({ length: p }, (_, i) => i);
    const quantities = [
      ...students.flatMap((i) => students.slice(i).map((j) => ({ name: `N ${i} ${j}`, value: exact.N[i][j] }))),
      ...students.flatMap((i) => W.map((_, l) => ({ name: `h ${i} ${l}`, value: exact.h[i][l] }))),
      ...students.map((i) => ({ name: `sig ${i}`, value: exact.sig[i] })),
    ];
    const sums = new Float64Array(quantities.length);
    const squares = new Float64Array(quantities.length);
    const x = new Float64Array(m);
    const slope = new Float64Array(m);
    const [count, chunk, width] = [4e5, 50_000, m + 1];
    for (let done = 0; done < count; done += chunk) {
      const z = normals(chunk * width);
      for (let n = 0; n < chunk; n++) {
        let e = Math.sqrt(Delta) * z[n * width + m];
        for (let l = 0; l < m; l++) {
          x[l] = 0;
          for (let q = 0; q < m; q++) x[l] += W[l][q] * z[n * width + q];
          slope[l] = x[l] > 0 ? 1 : l < k ? teacher : student;
          e += c[l] * slope[l] * x[l];
        }
        let at = 0;
        const tally = (value: number) => {
          sums[at] += value;
          squares[at++] += value * value;
        };
        for (let i = k; i < m; i++) for (let j = i; j < m; j++) tally(slope[i] * slope[j] * e * e);
        for (let i = k; i < m; i++) for (let l = 0; l < m; l++) tally(slope[i] * e * x[l]);
        for (let i = k; i < m; i++) tally(slope[i] * x[i] * e);
      }
    }
    expectPlausible(
      Object.fromEntries(
        quantities.map(({ name, value }, at) => {
          const mean = sums[at] / count;
          const error = Math.sqrt((squares[at] / count - mean ** 2) / count);
          return [name, normalTwoSided((mean - value) / error)];
        }),
      ),
    );
  });
});
