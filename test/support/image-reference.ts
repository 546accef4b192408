// Networks on images in f64, forward only, as plainly as can be: gradients follow by differences.
import type { Layer } from "../../src/classify/index.js";
import { type Activation, erf, type LossName, targetOf } from "./network-reference.js";

const functions: Record<Activation, (z: number) => number> = {
  linear: (z) => z,
  relu: (z) => Math.max(0, z),
  erf: (z) => erf(z / Math.SQRT2),
  tanh: Math.tanh,
};

type Numbers = ArrayLike<number>;
export type Parameters = { weights: number[]; biases: number[] }[];

function convolved(x: Numbers, { image, stride = 1 }: Layer, w: Numbers, b: Numbers): number[] {
  const { height, width, channels } = image!;
  const out: number[] = [];
  for (let oy = 0; oy < height; oy += stride) {
    for (let ox = 0; ox < width; ox += stride) {
      for (let o = 0; o < b.length; o++) {
        let sum = b[o];
        for (let ky = 0; ky < 3; ky++) {
          for (let kx = 0; kx < 3; kx++) {
            const [iy, ix] = [oy + ky - 1, ox + kx - 1];
            if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
            for (let c = 0; c < channels; c++)
              sum += w[((o * 3 + ky) * 3 + kx) * channels + c] * x[(iy * width + ix) * channels + c];
          }
        }
        out.push(sum);
      }
    }
  }
  return out;
}

function pooled(x: Numbers, { image }: Layer): number[] {
  const { height, width, channels } = image!;
  const out: number[] = [];
  for (let y = 0; y + 1 < height; y += 2) {
    for (let xx = 0; xx + 1 < width; xx += 2) {
      for (let c = 0; c < channels; c++) {
        const at = (dy: number, dx: number) => x[((y + dy) * width + xx + dx) * channels + c];
        out.push(Math.max(at(0, 0), at(0, 1), at(1, 0), at(1, 1)));
      }
    }
  }
  return out;
}

/** Fields of the last layer for one sample. */
export function fieldsOf(layers: readonly Layer[], parameters: Parameters, x: Numbers): number[] {
  let values: Numbers = x;
  layers.forEach((layer, l) => {
    const { weights, biases } = parameters[l];
    if (layer.kind === "max-pool") {
      values = pooled(values, layer);
      return;
    }
    const z =
      layer.kind === "convolution"
        ? convolved(values, layer, weights, biases)
        : biases.map((b, o) => Array.from(values).reduce((sum, v, i) => sum + weights[o * layer.inputs + i] * v, b));
    values = z.map(functions[layer.activation]);
  });
  return Array.from(values);
}

export function meanLossOf(
  layers: readonly Layer[],
  parameters: Parameters,
  loss: LossName,
  x: readonly Numbers[],
  y: Numbers,
): number {
  const losses = x.map((row, b) => {
    const z = fieldsOf(layers, parameters, row);
    if (loss === "softmax") return Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - z[y[b]];
    if (loss === "logistic") return Math.log1p(Math.exp(y[b] === 0 ? z[0] : -z[0]));
    return targetOf(y[b], z.length).reduce((sum, t, k) => sum + (z[k] - t) ** 2 / 2, 0);
  });
  return losses.reduce((a, b) => a + b) / losses.length;
}
