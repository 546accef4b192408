/** The core of classifiers: a binary of its own. */
import { binary } from "#classify-binary";
import { unpackedBinary } from "../inlined.js";
import { type Instance, instance, type Kernels } from "../instance.js";

/** The bare exports that classifiers call; addresses are byte offsets. */
export interface ClassifyKernels extends Kernels {
  makeKey(key: number, seed: number, stream: number, purpose: number): void;
  fillScalarNormals(key: number, block: bigint, out: number, count: number): void;
  fillStart(key: number, block: number, normal: number, scale: number, out: number, count: number): void;
  packWeights(from: number, inputs: number, outputs: number, to: number): void;
  unpackWeights(from: number, inputs: number, outputs: number, to: number): void;
  classifierSteps(run: number, steps: number, labels: number, targets: number): number;
  classifierBatch(run: number, x: number, labels: number, targets: number): void;
  classifierOutputs(run: number, x: number, count: number, out: number): void;
  classifierLabels(fields: number, count: number, outputs: number, out: number): void;
  classifierLoss(
    kind: number,
    fields: number,
    count: number,
    outputs: number,
    labels: number,
    targets: number,
    work: number,
  ): number;
  fillScalarUniforms(key: number, block: bigint, out: number, count: number): void;
  linearFeatures(
    x: number,
    features: number,
    plan: number,
    D: number,
    X: number,
    stride: number,
    first: number,
    count: number,
  ): void;
  linearGradient(
    loss: number,
    X: number,
    stride: number,
    targets: number,
    W: number,
    K: number,
    G: number,
    state: number,
    z: number,
    first: number,
    count: number,
  ): void;
  curvatureAdd(X: number, stride: number, first: number, count: number, packed: number, H: number): void;
  curvatureFactor(H: number, stride: number, first: number, count: number): void;
  curvatureSolve(L: number, stride: number, v: number): void;
  sinCosArray(x: number, y: number, n: number): void;
  activate(code: number, x: number, s: number, ds: number, n: number): void;
  exp(x: number): number;
  log(x: number): number;
}

export type ClassifyCore = Instance<ClassifyKernels>;

export function loadClassifyCore(): Promise<ClassifyCore> {
  return instance<ClassifyKernels>(() => unpackedBinary(binary));
}
