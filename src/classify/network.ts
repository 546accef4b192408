/** Networks of dense layers: their shape, their weights, and their start. */
import { mismatch, pack, unpack } from "../container.js";
import { shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkKeys, checkNumber, checkOneOf, checkSeed, invalid } from "../options.js";
import type { ClassifyCore } from "../wasm/classify/core.js";
import { activations, type ImageShape, imageAfter, type Weights } from "../wasm/classify/layers.js";
import { startWeights } from "../wasm/classify/start.js";
import { classifyCore } from "./engine.js";

/** erf is erf(z / sqrt 2); ReLU's slope at 0 is 0. */
export type LayerActivation = (typeof activations)[number];

/**
 * Random weights. he: normal of standard deviation sqrt(2 / inputs), biases 0; glorot: uniform in +-sqrt(6 / (inputs + outputs)), biases 0; torch: weights and biases
 * uniform in +-1 / sqrt(inputs), as a layer of PyTorch is born.
 */
export type Start = "he" | "glorot" | "torch";

/**
 * A layer: dense, activation(weights x + biases); a convolution of 3 x 3 pixels, with zeros around the image; or the largest of each 2 x 2 pixels. The arrays are the
 * network's own: what is written to them is the network from then on. Weights are row-major: outputs x inputs of a dense layer, as in PyTorch; channels x 3 x 3 x channels
 * of the image that comes in, of a convolution.
 */
export type Layer = Weights;

interface Given {
  /** Rows or flat; then they are not drawn. */
  readonly weights?: ArrayLike<number> | ArrayLike<ArrayLike<number>>;
  readonly biases?: ArrayLike<number>;
}

/** A layer as it is asked for: the width of a dense one, or what differs from the network's. */
export type LayerInput =
  | number
  | (Given & { readonly kind?: "dense"; readonly outputs: number; readonly activation?: LayerActivation })
  | (Given & {
      readonly kind: "convolution";
      readonly channels: number;
      /** 1 or 2, default 1. */
      readonly stride?: number;
      readonly activation?: LayerActivation;
    })
  | { readonly kind: "max-pool" };

export interface NetworkOptions {
  /** Numbers of a sample, or the shape of an image: its number (y width + x) channels + c is channel c of pixel (x, y). */
  readonly inputs: number | { readonly width: number; readonly height?: number; readonly channels?: number };
  /** Layers from the first to the last, whose width is the number of classes, or 1 for two classes told apart by a sign. */
  readonly layers: readonly LayerInput[];
  /** Of all layers but the last, which is linear. Default "relu". */
  readonly activation?: LayerActivation;
  /** Default "he". */
  readonly start?: Start;
  /** Of the start: a whole number from 0 to 2^53 - 1. Needed unless all weights are given. */
  readonly seed?: number;
}

const FILE = {
  magic: 0x4e444753, // SGDN
  version: 1,
  name: "network",
  from: "bytes of network.toBuffer()",
};

/** A network. Training gives another one and leaves this as it is. */
export class Network {
  readonly layers: readonly Layer[];

  /** @internal use `network` or `Network.from` */
  constructor(layers: readonly Layer[]) {
    this.layers = layers;
  }

  get inputs(): number {
    return this.layers[0].inputs;
  }

  /** Width of the last layer. */
  get outputs(): number {
    return this.layers[this.layers.length - 1].outputs;
  }

  /** Classes that its predictions tell apart. */
  get classes(): number {
    return Math.max(2, this.outputs);
  }

  /** Number of weights and biases. */
  get parameters(): number {
    return this.layers.reduce((sum, { weights, biases }) => sum + weights.length + biases.length, 0);
  }

  /** Square root of the sum of the squared weights, biases left out. */
  get weightNorm(): number {
    let sum = 0;
    for (const { weights } of this.layers) for (const w of weights) sum += w * w;
    return Math.sqrt(sum);
  }

  /** The same network with arrays of its own. */
  copy(): Network {
    return new Network(this.layers.map((l) => ({ ...l, weights: l.weights.slice(), biases: l.biases.slice() })));
  }

  /** One transferable buffer: shapes, weights, biases. */
  toBuffer(): Uint8Array<ArrayBuffer> {
    const header = this.layers.map(({ weights, biases, ...shape }) => ({
      ...shape,
      sizes: [weights.length, biases.length],
    }));
    return pack(FILE, header, ...this.layers.flatMap(({ weights, biases }) => [weights, biases]));
  }

  /** The network of `toBuffer`. @throws SgdDynamicsError `snapshot-mismatch` */
  static from(buffer: Uint8Array): Network {
    const { header, payload } = unpack(FILE, buffer);
    let at = 0;
    const take = (count: number) => {
      if (at + 4 * count > payload.length) throw mismatch("This network has fewer weights than its layers need");
      const numbers = new Float32Array(payload.buffer, at, count).slice();
      at += 4 * count;
      return numbers;
    };
    const layers = (header as (Layer & { sizes: [number, number] })[]).map(({ sizes, ...shape }) => ({
      ...shape,
      weights: take(sizes[0]),
      biases: take(sizes[1]),
    }));
    return new Network(layers);
  }
}

const width = (name: string, value: unknown) =>
  checkNumber(name, value, "a whole number from 1 to 1e6", (n) => Number.isInteger(n) && n >= 1 && n <= 1e6);

/**
 * A network with random or given weights: a function of its options, the same on every engine.
 * @throws SgdDynamicsError `invalid-argument`
 * @example
 * const net = await network({ inputs: 784, layers: [256, 256, 10], start: "torch", seed: 1 });
 */
export async function network(options: NetworkOptions): Promise<Network> {
  checkKeys("network", options, ["inputs", "layers", "activation", "start", "seed"]);
  const { layers: given } = options;
  if (!isList(given) || given.length === 0)
    invalid(`layers is ${shown(given)}; allowed: a list of widths, the last of which is the number of classes.`);
  const activation = checkOneOf("activation", options.activation ?? "relu", activations);
  const start = checkOneOf("start", options.start ?? "he", ["he", "glorot", "torch"]);
  const core = await classifyCore();
  const layers: Layer[] = [];
  let { inputs, image } = checkedInputs(options.inputs);
  for (let l = 0; l < given.length; l++) {
    const fallback = l === given.length - 1 ? "linear" : activation;
    const shape = shapeOf(`layers[${l}]`, given[l] as LayerInput, { inputs, image, fallback });
    const layer = withWeights(core, `layers[${l}]`, given[l] as Given, shape, { start, l, seed: options.seed });
    layers.push(layer);
    inputs = layer.outputs;
    image = imageAfter(layer);
  }
  if (layers[0].kind === "max-pool")
    invalid(`The first layer is a max-pool; allowed: a convolution or a dense layer first, or smaller images.`);
  const last = layers[layers.length - 1];
  if (last.kind !== "dense" || last.activation !== "linear")
    invalid(
      `The last layer is ${last.kind} with activation ${shown(last.activation)}; allowed: a dense one, "linear", as losses are of its fields.`,
    );
  return new Network(layers);
}

function checkedInputs(given: unknown): { inputs: number; image: ImageShape | undefined } {
  if (typeof given !== "object" || given === null) return { inputs: width("inputs", given), image: undefined };
  checkKeys("inputs", given, ["width", "height", "channels"], "field");
  const asked = given as { width: unknown; height?: unknown; channels?: unknown };
  const columns = width("inputs.width", asked.width);
  const height = width("inputs.height", asked.height ?? columns);
  const channels = width("inputs.channels", asked.channels ?? 1);
  return { inputs: columns * height * channels, image: { width: columns, height, channels } };
}

interface Before {
  readonly inputs: number;
  readonly image: ImageShape | undefined;
  readonly fallback: LayerActivation;
}

/** A layer without its weights, and how many numbers a unit of it takes. */
type Shape = Omit<Layer, "weights" | "biases"> & { readonly fanIn: number; readonly units: number };

function shapeOf(name: string, asked: LayerInput, { inputs, image, fallback }: Before): Shape {
  const given = typeof asked === "number" ? { outputs: asked } : asked;
  if (typeof given !== "object" || given === null)
    invalid(
      `${name} is ${shown(given)}; allowed: a width, { outputs }, { kind: "convolution", channels } or { kind: "max-pool" }.`,
    );
  const kind = checkOneOf(`${name}.kind`, given.kind ?? "dense", ["dense", "convolution", "max-pool"]);
  const keys = {
    dense: ["outputs", "activation", "weights", "biases"],
    convolution: ["channels", "stride", "activation", "weights", "biases"],
    "max-pool": [],
  };
  checkKeys(name, given, ["kind", ...keys[kind]], "field");
  const asks = given as { outputs?: number; channels?: number; stride?: number; activation?: LayerActivation };
  const activation = checkOneOf(
    `${name}.activation`,
    asks.activation ?? (kind === "max-pool" ? "linear" : fallback),
    activations,
  );
  if (kind === "dense") {
    const outputs = width(`${name}.outputs`, asks.outputs);
    return { kind, inputs, outputs, activation, fanIn: inputs, units: outputs };
  }
  if (!image)
    invalid(
      `${name} is a ${kind} of what is not an image; give inputs as { width, height, channels }, and dense layers after it.`,
    );
  if (kind === "max-pool") {
    if (image.width < 2 || image.height < 2)
      invalid(`${name} is a max-pool of ${image.width} x ${image.height} pixels; allowed: at least 2 x 2.`);
    const outputs = Math.floor(image.height / 2) * Math.floor(image.width / 2) * image.channels;
    return { kind, inputs, outputs, activation, image, fanIn: 0, units: 0 };
  }
  const units = width(`${name}.channels`, asks.channels);
  const stride = checkNumber(`${name}.stride`, asks.stride ?? 1, "1 or 2", (n) => n === 1 || n === 2);
  const outputs = Math.ceil(image.height / stride) * Math.ceil(image.width / stride) * units;
  return { kind, inputs, outputs, activation, image, stride, fanIn: 9 * image.channels, units };
}

function withWeights(
  core: ClassifyCore,
  name: string,
  given: Given,
  { fanIn, units, ...shape }: Shape,
  { start, l, seed }: { readonly start: Start; readonly l: number; readonly seed: number | undefined },
): Layer {
  if (units === 0) return { ...shape, weights: new Float32Array(0), biases: new Float32Array(0) };
  if (given.weights !== undefined) {
    const weights = numbers(`${name}.weights`, given.weights, units, fanIn);
    const biases =
      given.biases === undefined ? new Float32Array(units) : numbers(`${name}.biases`, given.biases, units, 1);
    return { ...shape, weights, biases };
  }
  if (given.biases !== undefined) invalid(`${name} has biases without weights; give both or none.`);
  return { ...shape, ...startWeights(core, checkSeed("seed", seed), l, start, fanIn, units) };
}

function numbers(name: string, given: unknown, rows: number, columns: number): Float32Array {
  if (!isList(given)) invalid(`${name} is ${shown(given)}; allowed: ${rows * columns} numbers.`);
  const list = Array.from(given).flatMap((row) => (isList(row) ? Array.from(row) : [row]));
  const ragged = Array.from(given).some((row) => isList(row) && row.length !== columns);
  if (ragged || list.length !== rows * columns)
    invalid(`${name} has ${list.length} numbers; allowed: ${rows} x ${columns}, outputs x inputs.`);
  const wrong = list.findIndex((x) => typeof x !== "number" || !Number.isFinite(x));
  if (wrong >= 0) invalid(`${name} has ${shown(list[wrong])} at number ${wrong}; allowed: finite numbers.`);
  return Float32Array.from(list as number[]);
}

export function areFinite({ weights, biases }: Pick<Layer, "weights" | "biases">): boolean {
  return weights.every(Number.isFinite) && biases.every(Number.isFinite);
}

/** A network whose arrays still have their shapes and finite numbers: they are the user's to write to. */
export function checkedNetwork(given: unknown): Network {
  if (!(given instanceof Network))
    invalid(`The network is ${shown(given)}; allowed: what network(), train() or Network.from() give.`);
  given.layers.forEach(({ kind, inputs, outputs, image, weights, biases }, l) => {
    const fanIn = kind === "dense" ? inputs : 9 * image!.channels;
    const isWhole = weights.length === fanIn * biases.length && (kind !== "dense" || biases.length === outputs);
    if (!isWhole)
      invalid(
        `layers[${l}] of the network has ${weights.length} weights and ${biases.length} biases, which are not its own numbers.`,
      );
    if (!areFinite({ weights, biases }))
      invalid(
        `layers[${l}] of the network has weights that are not finite numbers; start anew with a smaller learningRate.`,
      );
  });
  return given;
}
