/**
 * Inputs with a spectrum in law (THEORY D.4): the linear perceptron's exact recursion, by the chain and by the dense kernel; the chain against the dense
 * kernel, entry by entry and all together; equal variances against isotropic inputs.
 *
 * False-alarm rate of the file: FALSE_ALARM = 1e-6, an equal share for each of eleven comparisons.
 */
import { describe, expect, test } from "vitest";
import { loadChainCore, type Settings, someState } from "../support/chain.js";
import { Dense } from "../support/dense.js";
import { chains, dense, type Ensemble, entriesOf, type Path, samplesOf } from "../support/ensemble.js";
import { expectPlausible, FALSE_ALARM, meanP } from "../support/statistics.js";
import { rounded, sameLawP, twoSampleKolmogorovP } from "../support/two-samples.js";

const core = loadChainCore("release");
const RATE = FALSE_ALARM / 11;
type Spectrum = NonNullable<Settings["spectrum"]>;

const spectrumOf = (...pairs: [number, number][]): Spectrum =>
  pairs.map(([variance, multiplicity]) => ({ variance, multiplicity }));
/** The same eigenspaces with the first two variances exchanged. */
const swapped = ([first, second, ...rest]: Spectrum): Spectrum => [
  { ...first, variance: second.variance },
  { ...second, variance: first.variance },
  ...rest,
];

describe("linear perceptron", () => {
  const COUNT = 20000;
  const STEPS = 30;
  const [gamma, Delta] = [0.8, 0.2];
  const spectrum = spectrumOf([2, 6], [0.4, 1], [0.5, 13]);
  /** Squares of w - w* in each eigenspace, over d, at the start: w* along its first direction, w along its second. */
  const start = {
    factor: [
      [0.9, 0, 0.7, 0.8, 0],
      [0, 0.6, 0.2, 0, 1],
    ],
    a: [1],
    aStar: [1],
  };
  const first = [0.81 + 0.36, 0.25, 0.64 + 1];

  /**
   * v_b <- v_b + (gamma / (B sqrt d)) sum of e x_b, v = w - w*, e = -v.x / sqrt d + noise. With D_b = |v_b|^2 / d and D = sum of lambda_b D_b:
   * E[e x_b] = -lambda_b v_b / sqrt d and, by Isserlis, E|e x_b|^2 = (D + Delta) lambda_b d_b + 2 lambda_b^2 D_b.
   */
  function meanSquare(eigenspaces: Spectrum, B: number): number {
    const d = 20;
    const squares = first.slice();
    const total = () => eigenspaces.reduce((sum, { variance }, b) => sum + variance * squares[b], 0);
    for (let nu = 0; nu < STEPS; nu++) {
      const D = total();
      eigenspaces.forEach(({ variance, multiplicity }, b) => {
        const noise = variance * multiplicity * (D + Delta) + 2 * variance ** 2 * squares[b];
        squares[b] +=
          (-2 * gamma * variance * squares[b]) / d +
          (gamma / d) ** 2 * (noise / B + (1 - 1 / B) * variance ** 2 * squares[b]);
      });
    }
    return total();
  }

  /** sum of lambda_b |(w - w*)_b|^2 / d after the steps. */
  function squares(ensemble: Ensemble, batch: number): Float64Array {
    const settings: Settings = { d: 20, p: 1, k: 1, batch, spectrum, student: "linear", gamma, Delta };
    const sample = new Float64Array(COUNT);
    ensemble(core, { settings, start, steps: [STEPS] }, { seed: 12, count: COUNT }, (r, _, [P, M, , Q]) => {
      sample[r] = P - 2 * M + Q;
    });
    return sample;
  }

  const single: Ensemble = (core, { settings, steps: [until] }, { seed, count }, visit) => {
    // eigenspaces of dimensions 6, 1, 13
    const rows = start.factor.map(([a, b, c, e, f]) => [a, b, 0, 0, 0, 0, c, e, f, ...new Array(11).fill(0)]);
    const run = new Dense(core, settings, true);
    for (let r = 0; r < count; r++) {
      run.begin(rows, start, { seed, stream: r }).steps(until);
      visit(r, 0, run.omega());
    }
  };

  const cases: [string, Ensemble, number][] = [
    ["chain", chains, 1],
    ["chain, batches of 3 (compressed)", chains, 3],
    ["dense", dense, 1],
    ["dense, batches of 3", dense, 3],
    ["dense, f32", single, 1],
  ];

  test.each(cases)("%s: the exact mean", (_, ensemble, batch) => {
    const sample = squares(ensemble, batch);
    expectPlausible({ mean: meanP(sample, meanSquare(spectrum, batch)) }, RATE);
    // swapped variances are noticed, and so is a mean variance in place of the spectrum
    expect(meanP(sample, meanSquare(swapped(spectrum), batch))).toBeLessThan(FALSE_ALARM);
    const mean = spectrum.reduce((sum, { variance, multiplicity }) => sum + (variance * multiplicity) / 20, 0);
    const isotropic = spectrum.map(({ multiplicity }) => ({ variance: mean, multiplicity }));
    expect(meanP(sample, meanSquare(isotropic, batch))).toBeLessThan(FALSE_ALARM);
  });
});

describe("the chain and the dense kernel have the same law", () => {
  const COUNT = 5000;
  const two = spectrumOf([1.7, 12], [0.4, 18]);
  const three = spectrumOf([2.5, 3], [0, 4], [0.6, 14]);
  const settings: Record<string, Settings> = {
    "two eigenspaces": { d: 30, p: 3, k: 2, gamma: 1, Delta: 0.1, spectrum: two },
    "two eigenspaces, batches of 3, both layers": {
      d: 30,
      p: 4,
      k: 2,
      batch: 3,
      gamma: 1.5,
      gammaA: 0.5,
      kappa: 0.3,
      kappaA: 0.2,
      spectrum: two,
    },
    "three eigenspaces, relu, both layers": {
      d: 21,
      p: 3,
      k: 2,
      student: "relu",
      gamma: 0.4,
      gammaA: 0.3,
      kappa: 0.2,
      Delta: 0.1,
      spectrum: three,
    },
    "three eigenspaces, batches of 5 (compressed)": {
      d: 21,
      p: 3,
      k: 2,
      batch: 5,
      gamma: 2,
      Delta: 0.1,
      spectrum: three,
    },
  };
  const names = Object.keys(settings);
  const pathOf = (name: string): Path => ({
    settings: settings[name],
    start: someState(core, settings[name], 60 + names.indexOf(name)),
    steps: [0.5, 1.5].map((t) => Math.round(t * settings[name].d)),
  });

  function compared(path: Path, x: Float64Array[], y: Float64Array[]): Record<string, number> {
    const entries = path.steps.flatMap((nu) => entriesOf(path.settings).map(({ name }) => `${name} after ${nu} steps`));
    return {
      ...Object.fromEntries(entries.map((entry, i) => [entry, twoSampleKolmogorovP(x[i], y[i])])),
      "all entries together": sameLawP(x, y),
    };
  }

  test.each(names)("%s", (name) => {
    const path = pathOf(name);
    const got = samplesOf(chains, core, path, { seed: 31, count: COUNT }).map(rounded);
    const want = samplesOf(dense, core, path, { seed: 32, count: COUNT }).map(rounded);
    expectPlausible(compared(path, got, want), RATE);
    // the same rows under other inputs
    const { spectrum = [] } = path.settings;
    const other = { ...path, settings: { ...path.settings, spectrum: swapped(spectrum) } };
    const wrong = samplesOf(chains, core, other, { seed: 31, count: COUNT }).map(rounded);
    expect(() => expectPlausible(compared(path, wrong, want), RATE)).toThrow("improbable");
  });

  test("one degree of freedom too many in an eigenspace is noticed", () => {
    const path = pathOf(names[0]);
    const want = samplesOf(dense, core, path, { seed: 32, count: COUNT }).map(rounded);
    // the same rates over d
    const change = { d: 31, gamma: 31 / 30, spectrum: spectrumOf([1.7, 13], [0.4, 18]) };
    const more = { ...path, settings: { ...path.settings, ...change } };
    const wrong = samplesOf(chains, core, more, { seed: 31, count: COUNT }).map(rounded);
    expect(sameLawP(wrong, want)).toBeLessThan(RATE);
  });

  test("variance 1 in one eigenspace or in two: isotropic inputs", () => {
    // 12 + 18 dimensions with a factor each against 30 with one: the same Omega from rows side by side
    const common: Settings = { d: 30, p: 3, k: 2, gamma: 1, Delta: 0.1 };
    const split = { ...common, spectrum: spectrumOf([1, 12], [1, 18]) };
    const start = someState(core, split, 5);
    const path: Path = { settings: split, start, steps: [15, 45] };
    const got = samplesOf(chains, core, path, { seed: 33, count: COUNT }).map(rounded);
    // dense rows: one frame of all dimensions in place of two
    const isotropic: Path = { settings: common, start, steps: [15, 45] };
    const want = samplesOf(dense, core, isotropic, { seed: 34, count: COUNT }).map(rounded);
    expectPlausible(compared(path, got, want), RATE);
    const one = { ...common, spectrum: spectrumOf([1, 30]) };
    const few = someState(core, common, 5);
    const [rows, pairs] = [one, common].map((settings, i) =>
      samplesOf(chains, core, { settings, start: few, steps: [15, 45] }, { seed: 35 + i, count: COUNT }).map(rounded),
    );
    expectPlausible(compared({ settings: one, start: few, steps: [15, 45] }, rows, pairs), RATE);
  });
});
