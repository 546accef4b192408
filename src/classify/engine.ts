/** The one core that all functions of classifiers share, made on first use: the only module state of this half of the library. */
import { type ClassifyCore, loadClassifyCore } from "../wasm/classify/core.js";

let memoised: Promise<ClassifyCore> | undefined;

/** The core of classifiers; a failure is not kept: the next call tries again. */
export function classifyCore(): Promise<ClassifyCore> {
  memoised ??= loadClassifyCore().catch((cause) => {
    memoised = undefined;
    throw cause;
  });
  return memoised;
}
