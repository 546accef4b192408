/** The dense step of the core, driven bare: the run that `src/wasm/dense.ts` lays out, without its TypeScript. */

const even = (n) => n + (n % 2);

/** @param core a `RawCore` */
export function denseKernel(core, { p, k, d, gamma, Delta }, { teacher, student }, precision) {
  const { kernels } = core;
  const single = precision === "f32";
  const type = single ? Float32Array : Float64Array;
  const rowBytes = Math.ceil((d * type.BYTES_PER_ELEMENT) / 64) * 64;
  const weights = core.bytes((k + p) * rowBytes);
  const rows = [...rowsOf(teacher, k, d), ...rowsOf(student, p, d)];
  rows.forEach((row, i) => {
    core.view(weights + i * rowBytes, d, type).set(row);
  });
  const inputKey = core.bytes(128);
  kernels.makeKey(inputKey, 1, 0, 0);
  const fields = () => core.bytes(8 * (even(k) + even(p) + 2));
  const erf = core.text("activationNames").split(" ").indexOf("erf");
  const run = core.block("denseFields", {
    single: single ? 1 : 0,
    ...{
      rowBytes,
      d,
      p,
      k,
      batch: 1,
      studentActivation: erf,
      teacherActivation: erf,
      studentScale: 1,
      teacherScale: 1,
    },
    ...{ sphere: 0, spectrum: 0, eigenspaces: 0, noise: Math.sqrt(Delta), decay: 0, trainsSecond: 0, secondDecay: 0 },
    rate: core.put([1, 0, 0, gamma]),
    secondRate: core.put([1, 0, 0, 0]),
    weights,
    samples: core.bytes(2 * (rowBytes + 64)),
    ...{ fields: fields(), values: fields(), slopes: fields() },
    pending: core.bytes(8 * even(p)),
    a: core.put(new Float64Array(even(p)).fill(1)),
    aStar: core.put(new Float64Array(even(k)).fill(1)),
    aStep: core.bytes(8 * even(p)),
    inputKey,
    generator: core.bytes(128),
    ...{ step: 0, ring: 0, waiting: 0, inputs: core.bytes(64), label: 0 },
    // of finite sets: none
    ...{ n: 0, order: 0, set: 0, labels: 0, choices: 0, permutation: 0, pass: 0, orderKey: 0, loss: 0 },
    ...{ ratePiece: 0, secondPiece: 0 },
  });
  const omega = core.bytes(8 * (k + p) ** 2);
  return {
    run(steps) {
      if (kernels.denseSteps(run, steps) !== steps) throw new Error("bench: the dense run diverged");
    },
    /** Omega, (k + p) x (k + p), teacher first. */
    omega() {
      kernels.denseOrderParameters(run, omega);
      return core.view(omega, (k + p) ** 2).slice();
    },
  };
}

const rowsOf = (matrix, rows, d) => Array.from({ length: rows }, (_, i) => matrix.subarray(i * d, (i + 1) * d));
