// Dense networks, their losses and SGD in f64, as plainly as can be: an independent program to compare the core with.

export type Activation = "linear" | "relu" | "erf" | "tanh";
export type LossName = "softmax" | "logistic" | "squared";

export interface Layer {
  inputs: number;
  outputs: number;
  activation: Activation;
  /** outputs x inputs. */
  weights: number[];
  biases: number[];
}

/** erf by its series, or by its continued fraction (DLMF 7.6.1, 7.9.2). */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-18 * sum && n < 200; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = a;
  for (let n = 80; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)));
}

const functions: Record<Activation, [(z: number) => number, (z: number) => number]> = {
  linear: [(z) => z, () => 1],
  relu: [(z) => Math.max(0, z), (z) => (z > 0 ? 1 : 0)],
  erf: [(z) => erf(z / Math.SQRT2), (z) => Math.sqrt(2 / Math.PI) * Math.exp((-z * z) / 2)],
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
};

/** Fields and outputs of all layers for one sample. */
function pass(layers: readonly Layer[], x: readonly number[]) {
  const fields: number[][] = [];
  const values: number[][] = [[...x]];
  for (const { inputs, outputs, activation, weights, biases } of layers) {
    const input = values[values.length - 1];
    const z = Array.from({ length: outputs }, (_, o) =>
      input.reduce((sum, v, i) => sum + weights[o * inputs + i] * v, biases[o]),
    );
    fields.push(z);
    values.push(z.map(functions[activation][0]));
  }
  return { fields, values };
}

export const outputsOf = (layers: readonly Layer[], x: readonly number[]) => pass(layers, x).values[layers.length];

/** Targets of the squared loss that follow from a label. */
export function targetOf(y: number, outputs: number): number[] {
  return outputs === 1 ? [y === 0 ? -1 : 1] : Array.from({ length: outputs }, (_, k) => (k === y ? 1 : 0));
}

/** Loss of a sample, and its gradient in the last layer's outputs. */
function lossOf(loss: LossName, z: readonly number[], y: number, target?: readonly number[]) {
  if (loss === "softmax") {
    const top = Math.max(...z);
    const e = z.map((v) => Math.exp(v - top));
    const sum = e.reduce((a, b) => a + b);
    return { value: Math.log(sum) + top - z[y], gradient: e.map((v, k) => v / sum - (k === y ? 1 : 0)) };
  }
  if (loss === "logistic") {
    const sign = y === 0 ? -1 : 1;
    const t = sign * z[0];
    return { value: Math.log1p(Math.exp(-Math.abs(t))) + Math.max(0, -t), gradient: [-sign / (1 + Math.exp(t))] };
  }
  const goal = target ?? targetOf(y, z.length);
  const e = z.map((v, k) => v - goal[k]);
  return { value: e.reduce((sum, v) => sum + v * v, 0) / 2, gradient: e };
}

export interface Batch {
  x: number[][];
  y: number[];
  targets?: number[][];
}

export function meanLoss(layers: readonly Layer[], loss: LossName, { x, y, targets }: Batch): number {
  return x.reduce((sum, row, b) => sum + lossOf(loss, outputsOf(layers, row), y[b], targets?.[b]).value, 0) / x.length;
}

/** Gradient of the mean loss, laid out as the weights and biases are. */
export function gradientOf(layers: readonly Layer[], loss: LossName, { x, y, targets }: Batch) {
  const gradient = layers.map(({ weights, biases }) => ({
    weights: weights.map(() => 0),
    biases: biases.map(() => 0),
  }));
  x.forEach((row, b) => {
    const { fields, values } = pass(layers, row);
    const last = layers.length - 1;
    const slopes = (l: number) => fields[l].map(functions[layers[l].activation][1]);
    let delta = lossOf(loss, values[last + 1], y[b], targets?.[b]).gradient.map(
      (g, k) => (g * slopes(last)[k]) / x.length,
    );
    for (let l = last; l >= 0; l--) {
      const { inputs, outputs, weights } = layers[l];
      for (let o = 0; o < outputs; o++) {
        gradient[l].biases[o] += delta[o];
        for (let i = 0; i < inputs; i++) gradient[l].weights[o * inputs + i] += delta[o] * values[l][i];
      }
      if (l === 0) break;
      const below = slopes(l - 1);
      const above = delta;
      delta = below.map((s, i) => s * above.reduce((sum, d, o) => sum + d * weights[o * inputs + i], 0));
    }
  });
  return gradient;
}

export interface Descent {
  rate: number;
  momentum?: number;
  l2?: number;
  l2Biases?: number;
}

/** A step of SGD in place; `velocity` is kept from one to the next. */
export function descend(
  layers: readonly Layer[],
  loss: LossName,
  batch: Batch,
  velocity: { weights: number[]; biases: number[] }[],
  { rate, momentum = 0, l2 = 0, l2Biases = 0 }: Descent,
): void {
  const gradient = gradientOf(layers, loss, batch);
  const move = (w: number[], v: number[], g: number[], decay: number) => {
    for (let i = 0; i < w.length; i++) {
      v[i] = momentum * v[i] + g[i] + decay * w[i];
      w[i] -= rate * v[i];
    }
  };
  layers.forEach((layer, l) => {
    move(layer.weights, velocity[l].weights, gradient[l].weights, l2);
    move(layer.biases, velocity[l].biases, gradient[l].biases, l2Biases);
  });
}

export const restOf = (layers: readonly Layer[]) =>
  layers.map(({ weights, biases }) => ({ weights: weights.map(() => 0), biases: biases.map(() => 0) }));
