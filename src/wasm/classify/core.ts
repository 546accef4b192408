/** The core of classifiers: a binary of its own. */
import { binary } from "#classify-binary";
import { unpackedBinary } from "../inlined.js";
import { type Instance, instance, type Kernels } from "../instance.js";

/** The bare exports that classifiers call; addresses are byte offsets. */
export interface ClassifyKernels extends Kernels {
  makeKey(key: number, seed: number, stream: number, purpose: number): void;
  fillScalarNormals(key: number, block: bigint, out: number, count: number): void;
  exp(x: number): number;
  log(x: number): number;
}

export type ClassifyCore = Instance<ClassifyKernels>;

export function loadClassifyCore(): Promise<ClassifyCore> {
  return instance<ClassifyKernels>(() => unpackedBinary(binary));
}
