/**
 * The chain against dense SGD in law (THEORY D.5): Kolmogorov-Smirnov tests of every entry of M, Q and a at three times, over replicas from one
 * start, each with streams of its own.
 *
 * Tests of one setting share their replicas, so counts of small p-values have no simple law. Two judgements hold under any dependence: Bonferroni's
 * bound on the smallest p-value, which is a sum of probabilities, and the law of one decorrelated statistic of a setting, T^2. These are independent
 * from setting to setting, so Fisher's sum of their logarithms is chi-squared: it finds what is a little wrong everywhere.
 *
 * False-alarm rate of the file: FALSE_ALARM = 1e-6 in all, an equal share for each setting, for Fisher's sum and for the tests' own test.
 */
import { describe, expect, test } from "vitest";
import { type Begin, loadChainCore, type Settings, someState } from "../support/chain.js";
import { chains, chainsWithNorm, dense, type Ensemble, entriesOf, type Path, samplesOf } from "../support/ensemble.js";
import { chiSquareP, expectPlausible, FALSE_ALARM, kolmogorovP } from "../support/statistics.js";
import { rounded, sameLawP, twoSampleKolmogorovP } from "../support/two-samples.js";

const core = loadChainCore("release");
const COUNT = 10000;
const JOINT = "all entries together";

const everything: Partial<Settings> = { Delta: 0.1, gammaA: 0.5, kappa: 0.3, kappaA: 0.2 };
const settings: Record<string, Settings> = {
  "erf, d = 20": { d: 20, p: 3, k: 2, gamma: 1 },
  "erf, d = 50": { d: 50, p: 4, k: 2, gamma: 1, Delta: 0.05 },
  "erf, both layers, decays, noise, schedule": { d: 30, p: 3, k: 2, gamma: [2, 1, 0, 2, 1.3, 0.7], ...everything },
  "batches of 3, p = 2, both layers": { d: 30, p: 2, k: 2, batch: 3, gamma: 1.5, ...everything },
  "batches of 3, p = 5": { d: 30, p: 5, k: 2, batch: 3, gamma: 1, Delta: 0.1 },
  "relu, mean-field": { d: 25, p: 4, k: 2, student: "relu", ns: 1 / 4, nt: 1 / 2, gamma: 3, Delta: 0.05 },
  "relu, batches of 3, both layers": { d: 12, p: 3, k: 1, batch: 3, student: "relu", gamma: 0.3, ...everything },
  linear: { d: 20, p: 2, k: 2, student: "linear", gamma: 0.5, Delta: 0.2, kappa: 0.2 },
  "one linear student": { d: 8, p: 1, k: 1, student: "linear", gamma: 1.2, Delta: 0.1 },
  quadratic: { d: 40, p: 3, k: 2, student: "quadratic", gamma: 0.03, Delta: 0.1 },
  "identical students": { d: 20, p: 3, k: 2, gamma: 1, Delta: 0.1 },
  "d = 3 < p + k": { d: 3, p: 3, k: 2, gamma: 0.7, Delta: 0.1, gammaA: 0.3 },
  "d = 4 < p + k, batches of 3": { d: 4, p: 3, k: 2, batch: 3, gamma: 1, Delta: 0.1 },
  "d = 3 < k": { d: 3, p: 2, k: 4, gamma: 0.7 },
  "d = 5 = p + k": { d: 5, p: 3, k: 2, gamma: 0.7, Delta: 0.1, kappa: 0.3 },
  "d = 6, one direction left": { d: 6, p: 3, k: 2, gamma: 0.7, Delta: 0.1 },
  "d = 6, batches of 3, one direction left": { d: 6, p: 3, k: 2, batch: 3, gamma: 1, Delta: 0.1 },
  sphere: { d: 10, p: 3, k: 2, sphere: true, gamma: 1, Delta: 0.1 },
  "sphere, batches of 3": { d: 10, p: 2, k: 2, batch: 3, sphere: true, gamma: 1.5, gammaA: 0.4 },
};
const names = Object.keys(settings);
const RATE = FALSE_ALARM / (names.length + 2);

function startOf(name: string): Begin {
  if (name === "one linear student")
    return {
      factor: [
        [1, 0],
        [-0.5, 1],
      ],
      a: [1],
      aStar: [1],
    };
  const start = someState(core, settings[name], 1 + names.indexOf(name));
  if (name !== "identical students") return start;
  const { k } = settings[name];
  start.factor.fill(start.factor[k], k);
  start.a.fill(1);
  return start;
}

function pathOf(name: string, change: Partial<Settings> = {}): Path {
  const { d } = settings[name];
  const steps = [0.3, 1, 2].map((t) => Math.round(t * d));
  return { settings: { ...settings[name], ...change }, start: startOf(name), steps };
}

/** Once a setting: several tests ask for it. */
function remembered<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name)!;
  };
}

const denseSamples = remembered((name) =>
  samplesOf(dense, core, pathOf(name), { seed: 2000 + names.indexOf(name), count: COUNT }).map(rounded),
);

/** p-values of a setting: of each entry at each time, and of all together. */
function compared(name: string, ensemble: Ensemble = chains, change: Partial<Settings> = {}): Record<string, number> {
  const path = pathOf(name, change);
  const replicas = { seed: 1000 + names.indexOf(name), count: COUNT };
  const got = samplesOf(ensemble, core, path, replicas).map(rounded);
  const want = denseSamples(name);
  const entries = path.steps.flatMap((nu) =>
    entriesOf(path.settings).map((entry) => `${entry.name} after ${nu} steps`),
  );
  return {
    ...Object.fromEntries(entries.map((entry, i) => [entry, twoSampleKolmogorovP(got[i], want[i])])),
    [JOINT]: sameLawP(got, want),
  };
}

describe(`${COUNT} replicas of the chain and of dense SGD have the same law`, () => {
  const lawOf = remembered((name) => compared(name));

  test.each(names)("%s", (name) => expectPlausible(lawOf(name), RATE));

  test("all settings together", () => {
    const all = names.map(lawOf);
    const tests = all.reduce((sum, p) => sum + Object.keys(p).length - 1, 0);
    expect(tests).toBe(711);
    const fisher = all.reduce((sum, p) => sum - 2 * Math.log(p[JOINT]), 0);
    expectPlausible({ "Fisher's sum": chiSquareP(fisher, 2 * names.length) }, RATE);
  });
});

describe("the same tests notice", () => {
  const notices = (p: Record<string, number>) => {
    const { [JOINT]: joint, ...entries } = p;
    expect(() => expectPlausible(entries, RATE)).toThrow("improbable");
    expect(() => expectPlausible({ joint }, RATE)).toThrow("improbable");
  };
  /** nu = d' - k - p in place of d - k - p, and everything else as it is. */
  const otherDegrees = (name: string, more: number): Partial<Settings> => {
    const { d, gamma, gammaA, kappa, kappaA } = settings[name];
    const scaled = (rate: unknown) => (rate === undefined ? undefined : ((rate as number) * (d + more)) / d);
    return { d: d + more, gamma: scaled(gamma), gammaA: scaled(gammaA), kappa: scaled(kappa), kappaA: scaled(kappaA) };
  };
  const some = ["erf, d = 20", "erf, d = 50", "batches of 3, p = 5", "one linear student"];

  test.each([...some, "batches of 3, p = 2, both layers"])("chi-squared with d degrees of freedom: %s", (name) => {
    const { p, k } = settings[name];
    notices(compared(name, chains, otherDegrees(name, k + p)));
  });

  test.each(some)("one degree of freedom too many: %s", (name) => {
    notices(compared(name, chains, otherDegrees(name, 1)));
  });

  const batchOne = ["erf, d = 20", "erf, d = 50", "relu, mean-field", "one linear student"];

  test.each(batchOne)("a dropped norm: %s", (name) => {
    notices(compared(name, chainsWithNorm({ fixed: 0 })));
  });

  test("the norm's mean square in place of the norm", () => {
    const { d, p, k } = settings["one linear student"];
    notices(compared("one linear student", chainsWithNorm({ fixed: Math.sqrt(d - k - p) })));
  });

  test("and nothing in a chain that is stepped by hand with the norm's law", () => {
    const { d, p, k } = settings["erf, d = 20"];
    expectPlausible(compared("erf, d = 20", chainsWithNorm({ degrees: d - k - p })), RATE);
  });
});

describe("the tests themselves", () => {
  test("Kolmogorov-Smirnov: of C(2n, n) orders of two samples, those as far apart", () => {
    const sample = (...values: number[]) => Float64Array.from(values);
    // n = 3: two of 20 orders have distance 1
    expect(twoSampleKolmogorovP(sample(6, 4, 5), sample(1, 3, 2))).toBeCloseTo(2 / 20, 13);
    // n = 4: 2 C(8, 1) of 70 have at least 3/4
    expect(twoSampleKolmogorovP(sample(1, 2, 3, 7), sample(4, 5, 6, 8))).toBeCloseTo(16 / 70, 13);
    // n = 4, distance 1/2: 2 C(8, 2) less 2 C(8, 0), which have it on both sides or twice as far
    expect(twoSampleKolmogorovP(sample(1, 2, 7, 8), sample(3, 4, 5, 6))).toBeCloseTo(54 / 70, 13);
    expect(twoSampleKolmogorovP(sample(0, 0, 1), sample(0, 1, 1))).toBe(1);
  });

  test("T^2 has the law that it claims, on correlated entries", () => {
    const path: Path = {
      settings: { d: 6, p: 1, k: 1, gamma: 1, gammaA: 0.3, Delta: 0.1 },
      start: {
        factor: [
          [1, 0],
          [0.3, 0.8],
        ],
        a: [1],
        aStar: [1],
      },
      steps: [2, 6, 12],
    };
    const [x, y] = [5, 6].map((seed) => samplesOf(chains, core, path, { seed, count: 100 * 500 }));
    const part = (samples: Float64Array[], i: number) =>
      samples.map((sample) => sample.subarray(500 * i, 500 * (i + 1)));
    const p = Float64Array.from({ length: 100 }, (_, i) => sameLawP(part(x, i), part(y, i)));
    expectPlausible({ uniform: kolmogorovP(p, (u) => u) }, RATE);
  });
});
