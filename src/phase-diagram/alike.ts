/**
 * The ODE of p student units that are all alike, facing one teacher unit: M_i = m, Q_ii = q, Q_ij = r. The start of a phase diagram is such a state and
 * the drift (B11) keeps it, so that three numbers are the whole ODE at any width, which costs the same for all.
 *
 * Unit 1's drift needs itself, one other unit, and sums over the n = p - 2 that are left. Those sums are linear (in h) or quadratic (in N and the risk) in their weights: over pairs,
 * n equal terms and n (n - 1) unequal ones. Two units of weights (n / 2, n / 2), and (n, 0), have n^2 / 2 and n^2 equal ones at the same total, and what is linear in that
 * number is extrapolated to n. The kernels of four units do the rest.
 */
import { parametersOf } from "../parameters.js";
import { problem } from "../problem.js";
import type { ActivationInput } from "../problem-types.js";
import { packState } from "../row.js";
import type { Core } from "../wasm/core.js";
import { OdeRun } from "../wasm/ode.js";
import { type RiskOf, riskFunction } from "../wasm/risk.js";

/** (m, q, r). */
export type Alike = readonly [m: number, q: number, r: number];

/** How fast the two parts of the drift act: rates of the gradient part, and of the noise part at learning rate 1. */
export interface Rates {
  readonly gradient: number;
  readonly noise: number;
}

/** Steps of a Runge-Kutta method of order 4 in a time in which units move by themselves. */
const STEPS = 24;

/** One choice of second-layer weights for the units that stand for all. */
interface Sample {
  readonly a: Float64Array;
  readonly gradient: OdeRun;
  readonly noise: OdeRun;
}

export class AlikeUnits {
  readonly p: number;
  readonly #units: number;
  readonly #samples: Sample[];
  /** Of the second sample; the first has the rest. */
  readonly #weight: number;
  readonly #riskOf: RiskOf;

  private constructor(p: number, units: number, samples: Sample[], riskOf: RiskOf) {
    this.p = p;
    this.#units = units;
    this.#samples = samples;
    this.#weight = p > 4 ? 2 / (p - 2) - 1 : 0;
    this.#riskOf = riskOf;
  }

  static async of(core: Core, p: number, activation: ActivationInput, Delta: number): Promise<AlikeUnits> {
    const units = Math.min(p, 4);
    const n = p - 2;
    const parameters = parametersOf(
      problem({
        inputDimension: 100,
        studentWidth: units,
        teacherWidth: 1,
        activation,
        scaling: { student: 1 / p, teacher: 1 },
        learningRate: 1,
        noiseVariance: Delta,
      }),
    );
    const theory = await core.theory();
    const riskOf = await riskFunction(core, parameters);
    const weights =
      p > 4
        ? [
            [1, 1, n / 2, n / 2],
            [1, 1, n, 0],
          ]
        : [Array(units).fill(1)];
    const samples = weights.map((values) => {
      const a = Float64Array.from(values);
      const setup = { P: Float64Array.of(1), aStar: Float64Array.of(1), y: stateOf([0, 1, 0], a) };
      return {
        a,
        gradient: new OdeRun(theory, parameters, { ...setup, terms: "gradient-flow" }),
        noise: new OdeRun(theory, parameters, { ...setup, terms: "noise" }),
      };
    });
    return new AlikeUnits(p, units, samples, riskOf);
  }

  /** d(m, q, r) / dt. */
  drift(y: Alike, { gradient, noise }: Rates): Alike {
    const parts = this.#samples.map((sample) => this.#part(sample, y, gradient, noise));
    return this.#between(parts);
  }

  /** Excess risk. */
  risk(y: Alike): number {
    const [P, aStar] = [Float64Array.of(1), Float64Array.of(1)];
    const { M, Q } = this.#matrices(y);
    const [first, second = first] = this.#samples.map(({ a }) => this.#riskOf({ P, M, Q, a, aStar }));
    return first + this.#weight * (second - first);
  }

  /** The state after a time, by steps of order 4: to some 1e-7 of what moves. */
  flow(start: Alike, time: number, rates: Rates): Alike {
    // a unit's own rates are the gradient's / p and the noise's / p^2
    const speed = rates.gradient / this.p + rates.noise / (this.p * this.p);
    const count = Math.max(4, Math.ceil(STEPS * time * speed));
    const h = time / count;
    let y = start;
    for (let i = 0; i < count; i++) y = this.#step(y, h, rates);
    return y;
  }

  free(): void {
    for (const { gradient, noise } of this.#samples) {
      gradient.free();
      noise.free();
    }
  }

  #step(y: Alike, h: number, rates: Rates): Alike {
    const k1 = this.drift(y, rates);
    const k2 = this.drift(moved(y, h / 2, k1), rates);
    const k3 = this.drift(moved(y, h / 2, k2), rates);
    const k4 = this.drift(moved(y, h, k3), rates);
    const mean = (i: 0 | 1 | 2) => (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) / 6;
    return moved(y, h, [mean(0), mean(1), mean(2)]);
  }

  #part({ a, gradient, noise }: Sample, y: Alike, gradientRate: number, noiseRate: number): Alike {
    const packed = stateOf(y, a);
    const u = this.#units;
    // [M (u numbers), Q_11, Q_12, ...]
    const read = (dy: Float64Array): Alike => [dy[0], dy[u], u > 1 ? dy[u + 1] : 0];
    const zero: Alike = [0, 0, 0];
    const drift = gradientRate === 0 ? zero : read(gradient.derivativeAt(0, packed));
    const spread = noiseRate === 0 ? zero : read(noise.derivativeAt(0, packed));
    const sum = (i: 0 | 1 | 2) => gradientRate * drift[i] + noiseRate * spread[i];
    return [sum(0), sum(1), sum(2)];
  }

  #between(parts: readonly Alike[]): Alike {
    const [first, second = first] = parts;
    const at = (i: 0 | 1 | 2) => first[i] + this.#weight * (second[i] - first[i]);
    return [at(0), at(1), at(2)];
  }

  #matrices([m, q, r]: Alike): { M: Float64Array; Q: Float64Array } {
    const u = this.#units;
    return {
      M: new Float64Array(u).fill(m),
      Q: Float64Array.from({ length: u * u }, (_, at) => (Math.floor(at / u) === at % u ? q : r)),
    };
  }
}

function stateOf([m, q, r]: Alike, a: Float64Array): Float64Array {
  const u = a.length;
  const M = new Float64Array(u).fill(m);
  const Q = Float64Array.from({ length: u * u }, (_, at) => (Math.floor(at / u) === at % u ? q : r));
  return packState({ M, Q, a }, u, 1);
}

function moved(y: Alike, h: number, k: Alike): Alike {
  return [y[0] + h * k[0], y[1] + h * k[1], y[2] + h * k[2]];
}
