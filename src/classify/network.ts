/** Networks of dense layers: their shape, their weights, and their start. */
import { mismatch, pack, unpack } from "../container.js";
import { shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkKeys, checkNumber, checkOneOf, checkSeed, invalid } from "../options.js";
import type { ClassifyCore } from "../wasm/classify/core.js";
import { activations } from "../wasm/classify/network-run.js";
import { startWeights } from "../wasm/classify/start.js";
import { classifyCore } from "./engine.js";

/** erf is erf(z / sqrt 2); ReLU's slope at 0 is 0. */
export type LayerActivation = (typeof activations)[number];

/**
 * Random weights. he: normal of standard deviation sqrt(2 / inputs), biases 0; glorot: uniform in +-sqrt(6 / (inputs + outputs)), biases 0; torch: weights and biases
 * uniform in +-1 / sqrt(inputs), as a layer of PyTorch is born.
 */
export type Start = "he" | "glorot" | "torch";

/** A dense layer: activation(weights x + biases). The arrays are the network's own: what is written to them is the network from then on. */
export interface DenseLayer {
  readonly kind: "dense";
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: LayerActivation;
  /** outputs x inputs, row-major, as in PyTorch and THEORY's W. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** A layer as it is asked for: its width, or that with what differs from the network's; weights are rows or flat, and then not drawn. */
export type LayerInput =
  | number
  | {
      readonly outputs: number;
      readonly activation?: LayerActivation;
      readonly weights?: ArrayLike<number> | ArrayLike<ArrayLike<number>>;
      readonly biases?: ArrayLike<number>;
    };

export interface NetworkOptions {
  /** Numbers of a sample. */
  readonly inputs: number;
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
  readonly layers: readonly DenseLayer[];

  /** @internal use `network` or `Network.from` */
  constructor(layers: readonly DenseLayer[]) {
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
    const header = this.layers.map(({ inputs, outputs, activation }) => ({ inputs, outputs, activation }));
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
    const layers = (header as DenseLayer[]).map(({ inputs, outputs, activation }) => ({
      kind: "dense" as const,
      inputs,
      outputs,
      activation,
      weights: take(inputs * outputs),
      biases: take(outputs),
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
  let inputs = width("inputs", options.inputs);
  if (!isList(given) || given.length === 0)
    invalid(`layers is ${shown(given)}; allowed: a list of widths, the last of which is the number of classes.`);
  const activation = checkOneOf("activation", options.activation ?? "relu", activations);
  const last = given[given.length - 1];
  if (typeof last === "object" && last !== null && (last.activation ?? "linear") !== "linear")
    invalid(`The last layer has activation ${shown(last.activation)}; allowed: "linear", as losses are of its fields.`);
  const start = checkOneOf("start", options.start ?? "he", ["he", "glorot", "torch"]);
  const layers: DenseLayer[] = [];
  const core = await classifyCore();
  for (let l = 0; l < given.length; l++) {
    const asked = given[l] as LayerInput;
    const fallback = l === given.length - 1 ? "linear" : activation;
    const layer = layerOf(core, `layers[${l}]`, asked, { inputs, l, fallback, start, seed: options.seed });
    layers.push(layer);
    inputs = layer.outputs;
  }
  return new Network(layers);
}

interface Place {
  readonly inputs: number;
  readonly l: number;
  readonly fallback: LayerActivation;
  readonly start: Start;
  readonly seed: number | undefined;
}

function layerOf(core: ClassifyCore, name: string, asked: LayerInput, place: Place): DenseLayer {
  const { inputs, l, fallback, start } = place;
  const given = typeof asked === "number" ? { outputs: asked } : asked;
  checkKeys(name, given, ["outputs", "activation", "weights", "biases"], "field");
  const outputs = width(`${name}.outputs`, given.outputs);
  const activation = checkOneOf(`${name}.activation`, given.activation ?? fallback, activations);
  const shape = { kind: "dense" as const, inputs, outputs, activation };
  if (given.weights !== undefined) {
    const weights = numbers(`${name}.weights`, given.weights, outputs, inputs);
    const biases =
      given.biases === undefined ? new Float32Array(outputs) : numbers(`${name}.biases`, given.biases, outputs, 1);
    return { ...shape, weights, biases };
  }
  if (given.biases !== undefined) invalid(`${name} has biases without weights; give both or none.`);
  const drawn = startWeights(core, checkSeed("seed", place.seed), l, start, inputs, outputs);
  return { ...shape, ...drawn };
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

/** A network whose arrays still have their shapes and finite numbers: they are the user's to write to. */
export function checkedNetwork(given: unknown): Network {
  if (!(given instanceof Network))
    invalid(`The network is ${shown(given)}; allowed: what network(), train() or Network.from() give.`);
  given.layers.forEach(({ inputs, outputs, weights, biases }, l) => {
    if (weights.length !== inputs * outputs || biases.length !== outputs)
      invalid(`layers[${l}] of the network has arrays of other lengths than ${inputs * outputs} and ${outputs}.`);
    if (!weights.every(Number.isFinite) || !biases.every(Number.isFinite))
      invalid(
        `layers[${l}] of the network has weights that are not finite numbers; start anew with a smaller learningRate.`,
      );
  });
  return given;
}
