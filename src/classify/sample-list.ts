/** Samples in any of their forms, as one flat array. */
import { checkedSamples, type DatasetInput } from "./dataset.js";

/** Samples alone, as rows or flat, or a data set whose labels are not looked at. */
export type Samples = DatasetInput["x"] | { readonly x: DatasetInput["x"] };

/** n x features. @throws SgdDynamicsError `invalid-data` */
export function sampleList(samples: Samples, features: number): { readonly x: Float32Array; readonly count: number } {
  const list = typeof samples === "object" && samples !== null && "x" in samples ? samples.x : samples;
  return checkedSamples("samples", list, features);
}
