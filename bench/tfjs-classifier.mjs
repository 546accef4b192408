/** The same training in TensorFlow.js on its WebAssembly backend, one thread: a rival of bench/classify.mjs. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The library with its backend, or undefined where it is not installed. */
export async function loadTfjs() {
  try {
    const require = createRequire(import.meta.url);
    const tf = require("@tensorflow/tfjs-core");
    const { setWasmPaths, setThreadsCount } = require("@tensorflow/tfjs-backend-wasm");
    setThreadsCount(1);
    setWasmPaths(`${join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist")}/`);
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
    await tf.setBackend("wasm");
    await tf.ready();
    if (tf.getBackend() !== "wasm") throw new Error("its WebAssembly backend did not start");
    return tf;
  } catch (error) {
    process.stderr.write(`No TensorFlow.js: ${error.message}. Its rows are left out.\n`);
    return undefined;
  }
}

/**
 * A network of ReLU layers with softmax cross-entropy and plain SGD, its gradients written out: the package of the core has no others, and nothing is computed that is not
 * needed.
 * @param layers weights (outputs x inputs) and biases to start from
 * @returns `run(batches)`: the milliseconds that so many batches take; `loss()`: that of the last
 */
export function tfjsTraining(tf, layers, { x, y, features, classes, batch, rate }) {
  const W = layers.map(({ weights, inputs, outputs }) =>
    tf.variable(tf.transpose(tf.tensor2d(weights, [outputs, inputs]))),
  );
  const b = layers.map(({ biases }) => tf.variable(tf.tensor1d(biases)));
  const perEpoch = Math.floor(y.length / batch);
  const depth = W.length;
  let step = 0;
  let last = Number.NaN;
  const move = (variable, gradient) => variable.assign(tf.sub(variable, tf.mul(gradient, rate)));
  const one = () => {
    const first = (step++ % perEpoch) * batch;
    const h = [tf.tensor2d(x.subarray(first * features, (first + batch) * features), [batch, features])];
    const labels = tf.tensor1d(y.subarray(first, first + batch), "int32");
    for (let l = 0; l < depth; l++) {
      const z = tf.add(tf.matMul(h[l], W[l]), b[l]);
      h.push(l < depth - 1 ? tf.relu(z) : z);
    }
    const p = tf.softmax(h[depth]);
    const wanted = tf.cast(tf.oneHot(labels, classes), "float32");
    last = -tf.mean(tf.log(tf.sum(tf.mul(p, wanted), 1))).dataSync()[0];
    let delta = tf.div(tf.sub(p, wanted), batch);
    for (let l = depth - 1; l >= 0; l--) {
      const below = l > 0 ? tf.mul(tf.matMul(delta, W[l], false, true), tf.step(h[l])) : undefined;
      move(W[l], tf.matMul(h[l], delta, true));
      move(b[l], tf.sum(delta, 0));
      delta = below;
    }
  };
  return {
    run(batches) {
      const before = performance.now();
      for (let i = 0; i < batches; i++) tf.tidy(one);
      return performance.now() - before;
    },
    loss: () => last,
    free: () => tf.dispose([...W, ...b]),
  };
}
