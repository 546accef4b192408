// What must give the same bits everywhere: some runs, each reduced to a hash. Knows nothing of where it runs.

/** FNV-1a, 64 bits, over the little-endian bytes of f64 numbers; every NaN counts as one and the same. */
export function hashNumbers(...arrays) {
  const view = new DataView(new ArrayBuffer(8));
  let hash = 0xcbf29ce484222325n;
  for (const array of arrays) {
    for (const x of array) {
      view.setFloat64(0, x, true);
      if (Number.isNaN(x)) view.setBigUint64(0, 0x7ff8000000000000n, true); // the sign and payload are the engine's choice
      for (let i = 0; i < 8; i++) hash = BigInt.asUintN(64, (hash ^ BigInt(view.getUint8(i))) * 0x100000001b3n);
    }
  }
  return hash.toString(16).padStart(16, "0");
}

/** Hashes times, excess risks and every saved state: not `toBuffer()`, whose header carries versions. */
export function hashTrajectory(trajectory) {
  const arrays = [trajectory.time, trajectory.risk];
  for (let i = 0; i < trajectory.length; i++) {
    const { P, M, Q, a, aStar, empiricalRisk } = trajectory.state(i);
    arrays.push(P, M, Q, a, aStar, ...(empiricalRisk === undefined ? [] : [[empiricalRisk]]));
  }
  return hashNumbers(...arrays);
}

/** Hashes times, counts, means, quantiles and a covariance. */
function hashEnsemble(ensemble) {
  const curves = [ensemble.mean, ensemble.quantile(0.3)].flatMap((each) =>
    Array.from({ length: ensemble.length }, (_, i) => {
      const { P, M, Q, a, aStar, risk } = each.state(i);
      return [[risk], P, M, Q, a, aStar];
    }).flat(),
  );
  return hashNumbers(ensemble.time, ensemble.counts, ...curves, ensemble.covariance(-1).values);
}

/** Fits, label and points of a cell of a phase diagram. */
function numbersOfCell({ sum, label, finiteSize, supremum, limit, risk, samples }) {
  const measured = [finiteSize, supremum, limit, risk, samples].flatMap(({ exponent, standardError, ode, points }) => [
    exponent,
    standardError,
    ode,
    ...points.flatMap((point) => [point.learningRate, point.value, point.standardError]),
  ]);
  return [sum?.value, label?.confidence, ...measured].map((x) => x ?? Number.NaN);
}

/** Words, normals and chi variates of some blocks, straight from the core. */
async function samplers(wasm) {
  const { instance } = await WebAssembly.instantiate(wasm, { env: { abort: () => undefined } });
  const core = instance.exports;
  core.initialise();
  const count = 4096;
  const block = core.arenaAllocate(8 * count + 1024);
  const [key, state, degrees] = [block + 8 * count, block + 8 * count + 128, block + 8 * count + 256];
  const draw = (fill, View = Float64Array) => {
    const drawn = [];
    for (const at of [0n, 1n, 1n << 52n]) {
      core.makeKey(key, 2 ** 53 - 1, 7, 3);
      core.seekBlock(state, key, at);
      fill(at);
      drawn.push(new View(core.memory.buffer, block, count).slice());
    }
    return hashNumbers(...drawn);
  };
  const chi = () => {
    new Float64Array(core.memory.buffer, degrees, 4).set([0.5, 3, 1e3, 1e20]);
    core.fillChi(key, 5n, degrees, block, 4);
    return hashNumbers(new Float64Array(core.memory.buffer, block, 4).slice());
  };
  return {
    words: draw(() => core.fillWords(state, block, count), Uint32Array),
    "normals f64": draw((at) => core.fillNormals(state, key, at, block, count)),
    "normals f32": draw((at) => core.fillNormals32(state, key, at, block, count), Float32Array),
    chi: chi(),
  };
}

const narrow = { inputDimension: 500, studentWidth: 4, teacherWidth: 2, learningRate: 0.2, noiseVariance: 1e-4 };
const odd = {
  inputDimension: 37,
  studentWidth: 3,
  teacherWidth: 5,
  learningRate: 0.1,
  weightDecay: 0.01,
  batchSize: 3,
};
const bothLayers = { ...narrow, scaling: "mean-field", secondLayer: { learningRate: 0.1, weightDecay: 0.001 } };
/** One of every family of integrals. */
const families = [
  "relu",
  { kind: "leaky-relu", slope: -0.3 },
  "quadratic",
  { hermite: [0.1, 0.7, 0.2, 0.3] },
  "tanh",
  "logistic",
  "softplus",
  "gelu",
  { student: "relu", teacher: "tanh" },
];
const save = { times: [0, 0.1, 1, 5, 20] };
const logarithmic = { count: 12, spacing: "log" };

/**
 * Runs everything with the namespace of the built package; `wasm` is the bytes of its binary, for an engine of its own.
 * @param {typeof import("../../src/index.ts")} library
 * @param {{ wasm: Uint8Array }} options
 * @returns {Promise<Record<string, string>>} a hash for each name
 */
export async function workload(library, { wasm }) {
  const { integrate, simulate, ensemble, fixedPoint, meanField, phaseDiagram, createEngine } = library;
  const engine = await createEngine({ wasm });
  const runs = {
    "ode, first layer": () => integrate(narrow, { until: 20, save, seed: 1 }),
    "ode, both layers": () => integrate(bothLayers, { until: 20, save, seed: 2 }),
    "ode, gradient flow, log-spaced": () =>
      integrate(odd, { until: 20, save: logarithmic, seed: 3, terms: "gradient-flow" }),
    "ode, late times by both solvers": () => integrate(narrow, { until: 1e5, save: logarithmic, seed: 1 }),
    "ode, quasi-random noise": () => integrate(odd, { until: 5, save: logarithmic, seed: 3, noise: { points: 256 } }),
    "ode, limit of a region": () =>
      integrate(
        { ...narrow, scaling: "mean-field" },
        { until: 2, save: { times: [2] }, seed: 1, limit: { region: { kappa: 0.3, delta: -0.4 } } },
      ),
    "mean map at finite d": () => integrate(odd, { until: 20, save: logarithmic, seed: 3, limit: "finite-d" }),
    "dense f64, first layer": () => simulate(narrow, { until: 20, save, seed: 1, method: "dense" }),
    "dense f64, both layers": () => simulate(bothLayers, { until: 20, save, seed: 2, method: "dense" }),
    "dense f64, mini-batches, odd sizes": () =>
      simulate(odd, { until: 20, save: logarithmic, seed: 3, method: "dense" }),
    "dense f32, first layer": () => simulate(narrow, { until: 20, save, seed: 1, method: "dense", precision: "f32" }),
    "dense f64, engine from bytes": () => engine.simulate(narrow, { until: 20, save, seed: 1, method: "dense" }),
    "finite set, reshuffled": () =>
      simulate({ ...odd, noiseVariance: 0.1, data: { samples: 50 } }, { until: 20, save: logarithmic, seed: 3 }),
    "finite set with replacement, f32": () =>
      simulate({ ...odd, data: { samples: 50, order: "replace" } }, { until: 20, save, seed: 3, precision: "f32" }),
    "finite set, gradient flow": () =>
      simulate(
        { ...odd, batchSize: 1, noiseVariance: 0.1, data: { samples: 50, order: "gradient-flow" } },
        { until: 20, save: logarithmic, seed: 3 },
      ),
    "chain, first layer": () => simulate(narrow, { until: 20, save, seed: 1, method: "chain" }),
    "chain, both layers": () => simulate(bothLayers, { until: 20, save, seed: 2, method: "chain" }),
    "chain, mini-batches, odd sizes": () => simulate(odd, { until: 20, save: logarithmic, seed: 3, method: "chain" }),
    "chain, d = 1e20 on the sphere": () =>
      simulate(
        { ...bothLayers, inputDimension: 1e20, activation: "relu", inputs: "sphere" },
        { until: 1e-17, save: { times: [1e-18, 1e-17] }, seed: 4 },
      ),
  };
  for (const activation of families) {
    const name = JSON.stringify(activation);
    const given = { ...bothLayers, activation };
    runs[`ode, ${name}`] = () => integrate(given, { until: 2, save: { times: [2] }, seed: 5, rtol: 1e-6 });
    runs[`chain, ${name}`] = () => simulate(given, { until: 2, save: { times: [2] }, seed: 5, method: "chain" });
  }
  for (const representation of ["particles", "order-parameters", "reduced"]) {
    const given = { ...bothLayers, scaling: { student: 1 / 4, teacher: 1 }, activation: "relu" };
    const options = { until: 5, save: logarithmic, seed: 6, representation };
    runs[`mean field, ${representation}`] = async () => (await meanField(given, options)).trajectory();
  }
  // by two workers where the place allows them
  const ensembles = {
    "ensemble, four to the lanes": () => ensemble(narrow, { until: 20, save, seed: 1, replicas: 10, workers: 2 }),
    "ensemble, mini-batches, odd sizes": () =>
      ensemble(odd, { until: 20, save: logarithmic, seed: 3, replicas: 5, method: "chain", workers: 2 }),
    "ensemble, dense f32": () =>
      ensemble(narrow, { until: 5, save: { times: [5] }, seed: 1, replicas: 3, precision: "f32", workers: 2 }),
  };
  const hashes = await samplers(wasm);
  for (const [name, run] of Object.entries(runs)) hashes[name] = hashTrajectory(await run());
  for (const activation of ["erf", "relu", "tanh"]) {
    const { state, eigenvalues } = await fixedPoint({ ...narrow, studentWidth: 2, activation }, { near: "symmetric" });
    const rates = eigenvalues.flatMap(({ re, im }) => [re, im]);
    hashes[`fixed point, ${activation}`] = hashNumbers(state.M, state.Q, rates);
  }
  const { cells } = await phaseDiagram({ kappa: [0, 0.3], delta: [-0.75, -0.35, 0.1], stepsPerCell: 7e5, workers: 2 });
  hashes["phase diagram"] = hashNumbers(...cells.map(numbersOfCell));
  for (const [name, run] of Object.entries(ensembles)) hashes[name] = hashEnsemble(await run());
  return hashes;
}
