// The chain's kernels against their definition in plain loops, bit for bit: one chain, four in lanes, any chunks, any neighbours.
import { describe, expect, test } from "vitest";
import { expectSameBits } from "../support/bits.js";
import {
  type Begin,
  Chain,
  ChainReference,
  loadChainCore,
  numbersOf,
  type Settings,
  shapeOf,
  someState,
} from "../support/chain.js";
import type { Core, Target } from "../support/core.js";

const targets: Target[] = ["release", "debug"];
const cores = Object.fromEntries(targets.map((target) => [target, loadChainCore(target)])) as Record<Target, Core>;

const everything: Partial<Settings> = {
  ns: 0.7,
  nt: 0.9,
  Delta: 0.05,
  gamma: [2, 1, 0, 3, 0.8, 0.2],
  gammaA: 0.3,
  kappa: 0.2,
  kappaA: 0.1,
};

/** `steps` steps of the reference. */
function referenceAfter(
  core: Core,
  settings: Settings,
  start: Begin,
  address: { seed: number; stream: number },
  steps: number,
) {
  const reference = new ChainReference(core, settings, start);
  const numbers = numbersOf(core, settings, address);
  for (let nu = 0; nu < steps && !reference.ended; nu++) reference.step(numbers(nu));
  return reference;
}

describe.each(targets)("%s", (target) => {
  const core = cores[target];

  describe("the same bits in every layout", () => {
    const STEPS = 300;
    for (const p of [1, 2, 3, 4, 5, 7, 8, 16, 17]) {
      test.each([1, 2, 3, 8])(`p = ${p}, k = %i`, (k) => {
        const settings: Settings = { d: 60, p, k, ...everything };
        const replicas = [5, 6, 7, 8].map((stream) => ({ seed: 3, stream }));
        const lanes = new Chain(core, settings, replicas);
        replicas.forEach((_, lane) => lanes.load(lane, someState(core, settings, lane)));
        expect(lanes.steps(STEPS)).toBe(STEPS);
        replicas.forEach((address, lane) => {
          const start = someState(core, settings, lane);
          const one = new Chain(core, settings, [address]).load(0, start);
          expect(one.steps(STEPS)).toBe(STEPS);
          const want = referenceAfter(core, settings, start, address, STEPS).save();
          expectSameBits(one.save().factor, want.factor, "one chain");
          expectSameBits(one.save().a, want.a, "second layer of one chain");
          expectSameBits(lanes.save(lane).factor, want.factor, `lane ${lane}`);
          expectSameBits(lanes.save(lane).a, want.a, `second layer of lane ${lane}`);
          expectSameBits(lanes.omega(lane), one.omega(), `Omega of lane ${lane}`);
        });
      });
    }

    const settingsOf: Record<string, Settings> = {
      "erf, nothing else": { d: 1e20, p: 4, k: 2 },
      "erf on the sphere": { d: 12, p: 4, k: 2, sphere: true, Delta: 0.1 },
      relu: { d: 1000, p: 3, k: 2, student: "relu" },
      "linear, nu = 1": { d: 6, p: 3, k: 2, student: "linear", gamma: 0.3 },
      "quadratic, nu = 0": { d: 5, p: 3, k: 2, student: "quadratic", gamma: 0.05, Delta: 0.1 },
      "relu of erf, d < k + p, sphere": { d: 4, p: 3, k: 2, student: "relu", teacher: "erf", sphere: true },
      "tanh of softplus": { d: 50, p: 3, k: 3, student: "tanh", teacher: "softplus" },
      "softplus, both layers, odd": { d: 50, p: 3, k: 3, student: "softplus", gammaA: 0.3 },
      "GELU of a leaky ReLU": {
        d: 70,
        p: 5,
        k: 2,
        student: "gelu",
        teacher: { kind: "leaky-relu", slope: 0.2 },
        gamma: 0.3,
      },
      "a polynomial of a logistic": {
        ...{ d: 70, p: 4, k: 1, student: { hermite: [0.1, 0.8, -0.1, 0.05] }, teacher: "logistic", gamma: 0.1 },
      },
      "erf, d < k": { d: 2, p: 3, k: 4, kappa: 0.1 },
    };
    test.each(Object.keys(settingsOf))("%s", (name) => {
      const settings = settingsOf[name];
      const replicas = [0, 1, 2, 3].map((stream) => ({ seed: 11, stream }));
      const lanes = new Chain(core, settings, replicas);
      replicas.forEach((_, lane) => lanes.load(lane, someState(core, settings, 20 + lane)));
      lanes.steps(300);
      replicas.forEach((address, lane) => {
        const start = someState(core, settings, 20 + lane);
        const one = new Chain(core, settings, [address]).load(0, start);
        one.steps(300);
        const reference = referenceAfter(core, settings, start, address, 300);
        expect(one.made()).toBe(reference.nu);
        expect(lanes.made(lane)).toBe(reference.nu);
        expectSameBits(one.save().factor, reference.save().factor, "one chain");
        expectSameBits(lanes.save(lane).factor, reference.save().factor, `lane ${lane}`);
      });
    });

    test("identical and zero students", () => {
      const settings: Settings = { d: 50, p: 5, k: 2, Delta: 0.1, kappa: 0.3 };
      const start: Begin = {
        factor: [
          [1, 0, 0, 0, 0, 0, 0],
          [0.2, 0.9, 0, 0, 0, 0, 0],
          [0, 0, 0, 0, 0, 0, 0],
          [0.1, 0.2, 0.5, 0, 0, 0, 0],
          [0.1, 0.2, 0.5, 0, 0, 0, 0],
          [0, 0, 0, 0, 0, 0, 0],
          [0.2, 0.9, 0, 0, 0, 0, 0],
        ],
        a: [1, 0.5, 0.5, 1, 1],
        aStar: [1, 1],
      };
      const replicas = [0, 1, 2, 3].map((stream) => ({ seed: 2, stream }));
      const lanes = new Chain(core, settings, replicas);
      replicas.forEach((_, lane) => lanes.load(lane, start));
      lanes.steps(200);
      replicas.forEach((address, lane) => {
        const one = new Chain(core, settings, [address]).load(0, start);
        one.steps(200);
        const want = referenceAfter(core, settings, start, address, 200).save();
        expectSameBits(one.save().factor, want.factor, "one chain");
        expectSameBits(lanes.save(lane).factor, want.factor, `lane ${lane}`);
        const Omega = one.omega();
        const m = 7;
        // students 1 and 2 stay the same, and so do 0 and 3
        for (const [i, j] of [
          [3, 4],
          [2, 5],
        ]) {
          for (let u = 0; u < m; u++) expect(Math.abs(Omega[i * m + u] - Omega[j * m + u])).toBeLessThan(1e-14);
        }
      });
    });
  });

  describe("chunks", () => {
    const settingsOf: Record<string, Settings> = {
      one: { d: 40, p: 3, k: 2, ...everything },
      "batches of 3": { d: 40, p: 5, k: 2, batch: 3, ...everything },
      "batches of 200": { d: 40, p: 3, k: 2, batch: 200, ...everything },
    };
    test.each(Object.keys(settingsOf))("%s: results do not depend on them, nor on saving in between", (name) => {
      const settings = settingsOf[name];
      const address = { seed: 4, stream: 1 };
      const start = someState(core, settings, 3);
      const whole = new Chain(core, settings, [address]).load(0, start);
      whole.steps(300);
      let pieces = new Chain(core, settings, [address]).load(0, start);
      for (const count of [1, 2, 0, 60, 65, 1, 100]) expect(pieces.steps(count)).toBe(count);
      const { factor, a } = pieces.save();
      const { n } = shapeOf(settings);
      const rows = Array.from({ length: settings.p + settings.k }, (_, i) =>
        Array.from(factor.subarray(i * n, (i + 1) * n)),
      );
      pieces = new Chain(core, settings, [address]);
      pieces.set({ step: 229 });
      pieces.load(0, { factor: rows, a: Array.from(a), aStar: start.aStar });
      pieces.steps(71);
      expect(pieces.made()).toBe(300);
      expectSameBits(pieces.save().factor, whole.save().factor, "factor");
      expectSameBits(pieces.save().a, whole.save().a, "a");
    });

    test("lanes: results do not depend on them", () => {
      const settings: Settings = { d: 40, p: 3, k: 2, ...everything };
      const replicas = [0, 1, 2, 3].map((stream) => ({ seed: 4, stream }));
      const [whole, pieces] = [0, 1].map(() => {
        const chain = new Chain(core, settings, replicas);
        replicas.forEach((_, lane) => chain.load(lane, someState(core, settings, lane)));
        return chain;
      });
      whole.steps(300);
      for (const count of [1, 2, 0, 60, 65, 1, 171]) expect(pieces.steps(count)).toBe(count);
      replicas.forEach((_, lane) => expectSameBits(pieces.save(lane).factor, whole.save(lane).factor, `lane ${lane}`));
    });
  });

  describe("divergence", () => {
    const settings: Settings = {
      d: 30,
      p: 3,
      k: 2,
      student: "quadratic",
      gamma: 0.02,
      kappa: 0.3,
      gammaA: 0.01,
      Delta: 0.01,
    };
    const wild = (lane: number): Begin => {
      const start = someState(core, settings, lane);
      // fields so large that the first residuals blow up
      return { ...start, factor: start.factor.map((row, i) => (i < 2 ? row : row.map((v) => v * 60))) };
    };

    test("ends one chain before the step, and stays ended", () => {
      const chain = new Chain(core, settings, [{ seed: 1, stream: 0 }]).load(0, wild(0));
      const made = chain.steps(500);
      expect(made).toBeLessThan(500);
      const reference = referenceAfter(core, settings, wild(0), { seed: 1, stream: 0 }, 500);
      expect(reference.ended).toBe(true);
      expect(made).toBe(reference.nu);
      expect(chain.made()).toBe(made);
      expectSameBits(chain.save().factor, reference.save().factor, "state at the end");
      expectSameBits(chain.save().a, reference.save().a, "a at the end");
      expect(chain.steps(10)).toBe(0);
      // Omega and a are those before the step that was not made
      const before = new Chain(core, settings, [{ seed: 1, stream: 0 }]).load(0, wild(0));
      before.steps(made);
      const [got, want] = [chain.omega(), before.omega()];
      const scale = Math.max(...want.map(Math.abs));
      got.forEach((x, i) => expect(Math.abs(x - want[i])).toBeLessThan(1e-14 * scale));
      expectSameBits(chain.save().a, before.save().a, "a");
    });

    test("of some replicas leaves the others alone and keeps each one's end", () => {
      const replicas = [0, 1, 2, 3].map((stream) => ({ seed: 1, stream }));
      const starts = [someState(core, settings, 0), wild(1), someState(core, settings, 2), wild(3)];
      const lanes = new Chain(core, settings, replicas);
      starts.forEach((start, lane) => lanes.load(lane, start));
      expect(lanes.steps(77)).toBe(77);
      expect(lanes.steps(200)).toBe(200);
      expect(lanes.get("alive")).toBe(0b0101);
      replicas.forEach((address, lane) => {
        const one = new Chain(core, settings, [address]).load(0, starts[lane]);
        one.steps(277);
        expect(lanes.made(lane)).toBe(one.made());
        expect(one.made() < 277).toBe(lane % 2 === 1);
        expectSameBits(lanes.save(lane).factor, one.save().factor, `lane ${lane}`);
        expectSameBits(lanes.save(lane).a, one.save().a, `a of lane ${lane}`);
        expectSameBits(lanes.omega(lane), one.omega(), `Omega of lane ${lane}`);
      });
    });

    test("of all replicas ends the run", () => {
      const replicas = [0, 1, 2, 3].map((stream) => ({ seed: 1, stream }));
      const lanes = new Chain(core, settings, replicas);
      replicas.forEach((_, lane) => lanes.load(lane, wild(lane)));
      const made = lanes.steps(500);
      expect(made).toBeLessThan(500);
      expect(Math.max(...replicas.map((_, lane) => lanes.made(lane)))).toBe(made);
      expect(lanes.steps(10)).toBe(0);
    });
  });

  test("a replica's bits depend on its address only, whatever its lane and its neighbours", () => {
    const settings: Settings = { d: 1e6, p: 4, k: 2, Delta: 0.1 };
    const orders = [
      [0, 1, 2, 3],
      [3, 9, 0, 7],
      [1, 0, 0, 0],
      [8, 3, 5, 0],
    ];
    const ends = orders.map((order) => {
      const lanes = new Chain(
        core,
        settings,
        order.map((stream) => ({ seed: 6, stream })),
      );
      order.forEach((stream, lane) => lanes.load(lane, someState(core, settings, stream)));
      lanes.steps(1000);
      return lanes.save(order.indexOf(0)).factor;
    });
    for (const end of ends) expectSameBits(end, ends[0], "replica 0");
  });
});

test("release and debug give the same bits, in batches too", () => {
  for (const batch of [1, 2, 40]) {
    for (const d of [4, 8, 50]) {
      const settings: Settings = { d, p: 5, k: 2, batch, ...everything, sphere: batch === 2 };
      const [release, debug] = targets.map((target) => {
        const chain = new Chain(cores[target], settings, [{ seed: 9, stream: 2 }]).load(
          0,
          someState(cores[target], settings),
        );
        chain.steps(150);
        return chain;
      });
      expectSameBits(release.save().factor, debug.save().factor, `d = ${d}, batch = ${batch}`);
      expectSameBits(release.omega(), debug.omega(), "Omega");
    }
  }
});
