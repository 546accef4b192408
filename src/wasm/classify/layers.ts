/** Layers as users have them, and as they lie in WebAssembly memory: `assembly/classifier/run.ts`. */
import { eights } from "./sample-set.js";

/** Codes of the core. */
export const activations = ["linear", "relu", "erf", "tanh"] as const;
export const losses = ["softmax", "logistic", "squared"] as const;

/** Rows of pixels of channels: number (y width + x) channels + c. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A layer. Its weights are outputs x inputs of a dense one, channels x 3 x 3 x channels of the image of a convolution, none of the largest of 2 x 2. */
export interface Weights {
  readonly kind: "dense" | "convolution" | "max-pool";
  /** Numbers that come in and go out. */
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: (typeof activations)[number];
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  /** What comes in; undefined of a dense layer. */
  readonly image?: ImageShape;
  /** Of a convolution. */
  readonly stride?: number;
}

/** Sizes of a layer in memory. */
export interface Geometry {
  /** Numbers of the core's block. */
  readonly fields: Readonly<Record<string, number>>;
  /** Rows a sample of the layer's outputs, and columns, filled up. */
  readonly pixels: number;
  readonly columns: number;
  /** Rows of the weights' matrix, filled up; 0 without weights. */
  readonly inputs: number;
  /** Whether the first factor of the product is a matrix of its own: `inputs` numbers a row, `pixels` rows a sample. */
  readonly hasOperand: boolean;
  /** The weights' rows as they are stored for each row that the user has: its groups are filled up, from `width` to `stored`. */
  readonly group: { readonly width: number; readonly stored: number };
}

/** What a layer gives out, as an image. */
export function imageAfter({ kind, image, biases, stride = 1 }: Weights): ImageShape | undefined {
  if (kind === "dense" || !image) return undefined;
  const { height, width, channels } = image;
  if (kind === "max-pool") return { height: Math.floor(height / 2), width: Math.floor(width / 2), channels };
  return { height: Math.ceil(height / stride), width: Math.ceil(width / stride), channels: biases.length };
}

/** @param below the layer before, if there is one */
export function geometryOf(layer: Weights, below: Weights | undefined): Geometry {
  const image = below && imageAfter(below);
  if (layer.kind === "dense") {
    const inputs = image ? image.height * image.width * eights(image.channels) : eights(layer.inputs);
    const group = image
      ? { width: image.channels, stored: eights(image.channels) }
      : { width: layer.inputs, stored: eights(layer.inputs) };
    const shape = image
      ? { height: 1, width: image.height * image.width, channels: group.stored }
      : { height: 0, width: 0, channels: 0 };
    return {
      fields: { ...shape, kind: 0, outHeight: 1, outWidth: 1, stride: 1, pixels: 1 },
      pixels: 1,
      columns: eights(layer.outputs),
      inputs,
      hasOperand: image !== undefined,
      group,
    };
  }
  const { height, width, channels } = layer.image!;
  const out = imageAfter(layer)!;
  const pixels = out.height * out.width;
  const isFirst = below === undefined;
  const isPool = layer.kind === "max-pool";
  return {
    fields: {
      kind: isPool ? 2 : isFirst ? 3 : 1,
      height,
      width,
      channels: isFirst ? channels : eights(channels),
      outHeight: out.height,
      outWidth: out.width,
      stride: isPool ? 2 : layer.stride!,
      pixels,
    },
    pixels,
    columns: eights(out.channels),
    inputs: isPool ? 0 : isFirst ? eights(9 * channels) : 9 * eights(channels),
    hasOperand: !isPool,
    group: isFirst
      ? { width: 9 * channels, stored: eights(9 * channels) }
      : { width: channels, stored: eights(channels) },
  };
}

/** Weights with each group of `from` numbers in the place of `to`: filled up with zeros, or what was filled in taken out. */
export function regrouped(weights: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return weights;
  const groups = weights.length / from;
  const out = new Float32Array(groups * to);
  for (let g = 0; g < groups; g++) out.set(weights.subarray(g * from, g * from + Math.min(from, to)), g * to);
  return out;
}
