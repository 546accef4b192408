/**
 * The kernels alone, on data that stays in the caches: linear algebra in GFLOP/s, special functions and random numbers in ns an element,
 * ReLU's integrals in us a right-hand side.
 */
import { loadCore } from "./core.mjs";
import { measure } from "./measure.mjs";

/** Columns, as in the dense step of issue 2. Powers of two would put all rows on the same lines of the cache. */
const D = 1000;
const LENGTH = 1024;

/** The same numbers every time, in [0, 1): a low-discrepancy sequence, as no result depends on them. */
const spread = (length, from, to) =>
  Float64Array.from({ length }, (_, i) => from + (to - from) * ((i * 0.6180339887498949) % 1));

export async function kernels({ wasm, wanted }) {
  const core = await loadCore(wasm);
  const tasks = [...linearAlgebra(core), ...functions(core), ...randomNumbers(core), ...reluIntegrals(core)].filter(
    ({ name }) => wanted(name),
  );
  const timings = await measure(tasks);
  return tasks.map(({ name, unit, perOperation, target }, i) => {
    const value = unit === "GFLOP/s" ? (ns) => perOperation / ns : (ns) => ns / perOperation;
    return { name, unit, target, ...timings[i].summary(value) };
  });
}

const repeat = (call) => (count) => {
  for (let n = 0; n < count; n++) call();
};

function linearAlgebra(core) {
  const { kernels } = core;
  return ["f64", "f32"].flatMap((precision) => {
    const type = precision === "f64" ? Float64Array : Float32Array;
    const [matvec, rankOne, updateThenMatvec, gram] = ["matvec", "rankOne", "updateThenMatvec", "gram"].map(
      (name) => kernels[`${name}${precision.toUpperCase()}`],
    );
    const rowBytes = Math.ceil((D * type.BYTES_PER_ELEMENT) / 64) * 64;
    const columns = rowBytes / type.BYTES_PER_ELEMENT;
    const x = core.put(spread(columns, -1, 1), type);
    const z = core.put(spread(columns, -1, 1).reverse(), type);
    const y = core.bytes(64 * 64 * 8);
    const cases = [4, 64].flatMap((rows) => {
      const W = core.put(spread(rows * columns, -1, 1), type);
      // updates so small that nothing grows, large enough that nothing is subnormal
      const f = core.put(new Float64Array(rows).fill(1e-9));
      const of = `${rows} x ${D}, ${precision}`;
      const size = rows * D;
      return [
        [`matvec ${of}`, 2 * size, () => matvec(W, rowBytes, x, y, rows)],
        [`rank-one update ${of}`, 2 * size, () => rankOne(W, rowBytes, f, 1, x, rows)],
        [`update, then matvec ${of}`, 4 * size, () => updateThenMatvec(W, rowBytes, f, 1, x, z, y, rows)],
        [
          `update with decay, then matvec ${of}`,
          5 * size,
          () => updateThenMatvec(W, rowBytes, f, 1 - 1e-9, x, z, y, rows),
        ],
        [`Gram matrix ${of}`, rows * (rows + 1) * D, () => gram(W, rowBytes, rows, 1, y)],
      ];
    });
    cases.unshift([`dot ${D}, ${precision}`, 2 * D, () => gram(x, rowBytes, 1, 1, y)]);
    return cases.map(([name, perOperation, call]) => ({ name, unit: "GFLOP/s", perOperation, run: repeat(call) }));
  });
}

function functions(core) {
  const { kernels } = core;
  const y = core.bytes(8 * LENGTH);
  const slope = core.bytes(8 * LENGTH);
  const on = (from, to) => core.put(spread(LENGTH, from, to));
  const [wide, positive, fields, small, whole] = [on(-20, 20), on(1e-3, 1e3), on(-3, 3), on(-0.5, 0.5), on(-1, 1)];
  const kind = (name) => core.text("activationNames").split(" ").indexOf(name);
  const activations = {
    erf: kind("erf"),
    ReLU: kind("relu"),
    "leaky ReLU": core.put([kind("leaky-relu"), 0.01]),
    tanh: kind("tanh"),
    logistic: kind("logistic"),
    softplus: kind("softplus"),
    GELU: kind("gelu"),
    "polynomial of degree 3": core.put([kind("hermite"), 4, 0.1, 0.8, -0.1, 0.02]),
  };
  const cases = [
    ["exp", () => kernels.expArray(wide, y, LENGTH)],
    ["log", () => kernels.logArray(positive, y, LENGTH)],
    ["erf", () => kernels.erfArray(fields, y, LENGTH)],
    ["asin, all of [-1, 1]", () => kernels.asinArray(whole, y, LENGTH)],
    ["asin, |x| <= 1/2", () => kernels.asinArray(small, y, LENGTH)],
    ...Object.entries(activations).map(([name, code]) => [
      `activation ${name} with slope`,
      () => kernels.activate(code, fields, y, slope, LENGTH),
    ]),
  ];
  return cases.map(([name, call]) => ({ name, unit: "ns", perOperation: LENGTH, run: repeat(call) }));
}

/** A block at a time, as the dense step draws its inputs: the seek and the repairs are in the price. */
function randomNumbers(core) {
  const { kernels } = core;
  const key = core.bytes(128);
  kernels.makeKey(key, 1, 0, 0);
  const state = core.bytes(128);
  const out = core.bytes(8 * LENGTH);
  const blocks = Array.from({ length: 256 }, (_, i) => BigInt(i));
  let at = 0;
  const each = (fill) => () => {
    at = (at + 1) & 255;
    const block = blocks[at];
    kernels.seekBlock(state, key, block);
    fill(block);
  };
  const cases = [
    ["words", undefined, () => kernels.fillWords(state, out, LENGTH)],
    ["normals f64", 1.5, (block) => kernels.fillNormals(state, key, block, out, LENGTH)],
    ["normals f32", 1.0, (block) => kernels.fillNormals32(state, key, block, out, LENGTH)],
  ];
  return cases.map(([name, atMost, fill]) => ({
    name: `${name}, blocks of ${LENGTH}`,
    unit: "ns",
    perOperation: LENGTH,
    target: atMost && { atMost },
    run: repeat(each(fill)),
  }));
}

/** Omega's table, drift and noise matrix of ReLU: wherever the students are, and where each is 1e-4 from a teacher, which takes most nodes. */
function reluIntegrals(core) {
  const { kernels } = core;
  const sizes = [
    { p: 4, k: 2, atMost: 80 },
    { p: 16, k: 4 },
  ];
  return sizes.flatMap(({ p, k, atMost }) => {
    const m = p + k;
    const stride = 8 * (m + (m % 2));
    const d = m + 3;
    const vectors = Array.from({ length: m }, (_, i) => spread((i + 1) * d, -1, 1).subarray(i * d));
    const near = vectors.map((v, i) => (i < k ? v : v.map((x, j) => vectors[i % k][j] + 1e-4 * x)));
    const c = core.put(vectors.map((_, i) => (i < k ? 1 : -1)));
    const [table, work, h, N] = [kernels.reluTableBytes(m), kernels.reluNoiseBytes(m), p * stride, 8 * p * p].map((n) =>
      core.bytes(n),
    );
    return Object.entries({ generic: vectors, "near the teachers": near }).map(([where, fields]) => {
      const O = core.bytes(m * stride);
      fields.forEach((u, i) => {
        core.view(O + i * stride, m).set(fields.map((v) => u.reduce((sum, x, j) => sum + x * v[j], 0)));
      });
      const run = repeat(() => {
        kernels.reluTabulate(O, stride, m, table);
        kernels.reluDrift(O, stride, c, k, p, 0, 0, table, h);
        kernels.reluNoisePairs(stride, c, k, p, 0, 0, 0.1, table, work, N);
      });
      const name = `ReLU integrals (${p}, ${k}), ${where}`;
      return { name, unit: "us", perOperation: 1000, target: atMost && { atMost }, run };
    });
  });
}
