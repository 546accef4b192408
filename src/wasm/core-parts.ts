/** An instance taken apart, so that it can be sent to a worker, and put together again there. */
import type { Instance, Kernels } from "./instance.js";

/** An instance as a worker needs it: the module, and what the library has read of it. */
export interface CoreParts {
  readonly module: WebAssembly.Module;
  readonly identity: string;
  readonly activations: readonly string[];
  /** Names of the numbers of the parameter blocks that are asked for there. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export function partsOf(instance: Instance<Kernels>, blocks: readonly string[]): CoreParts {
  const { module, identity, activations, fields } = instance;
  return { module, identity, activations, fields: new Map(blocks.map((block) => [block, fields(block)])) };
}

export async function instanceOf<K extends Kernels>({ fields, ...rest }: CoreParts): Promise<Instance<K>> {
  const abort = () => {
    throw new Error("The core stopped at a fault.");
  };
  const { exports } = await WebAssembly.instantiate(rest.module, { env: { abort } });
  const kernels = exports as unknown as K;
  kernels.initialise();
  return { ...rest, kernels, fields: (block) => fields.get(block)! };
}
