/** A network in WebAssembly memory, its outputs and its training: `assembly/classifier/train.ts`. */
import { Arena, roomFor } from "../arena.js";
import { ParameterBlock } from "../block.js";
import type { ClassifyCore } from "./core.js";
import { activations, type Geometry, geometryOf, losses, regrouped, type Weights } from "./layers.js";
import { purposes } from "./purposes.js";
import { eights, type SampleSet } from "./sample-set.js";

/** How a network is trained. */
export interface Training {
  readonly seed: number;
  readonly batch: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly biasDecay: number;
  /** Records of `assembly/classifier/augment.ts`: five numbers each. */
  readonly changes: Float64Array;
}

/** What moves besides the weights. */
export interface Progress {
  readonly step: number;
  /** Of the mean losses of the batches of the steps after `lossFrom`. */
  readonly lossSum: number;
  readonly lossFrom: number;
}

/** Samples whose outputs are computed at once: of images fewer, since each has a row a pixel. */
const CAPACITY = 128;
const IMAGE_CAPACITY = 16;
const KEY_BYTES = 128;

const panelBytes = (rows: number) => 32 * rows + 128;
const matrixBytes = (rows: number, columns: number) => (panelBytes(rows) * eights(columns)) / 8;

export class NetworkRun {
  readonly #core: ClassifyCore;
  readonly #arena: Arena;
  readonly #block: ParameterBlock;
  readonly #layers: { readonly geometry: Geometry; readonly block: ParameterBlock }[] = [];
  readonly #fields: number;
  readonly #out: number;
  readonly #lossWork: number;
  readonly #batchLabels: number;
  readonly #batchTargets: number;
  readonly #outputs: number;
  readonly #capacity: number;
  #biases: number[] = [];
  readonly #loss: number;
  /** Records of augmentation. */
  #changes = 0;
  #order: Arena | undefined;
  #lossFrom = 0;

  constructor(core: ClassifyCore, layers: readonly Weights[], loss: (typeof losses)[number], training?: Training) {
    const features = layers[0].inputs;
    const outputs = layers[layers.length - 1].outputs;
    const batch = training?.batch ?? 0;
    const geometries = layers.map((layer, l) => geometryOf(layer, layers[l - 1]));
    const capacity = geometries.some(({ pixels }) => pixels > 1) ? IMAGE_CAPACITY : CAPACITY;
    this.#capacity = capacity;
    const most = Math.max(capacity, eights(batch));
    const hasMomentum = training !== undefined && training.momentum !== 0;
    const copies = hasMomentum ? 2 : 1;
    const fieldsOfLayer = core.fields("layer");
    const sizes = geometries.map(({ pixels, columns, inputs, hasOperand }, l) => {
      const curved = layers[l].activation === "erf" || layers[l].activation === "tanh";
      const rows = matrixBytes(most * pixels, columns);
      return {
        weights: matrixBytes(inputs, columns),
        biases: 4 * columns,
        rows,
        slopes: curved ? rows : 0,
        delta: training ? matrixBytes(eights(batch) * pixels, columns) : 0,
        deltaT: training ? matrixBytes(columns, eights(batch) * pixels) : 0,
        operand: hasOperand ? matrixBytes(most * pixels, inputs) : 0,
        gradient: training && hasOperand && l > 0 ? matrixBytes(eights(batch) * pixels, inputs) : 0,
      };
    });
    const common = {
      layers: layers.length * 8 * fieldsOfLayer.size,
      input: matrixBytes(most, features),
      gradient: Math.max(...sizes.map(({ gradient }) => gradient)),
      fields: 4 * capacity * outputs,
      out: 4 * capacity,
      lossWork: 2 * matrixBytes(8, outputs),
      labels: 4 * batch,
      targets: 4 * batch * outputs,
      keys: 2 * KEY_BYTES,
      row: 8 * eights(features),
      changes: 8 * (training?.changes.length ?? 0),
      block: 8 * core.fields("classifier").size,
    };
    const room = sizes.reduce(
      (sum, { weights, biases, gradient, ...rest }) =>
        sum + roomFor(...Object.values(rest)) + copies * roomFor(weights, biases),
      roomFor(...Object.values(common), 8, 8) + 64 * layers.length,
    );
    const arena = new Arena(core.kernels, room);
    this.#core = core;
    this.#arena = arena;
    this.#outputs = outputs;
    this.#loss = losses.indexOf(loss);
    // one after the other, without gaps: the kernel steps through them
    const start = arena.bytes(common.layers);
    const gradient = arena.bytes(common.gradient);
    layers.forEach((weights, l) => {
      const size = sizes[l];
      const geometry = geometries[l];
      const block = new ParameterBlock(arena, fieldsOfLayer, start + l * 8 * fieldsOfLayer.size);
      block.set({
        ...geometry.fields,
        inputs: geometry.inputs,
        outputs: geometry.columns,
        activation: activations.indexOf(weights.activation),
        weights: arena.bytes(size.weights),
        biases: arena.bytes(size.biases),
        weightVelocity: hasMomentum ? arena.bytes(size.weights) : 0,
        biasVelocity: hasMomentum ? arena.bytes(size.biases) : 0,
        out: arena.bytes(size.rows),
        slopes: size.slopes > 0 ? arena.bytes(size.slopes) : 0,
        delta: arena.bytes(size.delta),
        deltaT: arena.bytes(size.deltaT),
        columns: size.operand > 0 ? arena.bytes(size.operand) : 0,
        gradient,
      });
      this.#layers.push({ geometry, block });
    });
    this.#fields = arena.bytes(common.fields);
    this.#out = arena.bytes(common.out);
    this.#lossWork = arena.bytes(common.lossWork);
    this.#batchLabels = arena.bytes(common.labels);
    this.#batchTargets = arena.bytes(common.targets);
    const keys = arena.bytes(common.keys);
    this.#block = new ParameterBlock(arena, core.fields("classifier"));
    this.#block.set({
      layers: start,
      depth: layers.length,
      outputs,
      loss: this.#loss,
      features,
      rowBytes: 4 * eights(features),
      input: arena.bytes(common.input),
      row: arena.bytes(common.row),
      orderKey: keys,
      changeKey: keys + KEY_BYTES,
      pass: -1,
    });
    if (training) {
      const { seed, changes, momentum, weightDecay, biasDecay } = training;
      this.#changes = changes.length / 5;
      core.kernels.makeKey(keys, seed, 0, purposes.order);
      core.kernels.makeKey(keys + KEY_BYTES, seed, 0, purposes.changes);
      this.#block.set({
        batch,
        momentum,
        weightDecay,
        biasDecay,
        changes: changes.length > 0 ? arena.put(changes) : 0,
      });
    }
    this.setWeights(layers);
  }

  /** Weights and biases of all layers into memory. */
  setWeights(layers: readonly Pick<Weights, "weights" | "biases">[], velocity = false): void {
    const [matrix, vector] = velocity ? ["weightVelocity", "biasVelocity"] : ["weights", "biases"];
    layers.forEach(({ weights, biases }, l) => {
      if (weights.length === 0) return;
      const { geometry, block } = this.#layers[l];
      const { inputs, group } = geometry;
      const stored = regrouped(weights, group.width, group.stored);
      const work = new Arena(this.#core.kernels, roomFor(stored.byteLength));
      try {
        const from = work.bytes(stored.byteLength);
        work.f32(from, stored.length).set(stored);
        this.#core.kernels.packWeights(from, inputs, biases.length, block.get(matrix));
      } finally {
        work.free();
      }
      this.#arena.f32(block.get(vector), biases.length).set(biases);
    });
    this.#biases = layers.map(({ biases }) => biases.length);
  }

  /** Weights and biases as they are now, or their velocities: copies. */
  weights(velocity = false): { weights: Float32Array; biases: Float32Array }[] {
    const [matrix, vector] = velocity ? ["weightVelocity", "biasVelocity"] : ["weights", "biases"];
    return this.#layers.map(({ geometry: { inputs, group }, block }, l) => {
      const outputs = this.#biases[l];
      if (inputs === 0) return { weights: new Float32Array(0), biases: new Float32Array(0) };
      const work = new Arena(this.#core.kernels, roomFor(4 * inputs * outputs));
      try {
        const to = work.bytes(4 * inputs * outputs);
        this.#core.kernels.unpackWeights(block.get(matrix), inputs, outputs, to);
        return {
          weights: regrouped(work.f32(to, inputs * outputs), group.stored, group.width).slice(),
          biases: this.#arena.f32(block.get(vector), outputs).slice(),
        };
      } finally {
        work.free();
      }
    });
  }

  /** Fields of the last layer of samples of a set, at most the capacity: a view, good until the next call. */
  #compute(set: SampleSet, first: number, count: number): void {
    this.#core.kernels.classifierOutputs(this.#block.address, set.x + first * set.rowBytes, count, this.#fields);
  }

  /** Fields of the last layer for all samples, in pieces. */
  *outputs(set: SampleSet): Generator<void, Float32Array> {
    const out = new Float32Array(set.count * this.#outputs);
    for (let first = 0; first < set.count; first += this.#capacity) {
      const count = Math.min(this.#capacity, set.count - first);
      this.#compute(set, first, count);
      out.set(this.#arena.f32(this.#fields, count * this.#outputs), first * this.#outputs);
      yield;
    }
    return out;
  }

  /** Predicted labels of all samples, and the mean loss, in pieces. */
  *predictions(set: SampleSet): Generator<void, { labels: Int32Array; loss: number }> {
    const { kernels } = this.#core;
    const outputs = this.#outputs;
    const labels = new Int32Array(set.count);
    let loss = 0;
    for (let first = 0; first < set.count; first += this.#capacity) {
      const count = Math.min(this.#capacity, set.count - first);
      this.#compute(set, first, count);
      kernels.classifierLabels(this.#fields, count, outputs, this.#out);
      labels.set(this.#arena.i32(this.#out, count), first);
      const targets = set.targets === 0 ? 0 : set.targets + 4 * first * outputs;
      loss += kernels.classifierLoss(
        this.#loss,
        this.#fields,
        count,
        outputs,
        set.labels + 4 * first,
        targets,
        this.#lossWork,
      );
      yield;
    }
    return { labels, loss: loss / set.count };
  }

  /** Trains on a set from now on, in an order of its own in each epoch. */
  trainOn({ x, labels, targets, count }: SampleSet): void {
    const perEpoch = Math.floor(count / this.#block.get("batch"));
    if (!this.#order) {
      this.#order = new Arena(this.#core.kernels, roomFor(4 * count));
      this.#block.set({ order: this.#order.bytes(4 * count) });
    }
    this.#block.set({ x, labels, targets, n: count, perEpoch, staged: 0, changeCount: this.#changes });
  }

  /** Copies the samples of the current step to the beginning of another set. */
  copyBatch(to: SampleSet): void {
    this.#core.kernels.classifierBatch(this.#block.address, to.x, to.labels, to.targets);
  }

  /** Trains on batches that lie one after the other in a set. @param isChanged whether augmentation has been made there */
  trainInTurn({ x, labels, targets, count }: SampleSet, isChanged: boolean): void {
    const changeCount = isChanged ? 0 : this.#changes;
    this.#block.set({ x, labels, targets, n: count, staged: 1, place: 0, changeCount });
  }

  /** Classes that predictions tell apart. */
  get classes(): number {
    return Math.max(2, this.#outputs);
  }

  set rate(rate: number) {
    this.#block.set({ rate });
  }

  get progress(): Progress {
    return { step: this.#block.get("step"), lossSum: this.#block.get("lossSum"), lossFrom: this.#lossFrom };
  }

  set progress({ step, lossSum, lossFrom }: Progress) {
    this.#block.set({ step, lossSum });
    this.#lossFrom = lossFrom;
  }

  /** Runs steps; returns how many: fewer where the loss left all bounds. */
  steps(count: number): number {
    const targets = this.#block.get("targets") === 0 ? 0 : this.#batchTargets;
    return this.#core.kernels.classifierSteps(this.#block.address, count, this.#batchLabels, targets);
  }

  free(): void {
    this.#order?.free();
    this.#arena.free();
  }
}
