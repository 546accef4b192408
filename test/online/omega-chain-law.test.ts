// The chain in law: the linear perceptron's exact recursion at d = 20, and what holds along every path.
import { describe, expect, test } from "vitest";
import { smallestEigenvalue } from "../../src/linalg/linear-algebra.js";
import { CHI, Chain, INPUTS, loadChainCore, type Settings } from "../support/chain.js";
import { expectPlausible, meanP } from "../support/statistics.js";

const core = loadChainCore("release");

/** |w - w*|^2 / d of `count` replicas after `steps` steps from w* = e_1, w = e_2 (in norms of sqrt d). */
function distances(settings: Settings, steps: number, count: number): Float64Array {
  const lanes = (settings.batch ?? 1) > 1 ? 1 : 4;
  const chain = new Chain(core, settings, new Array(lanes).fill({ seed: 0, stream: 0 }));
  const start = [core.f64([1, 0, 0, 1]), 2, core.f64([1]), core.f64([1])];
  return Float64Array.from({ length: count }, (_, r) => {
    const lane = r % lanes;
    if (lane === 0) {
      chain.set({ step: 0 });
      for (let l = 0; l < lanes; l++) {
        core.exports.makeKey(chain.get("inputKeys") + 128 * l, 99, r + l, INPUTS);
        core.exports.makeKey(chain.get("chiKeys") + 128 * l, 99, r + l, CHI);
        core.exports.chainLoad(chain.run, l, ...start);
      }
      chain.steps(steps);
    }
    const [P, M, , Q] = chain.omega(lane);
    return P - 2 * M + Q;
  });
}

describe("linear perceptron at d = 20 (E.0)", () => {
  const d = 20;
  const eta = 0.8;
  const Delta = 0.2;
  const steps = 30;
  /**
   * One step moves v = w - w* by (eta / (B sqrt d)) sum_b e_b x_b, e = -v.x / sqrt d + noise. E|e x|^2 is (d + 2) D + d Delta for Gaussian inputs and
   * d (D + Delta) on the sphere; E[e x] = -v / sqrt d.
   */
  const mean = (B: number, sphere: boolean) => {
    let D = 2;
    for (let nu = 0; nu < steps; nu++) {
      const square = sphere ? d * (D + Delta) : (d + 2) * D + d * Delta;
      D += (-2 * eta * D) / d + ((eta * eta) / (d * d)) * (square / B + (1 - 1 / B) * D);
    }
    return D;
  };
  const cases: [string, number, boolean, number][] = [
    ["Gaussian inputs", 1, false, 40000],
    ["on the sphere", 1, true, 40000],
    ["batches of 4 (compressed)", 4, false, 20000],
    ["batches of 4 on the sphere", 4, true, 20000],
  ];

  test("means over replicas (false-alarm rate 1e-6 over all)", () => {
    const p = cases.map(([name, batch, sphere, count]) => {
      const settings: Settings = { d, p: 1, k: 1, batch, sphere, student: "linear", gamma: eta, Delta };
      return [name, meanP(distances(settings, steps, count), mean(batch, sphere))];
    });
    expectPlausible(Object.fromEntries(p));
  });

  test("the test notices a dropped norm: sphere against Gaussian", () => {
    const settings: Settings = { d, p: 1, k: 1, sphere: true, student: "linear", gamma: eta, Delta };
    expect(meanP(distances(settings, steps, 40000), mean(1, false))).toBeLessThan(1e-6);
  });
});

describe("Omega stays positive semi-definite", () => {
  const cases: Record<string, Settings> = {
    "to convergence without noise": { d: 50, p: 2, k: 2, gamma: 0.8 },
    "with noise, d = 1e20": { d: 1e20, p: 4, k: 2, gamma: 0.5, Delta: 0.1 },
    "decay to nothing": { d: 100, p: 4, k: 2, student: "relu", gamma: 0.01, kappa: 3 },
    "batches, both layers": { d: 40, p: 5, k: 2, batch: 8, gamma: 0.5, gammaA: 0.1, Delta: 0.1 },
  };
  test.each(Object.keys(cases))("%s", (name) => {
    const settings = cases[name];
    const m = settings.p + settings.k;
    const factor = Array.from({ length: m }, (_, i) =>
      Array.from({ length: m }, (_, j) => (j > i ? 0 : i === j ? 1 : 0.2 / (1 + i + j))),
    );
    const ones = (n: number) => new Array(n).fill(1);
    const chain = new Chain(core, settings, [{ seed: 3, stream: 0 }]).load(0, {
      factor,
      a: ones(settings.p),
      aStar: ones(settings.k),
    });
    for (let i = 0; i < 20; i++) {
      expect(chain.steps(5000)).toBe(5000);
      const Omega = chain.omega();
      const trace = Omega.reduce((sum, x, at) => sum + (at % (m + 1) === 0 ? x : 0), 0);
      expect(Number.isFinite(trace)).toBe(true);
      // Omega is a Gram matrix rounded: m eps of its trace, and what Jacobi's rotations add
      expect(smallestEigenvalue(Omega, m)).toBeGreaterThan(-1e-14 * trace);
      for (let r = 0; r < settings.k; r++)
        expect(Omega[r * m + r]).toBeCloseTo(
          factor[r].reduce((sum, x) => sum + x * x, 0),
          14,
        );
    }
  });
});
