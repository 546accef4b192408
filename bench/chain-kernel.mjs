/** Steps of the exact Omega chain, driven bare: the run that `src/wasm/chain.ts` lays out, without its TypeScript. */

/**
 * @param core a `RawCore`
 * @param lanes 1, or 4 replicas side by side
 */
export function chainKernel(core, { p, k, d, gamma, Delta }, lanes) {
  const { kernels } = core;
  const m = p + k;
  const keys = (purpose) => {
    const address = core.bytes(128 * lanes);
    for (let lane = 0; lane < lanes; lane++) kernels.makeKey(address + 128 * lane, 1, lane, purpose);
    return address;
  };
  const erf = core.text("activationNames").split(" ").indexOf("erf");
  const values = {
    ...{ lanes, d, p, k, batch: 1, studentActivation: erf, teacherActivation: erf, studentScale: 1, teacherScale: 1 },
    ...{ sphere: 0, spectrum: 0, eigenspaces: 0, noise: Math.sqrt(Delta), decay: 0, trainsSecond: 0, secondDecay: 0 },
    rate: core.put([1, 0, 0, gamma]),
    secondRate: core.put([1, 0, 0, 0]),
    ...{ inputKeys: keys(3), chiKeys: keys(4) },
    work: core.bytes(kernels.chainBytes(lanes, d, p, k, 1, 0)),
    ...{ step: 0, alive: 0 },
  };
  const run = core.block("chainFields", values);
  kernels.chainPrepare(run);
  const factor = core.put(startFactor(p, k));
  const ones = core.put(new Float64Array(m).fill(1));
  for (let lane = 0; lane < lanes; lane++) kernels.chainLoad(run, lane, factor, m, ones, ones);
  const omega = core.bytes(8 * m * m);
  return {
    address: run,
    run(steps) {
      if (kernels.chainSteps(run, steps) !== steps) throw new Error("bench: the chain diverged");
    },
    /** Omega, (k + p) x (k + p), teacher first. */
    omega() {
      kernels.chainOrderParameters(run, 0, omega);
      return core.view(omega, m * m).slice();
    },
  };
}

/** Orthonormal teachers; each student half a teacher and the rest a direction of its own: the state of dense-problem.mjs. */
function startFactor(p, k) {
  const m = p + k;
  const L = new Float64Array(m * m);
  for (let r = 0; r < k; r++) L[r * m + r] = 1;
  for (let i = 0; i < p; i++) {
    L[(k + i) * m + (i % k)] = 0.5;
    L[(k + i) * m + k + i] = Math.sqrt(0.75);
  }
  return L;
}
