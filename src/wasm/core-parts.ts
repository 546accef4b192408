/** A core taken apart, so that it can be sent to a worker, and put together again there. */
import type { SimulationCore, SimulationKernels } from "./core.js";

/** A core as a worker needs it: the module, and what the library has read of it. */
export interface CoreParts {
  readonly module: WebAssembly.Module;
  readonly identity: string;
  readonly activations: readonly string[];
  /** Names of the numbers of the parameter blocks of simulations. */
  readonly fields: Readonly<Record<"chain" | "dense", readonly string[]>>;
}

const BLOCKS = ["chain", "dense"] as const;

export function partsOf({ module, identity, activations, fields }: SimulationCore): CoreParts {
  const names = (block: (typeof BLOCKS)[number]) => [...fields(block).keys()];
  return { module, identity, activations, fields: { chain: names("chain"), dense: names("dense") } };
}

export async function coreOf({ module, identity, activations, fields }: CoreParts): Promise<SimulationCore> {
  const abort = () => {
    throw new Error("The core stopped at a fault.");
  };
  const { exports } = await WebAssembly.instantiate(module, { env: { abort } });
  const kernels = exports as unknown as SimulationKernels;
  kernels.initialise();
  const places = new Map<string, ReadonlyMap<string, number>>(
    BLOCKS.map((block) => [block, new Map(fields[block].map((name, i) => [name, i]))]),
  );
  return { kernels, module, identity, activations, fields: (block) => places.get(block)! };
}
