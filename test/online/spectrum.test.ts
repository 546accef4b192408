// Inputs with a spectrum (THEORY D.4): the chain and the dense kernel against plain dense SGD, step by step, and what they share with isotropic inputs.
import { describe, expect, test } from "vitest";
import { expectSameBits } from "../support/bits.js";
import { type Begin, Chain, flatFactor, loadChainCore, numbersOf, type Settings, someState } from "../support/chain.js";
import type { Target } from "../support/core.js";
import { Dense } from "../support/dense.js";
import { type Network, type Sample, sgdStep } from "../support/dense-reference.js";
import { covarianceOf, expectDenseSgd, rulesOf } from "../support/explicit.js";

const targets: Target[] = ["release", "debug"];
const [core, debug] = targets.map(loadChainCore);

const both: Partial<Settings> = {
  ns: 0.7,
  nt: 0.9,
  Delta: 0.05,
  gamma: [2, 1, 0, 3, 0.8, 0.2],
  gammaA: 0.3,
  kappa: 0.2,
  kappaA: 0.1,
};

/** Settings with eigenspaces [variance, multiplicity]. */
function withSpectrum(
  pairs: [number, number][],
  { d, ...rest }: Partial<Settings> & { p: number; k: number },
): Settings {
  const spectrum = pairs.map(([variance, multiplicity]) => ({ variance, multiplicity }));
  return { d: d ?? pairs.reduce((sum, [, multiplicity]) => sum + multiplicity, 0), ...rest, spectrum };
}

/** One of each kind for k + p = 5: a single direction, fewer than the teacher's width, less than k + p, none, one and many left over, no variance. */
const kinds: [number, number][] = [
  [1.6, 1],
  [0.3, 8],
  [0.8, 4],
  [0, 6],
  [1.1, 5],
  [0.5, 6],
  [0, 2],
  [0.2, 12],
];
const mixed: [number, number][] = [
  [1.7, 12],
  [0.4, 18],
];

describe("60 steps of the chain equal dense SGD to 1e-12", () => {
  const cases: Record<string, Settings> = {
    "erf, two eigenspaces": withSpectrum(mixed, { p: 3, k: 2, Delta: 0.1 }),
    "erf, both layers, decays, schedule": withSpectrum(mixed, { p: 4, k: 3, ...both }),
    "erf, eigenspaces of all kinds": withSpectrum(kinds, { p: 3, k: 2, ...both }),
    "relu, eigenspaces of all kinds": withSpectrum(kinds, { p: 3, k: 2, student: "relu", ...both, gamma: 0.4 }),
    linear: withSpectrum(mixed, { p: 2, k: 2, student: "linear", ...both }),
    "a relu student of a quadratic teacher": withSpectrum(mixed, {
      p: 3,
      k: 1,
      student: "relu",
      teacher: "quadratic",
      gamma: 0.1,
    }),
    "batches of 3": withSpectrum(kinds, { p: 3, k: 2, batch: 3, ...both }),
    "batches of 3 of relu, p = 5": withSpectrum(mixed, { p: 5, k: 2, batch: 3, student: "relu", ...both }),
    "batches of 4, compressed": withSpectrum(kinds, { p: 3, k: 2, batch: 4, ...both }),
    "batches of 20 of relu, compressed": withSpectrum(kinds, { p: 3, k: 2, batch: 20, student: "relu", ...both }),
    "one direction an eigenspace": withSpectrum(
      Array.from({ length: 12 }, (_, i) => [1 / (1 + i), 1]),
      { p: 3, k: 2, ...both },
    ),
    "no variance at all": withSpectrum([[0, 20]], { p: 2, k: 1, ...both }),
    "p = 9": withSpectrum(mixed, { p: 9, k: 2, ...both, ns: 0.4 }),
  };
  test.each(Object.keys(cases))("%s", (name) => {
    const settings = cases[name];
    expectDenseSgd(core, settings, someState(core, settings, 41), 60);
  });

  test("identical and zero students", () => {
    const settings = withSpectrum(mixed, { p: 4, k: 2, batch: 3, ...both });
    const start = someState(core, settings, 33);
    start.factor[3] = start.factor[2];
    start.a[1] = start.a[0];
    start.factor[5] = new Array(12).fill(0);
    expectDenseSgd(core, settings, start, 60);
  });
});

describe("one eigenspace of variance 1", () => {
  test.each([2, 5, 40])("batches of %i: the bits of isotropic inputs", (batch) => {
    for (const d of [4, 5, 30, 1e20]) {
      const isotropic: Settings = { d, p: 3, k: 2, batch, ...both };
      const start = someState(core, isotropic, 3);
      const [got, want] = [withSpectrum([[1, d]], isotropic), isotropic].map((settings) => {
        const chain = new Chain(core, settings, [{ seed: 5, stream: 1 }]).load(0, start);
        expect(chain.steps(100)).toBe(100);
        return chain;
      });
      expectSameBits(got.save().factor, want.save().factor, `factor at d = ${d}`);
      expectSameBits(got.save().a, want.save().a, `a at d = ${d}`);
      expectSameBits(got.omega(), want.omega(), `Omega at d = ${d}`);
    }
  });

  test("batch 1: the same step, from which on bases differ by signs", () => {
    const isotropic: Settings = { d: 30, p: 3, k: 2, ...both };
    const [got, want] = [withSpectrum([[1, 30]], isotropic), isotropic].map((settings) => {
      const chain = new Chain(core, settings, [{ seed: 5, stream: 1 }]).load(0, someState(core, settings, 3));
      chain.steps(1);
      return chain.omega();
    });
    got.forEach((x, i) => expect(Math.abs(x - want[i])).toBeLessThan(1e-14));
  });

  test("batch 1, d < k + p: the same path", () => {
    const isotropic: Settings = { d: 4, p: 3, k: 2, ...both };
    const [got, want] = [withSpectrum([[1, 4]], isotropic), isotropic].map((settings) => {
      const chain = new Chain(core, settings, [{ seed: 5, stream: 1 }]).load(0, someState(core, settings, 3));
      chain.steps(200);
      return chain.omega();
    });
    got.forEach((x, i) => expect(Math.abs(x - want[i])).toBeLessThan(1e-12));
  });
});

test.each([
  ["one", {}],
  ["batches of 3", { batch: 3 }],
  ["batches of 200", { batch: 200 }],
])("%s: results do not depend on chunks, nor on saving in between", (_, change) => {
  const settings = withSpectrum(kinds, { p: 3, k: 2, ...both, ...change });
  const address = { seed: 4, stream: 1 };
  const start = someState(core, settings, 3);
  const whole = new Chain(core, settings, [address]).load(0, start);
  whole.steps(300);
  const { p, k } = settings;
  const pieces = new Chain(core, settings, [address]).load(0, start);
  let done = 0;
  for (const count of [1, 2, 0, 60, 65, 1, 100, 71]) {
    expect(pieces.steps(count)).toBe(count);
    done += count;
    expect(pieces.made()).toBe(done);
    // what is loaded has the format that is saved
    const { factor, a } = pieces.save();
    const [saved, layer, teacher] = [factor, a, start.aStar].map(core.f64);
    const resumed = new Chain(core, settings, [address]);
    resumed.set({ step: done });
    core.exports.chainLoad(resumed.run, 0, saved, 0, layer, teacher);
    expect(resumed.steps(300 - done)).toBe(300 - done);
    expect(resumed.made()).toBe(300);
    expectSameBits(resumed.save().factor, whole.save().factor, `factor, resumed after ${done} steps`);
    expectSameBits(resumed.save().a, whole.save().a, `a, resumed after ${done} steps`);
  }
  expectSameBits(pieces.omega(), whole.omega(), "Omega");
  const begun = new Chain(core, settings, [address]).load(0, start);
  expectSameBits(begun.save().factor, flatFactor(start.factor, settings), "factor at the start");
  expect(begun.save().factor.length).toBe((p + k) * 32);
});

test.each([1, 3, 8])("a step on given samples is that of its numbers, batch %i", (batch) => {
  const settings = withSpectrum(kinds, { p: 3, k: 2, batch, ...both });
  const address = { seed: 4, stream: 1 };
  const [drawn, given] = [0, 1].map(() => new Chain(core, settings, [address]).load(0, someState(core, settings, 3)));
  drawn.steps(1);
  const { spaces, zeta } = numbersOf(core, settings, address)(0);
  const bartlett = spaces.flatMap(({ chi, below }) =>
    below.flatMap((row, b) => chi.map((square, c) => (c < b ? row[c] : c === b ? Math.sqrt(square) : 0))),
  );
  const flat = (name: "z" | "y") => spaces.flatMap((space) => space[name].flatMap((values) => [...values]));
  const values = [flat("z"), flat("y"), bartlett, zeta].map((each) => core.f64(each));
  expect(core.exports.chainStepGiven(given.run, ...values)).toBe(1);
  expect(given.get("step")).toBe(1);
  expectSameBits(given.save().factor, drawn.save().factor, "factor");
  expectSameBits(given.save().a, drawn.save().a, "a");
});

describe("release and debug give the same bits", () => {
  test.each([1, 2, 3, 40])("chain, batch %i", (batch) => {
    const settings = withSpectrum(kinds, { p: 3, k: 2, batch, ...both });
    const ends = [core, debug].map((each) => {
      const chain = new Chain(each, settings, [{ seed: 9, stream: 2 }]).load(0, someState(each, settings));
      chain.steps(150);
      return [...chain.save().factor, ...chain.save().a, ...chain.omega()];
    });
    expectSameBits(ends[0], ends[1]);
  });

  test.each([false, true])("dense, single: %s", (single) => {
    const settings = withSpectrum(kinds, { p: 3, k: 2, batch: 2, ...both });
    const ends = [core, debug].map((each) => {
      const { W, WStar, ...layers } = someNetwork(settings);
      const dense = new Dense(each, settings, single).begin([...WStar, ...W], layers, { seed: 9, stream: 2 });
      dense.steps(150);
      return [...dense.omega(), ...dense.a()];
    });
    expectSameBits(ends[0], ends[1]);
  });
});

test("a divergence ends the chain before the step, and changes nothing", () => {
  const settings = withSpectrum(mixed, { p: 3, k: 2, student: "quadratic", gamma: 0.02, kappa: 0.3, gammaA: 0.01 });
  const start = someState(core, settings, 0);
  const wild: Begin = { ...start, factor: start.factor.map((row, i) => (i < 2 ? row : row.map((v) => v * 60))) };
  const [chain, before] = [0, 1].map(() => new Chain(core, settings, [{ seed: 1, stream: 0 }]).load(0, wild));
  const made = chain.steps(500);
  expect(made).toBeLessThan(500);
  expect(chain.made()).toBe(made);
  expect(chain.steps(10)).toBe(0);
  expect(chain.get("alive")).toBe(0);
  before.steps(made);
  expectSameBits(chain.save().factor, before.save().factor, "factor");
  expectSameBits(chain.save().a, before.save().a, "a");
});

test("d = 1e20: one step from a student of zeros", () => {
  // Q = gamma^2 e^2 x.Cx / d^2, and x.Cx / d is the sum of lambda^2 d_b / d within 1e-10
  const variances = [2, 0.3, 1.5];
  const settings = withSpectrum(
    [
      [variances[0], 2.5e19],
      [variances[1], 7.5e19],
      [variances[2], 1],
    ],
    { d: 1e20, p: 1, k: 1, student: "linear", gamma: 1e10, Delta: 0.2 },
  );
  const factor = [
    [0.8, 0, 0.6, 0, 0.3],
    [0, 0, 0, 0, 0],
  ];
  const chain = new Chain(core, settings, [{ seed: 2, stream: 7 }]).load(0, { factor, a: [1], aStar: [1] });
  const P = 2 * 0.64 + 0.3 * 0.36 + 1.5 * 0.09;
  expect(chain.omega()[0]).toBeCloseTo(P, 14);
  const { spaces, zeta } = numbersOf(core, settings, { seed: 2, stream: 7 })(0);
  const field = spaces.reduce((sum, { z: [z] }, e) => sum + Math.sqrt(variances[e]) * factor[0][2 * e] * z[0], 0);
  const e = field + Math.sqrt(0.2) * zeta[0];
  expect(chain.steps(1)).toBe(1);
  const [, , , Q] = chain.omega();
  const exact = e ** 2 * (variances[0] ** 2 * 0.25 + variances[1] ** 2 * 0.75);
  expect(Math.abs(Q / exact - 1)).toBeLessThan(2e-9);
});

// --- the dense kernel --------------------------------------------------------------------------------------------------

/** Rows of [W*; W] / sqrt d with entries of order 1 / sqrt d. */
function someNetwork({ d, p, k }: Settings): Network {
  const key = core.f64(16);
  core.exports.makeKey(key, 77, 0, 9);
  const out = core.f64((p + k) * d);
  core.exports.fillScalarNormals(key, 0n, out, (p + k) * d);
  const rows = Array.from({ length: p + k }, (_, i) =>
    Array.from(core.read(out + 8 * i * d, d), (x) => x / Math.sqrt(d)),
  );
  return {
    WStar: rows.slice(0, k),
    W: rows.slice(k),
    a: Array.from({ length: p }, (_, i) => (i % 2 ? -0.8 : 1.1) - 0.1 * i),
    aStar: Array.from({ length: k }, (_, r) => 1 - 0.4 * r),
  };
}

describe("60 steps of the dense kernel equal plain loops", () => {
  const cases: Record<string, Settings> = {
    erf: withSpectrum(mixed, { p: 3, k: 2, ...both }),
    "relu, batches of 3, eigenspaces of all kinds": withSpectrum(kinds, {
      p: 4,
      k: 3,
      batch: 3,
      student: "relu",
      ...both,
    }),
    "odd sizes": withSpectrum(
      [
        [0.5, 1],
        [2, 2],
        [0.1, 3],
        [1, 7],
        [0, 5],
        [0.7, 13],
      ],
      { p: 3, k: 1, ...both },
    ),
  };
  const each = Object.keys(cases).flatMap((name) => [false, true].map((single) => ({ name, single })));

  // 60 steps of f32: a few dozen roundings of 6e-8 of numbers of order 1
  test.each(each)("$name, single: $single", ({ name, single }) => {
    const settings = cases[name];
    const { d, batch = 1, spectrum = [] } = settings;
    const { W, WStar, a, aStar } = someNetwork(settings);
    const address = { seed: 3, stream: 4 };
    const dense = new Dense(core, settings, single).begin([...WStar, ...W], { a, aStar }, address);
    const scaled = (rows: number[][]) => rows.map((row) => row.map((x) => x * Math.sqrt(d)));
    const network: Network = { W: scaled(W), WStar: scaled(WStar), a: a.slice(), aStar };
    const [key, generator, count] = [core.f64(16), core.f64(16), 8 * Math.ceil((d + 1) / 8)];
    core.exports.makeKey(key, address.seed, address.stream, 0);
    const out = core.f64(count);
    const roots = spectrum.flatMap(({ variance, multiplicity }) => new Array(multiplicity).fill(Math.sqrt(variance)));
    const sampleOf = (block: number): Sample => {
      core.exports.seekBlock(generator, key, BigInt(block));
      const { fillNormals, fillNormals32 } = core.exports;
      (single ? fillNormals32 : fillNormals)(generator, key, BigInt(block), out, count);
      const row = single ? Float64Array.from(new Float32Array(core.memory.buffer, out, count)) : core.read(out, count);
      return { x: roots.map((root, j) => root * row[j]), zeta: row[d] };
    };
    for (let nu = 0; nu < 60; nu++) {
      const samples = Array.from({ length: batch }, (_, b) => sampleOf(nu * batch + b));
      sgdStep(network, rulesOf(core, settings), nu, samples);
      expect(dense.steps(1)).toBe(1);
      const got = [...dense.omega(), ...dense.a()];
      [...covarianceOf(network, settings), ...network.a].forEach((want, i) => {
        expect(Math.abs(got[i] - want), `step ${nu}, number ${i}`).toBeLessThan(single ? 1e-5 : 1e-12);
      });
    }
  });
});
