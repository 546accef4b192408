// Chains among dense SGD: explicit d-dimensional networks and inputs that have a chain's coordinates in random orthonormal frames.
import { expect } from "vitest";
import { expectSameBits } from "./bits.js";
import { type Begin, Chain, numbersOf, type Settings, spacesOf } from "./chain.js";
import { BatchReference } from "./chain-batch.js";
import type { Core } from "./core.js";
import { type Network, orderParametersOf, type Rules, type Sample, sgdStep } from "./dense-reference.js";

const dot = (u: ArrayLike<number>, v: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i] * v[i];
  return sum;
};

export function randomVectors({ exports, f64, read }: Core, seed: number, count: number, d: number): Float64Array[] {
  const key = f64(16);
  exports.makeKey(key, seed, 0, 9);
  const out = f64(count * d);
  exports.fillScalarNormals(key, 0n, out, count * d);
  const all = read(out, count * d);
  return Array.from({ length: count }, (_, i) => all.slice(i * d, (i + 1) * d));
}

/** Makes vectors orthonormal, those of `to` first; twice, so that it is so to the last bit but a few. */
export function orthonormal(vectors: Float64Array[], to: readonly Float64Array[] = []): Float64Array[] {
  const done = [...to];
  return vectors.map((v) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const u of done) {
        const c = dot(u, v);
        for (let i = 0; i < v.length; i++) v[i] -= c * u[i];
      }
    }
    const norm = Math.sqrt(dot(v, v));
    for (let i = 0; i < v.length; i++) v[i] /= norm;
    done.push(v);
    return v;
  });
}

export function combination(coordinates: ArrayLike<number>, vectors: readonly Float64Array[], d: number): Float64Array {
  const x = new Float64Array(d);
  vectors.slice(0, coordinates.length).forEach((v, j) => {
    for (let i = 0; i < d; i++) x[i] += coordinates[j] * v[i];
  });
  return x;
}

/** Rows of norm sqrt d in a frame of one vector for each column of the factor. */
export function networkOf({ factor, a, aStar }: Begin, frame: readonly Float64Array[], { d, k }: Settings): Network {
  const rows = factor.map((row) => Array.from(combination(row, frame, d), (x) => x * Math.sqrt(d)));
  return { WStar: rows.slice(0, k), W: rows.slice(k), a: a.slice(), aStar: aStar.slice() };
}

export function rulesOf({ exports, f64 }: Core, settings: Settings): Rules {
  const { student = "erf", teacher = student, ns = 1, nt = 1, gamma = 0.5, gammaA, kappa, kappaA, Delta } = settings;
  const rate = (value: number | number[]) => {
    const address = f64(typeof value === "number" ? [1, 0, 0, value] : value);
    return (t: number) => exports.scheduleAt(address, t);
  };
  return {
    student,
    teacher,
    ns,
    nt,
    gamma: rate(gamma),
    gammaA: gammaA === undefined ? undefined : rate(gammaA),
    kappa,
    kappaA,
    Delta,
  };
}

/** The covariance of a network's fields, row-major, teacher first: W C W^T / d. */
export function covarianceOf(network: Network, { d, spectrum }: Settings): number[] {
  const roots = (spectrum ?? [{ variance: 1, multiplicity: d }]).flatMap(({ variance, multiplicity }) =>
    new Array(multiplicity).fill(Math.sqrt(variance)),
  );
  const scaled = (rows: number[][]) => rows.map((row) => row.map((x, j) => roots[j] * x));
  // Q of a network whose student has all rows
  return orderParametersOf({ ...network, W: scaled([...network.WStar, ...network.W]), WStar: [] }).Q;
}

export function expectOmega(chain: Chain, network: Network, tolerance: number, step: number): void {
  const Omega = chain.omega();
  const m = network.W.length + network.WStar.length;
  let worst = 0;
  covarianceOf(network, chain.settings).forEach((want, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    worst = Math.max(
      worst,
      Math.abs(Omega[at] - want) / Math.max(1, Math.abs(want)),
      Math.abs(Omega[at] - Omega[j * m + i]),
    );
  });
  chain.save().a.forEach((x, i) => {
    worst = Math.max(worst, Math.abs(x - network.a[i]));
  });
  expect(worst, `step ${step}`).toBeLessThan(tolerance);
}

/**
 * Steps of a chain in rows (assembly/online/chain-batch.ts) equal those of dense SGD to 1e-12. A reference equals the kernel bit for bit, and turns the
 * frame in which the explicit inputs lie.
 */
export function expectDenseSgd(core: Core, settings: Settings, start: Begin, steps: number): void {
  const { d } = settings;
  const spaces = spacesOf(settings);
  const address = { seed: 1, stream: 8 };
  /** Vectors of an eigenspace, zero in the others. */
  const vectorsIn = (e: number, seed: number, count: number) => {
    const before = spaces.slice(0, e).reduce((sum, { D }) => sum + D, 0);
    return randomVectors(core, seed + 10_000 * e, count, spaces[e].D).map((v) => {
      const x = new Float64Array(d);
      x.set(v, before);
      return x;
    });
  };
  const frame = spaces.flatMap(({ n, offset, end }, e) => [
    ...orthonormal(vectorsIn(e, 6, n)),
    ...Array.from({ length: end - offset - n }, () => new Float64Array(d)),
  ]);
  const basis = spaces.flatMap(({ n, offset }) => frame.slice(offset, offset + n));
  const network = networkOf(start, basis, settings);
  const chain = new Chain(core, settings, [address]).load(0, start);
  const reference = new BatchReference(core, settings, start);
  const numbers = numbersOf(core, settings, address);
  const rules = rulesOf(core, settings);
  for (let nu = 0; nu < steps; nu++) {
    // new directions for the parts of the samples outside of the span
    spaces.forEach(({ n, offset, orthogonal }, e) => {
      const span = frame.slice(offset, offset + n);
      frame.splice(offset + n, orthogonal, ...orthonormal(vectorsIn(e, 1000 + nu, orthogonal), span));
    });
    const old = frame.map((v) => v.slice());
    const now = numbers(nu);
    const samples = reference
      .step(now, frame)
      .map((x, b): Sample => ({ x: combination(x, old, d), zeta: now.zeta[b] }));
    sgdStep(network, rules, nu, samples);
    expect(chain.steps(1)).toBe(1);
    expectSameBits(chain.save().factor, reference.factor, `step ${nu}`);
    expectSameBits(chain.save().a, reference.a, `step ${nu}, a`);
    expectOmega(chain, network, 1e-12, nu);
  }
}
