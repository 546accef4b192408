// Information measures: laws of EXPERIMENTS.md, identities, an independent program (make-information.py), and the estimators' statistics.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CountTable, cellsOf } from "../../src/classify/information/cells.js";
import {
  conditionalMutualInformation,
  mutualInformation,
  performanceExplained,
} from "../../src/classify/information/information.js";
import { normalQuantile } from "../../src/classify/information/quantile.js";
import { smallRandom } from "../../src/classify/random.js";
import { expectError } from "../support/errors.js";

type Table = number[][][];

/** A table c[f][y][l] with its indices in another order: axes[i] is the old axis of the new i-th. */
function transposed(table: Table, axes: [number, number, number]): Table {
  const sizes = [table.length, table[0].length, table[0][0].length];
  const range = (axis: number) => Array.from({ length: sizes[axes[axis]] }, (_, i) => i);
  return range(0).map((i) =>
    range(1).map((j) =>
      range(2).map((k) => {
        const at = [0, 0, 0];
        for (const [axis, index] of [i, j, k].entries()) at[axes[axis]] = index;
        return table[at[0]][at[1]][at[2]];
      }),
    ),
  );
}

/** The model M(K, aF, aL, rho) of EXPERIMENTS.md as probabilities. */
function model(K: number, aF: number, aL: number, rho: number): Table {
  const classes = Array.from({ length: K }, (_, i) => i);
  const right = (a: number, guess: number, y: number) => (guess === y ? a : (1 - a) / (K - 1));
  return classes.map((f) =>
    classes.map((y) => classes.map((l) => (right(aL, l, y) / K) * ((f === l ? rho : 0) + (1 - rho) * right(aF, f, y)))),
  );
}

const asymmetric: Table = [
  [
    [300, 12],
    [40, 60],
  ],
  [
    [20, 70],
    [8, 290],
  ],
];

const values = ({
  mutualInformation: I,
  conditional: C,
  mu,
}: {
  mutualInformation: number;
  conditional: number;
  mu: number;
}) => [I, C, mu] as const;

function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i] - value)).toBeLessThan(tolerance);
}

/** Arrays of labels with exactly these counts. */
function samples(table: Table) {
  const [F, Y, L]: number[][] = [[], [], []];
  for (const [f, rows] of table.entries())
    for (const [y, row] of rows.entries())
      for (const [l, count] of row.entries())
        for (let i = 0; i < count; i++) {
          F.push(f);
          Y.push(y);
          L.push(l);
        }
  return { F, Y, L };
}

describe("laws", () => {
  it("I of unbiased binary classifiers", () => {
    for (const [a, bits] of [
      [0.55, 0.007226],
      [0.6, 0.029049],
      [0.75, 0.188722],
      [0.9, 0.531004],
      [0.99, 0.919207],
    ]) {
      const I = mutualInformation([
        [100 * a, 100 * (1 - a)],
        [100 * (1 - a), 100 * a],
      ]);
      near([I], [bits], 2e-6);
    }
  });

  it("M(2, .95, .80, .5)", () => {
    const { n: _, ...result } = performanceExplained(model(2, 0.95, 0.8, 0.5));
    near(values(result), [0.456436, 0.180248, 0.276188], 2e-6);
  });

  it("the null of independent errors", () => {
    for (const [aF, aL, I, mu] of [
      [0.757, 0.7595, 0.200006, 0.051961],
      [0.952, 0.763, 0.72216, 0.16988],
    ]) {
      // whatever the dependence of the errors, the null sees the accuracies alone
      for (const rho of [0, 0.15]) {
        const joint = rho === 0 ? model(2, aF, aL, 0) : model(2, (aF - rho * aL) / (1 - rho), aL, rho);
        const result = performanceExplained(joint);
        near([result.mutualInformation, result.muNull], [I, mu], 2e-6);
        if (rho === 0) near([result.mu], [mu], 2e-6);
        else expect(result.mu).toBeGreaterThan(mu + 0.01);
      }
    }
  });

  it("a table of counts: plug-in, Miller-Madow, standard errors, intervals", () => {
    const plain = performanceExplained(asymmetric);
    near(values(plain), [0.209239, 0.004951, 0.204288], 1e-6);
    near(values(plain.standardErrors), [0.025321, 0.004588, 0.024931], 1e-6);
    near(plain.intervals.mu, [0.204288 - 1.959964 * 0.024931, 0.204288 + 1.959964 * 0.024931], 3e-6);
    expect(plain.n).toBe(800);
    const corrected = performanceExplained(asymmetric, { bias: "miller-madow" });
    near(values(corrected), [0.208337, 0.003148, 0.20519], 1e-6);
    expect(corrected.plugIn).toEqual(plain.plugIn);
    const nats = performanceExplained(asymmetric, { unit: "nats" });
    near([nats.mu, nats.standardErrors.mu], [plain.mu * Math.LN2, plain.standardErrors.mu * Math.LN2], 1e-15);
  });

  it("quantiles of intervals", () => {
    near(
      [0.5, 0.84134474606854293, 0.975, 0.99995].map(normalQuantile),
      [0, 1, 1.959963984540054, 3.890591886413094],
      1e-13,
    );
    near([normalQuantile(0.025)], [-1.959963984540054], 1e-13);
  });
});

describe("tables and arrays", () => {
  const fixtures: { table: Table; bits: [number, number, number] }[] = JSON.parse(
    readFileSync(new URL("../fixtures/information.json", import.meta.url), "utf8"),
  );

  it("agree with entropies in 40 digits", () => {
    for (const { table, bits } of fixtures) {
      const result = performanceExplained(table);
      near(values(result), bits, 1e-14);
      const { F, Y, L } = samples(table);
      expect(performanceExplained(F, Y, L)).toEqual(result);
      near([mutualInformation(F, Y), conditionalMutualInformation(F, Y, L)], bits.slice(0, 2), 1e-14);
    }
  });

  it("agree with the theory's test values", () => {
    const { info } = JSON.parse(readFileSync(new URL("../fixtures/vectors/theory.json", import.meta.url), "utf8"));
    const tables = info.filter((each: object) => "counts_f_y_l" in each);
    expect(tables.length).toBe(2);
    for (const each of tables) {
      near(values(performanceExplained(each.counts_f_y_l)), [each.I_FY, each.I_FY_given_L, each.mu], 1e-12);
      const { mutualInformation: I, conditional } = performanceExplained(each.counts_f_y_l, { bias: "miller-madow" });
      near([I, conditional], [each.I_FY_MM, each.I_FY_given_L_MM], 1e-12);
    }
  });

  it("take any arrays and any names of classes, in any order", () => {
    const { F, Y, L } = samples(asymmetric);
    const expected = performanceExplained(F, Y, L, { bias: { permutations: 3, seed: 1 } });
    const names = (labels: number[]) => labels.map((label) => (label === 0 ? -1 : 1));
    const options = { bias: { permutations: 3, seed: 1 } } as const;
    expect(performanceExplained(Int32Array.from(F), Uint8Array.from(Y), Float32Array.from(L), options)).toEqual(
      expected,
    );
    expect(performanceExplained(BigInt64Array.from(F, BigInt), names(Y), L.map(BigInt), options)).toEqual(expected);
    // names far apart, and so many of them that tables are no longer arrays
    const spread = (labels: number[]) => labels.map((label) => label * 2 ** 50 - 7);
    expect(performanceExplained(spread(F), spread(Y), spread(L), options)).toEqual(expected);
    const parts = F.map((_, i) => i % 3000);
    const joined = performanceExplained(
      parts,
      parts.map((part) => part % 30),
      L,
    );
    expect(
      Math.abs(
        joined.mutualInformation -
          mutualInformation(
            parts,
            parts.map((part) => (part % 30) * 1e6),
          ),
      ),
    ).toBeLessThan(1e-12);
    const reversed = [F, Y, L].map((labels) => labels.slice().reverse());
    expect(performanceExplained(reversed[0], reversed[1], reversed[2], options)).toEqual(expected);
  });

  it("identities on random 3 x 4 x 5 tables", () => {
    const random = smallRandom(7, 0);
    for (let trial = 0; trial < 200; trial++) {
      const table: Table = Array.from({ length: 3 }, () =>
        Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => random.below(30))),
      );
      const { mu } = performanceExplained(table);
      for (const axes of [
        [0, 2, 1],
        [1, 0, 2],
        [2, 1, 0],
        [1, 2, 0],
      ] as [number, number, number][])
        near([performanceExplained(transposed(table, axes)).mu], [mu], 1e-12);
      const FL = table.map((rows) => rows[0].map((_, l) => rows.reduce((sum, row) => sum + row[l], 0)));
      // mu = I(F;L) - I(F;L|Y)
      near([mutualInformation(FL) - conditionalMutualInformation(transposed(table, [0, 2, 1]))], [mu], 1e-12);
    }
  });

  it("special cases of mu", () => {
    const random = smallRandom(8, 0);
    const labels = (k: number) => Array.from({ length: 500 }, () => random.below(k));
    const [F, Y, L] = [labels(3), labels(4), labels(5)];
    near([performanceExplained(Y, Y, L).mu], [mutualInformation(L, Y)], 1e-12);
    near(
      [
        performanceExplained(
          F,
          Y,
          F.map(() => 7),
        ).mu,
      ],
      [0],
      1e-12,
    );
    near([performanceExplained(F, Y, F).mu], [mutualInformation(F, Y)], 1e-12);
    const xor: Table = [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0, 1],
        [1, 0],
      ],
    ];
    expect(performanceExplained(xor).mu).toBe(-1);
    expect(performanceExplained(xor).mutualInformation).toBe(0);
  });

  it("say what is wrong", async () => {
    const fine = [0, 1, 1];
    await expectError(
      () => mutualInformation([0, 0.5, 1], fine),
      "invalid-data",
      "F\\[1\\] is 0.5".replaceAll("\\", ""),
      "argmax",
    );
    await expectError(() => mutualInformation([0, Number.NaN, 1], fine), "invalid-data", "NaN");
    await expectError(() => performanceExplained(fine, [0, 1], fine), "invalid-argument", "3 labels", "Y has 2");
    await expectError(() => performanceExplained(fine, fine, [0]), "invalid-argument", "L has 1");
    await expectError(() => mutualInformation([], []), "invalid-argument", "empty");
    await expectError(
      () => (performanceExplained as (...all: unknown[]) => unknown)(fine, fine),
      "invalid-argument",
      "L is missing",
    );
    await expectError(() => mutualInformation([[1, 2], [3]]), "invalid-data", "c[1]");
    await expectError(() => performanceExplained([[[1], [2, 3]]]), "invalid-data", "c[0][1]");
    await expectError(() => mutualInformation([[1, -2]]), "invalid-argument", "c[0][1] is -2");
    await expectError(() => mutualInformation(asymmetric as CountTable), "invalid-argument", "3 indices", "c[f][y]");
    await expectError(() => mutualInformation([[0, 0]]), "invalid-argument", "zeros");
    await expectError(
      () => mutualInformation(fine, fine, { bias: "jackknife" as "none" }),
      "invalid-argument",
      "miller-madow",
    );
    await expectError(() => mutualInformation(fine, fine, { unit: "bans" as "bits" }), "invalid-argument", "nats");
    await expectError(
      () => performanceExplained(model(2, 0.9, 0.8, 0), { bias: { permutations: 9, seed: 1 } }),
      "invalid-argument",
      "whole counts",
    );
    await expectError(
      () => performanceExplained(asymmetric, { intervals: { bootstrap: 3, seed: 1 } }),
      "invalid-argument",
      "at least 20",
    );
    const many = Array.from({ length: 5000 }, (_, i) => i);
    await expectError(() => mutualInformation(many, many), "invalid-argument", "identifiers");
  });
});

/** Cumulative law of a model, and a sampler of tables of n samples. */
function sampler(law: Table, seed: number) {
  const flat = law.flat(2);
  const random = smallRandom(seed, 99);
  return (n: number): Table => {
    const counts = new Float64Array(flat.length);
    for (let i = 0; i < n; i++) {
      let u = random.uniform();
      let cell = 0;
      while (cell < flat.length - 1 && u >= flat[cell]) u -= flat[cell++];
      counts[cell]++;
    }
    let at = 0;
    return law.map((rows) => rows.map((row) => row.map(() => counts[at++])));
  };
}

describe("estimators", () => {
  it("bias, standard errors and coverage on M(2, .95, .80, .5), n = 600, 3000 replicates", () => {
    const law = model(2, 0.95, 0.8, 0.5);
    const truth = performanceExplained(law);
    const draw = sampler(law, 1);
    const replicates = Array.from({ length: 3000 }, () => performanceExplained(draw(600)));
    for (const measure of ["mutualInformation", "conditional", "mu"] as const) {
      const estimates = replicates.map((r) => r[measure]);
      const mean = estimates.reduce((sum, v) => sum + v, 0) / estimates.length;
      const deviation = Math.sqrt(
        estimates.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / (estimates.length - 1),
      );
      const error = replicates.reduce((sum, r) => sum + r.standardErrors[measure], 0) / replicates.length;
      expect(error / deviation).toBeGreaterThan(0.9);
      expect(error / deviation).toBeLessThan(1.1);
      if (measure === "mutualInformation") expect(Math.abs(mean - truth[measure])).toBeLessThan(0.005);
    }
    const covered = replicates.filter(({ intervals: { mu } }) => mu[0] <= truth.mu && truth.mu <= mu[1]).length / 3000;
    expect(covered).toBeGreaterThanOrEqual(0.93);
    expect(covered).toBeLessThanOrEqual(0.965);
  });

  it("bootstrap: standard errors near the delta method's, intervals that cover", () => {
    const options = { intervals: { bootstrap: 1000, seed: 3 } } as const;
    const [delta, boot] = [performanceExplained(asymmetric), performanceExplained(asymmetric, options)];
    // the standard deviation of 1000 replicates is good to 2.2 %; the conditional, small and skew, spreads more
    near([boot.standardErrors.mu / delta.standardErrors.mu], [1], 0.1);
    near([boot.standardErrors.mutualInformation / delta.standardErrors.mutualInformation], [1], 0.1);
    expect(performanceExplained(asymmetric, options)).toEqual(boot);
    const law = model(2, 0.95, 0.8, 0.5);
    const { mu } = performanceExplained(law);
    const draw = sampler(law, 2);
    const hits = Array.from({ length: 200 }, (_, i) =>
      performanceExplained(draw(600), { intervals: { bootstrap: 200, seed: i } }),
    ).filter(({ intervals }) => intervals.mu[0] <= mu && mu <= intervals.mu[1]).length;
    // binomial(200, .95): below 178 once in 4000
    expect(hits).toBeGreaterThanOrEqual(178);
  });

  it("Miller-Madow takes most of the bias off two classes, permutations that of ten", () => {
    // two classes, F right as often whatever L says: I(F;Y|L) of the law is known
    const law = model(2, 0.9, 0.8, 0.5);
    const truth = performanceExplained(law);
    const draw = sampler(law, 5);
    const mean = (bias: "none" | "miller-madow") => {
      const results = Array.from({ length: 2000 }, () => performanceExplained(draw(200), { bias }));
      return results.reduce((sum, r) => sum + r.conditional, 0) / results.length - truth.conditional;
    };
    expect(mean("none")).toBeGreaterThan(0.004);
    expect(Math.abs(mean("miller-madow"))).toBeLessThan(0.75 * mean("none"));
    // ten classes: F right with L, and otherwise a coin within the stratum: I(F;Y|L) = 0 (THEORY.md G: n = 1000, plug-in .091, MM .086)
    const ten = model(10, 0.1, 0.8, 0.85);
    const drawTen = sampler(ten, 6);
    expect(performanceExplained(ten).conditional).toBeLessThan(1e-12);
    const tables = Array.from({ length: 20 }, () => drawTen(1000));
    const average = (of: (table: Table, i: number) => number) =>
      tables.reduce((sum, t, i) => sum + of(t, i), 0) / tables.length;
    const plain = average((t) => performanceExplained(t).conditional);
    const madow = average((t) => performanceExplained(t, { bias: "miller-madow" }).conditional);
    const permuted = average((t, i) => performanceExplained(t, { bias: { permutations: 20, seed: i } }).conditional);
    expect(plain).toBeGreaterThan(0.05);
    expect(madow).toBeGreaterThan(0.5 * plain);
    expect(Math.abs(permuted)).toBeLessThan(0.05 * plain);
  });

  it("permutations of a table that has no dependence give its plug-in, on average", () => {
    const law = model(3, 1 / 3, 0.6, 0);
    const draw = sampler(law, 9);
    const informations = Array.from({ length: 200 }, (_, i) =>
      mutualInformation(...pairOf(draw(300)), { bias: { permutations: 5, seed: i } }),
    );
    const mean = informations.reduce((sum, v) => sum + v, 0) / 200;
    // standard error of the mean about .0047 sqrt(1.2 / 200) = .0004; four of them
    expect(Math.abs(mean)).toBeLessThan(0.0015);
  });

  it("warns of sparse tables", () => {
    const { F, Y, L } = samples(asymmetric);
    expect(performanceExplained(F, Y, L).warning).toBeUndefined();
    const few = performanceExplained(
      F.slice(0, 60).concat(F.slice(-40)),
      Y.slice(0, 60).concat(Y.slice(-40)),
      L.slice(280, 380),
    );
    expect(few.warning).toMatch(/100 samples for 2 free cells.*Take \d+ samples/);
    const ten = sampler(model(10, 0.5, 0.8, 0.5), 3);
    expect(performanceExplained(ten(1000)).warning).toContain("permutations");
    expect(performanceExplained(ten(5000), { bias: { permutations: 5, seed: 1 } }).warning).toBeUndefined();
    expect(performanceExplained(ten(200), { bias: { permutations: 5, seed: 1 } }).warning).toContain("more than");
  });
});

function pairOf(table: Table): [number[], number[]] {
  const { F, Y } = samples(table);
  return [F, Y];
}

it("permutations, copies and draws: the generator's words are frozen", () => {
  const random = smallRandom(12345, 0);
  const words = Array.from({ length: 4 }, () => random.word());
  expect(words).toMatchInlineSnapshot(`
    [
      604690245,
      735873438,
      2857184947,
      1907868803,
    ]
  `);
  // chi-square of 60000 throws of a die, 5 degrees of freedom: above 20.5 once in 1000
  const die = smallRandom(2 ** 53 - 1, 1);
  const faces = new Float64Array(6);
  for (let i = 0; i < 60000; i++) faces[die.below(6)]++;
  expect(faces.reduce((sum, c) => sum + (c - 10000) ** 2 / 10000, 0)).toBeLessThan(20.5);
  expect(cellsOf([0, 1], [1, 0]).n).toBe(2);
});
