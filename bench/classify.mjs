/**
 * Training of classifiers: samples a second of a wide network, beside TensorFlow.js on WebAssembly, microseconds a step of a narrow one, and seconds of whole experiments
 * of Nakkiran et al. 2019. One thread. An epoch of `train` is a whole call: checks, copies, shuffling and pauses for the event loop included.
 */
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { summaryOf } from "./measure.mjs";
import { loadTfjs, tfjsTraining } from "./tfjs-classifier.mjs";

const wide = { inputs: 784, layers: [512, 512, 10], batch: 128, samples: 10_000, rate: 0.01 };
const narrow = { inputs: 2, layers: [128, 128, 2], batch: 32, samples: 10_000, rate: 0.05 };
const EPOCHS = 5;
/** Batches of the rival in a turn: an epoch of it would be 13 s. */
const RIVAL_BATCHES = 8;

/** A1 to A5 and A7 of docs/EXPERIMENTS.md. */
const EXPERIMENTS = ["disc", "linear-and-product", "teacher", "staircase", "digits", "xor"];

/** Random samples with random labels, the same in every run. */
function samples({ inputs, layers, samples: n }) {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const classes = layers.at(-1);
  const x = Float32Array.from({ length: n * inputs }, uniform);
  return { x, y: Int32Array.from({ length: n }, () => Math.floor(uniform() * classes)), features: inputs, classes };
}

/** Milliseconds of an epoch, one after the other; the network goes on from epoch to epoch. */
async function epochsOf({ network, train }, sizes, data) {
  let net = await network({ inputs: sizes.inputs, layers: sizes.layers, seed: 1 });
  const epoch = async (seed) => {
    const before = performance.now();
    const run = await train(net, data, { learningRate: sizes.rate, batchSize: sizes.batch, epochs: 1, seed });
    net = run.network;
    return { ms: performance.now() - before, steps: run.steps };
  };
  await epoch(0);
  return epoch;
}

/** Refuses a rival that computes something else: the loss of the first batch, which is that of the same weights. */
async function checkRival(classify, tf, net, data) {
  const rival = tfjsTraining(tf, net.layers, { ...data, batch: wide.batch, rate: 0 });
  rival.run(1);
  const first = { x: data.x.slice(0, wide.batch * wide.inputs), y: data.y.slice(0, wide.batch), classes: 10 };
  const { loss } = await classify.train(net, first, { learningRate: 0, batchSize: wide.batch, epochs: 1, seed: 1 });
  rival.free();
  if (Math.abs(loss.values[0] - rival.loss()) > 1e-4)
    throw new Error(`TensorFlow.js has loss ${rival.loss()} where this library has ${loss.values[0]}`);
}

export async function classify({ entry, wanted }) {
  const library = await import(pathToFileURL(join(dirname(entry), "classify.js")).href);
  const rows = [];
  const name = `${[wide.inputs, ...wide.layers].join("-")}, batch ${wide.batch}`;
  if (wanted(name)) rows.push(...(await wideRows(library, name)));
  const small = `${[narrow.inputs, ...narrow.layers].join("-")}, batch ${narrow.batch}`;
  if (wanted(small)) {
    const epoch = await epochsOf(library, narrow, samples(narrow));
    for (let i = 0; i < 4; i++) await epoch(i);
    const times = [];
    for (let i = 0; i < 2 * EPOCHS + 1; i++) {
      const { ms, steps } = await epoch(i);
      times.push((1e3 * ms) / steps);
    }
    rows.push({ name: `${small}: a step`, unit: "us", target: { atMost: 150 }, ...summaryOf(times) });
  }
  const experiments = "A1-A5 and A7 of Nakkiran et al., one seed each";
  if (wanted(experiments)) {
    const { nakkiran2019, loadedTask } = await import(pathToFileURL(join(dirname(entry), "papers.js")).href);
    const before = performance.now();
    for (const name of EXPERIMENTS) {
      const { seconds: _, ...experiment } = nakkiran2019.classifications.find(
        (one) => one.name === `nakkiran-2019-${name}`,
      );
      await library.runClassification({ ...experiment, task: await loadedTask(experiment.task), seeds: [1] });
    }
    const seconds = (performance.now() - before) / 1e3;
    rows.push({ name: experiments, unit: "s", target: { atMost: 60 }, ...summaryOf([seconds]) });
  }
  return rows;
}

async function wideRows(library, name) {
  const data = samples(wide);
  const epoch = await epochsOf(library, wide, data);
  const tf = await loadTfjs();
  const net = await library.network({ inputs: wide.inputs, layers: wide.layers, seed: 1 });
  let rival;
  if (tf) {
    await checkRival(library, tf, net, data);
    rival = tfjsTraining(tf, net.layers, { ...data, batch: wide.batch, rate: wide.rate });
    rival.run(4);
  }
  const own = [];
  const theirs = [];
  for (let i = 0; i < EPOCHS; i++) {
    const { ms, steps } = await epoch(i);
    own.push((1e3 * steps * wide.batch) / ms);
    if (rival) theirs.push((1e3 * RIVAL_BATCHES * wide.batch) / rival.run(RIVAL_BATCHES));
  }
  rival?.free();
  const rows = [{ name: `${name}: train()`, unit: "samples/s", target: { atLeast: 10_000 }, ...summaryOf(own) }];
  if (rival) {
    rows.push({ name: `${name}: TensorFlow.js`, unit: "samples/s", ...summaryOf(theirs) });
    const ratios = own.map((speed, i) => speed / theirs[i]);
    rows.push({ name: `${name}: train() / TensorFlow.js`, unit: "x", target: { atLeast: 10 }, ...summaryOf(ratios) });
  }
  return rows;
}
