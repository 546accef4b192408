/** Samples in any of their forms, as one flat array. */
import { checkedSamples } from "./dataset.js";
import type { Samples } from "./predict.js";

/** @throws SgdDynamicsError `invalid-data` */
export function sampleList(samples: Samples, features: number): { readonly x: Float32Array; readonly count: number } {
  const list = typeof samples === "object" && samples !== null && "x" in samples ? samples.x : samples;
  return checkedSamples("samples", list, features);
}
