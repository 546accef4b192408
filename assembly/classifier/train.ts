/**
 * Training of a network by mini-batch SGD, and its outputs: v <- m v + g, w <- w - rate v, g the gradient of the batch's mean loss + (decay / 2) |w|^2.
 */
import { activateLayer, ERF, LINEAR, RELU } from "./activate";
import { packBatch, packInputs } from "./batch";
import { flatten, gather, neighbourhoods, neighbourhoodsOfInputs, pool, timesSlopes, unpool } from "./images";
import { lossOf } from "./losses";
import { eights, panelBytes, transposePanels } from "./panels";
import { Layer, layerOf, Run } from "./run";
import { backward, descend, descendBiases, forward, PLAIN, POSITIVE, SLOPES } from "./tiles";

/** A mean loss beyond this, or one that is not a number, ends the run as diverged before it touches the weights. */
const DIVERGED: f64 = 1e12;

const DENSE: i32 = 0;
const CONVOLUTION: i32 = 1;
const POOL: i32 = 2;

/** What a layer's weights are multiplied with, for samples that are `below`: that itself, or neighbourhoods, or images as rows. */
function operandOf(layer: Layer, below: usize, samples: i32): usize {
  const columns = <usize>layer.columns, kind = <i32>layer.kind;
  if (columns == 0) return below;
  if (kind == DENSE) flatten(below, columns, samples, <i32>layer.width, <i32>layer.channels, false);
  else if (kind == CONVOLUTION) neighbourhoods(layer, below, samples);
  else neighbourhoodsOfInputs(layer, below, samples);
  return columns;
}

/** Outputs of all layers for samples (a multiple of 8) in `input`. */
function passForward(run: Run, samples: i32): void {
  let below = <usize>run.input;
  for (let l = 0, depth = <i32>run.depth; l < depth; l++) {
    const layer = layerOf(run, l), kind = <i32>layer.activation, out = <usize>layer.out, rows = samples * <i32>layer.pixels;
    if (layer.kind == POOL) {
      pool(layer, below, samples);
    } else {
      const X = operandOf(layer, below, samples);
      forward(X, <usize>layer.weights, <usize>layer.biases, out, rows, <i32>layer.inputs, <i32>layer.outputs, kind == RELU);
      activateLayer(kind, out, <usize>layer.slopes, rows, <i32>layer.outputs);
    }
    below = out;
  }
}

/** dLoss/dz of the layer below, from `layer.delta`. */
function passBack(layer: Layer, below: Layer, samples: i32): void {
  const kind = <i32>below.activation, inputs = <i32>layer.inputs, outputs = <i32>layer.outputs, rows = samples * <i32>layer.pixels;
  const extra = kind >= ERF ? <usize>below.slopes : <usize>below.out, to = <usize>below.delta;
  if (layer.kind != POOL) transposePanels(<usize>layer.delta, rows, outputs, <usize>layer.deltaT);
  if (layer.columns == 0 && layer.kind != POOL) {
    const mode = kind == LINEAR ? PLAIN : kind == RELU ? POSITIVE : SLOPES;
    backward(mode, <usize>layer.deltaT, <usize>layer.weights, to, extra, rows, inputs, outputs);
    return;
  }
  if (layer.kind == POOL) {
    unpool(layer, <usize>below.out, to, samples);
  } else {
    const gradient = <usize>layer.gradient;
    backward(PLAIN, <usize>layer.deltaT, <usize>layer.weights, gradient, 0, rows, inputs, outputs);
    if (layer.kind == DENSE) flatten(to, gradient, samples, <i32>layer.width, <i32>layer.channels, true);
    else gather(layer, gradient, to, samples);
  }
  const bytes = panelBytes(samples * <i32>below.pixels) * <usize>(<i32>below.outputs >> 3);
  if (kind != LINEAR) timesSlopes(kind == RELU, to, extra, bytes);
}

/** Moves all weights, from the last layer to the first; a layer's gradient passes through its weights before they move. */
function passBackward(run: Run, samples: i32): void {
  const rate = <f32>run.rate, momentum = <f32>run.momentum;
  for (let l = <i32>run.depth - 1; l >= 0; l--) {
    const layer = layerOf(run, l), delta = <usize>layer.delta, inputs = <i32>layer.inputs, outputs = <i32>layer.outputs;
    const rows = samples * <i32>layer.pixels;
    if (l > 0) passBack(layer, layerOf(run, l - 1), samples);
    if (layer.kind == POOL) continue;
    const X = layer.columns != 0 ? <usize>layer.columns : l > 0 ? <usize>layerOf(run, l - 1).out : <usize>run.input;
    descend(X, delta, <usize>layer.weights, <usize>layer.weightVelocity, rows, inputs, outputs, rate, momentum, <f32>run.weightDecay);
    descendBiases(delta, <usize>layer.biases, <usize>layer.biasVelocity, rows, outputs, rate, momentum, <f32>run.biasDecay);
  }
}

/** Runs `steps` steps; returns how many were made: fewer when the run diverged. @param labels, targets room for those of a batch; targets may be 0 */
export function classifierSteps(address: usize, steps: i32, labels: usize, targets: usize): i32 {
  const run = changetype<Run>(address), batch = <i32>run.batch, rows = eights(batch), last = layerOf(run, <i32>run.depth - 1);
  for (let i = 0; i < steps; i++) {
    packBatch(run, labels, targets);
    passForward(run, rows);
    const loss = lossOf(<i32>run.loss, <usize>last.out, <usize>last.delta, rows, batch, <i32>run.outputs, labels, targets);
    if (!(loss < DIVERGED)) return i;
    run.lossSum += loss;
    passBackward(run, rows);
    run.step += 1;
  }
  return steps;
}

/** Writes fields of the last layer of `count` samples (at most the capacity) at `x`, count x outputs f32 row-major, to `out`. */
export function classifierOutputs(address: usize, x: usize, count: i32, out: usize): void {
  const run = changetype<Run>(address), rows = eights(count), bytes = panelBytes(rows), outputs = <i32>run.outputs;
  packInputs(x, <usize>run.rowBytes, count, <usize>run.input);
  passForward(run, rows);
  const Z = <usize>layerOf(run, <i32>run.depth - 1).out;
  for (let b = 0; b < count; b++) {
    for (let k = 0; k < outputs; k++, out += 4) store<f32>(out, load<f32>(Z + (<usize>b << 5) + bytes * (k >> 3) + (<usize>(k & 7) << 2)));
  }
}

/** The labels that fields stand for: the largest output, the first of equals; with one output 1 where it is positive. `fields` count x outputs f32, `out` i32. */
export function classifierLabels(fields: usize, count: i32, outputs: i32, out: usize): void {
  for (let b = 0; b < count; b++, out += 4) {
    let best = 0;
    if (outputs == 1) {
      best = load<f32>(fields) > 0 ? 1 : 0;
    } else {
      for (let k = 1; k < outputs; k++) {
        if (load<f32>(fields + (<usize>k << 2)) > load<f32>(fields + (<usize>best << 2))) best = k;
      }
    }
    store<i32>(out, best);
    fields += <usize>outputs << 2;
  }
}

/** Sum of the losses of `count` samples whose fields are count x outputs row-major: the mean loss of a set in parts. */
export function classifierLoss(kind: i32, fields: usize, count: i32, outputs: i32, labels: usize, targets: usize, work: usize): f64 {
  // a sample at a time: its fields are a panel row each
  let sum = 0.0;
  for (let b = 0; b < count; b++, fields += <usize>outputs << 2, labels += 4) {
    const panels = (outputs + 7) >> 3, bytes = panelBytes(8);
    for (let p = 0; p < panels; p++) memory.copy(work + <usize>p * bytes, fields + (<usize>p << 5), <usize>min(8, outputs - 8 * p) << 2);
    sum += lossOf(kind, work, work + <usize>panels * bytes, 8, 1, outputs, labels, targets);
    if (targets != 0) targets += <usize>outputs << 2;
  }
  return sum;
}
