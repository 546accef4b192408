/**
 * An instance of a binary of the core. Text and names cross through as-bind, numbers through the bare exports of the same instance.
 */
import { instantiate } from "#as-bind";
import { SgdDynamicsError } from "../errors.js";
import { unpackedBinary } from "./inlined.js";

/** The bare exports that the library calls; addresses are byte offsets. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  initialise(): void;
  arenaAllocate(bytes: number): number;
  arenaFree(block: number): void;
}

/** An instance of a binary. */
export interface Instance<K extends Kernels> {
  readonly kernels: K;
  readonly module: WebAssembly.Module;
  /** Identity of the core's sources: snapshots carry it. */
  readonly identity: string;
  /** Names of the kinds of activations, in the core's order: see `activation.ts`. */
  readonly activations: readonly string[];
  /** Position of each number of a parameter block: "dense", "chain", "ode", "particle" or "solver". */
  fields(block: string): ReadonlyMap<string, number>;
}

/** The instance of a binary, made once; a failure is not kept: the next call tries again. */
export function onDemand<K extends Kernels>(
  load: () => Promise<{ readonly binary: string }>,
): () => Promise<Instance<K>> {
  let made: Promise<Instance<K>> | undefined;
  return () => {
    made ??= instance<K>(async () => unpackedBinary((await load()).binary)).catch((cause) => {
      made = undefined;
      throw cause;
    });
    return made;
  };
}

/** Compiles and instantiates a binary, and fills its tables. */
export async function instance<K extends Kernels>(source: () => Promise<unknown>): Promise<Instance<K>> {
  try {
    const { exports, loadedModule } = await instantiate((await source()) as BufferSource);
    const text = (name: string) => (exports[name] as () => string)().split(" ");
    const kernels = loadedModule.instance.exports as unknown as K;
    kernels.initialise();
    const blocks = new Map<string, ReadonlyMap<string, number>>();
    return {
      kernels,
      module: loadedModule.module,
      identity: identityOf(loadedModule.module),
      activations: text("activationNames"),
      fields(block) {
        const known = blocks.get(block) ?? new Map(text(`${block}Fields`).map((field, index) => [field, index]));
        blocks.set(block, known);
        return known;
      },
    };
  } catch (cause) {
    if (cause instanceof SgdDynamicsError) throw cause;
    throw new SgdDynamicsError(
      "wasm-unavailable",
      `The WebAssembly core could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}. It is at "sgd-dynamics/wasm", needs an engine ` +
        `with SIMD (Node 20.19, Chrome 91, Firefox 113, Safari 16.4 or later) and, under a Content-Security-Policy, 'wasm-unsafe-eval'.`,
      { cause },
    );
  }
}

/** The section that the build writes: a hash of the core's sources, equal in all binaries. */
function identityOf(module: WebAssembly.Module): string {
  const [section] = WebAssembly.Module.customSections(module, "sgd-dynamics");
  return section ? new TextDecoder().decode(section) : "unknown";
}
